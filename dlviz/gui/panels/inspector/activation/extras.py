"""What unfolds below the curve: another activation beside it, a table at points of one's own, and the derivation."""

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from dlviz.core.activations import activations
from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import DlvizError
from dlviz.core.hyper import complete
from dlviz.gui import numbers
from dlviz.gui.letters import spell
from dlviz.gui.theme import GRID
from dlviz.gui.typeset.lines import EquationLines
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.fold import Fold
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.activation_study import FIRST_POINTS, ActivationStudy, Shape

STRETCHED = "2*sigmoid(2*z) - 1"  # what tanh z is
OWN = "own"
MOST_POINTS = 24
SAME = 1e-12  # of two curves that coincide but for rounding


HEADINGS = ("z", "φ(z)", "φ′(z)")


class Comparison(Fold):
    """An activation of the list or a formula of one's own beside the curve; asked tells the choice, or None."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Compare with"), tr("Draw another activation beside this one"), parent)
        self.kinds, self.line, self.said = Chooser(), QLineEdit(STRETCHED), Text("", "muted", "small")
        self.kinds.addItem(tr("nothing"), "")
        for entry in activations:
            if entry.is_elementwise and entry.key != "formula":
                self.kinds.addItem(tr(entry.title), entry.key)
        self.kinds.addItem(tr("a formula"), OWN)
        describe(self.kinds, tr("Compare with"), tr("The other activation, with its usual settings"))
        describe(self.line, tr("Formula to compare with"), tr("A formula in z; Enter draws it"))
        self.said.setWordWrap(True)
        row = QHBoxLayout()
        spaced(row)
        row.addWidget(self.kinds)
        row.addWidget(self.line, 1)
        self.column.addLayout(row)
        self.column.addWidget(self.said)
        self.line.hide()
        self.kinds.activated.connect(self._ask)
        self.line.returnPressed.connect(self._ask)
        self.opened.connect(self._ask)

    @Slot()
    def _ask(self) -> None:
        key = str(self.kinds.currentData())
        self.line.setVisible(key == OWN)
        self._say("", "muted")
        if not self.is_open or not key:
            self.asked.emit(None)
        elif key != OWN:
            self.asked.emit(Choice(key))
        else:
            self._ask_formula()

    def _ask_formula(self) -> None:
        other, entry = chosen("formula", text=self.line.text()), activations.get("formula")
        try:
            complete(other.settings, entry.settings)
        except DlvizError as error:
            self._say(str(error), "error")
        else:
            self.asked.emit(other)

    def _say(self, words: str, colour: str) -> None:
        self.said.set_colour(colour)
        self.said.setText(words)
        self.said.setVisible(bool(words))

    def show_difference(self, shown: ActivationStudy) -> None:
        """Say how far the two curves are apart."""
        if shown.other is None:
            return
        apart = tr("largest difference: {number}", number=numbers.number(shown.difference, 3))
        self._say(tr("{apart} – the curves coincide", apart=apart) if shown.difference < SAME else apart, "muted")


class PointTable(Fold):
    """z, φ(z) and φ′(z) at points that can be typed; asked tells them."""

    asked = Signal(object)  # tuple of numbers

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Table of values"), tr("Values and derivatives at points of your own"), parent)
        self.points = QLineEdit("; ".join(numbers.number(each) for each in FIRST_POINTS))
        describe(self.points, tr("Points z"), tr("Numbers with semicolons between them; Enter computes the table"))
        self.cells: list[tuple[Text, Text, Text]] = []
        self.grid = QGridLayout()
        spaced(self.grid, gap=GRID // 2)
        self.column.addWidget(self.points)
        self.column.addLayout(self.grid)
        self.headings = tuple(Text("", "muted", "small") for _ in HEADINGS)
        for place, words in enumerate(self.headings):
            words.setAlignment(Qt.AlignmentFlag.AlignRight)
            self.grid.addWidget(words, 0, place)
        self.rows: np.ndarray = np.zeros((0, 3))
        self.points.returnPressed.connect(self._ask)

    @Slot()
    def _ask(self) -> None:
        words = self.points.text().replace(";", " ").split()
        try:
            self.asked.emit(tuple(map(numbers.parse_number, words))[:MOST_POINTS])
        except DlvizError as error:
            self.points.setToolTip(str(error))

    def show_table(self, table: np.ndarray) -> None:
        """Show rows of z, value and derivative."""
        self.rows = table
        for words, heading in zip(self.headings, HEADINGS, strict=True):
            words.setText(spell(heading))
        while len(self.cells) < len(table):
            made = (Text(""), Text(""), Text(""))
            for place, cell in enumerate(made):
                cell.setAlignment(Qt.AlignmentFlag.AlignRight)
                self.grid.addWidget(cell, len(self.cells) + 1, place)
            self.cells.append(made)
        for row, cells in enumerate(self.cells):
            for place, cell in enumerate(cells):
                cell.setVisible(row < len(table))
                if row < len(table):
                    value = float(table[row, place])
                    cell.setText(numbers.number(value))
                    cell.setToolTip(numbers.full(value))


class Derivation(Fold):
    """How the slope comes about, line by line, and where the unit stands with its numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Derivation of the slope"), tr("How φ′ follows from φ, step by step"), parent)
        self.view, self.said = EquationLines(tr("Derivation of the slope"), is_chain=True), Text("", "muted", "small")
        self.said.setWordWrap(True)
        self.column.addWidget(self.view)
        self.column.addWidget(self.said)

    def show_derivation(self, shape: Shape, stands: tuple[float, float, float] | None) -> None:
        """Show the way to the slope of an activation, and its number for a unit."""
        self.setVisible(bool(shape.derivation))
        if not shape.derivation:
            return
        first, *more = shape.derivation
        self.view.show_lines(*map(spell, (rf"\varphi'(z) = {first}", *more)))
        self.said.setVisible(stands is not None and shape.kind == "sigmoid")
        if stands is not None and shape.kind == "sigmoid":
            _, a, slope = stands
            steep = float(shape.settings["slope"])
            words = f"{numbers.number(steep)} · {numbers.number(a)} · (1 − {numbers.number(a)})"
            self.said.setText(tr("here: {product} = {slope}", product=words, slope=numbers.number(slope)))
