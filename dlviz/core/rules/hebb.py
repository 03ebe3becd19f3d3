"""Hebb's rule, and Oja's, whose weights stay bounded and find the direction of largest variance."""

from functools import partial

import numpy as np

from dlviz.core.errors import SpecError
from dlviz.core.hyper import flag, integer
from dlviz.core.narration.number import Term, exact, factor, number, written
from dlviz.core.narration.symbols import subscript
from dlviz.core.narration.view import Narration
from dlviz.core.randomness import normals
from dlviz.core.rules.kind import (
    IN_ORDER,
    LR,
    MAX_UNITS,
    Arrays,
    Problem,
    Rule,
    RuleStep,
    Told,
    order_setting,
    rules,
)
from dlviz.core.rules.tell import affine, apply, entry_of, outer_step
from dlviz.i18n import tr

UNITS = integer("units", 1, minimum=1, maximum=MAX_UNITS, help="number of units")
SUPERVISED = flag("supervised", False, "learn with the target in place of the unit's own output")
START_STD = 0.1  # of the first weights; from 0 no output, and so no change, would ever come


def _arrays(problem: Problem) -> Arrays:
    units = problem.k if problem.settings.get("supervised") else problem.settings["units"]
    drawn = START_STD * normals(problem.seed, "rule o.W", units * problem.d).reshape(units, problem.d)
    weights = problem.value("o.W", drawn)
    return {"o.W": weights, "o.W.step": np.zeros_like(weights), "o.z": np.zeros((1, units))}


def _check_hebb(problem: Problem) -> None:
    if problem.settings["supervised"] and (problem.k == 0 or len(problem.targets) != problem.n):
        raise SpecError("Expected targets to learn with. Received: none", "Set supervised to false.", "rule.supervised")


def _hebb_steps(problem: Problem, arrays: Arrays) -> tuple[RuleStep, ...]:
    is_supervised = problem.settings["supervised"]
    sentence = partial(tr, "What is active together is bound together: the change is output times input.")
    source, letter = ("y", "d") if is_supervised else ("o.z", "y")
    step = outer_step(arrays, problem.settings["lr"], source, letter, f"ΔW = η {letter} xᵀ", sentence)
    return affine(arrays, "y"), step, apply(arrays, "o.W")


def _oja_steps(problem: Problem, arrays: Arrays) -> tuple[RuleStep, ...]:
    lr = problem.settings["lr"]
    units = len(arrays["o.W"])
    y, change = arrays["o.z"], arrays["o.W.step"]
    back, gap = np.zeros_like(arrays["x"]), np.zeros_like(arrays["x"])
    scaled = np.zeros((1, units))
    calls = (
        (np.matmul, (y, arrays["o.W"], back)),
        (np.subtract, (arrays["x"], back, gap)),
        (np.multiply, (y, np.asarray(lr), scaled)),
        (np.multiply, (scaled.T, gap, change)),
    )
    formula = "ΔW = η y (x − Wᵀy)ᵀ"
    step = RuleStep(
        "update", "weight_step", formula, ("o.z", "x", "o.W"), ("o.W.step",), calls, partial(_oja_told, lr)
    )  # fmt: skip
    return affine(arrays, "y"), step, apply(arrays, "o.W")


def _oja_told(lr: float, told: Told) -> Narration:
    place, mark = entry_of(told, "o.W")
    y, x, weights, d = told.before("o.z")[0], told.before("x")[0], told.before("o.W"), told.digits
    unit, source = place
    back = [
        Term(rf"{factor(y[j], d)} \cdot {factor(weights[j, source], d)}", float(y[j] * weights[j, source]))
        for j in range(len(y))
    ]
    value = float(told.wrote("o.W.step")[place])
    x_mark = f"x_{{{subscript(source)}}}"
    kept = (
        f"y_{{{subscript(unit)}}} w_{{{mark}}}"
        if len(y) == 1
        else rf"\sum_j y_j w_{{{told.indices('o.W', 'j', source)}}}"
    )
    symbols = rf"\Delta w_{{{mark}}} = \eta \, y_{{{subscript(unit)}}} ({x_mark} - {kept})"
    front = rf"{exact(lr)} \cdot {factor(y[unit], d)}"
    numbers = rf"{front} \cdot ({number(x[source], d)} - ({written(back)}))"
    sentence = tr("Hebb's change, less what the output explains already: the weights keep a length of 1.")
    return Narration(symbols, numbers, number(value, d), sentence, (value,))


HEBB = rules.add(
    Rule(
        "hebb", "Hebb's rule", r"\Delta w = \eta \, y \, x", _arrays, _hebb_steps, ("o.W",),
        (UNITS, LR, SUPERVISED, order_setting(IN_ORDER)), check=_check_hebb,
        source="Hebb 1949; Haykin 2009, section 8.4",
    )
)  # fmt: skip
OJA = rules.add(
    Rule(
        "oja", "Oja's rule", r"\Delta w_j = \eta \, y_j \left(x - \sum_k y_k w_k\right)", _arrays, _oja_steps,
        ("o.W",), (UNITS, LR, order_setting(IN_ORDER)),
        source="Oja 1982, eq. 3; Oja 1989 for several units",
    )
)  # fmt: skip
