"""Distances of a row from stored rows or prototypes, as a step that is told with its numbers."""

from functools import partial

import numpy as np

from dlviz.core.narration.number import Term, cut, factor, number, written
from dlviz.core.narration.symbols import subscript
from dlviz.core.narration.view import Narration
from dlviz.core.rules.kind import Array, Arrays, RuleStep, Told
from dlviz.core.rules.tell import unit_of
from dlviz.i18n import tr

EUCLIDEAN, MANHATTAN = "euclidean", "manhattan"


def distance_step(arrays: Arrays, metric: str) -> RuleStep:
    """Return the step r = |x − w| of every row of o.W."""
    calls = ((_distances, (metric, arrays["x"], arrays["o.W"], arrays["o.z"])),)
    formula = "rⱼ = √Σ (xᵢ − wⱼᵢ)²" if metric == EUCLIDEAN else "rⱼ = Σ |xᵢ − wⱼᵢ|"
    return RuleStep("forward", "distance", formula, ("x", "o.W"), ("o.z",), calls, partial(_told, metric))


def _distances(metric: str, x: Array, rows: Array, out: Array) -> None:
    gaps = rows - x
    out[0] = np.abs(gaps).sum(axis=1) if metric == MANHATTAN else np.sqrt((gaps**2).sum(axis=1))


def _told(metric: str, told: Told) -> Narration:
    rows, x, d = told.before("o.W"), told.before("x")[0], told.digits
    unit = unit_of(told, len(rows))
    gaps = x - rows[unit]

    def write(place: int) -> str:
        pair = x[place], rows[unit, place]
        # Of an absolute difference the larger number stands first, which needs no bars.
        first, second = pair if metric == EUCLIDEAN else (max(pair), min(pair))
        return f"({number(first, d)} - {factor(second, d)})" + ("^2" if metric == EUCLIDEAN else "")

    terms: list[Term] = cut(gaps**2 if metric == EUCLIDEAN else np.abs(gaps), write, told.focus.source, d)
    mark = subscript(unit)
    summed, numbers = rf"\sum_i (x_i - w_{{{told.indices('o.W', unit, 'i')}}})^2", written(terms)
    if metric == MANHATTAN:
        symbols = rf"r_{{{mark}}} = \sum_i |x_i - w_{{{told.indices('o.W', unit, 'i')}}}|"
    else:
        symbols, numbers = rf"r_{{{mark}}} = \sqrt{{{summed}}}", rf"\sqrt{{{numbers}}}"
    value = float(told.wrote("o.z")[0, unit])
    return Narration(symbols, numbers, number(value, d), tr("How far is the row from this one?"), (value,))
