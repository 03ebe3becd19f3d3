"""Convolutions told: a cell of a map, the gradient of one weight of a kernel, the gradient of one pixel."""

import numpy as np

from dlviz.core.narration.backward import so_far
from dlviz.core.narration.number import Term, caption, coloured, cut, evaluated, factor, number, products, written
from dlviz.core.narration.places import before_it, entry_place, focused_cell, numbers_at, position_of, windows_at
from dlviz.core.narration.symbols import activation, activation_at, bias, delta, marked, slope_of_loss, weight
from dlviz.core.narration.view import FloatArray, Narration, View, clamp
from dlviz.i18n import tr


def convolve(view: View) -> Narration:
    """Tell z of one cell: patch times kernel, summed, plus the bias of the map."""
    node, own, d = view.step.node, view.layer.owner, view.digits
    which, row, column = cell = focused_cell(view, view.layer)
    patch = windows_at(view, view.layer).reads(row, column)
    kernel, inputs = view.weights(own)[which], numbers_at(view, patch)
    terms = products(kernel.reshape(-1), inputs, position_of(view.focus.source, patch), d)
    symbols = _kernel_sum(view, cell)
    biases = view.biases(own)
    sentence = tr("Lay the kernel on this patch, multiply cell by cell and add the products.")
    if biases is not None:
        terms.append(Term(factor(biases[which], d), float(biases[which])))
        symbols += f" + {caption(bias(view, own, which), tr('bias'))}"
        sentence = tr("Lay the kernel on this patch, multiply cell by cell, add the products and the bias.")
    z = float(view.wrote(f"{node}.z")[(view.sample, *cell)])
    shown = evaluated(terms, d) if len(terms) > 1 else ""
    head = marked(view, "z", node, *cell)
    return Narration(f"{head} = {symbols}", written(terms), number(z, d), sentence, (z,), shown)


def _kernel_sum(view: View, cell: tuple[int, ...]) -> str:
    """Write Σ w_{1kij} x_{k,r+i,c+j} with the cell's own place put in."""
    plan = windows_at(view, view.layer)
    starts = [at * step - edge[0] for at, step, edge in zip(cell[1:], plan.stride, plan.edges, strict=True)]
    places = [_line(1, letter, start) for letter, start in zip("ij", starts, strict=True)]
    kernel = weight(view, view.layer.owner, cell[0], "k", "i", "j")
    return rf"\sum_{{k,i,j}} {kernel} {activation_at(view, view.sources()[0], 'k', *places)}"


def _line(slope: int, letter: str, constant: int) -> str:
    """Write slope · letter + constant as an index: `2r-1`, `i`, `4-r`."""
    if slope < 0:
        return f"{constant}-{'' if slope == -1 else -slope}{letter}"
    head = f"{'' if slope == 1 else slope}{letter}"
    return head if constant == 0 else f"{head}{constant:+d}"


def kernel_gradient(view: View) -> Narration:
    """Tell the gradient of one weight: errors times what the weight met, over all positions and examples."""
    node, own, d = view.step.node, view.layer.owner, view.digits
    if view.focus.parameter == f"{own}.b" and f"{own}.db" in view.step.writes:
        return _bias_gradient(view)
    which, channel, down, right = place = entry_place(view, f"{own}.W")
    errors = view.read(f"{node}.dz")[:, which]
    met = _met(view, channel, down, right)
    keep = int(np.ravel_multi_index((view.sample, *focused_cell(view, view.layer)[1:]), errors.shape))
    earlier = before_it(view, f"{own}.dW", place)
    terms = earlier + products(errors.reshape(-1), met.reshape(-1), keep, d, "backward")
    value = float(view.wrote(f"{own}.dW")[place])
    plan = windows_at(view, view.layer)
    lines = zip(plan.stride, "rc", (down, right), plan.edges, strict=True)
    places = [_line(step, letter, at + 1 - step - edge[0]) for step, letter, at, edge in lines]
    error = caption(delta(view, node, which, "r", "c"), tr("error"))
    source = caption(activation_at(view, view.sources()[0], channel, *places), tr("input"))
    left = slope_of_loss(view, weight(view, own, *place))
    right_side = rf"\sum_{{{_over(view)}r,c}} {error} \cdot {source}"
    return summed(view, left, right_side, terms, earlier, value, tr(
        "The weight serves at every position: add error times input over all of them."
    ))  # fmt: skip


