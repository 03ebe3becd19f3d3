"""Test rows are hidden where a network answers them until somebody looks at the test, and once the run moves on."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from dlviz.core.errors import SpecError
from dlviz.gui.panels.inspector.card import Scene
from dlviz.gui.panels.inspector.facts import BUILDERS
from dlviz.gui.panels.output.panel import OutputPanel
from dlviz.gui.selection import Selected
from dlviz.gui.theme import LIGHT, theme_signals
from dlviz.gui.widgets.points import BARRED, FILLED, HOLLOW, UNSEEN, paint_points
from dlviz.gui.widgets.symbols import barred_symbol
from dlviz.session.edits import set_split
from dlviz.session.presets import document_for
from tests.gui.robot import LEFT, NONE, Robot, close_window, robot_at_window

HIDDEN = "Test rows are hidden until the test is unlocked."
Open = Callable[[str], Robot]


@pytest.fixture
def open_robot(qtbot: QtBot) -> Iterator[Open]:
    made: list[Robot] = []

    def opened(kind: str) -> Robot:
        robot = robot_at_window(qtbot)
        made.append(robot)
        robot.start_on_canvas()
        document = set_split(document_for(kind), validation=0.2, test=0.2)
        robot.running.session.start_over(document, "Data")
        robot.pause()
        robot.settle()
        return robot

    yield opened
    for robot in made:
        close_window(robot)
    theme_signals.use("light")


def output_of(robot: Robot) -> OutputPanel:
    panel = robot.panel("output")
    assert isinstance(panel, OutputPanel)
    return panel


def look(robot: Robot) -> None:
    robot.running.session.look_at_test()
    robot.wait(lambda: robot.frame.is_test_open)


def move_on(robot: Robot) -> None:
    at = robot.frame.step
    robot.running.session.step("batch")
    robot.wait(lambda: robot.frame.step > at)


def show(robot: Robot, page: str) -> None:
    views = output_of(robot).views
    index = next(k for k in range(views.count()) if views.tabData(k) == page)
    robot.bot.mouseClick(views, LEFT, NONE, views.tabRect(index).center())


def test_the_map_shows_them_barred_only_while_somebody_looks(open_robot: Open) -> None:
    robot = open_robot("moons")
    panel, test = output_of(robot), robot.running.session.prepared.test
    view, page = panel.map.frame.map, panel.map
    assert len(test)

    def fills() -> set[int]:
        assert view.points is not None
        return set(view.points.fills[test].tolist())

    assert fills() == {UNSEEN}
    assert page.hidden.isVisible() and page.hidden.text() == HIDDEN
    assert "Unlock test is under Data, split" in page.hidden.toolTip()
    assert "⊖" not in panel.info
    assert not any("test" in entry.name for entry in view.entries())
    look(robot)
    assert fills() == {BARRED}
    assert not page.hidden.isVisible() and "test ⊖" in panel.info
    assert sum(len(entry.parts) for entry in view.entries() if "test" in entry.name) == len(test)
    move_on(robot)
    assert fills() == {UNSEEN} and page.hidden.isVisible()


def test_a_hidden_point_cannot_be_clicked_and_has_no_ring(open_robot: Open) -> None:
    robot = open_robot("moons")
    view, prepared = output_of(robot).map.frame.map, robot.running.session.prepared
    pixels = view.to_pixels(prepared.dataset.inputs)
    others = np.setdiff1d(np.arange(prepared.dataset.n), prepared.test)
    alone = max(prepared.test.tolist(), key=lambda row: np.hypot(*(pixels[others] - pixels[row]).T).min())
    robot.window.context.selection.select_rows([alone], "a test row")
    before = view.grab().toImage()
    robot.window.context.selection.select_rows()
    assert view.grab().toImage() == before, "a ring would tell where it lies"

    def click() -> None:
        at = view.to_pixels(prepared.dataset.inputs[[alone]])[0]
        robot.bot.mouseClick(view, LEFT, NONE, QPoint(*np.round(at).astype(int).tolist()))

    click()
    assert alone not in robot.window.context.selection.rows
    look(robot)
    robot.window.context.selection.select_rows()
    robot.bot.wait(50)
    click()
    assert robot.window.context.selection.rows == {alone}


def test_the_curve_has_a_marker_of_its_own_for_them(open_robot: Open) -> None:
    robot = open_robot("sine")
    rows, prepared = output_of(robot).map.curve.rows, robot.running.session.prepared
    counts = [len(each.getData()[0]) for each in (rows.train, rows.dev, rows.test)]
    assert counts == [len(prepared.train), len(prepared.validation), 0]
    look(robot)
    x, _ = rows.test.getData()
    np.testing.assert_array_equal(np.sort(x), np.sort(prepared.dataset.inputs[prepared.test, 0]))
    assert rows.test.opts["symbol"] == barred_symbol("o")


def test_the_hidden_space_neither_draws_nor_copies_them(open_robot: Open) -> None:
    robot = open_robot("moons")
    show(robot, "hidden")
    page, prepared = output_of(robot).hidden, robot.running.session.prepared
    robot.wait(lambda: page.space is not None)

    def copied() -> set[int]:
        return {int(row[0]) - 1 for row in page.plotted_rows().rows}

    assert page.hidden.isVisible() and page.hidden.text() == HIDDEN
    assert not copied() & set(prepared.test.tolist())
    assert set(page.view._fills[prepared.test].tolist()) == {UNSEEN}
    look(robot)
    assert copied() >= set(prepared.test.tolist()) and not page.hidden.isVisible()
    assert set(page.view._fills[prepared.test].tolist()) == {BARRED}


def test_tools_leave_rows_alone_that_nobody_sees(open_robot: Open) -> None:
    robot = open_robot("moons")
    painting, session = output_of(robot).painting, robot.running.session
    robot.trigger("paint")
    painting.palette.tools.choose("erase")
    before = session.prepared.dataset.inputs[session.prepared.test]
    view = output_of(robot).map.frame.map
    for x, y in view.to_pixels(before).tolist():
        robot.bot.mouseClick(view, LEFT, NONE, QPoint(round(x), round(y)))
    np.testing.assert_array_equal(session.prepared.dataset.inputs[session.prepared.test], before)
    assert len(session.prepared.train) < 200


def test_the_inspector_does_not_tell_their_answer(open_robot: Open) -> None:
    robot = open_robot("moons")
    show(robot, "predictions")
    robot.wait(lambda: robot.frame.predictions is not None)
    session, row = robot.running.session, int(robot.running.session.prepared.test[0])

    def facts() -> list[str]:
        scene = Scene(Selected("sample", unit=row), session.document, session.dataset, robot.frame)
        return [fact.label for fact in BUILDERS["sample"](scene).facts]

    assert "output 1" not in facts()
    look(robot)
    robot.wait(lambda: robot.frame.predictions is not None)
    assert "output 1" in facts()


def test_walking_a_row_follows_the_same_lock(open_robot: Open) -> None:
    robot = open_robot("moons")
    session, row = robot.running.session, int(robot.running.session.prepared.test[0])
    with pytest.raises(SpecError, match="kept for the test"):
        session.check_row(row)
    look(robot)
    session.check_row(row)
    move_on(robot)
    with pytest.raises(SpecError, match="kept for the test"):
        session.check_row(row)


def test_without_test_rows_nothing_is_said(qtbot: QtBot) -> None:
    robot = robot_at_window(qtbot)
    robot.start_on_canvas()
    assert not output_of(robot).map.hidden.isVisible()
    close_window(robot)


def test_the_three_markers_differ_in_shape_also_without_colour(qapp: object) -> None:
    images = []
    for fill in (FILLED, HOLLOW, BARRED, UNSEEN):
        image = QImage(20, 20, QImage.Format.Format_RGB32)
        image.fill(0xFFFFFF)
        with QPainter(image) as painter:
            paint_points(painter, np.array([[10.0, 10.0]]), np.array([0]), np.array([fill]), LIGHT, 4.0)
        images.append(image.convertToFormat(QImage.Format.Format_Grayscale8))
    blank = QImage(20, 20, QImage.Format.Format_Grayscale8)
    blank.fill(255)
    assert len({bytes(image.constBits()) for image in images}) == 4
    assert images[3] == blank
