"""The page of the map: what the network answers over two inputs, or along one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared
from dlviz.data.principal_plane import LEAST_INPUTS, PrincipalPlane
from dlviz.gui.fills import hidden_tip
from dlviz.gui.panel import Context
from dlviz.gui.panels.output.answered import show_maps
from dlviz.gui.panels.output.controls import PlaneControls
from dlviz.gui.panels.output.copy import agreement_table, curve_table, map_rows
from dlviz.gui.panels.output.curve import CurveView
from dlviz.gui.panels.output.example import look_at_row, row_looked_at
from dlviz.gui.panels.output.frame import MapFrame
from dlviz.gui.panels.output.ground import CurveGround, Ground, MapGround
from dlviz.gui.panels.output.page import NOTHING_DRAWN, Page
from dlviz.gui.panels.output.paint import Painting
from dlviz.gui.panels.output.parts import PartWords
from dlviz.gui.panels.output.place import PlaceImage
from dlviz.gui.panels.output.plane import (
    NOT_FITTED,
    Plane,
    View,
    axis_names,
    axis_symbol,
    fitted_curves,
    fitted_name,
    means_of,
    plane_of,
    points_of,
)
from dlviz.gui.panels.output.seeds import RECIPE, SeedsBar, shows
from dlviz.gui.panels.output.spread import show_agreement
from dlviz.gui.panels.output.words import (
    agreement_words,
    answer_words,
    legend_words,
    spread_words,
    unit_words,
    value_at,
)
from dlviz.gui.response import FloatArray, has_logits
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.class_legend import ClassLegend
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.points import UNSEEN
from dlviz.gui.widgets.text import Elided
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.map_plane import MAP_PLANE, PCA, plane_in
from dlviz.session.messages import Frame, Interest, Maps, Need
from dlviz.session.vary.agreement import Agreement
from dlviz.session.vary.recipes import experiment_of

OUTPUT_GRID = 100


class MapPage(Page):
    """Map with boundary, or fitted curve; a unit under the pointer takes the map's place."""

    key = "map"

    def __init__(self, context: Context, parts: PartWords, parent: QWidget | None = None) -> None:
        """Begin. parts: know which rows may be seen."""
        super().__init__(context, parent)
        self._parts = parts
        self.plane = Plane((0, 1), (-1.0, 1.0, -1.0, 1.0))
        self.values: FloatArray | None = None  # that are drawn, over this extent:
        self.extent = self.plane.extent
        self._shown = NOTHING
        self._principal: PrincipalPlane | None = None  # of these data, once a frame had it
        self._view: object = None  # of the document, when its plane was taken over
        self._place: tuple[float, float] | None = None
        self.frame, self.curve = MapFrame(), CurveView()
        self.image = PlaceImage(self.frame.map)
        self.controls, self.seeds, self.legend = PlaneControls(), SeedsBar(), ClassLegend()
        self.hidden = Elided("", "muted", "small")  # says that test rows are
        self.agreement: Agreement | None = None  # of several seeds, while it is on show
        self._fitted, self._drawn_as = NOT_FITTED, self.document  # what curves show, and as whose
        grounds: dict[View, Ground] = {"map": MapGround(self.frame.map), "curve": CurveGround(self.curve)}
        self.painting = Painting(context, grounds, self)
        self.curve.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the panel's own comes up
        describe(self.frame.map, tr("Output map"), tr("The network's output for every pair of inputs"))
        self._lay_out()
        self.frame.map.pointed.connect(self._point)
        self.painting.pointed.connect(self._point)
        self.painting.switched.connect(self._change_plane)
        self.frame.map.clicked.connect(self._select_row)
        self.controls.changed.connect(self._choose_plane)
        self.controls.moved.connect(self._move_plane)
        self.seeds.changed.connect(self._change_plane)
        self.seeds.started.connect(self._start_seeds)
        self.seeds.cancelled.connect(self._cancel_seeds)
        parts.changed.connect(self._change_plane)
        context.selection.hovered.connect(self._hover)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        spaced(layout, gap=GRID // 2)
        self._pages = QStackedWidget(self)  # a layout without a parent would show the first page as a window
        for page in (self.frame, self.curve):
            self._pages.addWidget(page)
        answers = QHBoxLayout()
        spaced(answers)
        answers.addWidget(self.seeds, 1)
        answers.addWidget(self.controls.quantity)
        layout.addWidget(self.painting.palette)
        layout.addWidget(self.controls)
        layout.addLayout(answers)
        for widget, stretch in ((self._pages, 1), (self.legend, 0), (self.hidden, 0)):
            layout.addWidget(widget, stretch)

    @property
    def is_curve(self) -> bool:
        """Whether there is one input only, over which the output is a curve."""
        return self.prepared is not None and self.prepared.dataset.d == 1

    def interest(self, base: Interest) -> Interest:
        """Ask for the map of the chosen plane, of this run or of several seeds as well."""
        needs: set[Need] = {"maps", "agreement"} if self.seeds.is_on else {"maps"}
        asked = replace(
            base, needs=base.needs | needs, output_grid=OUTPUT_GRID, is_logits=self.controls.is_logits
        )  # fmt: skip
        return self.plane.asked(asked)

    def use_data(self, prepared: Prepared) -> None:
        """Show the points, and offer the inputs that can span the plane."""
        is_new = prepared is not self.prepared
        super().use_data(prepared)
        if is_new:
            self.controls.show_dataset(prepared.dataset, means_of(prepared))
            self._principal = None
            self.plane = replace(self.plane, principal=None)
        if self.document.view is not self._view:
            self._view = self.document.view
            self.controls.use_plane(plane_in(self.context.session.view, prepared.dataset.input_names))
        self._change_plane()

    def forget(self) -> None:
        """Show the points alone."""
        super().forget()
        self.values = self.agreement = None
        self._draw_nothing()

    def _draw_nothing(self) -> None:
        self.curve.forget()
        self.frame.show_scale(None)
        self.frame.map.show_map(None, extent=self.plane.extent)

    @Slot()
    def _choose_plane(self) -> None:
        """Keep with the document what the user chose, and show it."""
        if self.prepared is not None and self.prepared.dataset.d >= LEAST_INPUTS:
            names = self.prepared.dataset.input_names
            across, up = self.controls.axes
            kept = PCA if self.controls.is_principal else [names[across], names[up]]
            self.context.session.remember(MAP_PLANE, kept)
        self._change_plane()

    @Slot()
    def _change_plane(self) -> None:
        """Show the points of the plane that is chosen, and ask for its map."""
        prepared = self.prepared
        if prepared is None:
            return
        dataset = prepared.dataset
        fills = self._parts.fills()
        is_one = not self.is_curve and not self.seeds.is_on  # several networks have a mean answer, no mean logit
        self.controls.offer_logits(is_one and has_logits(self.document, dataset))
        self.painting.show_prepared(prepared, "curve" if self.is_curve else "map", fills != UNSEEN)
        self.hidden.show_words(self._parts.hidden_words(), hidden_tip())
        if self.is_curve:
            self.plane = self.painting.steady(plane_of(prepared, (0, 0)), self.plane)
            self._drawn_as, self._fitted = self.document, fitted_curves(self.document, dataset)
            self._show_rows(prepared)
        else:
            self.plane = self._chosen(prepared)
            self.frame.map.show_map(None, extent=self.plane.extent)
            self.frame.map.show_points(points_of(prepared, self.plane, fills))
        self.values = self.agreement = None
        self._pages.setCurrentWidget(self.curve if self.is_curve else self.frame)
        self.legend.show_names(self._classes_shown(dataset))
        self.told.emit()
        self.asks.emit()
        if self.frame_shown is not None:
            self.show_frame(self.frame_shown)

    def _show_rows(self, prepared: Prepared) -> None:
        """Show the rows over the one input, where the curves should pass."""
        dataset, points = prepared.dataset, points_of(prepared, self.plane, self._parts.fills())
        assert points is not None  # one input spans no other plane
        self.curve.name_axes(axis_symbol(dataset, 0), fitted_name(dataset, self._fitted))
        self.curve.show_points(dataset.inputs[:, 0], self._fitted, points, self.painting.keeps_range())

    def _draw_as(self, document: Document, prepared: Prepared) -> None:
        """Name, colour and place curves and rows as the networks of a document answer, which need not be the newest."""
        if document is self._drawn_as or not document.data.prepares_like(self.document.data):
            return
        self._drawn_as, fitted = document, fitted_curves(document, prepared.dataset)
        if not fitted.is_like(self._fitted):
            self._fitted = fitted
            self._show_rows(prepared)
            self.legend.show_names(self._classes_shown(prepared.dataset))

    def _classes_shown(self, dataset: Dataset) -> tuple[str, ...]:
        """Return the classes that are told by colour, where the words above the picture do not name them."""
        if self.is_curve:
            return self.curve.classes
        return dataset.class_names if len(dataset.class_names) > 2 else ()

    def _chosen(self, prepared: Prepared) -> Plane:
        """Return the plane of two inputs, or that of the principal components as far as it is known."""
        if self.controls.is_principal:
            plane = replace(self.plane, is_principal=True)
            return plane if self._principal is None else plane.known(self._principal)
        axes = self.controls.axes if prepared.dataset.d > 2 else (0, 1)
        return self.painting.steady(plane_of(prepared, axes, self.controls.values), self.plane)

    @Slot()
    def _move_plane(self) -> None:
        """Ask for the map of the same plane elsewhere; the one on show stays until it comes."""
        self.plane = replace(self.plane, fixed=self.controls.values)
        self.asks.emit()

    def show_frame(self, frame: Frame) -> None:
        """Draw the frame's map; a frame without one, or with that of another plane or quantity, changes nothing."""
        super().show_frame(frame)
        self.frame.map.ring(row_looked_at(frame))
        self.seeds.show_view(frame.experiment, frame.document)
        maps, prepared = frame.maps, self.prepared
        if maps is not None and prepared is not None and self.plane.holds(maps.principal, prepared):
            self._know_plane(maps, prepared)
            if not self.seeds.is_on:
                self._show_answers(maps, frame.document, prepared)
        if self.seeds.is_on:
            self._show_seeds(frame)

    def _know_plane(self, maps: Maps, prepared: Prepared) -> None:
        """Take over where the principal components lie, once they are known."""
        if maps.principal is not None and maps.principal is not self.plane.principal:
            self._principal = maps.principal
            self.plane = self.plane.known(maps.principal)
            self.frame.map.show_points(points_of(prepared, self.plane, self._parts.fills()))
            self.controls.show_principal(maps.principal)

    def _show_answers(self, maps: Maps, document: Document, prepared: Prepared) -> None:
        if self.is_curve:
            self._draw_as(document, prepared)
            self.values, self.extent = maps.output[: self.curve.count, :1], maps.extent
            self.curve.show_outputs(self.values[:, 0], maps.extent[:2])
        elif maps.is_logits == self.controls.is_logits:
            self.values = show_maps(self.frame, maps, document, prepared.dataset, self._shown)
            self.extent = maps.extent
            if self._place is not None:
                self.told.emit()

    def _show_seeds(self, frame: Frame) -> None:
        """Draw what the networks of several seeds answer, once it is another answer."""
        found, prepared = self._agreement_in(frame), self.prepared
        if prepared is None or found is self.agreement:
            return
        self.agreement, self.values = found, None if found is None else found.mean
        if found is None:
            self._draw_nothing()
        else:
            # As the networks answer that were trained: the one on show may end otherwise by now.
            assert frame.experiment is not None
            self._draw_agreement(found, frame.experiment.experiment.document, prepared)
        self.told.emit()

    def _draw_agreement(self, found: Agreement, document: Document, prepared: Prepared) -> None:
        self.extent = found.extent
        if self.is_curve:
            self._draw_as(document, prepared)
            single = np.stack([each.outputs[:, 0] for each in found.answers])
            self.curve.show_spread(found.mean[:, 0], found.std[:, 0], single, found.extent[:2])
        else:
            show_agreement(self.frame, found, document, prepared.dataset)

    def _agreement_in(self, frame: Frame) -> Agreement | None:
        """Return what several networks answer, unless that is about other data or the plane before this one."""
        view, found = frame.experiment, frame.agreement
        if found is None or not (shows(view, frame.document) and shows(view, self.document)):
            return None
        return found if self.is_curve or found.extent == self.plane.extent else None

    @Slot()
    def _start_seeds(self) -> None:
        try:
            self.context.session.start_experiment(experiment_of(RECIPE, self.document))
        except DlvizError as error:
            self.context.notify(error)

    @Slot()
    def _cancel_seeds(self) -> None:
        self.context.session.cancel_experiment()

    @Slot(object)
    def _hover(self, selected: Selected) -> None:
        self._shown = selected
        self.told.emit()
        if self.frame_shown is not None:
            self.show_frame(self.frame_shown)

    @Slot(object)
    def _select_row(self, row: int) -> None:
        number = row * self.stride
        self.context.selection.select(Selected("sample", unit=row))
        self.context.selection.select_rows([number], tr("row {row}", row=number + 1))
        look_at_row(self.context, self.frame_shown, row)

    @Slot(object)
    def _point(self, place: tuple[float, float] | None) -> None:
        """Note the place under the pointer and say the answer there."""
        self._place = place
        principal = self.plane.principal
        if principal is not None:
            self._show_inputs(principal, place)
        self.told.emit()

    def _show_inputs(self, principal: PrincipalPlane, place: tuple[float, float] | None) -> None:
        """Say the inputs of a place of the plane, and show them where they are an image."""
        assert self.prepared is not None  # whose plane it is
        inputs = None if place is None else principal.inputs_at(np.array([place]))[0].tolist()
        self.controls.show_inputs(inputs)
        is_left = place is not None and 2 * place[0] < sum(principal.extent[:2])
        self.image.show_inputs(self.prepared.dataset, inputs, is_left)

    def words(self) -> str:
        """Say where the boundary runs, or the answer under the pointer."""
        prepared = self.prepared
        if prepared is None:
            return ""
        if self.seeds.is_on:
            return self._seeds_words(prepared.dataset)
        if not self.is_curve and self._place is not None:
            answer = None if self.values is None else value_at(self.values, self.extent, *self._place)
            return answer_words(prepared.dataset, self.plane, self._place, answer)
        if not self.is_curve and self._shown.kind == "unit":
            return unit_words(self.document.network, self._shown)
        return legend_words(self.document, prepared.dataset, self._parts.dots_words(), self.controls.is_logits)

    def short_words(self) -> str:
        """Say in short which marker is which part, where there is no room for the boundary beside it."""
        is_pointed = not self.is_curve and (self._place is not None or self._shown.kind == "unit")
        return "" if is_pointed or self.seeds.is_on else self._parts.dots_words()

    def _seeds_words(self, dataset: Dataset) -> str:
        found, place, dots = self.agreement, self._place, self._parts.dots_words()
        if found is None:
            return dots
        if place is None or self.is_curve:
            return agreement_words(dataset, dots)
        return spread_words(dataset, self.plane, place, found)

    def plotted_rows(self) -> Rows:
        """Return the map's cells, or the points of the curve."""
        if self.prepared is None:
            return NOTHING_DRAWN
        names = self.prepared.dataset.input_names
        if self.seeds.is_on:
            spanned = names[:1] if self.is_curve else self._spanned(self.prepared.dataset)
            return NOTHING_DRAWN if self.agreement is None else agreement_table(self.agreement, spanned)
        if self.is_curve:
            return NOTHING_DRAWN if self.values is None else curve_table(self.values, self.extent, names[0])
        if self.values is None:
            return NOTHING_DRAWN
        what = "logit" if self.controls.is_logits else "output"
        outputs = [f"{what} {i + 1}" for i in range(len(self.values))]
        return Rows((*self._spanned(self.prepared.dataset), *outputs), map_rows(self.values, self.extent))

    def _spanned(self, dataset: Dataset) -> Sequence[str]:
        """Return what the axes of the map are called where it is copied."""
        plane = self.plane
        return axis_names(dataset, plane) if plane.is_principal else [dataset.input_names[axis] for axis in plane.axes]

    def mark(self, rows: Iterable[int]) -> None:
        """Ring the points of selected rows."""
        marked = list(rows)
        self.frame.map.mark(marked)
        self.curve.rows.mark(marked)

    def apply_theme(self, theme: Theme) -> None:
        """Repaint map, points and curve in a theme's colours."""
        self.agreement = None  # which is drawn anew with the next frame
        self.frame.map.apply_theme(theme)
        self.curve.apply_theme(theme)
