"""Field for the shape in which an input node reads a row of the data: 64, 1 × 8 × 8, or 64 × 1."""

import math
import re

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolTip, QWidget

from dlviz.core.network import InputSpec
from dlviz.gui.widgets.form import FIELD_WIDTH
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.edits import readings, shape_words


class ShapeForm(QWidget):
    """Offers the usual shapes and takes any other that is typed."""

    accepted = Signal(object)  # tuple of whole numbers

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: InputSpec | None = None
        self.shape = QComboBox(editable=True)
        self.shape.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.shape.setMinimumWidth(FIELD_WIDTH)
        tip = tr("How a row of the data is cut: images as channels × height × width, sequences as steps × features")
        describe(self.shape, tr("Shape of the input"), tip)
        layout = QHBoxLayout(self)
        spaced(layout)
        layout.addWidget(Text(tr("read as"), "muted"), 1)
        layout.addWidget(self.shape)
        self.shape.activated.connect(self._accept)
        line = self.shape.lineEdit()
        assert line is not None  # it is editable
        line.editingFinished.connect(self._accept)

    def show_input(self, node: InputSpec) -> None:
        """Show the shape as it stands."""
        if node == self._shown and not self.shape.hasFocus():
            self.shape.setEditText(shape_words(node.shape))
        if node == self._shown:
            return
        self._shown = node
        self.shape.clear()
        self.shape.addItems([shape_words(each) for each in readings(math.prod(node.shape))])
        self.shape.setEditText(shape_words(node.shape))

    @Slot()
    def _accept(self) -> None:
        typed = self.shape.currentText().strip(" []()")
        if self._shown is None or typed == shape_words(self._shown.shape):
            return
        sides = [each.strip() for each in re.split("[×xX*,; ]+", typed)]
        if all(side.isdecimal() for side in sides):
            self.accepted.emit(tuple(map(int, sides)))
        else:
            told = tr("Expected whole numbers such as 1 × 8 × 8. Received: {typed}", typed=typed)
            QToolTip.showText(self.shape.mapToGlobal(self.shape.rect().bottomLeft()), told, self.shape)
        self.shape.setEditText(shape_words(self._shown.shape))
