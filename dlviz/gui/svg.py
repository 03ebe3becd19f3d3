"""SVG as a paint device: paths, words and pictures in pixels of the widget, each within what it is clipped to.

Qt's own generator leaves out where a widget stands when it writes what that is clipped to, which moves or hides whole
plots, and relies on strokes that do not scale, which few programs draw. https://www.w3.org/TR/SVG11
"""

import math
import re
from base64 import b64encode
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontInfo,
    QImage,
    QImageWriter,
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QTextItem,
    QTransform,
)

DOTS_PER_INCH = 96
MM_PER_INCH, POINTS_PER_INCH = 25.4, 72
CAPS = {Qt.PenCapStyle.FlatCap: "butt", Qt.PenCapStyle.SquareCap: "square", Qt.PenCapStyle.RoundCap: "round"}
JOINS = {Qt.PenJoinStyle.MiterJoin: "miter", Qt.PenJoinStyle.BevelJoin: "bevel", Qt.PenJoinStyle.RoundJoin: "round"}
#: What XML 1.0 has no characters for: most controls, halves of pairs, and two that are never characters.
UNHEARD = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SIDES = ("x", "y", "width", "height")
Flag = QPaintEngine.DirtyFlag
Element = QPainterPath.ElementType


class SvgDevice(QPaintDevice):
    """What a widget is painted on to become SVG, once `svg` is asked for."""

    def __init__(self, size: QSize, title: str, words: str = "") -> None:
        super().__init__()
        self._size, self._title, self._words = size, title, words
        self._engine = SvgEngine()

    def paintEngine(self) -> QPaintEngine:
        """Return the engine that writes."""
        return self._engine

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        """Say how large it is: one dot a pixel."""
        width, height = self._size.width(), self._size.height()
        return {
            QPaintDevice.PaintDeviceMetric.PdmWidth: width,
            QPaintDevice.PaintDeviceMetric.PdmHeight: height,
            QPaintDevice.PaintDeviceMetric.PdmWidthMM: round(width / DOTS_PER_INCH * MM_PER_INCH),
            QPaintDevice.PaintDeviceMetric.PdmHeightMM: round(height / DOTS_PER_INCH * MM_PER_INCH),
            QPaintDevice.PaintDeviceMetric.PdmNumColors: 2**24,
            QPaintDevice.PaintDeviceMetric.PdmDepth: 32,
            QPaintDevice.PaintDeviceMetric.PdmDevicePixelRatio: 1,
            QPaintDevice.PaintDeviceMetric.PdmDevicePixelRatioScaled: round(QPaintDevice.devicePixelRatioFScale()),
        }.get(metric, DOTS_PER_INCH)

    def svg(self) -> str:
        """Return the whole file."""
        width, height = self._size.width(), self._size.height()
        return "\n".join(
            (
                '<?xml version="1.0" encoding="UTF-8"?>',
                '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" '
                f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
                f"<title>{_plain(self._title)}</title>",
                *((f"<desc>{_plain(self._words)}</desc>",) if self._words else ()),
                *self._engine.lines,
                "</svg>\n",
            )
        )


