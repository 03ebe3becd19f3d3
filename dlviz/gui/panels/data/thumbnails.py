"""Small pictures of the built-in data sets, drawn from the very points that they make."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from dlviz.data.builtin import datasets
from dlviz.gui.theme import GRID, current
from dlviz.gui.widgets.paint import describe, rounded
from dlviz.gui.widgets.points import FILLED, paint_points
from dlviz.i18n import tr

SHOWN = ("circles", "moons", "spiral", "blobs", "xor", "and", "line", "sine")
COLUMNS = 4
_POINTS = 56  # as many as a tile can hold apart
_INSET = 8.0  # pixels between a tile's border and its points
_KEY = Qt.ItemDataRole.UserRole


@cache
def thumbnail_points(key: str) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return places (n, 2) in the unit square, y upwards, and classes (n,) of a set's default points."""
    dataset = datasets.get(key).build({})
    chosen = np.linspace(0, dataset.n - 1, min(_POINTS, dataset.n)).astype(int)
    inputs, targets = dataset.inputs[chosen], dataset.targets[chosen]
    if dataset.task == "regression":
        inputs = np.column_stack([inputs[:, 0], targets[:, 0]])
        return _to_unit(inputs), (targets[:, 0] > targets[:, 0].mean()).astype(np.intp)
    return _to_unit(inputs), targets.astype(np.intp)


def _to_unit(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit places into the unit square without changing their proportions."""
    low, high = places.min(axis=0), places.max(axis=0)
    return (places - (low + high) / 2) / max(float((high - low).max()), 1e-9) + 0.5


class ThumbnailPainter(QStyledItemDelegate):
    """Paints one tile: a rounded box, in the accent where chosen, with the points inside."""

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        theme, state = current(), option.state
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        is_hot = bool(state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus))
        box = QRectF(option.rect).adjusted(1, 1, -GRID, -GRID)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        border = theme.accent if is_chosen else theme.muted if is_hot else theme.outline
        rounded(p, box, fill=theme.field, border=border, width=2.0 if is_chosen else 1.0)
        self._paint_points(p, box.adjusted(_INSET, _INSET, -_INSET, -_INSET), str(index.data(_KEY)))
        p.restore()

    @staticmethod
    def _paint_points(p: QPainter, box: QRectF, key: str) -> None:
        places, classes = thumbnail_points(key)
        is_gate = len(places) <= 8  # a few corners: larger, and nearer to each other
        radius = 4.0 if is_gate else 1.7
        places = 0.5 + (places - 0.5) * (0.62 if is_gate else 1.0)
        x = box.left() + places[:, 0] * box.width()
        y = box.bottom() - places[:, 1] * box.height()
        everything = np.full(len(places), FILLED)
        paint_points(p, np.stack([x, y], axis=1), classes, everything, current(), radius)


class ThumbnailList(QListWidget):
    """The pictures, four a row; one stop of the keyboard, arrows choose."""

    chosen = Signal(str)  # by the user

    def __init__(self, keys: Sequence[str] = SHOWN, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(ThumbnailPainter(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.setAutoScroll(False)
        self.setViewportMargins(0, 0, -GRID - 2, 0)  # the gap after the last tile of a row lies outside
        self.setMouseTracking(True)
        describe(self, tr("Built-in data sets"), tr("Choose a data set"))
        for key in keys:
            self._add(key)
        self.itemSelectionChanged.connect(self._choose)

    def _add(self, key: str) -> None:
        entry = datasets.get(key)
        item = QListWidgetItem(self)
        item.setData(_KEY, key)
        item.setToolTip(f"{entry.title}\n{entry.description}")
        item.setData(Qt.ItemDataRole.AccessibleTextRole, entry.title)

    def show_key(self, key: str) -> None:
        """Show this set as chosen, or none, without telling anybody."""
        was_blocked = self.blockSignals(True)
        self.clearSelection()
        for row in range(self.count()):
            if self.item(row).data(_KEY) == key:
                self.setCurrentRow(row)
        self.blockSignals(was_blocked)
        self.viewport().update()

    @Slot()
    def _choose(self) -> None:
        for item in self.selectedItems():
            self.chosen.emit(str(item.data(_KEY)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = max((self.width() + GRID) // COLUMNS, 32)
        self.setGridSize(QSize(side, side))
        for row in range(self.count()):
            self.item(row).setSizeHint(QSize(side, side))
        self.setFixedHeight(-(-self.count() // COLUMNS) * side)
        super().resizeEvent(event)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QListView.ScrollHint = QListView.ScrollHint.EnsureVisible,
    ) -> None:
        """Stay: all tiles are always in view."""

    def sizeHint(self) -> QSize:
        return QSize(28 * GRID, 15 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(20 * GRID, 10 * GRID)
