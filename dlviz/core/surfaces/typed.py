"""Surfaces that a person types: f(x, y) as text, with its exact gradient."""

from collections.abc import Sequence

from dlviz.core.array import Array, Calls, Workspace, to_host
from dlviz.core.expression import evaluate, gradient_calls, latex, parse
from dlviz.core.expression.build import build
from dlviz.core.surfaces.kind import Surface


def typed(text: str, inputs: Sequence[str] = ("x", "y")) -> Surface:
    """Return the surface of a formula in some names, which are the coordinates in this order.

    Values are computed on the host. Raises: FormulaError where the text is no formula of one number in these names.
    """
    formula = parse(text, inputs)
    build(formula).scalar(formula.result)

    def value(points: Array) -> Array:
        return evaluate(formula, dict(zip(formula.inputs, to_host(points), strict=True)))[formula.result]

    def gradient(w: Workspace, points: Array, out: Array) -> Calls:
        return gradient_calls(formula, w, points, out)

    return Surface(text, r",\quad ".join(latex(formula)), len(formula.inputs), value, gradient, formula.inputs)
