"""A slim slider in the theme's colours, and one with its label and value beside it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QWidget

from dlviz.gui import numbers
from dlviz.gui.keys import SCROLLING
from dlviz.gui.theme import GRID, current
from dlviz.gui.verbatim import in_menu
from dlviz.gui.widgets.paint import describe, painter, spaced
from dlviz.gui.widgets.text import Text

KNOB = 6.5  # pixels, radius
STEPS = 1000  # positions of a real-valued slider
MOST_WHOLE = 100_000  # positions of a slider of whole numbers; Qt counts no further than 2³¹
NARROW = 0.1  # of its largest number; within a range below it three digits would not tell two places apart


class Slider(QSlider):
    """A horizontal QSlider drawn as in the rest of the window; a click jumps to its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(12 * GRID, 3 * GRID)

    def minimumSizeHint(self) -> QSize:
        """Return the least useful size."""
        return QSize(6 * GRID, 3 * GRID)

    def _fraction(self) -> float:
        return (self.sliderPosition() - self.minimum()) / max(self.maximum() - self.minimum(), 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint groove, filled part and knob."""
        theme, middle = current(), self.height() / 2
        left, right = KNOB + 1, self.width() - KNOB - 1
        knob = left + (right - left) * self._fraction()
        fill = theme.accent if self.isEnabled() else theme.outline
        with painter(self) as p:
            p.setPen(QPen(QColor(theme.outline), 3.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            p.drawLine(QPointF(left, middle), QPointF(right, middle))
            p.setPen(QPen(QColor(fill), 3.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            p.drawLine(QPointF(left, middle), QPointF(knob, middle))
            p.setPen(QPen(QColor(fill), 2.0 if self.hasFocus() else 1.4))
            p.setBrush(QColor(theme.accent_soft if self.hasFocus() else theme.field))
            p.drawEllipse(QRectF(knob - KNOB, middle - KNOB, 2 * KNOB, 2 * KNOB))

    def _jump(self, x: float) -> None:
        fraction = (x - KNOB - 1) / max(self.width() - 2 * KNOB - 2, 1)
        span = self.maximum() - self.minimum()
        self.setSliderPosition(self.minimum() + round(min(max(fraction, 0.0), 1.0) * span))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by the arrows; the keys of time never set a number, also where time is at its end."""
        if event.key() in SCROLLING:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the pointer and hold the knob."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._jump(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self.isSliderDown():
            self._jump(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the knob."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)


@dataclass(frozen=True)
class Scale:
    """From where to where a slider goes, in powers or steps, in whole numbers or not."""

    minimum: float
    maximum: float
    is_log: bool = False
    is_whole: bool = False

    @property
    def positions(self) -> int:
        """Number of steps of the knob."""
        if self.is_whole and not self.is_log:
            return round(min(self.maximum - self.minimum, MOST_WHOLE))
        return STEPS

    def value(self, position: int) -> float:
        """Return the value at a position, rounded to what a person would type."""
        if position in (0, self.positions):
            return self.maximum if position else self.minimum
        fraction = position / self.positions
        if self.is_log:
            low, high = math.log(self.minimum), math.log(self.maximum)
            value = math.exp(low + (high - low) * fraction)
        else:
            value = self.minimum + (self.maximum - self.minimum) * fraction
        rounded = float(round(value)) if self.is_whole else self._rounded(value)
        return min(max(rounded, self.minimum), self.maximum)

    def _rounded(self, value: float) -> float:
        span = self.maximum - self.minimum
        if span < NARROW * max(abs(self.minimum), abs(self.maximum)):
            return round(value, -math.floor(math.log10(span / STEPS)))
        return float(f"{value:.3g}")

    def position(self, value: float) -> int:
        """Return the position nearest to a value."""
        value = min(max(value, self.minimum), self.maximum)
        if self.is_log:
            low, high = math.log(self.minimum), math.log(self.maximum)
            fraction = (math.log(value) - low) / (high - low)
        else:
            fraction = (value - self.minimum) / (self.maximum - self.minimum)
        return round(self.positions * fraction)


class LabelledSlider(QWidget):
    """A label, a slider and its value in words.

    changed: the value while dragging; settled: the same once the knob is let go or a key was pressed.
    `write` turns a value into the words shown; `widest` is a value for whose words there is always room.
    """

    changed = Signal(float)
    settled = Signal(float)

    def __init__(
        self,
        label: str,
        scale: Scale,
        value: float,
        write: Callable[[float], str] = numbers.number,
        tip: str = "",
        widest: str = "0.0000",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._scale, self._write = scale, write
        self._rest: QTimer | None = None  # until it has passed nothing is told; of a patient one
        self.slider = Slider(self)
        self.slider.setRange(0, scale.positions)
        self.label, self.shown = Text(in_menu(label)), Text("")
        self.shown.reserve(widest)
        self._lay_out()
        describe(self.slider, label, tip or label)
        self.set_value(value)
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderReleased.connect(self._let_go)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        spaced(layout)
        self.shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for widget, stretch in ((self.label, 0), (self.slider, 1), (self.shown, 0)):
            layout.addWidget(widget, stretch)
        self.label.setBuddy(self.slider)

    @property
    def scale(self) -> Scale:
        """From where to where it goes."""
        return self._scale

    def be_patient(self) -> None:
        """Of several places of the knob tell only the last, once the window has nothing else to do."""
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._pass_on)

    def set_scale(self, scale: Scale) -> None:
        """Go over another range, at the place nearest to the value so far, without telling anybody."""
        value = self.value()
        was_blocked = self.slider.blockSignals(True)
        self._scale = scale
        self.slider.setRange(0, scale.positions)
        self.slider.blockSignals(was_blocked)
        self.set_value(min(max(value, scale.minimum), scale.maximum))

    def set_label(self, label: str) -> None:
        """Say what it is about now."""
        self.label.setText(in_menu(label))
        describe(self.slider, label, label)

    def value(self) -> float:
        """Return the value."""
        return self._scale.value(self.slider.value())

    def set_value(self, value: float) -> None:
        """Show a value without telling anybody, also not about a place that waits to be told."""
        if self._rest is not None:
            self._rest.stop()
        was_blocked = self.slider.blockSignals(True)
        self.slider.setValue(self._scale.position(value))
        self.slider.blockSignals(was_blocked)
        self.slider.update()
        self.shown.setText(self._write(value))

    @Slot(int)
    def _moved(self, _position: int) -> None:
        self.shown.setText(self._write(self.value()))
        if self._rest is None:
            self._pass_on()
        else:
            self._rest.start()

    @Slot()
    def _pass_on(self) -> None:
        self.changed.emit(self.value())
        if not self.slider.isSliderDown():
            self.settled.emit(self.value())

    @Slot()
    def _let_go(self) -> None:
        if self._rest is not None and self._rest.isActive():
            self._rest.stop()
            self.changed.emit(self.value())
        self.settled.emit(self.value())
