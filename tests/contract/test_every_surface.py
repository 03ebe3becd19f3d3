"""Every surface that is shipped: its minima, its gradient, where a descent begins."""

import math

import numpy as np
import pytest

from dlviz.core.choice import Choice
from dlviz.core.errors import DlvizError
from dlviz.core.randomness import uniforms
from dlviz.core.surfaces import Surface, curvatures_at, gradient_at, hessian_at, resolve, surfaces

KEYS = surfaces.keys()
CUSPS = {"ackley"}  # no slope at the minimum itself


def made(key: str) -> Surface:
    entry, settings = resolve(Choice(key))
    return entry.make(settings)


def box(key: str) -> np.ndarray:
    return np.array(surfaces.get(key).extent).reshape(-1, 2)


def somewhere(key: str, n: int) -> np.ndarray:
    ends = box(key)
    shares = uniforms(3, key, n * len(ends)).reshape(len(ends), n)
    return ends[:, :1] + shares * (ends[:, 1:] - ends[:, :1])


def test_there_are_as_many_as_promised() -> None:
    assert len([key for key in KEYS if len(box(key)) == 2]) >= 16


@pytest.mark.parametrize("key", KEYS)
def test_says_what_it_is(key: str) -> None:
    entry = surfaces.get(key)
    assert entry.formula and entry.teaches.endswith(".") and entry.source
    assert made(key).d == len(box(key)) == len(entry.start)
    assert all(low <= at <= high for at, (low, high) in zip(entry.start, box(key), strict=True))


@pytest.mark.parametrize("key", KEYS)
def test_the_gradient_is_that_of_central_differences(key: str) -> None:
    surface, points = made(key), somewhere(key, 40)
    slopes = gradient_at(surface, points)
    for axis in range(surface.d):
        step = np.zeros((surface.d, 1))
        step[axis] = 1e-6
        numeric = (surface.value(points + step) - surface.value(points - step)) / 2e-6
        scale = np.maximum(np.abs(numeric), np.abs(slopes).max() * 1e-3) + 1e-3
        assert np.abs(slopes[axis] - numeric).max() == pytest.approx(0, abs=1e-4 * scale.max())


@pytest.mark.parametrize("key", KEYS)
def test_nothing_lies_below_its_minima(key: str) -> None:
    entry, settings = resolve(Choice(key))
    surface, minima = entry.make(settings), entry.minima(settings)
    values = [float(surface.value(np.array(each)[:, None])[0]) for each in minima]
    assert all(math.isclose(each, values[0], abs_tol=1e-9) for each in values)
    if minima:
        assert surface.value(somewhere(key, 20_000)).min() >= values[0] - 1e-9
    for each in minima if key not in CUSPS else ():
        assert np.abs(gradient_at(surface, np.array(each)[:, None])).max() < 1e-8
        assert np.linalg.eigvalsh(hessian_at(surface, np.array(each)[:, None])[0]).min() > 0


def test_a_bowl_bends_as_it_was_asked_to_however_it_is_turned() -> None:
    for turn in (0.0, 30.0, -45.0):
        entry, settings = resolve(Choice("bowl", {"condition": 50.0, "turn": turn}))
        points = np.array([[1.3, 0.0, -3.0], [-0.4, 0.0, 2.0]])
        curvatures = np.linalg.eigvalsh(hessian_at(entry.make(settings), points))
        assert curvatures == pytest.approx(np.tile([1.0, 50.0], (3, 1)), rel=1e-9)
        assert curvatures_at(entry.make(settings), points)[:, 1] == pytest.approx(np.full(3, 50.0), rel=1e-9)


def test_bending_is_that_of_second_derivatives_and_nothing_where_there_are_none() -> None:
    (x, y) = point = np.array([[-1.2], [1.0]])
    expected = np.array([[2 - 400 * (y - 3 * x**2), -400 * x], [-400 * x, np.full(1, 200.0)]])[:, :, 0]
    assert hessian_at(made("rosenbrock"), point)[0] == pytest.approx(expected, rel=1e-6)
    assert np.isnan(curvatures_at(made("bowl"), np.full((2, 1), np.inf))).all()


def test_a_formula_of_ones_own_is_a_surface_or_a_curve() -> None:
    for text, d in (("x**2 + y", 2), ("b**2 - 3", 1)):
        entry, settings = resolve(Choice("formula", {"text": text}))
        assert entry.make(settings).d == d


@pytest.mark.parametrize("text", ["__import__('os')", "x.y", "x + z + y", "x + ", ""])
def test_what_is_no_formula_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(DlvizError, match="Expected"):
        resolve(Choice("formula", {"text": text}))
