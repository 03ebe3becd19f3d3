"""The loss told, and the first gradients: of the outputs, and of their sums where the two steps are one."""

from collections.abc import Sequence
from dataclasses import replace

from dlviz.core.activations import resolve
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.narration.cost import (
    Cost,
    Pair,
    cost,
    error_letters,
    error_numbers,
    scale_letters,
    scale_numbers,
    settings,
    targets,
    times,
)
from dlviz.core.narration.number import Term, bare, bracketed, cut, factor, number, written
from dlviz.core.narration.symbols import delta, indexed, slope_of_loss
from dlviz.core.narration.view import FloatArray, Narration, View, clamp
from dlviz.core.objective import DATA_LOSS
from dlviz.i18n import tr


def loss(view: View) -> Narration:
    """Tell the loss of the batch: its convention in front, one term for each example and output."""
    a = view.rows(_output(view))
    told, d = cost(view), view.digits
    name = next(iter(view.step.writes))
    letter = _letter(view, name)
    recorded = float(view.wrote(name).reshape(-1)[0])
    shown = number(recorded, d)
    if told is None:
        return _by_name(view, f"{letter} =", "", recorded, _loss_sentence(view))
    terms = _terms(told, view, a, targets(view, a.shape[1]))
    front = scale_numbers(view, a.shape[1])
    sums = " + ".join(factor(term.value, d) for term in terms)
    middle = times(front, bracketed(sums)) if len(terms) > 1 else ""
    return Narration(
        f"{letter} = {_loss_letters(told, view, a.shape[1])}", times(front, bracketed(written(terms))), shown,
        _loss_sentence(view), (recorded,), middle,
    )  # fmt: skip


def loss_backward(view: View) -> Narration:
    """Tell dL/da of one output and one example."""
    node, name = view.step.node, _output(view)
    a = view.rows(name)
    unit = clamp(view.focus.unit, a.shape[1])
    pair = _pair(view, a, unit)
    value = float(view.columns(f"{node}.da")[view.sample, unit])
    left = slope_of_loss(view, pair.letter_a)
    sentence = tr("How much does the loss move when this output moves?")
    told = cost(view)
    if told is None:
        return _by_name(view, f"{left} =", "'", value, sentence)
    front = scale_numbers(view, a.shape[1], told.gain)
    symbols = f"{left} = {times(scale_letters(view, told.gain), told.slope_letters(pair))}"
    return Narration(symbols, times(front, told.slope(pair)), number(value, view.digits), sentence, (value,))


def output_error(view: View) -> Narration:
    """Tell dL/dz of one output where loss and activation cancel to a − y."""
    node, name = view.step.node, _output(view)
    a = view.rows(name)
    unit = clamp(view.focus.unit, a.shape[1])
    pair = _pair(view, a, unit)
    of_unit = resolve(view.activation, node)[1]
    steepness = of_unit.get("slope", 1.0) / of_unit.get("temperature", 1.0)
    front = scale_numbers(view, a.shape[1], steepness)
    value = float(view.columns(f"{node}.dz")[view.sample, unit])
    symbols = (
        f"{delta(view, node, unit, is_factor=False)} = {times(scale_letters(view, steepness), error_letters(pair))}"
    )
    numbers = times(front, error_numbers(pair))
    sentence = tr("The slopes of loss and activation cancel: the error is output minus target.")
    return Narration(symbols, numbers, number(value, view.digits), sentence, (value,))


def _output(view: View) -> str:
    return f"{view.output}.a"


def _letter(view: View, name: str) -> str:
    """Write the letter of a loss: L alone, D where penalties are added, L with the output's id of several."""
    if name in ("loss", DATA_LOSS):
        return "D" if name == DATA_LOSS else view.plan.notation.loss
    return view.symbols.loss_of(view.output)


def _pair(view: View, a: FloatArray, unit: int) -> Pair:
    node = view.output
    y = targets(view, a.shape[1])
    letters = indexed(view, "a", node, unit), view.symbols.target(unit)
    numbers = float(a[view.sample, unit]), float(y[view.sample, unit])
    return Pair(*numbers, view.digits, *letters, settings(view), view.plan.notation.is_reversed)


def _by_name(view: View, left: str, prime: str, value: float, sentence: str) -> Narration:
    """Tell a loss that has no narrator of its own by its name and what was recorded."""
    name = rf"\text{{{resolve_loss(view.loss.choice)[0].title}}}"
    shown = number(value, view.digits)
    letters = f"{view.symbols.bare('a')}, {view.plan.notation.target}"
    return Narration(f"{left} {name}{prime}({letters})", shown, shown, sentence, (value,))


def _terms(told: Cost, view: View, a: FloatArray, y: FloatArray) -> list[Term]:
    """Return the terms of the sample looked at first, then those of the others, cut where there are many."""
    order = [view.sample, *(row for row in range(view.n) if row != view.sample)]
    told_with, is_reversed = settings(view), view.plan.notation.is_reversed
    pairs = (
        Pair(float(a[i, j]), float(y[i, j]), view.digits, settings=told_with, is_reversed=is_reversed)
        for i in order
        for j in range(a.shape[1])
    )
    found: Sequence[Term | None] = [told.value(pair) for pair in pairs]
    terms = [term for term in found if term is not None]
    return cut([term.value for term in terms], lambda place: terms[place].latex, 0, view.digits)


def _loss_letters(told: Cost, view: View, width: int) -> str:
    node = view.output
    each = view.of_each
    letters = indexed(each, "a", node, "j"), each.symbols.target("j")
    pair = Pair(0, 0, view.digits, *letters, settings(view), view.plan.notation.is_reversed)
    over = rf"\sum_{{j=1}}^{{{width}}} " if width > 1 else ""
    over = (r"\sum_{i=1}^{n} " if view.n > 1 else "") + over
    if width == 1:
        pair = replace(pair, letter_a=indexed(each, "a", node, 0), letter_y=each.symbols.target(0))
    front = scale_letters(view)
    return f"{front} {over}{told.letters(pair)}" if front or over else bare(told.letters(pair))


def _loss_sentence(view: View) -> str:
    if view.n == 1:
        return tr("One number for how far the outputs are from the targets.")
    if settings(view)["reduction"] == "mean":
        return tr("How far the outputs are from the targets: the mean over {n} examples.", n=view.n)
    return tr("How far the outputs are from the targets: the sum over {n} examples.", n=view.n)
