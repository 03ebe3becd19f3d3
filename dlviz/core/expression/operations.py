"""The operations that formulas are made of: calls on arrays, and the slope by every operand.

Slopes are formulas themselves, in the operands a, b, c and the result y, so that they can be run, shown
and typeset like any other. Rules where no derivative exists, all of them one-sided choices:

- a jump (comparison, step, sign, floor, ceil, round) has slope 0, at the jump too; so has `%` in its
  first operand slope 1 and in its second −floor(a/b);
- relu has slope 0 at 0, abs has slope 0 at 0;
- of two equal operands of max or min the first passes the gradient on, so that max(0, z) agrees with relu;
- where(c, a, b) passes the gradient to the operand that was chosen and nothing to the other or to c,
  even where the slopes of the other are not finite;
- 0**p has slope 0 by p; a**0 has slope 0 by a.

What is not defined stays so: 0 · ∞ is not a number, in values and in the chain rule. x*log(x) has neither value nor
slope at 0, as ln has none there; that 0 ln 0 counts as 0 (Cover & Thomas 2006, section 2.1) is a convention of
entropies, which where(x > 0, x*log(x), 0) writes down. sqrt(x)**2 has no slope at 0: one of its factors is infinite.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import e, pi, sqrt

from dlviz.core.array import Array, Calls, Workspace

Emit = Callable[[Workspace, Sequence[Array], Array], Calls]

CONSTANTS = {"pi": pi, "e": e}
OPERANDS = ("a", "b", "c")
ERF_END = 6.0  # beyond it erf is ±1 in float64
ERF_SCALE = 2 / sqrt(pi) * (1 + 2**-51)  # two units in the last place more, so that the sum's rounding leaves ±1 there
ERF_TERMS = 100  # of its series at that end


@dataclass(frozen=True)
class Operation:
    """emit(workspace, operands, out) gives the calls; slopes are formulas in a, b, c and y.

    selects: its slopes are 0 or 1 and say which operand was chosen.
    """

    key: str
    emit: Emit
    slopes: tuple[str, ...]
    selects: bool = False


def _ufunc(name: str) -> Emit:
    return lambda w, operands, out: ((getattr(w.xp, name), (*operands, out)),)


def _square(w: Workspace, operands: Sequence[Array], out: Array) -> Calls:
    return ((w.xp.multiply, (operands[0], operands[0], out)),)


def _maximum(w: Workspace, operands: Sequence[Array], out: Array) -> Calls:
    return (w.maximum(operands[0], operands[1], out),)


def _minimum(w: Workspace, operands: Sequence[Array], out: Array) -> Calls:
    return ((partial(w.xp.minimum, out=out), tuple(operands)),)


def _where(w: Workspace, operands: Sequence[Array], out: Array) -> Calls:
    condition, chosen, other = operands
    is_met = w.xp.zeros(out.shape, dtype=bool)
    return (
        (w.xp.not_equal, (condition, w.constant(0), is_met)),
        (w.xp.copyto, (out, other)),
        (partial(w.xp.copyto, where=is_met), (out, chosen)),
    )


def _sigmoid(w: Workspace, operands: Sequence[Array], out: Array) -> Calls:
    return (
        (w.xp.negative, (operands[0], out)),
        (w.xp.exp, (out, out)),
        (w.xp.add, (out, w.constant(1), out)),
        (w.xp.reciprocal, (out, out)),
    )


def _softplus(w: Workspace, operands: Sequence[Array], out: Array) -> Calls:
    return ((w.xp.logaddexp, (operands[0], w.constant(0), out)),)


def _relu(w: Workspace, operands: Sequence[Array], out: Array) -> Calls:
    return (w.maximum(operands[0], w.constant(0), out),)


def _step(w: Workspace, operands: Sequence[Array], out: Array) -> Calls:
    return ((w.xp.greater_equal, (operands[0], w.constant(0), out)),)


def _sum(w: Workspace, operands: Sequence[Array], out: Array) -> Calls:
    further = [(w.xp.add, (out, operand, out)) for operand in operands[1:]]
    return ((w.xp.copyto, (out, operands[0])), *further)


def _erf(w: Workspace, operands: Sequence[Array], out: Array) -> Calls:
    """Sum erf(x) = 2x/√π e^(−x²) Σ (2x²)ᵏ/(1·3·…·(2k+1)) (Abramowitz & Stegun 1964, 7.1.6), all terms of one sign."""
    x, power, end = w.like(out), w.like(out), w.constant(ERF_END)
    calls = [
        w.maximum(operands[0], w.constant(-ERF_END), x),
        (partial(w.xp.minimum, out=x), (x, end)),
        (w.xp.multiply, (x, x, power)),
        (out.fill, (1,)),
    ]
    for k in range(ERF_TERMS, 0, -1):
        calls += [
            (w.xp.multiply, (out, power, out)),
            (w.xp.multiply, (out, w.constant(2 / (2 * k + 1)), out)),
            (w.xp.add, (out, w.constant(1), out)),
        ]
    calls += [
        (w.xp.negative, (power, power)),
        (w.xp.exp, (power, power)),
        (w.xp.multiply, (out, power, out)),
        (w.xp.multiply, (out, x, out)),
        (w.xp.multiply, (out, w.constant(ERF_SCALE), out)),
        (partial(w.xp.minimum, out=out), (out, w.constant(1))),
        w.maximum(out, w.constant(-1), out),
    ]
    return calls


_ONES = {"sin": "cos(a)", "cos": "-sin(a)", "tan": "1 + y**2", "asin": "1/sqrt(1 - a**2)", "acos": "-1/sqrt(1 - a**2)",
         "atan": "1/(1 + a**2)", "sinh": "cosh(a)", "cosh": "sinh(a)", "tanh": "1 - y**2", "exp": "y",
         "log": "1/a", "log2": "1/(a*log(2))", "log10": "1/(a*log(10))", "sqrt": "1/(2*y)", "abs": "sign(a)",
         "sign": "0", "floor": "0", "ceil": "0", "round": "0", "negative": "-1", "not": "0"}  # fmt: skip
_NUMPY_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "round": "rint", "not": "logical_not"}
COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")

OPERATIONS: dict[str, Operation] = {
    entry.key: entry
    for entry in [
        *(Operation(key, _ufunc(_NUMPY_NAMES.get(key, key)), (slope,)) for key, slope in _ONES.items()),
        *(Operation(key, _ufunc(key), ("0", "0")) for key in COMPARISONS),
        Operation("and", _ufunc("logical_and"), ("0", "0")),
        Operation("or", _ufunc("logical_or"), ("0", "0")),
        Operation("add", _ufunc("add"), ("1", "1")),
        Operation("subtract", _ufunc("subtract"), ("1", "-1")),
        Operation("multiply", _ufunc("multiply"), ("b", "a")),
        Operation("divide", _ufunc("divide"), ("1/b", "-y/b")),
        Operation("remainder", _ufunc("remainder"), ("1", "-floor(a/b)")),
        Operation("square", _square, ("2*a",)),
        Operation(
            "power", _ufunc("power"), ("where(b == 0, 0, b*a**(b - 1))", "where(a == 0, 0, y*log(a))"),
        ),
        Operation("max", _maximum, ("a >= b", "a < b"), selects=True),
        Operation("min", _minimum, ("a <= b", "a > b"), selects=True),
        Operation("where", _where, ("0", "a != 0", "a == 0"), selects=True),
        Operation("relu", _relu, ("a > 0",), selects=True),
        Operation("step", _step, ("0",)),
        Operation("sigmoid", _sigmoid, ("y*(1 - y)",)),
        Operation("softplus", _softplus, ("sigmoid(a)",)),
        Operation("erf", _erf, ("2/sqrt(pi)*exp(-a**2)",)),
        Operation("sum", _sum, ("1",)),
    ]
}  # fmt: skip

MANY = 50  # values that a function such as max may have
_OWN_NAMES = ("negative", "not")  # these are written as signs
#: What may be called: operation, fewest and most values.
FUNCTIONS: dict[str, tuple[str, int, int]] = {
    **{key: (key, 1, 1) for key in _ONES if key not in _OWN_NAMES},
    **{key: (key, 1, 1) for key in ("sigmoid", "relu", "softplus", "erf", "step", "len", "mean", "sum", "product")},
    "ln": ("log", 1, 1),
    "sigma": ("sigmoid", 1, 1),
    "arctan": ("atan", 1, 1),
    "where": ("where", 3, 3),
    **{key: (key, 1, MANY) for key in ("max", "min")},
}
LISTS = ("len", "mean", "sum", "product")  # functions of one list


def slope_rule(op: str, position: int) -> str:
    """Return the slope of an operation by one of its operands, as a formula in a, b, c and y."""
    slopes = OPERATIONS[op].slopes
    return slopes[0] if op == "sum" else slopes[position]
