"""Dragging the canvas moves a picture of it: the same pixels as drawn anew, and the last frame once it rests."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from dlviz.core.network import NetworkSpec, dense
from dlviz.gui.editor.view import CanvasView
from dlviz.session.document import Document
from tests.gui.robot import NONE, Robot, close_window, robot_at_window

MIDDLE = Qt.MouseButton.MiddleButton
FROM = QPoint(40, 300)


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    made.start_on_canvas()
    made.running.session.new(Document(network=NetworkSpec((dense("h", 40, "tanh"), dense("o", 1, "tanh")))))
    made.wait(lambda: len(made.frame.document.network.layers) == 2 and made.frame.parameters is not None)
    yield made
    close_window(made)


def dragged(robot: Robot, to: QPoint) -> CanvasView:
    """Press in an empty corner and move, with the button held."""
    view = robot.view
    robot.bot.mousePress(view.viewport(), MIDDLE, NONE, FROM)
    for part in (0.3, 0.6, 1.0):
        robot.bot.mouseMove(view.viewport(), FROM + (to - FROM) * part)
    return view


def pixels(view: CanvasView) -> np.ndarray:
    image = view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)


@pytest.mark.parametrize("way", [QPoint(60, 25), QPoint(-130, -40)], ids=str)
def test_the_picture_that_is_dragged_is_what_would_be_drawn_there(robot: Robot, way: QPoint) -> None:
    robot.settle()
    view = dragged(robot, FROM + way)
    assert view.is_dragged
    moved = pixels(view)
    view._end_drag()
    assert not view.is_dragged
    drawn = pixels(view)
    robot.bot.mouseRelease(view.viewport(), MIDDLE, NONE, FROM + way)
    assert drawn.std() > 5
    assert np.mean(np.abs(moved - drawn).max(axis=2) > 24) < 0.002  # edges may lie a fraction of a pixel apart


def test_far_drags_take_another_picture_and_frames_come_once_it_rests(robot: Robot) -> None:
    panel = robot.panel("canvas")
    robot.running.session.play("batch")
    view = dragged(robot, FROM + QPoint(20, 0))
    first, width = view._still, view.viewport().width()
    robot.bot.mouseMove(view.viewport(), FROM + QPoint(round(0.8 * width), 0))
    assert view.is_dragged and view._still is not first
    assert view._still is not None and view._still.covers(view)
    shown = panel.state.frame
    robot.wait(lambda: not view.is_dragged)  # though the button is held
    robot.wait(lambda: panel.state.frame is not shown)
    robot.bot.mouseMove(view.viewport(), FROM + QPoint(30, 0))
    assert view.is_dragged
    robot.bot.mouseRelease(view.viewport(), MIDDLE, NONE, FROM + QPoint(30, 0))
    assert not view.is_dragged


def test_a_zoom_in_the_middle_of_a_drag_is_drawn_at_once(robot: Robot) -> None:
    view = dragged(robot, FROM + QPoint(40, 10))
    assert view.is_dragged
    view.zoom(1.2)
    assert not view.is_dragged
    robot.bot.mouseRelease(view.viewport(), MIDDLE, NONE, FROM + QPoint(40, 10))
