"""L-BFGS told: the pairs that hold the curvature, the direction they give, and the step."""

from collections.abc import Sequence

import numpy as np

from dlviz.core.narration.entry import Entry
from dlviz.core.narration.number import coloured, cut, written
from dlviz.core.narration.view import FloatArray, Narration, View
from dlviz.core.optimizers.quasi_newton import LEAST_CURVATURE
from dlviz.i18n import tr

Pair = tuple[FloatArray, FloatArray]


def curvature_pair(view: View) -> Narration:
    """Tell the newest pair: what the last step changed in the weight and in its gradient."""
    e = Entry(view)
    symbols = rf"y_1 = {e.gradient_letter} - g_0", rf"s_1 = \Delta {e.letter}"
    if float(e.whole("last_step") @ (e.whole("grad") - e.whole("last_grad"))) > LEAST_CURVATURE:
        before = "0" if e.is_frozen else e.put(e.old("last_grad"))
        now = "0" if e.is_frozen else coloured("backward", e.plain(e.gradient))
        numbers = f"{now} - {before}", e.put(e.old("last_step"))
        sentence = tr("The last step and what it did to the gradient: the curve of the loss along it.")
    else:
        numbers = e.put(e.old("y1")), e.put(e.old("s1"))
        sentence = tr("The loss did not curve upward along the last step: nothing is learned from it.")
    told = (symbols[0], numbers[0]), (symbols[1], numbers[1])
    return e.told_both(told, ("y1", "s1"), sentence)


def direction(view: View) -> Narration:
    """Tell the direction as what the two loops add up: the gradient, and a share of every kept y and s."""
    e = Entry(view)
    pairs = [(e.whole(f"s{age}"), e.whole(f"y{age}")) for age in range(e.settings["history"], 0, -1)]
    ages = [age for age, (s, y) in zip(range(len(pairs), 0, -1), pairs, strict=True) if s @ y]
    gamma, along_y, along_s = _shares([pair for pair in pairs if pair[0] @ pair[1]], e.whole("grad"))
    gradient = 0.0 if e.is_frozen else e.gradient
    amounts = [(-gamma, gradient)]
    amounts += [(share, e.old(f"y{age}")) for share, age in zip(along_y, ages, strict=True)]
    amounts += [(share, e.old(f"s{age}")) for share, age in zip(along_s, ages, strict=True)]

    def write(place: int) -> str:
        return rf"{e.put(amounts[place][0])} \cdot {e.put(amounts[place][1])}"

    terms = cut([a * b for a, b in amounts], write, digits=view.digits)
    symbols = rf"{e.at('d')} = -\gamma \, {e.gradient_letter} + \sum_k \left(b_k \, y_k + a_k \, s_k\right)"
    sentence = tr("Against the gradient, bent by the curve of the last steps.")
    return e.told(symbols, written(terms), "direction", sentence)


def remember_step(view: View) -> Narration:
    """Tell that gradient and change are kept for the next pair."""
    e = Entry(view)
    symbols = rf"{e.at('{g_0}')} \leftarrow {e.gradient_letter}", rf"{e.at('s')} \leftarrow \Delta {e.letter}"
    numbers = e.shown_gradient, coloured("update", e.put(e.old("step")))
    told = (symbols[0], numbers[0]), (symbols[1], numbers[1])
    return e.told_both(told, ("last_grad", "last_step"), tr("Keep both, to see next time how the loss curves."))


def lbfgs_step(e: Entry) -> tuple[str, str]:
    """Return the step of L-BFGS in letters and numbers; the very first is no longer than the gradient is steep."""
    symbols, numbers = rf"\eta \, {e.at('d')}", rf"{e.rate} \cdot {e.put(e.old('direction'))}"
    steepness = float(np.abs(e.whole("grad")).sum())
    if e.t > 1 or steepness <= 1:
        return symbols, numbers
    return rf"{symbols} \cdot \frac{{1}}{{\|g\|_1}}", rf"{numbers} \cdot \frac{{1}}{{{e.plain(steepness)}}}"


def _shares(pairs: Sequence[Pair], grad: FloatArray) -> tuple[float, list[float], list[float]]:
    """Return γ and the shares of every y and s in the direction, by the two loops (Nocedal & Wright, 7.4)."""
    q, first = -grad, []
    for s, y in reversed(pairs):
        first.append(float(s @ q / (s @ y)))
        q = q - first[-1] * y
    first.reverse()
    gamma = float(pairs[-1][0] @ pairs[-1][1] / (pairs[-1][1] @ pairs[-1][1])) if pairs else 1.0
    q, last = gamma * q, []
    for (s, y), share in zip(pairs, first, strict=True):
        last.append(share - float(y @ q / (s @ y)))
        q = q + last[-1] * s
    return gamma, [-gamma * share for share in first], last
