"""Profiles "pytorch" and "keras" make the libraries' first five updates where a document says only the method."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.session.format.document import document_from_json
from dlviz.session.prepared import prepared_for
from dlviz.session.trainer import Trainer

CASES = json.loads(Path(__file__).with_name("convention_paths.json").read_text(encoding="utf-8"))
HEADS = {"binary_cross_entropy": "sigmoid", "categorical_cross_entropy": "softmax"}
Array = np.ndarray
Path5 = Iterator[Array]


def trainer(case: dict[str, Any], profile: str) -> Trainer:
    head = HEADS.get(case["loss"], "linear")
    hidden: list[dict[str, Any]] = [{"id": "h", "units": 4, "activation": "tanh"}]
    if case["has_norm"]:
        hidden = [{"id": "h", "units": 4}, {"id": "n", "kind": "batch_norm", "activation": "tanh"}]
    document = document_from_json({
        "format": "dlviz", "version": 1, "dtype": "float64", "conventions": profile,
        "data": {"kind": "table", "inputs": case["inputs"], "targets": case["targets"]},
        "network": {"layers": [*hidden, {"id": "o", "units": 2, "activation": head}]},
        "parameters": case["path"][0],
        "training": {"loss": case["loss"], "optimizer": case["optimizer"], "batch_size": 6, "shuffle": False},
    })  # fmt: skip
    return Trainer(document, prepared_for(document))


@pytest.mark.parametrize("case", CASES, ids=lambda each: f"{each['loss']}-{each['optimizer']}-{each['has_norm']}")
def test_first_five_updates_are_those_of_pytorch(case: dict[str, Any]) -> None:
    own = trainer(case, "pytorch")
    for expected in case["path"][1:]:
        own.run(1, np.zeros(1))
        found = own.memory.read()
        for name, value in expected.items():
            np.testing.assert_allclose(found[name], value, rtol=1e-12, atol=1e-12, err_msg=name)


def momentum(w: Array, g: Callable[[Array], Array], ahead: bool = False) -> Path5:
    m = np.zeros_like(w)
    while True:
        slope = g(w)
        m = 0.9 * m - 0.01 * slope
        w = w + (0.9 * m - 0.01 * slope if ahead else m)
        yield w


def sgd(w: Array, g: Callable[[Array], Array]) -> Path5:
    while True:
        w = w - 0.01 * g(w)
        yield w


def adam(w: Array, g: Callable[[Array], Array], decay: float = 0.0, keeps_largest: bool = False) -> Path5:
    m, v, largest = np.zeros_like(w), np.zeros_like(w), np.zeros_like(w)
    t = 0
    while True:
        t, slope = t + 1, g(w)
        w = w - w * decay * 0.001
        alpha = 0.001 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        m = m + (slope - m) * (1 - 0.9)
        v = v + (slope**2 - v) * (1 - 0.999)
        largest = np.maximum(largest, v)
        w = w - m * alpha / (np.sqrt(largest if keeps_largest else v) + 1e-7)
        yield w


def nadam(w: Array, g: Callable[[Array], Array]) -> Path5:
    m, v, product = np.zeros_like(w), np.zeros_like(w), 1.0
    t = 0
    while True:
        t, slope = t + 1, g(w)
        now, then = (0.9 * (1.0 - 0.5 * 0.96**step) for step in (t, t + 1))
        product = product * now
        m = m + (slope - m) * (1 - 0.9)
        v = v + (slope**2 - v) * (1 - 0.999)
        m_hat = then * m / (1 - product * then) + (1 - now) * slope / (1 - product)
        w = w - m_hat * 0.001 / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
        yield w


def rmsprop(w: Array, g: Callable[[Array], Array]) -> Path5:
    velocity = np.zeros_like(w)
    while True:
        slope = g(w)
        velocity = 0.9 * velocity + (1 - 0.9) * slope**2
        w = w - 0.001 * slope / np.sqrt(velocity + 1e-7)
        yield w


def adagrad(w: Array, g: Callable[[Array], Array]) -> Path5:
    accumulator = np.full_like(w, 0.1)
    while True:
        slope = g(w)
        accumulator = accumulator + slope**2
        w = w - 0.001 * slope / np.sqrt(accumulator + 1e-7)
        yield w


def adadelta(w: Array, g: Callable[[Array], Array]) -> Path5:
    squares, changes = np.zeros_like(w), np.zeros_like(w)
    while True:
        slope = g(w)
        squares = 0.95 * squares + (1 - 0.95) * slope**2
        change = -np.sqrt(changes + 1e-7) * slope / np.sqrt(squares + 1e-7)
        changes = 0.95 * changes + (1 - 0.95) * change**2
        w = w + 0.001 * change
        yield w


KERAS: dict[str, Callable[[Array, Callable[[Array], Array]], Path5]] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": lambda w, g: momentum(w, g, ahead=True),
    "adam": adam,
    "adamw": lambda w, g: adam(w, g, decay=0.004),
    "amsgrad": lambda w, g: adam(w, g, keeps_largest=True),
    "nadam": nadam,
    "rmsprop": rmsprop,
    "adagrad": adagrad,
    "adadelta": adadelta,
}
SIZES = {"h.W": (4, 3), "h.b": (4,), "o.W": (2, 4), "o.b": (2,)}


def unpacked(w: Array) -> dict[str, Array]:
    ends = np.cumsum([np.prod(shape) for shape in SIZES.values()])
    return {
        name: part.reshape(shape) for (name, shape), part in zip(SIZES.items(), np.split(w, ends[:-1]), strict=True)
    }


def slope_of_mean_squared_error(case: dict[str, Any]) -> Callable[[Array], Array]:
    """Return the gradient of Keras's mean_squared_error: the mean over outputs, then over rows."""
    x, y = np.array(case["inputs"]), np.array(case["targets"])

    def slope(w: Array) -> Array:
        p = unpacked(w)
        a = np.tanh(x @ p["h.W"].T + p["h.b"])
        delta = 2 * (a @ p["o.W"].T + p["o.b"] - y) / y.size
        inner = (delta @ p["o.W"]) * (1 - a**2)
        parts = (inner.T @ x, inner.sum(axis=0), delta.T @ a, delta.sum(axis=0))
        return np.concatenate([np.ravel(part) for part in parts])

    return slope


@pytest.mark.parametrize("key", KERAS)
def test_first_five_updates_are_those_keras_documents(key: str) -> None:
    case = next(each for each in CASES if each["loss"] == "squared_error" and each["optimizer"] == key)
    own = trainer(case, "keras")
    start = np.concatenate([np.ravel(case["path"][0][name]) for name in SIZES])
    path = KERAS[key](start, slope_of_mean_squared_error(case))
    for _ in range(5):
        own.run(1, np.zeros(1))
        found = own.memory.read()
        for name, value in unpacked(next(path)).items():
            np.testing.assert_allclose(found[name], value, rtol=1e-12, atol=1e-12, err_msg=name)
