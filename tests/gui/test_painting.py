"""Painting in the real window: by pointer and keys, on map and curve, while training runs; a stroke is one Undo."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from dlviz.data.dataset import Dataset
from dlviz.gui.panels.output.ground import Place, to_pixel
from dlviz.gui.panels.output.paint import Painting
from dlviz.gui.theme import theme_signals
from dlviz.session.presets import document_for
from tests.gui.robot import LEFT, NONE, SHIFT, Key, Robot, close_window, no_stall, robot_at_window


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    yield made.start()
    close_window(made)
    theme_signals.use("light")


def painting_of(robot: Robot) -> Painting:
    made: Painting = robot.panel("output").painting  # type: ignore[attr-defined]
    return made


def take(robot: Robot, tool: str, target: int = 0) -> Painting:
    painting = painting_of(robot)
    if not painting.is_on:
        robot.trigger("paint")
    assert painting.palette.isVisible()
    painting.palette.tools.choose(tool)
    painting.palette.classes.setCurrentIndex(target)
    robot.bot.wait(20)
    return painting


def pixel(robot: Robot, place: Place) -> QPoint:
    painting = painting_of(robot)
    return to_pixel(painting._grounds[painting._view], place).toPoint()


def drag(robot: Robot, *places: Place) -> None:
    """Press at the first place, pass the others and let go at the last."""
    painting = painting_of(robot)
    widget = painting._grounds[painting._view].mouse
    robot.bot.mousePress(widget, LEFT, NONE, pixel(robot, places[0]))
    for place in places[1:]:
        robot.bot.mouseMove(widget, pixel(robot, place))
        robot.bot.wait(30)
    robot.bot.mouseRelease(widget, LEFT, NONE, pixel(robot, places[-1]))


def rows(robot: Robot) -> Dataset:
    return robot.running.session.dataset


def test_nothing_is_painted_until_it_is_switched_on(robot: Robot) -> None:
    before = rows(robot)
    painting = painting_of(robot)
    assert not painting.palette.isVisible()
    drag(robot, (0.9, 0.9), (0.5, 0.9))
    assert rows(robot) is before


def test_a_point_put_while_training_runs_is_trained_and_undone(robot: Robot) -> None:
    robot.wait(lambda: robot.frame.step > 20 and robot.frame.state == "running")
    n, run = rows(robot).n, robot.frame.runs[-1].uid
    take(robot, "put", 1)
    with no_stall():
        drag(robot, (0.9, -0.9))
        at = robot.frame.step
        robot.wait(lambda: robot.frame.step > at + 30)
    assert robot.frame.state == "running"
    assert robot.frame.runs[-1].uid == run, "it is the same run"
    assert rows(robot).n == n + 1
    assert rows(robot).inputs[-1] == pytest.approx([0.9, -0.9], abs=0.02)
    assert rows(robot).targets[-1] == 1
    assert n in robot.running.session.prepared.train
    assert robot.running.session.document.data.kind == "table"
    assert [mark.label for mark in robot.frame.marks] == ["Put a point"]
    robot.trigger("undo")
    assert rows(robot).n == n
    robot.wait(lambda: robot.frame.document.data.kind == "circles")


def test_a_stroke_of_the_brush_is_one_undo_and_one_mark(robot: Robot) -> None:
    robot.wait(lambda: robot.frame.step > 20)
    before = rows(robot)
    take(robot, "brush", 1)
    drag(robot, *[(x, 0.9) for x in np.linspace(-0.9, 0.9, 19)])
    robot.bot.wait(200)
    added = rows(robot).inputs[before.n :]
    assert len(added) >= 30
    assert np.abs(added[:, 1] - 0.9).max() < 0.2
    assert (rows(robot).targets[before.n :] == 1).all()
    robot.wait(lambda: bool(robot.frame.marks))
    assert {mark.label for mark in robot.frame.marks} == {"Brush points"}
    assert len(robot.frame.marks) == 1
    robot.trigger("undo")
    np.testing.assert_array_equal(rows(robot).inputs, before.inputs)
    robot.trigger("redo")
    np.testing.assert_array_equal(rows(robot).inputs[before.n :], added)


def test_points_are_erased_relabelled_and_moved(robot: Robot) -> None:
    painting = take(robot, "erase")
    before = rows(robot)
    x, y = before.inputs[5].tolist()
    drag(robot, (x, y))
    assert rows(robot).n < before.n
    assert not (rows(robot).inputs == before.inputs[5]).all(axis=1).any()
    at = rows(robot).inputs[7].copy()
    other = 1 - int(rows(robot).targets[7])
    take(robot, "label", other)
    drag(robot, (at[0], at[1]))
    assert rows(robot).targets[7] == other
    take(robot, "move")
    drag(robot, (at[0], at[1]), (0.1, 0.95), (0.0, 1.0))
    moved = rows(robot).inputs
    assert np.abs(moved - [0.0, 1.0]).max(axis=1).min() < 0.03
    painting.palette.finish.click()
    assert not painting.palette.isVisible()


def test_everything_can_be_done_by_keys(robot: Robot) -> None:
    painting = take(robot, "put", 1)
    ground = painting._grounds["map"]
    ground.keys.setFocus()
    n = rows(robot).n
    robot.key(Key.Key_Right, SHIFT, times=4)
    robot.key(Key.Key_Up, times=3)
    robot.key(Key.Key_Return)
    x0, x1, y0, y1 = ground.extent()
    wanted = [(x0 + x1) / 2 + 0.4 * (x1 - x0), (y0 + y1) / 2 + 0.03 * (y1 - y0)]
    assert rows(robot).inputs[n] == pytest.approx(wanted)
    painting.palette.tools.choose("move")
    robot.key(Key.Key_Return)
    robot.key(Key.Key_Left, SHIFT)
    robot.key(Key.Key_Return)
    assert rows(robot).inputs[n] == pytest.approx([wanted[0] - 0.1 * (x1 - x0), wanted[1]])
    robot.key(Key.Key_Delete)
    assert rows(robot).n <= n


def test_a_curve_is_painted_by_its_height(robot: Robot) -> None:
    robot.running.session.start_over(document_for("line"), "Data")
    robot.settle()
    take(robot, "put")
    before = rows(robot)
    ground = painting_of(robot)._grounds["curve"]
    x0, x1, y0, y1 = ground.extent()
    place = (x0 + 0.75 * (x1 - x0), y0 + 0.25 * (y1 - y0))
    drag(robot, place)
    after = rows(robot)
    assert (after.inputs[-1, 0], after.targets[-1, 0]) == pytest.approx(place, abs=0.02)
    assert after.n == before.n + 1
    assert ground.extent() == pytest.approx((x0, x1, y0, y1)), "the ground stays under the hand"
    assert "relabel" not in [painting_of(robot).palette.tools.list.itemText(k) for k in range(4)]


def test_data_of_many_inputs_say_why_they_cannot_be_painted(robot: Robot) -> None:
    robot.running.session.start_over(document_for("iris"), "Data")
    robot.settle()
    robot.trigger("paint")
    assert robot.message() == (
        "Painting is for two inputs, or for one input and one measured value; these data have 4 inputs."
    )
    assert not painting_of(robot).palette.isVisible()


def test_erasing_everything_is_refused_in_a_sentence(robot: Robot) -> None:
    robot.running.session.start_over(document_for("and"), "Data")
    robot.settle()
    take(robot, "erase")
    for corner in ((0, 0), (0, 1), (1, 0), (1, 1)):
        drag(robot, corner)
    assert rows(robot).n == 1
    assert "Expected at least one row to train on" in robot.message()


def test_the_menu_over_the_map_offers_it(robot: Robot) -> None:
    panel = robot.panel("output")
    assert [title for title, _ in panel.offers(None)] == ["Copy as CSV", "Paint points"]
    take(robot, "put")
    assert [title for title, _ in panel.offers(None)][1] == "Stop painting"


@pytest.mark.parametrize("kind", ["circles", "moons"])
def test_another_document_puts_the_tools_away(robot: Robot, kind: str) -> None:
    take(robot, "put", 1)
    drag(robot, (0.9, -0.9))
    robot.trigger("undo")
    assert painting_of(robot).is_on, "undo is part of the work"
    robot.running.session.new(document_for(kind))
    robot.settle()
    assert not painting_of(robot).is_on
    assert not painting_of(robot).palette.isVisible()
