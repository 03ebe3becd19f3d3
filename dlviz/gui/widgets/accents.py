"""Words with a hat, a bar or a caron over a letter, which small fonts put beside or far above it."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

#: Mark → its corners over the middle of a letter, in halves of its width and in heights of the mark.
MARKS = {
    "\u0302": ((-1.0, 0.0), (0.0, 1.0), (1.0, 0.0)),
    "\u0304": ((-1.0, 0.5), (1.0, 0.5)),
    "\u030c": ((-1.0, 1.0), (0.0, 0.0), (1.0, 1.0)),
}
HALF, TALL, AIR, STROKE = 0.36, 0.3, 0.28, 0.15  # of the height of an x


def bare(words: str) -> str:
    """Return words without their marks: what is as wide as they are."""
    return "".join(each for each in words if each not in MARKS)


def accents(words: str) -> list[tuple[int, str]]:
    """Return every mark with the number of the bare letter under it."""
    found, letters = list[tuple[int, str]](), 0
    for each in words:
        if each in MARKS:
            found.append((letters - 1, each))
        else:
            letters += 1
    return found


def paint_accented(p: QPainter, room: QRectF, flags: Qt.AlignmentFlag, words: str) -> None:
    """Write one line with the painter's font and pen, and draw its marks over their letters."""
    plain, metrics, marks = bare(words), p.fontMetrics(), accents(words)
    p.drawText(room, flags, plain)
    if not marks:
        return
    box, unit = p.boundingRect(room, flags, plain), float(metrics.xHeight())
    p.save()
    pen = QPen(p.pen().color(), max(STROKE * unit, 1.0))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    p.setPen(pen)
    p.setBrush(Qt.BrushStyle.NoBrush)
    for index, mark in marks:
        left, letter = box.left() + metrics.horizontalAdvance(plain[:index]), plain[index : index + 1]
        middle = left + metrics.horizontalAdvance(letter) / 2
        foot = box.top() + metrics.ascent() + metrics.tightBoundingRect(letter).top() - AIR * unit
        p.drawPolyline(QPolygonF([QPointF(middle + x * HALF * unit, foot - y * TALL * unit) for x, y in MARKS[mark]]))
    p.restore()
