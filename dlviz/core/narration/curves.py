"""Activations with a bend, told at one point: their value and their slope."""

import math

from dlviz.core.activations.smooth import GELU_CUBIC, SQRT_2_OVER_PI
from dlviz.core.narration.number import difference, exact, number
from dlviz.core.narration.told import Point, Tell, Told
from dlviz.i18n import tr

SATURATED = 0.95  # beyond it the rounded 1 - a² loses its digits and is told with more of them


def _steep(p: Point, written: str) -> str:
    """Write the argument of a function with a slope setting: `2.5 · z`."""
    return written if p.settings["slope"] == 1 else rf"{exact(p.settings['slope'])} \cdot {written}"


def _logistic(letter: str) -> str:
    return rf"\frac{{1}}{{1 + e^{{-{letter}}}}}"


def _sigmoid(p: Point) -> Told:
    sentence = tr("The sigmoid squeezes the sum into the range from 0 to 1.")
    return Told(_logistic(_steep(p, p.letter_z)), _logistic(_steep(p, p.put(p.z))), sentence)


def _sigmoid_slope(p: Point) -> Told:
    rest = difference(1, p.a, p.digits)
    sentence = tr("Multiply by the slope of the sigmoid, which is steepest at 0.5.")
    return Told(
        _steep(p, f"{p.letter_a}(1 - {p.letter_a})"), _steep(p, rf"{p.put(p.a)} \cdot ({rest})"), sentence
    )  # fmt: skip


def _tanh(p: Point) -> Told:
    sentence = tr("The tanh squeezes the sum into the range from −1 to 1.")
    shown = number(p.z, p.digits) if p.settings["slope"] == 1 else _steep(p, p.put(p.z))
    return Told(rf"\tanh({_steep(p, p.letter_z)})", rf"\tanh({shown})", sentence)


def _tanh_slope(p: Point) -> Told:
    is_saturated = abs(p.a) > SATURATED
    numbers = difference(1, p.a * p.a, p.digits) if is_saturated else f"1 - {p.put(p.a)}^2"
    sentence = tr("Multiply by the slope of the tanh, which is steepest at 0.")
    return Told(_steep(p, f"(1 - ({p.letter_a})^2)"), _steep(p, f"({numbers})"), sentence)


def _softplus(p: Point) -> Told:
    sentence = tr("The softplus is a ReLU with a rounded corner.")
    return Told(rf"\ln (1 + e^{{{p.letter_z}}})", rf"\ln (1 + e^{{{number(p.z, p.digits)}}})", sentence)


def _softplus_slope(p: Point) -> Told:
    sentence = tr("The slope of the softplus is the sigmoid of the sum.")
    return Told(_logistic(p.letter_z), _logistic(p.put(p.z)), sentence)


def _elu(p: Point) -> Told:
    alpha = exact(p.settings["alpha"])
    bent = rf"{alpha} \cdot (e^{{{p.letter_z}}} - 1)"
    symbols = rf"{p.letter_z} \text{{ {tr('if')} }} {p.letter_z} > 0 \text{{ {tr('else')} }} {bent}"
    numbers = p.put(p.z) if p.z > 0 else rf"{alpha} \cdot (e^{{{number(p.z, p.digits)}}} - 1)"
    return Told(symbols, numbers, tr("The ELU lets positive sums pass and bends negative ones towards −α."))


def _elu_slope(p: Point) -> Told:
    sentence = tr("Multiply by the slope on this side of zero.")
    numbers = "1" if p.z > 0 else rf"{exact(p.settings['alpha'])} \cdot e^{{{number(p.z, p.digits)}}}"
    return Told(rf"\mathrm{{elu}}'({p.letter_z})", numbers, sentence)


def _gelu(p: Point) -> Told:
    sentence = tr("The GELU lets positive sums pass and fades negative ones out smoothly.")
    front = number(SQRT_2_OVER_PI, p.digits)
    letter = f"({p.letter_z})"
    return Told(
        _gelu_written(p.letter_z, r"\sqrt{\frac{2}{\pi}}", p.letter_z, letter),
        _gelu_written(number(p.z, p.digits), front, p.put(p.z), p.put(p.z)),
        sentence,
    )


def _gelu_written(half: str, front: str, z: str, base: str) -> str:
    inner = rf"{front} \cdot ({z} + {exact(GELU_CUBIC)} \cdot {base}^3)"
    return rf"\frac{{{half}}}{{2}} \cdot (1 + \tanh({inner}))"


def _gelu_slope(p: Point) -> Told:
    t = math.tanh(SQRT_2_OVER_PI * (p.z + GELU_CUBIC * p.z**3))
    bend = SQRT_2_OVER_PI * (p.z + 3 * GELU_CUBIC * p.z**3)
    rest = rf"(1 + ({difference(1, t, p.digits)}) \cdot {p.put(bend)})"
    numbers = rf"\frac{{1}}{{2}} \cdot ({difference(1, -t, p.digits)}) \cdot {rest}"
    return Told(rf"\mathrm{{gelu}}'({p.letter_z})", numbers, tr("Multiply by the slope of the GELU."))


def _silu(p: Point) -> Told:
    sentence = tr("The SiLU is the sum times its own sigmoid.")
    return Told(
        rf"\frac{{{p.letter_z}}}{{1 + e^{{-{p.letter_z}}}}}",
        rf"\frac{{{number(p.z, p.digits)}}}{{1 + e^{{-{p.put(p.z)}}}}}",
        sentence,
    )


def _silu_slope(p: Point) -> Told:
    symbols = rf"\sigma({p.letter_z})(1 + {p.letter_z} - {p.letter_a})"
    numbers = rf"{_logistic(p.put(p.z))} \cdot (1 + {p.put(p.z)} - {p.put(p.a)})"
    return Told(symbols, numbers, tr("Multiply by the slope of the SiLU."))


VALUES: dict[str, Tell] = {
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "softplus": _softplus,
    "elu": _elu,
    "gelu": _gelu,
    "silu": _silu,
}
SLOPES: dict[str, Tell] = {
    "sigmoid": _sigmoid_slope,
    "tanh": _tanh_slope,
    "softplus": _softplus_slope,
    "elu": _elu_slope,
    "gelu": _gelu_slope,
    "silu": _silu_slope,
}
