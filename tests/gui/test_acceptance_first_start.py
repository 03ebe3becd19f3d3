"""A first start at 1280×720: calm, and learning at once."""

from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

from dlviz.gui.panel import Panel
from dlviz.gui.typeset.view import typesetter
from dlviz.gui.widgets.card import Card
from tests.gui.robot import Key, Robot, no_stall, starved_seconds

CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QAbstractItemView, QTabBar)
DROPS = [("network", part) for part in ("canvas", "cards", "output", "curves", "data")] + [
    ("step", part) for part in ("canvas", "formula", "steps")
]
MOST_PANELS, MOST_CONTROLS = 4, 30


def is_control(widget: QWidget) -> bool:
    """Whether a widget is something to operate that stands by itself."""
    is_part = isinstance(widget.parentWidget(), QAbstractSpinBox | QComboBox)
    return isinstance(widget, CONTROLS) and not isinstance(widget, QScrollBar) and not is_part


def controls(window: QWidget) -> list[str]:
    """Name every enabled control that can be seen; a row of choices is one, as it is for Tab and arrow keys."""
    seen = [widget for widget in window.findChildren(QWidget) if widget.isVisible() and widget.isEnabled()]
    return [f"{type(each).__name__} {each.accessibleName()}" for each in seen if is_control(each)]


def test_first_start_is_calm(robot: Robot) -> None:
    robot.start()
    shown = sorted(panel.key for panel in robot.window.findChildren(Panel) if panel.isVisible())
    assert len(shown) <= MOST_PANELS, shown
    names = controls(robot.window)
    assert len(names) <= MOST_CONTROLS, f"{len(names)}: {names}"


def test_first_start_offers_a_hint_and_three_cards(robot: Robot) -> None:
    robot.start()
    cards = robot.window.centre.cards
    assert "Space" in cards.hint.text()
    assert [card.text() for card in cards.findChildren(Card)] == [
        "Watch it learn",
        "Step one example",
        "Race optimizers",
    ]
    assert all(card.isVisible() and card.isEnabled() for card in (*cards.findChildren(Card), cards.data))


@pytest.mark.parametrize(("workspace", "part"), DROPS)
def test_a_file_dropped_anywhere_is_read(robot: Robot, tmp_path: Path, workspace: str, part: str) -> None:
    robot.start()
    robot.window.use_workspace(workspace)
    path = tmp_path / "own.csv"
    path.write_text("length,width,kind\n" + "1.5,2.5,a\n2.5,0.5,b\n" * 20)
    target = robot.window.centre.cards if part == "cards" else robot.panel(part)
    robot.drop(path, target.mapTo(robot.window, target.rect().center()))
    robot.wait(lambda: robot.window.findChild(QDialog) is not None)
    assert not robot.window.centre.cards.isVisible()


def test_learning_is_visible_within_two_seconds(robot: Robot) -> None:
    started, starved = perf_counter(), starved_seconds()
    robot.start()
    robot.wait(lambda: robot.frame.maps is not None and robot.frame.train_loss is not None)
    first = robot.frame
    assert first.maps is not None
    assert first.train_loss is not None

    def has_changed() -> bool:
        now = robot.frame
        is_other = now.maps is not None and bool(np.abs(now.maps.output - first.maps.output).max() > 0.1)
        return is_other and now.train_loss is not None and now.train_loss < 0.9 * first.train_loss

    robot.wait(has_changed)
    assert perf_counter() - started - (starved_seconds() - starved) < 3 * 2.0, "a guard for a busy machine"


def test_two_circles_are_separated_in_three_seconds(robot: Robot) -> None:
    robot.start()
    started, starved = perf_counter(), starved_seconds()
    with no_stall():
        robot.wait(lambda: (robot.frame.train_score or 0.0) >= 0.99)
    assert robot.frame.step <= 3.0 * robot.window.run.rate, "at the speed of a first start"
    assert perf_counter() - started - (starved_seconds() - starved) < 3 * 3.0, "a guard for a busy machine"


def test_space_pauses_as_the_hint_says(robot: Robot) -> None:
    robot.start()
    robot.wait(lambda: robot.frame.step > 20)
    before = robot.running.session.document
    robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.state == "paused")
    assert robot.running.session.document is before
    robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.state == "running")
    assert robot.running.session.document is before


def test_the_font_of_formulas_is_loaded_before_anybody_asks(robot: Robot) -> None:
    typesetter()._templates.clear()
    robot.start()
    assert not typesetter().has(["="]), "the first pictures come first"
    robot.wait(lambda: typesetter().has(["="]))


class Strays(QObject):
    """Notes every widget that is shown as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(type(watched).__name__)
        return False


def test_nothing_flashes_as_a_window_of_its_own_while_panels_are_made(robot: Robot) -> None:
    strays = Strays()
    robot.running.app.installEventFilter(strays)
    try:
        robot.start()
        for workspace in ("step", "optimizers", "network"):
            robot.window.use_workspace(workspace)
    finally:
        robot.running.app.removeEventFilter(strays)
    assert strays.shown == []
