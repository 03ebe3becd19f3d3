"""The plane of the principal components of the inputs that train: against singular values, with stated signs."""

from pathlib import Path

import numpy as np
import pytest

from dlviz.data import limits
from dlviz.data.prepare import Prepared, prepare
from dlviz.data.principal_plane import _most_rows, principal_plane
from dlviz.data.reader import read_table
from dlviz.data.scaling import fit_scaler
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.data.table_dataset import to_dataset


def prepared_of(kind: str, scaling: str = "standard") -> Prepared:
    return prepare(DataSpec(kind, split=SplitSpec(validation=0.2), scaling=scaling))  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "d"), [("iris", 4), ("wine", 13), ("digits", 64)])
def test_components_shares_and_places_are_those_of_singular_values(kind: str, d: int) -> None:
    prepared = prepared_of(kind)
    found, train = prepared.principal, prepared.inputs[prepared.train]
    _, singular, right = np.linalg.svd(train - train.mean(axis=0), full_matrices=False)
    signs = np.sign([each[np.abs(each).argmax()] for each in right[:2]])
    np.testing.assert_allclose(found.components.directions.T, right[:2] * signs[:, None], atol=1e-8)
    np.testing.assert_allclose(found.shares, singular[:2] ** 2 / np.sum(singular**2), rtol=1e-9)
    wanted = (prepared.inputs - train.mean(axis=0)) @ (right[:2] * signs[:, None]).T
    np.testing.assert_allclose(found.places, wanted, atol=1e-7)
    assert found.components.centre.shape == (d,)
    assert (found.n_fitted, found.n_train) == (len(train), len(train))


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
def test_places_become_inputs_as_measured_and_come_back(scaling: str) -> None:
    prepared = prepared_of("wine", scaling)
    plane = prepared.principal
    places = np.array([[0.0, 0.0], [1.5, -0.5], [-2.0, 3.0]])
    measured = plane.inputs_at(places)
    np.testing.assert_allclose(measured[0], prepared.dataset.inputs[prepared.train].mean(axis=0), rtol=1e-9)
    scaled = prepared.scaler.apply(measured)
    np.testing.assert_allclose(plane.scaled_at(places), scaled, atol=1e-9)
    np.testing.assert_allclose(plane.components.project(scaled), places, atol=1e-9)


def test_pixels_that_never_change_keep_their_value_on_the_plane() -> None:
    prepared = prepared_of("digits")
    flat = prepared.scaler.is_constant
    assert flat.any()
    measured = prepared.principal.inputs_at(np.array([[3.0, -4.0]]))
    np.testing.assert_allclose(measured[0, flat], prepared.dataset.inputs[0, flat], atol=1e-9)


def test_very_many_rows_are_thinned_and_it_is_said_how_many_were_looked_at() -> None:
    draw = np.random.default_rng(3)
    base = draw.normal(size=(9000, 2)) * (9, 5)
    inputs = base @ np.linalg.qr(draw.normal(size=(784, 2)))[0].T + 0.01 * draw.normal(size=(9000, 784))
    found = principal_plane(inputs, np.arange(9000), fit_scaler("none", inputs))
    assert found.n_fitted < found.n_train == 9000
    assert sum(found.shares) > 0.99
    _, _, right = np.linalg.svd(inputs - inputs.mean(axis=0), full_matrices=False)
    assert np.abs(right[:2] @ found.components.directions).max(axis=0) == pytest.approx([1, 1], abs=1e-3)


@pytest.mark.parametrize(("d", "rows"), [(4, 2**27), (784, 3493), (5000, 231), (12_288, 147), (10**6, 16)])
def test_of_wider_rows_fewer_are_looked_at_but_never_too_few_to_spread(d: int, rows: int) -> None:
    assert _most_rows(d) == rows


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_rows_have_a_plane_too(n: int) -> None:
    inputs = np.arange(5.0 * n).reshape(n, 5)
    found = principal_plane(inputs, np.arange(n), fit_scaler("none", inputs))
    assert np.isfinite(found.places).all()
    x0, x1, y0, y1 = found.extent
    assert x0 < x1
    assert y0 < y1


def test_a_set_is_looked_at_once() -> None:
    prepared = prepared_of("iris")
    assert prepared.principal is prepared.principal


def test_of_a_set_on_disk_all_training_rows_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(limits, "IN_MEMORY_BYTES", 1000)
    monkeypatch.setattr("dlviz.data.dataset.SAMPLE_ROWS", 100)
    rows = np.random.default_rng(0).normal(size=(600, 4))
    (tmp_path / "a.csv").write_text("a,b,c,y\n" + "\n".join(",".join(f"{x:.4f}" for x in row) for row in rows))
    prepared = prepare(DataSpec("file", dataset=to_dataset(read_table(tmp_path / "a.csv"))))
    assert prepared.dataset.is_streamed
    assert (prepared.principal.n_fitted, prepared.principal.n_train) == (100, 600)
