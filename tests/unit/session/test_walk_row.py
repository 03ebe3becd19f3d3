"""A row of the data is walked where its batch is in hand, else alone and beside the run, which it leaves as it is."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.network import NetworkSpec
from dlviz.session.frames import FrameMaker
from dlviz.session.messages import Interest
from dlviz.session.presets import document_for
from dlviz.session.run import Run

GRADIENTS = frozenset({"trace", "explanation"})


@pytest.fixture
def run() -> Run:
    run = Run(document_for("circles"))
    run.advance(40)
    return run


def walk(run: Run, row: int) -> FrameMaker:
    maker = FrameMaker()
    maker.interest = Interest(GRADIENTS)
    maker.walk_row(run, row)
    return maker


def rows_ahead(run: Run) -> np.ndarray:
    twin = Run(run.document)
    twin.advance(run.step)
    return twin.trainer.record().rows


def test_a_row_of_the_next_batch_is_looked_at_there(run: Run) -> None:
    row = int(rows_ahead(run)[3])
    frame = walk(run, row).make(run, is_running=False)
    assert not frame.is_aside and frame.sample == 3 and frame.trace is not None
    assert frame.trace.rows[frame.sample] == row and frame.cursor == 0


@pytest.mark.parametrize("part", ["train", "validation"])
def test_any_other_row_is_walked_alone_and_nothing_is_learnt(run: Run, part: str) -> None:
    row = int(np.setdiff1d(getattr(run.prepared, part), rows_ahead(run))[0])
    before, step = run.parameters(), run.step
    maker = walk(run, row)
    run.walk_to(10_000)
    frame = maker.make(run, is_running=False)
    assert frame.is_aside and frame.trace is not None and frame.trace.rows.tolist() == [row]
    assert {each.phase for each in frame.trace.steps} == {"forward", "loss", "backward"}
    assert run.step == step and run.timeline.end == step
    for name, value in run.parameters().items():
        np.testing.assert_array_equal(value, before[name])


def test_the_run_goes_on_as_if_nobody_had_looked(run: Run) -> None:
    twin = Run(run.document)
    twin.advance(60)
    walk(run, int(run.prepared.validation[0]))
    run.forward("operation")
    run.forward("batch")
    assert run.step == 41
    run.advance(19)
    for name, value in run.parameters().items():
        np.testing.assert_array_equal(value, twin.parameters()[name])


def test_a_walk_aside_ends_in_the_next_batch_and_goes_back_to_the_last(run: Run) -> None:
    walk(run, int(run.prepared.validation[0]))
    run.walk_to(10_000)
    run.forward("operation")
    assert run.walk is not None and not run.walk.is_aside and run.step == 40
    walk(run, int(run.prepared.validation[0]))
    run.back("operation")
    assert run.walk is not None and not run.walk.is_aside and run.walk.trace.global_step == 39


def test_a_batch_walked_halfway_is_taken_back(run: Run) -> None:
    run.forward("operation")
    before = run.remembered()
    walk(run, int(run.prepared.validation[0]))
    np.testing.assert_array_equal(run.state().kept, before.kept)
    assert run.moment().cursor is None and run.moment().step == 40


def test_an_edit_leaves_the_row(run: Run) -> None:
    walk(run, int(run.prepared.validation[0]))
    plan = replace(run.document.training, batch_size=5)
    run.edit(replace(run.document, training=plan), "Batch size")
    assert run.walk is None and run.step == 40


def test_a_document_that_cannot_train_walks_no_row() -> None:
    broken = Run(replace(document_for("circles"), network=NetworkSpec()))
    walk(broken, 0)
    assert broken.problem is not None and broken.walk is None


def test_the_numbers_are_those_of_a_batch_of_one(run: Run) -> None:
    row = int(run.prepared.validation[0])
    values = run.parameters()
    walk(run, row)
    assert run.walk is not None
    x = run.prepared.inputs[row]
    first = run.document.network.layers[0].id
    z = values[f"{first}.W"] @ x + values[f"{first}.b"]
    np.testing.assert_allclose(np.asarray(run.walk.trace.value(f"{first}.z", 10_000))[0], z, rtol=1e-12)
