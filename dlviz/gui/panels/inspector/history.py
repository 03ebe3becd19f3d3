"""One weight over the run, from the states that are kept."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.panels.inspector.card import Fact
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.plot import Plot, finite
from dlviz.gui.widgets.text import SectionHeader
from dlviz.i18n import tr
from dlviz.session.explanation import Kept, Update

HEIGHT = 11 * GRID  # pixels
LEAST = 2  # points of a curve


class WeightHistory(QWidget):
    """A small curve under its heading."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = SectionHeader(tr("History"))
        self.plot = Plot(tr("This weight over the steps of training"))
        self.plot.setToolTip(tr("The weight at the steps whose state is kept, and now"))
        self.curve = self.plot.line("accent", width=1.6)
        self.curve.opts["antialias"] = True
        self.plot.call(self.curve, tr("weight"))
        self.plot.setFixedHeight(HEIGHT)
        self.updates = FactTable()
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        column.addWidget(self.header)
        column.addWidget(self.plot)
        column.addWidget(self.updates)

    def show_history(self, kept: Kept | None, updates: Sequence[Update]) -> None:
        """Show the curve, once there are two points, and the last updates."""
        has_curve = kept is not None and len(kept.steps) >= LEAST
        self.setVisible(has_curve)
        self.updates.setVisible(bool(updates))
        self.updates.show_facts([_fact(each) for each in updates], (tr("change"), tr("after it")))
        if kept is None or not has_curve:
            return
        values = finite(kept.values)
        self.curve.setData(kept.steps, values)
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        margin = 0.08 * (high - low) or 0.05 * max(abs(low), 1.0)
        self.plot.set_range((float(kept.steps[0]), float(kept.steps[-1])), (low - margin, high + margin))
        self.header.set_info(tr("{count} kept states", count=numbers.count(len(kept.steps))))


def _fact(update: Update) -> Fact:
    return Fact(tr("batch {number}", number=numbers.count(update.batch)), (update.change, update.value), is_signed=True)
