"""The real window over a real session: first start, workspaces, learning, stepping, closing."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from dlviz.core.errors import SpecError
from dlviz.gui import application
from dlviz.gui.application import Running, begin, open_window
from dlviz.gui.docks import WIDTHS
from dlviz.gui.forms.plan import RateForm
from dlviz.gui.main_window import MainWindow
from dlviz.gui.panel import Panel
from dlviz.gui.race.player import RacePlayer
from dlviz.gui.remembered import Remembered
from dlviz.gui.selection import Selected
from dlviz.gui.shot import shot
from dlviz.gui.theme import THEMES, theme_signals
from dlviz.session.presets import step_document

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QTabBar)
SECONDS = 10_000  # milliseconds; a guard, not a figure


@pytest.fixture
def running(qtbot: QtBot) -> Iterator[Running]:
    made = open_window("light", size=(1280, 720))
    yield made
    made.window.quit_without_questions()
    made.window.deleteLater()
    theme_signals.use("light")


@pytest.fixture
def window(running: Running) -> MainWindow:
    return running.window


def started(running: Running, qtbot: QtBot, workspace: str = "network", file: Path | None = None) -> MainWindow:
    begin(running, file, workspace)
    qtbot.waitUntil(lambda: running.window.bridge.latest is not None, timeout=SECONDS)
    return running.window


def controls(window: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, CONTROLS)
        and not isinstance(widget, QScrollBar)
        and not isinstance(widget.parentWidget(), QAbstractSpinBox)
        and widget.isVisible()
        and widget.isEnabled()
    ]


def visible_panels(window: MainWindow) -> list[str]:
    return sorted(panel.key for panel in window.findChildren(Panel) if panel.isVisible())


def step_of(window: MainWindow) -> int:
    latest = window.bridge.latest
    assert latest is not None
    return latest.step


def wait_for(qtbot: QtBot, is_so: Callable[[], bool]) -> None:
    qtbot.waitUntil(is_so, timeout=SECONDS)


def test_window_is_painted_before_plots_are_imported(window: MainWindow) -> None:
    assert window.isVisible()
    assert window.findChildren(Panel) == []


def test_first_start_learns_at_once_and_is_calm(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot)
    wait_for(qtbot, lambda: step_of(window) > 10)
    assert len(visible_panels(window)) <= 4, visible_panels(window)
    shown = controls(window)
    names = [f"{type(each).__name__} {each.accessibleName()}" for each in shown]
    assert len(shown) <= 30, names
    assert window.centre.cards.isVisible()


def test_step_workspace_shows_at_most_three_panels(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot, "step")
    assert len(visible_panels(window)) <= 3, visible_panels(window)


def test_a_visit_elsewhere_leaves_the_divider_where_it_was(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot, "step")
    formula = next(panel for panel in window.findChildren(Panel) if panel.key == "formula")
    qtbot.wait(50)
    before = formula.height()
    for elsewhere in ("optimizers", "network"):
        window.use_workspace(elsewhere)
        qtbot.wait(50)
        window.use_workspace("step")
        qtbot.wait(50)
        assert formula.height() == before, elsewhere


def test_first_panel_of_a_side_gets_the_width_of_a_side(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot, "step")
    window.context.selection.select(Selected("unit", "h", 0))
    inspector = next(panel for panel in window.findChildren(Panel) if panel.key == "inspector")
    qtbot.waitUntil(inspector.isVisible, timeout=SECONDS)
    least, share = WIDTHS["right"]
    qtbot.waitUntil(lambda: inspector.width() >= max(least, share * window.width()) - 8, timeout=SECONDS)
    steps = next(panel for panel in window.findChildren(Panel) if panel.key == "steps")
    qtbot.waitUntil(lambda: steps.width() >= WIDTHS["left"][0], timeout=SECONDS)
    formula = next(panel for panel in window.findChildren(Panel) if panel.key == "formula")
    assert formula.height() >= 0.33 * window.height()


def test_inspector_opens_with_the_first_selection_and_not_again_once_closed(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot)
    window.context.selection.select(Selected("unit", "h1", 0))
    assert "inspector" in visible_panels(window)
    next(dock for dock in window.docks.visible() if dock.objectName() == "dock.inspector").close()
    window.context.selection.select(Selected("unit", "h1", 1))
    assert "inspector" not in visible_panels(window)


@pytest.mark.parametrize("workspace", ["network", "step"])
def test_every_control_has_a_name_and_a_tooltip(qtbot: QtBot, running: Running, workspace: str) -> None:
    window = started(running, qtbot, workspace)
    silent = [
        f"{type(each).__name__} in {type(each.parentWidget()).__name__}"
        for each in controls(window)
        if not (each.accessibleName() and each.toolTip())
    ]
    assert silent == []


@pytest.mark.parametrize("workspace", ["network", "step"])
def test_every_label_is_plain_text(qtbot: QtBot, running: Running, workspace: str) -> None:
    window = started(running, qtbot, workspace)
    rich = [label.text() for label in window.findChildren(QLabel) if label.textFormat() != Qt.TextFormat.PlainText]
    assert rich == []


def test_second_card_leads_to_the_step_workspace(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot)
    qtbot.mouseClick(window.centre.cards.step, Qt.MouseButton.LeftButton)
    assert window.context.workspace == "step"
    assert running.session.document.title == step_document().title
    assert not window.centre.cards.isVisible()
    assert window.remembered.cards_used()


def test_escape_puts_the_cards_away(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot)
    window.live["escape"].trigger()
    assert not window.centre.cards.isVisible()
    assert window.remembered.cards_used()


def test_third_card_starts_a_race(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot)
    qtbot.mouseClick(window.centre.cards.race, Qt.MouseButton.LeftButton)
    race = window.context.race
    assert window.context.workspace == "optimizers"
    wait_for(qtbot, lambda: race.is_playing and race.done > 5)
    assert len(race.race.paths) == 4
    assert window.remembered.cards_used()


def test_a_race_that_is_still_being_walked_plays_once_it_is_there(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot, "optimizers")
    player = RacePlayer(window)
    player.play("batch", 100.0)
    qtbot.wait(50)
    assert player.is_playing
    assert player.done == 0
    wait_for(qtbot, lambda: window.bridge.latest.race is not None)
    player.take(window.bridge.latest)
    wait_for(qtbot, lambda: player.done > 2)


def test_words_below_the_cards_ask_for_a_file(qtbot: QtBot, running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    window = started(running, qtbot)
    asked: list[bool] = []
    monkeypatch.setattr(window.files._dialogs, "open_data", lambda parent, folder: asked.append(True))
    qtbot.mouseClick(window.centre.cards.data, Qt.MouseButton.LeftButton)
    assert asked == [True]


def test_space_pauses_and_forward_and_back_return_to_the_same_step(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot)
    wait_for(qtbot, lambda: step_of(window) > 5)
    window.live["play"].trigger()
    wait_for(qtbot, lambda: window.bridge.latest.state == "paused")
    here = step_of(window)
    window.live["forward"].trigger()
    wait_for(qtbot, lambda: step_of(window) == here + 1)
    window.live["back"].trigger()
    wait_for(qtbot, lambda: step_of(window) == here)


@pytest.mark.parametrize("workspace", ["network", "step"])
def test_canvas_has_the_keyboard_at_first(qtbot: QtBot, running: Running, workspace: str) -> None:
    window = started(running, qtbot, workspace)
    canvas = next(panel for panel in window.findChildren(Panel) if panel.key == "canvas")
    assert canvas.isAncestorOf(window.focusWidget())


def test_operations_walk_forward_and_back(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot, "step")
    for _ in range(3):
        window.live["forward"].trigger()
    wait_for(qtbot, lambda: window.bridge.latest.cursor == 3)
    assert window.transport.large.text().startswith("3 / ")
    window.live["back"].trigger()
    wait_for(qtbot, lambda: window.bridge.latest.cursor == 2)


def rate_form(window: MainWindow, qtbot: QtBot) -> RateForm:
    form = RateForm(window.context)
    qtbot.addWidget(form)
    return form


def test_undo_brings_back_the_plan_while_time_goes_on(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot)
    before = running.session.document.training
    rate_form(window, qtbot)._set_rate("lr", 0.5)
    assert running.session.document.training.optimizer.settings["lr"] == 0.5
    assert window.live["undo"].text().endswith("Change the learning rate")
    window.live["undo"].trigger()
    assert running.session.document.training == before
    assert window.tools.chips.lr.accessibleName() == "η: 0.02"


def test_refused_setting_is_told_and_keeps_the_old(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot)
    before = running.session.document
    rate_form(window, qtbot)._set_rate("lr", -1.0)
    assert running.session.document is before
    assert "Expected lr" in window.centre.bar.text.text()


def test_workspace_comes_back_as_it_was_left(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot)
    shown = visible_panels(window)
    window.docks.visible()[0].close()
    fewer = visible_panels(window)
    assert len(fewer) == len(shown) - 1
    window.use_workspace("step")
    window.use_workspace("network")
    assert visible_panels(window) == fewer
    window.live["reset_workspace"].trigger()
    assert visible_panels(window) == shown


def test_side_panels_go_and_come_back(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot)
    shown = visible_panels(window)
    window.live["side_panels"].trigger()
    assert visible_panels(window) == ["canvas"]
    window.live["side_panels"].trigger()
    assert visible_panels(window) == shown


def test_narrow_window_gathers_side_docks_as_tabs_and_spreads_them_again(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot)
    docks = window.docks.visible()
    window.resize(1000, 700)
    assert len(window.tabifiedDockWidgets(docks[0])) == len(docks) - 1
    window.resize(1280, 720)
    assert all(window.tabifiedDockWidgets(dock) == [] for dock in window.docks.visible())


def test_closed_panels_are_not_asked(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot)
    for dock in window.docks.visible():
        dock.close()
    window.bridge.ask_panels()
    canvas = next(panel for panel in window.findChildren(Panel) if panel.key == "canvas")
    assert canvas.needs <= window.bridge._interest.needs
    assert "predictions" not in window.bridge._interest.needs


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_paints_text_in_its_own_colours(qtbot: QtBot, running: Running, theme: str) -> None:
    window = started(running, qtbot)
    window.views.use_theme(theme)
    ground = QApplication.palette().window().color().name().upper()
    assert ground == THEMES[theme].window
    QApplication.processEvents()
    assert window.grab().toImage().pixelColor(window.width() - 3, 45).name().upper() == THEMES[theme].window


@pytest.mark.parametrize("workspace", ["network", "step"])
@pytest.mark.parametrize("theme", THEMES)
def test_no_words_are_cut_at_the_least_usable_size(qtbot: QtBot, running: Running, workspace: str, theme: str) -> None:
    theme_signals.use(theme)
    window = started(running, qtbot, workspace)
    cut = [
        widget.accessibleName()
        for widget in (*window.tools.findChildren(QWidget), *window.transport.findChildren(QWidget))
        if widget.isVisible() and widget.width() < widget.minimumSizeHint().width()
    ]
    assert cut == []
    assert window.tools.minimumSizeHint().width() <= 1280
    assert window.transport.minimumSizeHint().width() <= 1280


def test_closing_while_training_joins_the_worker(qtbot: QtBot, running: Running) -> None:
    window = started(running, qtbot)
    wait_for(qtbot, lambda: step_of(window) > 5)
    window.close()
    assert [thread for thread in threading.enumerate() if not thread.daemon] == [threading.main_thread()]


def test_file_that_cannot_be_read_is_told_in_the_window(qtbot: QtBot, running: Running, tmp_path: Path) -> None:
    path = tmp_path / "broken.dlviz"
    path.write_bytes(b"PK nonsense")
    window = started(running, qtbot, file=path)
    assert window.centre.bar.isVisible()


@pytest.mark.parametrize("workspace", ["network", "step"])
def test_picture_has_the_asked_size_and_is_not_blank(qtbot: QtBot, tmp_path: Path, workspace: str) -> None:
    out = tmp_path / "window.png"
    shot(None, out, workspace, (1280, 720), "light", steps=40)
    image = QImage(str(out))
    assert (image.width(), image.height()) == (1280, 720)
    colours = {image.pixel(x, y) for x in range(0, 1280, 16) for y in range(0, 720, 16)}
    assert len(colours) > 20


def test_picture_of_an_unknown_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="workspace"):
        shot(None, tmp_path / "x.png", "kitchen")


def test_start_without_a_display_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(application.DlvizError, match="Expected a display"):
        application.run()


def test_broken_settings_are_the_defaults_and_told(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text("{")
    assert Remembered(path).settings.theme == "light"
    assert Remembered(path).settings.note
