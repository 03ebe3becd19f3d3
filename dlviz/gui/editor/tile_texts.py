"""What is written on and beside tiles: names, values, deltas, targets, and how much of a strip is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from dlviz.gui.editor.blocks import Block, TileShape
from dlviz.gui.editor.layout import Layout
from dlviz.gui.editor.rects import NOTE_HEIGHT, NOTE_WIDTH, strip_rect, tile_rect
from dlviz.gui.theme import Theme, font
from dlviz.i18n import tr

NOTE_GAP = 13.0  # pixels between a tile and what stands beside it
SLANT, MOST_ROOM = 10.0, 152.0  # pixels: what slanted letters take more, and the most for names
MEASURED = 64  # of the names, those with most letters: a picture as a column of X has 12 288
PLAIN = 7  # letters of a number without a power of ten, which always fits in small type
LEAST = 0.82  # of the small type
SHORT = 5  # letters; such texts always fit
NAMED_HEIGHT = 40.0  # pixels; lower tiles have room for the value alone
LEAST_BOLD = 28.0  # pixels; numbers on lower tiles are small
NUMBER_RISE, NUMBER_HEIGHT = 9.0, 13.0  # pixels of a number over the edge of its tile, and of all of it
PATCH = 0.8  # how much of a link a text on it covers
CENTRE = Qt.AlignmentFlag.AlignCenter
WHOLE = Qt.TextFlag.TextDontClip
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class UnitTexts:
    """What is written at the shown units of one node; empty text is not written.

    names and values stand on the tile, deltas below, notes to the right (targets), sides to the left,
    biases left of the bias dot, numbers on the upper edge, or left of a low tile.
    """

    names: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    deltas: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    biases: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


NO_TEXTS = UnitTexts()


class TileWriter:
    """Writes in the fonts of a theme, made once: asking the platform for one costs more than drawing with it."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._small, self._normal, self._bold = font("small"), font("normal"), font("normal", is_bold=True)
        self._italic = font("normal")
        self._small_italic = font("small")
        for each in (self._italic, self._small_italic):
            each.setItalic(True)
        self._small_bold, self._least = font("small", is_bold=True), font("small", scale=LEAST)
        self._small_metrics, self._bold_metrics = QFontMetricsF(self._small), QFontMetricsF(self._bold)

    def write(self, painter: QPainter, exposed: QRectF, layout: Layout, block: Block, texts: UnitTexts) -> None:
        """Write everything of one node that the exposed rectangle shows."""
        if texts == NO_TEXTS:
            return
        is_roomy = layout.tile.pitch >= layout.tile.roomy
        type_ = self._type_for(layout.tile, [each for each in texts.values if _is_number(each)])
        for index, y in enumerate(block.ys):
            tile = tile_rect(layout, block, y)
            if tile.adjusted(-NOTE_WIDTH, 0, NOTE_WIDTH, NOTE_HEIGHT).intersects(exposed):
                self._write_on(painter, tile, _at(texts.names, index), _at(texts.values, index), type_)
                self._write_beside(painter, tile, texts, index, layout)
                if is_roomy:
                    self._write_below(painter, tile, _at(texts.deltas, index), _at(texts.biases, index))

    def write_strip(self, painter: QPainter, layout: Layout, block: Block) -> None:
        """Say how much of a large layer is drawn."""
        text = tr("{shown} of {count} shown", shown=len(block.shown), count=block.count)
        self._put(painter, strip_rect(layout, block), CENTRE | WHOLE, text, self._small, "accent")

    def _put(
        self, painter: QPainter, room: QRectF, align: Qt.AlignmentFlag, text: str, type_: QFont, colour: str
    ) -> None:
        if text:
            painter.setFont(type_)
            painter.setPen(self._theme.colour(colour))
            painter.drawText(room, align, text)

    def _type_for(self, tile: TileShape, numbers: Sequence[str]) -> QFont:
        """Return the largest type in which all numbers of a layer fit on its tiles: they are read side by side."""
        if tile.height < LEAST_BOLD:
            return self._small
        has_room = all(self._bold_metrics.horizontalAdvance(each) <= tile.width - 6 for each in numbers)
        return self._bold if has_room else self._small_bold

    def _write_on(self, painter: QPainter, tile: QRectF, name: str, value: str, type_: QFont) -> None:
        half = tile.height() / 2
        has_name = tile.height() >= NAMED_HEIGHT
        if has_name:
            self._put(painter, tile.adjusted(0, 4, 0, -half), CENTRE, name, self._italic, "muted")
        # Wider than the tile: a value a little too long is better whole than cut.
        room = tile.adjusted(-8, half - 2 if has_name else 0, 8, -4 if has_name else 0)
        is_number = _is_number(value)
        number_type = self._inside(tile, value, type_)
        self._put(
            painter, room, CENTRE, value, number_type if is_number else self._small, "text" if is_number else "muted"
        )

    def _inside(self, tile: QRectF, number: str, type_: QFont) -> QFont:
        """Return a smaller type for a power of ten that would run over the frame of a low tile."""
        if type_ is not self._small or len(number) <= PLAIN:
            return type_
        return type_ if self._small_metrics.horizontalAdvance(number) <= tile.width() - 4 else self._least

    def _write_below(self, painter: QPainter, tile: QRectF, delta: str, bias: str) -> None:
        # Shifted to the right, so that it keeps clear of the bias dot at the corner.
        below = QRectF(tile.left() - 16, tile.bottom() + 2, tile.width() + 56, NOTE_HEIGHT)
        self._put_on_patch(painter, below, CENTRE, delta, "backward")
        left = QRectF(tile.left() - NOTE_WIDTH - 10, tile.bottom() - 1, NOTE_WIDTH, NOTE_HEIGHT)
        self._put_on_patch(painter, left, RIGHT, bias, "muted")

    def _put_on_patch(self, painter: QPainter, room: QRectF, align: Qt.AlignmentFlag, text: str, colour: str) -> None:
        """Write where links may pass, on a patch of canvas colour."""
        if text:
            metrics = self._small_metrics
            width, height = metrics.horizontalAdvance(text) + 4, metrics.height() - 2
            left = room.right() - width + 2 if align == RIGHT else room.center().x() - width / 2
            patch = QRectF(left, room.center().y() - height / 2, width, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("canvas", PATCH))
            painter.drawRoundedRect(patch, 3, 3)
        self._put(painter, room, align, text, self._small, colour)

    def _write_beside(self, painter: QPainter, tile: QRectF, texts: UnitTexts, index: int, layout: Layout) -> None:
        room = layout.tile.side - NOTE_GAP
        right = QRectF(tile.right() + NOTE_GAP, tile.top(), room, tile.height())
        note = _at(texts.notes, index)
        is_small = len(note) > SHORT and QFontMetricsF(self._normal).horizontalAdvance(note) > room
        type_ = self._small if is_small else self._normal
        self._put(painter, right, LEFT, _elided(type_, note, room), type_, "muted")
        room = layout.tile.left - NOTE_GAP
        left = QRectF(tile.left() - room - NOTE_GAP, tile.top(), room, tile.height())
        side = _at(texts.sides, index)
        # Names from data are longer than x₁.
        type_ = self._italic if len(side) <= SHORT else self._small_italic
        self._put(painter, left, RIGHT, _elided(type_, side, room), type_, "text")
        if number := _at(texts.numbers, index):
            self._write_number(painter, tile, number, layout.tile.pitch - tile.height())

    def _write_number(self, painter: QPainter, tile: QRectF, number: str, gap: float) -> None:
        """Write the number of a unit on the upper edge of its tile, or left of it where the tile above is near."""
        width = QFontMetricsF(self._small).horizontalAdvance(number) + 6
        patch = QRectF(tile.center().x() - width / 2, tile.top() - NUMBER_RISE, width, NUMBER_HEIGHT)
        if gap < NUMBER_RISE:
            patch.moveCenter(QPointF(tile.left() - width / 2 - 2, tile.center().y()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("canvas"))
        painter.drawRoundedRect(patch, 4, 4)
        self._put(painter, patch, CENTRE, number, self._small, "muted")


def room_of_names(names: Sequence[str]) -> float:
    """Return how many pixels the names of inputs need left of their tiles, within limits."""
    small, normal = QFontMetricsF(font("small")), QFontMetricsF(font("normal"))
    longest = nlargest(MEASURED, names, key=len)
    widths = ((normal if len(each) <= SHORT else small).horizontalAdvance(each) for each in longest)
    return min(max(widths, default=0.0) + NOTE_GAP + SLANT, MOST_ROOM)


def _elided(type_: QFont, text: str, room: float) -> str:
    # Short names need no measuring, and there are many of them.
    return text if len(text) <= SHORT else QFontMetricsF(type_).elidedText(text, Qt.TextElideMode.ElideRight, room)


def _is_number(text: str) -> bool:
    return bool(text) and (text[0].isdigit() or text[0] in "−+∞")


def _at(texts: tuple[str, ...], index: int) -> str:
    return texts[index] if index < len(texts) else ""
