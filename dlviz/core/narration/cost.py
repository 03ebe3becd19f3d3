"""Loss functions with numbers put in: one example and output at a time, and their derivatives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlviz.core.losses import resolve, shown
from dlviz.core.narration.number import Term, bare, difference, exact, factor, fraction, number
from dlviz.core.narration.view import FloatArray, View


@dataclass(frozen=True)
class Pair:
    """An output and its target: the numbers, and where letters are wanted, those.

    is_reversed: the error is written target minus output.
    """

    a: float
    y: float
    digits: int = 4
    letter_a: str = ""
    letter_y: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_reversed: bool = False

    def put(self, value: float) -> str:
        """Write a number as a factor."""
        return factor(value, self.digits)


@dataclass(frozen=True)
class Cost:
    """How one loss is told: its term and that term's derivative, in letters and with numbers.

    value returns None where the term is zero whatever the output (a class that is not the target).
    gain: what the derivative brings in front, such as the 2 of a square.
    """

    letters: Callable[[Pair], str]
    value: Callable[[Pair], Term | None]
    slope_letters: Callable[[Pair], str]
    slope: Callable[[Pair], str]
    gain: float = 1.0


def cost(view: View) -> Cost | None:
    """Return how the plan's loss is told; None for one that has no narrator of its own."""
    return _COSTS.get(view.loss.choice.kind)


def settings(view: View) -> Mapping[str, Any]:
    """Return the loss settings with their defaults."""
    return resolve(view.loss.choice)[1]


def targets(view: View, width: int) -> FloatArray:
    """Return the targets as (n, width), one-hot where they are class numbers."""
    y = view.targets_of(width)
    if resolve(view.loss.choice)[0].labels == "index" and y.shape[1] == 1 and width > 1:
        return np.eye(width)[y[:, 0].astype(np.intp)]
    return y


def scale_letters(view: View, gain: float = 1.0) -> str:
    r"""Write the number in front of the sum in letters: `\frac{1}{2} \cdot \frac{1}{n}`; empty for 1."""
    told = settings(view)
    front = told["factor"] * gain * view.loss.weight
    parts = [fraction(front)] if front != 1 else []
    parts += [r"\frac{1}{k}"] if told["outputs"] == "mean" else []
    parts += [r"\frac{1}{n}"] if told["reduction"] == "mean" and view.n > 1 else []
    return r" \cdot ".join(parts)


def scale_numbers(view: View, width: int, gain: float = 1.0) -> str:
    """Write the number in front of the sum, multiplied by `gain`, with its parts apart; empty for 1."""
    told = settings(view)
    front = told["factor"] * gain * view.loss.weight
    parts = [fraction(front)] if front != 1 else []
    parts += [rf"\frac{{1}}{{{width}}}"] if told["outputs"] == "mean" and width > 1 else []
    parts += [rf"\frac{{1}}{{{view.n}}}"] if told["reduction"] == "mean" and view.n > 1 else []
    return r" \cdot ".join(parts)


def times(front: str, rest: str) -> str:
    """Write a product whose first factor may be missing."""
    return rf"{front} \cdot {rest}" if front else bare(rest)


def error_numbers(p: Pair) -> str:
    """Write output minus target with numbers, as a factor."""
    return f"(-{_difference(p)})" if p.is_reversed else _difference(p)


def error_letters(p: Pair) -> str:
    """Write output minus target in letters, as a factor."""
    return f"(-{_letters_difference(p)})" if p.is_reversed else _letters_difference(p)


def _difference(p: Pair) -> str:
    """Write the error as this notation has it, to be squared."""
    first, second = (p.y, p.a) if p.is_reversed else (p.a, p.y)
    return f"({difference(first, second, p.digits)})"


def _letters_difference(p: Pair) -> str:
    first, second = (p.letter_y, p.letter_a) if p.is_reversed else (p.letter_a, p.letter_y)
    return f"({first} - {second})"


def _squared(p: Pair) -> Term:
    return Term(f"{_difference(p)}^2", (p.a - p.y) ** 2)


def _log(p: Pair, probability: float) -> tuple[str, float]:
    # The loss takes the logarithm of the smallest normal number where a probability rounded to 0.
    safe = max(probability, float(np.finfo(np.float64).tiny))
    return rf"{_logarithm(p)} {factor(safe, p.digits)}", float(np.log(safe)) * shown(p.settings)


def _logarithm(p: Pair) -> str:
    base = p.settings.get("base", "e")
    return r"\ln" if base == "e" else rf"\log_{{{base}}}"


