"""The canvas's viewport: pan, zoom, fit, pointing, and the keys; it asks, the panel acts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from dlviz.gui.editor import captions
from dlviz.gui.editor.captions import BAND, PLAIN_BAND
from dlviz.gui.editor.gestures import Gesture, Pan
from dlviz.gui.editor.hot import Hot, HotKind
from dlviz.gui.editor.keys import Command, command_of
from dlviz.gui.editor.scene import NetworkScene
from dlviz.gui.editor.still import Still
from dlviz.gui.editor.wire import Wire
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import GRID

MARGIN_X, MARGIN_BOTTOM = GRID / 2, 4.0 * GRID  # pixels kept free around a fitted network
BELOW = 3.0 * GRID  # below the lowest tile, for what is written there
MIN_ZOOM, MAX_ZOOM = 0.1, 4.0
ZOOM_STEP = 1.2
REST_MS = 150  # for which a dragged canvas has to rest until frames are drawn again

Asked = Literal["menu", "minus", "plus", "insert", "features", "outputs", "pull", "type", "where", "wire"]


_ASKED: Mapping[HotKind, Asked] = {
    "minus": "minus", "plus": "plus", "insert": "insert", "features": "features", "outputs": "outputs",
}  # fmt: skip  # others open the menu


@dataclass(frozen=True)
class Ask:
    """A click on something that does more than select: what, which node, and where on the screen.

    source: of a wire, the node that it comes from.
    """

    kind: Asked
    node: str
    at: QPoint
    source: str = ""


class CanvasView(QGraphicsView):
    """Shows a NetworkScene and tells what people point at, press and type."""

    pointed = Signal(object)  # Selected under the pointer
    picked = Signal(object)  # Selected that was clicked
    asked = Signal(object)  # Ask
    commanded = Signal(object)  # Command of a key
    resized = Signal()  # the fitted picture may be laid out anew
    moved = Signal()  # panned or zoomed
    zoomed = Signal()
    rested = Signal()  # a drag has ended, or pauses: frames were let go meanwhile
    pressed = Signal()  # anywhere
    wired = Signal(object)  # Wired: a connection that was let go

    def __init__(self, scene: NetworkScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.network_scene = scene
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        # Qt's scenes welcome every file and then drop it nowhere; the window shall have it.
        self.viewport().setAcceptDrops(False)
        self.hots: list[Hot] = []
        self.selected_layer = ""
        self.is_editing = True
        self.is_fitted, self.growth = True, 1.0
        self.tip_of: Callable[[Selected], str] = no_tip  # what to show on a place under the pointer
        self.fits_of: Callable[[Hot], Mapping[str, bool]] = no_fits  # which nodes a connection from a port may end at
        self._hot: Hot | None = None
        self.has_walked = False  # set by whoever takes a step of the Tab key
        self._gesture: Gesture | None = None
        self._still: Still | None = None  # what is painted while the canvas is dragged
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._end_drag)

    def free_size(self) -> tuple[float, float]:
        """Return the room for the network, without captions and legend."""
        area = self.viewport().rect()
        return max(area.width() - 2 * MARGIN_X, 100.0), max(area.height() - self.band - MARGIN_BOTTOM, 100.0)

    @property
    def band(self) -> float:
        """Height of the captions at the top."""
        return BAND if self.is_editing else PLAIN_BAND

    def fit(self) -> None:
        """Show the whole network, at most at its natural size, or as much larger as it may grow."""
        layout = self.network_scene.layout_
        if layout is None:
            return
        bounds = QRectF(*layout.bounds).adjusted(-layout.tile.left, 0, layout.tile.side, BELOW)
        width, height = self.free_size()
        scale = min(self.growth, width / bounds.width(), height / bounds.height())
        self._still = None
        # The scene must be larger than the view, or Qt centres it by itself.
        self.setSceneRect(bounds.adjusted(-4000, -4000, 4000, 4000))
        self.resetTransform()
        self.scale(scale, scale)
        self.centerOn(bounds.center() + QPointF(0, (MARGIN_BOTTOM - self.band) / 2 / scale))
        self.is_fitted = True
        self.place_captions()

    def zoom(self, factor: float) -> None:
        """Magnify by a factor, within limits."""
        now = self.transform().m11()
        factor = min(max(now * factor, MIN_ZOOM), MAX_ZOOM) / now
        self._still = None
        self.scale(factor, factor)
        self._loosen()
        self.zoomed.emit()

    def pixels(self, length: float) -> int:
        """Return how many pixels of the screen a length of the scene takes."""
        return max(round(round(length * self.transform().m11()) * self.devicePixelRatioF()), 1)

    def pan(self, dx: int, dy: int) -> None:
        """Move the visible part by so many pixels."""
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + dx)
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + dy)
        self._loosen()

    def _loosen(self) -> None:
        self.is_fitted = False
        self.place_captions()
        self.moved.emit()

    @property
    def is_dragged(self) -> bool:
        """Whether it is dragged just now: a picture is moved, and nothing new is drawn."""
        return self._still is not None

    def _drag(self) -> None:
        """Move a picture of the canvas until the pointer rests."""
        if self._still is None or not self._still.covers(self):
            self._still = Still(self, self.network_scene.theme)
        self._rest.start()

    @Slot()
    def _end_drag(self) -> None:
        if self._still is None:
            return
        self._still = None
        self._rest.stop()
        self.viewport().update()
        self.rested.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint scene and captions; while the canvas is dragged a picture of the scene."""
        if self._still is None:
            super().paintEvent(event)
            return
        with QPainter(self.viewport()) as painter:
            painter.setRenderHints(self.renderHints())
            self._still.paint(painter, self)
            self.drawForeground(painter, self.mapToScene(self.viewport().rect()).boundingRect())

    def place_captions(self) -> None:
        """Work out where the captions stand now."""
        scene = self.network_scene
        if scene.layout_ is not None and scene.network is not None:
            self.hots = captions.hot_spots(scene.network, scene.layout_, self._to_view, self.is_editing)
        self.viewport().update()

    def _to_view(self, point: QPointF) -> QPointF:
        return self.viewportTransform().map(point)

    def hot_at(self, at: QPoint) -> Hot | None:
        """Return what of the captions is under a pixel."""
        return next((hot for hot in self.hots if hot.rectangle.contains(QPointF(at))), None)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the captions over the scene, always readable."""
        painter.save()
        painter.resetTransform()
        theme = self.network_scene.theme
        exposed = self.mapFromScene(rect).boundingRect()
        if exposed.top() <= self.band and not self.is_fitted:
            painter.fillRect(QRectF(0, 0, self.viewport().width(), self.band), theme.colour("canvas", 0.9))
        near = [hot for hot in self.hots if hot.rectangle.intersects(QRectF(exposed))]
        captions.paint(painter, near, theme, self._hot, self.selected_layer)
        if isinstance(self._gesture, Wire):
            self._gesture.paint(painter, theme)
        painter.restore()

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """Fill with the colour of the canvas."""
        painter.fillRect(rect, self.network_scene.theme.colour("canvas"))

    def select_layer(self, node: str) -> None:
        """Mark the caption of the selected layer."""
        if node != self.selected_layer:
            self.selected_layer = node
            self.viewport().update(0, 0, self.viewport().width(), self.viewport().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted network fitted."""
        self._still = None
        super().resizeEvent(event)
        self.resized.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what is under the pointer, or begin to pan."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        at = event.position().toPoint()
        hot = self.hot_at(at)
        self.pressed.emit()
        if hot is not None and hot.kind in ("in", "out") and event.button() == Qt.MouseButton.LeftButton:
            self._begin(Wire(self.viewport(), hot, self.hots, self.fits_of(hot)), at, Qt.CursorShape.CrossCursor)
            return
        if hot is not None and event.button() != Qt.MouseButton.MiddleButton:
            self.asked.emit(Ask(_ASKED.get(hot.kind, "menu"), hot.node, self._below(hot)))
            return
        point = self.mapToScene(at)
        strip, place = self.network_scene.strip_at(point), self.network_scene.place_at(point)
        if strip:
            self.asked.emit(Ask("pull", strip, event.globalPosition().toPoint()))
        elif place != NOTHING and event.button() != Qt.MouseButton.MiddleButton:
            self.picked.emit(place)
            if event.button() == Qt.MouseButton.RightButton:
                self.asked.emit(Ask("menu", place.layer, event.globalPosition().toPoint()))
        elif event.button() == Qt.MouseButton.RightButton and (wire := self.network_scene.wire_at(point)) is not None:
            self.asked.emit(Ask("wire", wire[1], event.globalPosition().toPoint(), source=wire[0]))
        else:
            self._begin(Pan(self), at, Qt.CursorShape.ClosedHandCursor)

    def _below(self, hot: Hot) -> QPoint:
        return self.viewport().mapToGlobal(hot.rectangle.bottomLeft().toPoint() + QPoint(0, 2))

    def _begin(self, gesture: Gesture, at: QPoint, cursor: Qt.CursorShape) -> None:
        self._gesture = gesture
        gesture.start(at)
        self.viewport().setCursor(cursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or say what is under the pointer."""
        at = event.position().toPoint()
        if self._gesture is not None:
            self._gesture.move(at)
            if isinstance(self._gesture, Wire):
                self._gesture.move_over(self.network_scene.node_at(self.mapToScene(at)))
            else:
                self._loosen()
                self._drag()
            return
        hot = self.hot_at(at)
        place = NOTHING if hot is not None else self.network_scene.place_at(self.mapToScene(at))
        self._point_hot(hot)
        self.viewport().setToolTip(captions.tip(hot) if hot is not None else self.tip_of(place))
        self.pointed.emit(place)

    def _point_hot(self, hot: Hot | None) -> None:
        if hot == self._hot:
            return
        for each in (self._hot, hot):
            if each is not None:
                self.viewport().update(each.rectangle.toAlignedRect().adjusted(-2, -2, 2, 2))
        self._hot = hot
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hot else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture; a click on the empty background selects nothing."""
        if self._gesture is None:
            return
        gesture, self._gesture = self._gesture, None
        gesture.end()
        self._end_drag()
        self.viewport().unsetCursor()
        if isinstance(gesture, Wire):
            self.wired.emit(gesture.wired)
        elif event.button() == Qt.MouseButton.LeftButton and not gesture.has_moved:
            self.picked.emit(NOTHING)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit on the background; type a value on a link, bias, input or target."""
        point = self.mapToScene(event.position().toPoint())
        place = self.network_scene.place_at(point)
        if place == NOTHING and not self.is_editing:
            place = self.network_scene.target_at(point)
            self.picked.emit(place)
        if self.hot_at(event.position().toPoint()) is not None:
            self.mousePressEvent(event)
        elif place == NOTHING:
            self.commanded.emit("fit")
        else:
            self.commanded.emit("enter")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        self.zoom(ZOOM_STEP ** (event.angleDelta().y() / 120))
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Show no tip where nothing is under the pointer: the canvas's own name would cover the card of a weight."""
        if event.type() == QEvent.Type.ToolTip and not self.viewport().toolTip():
            return True
        return super().viewportEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Say that nothing is under the pointer."""
        self._point_hot(None)
        self.pointed.emit(NOTHING)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn keys into commands; others go on to the window."""
        if event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.cancel()
            self._end_drag()
            self.viewport().unsetCursor()
            return
        command = command_of(event)
        if command is None:
            event.ignore()
        else:
            self.commanded.emit(command)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Walk with Tab through what is drawn; past its end the focus leaves the canvas."""
        command: Command = "next" if is_next else "previous"
        self.has_walked = False
        self.commanded.emit(command)
        return self.has_walked or super().focusNextPrevChild(is_next)


def no_fits(port: Hot) -> Mapping[str, bool]:
    """Return that no node fits."""
    return {}


def no_tip(place: Selected) -> str:
    """Return no text for any place."""
    return ""
