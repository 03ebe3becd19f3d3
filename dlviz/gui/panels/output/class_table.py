"""Precision, recall and F1 of every class, from the counts of true against predicted classes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from dlviz.gui.widgets.number_table import Column, FilledTable, Line
from dlviz.gui.widgets.paint import describe
from dlviz.i18n import tr

FloatArray = NDArray[np.float64]


def rates(counts: NDArray[np.int64]) -> FloatArray:
    """Return precision, recall and F1 of each class (k, 3) from counts (k, k), true down and predicted across.

    NaN where nothing was there to count. Source: van Rijsbergen 1979, chapter 7.
    """
    right, true, predicted = np.diag(counts).astype(float), counts.sum(axis=1), counts.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.stack([right / predicted, right / true, 2 * right / (true + predicted)], axis=1)


class ClassTable(FilledTable):
    """A row for each class; a click asks for the rows that it is wrong about."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.counts: NDArray[np.int64] | None = None
        describe(self, tr("Rates by class"), tr("A click selects the rows that are wrong about a class"))

    def show_counts(self, counts: NDArray[np.int64], names: Sequence[str]) -> None:
        """Show the rates of these classes."""
        if self.counts is not None and np.array_equal(counts, self.counts) and len(self.numbers.lines) == len(names):
            return
        self.counts = counts
        columns = (
            Column(tr("class")),
            Column(tr("precision"), tr("Of the rows predicted as this class, the share that belongs to it")),
            Column(tr("recall"), tr("Of the rows of this class, the share that is predicted so")),
            Column(tr("F1"), tr("The harmonic mean of precision and recall")),
            Column(tr("rows"), tr("Rows of this class")),
        )
        found, true = rates(counts), counts.sum(axis=1)
        lines = [Line(k, (names[k], *(float(value) for value in found[k]), float(true[k]))) for k in range(len(names))]
        self.show_lines(columns, lines)
