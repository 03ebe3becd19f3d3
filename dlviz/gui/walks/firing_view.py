"""FiringView: a stochastic unit at one sum v: P over v, how often it fired, and sliders for v and the temperature."""

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe, painter, spaced
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.rule_answers import Firing

MOST_SUM, MOST_TEMPERATURE = 3.0, 10.0  # ends of the sliders
LEFT, TOP, BOTTOM, BETWEEN = 5 * GRID, 3 * GRID, 4 * GRID, 6 * GRID  # pixels around and between the pictures
CURVE_SHARE = 0.6  # of the width
BAR_SHARE = 0.5  # of the room of a bar
DOT = 5.0


class FiringPicture(QWidget):
    """Left: P(+1) over v with a dot at the unit. Right: the shares of −1 and +1 with dashes at what they come to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown: Firing | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        tip = tr("Curve: the probability of +1 over the sum v. Bars: how often −1 and +1 were drawn; dashes: what "
                 "they converge to.")  # fmt: skip
        describe(self, tr("How the unit fires"), tip)
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.update()

    def show_firing(self, shown: Firing) -> None:
        """Show another moment."""
        self.shown = shown
        self.setAccessibleDescription(firing_words(shown))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 140)

    def bars(self) -> tuple[float, float]:
        """Return the shares of −1 and +1 as they are drawn; 0 before the first draw."""
        if self.shown is None or not self.shown.draws:
            return 0.0, 0.0
        return 1 - self.shown.share, self.shown.share

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.shown is None:
            return
        theme, height = current(), self.height() - TOP - BOTTOM
        curve = QRectF(LEFT, TOP, self.width() * CURVE_SHARE - LEFT, height)
        histogram = QRectF(curve.right() + BETWEEN, TOP, self.width() - curve.right() - BETWEEN - GRID, height)
        with painter(self) as p:
            p.setFont(font("small"))
            for area in (curve, histogram):
                _frame(p, theme, area)
            self._paint_curve(p, theme, curve, self.shown)
            self._paint_bars(p, theme, histogram, self.shown)

    def _paint_curve(self, p: QPainter, theme: Theme, area: QRectF, shown: Firing) -> None:
        reach = float(shown.sums[-1])

        def at(v: float, probability: float) -> QPointF:
            x = area.center().x() + v / reach * area.width() / 2
            return QPointF(x, area.bottom() - probability * area.height())

        p.setPen(QPen(theme.colour("faint"), 1, Qt.PenStyle.DashLine))
        p.drawLine(QLineF(at(shown.v, 0), at(shown.v, 1)))
        p.setPen(QPen(theme.colour("forward"), 2 * theme.mark_width))
        points = zip(shown.sums.tolist(), shown.probabilities.tolist(), strict=True)
        p.drawPolyline(QPolygonF([at(v, each) for v, each in points]))
        p.setBrush(theme.colour("forward"))
        p.drawEllipse(at(shown.v, shown.probability), DOT, DOT)
        p.setPen(theme.colour("muted"))
        for v in (-reach, 0.0, reach):
            place = QRectF(at(v, 0).x() - LEFT, area.bottom() + 4, 2 * LEFT, BOTTOM)
            p.drawText(place, Qt.AlignmentFlag.AlignHCenter, numbers.number(v, 2))
        p.drawText(QRectF(area.left(), 0, area.width(), TOP), Qt.AlignmentFlag.AlignCenter, tr("P(+1) over v"))

    def _paint_bars(self, p: QPainter, theme: Theme, area: QRectF, shown: Firing) -> None:
        expected = 1 - shown.probability, shown.probability
        room = area.width() / 2
        for place, (share, wanted, colour) in enumerate(
            zip(self.bars(), expected, ("negative_mark", "positive_mark"), strict=True)
        ):
            left = area.left() + room * (place + (1 - BAR_SHARE) / 2)
            bar = QRectF(left, area.bottom() - share * area.height(), room * BAR_SHARE, share * area.height())
            p.fillRect(bar, theme.colour(colour))
            y = area.bottom() - wanted * area.height()
            p.setPen(QPen(theme.colour("text"), 1.6 * theme.mark_width, Qt.PenStyle.DashLine))
            p.drawLine(QLineF(left - GRID, y, left + room * BAR_SHARE + GRID, y))
            p.setPen(theme.colour("muted"))
            below = QRectF(left - room / 2, area.bottom() + 4, room * (1 + BAR_SHARE), BOTTOM)
            said = f"{('−1', '+1')[place]}: {numbers.count(shown.tally[place])}"
            p.drawText(below, Qt.AlignmentFlag.AlignHCenter, said)
        p.drawText(QRectF(area.left(), 0, area.width(), TOP), Qt.AlignmentFlag.AlignCenter, tr("share of the draws"))


def _frame(p: QPainter, theme: Theme, area: QRectF) -> None:
    p.fillRect(area, theme.colour("panel"))
    p.setPen(QPen(theme.colour("line"), 1))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawRect(area)
    p.setPen(theme.colour("muted"))
    for share in (0.0, 0.5, 1.0):
        y = area.bottom() - share * area.height()
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        p.drawText(QRectF(area.left() - LEFT, y - GRID, LEFT - 6, 2 * GRID), side, numbers.number(share))


def firing_words(shown: Firing) -> str:
    """Give P, the share of +1 among the draws, and both means."""
    parts = [tr("P(+1) = {p}", p=numbers.number(shown.probability))]
    if shown.draws:
        share = numbers.number(shown.share)
        parts.append(tr("{high} of {draws} draws: {share}", high=numbers.count(shown.tally[1]),
                        draws=numbers.count(shown.draws), share=share))  # fmt: skip
    half = "" if shown.temperature == 0 else tr(" = tanh(v/2T)")
    parts.append(tr("mean of ±1{half}: {mean}", half=half, mean=numbers.number(shown.mean)))
    return " · ".join(parts)


class FiringView(QWidget):
    """The picture, its numbers, sliders for v and T, and buttons that draw; nothing is changed here by itself."""

    sum_chosen = Signal(float)
    temperature_chosen = Signal(float)
    drawn = Signal(str)  # the size of the step: "batch" for one draw, "epoch" for as many as there are rows

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture, self.said = FiringPicture(), Text("")
        self.said.setWordWrap(True)
        scale = Scale(-MOST_SUM, MOST_SUM)
        self.sum = LabelledSlider(tr("sum v"), scale, 0.0, tip=tr("The weighted sum of the unit"))
        tip = tr("Pseudo-temperature: at 0 the unit is a hard step, with an even chance at v = 0")
        self.temperature = LabelledSlider(tr("temperature T"), Scale(0.0, MOST_TEMPERATURE), 1.0, tip=tip)
        self.one = TextButton(tr("Sample"), tr("Draw once"))
        self.many = TextButton(tr("Sample 100"), tr("Draw as often as there are rows; Play goes on by itself"))
        self._lay_out()
        self.sum.settled.connect(self.sum_chosen)
        self.temperature.settled.connect(self.temperature_chosen)
        self.one.clicked.connect(self._draw_one)
        self.many.clicked.connect(self._draw_many)

    def _lay_out(self) -> None:
        controls = QHBoxLayout()
        spaced(controls, gap=2 * GRID)
        for widget, stretch in ((self.sum, 2), (self.temperature, 2), (self.one, 0), (self.many, 0)):
            controls.addWidget(widget, stretch)
        column = QVBoxLayout(self)
        spaced(column, gap=GRID)
        column.addWidget(self.picture, 1)
        column.addWidget(self.said)
        column.addLayout(controls)

    def show_firing(self, shown: Firing, n: int) -> None:
        """Show a unit; n: how many draws an epoch has."""
        self.picture.show_firing(shown)
        self.said.setText(firing_words(shown))
        self.many.setVisible(n > 1)
        self.many.setText(tr("Sample {n}", n=numbers.count(n)))
        for slider, value in ((self.sum, shown.v), (self.temperature, shown.temperature)):
            if not slider.slider.isSliderDown() and not math.isnan(value):
                slider.set_value(value)

    @Slot()
    def _draw_one(self) -> None:
        self.drawn.emit("batch")

    @Slot()
    def _draw_many(self) -> None:
        self.drawn.emit("epoch")
