"""A widget as a picture for a file: SVG in which lines stay lines and words stay words, or PNG twice as fine."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from dlviz.gui.svg import SvgDevice, png_of
from dlviz.gui.theme import current

FINENESS = 2.0  # pixels of a PNG for one on the screen


def as_svg(widget: QWidget, title: str, words: str = "") -> bytes:
    """Return a widget as SVG, with a title and a description for whoever cannot see it."""
    device = SvgDevice(widget.size(), title, words)
    with QPainter(device) as p:
        _paint(widget, p)
    return device.svg().encode("utf-8")


def as_png(widget: QWidget, title: str, words: str = "") -> bytes:
    """Return a widget as PNG, twice as fine as on the screen, with the title and description in its text."""
    image = QImage(widget.size() * FINENESS, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(FINENESS)
    image.setText("Title", title)
    image.setText("Description", words)
    with QPainter(image) as p:
        _paint(widget, p)
    return png_of(image)


def _paint(widget: QWidget, p: QPainter) -> None:
    p.fillRect(QRect(QPoint(0, 0), widget.size()), current().colour("panel"))
    widget.render(p, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
