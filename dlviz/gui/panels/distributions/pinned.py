"""Weights that somebody pinned, each a line over the steps."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.explain import Weight
from dlviz.core.network import NetworkSpec
from dlviz.gui.letters import symbols
from dlviz.gui.panels.distributions.page import MAX_LINES, SIGNS, Line, LinesPlot, Page, Table
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.weights import weight_of
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Interest, Need


class PinnedPage(Page):
    """A plot of pinned weights; the selected one is pinned by a button, and let go by its name in the legend."""

    needs: ClassVar[frozenset[Need]] = frozenset({"traces"})
    changed = Signal()  # other weights are pinned

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pinned: tuple[Weight, ...] = ()
        self._network = NetworkSpec()
        self._selected: Weight | None = None
        self.pin = TextButton(
            tr("Pin the selected weight"), tr("Draw the weight or bias that is selected over the steps")
        )
        self.plot = LinesPlot(tr("Pinned weights over the steps"))
        self.empty = Text(tr("Select a link or a bias, then pin it: it is drawn over the steps."), "muted", "small")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._legend = QHBoxLayout()
        self.names: list[TextButton] = []
        self._signs: list[Text] = []
        layout, top = QVBoxLayout(self), QHBoxLayout()
        spaced(layout, gap=GRID // 2)
        spaced(top)
        spaced(self._legend, gap=GRID // 2)
        top.addWidget(self.pin)
        top.addStretch(1)
        layout.addLayout(top)
        layout.addWidget(self.empty)
        layout.addWidget(self.plot, 1)
        layout.addLayout(self._legend)
        self._legend.addStretch(1)
        self.pin.clicked.connect(self._pin)
        theme_signals.changed.connect(self._use_theme)
        self._tell()

    def select(self, selected: Selected, document: Document) -> None:
        """Offer to pin what is selected now."""
        self._network = document.network
        self._selected = weight_of(selected, document.network)
        self._tell()

    def _tell(self) -> None:
        is_new = self._selected is not None and self._selected not in self.pinned
        self.pin.setEnabled(is_new and len(self.pinned) < MAX_LINES)
        self.empty.setVisible(not self.pinned)
        self.plot.setVisible(bool(self.pinned))

    @Slot()
    def _pin(self) -> None:
        if self._selected is not None:
            self._use((*self.pinned, self._selected))

    @Slot()
    def _let_go(self) -> None:
        place = self.names.index(self.sender())  # type: ignore[arg-type]
        self._use((*self.pinned[:place], *self.pinned[place + 1 :]))

    def _use(self, pinned: tuple[Weight, ...]) -> None:
        self.pinned = pinned
        self._name()
        self._tell()
        self.changed.emit()

    def _name(self) -> None:
        """Write the legend anew."""
        for widget in (*self.names, *self._signs):
            self._legend.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.names, self._signs = [], []
        for place, weight in enumerate(self.pinned):
            sign = Text(SIGNS[place % len(SIGNS)], size="small", is_bold=True)
            name = TextButton(name_of(weight), tr("Let this weight go"), is_link=True)
            name.clicked.connect(self._let_go)
            self._signs.append(sign)
            self.names.append(name)
            for at, widget in enumerate((sign, name)):
                self._legend.insertWidget(2 * place + at, widget)
        self._colour(current())

    @Slot(object)
    def _use_theme(self, theme: Theme) -> None:
        self._colour(theme)

    def _colour(self, theme: Theme) -> None:
        for place, sign in enumerate(self._signs):
            palette = sign.palette()
            palette.setColor(palette.ColorRole.WindowText, QColor(theme.class_colour(place)))
            sign.setPalette(palette)

    def interest(self, base: Interest) -> Interest:
        """Ask for the traces of the pinned weights."""
        return replace(base, pinned=self.pinned)

    def show_frame(self, frame: Frame) -> None:
        """Draw the traces."""
        self.plot.marks.show(frame.marks)
        if len(frame.traces) != len(self.pinned):
            return  # computed for what was pinned before
        lines = [
            Line(name_of(weight), trace.steps.astype(float), np.asarray(trace.values, dtype=float))
            for weight, trace in zip(self.pinned, frame.traces, strict=True)
        ]
        self.plot.show_lines(lines, max(frame.last_step, frame.step))

    def table(self) -> Table:
        """Return the points of all traces."""
        return ("weight", "step", "value"), [row for line in self.plot.lines for row in line.rows()]


def name_of(weight: Weight) -> str:
    """Return the symbol of a weight."""
    return symbols().entry(weight.name, *weight.entry)
