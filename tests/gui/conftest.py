"""What every test of the window leaves behind as it was."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from dlviz.gui import letters
from dlviz.gui.theme import theme_signals
from dlviz.session.document import Document
from dlviz.session.presets import document_for
from tests.gui.robot import Robot, close_window, robot_at_window
from tests.gui.walker import Walker


@pytest.fixture(autouse=True)
def _usual_notation() -> Iterator[None]:
    """Write letters and numbers as usual again: they are those of the document shown last."""
    yield
    letters.use(Document().symbols)


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    """Give the window before it is started."""
    made = robot_at_window(qtbot)
    yield made
    close_window(made)
    theme_signals.use("light")


@pytest.fixture
def robot_on_canvas(robot: Robot) -> Robot:
    """Give the window with the keyboard on its canvas."""
    return robot.start_on_canvas()


@pytest.fixture
def robot_on_paused_canvas(robot_on_canvas: Robot) -> Robot:
    """Give the window with the keyboard on its canvas, and a run that stands."""
    robot_on_canvas.pause()
    return robot_on_canvas


@pytest.fixture
def robot_at_race(robot: Robot) -> Robot:
    """Give the window on a race that stands at its start."""
    robot.start("optimizers")
    robot.window.run._try("pause")
    robot.wait(lambda: robot.window.context.race.race is not None)
    return robot


@pytest.fixture
def robot_at_digits(robot: Robot) -> Robot:
    """Give the window on the images of digits."""
    robot.start()
    robot.running.session.start_over(document_for("digits"), "Digits")
    robot.settle()
    return robot


@pytest.fixture
def walker(robot: Robot) -> Walker:
    """Give somebody who walks examples in the window."""
    return Walker(robot)
