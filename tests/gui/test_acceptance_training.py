"""Editing while the network trains: the window stays alive and marks what was changed."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from dlviz.gui.panels.data.settings import DataSettings
from dlviz.gui.widgets.chip import Popup
from tests.gui.robot import CONTROL, LEFT, NONE, Key, Robot, no_stall

DIGITS_SECONDS = 10.0


def trains_on(robot: Robot) -> None:
    """Wait until the run has gone on under the present document without a message."""
    step = robot.settle().step
    robot.wait(lambda: robot.frame.state == "running" and robot.frame.step > step + 20)
    assert robot.message() == ""


def test_edit_while_training(robot: Robot) -> None:
    robot.start_on_canvas()
    trains_on(robot)
    with no_stall():
        for kind in ("plus", "plus", "minus"):
            robot.click_caption(kind, "h1")
            trains_on(robot)
        robot.click_caption("title", "h2")
        robot.choose_in_menu("Activation", "ReLU")
        trains_on(robot)
        change_rate(robot, "0.05")
        trains_on(robot)
        noise = robot.window.findChild(DataSettings).sliders["noise"].slider
        robot.drag_slider(noise, [0.1, 0.3, 0.5, 0.7, 0.6, 0.4])
        trains_on(robot)
        robot.pause()
    document = robot.running.session.document
    assert document.network.layers[0].settings["units"] == 5
    assert document.network.layers[1].settings["activation"].kind == "relu"
    assert document.training.optimizer.settings["lr"] == 0.05
    assert document.data.settings["noise"] > 0.05
    assert len(robot.frame.marks) >= 6, robot.frame.marks
    assert [mark.step for mark in robot.frame.marks] == sorted(mark.step for mark in robot.frame.marks)


def change_rate(robot: Robot, words: str) -> None:
    """Open the chip of the learning rate, type another one, and leave the form."""
    robot.click(robot.window.tools.chips.lr)
    popup = robot.window.findChild(Popup)
    robot.wait(popup.isVisible)
    field = popup.findChild(QLineEdit)
    field.setFocus()
    field.selectAll()
    robot.bot.keyClicks(field, words)
    robot.bot.keyClick(field, Key.Key_Return)
    robot.wait(lambda: robot.running.session.document.training.optimizer.settings["lr"] == float(words))
    popup.close()
    robot.wait(lambda: QApplication.activePopupWidget() is None)


def test_one_drag_is_one_undo(robot: Robot) -> None:
    robot.start_on_canvas()
    trains_on(robot)
    before = robot.running.session.document
    noise = robot.window.findChild(DataSettings).sliders["noise"].slider
    robot.drag_slider(noise, [0.2, 0.4, 0.6, 0.8, 0.5])
    assert robot.running.session.document != before
    robot.key(Key.Key_Z, CONTROL)
    assert robot.running.session.document == before
    assert not robot.running.session.can_undo


def test_every_data_set_of_the_panel_trains(robot: Robot) -> None:
    robot.start_on_canvas()
    with no_stall():
        for title in ("Two moons", "Spiral", "Blobs", "XOR", "Two circles"):
            robot.choose_thumbnail(title)
            trains_on(robot)


def choose_table(robot: Robot, key: str) -> None:
    """Choose a table of the data panel by keyboard."""
    tables: QComboBox = robot.panel("data").page("set").tables
    tables.setFocus()
    robot.key(Key.Key_Home)
    for _ in range(tables.count()):
        if robot.running.session.document.data.kind == key:
            return
        robot.key(Key.Key_Down)
    assert robot.running.session.document.data.kind == key


@pytest.mark.slow
def test_digits_reach_95_percent_in_ten_seconds_of_training(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.pause()
    with no_stall():
        choose_table(robot, "digits")
        robot.view.setFocus()
        robot.settle()
        robot.key(Key.Key_Space)
        robot.wait(lambda: robot.frame.state == "running")
        robot.wait(lambda: (robot.frame.validation_score or 0.0) >= 0.95, seconds=4 * DIGITS_SECONDS)
    robot.pause()
    assert robot.frame.step / robot.window.run.rate < DIGITS_SECONDS, "at the default speed"
    robot.bot.mouseClick(robot.view.viewport(), LEFT, NONE, QPoint(4, 4))
