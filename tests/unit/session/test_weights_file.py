"""Weights of another program: taken by name and shape, refused in one sentence where they do not fit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.errors import DataError
from dlviz.session.files.weights_file import with_weights
from dlviz.session.presets import document_for, empty_document

FITTING = {
    "h1.W": np.arange(8.0).reshape(4, 2), "h1.b": np.ones(4), "h2.W": np.full((3, 4), 0.5), "h2.b": np.zeros(3),
    "o.W": np.ones((1, 3)), "o.b": np.array([0.25]),
}  # fmt: skip


def saved(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def test_arrays_become_starting_values(tmp_path: Path) -> None:
    path = saved(tmp_path / "w.npz", **{name: array.astype(np.float32) for name, array in FITTING.items()})
    document, sentence = with_weights(document_for("circles"), path)
    for name, array in FITTING.items():
        np.testing.assert_array_equal(document.parameters[name].array, array)
    assert sentence == "6 parameters are those of w.npz now."


def test_parameters_that_the_file_lacks_are_named_and_stay(tmp_path: Path) -> None:
    path = saved(tmp_path / "w.npz", **{"h1.b": np.ones(4)})
    document, sentence = with_weights(document_for("circles"), path)
    assert set(document.parameters) == {"h1.b"}
    assert "as before: h1.W, h2.W, h2.b, o.W, o.b" in sentence


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"dense/kernel": np.ones((2, 4))},
            "Expected names of parameters (h1.W, h1.b, h2.W, h2.b, o.W, o.b)",
        ),
        ({"h1.W": np.ones((2, 4))}, "Expected the shape [4, 2]. Received: [2, 4]. Transpose it"),
        ({"h1.W": np.ones((4, 3))}, "Expected the shape [4, 2]. Received: [4, 3]."),
        ({"h1.b": np.array([1, 2, np.nan, 4])}, "Expected finite numbers"),
        ({"h1.b": np.array(list("abcd"))}, "Expected numbers. Received: <U1"),
        ({"h1.b": np.array([object()] * 4)}, "Python objects"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        with_weights(document_for("circles"), saved(tmp_path / "w.npz", **arrays))
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["w.npy", "w.pt", "w.pkl"])
def test_other_files_are_not_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(DataError, match="ending in .npz"):
        with_weights(document_for("circles"), tmp_path / name)


def test_a_network_without_layers_has_no_parameters(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no layer"):
        with_weights(empty_document(), saved(tmp_path / "w.npz", **FITTING))
