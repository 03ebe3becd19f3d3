"""What every test of the window leaves behind as it was."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from dlviz.gui import letters
from dlviz.gui.theme import theme_signals
from dlviz.session.document import Document
from dlviz.session.presets import document_for
from tests.gui.robot import Robot, close_window, robot_at_window


@pytest.fixture(autouse=True)
def _usual_notation() -> Iterator[None]:
    """Write letters and numbers as usual again: they are those of the document shown last."""
    yield
    letters.use(Document().symbols)


@pytest.fixture
def robot_at_digits(qtbot: QtBot) -> Iterator[Robot]:
    """Give the window on the images of digits."""
    made = robot_at_window(qtbot)
    made.start()
    made.running.session.start_over(document_for("digits"), "Digits")
    made.settle()
    yield made
    close_window(made)
    theme_signals.use("light")
