"""Descents on surfaces: recording, many starts, schedules, clipping and stopping."""

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlviz.core.array import Workspace
from dlviz.core.choice import Choice, chosen
from dlviz.core.descent import Path, descend, race, record
from dlviz.core.errors import ShapeError
from dlviz.core.optimizers import optimizers
from dlviz.core.surfaces import Surface, quadratic, rosenbrock

BOWL = quadratic([[2.0, 0.0], [0.0, 20.0]])
TILTED = quadratic([[3.0, 1.0], [2.0, 4.0]], centre=[0.5, -1.0], offset=0.25)
SADDLE = quadratic([[2.0, 0.0], [0.0, -2.0]])
SURFACES = [
    BOWL,
    TILTED,
    SADDLE,
    quadratic([[2.0]], [5.0]),
    quadratic([[0.0]], offset=1.0),
    rosenbrock(),
    rosenbrock(5.0),
]
START = (-1.2, 1.0)


@pytest.mark.parametrize("surface", SURFACES, ids=str)
def test_gradient_matches_central_difference(surface: Surface) -> None:
    points = np.random.default_rng(3).uniform(-2, 2, (surface.d, 4, 3))
    grad, h = np.zeros_like(points), 1e-6
    for function, arguments in surface.gradient(Workspace(), points, grad):
        function(*arguments)
    for axis in range(surface.d):
        move = np.zeros_like(points)
        move[axis] = h
        difference = (surface.value(points + move) - surface.value(points - move)) / (2 * h)
        assert_allclose(grad[axis], difference, rtol=1e-6, atol=1e-6)


def test_a_quadratic_is_the_form_of_its_symmetric_part() -> None:
    p = np.array([0.3, 0.7]) - [0.5, -1.0]
    matrix = np.array([[3.0, 1.5], [1.5, 4.0]])
    assert TILTED.value(np.array([0.3, 0.7])) == pytest.approx(0.5 * p @ matrix @ p + 0.25)


@pytest.mark.parametrize(("matrix", "centre"), [([[1.0, 2.0]], []), ([[1.0]], [1.0, 2.0])])
def test_shapes_that_do_not_fit_are_refused(matrix: Any, centre: Any) -> None:
    with pytest.raises(ShapeError, match="Expected a"):
        quadratic(matrix, centre)


@pytest.mark.parametrize("clip", [None, chosen("value", max_value=0.5), chosen("norm"), chosen("global_norm")], ids=str)
@pytest.mark.parametrize("key", optimizers.keys())
def test_a_recorded_walk_is_the_fast_one_bit_for_bit(key: str, clip: Choice | None) -> None:
    schedule = chosen("exponential", base=0.9)
    path = descend(rosenbrock(), chosen(key, lr=0.001), START, 15, schedule, clip)
    traces = record(rosenbrock(), chosen(key, lr=0.001), START, 15, schedule, clip)
    for number, trace in enumerate(traces):
        after = {name: array for step in trace.steps for name, array in step.writes.items()}
        assert np.array_equal(after["f.p"], path.points[number + 1])
        assert np.array_equal(after["f.dp"], path.gradients[number])
        assert after["loss"] == path.values[number]
        assert trace.lr == path.rates[number]
        for state, values in path.states.items():
            assert np.array_equal(trace.value(f"f.p.{state}", len(trace.steps)), values[number + 1])


@pytest.mark.parametrize("key", optimizers.keys())
def test_many_starts_walk_as_they_do_alone(key: str) -> None:
    starts = np.random.default_rng(1).uniform(-2, 2, (2, 3, 2))
    clip = chosen("norm", max_norm=3.0)
    together = descend(rosenbrock(), chosen(key), starts, 20, clip=clip)
    assert together.points.shape == (21, 2, 3, 2)
    assert together.values.shape == (21, 3, 2)
    for place in itertools.product(range(3), range(2)):
        alone = descend(rosenbrock(), chosen(key), starts[:, place[0], place[1]], 20, clip=clip)
        assert np.array_equal(together.points[:, :, place[0], place[1]], alone.points)
        assert np.array_equal(together.values[:, place[0], place[1]], alone.values)