class SvgEngine(QPaintEngine):
    """Writes a line of SVG for everything that is painted, transforms worked in."""

    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.lines: list[str] = []
        self._pen, self._brush, self._opacity = QPen(), QBrush(), 1.0
        self._transform = QTransform()
        self._clip: QPainterPath | None = None
        self._clips: dict[str, str] = {}  # path data → what the clip is called

    def type(self) -> QPaintEngine.Type:
        """Say what it makes, as Qt's own generator does."""
        return QPaintEngine.Type.SVG

    def begin(self, device: QPaintDevice) -> bool:
        """Begin to paint."""
        return True

    def end(self) -> bool:
        """Paint no more."""
        return True

    def updateState(self, state: QPaintEngineState) -> None:
        """Take over pen, brush, opacity, where things stand, and what they are clipped to."""
        flags = state.state()
        if flags & Flag.DirtyPen:
            self._pen = QPen(state.pen())
        if flags & Flag.DirtyBrush:
            self._brush = QBrush(state.brush())
        if flags & Flag.DirtyOpacity:
            self._opacity = state.opacity()
        if flags & Flag.DirtyTransform:
            self._transform = QTransform(state.transform())
        if flags & Flag.DirtyClipPath:
            self._clip_to(QPainterPath(state.clipPath()), state.clipOperation())
        if flags & Flag.DirtyClipRegion:
            path = QPainterPath()
            path.addRegion(state.clipRegion())
            self._clip_to(path, state.clipOperation())
        if flags & Flag.DirtyClipEnabled and not state.isClipEnabled():
            self._clip = None

    def _clip_to(self, path: QPainterPath, operation: Qt.ClipOperation) -> None:
        mapped = self._transform.map(path)
        if operation == Qt.ClipOperation.NoClip:
            self._clip = None
        elif operation == Qt.ClipOperation.IntersectClip and self._clip is not None:
            self._clip = self._clip.intersected(mapped)
        else:
            self._clip = mapped

    def drawPath(self, path: QPainterPath) -> None:
        """Write a path with its pen and brush."""
        self._write_path(self._transform.map(path), self._brush)

    def drawPolygon(self, points: Sequence[QPointF], mode: QPaintEngine.PolygonDrawMode) -> None:
        """Write a line, or an area."""
        polygon, path = QPolygonF(points), QPainterPath()
        path.addPolygon(self._transform.map(polygon))
        is_line = mode == QPaintEngine.PolygonDrawMode.PolylineMode
        if not is_line:
            path.closeSubpath()
        self._write_path(path, QBrush() if is_line else self._brush)

    def drawTextItem(self, at: QPointF, item: QTextItem) -> None:
        """Write words as words."""
        font, t = item.font(), self._transform
        size: float = font.pixelSize()
        size = size if size > 0 else font.pointSizeF() * DOTS_PER_INCH / POINTS_PER_INCH
        is_moved_only = (t.m11(), t.m12(), t.m21(), t.m22()) == (1.0, 0.0, 0.0, 1.0)
        moved = t.map(at) if is_moved_only else at
        place = f'x="{_number(moved.x())}" y="{_number(moved.y())}"'
        place += "" if is_moved_only else f' transform="{_matrix(t)}"'
        style = ' font-style="italic"' if font.italic() else ""
        family = quoteattr(f"{QFontInfo(font).family()}, sans-serif")
        self._write(
            f'<text {place} font-family={family} font-size="{_number(size)}" font-weight="{int(font.weight())}"{style} '
            f'xml:space="preserve"{self._fill(QBrush(self._pen.color()))}{self._clipped()}>{_plain(item.text())}</text>'
        )

    def drawPixmap(self, target: QRectF, picture: QPixmap, source: QRectF) -> None:
        """Write a picture."""
        self.drawImage(target, picture.toImage(), source)

    def drawImage(
        self, target: QRectF, image: QImage, source: QRectF,
        flags: Qt.ImageConversionFlag = Qt.ImageConversionFlag.AutoColor,
    ) -> None:  # fmt: skip
        """Write part of a picture, pixels and all."""
        part, t = source.toAlignedRect(), self._transform
        whole = png_of(image if part == QRect(0, 0, image.width(), image.height()) else image.copy(part))
        data = b64encode(whole).decode("ascii")
        sides = (target.x(), target.y(), target.width(), target.height())
        box = " ".join(f'{name}="{_number(value)}"' for name, value in zip(SIDES, sides, strict=True))
        line = (
            f'<image {box} transform="{_matrix(t)}" preserveAspectRatio="none"{self._faded()} '
            f'xlink:href="data:image/png;base64,{data}"/>'
        )
        clip = self._clipped()
        self._write(f"<g{clip}>{line}</g>" if clip else line)

    def _write_path(self, path: QPainterPath, brush: QBrush) -> None:
        data, fill, stroke = _data(path), self._fill(brush), self._stroke()
        if data and (fill or stroke):
            rule = ' fill-rule="evenodd"' if path.fillRule() == Qt.FillRule.OddEvenFill and fill else ""
            self._write(f'<path d="{data}"{fill or _NOTHING}{rule}{stroke}{self._clipped()}/>')

    def _write(self, line: str) -> None:
        self.lines.append(line)

    def _fill(self, brush: QBrush) -> str:
        if brush.style() == Qt.BrushStyle.NoBrush:
            return ""
        return _coloured("fill", _middle(brush), self._opacity)

    def _stroke(self) -> str:
        pen = self._pen
        if pen.style() == Qt.PenStyle.NoPen:
            return ""
        t = self._transform
        wide = pen.widthF() if pen.isCosmetic() else pen.widthF() * math.sqrt(abs(t.determinant()))
        wide = wide or 1.0
        dashes = [each * wide for each in pen.dashPattern()] if pen.style() != Qt.PenStyle.SolidLine else []
        dashed = f' stroke-dasharray="{" ".join(map(_number, dashes))}"' if dashes else ""
        cap, join = CAPS.get(pen.capStyle(), "butt"), JOINS.get(pen.joinStyle(), "miter")
        colour = _coloured("stroke", pen.color(), self._opacity)
        return f'{colour} stroke-width="{_number(wide)}"{dashed} stroke-linecap="{cap}" stroke-linejoin="{join}"'

    def _faded(self) -> str:
        return f' opacity="{_number(self._opacity)}"' if self._opacity < 1 else ""

    def _clipped(self) -> str:
        """Return the reference to what is seen; what was met before is not written again."""
        if self._clip is None:
            return ""
        data = _data(self._clip) or "M0,0"
        if data not in self._clips:
            self._clips[data] = f"c{len(self._clips)}"
            self._write(f'<clipPath id="{self._clips[data]}"><path d="{data}"/></clipPath>')
        return f' clip-path="url(#{self._clips[data]})"'


