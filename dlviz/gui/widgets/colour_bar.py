"""The legend of a colour scale: a thin bar with the values at its ends."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QImage, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui import numbers
from dlviz.gui.theme import GRID, Theme, current, diverging, font, sequential, theme_signals
from dlviz.gui.widgets.paint import describe, painter

THICKNESS = GRID


class ColourBar(QWidget):
    """A scale from low to high; `is_diverging` takes the scale of signed values."""

    def __init__(
        self, name: str, low: float, high: float, is_diverging: bool = True, is_vertical: bool = True,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._is_diverging, self._is_vertical = is_diverging, is_vertical
        self._name = name
        self.set_range(low, high)
        theme_signals.changed.connect(self._use_theme)
        policy = (QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(*(policy if is_vertical else reversed(policy)))

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.update()

    def set_range(self, low: float, high: float) -> None:
        """Change the values at the ends."""
        self._ends = (numbers.number(low, 3, signed=self._is_diverging), numbers.number(high, 3, self._is_diverging))
        describe(self, self._name, f"{self._name}: {self._ends[0]} … {self._ends[1]}")
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for the bar and its numbers."""
        return QSize(self._width(), 16 * GRID) if self._is_vertical else QSize(20 * GRID, 2 * GRID)

    def minimumSizeHint(self) -> QSize:
        """Return the least useful size."""
        return QSize(self._width(), 8 * GRID) if self._is_vertical else QSize(14 * GRID, 2 * GRID)

    def _width(self) -> int:
        """Return what the longer number needs, in steps: what stands beside moves seldom."""
        metrics = QFontMetrics(font("small"))
        needed = max(metrics.horizontalAdvance(end) for end in self._ends)
        return max(-(-needed // GRID), 5) * GRID

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar and its two numbers."""
        theme = current()
        with painter(self) as p:
            p.setFont(font("small"))
            p.setPen(theme.colour("muted"))
            line = p.fontMetrics().height()
            if self._is_vertical:
                bar = QRectF((self.width() - THICKNESS) / 2, line + 4, THICKNESS, self.height() - 2 * line - 8)
                p.drawText(QRectF(0, 0, self.width(), line), Qt.AlignmentFlag.AlignCenter, self._ends[1])
                p.drawText(QRectF(0, bar.bottom() + 4, self.width(), line), Qt.AlignmentFlag.AlignCenter, self._ends[0])
            else:
                left, right = (p.fontMetrics().horizontalAdvance(end) + 6 for end in self._ends)
                bar = QRectF(left, (self.height() - THICKNESS) / 2, self.width() - left - right, THICKNESS)
                p.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), self._ends[0])
                p.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), self._ends[1])
            p.drawImage(bar, self._image(theme))

    def _image(self, theme: Theme) -> QImage:
        table = diverging(theme) if self._is_diverging else sequential(theme)
        pixels = table[::-1].reshape(256, 1, 4) if self._is_vertical else table.reshape(1, 256, 4)
        return rgba_image(pixels)


def rgba_image(pixels: NDArray[np.uint8]) -> QImage:
    """Return an image that owns a copy of (height, width, 4) RGBA pixels, row 0 on top."""
    data = np.ascontiguousarray(pixels)
    height, width = data.shape[:2]
    return QImage(data.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
