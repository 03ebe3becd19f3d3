"""Output panel: what the network answers over two inputs, along one input, or row by row."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared
from dlviz.gui.actions import Action
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.output.answer import AnswerView, row_shown
from dlviz.gui.panels.output.controls import PlaneControls
from dlviz.gui.panels.output.copy import count_rows, map_rows
from dlviz.gui.panels.output.curve import CurveView
from dlviz.gui.panels.output.errors import ErrorTable, confusion, winners
from dlviz.gui.panels.output.example import look_at_row, row_looked_at
from dlviz.gui.panels.output.frame import MapFrame
from dlviz.gui.panels.output.ground import CurveGround, Ground, MapGround
from dlviz.gui.panels.output.legend import ClassLegend
from dlviz.gui.panels.output.paint import Painting
from dlviz.gui.panels.output.plane import Plane, View, first_view, means_of, plane_of, points_of
from dlviz.gui.panels.output.regression import PredictedView
from dlviz.gui.panels.output.words import answer_words, legend_words, rows_words, unit_words, value_at
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.response import (
    FloatArray,
    Scale,
    class_boundaries,
    class_pixels,
    decision_level,
    output_scale,
    scale_of,
    signed_pixels,
)
from dlviz.gui.selection import NOTHING, Rows, Selected
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.contour import segments
from dlviz.gui.widgets.copying import Offer, Plotted, copy_csv
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Interest, Maps, Predictions

OUTPUT_GRID = 100


class OutputPanel(Panel):
    """Map with boundary, fitted curve or prediction table; a unit under the pointer takes the map's place."""

    key = "output"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.view: View = "map"
        self.plane = Plane((0, 1), (-1.0, 1.0, -1.0, 1.0))
        self._prepared: Prepared | None = None
        self._frame: Frame | None = None
        self._shown = NOTHING
        self._values: FloatArray | None = None
        self._place: tuple[float, float] | None = None
        self._make_widgets()
        self._lay_out()
        self._connect()
        self.show_document(context.session.document)

    def _make_widgets(self) -> None:
        self.frame, self.curve, self.table = MapFrame(), CurveView(), ErrorTable()
        self.predicted, self.answer = PredictedView(), AnswerView()
        self.controls, self.legend = PlaneControls(), ClassLegend()
        grounds: dict[View, Ground] = {"map": MapGround(self.frame.map), "curve": CurveGround(self.curve)}
        self.painting = Painting(self.context, grounds, self)
        for plot in (self.curve, self.predicted):
            plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the panel's own comes up
        describe(self.frame.map, tr("Output map"), tr("The network's output for every pair of inputs"))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        spaced(layout, 2 * GRID, GRID // 2)
        layout.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        self._pages = QStackedWidget(self)  # a layout without a parent would show the first page as a window
        for page in (self.frame, self.curve, self.table, self.predicted, self.answer):
            self._pages.addWidget(page)
        layout.addWidget(self.painting.palette)
        layout.addWidget(self.controls)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.legend)

    def _connect(self) -> None:
        self.frame.map.pointed.connect(self._point)
        self.painting.pointed.connect(self._point)
        self.painting.switched.connect(self._change_view)
        self.frame.map.clicked.connect(self._select_row)
        self.controls.changed.connect(self._change_view)
        self.table.cell_clicked.connect(self._select_cell)
        self.context.selection.hovered.connect(self._hover)
        self.context.selection.changed.connect(self._show_answer)
        self.context.selection.rows_changed.connect(self._mark_rows)

    def actions_offered(self) -> tuple[Action, ...]:
        """Offer to paint."""
        return (self.painting.action(),)

    def interest(self, base: Interest) -> Interest:
        """Ask for the map of the chosen plane, or for the predictions of all rows."""
        if self.view in ("errors", "answer"):
            return replace(base, needs=base.needs | {"predictions"})
        return replace(
            base, needs=base.needs | {"maps"}, output_grid=OUTPUT_GRID,
            axes=self.plane.axes, extent=self.plane.extent, fixed=self.plane.fixed,
        )  # fmt: skip

    def show_document(self, document: Document) -> None:
        """Take over the document's data: what can be shown, the points and the plane."""
        whole = prepared_or_none(self.context.session)
        prepared = None if whole is None else whole.sample
        if prepared is not None and prepared is not self._prepared:
            self._prepared = prepared
            self.controls.show_dataset(prepared.dataset, means_of(prepared), first_view(prepared.dataset))
        if not document.network.layers:
            self._forget_answers()
        self._change_view()

    def _forget_answers(self) -> None:
        """Show no answers of a network that is gone."""
        self._frame = self._values = None
        self.table.show_counts(np.zeros((0, 0), np.int64), ())

    @Slot()
    def _change_view(self) -> None:
        """Show the page that suits the data and the user's choice, and ask for what it needs."""
        prepared = self._prepared
        if prepared is None:
            return
        dataset = prepared.dataset
        self.view = self._wanted(dataset)
        self.painting.show_prepared(prepared, self.view)
        if self.view == "map":
            plane = plane_of(prepared, self.controls.axes if dataset.d > 2 else (0, 1))
            self.plane = self.painting.steady(plane, self.plane)
            self.frame.map.show_map(None, extent=self.plane.extent)
            self.frame.map.show_points(points_of(prepared, self.plane.axes))
        elif self.view == "curve":
            self.plane = self.painting.steady(plane_of(prepared, (0, 0)), self.plane)
            y = dataset.targets.reshape(dataset.n, -1)[:, 0].astype(float)
            self.curve.show_points(dataset.inputs[:, 0], y, points_of(prepared, (0, 0)), self.painting.keeps_range())
        self._pages.setCurrentWidget(self._page())
        names = dataset.class_names if self.view == "map" and len(dataset.class_names) > 2 else ()
        self.legend.show_names(names)
        self._say()
        self.context.interest_changed.emit()
        if self._frame is not None:
            self.show_frame(self._frame)

    def _wanted(self, dataset: Dataset) -> View:
        """Return what the user wants to see; data of one input have a curve in the place of the map."""
        is_free = self.controls.has_choice and (dataset.d > 1 or self.controls.view != "map")
        return self.controls.view if is_free else first_view(dataset)

    def _page(self) -> QWidget:
        if self.view == "answer":
            return self.answer
        if self.view == "errors":
            return self.predicted if self._is_regression else self.table
        return self.frame if self.view == "map" else self.curve

    @property
    def _is_regression(self) -> bool:
        return self._prepared is not None and self._prepared.dataset.task == "regression"

    def show_frame(self, frame: Frame) -> None:
        """Draw the frame's map or predictions; a frame without them changes nothing."""
        self._frame = frame
        self.frame.map.ring(row_looked_at(frame))
        if self.view == "map" and frame.maps is not None:
            self._show_maps(frame.maps, frame.document)
            if self._place is not None:
                self._say()
        elif self.view == "curve" and frame.maps is not None:
            self.curve.show_outputs(frame.maps.output[0][0], frame.maps.extent[:2])
        elif self.view == "answer":
            self._show_answer()
        elif self.view == "errors" and frame.predictions is not None:
            self._show_predictions(frame.predictions, frame.document)

    def _show_maps(self, maps: Maps, document: Document) -> None:
        hovered, prepared = self._unit_map(maps), self._prepared
        if hovered is not None:
            self._show_signed(hovered, scale_of(document, self._shown.layer, hovered), maps)
        elif len(maps.output) > 1 and not self._is_regression:
            self._values = maps.output
            self.frame.show_scale(None)
            self.frame.map.show_map(class_pixels(maps.output, self.theme), class_boundaries(maps.output), maps.extent)
        elif prepared is not None:
            self._show_signed(maps.output[0], output_scale(document, prepared.dataset, maps.output[0]), maps)

    def _show_signed(self, values: FloatArray, scale: Scale, maps: Maps) -> None:
        lines = np.empty((0, 2, 2)) if scale.level is None else segments(values, scale.level)
        self._values = values[None]
        self.frame.show_scale(scale)
        self.frame.map.show_map(signed_pixels(values, scale, self.theme), lines, maps.extent)

    def _unit_map(self, maps: Maps) -> FloatArray | None:
        """Return the map of the unit under the pointer, if there is one."""
        units = maps.units.get(self._shown.layer) if self._shown.kind in ("unit", "input") else None
        return None if units is None or self._shown.unit >= len(units) else units[self._shown.unit]

    @Slot()
    def _show_answer(self) -> None:
        """Show the classes of the row that is selected or walked."""
        frame, prepared = self._frame, self._prepared
        if self.view != "answer" or frame is None or frame.predictions is None or prepared is None:
            return
        outputs, dataset = frame.predictions.outputs, prepared.dataset
        row = row_shown(frame, self.context.selection)
        if row < min(len(outputs), dataset.n) and outputs.shape[1] == len(dataset.class_names):
            self.answer.show_row(row, outputs[row], dataset.class_names, int(dataset.targets[row]))

    def _show_predictions(self, predictions: Predictions, document: Document) -> None:
        prepared = self._prepared
        if prepared is None or len(predictions.outputs) > prepared.dataset.n:
            return
        if self._is_regression:
            known = prepared.dataset.targets[: len(predictions.outputs)]
            targets = known.reshape(len(known), -1)[:, 0].astype(float)
            shown = ~predictions.is_test
            outputs = predictions.outputs[:, 0]
            self.predicted.show_rows(targets[shown], outputs[shown], predictions.is_train[shown])
        else:
            self._count_errors(predictions, document, prepared)

    def _count_errors(self, predictions: Predictions, document: Document, prepared: Prepared) -> None:
        rows = predictions.watched
        names = prepared.dataset.class_names
        true, predicted = prepared.dataset.targets[rows].astype(int), self._winners(predictions, document)[rows]
        if len(rows) and int(predicted.max()) < len(names):
            self.table.show_counts(confusion(true, predicted, len(names)), names)
            part = tr("train") if predictions.is_train[rows].all() else tr("dev")
            wrong = int(np.count_nonzero(true != predicted))
            self.set_info(tr("{part} rows: {wrong} of {count} wrong", part=part, wrong=wrong, count=len(rows)))

    def _winners(self, predictions: Predictions, document: Document) -> np.ndarray:
        level = None if self._prepared is None else decision_level(document, self._prepared.dataset)
        return winners(predictions.outputs, 0.5 if level is None else level)

    @Slot(object)
    def _hover(self, selected: Selected) -> None:
        self._shown = selected
        if self.view == "map":
            self._say()
            if self._frame is not None:
                self.show_frame(self._frame)

    @Slot(object)
    def _select_row(self, row: int) -> None:
        self.context.selection.select(Selected("sample", unit=row))
        self.context.selection.select_rows([row * self._stride], tr("row {row}", row=row * self._stride + 1))
        look_at_row(self.context, self._frame, row)

    @Slot(object)
    def _mark_rows(self, rows: Rows) -> None:
        """Mark the rows that are selected, here or elsewhere."""
        self.frame.map.mark(self._places(rows.numbers))
        self._show_answer()

    @property
    def _stride(self) -> int:
        """How many rows of the data one row on show stands for."""
        return 1 if self._prepared is None else self._prepared.dataset.stride

    def _places(self, rows: Iterable[int]) -> list[int]:
        """Return where rows of the whole set stand among those on show."""
        return [row // self._stride for row in rows if row % self._stride == 0]

    @Slot(object)
    def _select_cell(self, cell: tuple[int, int]) -> None:
        """Select all rows of a cell."""
        if self._frame is None or self._frame.predictions is None or self._prepared is None:
            return
        predictions = self._frame.predictions
        rows = predictions.watched
        true = self._prepared.dataset.targets[rows]
        found = rows[(true == cell[0]) & (self._winners(predictions, self._frame.document)[rows] == cell[1])]
        names = self._prepared.dataset.class_names
        self.context.selection.select_rows(
            (found * self._stride).tolist(),
            tr("true {true}, predicted {predicted}: {count}", true=names[cell[0]], predicted=names[cell[1]],
               count=rows_words(len(found))),
        )  # fmt: skip

    def _say(self) -> None:
        """Write beside the title what is shown, or the answer under the pointer."""
        prepared = self._prepared
        if prepared is None:
            return
        if self.view == "map" and self._place is not None:
            answer = None if self._values is None else value_at(self._values, self.plane.extent, *self._place)
            self.set_info(answer_words(prepared.dataset, self.plane.axes, self._place, answer))
        elif self.view == "map" and self._shown.kind == "unit":
            self.set_info(unit_words(self.context.session.document.network, self._shown))
        elif self.view == "answer":
            self.set_info(tr("classes of one row"))
        elif self.view == "errors":
            self.set_info(tr("predicted over target") if self._is_regression else "")
        else:
            self.set_info(legend_words(self.context.session.document, prepared.dataset))

    @Slot(object)
    def _point(self, place: tuple[float, float] | None) -> None:
        """Note the place under the pointer and say the answer there."""
        self._place = place
        self._say()

    def offers(self, shown: Plotted | None) -> tuple[Offer, ...]:
        """Offer the numbers behind the picture, and to paint on it."""
        words = tr("Stop painting") if self.painting.is_on else tr("Paint points")
        return ((tr("Copy as CSV"), self.copy), (words, self.painting.switch))

    @Slot()
    def copy(self) -> None:
        """Put the map's cells, the curve, or the counts on the clipboard with every digit."""
        prepared = self._prepared
        if prepared is None:
            return
        if self.view == "answer":
            copy_csv(["class", "output"], [(bar.name, bar.output) for bar in self.answer.bars.bars])
        elif self.view == "errors" and not self._is_regression:
            names = prepared.dataset.class_names
            copy_csv(["true", *names], count_rows(self.table.counts, names) if len(self.table.counts) else ())
        elif self.view == "map" and self._values is not None:
            axes = [prepared.dataset.input_names[axis] for axis in self.plane.axes]
            outputs = [f"output {i + 1}" for i in range(len(self._values))]
            copy_csv([*axes, *outputs], map_rows(self._values, self.plane.extent))
        else:
            shown = self.curve.curve if self.view == "curve" else self.predicted.train
            x, y = shown.getData()
            columns = zip(() if x is None else x.tolist(), () if y is None else y.tolist(), strict=True)
            copy_csv([prepared.dataset.input_names[0] if self.view == "curve" else "target", "output"], columns)

    def apply_theme(self, theme: Theme) -> None:
        """Repaint map, points and curve in a theme's colours."""
        self.frame.map.apply_theme(theme)
        self.curve.apply_theme(theme)
        self.predicted.apply_theme(theme)
        if self._frame is not None:
            self.show_frame(self._frame)


def make_output_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return OutputPanel(context)


panels.add(
    PanelEntry(
        "output", tr("Output"), "right", ("network",), make_output_panel, order=0, stretch=5, subjects=("network",)
    )
)
