"""Whatever the network: recording, chunking and rewinding never change a bit of a run."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from dlviz.core.execute import record, run
from dlviz.session.document import Document
from dlviz.session.trainer import Trainer
from tests.property.networks import documents, trainer_of

EXAMPLES = settings(max_examples=60, deadline=None)


def bits(trainer: Trainer) -> tuple[bytes, ...]:
    """Return everything a run consists of, as bytes."""
    memory = trainer.memory
    position = (trainer.step, trainer.epoch, trainer.batch, memory.update.clock.t)
    return repr(position).encode(), memory.kept.tobytes(), memory.vectors["grad"].tobytes()


def train(trainer: Trainer, count: int) -> list[float]:
    losses = np.zeros(max(count, 1), dtype=trainer.dtype)
    trainer.run(count, losses)
    return losses[:count].tolist()


@EXAMPLES
@given(documents())
def test_recording_walks_as_the_fast_walker_bit_for_bit(document: Document) -> None:
    fast, slow = trainer_of(document), trainer_of(document)
    for _ in range(3):
        losses = train(fast, 1)
        trace = slow.record()
        assert bits(slow) == bits(fast)
        assert np.array_equal(trace.value("loss", len(trace.steps)), losses[0], equal_nan=True)
        for name, array in fast.memory.read().items():
            assert np.array_equal(trace.value(name, len(trace.steps)), array, equal_nan=True)


@EXAMPLES
@given(documents(), st.lists(st.booleans(), min_size=1, max_size=12))
def test_looking_at_some_steps_changes_no_later_one(document: Document, looks: list[bool]) -> None:
    plain, watched = trainer_of(document), trainer_of(document)
    expected = train(plain, len(looks))
    found = [float(watched.record().value("loss", 10**6)) if looked else train(watched, 1)[0] for looked in looks]
    assert np.array_equal(found, expected, equal_nan=True)
    assert bits(watched) == bits(plain)


@EXAMPLES
@given(documents(), st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_chunks_of_any_size_are_one_run(document: Document, chunks: list[int]) -> None:
    whole, cut = trainer_of(document), trainer_of(document)
    expected = train(whole, sum(chunks))
    found = [loss for count in chunks for loss in train(cut, count)]
    assert np.array_equal(found, expected, equal_nan=True)
    assert bits(cut) == bits(whole)


@EXAMPLES
@given(documents(), st.integers(0, 15), st.integers(1, 15))
def test_going_back_and_on_again_repeats_the_run(document: Document, before: int, after: int) -> None:
    trainer = trainer_of(document)
    train(trainer, before)
    state = trainer.state()
    losses = train(trainer, after)
    end = bits(trainer)
    trainer.restore(state)
    assert train(trainer, after) == losses or not np.isfinite(losses).all()
    assert bits(trainer) == end


@EXAMPLES
@given(documents(), st.integers(0, 15), st.integers(1, 15))
def test_a_state_carries_a_run_into_a_fresh_trainer(document: Document, before: int, after: int) -> None:
    first, second = trainer_of(document), trainer_of(document)
    train(first, before)
    second.restore(first.state())
    train(first, after)
    train(second, after)
    assert bits(second) == bits(first)


@EXAMPLES
@given(documents())
def test_every_step_of_a_trace_is_read_only_and_complete(document: Document) -> None:
    trace = trainer_of(document).record()
    known = set(trace.before)
    for index, step in enumerate(trace.steps):
        assert step.index == index
        assert set(step.reads) <= known, step.op
        assert all(not array.flags.writeable for array in step.writes.values())
        known |= set(step.writes)


@EXAMPLES
@given(documents())
def test_frozen_parameters_never_move(document: Document) -> None:
    trainer = trainer_of(document)
    start = trainer.memory.read()
    train(trainer, 5)
    for name, array in trainer.memory.read().items():
        if {name, name.partition(".")[0]} & set(document.training.frozen):
            assert np.array_equal(array, start[name])


@EXAMPLES
@given(documents(smooth=True))
def test_float32_follows_float64(document: Document) -> None:
    double = trainer_of(document)
    single = trainer_of(replace(document, dtype="float32"))
    assert single.memory.vectors["theta"].dtype == np.float32
    single.memory.load({name: array.astype(np.float32) for name, array in double.memory.read().items()})
    losses = train(double, 1)[0], train(single, 1)[0]
    assert_allclose(losses[1], losses[0], rtol=1e-4, atol=1e-5)
    exact, rounded = double.memory.read("grad"), single.memory.read("grad")
    largest = max(float(np.abs(gradient).max()) for gradient in exact.values())
    for name, gradient in exact.items():
        assert_allclose(rounded[name], gradient, rtol=1e-3, atol=1e-4 * max(largest, 1.0))


@EXAMPLES
@given(documents())
def test_the_walkers_agree_on_one_binding(document: Document) -> None:
    trainer = trainer_of(document)
    binding = trainer.program.bind(trainer.memory, 3)
    state = trainer.state()
    with np.errstate(all="ignore"):
        run(binding.calls)
        fast = trainer.memory.kept.copy()
        trainer.restore(state)
        record(binding)
    assert trainer.memory.kept.tobytes() == fast.tobytes()
