"""Backward steps of recurrent layers told: how errors come back through time, and what every time step adds."""

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
from dlviz.core.narration.view import Narration, View, clamp
from dlviz.i18n import tr


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


def recurrent_delta(view: View) -> Narration:
    """Tell δ = dL/dh φ′(z) of one unit of a simple recurrent layer."""
    timed = Timed(view)
    if timed.has_window:
        return general(view)
    value, t = timed.result("dz"), timed.t
    z, h = timed.value("z", t), timed.value("h", t)
    letters = timed.at("z", t), timed.at("h", t)
    told = functions.slope_at(timed.chosen("activation"), letters, (z, h), view)
    above = factor(timed.value("dh", t), view.digits)
    symbols = rf"{timed.delta(t, is_factor=False)} = {slope_of_loss(view, timed.at('h', t))} \cdot {told.symbols}"
    numbers = rf"{coloured('backward', above)} \cdot {told.numbers}"
    return Narration(symbols, numbers, number(value, view.digits), told.sentence, (value,))


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
    above, partner = (_lstm_links if timed.layer.kind == "lstm" else _gru_links)(timed, gate)
    t, row, d = timed.t, timed.row(gate), timed.view.digits
    chosen = timed.chosen("activation" if gate == "g" else "recurrent_activation")
    z = float(timed.values("z", t)[row])
    letters = timed.at("z", t, gate=gate), timed.at(gate, t)
    told = functions.slope_at(chosen, letters, (z, timed.value(gate, t)), timed.view)
    return Part(
        timed.delta(t, gate=gate, is_factor=False),
        rf"{above.head} \cdot {partner.symbols} \cdot {told.symbols}",
        rf"{coloured('backward', factor(above.value, d))} \cdot {partner.numbers} \cdot {told.numbers}",
        float(timed.wrote("dz")[row]),
    )


def _link(timed: Timed, letter: str, t: int) -> Part:
    """Return a recorded quantity as a factor."""
    value = timed.value(letter, t)
    return Part("", timed.at(letter, t), factor(value, timed.view.digits), value)


def _lstm_links(timed: Timed, gate: str) -> tuple[Part, Part]:
    """Return the gradient that reaches a gate, and what the gate was multiplied by."""
    t = timed.t
    if gate == "o":
        c, chosen = timed.value("c", t), timed.chosen("activation")
        told = functions.value_at(chosen, timed.at("c", t), c, timed.view)
        return _above(timed, "h"), Part("", told.symbols, told.numbers, functions.activated(chosen, c))
    partner = {"i": ("g", t), "f": ("c", t - 1), "g": ("i", t)}[gate]
    return _above(timed, "c"), _link(timed, *partner)


def _gru_links(timed: Timed, gate: str) -> tuple[Part, Part]:
    t, d = timed.t, timed.view.digits
    if gate == "r":
        candidate = Part(timed.delta(t, gate="g"), "", "", float(timed.wrote("dz")[timed.row("g")]))
        q = float(timed.values("q", t)[timed.row("g")])
        return candidate, Part("", timed.at("q", t, gate="g"), factor(q, d), q)
    if gate == "g":
        u = timed.value("u", t)
        return _above(timed, "h"), Part("", f"(1 - {timed.at('u', t)})", f"({difference(1, u, d)})", 1 - u)
    before, g = timed.value("h", t - 1), timed.value("g", t)
    symbols = f"({timed.at('h', t - 1)} - {timed.at('g', t)})"
    return _above(timed, "h"), Part("", symbols, f"({difference(before, g, d)})", before - g)


def _above(timed: Timed, letter: str) -> Part:
    return Part(slope_of_loss(timed.view, timed.at(letter, timed.t)), "", "", timed.value(f"d{letter}", timed.t))


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
