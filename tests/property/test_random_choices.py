"""Dropout, batch norm and every random choice: looking, stepping, pausing, rewinding and saving change no bit."""

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dlviz.core.evaluate import Evaluator
from dlviz.core.gradcheck import gradcheck
from dlviz.core.network import LayerSpec, NetworkSpec
from dlviz.core.probe import Check
from dlviz.session.document import Document, handle
from dlviz.session.files.project_file import SavedState, project_from_bytes, project_to_bytes
from dlviz.session.files.saved_state import UPDATES, from_saved
from dlviz.session.run import Run
from dlviz.session.timeline import named
from dlviz.session.trainer import Trainer, start_values
from tests.property.networks import batch_sizes, documents, pick, trainer_of
from tests.property.test_walkers import bits, train

EXAMPLES = settings(max_examples=60, deadline=None)
GRAINS = ("operation", "layer", "sample", "batch", "epoch")


@st.composite
def chancy(draw: st.DrawFn) -> Document:
    """Draw a document that certainly drops units and normalises over its batches, shuffled."""
    document = draw(documents(between=("dropout", "batch_norm")))
    *before, output = document.network.layers
    source = output.inputs[0]
    settings = {"momentum": draw(st.sampled_from((0.0, 0.5, 0.9)))}
    chain = (
        LayerSpec("sure_norm", "batch_norm", (source,), settings),
        LayerSpec("sure_drop", "dropout", ("sure_norm",), {"rate": draw(st.sampled_from((0.2, 0.5)))}),
    )
    layers = (*before, *chain, replace(output, inputs=("sure_drop",)))
    network = NetworkSpec(layers, document.network.inputs)
    rows = document.data.dataset
    assert rows is not None
    if rows.n < 2:
        rows = replace(rows, inputs=rows.inputs.repeat(2, 0), targets=rows.targets.repeat(2, 0))
    plan = replace(document.training, batch_size=pick(draw, batch_sizes(network, rows.n)), shuffle=True)
    return replace(document, data=replace(document.data, dataset=rows), network=network, training=plan)


def plain(document: Document, steps: int) -> Trainer:
    """Return a trainer that ran so many steps in one go, watched by nobody."""
    trainer = trainer_of(document)
    train(trainer, steps)
    return trainer


def act(run: Run, action: str, number: int) -> None:
    """Do one thing that a user may do with the player."""
    if action == "train":
        run.advance(number)
    elif action == "seek":
        run.seek(number)
    elif action == "forward":
        run.forward(GRAINS[number % len(GRAINS)])  # type: ignore[arg-type]
    elif action == "back":
        run.back(GRAINS[number % len(GRAINS)])  # type: ignore[arg-type]
    else:
        evaluator = Evaluator(run.document.network, run.document.training.loss, "float64")
        evaluator.use(run.trainer.memory.vectors["theta"])
        evaluator.loss_and_outputs(run.prepared.inputs, run.trainer.targets)


ACTIONS = st.tuples(st.sampled_from(("train", "seek", "forward", "back", "look")), st.integers(0, 12))


@EXAMPLES
@given(chancy(), st.lists(ACTIONS, max_size=10))
def test_whatever_the_player_did_the_run_is_the_one_nobody_watched(document: Document, actions: list[Any]) -> None:
    run = Run(document)
    for action, number in actions:
        act(run, action, number)
    run.leave_walk()
    found = run.trainer
    expected = plain(document, found.step)
    if np.isfinite(expected.memory.kept).all():
        assert (found.step, found.epoch, found.batch) == (expected.step, expected.epoch, expected.batch)
        assert found.memory.kept.tobytes() == expected.memory.kept.tobytes()


@EXAMPLES
@given(chancy(), st.integers(0, 12), st.integers(1, 6), st.booleans())
def test_a_saved_run_opened_again_takes_the_same_next_steps(
    document: Document, before: int, after: int, as_json: bool
) -> None:
    first = plain(document, before)
    state = first.state()
    if not np.isfinite(state.kept).all():
        return
    roles = named(state, document)
    moments = {f"{name}.{role}": each for role in list(roles)[1:] for name, each in roles[role].items()}
    stand = state.step, state.epoch, state.batch
    saved = SavedState(*stand, 1, "float64", roles["theta"], moments, {UPDATES: state.updates})
    starts = {name: handle(values) for name, values in start_values(document).items()}
    again = project_from_bytes(project_to_bytes(replace(document, parameters=starts), saved, as_json))
    assert again.state is not None
    second = trainer_of(again.document)
    second.restore(from_saved(again.document, again.state))
    train(first, after)
    train(second, after)
    assert bits(second) == bits(first)


@EXAMPLES
@given(chancy(), st.integers(0, 5))
def test_looking_at_a_running_network_moves_none_of_its_statistics(document: Document, steps: int) -> None:
    trainer = plain(document, steps)
    before = trainer.memory.kept.tobytes()
    values = trainer.memory.read()
    rows = trainer.prepared.inputs
    gradcheck(document.network, document.training.loss, values, rows, trainer.targets, Check(holds_draws=True))
    trainer._loss_of(trainer.program.bind(trainer.memory, len(rows)))
    assert trainer.memory.kept.tobytes() == before


@EXAMPLES
@given(chancy())
def test_adding_a_layer_elsewhere_leaves_the_masks_of_the_others(document: Document) -> None:
    extra = LayerSpec("aside", "dropout", ("x",), {"rate": 0.5})
    wider = replace(document, network=replace(document.network, layers=(extra, *first_reads(document))))
    for one, other in zip(recorded_masks(document), recorded_masks(wider), strict=True):
        assert np.array_equal(one, other)


def first_reads(document: Document) -> tuple[LayerSpec, ...]:
    """Return the layers with the first one's input named, as another stands before it now."""
    first, *rest = document.network.layers
    return (first if first.inputs else replace(first, inputs=("x",)), *rest)


def recorded_masks(document: Document) -> list[np.ndarray]:
    trainer = trainer_of(document)
    return [trainer.record().value("sure_drop.mask", 10**6) for _ in range(4)]  # type: ignore[misc]
