"""Help ▸ What is drawn, as a list: canvas and plots for the keyboard and screen readers."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, QTimer, Slot
from PySide6.QtWidgets import QDialog, QHeaderView, QTreeView, QVBoxLayout, QWidget

from dlviz.gui.listing.entries import Entry
from dlviz.gui.listing.model import EntryModel
from dlviz.gui.selection import NOTHING, Selection
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import describe
from dlviz.i18n import tr
from dlviz.session.messages import Frame

SIZE = (60 * GRID, 70 * GRID)
EVERY_MS, SOON_MS = 1000, 60  # while training goes on, as faster changes cannot be read out; and while it stands


class ListDialog(QDialog):
    """A tree of all that is drawn; it stays open beside the work and follows it. Enter selects in the window."""

    def __init__(self, entries: Callable[[], tuple[Entry, ...]], selection: Selection, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries, self._selection = entries, selection
        self._due = QTimer(self, singleShot=True)
        self._due.timeout.connect(self.renew)
        self.setWindowTitle(tr("What is drawn"))
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.drawn, self.tree = EntryModel(self), QTreeView()
        self.tree.setModel(self.drawn)
        self.tree.setFrameShape(QTreeView.Shape.NoFrame)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
        self.tree.header().resizeSection(1, 16 * GRID)
        describe(self.tree, tr("What is drawn"), tr("Arrow keys walk and open, letters search, Enter selects"))
        self.tree.activated.connect(self._take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tree)
        self.resize(*SIZE)
        self.renew()
        self.tree.expandToDepth(0)
        self.tree.setCurrentIndex(self.drawn.index(0, 0))

    @Slot()
    def renew(self) -> None:
        """Read everything again; what is open and where the keyboard stands stays."""
        opened = [self.drawn.path(index) for index in self._open_rows()]
        current = self.tree.currentIndex()
        at = self.drawn.path(current) if current.isValid() else ()
        if not self.drawn.show_entries(self._entries()):
            return
        for path in opened:
            self.tree.expand(self.drawn.find(path))
        if at:
            self.tree.setCurrentIndex(self.drawn.find(at))

    def _open_rows(self) -> list[QModelIndex]:
        found, index = [], self.drawn.index(0, 0)
        while index.isValid():
            found += [index] if self.tree.isExpanded(index) else []
            index = self.tree.indexBelow(index)
        return found

    @Slot(object)
    def follow(self, frame: Frame) -> None:
        """Read again once a new frame is drawn, but not faster than it can be read out."""
        if not self._due.isActive():
            self._due.start(EVERY_MS if frame.state == "running" else SOON_MS)

    @Slot(QModelIndex)
    def _take(self, index: QModelIndex) -> None:
        place = self.drawn.entry(index).place
        if place != NOTHING:
            self._selection.select(place)
