"""Steps that several rules take, and how they are told."""

from collections.abc import Callable, Sequence

import numpy as np

from dlviz.core.narration.number import Term, coloured, evaluated, exact, factor, number, products, written
from dlviz.core.narration.symbols import subscript
from dlviz.core.narration.view import Narration, clamp
from dlviz.core.rules.kind import Array, Arrays, Problem, RuleStep, Told
from dlviz.i18n import tr

SUM = "z"
SHOWN = 4  # inputs that are written out as symbols before a Σ stands for them


def linear_arrays(problem: Problem, units: int, bias: bool = True) -> Arrays:
    """Return weights and biases that begin at their start values or 0, and what an affine step writes."""
    arrays = {"o.W": problem.value("o.W", np.zeros((units, problem.d)))}
    if bias:
        arrays["o.b"] = problem.value("o.b", np.zeros(units))
    return arrays | {"o.z": np.zeros((1, units)), "o.a": np.zeros((1, units))}


def affine(arrays: Arrays, letter: str = SUM) -> RuleStep:
    """Return the step z = W x (+ b)."""
    has_bias = "o.b" in arrays
    z = arrays["o.z"]
    product = (np.matmul, (arrays["x"], arrays["o.W"].T, z))
    calls = (product, (np.add, (z, arrays["o.b"], z))) if has_bias else (product,)
    reads = ("x", "o.W", *(("o.b",) if has_bias else ()))
    formula = f"{letter} = W x" + (" + b" if has_bias else "")
    return RuleStep("forward", "weighted_sum", formula, reads, ("o.z",), calls, lambda told: _weighted(told, letter))


def _weighted(told: Told, letter: str) -> Narration:
    weights, x = told.before("o.W"), told.before("x")[0]
    unit, d = unit_of(told, len(weights)), told.digits
    terms = products(weights[unit], x, clamp(told.focus.source, len(x)), d)
    marks = [f"w_{{{told.indices('o.W', unit, i)}}} x_{{{subscript(i)}}}" for i in range(len(x))]
    symbols = " + ".join(marks) if len(marks) <= SHOWN else rf"\sum_i w_{{{told.indices('o.W', unit, 'i')}}} x_i"
    if "o.b" in told.step.reads:
        bias = float(told.before("o.b")[unit])
        terms.append(Term(factor(bias, d), bias))
        symbols += f" + b_{{{subscript(unit)}}}"
    shown = evaluated(terms, d) if len(terms) > 1 else ""
    z = float(told.wrote("o.z")[0, unit])
    head = f"{told.sum_letter if letter == SUM else letter}_{{{subscript(unit)}}}"
    sentence = tr("Multiply each input by its weight and add up.")
    return Narration(f"{head} = {symbols}", written(terms), number(z, d), sentence, (z,), shown)


def unit_of(told: Told, count: int) -> int:
    """Return the unit looked at, moved to the nearest that exists."""
    return clamp(told.focus.unit, count)


def entry_of(told: Told, name: str) -> tuple[tuple[int, ...], str]:
    """Return the entry of an array that is looked at, and its subscript."""
    shape = (told.before(name) if name not in told.step.writes else told.wrote(name)).shape
    wanted = (told.focus.unit, told.focus.source)
    place = tuple(clamp(index, count) for index, count in zip(wanted, shape, strict=False))
    return place, told.indices(name, *place)


def apply(arrays: Arrays, *names: str) -> RuleStep:
    """Return the step that adds every parameter's change to it."""
    steps = tuple(f"{name}.step" for name in names)
    calls = tuple((np.add, (arrays[name], arrays[step], arrays[name])) for name, step in zip(names, steps, strict=True))
    return RuleStep("update", "apply", "W ← W + ΔW", (*names, *steps), names, calls, _applied)


def parameter_of(told: Told, names: Sequence[str]) -> str:
    """Return the parameter looked at among those of a step, else the first."""
    return told.focus.parameter if told.focus.parameter in names else names[0]


def _applied(told: Told) -> Narration:
    name = parameter_of(told, tuple(told.step.writes))
    place, mark = entry_of(told, name)
    old, change = float(told.before(name)[place]), float(told.before(f"{name}.step")[place])
    letter = name.rpartition(".")[2].lower()
    new = float(told.wrote(name)[place])
    symbols = rf"{letter}_{{{mark}}} \leftarrow {letter}_{{{mark}}} + \Delta {letter}_{{{mark}}}"
    numbers = f"{factor(old, told.digits)} + {factor(change, told.digits)}"
    return Narration(symbols, numbers, number(new, told.digits), tr("Add the change to the weight."), (new,))


def outer_step(
    arrays: Arrays, rate: float, factors: str, symbol: str, formula: str, sentence: Callable[[], str]
) -> RuleStep:
    """Return the step ΔW = rate · f xᵀ (and Δb = rate · f), f being the array (1, k) named by `factors`."""
    change, f = arrays["o.W.step"], arrays[factors]
    eta = np.asarray(rate)
    calls = [(np.multiply, (f.T, arrays["x"], change)), (np.multiply, (change, eta, change))]
    if "o.b.step" in arrays:
        calls.append((np.multiply, (f[0], eta, arrays["o.b.step"])))
    writes = tuple(name for name in ("o.W.step", "o.b.step") if name in arrays)

    def tell(told: Told) -> Narration:
        return _outer_told(told, rate, factors, symbol, sentence())

    return RuleStep("update", "weight_step", formula, (factors, "x"), writes, tuple(calls), tell)


def _outer_told(told: Told, rate: float, factors: str, symbol: str, sentence: str) -> Narration:
    name = "o.b.step" if told.focus.parameter == "o.b" and "o.b.step" in told.step.writes else "o.W.step"
    place, mark = entry_of(told, name)
    f, d = float(told.before(factors)[0, place[0]]), told.digits
    numbers = rf"{exact(rate)} \cdot {factor(f, d)}"
    letters = rf"\eta \, {symbol}_{{{subscript(place[0])}}}"
    if name == "o.W.step":
        x = float(told.before("x")[0, place[1]])
        numbers += rf" \cdot {coloured('forward', factor(x, d))}"
        letters += rf" \, x_{{{subscript(place[1])}}}"
    value = float(told.wrote(name)[place])
    letter = name.split(".")[1].lower()
    return Narration(rf"\Delta {letter}_{{{mark}}} = {letters}", numbers, number(value, d), sentence, (value,))


def difference_told(told: Told, symbols: str, first: float, second: float, value: float, sentence: str) -> Narration:
    """Tell `first − second` of one unit."""
    numbers = f"{number(first, told.digits)} - {factor(second, told.digits)}"
    return Narration(symbols, numbers, number(value, told.digits), sentence, (value,))


def zeros_like(arrays: Arrays, *names: str) -> Arrays:
    """Return an array of zeros, `name.step`, for every parameter that is there."""
    found: dict[str, Array] = {f"{name}.step": np.zeros_like(arrays[name]) for name in names if name in arrays}
    return found
