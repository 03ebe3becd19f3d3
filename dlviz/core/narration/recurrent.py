"""Forward steps of recurrent layers told: sums over input and state, gates, cells and states."""

from dlviz.core.narration import functions
from dlviz.core.narration.number import Term, caption, difference, evaluated, factor, number, products, written
from dlviz.core.narration.timed import Part, Timed, together
from dlviz.core.narration.view import Narration, View
from dlviz.i18n import tr

MAX_SYMBOLS = 3  # inputs that are written out as symbols before a Σ stands for them


def recurrent_sum(view: View) -> Narration:
    """Tell z = W x + U h + b of one unit: what comes in now and what is remembered."""
    timed = Timed(view)
    sentence = tr("Weigh what comes in now and the state from before, with the same weights at every time.")
    if len(timed.gates) > 1:
        sentence += " " + tr("Every gate has weights of its own; this is the sum of gate {gate}.", gate=timed.gates[0])
    return _sum(timed, "z", ("W", "U"), "b", sentence)


def input_sum(view: View) -> Narration:
    """Tell p = W x + b of one unit's reset gate."""
    return _sum(Timed(view), "p", ("W",), "b", tr("Weigh what comes in now; this is the share of gate r."))


def state_sum(view: View) -> Narration:
    """Tell q = U h + b_U of one unit's reset gate."""
    return _sum(Timed(view), "q", ("U",), "bu", tr("Weigh the state from before; this is the share of gate r."))


def _sum(timed: Timed, short: str, matrices: tuple[str, ...], bias: str, sentence: str) -> Narration:
    gate, t, d = timed.gates[0], timed.t, timed.view.digits
    row = timed.row(gate)
    terms, symbols = [], []
    for matrix in matrices:
        reads = timed.inputs(t) if matrix == "W" else timed.values("h", t - 1)
        terms += products(timed.weights(matrix)[row], reads, 0, d)
        symbols.append(_products_in_symbols(timed, matrix, row, len(reads)))
    biases = timed.parameter(bias)
    if biases is not None:
        terms.append(Term(factor(biases[row], d), float(biases[row])))
        symbols.append(caption(timed.letter(bias, row), tr("bias")))
    value = float(timed.wrote(short)[row])
    shown = evaluated(terms, d) if len(terms) > 1 else ""
    head = timed.at(short, t, gate=gate)
    return Narration(f"{head} = {' + '.join(symbols)}", written(terms), number(value, d), sentence, (value,), shown)


def _products_in_symbols(timed: Timed, matrix: str, row: int, count: int) -> str:
    def term(k: int | str) -> str:
        read = timed.input_letter(timed.t, k) if matrix == "W" else timed.at("h", timed.t - 1, k)
        return f"{timed.letter(matrix, row, k)} {read}"

    if count <= MAX_SYMBOLS:
        return " + ".join(term(k) for k in range(count))
    return rf"\sum_{{k=1}}^{{{count}}} {term('k')}"


def recurrent_activate(view: View) -> Narration:
    """Tell h = φ(z) of one unit of a simple recurrent layer."""
    timed = Timed(view)
    h = timed.result("h")
    told = functions.value_at(timed.chosen("activation"), timed.at("z", timed.t), timed.value("z", timed.t), view)
    return Narration(
        f"{timed.at('h', timed.t)} = {told.symbols}", told.numbers, number(h, view.digits), told.sentence, (h,)
    )


def gates(view: View) -> Narration:
    """Tell the gates of one unit: how open each of them is."""
    timed = Timed(view)
    sums = [timed.values("z", timed.t)] if timed.layer.kind == "lstm" else [timed.values(s, timed.t) for s in "pq"]
    letters = timed.gates if timed.layer.kind == "lstm" else timed.gates[:2]
    sentence = tr("A gate lets a share between 0 and 1 through; g is what could be taken in.")
    if timed.layer.kind == "gru":
        sentence = tr("r says how much of the old state counts for the candidate, u how much of it stays.")
    parts = [_gate(timed, gate, float(sum(each[timed.row(gate)] for each in sums))) for gate in letters]
    return together(parts, sentence, view.digits)


def _gate(timed: Timed, gate: str, z: float) -> Part:
    chosen = timed.chosen("activation" if gate == "g" else "recurrent_activation")
    value = timed.result(gate)
    p, q, z_letter = (timed.at(letter, timed.t, gate=gate) for letter in "pqz")
    letter_z = z_letter if timed.layer.kind == "lstm" else f"({p} + {q})"
    told = functions.value_at(chosen, letter_z, z, timed.view)
    return Part(timed.at(gate, timed.t), told.symbols, told.numbers, value)


