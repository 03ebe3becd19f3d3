"""Adagrad, RMSprop and Adadelta told: sums and means of squares, and the step they divide."""

from dlviz.core.narration.entry import Entry
from dlviz.core.narration.number import coloured
from dlviz.core.narration.view import Narration, View
from dlviz.i18n import tr


def sum_of_squares(view: View) -> Narration:
    """Tell Adagrad's sum of squared gradients."""
    e = Entry(view)
    symbols = rf"{e.at('G')} \leftarrow {e.at('G')} + \left({e.gradient_letter}\right)^2"
    sentence = tr("All squared gradients so far: it only grows, so the steps only shrink.")
    return e.told(symbols, f"{e.put(e.old('squares'))} + {_squared(e, e.gradient)}", "squares", sentence)


def mean_of_squares(view: View) -> Narration:
    """Tell the running mean of the squared gradient."""
    e = Entry(view)
    symbols = rf"{e.at('S')} \leftarrow \rho \, {e.at('S')} + (1 - \rho) \left({e.gradient_letter}\right)^2"
    shown = _mean(e, "squares", _squared(e, e.gradient))
    return e.told(symbols, shown, "squares", tr("A running mean of the squared gradient: how large, lately?"))


def change(view: View) -> Narration:
    """Tell Adadelta's change before the learning rate."""
    e = Entry(view)
    eps = e.amount("eps")
    above, below = (rf"\sqrt{{{e.plain(e.old(role))} + {eps}}}" for role in ("changes", "squares"))
    symbols = rf"{e.at('u')} = \frac{{\sqrt{{D + \varepsilon}}}}{{\sqrt{{S + \varepsilon}}}} \, {e.gradient_letter}"
    sentence = tr("As large as changes were lately, in proportion to this gradient among the late ones.")
    return e.told(symbols, rf"\frac{{{above}}}{{{below}}} \cdot {e.shown_gradient}", "change", sentence)


def mean_of_changes(view: View) -> Narration:
    """Tell Adadelta's running mean of squared changes."""
    e = Entry(view)
    symbols = rf"{e.at('D')} \leftarrow \rho \, {e.at('D')} + (1 - \rho) \, {e.at('u')}^2"
    shown = _mean(e, "changes", f"({e.plain(e.old('change'))})^2")
    return e.told(symbols, shown, "changes", tr("A running mean of the squared change."))


def adagrad_step(e: Entry) -> tuple[str, str]:
    """Return Adagrad's step in letters and numbers."""
    return _divided(e, "G")


def rmsprop_step(e: Entry) -> tuple[str, str]:
    """Return RMSprop's step in letters and numbers."""
    return _divided(e, "S")


def adadelta_step(e: Entry) -> tuple[str, str]:
    """Return Adadelta's step in letters and numbers."""
    return rf"-\eta \, {e.at('u')}", rf"-{e.rate} \cdot {e.put(e.old('change'))}"


def _divided(e: Entry, letter: str) -> tuple[str, str]:
    squares, eps = e.plain(e.old("squares")), e.amount("eps")
    gradient = coloured("backward", e.plain(e.gradient))
    if e.settings["eps_place"] == "inside":
        below, shown = rf"\sqrt{{{letter} + \varepsilon}}", rf"\sqrt{{{squares} + {eps}}}"
    else:
        below, shown = rf"\sqrt{{{letter}}} + \varepsilon", rf"\sqrt{{{squares}}} + {eps}"
    symbols = rf"-\eta \cdot \frac{{{e.gradient_letter}}}{{{below}}}"
    return symbols, rf"-{e.rate} \cdot \frac{{{gradient}}}{{{shown}}}"


def _mean(e: Entry, role: str, square: str) -> str:
    rho = e.setting("rho")
    return rf"{rho} \cdot {e.put(e.old(role))} + (1 - {rho}) \cdot {square}"


def _squared(e: Entry, value: float) -> str:
    return f"({coloured('backward', e.plain(value))})^2"
