"""The gesture that connects two nodes: from a port to another one, or to the empty canvas for a new layer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget

from dlviz.gui.editor.hot import Hot
from dlviz.gui.editor.ports import paint_wire
from dlviz.gui.theme import GRID, Theme

SNAP = 3 * GRID  # pixels from a port within which a connection ends there


@dataclass(frozen=True)
class Wired:
    """A connection that was let go: from which node, to which one, and where in the view.

    target: "" on the empty canvas. has_moved: False for a mere click on a port.
    """

    source: str
    target: str
    at: QPoint
    has_moved: bool


class Wire:
    """Drags a line from a port; `fits` says which nodes it may end at."""

    def __init__(self, view: QWidget, port: Hot, hots: Sequence[Hot], fits: Mapping[str, bool]) -> None:
        self._view, self.port, self.fits = view, port, fits
        wanted = "in" if port.kind == "out" else "out"
        self.ports = {hot.node: hot for hot in hots if hot.kind == wanted and hot.node != port.node}
        self.has_moved = False
        self._first, self._at, self.under = QPoint(), QPoint(), ""

    def start(self, at: QPoint) -> None:
        """Begin at the port."""
        self._first = self._at = at

    def move(self, to: QPoint) -> None:
        """Follow the pointer."""
        self._at = to
        self.has_moved = self.has_moved or (to - self._first).manhattanLength() >= QApplication.startDragDistance()
        self._view.update()

    def move_over(self, node: str) -> None:
        """Note the node whose tiles are under the pointer; a port close by goes before it."""
        near = [(self._distance(hot), other) for other, hot in self.ports.items()]
        distance, nearest = min(near, default=(SNAP + 1.0, ""))
        self.under = nearest if distance <= SNAP else node if node in self.ports else ""

    def _distance(self, hot: Hot) -> float:
        away = hot.rectangle.center() - QPointF(self._at)
        return float(max(abs(away.x()), abs(away.y())))

    @property
    def wired(self) -> Wired:
        """What letting go here connects."""
        ends = (self.port.node, self.under) if self.port.kind == "out" else (self.under, self.port.node)
        return Wired(*ends, self._at, self.has_moved)

    def end(self) -> None:
        """Take the line away."""
        self._view.update()

    def cancel(self) -> None:
        """Take the line away."""
        self._view.update()

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Paint the line to the pointer, and at which ports it can end."""
        if not self.has_moved:
            return
        end = self.ports[self.under].rectangle.center() if self.under else QPointF(self._at)
        paint_wire(painter, theme, self.port.rectangle.center(), end, self.ports, self.fits, self.under)
