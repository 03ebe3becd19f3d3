"""Edits of a document's data; the network's ends and the loss follow the task (curriculum CON-08)."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dlviz.core.choice import Choice
from dlviz.core.errors import DataError
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import LayerSpec, NetworkSpec, output_id
from dlviz.data.augmentation import SETTINGS as AUGMENTATION
from dlviz.data.augmentation import check_images
from dlviz.data.builtin import datasets
from dlviz.data.dataset import Dataset, Task
from dlviz.data.prepare import load_dataset, whole_dataset
from dlviz.data.roles import PREDICTED, Role, roles_of
from dlviz.data.spec import DataSpec
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits.training import set_loss
from dlviz.session.files.envelope import DataPart, SplitPart, checked, refuse_keys, split_of, split_to_json
from dlviz.session.fitting import settled
from dlviz.session.format.choice import checked_settings
from dlviz.session.limits import TABLE_CELLS
from dlviz.session.tasks import TASK_ENDS, known_rows, rows_of


def set_data(document: Document, spec: DataSpec) -> Document:
    """Use other data and fit the network's input width and output units to them.

    Where the task is another one than before, output activation and loss follow too; a title that
    was the old data's becomes the new one's. Data of a file that was not opened yet change nothing
    else. Raises: DataError or SpecError.
    """
    rows, old = rows_of(spec), known_rows(document.data)
    changed = replace(document, data=_checked_spec(spec))
    if document.rule is not None:
        changed = replace(changed, parameters={})  # other rows have other widths, and other first prototypes
    if rows is None:
        return changed
    if old is not None and document.title == old.title:
        changed = replace(changed, title=rows.title)
    return _fitted(changed, rows, None if old is None else old.task)


def attach_dataset(document: Document, rows: Dataset) -> Document:
    """Give data of kind "file" the rows that were read from it; only the input width follows.

    The layers are the document's own, so its outputs are not touched. Raises: SpecError.
    """
    changed = replace(document, data=replace(document.data, dataset=rows))
    return settled(replace(changed, network=_with_width(changed.network, load_dataset(changed.data).d)))


def set_task_ends(document: Document, task: Task) -> Document:
    """Give the output layer the activation, and the document the loss, that suit a task. Raises: SpecError."""
    activation, loss = TASK_ENDS[task]
    spec = document.network
    if spec.layers:
        spec = _with_output(spec, {"activation": Choice(activation)})
    return settled(set_loss(replace(document, network=spec), loss))


def set_data_setting(document: Document, name: str, value: Any) -> Document:
    """Change one setting of a built-in data set (samples, noise, seed …). Raises: SpecError."""
    datasets.get(document.data.kind, "data")
    return set_data(document, replace(document.data, settings={**document.data.settings, name: value}))


def set_role(document: Document, column: str, role: Role) -> Document:
    """Let a column be an input, predicted as a value or class, or left out; the network's ends follow the task.

    What was predicted before becomes an input where another column takes its place. Raises: DataError, SpecError.
    """
    whole = whole_dataset(document.data)
    usual = roles_of(whole)
    roles: dict[str, Role] = {**usual, **document.data.roles}
    if role in PREDICTED:
        roles = {name: "input" if own in PREDICTED else own for name, own in roles.items()}
    roles[column] = role
    changed = {name: own for name, own in roles.items() if own != usual.get(name)}
    return set_data(document, replace(document.data, roles=changed))


def set_split(document: Document, **changes: Any) -> Document:
    """Change the fractions held out (validation, test), their seed, or stratify; listed rows are then drawn anew.

    Raises: DlvizError.
    """
    drawn = replace(document.data.split, validation_rows=None, test_rows=None)
    given = {**split_to_json(drawn), **changes}
    refuse_keys(given.keys() - SplitPart.model_fields.keys(), "data.split")
    return replace(document, data=replace(document.data, split=split_of(given)))


def set_scaling(document: Document, scaling: str) -> Document:
    """Scale inputs by "none", "standard" or "minmax". Raises: DocumentError."""
    part = checked(DataPart, {"kind": document.data.kind, "scaling": scaling}, "data")
    return replace(document, data=replace(document.data, scaling=part.scaling))


def set_augmentation(document: Document, name: str, value: Any) -> Document:
    """Change one setting of how images that train are varied. Raises: SpecError, DataError unless they are images."""
    rows = rows_of(document.data)
    if rows is not None:
        check_images(rows)
    usual = {each.name: each.default for each in AUGMENTATION}
    given = checked_settings({**document.data.augmentation, name: value}, AUGMENTATION, "data.augmentation")
    changed = {each: setting for each, setting in given.items() if setting != usual[each]}
    return replace(document, data=replace(document.data, augmentation=changed))


def scale_targets(document: Document, low: float, high: float) -> Document:
    """Shift and divide the target values, column by column, so that the rows span low to high.

    The data become a table of the document's own; names and notes say what was done. Classes stay as they are.
    Raises: DataError, SpecError.
    """
    rows = rows_of(document.data)
    if rows is None or rows.is_streamed or rows.task != "regression":
        return document
    if rows.inputs.size + rows.targets.size > TABLE_CELLS:
        raise DataError(tr("Expected a table of up to {cells} numbers. Received: {size}", cells=TABLE_CELLS,
                           size=rows.inputs.size + rows.targets.size))  # fmt: skip
    first, last = rows.targets.min(axis=0), rows.targets.max(axis=0)
    span = np.where(last > first, last - first, 1.0)
    targets = np.asarray(low + (high - low) * (rows.targets - first) / span, dtype=np.float64)
    targets.setflags(write=False)
    names = tuple(tr("{name}, scaled", name=name) for name in rows.target_names)
    notes = tuple(
        tr("{name} = {low} + {width} · ({old} − {first}) / {span}", name=name, low=f"{low:g}", width=f"{high - low:g}",
           old=old, first=f"{a:g}", span=f"{b:g}")
        for name, old, a, b in zip(names, rows.target_names, first, span, strict=True)
    )  # fmt: skip
    scaled = replace(rows, targets=targets, target_names=names, notes=(*rows.notes, *notes))
    return replace(document, data=document.data.as_own_table(scaled))


def _checked_spec(spec: DataSpec) -> DataSpec:
    split_of(split_to_json(spec.split))
    if spec.kind in ("table", "file"):
        return spec
    entry = datasets.get(spec.kind, "data")
    return replace(spec, settings=checked_settings(spec.settings, entry.settings, "data"))


def _fitted(document: Document, rows: Dataset, old_task: Task | None) -> Document:
    spec = _with_width(document.network, rows.d)
    if spec.layers:
        spec = _with_output(spec, {"units": rows.n_outputs})
    changed = replace(document, network=spec)
    return settled(changed) if rows.task == old_task else set_task_ends(changed, rows.task)


def _with_width(spec: NetworkSpec, width: int) -> NetworkSpec:
    """Give the inputs the data's width: they stay if they take as many columns, else the first one follows."""
    first, *others = spec.inputs
    taken = sum(math.prod(node.shape) for node in others)
    if math.prod(first.shape) + taken == width:
        return spec
    return replace(spec, inputs=(replace(first, shape=(max(width - taken, 1),)), *others))


def _with_output(spec: NetworkSpec, settings: Mapping[str, Any]) -> NetworkSpec:
    """Change those settings of the output layer that its kind has."""
    target = output_id(spec)
    return replace(spec, layers=tuple(_changed(each, settings) if each.id == target else each for each in spec.layers))


def _changed(layer: LayerSpec, settings: Mapping[str, Any]) -> LayerSpec:
    kind = layer_kinds.get(layer.kind, layer.id)
    known = {*kind.choices, *(hyper.name for hyper in kind.settings)}
    return replace(layer, settings={**layer.settings, **{k: v for k, v in settings.items() if k in known}})
