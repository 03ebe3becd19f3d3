"""What the inspector says about the selected thing: its names, formula and numbers, read from a frame."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from dlviz.core.inference import parameters
from dlviz.core.layers import ParameterSpec
from dlviz.core.losses import formulas
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.lowering import name_of
from dlviz.core.network import LayerSpec, first_column, output_ids
from dlviz.core.objective import objective
from dlviz.data.dataset import Dataset
from dlviz.gui.leaves import data_leaf
from dlviz.gui.panels.inspector import notation
from dlviz.gui.panels.inspector.card import Card, Fact, Scene
from dlviz.gui.panels.inspector.parameter import bias, link, parameter
from dlviz.gui.panels.inspector.reading import partial_words
from dlviz.gui.panels.inspector.unit import unit
from dlviz.gui.panels.inspector.whole import network
from dlviz.i18n import tr

MOST_UNITS = 16  # whose statistics are listed


def card(scene: Scene) -> Card:
    """Describe the selection. Returns an empty card for a place that the network no longer has."""
    describe = BUILDERS.get(scene.selected.kind)
    return describe(scene) if describe is not None else Card()


def _layer(scene: Scene) -> Card:
    layer, reading = scene.layer, scene.reading
    if layer is None:
        return Card()
    number = notation.layer_number(scene.document.network, layer.id)
    own = [each for each in parameters(scene.document.network) if each.layer == layer.owner]
    gradients = [name_of("grad", each.name) for each in own if each.is_trainable]
    facts = (*_sizes(scene, layer, own), Fact(tr("gradient norm"), (reading.norm(*gradients),), tip=partial_words()))
    title = tr("Layer {number} · {kind}", number=number, kind=layer.kind.replace("_", " ")) if number else layer.kind
    facts = (*facts, *_statistics(scene, layer))
    return Card(title, layer.id, facts=facts if own else (), layer=layer.id, picks=layer.owner)


def _statistics(scene: Scene, layer: LayerSpec) -> tuple[Fact, ...]:
    """List the statistics of the batch that batch norm used, unit by unit."""
    mean, variance = (scene.reading.array(f"{layer.id}.{name}") for name in ("mean", "var"))
    if layer.kind != "batch_norm" or mean is None or variance is None:
        return ()
    pairs = list(zip(mean.ravel().tolist(), variance.ravel().tolist(), strict=True))[:MOST_UNITS]
    return tuple(Fact(tr("unit {number}: μ, σ² as used", number=k), pair) for k, pair in enumerate(pairs, 1))


def _sizes(scene: Scene, layer: LayerSpec, own: Sequence[ParameterSpec]) -> tuple[Fact, ...]:
    if layer.kind == "dense":
        weights, biases = own[0], sum(each.size for each in own[1:])
        count = f"{weights.size} + {biases} = {weights.size + biases}"
        is_turned = scene.document.notation.is_source_first
        title = tr("shape of W, inputs × units") if is_turned else tr("shape of W, units × inputs")
        return (
            Fact(title, text=" × ".join(map(str, weights.shape[::-1] if is_turned else weights.shape))),
            Fact(tr("weights + biases"), text=count),
        )
    shapes = (Fact(tr("shape of {name}", name=_short(each)), text=" × ".join(map(str, each.shape))) for each in own)
    return (*shapes, Fact(tr("parameters"), text=str(sum(each.size for each in own))))


def _short(parameter: ParameterSpec) -> str:
    return parameter.name.partition(".")[2]


def _loss(scene: Scene) -> Card:
    """Name the loss of an output, and write it with the convention of the document."""
    network, training = scene.document.network, scene.document.explicit.training
    outputs = output_ids(network) if network.layers else ()
    node = scene.selected.layer or (outputs[0] if outputs else "")
    if node not in outputs:
        return Card()
    entry, settings = resolve_loss(objective(network, training.objective)[node].choice)
    written = f"L = {formulas(entry, settings, 'a')[0]}"
    remark = tr(entry.title) if len(outputs) == 1 else f"{node} · {tr(entry.title)}"
    return Card(tr("Loss"), remark, (written,), facts=(Fact(tr("batch loss L"), (_batch_loss(scene, node),)),))


def _batch_loss(scene: Scene, node: str) -> float | None:
    """Return the loss of the batch as far as it is computed: of this output, or of the one there is."""
    found = [scene.reading.array(name) for name in (f"{node}.loss", "loss")]
    known = next((array for array in found if array is not None), None)
    return None if known is None else float(known)


def _input(scene: Scene) -> Card:
    unit, reading, dataset = scene.selected.unit, scene.reading, scene.dataset
    place = first_column(scene.document.network, scene.selected.layer) + unit
    if dataset is None or place >= dataset.d:
        return Card()
    column = dataset.inputs[:, place]
    facts = (
        Fact(tr("smallest"), (float(column.min()),)),
        Fact(tr("largest"), (float(column.max()),)),
        Fact(tr("mean"), (float(column.mean()),)),
        Fact(tr("standard deviation"), (float(column.std()),)),
    )
    now = reading.at(scene.selected.layer, unit)
    walked = () if now is None else (Fact(tr("this sample, as the network sees it"), (now,)),)
    return Card(
        f"{tr('Input')} {scene.symbols.value(scene.selected.layer, unit)}",
        dataset.input_names[place],
        (),
        (),
        (*facts, Fact(tr("scaling"), text=scene.document.data.scaling), *walked),
        data_leaf(scene.selected, scene.document, dataset, scene.frame),
    )


def _sample(scene: Scene) -> Card:
    row, dataset, predicted = scene.selected.unit, scene.dataset, scene.frame.predictions
    if dataset is None or row >= dataset.n:
        return Card()
    inputs = tuple(
        Fact(name, (float(value),)) for name, value in zip(dataset.input_names[:12], dataset.inputs[row], strict=False)
    )
    is_answered = predicted is not None and row < len(predicted.outputs)
    is_locked = predicted is not None and is_answered and predicted.part(row) == "test" and not scene.frame.is_test_open
    outputs = (
        ()
        if predicted is None or not is_answered or is_locked
        else tuple(
            Fact(tr("output {number}", number=i + 1), (float(value),)) for i, value in enumerate(predicted.outputs[row])
        )
    )
    parts = {"train": tr("train"), "dev": tr("dev"), "test": tr("test")}
    is_known = predicted is not None and row < len(predicted.is_train)
    return Card(
        tr("Row {row}", row=row * dataset.stride + 1),
        parts[predicted.part(row)] if predicted is not None and is_known else "",
        facts=(*inputs, Fact(tr("target"), text=target_text(dataset, row)), *outputs),
    )


def target_text(dataset: Dataset, row: int) -> str:
    """Say what a row should give: its class name, or its numbers."""
    target = dataset.targets[row]
    if dataset.task != "regression":
        return dataset.class_names[int(target)]
    return ", ".join(notation.short(float(value)) for value in np.atleast_1d(target))


BUILDERS: Mapping[str, Callable[[Scene], Card]] = {
    "network": network,
    "unit": unit,
    "link": link,
    "bias": bias,
    "parameter": parameter,
    "layer": _layer,
    "input": _input,
    "sample": _sample,
    "loss": _loss,
}
