"""Convolution, pooling and flatten: values against sums written out, refusals, ties, switches."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import DlvizError, ShapeError, SpecError
from dlviz.core.gradcheck import gradcheck
from dlviz.core.hyper import both
from dlviz.core.inference import parameters, shapes
from dlviz.core.layers.convolution import windows_of
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.session import headless
from dlviz.session.format.document import document_from_json
from dlviz.session.prepared import prepared_for
from dlviz.session.trainer import Trainer

Array = NDArray[np.float64]


def network(*layers: LayerSpec, shape: tuple[int, ...] = (1, 4, 4)) -> NetworkSpec:
    return NetworkSpec(layers, (InputSpec("x", shape),))


def conv(**settings: Any) -> LayerSpec:
    return LayerSpec("c", "conv2d", (), settings)


def recorded(layers: list[dict[str, Any]], images: Array, after: bool = False) -> dict[str, NDArray[np.generic]]:
    """Return what one step of a network over images (n, channels, height, width) wrote, and what it read."""
    n = len(images)
    document = document_from_json({
        "format": "dlviz", "version": 1, "seed": 2, "dtype": "float64",
        "data": {"kind": "table", "inputs": images.reshape(n, -1).tolist(), "targets": np.ones((n, 1)).tolist()},
        "network": {"inputs": [{"id": "x", "shape": list(images.shape[1:])}],
                    "layers": [*layers, {"id": "f", "kind": "flatten"}, {"id": "o", "units": 1}]},
        "training": {"batch_size": n, "shuffle": False},
    })  # fmt: skip
    trace = Trainer(document, prepared_for(document)).record()
    found = dict(trace.before)
    for step in trace.steps:
        if step.phase != "update":
            found |= step.writes
    return found


def written_out(images: Array, W: Array, b: Array, stride: tuple[int, int], edges: tuple[int, int]) -> Array:
    """Return the cross-correlation as its definition says, one cell after the other."""
    padded = np.pad(images, ((0, 0), (0, 0), (edges[0],) * 2, (edges[1],) * 2))
    height, width = W.shape[2:]
    rows = range(0, padded.shape[2] - height + 1, stride[0])
    columns = range(0, padded.shape[3] - width + 1, stride[1])
    return np.array([
        [[[(image[:, r : r + height, c : c + width] * kernel).sum() + bias for c in columns] for r in rows]
         for kernel, bias in zip(W, b, strict=True)]
        for image in padded
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "stride", "edges"),
    [
        ({"kernel": 3}, (1, 1), (0, 0)),
        ({"kernel": [2, 3], "stride": [2, 1]}, (2, 1), (0, 0)),
        ({"kernel": 3, "padding": "same"}, (1, 1), (1, 1)),
        ({"kernel": [3, 1], "padding": [2, 0], "stride": 2}, (2, 2), (2, 0)),
    ],
)
def test_every_cell_is_its_patch_times_the_kernel(
    settings: dict[str, Any], stride: tuple[int, int], edges: tuple[int, int]
) -> None:
    images = np.random.default_rng(1).normal(size=(3, 2, 5, 6))
    layer = {"id": "c", "kind": "conv2d", "filters": 4, "bias_initializer": "normal", **settings}
    found = recorded([layer], images)
    expected = written_out(images, found["c.W"], found["c.b"], stride, edges)
    assert_allclose(found["c.z"], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("settings", "shape"),
    [
        ({"kernel": 3}, (8, 26, 20)),
        ({"kernel": [5, 2], "stride": [2, 3]}, (8, 12, 7)),
        ({"kernel": 3, "padding": "same"}, (8, 28, 22)),
        ({"kernel": 3, "padding": "same", "stride": 2}, (8, 14, 11)),
        ({"kernel": 4, "padding": "same", "stride": 3}, (8, 10, 8)),
        ({"kernel": 3, "padding": 2, "stride": 2}, (8, 15, 12)),
        ({"kernel": 28, "padding": [0, 3]}, (8, 1, 1)),
    ],
)
def test_output_shapes(settings: dict[str, Any], shape: tuple[int, ...]) -> None:
    assert shapes(network(conv(**settings), shape=(3, 28, 22)))["c"] == shape


def test_parameters_and_their_fans() -> None:
    weights, bias = parameters(network(conv(filters=5, kernel=(3, 2)), shape=(4, 8, 8)))
    assert (weights.shape, weights.fan_in, weights.fan_out) == ((5, 4, 3, 2), 24, 30)
    assert bias.shape == (5,)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (conv(), (16,), r"c: Expected images of three axes: channels, height, width\. Received: shape=\[16\]\. Say in"),
        (conv(kernel=5), (1, 4, 6), "Expected a window inside 4 × 6 numbers. Received: 5 × 5. Make the window smaller"),
        (conv(kernel=(2, 9), padding=1), (1, 4, 6), "Expected a window inside 6 × 8 numbers. Received: 2 × 9"),
        (conv(kernel=0), (1, 4, 4), "Expected kernel to be a whole number, or two for height and width, at least 1"),
        (conv(kernel=(1, 2, 3)), (1, 4, 4), "Expected kernel to be a whole number, or two for height and width"),
        (conv(padding="full"), (1, 4, 4), "or valid or same, at least 0 and at most 64. Received: padding='full'"),
        (conv(activation=Choice("softmax")), (1, 4, 4), "looks at one number at a time. Received: softmax. Flatten"),
        (LayerSpec("p", "max_pool"), (16,), "p: Expected images of three axes"),
        (LayerSpec("p", "avg_pool", (), {"size": 5}), (1, 4, 4), "Expected a window inside 4 × 4"),
        (LayerSpec("p", "avg_pool", (), {"stride": "valid"}), (1, 4, 4), "Expected stride to be .* or size, at least"),
        (dense("o", 2), (1, 4, 4), "Expected one axis of features. Received: shape=.*Flatten it"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(layer: LayerSpec, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises((ShapeError, SpecError), match=message) as refused:
        shapes(network(layer, shape=shape))
    assert isinstance(refused.value, DlvizError)
    assert refused.value.place == layer.id


def test_max_pooling_keeps_the_largest_and_where_it_was() -> None:
    image = np.array([[1, 5, 2, 2], [4, 0, 2, 2], [-3, -1, 7, 7], [-2, -1, 8, 7]], dtype=float)
    found = recorded([{"id": "p", "kind": "max_pool", "size": 2}], image[None, None])
    assert found["p.a"].tolist() == [[[[5, 2], [-1, 8]]]]
    assert found["p.argmax"].tolist() == [[[[1, 0], [1, 2]]]]  # the first of equal numbers


def test_a_number_in_several_windows_gets_the_gradient_of_each() -> None:
    image = np.array([[0.0, 0, 0], [0, 9, 0], [0, 0, 0]])
    maps = {"id": "c", "kind": "conv2d", "filters": 1, "kernel": 1, "bias": False, "initializer": "constant"}
    found = recorded([maps, {"id": "p", "kind": "max_pool", "size": 2, "stride": 1}], image[None, None])
    expected = np.zeros((1, 1, 3, 3))
    expected[..., 1, 1] = found["p.da"].sum()
    assert_allclose(found["c.da"], expected, rtol=1e-15)


def test_average_pooling_shares_its_gradient_alike() -> None:
    maps = {"id": "c", "kind": "conv2d", "filters": 1, "kernel": 1}
    found = recorded([maps, {"id": "p", "kind": "avg_pool", "size": 2}], np.arange(16.0).reshape(1, 1, 4, 4))
    assert_allclose(found["p.a"], found["c.a"].reshape(1, 1, 2, 2, 2, 2).mean(axis=(3, 5)), rtol=1e-15)
    assert_allclose(found["c.da"], found["p.da"].repeat(2, axis=2).repeat(2, axis=3) / 4, rtol=1e-15)


def test_rows_that_no_window_reaches_get_no_gradient() -> None:
    maps = {"id": "c", "kind": "conv2d", "filters": 1, "kernel": 1}
    found = recorded(
        [maps, {"id": "p", "kind": "max_pool", "size": 2}], np.random.default_rng(0).normal(size=(2, 1, 5, 3))
    )
    assert not found["c.da"][:, :, 4].any()
    assert not found["c.da"][:, :, :, 2].any()
    assert np.count_nonzero(found["c.da"]) == 4


def test_gradient_check_leaves_out_entries_at_which_the_largest_changes() -> None:
    spec = network(
        conv(filters=1, kernel=1, bias=False), LayerSpec("p", "max_pool"), LayerSpec("f", "flatten"), dense("o", 1),
        shape=(2, 2, 2),
    )  # fmt: skip
    # Two numbers are equally large at these weights, so which one is the largest depends on the probe.
    image = np.array([[2.0, 1.0, 0.0, 0.0, 1.0, 2.0, 0.0, 0.0]])
    values = {"c.W": [[[[1.0]], [[1.0]]]], "o.W": [[1.0]], "o.b": [0.5]}
    report = gradcheck(spec, chosen("squared_error"), values, image, np.zeros((1, 1)))
    row = next(row for row in report.rows if row.name == "c.W")
    assert row.skipped == 1
    assert report.passed


def test_flatten_copies_nothing() -> None:
    images = np.random.default_rng(0).normal(size=(2, 2, 3, 4))
    found = recorded([], images)
    assert_allclose(found["f.a"], images.reshape(2, -1), rtol=0)


@pytest.mark.parametrize("settings", [{"kernel": 3}, {"kernel": [2, 3], "stride": 2, "padding": 1}])
def test_every_recorded_cell_is_told_by_its_patch(settings: dict[str, Any]) -> None:
    images = np.random.default_rng(7).normal(size=(2, 3, 6, 5))
    layer = {"id": "c", "kind": "conv2d", "filters": 2, "bias_initializer": "normal", **settings}
    found = recorded([layer], images)
    spec = LayerSpec("c", "conv2d", (), {name: both(value) for name, value in settings.items()})
    plan = windows_of(spec, images.shape[1:])
    for sample, filter_, row, column in np.ndindex(found["c.z"].shape):
        units = plan.reads(row, column)
        patch = np.where(units >= 0, found["x"][sample].reshape(-1)[units], 0)
        cell = float((patch * found["c.W"][filter_]).sum() + found["c.b"][filter_])
        assert cell == pytest.approx(float(found["c.z"][sample, filter_, row, column]), abs=1e-12)


def test_readers_are_the_reverse_of_reads() -> None:
    plan = windows_of(LayerSpec("c", "conv2d", (), {"kernel": (3, 2), "stride": (2, 1), "padding": 1}), (1, 5, 4))
    forth = {
        (row, column, int(unit), cell)
        for row, column in np.ndindex(plan.count)
        for cell, unit in enumerate(plan.reads(row, column).reshape(-1))
        if unit >= 0
    }
    back = {
        (*window, row * 4 + column, cell[0] * 2 + cell[1])
        for row, column in np.ndindex(5, 4)
        for window, cell in plan.readers(row, column)
    }
    assert forth == back


@pytest.mark.slow
def test_a_small_convolution_reads_digits() -> None:
    document = document_from_json({
        "format": "dlviz", "version": 1, "seed": 3,
        "data": {"kind": "digits", "split": {"test": 0.2}},
        "network": {
            "inputs": [{"id": "x", "shape": [1, 8, 8]}],
            "layers": [
                {"id": "c", "kind": "conv2d", "filters": 8, "activation": "relu", "initializer": "he_normal"},
                {"id": "p", "kind": "max_pool"}, {"id": "f", "kind": "flatten"},
                {"id": "o", "units": 10, "activation": "softmax"},
            ],
        },
        "training": {"loss": "categorical_cross_entropy", "optimizer": {"kind": "adam", "lr": 0.003}, "batch_size": 32},
    })  # fmt: skip
    report = headless.train(document, epochs=30)
    assert report.test is not None
    assert report.test.metrics["accuracy"] >= 0.95
    assert report.seconds < 10
