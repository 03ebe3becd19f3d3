"""The network canvas: draws the network of the document from frames and edits it by mouse and keyboard."""

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.core.inference import shapes
from dlviz.core.network import NetworkSpec
from dlviz.core.notation import Symbols
from dlviz.gui.actions import Action
from dlviz.gui.editor import content, picture, places
from dlviz.gui.editor.blocks import MAP_TILE, STEP_TILE, VALUE_TILE, TileShape
from dlviz.gui.editor.card import ValueCard
from dlviz.gui.editor.controller import Controller
from dlviz.gui.editor.cuts_item import cut_links
from dlviz.gui.editor.hover import CardOpener
from dlviz.gui.editor.invitation import Invitation
from dlviz.gui.editor.layout import arrange
from dlviz.gui.editor.legend import Legend
from dlviz.gui.editor.link_choice import LinkChoice
from dlviz.gui.editor.link_gradients import LinkGradients, gradients, layer_in_hand
from dlviz.gui.editor.listing import canvas_entries
from dlviz.gui.editor.lit import labels, lit_links, lit_tiles
from dlviz.gui.editor.ones import without_dots
from dlviz.gui.editor.overlays import place_below, place_invitation
from dlviz.gui.editor.room import growth
from dlviz.gui.editor.scene import NetworkScene
from dlviz.gui.editor.state import CanvasState
from dlviz.gui.editor.tile_texts import room_of_names
from dlviz.gui.editor.view import CanvasView
from dlviz.gui.listing.entries import Entry
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Interest, Need


