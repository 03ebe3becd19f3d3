"""The same training on another backend: a strict stand-in for CuPy everywhere, CuPy with a GPU, Numba where it is."""

import sys
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlviz.core.activations import activations
from dlviz.core.array import to_host
from dlviz.core.losses import losses
from dlviz.core.optimizers import optimizers
from dlviz.session.document import Document
from dlviz.session.format.document import document_from_json
from dlviz.session.headless import train
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import document_for
from dlviz.session.trainer import Trainer
from tests.contract.test_every_layer import CASES, document, layer
from tests.strict_arrays import StrictModule

STEPS = 6
ROWS = 7
Json = dict[str, Any]


NAMES = {"strict": "cupy", "cupy": "cupy", "numba": "numba"}  # what DLVIZ_BACKEND says


@pytest.fixture(params=["strict", "numba", pytest.param("cupy", marks=pytest.mark.gpu)])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Begin with NumPy, whatever these tests are run with; let DLVIZ_BACKEND=cupy name the stand-in, or CuPy itself."""
    monkeypatch.setenv("DLVIZ_BACKEND", "numpy")
    if request.param == "strict":
        monkeypatch.setitem(sys.modules, "cupy", StrictModule())
    else:
        pytest.importorskip(request.param)
    return str(request.param)


def small(network: list[Json], targets: Any, training: Json, inputs: int = 3) -> Document:
    rows = np.random.default_rng(2).normal(size=(ROWS, inputs))
    return document_from_json({
        "format": "dlviz", "version": 1, "seed": 4, "dtype": "float64",
        "data": {"kind": "table", "inputs": rows.tolist(), **targets}, "network": {"layers": network},
        "training": {"batch_size": 3, **training},
    })  # fmt: skip


def values(columns: int) -> Json:
    return {"targets": np.random.default_rng(3).uniform(0.1, 0.9, size=(ROWS, columns)).tolist()}


def assert_trains_alike(document: Document, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Train on NumPy and on the backend: every number is the same, walked, recorded, saved and restored."""
    expected = run(document)
    monkeypatch.setenv("DLVIZ_BACKEND", NAMES[backend])
    found = run(document)
    tolerance = {"rtol": 0, "atol": 0} if backend == "strict" else {"rtol": 1e-9, "atol": 1e-12}
    for one, other in zip(found, expected, strict=True):
        assert_allclose(one, other, **tolerance)


def run(document: Document) -> list[np.ndarray]:
    trainer = Trainer(document, prepared_for(document))
    losses_noted = np.zeros(STEPS)
    trainer.run(STEPS, losses_noted)
    state = trainer.state()
    trace = trainer.record()
    trainer.restore(state)
    trainer.run(2, losses_noted)
    kept = trainer.memory.kept
    seen = [to_host(kept), state.kept]
    assert all(isinstance(array, np.ndarray) for step in trace.steps for array in step.writes.values())
    return [*seen, *(array for step in trace.steps for array in step.writes.values()), np.array(trace.loss_after)]


@pytest.mark.parametrize(("shape", "before"), CASES)
def test_layers(shape: list[int], before: list[Json], backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_trains_alike(document(shape, before), backend, monkeypatch)


@pytest.mark.parametrize("key", [entry.key for entry in activations if not entry.draws])
def test_activations(key: str, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"text": "z*tanh(z)"} if key == "formula" else {}
    hidden = layer("dense", "h", units=4, activation={"kind": key, **settings})
    network = [hidden, layer("dense", "o", units=2)]
    assert_trains_alike(small(network, values(2), {"optimizer": "sgd"}), backend, monkeypatch)


EVERY_OPERATION = """
a = where(z > 0.5, ln(z), erf(z)) + max(z, 0.1) + min(z, 1) % 0.7 + abs(sinh(z)) - cosh(z) + asin(tanh(z)) + atan(z)
b = acos(sigmoid(z)) + softplus(z) + relu(z) + step(z) + sign(z) + floor(z) + ceil(z) + round(z) + sqrt(abs(z))
c = log2(2 + z*z) + log10(2 + z^2) + 2^z + sum(z/i, i, 1, 3) + (not z) + (z < 1 and z > 0 or z == 3 or z != 2)
tanh((a + b + c + tan(z) + sin(z)*cos(z) + exp(-z) + (z <= 0) + (z >= 1))/10)
"""


def test_every_operation_of_a_formula(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = layer("dense", "h", units=4, activation={"kind": "formula", "text": EVERY_OPERATION})
    network = [hidden, layer("dense", "o", units=2)]
    assert_trains_alike(small(network, values(2), {"optimizer": "sgd"}), backend, monkeypatch)


@pytest.mark.parametrize("key", losses.keys())
def test_losses(key: str, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = losses.get(key).labels
    classes = labels in ("one_hot", "index")
    units, activation = (3, "softmax") if classes else (1, "sigmoid" if labels == "zero_one" else "linear")
    targets: Json = {"targets": [0, 1, 0, 1, 1, 0, 1], "task": "binary"}
    if classes:
        targets = {"targets": [0, 1, 2, 1, 1, 0, 2], "task": "multiclass"}
    network = [layer("dense", "h", units=4, activation="tanh"), layer("dense", "o", units=units, activation=activation)]
    document = small(network, values(1) if labels == "values" else targets, {"loss": key})
    assert_trains_alike(document, backend, monkeypatch)


@pytest.mark.parametrize("key", optimizers.keys())
def test_optimizers(key: str, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network = [layer("dense", "h", units=4, activation="tanh"), layer("dense", "o", units=2)]
    training = {"optimizer": key, "frozen": ["h.b"]}
    assert_trains_alike(small(network, values(2), training), backend, monkeypatch)


def test_a_whole_training_and_its_scores(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    document = document_for("iris")
    usual = train(document, 2)
    monkeypatch.setenv("DLVIZ_BACKEND", NAMES[backend])
    other = train(document, 2)
    assert usual.train is not None and other.train is not None
    assert other.train.loss == pytest.approx(usual.train.loss, rel=1e-5)


def test_the_stand_in_refuses_what_cupy_refuses() -> None:
    module = StrictModule()
    array = module.asarray(np.ones(3))
    with pytest.raises(TypeError, match="explicit get"):
        np.asarray(array)
    with pytest.raises(TypeError):
        np.add(array, array)
    with pytest.raises(TypeError, match="NumPy array of shape"):
        module.add(array, np.ones(3))
    with pytest.raises(TypeError, match="NumPy array of shape"):
        array[...] = np.ones(3)
    with pytest.raises(AttributeError, match="function of CuPy"):
        assert module.errstate
