"""Actions: every entry does something, has a key of its own, an icon that exists, and words for the pointer."""

from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from dlviz.core.errors import SpecError
from dlviz.gui.actions import Action, LiveAction, native_keys, tip_of
from dlviz.gui.icons import ICONS, icon, icon_path
from dlviz.gui.main_window import MainWindow
from dlviz.gui.menus import entries, shortcut_rows
from dlviz.gui.shortcuts_dialog import ShortcutsDialog
from dlviz.gui.theme import theme_signals
from tests.gui.fake_session import FakeSession

# What the offscreen platform says when a second window or popup opens.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

REAL_KEYS = {
    "play": "Space", "forward": "PgDown", "back": "PgUp", "start": "Home", "end": "End", "finish_phase": "Shift+PgDown",
    "hide": "H", "reset": "Ctrl+R", "seed": "Ctrl+Shift+R", "escape": "Esc", "new": "Ctrl+N", "open": "Ctrl+O",
    "save": "Ctrl+S", "save_as": "Ctrl+Shift+S", "quit": "Ctrl+Q", "undo": "Ctrl+Z", "redo": "Ctrl+Shift+Z",
    "workspace_network": "Ctrl+1", "workspace_step": "Ctrl+2", "side_panels": "F9", "full_screen": "F11",
    "shortcuts": "Ctrl+?", "whats_this": "Shift+F1", "by_operation": "1", "by_layer": "2", "by_sample": "3",
    "by_batch": "4", "by_epoch": "5",
}  # fmt: skip


@pytest.fixture
def window(qtbot: object) -> Iterator[MainWindow]:
    made = MainWindow(FakeSession())
    yield made
    made.quit_without_questions()
    made.deleteLater()


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_draws_within_its_square(qtbot: object, name: str) -> None:
    path, _ = icon_path(name)
    assert path.elementCount() > 1
    assert QRectF(0, 0, 24, 24).united(path.boundingRect()) == QRectF(0, 0, 24, 24)
    assert not icon(name).isNull()


def test_icons_follow_the_theme(qtbot: object) -> None:
    theme_signals.use("light")
    light = icon("save").pixmap(32, 32).toImage()
    theme_signals.use("dark")
    dark = icon("save").pixmap(32, 32).toImage()
    theme_signals.use("light")
    assert light != dark


def test_unknown_icon_is_refused() -> None:
    with pytest.raises(SpecError, match="Received: 'unicorn'"):
        icon_path("unicorn")


def test_every_action_has_words_and_an_icon_that_exists(window: MainWindow) -> None:
    for action in window.live.values():
        assert action.text(), action.record.id
        assert action.toolTip(), action.record.id
        assert action.whatsThis(), action.record.id
        assert not action.record.icon or action.record.icon in ICONS


def test_no_key_is_taken_twice(window: MainWindow) -> None:
    keys = Counter(native_keys([key]) for action in window.live.values() for key in action.record.keys)
    assert [key for key, times in keys.items() if times > 1] == []


@pytest.mark.parametrize(("name", "key"), REAL_KEYS.items())
def test_promised_keys_exist(window: MainWindow, name: str, key: str) -> None:
    assert key in window.live[name].record.keys


def test_no_menu_has_more_than_twelve_entries(window: MainWindow) -> None:
    sizes = {name: len(entries(window.menus, name)) for name in window.menus}
    assert list(sizes) == ["file", "edit", "view", "run", "learn", "help"]
    assert max(sizes.values()) <= 12, sizes
    assert min(sizes.values()) >= 1


def test_every_shown_entry_is_reachable_in_a_menu(window: MainWindow) -> None:
    assert all(action.record.menu for action in window.live.values())


def test_shortcut_list_names_every_key_once(window: MainWindow) -> None:
    rows = shortcut_rows(window.live.values())
    with_keys = [action for action in window.live.values() if action.record.keys]
    assert len([row for row in rows if row[0]]) == len(with_keys)
    assert ("", "Insert a layer", ("Ins",)) in rows  # the canvas's own keys have no menu
    assert ("Run", "Step forward", ("PgDown",)) in rows


def test_shortcuts_dialog_is_no_barrier(window: MainWindow) -> None:
    window.live["shortcuts"].trigger()
    dialog = window.findChild(ShortcutsDialog)
    assert dialog is not None
    assert not dialog.isModal()
    window.live["shortcuts"].trigger()
    assert window.findChildren(ShortcutsDialog) == [dialog]
    dialog.close()


def test_action_asks_whether_it_applies(qtbot: object) -> None:
    states, done = {"on": False}, []
    record = Action("a", "Do &it…", lambda: done.append(1), keys=("F3",), is_enabled=lambda: states["on"])
    action = LiveAction(record, QApplication.instance())
    action.refresh()
    action.trigger()
    assert done == []
    states["on"] = True
    action.refresh()
    action.trigger()
    assert done == [1]
    assert tip_of(record) == "Do it  (F3)"
    action.deleteLater()
