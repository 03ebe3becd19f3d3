"""Edits of single numbers of the data: an input or a target of one row."""

from dataclasses import replace

import numpy as np

from dlviz.core.errors import DataError
from dlviz.core.inference import shapes
from dlviz.core.network import output_ids
from dlviz.data.cells import with_input, with_target
from dlviz.data.dataset import Dataset
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits.features import with_made_anew
from dlviz.session.limits import TABLE_CELLS
from dlviz.session.prepared import prepared_for
from dlviz.session.tables import target_rows
from dlviz.session.targets import targets_for


def set_input_cell(document: Document, row: int, column: int, value: float) -> Document:
    """Type an input of one row, as it was measured: before any scaling.

    The data become a table of the document's own; columns made of this one follow. Raises: DataError, SpecError.
    """
    before = prepared_for(document).dataset
    return _with_rows(document, with_made_anew(with_input(before, row, column, value), before, row))


def set_target_cell(document: Document, row: int, column: int, value: float) -> Document:
    """Type the target of one row: a number, or the index of a class. Raises: DataError, SpecError."""
    changed = _with_rows(document, with_target(prepared_for(document).dataset, row, column, value))
    if document.subject == "network" and document.network.layers:
        target_rows(changed, prepared_for(changed).dataset)
    return changed


def set_output_target(document: Document, row: int, output: str, unit: int, value: float) -> Document:
    """Type what one output unit shall give for a row, as its loss reads it. Raises: DataError, SpecError."""
    dataset = prepared_for(document).dataset
    if dataset.task == "regression":
        return set_target_cell(document, row, _column(document, output) + unit, value)
    return set_target_cell(document, row, 0, _class_for(document, dataset, _column(document, output) + unit, value))


def _column(document: Document, output: str) -> int:
    """Return the first column of an output among the targets of all outputs side by side."""
    sizes, first = shapes(document.network), 0
    for each in output_ids(document.network):
        if each == output:
            return first
        first += int(np.prod(sizes[each]))
    raise DataError(tr("Expected an output of the network. Received: {name}", name=output))


def _class_for(document: Document, dataset: Dataset, column: int, value: float) -> int:
    """Return the class whose targets have this number in this column; there must be exactly one."""
    example = replace(dataset, inputs=dataset.inputs[:1], targets=np.zeros(1, np.int64))
    numbers = []
    for index in range(len(dataset.class_names)):
        coded = targets_for(document, replace(example, targets=np.array([index], np.int64)))
        numbers.append(float(coded[0, column]))
    found = [index for index, number in enumerate(numbers) if number == value]
    if len(found) == 1:
        return found[0]
    once = sorted(number for number in set(numbers) if numbers.count(number) == 1)
    known = tr(" or ").join(f"{number:g}" for number in once)
    raise DataError(
        tr("Expected {known}, the target of a class. Received: {value}", known=known, value=f"{value:g}"),
        tr("Type it at the output of the class that is right."),
    )


def _with_rows(document: Document, rows: Dataset) -> Document:
    if rows.inputs.size + rows.targets.size > TABLE_CELLS:
        raise DataError(
            tr("Expected a table of up to {cells} numbers. Received: {size}", cells=TABLE_CELLS,
               size=rows.inputs.size + rows.targets.size),
            tr("Change the number in its file."),
        )  # fmt: skip
    return replace(document, data=document.data.as_own_table(rows))
