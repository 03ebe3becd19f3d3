"""The health of the training: one line in the status bar, and the list it opens with evidence and cures."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.core.health import Finding, symptoms
from dlviz.core.health.kind import Number
from dlviz.gui import numbers
from dlviz.gui.panel import Context
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.chip import Popup
from dlviz.gui.widgets.paint import Hairline, describe, focus_ring, painter, rounded, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.edits.cures import Offer, offers
from dlviz.session.messages import Frame

WIDTH = 56 * GRID  # pixels of the list
MAX_HEIGHT = 60 * GRID  # pixels; a longer list scrolls
MARK = 14  # pixels of the mark before the words
MAX_CURES = 4
DIGITS = 3


def _number(name: str, value: Number) -> str:
    if isinstance(value, str):
        return value
    is_share = name == "share" or name.endswith("_share")
    return numbers.percent(value) if is_share else numbers.number(value, DIGITS)


def finding_words(finding: Finding) -> tuple[str, str, str]:
    """Return title, sentence and evidence of a finding."""
    entry = symptoms.get(finding.symptom)
    values = {name: _number(name, value) for name, value in finding.numbers.items()}
    return tr(entry.title), tr(entry.sentence).format(**values), tr(entry.evidence).format(**values)


def line_words(found: Sequence[Finding]) -> str:
    """Say in the status bar how the training is."""
    if not found:
        return tr("Healthy")
    return tr("1 thing to look at") if len(found) == 1 else tr("{n} things to look at", n=len(found))


class CureButton(TextButton):
    """Applies one cure."""

    taken = Signal(object)  # Offer

    def __init__(self, offer: Offer, parent: QWidget | None = None) -> None:
        tip = (
            tr("Runs beside this one from new weights of the same seed; both curves are shown")
            if offer.cure.starts_over
            else tr("Runs beside this one from the same starting weights; both curves are shown")
        )
        super().__init__(offer.label, tip, parent=parent)
        self._offer = offer
        self.clicked.connect(self._take)

    @Slot()
    def _take(self) -> None:
        self.taken.emit(self._offer)


class FindingView(QWidget):
    """One finding: what it is, the evidence, where it is, and what may help."""

    shown = Signal(object)  # Finding
    cured = Signal(object)  # Offer

    def __init__(self, finding: Finding, cures: Sequence[Offer], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding = finding
        self.title, self.sentence, self.evidence = Text("", is_bold=True), Text(), Text("", "muted", "small")
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for text in (self.title, self.sentence, self.evidence):
            text.setWordWrap(True)
            text.setMinimumWidth(WIDTH)
            column.addWidget(text)
        self.buttons: list[TextButton] = []
        is_operation = finding.symptom == "not_finite"
        if finding.layer or is_operation:
            name = tr("Show the operation") if is_operation else tr("Show the place")
            show = TextButton(name, tr("Select it in the network"))
            show.clicked.connect(self._show)
            self.buttons.append(show)
        for offer in cures:
            button = CureButton(offer)
            button.taken.connect(self.cured)
            self.buttons.append(button)
        self._lay_out_buttons(column)
        self.tell(finding)

    def _lay_out_buttons(self, column: QVBoxLayout) -> None:
        row, room = QHBoxLayout(), 0
        for button in self.buttons:
            width = button.sizeHint().width() + GRID
            if width > room:
                row, room = QHBoxLayout(), WIDTH
                row.setSpacing(GRID)
                row.setContentsMargins(0, GRID // 2, 0, 0)
                row.setAlignment(Qt.AlignmentFlag.AlignLeft)
                column.addLayout(row)
            row.addWidget(button)
            room -= width

    def tell(self, finding: Finding) -> None:
        """Say the newest numbers of the same finding."""
        self.finding = finding
        for text, words in zip((self.title, self.sentence, self.evidence), finding_words(finding), strict=True):
            text.setText(words)
        self.evidence.setToolTip("\n".join(f"{name} = {value}" for name, value in finding.numbers.items()))

    @Slot()
    def _show(self) -> None:
        self.shown.emit(self.finding)


class HealthList(QScrollArea):
    """All findings, one below the other."""

    def __init__(self, views: Sequence[FindingView], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views = tuple(views)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        describe(self, tr("What is wrong with the training"))
        inside = QWidget()
        column = QVBoxLayout(inside)
        spaced(column, gap=GRID)
        for position, view in enumerate(views):
            if position:
                column.addWidget(Hairline())
            column.addWidget(view)
        self.setWidget(inside)
        inside.adjustSize()
        height = inside.heightForWidth(WIDTH) if inside.hasHeightForWidth() else inside.sizeHint().height()
        scroll_bar = self.verticalScrollBar().sizeHint().width()
        self.setFixedSize(WIDTH + scroll_bar, min(height + GRID, MAX_HEIGHT))

    def sizeHint(self) -> QSize:
        """Return its size: that of a scroll area would be cut at some lines."""
        return self.minimumSize()


class HealthLine(QAbstractButton):
    """Says how the training is in a few words; where there is something to look at, a click opens the list."""

    operation_asked = Signal(int)  # show this operation of the batch, from 1

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.found: tuple[Finding, ...] = ()
        self.popup: Popup | None = None
        self.list: HealthList | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()
        self._say()
        self.clicked.connect(self.open)
        theme_signals.changed.connect(self._use_theme)
        context.hidden_changed.connect(self._use_hidden)

    def show_frame(self, frame: Frame) -> None:
        """Say what was found last; a document that cannot train has no health."""
        if frame.health is not None and frame.health != self.found:
            is_same = _places(frame.health) == _places(self.found)
            self.found = frame.health
            self._say()
            self._refresh(is_same)
        self.setVisible(frame.health is not None)

    def _say(self) -> None:
        words = line_words(self.found)
        describe(self, words, self._tip())
        self._enable()
        if words != self.text():
            self.setText(words)
            self.updateGeometry()
        self.update()

    def _tip(self) -> str:
        if self.found:
            titles = [finding_words(finding)[0] for finding in self.found]
            return "\n".join([tr("Click for evidence and cures"), *titles])
        looked = ", ".join(tr(entry.title).lower() for entry in symptoms)
        return tr("Nothing wrong was found. Looked for: {list}.", list=looked)

    def _enable(self) -> None:
        self.setEnabled(bool(self.found) and not self._context.is_hidden)

    def _refresh(self, is_same: bool) -> None:
        if self.list is None or self.popup is None or not self.popup.isVisible():
            return
        if not self.found:
            self._close()
            return
        if not is_same:
            self.open()
            return
        for view, finding in zip(self.list.views, self.found, strict=True):
            view.tell(finding)

    @Slot()
    def open(self) -> None:
        """Open the list above the line."""
        if self.popup is not None:
            self.popup.deleteLater()
        document = self._context.session.document
        views = [FindingView(finding, offers(document, finding)[:MAX_CURES]) for finding in self.found]
        for view in views:
            view.shown.connect(self._show)
            view.cured.connect(self._cure)
        self.list = HealthList(views)
        self.popup = Popup(self.list, self)
        self.popup.open_above(self)

    @Slot(object)
    def _show(self, finding: Finding) -> None:
        self._close()
        unit = finding.unit
        kind = Selected("layer", finding.layer) if unit is None else Selected("unit", finding.layer, unit)
        if finding.layer:
            self._context.selection.select(kind)
        if finding.symptom == "not_finite":
            self.operation_asked.emit(int(finding.numbers["operation"]))

    @Slot(object)
    def _cure(self, offer: Offer) -> None:
        self._close()
        try:
            self._context.session.run_beside(offer.document, offer.label, offer.cure.starts_over)
        except DlvizError as error:
            self._context.notify(error)

    def _close(self) -> None:
        if self.popup is not None:
            self.popup.hide()

    @Slot(bool)
    def _use_hidden(self, is_hidden: bool) -> None:
        """Keep the numbers of the evidence away while a class predicts."""
        self._enable()
        if is_hidden:
            self._close()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for mark and words."""
        self.setFont(font("small"))
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + MARK + 2 * GRID + 2, MARK + GRID - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a mark that differs in shape and colour, and the words."""
        theme, rect = current(), QRectF(self.rect())
        colour, sign = (theme.warn, "!") if self.found else (theme.ok, "✓")
        box = QRectF(GRID / 2, (self.height() - MARK) / 2, MARK, MARK)
        with painter(self) as p:
            if self.underMouse() and self.isEnabled():
                rounded(p, rect, fill=theme.hover)
            rounded(p, box, fill=colour, radius=3 if self.found else MARK / 2)
            p.setFont(font("small", is_bold=True))
            p.setPen(theme.colour("panel"))
            p.drawText(box, Qt.AlignmentFlag.AlignCenter, sign)
            p.setFont(font("small"))
            p.setPen(theme.colour("text" if self.found else "muted"))
            p.drawText(rect.adjusted(MARK + GRID, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
            focus_ring(p, self)


def _places(found: Sequence[Finding]) -> list[tuple[str, str, int | None]]:
    return [(finding.symptom, finding.layer, finding.unit) for finding in found]