def _binary(p: Pair) -> Term:
    (yes, log_yes), (no, log_no) = _log(p, p.a), _log(p, 1 - p.a)
    value = -(p.y * log_yes + (1 - p.y) * log_no)
    if p.y == 1:
        return Term(f"(-{yes})", value)
    no = rf"{_logarithm(p)} ({difference(1, p.a, p.digits)})" if p.a < 1 else no
    if p.y == 0:
        return Term(f"(-{no})", value)
    return Term(rf"(-{p.put(p.y)} \cdot {yes} - (1 - {p.put(p.y)}) \cdot {no})", value)


def _binary_letters(p: Pair) -> str:
    a, y, log = p.letter_a, p.letter_y, _logarithm(p)
    return rf"(-{y} {log} {a} - (1 - {y}) {log} (1 - {a}))"


def _binary_slope(p: Pair) -> str:
    rest = difference(1, p.a, p.digits)
    return rf"\frac{{{bare(error_numbers(p))}}}{{{p.put(p.a)} \cdot ({rest})}}"


def _categorical(p: Pair) -> Term | None:
    if p.y == 0:
        return None
    logarithm, value = _log(p, p.a)
    weight = "" if p.y == 1 else rf"{p.put(p.y)} \cdot "
    return Term(f"(-{weight}{logarithm})", -p.y * value)


def _categorical_slope(p: Pair) -> str:
    return rf"\left(-\frac{{{number(p.y, p.digits)}}}{{{number(p.a, p.digits)}}}\right)"


def _hinge(p: Pair) -> Term:
    return Term(rf"\max(0, 1 - {p.put(p.y)} \cdot {p.put(p.a)})", max(0.0, 1 - p.y * p.a))


def _hinge_slope(p: Pair) -> str:
    return p.put(-p.y) if 1 - p.y * p.a > 0 else "0"


def _perceptron(p: Pair) -> Term:
    return Term(rf"\max(0, -{p.put(p.y)} \cdot {p.put(p.a)})", max(0.0, -p.y * p.a))


def _huber(p: Pair) -> Term:
    error, delta = p.a - p.y, float(p.settings["delta"])
    if abs(error) <= delta:
        return Term(rf"\frac{{1}}{{2}} \cdot {_difference(p)}^2", error**2 / 2)
    distance = difference(max(p.a, p.y), min(p.a, p.y), p.digits)
    latex = rf"{exact(delta)} \cdot ({distance} - \frac{{{exact(delta)}}}{{2}})"
    return Term(latex, delta * (abs(error) - delta / 2))


def _huber_letters(p: Pair) -> str:
    return rf"h({p.letter_a} - {p.letter_y})"


def _huber_slope(p: Pair) -> str:
    error, delta = p.a - p.y, float(p.settings["delta"])
    return error_numbers(p) if abs(error) <= delta else p.put(delta if error > 0 else -delta)


_CATEGORICAL = Cost(
    lambda p: rf"(-{p.letter_y} {_logarithm(p)} {p.letter_a})",
    _categorical,
    lambda p: rf"\left(-\frac{{{p.letter_y}}}{{{p.letter_a}}}\right)",
    _categorical_slope,
)
_COSTS: dict[str, Cost] = {
    "squared_error": Cost(
        lambda p: f"{_letters_difference(p)}^2",
        _squared,
        error_letters,
        error_numbers,
        2.0,
    ),
    "binary_cross_entropy": Cost(
        _binary_letters,
        _binary,
        lambda p: rf"\frac{{{bare(error_letters(p))}}}{{{p.letter_a} (1 - {p.letter_a})}}",
        _binary_slope,
    ),
    "categorical_cross_entropy": _CATEGORICAL,
    "sparse_categorical_cross_entropy": _CATEGORICAL,
    "huber": Cost(_huber_letters, _huber, lambda p: rf"h'({p.letter_a} - {p.letter_y})", _huber_slope),
    "perceptron": Cost(
        lambda p: rf"\max(0, -{p.letter_y} {p.letter_a})",
        _perceptron,
        lambda p: rf"(-{p.letter_y}) \text{{ if }} {p.letter_y} {p.letter_a} \le 0",
        lambda p: p.put(-p.y) if p.y * p.a <= 0 else "0",
    ),
    "hinge": Cost(
        lambda p: rf"\max(0, 1 - {p.letter_y} {p.letter_a})",
        _hinge,
        lambda p: rf"(-{p.letter_y}) \text{{ if }} {p.letter_y} {p.letter_a} < 1",
        _hinge_slope,
    ),
}
