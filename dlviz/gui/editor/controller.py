"""What clicks and keys on the canvas do: walk the selection, open menus and fields, hand edits on."""

import math

from PySide6.QtCore import QObject, QPoint, QRect, Signal, Slot

from dlviz.core.network import sources
from dlviz.gui import numbers
from dlviz.gui.editor import places
from dlviz.gui.editor.commands import NetworkCommands
from dlviz.gui.editor.hot import Hot
from dlviz.gui.editor.hover import CardOpener
from dlviz.gui.editor.keys import Command
from dlviz.gui.editor.kind_menus import KindMenu, WishMenu
from dlviz.gui.editor.menus import FeatureMenu, InlineField, InputMenu, LayerMenu
from dlviz.gui.editor.rects import strip_rect
from dlviz.gui.editor.state import CanvasState
from dlviz.gui.editor.view import ZOOM_STEP, Ask, CanvasView
from dlviz.gui.editor.wiring import Wiring
from dlviz.gui.editor.wiring_menus import WireMenu
from dlviz.gui.panel import Context
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import GRID
from dlviz.i18n import tr

PAN_STEP = 6 * GRID
ARROWS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


class Controller(QObject):
    """Answers the view's signals. Edits go through NetworkCommands, one undo each."""

    fit_wanted = Signal()
    pulled = Signal(str, int)  # node, unit: show this unit of a strip

    def __init__(
        self, context: Context, state: CanvasState, view: CanvasView, opener: CardOpener, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._context, self._state, self._view, self._opener = context, state, view, opener
        self.commands = NetworkCommands(context, state, self)
        self.field = InlineField(view.viewport())
        self.wiring = Wiring(context, state, view, self._pop_up, self)
        view.picked.connect(self.pick)
        view.asked.connect(self._answer)
        view.commanded.connect(self.do)
        context.typing_asked.connect(self.type_anew)
        self.field.accepted.connect(self._take_field)
        opener.leaf_of = self.commands.leaf

    @Slot(object)
    def pick(self, place: Selected) -> None:
        """Select a place."""
        self._context.selection.select(place)

    @Slot(object)
    def type_anew(self, place: Selected) -> None:
        """Open the card of a number that was double clicked elsewhere, if it is one that people type."""
        leaf = self.commands.leaf(place)
        if leaf is not None:
            self.pick(place)
            self._opener.type_at(place, "" if leaf.value is None else numbers.number(leaf.value, 6))

    @property
    def _current(self) -> Selected:
        return self._context.selection.current

    @Slot(str)
    def do(self, command: Command) -> None:
        """Carry out the command of a key."""
        if command in ARROWS:
            self._move(*ARROWS[command])
        elif command in ("next", "previous"):
            self._walk(1 if command == "next" else -1)
        else:
            getattr(self, f"_{command}")()

    def _move(self, dx: int, dy: int) -> None:
        state, current = self._state, self._current
        if current.kind in ("none", "network", "sample") or state.layout is None or state.network is None:
            self._view.pan(PAN_STEP * dx, PAN_STEP * dy)
        else:
            self.pick(places.neighbour(state.network, state.layout, current, dx, dy))

    def _walk(self, by: int) -> None:
        order, current = self._state.walk(), self._current
        index = order.index(current) + by if current in order else (0 if by > 0 else len(order) - 1)
        if 0 <= index < len(order):
            self._view.has_walked = True
            self.pick(order[index])

    def _zoom_in(self) -> None:
        self._view.zoom(ZOOM_STEP)

    def _zoom_out(self) -> None:
        self._view.zoom(1 / ZOOM_STEP)

    def _fit(self) -> None:
        self.fit_wanted.emit()

    def _enter(self) -> None:
        place = self._current
        leaf = self.commands.leaf(place) if place.kind in ("link", "bias") or not self._view.is_editing else None
        if leaf is not None:
            self._opener.type_at(place, "" if leaf.value is None else numbers.number(leaf.value, 6))
        elif place.kind == "input" and self._is_strip(place.layer):
            self._ask_unit(place.layer)
        elif place.kind in ("unit", "layer", "input"):
            self._open_menu(place.layer, self._below_caption(place.layer))

    def _escape(self) -> None:
        self._opener.card.close_card()
        self.pick(NOTHING)

    def _delete(self) -> None:
        self.commands.delete(self._current)

    def _duplicate(self) -> None:
        self.commands.duplicate(self._current.layer)

    def _more(self) -> None:
        node = self._current.layer
        if self._current.kind == "input":
            self._offer_features(node, self._below_caption(node))
        else:
            self.commands.change_units(node, 1)

    def _less(self) -> None:
        self.commands.change_units(self._current.layer, -1)

    def _insert(self) -> None:
        if self._state.network is not None and not self._state.network.layers:
            self.commands.add_output()
        elif self._current.layer:
            self._offer_kinds(self._current.layer, self._below_caption(self._current.layer))

    def _rename(self) -> None:
        self._ask_name(self._current.layer)

    def _below_caption(self, node: str) -> QPoint:
        """Return where on the screen a menu of a node opens."""
        hot = self._caption(node)
        at = hot.rectangle.bottomLeft().toPoint() if hot is not None else self._view.rect().center()
        return self._view.viewport().mapToGlobal(at)

    def _caption(self, node: str) -> Hot | None:
        return next((hot for hot in self._view.hots if hot.kind == "title" and hot.node == node), None)

    @Slot(object)
    def _answer(self, ask: Ask) -> None:
        if ask.kind in ("minus", "plus"):
            self.commands.change_units(ask.node, 1 if ask.kind == "plus" else -1)
        elif ask.kind == "insert":
            self._offer_kinds(ask.node, ask.at)
        elif ask.kind == "features":
            self._offer_features(ask.node, ask.at)
        elif ask.kind == "outputs":
            self.commands.add_further_output(ask.node)
        elif ask.kind == "pull":
            self._ask_unit(ask.node)
        elif ask.kind == "wire":
            self._offer_to_disconnect(ask)
        else:
            self._open_menu(ask.node, ask.at)

    def _open_menu(self, node: str, at: QPoint) -> None:
        network = self._state.network
        layer = self._state.layer(node)
        if network is None:
            return
        if layer is not None:
            self.pick(Selected("layer", node))
            self._pop_up(LayerMenu(layer, network, self._is_strip(node), self._view), at)
        elif self._current.layer != node:
            self.pick(self._state.unit(node, 0))
        for each in network.inputs:
            if each.id == node:
                self._pop_up(InputMenu(each, network, self._view), at)

    def _offer_to_disconnect(self, ask: Ask) -> None:
        """Open the menu of a plain wire."""
        layer, network = self._state.layer(ask.node), self._state.network
        if layer is not None and network is not None:
            self._pop_up(WireMenu(network, ask.source, layer, self._view), ask.at)

    def _offer_features(self, node: str, at: QPoint) -> None:
        """Open the menu of the columns that are read and of those that can be made."""
        prepared = prepared_or_none(self._context.session)
        if prepared is not None:
            self._pop_up(FeatureMenu(node, prepared.sample.dataset, self._view), at)

    def _offer_kinds(self, behind: str, at: QPoint) -> None:
        """Open the menu of what can be inserted behind a node."""
        self._pop_up(KindMenu(behind, self._view), at)

    def _pop_up(self, menu: WishMenu, at: QPoint) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.chosen.connect(self.choose)
        menu.popup(at)

    def _is_strip(self, node: str) -> bool:
        layout = self._state.layout
        return layout is not None and node in layout.blocks and layout.blocks[node].is_strip

    @Slot(str, str, str)
    def choose(self, wish: str, node: str, value: str) -> None:
        """Carry out what was chosen in a layer's menu."""
        asks = {"rename": self._ask_name, "pull": self._ask_unit, "split": self._ask_split}
        if wish in asks:
            asks[wish](node)
        elif not (self.commands.take(wish, node, value) or self.wiring.take(wish, node, value)):
            self._insert_kind(wish, node, value)

    def _insert_kind(self, wish: str, node: str, kind: str) -> None:
        layer, network = self._state.layer(node), self._state.network
        if wish == "before" and layer is not None and network is not None:
            self.commands.insert(kind, sources(network, layer)[-1], reader=node)
        else:
            self.commands.insert(kind, node)

    def _ask_name(self, node: str) -> None:
        hot = self._caption(node)
        if hot is not None and self._state.layer(node) is not None:
            self.field.ask("rename", node, node, tr("Name of the layer"), hot.rectangle.toRect())

    def _ask_split(self, node: str) -> None:
        """Ask how many columns of the data each input takes."""
        hot, network = self._caption(node), self._state.network
        if hot is not None and network is not None:
            widths = " ".join(str(math.prod(each.shape)) for each in network.inputs)
            self.field.ask("split", node, widths, tr("Columns of each input"), hot.rectangle.toRect())

    def _ask_unit(self, node: str) -> None:
        layout = self._state.layout
        if layout is not None:
            area: QRect = self._view.mapFromScene(strip_rect(layout, layout.blocks[node])).boundingRect()
            self.field.ask("pull", node, "", tr("Show unit number"), area)

    @Slot(str, str, str)
    def _take_field(self, wish: str, node: str, text: str) -> None:
        self._view.setFocus()
        if wish == "rename":
            self.commands.rename(node, text)
        elif wish == "split":
            self.wiring.split(text)
        elif self._state.layout is not None:
            self._pull(node, text.strip(), self._state.layout.blocks[node].count)

    def _pull(self, node: str, text: str, count: int) -> None:
        if text.isdecimal() and 1 <= int(text) <= count:
            self.pulled.emit(node, int(text) - 1)
            self.pick(self._state.unit(node, int(text) - 1))
        else:
            self._context.notify(tr("Expected a unit from 1 to {count}. Received: {given}", count=count, given=text))