def _met(view: View, channel: int, down: int, right: int) -> FloatArray:
    """Return what one cell of the kernel meets at every position: (n, rows, columns)."""
    plan = windows_at(view, view.layer)
    images = view.rows(view.sources()[0]).reshape(view.n, *plan.image)[:, channel : channel + 1]
    padded = np.pad(images, ((0, 0), (0, 0), *plan.edges))
    return np.asarray(plan.cell(np.moveaxis(padded, 0, -1), down, right)[0].transpose(2, 0, 1))


def _over(view: View) -> str:
    return "n," if view.n > 1 else ""


def _bias_gradient(view: View) -> Narration:
    node, own, d = view.step.node, view.layer.owner, view.digits
    cell = focused_cell(view, view.layer)
    errors = view.read(f"{node}.dz")[:, cell[0]]
    keep = int(np.ravel_multi_index((view.sample, *cell[1:]), errors.shape))
    flat = errors.reshape(-1)
    earlier = before_it(view, f"{own}.db", cell[:1])
    terms = earlier + cut(flat, lambda k: coloured("backward", factor(flat[k], d)), keep, d)
    error = caption(delta(view, node, cell[0], "r", "c"), tr("error"))
    left, right = slope_of_loss(view, bias(view, own, cell[0])), rf"\sum_{{{_over(view)}r,c}} {error}"
    value = float(view.wrote(f"{own}.db")[cell[0]])
    return summed(view, left, right, terms, earlier, value, tr(
        "The bias is added at every position: add the errors of its map."
    ))  # fmt: skip


def summed(
    view: View, left: str, right: str, terms: list[Term], earlier: list[Term], value: float, sentence: str
) -> Narration:
    """Tell a gradient that is a sum, added to what was there before."""
    shown = evaluated(terms, view.digits) if len(terms) > 1 else ""
    front = f"{so_far()} + " if earlier else ""
    return Narration(f"{left} = {front}{right}", written(terms), number(value, view.digits), sentence, (value,), shown)


def image_gradient(view: View) -> Narration:
    """Tell the gradient of one pixel: the errors of all cells whose patch holds it, each times its weight."""
    node, own, d = view.step.node, view.layer.owner, view.digits
    plan, name = windows_at(view, view.layer), next(iter(view.step.writes))
    gradients = view.columns(name)
    unit = clamp(view.focus.source, gradients.shape[1])
    channel, row, column = (int(index) for index in np.unravel_index(unit, plan.image))
    errors, kernels = view.read(f"{node}.dz")[view.sample], view.weights(own)
    met = list(plan.readers(row, column))
    met_errors = [errors[f][cell] for f in range(len(kernels)) for cell, _ in met]
    links = [kernels[f, channel][place] for f in range(len(kernels)) for _, place in met]
    earlier = before_it(view, name, (view.sample, channel, row, column))
    terms = earlier + products(met_errors, links, 0, d, "backward")
    lines = zip(plan.stride, "rc", (row, column), plan.edges, strict=True)
    places = [_line(-step, letter, at + 1 + step + edge[0]) for step, letter, at, edge in lines]
    link = caption(weight(view, own, "f", channel, *places), tr("link"))
    error = caption(delta(view, node, "f", "r", "c"), tr("error"))
    left = slope_of_loss(view, activation(view, view.sources()[0], unit))
    return summed(view, left, rf"\sum_{{f,r,c}} {error} \cdot {link}", terms, earlier, float(
        gradients[view.sample, unit]
    ), tr("Every patch that holds this number brings back its error times the weight it met."))  # fmt: skip
