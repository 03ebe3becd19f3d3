"""The Optimizers workspace in small windows: tools, table and choices give way, and nothing is cut."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from dlviz.core.choice import Choice
from dlviz.core.optimizers import optimizers
from dlviz.gui.panels.surface.panel import SurfacePanel
from dlviz.gui.panels.surface.strokes import clear_of
from dlviz.gui.theme import THEMES, font, theme_signals
from dlviz.session import edits
from dlviz.session.document import Document
from tests.gui.robot import Robot, close_window, robot_at_window

SIZES = [(960, 560), (1280, 720)]
SETTINGS = 1  # the one column whose words may end in …
each_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
each_theme = pytest.mark.parametrize("theme", THEMES)


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    made.start("optimizers")
    yield made
    close_window(made)
    theme_signals.use("light")


def show(robot: Robot, size: tuple[int, int], theme: str, document: Document) -> SurfacePanel:
    """Show a race in a window of this size."""
    robot.window.resize(*size)
    theme_signals.use(theme)
    robot.running.session.edit(document, "race")
    player = robot.window.context.race
    robot.wait(lambda: player.race is not None and player.race.spec.optimizers == document.explicit.race.optimizers)
    robot.wait(lambda: player.race is not None and player.race.spec.on == document.race.on)
    player.end()
    robot.bot.wait(50)
    panel = robot.panel("surface")
    assert isinstance(panel, SurfacePanel)
    return panel


def shown(widgets: list[QWidget]) -> list[QWidget]:
    return [each for each in widgets if each.isVisible()]


@each_size
@each_theme
@pytest.mark.parametrize("on", ["surface", "network"])
def test_no_tool_runs_over_another_or_out_of_the_window(
    robot: Robot, size: tuple[int, int], theme: str, on: str
) -> None:
    document = robot.running.session.document
    show(robot, size, theme, edits.race_on(document, "network") if on == "network" else document)
    chips = robot.window.tools.race
    row = shown([robot.window.tools.workspaces, chips.surface, chips.line, chips.network, chips.plane])
    assert chips.network in row and (chips.plane if on == "network" else chips.line) in row
    lefts = [each.mapTo(robot.window, each.rect().topLeft()).x() for each in row]
    ends = [left + each.width() for left, each in zip(lefts, row, strict=True)]
    assert all(end <= left for end, (_, left) in zip(ends, pairwise(lefts), strict=False))
    assert ends[-1] <= robot.window.width()
    assert all(each.width() >= each.minimumSizeHint().width() for each in row)


@each_size
@each_theme
def test_names_and_figures_of_the_table_are_whole(robot: Robot, size: tuple[int, int], theme: str) -> None:
    document = robot.running.session.document
    for entry in list(optimizers)[4:9]:
        document = edits.add_entrant(document, entry.key)
    panel = show(robot, size, theme, document)
    table, metrics = panel.table, QFontMetrics(font("normal"))
    columns = [each for each in range(len(table.rows.titles)) if not table.isColumnHidden(each)]
    assert {0, 2, 3} <= set(columns)
    assert sum(table.columnWidth(each) for each in columns) <= table.viewport().width()
    for column in [each for each in columns if each != SETTINGS]:
        for row in table.rows.rows:
            assert metrics.horizontalAdvance(row.cells[column]) < table.columnWidth(column)
    hidden = [title for each, title in enumerate(table.rows.titles) if each not in columns]
    tip = str(table.rows.index(0, 0).data(3))  # Qt.ItemDataRole.ToolTipRole
    assert all(title in tip for title in hidden)


@each_size
@each_theme
def test_surface_and_relief_share_the_width(robot: Robot, size: tuple[int, int], theme: str) -> None:
    panel = show(robot, size, theme, robot.running.session.document)
    assert abs(panel.contour.width() - panel.relief.width()) <= 2
    words, pulled = panel.quantity.words, panel.quantity.list
    assert words.isVisible() is not pulled.isVisible()
    assert not words.isVisible() or words.width() >= words.sizeHint().width()


def test_a_list_that_is_pulled_down_says_the_same_as_the_words(robot: Robot) -> None:
    quantity = show(robot, SIZES[0], "light", robot.running.session.document).quantity
    index = quantity.list.findData("rate")
    quantity.list.setCurrentIndex(index)
    quantity.list.activated.emit(index)
    assert quantity.key() == "rate" and quantity.words.key() == "rate"


@pytest.mark.parametrize(("size", "least"), [((1280, 720), 60), ((1920, 1080), 150)])
def test_eight_networks_stand_in_maps_that_can_be_read(robot: Robot, size: tuple[int, int], least: int) -> None:
    document = edits.race_on(robot.running.session.document, "network")
    for entry in list(optimizers)[4:8]:
        document = edits.add_entrant(document, entry.key)
    maps = show(robot, size, "light", document).boundaries
    squares = maps._places()
    whole = [square.united(maps._head(square)) for square in squares]
    assert len(squares) == 8 and all(square.width() >= least for square in squares)
    assert all(QRectF(maps.rect()).adjusted(0, 0, 1, 1).contains(each) for each in whole)
    assert not any(a.intersects(b) for k, a in enumerate(whole) for b in whole[:k])


def test_a_long_formula_has_room_and_begins_at_its_beginning(robot: Robot) -> None:
    text = "sin(3*x)*cos(y)+0.1*(x**2+y**2)"
    document = edits.set_surface(robot.running.session.document, Choice("formula", {"text": text}))
    show(robot, (1280, 720), "light", document)
    line = robot.window.tools.race.line
    assert line.text() == text and line.cursorPosition() == 0
    assert QFontMetrics(line.font()).horizontalAdvance(text) < line.width()


def test_names_of_arrows_lie_neither_over_each_other_nor_outside() -> None:
    picture, first = QRectF(0, 0, 100, 50), QRectF(80, 10, 15, 12)
    second = clear_of(QRectF(80, 10, 60, 12), [first], picture)
    third = clear_of(QRectF(-20, 44, 60, 12), [], picture)
    assert picture.contains(second) and not second.intersects(first)
    assert third.left() == 0


def test_a_scan_that_has_just_begun_leaves_no_rate_that_is_too_large(robot: Robot) -> None:
    document = edits.set_race(robot.running.session.document, steps=2000)
    panel = show(robot, (1280, 720), "light", document)
    panel.quantity.choose("scan")
    robot.wait(lambda: bool(robot.window.context.race.scans))
    panel.quantity.choose("height")
    robot.running.session.edit(edits.set_race(document, seed=7), "race")
    panel.quantity.choose("scan")
    panel.losses.plot.getAxis("bottom").tickStrings([400.0, 2.0], 1.0, 1.0)
    panel.losses.plot.show_lines(panel.losses.plot.drawn, ())  # type: ignore[arg-type]
    panel.losses.plot.grab()
