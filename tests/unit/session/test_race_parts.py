"""Races in parts: nothing that is worked on lasts so long that a newer wish would have to wait for it."""

from collections.abc import Generator
from dataclasses import replace
from time import perf_counter, thread_time
from typing import Any, TypeVar

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.descent import Course, walk, walk_in_parts
from dlviz.core.parts import finished
from dlviz.core.randomness import normals, normals_in_parts
from dlviz.core.surfaces import typed
from dlviz.session.race import RaceSpec
from dlviz.session.race.racer import course_of, prepare_race
from dlviz.session.race.scan import scan_in_parts
from dlviz.session.race.standings import MOST_SORTED, quartiles_in_parts

T = TypeVar("T")
LONGEST = 0.5  # seconds of this thread between two pauses: ten times what a quiet machine needs
ENOUGH = 4.0  # seconds after which no other kind of part is to be expected
KINDS = ("sgd", "momentum", "adam", "nesterov")


def watched(work: Generator[Any, None, T]) -> T | None:
    """Do the parts, each of which must be short; return what comes of them if that takes no longer than enough."""
    until = perf_counter() + ENOUGH
    while perf_counter() < until:
        began = thread_time()
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result
        finally:
            assert thread_time() - began < LONGEST
    return None


def runners(*kinds: str) -> RaceSpec:
    return RaceSpec(optimizers=tuple(chosen(kind, lr=0.001) for kind in kinds))


@pytest.mark.parametrize(
    "spec",
    [
        replace(runners(*KINDS * 4), steps=20_000, noise=1.0),
        replace(runners(*KINDS * 4), steps=600, starts="random", count=1_000),
        replace(runners("lbfgs"), steps=2_000, starts="random", count=1_000, surface=chosen("ackley")),
    ],
    ids=["steps", "starts", "lbfgs"],
)
def test_the_largest_races_pause_often(spec: RaceSpec) -> None:
    watched(prepare_race(spec))


def test_the_slowest_scan_pauses_often() -> None:
    spec = replace(runners("lbfgs"), steps=20_000)
    watched(scan_in_parts(spec, 0, course_of(spec, 2)))


def test_as_many_places_as_can_be_have_heights_on_a_surface_that_is_typed() -> None:
    spec = replace(runners("sgd"), steps=10_000, starts="random", count=1_000)
    walked = finished(walk_in_parts(
        typed("sin(3*x)*cos(y) + 0.1*(x**2 + y**2)"), spec.optimizers, np.ones((2, 1_000)), Course(10_000), False
    ))  # fmt: skip
    assert walked[0].values.shape == (10_001, 1_000)


@pytest.mark.parametrize("count", [1, 2, 7, 40, 1_001])
def test_numbers_drawn_in_parts_are_those_drawn_at_once(count: int) -> None:
    assert finished(normals_in_parts(3, "noise", count, part=6)).tolist() == normals(3, "noise", count).tolist()


def test_paths_do_not_depend_on_the_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    surface, start = typed("x**2 + 3*y**2"), np.array([[1.0, 2.0], [0.5, -1.0]])
    optimizers = tuple(chosen(kind, lr=0.01) for kind in KINDS)
    course = Course(300, chosen("square_root", k=1.0))
    usual = walk(surface, optimizers, start, course)
    for walks in (1, 10**9):
        monkeypatch.setattr("dlviz.core.descent.races.PART_WALKS", walks)
        for one, other in zip(walk(surface, optimizers, start, course), usual, strict=True):
            assert np.array_equal(one.points, other.points) and np.array_equal(one.values, other.values)


def test_bands_are_the_quartiles_of_the_starts_that_are_finite() -> None:
    values = np.random.default_rng(0).normal(size=(700, 90))
    values[5, :30], values[6] = np.inf, np.nan
    band = finished(quartiles_in_parts(values))
    assert band.steps.tolist() == list(range(700))
    assert [band.low[5], band.middle[5], band.high[5]] == np.percentile(values[5, 30:], (25, 50, 75)).tolist()
    assert band.middle[:5] == pytest.approx(np.median(values[:5], axis=1)) and np.isnan(band.middle[6])


def test_bands_of_more_values_than_are_sorted_skip_steps() -> None:
    values = np.zeros((2 * MOST_SORTED // 100, 100))
    assert finished(quartiles_in_parts(values)).steps[:3].tolist() == [0, 2, 4]
