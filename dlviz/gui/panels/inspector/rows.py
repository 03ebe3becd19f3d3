"""Rows of the inspector: a label, one or two numbers, full precision on hover and to copy; and a value to type."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QGuiApplication, QKeyEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from dlviz.core.errors import SpecError
from dlviz.gui import numbers
from dlviz.gui.leaves import Leaf
from dlviz.gui.panels.inspector.card import Fact
from dlviz.gui.selection import NOTHING
from dlviz.gui.theme import GRID, current
from dlviz.gui.verbatim import in_help
from dlviz.gui.widgets.copying import offer
from dlviz.gui.widgets.one_line import OneLine
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Elided, Text
from dlviz.i18n import tr

VALUE_WIDTH = 9 * GRID  # pixels; two columns stay under their titles
NOT_COMPUTED = "–"


class FactRow(QWidget):
    """One fact; rows are reused, so only what differs is set."""

    pointed = Signal(object)  # Selected of the factor under the pointer or the keyboard, NOTHING when it has left
    taken = Signal(object)  # Selected of the factor that was clicked
    walked = Signal(int)  # steps that are done once the step that was clicked is

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = Elided("", "muted")
        self.values = (Text(""), Text(""))
        self._layout = QHBoxLayout(self)
        spaced(self._layout)
        self._layout.addWidget(self.label, 1)
        for value in self.values:
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setMinimumWidth(VALUE_WIDTH)
            self._layout.addWidget(value)
        self._fact = Fact("")
        self.sources: OneLine | None = None  # made for the first label that leads somewhere

    def show_fact(self, fact: Fact) -> None:
        """Show a label and its numbers; not a number leaves a column empty."""
        self._fact = fact
        if (self.label.text(), self.label.whatsThis()) != (fact.label, fact.tip):
            self.label.setText(fact.label)
            self.label.set_short(fact.short)
            self.label.setToolTip(f"{fact.label}\n{fact.tip}" if fact.tip else fact.label)
            self.label.setWhatsThis(in_help(fact.tip))
        self._show_sources(fact)
        shown = fact.values[-2:] if not fact.text else ()
        first = shown[0] if len(shown) == 2 else None
        # Where the first column stays empty the label has its room.
        self._set(self.values[0], fact, first, len(shown) == 2 and (first is None or not math.isnan(first)))
        self._set(self.values[1], fact, shown[-1] if shown else None, True)

    def _show_sources(self, fact: Fact) -> None:
        if fact.sources and self.sources is None:
            self.sources = OneLine()
            self.sources.pointed.connect(self._point)
            self.sources.taken.connect(self._take)
            self._layout.insertWidget(0, self.sources, 1)
        self.label.setVisible(not fact.sources)
        if self.sources is not None:
            self.sources.setVisible(bool(fact.sources))
            self.sources.show_line(fact.lead, [each.text for each in fact.sources], [each.tip for each in fact.sources])

    @Slot(int)
    def _point(self, number: int) -> None:
        self.pointed.emit(self._fact.sources[number].place if 0 <= number < len(self._fact.sources) else NOTHING)

    @Slot(int)
    def _take(self, number: int) -> None:
        if not 0 <= number < len(self._fact.sources):
            return
        source = self._fact.sources[number]
        if source.step is not None:
            self.walked.emit(source.step + 1)
        elif source.place != NOTHING:
            self.taken.emit(source.place)

    def _set(self, text: Text, fact: Fact, value: float | None, is_shown: bool) -> None:
        digits = fact.digits or numbers.digits_in_use()
        digits = min(digits, numbers.MOST_OF_FEW) if len(fact.values) > 1 else digits
        words = fact.text or write(value, fact.is_signed, digits)
        if text.text() != words:
            text.setText(words)
            text.setToolTip(full(value) if not fact.text else fact.text)
            text.setAccessibleName(f"{fact.label}: {words}")
            text.set_colour(colour_of(value, fact.is_signed) if not fact.text else "text")
        text.setVisible(is_shown)

    def words(self) -> str:
        """Return label and numbers with every digit, tab-separated."""
        values = [self._fact.text] if self._fact.text else [full(each) for each in self._fact.values]
        return "\t".join([self._fact.label, *values])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        offer(self, event.globalPos(), tr("Copy"), self.copy)

    @Slot()
    def copy(self) -> None:
        """Put the numbers on the clipboard with every digit."""
        known = [each for each in self._fact.values if each is not None and _is_known(each)]
        values = [self._fact.text] if self._fact.text else [numbers.exact(each) for each in known]
        QGuiApplication.clipboard().setText("\t".join(values))


class FactTable(QWidget):
    """Rows under optional column titles; made once and reused."""

    pointed = Signal(object)  # Selected under the pointer or the keyboard, NOTHING when it has left
    taken = Signal(object)  # Selected that was clicked
    walked = Signal(int)  # steps that are done once the step that was clicked is

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headings = FactRow(self)
        for value in self.headings.values:
            value.set_colour("muted")
        self.rows: list[FactRow] = []
        self._layout = QVBoxLayout(self)
        spaced(self._layout, gap=GRID // 2 + 2)
        self._layout.addWidget(self.headings)

    def show_facts(self, facts: Sequence[Fact], headings: Sequence[str] = ()) -> None:
        """Show these facts."""
        self.headings.setVisible(len(headings) == 2)
        for text, heading in zip(self.headings.values, headings, strict=False):
            text.setText(heading)
            text.setVisible(True)
        while len(self.rows) < len(facts):
            self._add_row()
        for position, row in enumerate(self.rows):
            if position < len(facts):
                row.show_fact(facts[position])
            row.setVisible(position < len(facts))

    def _add_row(self) -> None:
        row = FactRow(self)
        row.pointed.connect(self.pointed)
        row.taken.connect(self.taken)
        row.walked.connect(self.walked)
        self.rows.append(row)
        self._layout.addWidget(row)

    def words(self) -> str:
        """Return all rows on show as tab-separated lines."""
        return "\n".join(row.words() for row in self.rows if not row.isHidden())


class ValueField(QLineEdit):
    """The value of one weight or bias; Enter accepts what was typed, Esc takes it back."""

    typed = Signal(object)  # float
    refused = Signal(object)  # SpecError, whose sentence says what was expected

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.leaf: Leaf | None = None  # what is shown
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.returnPressed.connect(self._accept)
        self.textEdited.connect(self._edited)

    def show_leaf(self, leaf: Leaf) -> None:
        """Show a value, unless another one is being typed for the same place."""
        is_same = self.leaf is not None and (self.leaf.name, self.leaf.index) == (leaf.name, leaf.index)
        self.leaf = leaf
        if is_same and self.isModified():
            return
        if not is_same:
            describe(self, tr("Value of {symbol}", symbol=leaf.symbol))
        self._write()

    def _write(self) -> None:
        value = None if self.leaf is None else self.leaf.value
        words = write(value)
        if self.text() != words:
            self.setText(words)
        self.setModified(False)
        self.setToolTip(tr("{value}\nEnter: use what was typed. Esc: take it back.", value=full(value)))

    @Slot()
    def _accept(self) -> None:
        try:
            value = numbers.parse_number(self.text())
        except SpecError as error:
            self._colour("error")
            self.setToolTip(str(error))
            self.refused.emit(error)
            return
        was_typed = self.isModified()
        self.setModified(False)
        self._colour("text")
        if was_typed:
            self.typed.emit(value)

    @Slot(str)
    def _edited(self, _text: str) -> None:
        self._colour("text")

    def event(self, event: QEvent) -> bool:
        """Keep Esc, with which the window would select nothing, while something is being typed."""
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and is_escape and self.isModified():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._restore()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._restore()

    def _restore(self) -> None:
        self._colour("text")
        self.setModified(False)
        self._write()

    def _colour(self, name: str) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, current().colour(name))
        self.setPalette(palette)


def _is_known(value: float | None) -> bool:
    return value is not None and not math.isnan(value)


def write(value: float | None, is_signed: bool = False, digits: int | None = None) -> str:
    """Write a number of a fact: a dash where it is not computed, nothing where it does not apply."""
    if value is None:
        return NOT_COMPUTED
    return "" if math.isnan(value) else numbers.number(value, digits, is_signed)


def full(value: float | None) -> str:
    """Write every digit, or say that there is nothing yet."""
    if value is None:
        return tr("not computed yet")
    return "" if math.isnan(value) else numbers.full(value)


def colour_of(value: float | None, is_signed: bool) -> str:
    """Return the theme's colour for a number: of its sign where that is the point."""
    if not _is_known(value):
        return "muted"
    if not is_signed or not value:
        return "text"
    return "negative_text" if value < 0 else "positive_text"
