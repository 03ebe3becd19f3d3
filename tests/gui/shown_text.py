"""All words and formulas that a window shows at one moment, as its widgets hold them."""

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLabel, QLineEdit, QWidget

from dlviz.gui.main_window import MainWindow
from dlviz.gui.panels.canvas import CanvasPanel
from dlviz.gui.typeset.view import FormulaView


def shown_texts(window: MainWindow) -> Iterator[str]:
    """Give every visible text: labels, buttons, fields, lists, formulas, and what the canvas writes."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
            yield widget.text()
        elif isinstance(widget, QComboBox):
            yield widget.currentText()
        elif isinstance(widget, FormulaView):
            yield widget.text()
        elif isinstance(widget, QAbstractItemView):
            yield from _cells(widget.model())
        elif isinstance(widget, CanvasPanel):
            yield from _drawn(widget)


def _cells(model: QAbstractItemModel | None) -> Iterator[str]:
    if model is None:
        return
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
    for row in range(model.rowCount(QModelIndex())):
        for column in range(columns):
            index = model.index(row, column, QModelIndex())
            yield str(index.data(Qt.ItemDataRole.DisplayRole) or "")
            yield str(index.data(Qt.ItemDataRole.ToolTipRole) or "")


def _drawn(canvas: CanvasPanel) -> Iterator[str]:
    for texts in canvas.scene.tiles.content.texts.values():
        yield from (*texts.names, *texts.values, *texts.deltas, *texts.notes, *texts.sides, *texts.biases)
    yield from canvas.scene.labels._texts