_NOTHING = ' fill="none"'


def _plain(words: str) -> str:
    """Return words as XML may hold them: without what no file of it may have."""
    return escape(UNHEARD.sub("\ufffd", words))


def _middle(brush: QBrush) -> QColor:
    """Return the colour of a brush; of a gradient the one in its middle."""
    gradient = brush.gradient()
    return brush.color() if gradient is None else QColor(gradient.stops()[len(gradient.stops()) // 2][1])


def _coloured(name: str, colour: QColor, opacity: float) -> str:
    seen = colour.alphaF() * opacity
    return f' {name}="{colour.name()}"' + (f' {name}-opacity="{_number(seen)}"' if seen < 1 else "")


def _number(value: float) -> str:
    """Write a number to a thousandth of a pixel."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if math.isfinite(value) else "0"


def _matrix(t: QTransform) -> str:
    numbers = (t.m11(), t.m12(), t.m21(), t.m22(), t.dx(), t.dy())
    return f"matrix({','.join(f'{each:.6g}' for each in numbers)})"


def _data(path: QPainterPath) -> str:
    """Return a path as data of SVG."""
    parts, index = [], 0
    while index < path.elementCount():
        at = path.elementAt(index)
        if at.type == Element.CurveToElement:
            three = [path.elementAt(index + k) for k in range(3)]
            parts.append("C" + " ".join(f"{_number(each.x)},{_number(each.y)}" for each in three))
            index += 3
            continue
        parts.append(f"{'M' if at.type == Element.MoveToElement else 'L'}{_number(at.x)},{_number(at.y)}")
        index += 1
    return "".join(parts)


def png_of(image: QImage) -> bytes:
    """Return an image as a PNG file."""
    target = QByteArray()
    buffer = QBuffer(target)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    buffer.close()
    return bytes(target.data())
