"""Activation functions with numbers put in: the value and the slope of each, as a student would compute it."""

import numpy as np

from dlviz.core.activations import resolve
from dlviz.core.choice import Choice
from dlviz.core.narration import curves, lines, typed
from dlviz.core.narration.number import cut, exact, factor, number, written
from dlviz.core.narration.symbols import indexed
from dlviz.core.narration.told import Point, Tell, Told
from dlviz.core.narration.view import FloatArray, View
from dlviz.i18n import tr

LARGEST_EXPONENT = 30.0  # beyond it softmax is told shifted by its maximum, as it is computed

_VALUES: dict[str, Tell] = {**lines.VALUES, **curves.VALUES, **typed.VALUES}
_SLOPES: dict[str, Tell] = {**lines.SLOPES, **curves.SLOPES, **typed.SLOPES}


def value(view: View, z: FloatArray, unit: int) -> Told:
    """Tell the activation of one unit from the pre-activations of its layer, (units,)."""
    entry, settings = resolve(view.activation, view.step.node)
    node = view.step.node
    if not entry.is_elementwise:
        return _softmax(view, z, unit, float(settings["temperature"]))
    a = float(view.columns(f"{node}.a")[view.sample, unit])
    point = Point(settings, indexed(view, "z", node, unit), "", float(z[unit]), a, view.digits)
    return _VALUES[entry.key](point) if entry.key in _VALUES else _by_name(entry.title, point)


def slope(view: View, z: float, a: float, unit: int) -> Told:
    """Tell the derivative da/dz of one unit of an elementwise activation."""
    entry, settings = resolve(view.activation, view.step.node)
    node = view.step.node
    point = Point(settings, indexed(view, "z", node, unit), indexed(view, "a", node, unit), z, a, view.digits)
    return _SLOPES[entry.key](point) if entry.key in _SLOPES else _by_name(f"{entry.title}\u2032", point)


def value_at(chosen: Choice, letter_z: str, z: float, view: View) -> Told:
    """Tell an elementwise activation of a number with a letter of its own, such as a gate's sum."""
    entry, settings = resolve(chosen, view.step.layer)
    point = Point(settings, letter_z, "", z, activated(chosen, z), view.digits)
    return _VALUES[entry.key](point) if entry.key in _VALUES else _by_name(entry.title, point)


def slope_at(chosen: Choice, letters: tuple[str, str], numbers: tuple[float, float], view: View) -> Told:
    """Tell the slope of an elementwise activation; letters and numbers are those of z and of its value."""
    entry, settings = resolve(chosen, view.step.layer)
    point = Point(settings, *letters, *numbers, view.digits)
    return _SLOPES[entry.key](point) if entry.key in _SLOPES else _by_name(f"{entry.title}\u2032", point)


def activated(chosen: Choice, z: float) -> float:
    """Return φ(z) of an elementwise activation."""
    entry, settings = resolve(chosen)
    return float(entry.value([z], settings)[0])


def inclined(chosen: Choice, z: float) -> float:
    """Return φ′(z) of an elementwise activation."""
    entry, settings = resolve(chosen)
    return float(entry.slope([z], settings)[0])


def _by_name(title: str, p: Point) -> Told:
    """Tell a function that has no narrator of its own by its name alone."""
    name = rf"\text{{{title}}}"
    return Told(f"{name}({p.letter_z})", f"{name}({number(p.z, p.digits)})", tr("Apply the function to the sum."))


def _softmax(view: View, z: FloatArray, unit: int, temperature: float) -> Told:
    node, d = view.step.node, view.digits
    shift = float(z.max()) if np.abs(z).max() > LARGEST_EXPONENT * temperature else 0.0
    over = "" if temperature == 1 else f" / {exact(temperature)}"
    letters = [rf"e^{{{indexed(view, 'z', node, k)}{over}}}" for k in (unit, "k")]

    def power(place: int) -> str:
        return _power(z[place], shift, temperature, d)

    terms = cut(np.exp((z - shift) / temperature), power, unit, d)
    sentence = tr("Softmax turns the sums into probabilities that add up to 1.")
    if shift:
        sentence += " " + tr("The largest is taken off first, to avoid overflow.")
    return Told(
        rf"\frac{{{letters[0]}}}{{\sum_{{k=1}}^{{{len(z)}}} {letters[1]}}}",
        rf"\frac{{{power(unit)}}}{{{written(terms)}}}",
        sentence,
    )


def _power(z: float, shift: float, temperature: float, digits: int) -> str:
    exponent = number(z, digits) + (f" - {factor(shift, digits)}" if shift else "")
    return rf"e^{{{exponent}}}" if temperature == 1 else rf"e^{{\frac{{{exponent}}}{{{exact(temperature)}}}}}"
