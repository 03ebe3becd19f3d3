"""Surfaces that are typed: the same walks as on surfaces that are built in, exact gradients, refusals."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlviz.core.choice import chosen
from dlviz.core.descent import descend, record
from dlviz.core.errors import FormulaError
from dlviz.core.surfaces import quadratic, rosenbrock, typed

OWN = "sin(3*x)*cos(y)+0.1*(x**2+y**2)"


@pytest.mark.parametrize("start", [(-1.2, 1.0), [[-1.2, 0.3, 2.0], [1.0, -0.5, 2.0]]])
def test_optimizers_walk_on_it_as_on_the_surface_that_is_built_in(start: object) -> None:
    optimizer = chosen("momentum", lr=1e-4)
    found = descend(typed("(1 - x)² + 100·(y − x²)²"), optimizer, np.array(start), 50)
    expected = descend(rosenbrock(), optimizer, np.array(start), 50)
    assert_allclose(found.points, expected.points, rtol=1e-9)
    assert_allclose(found.values, expected.values, rtol=1e-9)


def test_its_gradient_follows_a_point_that_moves_alone() -> None:
    found = descend(typed("2*x**2 + y**2"), chosen("sgd", lr=0.1), (1.0, -2.0), 3)
    expected = descend(quadratic([[4, 0], [0, 2]]), chosen("sgd", lr=0.1), (1.0, -2.0), 3)
    assert_allclose(found.points, expected.points, rtol=1e-14)


def test_its_gradient_equals_a_central_difference() -> None:
    surface, h = typed(OWN), 1e-6
    at = np.random.default_rng(4).uniform(-3, 3, (2, 200))
    found = descend(surface, chosen("sgd", lr=1.0), at, 1).gradients[0]
    for row in (0, 1):
        nudge = np.zeros((2, 1))
        nudge[row] = h
        numeric = (surface.value(at + nudge) - surface.value(at - nudge)) / (2 * h)
        assert_allclose(found[row], numeric, rtol=1e-6, atol=1e-8)


def test_a_step_on_it_is_a_trace() -> None:
    (trace,) = record(typed(OWN), chosen("sgd", lr=0.1), (0.5, 0.5), 1)
    assert trace.loss_after < float(trace.steps[0].writes["loss"])


def test_other_names_make_other_coordinates() -> None:
    surface = typed("a = w1·2; a − w2 + w3", ("w1", "w2", "w3"))
    assert surface.d == 3
    assert float(surface.value(np.array([1.0, 2.0, 5.0]))) == 5
    assert surface.formula == r"a = w_{1} \cdot 2,\quad f = a - w_{2} + w_{3}"


@pytest.mark.parametrize(
    ("text", "message"),
    [("__import__('os')", "starts with a letter"), ("x + z", "among: x, y, pi, e. Received: 'z'"),
     ("[x, y]", "single number"), ("sum(x, i, 1, y)", "known beforehand")],
)  # fmt: skip
def test_what_is_no_surface_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormulaError, match=message):
        typed(text)
