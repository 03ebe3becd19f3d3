"""In no page of the panels at the right a word or number is cut, in any theme and at both sizes."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from dlviz.gui.sheet.inputs import LONGEST
from dlviz.gui.sheet.view import SheetView
from dlviz.gui.theme import font, theme_signals
from dlviz.gui.widgets.plot import Plot
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.widgets.words import Words
from dlviz.session.presets import document_for
from dlviz.session.sheet_presets import sheet_examples
from tests.gui.robot import LEFT, NONE, Robot, close_window, robot_at_window
from tests.gui.test_nothing_cut import assert_nothing_is_cut
from tests.gui.test_sheets import settled

SIZES = ((1280, 720), (1920, 1080))
LETTERS = ("light", "projector")  # those of the dark theme are as large as those of the light one
COMBINATIONS = [(theme, size) for theme in LETTERS for size in SIZES]


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


@pytest.mark.parametrize("kind", ["digits", "diabetes"])
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


def written_places(plot: Plot) -> list[tuple[float, float]]:
    """Return from where to where the numbers below a plot reach that stands at chosen places, in pixels."""
    chosen, metrics, box = plot.getAxis("bottom")._tickLevels, QFontMetricsF(font("small")), plot.getViewBox()
    found = []
    for at, words in chosen[0] if chosen else ():
        middle, half = box.mapViewToScene(QPointF(at, 0)).x(), metrics.horizontalAdvance(words) / 2
        found.append((middle - half, middle + half))
    return found


def test_no_number_of_a_sheet_is_cut_or_lies_on_another_at_a_projector(qtbot: QtBot) -> None:
    robot = robot_at_window(qtbot)
    theme_signals.use("projector")
    try:
        robot.start("step")
        for example in sheet_examples():
            robot.trigger(f"learn_{example.key}")
            assert_numbers_are_whole(settled(robot), example.key)
    finally:
        close_window(robot)
        theme_signals.use("light")


def assert_numbers_are_whole(shown: SheetView, key: str) -> None:
    for row in shown.inputs.rows.values():
        needed = row.field.fontMetrics().horizontalAdvance(row.field.text())
        assert needed < row.field.width() or row.field.width() >= LONGEST, (key, row.spec.name)
    places = written_places(shown.picture.plot)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(places)), key
