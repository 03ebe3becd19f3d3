"""The loss on a plane through a network's parameters, against the network evaluated at every point."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from dlviz.core import planes
from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import ShapeError
from dlviz.core.evaluate import Evaluator
from dlviz.core.inference import parameters
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.planes import Plane, filter_normalised

Array = NDArray[np.float64]
Values = dict[str, Array]
PIXELS = (InputSpec("x", (1, 3, 3)),)
ENTROPY = chosen("categorical_cross_entropy")
ALONG, ACROSS = [-1.0, 0.0, 0.3, 2.0], [0.0, -0.7]
NETWORKS: dict[str, tuple[NetworkSpec, Choice]] = {
    "values": (NetworkSpec((dense("h", 4, "tanh"), dense("o", 2)), (InputSpec("x", (9,)),)),
               chosen("squared_error", reduction="sum", factor=0.5)),
    "classes": (NetworkSpec((dense("h", 4, "relu"), dense("o", 2, chosen("softmax", temperature=2.0))),
                            (InputSpec("x", (9,)),)), ENTROPY),
    "one layer": (NetworkSpec((dense("o", 2, "softmax", bias=False),), (InputSpec("x", (9,)),)), ENTROPY),
    "images": (NetworkSpec((LayerSpec("c", "conv2d", (), {"filters": 2, "kernel": 2, "activation": Choice("relu")}),
                            LayerSpec("f", "flatten"), dense("o", 2, "sigmoid")), PIXELS),
               chosen("binary_cross_entropy")),
    "probabilities read on": (NetworkSpec((dense("p", 2, "softmax"), dense("o", 2, "softmax")),
                                          (InputSpec("x", (9,)),), ("p", "o")), ENTROPY),
    "shared": (NetworkSpec((dense("h", 9, "tanh"), LayerSpec("again", "dense", (), {}, shares="h"),
                            dense("o", 2)), (InputSpec("x", (9,)),)), chosen("squared_error")),
}  # fmt: skip


def drawn(spec: NetworkSpec, seed: int) -> Values:
    rng = np.random.default_rng(seed)
    return {each.name: rng.normal(size=each.shape) for each in parameters(spec)}


def examples(spec: NetworkSpec, n: int = 11) -> tuple[Array, Array]:
    rng = np.random.default_rng(7)
    hot = np.eye(2)[rng.integers(0, 2, n)]
    return rng.normal(size=(n, 9)), np.tile(hot, len(spec.outputs) or 1)


def expected(key: str, middle: Values, axes: tuple[Values, Values]) -> Array:
    """Return the losses as the evaluator finds them, one point after the other."""
    spec, loss = NETWORKS[key]
    evaluator = Evaluator(spec, loss, "float64")

    def at(a: float, b: float) -> float:
        u, v = ({name: axis.get(name, 0.0) for name in middle} for axis in axes)
        evaluator.load({name: middle[name] + a * u[name] + b * v[name] for name in middle})
        return evaluator.loss_and_outputs(*examples(spec))[0]

    return np.array([[at(a, b) for a in ALONG] for b in ACROSS])


@pytest.mark.parametrize("chunk", [planes.CHUNK_NUMBERS, 60])
@pytest.mark.parametrize("key", NETWORKS)
def test_every_point_has_the_loss_of_its_parameters(key: str, chunk: int, monkeypatch: Any) -> None:
    monkeypatch.setattr(planes, "CHUNK_NUMBERS", chunk)
    spec, loss = NETWORKS[key]
    middle, axes = drawn(spec, 0), (drawn(spec, 1), drawn(spec, 2))
    plane = Plane(spec, loss, middle, axes, examples(spec))
    assert_allclose(plane.losses(ALONG, ACROSS), expected(key, middle, axes), rtol=1e-12)
    assert_allclose(plane.losses(ALONG[::-1], ACROSS[1:]), expected(key, middle, axes)[1:, ::-1], rtol=1e-12)


@pytest.mark.parametrize("name", ["h.W", "h.b", "o.b"])
def test_an_axis_may_name_one_parameter(name: str) -> None:
    spec, loss = NETWORKS["values"]
    middle = drawn(spec, 0)
    axes = ({name: drawn(spec, 1)[name]}, dict[str, Array]())
    plane = Plane(spec, loss, middle, axes, examples(spec))
    assert_allclose(plane.losses(ALONG, ACROSS), expected("values", middle, axes), rtol=1e-12)


def test_a_plane_by_hand() -> None:
    spec = NetworkSpec((dense("o", 1),), (InputSpec("x", (1,)),))
    middle = {"o.W": [[1.0]], "o.b": [0.0]}
    plane = Plane(spec, chosen("squared_error"), middle, ({"o.W": [[1.0]]}, {"o.b": [1.0]}), ([[2.0]], [[3.0]]))
    # (2 (1 + a) + b − 3)²
    assert_allclose(plane.losses([0.0, 1.0], [0.0, 5.0]), [[1, 1], [16, 36]])


def test_rows_come_one_by_one() -> None:
    spec, loss = NETWORKS["values"]
    rows = Plane(spec, loss, drawn(spec, 0), (drawn(spec, 1), drawn(spec, 2)), examples(spec)).rows(ALONG, ACROSS)
    assert next(rows).shape == (4,)


def test_probabilities_that_round_to_nothing_have_a_loss() -> None:
    spec, loss = NETWORKS["one layer"]
    middle = {"o.W": np.zeros((2, 9))}
    x, axis = np.eye(9)[:1], {"o.W": np.array([[1.0], [0.0]]) * np.ones(9)}
    plane = Plane(spec, loss, middle, (axis, {}), (x, [[0.0, 1.0]]), "float32")
    assert_allclose(plane.losses([1000.0], [0.0]), [[1000.0]])


def test_a_normalised_direction_is_as_long_as_every_unit() -> None:
    spec, _ = NETWORKS["images"]
    values = drawn(spec, 0)
    one, other = (filter_normalised(spec, values, 3, number) for number in (0, 1))
    assert one.keys() == {"c.W", "o.W"}
    for name, direction in one.items():
        assert direction.shape == values[name].shape
        lengths = (np.linalg.norm(each.reshape(len(each), -1), axis=1) for each in (direction, values[name]))
        assert_allclose(*lengths)
        assert not np.allclose(direction, other[name])
    assert all(np.array_equal(one[name], again) for name, again in filter_normalised(spec, values, 3).items())


def test_examples_without_targets_are_refused() -> None:
    spec, loss = NETWORKS["values"]
    with pytest.raises(ShapeError, match="Expected a target for every input"):
        Plane(spec, loss, drawn(spec, 0), ({}, {}), (np.zeros((3, 9)), np.zeros((2, 2))))
