"""Activations made of straight lines, told at one point: their value and their slope."""

from dlviz.core.narration.number import exact, number
from dlviz.core.narration.told import Point, Tell, Told
from dlviz.i18n import tr


def _linear(p: Point) -> Told:
    return Told(p.letter_z, p.put(p.z), tr("A linear unit passes its sum on unchanged."))


def _step(p: Point) -> Told:
    threshold = exact(p.settings["threshold"])
    fires = p.z >= p.settings["threshold"] if p.settings["at_zero"] == "1" else p.z > p.settings["threshold"]
    sign = r"\ge" if p.settings["at_zero"] == "1" else ">"
    low = "0" if p.settings["values"] == "zero_one" else "-1"
    symbols = rf"1 \text{{ {tr('if')} }} {p.letter_z} {sign} {threshold} \text{{ {tr('else')} }} {low}"
    return Told(symbols, "1" if fires else low, tr("The unit fires when its sum reaches the threshold."))


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


def _saturating(p: Point) -> Told:
    steepness = "" if p.settings["slope"] == 1 else rf"{exact(p.settings['slope'])} \cdot "
    shown = p.put(p.z) if steepness else number(p.z, p.digits)
    sentence = tr("The line passes one half at 0 and is cut off at 0 and at 1.")
    return Told(
        rf"\min(1, \max(0, {steepness}{p.letter_z} + \frac{{1}}{{2}}))",
        rf"\min(1, \max(0, {steepness}{shown} + \frac{{1}}{{2}}))",
        sentence,
    )


def _linear_slope(p: Point) -> Told:
    return Told("1", "1", tr("A linear unit has slope 1, so the gradient passes unchanged."))


def _step_slope(p: Point) -> Told:
    return Told("0", "0", tr("A step has slope 0 everywhere: no gradient comes through."))


def _relu_slope(p: Point) -> Told:
    is_on = p.z > 0 or (p.z == 0 and p.settings["slope_at_zero"] == "1")
    sentence = tr("The gradient passes where the unit is on and stops where it is off.")
    return Told(rf"\mathrm{{ReLU}}'({p.letter_z})", "1" if is_on else "0", sentence)


def _leaky_slope(p: Point) -> Told:
    is_on = p.z > 0 or (p.z == 0 and p.settings["slope_at_zero"] == "1")
    sentence = tr("Multiply by the slope on this side of zero.")
    return Told(rf"\mathrm{{leaky}}'({p.letter_z})", exact(1.0 if is_on else p.settings["slope"]), sentence)


def _saturating_slope(p: Point) -> Told:
    sentence = tr("The gradient passes between the two ends and stops where the unit is saturated.")
    return Told(rf"\varphi'({p.letter_z})", exact(p.settings["slope"]) if 0 < p.a < 1 else "0", sentence)


VALUES: dict[str, Tell] = {
    "linear": _linear,
    "step": _step,
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "piecewise_linear": _saturating,
}
SLOPES: dict[str, Tell] = {
    "linear": _linear_slope,
    "step": _step_slope,
    "relu": _relu_slope,
    "leaky_relu": _leaky_slope,
    "piecewise_linear": _saturating_slope,
}
