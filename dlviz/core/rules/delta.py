"""Error correction: the delta rule of Widrow and Hoff, which is gradient descent on half the squared error."""

from functools import partial

import numpy as np

from dlviz.core.hyper import choice
from dlviz.core.narration.number import Term, evaluated, exact, factor, number, written
from dlviz.core.narration.symbols import subscript
from dlviz.core.narration.view import Narration
from dlviz.core.rules.kind import BIAS, IN_ORDER, LR, Arrays, Problem, Rule, RuleStep, Told, order_setting, rules
from dlviz.core.rules.tell import (
    affine,
    apply,
    difference_told,
    entry_of,
    linear_arrays,
    outer_step,
    parameter_of,
    unit_of,
    zeros_like,
)
from dlviz.i18n import tr

DESCENT, CORRECTION = "descent", "correction"
VIEW = choice("view", DESCENT, (DESCENT, CORRECTION), "descent on half the squared error, or error times input")


def _arrays(problem: Problem) -> Arrays:
    arrays = linear_arrays(problem, problem.k, problem.settings["bias"])
    arrays |= zeros_like(arrays, "o.W", "o.b") | {"o.e": np.zeros((1, problem.k))}
    if problem.settings["view"] == CORRECTION:
        return arrays
    gradients = {f"o.d{name[2:]}": np.zeros_like(arrays[name]) for name in ("o.W", "o.b") if name in arrays}
    return arrays | gradients | {"loss": np.zeros((1, 1))}


def _steps(problem: Problem, arrays: Arrays) -> tuple[RuleStep, ...]:
    """Both views make the same step, bit for bit: η e x is −η times the gradient −e x."""
    parameters = ("o.W", "o.b") if "o.b" in arrays else ("o.W",)
    if problem.settings["view"] == CORRECTION:
        sentence = partial(tr, "The error times the input corrects each weight.")
        step = outer_step(arrays, problem.settings["lr"], "o.e", "e", "ΔW = η e xᵀ", sentence)
        return affine(arrays), _error(arrays), step, apply(arrays, *parameters)
    return (
        affine(arrays),
        _error(arrays),
        _energy(arrays),
        _gradient(arrays),
        _step(arrays, problem.settings["lr"], parameters),
        apply(arrays, *parameters),
    )


def _error(arrays: Arrays) -> RuleStep:
    def tell(told: Told) -> Narration:
        wanted, z, e = (values[0] for values in (told.before("y"), told.before("o.z"), told.wrote("o.e")))
        unit = unit_of(told, len(e))
        mark = subscript(unit)
        sentence = tr("How far is the answer from the target?")
        symbols = f"e_{{{mark}}} = d_{{{mark}}} - {told.sum_letter}_{{{mark}}}"
        return difference_told(told, symbols, wanted[unit], z[unit], float(e[unit]), sentence)

    calls = ((np.subtract, (arrays["y"], arrays["o.z"], arrays["o.e"])),)
    return RuleStep("loss", "error", "e = d − z", ("y", "o.z"), ("o.e",), calls, tell)


def _energy(arrays: Arrays) -> RuleStep:
    def tell(told: Told) -> Narration:
        errors, d = told.before("o.e")[0], told.digits
        terms = [Term(rf"\frac{{1}}{{2}} \cdot {factor(e, d)}^2", float(e) ** 2 / 2) for e in errors]
        value = float(told.wrote("loss").item())
        symbols = r"E = \frac{1}{2} e^2" if len(errors) == 1 else r"E = \sum_k \frac{1}{2} e_k^2"
        sentence = tr("Half the squared error is what the rule makes smaller.")
        shown = evaluated(terms, d) if len(terms) > 1 else ""
        return Narration(symbols, written(terms), number(value, d), sentence, (value,), shown)

    e, energy = arrays["o.e"], arrays["loss"]
    calls = ((np.matmul, (e, e.T, energy)), (np.multiply, (energy, np.asarray(0.5), energy)))
    return RuleStep("loss", "energy", "E = ½ Σ e²", ("o.e",), ("loss",), calls, tell)


def _gradient(arrays: Arrays) -> RuleStep:
    e, gradient = arrays["o.e"], arrays["o.dW"]
    calls = [(np.multiply, (e.T, arrays["x"], gradient)), (np.negative, (gradient, gradient))]
    if "o.db" in arrays:
        calls.append((np.negative, (e[0], arrays["o.db"])))
    writes = ("o.dW", "o.db") if "o.db" in arrays else ("o.dW",)
    return RuleStep("backward", "gradient", "∂E/∂W = −e xᵀ", ("o.e", "x"), writes, tuple(calls), _gradient_told)


def _gradient_told(told: Told) -> Narration:
    name = "o.db" if told.focus.parameter == "o.b" and "o.db" in told.step.writes else "o.dW"
    place, mark = entry_of(told, name)
    error, d = float(told.before("o.e")[0, place[0]]), told.digits
    numbers, symbols = f"-{factor(error, d)}", f"-e_{{{subscript(place[0])}}}"
    if name == "o.dW":
        numbers += rf" \cdot {factor(float(told.before('x')[0, place[1]]), d)}"
        symbols += rf" \, x_{{{subscript(place[1])}}}"
    value = float(told.wrote(name)[place])
    head = rf"\frac{{\partial E}}{{\partial {name[-1].lower()}_{{{mark}}}}}"
    sentence = tr("The energy falls fastest against this direction.")
    return Narration(f"{head} = {symbols}", numbers, number(value, d), sentence, (value,))


def _step(arrays: Arrays, lr: float, parameters: tuple[str, ...]) -> RuleStep:
    minus_rate = np.asarray(-lr)
    gradients = tuple(f"o.d{name[2:]}" for name in parameters)
    writes = tuple(f"{name}.step" for name in parameters)
    calls = tuple(
        (np.multiply, (arrays[gradient], minus_rate, arrays[write]))
        for gradient, write in zip(gradients, writes, strict=True)
    )
    formula = "ΔW = −η ∂E/∂W"
    return RuleStep("update", "weight_step", formula, gradients, writes, calls, partial(_step_told, lr))


def _step_told(lr: float, told: Told) -> Narration:
    name = parameter_of(told, ("o.W", "o.b") if "o.b.step" in told.step.writes else ("o.W",))
    place, mark = entry_of(told, f"{name}.step")
    slope = float(told.before(f"o.d{name[2:]}")[place])
    value, letter = float(told.wrote(f"{name}.step")[place]), name[2:].lower()
    symbols = rf"\Delta {letter}_{{{mark}}} = -\eta \, \frac{{\partial E}}{{\partial {letter}_{{{mark}}}}}"
    numbers = rf"-{exact(lr)} \cdot {factor(slope, told.digits)}"
    sentence = tr("Go a small step against the slope: the error times the input.")
    return Narration(symbols, numbers, number(value, told.digits), sentence, (value,))


DELTA = rules.add(
    Rule(
        "delta", "Delta rule (Widrow-Hoff, LMS)", r"\Delta w = \eta \, e \, x, \quad e = d - y", _arrays, _steps,
        ("o.W", "o.b"), (LR, BIAS, VIEW, order_setting(IN_ORDER)), "targets",
        source="Widrow & Hoff 1960, eq. 3",
    )
)  # fmt: skip
