"""Edits of the rows by hand: points put, erased, moved and relabelled while training runs.

The data become a table of the document's own. New rows train, and are in the next batch; all others stay in the
part that they were in.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.data import painting
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared
from dlviz.data.spec import SplitSpec
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.fitting import still_fitting
from dlviz.session.limits import PAINTED_ROWS
from dlviz.session.prepared import prepared_for

Rows = NDArray[np.integer[Any]]
Places = NDArray[np.float64]


def put_rows(document: Document, inputs: Places, target: float) -> Document:
    """Add rows (m, d), as they are measured, of one target: a number, or the index of a class. Raises: DlvizError."""
    return _painted(document, lambda rows: painting.with_rows(rows, inputs, target))


def put_values(document: Document, inputs: Places, values: Places) -> Document:
    """Add rows (m, d) of a regression with a value each. Raises: DlvizError."""
    return _painted(document, lambda rows: painting.with_values(rows, inputs, values))


def move_row(document: Document, row: int, inputs: Sequence[float], value: float | None = None) -> Document:
    """Move a row to other inputs, and of a regression to another value. Raises: DlvizError."""
    return _painted(document, lambda rows: painting.with_row_at(rows, row, inputs, value))


def relabel_rows(document: Document, rows: Rows, target: float) -> Document:
    """Give rows another target: a number, or the index of a class. Raises: DlvizError."""
    return _painted(document, lambda whole: painting.with_target(whole, rows, target))


def erase_rows(document: Document, rows: Rows) -> Document:
    """Take rows out. Raises: DlvizError, also where none would be left to train on."""
    prepared = prepared_for(document)
    if not len(np.setdiff1d(prepared.train, rows)):
        raise DataError(tr("Expected at least one row to train on. Received: all of them erased"))
    return _painted(document, lambda whole: painting.without_rows(whole, rows), rows)


def _painted(document: Document, change: Callable[[Dataset], Dataset], gone: Rows | None = None) -> Document:
    prepared = prepared_for(document)
    n = prepared.dataset.n
    if prepared.dataset.is_streamed or n > PAINTED_ROWS:
        raise DataError(tr("Expected up to {most} rows to paint on. Received: {n}", most=PAINTED_ROWS, n=n))
    rows = change(prepared.dataset)
    data = replace(document.data.as_own_table(rows), split=_same_parts(document.data.split, prepared, gone))
    return still_fitting(document, replace(document, data=data))


def _same_parts(split: SplitSpec, prepared: Prepared, gone: Rows | None) -> SplitSpec:
    """List the rows held out, by the numbers they have once some are gone."""
    if not split.is_listed and not len(prepared.validation) and not len(prepared.test):
        return split
    stays = np.ones(prepared.dataset.n, dtype=bool)
    stays[[] if gone is None else gone] = False
    numbers = np.cumsum(stays) - 1
    validation, test = (tuple(numbers[part[stays[part]]].tolist()) for part in (prepared.validation, prepared.test))
    return replace(split, validation_rows=validation, test_rows=test)
