"""A widget whose contents are made anew while the keyboard stays where it was."""

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import spaced


class Renewed(QWidget):
    """One column of widgets, filled again whenever what they show has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._body: QWidget | None = None
        self._outer = QVBoxLayout(self)
        spaced(self._outer)

    def renew(self, fill: Callable[[QVBoxLayout], None]) -> None:
        """Put away what is shown and fill a new column; the field of the same name gets the focus back."""
        focused = QApplication.focusWidget()
        name = focused.objectName() if focused is not None and self.isAncestorOf(focused) else ""
        if self._body is not None:
            self._outer.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
        self._body = QWidget(self)
        column = QVBoxLayout(self._body)
        spaced(column, gap=GRID)
        fill(column)
        self._outer.addWidget(self._body)
        self._body.show()
        again = self._body.findChild(QWidget, name) if name else None
        if isinstance(again, QWidget):
            again.setFocus()
