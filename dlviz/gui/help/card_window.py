"""A help card in a window that stays open beside the work."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from dlviz.gui.help.rings import Rings
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import describe
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.text import Text
from dlviz.session.help_cards import HelpCard

WIDTH, TALLEST = 88 * GRID, 74 * GRID  # pixels


class CardWindow(QDialog):
    """Sentences, a table or rings, and what to try."""

    def __init__(self, card: HelpCard, parent: QWidget) -> None:
        super().__init__(parent)
        self.card = card
        self.setWindowTitle(card.title)
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(Text(card.title, "text", "large", is_bold=True))
        for sentence in card.sentences:
            column.addWidget(_paragraph(sentence))
        if card.rings:
            column.addWidget(Rings(card.rings))
        if card.rows:
            column.addLayout(_table(card))
        for item in card.items:
            column.addWidget(_paragraph(item, "accent"))
        column.addStretch(1)
        area, whole = Scrolled(), QVBoxLayout(self)
        area.hold(content)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        describe(self, card.title, " ".join(card.sentences))
        self.resize(WIDTH, min(column.totalHeightForWidth(WIDTH - 2 * GRID) + GRID, TALLEST))


def _paragraph(words: str, colour: str = "text") -> Text:
    text = Text(words, colour)
    text.setWordWrap(True)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return text


def _table(card: HelpCard) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(3 * GRID)
    grid.setVerticalSpacing(GRID)
    for place, title in enumerate(card.columns):
        grid.addWidget(Text(title, "muted", "small", is_bold=True), 0, place)
        grid.setColumnStretch(place, 1 if place == 0 else 2)
    for line, row in enumerate(card.rows, 1):
        for place, cell in enumerate(row):
            text = _paragraph(cell)
            text.set_bold(place == 0)
            grid.addWidget(text, line, place, Qt.AlignmentFlag.AlignTop)
    return grid
