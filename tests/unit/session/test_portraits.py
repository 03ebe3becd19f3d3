"""Portraits of units: the weights of pixels where those are, and the rows that activate a unit most."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import Choice
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.session.document import Document
from dlviz.session.explanation import UnitQuestion
from dlviz.session.pictures import Pictures
from dlviz.session.portrait import Portrait
from dlviz.session.portraits import Portraits
from dlviz.session.presets import document_for
from dlviz.session.run import Run


def network_of(*layers: LayerSpec, shape: tuple[int, ...] = (64,)) -> Document:
    return replace(document_for("digits"), network=NetworkSpec(layers, (InputSpec("x", shape),)))


DENSE = network_of(dense("h1", 12, "relu"), dense("h2", 7, "tanh"), dense("o", 10, "softmax"))
IMAGES = network_of(
    LayerSpec("c", "conv2d", (), {"filters": 3, "kernel": 3, "activation": Choice("relu")}),
    LayerSpec("f", "flatten", ()),
    dense("o", 10, "softmax"),
    shape=(1, 8, 8),
)
FLAT = network_of(LayerSpec("f", "flatten", ()), dense("h", 5, "relu"), dense("o", 10, "softmax"), shape=(1, 8, 8))


def portrait(run: Run, layer: str, unit: int) -> Portrait:
    pictures = Pictures()
    pictures.follow(run)
    made = Portraits().look(run, UnitQuestion(layer, unit), pictures, is_running=False)
    assert made is not None
    return made


def forward(run: Run, layer: str) -> np.ndarray:
    """Activations (n, units) of the dense network, a layer after the other."""
    values, a = run.parameters(), np.asarray(run.prepared.inputs, dtype=np.float64)
    a = np.maximum(a @ values["h1.W"].T + values["h1.b"], 0)
    return a if layer == "h1" else np.tanh(a @ values["h2.W"].T + values["h2.b"])


@pytest.mark.parametrize("layer", ["h1", "h2"])
def test_the_strongest_rows_are_those_of_an_independent_pass(layer: str) -> None:
    run = Run(DENSE)
    run.advance(60)
    found, prepared = portrait(run, layer, 3), run.prepared
    known = np.sort(np.concatenate([prepared.train, prepared.validation]))
    values = forward(run, layer)[known, 3]
    wanted = known[np.argsort(-values, kind="stable")[:8]]
    np.testing.assert_allclose(found.activations, forward(run, layer)[wanted, 3], rtol=1e-9)
    np.testing.assert_array_equal(found.places, wanted)
    assert found.looked_at == len(known)
    assert not set(found.places.tolist()) & set(prepared.test.tolist()), "nobody chooses by the test rows"


def test_weights_of_pixels_are_a_picture_and_those_of_units_are_none() -> None:
    run = Run(DENSE)
    run.advance(10)
    weights = portrait(run, "h1", 5).weights
    np.testing.assert_array_equal(weights, run.parameters()["h1.W"][5].reshape(1, 8, 8))
    assert portrait(run, "h2", 5).weights is None
    assert portrait(run, "o", 5).weights is None


def test_flattened_pixels_are_pixels_and_a_filter_shows_its_kernel() -> None:
    run = Run(FLAT)
    np.testing.assert_array_equal(portrait(run, "h", 2).weights, run.parameters()["h.W"][2].reshape(1, 8, 8))
    run = Run(IMAGES)
    kernels = run.parameters()["c.W"]
    for unit, number in ((0, 0), (35, 0), (36, 1), (107, 2)):
        np.testing.assert_array_equal(portrait(run, "c", unit).weights, kernels[number])


def test_a_portrait_is_kept_while_nothing_moves_and_renewed_when_it_does() -> None:
    run, pictures, portraits = Run(DENSE), Pictures(), Portraits()
    pictures.follow(run)
    question = UnitQuestion("h1", 0)
    first = portraits.look(run, question, pictures, is_running=False)
    assert portraits.look(run, question, pictures, is_running=False) is first
    run.advance(1)
    assert portraits.look(run, question, pictures, is_running=False) is not first
    assert portraits.look(run, UnitQuestion("h1", 1), pictures, is_running=True).question.unit == 1  # type: ignore[union-attr]


def test_other_data_and_units_that_are_not_there_have_none() -> None:
    run, pictures = Run(document_for("iris")), Pictures()
    pictures.follow(run)
    layer = run.document.network.layers[0].id
    assert Portraits().look(run, UnitQuestion(layer, 0), pictures, is_running=False) is None
    run = Run(DENSE)
    pictures.follow(run)
    for question in (UnitQuestion("h1", 99), UnitQuestion("gone", 0)):
        assert Portraits().look(run, question, pictures, is_running=False) is None
