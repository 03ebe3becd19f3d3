"""Backward steps told: errors through activations, gradients of weights, gradients passed down."""

from dataclasses import replace

from dlviz.core.activations import resolve
from dlviz.core.narration import functions
from dlviz.core.narration.chain import written_out
from dlviz.core.narration.number import (
    Term,
    caption,
    coloured,
    cut,
    evaluated,
    exact,
    factor,
    number,
    products,
    written,
)
from dlviz.core.narration.places import before_it
from dlviz.core.narration.symbols import activation, bias, delta, indexed, slope_of_loss, weight
from dlviz.core.narration.view import Narration, View, clamp
from dlviz.i18n import tr


def activate_backward(view: View) -> Narration:
    """Tell dL/dz = dL/da · φ′(z) of one unit and one example."""
    node, d, i = view.step.node, view.digits, view.sample
    gradients = view.rows(f"{node}.da")[i]
    unit = clamp(view.focus.unit, len(gradients))
    if not resolve(view.activation, node)[0].is_elementwise:
        return _softmax_backward(view, unit)
    z = float(view.rows(f"{node}.z")[i, unit])
    told = functions.slope(view, z, float(view.rows(f"{node}.a")[i, unit]), unit)
    value = float(view.columns(f"{node}.dz")[i, unit])
    left, above = delta(view, node, unit, is_factor=False), slope_of_loss(view, indexed(view, "a", node, unit))
    symbols = rf"{left} = {caption(above, tr('from above'))} \cdot {caption(told.symbols, tr('slope'))}"
    numbers = rf"{coloured('backward', factor(gradients[unit], d))} \cdot {told.numbers}"
    return Narration(symbols, numbers, number(value, d), told.sentence, (value,))


def weight_gradient(view: View) -> Narration:
    """Tell the gradient of one weight or bias: error times input, summed over the batch."""
    node, own = view.step.node, view.owner(view.step.node)
    if view.focus.parameter == f"{own}.b" and f"{own}.db" in view.step.writes:
        return _bias_gradient(view)
    source = view.sources()[0]
    gradient = view.wrote(f"{own}.dW")
    unit, k = clamp(view.focus.unit, gradient.shape[0]), clamp(view.focus.source, gradient.shape[1])
    errors, inputs = view.rows(f"{node}.dz")[:, unit], view.rows(source)[:, k]
    earlier = before_it(view, f"{own}.dW", (unit, k))
    terms = earlier + products(errors, inputs, view.sample, view.digits, "backward")
    each = view.of_each
    right = (
        rf"{caption(delta(each, node, unit), tr('error'))} \cdot {caption(activation(each, source, k), tr('input'))}"
    )
    right = (f"{so_far()} + " if earlier else "") + right
    told = _gathered(view, weight(view, node, unit, k), right, terms, float(gradient[unit, k]))
    return _with_chain(view, told, unit, k)


def input_gradient(view: View) -> Narration:
    """Tell the gradient of one input of a layer: the errors above it, each times its link."""
    node, i, name = view.step.node, view.sample, written_gradient(view)
    gradients = view.columns(name)
    k = clamp(view.focus.source, gradients.shape[1])
    weights, errors = view.weights(node)[:, k], view.rows(f"{node}.dz")[i]
    earlier = already_there(view, name, k)
    keep = clamp(view.focus.unit, len(errors))
    terms = earlier + products(errors, weights, keep, view.digits, "backward")
    value = float(gradients[i, k])
    sentence = tr("Every link that leaves this unit brings back a share of the error; add them.")
    shown = evaluated(terms, view.digits) if len(terms) > 1 else ""
    left = slope_of_loss(view, activation(view, view.slot(name.removesuffix(".da")), k))
    right = (f"{so_far()} + " if earlier else "") + _errors_down(view, node, k, len(errors))
    return Narration(f"{left} = {right}", written(terms), number(value, view.digits), sentence, (value,), shown)


def add_backward(view: View) -> Narration:
    """Tell how the gradient of a sum reaches one unit of a branch."""
    name = written_gradient(view)
    unit = clamp(view.focus.source, view.columns(name).shape[1])
    return passed_down(view, name, unit, unit, tr("A sum passes its gradient to every branch unchanged."))


def concatenate_backward(view: View) -> Narration:
    """Tell how the gradient of a joined unit returns to where it came from."""
    name = written_gradient(view)
    unit = clamp(view.focus.source, view.columns(name).shape[1])
    above = _first_row(view, name) + unit
    return passed_down(view, name, unit, above, tr("Each unit's gradient goes back to where it came from."))


def _first_row(view: View, name: str) -> int:
    """Return where a branch begins in the joined layer; a branch joined twice has one step for each time."""
    slots = view.sources()
    earlier = view.trace.steps[: view.position]
    nth = sum(each.node == view.step.node and each.op == view.step.op and name in each.writes for each in earlier)
    places = [place for place, slot in enumerate(slots) if slot.removesuffix(".a") == name.removesuffix(".da")]
    return sum(view.rows(slot).shape[1] for slot in slots[: places[nth]])


