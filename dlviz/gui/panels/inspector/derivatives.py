"""All derivatives of a layer or of a small network, each in letters and with its numbers."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.explain import Derivation
from dlviz.core.network import NetworkSpec
from dlviz.gui import numbers
from dlviz.gui.panels.inspector.check_model import place_of
from dlviz.gui.panels.inspector.reading import Reading
from dlviz.gui.panels.inspector.rows import colour_of
from dlviz.gui.panels.inspector.text import FormulaText
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session.explanation import DerivativesExplanation

MOST_PUT_IN = 4  # examples up to which the numbers are written too


class DerivativeRow(QWidget):
    """One derivative: its name, which leads to the weight, its value, and below them where that comes from."""

    taken = Signal(object)  # Selected

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = NOTHING
        self.name = TextButton("", is_link=True)
        self.value = Text("", is_bold=True)
        self.symbols, self.numbers = FormulaText(), FormulaText("muted")
        head = QHBoxLayout()
        spaced(head)
        head.addWidget(self.name)
        head.addStretch(1)
        head.addWidget(self.value)
        column = QVBoxLayout(self)
        spaced(column)
        column.addLayout(head)
        column.addWidget(self.symbols)
        column.addWidget(self.numbers)
        self.name.clicked.connect(self._take)

    def show_derivation(self, place: Selected, told: Derivation, n: int) -> None:
        """Show one derivative of a batch of n examples. place: that of its weight."""
        self.place = place
        self.name.setText(told.left)
        describe(self.name, told.left, tr("Show this number and where its gradient comes from"))
        self.value.setText(numbers.number(told.value, signed=True))
        self.value.setToolTip(numbers.full(told.value))
        self.value.set_colour(colour_of(told.value, is_signed=True))
        self.symbols.show_words(f"= {told.symbols}")
        is_short = n <= MOST_PUT_IN and told.numbers != told.symbols
        self.numbers.show_words(f"= {told.numbers}".replace("-", numbers.MINUS) if is_short else "")

    @Slot()
    def _take(self) -> None:
        self.taken.emit(self.place)


class Derivatives(QWidget):
    """The list, as far as the walk has come; hidden where there is nothing to write."""

    taken = Signal(object)  # Selected of the derivative that was chosen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.note = SectionHeader(tr("Derivatives")), Text("", "muted")
        self.note.setWordWrap(True)
        self.rows: list[DerivativeRow] = []
        self._column = QVBoxLayout(self)
        spaced(self._column, gap=GRID)
        self._column.setContentsMargins(0, GRID, 0, 0)
        self._column.addWidget(self.header, 0, Qt.AlignmentFlag.AlignTop)
        self._column.addWidget(self.note)

    def show_derivatives(self, shown: DerivativesExplanation, network: NetworkSpec, reading: Reading) -> None:
        """Show those whose gradient is computed; say so where none is."""
        known = [each for each in shown.written if reading.is_gradient_known(each[0].name)]
        self.setVisible(bool(shown.written or shown.problem))
        self.header.set_info(tr("{count} of {all} computed", count=len(known), all=len(shown.written)))
        words = shown.problem or ("" if known else tr("Not computed yet: the gradients come with the backward pass."))
        self.note.setText(words)
        self.note.setVisible(bool(words))
        while len(self.rows) < len(known):
            self._add_row()
        for row, (weight, told) in zip(self.rows, known, strict=False):
            layer = weight.name.partition(".")[0]
            row.show_derivation(place_of(network, layer, weight.name, weight.entry), told, shown.n)
        for position, row in enumerate(self.rows):
            row.setVisible(position < len(known))

    def _add_row(self) -> None:
        row = DerivativeRow()
        row.taken.connect(self.taken)
        self.rows.append(row)
        self._column.addWidget(row)
