"""Activation functions with numbers put in: the value and the slope of each, as a student would compute it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlviz.core.activations import resolve
from dlviz.core.narration.number import cut, difference, exact, factor, number, written
from dlviz.core.narration.symbols import indexed
from dlviz.core.narration.view import FloatArray, View
from dlviz.i18n import tr

SATURATED = 0.95  # beyond it the rounded 1 - a² loses its digits and is told with more of them
LARGEST_EXPONENT = 30.0  # beyond it softmax is told shifted by its maximum, as it is computed


@dataclass(frozen=True)
class Told:
    """A right side: in symbols, with numbers put in, and one sentence."""

    symbols: str
    numbers: str
    sentence: str = ""


@dataclass(frozen=True)
class Point:
    """Where a function is told: its settings, letters and numbers for z and a."""

    settings: Mapping[str, Any]
    letter_z: str
    letter_a: str
    z: float
    a: float
    digits: int

    def put(self, value: float) -> str:
        """Write a number as a factor."""
        return factor(value, self.digits)


def value(view: View, z: FloatArray, unit: int) -> Told:
    """Tell the activation of one unit from the pre-activations of its layer, (units,)."""
    entry, settings = resolve(view.activation, view.step.node)
    if not entry.is_elementwise:
        return _softmax(view, z, unit)
    letter = indexed(view, "z", view.step.node, unit)
    point = Point(settings, letter, "", float(z[unit]), 0.0, view.digits)
    return _VALUES[entry.key](point) if entry.key in _VALUES else _by_name(entry.title, point)


def slope(view: View, z: float, a: float, unit: int) -> Told:
    """Tell the derivative da/dz of one unit of an elementwise activation."""
    entry, settings = resolve(view.activation, view.step.node)
    node = view.step.node
    point = Point(settings, indexed(view, "z", node, unit), indexed(view, "a", node, unit), z, a, view.digits)
    return _SLOPES[entry.key](point) if entry.key in _SLOPES else _by_name(f"{entry.title}\u2032", point)


def _by_name(title: str, p: Point) -> Told:
    """Tell a function that has no narrator of its own by its name alone."""
    name = rf"\text{{{title}}}"
    return Told(f"{name}({p.letter_z})", f"{name}({number(p.z, p.digits)})", tr("Apply the function to the sum."))


def _linear(p: Point) -> Told:
    return Told(p.letter_z, p.put(p.z), tr("A linear unit passes its sum on unchanged."))


def _step(p: Point) -> Told:
    threshold = exact(p.settings["threshold"])
    fires = p.z >= p.settings["threshold"] if p.settings["at_zero"] == "1" else p.z > p.settings["threshold"]
    sign = r"\ge" if p.settings["at_zero"] == "1" else ">"
    symbols = rf"1 \text{{ {tr('if')} }} {p.letter_z} {sign} {threshold} \text{{ {tr('else')} }} 0"
    return Told(symbols, "1" if fires else "0", tr("The unit fires when its sum reaches the threshold."))


def _sigmoid(p: Point) -> Told:
    steepness = p.settings["slope"]
    letter = p.letter_z if steepness == 1 else rf"{exact(steepness)} \cdot {p.letter_z}"
    exponent = f"-{p.put(p.z)}" if steepness == 1 else rf"-{exact(steepness)} \cdot {p.put(p.z)}"
    sentence = tr("The sigmoid squeezes the sum into the range from 0 to 1.")
    return Told(rf"\frac{{1}}{{1 + e^{{-{letter}}}}}", rf"\frac{{1}}{{1 + e^{{{exponent}}}}}", sentence)


def _tanh(p: Point) -> Told:
    sentence = tr("The tanh squeezes the sum into the range from −1 to 1.")
    return Told(rf"\tanh({p.letter_z})", rf"\tanh({number(p.z, p.digits)})", sentence)


def _relu(p: Point) -> Told:
    sentence = tr("The ReLU lets positive sums pass and stops negative ones.")
    return Told(rf"\max(0, {p.letter_z})", rf"\max(0, {number(p.z, p.digits)})", sentence)


def _leaky_relu(p: Point) -> Told:
    alpha = exact(p.settings["slope"])
    sentence = tr("The leaky ReLU lets positive sums pass and shrinks negative ones.")
    return Told(
        rf"\max({alpha} \cdot {p.letter_z}, {p.letter_z})",
        rf"\max({alpha} \cdot {p.put(p.z)}, {number(p.z, p.digits)})",
        sentence,
    )


def _linear_slope(p: Point) -> Told:
    return Told("1", "1", tr("A linear unit has slope 1, so the gradient passes unchanged."))


def _step_slope(p: Point) -> Told:
    return Told("0", "0", tr("A step has slope 0 everywhere: no gradient comes through."))


def _sigmoid_slope(p: Point) -> Told:
    steepness = "" if p.settings["slope"] == 1 else rf"{p.put(p.settings['slope'])} \cdot "
    rest = difference(1, p.a, p.digits)
    sentence = tr("Multiply by the slope of the sigmoid, which is steepest at 0.5.")
    return Told(rf"{steepness}{p.letter_a}(1 - {p.letter_a})", rf"{steepness}{p.put(p.a)} \cdot ({rest})", sentence)


def _tanh_slope(p: Point) -> Told:
    is_saturated = abs(p.a) > SATURATED
    numbers = difference(1, p.a * p.a, p.digits) if is_saturated else f"1 - {p.put(p.a)}^2"
    sentence = tr("Multiply by the slope of the tanh, which is steepest at 0.")
    return Told(f"(1 - ({p.letter_a})^2)", f"({numbers})", sentence)


def _relu_slope(p: Point) -> Told:
    is_on = p.z > 0 or (p.z == 0 and p.settings["slope_at_zero"] == "1")
    sentence = tr("The gradient passes where the unit is on and stops where it is off.")
    return Told(rf"\mathrm{{ReLU}}'({p.letter_z})", "1" if is_on else "0", sentence)


def _leaky_slope(p: Point) -> Told:
    slope_here = 1.0 if p.z > 0 else p.settings["slope"]
    sentence = tr("Multiply by the slope on this side of zero.")
    return Told(rf"\mathrm{{leaky}}'({p.letter_z})", exact(slope_here), sentence)


def _softmax(view: View, z: FloatArray, unit: int) -> Told:
    node, d = view.step.node, view.digits
    shift = float(z.max()) if np.abs(z).max() > LARGEST_EXPONENT else 0.0
    letters = [rf"e^{{{indexed(view, 'z', node, k)}}}" for k in (unit, "k")]

    def power(place: int) -> str:
        return _power(z[place], shift, d)

    terms = cut(np.exp(z - shift), power, unit, d)
    sentence = tr("Softmax turns the sums into probabilities that add up to 1.")
    if shift:
        sentence += " " + tr("The largest is taken off first, to avoid overflow.")
    return Told(
        rf"\frac{{{letters[0]}}}{{\sum_{{k=1}}^{{{len(z)}}} {letters[1]}}}",
        rf"\frac{{{power(unit)}}}{{{written(terms)}}}",
        sentence,
    )


def _power(z: float, shift: float, digits: int) -> str:
    exponent = number(z, digits) + (f" - {factor(shift, digits)}" if shift else "")
    return rf"e^{{{exponent}}}"


_VALUES: dict[str, Callable[[Point], Told]] = {
    "linear": _linear,
    "step": _step,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "relu": _relu,
    "leaky_relu": _leaky_relu,
}
_SLOPES: dict[str, Callable[[Point], Told]] = {
    "linear": _linear_slope,
    "step": _step_slope,
    "sigmoid": _sigmoid_slope,
    "tanh": _tanh_slope,
    "relu": _relu_slope,
    "leaky_relu": _leaky_slope,
}
