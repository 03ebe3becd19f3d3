"""Maps over the plane of principal components are what the network predicts at the inputs of every cell."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import Choice
from dlviz.core.evaluate import Evaluator
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.messages import Interest
from dlviz.session.pictures import Pictures
from dlviz.session.plane import affordable
from dlviz.session.presets import document_for
from dlviz.session.run import Run

ASKED = Interest(frozenset({"maps", "hidden"}), output_grid=40, is_principal=True)


def images_of_784() -> Document:
    """Forty images as large as those of MNIST, in two classes."""
    draw = np.random.default_rng(4)
    inputs = np.floor(draw.random((40, 784)) ** 4 * 256)
    targets = (inputs[:, :392].sum(axis=1) > inputs[:, 392:].sum(axis=1)).astype(np.int64)
    names = tuple(f"pixel_{k}" for k in range(784))
    rows = Dataset("images", "binary", inputs, targets, names, ("class",), ("a", "b"), image_shape=(1, 28, 28))
    return Document(
        dtype="float64", data=DataSpec("table", split=SplitSpec(validation=0.2), scaling="minmax", dataset=rows),
        network=NetworkSpec((dense("h", 6, "tanh"), dense("o", 1, "sigmoid")), (InputSpec("x", (784,)),)),
        training=TrainingSpec(loss=Choice("binary_cross_entropy"), batch_size=8),
    )  # fmt: skip


def document_of(kind: str) -> Document:
    return images_of_784() if kind == "784" else replace(document_for(kind), dtype="float64")


@pytest.mark.parametrize("kind", ["iris", "wine", "digits", "784"])
def test_every_cell_is_the_prediction_at_its_inputs_as_measured(kind: str) -> None:
    document = document_of(kind)
    run, pictures = Run(document), Pictures()
    run.advance(3)
    pictures.follow(run)
    maps = pictures.maps(run, ASKED)
    assert maps.principal is run.prepared.principal
    side = affordable(40, run.prepared.dataset.d)
    x0, x1, y0, y1 = maps.extent
    assert maps.extent == maps.principal.extent
    across, up = x0 + (np.arange(side) + 0.5) * (x1 - x0) / side, y0 + (np.arange(side) + 0.5) * (y1 - y0) / side
    places = np.array([(a, b) for b in up for a in across])
    evaluator = Evaluator(document.network, document.training.objective, "float64")
    evaluator.load(run.parameters())
    measured = maps.principal.inputs_at(places)
    wanted = evaluator.outputs(run.prepared.scaler.apply(measured))
    np.testing.assert_allclose(maps.output.reshape(-1, side**2).T, wanted, atol=2e-5)


def test_the_grid_of_the_hidden_space_lies_in_the_plane_however_many_inputs_there_are() -> None:
    run, pictures = Run(document_of("digits")), Pictures()
    pictures.follow(run)
    flat = pictures.hidden(run, replace(ASKED, is_principal=False))
    found = pictures.hidden(run, ASKED)
    assert len(flat.layers[0].grid) == 0
    plane, first = run.prepared.principal, found.layers[0]
    x0, y0 = plane.extent[0], plane.extent[2]
    corner = plane.scaled_at(np.array([[x0, y0]])) - run.prepared.inputs[found.rows].mean(axis=0)
    assert first.grid.shape[1:] == (41, 2)
    # The input layer shows its own first two components, of all rows on show.
    spread = np.linalg.svd(run.prepared.inputs[found.rows] - run.prepared.inputs[found.rows].mean(axis=0))[2][:2]
    np.testing.assert_allclose(np.abs(first.grid[0, 0]), np.abs(corner[0] @ spread.T), atol=1e-6)


def test_two_inputs_are_their_own_plane() -> None:
    run, pictures = Run(document_for("moons")), Pictures()
    pictures.follow(run)
    plain, asked = (pictures.maps(run, replace(ASKED, is_principal=each)) for each in (False, True))
    assert asked.principal is None
    np.testing.assert_array_equal(plain.output, asked.output)