def cell_update(view: View) -> Narration:
    """Tell c = f c_before + i g of one unit."""
    timed, d = Timed(view), view.digits
    t = timed.t
    f, before, i, g = (timed.value(*each) for each in (("f", t), ("c", t - 1), ("i", t), ("g", t)))
    terms = [*products([f], [before], 0, d), *products([i], [g], 0, d)]
    kept = caption(f"{timed.at('f', t)} {timed.at('c', t - 1)}", tr("kept"))
    taken = caption(f"{timed.at('i', t)} {timed.at('g', t)}", tr("taken in"))
    c = timed.result("c")
    sentence = tr("Keep a share of the old cell and add a share of the candidate.")
    head = timed.at("c", t)
    return Narration(f"{head} = {kept} + {taken}", written(terms), number(c, d), sentence, (c,), evaluated(terms, d))


def cell_output(view: View) -> Narration:
    """Tell h = o φ(c) of one unit."""
    timed, d = Timed(view), view.digits
    o, c, h = timed.value("o", timed.t), timed.value("c", timed.t), timed.result("h")
    told = functions.value_at(timed.chosen("activation"), timed.at("c", timed.t), c, view)
    symbols = rf"{timed.at('h', timed.t)} = {timed.at('o', timed.t)} \cdot {told.symbols}"
    sentence = tr("Squash the cell and show as much of it as the output gate lets through.")
    return Narration(symbols, rf"{factor(o, d)} \cdot {told.numbers}", number(h, d), sentence, (h,))


def candidate(view: View) -> Narration:
    """Tell g = φ(p + r q) of one unit: what the new state could be."""
    timed, d = Timed(view), view.digits
    t, row = timed.t, timed.row("g")
    r, q, p = timed.value("r", t), float(timed.values("q", t)[row]), float(timed.values("p", t)[row])
    g, z = timed.result("g"), float(timed.wrote("z")[row])
    reset = rf"{timed.at('r', t)} \cdot {timed.at('q', t, gate='g')}"
    told = functions.value_at(timed.chosen("activation"), f"{timed.at('p', t, gate='g')} + {reset}", z, view)
    sums = Part(
        timed.at("z", t, gate="g"), f"{timed.at('p', t, gate='g')} + {reset}",
        rf"{number(p, d)} + {factor(r, d)} \cdot {factor(q, d)}", z,
    )  # fmt: skip
    sentence = tr("The reset gate scales what the old state says before it is added.")
    return together((sums, Part(timed.at("g", t), told.symbols, told.numbers, g)), sentence, d)


def state_update(view: View) -> Narration:
    """Tell h = (1 − u) g + u h_before of one unit."""
    timed, d = Timed(view), view.digits
    t = timed.t
    u, g, before, h = timed.value("u", t), timed.value("g", t), timed.value("h", t - 1), timed.result("h")
    terms = [
        Term(rf"({difference(1, u, d)}) \cdot {factor(g, d)}", (1 - u) * g),
        Term(rf"{factor(u, d)} \cdot {factor(before, d)}", u * before),
    ]
    new = caption(rf"(1 - {timed.at('u', t)}) {timed.at('g', t)}", tr("new"))
    kept = caption(f"{timed.at('u', t)} {timed.at('h', t - 1)}", tr("kept"))
    sentence = tr("The update gate blends the candidate with the old state.")
    head = timed.at("h", t)
    return Narration(f"{head} = {new} + {kept}", written(terms), number(h, d), sentence, (h,), evaluated(terms, d))


def passed_on(view: View) -> Narration:
    """Tell which state a value that the layer passes on is."""
    timed = Timed(view)
    is_last = view.step.op == "last_state"
    count = len(view.step.reads)
    place = timed.unit if is_last else min(max(view.focus.unit, 0), count * timed.units - 1)
    time, unit = divmod(place, timed.units)
    state = view.rows(view.step.reads[time])[view.sample, unit]
    a = float(view.columns(f"{view.step.node}.a")[view.sample, place])
    sentence = tr("Pass on the last state.") if is_last else tr("Pass on the states of all time steps.")
    t = int(view.step.reads[time].split(".")[1].removeprefix("t"))
    symbols = f"{view.symbols.at('a', timed.layer.owner, place)} = {timed.at('h', t, unit)}"
    return Narration(symbols, number(state, view.digits), number(a, view.digits), sentence, (a,))
