"""The networks of a race side by side: what each answers over two inputs where it stands, with the rows of the data."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.core.contour import class_boundaries, segments
from dlviz.gui import numbers
from dlviz.gui.fills import fills_of
from dlviz.gui.race.runners import paint_runner, title_of
from dlviz.gui.response import (
    FloatArray,
    Pixels,
    class_pixels,
    classes_of,
    output_scale,
    signed_pixels,
)
from dlviz.gui.theme import GRID, RADIUS, Theme, current, font, theme_signals
from dlviz.gui.widgets.colour_bar import rgba_image
from dlviz.gui.widgets.paint import describe, focus_ring, is_for_a_file, painter, rounded
from dlviz.gui.widgets.points import paint_points, radius_for
from dlviz.i18n import tr
from dlviz.session.race import Race
from dlviz.session.race.maps import RaceMaps

GAP, HEAD = float(GRID), 2.5 * GRID  # pixels between two maps, and of the line above each
BESIDE = 7.0 * GRID  # pixels, of that line where it stands beside
NAMED = 10.0 * GRID  # pixels, of a map below which no name fits above it: there its line may stand beside
MARKER = 4.5  # pixels, radius
PER_POINT = 60.0  # square pixels of a map for each point: of more rows, some are painted
GOLDEN = (5**0.5 - 1) / 2
DIGITS = 3  # of a loss, fewer where there is no room
LOSS = "0.88"  # about as wide as one that is rounded
_NO_LINES = np.empty((0, 2, 2))


class Boundaries(QWidget):
    """A map an optimizer under its marker, name and loss, all on one scale; a click looks at one closely."""

    looked_at = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.race: Race | None = None
        self.maps: RaceMaps | None = None
        self.step, self.entrant = 0, 0
        self._images: list[tuple[QImage, FloatArray]] = []
        self._points: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        describe(self, tr("Boundaries side by side"), tr("What each network answers over the first two inputs"))
        theme_signals.changed.connect(self._use_theme)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(56 * GRID, 40 * GRID)

    def minimumSizeHint(self) -> QSize:
        """Return the least useful size."""
        return QSize(20 * GRID, 14 * GRID)

    def show_race(self, race: Race) -> None:
        """Show another race, whose maps are still to come."""
        if race.paths is not (None if self.race is None else self.race.paths):
            self.maps, self._images, self._points = None, [], None
        self.race = race
        self.update()

    def show_step(self, maps: RaceMaps | None, step: int, entrant: int) -> None:
        """Stand after so many steps; the maps may still be those of a step before."""
        if maps is not self.maps:
            self.maps, self._images = maps, []
        self.step, self.entrant = step, entrant
        self.setAccessibleDescription("; ".join(self.words(k) for k in range(len(self._places()))))
        self.update()

    def words(self, index: int, digits: int = DIGITS, is_named: bool = True) -> str:
        """Say an optimizer and the loss where it stands: "Adam 0.499"; "…" while its map is of another step."""
        if self.race is None:
            return ""
        value = float(self.race.paths[index].values[self.step])
        loss = numbers.number(value, digits) if math.isfinite(value) else tr("diverged")
        name = f"{self.name(index)} " if is_named else ""
        return f"{name}{loss}" + ("" if self.is_current else " …")

    def name(self, index: int) -> str:
        """Return the name of an optimizer of the race."""
        return "" if self.race is None else title_of(self.race.spec.optimizers[index])

    @property
    def is_current(self) -> bool:
        """Whether the maps are those of the step that is shown."""
        return self.maps is not None and self.maps.step == self.step

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self._images, self._points = [], None
        self.update()

    def resizeEvent(self, event: object) -> None:
        """Paint the points anew in the new size."""
        self._points = None

    def _layout(self) -> tuple[int, float, bool]:
        """Return how many maps stand beside each other so that they are largest, their side, whether words do too."""
        count = max(0 if self.race is None else len(self.race.paths), 1)

        def side(columns: int, is_beside: bool) -> float:
            wide = (self.width() - GAP * (columns - 1)) / columns - is_beside * BESIDE
            rows = math.ceil(count / columns)
            return min(wide, (self.height() - GAP * (rows - 1)) / rows - (not is_beside) * HEAD)

        above = max(range(1, count + 1), key=lambda columns: side(columns, is_beside=False))
        beside = max(range(1, count + 1), key=lambda columns: side(columns, is_beside=True))
        is_beside = NAMED > side(above, is_beside=False) < side(beside, is_beside=True)
        columns = beside if is_beside else above
        return columns, max(side(columns, is_beside), 8.0), is_beside

    def _places(self) -> list[QRectF]:
        """Return the squares of all maps."""
        columns, side, is_beside = self._layout()
        across, down = side + GAP + is_beside * BESIDE, side + GAP + (not is_beside) * HEAD
        top = 0.0 if is_beside else HEAD
        count = 0 if self.race is None else len(self.race.paths)
        return [QRectF((k % columns) * across, (k // columns) * down + top, side, side) for k in range(count)]

    def _head(self, square: QRectF) -> QRectF:
        """Return the line of a map: above it, or beside it where that leaves larger maps."""
        if self._layout()[2]:
            return QRectF(square.right(), square.top(), BESIDE, HEAD)
        return QRectF(square.left(), square.top() - HEAD, square.width(), HEAD)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint every optimizer's line and map."""
        if self.race is not None and self.maps is not None and not self._images:
            self._images = self._coloured(self.race, self.maps)
        with painter(self) as p:
            for index, square in enumerate(self._places()):
                self._paint_head(p, index, self._head(square))
                self._paint_map(p, index, square)
            focus_ring(p, self)

    def _paint_head(self, p: QPainter, index: int, line: QRectF) -> None:
        theme, is_looked_at = current(), index == self.entrant
        if is_looked_at:
            rounded(p, line.adjusted(0, 1, 0, -1), fill=theme.accent_soft)
        if self.race is not None:
            paint_runner(p, self.race.spec.marker(index), QPointF(line.left() + MARKER + 3, line.center().y()), MARKER)
        p.setFont(font("small"))
        p.setPen(theme.colour("text"))
        room = line.adjusted(2 * MARKER + 5, 0, -1, 0)
        metrics, wide = p.fontMetrics(), int(room.width())
        # All with their names or none; where there is no room for them, the marker says who it is.
        names = [self.name(each) for each in range(len(self._places()))]
        is_named = all(metrics.horizontalAdvance(f"{each} {LOSS}") <= wide for each in names)
        written = [self.words(index, digits, is_named) for digits in (DIGITS, 2, 1)]
        words = next((each for each in written if metrics.horizontalAdvance(each) <= wide), written[-1])
        p.drawText(room, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(words, Qt.TextElideMode.ElideRight, wide))

    def _paint_map(self, p: QPainter, index: int, square: QRectF) -> None:
        theme, clip = current(), QPainterPath()
        clip.addRoundedRect(square, RADIUS, RADIUS)
        p.save()
        p.fillPath(clip, theme.colour("canvas"))
        p.setClipPath(clip)
        if index < len(self._images):
            image, lines = self._images[index]
            p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            p.drawImage(square, image)
            p.setPen(QPen(theme.colour("text", 0.75), 1.2 * theme.mark_width))
            p.drawLines(_on(lines, square, image.width()))
            if is_for_a_file(p, self):
                self._paint_rows(p, square)
            else:
                p.drawPixmap(square.topLeft(), self._overlay(square.width()))
        p.restore()

    def _coloured(self, race: Race, maps: RaceMaps) -> list[tuple[QImage, FloatArray]]:
        """Return the picture of every optimizer with the pieces of its boundary; one scale for all."""
        if race.network is None:
            return []
        trainer, theme = race.network.ground.trainer, current()
        if len(maps.outputs[0]) > 1:
            return [(_image(class_pixels(each, theme)), class_boundaries(each)) for each in maps.outputs]
        values = [each[0] for each in maps.outputs]
        scale = output_scale(trainer.document, trainer.prepared.sample.dataset, np.stack(values))
        pieces = [_NO_LINES if scale.level is None else segments(np.nan_to_num(each), scale.level) for each in values]
        pixels = (_image(signed_pixels(each, scale, theme)) for each in values)
        return list(zip(pixels, pieces, strict=True))

    def _overlay(self, side: float) -> QPixmap:
        """Return the rows of the data as points, painted once for a size."""
        if self._points is None:
            ratio = self.devicePixelRatioF()
            self._points = QPixmap(QSize(round(side), round(side)) * ratio)
            self._points.setDevicePixelRatio(ratio)
            self._points.fill(Qt.GlobalColor.transparent)
            with QPainter(self._points) as p:
                p.setRenderHint(QPainter.RenderHint.Antialiasing)
                self._paint_rows(p, QRectF(0, 0, side, side))
        return self._points

    def _paint_rows(self, p: QPainter, square: QRectF) -> None:
        """Paint rows of the data as points, so many as a map of this size shows."""
        if self.race is None or self.race.network is None or self.maps is None:
            return
        sample, side, theme = self.race.network.ground.trainer.prepared.sample, square.width(), current()
        x0, x1, y0, y1 = self.maps.extent
        rows = spread(sample.dataset.n, math.ceil(side**2 / PER_POINT))
        fills = fills_of(sample, is_test_open=False)[rows]  # an optimizer is not chosen by the test
        shares = (sample.dataset.inputs[rows, :2] - (x0, y0)) / (x1 - x0, y1 - y0)
        places = np.column_stack([shares[:, 0], 1 - shares[:, 1]]) * side + (square.x(), square.y())
        radius, classes = radius_for(len(places), side), classes_of(sample.dataset)[rows]
        paint_points(p, places, classes, fills, theme, radius, rim=theme.panel)

    def index_at(self, at: QPointF) -> int | None:
        """Return the optimizer under a pixel."""
        whole = (square.united(self._head(square)) for square in self._places())
        return next((index for index, rect in enumerate(whole) if rect.contains(at)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look closely at an optimizer."""
        index = self.index_at(event.position())
        if index is not None:
            self.looked_at.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from one optimizer to the next."""
        change = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if change and self.race is not None:
            self.looked_at.emit(min(max(self.entrant + change, 0), len(self.race.paths) - 1))
        else:
            event.ignore()


def spread(count: int, most: int) -> NDArray[np.intp]:
    """Return at most so many of count rows, all over them; not every k-th, for classes may take turns."""
    if count <= most:
        return np.arange(count)
    return np.unique((np.arange(most) * GOLDEN % 1 * count).astype(np.intp))


def _image(pixels: Pixels) -> QImage:
    return rgba_image(pixels[::-1])


def _on(lines: FloatArray, square: QRectF, samples: int) -> list[QLineF]:
    """Return line pieces in samples as lines within a square."""
    step = square.width() / samples
    x = square.left() + (lines[..., 0] + 0.5) * step
    y = square.bottom() - (lines[..., 1] + 0.5) * step
    return [QLineF(*end) for end in np.stack([x, y], axis=-1).reshape(-1, 4).tolist()]
