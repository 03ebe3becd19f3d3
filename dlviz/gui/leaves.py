"""Leaves: the numbers that a user may type: parameters, inputs and targets of the example looked at."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dlviz.core.network import first_column, output_ids
from dlviz.core.trace import Trace
from dlviz.data.dataset import Dataset
from dlviz.gui.selection import Selected
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.edits.subject import set_input, set_sheet_number
from dlviz.session.messages import Frame

LeafKind = Literal["parameter", "formula", "sheet", "input", "target"]


@dataclass(frozen=True)
class Leaf:
    """A number that can be typed, as it stands.

    name, index: of a parameter or an input of a formula or a sheet. For an input of the data, index is (row, column);
    for a target, name is the output node and index (row, unit). symbol: how it is called. note: what is typed there.
    """

    kind: LeafKind
    name: str
    index: tuple[int, ...]
    symbol: str
    value: float | None
    note: str = ""


def type_number(session: Any, leaf: Leaf, value: float) -> None:
    """Put a typed number in the place of a leaf; undoable. Raises: DlvizError where it does not fit."""
    label = tr("Type {symbol}", symbol=leaf.symbol)
    document = session.document
    if leaf.kind == "parameter":
        session.set_parameter(leaf.name, leaf.index, value, label)
    elif leaf.kind == "formula":
        session.edit(set_input(document, leaf.name, leaf.index, value), label)
    elif leaf.kind == "sheet":
        session.edit(set_sheet_number(document, leaf.name, leaf.index, value), label)
    elif leaf.kind == "input":
        row, column = leaf.index
        session.edit(edits.set_input_cell(document, row, column, value), label)
    else:
        row, unit = leaf.index
        session.edit(edits.set_output_target(document, row, leaf.name, unit, value), label)


def value_words(leaf: Leaf) -> str:
    """Say what kind of number is typed."""
    words = {"input": tr("this sample"), "target": tr("target y of this sample")}.get(leaf.kind, tr("value"))
    return f"{words}, {leaf.note}" if leaf.note else words


def data_leaf(selected: Selected, document: Document, dataset: Dataset | None, frame: Frame | None) -> Leaf | None:
    """Return the input or target that the selected input or output unit stands for in the example looked at.

    None for other places, where no example is looked at, and for data that stay on disk.
    """
    trace = None if frame is None else frame.trace or frame.peek
    if frame is None or trace is None or dataset is None or dataset.is_streamed or dataset.stride > 1:
        return None
    sample = frame.sample if frame.trace is not None else 0
    if sample >= len(trace.rows):
        return None
    row, network = int(trace.rows[sample]), document.network
    if selected.kind == "input":
        return _input(selected, document, dataset, row)
    is_output = selected.kind == "unit" and bool(network.layers) and selected.layer in output_ids(network)
    return _target(selected, document, trace, sample, row) if is_output else None


def _input(selected: Selected, document: Document, dataset: Dataset, row: int) -> Leaf | None:
    column = first_column(document.network, selected.layer) + selected.unit
    if not (row < dataset.n and column < dataset.d):
        return None
    is_scaled = document.data.scaling != "none"
    note = tr("as it was measured, before scaling") if is_scaled else ""
    symbol = document.symbols.value(selected.layer, selected.unit)
    return Leaf("input", selected.layer, (row, column), symbol, float(dataset.inputs[row, column]), note)


def _target(selected: Selected, document: Document, trace: Trace, sample: int, row: int) -> Leaf | None:
    targets = trace.before.get("y")
    column, output = selected.unit, selected.layer
    if targets is None:
        return None
    values = np.reshape(np.asarray(targets), (len(trace.rows), -1))
    if len(output_ids(document.network)) > 1 or column >= values.shape[1]:
        return None
    symbol = tr("target of {unit}", unit=document.symbols.value(output, selected.unit))
    return Leaf("target", output, (row, selected.unit), symbol, float(values[sample, column]))
