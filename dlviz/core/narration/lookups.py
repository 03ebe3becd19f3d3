"""Embeddings and flatten told: numbers that are looked up or only change their place."""

import numpy as np

from dlviz.core.narration.backward import passed_down
from dlviz.core.narration.images import summed
from dlviz.core.narration.number import caption, coloured, cut, factor, number
from dlviz.core.narration.places import before_it, row_place
from dlviz.core.narration.symbols import activation, indexed, marked, slope_of_loss, weight
from dlviz.core.narration.view import Narration, View, clamp
from dlviz.i18n import tr


def flatten(view: View) -> Narration:
    """Tell which number of a map a unit is."""
    node, source = view.step.node, view.sources()[0]
    values = view.rows(source)[view.sample]
    unit = clamp(view.focus.unit, len(values))
    a = float(view.columns(f"{node}.a")[view.sample, unit])
    symbols = f"{indexed(view, 'a', node, unit)} = {activation(view, source, unit)}"
    sentence = tr("The same numbers, row by row and map by map, in one column.")
    return Narration(symbols, factor(values[unit], view.digits), number(a, view.digits), sentence, (a,))


def flatten_backward(view: View) -> Narration:
    """Tell that a number of a map gets the gradient of the unit it became."""
    name = next(iter(view.step.writes))
    unit = clamp(view.focus.source, view.columns(name).shape[1])
    return passed_down(view, name, unit, unit, tr("Each unit's gradient goes back to where it came from."))


def look_up(view: View) -> Narration:
    """Tell which entry of the matrix a number of the data picks."""
    node, own = view.step.node, view.layer.owner
    row, column = row_place(view, view.layer)
    values = view.columns(f"{node}.a")[view.sample]
    unit = clamp(view.focus.unit, len(values))
    a = float(values[unit])
    picked = caption(weight(view, own, row, column), tr("row {row} of W", row=row + 1))
    shown = factor(float(view.weights(own)[row, column]), view.digits)
    sentence = tr("The number of the data says which row of the matrix stands for it.")
    return Narration(f"{indexed(view, 'a', node, unit)} = {picked}", shown, number(a, view.digits), sentence, (a,))


def embedding_gradient(view: View) -> Narration:
    """Tell the gradient of one entry: those of all places where its row was looked up."""
    node, own, d = view.step.node, view.layer.owner, view.digits
    row, column = place = row_place(view, view.layer)
    ids = view.rows(view.sources()[0])
    gradients = view.read(f"{node}.da").reshape(*ids.shape, -1)[ids == row, column]
    before = int(np.sum(ids.reshape(-1)[: view.sample * ids.shape[1]] == row))
    earlier = before_it(view, f"{own}.dW", place)
    terms = earlier + cut(gradients, lambda k: coloured("backward", factor(gradients[k], d)), before, d)
    above = slope_of_loss(view, marked(view, "a", node, "p", column))
    value = float(view.wrote(f"{own}.dW")[place])
    sentence = tr("Add the gradients of all places where this row was looked up.")
    right = rf"\sum_{{x_p={row}}} {above}"
    return summed(view, slope_of_loss(view, weight(view, own, row, column)), right, terms, earlier, value, sentence)
