"""Batch norm and layer norm told: mean, variance, normalised value, scale and shift, and the way back."""

import numpy as np

from dlviz.core.layers import layers
from dlviz.core.narration.dropout import GAP, passed
from dlviz.core.narration.number import (
    Term,
    caption,
    coloured,
    cut,
    difference,
    exact,
    factor,
    number,
    products,
    written,
)
from dlviz.core.narration.symbols import activation, delta, indexed, slope_of_loss
from dlviz.core.narration.view import FloatArray, Narration, View, clamp
from dlviz.i18n import tr

MU = "μ"


class Norm:
    """The unit in focus of a norm: its letters, and the numbers it is normalised with."""

    def __init__(self, view: View, unit: int) -> None:
        self.view, self.node, self.owner = view, view.step.node, view.layer.owner
        self.is_batch = view.layer.kind == "batch_norm"
        self.source = view.sources()[0]
        self.units = view.rows(self.source).shape[1]
        self.unit = clamp(unit, self.units)

    def option(self, name: str) -> float | str | bool:
        """Return a setting of the layer."""
        value: float | str | bool = layers.get(self.view.layer.kind).option(self.view.layer, name)
        return value

    @property
    def has_scale(self) -> bool:
        """Say whether γ and β follow."""
        return bool(self.option("affine"))

    def row(self, count: int) -> int:
        """Return which of so many rows (one γ each) the unit belongs to: its channel where it is a pixel."""
        return int(self.unit * count // self.units)

    def together(self, values: FloatArray) -> FloatArray:
        """Return from (n, units) what is averaged together: this feature over the batch, or this example."""
        if not self.is_batch:
            return np.asarray(values[self.view.sample])
        rows = values.shape[1] if self.view.read(self.source).ndim == 2 else self.view.read(self.source).shape[1]
        return values.reshape(len(values), rows, -1)[:, self.row(rows)].ravel()

    def statistic(self, name: str, is_written: bool = False) -> float:
        """Return the mean or variance that the unit is normalised with."""
        array = self.view.wrote(name) if is_written else self.view.read(name)
        return float(array[self.row(len(array))] if self.is_batch else array[self.view.sample, 0])

    def letter(self, sign: str) -> str:
        """Write μ or v: of a feature over the batch, of an example over its features."""
        symbols = self.view.symbols
        return symbols.unit(sign, self.node, self.unit) if self.is_batch else symbols.at(sign, self.node)

    def scale(self, role: str) -> str:
        """Write γ or β of the unit."""
        place = self.row(self.view.read(f"{self.owner}.{role}").size)
        return self.view.symbols.entry(f"{self.owner}.{role}", place)

    @property
    def normal(self) -> str:
        """Write the normalised value."""
        return indexed(self.view, "ẑ" if self.has_scale else "z", self.node, self.unit)

    @property
    def name(self) -> str:
        """The recorded name of the normalised values."""
        return f"{self.node}.{'z_hat' if self.has_scale else 'z'}"

    def parameter(self, role: str) -> float:
        """Return γ or β as the forward pass used it."""
        name = f"{self.owner}.{role}"
        ahead = self.view.before(f"{name}.ahead")
        values = (self.view.read(name) if ahead is None else ahead).ravel()
        return float(values[self.row(len(values))])

    def deviation(self) -> str:
        """Write √(v + ε) with its numbers."""
        v = factor(self.statistic(f"{self.node}.var"), self.view.digits)
        return rf"\sqrt{{{v} + {exact(float(self.option('eps')))}}}"


def mean(view: View) -> Narration:
    """Tell the mean of a feature over the batch, or of an example over its features."""
    norm = Norm(view, view.focus.unit)
    values = norm.together(view.rows(norm.source))
    terms = cut(values, lambda place: factor(values[place], view.digits), digits=view.digits)
    return _averaged(norm, "mean", rf"{MU}, \sum {activation(view, norm.source, norm.unit)}", terms, len(values))


def variance(view: View) -> Narration:
    """Tell the variance: the mean of the squared distances from the mean."""
    norm = Norm(view, view.focus.unit)
    values, centre = norm.together(view.rows(norm.source)), norm.statistic(f"{norm.node}.mean")

    def write(place: int) -> str:
        return rf"({difference(values[place], centre, view.digits)})^2"

    terms = cut((values - centre) ** 2, write, digits=view.digits)
    x = activation(view, norm.source, norm.unit)
    return _averaged(norm, "var", rf"v, \sum ({x} - {norm.letter(MU)})^2", terms, len(values))


def _averaged(norm: Norm, short: str, letters: str, terms: list[Term], count: int) -> Narration:
    value = norm.statistic(f"{norm.node}.{short}", is_written=True)
    sign, _, summed = letters.partition(", ")
    sentence = {
        ("mean", True): tr("Average this feature over the examples of the batch."),
        ("mean", False): tr("Average this example over its features."),
        ("var", True): tr("How far do the examples lie from that mean? Average the squares."),
        ("var", False): tr("How far do the features lie from that mean? Average the squares."),
    }[short, norm.is_batch]
    symbols = rf"{norm.letter(sign)} = \frac{{1}}{{{count}}} {summed}"
    numbers = rf"\frac{{{written(terms)}}}{{{count}}}"
    return Narration(symbols, numbers, number(value, norm.view.digits), sentence, (value,))


def normalise(view: View) -> Narration:
    """Tell ẑ = (a − μ) / √(v + ε) of one unit and one example."""
    norm = Norm(view, view.focus.unit)
    x, centre = view.rows(norm.source)[view.sample, norm.unit], norm.statistic(f"{norm.node}.mean")
    value = float(view.columns(norm.name)[view.sample, norm.unit])
    above = f"{activation(view, norm.source, norm.unit)} - {norm.letter(MU)}"
    symbols = rf"{norm.normal} = \frac{{{above}}}{{\sqrt{{{norm.letter('v')} + \epsilon}}}}"
    numbers = rf"\frac{{{difference(x, centre, view.digits)}}}{{{norm.deviation()}}}"
    sentence = tr("How many standard deviations does this value lie from the mean?")
    return Narration(symbols, numbers, number(value, view.digits), sentence, (value,))


def running_statistics(view: View) -> Narration:
    """Tell how the statistics for later use move towards those of this batch."""
    norm = Norm(view, view.focus.unit)
    momentum = float(norm.option("momentum"))
    kept = momentum if norm.option("momentum_is") == "kept" else 1 - momentum
    m = len(norm.together(view.rows(norm.source)))
    unbias = rf" \cdot \frac{{{m}}}{{{m - 1}}}" if norm.option("running_variance") == "unbiased" else ""
    told = [_moved(norm, sign, name, kept, extra) for sign, name, extra in ((MU, "mean", ""), ("v", "var", unbias))]
    sentence = tr("Keep most of the statistics so far and take a little of this batch; a network in use reads them.")
    symbols, numbers, values = (list(each) for each in zip(*told, strict=True))
    results = GAP.join(number(value, view.digits) for value in values)
    return Narration(GAP.join(symbols), GAP.join(numbers), results, sentence, tuple(values))


def _moved(norm: Norm, sign: str, short: str, kept: float, extra: str) -> tuple[str, str, float]:
    view, name = norm.view, f"{norm.owner}.running_{short}"
    old, own = norm.statistic(name), norm.statistic(f"{norm.node}.{short}")
    bar = indexed(view, f"{sign}\u0304", norm.owner, norm.unit)
    symbols = rf"{bar} \leftarrow {exact(kept)} \, {bar} + {exact(1 - kept)} \, {norm.letter(sign)}"
    share = rf"{exact(1 - kept)}{extra} \cdot {factor(own, view.digits)}"
    numbers = rf"{exact(kept)} \cdot {factor(old, view.digits)} + {share}"
    return symbols, numbers, norm.statistic(name, is_written=True)


def scale_shift(view: View) -> Narration:
    """Tell z = γ ẑ + β of one unit and one example."""
    norm, d = Norm(view, view.focus.unit), view.digits
    z_hat = view.rows(norm.name)[view.sample, norm.unit]
    value = float(view.columns(f"{norm.node}.z")[view.sample, norm.unit])
    gamma, beta = (norm.scale(role) for role in ("gamma", "beta"))
    symbols = rf"{indexed(view, 'z', norm.node, norm.unit)} = {gamma} \, {norm.normal} + {beta}"
    numbers = rf"{factor(norm.parameter('gamma'), d)} \cdot {factor(z_hat, d)} + {factor(norm.parameter('beta'), d)}"
    sentence = tr("The network chooses spread and centre itself: γ sets the spread, β the mean.")
    return Narration(symbols, numbers, number(value, d), sentence, (value,))


def scale_shift_gradient(view: View) -> Narration:
    """Tell the gradients of one γ and its β, summed over everything they were used for."""
    norm, d = Norm(view, view.focus.unit), view.digits
    errors, normal = _used(norm, f"{norm.node}.dz"), _used(norm, norm.name)
    terms = {
        "gamma": products(errors, normal, digits=d, colour="backward"),
        "beta": cut(errors, lambda place: coloured("backward", factor(errors[place], d)), digits=d),
    }
    rights = {"gamma": rf"\sum {delta(view, norm.node, norm.unit)} \, {norm.normal}"}
    rights["beta"] = rf"\sum {delta(view, norm.node, norm.unit)}"
    symbols, numbers, values = [], [], []
    for role, right in rights.items():
        symbols.append(f"{slope_of_loss(view, norm.scale(role))} = {right}")
        numbers.append(written([*_before(norm, role), *terms[role]]))
        values.append(_at(norm, view.wrote(f"{norm.owner}.d{role}")))
    sentence = tr("How much does the loss move when scale and shift move? Add over everything they touched.")
    results = GAP.join(number(value, d) for value in values)
    return Narration(GAP.join(symbols), GAP.join(numbers), results, sentence, tuple(values))


def _used(norm: Norm, name: str) -> FloatArray:
    """Return the entries of (n, units) that share one γ: a channel of images, or one unit over the batch."""
    values = norm.view.rows(name)
    rows = norm.view.read(f"{norm.owner}.gamma").size
    return values.reshape(len(values), rows, -1)[:, norm.row(rows)].ravel()


def _at(norm: Norm, array: FloatArray) -> float:
    return float(array.ravel()[norm.row(array.size)])


def _before(norm: Norm, role: str) -> list[Term]:
    earlier = norm.view.before(f"{norm.owner}.d{role}")
    if earlier is None:
        return []
    value = _at(norm, earlier)
    return [Term(caption(factor(value, norm.view.digits), tr("so far")), value)]


def backward(view: View) -> Narration:
    """Tell the gradient of one value below a norm: its mean and spread moved with it."""
    norm, d = Norm(view, view.focus.source), view.digits
    z_hat, errors = view.rows(norm.name), view.rows(f"{norm.node}.dz")
    scale = _scales(norm) if norm.has_scale and not norm.is_batch else np.ones(norm.units)
    g = errors * scale
    own, normal = g[view.sample, norm.unit], z_hat[view.sample, norm.unit]
    mean_g = float(np.mean(norm.together(g)))
    mean_product = float(np.mean(norm.together(g * z_hat)))
    top = factor(norm.parameter("gamma"), d) if norm.has_scale and norm.is_batch else "1"
    spread = rf"{factor(normal, d)} \cdot {factor(mean_product, d)}"
    inner = rf"{coloured('backward', factor(own, d))} - {factor(mean_g, d)} - {spread}"
    share = rf"\frac{{{top}}}{{{norm.deviation()}}} \cdot ({inner})"
    sentence = tr("The value moves its own mean and spread, which takes the error's mean and its part along ẑ away.")
    return passed(view, norm.unit, _through(norm), share, sentence)


def _scales(norm: Norm) -> FloatArray:
    ahead = norm.view.before(f"{norm.owner}.gamma.ahead")
    return (norm.view.read(f"{norm.owner}.gamma") if ahead is None else ahead).ravel()


def _through(norm: Norm) -> str:
    error = delta(norm.view, norm.node, norm.unit)
    gamma = norm.scale("gamma") if norm.has_scale else ""
    top = gamma if norm.has_scale and norm.is_batch else "1"
    g = rf"{gamma} {error}" if norm.has_scale and not norm.is_batch else error
    inner = rf"{g} - \overline{{{g}}} - {norm.normal} \, \overline{{{g} {norm.normal}}}"
    return rf"\frac{{{top}}}{{\sqrt{{{norm.letter('v')} + \epsilon}}}} ({inner})"
