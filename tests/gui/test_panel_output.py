"""The output panel draws what a frame carries: map, boundary, points, curve, counts."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QImage, QPainter

from dlviz.core.choice import Choice
from dlviz.core.contour import segments
from dlviz.core.network import LayerSpec
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import prepare
from dlviz.gui import numbers
from dlviz.gui.panels.output.errors import LEAST, confusion
from dlviz.gui.panels.output.frame import MapFrame
from dlviz.gui.panels.output.map import MapView
from dlviz.gui.panels.output.panel import OutputPanel
from dlviz.gui.panels.output.plane import Plane, fitted_curves
from dlviz.gui.panels.output.words import answer_words, legend_words
from dlviz.gui.response import Scale, class_pixels, confidence_lines, output_scale, scale_for, signed_pixels
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import DARK, LIGHT, current, font
from dlviz.gui.widgets.points import FILLED, HOLLOW, marker, paint_points
from dlviz.session.edits import set_activation, set_loss
from dlviz.session.messages import Interest, Maps
from dlviz.session.presets import document_for, empty_document, step_document
from tests.gui.panel_stage import forward, make_context, make_document, make_frame, make_maps, of_one_column, weights_of

GRID = np.linspace(-1, 1, 81)


def test_boundary_of_a_distance_field_is_the_circle() -> None:
    y, x = np.meshgrid(GRID, GRID, indexing="ij")
    lines = segments(np.hypot(x, y), 0.6)
    places = -1 + lines / 40
    assert len(lines) > 50
    assert np.abs(np.hypot(places[..., 0], places[..., 1]) - 0.6).max() < 2e-4


def test_boundary_of_a_saddle_joins_the_same_sides() -> None:
    lines = segments(np.array([[1.0, -1.0], [-1.0, 1.0]]), 0.0)
    assert sorted(sorted(map(tuple, line)) for line in lines.tolist()) == [
        [(0.0, 0.5), (0.5, 0.0)],
        [(0.5, 1.0), (1.0, 0.5)],
    ]


def test_a_map_on_one_side_has_no_boundary() -> None:
    assert len(segments(np.ones((5, 5)), 0.0)) == 0


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.key)
def test_signed_colours_run_from_negative_to_positive(theme: Any) -> None:
    pixels = signed_pixels(np.array([[-2.0, 2.0, np.nan]]), Scale(0.0, 1.0), theme)
    ends = ["#" + bytes(pixel[:3]).hex().upper() for pixel in pixels[0, :2]]
    assert ends == [theme.negative, theme.positive]
    assert (pixels[..., 3] == 255).all()


def test_class_colours_fade_towards_the_boundary() -> None:
    share = np.linspace(0.0, 1.0, 21)
    pixels = class_pixels(np.stack([share, 1 - share])[:, None, :], LIGHT)[0, :, :3].astype(int)
    paleness = pixels.sum(axis=1)
    assert paleness.argmax() in (9, 10, 11)
    assert paleness[0] < paleness[8] and paleness[-1] < paleness[12]


def test_scale_of_a_bounded_activation_is_its_range() -> None:
    assert scale_for(0.0, 1.0, np.zeros(3)) == Scale(0.5, 0.5)
    assert scale_for(0.0, np.inf, np.array([0.5, 3.0])).half == 3.0


def test_confusion_counts_true_down_and_predicted_across() -> None:
    counts = confusion(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]), 3)
    assert counts.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]


@pytest.fixture
def stage(qtbot: Any) -> Any:
    context = make_context()
    panel = OutputPanel(context)
    qtbot.addWidget(panel)
    panel.resize(352, 360)
    panel.show()
    wanted = panel.interest(Interest())
    document = context.session.document
    parameters = weights_of(document, 2)
    sums = forward(document, parameters, context.session.prepared.inputs)["o.z"]
    parameters["o.b"] = parameters["o.b"] - np.median(sums)  # half of the rows on each side
    maps = make_maps(document, parameters, wanted.extent, wanted.axes, wanted.fixed)
    return context, panel, make_frame(context, parameters, maps=maps)


def test_interest_covers_every_point(stage: Any) -> None:
    context, panel, _ = stage
    wanted = panel.interest(Interest())
    x0, x1, y0, y1 = wanted.extent
    inputs = context.session.dataset.inputs
    assert "maps" in wanted.needs
    assert (inputs > (x0, y0)).all() and (inputs < (x1, y1)).all()


def test_map_pixels_show_the_sign_of_the_output(stage: Any) -> None:
    _, panel, frame = stage
    panel.show_frame(frame)
    image = panel.map.frame.map.grab().toImage()
    panel.map.frame.map.show_points(None)
    image = panel.map.frame.map.grab().toImage()
    side = panel.map.frame.map.square().width()
    values = frame.maps.output[0]
    for row, column in ((10, 10), (90, 10), (50, 90), (10, 90)):
        colour = image.pixelColor(int((column + 0.5) / 100 * side), int((1 - (row + 0.5) / 100) * side))
        if abs(values[row, column]) > 0.5:
            assert (colour.blue() > colour.red()) == (values[row, column] > 0)


def test_boundary_runs_where_the_output_changes_sign(stage: Any) -> None:
    _, panel, frame = stage
    panel.show_frame(frame)
    assert panel.info.startswith("boundary at 0")
    lines = panel.map.frame.map._lines
    near = frame.maps.output[0][np.round(lines[:, 0, 1]).astype(int), np.round(lines[:, 0, 0]).astype(int)]
    assert len(lines) > 20
    assert np.abs(near).max() < 0.3


def test_hovering_a_unit_swaps_the_map_and_leaving_restores_it(stage: Any) -> None:
    context, panel, frame = stage
    panel.show_frame(frame)
    before = panel.map.frame.map.grab().toImage()
    context.selection.point_at(Selected("unit", "h1", 2))
    assert "unit 3" in panel.info
    np.testing.assert_array_equal(panel.map.values[0], frame.maps.units["h1"][2])
    assert panel.map.frame.map.grab().toImage() != before
    context.selection.point_at(NOTHING)
    assert panel.map.frame.map.grab().toImage() == before


def test_pointer_reads_place_and_output(stage: Any, qtbot: Any) -> None:
    context, panel, frame = stage
    panel.show_frame(frame)
    panel.map.frame.map.pointed.emit((0.25, -0.5))
    x0, x1, y0, y1 = panel.map.plane.extent
    value = frame.maps.output[0][int((-0.5 - y0) / (y1 - y0) * 100), int((0.25 - x0) / (x1 - x0) * 100)]
    assert panel.info.split() == ["x₁", "0.25", "x₂", "−0.5", "→", context.number(float(value), 3)]
    panel.map.frame.map.pointed.emit(None)
    assert panel.info.startswith("boundary")


def test_clicking_a_point_selects_its_row(stage: Any, qtbot: Any) -> None:
    context, panel, frame = stage
    panel.show_frame(frame)
    places = panel.map.frame.map.to_pixels(panel.map.frame.map.points.places)
    alone = int(np.argmax([np.partition(np.hypot(*(places - place).T), 1)[1] for place in places]))
    at = QPoint(round(places[alone][0]), round(places[alone][1]))
    qtbot.mouseClick(panel.map.frame.map, Qt.MouseButton.LeftButton, pos=at)
    assert context.selection.current == Selected("sample", unit=alone)


def test_non_finite_maps_are_drawn_as_nothing_special(stage: Any) -> None:
    _, panel, frame = stage
    broken = replace(frame.maps, output=np.full((1, 100, 100), np.nan), units={})
    panel.show_frame(replace(frame, maps=broken))
    assert not panel.map.frame.map.grab().isNull()


def test_several_classes_are_named_and_bounded(qtbot: Any) -> None:
    context = make_context(make_document("blobs", (4,), 3))
    panel = OutputPanel(context)
    qtbot.addWidget(panel)
    wanted = panel.interest(Interest())
    parameters = weights_of(context.session.document, 2)
    panel.show_frame(
        make_frame(context, parameters, maps=make_maps(context.session.document, parameters, wanted.extent))
    )
    panel.show()
    assert panel.map.frame.bar.isHidden() and panel.map.legend.isVisible()
    panel.map.frame.map.pointed.emit((0.0, 0.0))
    assert any(name in panel.info for name in context.session.dataset.class_names)


def test_more_inputs_offer_axes_and_state_what_is_fixed(qtbot: Any) -> None:
    context = make_context(make_document("iris", (4,), 3, scaling="standard"))
    panel = OutputPanel(context)
    qtbot.addWidget(panel)
    asked: list[tuple[int, int]] = []
    context.interest_changed.connect(lambda: asked.append(panel.interest(Interest()).axes))
    panel.map.controls.across.setCurrentIndex(2)
    panel.map.controls.across.activated.emit(2)
    assert asked[-1] == (2, 1)
    wanted = panel.interest(Interest())
    prepared = context.session.prepared
    np.testing.assert_allclose(wanted.fixed, prepared.dataset.inputs[prepared.train].mean(axis=0))
    assert numbers.number(wanted.fixed[0]) in panel.map.controls.fixed.text()
    panel.map.controls.up.setCurrentIndex(2)
    panel.map.controls.up.activated.emit(2)
    assert len(set(panel.interest(Interest()).axes)) == 2


def test_digits_show_counts_of_test_rows(qtbot: Any) -> None:
    context = make_context(make_document("digits", (8,), 10))
    panel = OutputPanel(context)
    qtbot.addWidget(panel)
    assert "predictions" in panel.interest(Interest()).needs and "maps" not in panel.interest(Interest()).needs
    frame = make_frame(context)
    panel.show_frame(frame)
    held = ~frame.predictions.is_train
    true, best = context.session.dataset.targets[held], frame.predictions.outputs[held].argmax(axis=1)
    assert panel.errors.table.counts.trace() == np.count_nonzero(true == best)
    assert str(np.count_nonzero(true != best)) in panel.info


def test_rows_of_counts_keep_room_for_a_number(qtbot: Any) -> None:
    context = make_context(make_document("digits", (8,), 10))
    panel = OutputPanel(context)
    qtbot.addWidget(panel)
    panel.show_frame(make_frame(context))
    panel.errors.table.resize(panel.errors.table.minimumSizeHint())
    line = QFontMetricsF(font("small")).height()
    assert panel.errors.table.cell(0, 0).height() >= LEAST * line - 1e-9
    assert panel.minimumSizeHint().height() >= panel.errors.table.minimumSizeHint().height()


def test_clicking_a_count_selects_exactly_its_rows(qtbot: Any) -> None:
    context = make_context(make_document("digits", (8,), 10))
    panel = OutputPanel(context)
    qtbot.addWidget(panel)
    panel.resize(352, 400)
    panel.show()
    frame = make_frame(context)
    panel.show_frame(frame)
    true, predicted = np.argwhere(panel.errors.table.counts > 1)[0]
    qtbot.mouseClick(
        panel.errors.table,
        Qt.MouseButton.LeftButton,
        pos=panel.errors.table.cell(int(true), int(predicted)).center().toPoint(),
    )
    targets, best = context.session.dataset.targets, frame.predictions.outputs.argmax(axis=1)
    wanted = np.flatnonzero((targets == true) & (best == predicted) & ~frame.predictions.is_train)
    assert context.selection.rows == set(wanted.tolist()) and len(wanted) > 1
    assert context.selection.rows_words == f"true {true}, predicted {predicted}: {len(wanted)} rows"


def test_one_input_draws_the_fitted_curve(qtbot: Any) -> None:
    context = make_context(make_document("sine", (4,), 1))
    panel = OutputPanel(context)
    qtbot.addWidget(panel)
    wanted = panel.interest(Interest())
    assert "maps" in wanted.needs
    line = np.linspace(-1, 1, 100)
    output = np.broadcast_to(line**2, (1, 100, 100))
    panel.show_frame(make_frame(context, maps=Maps({}, output, wanted.extent)))
    x, y = panel.map.curve.drawn[0].curve.getData()
    np.testing.assert_allclose(y, line**2)
    x0, x1 = wanted.extent[:2]
    np.testing.assert_allclose(x, x0 + (np.arange(100) + 0.5) / 100 * (x1 - x0))


def drawn_targets(panel: OutputPanel) -> dict[float, float]:
    rows = panel.map.curve.rows
    points = [np.column_stack(item.getData()) for item in (rows.train, rows.dev)]
    return {round(x, 6): y for x, y in np.concatenate(points).tolist()}


@pytest.mark.parametrize(("n_classes", "activation", "values", "name"), [
    (2, "sigmoid", (0.0, 1.0), "kind"), (2, "tanh", (-1.0, 1.0), "kind"),
    (3, "softmax", (1.0, 1.0, 1.0), "kind: output for each"),
])  # fmt: skip
def test_rows_of_classes_lie_where_the_output_for_their_class_should_answer(
    qtbot: Any, n_classes: int, activation: str, values: tuple[float, ...], name: str
) -> None:
    labels, document = of_one_column(n_classes)
    output = document.network.layers[-1].id
    document = set_activation(set_loss(document, "squared_error"), output, activation)
    panel = OutputPanel(make_context(document))
    qtbot.addWidget(panel)
    wanted = {round(x, 6): values[k] for x, k in zip(np.linspace(-1, 1, 30).tolist(), labels.tolist(), strict=True)}
    assert drawn_targets(panel) == wanted
    assert panel.map.curve._directions.endswith(f"↑ {name}")


def test_each_class_of_one_input_has_a_curve_in_its_colour(qtbot: Any) -> None:
    labels, document = of_one_column(3)
    panel = OutputPanel(make_context(document))
    qtbot.addWidget(panel)
    shown, ends = panel.map, panel.interest(Interest()).extent
    lines = np.stack([np.linspace(0, 1, 100), np.linspace(1, 0, 100), np.full(100, np.nan)])
    output = np.broadcast_to(lines[:, None, :], (3, 100, 100))
    panel.show_frame(make_frame(panel.context, predictions=None, maps=Maps({}, output, ends)))
    for number, each in enumerate(shown.curve.drawn[:2]):
        np.testing.assert_array_equal(each.curve.getData()[1], lines[number])
    assert shown.curve.drawn[2].curve.getData()[0] is None
    pens = [each.curve.opts["pen"].color().name() for each in shown.curve.drawn]
    assert pens == [colour.lower() for colour in current().class_colours[:3]]
    x = shown.curve.rows.train.getData()[0]
    fills = [point.brush().color().name() for point in shown.curve.rows.train.points()]
    of_class = [int(labels[np.argmin(np.abs(np.linspace(-1, 1, 30) - place))]) for place in x]
    assert fills == [pens[k] for k in of_class] and len(set(fills)) == 3
    assert shown.legend.isVisibleTo(panel)
    table = shown.plotted_rows()
    assert table.headings == ("x", "output 1", "output 2", "output 3")
    np.testing.assert_array_equal(np.array(list(table.rows))[:, 1:], lines.T)
    shown.context.session.edit(make_document("sine", (4,), 1), "Data")
    panel.show_document(shown.context.session.document)
    single = shown.curve.drawn[0].curve.opts["pen"].color().name()
    assert single == QColor(current().text).name() and shown.curve.count == 1
    assert all(each.curve.getData()[0] is None for each in shown.curve.drawn) and not shown.legend.isVisibleTo(panel)


def test_of_very_many_classes_the_first_have_curves_and_rows_share_what_they_are_drawn_with(qtbot: Any) -> None:
    _, document = of_one_column(60, 300)
    panel = OutputPanel(make_context(document))
    qtbot.addWidget(panel)
    curve, theme = panel.map.curve, current()
    assert curve.count == 20 and len(curve.drawn) == 20
    assert curve._directions.endswith("↑ kind: output for the first 20 of 60")
    styles = [(each.curve.opts["pen"].color().name(), each.curve.opts["pen"].style()) for each in curve.drawn]
    assert len(set(styles)) == min(20, 2 * len(theme.class_colours)), "colours that begin again are dashed"
    data = curve.rows.train.data
    assert len(data) > 200 and len({id(each) for each in data["brush"]}) <= 60
    assert len({id(each) for each in data["symbol"]}) <= 60
    ends = panel.interest(Interest()).extent
    panel.show_frame(make_frame(panel.context, predictions=None, maps=Maps({}, np.ones((60, 100, 100)), ends)))
    assert panel.map.plotted_rows().headings[-1] == "output 20"


def test_rows_alike_keep_their_look_after_rows_of_classes(qtbot: Any) -> None:
    _, document = of_one_column(3)
    panel = OutputPanel(make_context(document))
    qtbot.addWidget(panel)
    panel.map.context.session.edit(make_document("sine", (4,), 1), "Data")
    panel.show_document(panel.map.context.session.document)
    points = panel.map.curve.rows.train.points()
    assert {point.brush().color().name() for point in points} == {QColor(current().positive_mark).name()}
    assert {point.symbol() for point in points} == {"o"}


def test_what_is_not_of_a_class_lies_within_the_axis(qtbot: Any) -> None:
    _, document = of_one_column(3)
    output = document.network.layers[-1].id
    panel = OutputPanel(make_context(set_activation(set_loss(document, "squared_error"), output, "tanh")))
    qtbot.addWidget(panel)
    low, high = panel.map.curve.getViewBox().viewRange()[1]
    assert low < -1 and high > 1


def test_rows_lie_where_the_first_of_several_outputs_should_answer() -> None:
    labels, document = of_one_column(2)
    dataset = document.data.dataset
    assert dataset is not None
    hidden = LayerSpec("h", "dense", ("x",), {"units": 3, "activation": Choice("tanh")})
    one = LayerSpec("p", "dense", ("h",), {"units": 1, "activation": Choice("sigmoid")})
    two = LayerSpec("q", "dense", ("h",), {"units": 2, "activation": Choice("softmax")})
    network = replace(document.network, layers=(hidden, one, two), outputs=("p", "q"))
    fitted = fitted_curves(replace(document, network=network), dataset)
    assert fitted.classes == () and fitted.targets.tolist() == labels.tolist()


def test_an_answer_to_other_inputs_is_copied_with_those(qtbot: Any) -> None:
    _, document = of_one_column(3)
    panel = OutputPanel(make_context(document))
    qtbot.addWidget(panel)
    panel.show_frame(
        make_frame(panel.context, predictions=None, maps=Maps({}, np.ones((3, 4, 4)), (0.0, 4.0, 0.0, 1.0)))
    )
    assert [row[0] for row in panel.map.plotted_rows().rows] == [0.5, 1.5, 2.5, 3.5]


def test_new_data_replace_points_and_view(stage: Any) -> None:
    context, panel, _ = stage
    context.session.edit(make_document("sine", (4,), 1), "Data")
    panel.show_document(context.session.document)
    assert panel.map.is_curve and panel.page is panel.map


def test_no_answers_to_other_data_are_counted_among_new_ones(stage: Any) -> None:
    context, panel, frame = stage
    panel.views.set_key("errors")
    panel.views.chosen.emit("errors")
    panel.show_frame(frame)
    assert panel.errors.table.counts.sum() > 0 and "wrong" in panel.info
    context.session.edit(document_for("iris"), "Data")
    panel.show_document(context.session.document)
    panel.views.set_key("errors")
    panel.views.chosen.emit("errors")
    assert panel.errors.table.counts.sum() == 0 and panel.info == ""
    panel.show_frame(make_frame(context, predictions=None))
    assert panel.info == "…"


def test_maps_of_another_network_are_left_alone(stage: Any) -> None:
    context, panel, frame = stage
    context.selection.point_at(Selected("unit", "gone", 7))
    panel.show_frame(replace(frame, maps=Maps({}, frame.maps.output, frame.maps.extent)))
    np.testing.assert_array_equal(panel.map.values, frame.maps.output)


def test_several_measured_outputs_show_the_first(qtbot: Any) -> None:
    context = make_context(step_document())
    panel = OutputPanel(context)
    qtbot.addWidget(panel)
    wanted = panel.interest(Interest())
    output = np.stack([np.full((100, 100), 0.9), np.full((100, 100), 0.1)])
    panel.show_frame(make_frame(context, {}, predictions=None, maps=Maps({}, output, wanted.extent)))
    np.testing.assert_array_equal(panel.map.values, output[:1])


def test_a_document_without_layers_shows_its_points(qtbot: Any) -> None:
    context = make_context(empty_document())
    panel = OutputPanel(context)
    qtbot.addWidget(panel)
    panel.show()
    assert len(panel.map.frame.map.points.places) == context.session.dataset.n
    assert not panel.map.frame.map.grab().isNull()


def test_copying_the_map_gives_places_and_outputs_with_every_digit(stage: Any) -> None:
    context, panel, frame = stage
    panel.show_frame(frame)
    panel.copy()
    head, *lines = QGuiApplication.clipboard().text().splitlines()
    rows = np.array([[float(cell) for cell in line.split(",")] for line in lines])
    assert head == "x1,x2,output 1"
    outputs = forward(context.session.document, frame.parameters, rows[:, :2])["o.a"][:, 0]
    np.testing.assert_allclose(rows[:, 2], outputs, atol=1e-12)


def test_copying_counts_names_the_classes(qtbot: Any) -> None:
    context = make_context(make_document("digits", (8,), 10))
    panel = OutputPanel(context)
    qtbot.addWidget(panel)
    panel.show_frame(make_frame(context))
    panel.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "true," + ",".join(context.session.dataset.class_names)
    assert lines[3].split(",")[1:] == [str(count) for count in panel.errors.table.counts[2]]


def test_rows_of_a_map_run_from_the_bottom_up(stage: Any) -> None:
    _, panel, frame = stage
    rising = np.repeat(np.linspace(-1, 1, 100)[:, None], 100, axis=1)[None]
    panel.show_frame(replace(frame, maps=Maps({}, rising, panel.map.plane.extent)))
    panel.map.frame.map.show_points(None)
    image, side = panel.map.frame.map.grab().toImage(), panel.map.frame.map.square().width()
    top, bottom = (image.pixelColor(int(side / 2), int(side * share)) for share in (0.05, 0.95))
    assert top.blue() > top.red() and bottom.red() > bottom.blue()


def test_points_stand_where_their_inputs_say(stage: Any) -> None:
    _, panel, _ = stage
    x0, x1, y0, y1 = panel.map.plane.extent
    corners = panel.map.frame.map.to_pixels(np.array([[x0, y0], [x1, y1]]))
    side = panel.map.frame.map.square().width()
    np.testing.assert_allclose(corners, [[0, side], [side, 0]])


def test_points_and_plane_are_in_the_units_of_the_data(qtbot: Any) -> None:
    context = make_context(make_document("iris", (4,), 3, scaling="standard"))
    panel = OutputPanel(context)
    qtbot.addWidget(panel)
    measured = context.session.dataset.inputs[:, :2]
    np.testing.assert_array_equal(panel.map.frame.map.points.places, measured)
    x0, x1, y0, y1 = panel.interest(Interest()).extent
    assert (measured > (x0, y0)).all() and (measured < (x1, y1)).all()


def test_measured_targets_lie_around_the_middle_of_the_scale() -> None:
    document = document_for("diabetes")
    dataset = prepare(document.data).dataset
    scale = output_scale(document, dataset, np.zeros((2, 2)))
    assert scale.centre == pytest.approx(dataset.targets.mean()) and scale.level is None
    assert scale.low <= dataset.targets.min() and scale.high >= dataset.targets.max()


@pytest.mark.parametrize(("activation", "level", "half"), [("tanh", 0.0, 1.0), ("sigmoid", 0.5, 0.5)])
def test_the_boundary_is_the_middle_of_the_scale(activation: str, level: float, half: float) -> None:
    document = set_activation(set_loss(document_for("moons"), "squared_error"), "o", activation)
    scale = output_scale(document, prepare(document.data).dataset, np.zeros((2, 2)))
    assert (scale.centre, scale.half, scale.level) == (level, half, level)


@pytest.mark.parametrize("count", [100, 900])
def test_points_are_painted_in_their_class_colour_where_they_belong(qapp: Any, count: int) -> None:
    side = int(count**0.5)
    y, x = np.mgrid[0:side, 0:side].reshape(2, -1) * 12.0 + 8.0
    classes, is_train = np.arange(side * side) % 2, np.arange(side * side) % 3 != 0
    image = QImage(side * 12 + 8, side * 12 + 8, QImage.Format.Format_RGB32)
    image.fill(0)
    painter, fills = QPainter(image), np.where(is_train, FILLED, HOLLOW)
    paint_points(painter, np.stack([x, y], axis=1), classes.astype(np.intp), fills, LIGHT, 3.0)
    painter.end()
    seen = [image.pixelColor(int(a), int(b)).name().upper() for a, b in zip(x, y, strict=True)]
    expected = [
        LIGHT.class_colour(int(c)) if filled else LIGHT.panel for c, filled in zip(classes, is_train, strict=True)
    ]
    assert seen == expected


def test_scale_of_a_single_measured_target_has_two_ends() -> None:
    document = step_document()
    scale = output_scale(document, document.data.dataset, np.zeros(1))
    assert (scale.low, scale.high) == (0.0, 2.0)


def test_answers_go_with_the_last_layer(stage: Any) -> None:
    _, panel, frame = stage
    panel.show_frame(frame)
    assert not panel.map.frame.map._image.isNull()
    panel.show_document(empty_document())
    assert panel.map.frame.map._image.isNull()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.key)
def test_a_hundred_classes_differ_in_hue_or_marker(theme: Any) -> None:
    looks = {(theme.class_colour(k), marker(k, 4.0).elementCount(), repr(marker(k, 4.0))) for k in range(100)}
    assert len(looks) == 100
    assert len({theme.class_colour(k) for k in range(5)}) == 5
    shapes = [marker(k, 4.0) for k in range(5)]
    assert all(shapes[i] != shapes[j] for i in range(5) for j in range(i))


def test_the_shade_of_a_probability_is_that_of_the_winner() -> None:
    sure = np.array([0.4, 0.6, 0.9, 1.0])
    outputs = np.stack([sure, (1 - sure) / 2, (1 - sure) / 2])[:, None, :]
    pixels = class_pixels(outputs, LIGHT)[0, :, :3].astype(float)
    hue, zero = (
        np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)], float) for c in (LIGHT.class_colour(0), LIGHT.zero)
    )
    strength = ((pixels - zero) @ (hue - zero)) / ((hue - zero) @ (hue - zero))
    np.testing.assert_allclose(strength, 0.12 + 0.88 * (sure - 1 / 3) / (2 / 3), atol=0.01)


def test_contours_of_confidence_run_where_the_winner_has_nine_tenths() -> None:
    share = np.linspace(0, 1, 41)
    outputs = np.broadcast_to(np.stack([share, 1 - share])[:, None, :], (2, 41, 41))
    x = confidence_lines(outputs)[..., 0] / 40
    assert np.minimum(np.abs(x - 0.1), np.abs(x - 0.9)).max() < 1e-9
    assert not len(confidence_lines(3 * outputs))


def test_a_map_that_diverged_has_no_line_between_infinities() -> None:
    values = np.array([[np.inf, -np.inf, -1.0], [1.0, -1.0, np.nan], [1.0, -1.0, -1.0]])
    found = segments(values, 0.0)
    assert np.isfinite(found).all()
    assert len(found) >= 1


def test_points_as_far_as_numbers_go_have_pixels(qtbot: Any) -> None:
    view = MapView()
    qtbot.addWidget(view)
    view.resize(200, 200)
    with np.errstate(all="raise"):
        pixels = view.to_pixels(np.array([[-1.0, -1.0], [1e308, -1e308], [np.inf, 0.0]]))
    assert np.isfinite(pixels).all()
    assert pixels[0].tolist() == [view.square().left(), view.square().bottom()]


def test_the_bar_beside_the_map_has_room_for_its_numbers(qtbot: Any) -> None:
    frame = MapFrame()
    qtbot.addWidget(frame)
    frame.resize(280, 240)
    frame.show()
    frame.show_scale(Scale(0.0, 1.0))
    small = frame.bar.width()
    frame.show_scale(Scale(26_500.0, 37_200.0))
    assert frame.bar.width() >= QFontMetricsF(font("small")).horizontalAdvance("−10700")
    assert frame.bar.width() > small and frame.bar.geometry().right() < frame.width()
    assert frame.map.geometry().right() < frame.bar.x()
    frame.show_scale(Scale(0.0, 1.0))
    assert frame.bar.width() == small


def test_the_first_of_several_measured_targets_is_named_and_told() -> None:
    random = np.random.default_rng(0)
    dataset = Dataset(
        "two", "regression", random.normal(size=(20, 2)), random.normal(size=(20, 2)), ("a", "b"), ("u", "v")
    )
    document = make_document()
    assert legend_words(document, dataset, "train ●") == "u, the first of 2 · train ●"
    plane = Plane((0, 1), (-1.0, 1.0, -1.0, 1.0))
    assert answer_words(dataset, plane, (0.5, 0.25), np.array([0.125, 9.0])) == "a 0.5  b 0.25 → 0.125"
