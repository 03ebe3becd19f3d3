"""Pooling told: the largest number or the mean of a window, and where the gradient goes."""

import numpy as np
from numpy.typing import NDArray

from dlviz.core.inference import source_shapes
from dlviz.core.layers.pooling import windows_of
from dlviz.core.layers.windows import Windows
from dlviz.core.narration.images import summed
from dlviz.core.narration.number import Term, caption, coloured, cut, factor, number, written
from dlviz.core.narration.places import before_it, focused_cell, numbers_at, position_of
from dlviz.core.narration.symbols import activation, marked, slope_of_loss
from dlviz.core.narration.view import FloatArray, Narration, View, clamp
from dlviz.i18n import tr

MAX_SHOWN = 6  # numbers of a window that are written out


def max_pool(view: View) -> Narration:
    """Tell the largest number of one window."""
    inputs, units = _candidates(view)
    shown = ", ".join(number(value, view.digits) for value in inputs)
    letters = ", ".join(activation(view, view.sources()[0], int(unit)) for unit in units)
    sentence = tr("Keep the largest number of the window.")
    return _cell_told(view, rf"\max({letters})", rf"\max({shown})", sentence)


def avg_pool(view: View) -> Narration:
    """Tell the mean of one window."""
    units, d = _window(view), view.digits
    inputs = numbers_at(view, units)
    terms = cut(inputs, lambda k: factor(inputs[k], d), position_of(view.focus.source, units), d)
    share = rf"\frac{{1}}{{{len(units)}}}"
    letters = [activation(view, view.sources()[0], int(unit)) for unit in units[:MAX_SHOWN]]
    letters += [r"\cdots"] if len(units) > MAX_SHOWN else []
    sentence = tr("Take the mean of the window.")
    return _cell_told(view, f"{share} ({' + '.join(letters)})", rf"{share} \cdot ({written(terms)})", sentence)


def max_pool_backward(view: View) -> Narration:
    """Tell the gradient of one number: that of every window in which it is the largest."""
    node, plan = view.step.node, _windows(view)
    unit, (channel, row, column) = _target(view, plan)
    where = view.read(f"{node}.argmax")[view.sample, channel]
    won = [cell for cell, (down, right) in plan.readers(row, column) if where[cell] == down * plan.size[1] + right]
    sentence = (
        tr("It was the largest of its window, so the whole gradient comes to it.")
        if won
        else tr("It was the largest of no window, so no gradient comes to it.")
    )
    return _gathered(view, unit, channel, won, 1, sentence)


def avg_pool_backward(view: View) -> Narration:
    """Tell the gradient of one number: its equal share of that of every window it lies in."""
    plan = _windows(view)
    unit, (channel, row, column) = _target(view, plan)
    cells = [cell for cell, _ in plan.readers(row, column)]
    sentence = tr("Every number of a window gets an equal share of its gradient.")
    return _gathered(view, unit, channel, cells, plan.size[0] * plan.size[1], sentence)


def _windows(view: View) -> Windows:
    return windows_of(view.layer, source_shapes(view.plan.network, view.layer, view.shapes)[0])


def _window(view: View) -> NDArray[np.intp]:
    channel, row, column = focused_cell(view, view.layer)
    units: NDArray[np.intp] = _windows(view).reads(row, column)[channel].reshape(-1)
    return units


def _candidates(view: View) -> tuple[FloatArray, NDArray[np.intp]]:
    """Return numbers and units of the window; of a large one the first few and the largest."""
    units = _window(view)
    inputs = numbers_at(view, units)
    kept = sorted({*range(min(len(units), MAX_SHOWN)), int(inputs.argmax())})
    return inputs[kept], units[kept]


def _cell_told(view: View, symbols: str, numbers: str, sentence: str) -> Narration:
    cell = focused_cell(view, view.layer)
    a = float(view.wrote(f"{view.step.node}.a")[(view.sample, *cell)])
    head = marked(view, "a", view.step.node, *cell)
    return Narration(f"{head} = {symbols}", numbers, number(a, view.digits), sentence, (a,))


def _target(view: View, plan: Windows) -> tuple[int, tuple[int, int, int]]:
    """Return the number whose gradient is told, as a unit and as (channel, row, column)."""
    unit = clamp(view.focus.source, int(np.prod(plan.image)))
    channel, row, column = (int(index) for index in np.unravel_index(unit, plan.image))
    return unit, (channel, row, column)


def _gathered(
    view: View, unit: int, channel: int, cells: list[tuple[int, int]], share: int, sentence: str
) -> Narration:
    """Tell a number's gradient as the sum over windows of their gradients, each divided by share."""
    node, d, name = view.step.node, view.digits, next(iter(view.step.writes))
    gradients = view.read(f"{node}.da")[view.sample, channel]
    place = (view.sample, *view.symbols.axes(name.removesuffix(".da"), unit))
    earlier = before_it(view, name, place)
    values = [float(gradients[cell]) / share for cell in cells]

    def write(k: int) -> str:
        above = coloured("backward", factor(gradients[cells[k]], d))
        return above if share == 1 else rf"\frac{{{above}}}{{{share}}}"

    terms: list[Term] = earlier + (cut(values, write, 0, d) if cells else [Term("0", 0.0)])
    windows = (
        " + ".join(slope_of_loss(view, marked(view, "a", node, channel, *cell)) for cell in cells[:MAX_SHOWN]) or "0"
    )
    windows += r" + \cdots" if len(cells) > MAX_SHOWN else ""
    right = windows if share == 1 or not cells else rf"\frac{{1}}{{{share}}} ({windows})"
    left = slope_of_loss(view, activation(view, view.sources()[0], unit))
    return summed(
        view, left, caption(right, tr("from above")), terms, earlier, float(view.wrote(name)[place]), sentence
    )
