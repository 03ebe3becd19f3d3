"""In no page of the panels at the right a word or number is cut, in any theme and at both sizes."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from dlviz.gui.theme import THEMES, theme_signals
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.widgets.words import Words
from dlviz.session.presets import document_for
from tests.gui.robot import LEFT, NONE, Robot, close_window, robot_at_window
from tests.gui.test_nothing_cut import assert_nothing_is_cut

SIZES = ((1280, 720), (1920, 1080))


COMBINATIONS = [(theme, size) for theme in THEMES for size in SIZES]


@pytest.fixture(params=COMBINATIONS, ids=lambda each: f"{each[0]}-{each[1][0]}")
def robot(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Robot]:
    theme, size = request.param
    made = robot_at_window(qtbot, size)
    theme_signals.use(theme)
    yield made.start_on_canvas()
    close_window(made)
    theme_signals.use("light")


def learnt(robot: Robot, kind: str) -> None:
    """Open built-in data and train a few batches."""
    session = robot.running.session
    session.new(document_for(kind))
    robot.settle()
    for _ in range(3):
        session.step("batch")
    robot.wait(lambda: robot.frame.step == 3)


def assert_tabs_are_whole(robot: Robot) -> None:
    for words in robot.window.findChildren(Segmented):
        if words.isVisible():
            tabs = filter(words.isTabVisible, range(words.count()))
            assert sum(words.tabSizeHint(place).width() for place in tabs) <= words.width() + 1, words.accessibleName()


def walked(robot: Robot, words: Words) -> Iterator[str]:
    """Click one word after the other, and see that nothing is cut then."""
    for place in range(words.count()):
        if words.isTabVisible(place):
            robot.bot.mouseClick(words, LEFT, NONE, words.tabRect(place).center())
            assert_nothing_is_cut(robot)
            assert_tabs_are_whole(robot)
            yield str(words.tabData(place))


def opened(robot: Robot, key: str) -> None:
    """Open a panel from the menu, and bring it to the front."""
    dock = robot.window.findChild(QDockWidget, f"dock.{key}")
    if dock.isHidden():
        dock.toggleViewAction().trigger()
    dock.raise_()
    robot.wait(robot.panel(key).isVisible)


@pytest.mark.parametrize("kind", ["digits", "diabetes", "iris"])
def test_nothing_is_cut_in_what_the_network_answers(robot: Robot, kind: str) -> None:
    learnt(robot, kind)
    panel = robot.panel("output")
    for page in walked(robot, panel.views):  # type: ignore[attr-defined]
        if page in ("predictions", "errors"):
            assert list(walked(robot, panel.page.views))  # type: ignore[attr-defined]


def test_nothing_is_cut_in_curves_runs_and_distributions(robot: Robot) -> None:
    learnt(robot, "circles")
    assert list(walked(robot, robot.panel("curves").scale))  # type: ignore[attr-defined]
    opened(robot, "runs")
    assert list(walked(robot, robot.panel("runs").which))  # type: ignore[attr-defined]
    opened(robot, "distributions")
    kinds = robot.panel("distributions").kinds  # type: ignore[attr-defined]
    for place in range(kinds.count()):
        kinds.setCurrentIndex(place)
        assert_nothing_is_cut(robot)
