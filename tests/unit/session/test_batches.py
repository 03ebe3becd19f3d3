"""Batches of a run: their rates under a schedule, their rows with and without replacement, their clipping."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlviz.core.choice import Choice, chosen
from dlviz.core.narration import Plan, narrate
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.core.schedules import Curve, schedules
from dlviz.data.prepare import prepare
from dlviz.data.spec import DataSpec
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.trainer import Trainer

BATCHES = 200
DATA = DataSpec("circles", {"samples": 46})


def trainer_of(**training: Any) -> Trainer:
    plan = TrainingSpec(**{"batch_size": 6, "optimizer": chosen("momentum", rate="inside", lr=0.3), **training})
    layers = (dense("h", 4, "tanh"), dense("o", 1, "tanh"))
    document = Document(seed=5, data=DATA, network=NetworkSpec(layers, (InputSpec("x", (2,)),)), training=plan)
    return Trainer(document, prepare(document.data, document.seed))


def train(trainer: Trainer, count: int) -> bytes:
    """Train on and return everything the run consists of."""
    trainer.run(count, np.empty(max(count, 1)))
    return bits(trainer)


def bits(trainer: Trainer) -> bytes:
    return trainer.memory.kept.tobytes() + repr((trainer.step, trainer.epoch, trainer.batch)).encode()


def per_batch(key: str) -> Choice:
    lengths = {"epochs": 20} if key in ("cosine", "warm_up", "one_cycle") else {}
    return chosen(key, **lengths, **({} if key == "constant" else {"per": "batch"}))


@pytest.mark.parametrize("key", schedules.keys())
def test_the_rate_of_every_batch_is_that_of_the_curve(key: str) -> None:
    trainer = trainer_of(schedule=per_batch(key), optimizer=chosen("sgd", lr=0.3))
    curve = Curve(per_batch(key), 0.3).rates(BATCHES, trainer.batches_per_epoch)
    for expected in curve:
        trace = trainer.record()
        value = {name: array for step in trace.steps for name, array in step.writes.items()}
        assert trace.lr == pytest.approx(expected, rel=1e-12)
        assert_allclose(value["h.W.step"], -expected * value["h.dW"], rtol=1e-12)


@pytest.mark.parametrize("key", schedules.keys())
def test_scheduled_runs_can_be_cut_recorded_and_rewound(key: str) -> None:
    whole, cut = trainer_of(schedule=per_batch(key)), trainer_of(schedule=per_batch(key))
    end = train(whole, 60)
    train(cut, 23)
    state = cut.state()
    train(cut, 40)
    cut.restore(state)
    for _ in range(5):
        cut.record()
    assert train(cut, 32) == end
    other = trainer_of(schedule=per_batch(key))
    other.restore(state)
    assert train(other, 37) == end


def test_the_step_of_a_scheduled_batch_is_told_with_its_own_rate() -> None:
    trainer = trainer_of(schedule=chosen("staircase", drop=0.5, every=1), optimizer=chosen("sgd", lr=0.25))
    train(trainer, 2 * trainer.batches_per_epoch)
    trace = trainer.record()
    plan = Plan(trainer.document.network, trainer.document.training.loss, trainer.document.training.optimizer)
    assert narrate(next(step for step in trace.steps if step.op == "step"), trace, plan).numbers.startswith("-0.0625")


def test_rows_looked_at_alone_are_updated_at_the_rate_of_the_batch_to_come() -> None:
    trainer = trainer_of(schedule=chosen("exponential", base=0.5))
    train(trainer, 3 * trainer.batches_per_epoch)
    assert trainer.record_rows([0, 1]).lr == 0.3 / 8


def rows_of_epochs(trainer: Trainer, epochs: int) -> list[list[int]]:
    batches = [trainer.record().rows for _ in range(epochs * trainer.batches_per_epoch)]
    size = trainer.batches_per_epoch
    return [np.concatenate(batches[first : first + size]).tolist() for first in range(0, len(batches), size)]


def test_without_replacement_every_row_comes_once_an_epoch() -> None:
    trainer = trainer_of()
    assert all(sorted(rows) == sorted(trainer.prepared.train) for rows in rows_of_epochs(trainer, 3))


def test_with_replacement_rows_come_any_number_of_times_all_alike_often() -> None:
    trainer = trainer_of(replacement=True, shuffle=False)
    n = len(trainer.prepared.train)
    epochs = rows_of_epochs(trainer, 40)
    assert all(len(rows) == n for rows in epochs)
    assert all(set(rows) <= set(trainer.prepared.train.tolist()) for rows in epochs)
    missed = np.mean([1 - len(set(rows)) / n for rows in epochs])
    assert missed == pytest.approx((1 - 1 / n) ** n, abs=0.02)
    counts = np.unique(np.concatenate(epochs), return_counts=True)[1]
    assert len(counts) == n
    assert counts.std() == pytest.approx(np.sqrt(40 * (1 - 1 / n)), rel=0.35)


def test_drawn_batches_repeat_and_rewind_exactly() -> None:
    first, second = trainer_of(replacement=True), trainer_of(replacement=True)
    end = train(first, 50)
    train(second, 17)
    state = second.state()
    train(second, 40)
    second.restore(state)
    assert train(second, 33) == end
    assert train(trainer_of(), 50) != end


def test_a_batch_as_large_as_the_data_is_one_update_an_epoch_and_one_row_is_one_for_each() -> None:
    n = len(trainer_of().prepared.train)
    assert trainer_of(batch_size=n).batches_per_epoch == trainer_of(batch_size=10 * n).batches_per_epoch == 1
    assert train(trainer_of(batch_size=n, shuffle=False), 5) == train(trainer_of(batch_size=10 * n, shuffle=False), 5)
    single = trainer_of(batch_size=1)
    assert single.batches_per_epoch == n
    assert len(single.record().rows) == 1


CLIPS = [chosen("value", max_value=0.02), chosen("norm", max_norm=0.05), chosen("global_norm", max_norm=0.05)]


def gradients(clip: Choice | None, **training: Any) -> dict[str, np.ndarray]:
    trainer = trainer_of(clip=clip, **training)
    trainer.record()
    return trainer.memory.read("grad")


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.kind)
def test_gradients_are_clipped_before_the_update(clip: Choice) -> None:
    plain, limit = gradients(None), next(iter(clip.settings.values()))
    whole = np.sqrt(sum((each**2).sum() for each in plain.values()))
    expected = {
        "value": lambda g: np.clip(g, -limit, limit),
        "norm": lambda g: g * min(1, limit / np.linalg.norm(g)),
        "global_norm": lambda g: g * min(1, limit / whole),
    }[clip.kind]
    clipped = gradients(clip)
    assert whole > limit
    for name, gradient in plain.items():
        assert_allclose(clipped[name], expected(gradient), rtol=1e-12)


@pytest.mark.parametrize("kind", ["value", "norm", "global_norm"])
def test_a_limit_that_is_not_reached_changes_nothing(kind: str) -> None:
    limit = {"max_value" if kind == "value" else "max_norm": 1e6}
    assert_allclose(gradients(chosen(kind, **limit))["h.W"], gradients(None)["h.W"], rtol=0)


def test_frozen_parameters_do_not_count_for_the_norm_of_all() -> None:
    clip = chosen("global_norm", max_norm=0.05)
    open_ones = [each for name, each in gradients(clip, frozen=("h",)).items() if name.startswith("o")]
    assert np.sqrt(sum((each**2).sum() for each in open_ones)) == pytest.approx(0.05)


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.kind)
@pytest.mark.parametrize("key", ["sgd", "adam", "nesterov"])
def test_clipping_is_recorded_and_walked_alike(clip: Choice, key: str) -> None:
    fast, slow = (trainer_of(clip=clip, optimizer=chosen(key)) for _ in range(2))
    train(fast, 9)
    traces = [slow.record() for _ in range(9)]
    assert bits(slow) == bits(fast)
    ops = [step.op for step in traces[0].steps if step.phase == "update"]
    assert ops[0] == ("clip_value" if clip.kind == "value" else "gradient_norm")


def test_a_zero_gradient_stays_zero_when_clipped() -> None:
    trainer = trainer_of(clip=chosen("global_norm"))
    trainer.memory.vectors["theta"][...] = 0
    trainer._table_y[...] = 0
    trainer.record()
    assert not trainer.memory.vectors["grad"].any()
    assert trainer.is_finite()
