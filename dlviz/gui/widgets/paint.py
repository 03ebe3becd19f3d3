"""Small painting and layout pieces that several widgets share."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLayout, QLineEdit, QWidget

from dlviz.gui.theme import GRID, RADIUS, current
from dlviz.gui.verbatim import in_help

FIELD_PAD = 4  # pixels between what is typed and the round ends of its field


def painter(widget: QWidget) -> QPainter:
    """Return an antialiasing painter on the widget."""
    result = QPainter(widget)
    result.setRenderHint(QPainter.RenderHint.Antialiasing)
    return result


def rounded(
    painter: QPainter, rect: QRectF, fill: str = "", border: str = "", radius: float = RADIUS, width: float = 1.0
) -> None:
    """Paint a rounded box in #RRGGBB colours; an empty colour leaves that part out."""
    painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(border), width) if border else Qt.PenStyle.NoPen)
    inset = width / 2 if border else 0.0
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)


def keeps_lines(p: QPainter) -> bool:
    """Say whether what is painted stays lines and words, in an SVG file, so that no picture should stand for them."""
    return p.paintEngine().type() == QPaintEngine.Type.SVG


def is_for_a_file(p: QPainter, widget: QWidget) -> bool:
    """Say whether a widget is painted as lines or in another resolution, for which no picture of it was kept."""
    return keeps_lines(p) or p.deviceTransform().m11() != widget.devicePixelRatioF()


def focus_ring(painter: QPainter, widget: QWidget, radius: float = RADIUS) -> None:
    """Paint the accent around a widget that has the keyboard focus."""
    if widget.hasFocus():
        rounded(painter, QRectF(widget.rect()), border=current().accent, radius=radius, width=1.5)


class Hairline(QWidget):
    """A line one pixel thin; upright between tools, level between parts of the window."""

    def __init__(self, is_upright: bool = False, margin: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._margin = margin
        if is_upright:
            self.setFixedWidth(1 + 2 * margin)
        else:
            self.setFixedHeight(1 + 2 * margin)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        inset = self._margin
        rect = self.rect().adjusted(inset, inset, -inset, -inset)
        with QPainter(self) as p:
            p.fillRect(rect, QColor(current().line))


def padded(field: QLineEdit) -> QLineEdit:
    """Return a field whose words keep clear of its round ends."""
    field.setTextMargins(FIELD_PAD, 0, FIELD_PAD, 0)
    return field


def describe(widget: QWidget, name: str, tip: str = "") -> None:
    """Give a widget its accessible name, and a tooltip that says a little more."""
    widget.setAccessibleName(name)
    widget.setToolTip(tip or name)
    widget.setWhatsThis(in_help(tip or name))


def spaced(layout: QLayout, margin: int = 0, gap: int = GRID) -> None:
    """Set a layout's margins and gap."""
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
