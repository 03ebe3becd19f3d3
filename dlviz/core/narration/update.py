"""Update steps told: the point ahead, velocities, decay, the step of plain descent and momentum, the new weight."""

from dlviz.core.narration.entry import Entry
from dlviz.core.narration.number import Term, caption, coloured, exact, written
from dlviz.core.narration.view import Narration, View
from dlviz.i18n import tr


def look_ahead(view: View) -> Narration:
    """Tell Nesterov's look-ahead point: the parameter moved on by the last change."""
    e = Entry(view)
    beta = exact(e.settings["momentum"])
    terms = [Term(e.put(e.old()), 0), Term(rf"{beta} \cdot {e.put(e.old('velocity'))}", 0)]
    sentence = tr("Look ahead: where would the last change carry this parameter?")
    ahead = e.at(rf"\hat{{{e.symbol}}}")
    symbols = rf"{ahead} = {e.letter} + \beta \, \Delta {e.letter}"
    return e.told(symbols, written(terms), "ahead", sentence)


def velocity(view: View) -> Narration:
    """Tell the velocity in the convention that is set."""
    e = Entry(view)
    s = e.settings
    beta, v = exact(s["momentum"]), e.at("v")
    is_ahead = view.plan.optimizer.kind == "nesterov" and s["form"] == "look_ahead"
    share = 1 - s["momentum"] if s["form"] == "ema" else 1.0
    letters, numbers = e.gradient_letter, coloured("backward", e.put(e.gradient))
    if is_ahead or s.get("rate") == "inside":
        letters, numbers = rf"\eta \, {letters}", rf"{e.rate} \cdot {numbers}"
    if share != 1:
        letters, numbers = rf"(1 - \beta) \, {letters}", rf"(1 - {beta}) \cdot {numbers}"
    sign = "-" if is_ahead else "+"
    symbols = rf"{v} \leftarrow \beta \, {v} {sign} {letters}"
    shown = rf"{beta} \cdot {e.put(e.old('velocity'))} {sign} {numbers}"
    return e.told(symbols, shown, "velocity", tr("Keep a share of the velocity and add the new gradient."))


def decay(view: View) -> Narration:
    """Tell how a weight shrinks by itself."""
    e = Entry(view)
    is_spared = e.settings["decays"] == "weights" and e.n_axes < 2
    rate = caption("0", tr("not a weight")) if is_spared else e.rate
    shown = rf"{e.put(e.old('step'))} - {rate} \cdot {e.setting('weight_decay')} \cdot {e.put(e.old())}"
    symbols = rf"\Delta {e.letter} \leftarrow \Delta {e.letter} - \eta \, \lambda \, {e.letter}"
    return e.told(symbols, shown, "step", tr("Weight decay: every weight gives up the same share of itself."))


def apply(view: View) -> Narration:
    """Tell the new value of the parameter."""
    e = Entry(view)
    change = coloured("update", e.put(e.old("step")))
    symbols = rf"{e.letter} \leftarrow {e.letter} + \Delta {e.letter}"
    return e.told(symbols, f"{e.put(e.old())} + {change}", "", tr("Add the change: the parameter has learned."))


def descent_step(e: Entry) -> tuple[str, str]:
    """Return the step of plain descent in letters and numbers."""
    gradient = coloured("backward", e.put(e.gradient))
    return rf"-\eta \, {e.gradient_letter}", rf"-{e.rate} \cdot {gradient}"


def momentum_step(e: Entry) -> tuple[str, str]:
    """Return the step of momentum in letters and numbers."""
    v = e.put(e.old("velocity"))
    if e.settings["rate"] == "inside":
        return f"-{e.at('v')}", f"-{v}"
    return rf"-\eta \, {e.at('v')}", rf"-{e.rate} \cdot {v}"


def nesterov_step(e: Entry) -> tuple[str, str]:
    """Return the step of Nesterov's momentum in letters and numbers."""
    v = e.put(e.old("velocity"))
    if e.settings["form"] == "look_ahead":
        return e.at("v"), v
    gradient, beta = coloured("backward", e.put(e.gradient)), exact(e.settings["momentum"])
    symbols = rf"-\eta \, ({e.gradient_letter} + \beta \, {e.at('v')})"
    return symbols, rf"-{e.rate} \cdot ({gradient} + {beta} \cdot {v})"
