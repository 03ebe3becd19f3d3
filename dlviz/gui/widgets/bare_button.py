"""A button that paints itself: what cards and headings of folds have in common."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from dlviz.gui.theme import Theme, theme_signals
from dlviz.gui.widgets.paint import describe


class BareButton(QAbstractButton):
    """As wide as there is room, reached by Tab, told when the pointer is over it; a new theme lays it out anew."""

    def __init__(self, words: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, words, tip)
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.updateGeometry()
        self.update()
