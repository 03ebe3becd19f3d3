"""The middle of the window: messages, the canvas and what stands below it, the cards of the first start."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QSplitterHandle, QVBoxLayout, QWidget

from dlviz.gui.cards import FirstCards
from dlviz.gui.notifications import NotificationBar
from dlviz.gui.panel import Panel, PanelEntry
from dlviz.gui.rows_bar import RowsBar
from dlviz.gui.theme import current
from dlviz.gui.widgets.paint import Hairline, spaced

FIRST_WORKSPACE = "network"  # the one that the cards of the first start belong to


class QuietHandle(QSplitterHandle):
    """A handle that is only a hairline."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint one line in the middle."""
        with QPainter(self) as p:
            p.fillRect(self.rect(), current().colour("panel"))
            p.fillRect(0, 0, self.width(), 1, current().colour("line"))


class QuietSplitter(QSplitter):
    """A splitter with quiet handles."""

    def createHandle(self) -> QSplitterHandle:
        """Return a quiet handle."""
        return QuietHandle(self.orientation(), self)


class Centre(QWidget):
    """Centre panels one above the other; which of them is shown depends on the workspace."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = NotificationBar()
        self.rows = RowsBar()
        self.cards = FirstCards()
        self.cards.hide()
        self._split = QuietSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(5)
        self._panels: list[tuple[PanelEntry, Panel]] = []
        self._are_cards_waiting = False
        self._workspace, self._subject = FIRST_WORKSPACE, ""
        row, column = QHBoxLayout(self), QVBoxLayout()
        spaced(row, gap=0)
        spaced(column, gap=0)
        for widget, stretch in ((self.bar, 0), (self.rows, 0), (self._split, 1), (self.cards, 0)):
            column.addWidget(widget, stretch)
        row.addWidget(Hairline(is_upright=True))
        row.addLayout(column, 1)
        row.addWidget(Hairline(is_upright=True))

    def add(self, entry: PanelEntry, panel: Panel) -> None:
        """Add a panel below those that are there."""
        self._panels.append((entry, panel))
        self._split.addWidget(panel)
        self._split.setStretchFactor(self._split.count() - 1, entry.stretch)

    def panels(self) -> Iterable[Panel]:
        """Return the panels from top to bottom."""
        return [panel for _, panel in self._panels]

    def show_workspace(self, key: str) -> None:
        """Show the panels of a workspace, and give the first of them the keyboard.

        Without that, Qt would give it to the first button of the tools, and Space would press it.
        """
        self._workspace = key
        self._lend_cards(key == FIRST_WORKSPACE)
        self._show_panels()

    def show_subject(self, subject: str) -> None:
        """Show the panels for what the document is about."""
        if subject != self._subject:
            self._subject = subject
            self._show_panels()

    def _show_panels(self) -> None:
        shown = [self._is_shown(entry) for entry, _ in self._panels]
        for is_shown, (_, panel) in zip(shown, self._panels, strict=True):
            panel.setVisible(is_shown)
        shares = [entry.stretch * is_shown for is_shown, (entry, _) in zip(shown, self._panels, strict=True)]
        self._split.setSizes([self.height() * share for share in shares])
        # At once: docks share their room by what the centre needs now, not by what the panels before it needed.
        self._split.refresh()
        self.layout().activate()
        self.updateGeometry()
        first = next((panel for is_shown, (_, panel) in zip(shown, self._panels, strict=True) if is_shown), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _is_shown(self, entry: PanelEntry) -> bool:
        is_fitting = not entry.subjects or self._subject in ("", *entry.subjects)
        return self._workspace in entry.workspaces and is_fitting

    def _lend_cards(self, is_first: bool) -> None:
        """Show the cards in their workspace only: elsewhere they take the room of what is stepped through."""
        if is_first and self._are_cards_waiting:
            self._are_cards_waiting = False
            self.cards.show()
        elif not is_first and not self.cards.isHidden():
            self._are_cards_waiting = True
            self.cards.hide()
