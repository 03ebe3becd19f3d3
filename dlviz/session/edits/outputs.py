"""Edits of a network's outputs: which layers are, how they share the targets, and the loss of each."""

from dataclasses import replace
from typing import Any

from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.losses import losses
from dlviz.core.network import LayerSpec, NetworkSpec, output_ids
from dlviz.core.objective import LOSS_WEIGHT, OutputLoss, objective
from dlviz.i18n import tr
from dlviz.session import wiring
from dlviz.session.document import Document
from dlviz.session.fitting import fitting, settled, still_fitting
from dlviz.session.format.choice import checked_choice, checked_settings
from dlviz.session.tasks import known_rows


def add_output(document: Document, behind: str) -> Document:
    """Give the network a further output like its first one, which reads a node.

    Classes are learnt by both. Of several target columns the new output takes the last one of the first output.
    Raises: SpecError where there is a single target column.
    """
    spec = document.network
    outputs = output_ids(spec)
    first = spec.layers[wiring.position(spec, outputs[0])]
    new = replace(first, id=wiring.next_id(spec, first.id), inputs=(behind,), shares="")
    rows = known_rows(document.data)
    if rows is not None and rows.task == "regression":
        spec, new = _dealt(spec, first, new)
    branched = wiring.with_branch(spec, new)
    return set_outputs(document, branched, (*outputs, new.id))


def _dealt(spec: NetworkSpec, first: LayerSpec, new: LayerSpec) -> tuple[NetworkSpec, LayerSpec]:
    """Take one unit of the first output for the new one."""
    units = int(layer_kinds.get(first.kind).option(first, "units")) if "units" in first.settings else 1
    if units == 1:
        expected = tr("several target columns to share among outputs")
        raise SpecError(tr("Expected {expected}. Received: one", expected=expected), place=first.id)
    smaller = replace(first, settings={**first.settings, "units": units - 1})
    layers = tuple(smaller if each.id == first.id else each for each in spec.layers)
    return replace(spec, layers=layers), replace(new, settings={**new.settings, "units": 1})


def set_output(document: Document, layer_id: str, is_output: bool) -> Document:
    """Let a layer be one of the outputs, or one no more. Raises: DlvizError where the targets do not fit then."""
    spec = document.network
    wiring.position(spec, layer_id)
    others = tuple(node for node in output_ids(spec) if node != layer_id)
    if not is_output and not others:
        expected = tr("at least one output")
        raise SpecError(tr("Expected {expected}. Received: none", expected=expected), place=layer_id)
    if not is_output:
        return set_outputs(document, handed_back(document, layer_id), others)
    return set_outputs(document, spec, (*others, layer_id))


def handed_back(document: Document, output: str) -> NetworkSpec:
    """Return the network whose first other output learns the target columns of an output that goes, too."""
    spec, rows = document.network, known_rows(document.data)
    heir = next((node for node in output_ids(spec) if node != output), "")
    own = spec.layers[wiring.position(spec, output)]
    if rows is None or rows.task != "regression" or not heir or "units" not in own.settings:
        return spec
    units = int(own.settings["units"])

    def widened(layer: LayerSpec) -> LayerSpec:
        if layer.id != heir or "units" not in layer.settings:
            return layer
        return replace(layer, settings={**layer.settings, "units": int(layer.settings["units"]) + units})

    return replace(spec, layers=tuple(map(widened, spec.layers)))


def set_outputs(document: Document, spec: NetworkSpec, outputs: tuple[str, ...]) -> Document:
    """Return the document with a network that has these outputs, in an order that ends with one."""
    listed = [wiring.explicit(spec, layer) for layer in spec.layers]
    return fitting(document, wiring.ordered(listed, spec.inputs, outputs))


def set_output_loss(document: Document, output: str, loss: str | Choice) -> Document:
    """Choose the loss of one output; the others keep theirs. Raises: SpecError, DataError."""
    chosen = Choice(loss) if isinstance(loss, str) else loss
    return _with_loss(document, output, choice=checked_choice(chosen, losses, f"training.losses.{output}"))


def set_loss_weight(document: Document, output: str, weight: float) -> Document:
    """Let the loss of one output count so much in the sum. Raises: SpecError for a weight below 0."""
    checked = checked_settings({"weight": weight}, (LOSS_WEIGHT,), f"training.losses.{output}")
    return _with_loss(document, output, weight=checked["weight"])


def losses_of(document: Document) -> dict[str, OutputLoss]:
    """Return the loss of every output as it is in force."""
    training = document.training
    return dict(objective(document.network, training.losses or training.loss))


def _with_loss(document: Document, output: str, **changes: Any) -> Document:
    held = losses_of(document)
    if output not in held:
        known = ", ".join(held)
        raise SpecError(tr("Expected an output among: {known}. Received: {id!r}", known=known, id=output))
    held[output] = replace(held[output], **changes)
    changed = replace(document, training=replace(document.training, losses=held))
    return still_fitting(document, settled(changed))
