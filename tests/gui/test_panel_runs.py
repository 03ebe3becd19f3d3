"""Runs in the window: go back, change one setting, play again; both stay, are compared, and are found again."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit
from pytestqt.qtbot import QtBot

from dlviz.gui.panels.curves.panel import CurvesPanel
from dlviz.gui.panels.runs.model import COLUMNS, NAME, NOTE
from dlviz.gui.panels.runs.panel import RunsPanel
from dlviz.gui.panels.runs.table import RunsTable
from dlviz.gui.run_words import run_colour
from dlviz.gui.theme import THEMES, current, theme_signals
from dlviz.gui.widgets.end_labels import Label, stacked
from dlviz.session.edits import set_activation, set_optimizer_setting
from dlviz.session.messages import Frame
from tests.gui.robot import CONTROL, LEFT, NONE, Key, Robot, close_window, no_stall, robot_at_window

PLACE = {column.key: place for place, column in enumerate(COLUMNS)}


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    yield made.start_on_canvas()
    close_window(made)


def paused(robot: Robot) -> Frame:
    robot.running.session.pause()
    robot.wait(lambda: robot.frame.state == "paused")
    return robot.settle()


def trained(robot: Robot, steps: int) -> Frame:
    """Play to some step or a little more, and stand."""
    robot.window.run.play()
    robot.wait(lambda: robot.frame.step >= steps)
    return paused(robot)


def gone_back(robot: Robot, step: int) -> Frame:
    robot.running.session.seek(step)
    robot.wait(lambda: robot.frame.step == step)
    return robot.settle()


def edited(robot: Robot, lr: float) -> None:
    session = robot.running.session
    session.edit(set_optimizer_setting(session.document, "lr", lr), f"Learning rate {lr}")


def two_runs(robot: Robot) -> RunsPanel:
    """Train, go back to batch 36, change the rate, train again; return the panel, in front."""
    trained(robot, 200)
    gone_back(robot, 36)
    edited(robot, 0.1)
    trained(robot, 150)
    robot.wait(lambda: dock(robot).isVisible() or not dock(robot).isHidden())
    dock(robot).raise_()
    panel = robot.panel("runs")
    assert isinstance(panel, RunsPanel)
    robot.wait(lambda: panel.isVisible() and len(robot.frame.runs) == 2 and panel.table.runs.rows == robot.frame.runs)
    return panel


def dock(robot: Robot) -> QDockWidget:
    return robot.window.findChild(QDockWidget, "dock.runs")


def curves(robot: Robot) -> CurvesPanel:
    panel = robot.panel("curves")
    assert isinstance(panel, CurvesPanel)
    robot.window.findChild(QDockWidget, "dock.curves").raise_()
    robot.wait(panel.isVisible)
    return panel


def cell(panel: RunsPanel, row: int, column: str) -> str:
    return str(panel.table.runs.index(row, PLACE[column]).data())


def click_row(robot: Robot, table: RunsTable, row: int, modifier: Qt.KeyboardModifier = NONE) -> None:
    at = table.visualRect(table.runs.index(row, NAME)).center()
    robot.bot.mouseClick(table.viewport(), LEFT, modifier, at)


def test_one_run_needs_no_panel_and_two_open_it_as_a_tab_behind_the_curves(robot: Robot) -> None:
    assert dock(robot).isHidden()
    trained(robot, 100)
    assert dock(robot).isHidden()
    gone_back(robot, 36)
    edited(robot, 0.1)
    robot.wait(lambda: not dock(robot).isHidden())
    beside = robot.window.tabifiedDockWidgets(dock(robot))
    assert [each.objectName() for each in beside] == ["dock.curves"]
    assert robot.panel("curves").isVisible()  # it does not push itself to the front
    dock(robot).toggleViewAction().trigger()
    trained(robot, 60)
    assert dock(robot).isHidden()  # whoever closed it is not asked again


def test_the_table_says_parent_change_epoch_and_losses(robot: Robot) -> None:
    panel = two_runs(robot)
    first, second = robot.frame.runs
    epoch = 36 // robot.frame.batches_per_epoch
    assert [cell(panel, row, "run") for row in (0, 1)] == ["Run 1", "Run 2"]
    assert [cell(panel, row, "parent") for row in (0, 1)] == ["", f"Run 1, epoch {epoch}"]
    assert cell(panel, 1, "change") == "rate 0.02 → 0.1"
    assert second.train_loss == robot.frame.train_loss
    assert cell(panel, 1, "loss") == robot.window.context.number(robot.frame.train_loss, 3)
    assert cell(panel, 1, "epoch") == str(robot.frame.epoch)
    assert cell(panel, 1, "seconds").endswith(" s")
    assert first.epoch == epoch  # where it was left
    assert "Run 2" in robot.window.status.words.text()


def test_a_tab_has_the_room_of_the_loss_behind_which_it_opens(robot: Robot) -> None:
    paused(robot)
    loss = robot.window.findChild(QDockWidget, "dock.curves")
    room = loss.height()
    dock(robot).toggleViewAction().trigger()
    robot.wait(lambda: dock(robot) in robot.window.tabifiedDockWidgets(loss))
    robot.wait(lambda: dock(robot).height() > 0.8 * room)  # less a line of tabs


@pytest.mark.parametrize("theme", THEMES)
def test_the_first_columns_stand_beside_each_other_in_the_narrowest_panel(robot: Robot, theme: str) -> None:
    theme_signals.use(theme)
    panel = two_runs(robot)
    table = panel.table
    edge = table.columnViewportPosition(PLACE["held_out_loss"]) + table.columnWidth(PLACE["held_out_loss"])
    assert edge <= table.viewport().width()
    panel.which.set_key("log")
    panel._show_page("log")
    robot.running.session.note("a sentence that is far too long for one line of a log that has so little room")
    log = panel.log
    robot.wait(lambda: any("far too long" in each.words for each in log.log.events))
    rows = [place for place, each in enumerate(log.log.events) if "far too long" in each.words]
    assert log.rowHeight(rows[0]) > 1.2 * log.rowHeight(0)  # it is wrapped, not cut
    theme_signals.use("light")


def test_a_click_shows_the_other_run_bit_for_bit(robot: Robot) -> None:
    panel = two_runs(robot)
    second = robot.frame
    click_row(robot, panel.table, 0)
    robot.wait(lambda: robot.frame.step == 36)
    assert robot.running.session.document.training.optimizer.settings["lr"] == 0.02
    click_row(robot, panel.table, 1)
    robot.wait(lambda: robot.frame.step == second.step)
    assert second.parameters is not None and robot.frame.parameters is not None
    for name, values in second.parameters.items():
        assert robot.frame.parameters[name].tobytes() == values.tobytes()


def test_switching_while_training_pauses_and_never_blocks(robot: Robot) -> None:
    panel = two_runs(robot)
    robot.window.run.play()
    robot.wait(lambda: robot.frame.state == "running")
    with no_stall():
        click_row(robot, panel.table, 0)
        robot.wait(lambda: robot.frame.step == 36)
    assert robot.frame.state == "paused"


def test_settings_of_two_selected_rows_list_only_what_differs(robot: Robot) -> None:
    panel = two_runs(robot)
    session = robot.running.session
    session.edit(set_activation(session.document, "h1", "relu"), "ReLU")
    robot.settle()
    click_row(robot, panel.table, 0)
    click_row(robot, panel.table, 1, CONTROL)
    robot.wait(lambda: panel.comparison.words == "Run 1 → Run 2")
    model = panel.comparison.differences
    found = [tuple(model.index(row, column).data() for column in (0, 1)) for row in range(model.rowCount())]
    assert found == [("activation of h1", "Tanh → ReLU"), ("rate", "0.02 → 0.1")]


def test_del_takes_a_run_out_and_the_bar_brings_it_back(robot: Robot) -> None:
    panel = two_runs(robot)
    panel.table.setFocus()
    panel.table.setCurrentIndex(panel.table.runs.index(0, NAME))
    robot.key(Key.Key_Delete)
    robot.wait(lambda: [row.uid for row in panel.table.runs.rows] == [2])
    assert robot.message() == "Run 1 was deleted."
    robot.click(robot.window.centre.bar.button)
    robot.wait(lambda: [row.uid for row in panel.table.runs.rows] == [1, 2])
    assert cell(panel, 1, "parent").startswith("Run 1, ")


def test_deleting_the_run_on_show_shows_its_parent(robot: Robot) -> None:
    panel = two_runs(robot)
    robot.click(panel.remove)
    robot.wait(lambda: [row.uid for row in panel.table.runs.rows] == [1])
    assert robot.frame.step == 36
    assert not panel.remove.isEnabled()


def typed_into(robot: Robot, panel: RunsPanel, column: int, words: str) -> None:
    panel.table.edit_cell(2, column)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    editor.clear()
    robot.bot.keyClicks(editor, words)
    robot.bot.keyClick(editor, Key.Key_Return)


def test_a_name_and_a_note_are_typed_into_the_table(robot: Robot) -> None:
    panel = two_runs(robot)
    typed_into(robot, panel, NAME, "fast")
    robot.wait(lambda: robot.frame.runs[1].label.name == "fast")
    typed_into(robot, panel, NOTE, "rate too high")
    robot.wait(lambda: robot.frame.runs[1].label.note == "rate too high")
    assert cell(panel, 1, "run") == "fast"
    robot.click(panel.pin)
    robot.wait(lambda: robot.frame.runs[1].label.is_pinned)


def test_undo_after_a_branch_goes_back_to_the_parent_and_keeps_the_branch(robot: Robot) -> None:
    panel = two_runs(robot)
    robot.trigger("undo")
    robot.wait(lambda: robot.frame.step == 36)
    assert [row.is_current for row in robot.frame.runs] == [True, False]
    assert robot.running.session.document.training.optimizer.settings["lr"] == 0.02
    robot.trigger("redo")
    robot.wait(lambda: robot.frame.runs[1].is_current)
    assert len(panel.table.runs.rows) == 2


def test_copying_gives_every_digit(robot: Robot) -> None:
    panel = two_runs(robot)
    panel.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split(",")[:3] == ["run", "change", "loss"]
    assert float(lines[2].split(",")[2]) == robot.frame.train_loss


def test_curves_lie_on_each_other_until_the_runs_part_and_each_has_its_colour(robot: Robot) -> None:
    two_runs(robot)
    panel = curves(robot)
    robot.wait(lambda: panel.plot.labels() == ["Run 2", "Run 1"])
    first, second = robot.frame.runs
    other = panel.plot.runs[0]
    assert other.isVisible()
    assert other.opts["pen"].color().name().upper() == run_colour(current(), first).upper()
    assert panel.plot.train.opts["pen"].color().name().upper() == run_colour(current(), second).upper()
    assert panel.plot.train.opts["pen"].widthF() > other.opts["pen"].widthF()
    steps, values = other.getData()
    assert first.curves is not None
    assert np.array_equal(steps, first.curves.steps)
    assert np.array_equal(values, first.curves.train_loss)
    mine = dict(zip(*panel.plot.train.getData(), strict=True))
    shared = [step for step in steps if step < 36 and step in mine]
    assert shared
    assert all(mine[step] == value for step, value in zip(steps, values, strict=True) if step in shared)
    theme_signals.use("dark")
    grounds = {label.fill.color().name().upper() for label in panel.plot._labels._items}
    assert grounds == {current().panel}
    assert panel.plot.train.opts["pen"].color().name().upper() == run_colour(current(), second).upper()
    theme_signals.use("light")


def test_the_pointer_reads_run_step_and_value(robot: Robot) -> None:
    two_runs(robot)
    panel = curves(robot)
    robot.wait(lambda: len(panel.plot.labels()) == 2)
    panel._fit()
    steps, values = panel.plot.runs[0].getData()
    box = panel.plot.getViewBox()
    place = len(steps) // 2
    panel.plot.scene().sigMouseMoved.emit(box.mapViewToScene(QPointF(steps[place], values[place])))
    shown = panel._number(values[place])
    assert panel.said.text() == f"Run 1 · step {int(steps[place])} · train {shown}"
    panel.plot.scene().sigMouseMoved.emit(QPoint(-50, -50))
    assert "Run 1" not in panel.said.text()


def test_a_run_on_other_data_is_not_drawn_beside_unless_it_is_pinned(robot: Robot) -> None:
    trained(robot, 100)
    robot.choose_thumbnail("Two moons")
    robot.wait(lambda: len(robot.frame.runs) == 2)
    trained(robot, 60)
    panel = curves(robot)
    robot.wait(lambda: panel._rows == robot.frame.runs)
    assert panel.plot.labels() == []
    robot.running.session.describe_run(1, is_pinned=True)
    robot.wait(lambda: panel.plot.labels() == ["Run 2", "Run 1"])


def test_labels_at_the_ends_of_curves_never_lie_on_each_other() -> None:
    labels = [Label(f"Run {n}", "#000000", 100.0, height) for n, height in enumerate((0.01, 0.011, 0.5, 0.012))]
    boxes = stacked(labels, [QSizeF(20, 0.1)] * 4, QRectF(0, 0, 100, 1))
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert all(box.right() <= 100 for box in boxes)
    highest = stacked([Label("Run 5", "#000000", 1.0, 1.0)], [QSizeF(20, 0.1)], QRectF(0, 0, 100, 1))[0]
    assert QRectF(0, 0, 100, 1).contains(highest)


def test_a_cure_runs_beside_the_original_and_the_table_says_so(robot: Robot) -> None:
    trained(robot, 100)
    session = robot.running.session
    session.run_beside(set_optimizer_setting(session.document, "lr", 0.002), "Learning rate 0.002")
    robot.wait(lambda: len(robot.frame.runs) == 2 and robot.frame.state == "paused" and robot.frame.step > 0)
    dock(robot).raise_()
    panel = robot.panel("runs")
    assert isinstance(panel, RunsPanel)
    robot.wait(lambda: len(panel.table.runs.rows) == 2)
    assert cell(panel, 1, "change") == "Learning rate 0.002"
    assert cell(panel, 1, "parent") == "beside Run 1"
    first, second = robot.frame.runs
    assert first.last_step == second.last_step
    assert "as far as the run beside it" in robot.window.status.words.text()
