"""What an empty canvas says: how to begin."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr


class Invitation(QWidget):
    """A sentence and the button that adds the first layer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.button = TextButton(tr("Add a layer"), tr("Add the output layer; more go in between (Ins)"))
        title = Text(tr("No layers yet"), is_bold=True)
        hint = Text(tr("Begin with the output. Hidden layers go in between."), "muted", "small")
        layout = QVBoxLayout(self)
        spaced(layout, GRID, GRID)
        for widget in (title, hint, self.button):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        describe(self, tr("Empty network"))
        # A child of a scroll area's viewport would else paint labels in the role Text, not WindowText.
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.hide()
