"""Backward steps of recurrent layers told: how errors come back through time, and what every time step adds."""

import re

from dlviz.core.narration import functions
from dlviz.core.narration.general import general
from dlviz.core.narration.number import (
    Term,
    caption,
    coloured,
    cut,
    difference,
    evaluated,
    factor,
    number,
    products,
    written,
)
from dlviz.core.narration.symbols import slope_of_loss
from dlviz.core.narration.timed import Part, Timed, together
from dlviz.core.narration.told import Told
from dlviz.core.narration.view import Narration, View, clamp
from dlviz.i18n import tr

_FRACTION = re.compile(r"\\frac\{((?:[^{}]|\{[^{}]*\})*)\}\{(.*)\}")


def state_gradient(view: View) -> Narration:
    """Tell dL/dh of one unit: from the layers above, and from the next time step through U."""
    timed, d = Timed(view), view.digits
    if timed.has_window:
        return general(view)
    above, later = _from_above(timed), _from_next(timed)
    terms, symbols = above[0] + later[0], above[1] + later[1]
    value = timed.result("dh")
    head = slope_of_loss(view, timed.at("h", timed.t))
    shown = evaluated(terms, d) if len(terms) > 1 else ""
    right = " + ".join(symbols) or "0"
    sentence = _readers(bool(above[0]), bool(later[0]))
    return Narration(f"{head} = {right}", written(terms), number(value, d), sentence, (value,), shown)


def _readers(above: bool, later: bool) -> str:
    """Say who read a state, and so sends its error back."""
    if above and later:
        return tr("The state is read twice: by the layers above, and by the next time step through U.")
    if above:
        return tr("Only the layers above send this state an error.")
    if later:
        return tr("Only the next time step reads this state, through U.")
    return tr("The way back is cut here: no error reaches this state.")


def _from_above(timed: Timed) -> tuple[list[Term], list[str]]:
    """Return what a state's gradient gets from the layers above, if they read it."""
    name = f"{timed.layer.id}.da"
    if name not in timed.view.step.reads:
        return [], []
    every = timed.view.rows(name)[timed.view.sample].reshape(-1, timed.units)
    value = float(every[timed.t - 1 if len(every) > 1 else 0, timed.unit])
    shown = coloured("backward", factor(value, timed.view.digits))
    return [Term(shown, value)], [caption(slope_of_loss(timed.view, timed.at("a", timed.t)), tr("from above"))]


def _from_next(timed: Timed) -> tuple[list[Term], list[str]]:
    """Return what comes back from the next time step; nothing behind a cut."""
    sums = next((read for read in timed.view.step.reads if read.endswith((".dz", ".dq"))), "")
    if not sums:
        return [], []
    t, d = timed.t + 1, timed.view.digits
    errors, weights = timed.view.rows(sums)[timed.view.sample], timed.weights("U")[:, timed.unit]
    terms = products(errors, weights, 0, d, "backward")
    symbols = [rf"\sum_{{j=1}}^{{{len(errors)}}} {timed.delta(t, 'j')} \cdot {timed.letter('U', 'j', timed.unit)}"]
    if timed.layer.kind == "gru":
        terms += products([timed.value("dh", t)], [timed.value("u", t)], 0, d, "backward")
        symbols.append(rf"{slope_of_loss(timed.view, timed.at('h', t))} \cdot {timed.at('u', t)}")
    return terms, symbols


