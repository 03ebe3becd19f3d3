"""Mistakes on purpose in the window: chosen in the menu, said wherever the run is shown."""

from collections.abc import Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from dlviz.core.slips import slips
from dlviz.gui.application import begin, open_window
from dlviz.gui.editing import edit
from dlviz.gui.main_window import MainWindow
from dlviz.gui.menus import entries
from dlviz.gui.panels.steps.model import SLIP_MARK, rows_of
from dlviz.session import edits

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
MILLISECONDS = 15_000  # a guard, not a figure


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = open_window("light", size=(1280, 720))
    begin(made, None, "network")
    qtbot.waitUntil(lambda: made.window.bridge.latest is not None, timeout=MILLISECONDS)
    yield made.window
    made.window.quit_without_questions()
    made.window.deleteLater()


def test_the_menu_makes_a_mistake_and_takes_it_back(qtbot: QtBot, window: MainWindow) -> None:
    session, warning = window.context.session, window.status.warning
    qtbot.waitUntil(lambda: bool(window.status.words.text()), timeout=MILLISECONDS)
    assert not warning.isVisible()
    window.live["slip_wrong_sign"].trigger()
    assert session.document.training.slip.kind == "wrong_sign"
    qtbot.waitUntil(warning.isVisible, timeout=MILLISECONDS)
    assert warning.text() == "Wrong on purpose: The step goes uphill"
    assert window.live["slip_wrong_sign"].isChecked()
    window.live["undo"].trigger()
    assert session.document.training.slip is None
    qtbot.waitUntil(lambda: not warning.isVisible(), timeout=MILLISECONDS)


def test_a_mistake_that_cannot_be_made_is_said_to_change_nothing(qtbot: QtBot, window: MainWindow) -> None:
    warning = window.status.warning
    window.live["slip_lstm_without_input"].trigger()
    qtbot.waitUntil(lambda: warning.text().endswith("(changes nothing in this network)"), timeout=MILLISECONDS)
    window.live["slip_wrong_sign"].trigger()
    qtbot.waitUntil(lambda: warning.text() == "Wrong on purpose: The step goes uphill", timeout=MILLISECONDS)


def test_a_schedule_that_the_optimizer_ignores_is_said_to_change_nothing(qtbot: QtBot, window: MainWindow) -> None:
    words = window.status.words
    edit(window.context, "optimizer", partial(edits.set_optimizer, optimizer="rprop"))
    assert "changes nothing" not in words.text()
    edit(window.context, "schedule", partial(edits.set_schedule, schedule="cosine"))
    sentence = "The schedule changes nothing: Rprop reads the learning rate at its start alone."
    qtbot.waitUntil(lambda: sentence in words.text(), timeout=MILLISECONDS)


def test_every_slip_is_in_the_menu(window: MainWindow) -> None:
    assert {f"slip_{entry.key}" for entry in slips} <= set(window.live)
    assert any("Wrong on" in title for title in entries(window.menus, "learn"))


def test_the_list_of_steps_marks_the_wrong_one(qtbot: QtBot, window: MainWindow) -> None:
    window.live["slip_misread_update"].trigger()
    window.context.session.pause()
    window.use_workspace("step")
    window.context.session.step("operation", 1)
    qtbot.waitUntil(lambda: window.run.frame is not None and window.run.frame.trace is not None, timeout=MILLISECONDS)
    marked = [row.text for row in rows_of(window.run.frame.trace, 1, 0) if row.text.startswith(SLIP_MARK)]
    assert len(marked) == 1
    assert "w_old taken as a factor" in marked[0]
