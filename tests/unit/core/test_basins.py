"""Basins of landscapes whose minima are known."""

import numpy as np
import pytest

from dlviz.core.basins import basins

AXIS = np.linspace(-2, 2, 41)
X, Y = np.meshgrid(AXIS, AXIS)


def places(values: np.ndarray) -> list[tuple[float, float]]:
    return [(round(float(AXIS[column]), 6), round(float(AXIS[row]), 6)) for row, column in basins(values)]


def test_a_bowl_has_one_basin() -> None:
    assert places((X - 0.5) ** 2 + (Y + 1) ** 2) == [(0.5, -1.0)]


@pytest.mark.parametrize("angle", [0.3, 0.7, 1.1])
def test_a_narrow_slanting_valley_has_one_basin_whatever_the_grid(angle: float) -> None:
    along, across = X * np.cos(angle) + Y * np.sin(angle), Y * np.cos(angle) - X * np.sin(angle)
    assert len(basins(along**2 + 20 * across**2)) == 1


def test_two_wells_are_told_deepest_first() -> None:
    assert places((X**2 - 1) ** 2 + Y**2 + 0.1 * X) == [(-1.0, 0.0), (1.0, 0.0)]


def test_a_dent_that_is_shallower_than_asked_for_does_not_count() -> None:
    wells = (X**2 - 1) ** 2 + Y**2 + 0.1 * X
    depth = (1.0 - 0.1) / float(wells.max() - wells.min())  # from the shallower bottom up to the ridge
    assert len(basins(wells, least_depth=0.95 * depth)) == 2
    assert len(basins(wells, least_depth=1.05 * depth)) == 1


def test_numbers_that_are_not_finite_belong_to_no_basin() -> None:
    bowl = X**2 + Y**2
    bowl[:5] = np.nan
    bowl[:, :3] = np.inf
    assert places(bowl) == [(0.0, 0.0)]
    assert basins(np.full((3, 3), np.nan)) == ()
