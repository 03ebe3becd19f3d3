"""Rows of the data are selected in one place, marked everywhere, and walked one after the other."""

import numpy as np
from PySide6.QtCore import QPoint, Qt

from dlviz.session.edits import set_split
from dlviz.session.presets import document_for
from tests.gui.robot import Key, Robot


def lone_point(robot: Robot) -> int:
    """Return the row whose point has the most room around it."""
    view = robot.panel("output").map.frame.map
    places = view.to_pixels(view.points.places)
    return int(np.argmax([np.partition(np.hypot(*(places - place).T), 1)[1] for place in places]))


def click_point(robot: Robot, row: int) -> None:
    view = robot.panel("output").map.frame.map
    x, y = view.to_pixels(view.points.places[[row]])[0]
    robot.click(view, QPoint(round(x), round(y)))


def test_a_clicked_point_is_walked_in_step_and_escape_lets_it_go(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.pause()
    row = lone_point(robot)
    click_point(robot, row)
    bar = robot.window.centre.rows
    assert robot.window.context.selection.rows == {row}
    assert bar.isVisible() and bar.text.text() == f"row {row + 1}"
    step = robot.frame.step
    robot.click(bar.walk)
    assert robot.window.context.workspace == "step"
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.trace.rows[robot.frame.sample] == row)
    assert robot.frame.step == step and robot.frame.cursor == 0
    how = "alone, nothing is learnt of it" if robot.frame.is_aside else "in its batch"
    robot.wait(lambda: bar.text.text() == f"row {row + 1} is walked {how}")
    robot.key(Key.Key_Escape)
    assert not bar.isVisible() and robot.window.context.selection.rows == frozenset()


def test_each_click_walks_the_next_of_the_rows(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.pause()
    rows = sorted(int(row) for row in robot.running.session.prepared.validation[:3])
    robot.window.context.selection.select_rows(rows, "3 rows")
    walked = []
    for _ in range(4):
        robot.click(robot.window.centre.rows.walk)
        expected = rows[len(walked) % 3]
        robot.wait(lambda row=expected: robot.window.centre.rows.walked == row)
        walked.append(robot.window.centre.rows.walked)
        assert robot.window.centre.rows.walk.text() == "Walk the next"
    assert walked == [*rows, rows[0]]


def test_a_row_walked_alone_says_so_and_is_left_by_playing_on(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.pause()
    row, step = int(robot.running.session.prepared.validation[0]), robot.frame.step
    robot.window.context.selection.select_rows([row], f"row {row + 1}")
    robot.click(robot.window.centre.rows.walk)
    robot.wait(lambda: robot.frame.is_aside)
    assert robot.window.status.words.text().startswith(f"Row {row + 1} alone: the run learns nothing of it")
    robot.running.session.play()
    robot.wait(lambda: not robot.frame.is_aside and robot.frame.step > step)


def test_other_data_let_the_rows_go(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.window.context.selection.select_rows([3], "row 4")
    robot.running.session.start_over(document_for("moons"), "Data")
    assert robot.window.context.selection.rows == frozenset()


def test_the_table_of_rows_marks_them(robot: Robot) -> None:
    robot.start_on_canvas()
    table = robot.panel("data").page("table").rows
    robot.window.context.rows_wanted.emit()
    robot.window.context.selection.select_rows([2, 5], "2 rows")
    ground = Qt.ItemDataRole.BackgroundRole
    marked = [row for row in range(8) if table.rows.index(row, 0).data(ground) is not None]
    assert {2, 5} <= set(marked)


def test_a_row_of_the_test_is_walked_only_after_it_was_unlocked(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.pause()
    session = robot.running.session
    session.edit(set_split(session.document, validation=0.2, test=0.2), "split")
    robot.settle()
    row = int(session.prepared.test[0])
    robot.window.context.selection.select_rows([row], "one row")
    bar = robot.window.centre.rows
    robot.click(bar.walk)
    assert "kept for the test" in robot.message() and "Unlock test" in robot.message()
    assert robot.window.context.workspace == "network" and not robot.frame.is_aside
    session.look_at_test()
    robot.wait(lambda: robot.frame.is_test_open)
    robot.click(bar.walk)
    robot.wait(lambda: robot.frame.is_aside and robot.frame.trace.rows[0] == row)
    assert robot.window.context.workspace == "step"
