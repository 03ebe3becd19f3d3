"""Forward steps told: weighted sums, activations, and layers that add or join."""

from dlviz.core.narration import functions
from dlviz.core.narration.number import Term, caption, evaluated, factor, number, products, written
from dlviz.core.narration.symbols import activation, bias, indexed, weight
from dlviz.core.narration.view import Narration, View, clamp
from dlviz.i18n import tr

MAX_SYMBOLS = 4  # inputs that are written out as symbols before a Σ stands for them


def affine(view: View) -> Narration:
    """Tell z = w x + b for one unit and one example."""
    node, source = view.step.node, view.sources()[0]
    weights, inputs = view.weights(node), view.rows(source)[view.sample]
    unit = clamp(view.focus.unit, len(weights))
    d = view.digits
    terms = products(weights[unit], inputs, clamp(view.focus.source, len(inputs)), d)
    biases = view.biases(node)
    if biases is not None:
        terms.append(Term(factor(biases[unit], d), float(biases[unit])))
    z = float(view.columns(f"{node}.z")[view.sample, unit])
    symbols = f"{indexed(view, 'z', node, unit)} = {_weighted_sum(view, source, unit, len(inputs))}"
    if biases is not None:
        symbols += f" + {caption(bias(view, node, unit), tr('bias'))}"
    sentence = (
        tr("Multiply each input by its weight, add the products, then add the bias.")
        if biases is not None
        else tr("Multiply each input by its weight and add the products.")
    )
    shown = evaluated(terms, d) if len(terms) > 1 else ""
    return Narration(symbols, written(terms), number(z, d), sentence, (z,), shown)


def activate(view: View) -> Narration:
    """Tell a = φ(z) for one unit and one example, by the function's own formula."""
    node = view.step.node
    z = view.rows(f"{node}.z")[view.sample]
    unit = clamp(view.focus.unit, len(z))
    told = functions.value(view, z, unit)
    a = float(view.columns(f"{node}.a")[view.sample, unit])
    symbols = f"{indexed(view, 'a', node, unit)} = {told.symbols}"
    return Narration(symbols, told.numbers, number(a, view.digits), told.sentence, (a,))


def add(view: View) -> Narration:
    """Tell how a layer adds the same unit of several nodes."""
    sources = view.sources()
    rows = [view.rows(name)[view.sample] for name in sources]
    unit = clamp(view.focus.unit, len(rows[0]))
    terms = [Term(factor(row[unit], view.digits), float(row[unit])) for row in rows]
    a = float(view.columns(f"{view.step.node}.a")[view.sample, unit])
    symbols = " + ".join(activation(view, name, unit) for name in sources)
    sentence = tr("Add the same unit of every branch.")
    head = indexed(view, "a", view.step.node, unit)
    return Narration(f"{head} = {symbols}", written(terms), number(a, view.digits), sentence, (a,))


def concatenate(view: View) -> Narration:
    """Tell which unit of which node a joined unit is."""
    unit = clamp(view.focus.unit, view.columns(f"{view.step.node}.a").shape[1])
    name, place = origin(view, unit)
    a = float(view.columns(f"{view.step.node}.a")[view.sample, unit])
    shown = factor(view.rows(name)[view.sample, place], view.digits)
    symbols = f"{indexed(view, 'a', view.step.node, unit)} = {activation(view, name, place)}"
    return Narration(symbols, shown, number(a, view.digits), tr("Stand the branches side by side, unchanged."), (a,))


def origin(view: View, unit: int) -> tuple[str, int]:
    """Return the slot a unit of a joined layer comes from, and its index there."""
    for name in view.sources():
        width = view.rows(name).shape[1]
        if unit < width:
            return name, unit
        unit -= width
    raise IndexError(unit)


def _weighted_sum(view: View, source: str, unit: int, count: int) -> str:
    node = view.step.node
    if count <= MAX_SYMBOLS:
        products = (f"{weight(view, node, unit, k)} {activation(view, source, k)}" for k in range(count))
        return " + ".join(products)
    term = f"{weight(view, node, unit, 'k')} {activation(view, source, 'k')}"
    return rf"\sum_{{k=1}}^{{{count}}} {term}"
