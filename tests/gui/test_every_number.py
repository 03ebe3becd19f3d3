"""Every number of a network answers wherever the walk stands: with what is computed, and never 0 for what is not."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.inference import parameters, shapes
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.trace import Trace
from dlviz.data.spec import DataSpec
from dlviz.gui.panels.inspector.card import Card, Scene
from dlviz.gui.panels.inspector.facts import card
from dlviz.gui.selection import Selected
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.frames import FrameMaker
from dlviz.session.messages import Frame, Interest
from dlviz.session.run import Run

LATE = ("a", "z", "∂L", "step", "after", "δ", "h⟨", "c⟨")  # labels of what a walk computes
PLANE, IMAGE, SEQUENCE = (InputSpec("x", shape) for shape in ((2,), (1, 8, 8), (2, 1)))


def _document(
    layers: tuple[LayerSpec, ...], node: InputSpec = PLANE, data: str = "circles", **training: Any
) -> Document:
    spec = TrainingSpec(**{"batch_size": 4, **training})
    return Document(dtype="float64", data=DataSpec(data), network=NetworkSpec(layers, (node,)), training=spec)


L2 = Choice("l2", {"strength": 0.1})
DOCUMENTS = {
    "dense": _document((dense("h", 3, "tanh"), dense("o", 1, "tanh"))),
    "convolution": _document(
        (LayerSpec("c", "conv2d", (), {"filters": 2, "kernel": (3, 3), "activation": Choice("relu")}),
         LayerSpec("p", "max_pool", (), {"size": (2, 2)}), LayerSpec("f", "flatten"), dense("o", 10, "softmax")),
        IMAGE, "digits", loss=chosen("categorical_cross_entropy"),
    ),
    "batch norm": _document(
        (dense("h", 3), LayerSpec("n", "batch_norm"), LayerSpec("d", "dropout", (), {"rate": 0.4}),
         dense("o", 1, "tanh")),
    ),
    "LSTM": _document((LayerSpec("r", "lstm", (), {"units": 2}), dense("o", 1, "tanh")), SEQUENCE),
    "softmax": _document((dense("h", 3, "tanh"), dense("o", 3, "softmax")), data="blobs",
                         loss=chosen("categorical_cross_entropy")),
    "Adam, clipped, L2": _document(
        (dense("h", 3, "tanh", regularizer=L2), dense("o", 1, "tanh")),
        optimizer=chosen("adam"), clip=chosen("norm", max_norm=0.1),
    ),
}  # fmt: skip


@cache
def frames(name: str) -> tuple[Document, Trace, tuple[Frame, ...]]:
    """Return a walk of one batch, a frame for every place it can stand at."""
    run, maker = Run(DOCUMENTS[name]), FrameMaker()
    maker.interest = Interest(frozenset({"parameters", "trace"}))
    run.walk_to(0)
    assert run.walk is not None
    found = []
    for cursor in range(run.walk.length + 1):
        run.walk_to(cursor)
        found.append(maker.make(run, is_running=False))
    return run.document, run.walk.trace, tuple(found)


def places(network: NetworkSpec) -> Iterator[Selected]:
    sizes = shapes(network)
    yield Selected("network")
    for node in network.inputs:
        yield from (Selected("input", node.id, unit) for unit in range(math.prod(node.shape)))
    for layer in network.layers:
        yield Selected("layer", layer.id)
        yield from (Selected("unit", layer.id, unit) for unit in range(min(math.prod(sizes[layer.id]), 12)))
    for parameter in parameters(network):
        if parameter.is_trainable:
            yield from (Selected("parameter", parameter.layer, name=parameter.name, entry=entry)
                        for entry in list(np.ndindex(parameter.shape))[:12])  # fmt: skip


def card_at(name: str, place: Selected, cursor: int) -> Card:
    document, _, found = frames(name)
    return card(Scene(place, document, None, found[cursor]))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_place_answers_at_every_step(name: str) -> None:
    document, trace, _ = frames(name)
    for place in places(document.network):
        if place.kind == "input":
            continue  # the rows are not on this stage
        for cursor in range(len(trace.steps) + 1):
            found = card_at(name, place, cursor)
            assert found.title, place
            numbers = [value for fact in found.facts for value in fact.values if value is not None]
            assert all(isinstance(value, float) for value in numbers), place


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_is_a_number_before_it_is_computed(name: str) -> None:
    """At the start of the walk no activation, gradient, step or later value of a parameter is known."""
    document, _, _ = frames(name)
    for place in places(document.network):
        if place.kind not in ("unit", "parameter"):
            continue
        found = card_at(name, place, 0)
        late = [
            fact for fact in found.facts if fact.label.startswith(("a", "z", "∂L", "step", "after", "δ", "h⟨", "c⟨"))
        ]
        known = [value for fact in late for value in fact.values if value is not None and not math.isnan(value)]
        assert late, place
        assert known == [], (place, late)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_gradients_steps_and_new_values_are_those_of_the_trace(name: str) -> None:
    document, trace, _ = frames(name)
    end = len(trace.steps)
    for place in places(document.network):
        if place.kind != "parameter":
            continue
        facts = {fact.label: fact.values[-1] for fact in card_at(name, place, end).facts if fact.values}
        layer, letter = place.name.split(".")
        gradient = next(value for label, value in facts.items() if label.startswith("∂L/∂"))
        assert gradient == trace.value(f"{layer}.d{letter}", end)[place.entry]
        step = next(value for label, value in facts.items() if label.startswith("step"))
        assert step == trace.value(f"{place.name}.step", end)[place.entry]
        assert facts["after the step"] == trace.value(place.name, end)[place.entry]


def test_adam_shows_its_moments_after_clipping_and_penalty() -> None:
    _, trace, _ = frames("Adam, clipped, L2")
    end = len(trace.steps)
    place = Selected("parameter", "h", name="h.W", entry=(1, 0))
    facts = {fact.label: fact.values[-1] for fact in card_at("Adam, clipped, L2", place, end).facts if fact.values}
    assert facts["first moment m"] == trace.value("h.W.m", end)[1, 0]
    assert facts["second moment v"] == trace.value("h.W.v", end)[1, 0]


def test_a_dropped_unit_gives_0() -> None:
    _, trace, _ = frames("batch norm")
    end = len(trace.steps)
    dropped = np.argwhere(np.asarray(trace.value("d.a", end)) == 0)
    assert len(dropped)
    sample, unit = (int(each) for each in dropped[0])
    document, _, found = frames("batch norm")
    frame = replace(found[end], sample=sample)
    facts = {fact.label: fact.values for fact in card(Scene(Selected("unit", "d", unit), document, None, frame)).facts}
    assert next(values for label, values in facts.items() if label.startswith("a"))[0] == 0.0
