"""Collapse: a network of linear layers shown as the one linear map it is, with the largest difference between both."""

import math
import string

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.errors import SpecError
from dlviz.core.explain import LinearMap
from dlviz.core.notation import Symbols
from dlviz.gui.panels.inspector.card import Fact
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.collapsed import Collapsed
from dlviz.session.explanation import DerivativesExplanation
from dlviz.session.messages import Frame

MOST_COEFFICIENTS = 24  # that are listed; of more, the first


class CollapseView(QWidget):
    """A button, or the reason why there is nothing to collapse; below it the coefficients."""

    wanted = Signal(bool)  # the map is wanted from the next frames, or no more

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = TextButton(tr("Collapse to one linear map"))
        self.button.setCheckable(True)
        self.reason, self.facts = Text("", "muted", "small"), FactTable()
        self.reason.setWordWrap(True)
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for widget in (self.button, self.reason, self.facts):
            column.addWidget(widget)
        self.facts.hide()
        self.button.toggled.connect(self._toggle)

    def show_reason(self, refused: SpecError | None) -> None:
        """Offer the collapse, or say why this network has none."""
        self.button.setEnabled(refused is None)
        words = "" if refused is None else f"{refused.place}: {refused.sentence}"
        self.reason.setText(words)
        self.reason.setVisible(bool(words))
        tip = tr("Layers that are all linear are one matrix and one bias: y = A x₁ + B x₂ + C")
        describe(self.button, self.button.text(), words or tip)
        if refused is not None:
            self.button.setChecked(False)

    @Slot(bool)
    def _toggle(self, is_on: bool) -> None:
        self.facts.setVisible(is_on)
        self.facts.show_facts((Fact(tr("linear map"), text="…"),))
        self.wanted.emit(is_on)

    def show_frame(self, frame: Frame) -> None:
        """Show the coefficients once they have come."""
        answer = frame.explanation
        if self.button.isChecked() and isinstance(answer, DerivativesExplanation) and answer.collapsed is not None:
            self.facts.show_facts(_facts(answer.collapsed, frame.document.symbols))


def _facts(found: Collapsed, symbols: Symbols) -> tuple[Fact, ...]:
    facts = [fact for output, each in found.maps.items() for fact in _coefficients(output, each, symbols)]
    tip = tr("Between the map and the network, on {rows} random inputs", rows=found.rows)
    largest = Fact(tr("largest difference"), (found.difference,), tip=tip)
    return (*facts[:MOST_COEFFICIENTS], largest)


def _coefficients(output: str, found: LinearMap, symbols: Symbols) -> list[Fact]:
    """Name the coefficients A, B, …, the constant last, where they are few; else by output and input."""
    columns = [symbols.value(node.id, unit) for node in symbols.network.inputs for unit in range(math.prod(node.shape))]
    facts = []
    letters = string.ascii_uppercase if len(found.b) == 1 and len(columns) < len(string.ascii_uppercase) else ""
    for row, (weights, bias) in enumerate(zip(found.W.tolist(), found.b.tolist(), strict=True)):
        unit = symbols.value(output, row)
        names = [letters[k] if letters else unit for k in range(len(columns))]
        facts += [
            Fact(tr("{name}, of {input}", name=name, input=column), (weight,), is_signed=True)
            for name, column, weight in zip(names, columns, weights, strict=True)
        ]
        constant = letters[len(columns)] if letters else unit
        facts.append(Fact(tr("{name}, constant", name=constant), (bias,), is_signed=True))
    return facts
