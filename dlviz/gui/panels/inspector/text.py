"""A line of mathematics in the inspector, in plain Unicode."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from dlviz.gui.theme import Theme, font
from dlviz.gui.widgets.text import Text

_FORMULA_FAMILIES = ["DejaVu Serif", "Liberation Serif", "Times New Roman", "serif"]


class FormulaText(Text):
    """Mathematics in a serif face, as in a book; it wraps and can be copied."""

    def __init__(self, colour: str = "text", parent: QWidget | None = None) -> None:
        super().__init__("", colour, parent=parent)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def show_words(self, words: str) -> None:
        """Show a formula, nothing where there is none."""
        if self.text() != words:
            self.setText(words)
        self.setVisible(bool(words))

    @Slot(object)
    def _use_theme(self, theme: Theme) -> None:
        super()._use_theme(theme)
        face = font("normal", scale=1.12)
        face.setFamilies(_FORMULA_FAMILIES)
        face.setStyleHint(QFont.StyleHint.Serif)
        self.setFont(face)