class CanvasPanel(Panel):
    """Joins scene, view, card and controller, and lays the network out."""

    key = "canvas"
    needs = frozenset({"parameters"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.state = CanvasState()  # its frame stands a step back while results are hidden
        self._frame: Frame | None = None
        self._labels = content.Labels()
        self.scene = NetworkScene(self.theme, self)
        self.view = CanvasView(self.scene, self)
        viewport = self.view.viewport()
        self.card = ValueCard(viewport)
        self.opener = CardOpener(context, self.state, self.view, self.card, self)
        self.controller = Controller(context, self.state, self.view, self.opener, self)
        self.card.set_apply(self.controller.commands.set_value)
        self.legend, self.invitation = Legend(viewport), Invitation(viewport)
        self.link_choice = LinkChoice(viewport)
        layout = QVBoxLayout(self)
        spaced(layout, 0, 0)
        layout.addWidget(self.view)
        describe(self.view, tr("Network"), "")
        self.setFocusProxy(self.view)
        self.view.tip_of = self._tip
        self._connect()

    def _connect(self) -> None:
        self.view.resized.connect(self._refit)
        self.view.zoomed.connect(self._redraw)
        self.view.rested.connect(self._catch_up)
        self.controller.fit_wanted.connect(self.fit)
        self.controller.pulled.connect(self._pull)
        self.opener.needed_changed.connect(self.context.interest_changed)
        self.invitation.button.clicked.connect(self.controller.commands.add_output)
        self.context.selection.changed.connect(self._show_selection)
        self.context.selection.hovered.connect(self._mark_hovered)
        self.context.selection.trail_changed.connect(self._light)
        self.link_choice.chosen.connect(self._redraw)
        self.context.workspace_changed.connect(self._use_workspace)
        self.context.hidden_changed.connect(self._use_hidden)

    def show_document(self, document: Document) -> None:
        """Draw another network; one that is the same stays as it is."""
        before, self._labels = self._labels, self._data_labels()
        if document.network != self.state.network:
            self._take_network(document.network)
        elif self._labels != before:
            self._refit()
        self._redraw()

    def _take_network(self, network: NetworkSpec) -> None:
        self.state.network, self.state.frame, self._frame = network, None, None
        ids = {each.id for each in network.inputs} | {each.id for each in network.layers}
        self.state.pulled = {node: units for node, units in self.state.pulled.items() if node in ids}
        self.card.close_card()
        self.fit()
        self.context.interest_changed.emit()
        self._let_go()

    def _let_go(self) -> None:
        """Select nothing if the edit took away what was selected."""
        selected, layout = self.context.selection.current, self.state.layout
        is_place = selected.kind not in ("none", "network", "sample")
        if is_place and layout is not None and not places.exists(layout, selected):
            self.context.selection.select(NOTHING)

    def _data_labels(self) -> content.Labels:
        """Return what the data call inputs and outputs; two classes share one output and name none."""
        prepared = prepared_or_none(self.context.session)
        if prepared is None:
            return content.Labels()
        dataset = prepared.dataset
        outputs = dataset.target_names if dataset.task == "regression" else dataset.class_names
        return content.Labels(tuple(dataset.input_names), tuple(outputs))

    def show_frame(self, frame: Frame) -> None:
        """Draw one frame; late ones of another network are let go."""
        if frame.document.network != self.state.network:
            return
        self._frame = frame
        if not self.view.is_dragged:
            self._use_hidden(self.context.is_hidden)

    @Slot()
    def _catch_up(self) -> None:
        """Draw the last frame that came while the canvas was dragged."""
        self._use_hidden(self.context.is_hidden)

    def interest(self, base: Interest) -> Interest:
        """Ask for the trace in Step; else for maps of two inputs, or the next batch's numbers where they are shown."""
        if self.context.workspace == "step":
            return replace(base, needs=base.needs | {"trace"})
        wanted: set[Need] = {"maps"} if self._is_plane() else {"peek"}
        extra: set[Need] = {"peek"} if self.opener.is_needed else set()
        return replace(base, needs=base.needs | wanted | extra)

    def _is_plane(self) -> bool:
        """Say whether responses can be drawn as pictures: the data have two inputs."""
        network = self.state.network
        return network is not None and network.inputs[0].shape == (2,)

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self.scene.use_theme(theme)
        self.fit()

    def actions_offered(self) -> tuple[Action, ...]:
        """Offer zoom to the View menu."""
        return (
            Action("canvas.zoom_in", tr("Zoom in"), self.zoom_in, "view", ("Ctrl++", "Ctrl+="), "zoom_in", group=2),
            Action("canvas.zoom_out", tr("Zoom out"), self.zoom_out, "view", ("Ctrl+-",), "zoom_out", group=2),
            Action(
                "canvas.ones",
                tr("&Bias as a +1 node"),
                self.toggle_ones,
                "view",
                group=2,
                is_checked=self._has_ones,
                tip=tr("Draw every bias as the weight of a node that is always +1"),
            ),
            Action("canvas.fit", tr("Fit the network"), self.fit, "view", ("Ctrl+0",), "fit", group=2),
        )

    def zoom_in(self) -> None:
        """Magnify."""
        self.controller.do("zoom_in")

    def zoom_out(self) -> None:
        """Show more."""
        self.controller.do("zoom_out")

    def _has_ones(self) -> bool:
        return self.state.has_ones

    def toggle_ones(self) -> None:
        """Draw biases as weights of +1 nodes, or as dots at their units again; the numbers are the same."""
        self.state.has_ones = not self.state.has_ones
        self.fit()

    @Slot()
    def fit(self) -> None:
        """Place everything for the size of the canvas and show all of it."""
        state = self.state
        if state.network is None:
            return
        state.is_values = self._wanted_values()
        try:
            sizes = shapes(state.network)
        except DlvizError as error:
            self.context.notify(error)
            return
        is_step = self.context.workspace == "step"
        self.view.is_editing = not is_step
        tile, size = self._tile(), self.view.free_size()
        state.layout = arrange(state.network, sizes, size, tile, state.pulled, state.ones())
        self.view.growth = growth(state.layout, size, tile) if is_step else 1.0
        if self.view.growth > 1:
            size = size[0] / self.view.growth, size[1] / self.view.growth
            state.layout = arrange(state.network, sizes, size, tile, state.pulled, state.ones())
        self.scene.set_network(state.network, state.layout, state.biased())
        self.view.fit()
        self._place_overlays()
        self._redraw()

    def _tile(self) -> TileShape:
        """Return what tiles are like; where inputs have the names of the data, with room for these."""
        is_step = self.context.workspace == "step"
        if not is_step and not self.state.is_values:
            return MAP_TILE
        tile = STEP_TILE if is_step else VALUE_TILE
        return replace(tile, left=max(room_of_names(self._labels.inputs), MAP_TILE.left))

    @Slot()
    def _refit(self) -> None:
        """Follow the size of the canvas, unless somebody has moved the picture."""
        if self.view.is_fitted:
            self.fit()
        self._place_overlays()

    def _wanted_values(self) -> bool:
        return self.context.workspace == "step" or not self._is_plane()

    @property
    def symbols(self) -> Symbols:
        """How the document writes its units and weights."""
        found: Symbols = self.context.session.document.symbols
        return found

    @Slot(str, int)
    def _pull(self, node: str, unit: int) -> None:
        self.state.pulled.setdefault(node, []).append(unit)
        self.fit()

    @Slot()
    def _redraw(self) -> None:
        state = self.state
        if state.layout is None or state.network is None:
            return
        if state.frame is None or self._frame is None or not state.network.layers:
            self.scene.show_tiles(content.bare(state.layout, self.symbols))
            return
        lit = self._lit(self._frame, state.network)
        self._draw_tiles(state.frame, lit)
        self._draw_links(state.frame, lit)
        self.opener.renew()

    def _lit(self, frame: Frame, network: NetworkSpec) -> picture.Lit | None:
        """Return the place of the step in hand; outside of Step only while a batch is being walked."""
        is_walking = frame.trace is not None and frame.cursor < len(frame.trace.steps)
        return picture.lit(network, frame) if is_walking or self.context.workspace == "step" else None

    def _draw_tiles(self, frame: Frame, lit: picture.Lit | None) -> None:
        network, layout = self.state.network, self.state.layout
        assert network is not None and layout is not None  # _redraw has asked
        shown = content.tiles(layout, self.symbols, frame, self.state.is_values, self._labels)
        if self.state.is_values:
            shown = content.with_pictures(shown, layout, network, frame, self.theme)
        else:
            side = self.view.pixels(layout.tile.width)
            shown = content.with_thumbnails(shown, layout, network, frame, self.theme, side)
        shown = without_dots(shown, layout.ones)
        colour = content.phase_colour(self.theme, lit.phase) if lit else ""
        on_tiles = lit_tiles(layout, lit, self.context.selection.current)
        self.scene.show_tiles(replace(shown, lit=on_tiles, lit_colour=colour))

    def _draw_links(self, frame: Frame, lit: picture.Lit | None) -> None:
        network, layout, selected = self.state.network, self.state.layout, self.context.selection.current
        assert network is not None and layout is not None  # _redraw has asked
        weights = picture.weights(layout.links, frame)
        shown = lit_links(layout, lit, selected)
        found = self._gradients(frame)
        drawn = weights if found is None else found.beside(weights)
        # Gradients have signs to tell by colour; at all other steps the colour is that of the phase.
        colour = content.phase_colour(self.theme, lit.phase) if lit and not found else ""
        self.scene.show_weights(drawn, shown, colour)
        self._mark_cuts(cut_links(layout.links, frame, weights))
        is_written = self.context.workspace == "step" and frame.trace is not None
        self.scene.show_biases(frame, None if lit is None else frozenset(lit.layers), colour, is_written)
        self.legend.show_phase(lit.phase if lit else "", None if found is None else found.largest)
        if is_written:
            written = weights if found is None else found.values
            self.scene.show_labels(labels(layout, self.symbols, written, shown, selected))

    def _mark_cuts(self, cuts: tuple[int, ...]) -> None:
        """Mark links that were taken out; the legend says so where there are some."""
        had_some = bool(self.scene.cuts.points)
        self.scene.show_cuts(cuts)
        if had_some != bool(cuts):
            self.legend.show_cuts(bool(cuts))
            self._place_overlays()

    def _gradients(self, frame: Frame) -> LinkGradients | None:
        """Return the gradients that links show at the step in hand.

        A selected weight of that layer has its ways to the loss lit instead, and the weights on them.
        """
        network, layout, selected = self.state.network, self.state.layout, self.context.selection.current
        assert network is not None and layout is not None  # _redraw has asked
        layer = layer_in_hand(network, frame) if self.context.workspace == "step" else None
        is_offered = layer is not None and not (selected.kind == "link" and selected.layer == layer.id)
        self.link_choice.setVisible(is_offered)
        return gradients(layout.links, network, frame, self.link_choice.key()) if is_offered else None

    def _place_overlays(self) -> None:
        area, layout = self.view.viewport().rect(), self.state.layout
        is_empty = self.state.network is not None and not self.state.network.layers
        self.legend.use_room(area.width() - 2 * GRID)
        place_below(area, self.link_choice, self.legend)
        self.legend.setVisible(not is_empty)
        self.invitation.setVisible(is_empty)
        place_invitation(area, self.invitation, (MAP_TILE if layout is None else layout.tile).width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep legend and invitation in their places."""
        super().resizeEvent(event)
        self._place_overlays()

    @Slot(object)
    def _show_selection(self, place: Selected) -> None:
        layout = self.state.layout
        for node, unit in places.hidden_units(layout, place) if layout is not None else ():
            self._pull(node, unit)
        self.scene.select(place)
        self.view.select_layer(place.layer if place.kind == "layer" else "")
        if self.state.network is not None:
            self.view.setAccessibleDescription(self._spoken(place))
            QAccessible.updateAccessibility(QAccessibleEvent(self.view, QAccessible.Event.DescriptionChanged))
        if self.context.workspace == "step":
            self._redraw()

    @Slot(object)
    def _mark_hovered(self, place: Selected) -> None:
        """Mark what the pointer is over, here or in another panel."""
        self.scene.hover(place)

    @Slot(object, bool)
    def _light(self, trail: tuple[Selected, ...], is_kept: bool) -> None:
        """Light a path; units that a strip leaves out are drawn if it stays."""
        layout = self.state.layout
        if is_kept and layout is not None:
            for node, unit in {hidden for place in trail for hidden in places.hidden_units(layout, place)}:
                self._pull(node, unit)
        self.scene.show_trail(trail)

    def entries(self) -> tuple[Entry, ...]:
        """Return what is drawn, as a list."""
        return () if self.state.network is None else canvas_entries(self.state, self.symbols, self._labels)

    def _spoken(self, place: Selected) -> str:
        has_network = self.state.network is not None
        return content.spoken(place, self.symbols, self.state.frame, self._labels) if has_network else ""

    def _tip(self, place: Selected) -> str:
        """Return the words for a unit; links and biases have their card."""
        return self._spoken(place) if place.kind in ("unit", "input") else ""

    @Slot(str)
    def _use_workspace(self, _key: str) -> None:
        self._use_hidden(self.context.is_hidden)
        self.fit()
        self.context.interest_changed.emit()

    @Slot(bool)
    def _use_hidden(self, is_hidden: bool) -> None:
        """Let tiles, links, tips and the card stand one step earlier while the step in hand is hidden."""
        frame = self._frame
        if frame is not None and frame.trace is not None and frame.cursor > 0:
            frame = replace(frame, cursor=frame.cursor - 1) if is_hidden else frame
        elif frame is not None and self.context.workspace == "step" and frame.state != "running":
            # Before the first step nothing is computed yet, although the next batch was looked at ahead.
            frame = replace(frame, trace=frame.trace or frame.peek, cursor=0)
        self.state.frame = frame
        self._redraw()


panels.add(PanelEntry("canvas", tr("Network"), "centre", ("network", "step"), CanvasPanel, subjects=("network",)))
