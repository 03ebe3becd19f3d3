"""What the inspector says about one unit: its sum term by term, its output and its error."""

from collections.abc import Sequence

import numpy as np

from dlviz.core.activations import activations
from dlviz.core.inference import shapes, source_shapes
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.layers.convolution import windows_of
from dlviz.core.network import LayerSpec
from dlviz.core.notation import spelled_label
from dlviz.gui import numbers
from dlviz.gui.leaves import data_leaf
from dlviz.gui.panels.inspector import notation
from dlviz.gui.panels.inspector.card import Card, Fact, Scene, Source, node_place
from dlviz.gui.panels.inspector.timed import timed_equations, timed_facts, timed_remark, units_of
from dlviz.gui.selection import NOTHING, Selected
from dlviz.i18n import tr
from dlviz.session.explanation import UnitExplanation

MOST_TERMS = 6  # of a sum that are listed, the largest; the rest are added up


def unit(scene: Scene) -> Card:
    """Describe the selected unit."""
    layer, unit, reading = scene.layer, scene.selected.unit, scene.reading
    if layer is None:
        return Card()
    z, delta = scene.symbols.bare("z"), spelled_label("δ = ∂L/∂z", scene.symbols)
    title, applied = _activation(layer, z)
    kind, name = layer_kinds.get(layer.kind), _unit_title(scene, layer)
    if kind.activates_inside:
        facts = (*timed_facts(scene, layer), *_passed_on(scene, layer))
        remark = " · ".join(filter(None, (title, timed_remark(scene, layer))))
        return Card(name, remark, timed_equations(scene, layer)[-2:], reading.headings, facts)
    leaf = data_leaf(scene.selected, scene.document, scene.dataset, scene.frame)
    if "activation" not in kind.choices:
        return Card(name, tr(kind.title), (), reading.headings, _passed_on(scene, layer), leaf)
    facts = (
        *_terms(scene, layer),
        *_statistics(scene, layer),
        Fact(z if reading.is_walking else tr("{z}, mean over batch", z=z), reading.mean_columns(f"{layer.id}.z", unit)),
        Fact(f"{scene.symbols.bare('a')} = {applied}" + reading.of_mean, reading.mean_columns(f"{layer.id}.a", unit)),
        *_slope(scene, layer, applied),
        Fact(
            delta + reading.of_sum,
            reading.sum_columns(f"{layer.id}.dz", unit),
            is_signed=True,
            short=delta.partition(" = ")[0] + reading.of_sum,
        ),
    )
    if reading.is_walking and reading.is_updated(f"{layer.owner}.W"):
        title = f"{title} · {tr('old weights')}"  # all that stands below is of the pass before the update
    return Card(name, title, _sums(scene, layer), reading.headings, facts, leaf)


def _passed_on(scene: Scene, layer: LayerSpec) -> tuple[Fact, Fact]:
    """Give what the unit hands to its readers and the error they hand back: all there is of a unit without a sum."""
    unit, reading = scene.selected.unit, scene.reading
    error = spelled_label("∂L/∂a", scene.symbols) + reading.of_sum
    return (
        Fact(scene.symbols.bare("a") + reading.of_mean, reading.mean_columns(f"{layer.id}.a", unit)),
        Fact(error, reading.sum_columns(f"{layer.id}.da", unit), is_signed=True),
    )


