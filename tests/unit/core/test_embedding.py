"""Embedding: rows of a matrix for whole numbers, and what cannot be looked up."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlviz.core.errors import DataError, ShapeError, SpecError
from dlviz.core.evaluate import Evaluator
from dlviz.core.inference import parameters, shapes, validate
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.session import headless
from dlviz.session.document import Document
from dlviz.session.format.document import document_from_json
from dlviz.session.prepared import prepared_for
from dlviz.session.trainer import Trainer


def document(inputs: list[list[float]], vocabulary: int = 4, **parts: object) -> Document:
    return document_from_json({
        "format": "dlviz", "version": 1, "seed": 2, "dtype": "float64",
        "data": {"kind": "table", "inputs": inputs, "targets": [[1.0]] * len(inputs), **parts},
        "network": {"layers": [
            {"id": "e", "kind": "embedding", "vocabulary": vocabulary, "dim": 3},
            {"id": "f", "kind": "flatten"}, {"id": "o", "units": 1},
        ]},
        "training": {"batch_size": len(inputs), "shuffle": False},
    })  # fmt: skip


IDS = [[0.0, 3.0], [3.0, 3.0], [1.0, 0.0]]


def test_every_number_becomes_its_row() -> None:
    report = headless.trace(document(IDS))
    looked_up = report.trace.value("e.a", 1)
    assert looked_up is not None
    assert np.array_equal(looked_up, report.trace.before["e.W"][np.array(IDS, dtype=int)])


def test_a_row_gathers_the_gradients_of_all_its_places() -> None:
    report = headless.trace(document(IDS))
    gradients = report.trace.value("e.da", len(report.trace.steps))
    assert gradients is not None
    expected = np.zeros((4, 3))
    for row, each in zip(IDS, gradients, strict=True):
        for number, gradient in zip(row, each, strict=True):
            expected[int(number)] += gradient
    assert_allclose(report.gradients["e.W"], expected, rtol=1e-15)
    assert not expected[2].any()


def test_one_number_a_row_gives_one_axis() -> None:
    layer = LayerSpec("e", "embedding", (), {"vocabulary": 7, "dim": 3})
    assert shapes(NetworkSpec((layer,), (InputSpec("x", (5,)),)))["e"] == (5, 3)
    assert shapes(NetworkSpec((layer,), (InputSpec("x", (1,)),)))["e"] == (3,)
    assert parameters(NetworkSpec((layer,)))[0].shape == (7, 3)


@pytest.mark.parametrize("wrong", [0.5, -1.0, 4.0, 1e300])
def test_numbers_without_a_row_are_refused(wrong: float) -> None:
    refused = document([[0.0, wrong], [1.0, 2.0]])
    with pytest.raises(DataError, match="e: Expected whole numbers from 0 to 3 to look up. Received: "):
        Trainer(refused, prepared_for(refused))


def test_scaled_numbers_are_refused_with_the_way_out() -> None:
    with pytest.raises(DataError, match="leave the inputs unscaled"):
        headless.gradcheck(document(IDS, scaling="standard"))


def test_values_of_a_layer_cannot_be_looked_up() -> None:
    layers = (dense("h", 2), LayerSpec("e", "embedding"))
    with pytest.raises(SpecError, match=r"e: Expected to read the data: x. Received: inputs=\['h'\]"):
        validate(NetworkSpec(layers))


def test_images_cannot_be_looked_up() -> None:
    with pytest.raises(ShapeError, match="Expected one axis of whole numbers"):
        shapes(NetworkSpec((LayerSpec("e", "embedding"),), (InputSpec("x", (1, 8, 8)),)))


def test_a_picture_of_the_plane_shows_the_nearest_row() -> None:
    spec = NetworkSpec((LayerSpec("e", "embedding", (), {"vocabulary": 3, "dim": 1}),), (InputSpec("x", (1,)),))
    evaluator = Evaluator(spec)
    evaluator.load({"e.W": [[5.0], [6.0], [7.0]]})
    assert evaluator.outputs(np.array([[-3.0], [0.4], [0.6], [9.0]])).ravel().tolist() == [5, 5, 6, 7]


def test_double_the_numbers_of_single_precision_are_found() -> None:
    spec = NetworkSpec((LayerSpec("e", "embedding", (), {"vocabulary": 20_000, "dim": 999}),), (InputSpec("x", (1,)),))
    evaluator = Evaluator(spec)
    W = np.arange(20_000)[:, None] + np.arange(999) / 1024
    evaluator.load({"e.W": W})
    assert np.array_equal(evaluator.outputs(np.array([[19_999.0]]))[0], W[19_999].astype(np.float32))
