"""At the smallest size that the window is for, no word and no number is cut, whatever the theme, while it learns."""

import math
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from dlviz.gui.selection import Selected
from dlviz.gui.theme import THEMES, theme_signals
from dlviz.gui.widgets.text import Elided
from tests.gui.robot import Key, Robot, close_window, robot_at_window

ROUNDING = 1  # pixels


@pytest.fixture(params=THEMES)
def robot(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Robot]:
    made = robot_at_window(qtbot, (1280, 720))
    theme_signals.use(request.param)
    yield made.start()
    close_window(made)
    theme_signals.use("light")


def is_cut(widget: QLabel | QAbstractButton) -> bool:
    """Whether words have less room than they need; a text that gives way may be its short form."""
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.heightForWidth(widget.width()) > widget.height() + ROUNDING
    short = widget.short() if isinstance(widget, Elided) else ""
    needed = widget.fontMetrics().horizontalAdvance(short) if short else widget.sizeHint().width()
    return needed > widget.width() + ROUNDING


def cut_words(robot: Robot) -> list[str]:
    """Return the words that can be seen only in part."""
    written = (*robot.window.findChildren(QLabel), *robot.window.findChildren(QAbstractButton))
    return [each.text() for each in written if each.isVisible() and each.text() and is_cut(each)]


def assert_nothing_is_cut(robot: Robot) -> None:
    """Wait for the layout that a number of another length asks for, then fail with the words that are cut."""

    def is_whole() -> None:
        assert cut_words(robot) == []

    robot.bot.waitUntil(is_whole, timeout=3000)


def test_nothing_is_cut_at_the_first_start(robot: Robot) -> None:
    robot.wait(lambda: robot.frame.step > 50)
    assert_nothing_is_cut(robot)


def test_two_small_losses_and_a_choice_have_room_in_the_heading(robot: Robot) -> None:
    panel = robot.panel("curves")
    robot.wait(lambda: robot.frame.step > 5)
    robot.pause()
    for text, words in ((panel.train, "train 1.49×10⁻⁵"), (panel.dev, "dev 1.84×10⁻¹⁰")):
        text.setText(words)
        text.updateGeometry()
    assert_nothing_is_cut(robot)


@pytest.mark.parametrize("kind", ["link", "unit"])
def test_nothing_is_cut_beside_the_inspector_at_small_losses(robot: Robot, kind: str) -> None:
    layer = robot.running.session.document.network.layers[0].id
    robot.key(Key.Key_Escape)
    robot.window.context.selection.select(
        Selected("link", layer, 1, "x", 0) if kind == "link" else Selected("unit", layer, 1)
    )
    robot.window.run.use_rate(math.inf)
    panel = robot.panel("curves")
    robot.wait(lambda: "×10" in panel.train.text(), seconds=60)
    assert_nothing_is_cut(robot)


@pytest.mark.parametrize(
    "example", ["example", "through_time", "and", "map", "shared", "sheet_softmax", "softmax_three"]
)
def test_nothing_is_cut_at_any_step_of_a_walk(robot: Robot, example: str) -> None:
    robot.trigger(f"learn_{example}")
    robot.window.use_workspace("step")
    robot.wait(lambda: robot.frame.document is robot.running.session.document and robot.frame.peek is not None)
    robot.window.docks.open("inspector")
    steps = len(robot.frame.peek.steps)
    for place in range(1, steps + 1, max(steps // 5, 1)):
        robot.running.session.walk_to(place)
        robot.wait(lambda: robot.frame.cursor == place)  # noqa: B023  waited for before the next
        view = robot.panel("formula").view
        view.finish()
        assert view.layout_shown.width <= view.width() + ROUNDING
        assert_nothing_is_cut(robot)
