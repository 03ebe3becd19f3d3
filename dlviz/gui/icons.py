"""The window's icons: strokes on a 24 × 24 grid, tinted when painted.

Each icon is a word of small commands: M x y moves, L x y draws a line, C x1 y1 x2 y2 x y a curve,
Z closes, O x y r a circle, A x y r start sweep an arc (degrees, anticlockwise); F before all fills.
"""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from dlviz.core.errors import SpecError
from dlviz.gui.theme import current

SIDE = 24.0
STROKE = 1.7

ICONS: dict[str, str] = {
    "new": "M 6 3 L 14 3 L 19 8 L 19 21 L 6 21 Z M 14 3 L 14 8 L 19 8",
    "open": "M 3 6 L 9 6 L 11 8 L 21 8 L 21 19 L 3 19 Z",
    "save": "M 4 4 L 16.5 4 L 20 7.5 L 20 20 L 4 20 Z M 8 4 L 8 9 L 15 9 L 15 4 M 7.5 20 L 7.5 14 L 16.5 14 L 16.5 20",
    "undo": "M 9 5 L 4 10 L 9 15 M 4 10 L 14.5 10 C 21.5 10 21.5 19 14.5 19 L 11 19",
    "redo": "M 15 5 L 20 10 L 15 15 M 20 10 L 9.5 10 C 2.5 10 2.5 19 9.5 19 L 13 19",
    "start": "M 12 6 L 6 12 L 12 18 M 18.5 6 L 12.5 12 L 18.5 18",
    "back": "M 6.5 6 L 6.5 18 M 17.5 6 L 10 12 L 17.5 18 Z",
    "forward": "M 17.5 6 L 17.5 18 M 6.5 6 L 14 12 L 6.5 18 Z",
    "play": "F M 8.5 5.5 L 19 12 L 8.5 18.5 Z",
    "pause": "F M 7 5.5 L 10.5 5.5 L 10.5 18.5 L 7 18.5 Z M 13.5 5.5 L 17 5.5 L 17 18.5 L 13.5 18.5 Z",
    "reset": "A 12 12 7.5 60 -300 M 11 1.8 L 15.9 5.4 L 12.2 10.2",
    "seed": "M 5 5 L 19 5 L 19 19 L 5 19 Z O 9 9 0.8 O 15 15 0.8 O 15 9 0.8 O 9 15 0.8 O 12 12 0.8",
    "close": "M 6.5 6.5 L 17.5 17.5 M 17.5 6.5 L 6.5 17.5",
    "chevron": "M 7 10 L 12 15 L 17 10",
    "info": "O 12 12 8.5 M 12 11 L 12 16.5 M 12 7.6 L 12 7.9",
    "warn": "M 12 4 L 21 19.5 L 3 19.5 Z M 12 10 L 12 14.5 M 12 16.8 L 12 17",
    "error": "O 12 12 8.5 M 12 7.5 L 12 13 M 12 16 L 12 16.3",
    "watch": "M 2.5 12 C 6 5.5 18 5.5 21.5 12 C 18 18.5 6 18.5 2.5 12 Z O 12 12 3",
    "step": "M 4 19 L 9 19 L 9 14.5 L 14 14.5 L 14 10 L 19 10 L 19 5.5 L 21 5.5",
    "race": "M 6 21 L 6 3.5 M 6 4.5 L 19 4.5 L 19 13 L 6 13 M 12.5 4.5 L 12.5 13 M 6 8.8 L 19 8.8",
    "data": "M 4 5 L 20 5 L 20 19 L 4 19 Z M 4 10 L 20 10 M 4 14.5 L 20 14.5 M 10 5 L 10 19",
    "zoom_in": "O 10.5 10.5 6 M 15 15 L 20.5 20.5 M 7.5 10.5 L 13.5 10.5 M 10.5 7.5 L 10.5 13.5",
    "zoom_out": "O 10.5 10.5 6 M 15 15 L 20.5 20.5 M 7.5 10.5 L 13.5 10.5",
    "fit": "M 4 9 L 4 4 L 9 4 M 15 4 L 20 4 L 20 9 M 20 15 L 20 20 L 15 20 M 9 20 L 4 20 L 4 15",
    "hide": "M 2.5 12 C 6 5.5 18 5.5 21.5 12 C 18 18.5 6 18.5 2.5 12 Z O 12 12 3 M 4 20 L 20 4",
    "wide": "M 8 7.5 L 3.5 12 L 8 16.5 M 16 7.5 L 20.5 12 L 16 16.5 M 3.5 12 L 20.5 12",
    "narrow": "M 5 7.5 L 9.5 12 L 5 16.5 M 19 7.5 L 14.5 12 L 19 16.5 M 2.5 12 L 9.5 12 M 14.5 12 L 21.5 12",
    "plus": "M 12 5 L 12 19 M 5 12 L 19 12",
    "minus": "M 5 12 L 19 12",
    "delete": "M 5 7 L 19 7 M 9 7 L 9 4.5 L 15 4.5 L 15 7 M 6.5 7 L 7.5 20 L 16.5 20 L 17.5 7",
    "pin": "M 9 4 L 15 4 M 10 4 L 10 11 L 7 14.5 L 17 14.5 L 14 11 L 14 4 M 12 14.5 L 12 20.5",
    "logo": "O 6 7 2.5 O 6 17 2.5 O 18 12 2.5 M 8.4 8 L 15.6 11.2 M 8.4 16 L 15.6 12.8",
}

