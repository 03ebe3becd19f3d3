"""What is behind a unit: the error that comes back to it, and the loss of an output."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.explain import Term
from dlviz.core.notation import Symbols, spelled_label
from dlviz.gui import numbers
from dlviz.gui.panels.inspector import notation
from dlviz.gui.panels.inspector.card import Fact, Source
from dlviz.gui.panels.inspector.curves import LossPlot
from dlviz.gui.panels.inspector.reading import Reading
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.panels.inspector.ways import Words
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.signed_bars import Bar, SignedBars
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session.explanation import LossPicture, UnitExplanation

MOST_ERRORS = 10  # that are listed, the largest; the rest are added up
MOST_BARS = 64
SAME = 1e-9  # relative; two numbers that agree so far are the same but for rounding


class Neuron(QWidget):
    """Sections below the numbers of a unit, each shown once the walk has computed what it tells."""

    sample_taken = Signal(int)  # number of the example that was clicked
    pointed = Signal(object)  # Selected under the pointer, NOTHING when it has left
    taken = Signal(object)  # Selected that was clicked
    loss_taken = Signal()  # the loss as a whole shall be shown

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = Text("", "muted")
        self.note.setWordWrap(True)
        self.errors_header, self.errors = SectionHeader(tr("The error that comes back")), FactTable()
        self.loss_header, self.loss, self.loss_facts = SectionHeader(tr("Loss of this sample")), LossPlot(), FactTable()
        self.each_header, self.each = SectionHeader(tr("Loss of every sample")), SignedBars()
        self.whole = TextButton(tr("The whole loss ›"), tr("Curves, derivatives and every sample"), is_link=True)
        describe(self.each, tr("Loss of every sample"), tr("Click one to look at that sample; left and right go on."))
        column = QVBoxLayout(self)
        spaced(column)
        column.setContentsMargins(0, GRID, 0, 0)
        for widget in (
            self.note,
            *self._errors_part(),
            *self._loss_part(),
            *self._each_part(),
        ):
            column.addWidget(widget)
        self.each.taken.connect(self.sample_taken)
        self.errors.pointed.connect(self.pointed)
        self.errors.taken.connect(self.taken)
        self.whole.clicked.connect(self.loss_taken)

    def _errors_part(self) -> tuple[QWidget, ...]:
        return self.errors_header, self.errors

    def _loss_part(self) -> tuple[QWidget, ...]:
        return self.loss_header, self.loss, self.loss_facts, self.whole

    def _each_part(self) -> tuple[QWidget, ...]:
        return self.each_header, self.each

    def show_unit(self, shown: UnitExplanation, symbols: Symbols, reading: Reading) -> None:
        """Show as much of an explanation as the walk has computed."""
        layer = shown.question.layer
        self.note.setVisible(bool(shown.problem))
        self.note.setText(shown.problem)
        has_errors = bool(shown.errors) and reading.array(f"{layer}.da") is not None
        _show(self._errors_part(), has_errors)
        if has_errors:
            self.errors.show_facts(_errors(shown, symbols, reading))
        self._show_loss(shown, symbols, reading)

    def _show_loss(self, shown: UnitExplanation, symbols: Symbols, reading: Reading) -> None:
        picture = shown.loss if reading.array("loss") is not None else None
        _show(self._loss_part(), picture is not None)
        _show(self._each_part(), picture is not None and len(picture.of_each) > 1)
        if picture is None:
            return
        self.loss.show_picture(picture)
        self.loss_header.set_info(picture.title)
        self.loss_facts.show_facts(_loss(shown, picture, symbols, reading))
        bars = [Bar(k, value, tr("sample {number}: {value}", number=k + 1, value=numbers.number(value)))
                for k, value in enumerate(picture.of_each[:MOST_BARS].tolist())]  # fmt: skip
        self.each.show_bars(bars, shown.sample)


def _show(widgets: tuple[QWidget, ...], is_shown: bool) -> None:
    for widget in widgets:
        widget.setVisible(is_shown)


def _errors(shown: UnitExplanation, symbols: Symbols, reading: Reading) -> list[Fact]:
    """List what every reader sends back, their sum, and what the slope makes of it."""
    words = Words(symbols)
    terms = sorted(shown.errors, key=lambda term: -abs(term.value))
    facts = [_error(term, shown, symbols, words) for term in terms[:MOST_ERRORS]]
    rest = terms[MOST_ERRORS:]
    if rest:
        total = sum(term.value for term in rest)
        facts.append(Fact(tr("and {count} more", count=numbers.count(len(rest))), (total,), is_signed=True))
    whole = sum(term.value for term in terms)
    facts.append(Fact(tr("sum = {slope}", slope=spelled_label("∂L/∂a", symbols)), (whole,), is_signed=True))
    if shown.activation is not None and reading.array(f"{shown.question.layer}.dz") is not None:
        slope = shown.activation.slope
        label = f"{spelled_label('δ = ∂L/∂a', symbols)} · {numbers.number(slope)}"
        facts.append(Fact(label, (whole * slope,), is_signed=True))
    return facts


def _error(term: Term, shown: UnitExplanation, symbols: Symbols, words: Words) -> Fact:
    """Give w · δ of one reader; the weight and the unit that sent the error can be gone to."""
    unit, reader = words.term(term), words.selected(term.place)
    layer, own = notation.find_layer(symbols.network, reader.layer), shown.question
    is_link = layer is not None and layer.kind == "dense" and notation.source_of(symbols.network, layer) == own.layer
    weight = Selected("link", reader.layer, reader.unit, own.layer, own.unit) if is_link else NOTHING
    factors = (
        Source(numbers.number(term.factor, 3), tr("weight to {unit}", unit=unit) if is_link else tr("factor"), weight),
        Source(numbers.number(term.delta, 3), tr("error of {unit}", unit=unit), reader),
    )
    lead = tr("from {unit}: ", unit=unit)
    label = lead + " · ".join(each.text for each in factors)
    return Fact(label, (term.value,), is_signed=True, sources=factors, lead=lead)


def _loss(shown: UnitExplanation, picture: LossPicture, symbols: Symbols, reading: Reading) -> list[Fact]:
    """Give the loss and, once they are computed, its derivatives and how they cancel to a − y."""
    a, y, z = symbols.bare("a"), symbols.notation.target, symbols.bare("z")
    facts = [
        Fact(tr("output {a}", a=a), (picture.a,)), Fact(tr("target {y}", y=y), (picture.y,)),
        Fact(tr("loss"), (picture.loss,)),
    ]  # fmt: skip
    if reading.array(f"{shown.question.layer}.dz") is None or picture.delta is None:
        return facts
    facts.append(Fact(spelled_label("∂L/∂a", symbols), (picture.gradient,), is_signed=True))
    own, error = picture.delta / picture.share, picture.a - picture.y
    if shown.activation is not None:
        facts.append(Fact(f"{shown.activation.symbol or 'φ'}′({z})", (shown.activation.slope,)))
    facts.append(Fact(spelled_label("δ = ∂L/∂z", symbols), (own,), is_signed=True))
    is_cancelled = abs(own - error) <= SAME * max(abs(error), SAME)
    letters = symbols.error(a, y)[1:-1]
    label = tr("{error} ✓ all else cancels", error=letters) if is_cancelled else letters
    facts.append(Fact(label, (error,), is_signed=True))
    return facts
