"""The page of plots: points, counts, classes and parts, with the numbers of NumPy, and rows selected by a click."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication

from dlviz.data.kind import classified, measured
from dlviz.data.prepare import prepare
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.data.study import gap_by_chance
from dlviz.gui import numbers
from dlviz.gui.panels.data.panel import DataPanel
from dlviz.gui.panels.data.plot_page import PlotPage
from dlviz.gui.theme import font
from dlviz.session.document import Document
from dlviz.session.edits import set_data, set_split
from dlviz.session.presets import document_for
from tests.guards import at_once
from tests.gui.panel_stage import make_context
from tests.gui.test_panel_data import choose


def page_for(qtbot: Any, document: Document, view: str = "points", width: int = 420) -> PlotPage:
    panel = DataPanel(make_context(document))
    qtbot.addWidget(panel)
    panel.resize(width, 640)
    panel.show()
    session = panel.context.session
    session.subscribe(lambda: panel.show_document(session.document))
    choose(panel.choice, "plot", qtbot)
    page: PlotPage = panel.shown
    choose(page.view, view, qtbot)
    settle(page, qtbot)
    return page


def settle(page: PlotPage, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: not page._job.is_running, timeout=5000)


def take(page: PlotPage, column: int, qtbot: Any) -> None:
    page.column.setCurrentIndex(column)
    page.column.activated.emit(column)
    settle(page, qtbot)


def iris() -> Document:
    return set_split(document_for("iris"), validation=0.2, test=0.1)


def shown_counts(page: PlotPage) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name, _, _, count in page.histogram.plotted().rows:
        found.setdefault(str(name), []).append(int(count))
    return found


def test_points_lie_at_the_chosen_columns_in_the_marker_of_their_class(qtbot: Any) -> None:
    page = page_for(qtbot, iris())
    page.axes.across.setCurrentIndex(2)
    page.axes.across.activated.emit(2)
    settle(page, qtbot)
    prepared = page.context.session.prepared
    rows = list(page.points.plotted().rows)
    parts = ("training rows", prepared.train), ("dev rows", prepared.validation), ("test rows", prepared.test)
    assert len(prepared.test)
    for index, name in enumerate(prepared.dataset.class_names):
        for part, places in parts:
            own = places[prepared.dataset.targets[places] == index]
            expected = sorted(map(tuple, prepared.dataset.inputs[own][:, [2, 1]].tolist()))
            assert sorted((x, y) for words, x, y in rows if words == f"{name}, {part}") == expected
    symbols = {page.points._items[index][0].opts["symbol"] for index in range(3)}
    assert len(symbols) == 3, "colour never stands alone"
    assert page.explained.text().startswith("Filled: training rows, hollow: dev rows, barred: test rows.")


def test_principal_components_are_axes_too_and_say_their_shares(qtbot: Any) -> None:
    page = page_for(qtbot, iris())
    names = [page.axes.across.itemText(k) for k in range(page.axes.across.count())]
    assert names[-2:] == ["PC 1", "PC 2"]
    assert "PC 1" not in page.explained.text()
    for chooser, name in ((page.axes.across, "PC 1"), (page.axes.up, "PC 2")):
        chooser.setCurrentIndex(names.index(name))
        chooser.activated.emit(names.index(name))
        settle(page, qtbot)
    prepared = page.context.session.prepared
    train = prepared.inputs[prepared.train]
    _, singular, right = np.linalg.svd(train - train.mean(axis=0), full_matrices=False)
    signs = np.sign([each[np.abs(each).argmax()] for each in right[:2]])
    wanted = (prepared.inputs - train.mean(axis=0)) @ (right[:2] * signs[:, None]).T
    found = [(x, y) for _, x, y in page.points.plotted().rows]
    np.testing.assert_allclose(np.sort(found, axis=0), np.sort(wanted, axis=0), atol=1e-8)
    share = numbers.percent(singular[0] ** 2 / np.sum(singular**2))
    assert f"PC 1 and PC 2 hold {share} and" in page.explained.text()


@pytest.mark.parametrize(
    ("kind", "axes"), [("wine", ("PC 1", "PC 2")), ("iris", ("sepal_length_cm", "sepal_width_cm"))]
)
def test_rows_of_many_inputs_are_first_seen_where_they_spread_most(
    qtbot: Any, kind: str, axes: tuple[str, str]
) -> None:
    page = page_for(qtbot, document_for(kind))
    assert (page.axes.across.currentText(), page.axes.up.currentText()) == axes


def test_two_inputs_have_no_other_axes(qtbot: Any) -> None:
    page = page_for(qtbot, document_for("moons"))
    assert page.axes.across.findText("PC 1") == -1


def test_a_target_can_be_an_axis_and_a_measured_one_shades_the_points(qtbot: Any) -> None:
    page = page_for(qtbot, document_for("sine"))
    dataset = page.context.session.dataset
    shown = sorted((x, y) for _, x, y in page.points.plotted().rows)
    assert shown == sorted(zip(dataset.inputs[:, 0].tolist(), dataset.targets[:, 0].tolist(), strict=True))
    colours = {pair[0].opts["brush"].color().name() for pair in page.points._items}
    assert len(colours) == len(page.points._items) == 6


def test_a_measured_target_is_shaded_after_a_set_of_more_classes_than_shades(qtbot: Any) -> None:
    page = page_for(qtbot, document_for("digits"))
    regression = document_for("diabetes")
    page.show_data(regression, prepare(regression.data))
    settle(page, qtbot)
    assert len(page.points._items) == 10
    assert len({filled.opts["brush"].color().name() for filled, *_ in page.points._items[:6]}) == 6


def test_counts_by_class_and_by_part_are_those_of_numpy(qtbot: Any) -> None:
    page = page_for(qtbot, iris(), "histogram")
    take(page, 3, qtbot)
    prepared = page.context.session.prepared
    values, edges = prepared.dataset.inputs[:, 3], page.histogram.drawn.counts.edges
    for index, name in enumerate(prepared.dataset.class_names):
        expected = np.histogram(values[prepared.dataset.targets == index], edges)[0]
        assert shown_counts(page)[name] == expected.tolist()
    choose(page.by, "part", qtbot)
    settle(page, qtbot)
    for name, rows in (("train", prepared.train), ("dev", prepared.validation), ("test", prepared.test)):
        assert shown_counts(page)[name] == np.histogram(values[rows], edges)[0].tolist()
    drawn = page.histogram._items[1][0].yData
    assert drawn.sum() == pytest.approx(1), "shares of the dev rows, so that parts of other sizes can be compared"


def test_balance_counts_classes_in_each_part(qtbot: Any) -> None:
    page = page_for(qtbot, iris(), "classes")
    prepared = page.context.session.prepared
    for place, rows in enumerate((prepared.train, prepared.validation, prepared.test)):
        expected = np.bincount(prepared.dataset.targets[rows], minlength=3)
        np.testing.assert_array_equal(page.balance.counts[:, place], expected)
    assert page.balance.names == prepared.dataset.class_names


def test_parts_that_are_alike_are_said_to_be(qtbot: Any) -> None:
    page = page_for(qtbot, iris(), "parts")
    settle(page, qtbot)
    assert page.verdict.text().startswith("The parts are alike")
    assert len(page.table.shown()) == 4 * 3, "every column between every two parts"
    assert "12 comparisons" in page.explained.text()


def test_a_shifted_dev_part_is_flagged_with_its_column(qtbot: Any) -> None:
    random = np.random.default_rng(2)
    inputs = random.normal(size=(300, 3))
    inputs[200:, 1] += 1.5
    dataset = measured("Shifted", inputs, random.normal(size=300), ("a", "b", "c"))
    spec = DataSpec("table", split=SplitSpec(validation=1 / 3, shuffle=False), dataset=dataset)
    page = page_for(qtbot, set_data(document_for("line"), spec), "parts")
    settle(page, qtbot)
    assert page.verdict.text() == "1 column differs between parts."
    worst = page.table.shown()[0]
    assert worst[0] == "≠ b" and worst[1] > worst[2]
    assert not any(str(cells[0]).startswith("≠") for cells in page.table.shown()[1:])
    qtbot.waitUntil(lambda: page.histogram.drawn is not None and page.column.currentText() == "b")
    page.table.taken.emit(2)
    settle(page, qtbot)
    assert page.column.currentText() == str(page.table.shown()[2][0])


def test_one_part_alone_has_nothing_to_be_compared_with(qtbot: Any) -> None:
    page = page_for(qtbot, set_split(document_for("moons"), validation=0.0), "parts")
    assert page.verdict.text().startswith("There is one part only")


def test_a_click_on_a_point_a_bin_or_a_class_selects_rows_everywhere(qtbot: Any) -> None:
    page = page_for(qtbot, iris())
    selection = page.context.selection
    page.points.clicked.emit(17)
    assert (selection.rows, selection.rows_words) == ({17}, "row 18")
    assert len(page.points._rings.getData()[0]) == 1
    choose(page.view, "histogram", qtbot)
    settle(page, qtbot)
    values, edges = page.context.session.dataset.inputs[:, 0], page.histogram.drawn.counts.edges
    at = page.histogram.mapFromScene(
        page.histogram.getViewBox().mapViewToScene(page.histogram.getViewBox().viewRect().center())
    )
    qtbot.mouseClick(page.histogram.viewport(), Qt.MouseButton.LeftButton, pos=at)
    number = int(np.searchsorted(edges, page.histogram.getViewBox().viewRect().center().x(), "right")) - 1
    inside = (values >= edges[number]) & (values < edges[number + 1])
    assert selection.rows == set(np.flatnonzero(inside).tolist())
    choose(page.view, "classes", qtbot)
    line = page.balance._line()
    qtbot.mouseClick(page.balance, Qt.MouseButton.LeftButton, pos=QPoint(20, line + line // 2))
    assert selection.rows == set(range(50, 100))
    assert selection.rows_words == "class versicolor: 50 rows"


def test_bars_of_classes_are_reached_by_keyboard(qtbot: Any) -> None:
    page = page_for(qtbot, iris(), "classes")
    page.balance.setFocus()
    qtbot.keyClick(page.balance, Qt.Key.Key_Down)
    qtbot.keyClick(page.balance, Qt.Key.Key_Return)
    assert page.context.selection.rows_words == "class versicolor: 50 rows"


@pytest.mark.parametrize(
    ("view", "heading", "lines"),
    [("points", "line,x,y", 150), ("histogram", "rows,from,to,count", None), ("classes", "class,train,dev,test", 3),
     ("parts", "column,parts,gap,limit", 12)],
)  # fmt: skip
def test_every_view_is_copied(qtbot: Any, view: str, heading: str, lines: int | None) -> None:
    page = page_for(qtbot, iris(), view)
    settle(page, qtbot)
    dict(page.offers())["Copy as CSV"]()
    written = QGuiApplication.clipboard().text().splitlines()
    assert written[0] == heading
    assert lines is None or len(written) == lines + 1


def test_a_double_click_shows_all_of_a_zoomed_plot_again(qtbot: Any) -> None:
    page = page_for(qtbot, iris())
    box = page.points.getViewBox()
    before = box.viewRect()
    box.scaleBy((0.2, 0.2))
    assert box.viewRect().width() < 0.5 * before.width()
    qtbot.mouseDClick(page.points.viewport(), Qt.MouseButton.LeftButton, pos=page.points.rect().center())
    assert box.viewRect().width() == pytest.approx(before.width())


def test_many_rows_and_columns_stall_nothing(qtbot: Any) -> None:
    random = np.random.default_rng(1)
    inputs = random.normal(size=(20_000, 200))
    rows = classified("Many", inputs, np.arange(20_000) % 10, tuple("abcdefghij"))
    spec = DataSpec("table", split=SplitSpec(validation=0.2), dataset=rows)
    page = page_for(qtbot, set_data(document_for("blobs"), spec))
    for view in ("histogram", "classes", "parts", "points", "parts"):
        with at_once(2.0):
            choose(page.view, view, qtbot)
    qtbot.waitUntil(lambda: page._compared is not None, timeout=20_000)


def test_data_that_change_many_times_a_second_are_worked_out_once_they_rest(qtbot: Any) -> None:
    random = np.random.default_rng(1)
    rows = classified("Many", random.normal(size=(20_000, 200)), np.arange(20_000) % 2, ("a", "b"))
    page = page_for(qtbot, set_data(document_for("moons"), DataSpec("table", dataset=rows)), "parts")
    session = page.context.session
    for share in (0.1, 0.15, 0.2, 0.25, 0.3):
        document = set_split(session.document, validation=share)
        session.prepared = prepare(document.data)
        with at_once(2.0):
            page.show_data(document, session.prepared)
        qtbot.wait(10)
    qtbot.waitUntil(lambda: page._compared is not None and not page._job.is_running, timeout=30_000)
    allowed = page._compared.comparisons[0].allowed
    assert allowed == pytest.approx(gap_by_chance(14_000, 6_000, 200)), "of the split that came last"


def test_names_of_columns_are_whole_in_the_narrowest_panel(qtbot: Any) -> None:
    page = page_for(qtbot, iris(), width=256)
    assert page.axes.is_column and page.axes.across.shown_text() == "sepal_length_cm"
    page.window().resize(700, 500)
    qtbot.waitUntil(lambda: not page.axes.is_column)
    page.window().resize(256, 500)
    page.view.setCurrentIndex(1)
    settle(page, qtbot)
    qtbot.waitUntil(lambda: page.column.shown_text() == "sepal_length_cm")


def test_a_measured_target_has_no_classes_to_show(qtbot: Any) -> None:
    page = page_for(qtbot, iris(), "classes")
    page.context.session.start_over(document_for("sine"), "Sine")
    page.show_data(page.context.session.document, page.context.session.prepared)
    settle(page, qtbot)
    assert page.view.key() == "histogram" and not page.view.isTabVisible(2)
    assert page.by.tabText(0) == "all rows"


def test_images_begin_with_the_pixel_that_varies_most(qtbot: Any) -> None:
    page = page_for(qtbot, document_for("digits"), width=256)
    inputs = page.context.session.dataset.inputs
    assert page.column.currentIndex() == inputs[:2000].std(axis=0).argmax()
    assert page.legend.lines() == 2, "ten classes have room in two lines"
    metrics = QFontMetrics(font("small"))
    needed = sum(metrics.horizontalAdvance(name) + page.legend.air() for name in "0123456789")
    assert needed <= 2 * page.legend.width()
