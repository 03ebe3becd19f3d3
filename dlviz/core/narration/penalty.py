"""Regularizers told: penalties in the loss and in the gradient, their sum, and norms that are cut."""

import numpy as np

from dlviz.core.inference import parameters
from dlviz.core.narration.number import Term, coloured, cut, exact, factor, number, written
from dlviz.core.narration.symbols import slope_of_loss
from dlviz.core.narration.view import FloatArray, Narration, View, clamp
from dlviz.core.objective import DATA_LOSS
from dlviz.core.regularizers import Settings, Shares, resolve
from dlviz.i18n import tr

PENALTY = ".penalty"  # how the recorded name of a penalty ends
SQUARE_FRONTS = {"sum": "{}", "half": r"\frac{{{}}}{{2}}", "mean": r"\frac{{{}}}{{2n}}"}
SLOPE_FRONTS = {"sum": "2 {}", "half": "{}", "mean": r"\frac{{{}}}{{n}}"}
MAGNITUDE_FRONTS = {"sum": "{}", "mean": r"\frac{{{}}}{{n}}"}


def penalty(view: View) -> Narration:
    """Tell the penalty of one weight matrix: strength times the sum over its weights."""
    name, d = view.step.reads[0], view.digits
    weights, shares = view.read(name).reshape(-1), _shares(view)
    value = float(view.wrote(f"{name}{PENALTY}"))
    squares = cut(weights**2, lambda place: f"{factor(weights[place], d)}^2", 0, d)
    sizes = cut(abs(weights), lambda place: number(abs(weights[place]), d), 0, d)
    parts = [rf"{exact(shares.square)} \cdot [{written(squares)}]"] if shares.square else []
    parts += [rf"{exact(shares.absolute)} \cdot [{written(sizes)}]"] if shares.absolute else []
    told = _letters(view, SQUARE_FRONTS, r"\sum w^2", r"\sum |w|")
    sentence = tr("Large weights cost something, too: the penalty joins the loss.")
    symbols = f"{_part_letter(view, f'{name}{PENALTY}')} = {told}"
    return Narration(symbols, " + ".join(parts) or "0", number(value, d), sentence, (value,))


def penalty_gradient(view: View) -> Narration:
    """Tell what the penalty adds to the gradient of one weight."""
    name, slot, d = view.step.reads[0], next(iter(view.step.writes)), view.digits
    place, shares = _place(view, view.read(name)), _shares(view)
    weight, value = float(view.read(name)[place]), float(view.wrote(slot)[place])
    before, letter = view.before(slot), _letter(view, name, place)
    slope = slope_of_loss(view, letter)
    parts = [] if before is None else [coloured("backward", factor(float(before[place]), d))]
    parts += [rf"{exact(2 * shares.square)} \cdot {factor(weight, d)}"] if shares.square else []
    parts += [rf"{exact(shares.absolute)} \cdot {factor(float(np.sign(weight)), d)}"] if shares.absolute else []
    told = _letters(view, SLOPE_FRONTS, letter, rf"\mathrm{{sign}}({letter})")
    symbols = rf"{slope} \leftarrow {told if before is None else f'{slope} + {told}'}"
    return Narration(symbols, " + ".join(parts) or "0", number(value, d), _pull(view, shares), (value,))


def _pull(view: View, shares: Shares) -> str:
    """Say what the penalty does to a weight in a step: under plain descent it leaves a fixed share of it."""
    if shares.absolute or view.plan.clip is not None or not np.isfinite(view.trace.lr):
        return tr("The penalty pulls every weight towards zero.")
    if view.plan.optimizer.kind != "sgd":
        return tr("The penalty pulls every weight towards zero; the optimizer rescales this pull like any gradient.")
    kept = 1 - view.trace.lr * 2 * shares.square
    return tr("The penalty pulls every weight towards zero: each step keeps {share} of it.", share=f"{kept:.5g}")


def total_loss(view: View) -> Narration:
    """Tell the sum of the losses of all outputs and of the penalties."""
    d = view.digits
    terms = [Term(factor(part, d), part) for part in (float(view.read(name)) for name in view.step.reads)]
    value = float(view.wrote("loss"))
    symbols = " + ".join(_part_letter(view, name) for name in view.step.reads)
    sentence = tr("What training makes small is the sum of all of these.")
    return Narration(f"{view.plan.notation.loss} = {symbols}", written(terms), number(value, d), sentence, (value,))


def max_norm(view: View) -> Narration:
    """Tell how the weights into one unit are shortened where their norm is too large."""
    name, d = view.step.reads[0], view.digits
    weights, limit = view.read(name), _limit(view)
    place = _place(view, weights)
    row, value = weights[place[0]].reshape(-1), float(view.wrote(name)[place])
    letter, shown = _letter(view, name, place), factor(float(weights[place]), d)
    symbols = rf"{letter} \leftarrow {letter} \cdot \min(1, \frac{{c}}{{\sqrt{{\sum_k w_k^2}}}})"
    sentence = tr("Where the weights into a unit are longer than c, they are shortened to it.")
    if {name, view.step.layer} & set(view.plan.frozen) or not row.any():
        return Narration(symbols, shown, number(value, d), sentence, (value,))
    squares = cut(row**2, lambda k: f"{factor(row[k], d)}^2", 0, d)
    numbers = rf"{shown} \cdot \min(1, \frac{{{exact(limit)}}}{{\sqrt{{{written(squares)}}}}})"
    return Narration(symbols, numbers, number(value, d), sentence, (value,))


def _regularizer(view: View) -> tuple[str, Settings, Shares]:
    chosen = next(each for each in parameters(view.plan.network) if each.name == view.step.reads[0]).regularizer
    entry, settings = resolve(chosen)
    return entry.key, settings, entry.shares(settings, view.n)


def _shares(view: View) -> Shares:
    return _regularizer(view)[2]


def _limit(view: View) -> float:
    return float(_regularizer(view)[1]["limit"])


def _letters(view: View, square_fronts: dict[str, str], square: str, magnitude: str) -> str:
    """Write both parts of a penalty in letters: λ Σ w², or λ₂ Σ w² + λ₁ Σ|w| where there are two."""
    key, settings, _ = _regularizer(view)
    scale, is_both = settings["scale"], key == "elastic_net"
    strengths = [rf"\lambda_{{{number}}}" if is_both else r"\lambda" for number in (2, 1)]
    parts = [] if key == "l1" else [f"{square_fronts[scale].format(strengths[0])} {square}"]
    parts += [] if key == "l2" else [f"{MAGNITUDE_FRONTS[scale].format(strengths[1])} {magnitude}"]
    return " + ".join(parts)


def _part_letter(view: View, name: str) -> str:
    """Write a term of the total loss: D for the data, L with the output's name, Ω with the weights'."""
    if name == DATA_LOSS:
        return "D"
    if not name.endswith(PENALTY):
        return view.symbols.loss_of(name.rpartition(".")[0])
    layer, _, role = name.removesuffix(PENALTY).partition(".")
    return rf"\Omega_{{{role}}}^{{{view.symbols.mark(layer)}}}"


def _place(view: View, weights: FloatArray) -> tuple[int, ...]:
    wanted = (view.focus.unit, view.focus.source, *[0] * weights.ndim)[: weights.ndim]
    return tuple(clamp(index, count) for index, count in zip(wanted, weights.shape, strict=True))


def _letter(view: View, name: str, place: tuple[int, ...]) -> str:
    return view.symbols.entry(name, *place)