_ARGUMENTS = {"M": 2, "L": 2, "C": 6, "Z": 0, "O": 3, "A": 5, "F": 0}


@lru_cache(maxsize=64)
def icon_path(name: str) -> tuple[QPainterPath, bool]:
    """Return an icon's path and whether it is filled. Raises: SpecError for an unknown name."""
    if name not in ICONS:
        raise SpecError(f"Expected the name of an icon. Received: {name!r}")
    words, path = ICONS[name].split(), QPainterPath()
    while words:
        command = words.pop(0)
        numbers = [float(words.pop(0)) for _ in range(_ARGUMENTS[command])]
        _draw(path, command, numbers)
    return path, ICONS[name].startswith("F")


def _draw(path: QPainterPath, command: str, at: list[float]) -> None:
    if command == "M":
        path.moveTo(*at)
    elif command == "L":
        path.lineTo(*at)
    elif command == "C":
        path.cubicTo(*at)
    elif command == "Z":
        path.closeSubpath()
    elif command == "O":
        path.addEllipse(QPointF(at[0], at[1]), at[2], at[2])
    elif command == "A":
        box = QRectF(at[0] - at[2], at[1] - at[2], 2 * at[2], 2 * at[2])
        path.arcMoveTo(box, at[3])
        path.arcTo(box, at[3], at[4])


def paint_icon(painter: QPainter, name: str, box: QRectF, colour: str) -> None:
    """Paint an icon into a box in a #RRGGBB colour."""
    path, is_filled = icon_path(name)
    painter.save()
    painter.translate(box.topLeft())
    painter.scale(box.width() / SIDE, box.height() / SIDE)
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    painter.setPen(QPen(QColor(colour), STROKE, Qt.PenStyle.SolidLine, cap, join))
    painter.setBrush(QColor(colour) if is_filled else Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.restore()


def icon(name: str, size: int = 32) -> QIcon:
    """Return an icon in the text colour of the theme in use, greyed where disabled."""
    result = QIcon()
    theme = current()
    for mode, colour in ((QIcon.Mode.Normal, theme.text), (QIcon.Mode.Disabled, theme.faint)):
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_icon(painter, name, QRectF(0, 0, size, size), colour)
        result.addPixmap(pixmap, mode)
    return result
