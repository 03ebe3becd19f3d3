"""The menus and panels that tests/curriculum.toml names are in the real window."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget
from pytestqt.qtbot import QtBot

from dlviz.gui.panel import panels
from tests.gui.robot import Robot, close_window, robot_at_window

COVERED: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "curriculum.toml").read_text(encoding="utf-8")
)
LONGEST_MENU = 12


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    yield made.start()
    close_window(made)


def plain(title: str) -> str:
    return title.partition("\t")[0].replace("&", "").rstrip("…")


def below(menu: QWidget) -> list[QMenu]:
    return menu.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)


def is_offered(bar: QMenuBar, titles: list[str]) -> bool:
    menu: QWidget | None = bar
    for title in titles:
        if menu is None or title not in [plain(action.text()) for action in menu.actions()]:
            return False
        # Menus that were filled anew leave their old selves below the bar until they are deleted.
        shown = [each for each in below(menu) if each.menuAction() in menu.actions()]
        menu = next((each for each in shown if plain(each.title()) == title), None)
    return True


def test_every_menu_path_leads_somewhere(robot: Robot) -> None:
    bar = robot.window.bar
    asked = {row: entry["menu"] for row, entry in COVERED.items() if "menu" in entry}
    assert {row: path for row, path in asked.items() if not is_offered(bar, path)} == {}


def test_every_panel_is_in_the_registry(robot: Robot) -> None:
    keys = {entry.key for entry in panels}
    assert {row: entry["panel"] for row, entry in COVERED.items() if entry.get("panel", "steps") not in keys} == {}


def test_learn_is_short_enough_to_read(robot: Robot) -> None:
    entries = [action for action in robot.window.menus["learn"].actions() if not action.isSeparator()]
    assert len(entries) <= LONGEST_MENU
