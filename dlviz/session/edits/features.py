"""Edits of which features the network reads: columns of the data, and squares, products and sines made of them."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError, SpecError
from dlviz.core.network import InputSpec, NetworkSpec
from dlviz.data.dataset import Dataset
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.fitting import settled
from dlviz.session.limits import TABLE_CELLS
from dlviz.session.tasks import rows_of

FloatArray = NDArray[np.float64]
MOST_COLUMNS = 6  # of the data up to which features are made of pairs of them
MOST_OFFERED = 24


@dataclass(frozen=True)
class Feature:
    """A column that the data could have: its name, and how it is worked out of the columns (n, d)."""

    name: str
    make: Callable[[FloatArray], FloatArray]


def features_for(rows: Dataset) -> tuple[Feature, ...]:
    """Return what could be made of the columns and is not there yet."""
    known = set(rows.input_names)
    return tuple(each for each in itertools.islice(_made(rows), MOST_OFFERED) if each.name not in known)


def _made(rows: Dataset) -> Iterator[Feature]:
    # What was made of other columns already is not multiplied once more.
    plain = [k for k, name in enumerate(rows.input_names) if not set("²·(") & set(name)]
    for k in plain:
        yield Feature(f"{rows.input_names[k]}²", lambda x, k=k: x[:, k] ** 2)  # type: ignore[misc]
    for i, k in itertools.combinations(plain, 2) if len(plain) <= MOST_COLUMNS else ():
        name = f"{rows.input_names[i]}·{rows.input_names[k]}"
        yield Feature(name, lambda x, i=i, k=k: x[:, i] * x[:, k])  # type: ignore[misc]
    for k in plain:
        yield Feature(f"sin({rows.input_names[k]})", lambda x, k=k: np.sin(x[:, k]))  # type: ignore[misc]


def made_features(rows: Dataset) -> tuple[Feature, ...]:
    """Return the columns that are there and are what could be made of the others."""
    known = set(rows.input_names)
    return tuple(each for each in itertools.islice(_made(rows), MOST_OFFERED) if each.name in known)


def with_made_anew(rows: Dataset, before: Dataset, row: int) -> Dataset:
    """Return rows of which one was changed, with what had been made of its columns made of them again.

    before: the rows as they were. What was typed over since it was made keeps the number that was typed.
    """
    inputs = np.array(rows.inputs)
    for feature in made_features(rows):
        column = rows.input_names.index(feature.name)
        is_made = np.isclose(feature.make(before.inputs[[row]])[0], before.inputs[row, column], rtol=1e-9)
        if is_made and rows.inputs[row, column] == before.inputs[row, column]:
            inputs[row, column] = feature.make(rows.inputs[[row]])[0]
    if np.array_equal(inputs, rows.inputs, equal_nan=True):
        return rows
    inputs.setflags(write=False)
    return replace(rows, inputs=inputs)


def add_feature(document: Document, name: str) -> Document:
    """Give the data one more column, and the first input one more unit. Raises: DataError, SpecError."""
    rows = _rows(document)
    feature = next((each for each in features_for(rows) if each.name == name), None)
    if feature is None:
        known = ", ".join(each.name for each in features_for(rows))
        raise SpecError(tr("Expected a feature among: {known}. Received: {name!r}", known=known, name=name))
    inputs = np.column_stack([rows.inputs, feature.make(rows.inputs)])
    note = tr("{name} was made of the columns before it.", name=name)
    changed = replace(rows, input_names=(*rows.input_names, name), notes=(*rows.notes, note))
    # The new column is the last, and the last input takes it.
    return _with_columns(document, changed, inputs, len(document.network.inputs) - 1, 1)


def remove_feature(document: Document, name: str) -> Document:
    """Take a column out of the data, and its unit out of the input that reads it. Raises: DataError, SpecError."""
    rows = _rows(document)
    if name not in rows.input_names:
        known = ", ".join(rows.input_names)
        raise SpecError(tr("Expected a column among: {known}. Received: {name!r}", known=known, name=name))
    column = rows.input_names.index(name)
    ends = list(itertools.accumulate(int(np.prod(node.shape)) for node in document.network.inputs))
    position = next(k for k, end in enumerate(ends) if column < end)
    names = tuple(each for each in rows.input_names if each != name)
    note = tr("{name} is not read any more.", name=name)
    changed = replace(rows, input_names=names, notes=(*rows.notes, note))
    return _with_columns(document, changed, np.delete(rows.inputs, column, axis=1), position, -1)


def _rows(document: Document) -> Dataset:
    rows = rows_of(document.data)
    if rows is None or rows.is_streamed or rows.image_shape is not None or rows.sequence_shape is not None:
        raise DataError(tr("Expected plain columns in memory. Received: images, sequences or a file on disk"))
    if rows.inputs.size + rows.targets.size > TABLE_CELLS:
        size = rows.inputs.size + rows.targets.size
        raise DataError(tr("Expected a table of up to {cells} numbers. Received: {size}", cells=TABLE_CELLS, size=size))
    return rows


def _with_columns(document: Document, rows: Dataset, inputs: FloatArray, position: int, by: int) -> Document:
    """Return the document with a table of other columns; the input at a position is wider by so many units."""
    network = document.network
    nodes = list(network.inputs)
    shape = nodes[position].shape
    if len(shape) != 1 or shape[0] + by < 1:
        expected = tr("an input that reads a row of numbers, and at least one of them")
        raise SpecError(tr("Expected {expected}. Received: {id!r}", expected=expected, id=nodes[position].id))
    nodes[position] = InputSpec(nodes[position].id, (shape[0] + by,))
    array = np.ascontiguousarray(inputs, dtype=np.float64)
    array.setflags(write=False)
    data = replace(document.data, kind="table", settings={}, dataset=replace(rows, inputs=array))
    changed = NetworkSpec(network.layers, tuple(nodes), network.outputs)
    return settled(replace(document, data=data, network=changed))
