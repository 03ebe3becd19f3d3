"""The network canvas: draws the network of the document from frames and edits it by mouse and keyboard."""

from dataclasses import replace

from PySide6.QtCore import QPoint, QRect, QTimer, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout

from dlviz.core.errors import DlvizError
from dlviz.core.network import NetworkSpec, shapes
from dlviz.gui.actions import Action
from dlviz.gui.editor import content, picture, places
from dlviz.gui.editor.card import ValueCard
from dlviz.gui.editor.commands import NetworkCommands
from dlviz.gui.editor.keys import Command
from dlviz.gui.editor.layout import MAP_TILE, VALUE_TILE, Layout, arrange
from dlviz.gui.editor.legend import Legend
from dlviz.gui.editor.menus import InlineField, LayerMenu
from dlviz.gui.editor.scene import NetworkScene
from dlviz.gui.editor.view import ZOOM_STEP, Ask, CanvasView
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Interest

PAN_STEP = 6 * GRID
ARROWS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


class CanvasPanel(Panel):
    """Joins scene, view, card and commands; holds what is drawn and the last frame."""

    key = "canvas"
    needs = frozenset({"parameters", "maps"})

    def __init__(self, context: Context, parent=None) -> None:  # type: ignore[no-untyped-def]
        super().__init__(context, parent)
        self._network: NetworkSpec | None = None
        self._layout: Layout | None = None
        self._frame: Frame | None = None
        self._is_values = False
        self._pulled: dict[str, list[int]] = {}
        self._wants_numbers = False
        self.scene = NetworkScene(self.theme, self)
        self.view = CanvasView(self.scene, self)
        self.commands = NetworkCommands(context, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        viewport = self.view.viewport()
        self.card = ValueCard(self.commands.set_value, viewport)
        self.field = InlineField(viewport)
        self.legend = Legend(viewport)
        self.invitation = TextButton(tr("Add a layer"), tr("Begin with the output layer"), parent=viewport)
        self.invitation.hide()
        layout = QVBoxLayout(self)
        spaced(layout, 0, 0)
        layout.addWidget(self.view)
        describe(self.view, tr("Network"), "")
        self.setFocusProxy(self.view)
        self._reveal = QTimer(self, singleShot=True, interval=120)

    def _connect(self) -> None:
        self.view.pointed.connect(self._point)
        self.view.picked.connect(self._pick)
        self.view.asked.connect(self._answer)
        self.view.commanded.connect(self._command)
        self.view.resized.connect(self._relayout)
        self.view.moved.connect(self.card.close_card)
        self.card.where_from.connect(self._pick)
        self.card.closed.connect(self._forget_numbers)
        self.field.accepted.connect(self._take_field)
        self.invitation.clicked.connect(self.commands.add_output)
        self.context.selection.changed.connect(self._show_selection)
        self.context.workspace_changed.connect(self._use_workspace)
        self.context.hidden_changed.connect(self._redraw)
        self._reveal.timeout.connect(self._open_card)

    # What the document and frames bring

    def show_document(self, document: Document) -> None:
        """Draw another network; one that is the same stays as it is."""
        if document.network != self._network:
            self._network = document.network
            self._pulled = {node: units for node, units in self._pulled.items() if node in self._ids()}
            self._relayout(is_new=True)
        self._redraw()

    def show_frame(self, frame: Frame) -> None:
        """Draw one frame; late ones of another network are let go."""
        if frame.document.network != self._network:
            return
        had_maps = self._frame is not None and self._frame.maps is not None
        self._frame = self.commands.frame = frame
        if self._wanted_values() != self._is_values or (frame.maps is not None) != had_maps:
            self._relayout(is_new=True)
        self._redraw()

    def interest(self, base: Interest) -> Interest:
        """Ask for the next batch's numbers while a card or value tiles show them, and for the trace in Step."""
        wanted = {"trace"} if self.context.workspace == "step" else {"peek"} if self._wants_numbers else set()
        return replace(base, needs=base.needs | wanted)

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self.scene.use_theme(theme)
        self._relayout(is_new=True)
        self._redraw()

    def actions_offered(self) -> tuple[Action, ...]:
        """Offer zoom to the View menu."""
        return (
            Action("canvas.zoom_in", tr("Zoom in"), self.zoom_in, "view", ("Ctrl++", "Ctrl+="), "zoom_in", group=2),
            Action("canvas.zoom_out", tr("Zoom out"), self.zoom_out, "view", ("Ctrl+-",), "zoom_out", group=2),
            Action("canvas.fit", tr("Fit the network"), self.fit, "view", ("Ctrl+0",), "fit", group=2),
        )

    # Drawing

    def _ids(self) -> set[str]:
        network = self._network
        return {each.id for each in (*network.inputs, *network.layers)} if network is not None else set()

    def _wanted_values(self) -> bool:
        frame = self._frame
        if frame is None:
            return self.context.workspace == "step"
        return frame.trace is not None or frame.maps is None

    @Slot()
    def _relayout(self, is_new: bool = False) -> None:
        """Place everything for the size of the canvas and fit it, unless somebody has moved it."""
        network = self._network
        if network is None or not (is_new or self.view.is_fitted):
            return
        self._is_values = self._wanted_values()
        tile = VALUE_TILE if self._is_values else MAP_TILE
        try:
            sizes = shapes(network)
        except DlvizError as error:
            self.context.notify(error)
            return
        self._layout = arrange(network, sizes, self.view.free_size(), tile, self._pulled)
        self.scene.set_network(network, self._layout, self._biased())
        self.view.is_editing = self.context.workspace != "step"
        self.view.fit()
        self._place_overlays()
        self._redraw()

    def _biased(self) -> frozenset[str]:
        network = self._network
        layers = network.layers if network is not None else ()
        return frozenset(layer.id for layer in layers if layer.kind == "dense" and layer.settings.get("bias", True))

    @Slot()
    def _redraw(self, *_: object) -> None:
        frame, layout, network = self._frame, self._layout, self._network
        if frame is None or layout is None or network is None or not network.layers:
            return
        if frame.document.network != network:
            return
        lit = picture.lit(network, frame)
        shown = content.lit_links(layout, lit)
        weights = picture.weights(layout.links, frame)
        seen = replace(frame, cursor=frame.cursor - 1) if self.context.is_hidden and lit is not None else frame
        self.scene.show_tiles(replace(
            content.tiles(layout, network, seen, self.theme, self._is_values), **self._lighting(lit)
        ))  # fmt: skip
        self.scene.show_weights(weights, shown, content.phase_colour(self.theme, lit.phase) if lit else "")
        labelled = self._is_values and frame.trace is not None
        self.scene.show_labels(content.labels(layout, network, weights, shown) if labelled else [""] * len(shown))
        if self.card.isVisible() and self.card.place != NOTHING:
            self.card.show_content(content.card(self.card.place, network, layout, frame))

    def _lighting(self, lit: picture.Lit | None) -> dict[str, object]:
        if lit is None:
            return {"lit": None, "lit_colour": ""}
        return {"lit": lit.nodes, "lit_colour": content.phase_colour(self.theme, lit.phase)}

    def _place_overlays(self) -> None:
        viewport = self.view.viewport()
        is_empty = self._network is not None and not self._network.layers
        self.legend.resize(self.legend.sizeHint())
        self.legend.move(viewport.width() - self.legend.width() - GRID, viewport.height() - self.legend.height() - 4)
        self.legend.setVisible(not is_empty)
        self.invitation.setVisible(is_empty)
        self.invitation.resize(self.invitation.sizeHint())
        centre = viewport.rect().center() - self.invitation.rect().center()
        self.invitation.move(centre + QPoint(viewport.width() // 5, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep legend and invitation in their places."""
        super().resizeEvent(event)
        self._place_overlays()

    # Pointing and selecting

    @Slot(object)
    def _point(self, place: Selected) -> None:
        self.scene.hover(place)
        self.context.selection.point_at(place)
        if self.card.is_editing:
            return
        if place.kind in ("link", "bias"):
            self._reveal.start()
        else:
            self._reveal.stop()
            self.card.leave()

    @Slot()
    def _open_card(self) -> None:
        place = self.context.selection.hover
        if place.kind in ("link", "bias") and not self.card.is_editing:
            self._show_card(place)

    def _show_card(self, place: Selected) -> None:
        frame, layout, network = self._frame, self._layout, self._network
        if frame is None or layout is None or network is None:
            return
        rectangle = places.rectangle(layout, place)
        if rectangle is None:
            return
        area = self.view.mapFromScene(rectangle).boundingRect()
        if place.kind == "link":
            middle = area.center()
            area = QRect(middle.x() - 4, middle.y() - 4, 8, 8)
        self.card.show_at(place, content.card(place, network, layout, frame), area)
        if not self._wants_numbers:
            self._wants_numbers = True
            self.context.interest_changed.emit()

    @Slot()
    def _forget_numbers(self) -> None:
        if self._wants_numbers:
            self._wants_numbers = False
            self.context.interest_changed.emit()

    @Slot(object)
    def _pick(self, place: Selected) -> None:
        self.context.selection.select(place)

    @Slot(object)
    def _show_selection(self, place: Selected) -> None:
        self.scene.select(place)
        self.view.select_layer(place.layer if place.kind == "layer" else "")
        if self._layout is not None and self._network is not None:
            words = content.spoken(place, self._network, self._layout, self._frame)
            self.view.setAccessibleDescription(words)
            QAccessible.updateAccessibility(QAccessibleEvent(self.view, QAccessible.Event.DescriptionChanged))

    @Slot(str)
    def _use_workspace(self, _key: str) -> None:
        self._relayout(is_new=True)

    # Commands

    @Slot(str)
    def _command(self, command: Command) -> None:
        if command in ARROWS:
            self._move(*ARROWS[command])
        elif command in ("next", "previous"):
            self._walk(1 if command == "next" else -1)
        else:
            getattr(self, f"_do_{command}", getattr(self, command, self.fit))()

    def _move(self, dx: int, dy: int) -> None:
        current = self.context.selection.current
        if current.kind in ("none", "sample") or self._layout is None or self._network is None:
            self.view.pan(PAN_STEP * dx, PAN_STEP * dy)
        else:
            self._pick(places.neighbour(self._network, self._layout, current, dx, dy))

    def _walk(self, by: int) -> None:
        if self._layout is None or self._network is None or not self._network.layers:
            return
        order = places.walk(self._network, self._layout, self._biased())
        current = self.context.selection.current
        index = order.index(current) + by if current in order else (0 if by > 0 else len(order) - 1)
        if 0 <= index < len(order):
            self.view.has_walked = True
            self._pick(order[index])

    def zoom_in(self) -> None:
        """Magnify."""
        self.view.zoom(ZOOM_STEP)

    def zoom_out(self) -> None:
        """Show more."""
        self.view.zoom(1 / ZOOM_STEP)

    def fit(self) -> None:
        """Show the whole network."""
        self._relayout(is_new=True)

    def _do_enter(self) -> None:
        place = self.context.selection.current
        if place.kind in ("link", "bias"):
            self._show_card(place)
            if self._frame is not None and self._layout is not None:
                value = content.value_at(place, self._layout, self._frame)
                self.card.begin_editing("" if value is None else f"{value:.6g}")
        elif place.kind in ("unit", "layer"):
            self._open_menu(place.layer, self._under_caption(place.layer))

    def _do_escape(self) -> None:
        self.card.close_card()
        self._pick(NOTHING)

    def _do_delete(self) -> None:
        self.commands.delete(self.context.selection.current)

    def _do_duplicate(self) -> None:
        self.commands.duplicate(self.context.selection.current.layer)

    def _do_more(self) -> None:
        self.commands.change_units(self.context.selection.current.layer, 1)

    def _do_less(self) -> None:
        self.commands.change_units(self.context.selection.current.layer, -1)

    def _do_insert(self) -> None:
        place = self.context.selection.current
        self.commands.insert_after(place.layer)

    def _do_rename(self) -> None:
        self._ask_name(self.context.selection.current.layer)

    def _under_caption(self, node: str) -> QPoint:
        hot = next((hot for hot in self.view.hots if hot.kind == "title" and hot.node == node), None)
        corner = hot.rectangle.bottomLeft().toPoint() if hot is not None else self.view.rect().center()
        return self.view.viewport().mapToGlobal(corner)

    @Slot(object)
    def _answer(self, ask: Ask) -> None:
        if ask.kind == "minus":
            self.commands.change_units(ask.node, -1)
        elif ask.kind == "plus":
            self.commands.change_units(ask.node, 1)
        elif ask.kind == "insert":
            self.commands.insert_after(ask.node)
        elif ask.kind == "pull":
            self._ask_unit(ask.node)
        elif ask.kind == "menu":
            self._open_menu(ask.node, ask.at)

    def _open_menu(self, node: str, at: QPoint) -> None:
        network = self._network
        layer = next((each for each in network.layers if each.id == node), None) if network is not None else None
        if layer is None or network is None:
            return
        self._pick(Selected("layer", node))
        menu = LayerMenu(layer, layer == network.layers[-1], self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.chosen.connect(self._choose)
        menu.popup(at)

    @Slot(str, str, str)
    def _choose(self, wish: str, node: str, value: str) -> None:
        if wish == "activation":
            self.commands.set_activation(node, value)
        elif wish == "bias":
            self.commands.set_bias(node, bool(value))
        elif wish in ("more", "less"):
            self.commands.change_units(node, 1 if wish == "more" else -1)
        elif wish == "rename":
            self._ask_name(node)
        elif wish == "after":
            self.commands.insert_after(node)
        elif wish == "before":
            self.commands.insert_before(node)
        elif wish == "duplicate":
            self.commands.duplicate(node)
        else:
            self.commands.delete(Selected("layer", node))

    def _ask_name(self, node: str) -> None:
        hot = next((hot for hot in self.view.hots if hot.kind == "title" and hot.node == node), None)
        if hot is not None and self._network is not None and node in {each.id for each in self._network.layers}:
            self.field.ask("rename", node, node, tr("Name of the layer"), hot.rectangle.toRect())

    def _ask_unit(self, node: str) -> None:
        from dlviz.gui.editor.tiles_item import strip_rect

        if self._layout is not None:
            area = self.view.mapFromScene(strip_rect(self._layout, self._layout.blocks[node])).boundingRect()
            self.field.ask("pull", node, "", tr("Show unit number"), area)

    @Slot(str, str, str)
    def _take_field(self, wish: str, node: str, text: str) -> None:
        self.view.setFocus()
        if wish == "rename":
            self.commands.rename(node, text)
        elif self._layout is not None and text.strip().isdigit():
            unit = int(text) - 1
            if 0 <= unit < self._layout.blocks[node].count:
                self._pulled.setdefault(node, []).append(unit)
                self._relayout(is_new=True)
                self._pick(Selected("unit", node, unit))
            else:
                count = self._layout.blocks[node].count
                self.context.notify(tr("This layer has units 1 to {count}.", count=count))


panels.add(PanelEntry("canvas", tr("Network"), "centre", ("network", "step"), CanvasPanel))
