"""The outputs of one example beside their targets: pairs of bars, the error of each, and what it adds to the loss."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.letters import symbols
from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.number_table import Column, Line, NumberTable
from dlviz.gui.widgets.paint import describe, painter, spaced
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session.loss_explanation import LossExplanation

HALF = 0.5  # with this factor books call the squared error the energy of the errors
ROW = 2 * GRID  # pixels of a pair of bars
NAME_WIDTH = 7 * GRID
MOST_PAIRS = 10  # drawn; of more outputs those with the largest targets and answers
MOST_LINES = 12
#: What an output adds to the loss of a sample, in letters; of other losses the formula is too long for a heading.
TERMS = {"squared_error": "e²", "categorical_cross_entropy": "−y ln a", "sparse_categorical_cross_entropy": "−y ln a"}


@dataclass(frozen=True)
class Pair:
    """A target and the answer to it."""

    unit: int
    name: str
    target: float
    answer: float


class PairBars(QWidget):
    """For every output the target as an outline and the answer as a filled bar, from a common zero."""

    taken = Signal(int)  # unit that was clicked

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pairs: tuple[Pair, ...] = ()
        self.marked = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        describe(self, tr("Target and prediction of every output"),
                 tr("Outline: the target. Filled: the prediction. Click an output to see its derivative."))  # fmt: skip
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.update()

    def show_pairs(self, pairs: Sequence[Pair], marked: int) -> None:
        """Show these; the unit marked is the one whose derivative is told."""
        if (tuple(pairs), marked) == (self.pairs, self.marked):
            return
        self.pairs, self.marked = tuple(pairs), marked
        said = (tr("{name}: target {target}, prediction {answer}", name=each.name, target=numbers.number(each.target),
                   answer=numbers.number(each.answer)) for each in pairs)  # fmt: skip
        self.setAccessibleDescription("; ".join(said))
        self.setFixedHeight(max(len(pairs), 1) * ROW)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of all pairs."""
        return QSize(30 * GRID, max(len(self.pairs), 1) * ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names, outlines and bars."""
        values = [value for pair in self.pairs for value in (pair.target, pair.answer)]
        low, high = min([0.0, *values]), max([0.0, *values]) or 1.0
        with painter(self) as p:
            for row, pair in enumerate(self.pairs):
                self._paint_pair(p, row, pair, (low, high))

    def _paint_pair(self, p: QPainter, row: int, pair: Pair, span: tuple[float, float]) -> None:
        theme, top = current(), row * ROW
        if pair.unit == self.marked:
            p.fillRect(QRectF(0, top, self.width(), ROW), theme.colour("accent_soft"))
        p.setPen(theme.colour("muted"))
        name = p.fontMetrics().elidedText(pair.name, Qt.TextElideMode.ElideRight, NAME_WIDTH - GRID)
        p.drawText(
            QRectF(0, top, NAME_WIDTH - GRID, ROW), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name
        )
        p.fillRect(self._bar(pair.answer, span, top + 5, ROW - 10), theme.colour("forward"))
        p.setPen(QPen(theme.colour("text"), 1.4))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(self._bar(pair.target, span, top + 2.5, ROW - 5))

    def _bar(self, value: float, span: tuple[float, float], top: float, height: float) -> QRectF:
        low, high = span
        room = self.width() - NAME_WIDTH - 2
        start, end = (NAME_WIDTH + room * (each - low) / (high - low) for each in (0.0, value))
        return QRectF(min(start, end), top, abs(end - start), height)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the output under the pointer."""
        row = int(event.position().y() // ROW)
        if 0 <= row < len(self.pairs):
            self.taken.emit(self.pairs[row].unit)


class Outputs(QWidget):
    """Bars and a table of the outputs of one example, with the sum of what they cost."""

    taken = Signal(int)  # unit that was clicked

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.bars = SectionHeader(tr("This sample, output by output")), PairBars()
        self.table, self.total = NumberTable(MOST_LINES, is_sortable=False), Text("")
        self.total.setWordWrap(True)
        describe(self.table, tr("Outputs of this sample"), tr("Click an output to see its derivative"))
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for widget in (self.header, self.bars, self.table, self.total):
            column.addWidget(widget)
        self.bars.taken.connect(self.taken)
        self.table.taken.connect(self.taken)

    def show_loss(self, shown: LossExplanation, names: Sequence[str]) -> None:
        """Show the outputs of an explanation. names: of the classes, one a unit, or nothing."""
        if shown.a is None or shown.y is None or shown.terms is None:
            return
        units = _shown_units(shown)
        spelled = [symbols().value(shown.question.output, unit) for unit in units]
        titles = [names[unit] for unit in units] if len(names) == len(shown.a) > 1 else spelled
        pairs = [Pair(unit, title, float(shown.y[unit]), float(shown.a[unit]))
                 for unit, title in zip(units, titles, strict=True)]  # fmt: skip
        self.bars.setVisible(len(shown.a) > 1)
        self.bars.show_pairs(pairs, shown.question.unit)
        terms = {unit: float(shown.terms[unit]) for unit in units}
        lines = [Line(pair.unit, (pair.name, pair.target, pair.answer, pair.target - pair.answer, terms[pair.unit]))
                 for pair in pairs]  # fmt: skip
        self.table.show_lines(_columns(shown), lines, shown.question.unit if len(shown.a) > 1 else -1)
        self.header.set_info(_count_words(len(shown.a), len(units)))
        self.total.setText(_total_words(shown, [terms[unit] for unit in units]))


def _shown_units(shown: LossExplanation) -> list[int]:
    assert shown.a is not None and shown.y is not None
    if len(shown.a) <= MOST_PAIRS:
        return list(range(len(shown.a)))
    order = sorted(range(len(shown.a)), key=lambda unit: (-float(shown.y[unit]), -float(shown.a[unit])))  # type: ignore[index]
    return sorted({*order[:MOST_PAIRS], shown.question.unit})


def _count_words(count: int, shown: int) -> str:
    return "" if count == shown else tr("{shown} of {count} outputs", shown=shown, count=numbers.count(count))


def _columns(shown: LossExplanation) -> tuple[Column, ...]:
    term = {
        "squared_error": "e²",
        "categorical_cross_entropy": "−y ln a",
        "sparse_categorical_cross_entropy": "−y ln a",
    }
    factor = 1.0 if shown.counted is None else shown.counted.factor
    front = {1.0: "", 0.5: "½ "}.get(factor, f"{factor:g} ")
    own = term.get(shown.key, tr("loss")).replace("ln", {"e": "ln", "2": "log₂", "10": "log₁₀"}[shown.base])
    return (
        Column(tr("output")),
        Column("y", tr("target; d in some books")),
        Column("a", tr("prediction; ŷ or y in some books")),
        Column("y − a", tr("error signal e: target minus prediction"), is_signed=True),
        Column(front + own if shown.key in TERMS else own, tr("what this output adds to the loss of the sample")),
    )


def _total_words(shown: LossExplanation, terms: Sequence[float]) -> str:
    """Write the sum of what the outputs add."""
    assert shown.terms is not None
    whole = float(shown.terms.sum())
    if len(shown.terms) == 1:
        return tr("loss of this sample = {loss}", loss=numbers.number(whole))
    parts = " + ".join(numbers.number(each, 4) for each in terms)
    if len(terms) < len(shown.terms):
        parts += " + …"
    is_energy = shown.key == "squared_error" and shown.counted is not None and shown.counted.factor == HALF
    name = tr("error energy E") if is_energy else tr("loss of this sample")
    return tr("{name} = {parts} = {loss}", name=name, parts=parts, loss=numbers.number(whole))