def _terms(scene: Scene, layer: LayerSpec) -> tuple[Fact, ...]:
    """List each w·x, largest weight first, their sum u and the bias."""
    found = _incoming(scene, layer)
    if found is None:
        return ()
    units, weights, bias = found
    network, reading = scene.document.network, scene.reading
    source = notation.source_of(network, layer)
    name = reading.node_name(network, source)
    products = [None if values is None else weights * values for values in reading.columns_of(name, units)]
    order = np.argsort(-np.abs(weights), kind="stable").tolist()
    shown, rest = sorted(order[:MOST_TERMS]), order[MOST_TERMS:]
    of_mean = reading.of_mean
    facts = []
    for k in shown:
        factors = _factors(scene, layer, (source, units[k]), weights[k])
        facts.append(
            Fact(" · ".join(each.text for each in factors), _total(products, [k]), is_signed=True, sources=factors)
        )
    if rest:
        count = numbers.count(len(rest))
        title, short = tr("{count} smaller weights", count=count), tr("{count} more", count=count)
        facts.append(Fact(title + of_mean, _total(products, rest), is_signed=True, short=short))
    if len(units) > 1:
        facts.append(Fact("u = Σ w·x" + of_mean, _total(products, order), is_signed=True))
    return tuple(facts if bias is None else [*facts, Fact("b", (*reading.blanks, bias), is_signed=True)])


def _factors(scene: Scene, layer: LayerSpec, read: tuple[str, int], weight: float) -> tuple[Source, Source]:
    """Return the factors of a product w·x: the weight and the unit or input that it multiplies."""
    network, unit, (node, source) = scene.document.network, scene.selected.unit, read
    carried = scene.symbols.value(node, source)
    name = scene.symbols.weight(layer.id, unit, source)
    place = Selected("link", layer.id, unit, node, source) if layer.kind == "dense" else NOTHING
    return (
        Source(numbers.number(weight, 3), tr("weight {name}", name=name) if place != NOTHING else tr("weight"), place),
        Source(carried + scene.reading.of_mean, tr("what the weight multiplies"), node_place(network, node, source)),
    )


def _total(products: Sequence[np.ndarray | None], of: list[int]) -> tuple[float | None, ...]:
    """Add up some of the products of every column; None where they are not computed."""
    return tuple(None if column is None else float(column[of].sum()) for column in products)


def _statistics(scene: Scene, layer: LayerSpec) -> tuple[Fact, ...]:
    """Give the statistics that a normalisation used, exactly, and what it learns and keeps."""
    reading, unit = scene.reading, scene.selected.unit
    if layer.kind not in ("batch_norm", "layer_norm"):
        return ()
    where = reading.channel(f"{layer.id}.mean", f"{layer.id}.z", unit) if layer.kind == "batch_norm" else None
    own = layer.owner
    used = tr("the batch") if layer.kind == "batch_norm" else tr("the sample")
    rows = [
        (tr("μ of {what}, as used", what=used), f"{layer.id}.mean"),
        (tr("σ² of {what}, as used", what=used), f"{layer.id}.var"),
        (tr("running μ"), f"{own}.running_mean"), (tr("running σ²"), f"{own}.running_var"),
        ("γ", f"{own}.gamma"), ("β", f"{own}.beta"),
    ]  # fmt: skip
    place = scene.frame.sample if where is None else where
    facts = [Fact(title, (*reading.blanks, reading.flat(name, place if k < 2 else unit)), is_signed=False)
             for k, (title, name) in enumerate(rows) if where is not None or "running" not in name]  # fmt: skip
    normalised = tr("normalised {z}", z=scene.symbols.bare("ẑ"))
    return (*facts, Fact(normalised, reading.mean_columns(f"{layer.id}.z_hat", unit)))


def _slope(scene: Scene, layer: LayerSpec, applied: str) -> tuple[Fact, ...]:
    """Give φ′(z) of the looked-at sample."""
    answer, reading = scene.frame.explanation, scene.reading
    if not isinstance(answer, UnitExplanation) or answer.activation is None or not reading.is_walking:
        return ()
    is_about = (answer.question.layer, answer.question.unit) == (layer.id, scene.selected.unit)
    if not is_about or reading.at(f"{layer.id}.z", scene.selected.unit) is None:
        return ()
    z = scene.symbols.bare("z")
    name = applied.removesuffix(f"({z})") or "φ"
    return (Fact(f"{name}′({z})", (answer.activation.slope, float("nan"))),)


