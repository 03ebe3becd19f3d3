"""Dropout told: which units stay, and what that does to values and gradients; and layers that pass values on."""

from dlviz.core.layers import layers
from dlviz.core.narration.backward import already_there, so_far, written_gradient
from dlviz.core.narration.number import Term, coloured, exact, factor, number, written
from dlviz.core.narration.symbols import activation, delta, indexed, slope_of_loss
from dlviz.core.narration.view import Narration, View, clamp
from dlviz.i18n import tr

GAP = r",\quad "  # between two quantities told at once


def mask(view: View) -> Narration:
    """Tell whether one unit stays for one example: its random number against the rate."""
    node, d = view.step.node, view.digits
    drawn, kept = view.columns(f"{node}.u")[view.sample], view.columns(f"{node}.mask")[view.sample]
    unit = clamp(view.focus.unit, len(kept))
    u, m = indexed(view, "u", node, unit), indexed(view, "m", node, unit)
    values = float(drawn[unit]), float(kept[unit])
    shown = GAP.join(number(value, d) for value in values)
    symbols = rf"{u} \sim [0, 1){GAP}{m} = [{u} \ge {exact(_rate(view))}]"
    sentence = tr("Draw a number for every unit and example; below the rate the unit is left out of this step.")
    return Narration(symbols, shown, shown, sentence, values)


def apply(view: View) -> Narration:
    """Tell one value behind the mask."""
    node, source = view.step.node, view.sources()[0]
    read, kept = view.rows(source)[view.sample], view.rows(f"{node}.mask")[view.sample]
    unit = clamp(view.focus.unit, len(read))
    a = float(view.columns(f"{node}.a")[view.sample, unit])
    symbols = f"{indexed(view, 'a', node, unit)} = {_scaled(view, unit)} \\cdot {activation(view, source, unit)}"
    numbers = rf"{_numbers(view, kept[unit])} \cdot {factor(read[unit], view.digits)}"
    sentence = tr(
        "Units that are left out become 0; those that stay count for more, so that the sum is expected alike."
    )
    if not _is_inverted(view):
        sentence = tr("Units that are left out become 0; the others pass unchanged.")
    return Narration(symbols, numbers, number(a, view.digits), sentence, (a,))


def backward(view: View) -> Narration:
    """Tell the gradient of one unit: it takes the same way as its value did."""
    node, name = view.step.node, written_gradient(view)
    unit = clamp(view.focus.source, view.columns(name).shape[1])
    above = view.rows(f"{node}.da")[view.sample, unit]
    kept = view.rows(f"{node}.mask")[view.sample, unit]
    share = rf"{_numbers(view, kept)} \cdot {coloured('backward', factor(above, view.digits))}"
    right = rf"{_scaled(view, unit)} \cdot {slope_of_loss(view, indexed(view, 'a', node, unit))}"
    return passed(view, unit, right, share, tr("A unit that was left out learns nothing from this example."))


def take(view: View) -> Narration:
    """Tell the value that an activation layer works on: the one below."""
    node, source = view.step.node, view.sources()[0]
    read = view.rows(source)[view.sample]
    unit = clamp(view.focus.unit, len(read))
    z = float(view.columns(f"{node}.z")[view.sample, unit])
    symbols = f"{indexed(view, 'z', node, unit)} = {activation(view, source, unit)}"
    sentence = tr("This layer only applies a function; it works on the value below as it is.")
    return Narration(symbols, number(z, view.digits), number(z, view.digits), sentence, (z,))


def take_backward(view: View) -> Narration:
    """Tell the gradient that an activation layer hands down."""
    node = view.step.node
    unit = clamp(view.focus.source, view.columns(written_gradient(view)).shape[1])
    error = coloured("backward", factor(view.rows(f"{node}.dz")[view.sample, unit], view.digits))
    sentence = tr("What the function let through goes down unchanged.")
    return passed(view, unit, delta(view, node, unit), error, sentence)


def passed(view: View, unit: int, right: str, share: str, sentence: str) -> Narration:
    """Tell a gradient that a layer hands down, added to what other readers left there before."""
    name = written_gradient(view)
    value = float(view.columns(name)[view.sample, unit])
    earlier = already_there(view, name, unit)
    numbers = written([*earlier, Term(share, 0.0)])
    left = slope_of_loss(view, activation(view, view.slot(name.removesuffix(".da")), unit))
    symbols = f"{left} = {f'{so_far()} + ' if earlier else ''}{right}"
    return Narration(symbols, numbers, number(value, view.digits), sentence, (value,))


def _rate(view: View) -> float:
    return float(layers.get("dropout").option(view.layer, "rate"))


def _is_inverted(view: View) -> bool:
    return bool(layers.get("dropout").option(view.layer, "form") == "inverted")


def _scaled(view: View, unit: int) -> str:
    m = indexed(view, "m", view.step.node, unit)
    return rf"\frac{{{m}}}{{1 - p}}" if _is_inverted(view) else m


def _numbers(view: View, kept: float) -> str:
    m = number(kept, view.digits)
    return rf"\frac{{{m}}}{{1 - {exact(_rate(view))}}}" if _is_inverted(view) else m
