"""Opens the card: soon after the pointer rests on a link or bias, at once when a value is to be typed."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, QTimer, Signal, Slot

from dlviz.gui.editor import content, places
from dlviz.gui.editor.card import CardContent, ValueCard
from dlviz.gui.editor.data_card import data_card
from dlviz.gui.editor.state import CanvasState
from dlviz.gui.editor.view import CanvasView
from dlviz.gui.leaves import Leaf
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
        self.leaf_of: Callable[[Selected], Leaf | None] = no_leaf  # what of the data can be typed at a place
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
        """Show the numbers of a link or bias, an input or a target beside it."""
        state = self._state
        rectangle = None if state.layout is None else places.rectangle(state.layout, place)
        shown = self._content(place)
        if rectangle is None or shown is None:
            return
        area = self._view.mapFromScene(rectangle).boundingRect()
        if place.kind == "link":
            area = QRect(area.center().x() - 4, area.center().y() - 4, 8, 8)
        self.card.show_at(place, shown, area)
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
        is_open = self.card.isVisible() and self.card.place != NOTHING
        shown = self._content(self.card.place) if is_open else None
        if shown is not None:
            self.card.show_content(shown)

    def _content(self, place: Selected) -> CardContent | None:
        frame = self._state.frame
        if self._state.network is None or frame is None:
            return None
        if place.kind in ("link", "bias"):
            return content.card(place, self._context.session.document.symbols, frame)
        leaf = self.leaf_of(place)
        return None if leaf is None else data_card(leaf, place, frame)

    @Slot()
    def _forget(self) -> None:
        if self.is_needed:
            self.is_needed = False
            self.needed_changed.emit()

    @Slot(object)
    def _select(self, place: Selected) -> None:
        self._context.selection.select(place)


def no_leaf(place: Selected) -> Leaf | None:
    """Return nothing to type."""
    return None