def passed_down(view: View, name: str, unit: int, above: int, sentence: str) -> Narration:
    """Tell a gradient that reaches a unit as it stands at a unit above."""
    node, i, d = view.step.node, view.sample, view.digits
    value = float(view.columns(name)[i, unit])
    gradient = float(view.rows(f"{node}.da")[i, above])
    terms = [*already_there(view, name, unit), Term(coloured("backward", factor(gradient, d)), gradient)]
    right = (f"{so_far()} + " if len(terms) > 1 else "") + slope_of_loss(view, indexed(view, "a", node, above))
    letter = activation(view, view.slot(name.removesuffix(".da")), unit)
    symbols = f"{slope_of_loss(view, letter)} = {right}"
    return Narration(symbols, written(terms), number(value, d), sentence, (value,))


def already_there(view: View, name: str, unit: int) -> list[Term]:
    """Return what earlier steps wrote into a gradient that this step adds to."""
    earlier = view.before(name)
    if earlier is None:
        return []
    value = float(earlier.reshape(view.n, -1)[view.sample, unit])
    return [Term(caption(factor(value, view.digits), tr("so far")), value)]


def _bias_gradient(view: View) -> Narration:
    node, name = view.step.node, f"{view.owner(view.step.node)}.db"
    gradient = view.wrote(name)
    unit = clamp(view.focus.unit, len(gradient))
    errors = view.rows(f"{node}.dz")[:, unit]

    def write(example: int) -> str:
        return coloured("backward", factor(errors[example], view.digits))

    earlier = before_it(view, name, (unit,))
    terms = earlier + cut(errors, write, view.sample, view.digits)
    right = (f"{so_far()} + " if earlier else "") + caption(delta(view.of_each, node, unit), tr("error"))
    told = _gathered(view, bias(view, node, unit), right, terms, float(gradient[unit]))
    return _with_chain(view, told, unit, None)


def _with_chain(view: View, told: Narration, unit: int, source: int | None) -> Narration:
    """Add the gradient written out by the chain rule, where there is one to write."""
    if any(layer.shares for layer in view.plan.network.layers):
        return told  # the chain of one use is not the gradient
    left = told.symbols.partition(" = ")[0]
    chain = written_out(view, left, unit, source, told.value)
    if chain is None or not chain.sentence:
        return replace(told, chain=chain)
    question = tr("How much does the loss move when this parameter moves?")
    return replace(told, chain=chain, sentence=f"{question} {chain.sentence}")


def _gathered(view: View, letter: str, right: str, terms: list[Term], value: float) -> Narration:
    """Tell a parameter's gradient: the sum of one term for each example."""
    over = r"\sum_{i=1}^{n} " if view.n > 1 else ""
    sentence = (
        tr("How much does the loss move when this parameter moves? Add over the {n} examples.", n=view.n)
        if view.n > 1
        else tr("How much does the loss move when this parameter moves? Error times input.")
    )
    shown = evaluated(terms, view.digits) if len(terms) > 1 else ""
    symbols = f"{slope_of_loss(view, letter)} = {over}{right}"
    return Narration(symbols, written(terms), number(value, view.digits), sentence, (value,), shown)


def _errors_down(view: View, node: str, source: int, count: int) -> str:
    if count > 3:
        links = caption(weight(view, node, "j", source), tr("link"))
        return rf"\sum_{{j=1}}^{{{count}}} {caption(delta(view, node, 'j'), tr('error'))} \cdot {links}"
    return " + ".join(rf"{delta(view, node, j)} \cdot {weight(view, node, j, source)}" for j in range(count))


def _softmax_backward(view: View, unit: int) -> Narration:
    """Tell δ_j = a_j (g_j − Σ g_k a_k): softmax ties every output to every sum."""
    node, i, d = view.step.node, view.sample, view.digits
    a, gradients = view.rows(f"{node}.a")[i], view.rows(f"{node}.da")[i]
    terms = products(gradients, a, unit, d)
    value = float(view.columns(f"{node}.dz")[i, unit])
    g, letter = (slope_of_loss(view, indexed(view, "a", node, j)) for j in (unit, "k"))
    head = indexed(view, "a", node, unit)
    left, each = delta(view, node, unit, is_factor=False), indexed(view, "a", node, "k")
    symbols = rf"{left} = {head} ({g} - \sum_k {letter} {each})"
    numbers = rf"{factor(a[unit], d)} \cdot [{factor(gradients[unit], d)} - ({written(terms)})]"
    temperature = float(resolve(view.activation, node)[1]["temperature"])
    if temperature != 1:
        symbols = symbols.replace(" = ", r" = \frac{1}{T} \cdot ", 1)
        numbers = rf"\frac{{1}}{{{exact(temperature)}}} \cdot {numbers}"
    sentence = tr("Softmax ties the outputs together: raising one lowers the others.")
    return Narration(symbols, numbers, number(value, d), sentence, (value,))


def so_far() -> str:
    """Write dots for what earlier steps left in a gradient."""
    return caption(r"\cdots", tr("so far"))


def written_gradient(view: View) -> str:
    """Return the name of the gradient of a node that this step writes."""
    return next(name for name in view.step.writes if name.endswith(".da"))