@pytest.mark.parametrize("shape", [(), (3,), (2, 2)])
@pytest.mark.parametrize("schedule", [None, chosen("exponential", base=0.9)], ids=str)
def test_optimizers_walk_side_by_side_as_they_do_alone(shape: tuple[int, ...], schedule: Choice | None) -> None:
    start = np.random.default_rng(1).uniform(-1, 1, (2, *shape))
    every = [*(chosen(each.key) for each in optimizers), chosen("nesterov", form="look_ahead", lr=0.001)]
    clip = chosen("norm", max_norm=3.0)
    for path, optimizer in zip(race(rosenbrock(), every, start, 120, schedule, clip), every, strict=True):
        alone = descend(rosenbrock(), optimizer, start, 120, schedule, clip)
        assert path.states.keys() == alone.states.keys()
        pairs = [(getattr(path, name), getattr(alone, name)) for name in ("points", "values", "gradients", "rates")]
        pairs += [(values, alone.states[state]) for state, values in path.states.items()]
        assert all(np.array_equal(one, other, equal_nan=True) for one, other in pairs)


def test_points_alone_can_be_kept() -> None:
    every = [chosen("sgd", lr=0.001), chosen("adam")]
    start = [[0.0, 1.0], [1.0, 2.0]]
    for whole, bare in zip(*(race(BOWL, every, start, 9, keeps_all=keeps) for keeps in (True, False)), strict=True):
        assert np.array_equal(bare.points, whole.points) and np.array_equal(bare.values, whole.values)
        assert bare.gradients.shape == (0, 2, 2) and not bare.states


def test_a_path_holds_start_values_and_gradients() -> None:
    path = descend(BOWL, chosen("sgd", lr=0.05), [1.0, 1.0], 2)
    assert_allclose(path.points, [[1, 1], [0.9, 0], [0.81, 0]], atol=1e-15)
    assert_allclose(path.values, [11, 0.81, 0.6561])
    assert_allclose(path.gradients, [[2, 20], [1.8, 0]], atol=1e-14)


def test_nesterov_notes_the_gradient_at_the_point_ahead() -> None:
    path = descend(BOWL, chosen("nesterov", form="look_ahead", lr=0.01), [1.0, 1.0], 3)
    ahead = path.points[1] + 0.9 * (path.points[1] - path.points[0])
    assert_allclose(path.gradients[1], ahead * [2, 20])
    (first, *_) = record(BOWL, chosen("nesterov", form="look_ahead"), [1.0, 1.0], 1)
    assert [step.op for step in first.steps] == ["look_ahead", "value", "gradient", "velocity", "step", "apply"]
    assert all(set(step.reads) <= {*first.before, *(n for s in first.steps for n in s.writes)} for step in first.steps)


def test_a_schedule_counts_steps_as_epochs() -> None:
    path = descend(BOWL, chosen("sgd", lr=0.1), [1.0, 0.0], 4, chosen("staircase", drop=0.5, every=2))
    assert_allclose(path.rates, [0.1, 0.1, 0.05, 0.05])
    assert_allclose(path.points[:, 0], np.cumprod([1, 0.8, 0.8, 0.9, 0.9]))


def test_clipping_shortens_the_step_at_a_cliff() -> None:
    free, clipped = (descend(BOWL, chosen("sgd", lr=1.0), [3.0, 0.2], 1, clip=c) for c in (None, chosen("norm")))
    assert np.linalg.norm(free.gradients[0]) > 1
    assert np.linalg.norm(clipped.points[1] - clipped.points[0]) == pytest.approx(1.0)


def test_every_start_that_runs_away_is_named() -> None:
    path = descend(BOWL, chosen("sgd", lr=0.2), [[1.0, 1.0], [0.0, 1.0]], 2000)
    assert path.is_finite.tolist() == [True, False]


def test_a_walk_settles_where_no_start_moves_far_any_more() -> None:
    path = descend(BOWL, chosen("sgd", lr=0.05), [[1.0, 8.0], [0.0, 0.0]], 200)
    settled = path.settled(1e-3)
    assert settled is not None
    moves = np.abs(np.diff(path.points[:, 0, 1]))
    assert moves[settled - 1] < 1e-3 <= moves[settled - 2]
    assert path.settled(0.0) is None


@pytest.mark.parametrize("start", [1.0, [1.0], [[1.0], [2.0], [3.0]]])
def test_a_start_of_another_width_is_refused(start: Any) -> None:
    with pytest.raises(ShapeError, match="Expected 2 numbers to start from"):
        descend(BOWL, chosen("sgd"), start, 1)


def test_descent_stalls_on_the_ridge_of_a_saddle() -> None:
    stuck: Path = descend(SADDLE, chosen("momentum", lr=0.05), [1.0, 0.0], 200)
    free = descend(SADDLE, chosen("momentum", lr=0.05), [1.0, 1e-6], 200)
    assert abs(stuck.points[-1]).max() < 1e-3
    assert abs(free.points[-1, 1]) > 1e3
