"""Where a gradient comes from: the part of the inspector below the numbers of a weight or bias."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.notation import Symbols
from dlviz.gui import numbers
from dlviz.gui.panels.inspector.card import Fact
from dlviz.gui.panels.inspector.history import WeightHistory
from dlviz.gui.panels.inspector.paths import PathList
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.panels.inspector.samples import Samples
from dlviz.gui.panels.inspector.slope import Slope
from dlviz.gui.panels.inspector.text import FormulaText
from dlviz.gui.panels.inspector.ways import Words
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session.explanation import Explanation

MOST_PUT_IN = 2  # paths up to which the derivative is also written with its numbers; the cards show them too
MOST_USES = 12  # that are listed, the largest; the rest are added up


class Origin(QWidget):
    """Shows explanations; one that is not there yet is a single line of words."""

    lit = Signal(object, bool)  # places of the path to light, () for none; whether it stays
    pointed = Signal(object)  # Selected under the pointer, NOTHING when it has left
    taken = Signal(object)  # Selected that was clicked
    sample_taken = Signal(int)  # number of the example that was clicked
    reach_chosen = Signal(float)  # of the slope picture

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = SectionHeader(tr("Where it comes from"))
        self.note = Text("", "muted")
        self.note.setWordWrap(True)
        self.paths = PathList()
        self.written = (FormulaText(), FormulaText("muted"))
        self.uses_header, self.uses = SectionHeader(tr("Every use of this weight")), FactTable()
        self.saved = Text("", "muted", "small")
        self.saved.setWordWrap(True)
        describe(self.saved, tr("Multiplications"), tr("Products of two numbers for the gradients of all weights"))
        self.samples, self.slope, self.history = Samples(), Slope(), WeightHistory()
        column = QVBoxLayout(self)
        spaced(column, gap=GRID + GRID // 2)
        column.setContentsMargins(0, GRID, 0, 0)
        for widget in self._parts():
            column.addWidget(widget)
        self.paths.lit.connect(self.lit)
        self.paths.pointed.connect(self._point)
        self.paths.taken.connect(self.taken)
        self.samples.taken.connect(self.sample_taken)
        self.slope.reach_chosen.connect(self.reach_chosen)

    def _parts(self) -> tuple[QWidget, ...]:
        words = (self.header, self.note, self.paths, *self.written, self.saved)
        return (*words, self.uses_header, self.uses, self.samples, self.slope, self.history)

    def say(self, words: str) -> None:
        """Show words where there is no explanation yet."""
        for part in self._parts():
            part.setVisible(part in (self.header, self.note))
        self.header.set_info("")
        self.note.setText(words)

    def show_explanation(self, explanation: Explanation, symbols: Symbols) -> None:
        """Show an explanation as far as it goes."""
        found = explanation.paths
        self.note.setVisible(bool(explanation.problem))
        self.note.setText(explanation.problem)
        self.header.setVisible(True)
        self.header.set_info("" if found is None else count_words(found.count))
        self.paths.setVisible(found is not None)
        self.paths.show_paths(explanation, symbols)
        self._show_written(explanation)
        self._show_uses(explanation, symbols)
        self.samples.show_shares(explanation, symbols.slope_of_loss("w"))
        self.slope.show_slope(explanation.slope)
        self.history.show_history(explanation.kept, explanation.updates)
        saved = explanation.saved
        self.saved.setVisible(saved is not None)
        if saved is not None:
            self.saved.setText(
                tr("Multiplications for all gradients of this sample: {with_reuse}, as factors are reused; "
                   "{without} if every path were multiplied out.",
                   with_reuse=numbers.how_many(saved.with_reuse), without=numbers.how_many(saved.without_reuse))
            )  # fmt: skip

    def _show_written(self, explanation: Explanation) -> None:
        told = explanation.written
        words = [] if told is None else [f"{told.left} = {told.symbols}"]
        if told is not None and len(explanation.terms) == 1 and len(self.paths.ways) <= MOST_PUT_IN:
            words.append(f"= {told.numbers}".replace("-", numbers.MINUS))
        for position, text in enumerate(self.written):
            text.show_words(words[position] if position < len(words) else "")

    def _show_uses(self, explanation: Explanation, symbols: Symbols) -> None:
        terms = sorted(explanation.terms, key=lambda term: -abs(term.value))
        is_shared = len(terms) > 1
        for widget in (self.uses_header, self.uses):
            widget.setVisible(is_shared)
        if not is_shared:
            return
        named = Words(symbols)
        shown, rest = terms[:MOST_USES], terms[MOST_USES:]
        facts = [Fact(use_words(named.term(term), term.delta, term.factor), (term.value,), is_signed=True)
                 for term in shown]  # fmt: skip
        if rest:
            total = sum(term.value for term in rest)
            facts.append(Fact(tr("and {count} more uses", count=numbers.count(len(rest))), (total,), is_signed=True))
        self.uses.show_facts(facts)
        self.uses_header.set_info(tr("{count} uses", count=numbers.count(len(terms))))

    @Slot(object)
    def _point(self, place: Selected | None) -> None:
        self.pointed.emit(place or NOTHING)


def count_words(count: int) -> str:
    """Say how many paths there are."""
    return tr("1 path") if count == 1 else tr("{count} paths", count=numbers.how_many(count))


def use_words(name: str, delta: float, factor: float) -> str:
    """Write one use of a weight: its place, and the product that it adds."""
    return f"{name}: {numbers.number(delta)} · {numbers.number(factor)}"
