"""Answers to many rows while a run goes on: bit by bit, by the weights of one step, and never more than their share."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.array import to_host
from dlviz.core.evaluate import Evaluator
from dlviz.session import answering as answering_module
from dlviz.session import share as share_module
from dlviz.session.answering import PIECE_ROWS, Answering
from dlviz.session.edits import set_data_setting
from dlviz.session.frames import FrameMaker
from dlviz.session.messages import Interest, Need
from dlviz.session.presets import document_for
from dlviz.session.run import Run
from dlviz.session.share import Share

ALL: frozenset[Need] = frozenset({"predictions", "logits", "losses"})


@pytest.fixture
def run() -> Run:
    document = set_data_setting(document_for("circles"), "samples", 3 * PIECE_ROWS)
    return Run(replace(document, dtype="float64"))


def outputs_of(run: Run) -> np.ndarray:
    evaluator = Evaluator(run.document.network, dtype="float64")
    evaluator.use(to_host(run.network.memory.vectors["theta"]))
    return evaluator.outputs(run.prepared.inputs)


def test_pieces_are_by_the_weights_of_one_step(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering_module, "PIECE_SECONDS", 0.0)  # a piece a look
    made = Answering()
    made.share = Share(1e9)
    run.advance(5)
    expected, n = outputs_of(run), run.prepared.dataset.n
    looks = []
    for _ in range(-(-n // PIECE_ROWS)):
        looks.append(made.look(run, ALL, is_running=True))
        run.advance(1)
    found = looks[-1]
    assert looks[:-1] == [None] * (len(looks) - 1) and len(looks) > 2
    assert found is not None and found.step == 5
    np.testing.assert_allclose(found.outputs, expected, rtol=0, atol=1e-12)
    assert found.logits is not None and found.losses is not None
    np.testing.assert_allclose(np.tanh(found.logits), expected, rtol=0, atol=1e-12)
    targets = run.network.targets[:n]
    np.testing.assert_allclose(found.losses, ((expected - targets) ** 2)[:, 0], rtol=0, atol=1e-12)
    assert made.look(run, ALL, is_running=True) is found  # until the next ones are complete


def test_where_a_run_stands_all_rows_are_answered_at_once(run: Run) -> None:
    made = Answering()
    run.advance(3)
    found = made.look(run, frozenset({"predictions"}), is_running=False)
    assert found is not None and found.step == 3 and found.logits is None and found.losses is None
    np.testing.assert_array_equal(found.outputs, outputs_of(run))
    assert found.is_train.sum() == len(run.prepared.train)


def test_a_share_waits_in_proportion_to_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    for name in ("monotonic", "thread_time"):
        monkeypatch.setattr(share_module, name, lambda: clock[0])
    share = Share(0.1)
    assert share.is_due
    with share.working():
        clock[0] += 0.5
    assert share.spent == 0.5 and not share.is_due
    clock[0] += 4.9
    assert not share.is_due
    clock[0] += 0.2
    assert share.is_due


def test_measuring_that_takes_long_is_left_out_of_frames_until_it_is_due(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    clock = [100.0]
    for name in ("monotonic", "thread_time"):
        monkeypatch.setattr(share_module, name, lambda: clock[0])
    made = FrameMaker()
    made.interest = Interest()
    measure = made._pictures.measure

    def slow(of: Run) -> tuple[float, float, float, float, float]:
        clock[0] += 0.03
        return measure(of)

    monkeypatch.setattr(made._pictures, "measure", slow)
    run.advance(2)
    made.make(run, is_running=True)  # the first of a run makes what measures it
    made.aside()
    run.advance(2)
    first = made.make(run, is_running=True)
    assert made.aside() == pytest.approx(0.03) and made.aside() == 0.0
    run.advance(2)
    kept = made.make(run, is_running=True)
    assert kept.step == 6 and kept.train_loss == first.train_loss and run.history.measured.steps[-1] == 4
    clock[0] += 1.1  # over thirty times as long
    assert made.make(run, is_running=True).train_loss != first.train_loss
    run.advance(2)
    assert made.make(run, is_running=False).train_loss != kept.train_loss  # where it stands all is as it is
    assert run.history.measured.steps[-1] == run.step
