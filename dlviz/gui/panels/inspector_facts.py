"""What the inspector says about the selected thing: its names, formula and numbers, read from a frame."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from dlviz.core.activations import activations
from dlviz.core.inference import parameters, shapes, source_shapes
from dlviz.core.layers import ParameterSpec
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.layers.convolution import windows_of
from dlviz.core.lowering import name_of
from dlviz.core.network import LayerSpec
from dlviz.data.dataset import Dataset
from dlviz.gui.panels import inspector_notation as notation
from dlviz.gui.panels.inspector_card import Card, Fact, Scene
from dlviz.gui.panels.inspector_parameter import bias, link
from dlviz.i18n import tr


def card(scene: Scene) -> Card:
    """Describe the selection. Returns an empty card for a place that the network no longer has."""
    describe = BUILDERS.get(scene.selected.kind)
    return describe(scene) if describe is not None else Card()


def _unit(scene: Scene) -> Card:
    layer, unit, reading = scene.layer, scene.selected.unit, scene.reading
    if layer is None:
        return Card()
    title, applied = _activation(layer)
    if layer_kinds.get(layer.kind).activates_inside:
        state = Fact("a" + reading.of_mean, reading.mean_columns(f"{layer.id}.a", unit))
        return Card(_unit_title(scene, layer), title, (), reading.headings, (state,))
    facts = (
        Fact("z" if reading.is_walking else tr("z, mean over batch"), reading.mean_columns(f"{layer.id}.z", unit)),
        Fact(f"a = {applied}" + reading.of_mean, reading.mean_columns(f"{layer.id}.a", unit)),
        Fact("δ = ∂L/∂z" + reading.of_sum, reading.sum_columns(f"{layer.id}.dz", unit), is_signed=True),
    )
    return Card(_unit_title(scene, layer), title, _sums(scene, layer), reading.headings, facts)


def _unit_title(scene: Scene, layer: LayerSpec) -> str:
    network, unit = scene.document.network, scene.selected.unit + 1
    if layer.id != network.layers[-1].id:
        number = notation.layer_number(network, layer.id)
        return tr("Unit {unit} of layer {layer}", unit=unit, layer=number or layer.id)
    classes = scene.dataset.class_names if scene.dataset is not None else ()
    name = f" · {classes[unit - 1]}" if len(classes) > 2 and unit <= len(classes) else ""
    return tr("Output unit {unit}", unit=unit) + name


def _sums(scene: Scene, layer: LayerSpec) -> tuple[str, ...]:
    """Write z with its weights, and while a sample is walked also with its numbers put in."""
    found = _incoming(scene, layer)
    if found is None:
        return ()
    units, weights, bias = found
    network, reading = scene.document.network, scene.reading
    source = notation.source_of(network, layer)
    symbols = [notation.node_symbol(network, source, i) for i in units]
    symbolic = "z = " + notation.weighted_sum(weights, symbols, bias)
    inputs, z = reading.row(reading.node_name(network, source)), reading.at(f"{layer.id}.z", scene.selected.unit)
    if inputs is None or z is None or len(weights) > notation.MAX_TERMS:
        return (symbolic,)
    values = [inputs[i] for i in units]
    factors = [f"({notation.short(v)})" if v < 0 else notation.short(v) for v in values]
    return symbolic, "= " + notation.weighted_sum(weights, factors, bias) + " = " + notation.short(z)


def _incoming(scene: Scene, layer: LayerSpec) -> tuple[list[int], list[float], float | None] | None:
    """Return the units that the selected unit reads, their weights and its bias; None where it has no weighted sum."""
    weights = scene.reading.parameter(f"{layer.owner}.W")
    bias = scene.reading.parameter(f"{layer.owner}.b")
    if weights is None or layer.kind not in ("dense", "conv2d"):
        return None
    row, units = _patch(scene, layer) if layer.kind == "conv2d" else (scene.selected.unit, range(weights.shape[1]))
    # A frame of the network before the last edit may still arrive.
    if row >= len(weights) or len(units) != weights[0].size:
        return None
    read = [(unit, float(w)) for unit, w in zip(units, weights[row].reshape(-1), strict=True) if unit >= 0]
    return [unit for unit, _ in read], [w for _, w in read], None if bias is None else float(bias[row])


def _patch(scene: Scene, layer: LayerSpec) -> tuple[int, Sequence[int]]:
    """Return the number of the map the selected unit lies on, and the units its kernel reads; −1 beyond the edge."""
    network = scene.document.network
    plan = windows_of(layer, source_shapes(network, layer, shapes(network))[0])
    which, window = divmod(scene.selected.unit, plan.count[0] * plan.count[1])
    return which, plan.reads(*divmod(window, plan.count[1])).reshape(-1).tolist()


def _layer(scene: Scene) -> Card:
    layer, reading = scene.layer, scene.reading
    if layer is None:
        return Card()
    number = notation.layer_number(scene.document.network, layer.id)
    own = [each for each in parameters(scene.document.network) if each.layer == layer.id]
    gradients = [name_of("grad", each.name) for each in own if each.is_trainable]
    facts = (*_sizes(layer, own), Fact(tr("gradient norm"), (reading.norm(*gradients),)))
    title = tr("Layer {number} · {kind}", number=number, kind=layer.kind.replace("_", " ")) if number else layer.kind
    return Card(title, layer.id, facts=facts if own else (), layer=layer.id)


def _sizes(layer: LayerSpec, own: Sequence[ParameterSpec]) -> tuple[Fact, ...]:
    if layer.kind == "dense":
        weights, biases = own[0], sum(each.size for each in own[1:])
        count = f"{weights.size} + {biases} = {weights.size + biases}"
        return (
            Fact(tr("shape of W, units × inputs"), text=" × ".join(map(str, weights.shape))),
            Fact(tr("parameters, weights + biases"), text=count),
        )
    shapes = (Fact(tr("shape of {name}", name=_short(each)), text=" × ".join(map(str, each.shape))) for each in own)
    return (*shapes, Fact(tr("parameters"), text=str(sum(each.size for each in own))))


def _short(parameter: ParameterSpec) -> str:
    return parameter.name.partition(".")[2]


def _input(scene: Scene) -> Card:
    unit, reading, dataset = scene.selected.unit, scene.reading, scene.dataset
    if dataset is None or unit >= dataset.d:
        return Card()
    column = dataset.inputs[:, unit]
    facts = (
        Fact(tr("smallest"), (float(column.min()),)),
        Fact(tr("largest"), (float(column.max()),)),
        Fact(tr("mean"), (float(column.mean()),)),
        Fact(tr("standard deviation"), (float(column.std()),)),
    )
    now = reading.at("x", unit)
    walked = () if now is None else (Fact(tr("this sample, as the network sees it"), (now,)),)
    return Card(
        f"{tr('Input')} x{notation.subscript(unit + 1)}",
        dataset.input_names[unit],
        (),
        (),
        (*facts, Fact(tr("scaling"), text=scene.document.data.scaling), *walked),
    )


def _sample(scene: Scene) -> Card:
    row, dataset, predicted = scene.selected.unit, scene.dataset, scene.frame.predictions
    if dataset is None or row >= dataset.n:
        return Card()
    inputs = tuple(
        Fact(name, (float(value),)) for name, value in zip(dataset.input_names[:12], dataset.inputs[row], strict=False)
    )
    outputs = (
        ()
        if predicted is None or row >= len(predicted.outputs)
        else tuple(
            Fact(tr("output {number}", number=i + 1), (float(value),)) for i, value in enumerate(predicted.outputs[row])
        )
    )
    held = predicted is not None and row < len(predicted.is_train) and not predicted.is_train[row]
    return Card(
        tr("Row {row}", row=row * dataset.stride + 1),
        tr("test") if held else tr("train"),
        facts=(*inputs, Fact(tr("target"), text=target_text(dataset, row)), *outputs),
    )


def target_text(dataset: Dataset, row: int) -> str:
    """Say what a row should give: its class name, or its numbers."""
    target = dataset.targets[row]
    if dataset.task != "regression":
        return dataset.class_names[int(target)]
    return ", ".join(notation.short(float(value)) for value in np.atleast_1d(target))


def _activation(layer: LayerSpec) -> tuple[str, str]:
    """Return the name of a layer's activation and how it is applied: tanh(z)."""
    kind = layer_kinds.get(layer.kind)
    choice = kind.option(layer, "activation") if "activation" in kind.choices else "linear"
    entry = activations.get(getattr(choice, "kind", choice))
    title = entry.title.lower() if entry.title.istitle() else entry.title
    return title, f"{entry.symbol}(z)" if entry.symbol else "z"


BUILDERS: Mapping[str, Callable[[Scene], Card]] = {
    "unit": _unit,
    "link": link,
    "bias": bias,
    "layer": _layer,
    "input": _input,
    "sample": _sample,
}
