"""Names and notes come from people and files: they are shown as they are written, and are no format and no HTML."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QLabel, QMessageBox, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from dlviz.data.dataset import Dataset
from dlviz.gui.application import make_application
from dlviz.gui.dialogs import Dialogs
from dlviz.gui.editor.menus import FeatureMenu
from dlviz.gui.verbatim import in_menu, out_of_menu
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe
from dlviz.gui.widgets.plot import Plot
from dlviz.gui.widgets.plot_marks import PlotMarks
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.session.curves import Mark
from tests.gui.robot import Robot
from tests.top_widgets import top_widgets

PICTURE = '<img src="picture.png"> a<b>c</b>'


@pytest.mark.parametrize("words", ["{}", "{0}", "{value:x}", "}{", "{{}}"])
def test_a_note_may_hold_braces(qtbot: QtBot, words: str) -> None:
    plot = Plot("Loss")
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.show()
    plot.set_range((0.0, 100.0), (0.0, 1.0))
    marks = PlotMarks(plot)
    marks.show((Mark(40, words),))
    plot.set_range((0.0, 120.0), (0.0, 1.0))
    assert marks.words() == [words]
    assert marks.lines[0].label.toPlainText() == words


def test_a_note_with_braces_is_drawn_while_the_run_goes_on(robot: Robot, qtbot: QtBot) -> None:
    robot.start()
    with qtbot.captureExceptions() as raised:
        robot.running.session.note("{}")
        marks = robot.panel("curves").plot.marks
        robot.wait(lambda: any("{}" in words for words in marks.words()))
    assert not raised


@pytest.fixture
def tip(qtbot: QtBot) -> Iterator[QLabel]:
    make_application()
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    QToolTip.showText(widget.mapToGlobal(QPoint(5, 5)), PICTURE, widget)
    yield next(each for each in top_widgets() if isinstance(each, QLabel) and each.inherits("QTipLabel"))
    QToolTip.hideText()


def test_what_is_said_on_hover_is_no_html(tip: QLabel) -> None:
    assert tip.textFormat() == Qt.TextFormat.PlainText
    assert tip.text() == PICTURE


def test_names_of_axes_are_no_html(qtbot: QtBot) -> None:
    plot = Plot("Points")
    qtbot.addWidget(plot)
    plot.name_axes(PICTURE, "x < y & z")
    label = plot.getAxis("bottom").label
    assert " ".join(label.toPlainText().split()) == f"→ {PICTURE} ↑ x < y & z"


def test_help_on_a_widget_is_no_html(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    describe(widget, PICTURE)
    assert "<img" not in widget.whatsThis() and "&lt;img" in widget.whatsThis()
    describe(widget, "2 < 3")
    assert widget.whatsThis() == "2 < 3"


def test_the_question_about_changes_shows_the_title_as_it_is(qtbot: QtBot) -> None:
    parent, seen = QWidget(), []
    qtbot.addWidget(parent)

    def answer() -> None:
        box = next(each for each in top_widgets() if isinstance(each, QMessageBox))
        seen.append((box.textFormat(), box.text()))
        box.button(QMessageBox.StandardButton.Cancel).click()

    QTimer.singleShot(0, answer)
    assert Dialogs().unsaved(parent, PICTURE) == "cancel"
    assert seen == [(Qt.TextFormat.PlainText, f"Save the changes to “{PICTURE}”?")]


def test_long_help_still_wraps(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    describe(widget, f"{PICTURE} and many more words")
    assert "\u00a0" not in widget.whatsThis() and "many more words" in widget.whatsThis()


def test_a_sign_and_in_a_name_is_no_key(qtbot: QtBot) -> None:
    button, slider = TextButton("Open R&D.csv"), LabelledSlider("R&D", Scale(0.0, 1.0), 0.5)
    for widget in (button, slider):
        qtbot.addWidget(widget)
    assert button.shortcut().isEmpty() and button.text() == "Open R&D.csv"
    assert slider.label.text() == "R&&D" and slider.slider.accessibleName() == "R&D"
    slider.set_label("A&B")
    assert slider.label.text() == "A&&B"


def test_menus_name_columns_and_files_as_they_are_written(robot: Robot, tmp_path: Path) -> None:
    robot.start()
    rows = Dataset("Spending", "regression", np.eye(2), np.ones((2, 1)), ("R&D spend", "a\tb"), ("y",))
    menu = FeatureMenu("x", rows, robot.window)
    titles = [action.text() for action in menu.actions() if action.data()]
    assert titles[:2] == ["R&&D spend", "a b"]
    assert menu.actions()[0].data() == ("drop_feature", "R&D spend")
    path = tmp_path / "plan_&_b.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    robot.window.remembered.opened(path)
    recent = robot.window.live["recent_0"].record.live_title
    assert recent is not None and recent().endswith("/plan_&&_b.csv")
    robot.running.session.edit(replace(robot.running.session.document, title="Plan [*] B"), "Train on R&D")
    assert robot.window.windowTitle() == "Plan [*][*] B[*] — dlviz"
    undo = robot.window.live["undo"]
    undo.refresh()
    assert undo.text() == "&Undo Train on R&&D"


def test_titles_of_menus_are_read_without_their_marks() -> None:
    assert out_of_menu("&Save as…") == "Save as…"
    assert out_of_menu(in_menu("R&D && more")) == "R&D && more"
