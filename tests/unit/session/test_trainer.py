"""The trainer's array module, and data it cannot train on."""

import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.errors import DataError, SpecError
from dlviz.data.prepare import prepare
from dlviz.session.edits import insert_layer, set_training
from dlviz.session.presets import first_document
from dlviz.session.trainer import Trainer


def trainer() -> Trainer:
    document = first_document()
    return Trainer(document, prepare(document.data))


def test_an_unknown_backend_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLVIZ_BACKEND", "abacus")
    with pytest.raises(SpecError, match="numpy, cupy, numba"):
        trainer()


def test_a_backend_that_is_not_installed_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLVIZ_BACKEND", "cupy")
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(SpecError, match="CuPy to be installed"):
        trainer()


def test_the_named_backend_is_the_one_that_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLVIZ_BACKEND", "cupy")
    monkeypatch.setitem(sys.modules, "cupy", np)
    made = trainer()
    assert made.memory.workspace.xp is sys.modules["cupy"]
    losses = np.zeros(40)
    made.run(40, losses)
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("module", "sentence"),
    [(None, "Numba is not installed"), (SimpleNamespace(__version__="0"), "Numba does not work here")],
)
def test_without_a_working_numba_one_sentence_says_so_and_numpy_goes_on(
    module: object, sentence: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in [name for name in sys.modules if name.startswith("dlviz.core.compiled")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setenv("DLVIZ_BACKEND", "numpy")
    usual = trainer()
    monkeypatch.setenv("DLVIZ_BACKEND", "numba")
    monkeypatch.setitem(sys.modules, "numba", module)
    made = trainer()
    assert made.backend.note.startswith(sentence) and made.backend.device == "CPU"
    assert [record.getMessage() for record in caplog.records] == [made.backend.note]
    for each in (usual, made):
        each.run(40, np.zeros(40))
    assert np.array_equal(made.memory.kept, usual.memory.kept)


def test_data_without_training_rows_are_refused() -> None:
    document = first_document()
    prepared = replace(prepare(document.data), train=np.array([], dtype=np.int64))
    with pytest.raises(DataError, match="at least one row to train on"):
        Trainer(document, prepared)


@pytest.mark.parametrize("optimizer", ["adagrad", "rmsprop", "adam"])
def test_what_is_not_trained_stays_whatever_its_step_comes_to(optimizer: str) -> None:
    """Without ε a gradient that never comes makes a step of 0/0; running statistics and frozen layers keep still."""
    document = insert_layer(first_document(), "h1", "batch_norm")
    norm = next(layer.id for layer in document.network.layers if layer.kind == "batch_norm")
    document = set_training(document, optimizer=chosen(optimizer, eps=0.0), frozen=("h2",))
    made = Trainer(document, prepare(document.data))
    before = made.read()
    made.run(20, np.zeros(20))
    after = made.read()
    assert all(np.isfinite(values).all() for values in after.values())
    assert np.array_equal(before["h2.W"], after["h2.W"])
    assert not np.array_equal(before[f"{norm}.running_mean"], after[f"{norm}.running_mean"])