def _unit_title(scene: Scene, layer: LayerSpec) -> str:
    network, unit = scene.document.network, scene.selected.unit + 1
    if layer_kinds.get(layer.kind).activates_inside:
        unit = scene.selected.unit % units_of(layer) + 1  # the tile says at which time step
    if layer.id != network.layers[-1].id:
        number = notation.layer_number(network, layer.id)
        return tr("Unit {unit} of layer {layer}", unit=unit, layer=number or layer.id)
    classes = scene.dataset.class_names if scene.dataset is not None else ()
    name = f" · {classes[unit - 1]}" if len(classes) > 2 and unit <= len(classes) else ""
    return tr("Output unit {unit}", unit=unit) + name


def _sums(scene: Scene, layer: LayerSpec) -> tuple[str, ...]:
    """Write z with its weights; while a sample is walked also in numbers: each w·x, their sum and b, z, and φ(z)."""
    found = _incoming(scene, layer)
    if found is None:
        return ()
    units, weights, bias = found
    network, reading = scene.document.network, scene.reading
    source = notation.source_of(network, layer)
    named = set(notation.written(weights.tolist()))
    symbols = [scene.symbols.value(source, i) if k in named else "" for k, i in enumerate(units)]
    symbolic = f"{scene.symbols.bare('z')} = " + notation.weighted_sum(weights.tolist(), symbols, bias)
    inputs, z = reading.row(reading.node_name(network, source)), reading.at(f"{layer.id}.z", scene.selected.unit)
    # A frame of the network before may still be shown, with fewer inputs.
    is_short = inputs is not None and len(inputs) <= max(units, default=-1)
    if inputs is None or is_short or z is None or len(weights) > notation.MAX_TERMS:
        return (symbolic,)
    values = [inputs[i] for i in units]
    factors = [f"({notation.short(v)})" if v < 0 else notation.short(v) for v in values]
    u = float(weights @ np.array(values))
    parted = "" if bias is None or len(weights) < 2 else " = " + notation.sum_of(u, bias)
    line = "= " + notation.weighted_sum(weights.tolist(), factors, bias) + parted + " = " + notation.short(z)
    a = reading.at(f"{layer.id}.a", scene.selected.unit)
    applied = _activation(layer, scene.symbols.bare("z"))[1]
    return symbolic, line if a is None else f"{line} → {applied} = {notation.short(a)}"


def _incoming(scene: Scene, layer: LayerSpec) -> tuple[list[int], np.ndarray, float | None] | None:
    """Return the units that the selected unit reads, their weights (k,) and its bias; None without weighted sum."""
    weights, bias = (scene.reading.used(f"{layer.owner}.{short}") for short in "Wb")
    if weights is None or layer.kind not in ("dense", "conv2d"):
        return None
    row, units = _patch(scene, layer) if layer.kind == "conv2d" else (scene.selected.unit, range(weights.shape[1]))
    # A frame of the network before the last edit may still arrive.
    if row >= len(weights) or len(units) != weights[0].size:
        return None
    read, own = np.asarray(units), np.asarray(weights[row], dtype=np.float64).reshape(-1)
    inside = read >= 0
    return read[inside].tolist(), own[inside], None if bias is None else float(bias[row])


def _patch(scene: Scene, layer: LayerSpec) -> tuple[int, Sequence[int]]:
    """Return the number of the map the selected unit lies on, and the units its kernel reads; −1 beyond the edge."""
    network = scene.document.network
    plan = windows_of(layer, source_shapes(network, layer, shapes(network))[0])
    which, window = divmod(scene.selected.unit, plan.count[0] * plan.count[1])
    return which, plan.reads(*divmod(window, plan.count[1])).reshape(-1).tolist()


def _activation(layer: LayerSpec, z: str) -> tuple[str, str]:
    """Return the name of a layer's activation and how it is applied to its sum: tanh(z)."""
    kind = layer_kinds.get(layer.kind)
    choice = kind.option(layer, "activation") if "activation" in kind.choices else "linear"
    entry = activations.get(getattr(choice, "kind", choice))
    title = entry.title.lower() if entry.title.istitle() else entry.title
    return title, f"{entry.symbol}({z})" if entry.symbol else z
