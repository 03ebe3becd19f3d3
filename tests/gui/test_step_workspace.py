"""The Step workspace for networks, rules and formulas: pseudo-code, play, phases, ends, and a sentence a step."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint

from dlviz.gui.panels.formula.panel import FormulaPanel
from dlviz.gui.panels.steps.code import CodeRow, counter_of
from dlviz.gui.panels.steps.code import running as place_running
from dlviz.gui.panels.steps.panel import StepsPanel
from dlviz.gui.panels.steps.rows import Role, RowsView
from dlviz.gui.selection import Selected
from dlviz.session.document import Document
from dlviz.session.presets import document_for, step_document
from dlviz.session.subject_presets import and_by_perceptron, competitive, hopfield_recall, three_functions
from tests.gui.hiding import drawn, leaks
from tests.gui.robot import LEFT, NONE, SHIFT, Key, Robot

DOCUMENTS = (step_document, and_by_perceptron, hopfield_recall, competitive, three_functions)


def opened(robot: Robot, document: Document) -> Robot:
    robot.start_on_canvas("step")
    robot.running.session.new(document)
    robot.wait(lambda: robot.frame.generation == robot.running.session._generation)
    return robot


def steps_panel(robot: Robot) -> StepsPanel:
    panel = robot.panel("steps")
    assert isinstance(panel, StepsPanel)
    return panel


def walk(robot: Robot, key: Key, cursor: int) -> None:
    robot.key(key)
    robot.wait(lambda: robot.frame.cursor == cursor and steps_panel(robot)._frame is robot.frame)


def code(robot: Robot) -> RowsView:
    robot.key(Key.Key_C)
    view = steps_panel(robot).code
    robot.wait(view.isVisible)
    return view


def running(robot: Robot) -> CodeRow | None:
    rows = steps_panel(robot).lines.rows
    place = place_running(rows)
    return rows[place] if place >= 0 else None


@pytest.mark.parametrize("make", DOCUMENTS)
def test_the_running_line_follows_forward_and_back(robot: Robot, make: Callable[[], Document]) -> None:
    opened(robot, make())
    code(robot)
    assert running(robot) is None
    for cursor in (1, 2, 3):
        walk(robot, Key.Key_PageDown, cursor)
        row = running(robot)
        assert row is not None and cursor - 1 in row.line.steps and row.line.kind == "step"
    walk(robot, Key.Key_PageUp, 2)
    row = running(robot)
    assert row is not None and 1 in row.line.steps


def test_a_click_on_a_line_walks_to_its_next_step(robot: Robot) -> None:
    opened(robot, step_document())
    view = code(robot)
    walk(robot, Key.Key_PageDown, 1)
    place = next(k for k, row in enumerate(steps_panel(robot).lines.rows) if row.line.text == "a ← σ(z)")
    for cursor in (2, 4, 2):  # the first layer, the second, and from the last the first again
        at = view.visualRect(view.model().index(place, 0)).center()
        robot.bot.mouseClick(view.viewport(), LEFT, NONE, at)
        robot.wait(lambda cursor=cursor: robot.frame.cursor == cursor)


def test_arrow_keys_walk_one_step_in_the_code(robot: Robot) -> None:
    opened(robot, step_document())
    view = code(robot)
    view.setFocus()
    for key, cursor in ((Key.Key_Down, 1), (Key.Key_Down, 2), (Key.Key_Up, 1)):
        walk(robot, key, cursor)


def test_loops_say_how_far_they_are(robot: Robot) -> None:
    opened(robot, step_document())
    code(robot)
    walk(robot, Key.Key_PageDown, 1)
    rows = {row.line.text: row for row in steps_panel(robot).lines.rows}
    assert rows["for epoch = 1, 2, …"].counter == "1"
    assert rows["for each row"].counter == "1 / 1"
    assert rows["for layer 1, 2"].counter == "layer 1"
    assert rows["for layer 2, 1"].counter == ""
    step = robot.frame.trace.steps[2]
    assert counter_of(rows["for layer 1, 2"].line, step, robot.frame) == "layer 2"


def test_the_switch_in_the_title_shows_steps_or_code(robot: Robot) -> None:
    opened(robot, step_document())
    panel = steps_panel(robot)
    for place, is_code in ((1, True), (0, False)):
        robot.click(panel.ways, panel.ways.tabRect(place).center())
        robot.wait(lambda is_code=is_code: panel.code.isVisible() is is_code and panel.view.isVisible() is not is_code)
        assert robot.window.live["pseudo_code"].isChecked() is is_code
        assert robot.window.remembered.is_code is is_code


def test_a_screen_reader_hears_the_running_line(robot: Robot) -> None:
    opened(robot, step_document())
    view = code(robot)
    walk(robot, Key.Key_PageDown, 1)
    words = view.currentIndex().data(Role.ROW), view.currentIndex().data(0x000B)
    assert words[0].is_running
    assert "running" in words[1] and "forward" in words[1] and "z ← W a + b" in words[1]


def test_code_shows_no_number_of_a_hidden_step(robot: Robot) -> None:
    opened(robot, step_document())
    code(robot)
    walk(robot, Key.Key_PageDown, 1)
    before = drawn(robot, lambda: True)
    walk(robot, Key.Key_PageDown, 2)
    robot.key(Key.Key_H)
    drawn(robot, lambda: robot.window.context.is_hidden)
    assert leaks(robot, before) == []


@pytest.mark.parametrize("make", DOCUMENTS)
def test_every_step_has_a_sentence(robot: Robot, make: Callable[[], Document]) -> None:
    opened(robot, make())
    panel = robot.panel("formula")
    assert isinstance(panel, FormulaPanel)
    walk(robot, Key.Key_PageDown, 1)
    assert robot.frame.trace is not None
    count = len(robot.frame.trace.steps)
    for cursor in range(2, count + 1):
        robot.running.session.walk_to(cursor)
        robot.wait(lambda cursor=cursor: panel._frame is not None and panel._frame.cursor == cursor)
        words = panel.sentence.text()
        assert words.endswith((".", "?", "!")) and len(words.split()) > 2, words


@pytest.mark.parametrize("make", DOCUMENTS)
def test_shift_pgdn_finishes_the_phase(robot: Robot, make: Callable[[], Document]) -> None:
    opened(robot, make())
    walk(robot, Key.Key_PageDown, 1)
    assert robot.frame.trace is not None
    phases = [step.phase for step in robot.frame.trace.steps]
    ends = [place for place in range(1, len(phases) + 1) if place == len(phases) or phases[place] != phases[place - 1]]
    for end in ends:
        if robot.frame.cursor < end:
            robot.key(Key.Key_PageDown, SHIFT)
            robot.wait(lambda end=end: robot.frame.cursor == end)


@pytest.mark.parametrize("make", DOCUMENTS)
def test_home_and_end_go_to_the_ends_of_what_is_recorded(robot: Robot, make: Callable[[], Document]) -> None:
    opened(robot, make())
    walk(robot, Key.Key_PageDown, 1)
    assert robot.frame.trace is not None
    robot.running.session.walk_to(len(robot.frame.trace.steps))
    robot.wait(lambda: robot.frame.step == 1)
    robot.key(Key.Key_Home)
    robot.wait(lambda: robot.frame.step == 0 and robot.frame.cursor == 0)
    robot.key(Key.Key_End)
    robot.wait(lambda: robot.frame.step == 1)


@pytest.mark.parametrize("make", DOCUMENTS)
def test_space_plays_operation_by_operation_and_pauses(robot: Robot, make: Callable[[], Document]) -> None:
    opened(robot, make())
    slider = robot.window.transport.speed.slider
    robot.window.transport.speed.slider.setValue(slider.maximum() // 3)
    robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.cursor >= 3)
    if robot.frame.state == "running":
        robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.state == "paused")


def test_the_example_looked_at_is_ringed_in_the_map_and_a_click_looks_at_another(robot: Robot) -> None:
    robot.start_on_canvas("step")
    robot.running.session.new(document_for("moons"))
    robot.settle()
    dock = next(dock for dock in robot.window.docks._docks.values() if dock.objectName() == "dock.output")
    dock.toggleViewAction().trigger()
    output = robot.panel("output")
    robot.wait(output.isVisible)
    walk(robot, Key.Key_PageDown, 1)
    shown, trace = output.map.frame.map, robot.frame.trace  # type: ignore[attr-defined]
    robot.wait(lambda: shown.ringed == int(trace.rows[0]))
    at = shown.to_pixels(shown.points.places[[int(trace.rows[3])]])[0]
    robot.bot.mouseClick(shown, LEFT, NONE, QPoint(round(at[0]), round(at[1])))
    robot.wait(lambda: robot.frame.sample == 3 and shown.ringed == int(trace.rows[3]))
    assert robot.window.context.selection.current == Selected("sample", unit=int(trace.rows[3]))


@pytest.mark.parametrize("make", [and_by_perceptron, three_functions])
def test_the_picture_of_a_rule_or_graph_has_the_whole_middle(robot: Robot, make: Callable[[], Document]) -> None:
    opened(robot, make())
    robot.bot.wait(100)
    subject, middle = robot.panel("subject"), robot.window.centre._split
    robot.wait(lambda: subject.isVisible() and subject.height() == middle.height())
