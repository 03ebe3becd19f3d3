"""The gauge of rate × curvature against 2: beyond it plain descent goes further off with every step."""

import math

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui import numbers
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe, painter, rounded
from dlviz.i18n import tr

LIMIT = 2.0
PLAIN = "sgd"  # the optimizer whose limit that is
FULL = 3.0  # what the whole bar stands for
BAR = 8.0  # pixels


class Gauge(QWidget):
    """A bar with a mark at 2, and words that say what its length means."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = math.nan
        self.is_awaited, self.is_plain = False, True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("Rate times curvature"), "")
        theme_signals.changed.connect(self._use_theme)
        self._describe()

    def show_value(self, rate: float, curvature: float | None, is_plain: bool = True) -> None:
        """Show the rate times the largest curvature at the ball; None while it is being worked out.

        is_plain: whether it is plain descent that walks; others have another limit than 2.
        """
        value, is_awaited = math.nan if curvature is None else rate * curvature, curvature is None
        is_same = value == self.value or (math.isnan(value) and math.isnan(self.value))
        if not is_same or (is_awaited, is_plain) != (self.is_awaited, self.is_plain):
            self.value, self.is_awaited, self.is_plain = value, is_awaited, is_plain
            self._describe()
            self.update()

    @property
    def is_too_high(self) -> bool:
        """Whether plain descent would run away here."""
        return self.value > LIMIT

    def words(self) -> str:
        """Say what the gauge shows."""
        if self.is_awaited:
            return tr("rate × curvature = …")
        if math.isnan(self.value):
            return tr("rate × curvature: not known here")
        shown = numbers.number(self.value, 3)
        if self.is_too_high:
            if self.is_plain:
                return tr("rate × curvature = {value} > 2: runs away", value=shown)
            return tr("rate × curvature = {value}: SGD runs away", value=shown)
        if self.value > LIMIT / 2:
            return tr("rate × curvature = {value}: overshoots", value=shown)
        if self.value < 0:
            return tr("rate × curvature = {value}: downhill bend", value=shown)
        return tr("rate × curvature = {value} < 1: settles", value=shown)

    def _describe(self) -> None:
        tip = tr("The learning rate times the largest curvature at the ball. Beyond 2 each step of plain descent\n"
                 "lands further from the minimum than it began; other methods change that limit.\n"
                 "Of a network: the largest eigenvalue of the Hessian of the loss that is trained,\n"
                 "over all training rows, found from pairs of gradients.")  # fmt: skip
        self.setToolTip(tip)
        self.setAccessibleDescription(self.words())

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of a line and the bar."""
        return QSize(30 * GRID, round(current().small * 1.9) + 3 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint words, bar and the mark at 2."""
        theme = current()
        is_red = self.is_too_high and self.is_plain
        colour = "error" if is_red else "warn" if self.value > LIMIT / 2 else "ok"
        with painter(self) as p:
            p.setFont(font("small"))
            p.setPen(theme.colour("error" if is_red else "muted"))
            line = QRectF(0, 0, self.width(), self.height() - BAR - GRID)
            p.drawText(line, Qt.AlignmentFlag.AlignVCenter, self.words())
            bar = QRectF(0, self.height() - BAR - 4, self.width(), BAR)
            rounded(p, bar, fill=theme.hover, border=theme.outline, radius=BAR / 2)
            share = min(max(self.value / FULL, 0.0), 1.0) if math.isfinite(self.value) else 0.0
            if share:
                filled = QRectF(bar.left(), bar.top(), bar.width() * share, BAR)
                rounded(p, filled, fill=getattr(theme, colour), radius=BAR / 2)
            x = bar.left() + bar.width() * LIMIT / FULL
            p.setPen(QPen(theme.colour("text"), 2.0))
            p.drawLine(int(x), int(bar.top() - 3), int(x), int(bar.bottom() + 3))


def bend_words(bends: list[float]) -> str:
    """Say how the surface bends, how uneven that is, and which rate plain descent can bear: "2/λ = 0.1"."""
    low, high = bends[0], bends[-1]
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    if len(bends) == 1:
        parts = [tr("largest curvature {high}", high=numbers.number(high, 3))]
    else:
        parts = [tr("curvature {low} to {high}", low=numbers.number(low, 3), high=numbers.number(high, 3))]
    if low > 0 and len(bends) > 1:
        parts.append(tr("condition {ratio}", ratio=numbers.number(high / low)))
    if high > 0:
        parts.append(tr("largest stable rate {rate}", rate=numbers.number(2 / high)))
    return " · ".join(parts)
