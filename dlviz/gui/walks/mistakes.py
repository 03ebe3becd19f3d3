"""How many rows were answered wrongly in each epoch, as a small curve; a click goes to the end of an epoch."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dlviz.gui import numbers
from dlviz.gui.theme import GRID, Theme, current, font
from dlviz.gui.widgets.paint import describe, painter
from dlviz.i18n import tr
from dlviz.session.rule_answers import EpochErrors

HEIGHT = 8 * GRID
LEFT, RIGHT, TOP, BOTTOM = 16 * GRID, 2 * GRID, int(2.2 * GRID), GRID  # room for words and numbers
WIDEST = 6.0 * GRID  # pixels between two epochs at most
MOST_NUMBERED = 24  # epochs up to which every count is written
MOST_TOLD = 12  # epochs whose errors are said one by one
DOT = 3.0


class MistakesCurve(QWidget):
    """Draws one dot for every epoch that is over."""

    taken = Signal(int)  # number of the epoch that was clicked, from 0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.errors = EpochErrors(0, (), True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("Errors per epoch"), tr("Rows answered wrongly in each epoch; click one to go to its end"))

    def show_errors(self, errors: EpochErrors) -> None:
        """Show the wrong answers of every whole epoch."""
        if errors != self.errors:
            self.errors = errors
            self.setAccessibleDescription(error_words(errors))
            self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(60 * GRID, HEIGHT)

    def point(self, epoch: int) -> QPointF:
        """Return where the dot of an epoch stands."""
        room = self.width() - LEFT - RIGHT
        gap = min(room / max(len(self.errors.counts) - 1, 1), WIDEST)
        share = self.errors.counts[epoch] / max((*self.errors.counts, 1))
        return QPointF(LEFT + gap * epoch, self.height() - BOTTOM - share * (self.height() - TOP - BOTTOM))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, the base line, the curve and the counts."""
        theme = current()
        points = [self.point(epoch) for epoch in range(len(self.errors.counts))]
        with painter(self) as p:
            p.setFont(font("small"))
            p.setPen(theme.colour("muted"))
            beside = QRectF(0, 0, LEFT - 2 * GRID, self.height())
            p.drawText(beside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, tr("errors per epoch"))
            base = self.height() - BOTTOM
            p.setPen(QPen(theme.colour("outline"), 1.0))
            p.drawLine(QPointF(LEFT - GRID, base), QPointF(self.width() - RIGHT, base))
            p.setPen(QPen(theme.colour("error"), 1.6 * theme.mark_width))
            p.drawPolyline(QPolygonF(points))
            for point in points:
                p.setBrush(theme.colour("error"))
                p.drawEllipse(point, DOT, DOT)
            self._write_counts(p, theme)

    def _write_counts(self, p: QPainter, theme: Theme) -> None:
        if len(self.errors.counts) > MOST_NUMBERED:
            return
        p.setPen(theme.colour("text"))
        for epoch, count in enumerate(self.errors.counts):
            at = self.point(epoch) + QPointF(-2 * GRID, -2.2 * GRID)
            p.drawText(QRectF(at, QSize(4 * GRID, 2 * GRID)), Qt.AlignmentFlag.AlignCenter, numbers.number(count, 3))

    def epoch_at(self, point: QPointF) -> int:
        """Return the epoch whose dot is nearest to a point; -1 without one near."""
        distances = [abs(self.point(epoch).x() - point.x()) for epoch in range(len(self.errors.counts))]
        nearest = min(range(len(distances)), key=distances.__getitem__, default=-1)
        return nearest if nearest >= 0 and distances[nearest] <= WIDEST / 2 else -1

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the epoch under the pointer."""
        epoch = self.epoch_at(event.position())
        if epoch >= 0:
            self.taken.emit(self.errors.first + epoch)

    def event(self, event: QEvent) -> bool:
        """Say the counts under the pointer."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), f"{self.toolTip()}\n{error_words(self.errors)}", self)
            return True
        return super().event(event)


def error_words(errors: EpochErrors) -> str:
    """Say how many rows were answered wrongly in each epoch, the last ones; and since when there was none."""
    told = errors.counts[-MOST_TOLD:]
    listed = ", ".join(numbers.number(each, 3) for each in told)
    begins = errors.first + len(errors.counts) - len(told)
    lead = tr("wrong answers by epoch") if not begins else tr("wrong answers by epoch, from {n}", n=begins + 1)
    if not errors.is_exact:
        lead = tr("wrong answers by epoch, means")
    return f"{lead}: {listed}"
