"""Races with noise, one step of a path as a trace, and what a table says about a path."""

import math

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.descent import Course, Path, record_step, walk
from dlviz.core.optimizers import optimizers
from dlviz.core.surfaces import flow, quadratic, rosenbrock

BOWL = quadratic([[1.0, 0.0], [0.0, 20.0]])
STEPS = 30
NOISE = np.sin(np.arange(STEPS * 2.0)).reshape(STEPS, 2)
EVERY = [chosen(each.key, lr=0.01) for each in optimizers]


def plain_sgd(noise: np.ndarray, lr: float = 0.01) -> list[list[float]]:
    x, y = 4.0, 1.0
    points = [[x, y]]
    for a, b in noise:
        x, y = x - lr * (x + a), y - lr * (20 * y + b)
        points.append([x, y])
    return points


def test_noise_is_added_to_every_gradient() -> None:
    (path,) = walk(BOWL, [chosen("sgd", lr=0.01)], [4.0, 1.0], Course(STEPS, noise=NOISE))
    assert path.points == pytest.approx(np.array(plain_sgd(NOISE)), rel=1e-12)


@pytest.mark.parametrize("optimizer", EVERY, ids=lambda each: each.kind)
@pytest.mark.parametrize("noise", [None, NOISE], ids=["still", "noisy"])
def test_a_step_of_a_path_can_be_walked_alone(optimizer: Choice, noise: np.ndarray | None) -> None:
    course = Course(STEPS, Choice("cosine", {"epochs": STEPS}), Choice("norm", {"max_norm": 5.0}), noise)
    (path,) = walk(rosenbrock(), [optimizer], [-1.2, 1.0], course)
    for step in (0, 1, 17, STEPS - 1):
        trace = record_step(rosenbrock(), optimizer, path, step, course)
        after = {name: array for each in trace.steps for name, array in each.writes.items()}
        assert np.array_equal(after["f.p"], path.points[step + 1])
        assert trace.lr == path.rates[step]


def test_all_that_look_ahead_may_race_without_any_that_do_not() -> None:
    ahead = [chosen("nesterov", lr=0.001, form="look_ahead")] * 2
    first, second = walk(rosenbrock(), ahead, [-1.2, 1.0], Course(5))
    assert np.array_equal(first.points, second.points)


def straight(points: list[list[float]], **more: np.ndarray) -> Path:
    array = np.array(points)
    values = more.get("values", array.sum(axis=1))
    return Path(array, values, np.diff(array, axis=0) * -10, {}, np.full(len(points) - 1, 0.1))


def test_what_a_table_says_about_a_path() -> None:
    path = straight([[0.0, 0.0], [3.0, 4.0], [3.0, 5.0]])
    assert path.lengths() == pytest.approx([0, 5, 6])
    assert path.distances([(3.0, 5.0), (0.0, 1.0)]) == pytest.approx([1, 1, 0])
    assert np.isnan(path.distances(())).all()
    assert path.effective_rates()[0] == pytest.approx([0.1, 0.1])
    assert math.isnan(path.effective_rates()[1, 0]) and path.effective_rates()[1, 1] == pytest.approx(0.1)
    assert int(path.broken_at()) == 3
    assert int(straight([[0.0, 0.0], [np.inf, 1.0], [1.0, 1.0]]).broken_at()) == 1


def test_the_flow_runs_straight_down_a_round_bowl_and_ends_in_the_minimum() -> None:
    line = flow(quadratic([[1.0, 0.0], [0.0, 1.0]]), (3.0, 4.0), 8.0, 400)
    assert line[:, 1] / line[:, 0] == pytest.approx(np.full(len(line), 4 / 3), rel=1e-6)
    assert np.linalg.norm(line[-1]) < 0.03


def test_the_flow_of_a_bowl_follows_its_solution() -> None:
    """In f = (x² + 20 y²)/2 the flow from (4, 1) keeps y = (x/4)²⁰."""
    line = flow(BOWL, (4.0, 1.0), 3.0, 3000)
    assert line[:, 1] == pytest.approx((line[:, 0] / 4) ** 20, abs=2e-3)
