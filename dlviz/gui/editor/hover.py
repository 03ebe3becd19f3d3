"""Opens the card: soon after the pointer rests on a link or bias, at once when a value is to be typed."""

from PySide6.QtCore import QObject, QRect, QTimer, Signal, Slot

from dlviz.gui.editor import content, places
from dlviz.gui.editor.card import ValueCard
from dlviz.gui.editor.state import CanvasState
from dlviz.gui.editor.view import CanvasView
from dlviz.gui.panel import Context
from dlviz.gui.selection import NOTHING, Selected

REST_MS = 120  # the pointer rests so long before a card opens


class CardOpener(QObject):
    """Follows the pointer. needed_changed: the card's numbers are wanted from the next frames, or no more."""

    needed_changed = Signal()

    def __init__(
        self, context: Context, state: CanvasState, view: CanvasView, card: ValueCard, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._context, self._state, self._view, self.card = context, state, view, card
        self.is_needed = False
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._open)
        view.pointed.connect(self._point)
        view.moved.connect(card.close_card)
        card.closed.connect(self._forget)
        card.where_from.connect(self._select)

    @Slot(object)
    def _point(self, place: Selected) -> None:
        self._context.selection.point_at(place)
        if self.card.is_editing:
            return
        if place.kind in ("link", "bias"):
            self._rest.start()
        else:
            self._rest.stop()
            self.card.leave()

    @Slot()
    def _open(self) -> None:
        place = self._context.selection.hover
        if place.kind in ("link", "bias") and not self.card.is_editing:
            self.show_at(place)

    def show_at(self, place: Selected) -> None:
        """Show the numbers of a link or bias beside it."""
        state = self._state
        if state.frame is None or state.layout is None or state.network is None:
            return
        rectangle = places.rectangle(state.layout, place)
        if rectangle is None:
            return
        area = self._view.mapFromScene(rectangle).boundingRect()
        if place.kind == "link":
            area = QRect(area.center().x() - 4, area.center().y() - 4, 8, 8)
        self.card.show_at(place, content.card(place, self._context.session.document.symbols, state.frame), area)
        if not self.is_needed:
            self.is_needed = True
            self.needed_changed.emit()

    def type_at(self, place: Selected, text: str) -> None:
        """Open the card of a place with its value ready to be typed over."""
        self.show_at(place)
        if self.card.place == place:
            self.card.begin_editing(text)

    def renew(self) -> None:
        """Bring the numbers of an open card up to date."""
        state, is_open = self._state, self.card.isVisible() and self.card.place != NOTHING
        if is_open and state.frame is not None and state.network is not None:
            self.card.show_content(content.card(self.card.place, self._context.session.document.symbols, state.frame))

    @Slot()
    def _forget(self) -> None:
        if self.is_needed:
            self.is_needed = False
            self.needed_changed.emit()

    @Slot(object)
    def _select(self, place: Selected) -> None:
        self._context.selection.select(place)