def local_slopes(view: View) -> Narration:
    """Tell what one unit's sums do within its cell at the time step looked at; other steps go the same way."""
    first = Timed(view)
    steps = view.rows(first.view.sources()[0]).shape[1] // first.weights("W").shape[1]
    timed = Timed(view, clamp(view.focus.unit // first.units, steps) + 1)
    sentence = tr("How far each sum moves what it makes; worked out once, for all time steps.")
    return together([_local_slope(timed, gate) for gate in timed.gates], sentence, view.digits)


def _local_slope(timed: Timed, gate: str) -> Part:
    slopes = timed.view.columns(f"{timed.layer.id}.slopes")[timed.view.sample]
    row = (timed.t - 1) * len(timed.gates) * timed.units + timed.row(gate)
    head = rf"\frac{{\partial {_made_by(timed, gate)}}}{{\partial {timed.at('z', timed.t, gate=gate)}}}"
    slope = _slope(timed, gate)
    partner = _partner(timed, gate) if gate else Part("", "", "", 1.0)
    symbols, numbers = (
        rf"{first} \cdot {second}" if first else second
        for first, second in ((partner.symbols, slope.symbols), (partner.numbers, slope.numbers))
    )
    return Part(head, symbols, numbers, float(slopes[row]))


def _made_by(timed: Timed, gate: str) -> str:
    """Return what a gate's sum makes within the cell: the cell of LSTM, the candidate's sum, else the state."""
    if timed.layer.kind == "lstm" and gate != "o":
        return timed.at("c", timed.t)
    return timed.at("z", timed.t, gate="g") if gate == "r" else timed.at("h", timed.t)


def recurrent_delta(view: View) -> Narration:
    """Tell δ = dL/dh φ′(z) of one unit of a simple recurrent layer."""
    timed = Timed(view)
    if timed.has_window:
        return general(view)
    value, t, slope = timed.result("dz"), timed.t, _slope(timed, "")
    above = factor(timed.value("dh", t), view.digits)
    symbols = rf"{timed.delta(t, is_factor=False)} = {slope_of_loss(view, timed.at('h', t))} \cdot {slope.symbols}"
    numbers = rf"{coloured('backward', above)} \cdot {slope.numbers}"
    return Narration(symbols, numbers, number(value, view.digits), slope.sentence, (value,))


def cell_gradient(view: View) -> Narration:
    """Tell dL/dc of one unit: through what the cell shows now, and through what the next step keeps of it."""
    timed, d, t = Timed(view), view.digits, Timed(view).t
    if timed.has_window:
        return general(view)
    c, o, dh = timed.value("c", t), timed.value("o", t), timed.value("dh", t)
    chosen = timed.chosen("activation")
    shown = functions.activated(chosen, c)
    told = functions.slope_at(chosen, (timed.at("c", t), rf"\varphi({timed.at('c', t)})"), (c, shown), view)
    first = dh * o * functions.inclined(chosen, c)
    front = rf"{coloured('backward', factor(dh, d))} \cdot {factor(o, d)}"
    terms = [Term(rf"{front} \cdot {told.numbers}", first)]
    symbols = rf"{slope_of_loss(view, timed.at('h', t))} \cdot {timed.at('o', t)} \cdot {told.symbols}"
    if timed.name("dc", t + 1) in view.step.reads:
        terms += products([timed.value("dc", t + 1)], [timed.value("f", t + 1)], 0, d, "backward")
        later = rf"{slope_of_loss(view, timed.at('c', t + 1))} \cdot {timed.at('f', t + 1)}"
        symbols += f" + {caption(later, tr('kept by the next step'))}"
    value = timed.result("dc")
    sentence = tr("On its way to the cell before, the gradient is only scaled by the forget gate.")
    head = slope_of_loss(view, timed.at("c", t))
    terms_shown = evaluated(terms, d) if len(terms) > 1 else ""
    return Narration(f"{head} = {symbols}", written(terms), number(value, d), sentence, (value,), terms_shown)


def gate_deltas(view: View) -> Narration:
    """Tell the errors of one unit's gates."""
    timed = Timed(view)
    if timed.has_window:
        return general(view)
    parts = [_gate_delta(timed, gate) for gate in timed.gates]
    return together(parts, tr("Each gate's error: what it was multiplied by, times its own slope."), view.digits)


def _gate_delta(timed: Timed, gate: str) -> Part:
    above, partner, slope = _reaching(timed, gate), _partner(timed, gate), _slope(timed, gate)
    error = coloured("backward", factor(above.value, timed.view.digits))
    return Part(
        timed.delta(timed.t, gate=gate, is_factor=False),
        rf"{above.head} \cdot {partner.symbols} \cdot {slope.symbols}",
        rf"{error} \cdot {partner.numbers} \cdot {slope.numbers}",
        float(timed.wrote("dz")[timed.row(gate)]),
    )


def _slope(timed: Timed, gate: str) -> Told:
    """Tell the slope of a gate's activation; without a letter, that of the layer's only sum."""
    chosen = timed.chosen("activation" if gate in ("", "g") else "recurrent_activation")
    z, made = float(timed.values("z", timed.t)[timed.row(gate)]), gate or "h"
    letters = timed.at("z", timed.t, gate=gate), timed.at(made, timed.t)
    return functions.slope_at(chosen, letters, (z, timed.value(made, timed.t)), timed.view)


def _link(timed: Timed, letter: str, t: int) -> Part:
    """Return a recorded quantity as a factor."""
    value = timed.value(letter, t)
    return Part("", timed.at(letter, t), factor(value, timed.view.digits), value)


def _partner(timed: Timed, gate: str) -> Part:
    """Return what a gate is multiplied by."""
    return (_lstm_partner if timed.layer.kind == "lstm" else _gru_partner)(timed, gate)


def _lstm_partner(timed: Timed, gate: str) -> Part:
    t = timed.t
    if gate == "o":
        c, chosen = timed.value("c", t), timed.chosen("activation")
        told = functions.value_at(chosen, timed.at("c", t), c, timed.view)
        return Part("", told.symbols, told.numbers, functions.activated(chosen, c))
    return _link(timed, *{"i": ("g", t), "f": ("c", t - 1), "g": ("i", t)}[gate])


def _gru_partner(timed: Timed, gate: str) -> Part:
    t, d = timed.t, timed.view.digits
    if gate == "r":
        q = float(timed.values("q", t)[timed.row("g")])
        return Part("", timed.at("q", t, gate="g"), factor(q, d), q)
    if gate == "g":
        u = timed.value("u", t)
        return Part("", f"(1 - {timed.at('u', t)})", f"({difference(1, u, d)})", 1 - u)
    before, g = timed.value("h", t - 1), timed.value("g", t)
    return Part("", f"({timed.at('h', t - 1)} - {timed.at('g', t)})", f"({difference(before, g, d)})", before - g)


def _reaching(timed: Timed, gate: str) -> Part:
    """Return the gradient that reaches a gate."""
    if gate == "r":
        return Part(timed.delta(timed.t, gate="g"), "", "", float(timed.wrote("dz")[timed.row("g")]))
    return _above(timed, "c" if timed.layer.kind == "lstm" and gate != "o" else "h")


def _above(timed: Timed, letter: str) -> Part:
    return Part(slope_of_loss(timed.view, timed.at(letter, timed.t)), "", "", timed.value(f"d{letter}", timed.t))


def input_gradient(view: View) -> Narration:
    """Tell what one input of a time step gets back: every error of that step through its weight."""
    weights, d = Timed(view).weights("W"), view.digits
    name, features = next(iter(view.step.writes)), weights.shape[1]
    place = clamp(view.focus.source, len(_deltas_read(view)) * features)
    timed, k = Timed(view, place // features + 1), place % features
    if timed.has_window or view.before(name) is not None:
        return general(view)
    errors = view.rows(_deltas_read(view)[timed.t - 1])[view.sample]
    terms = products(errors, weights[:, k], 0, d, "backward")
    value = float(view.columns(name)[view.sample, place])
    every = rf"\sum_{{j=1}}^{{{len(errors)}}} {timed.delta(timed.t, 'j')} \cdot {timed.letter('W', 'j', k)}"
    sentence = tr("At every time step the errors go back through the same weights.")
    head = slope_of_loss(view, timed.input_letter(timed.t, k))
    shown = evaluated(terms, d) if len(terms) > 1 else ""
    return Narration(f"{head} = {every}", written(terms), number(value, d), sentence, (value,), shown)


def _deltas_read(view: View) -> list[str]:
    return [read for read in view.step.reads if read.endswith((".dz", ".dq"))]


def gradient_norms(view: View) -> Narration:
    """Tell how large the gradient of the states is at the time step looked at: the root of its squares added up."""
    first, d = Timed(view), view.digits
    if first.has_window:
        return general(view)
    norms = view.wrote(next(iter(view.step.writes)))
    timed = Timed(view, clamp(view.focus.unit // first.units, len(norms)) + 1)
    slopes = view.rows(timed.name("dh", timed.t)).reshape(-1)
    terms = cut(slopes**2, lambda k: rf"{coloured('backward', _squared(slopes[k], d))}", 0, d)
    over = r"\sum_{i=1}^{n} " if view.n > 1 else ""
    slope = _FRACTION.sub(r"\1 / \2", slope_of_loss(view, timed.at("h", timed.t, "j")))
    every = rf"{over}\sum_{{j=1}}^{{{timed.units}}} ({slope})^2"
    whole = view.symbols.at("h", timed.layer.owner, time=str(timed.t))
    head = rf"\text{{‖}}{slope_of_loss(view, whole)}\text{{‖}}"
    value = float(norms[timed.t - 1])
    sentence = tr("How much of the gradient is left at this time step; seen along all steps, it vanishes or explodes.")
    numbers = rf"\sqrt{{{written(terms)}}}"
    return Narration(rf"{head} = \sqrt{{{every}}}", numbers, number(value, d), sentence, (value,))


def _squared(value: float, digits: int) -> str:
    shown = number(value, digits)
    return f"({shown})^2" if value < 0 else f"{shown}^2"


def time_contribution(view: View) -> Narration:
    """Tell what one time step adds to the gradient of one weight: error times input, over the examples."""
    timed, d, t = Timed(view), view.digits, Timed(view).t
    short = _parameter(timed, f"t{t}.")
    gradient = view.wrote(timed.name(f"d{short}", t))
    row = clamp(view.focus.unit, len(gradient))
    errors = view.rows(view.step.reads[0])[:, row]
    if gradient.ndim == 1:
        letter, value, symbol = "", float(gradient[row]), timed.letter(short, row)
        terms = cut(errors, lambda i: coloured("backward", factor(errors[i], d)), view.sample, d)
    else:
        k = clamp(view.focus.source, gradient.shape[1])
        letter, value, symbol = _letter(timed, short, k), float(gradient[row, k]), timed.letter(short, row, k)
        terms = products(errors, _read(timed, short, k), view.sample, d, "backward")
    over = r"\sum_{i=1}^{n} " if view.n > 1 else ""
    error = caption(timed.delta(t, row), tr("error"))
    right = rf"{error} \cdot {caption(letter, tr('input'))}" if letter else error
    head = rf"\left({slope_of_loss(view, symbol)}\right)^{{\langle {t}\rangle}}"
    sentence = tr("All time steps share this weight; this is what time step {time} adds to its gradient.", time=t)
    shown = evaluated(terms, d) if len(terms) > 1 else ""
    return Narration(f"{head} = {over}{right}", written(terms), number(value, d), sentence, (value,), shown)


def _parameter(timed: Timed, front: str = "") -> str:
    """Return the parameter whose gradient is told: the focused one, if the step writes it, else its first."""
    owner = timed.layer.id if front else timed.layer.owner
    written_here = [name.removeprefix(f"{owner}.{front}d") for name in timed.view.step.writes]
    wanted = timed.view.focus.parameter.rpartition(".")[2]
    return wanted if wanted in written_here else written_here[0]


def _read(timed: Timed, short: str, k: int) -> list[float]:
    """Return what an entry of W or U multiplied, in every example."""
    view, t = timed.view, timed.t
    if short == "W":
        every = view.rows(view.sources()[0])
        return [float(v) for v in every[:, (t - 1) * timed.weights("W").shape[1] + k]]
    if t > 1:
        return [float(v) for v in view.rows(timed.name("h", t - 1))[:, k]]
    return [float(timed.values("h", 0)[k])] * view.n


def _letter(timed: Timed, short: str, k: int) -> str:
    return timed.input_letter(timed.t, k) if short == "W" else timed.at("h", timed.t - 1, k)


def recurrent_weight_gradient(view: View) -> Narration:
    """Tell the gradient of one weight: the sum of what every time step adds."""
    timed, d = Timed(view), view.digits
    short = _parameter(timed)
    name = f"{timed.layer.owner}.d{short}"
    gradient = view.wrote(name)
    place = tuple(clamp(i, size) for i, size in zip((view.focus.unit, view.focus.source), gradient.shape, strict=False))
    n_steps = sum(read.endswith((".dz", ".dq")) for read in view.step.reads)
    parts = [view.before(timed.name(f"d{short}", t)) for t in range(1, n_steps + 1)]
    values = [float(part[place]) for part in parts if part is not None]
    if len(values) < n_steps:
        return general(view)
    terms = _so_far(view, name, place)
    terms += cut(values, lambda k: coloured("backward", factor(values[k], d)), 0, d)
    value = float(gradient[place])
    symbol = timed.letter(short, *place)
    each = rf"\left({slope_of_loss(view, symbol)}\right)^{{\langle t\rangle}}"
    earlier = caption(r"\cdots", tr("so far")) + " + " if view.before(name) is not None else ""
    right = rf"{earlier}\sum_{{t=1}}^{{{n_steps}}} {each}"
    sentence = tr("All time steps share their weights, so what they add is summed.")
    shown = evaluated(terms, d) if len(terms) > 1 else ""
    head = slope_of_loss(view, symbol)
    return Narration(f"{head} = {right}", written(terms), number(value, d), sentence, (value,), shown)


def _so_far(view: View, name: str, place: tuple[int, ...]) -> list[Term]:
    """Return what another use of the layer wrote there before."""
    earlier = view.before(name)
    if earlier is None:
        return []
    value = float(earlier[place])
    return [Term(caption(factor(value, view.digits), tr("so far")), value)]
