"""The page of scaling: before and after in numbers, points and loss, by the training rows alone, and switched off."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QScrollArea

from dlviz.data.kind import measured
from dlviz.data.prepare import prepare
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.data.study import bowl_of
from dlviz.gui.panels.data.bowl import descent
from dlviz.gui.panels.data.panel import DataPanel
from dlviz.gui.panels.data.scale_page import WIDE, ScalePage
from dlviz.session.document import Document
from dlviz.session.edits import set_data, set_scaling
from dlviz.session.network_presets import salaries
from dlviz.session.presets import document_for
from tests.gui.panel_stage import make_context
from tests.gui.robot import Robot
from tests.gui.test_panel_data import choose
from tests.unit.data.test_study import example, rows_62


@pytest.fixture
def robot(robot_on_canvas: Robot) -> Robot:
    return robot_on_canvas


def page_for(qtbot: Any, document: Document, width: int = 500) -> ScalePage:
    panel = DataPanel(make_context(document))
    qtbot.addWidget(panel)
    panel.resize(width, 600)
    panel.show()
    session = panel.context.session
    session.subscribe(lambda: panel.show_document(session.document))
    choose(panel.choice, "scale", qtbot)
    page: ScalePage = panel.shown
    settle(page, qtbot)
    return page


def settle(page: ScalePage, qtbot: Any) -> None:
    """Wait until the thread has answered for the data on show."""
    qtbot.waitUntil(lambda: not page._job.is_running and page.scaled is not None, timeout=5000)


def scale(page: ScalePage, kind: str, qtbot: Any) -> None:
    choose(page.scaling, kind, qtbot)
    settle(page, qtbot)


def rows_of(inputs: np.ndarray, targets: np.ndarray, **split: Any) -> Document:
    spec = DataSpec("table", split=SplitSpec(**split), dataset=measured("Rows", inputs, targets))
    return set_data(document_for("line"), spec)


def numbers_in(table: Any) -> np.ndarray:
    return np.array([cells[1:] for cells in sorted(table.shown())], dtype=float)


def test_before_and_after_are_those_of_example_62(qtbot: Any) -> None:
    expected, rows = example("EX-62")["expected"], rows_62()
    page = page_for(qtbot, rows_of(rows, rows[:, 0]))
    scale(page, "standard", qtbot)
    before, after = (numbers_in(table) for table in page.tables[:2])
    np.testing.assert_allclose(before[:, 0], np.ravel(expected["mean"]), rtol=1e-10)
    np.testing.assert_allclose(before[:, 1], np.ravel(expected["sigma"]), rtol=1e-10)
    np.testing.assert_allclose(after[:, :2], [[0, 1], [0, 1]], atol=1e-12)
    _, points = page.scaled.points
    np.testing.assert_allclose(points.T, expected["normalised"], rtol=1e-10)


def test_conditions_of_example_62_are_printed_with_the_largest_stable_rates(qtbot: Any) -> None:
    expected, rows = example("EX-62")["expected"], rows_62()
    page = page_for(qtbot, rows_of(rows, rows[:, 0]))
    choose(page.view, "loss", qtbot)
    said = [titled.said.text() for titled in page.named[2:]]
    raw, scaled = page.scaled.bowls
    assert raw.condition == pytest.approx(expected["condition_number_raw"], rel=1e-9)
    assert scaled.condition == pytest.approx(expected["condition_number_normalised"], rel=1e-10)
    assert said[0].startswith(f"condition {page.context.number(raw.condition)} · largest stable rate")
    assert said[1].endswith(page.context.number(scaled.largest_rate))
    assert all(len(plot.rings[-1].xData) > 100 for plot in page.bowls)
    assert page.named[3].title.text() == "standard", "what standard scaling would do, though nothing is scaled yet"


def test_it_is_measured_on_training_rows_alone_and_said(qtbot: Any) -> None:
    inputs = np.arange(40, dtype=float).reshape(20, 2)
    inputs[10:] += 1000
    document = rows_of(inputs, inputs[:, 0], validation=0.5, shuffle=False)
    page = page_for(qtbot, set_scaling(document, "standard"))
    np.testing.assert_allclose(numbers_in(page.tables[0])[:, 0], inputs[:10].mean(axis=0))
    assert numbers_in(page.tables[2])[0, 0] > 50
    assert "Measured on the 10 training rows alone." in page.applied.text()


def test_min_max_shows_what_it_is_made_of_where_there_is_little_room(qtbot: Any) -> None:
    page = page_for(qtbot, document_for("wine"), width=256)
    assert [column.title for column in page.tables[0].numbers.columns] == ["input", "mean", "std"]
    scale(page, "minmax", qtbot)
    assert [column.title for column in page.tables[0].numbers.columns] == ["input", "min", "max"]
    np.testing.assert_allclose(numbers_in(page.tables[1]), np.tile([0.0, 1.0], (13, 1)), atol=1e-12)


def test_it_is_switched_off(qtbot: Any) -> None:
    page = page_for(qtbot, document_for("wine"))
    scale(page, "none", qtbot)
    session = page.context.session
    assert session.document.data.scaling == "none"
    np.testing.assert_array_equal(session.prepared.inputs, session.dataset.inputs)
    assert page.applied.text() == "Inputs are used as they are."


def test_points_are_those_of_the_chosen_inputs(qtbot: Any) -> None:
    page = page_for(qtbot, document_for("iris"))
    choose(page.view, "points", qtbot)
    page.axes.up.setCurrentIndex(3)
    page.axes.up.activated.emit(3)
    settle(page, qtbot)
    shown = page.points[0].plotted().rows
    prepared = page.context.session.prepared
    found = sorted((x, y) for _, x, y in shown)
    assert found == sorted(map(tuple, prepared.dataset.inputs[:, [0, 3]].tolist()))
    names = {name for name, _, _ in shown}
    assert "setosa, training rows" in names and "virginica, dev rows" in names


def test_a_single_input_shares_its_bowl_with_the_bias(qtbot: Any) -> None:
    x = np.array([1.0, 2.0, 3.0, 6.0])
    page = page_for(qtbot, rows_of(x[:, None], 2 * x + 1))
    assert page.axes.up.currentText() == "bias"
    np.testing.assert_allclose(page.scaled.bowls[0].lowest, [2, 1], rtol=1e-10)


def test_inputs_that_are_always_zero_have_a_flat_bowl_and_a_descent_that_stays() -> None:
    """Pixels in the corner of every digit."""
    flat = bowl_of(np.zeros((5, 2)), np.arange(5.0))
    with np.errstate(all="raise"):
        way = descent(flat, np.array([1.0, -2.0]))
    assert (way == [1, -2]).all()


def test_everything_is_copied(qtbot: Any) -> None:
    page = page_for(qtbot, document_for("iris"))
    dict(page.offers())["Copy as CSV"]()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "rows,input,mean,std,min,max"
    assert len(lines) == 1 + 3 * 4


def test_raw_salaries_drive_the_network_to_infinity_and_scaled_ones_are_learnt(robot: Robot) -> None:
    session = robot.running.session
    session.new(salaries())
    panel = robot.panel("data")
    choose(panel.choice, "scale", robot.bot)
    assert session.document.data.scaling == "none"
    losses = []
    for step in (1, 2):
        session.step("batch")
        robot.wait(lambda step=step: robot.frame.step == step and robot.frame.curves is not None)
        losses.append(float(robot.frame.curves.batch_mean[-1]))
    assert losses[0] == pytest.approx(27291.04, rel=1e-9)
    assert losses[1] == pytest.approx(7.7e17, rel=0.01)
    choose(panel.shown.scaling, "standard", robot.bot)
    session.reset()
    for _ in range(60):
        session.step("epoch")
    robot.wait(lambda: robot.frame.epoch >= 60)
    assert robot.frame.train_loss is not None and robot.frame.train_loss < 0.05


def test_many_inputs_scroll_in_all_tables_at_once_and_in_nothing_else(qtbot: Any) -> None:
    page = page_for(qtbot, document_for("digits"), width=256)
    page.resize(256, 500)
    assert not page.findChildren(QScrollArea), "a table that scrolls stands in nothing that scrolls"
    bars = [table.verticalScrollBar() for table in page.tables]
    qtbot.waitUntil(lambda: bars[0].maximum() > 0)
    spread = page.context.session.dataset.inputs[:2000].std(axis=0)
    assert sorted(spread[list(page.axes.columns)]) == sorted(spread)[-2:], "pixels of a corner are all 0"
    bars[1].setValue(30)
    assert [bar.value() for bar in bars] == [30, 30, 30]
    few = page_for(qtbot, document_for("moons"), width=256)
    few.resize(256, 700)
    qtbot.waitUntil(lambda: all(table.verticalScrollBar().maximum() == 0 for table in few.tables))
    assert few.tables[0].height() < 120, "no higher than its rows"


def test_another_width_before_the_thread_has_answered_shows_no_numbers_of_other_inputs(qtbot: Any) -> None:
    page = page_for(qtbot, document_for("line"), width=300)
    assert page.width() < WIDE
    more = document_for("iris")
    page.show_data(more, prepare(more.data))
    page.window().resize(700, 600)
    assert page.width() >= WIDE
    settle(page, qtbot)
    assert len(page.tables[0].shown()) == 4
