"""The legend of what is drawn at the ball: a sign, a name and its numbers; a click leaves one out."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.race.arrows import Area, Arrow
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe, focus_ring, painter, rounded, spaced
from dlviz.i18n import tr

SIGN = 2 * GRID  # pixels, width of an arrow or square before a name
DIGITS = 3
AREA_PHASE = "loss"  # the colour of areas: arrows have the others


@dataclass(frozen=True)
class Inner:
    """One thing that is drawn: its name and numbers, the name of its colour, whether it is an area, and an outline."""

    name: str
    values: tuple[float, float]
    colour: str
    is_area: bool = False
    is_outline: bool = False

    @property
    def words(self) -> str:
        """The name with the numbers of both axes."""
        x, y = (numbers.number(each, DIGITS, signed=not self.is_area) for each in self.values)
        return f"{self.name} ({x}, {y})"

    @property
    def tip(self) -> str:
        """Every digit, and what the drawing stands for."""
        x, y = map(numbers.full, self.values)
        drawn = tr("squares on the axes, as large as these numbers") if self.is_area else tr("an arrow at the ball")
        return tr("{name} = ({x}, {y}): {drawn}. Click to leave it out.", name=self.name, x=x, y=y, drawn=drawn)


def inners_of(arrows: Sequence[Arrow], areas: Sequence[Area]) -> tuple[Inner, ...]:
    """Return what arrows and areas show."""
    return (
        *(Inner(each.name, each.vector, each.phase) for each in arrows),
        *(Inner(each.name, each.values, AREA_PHASE, True, each.is_corrected) for each in areas),
    )


class InnerEntry(QAbstractButton):
    """A line of the legend that is checked while it is drawn."""

    def __init__(self, inner: Inner, is_shown: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.inner = inner
        self.setCheckable(True)
        self.setChecked(is_shown)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_inner(inner)

    def show_inner(self, inner: Inner) -> None:
        """Show other numbers."""
        self.inner = inner
        describe(self, inner.words, inner.tip)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of the line."""
        self.ensurePolished()
        metrics = self.fontMetrics()
        return QSize(SIGN + GRID + metrics.horizontalAdvance(self.inner.words) + GRID, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sign and the words; pale where it is left out."""
        theme, middle = current(), self.height() / 2
        colour = theme.colour(self.inner.colour if self.isChecked() else "faint")
        with painter(self) as p:
            p.setPen(QPen(colour, 2.0 * theme.mark_width))
            if self.inner.is_area:
                side = 0.7 * SIGN
                square = QRectF(2, middle - side / 2, side, side)
                rounded(p, square, fill="" if self.inner.is_outline else colour.name(), border=colour.name(), radius=1)
            else:
                p.drawLine(QPointF(2, middle), QPointF(SIGN, middle))
                for up in (-3, 3):
                    p.drawLine(QPointF(SIGN, middle), QPointF(SIGN - 4, middle + up))
            p.setFont(font("small"))
            p.setPen(theme.colour("text" if self.isChecked() else "faint"))
            line = QRectF(SIGN + GRID, 0, self.width(), self.height())
            p.drawText(line, Qt.AlignmentFlag.AlignVCenter, self.inner.words)
            focus_ring(p, self)


class InnerLegend(QWidget):
    """Lies on the picture; what was left out stays so at the next step."""

    changed = Signal()  # by the user

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[InnerEntry] = []
        self.left_out: frozenset[str] = frozenset()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        spaced(column, gap=0)
        column.setContentsMargins(GRID // 2, GRID // 2, GRID // 2, GRID // 2)
        describe(self, tr("What is drawn at the ball"), "")
        theme_signals.changed.connect(self._use_theme)
        self.hide()

    def show_inners(self, inners: Sequence[Inner]) -> None:
        """Show these lines; nothing hides it."""
        if [each.name for each in inners] != [entry.inner.name for entry in self.lines]:
            self._fill(inners)
        for entry, inner in zip(self.lines, inners, strict=True):
            if inner != entry.inner:
                entry.show_inner(inner)
        self.setVisible(bool(inners))
        self.adjustSize()

    def _fill(self, inners: Sequence[Inner]) -> None:
        column = self.layout()
        for entry in self.lines:
            column.removeWidget(entry)
            entry.hide()
            entry.deleteLater()
        self.lines = [InnerEntry(each, each.name not in self.left_out, self) for each in inners]
        for entry in self.lines:
            entry.setFont(font("small"))
            entry.toggled.connect(self._toggle)
            column.addWidget(entry)
            entry.show()

    @Slot(bool)
    def _toggle(self, _is_shown: bool) -> None:
        known = {entry.inner.name for entry in self.lines}
        out = {entry.inner.name for entry in self.lines if not entry.isChecked()}
        self.left_out = (self.left_out - known) | out
        self.changed.emit()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        for entry in self.lines:
            entry.setFont(font("small"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a ground that keeps words off the picture."""
        with painter(self) as p:
            p.setOpacity(0.88)
            rounded(p, QRectF(self.rect()), fill=current().panel, radius=6)
