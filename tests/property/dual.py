"""An independent evaluator of formulas: numbers that carry their derivatives along (forward mode)."""

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

Number = Any  # numpy.float64, so that a division by zero is a value


class Dual:
    """A value and its derivatives by every variable.

    singular: notes of slopes that were not finite; a backward pass may meet 0 · ∞ there.
    """

    singular: ClassVar[list[Number]] = []

    def __init__(self, value: Number, slopes: Sequence[Number]) -> None:
        self.value, self.slopes = np.float64(value), [np.float64(each) for each in slopes]

    def map(self, value: Number, slope: Number) -> "Dual":
        if not np.isfinite(slope):
            self.singular.append(slope)
        return Dual(value, [slope * each if each != 0 else np.float64(0) for each in self.slopes])

    def __add__(self, other: "Dual") -> "Dual":
        return Dual(self.value + other.value, [a + b for a, b in zip(self.slopes, other.slopes, strict=True)])

    def __sub__(self, other: "Dual") -> "Dual":
        return self + -other

    def __neg__(self) -> "Dual":
        return self.map(-self.value, -1.0)

    def __mul__(self, other: "Dual") -> "Dual":
        rest = self.map(0.0, other.value) + other.map(0.0, self.value)
        return Dual(self.value * other.value, rest.slopes)

    def __truediv__(self, other: "Dual") -> "Dual":
        return Dual(self.value / other.value, (self * other.map(1 / other.value, -1 / other.value**2)).slopes)

    def __mod__(self, other: "Dual") -> "Dual":
        rest = self.map(0.0, 1.0) + other.map(0.0, -np.floor(self.value / other.value))
        return Dual(self.value % other.value, rest.slopes)

    def __pow__(self, other: "Dual") -> "Dual":
        value = np.power(self.value, other.value)
        by_base = other.value * np.power(self.value, other.value - 1) if other.value else np.float64(0)
        rest = self.map(0.0, by_base) + other.map(0.0, value * np.log(self.value) if self.value else np.float64(0))
        return Dual(value, rest.slopes)

    def _flat(self, is_so: bool) -> "Dual":
        return Dual(float(is_so), [0.0] * len(self.slopes))

    def __lt__(self, other: "Dual") -> "Dual":
        return self._flat(self.value < other.value)

    def __ge__(self, other: "Dual") -> "Dual":
        return self._flat(self.value >= other.value)


def _of(value: Callable[[Number], Number], slope: Callable[[Number], Number]) -> Callable[[Dual], Dual]:
    return lambda a: a.map(value(a.value), slope(a.value))


def _sigmoid(a: Number) -> Number:
    return 1 / (1 + np.exp(-a))


def _erf(a: Number) -> Number:
    return math.erf(a)


FUNCTIONS: dict[str, Callable[..., Dual]] = {
    "sin": _of(np.sin, np.cos),
    "cos": _of(np.cos, lambda a: -np.sin(a)),
    "tan": _of(np.tan, lambda a: 1 / np.cos(a) ** 2),
    "exp": _of(np.exp, np.exp),
    "log": _of(np.log, lambda a: 1 / a),
    "log2": _of(np.log2, lambda a: 1 / (a * np.log(2))),
    "log10": _of(np.log10, lambda a: 1 / (a * np.log(10))),
    "sqrt": _of(np.sqrt, lambda a: 0.5 / np.sqrt(a)),
    "tanh": _of(np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "sinh": _of(np.sinh, np.cosh),
    "cosh": _of(np.cosh, np.sinh),
    "asin": _of(np.arcsin, lambda a: 1 / np.sqrt(1 - a * a)),
    "acos": _of(np.arccos, lambda a: -1 / np.sqrt(1 - a * a)),
    "atan": _of(np.arctan, lambda a: 1 / (1 + a * a)),
    "sigmoid": _of(_sigmoid, lambda a: _sigmoid(a) * (1 - _sigmoid(a))),
    "softplus": _of(lambda a: np.logaddexp(a, 0), _sigmoid),
    "relu": _of(lambda a: np.maximum(a, 0), lambda a: a > 0),
    "abs": _of(np.abs, np.sign),
    "sign": _of(np.sign, lambda a: np.float64(0)),
    "floor": _of(np.floor, lambda a: np.float64(0)),
    "ceil": _of(np.ceil, lambda a: np.float64(0)),
    "round": _of(np.rint, lambda a: np.float64(0)),
    "step": _of(lambda a: a >= 0, lambda a: np.float64(0)),
    "erf": _of(_erf, lambda a: 2 / np.sqrt(np.pi) * np.exp(-a * a)),
}


def maximum(a: Dual, b: Dual) -> Dual:
    if np.isnan(a.value) or np.isnan(b.value):
        return Dual(np.nan, a.slopes)
    return a if a.value >= b.value else b


def minimum(a: Dual, b: Dual) -> Dual:
    if np.isnan(a.value) or np.isnan(b.value):
        return Dual(np.nan, a.slopes)
    return a if a.value <= b.value else b


def where(condition: Dual, a: Dual, b: Dual) -> Dual:
    return a if condition.value != 0 else b
