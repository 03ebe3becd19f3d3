"""The first ten minutes as one path: what a newcomer does, with at most 25 actions."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from dlviz.gui.panels.data.importing import ImportView
from dlviz.gui.panels.formula.panel import FormulaPanel
from dlviz.gui.panels.steps.panel import StepsPanel
from dlviz.gui.selection import Selected
from dlviz.session.presets import step_document
from tests.gui.robot import CONTROL, Key, Robot, no_stall

MOST_ACTIONS = 25
OUTPUT, DELTA = 0.5227414361, 0.1190678158  # curriculum, EX-42
TEN_DIGITS = 5e-11
WEIGHT = Selected("link", "h", 0, "x", 1)  # from x2 to the first hidden unit


def column_file(folder: Path) -> Path:
    """Write a small table of a person's own."""
    draw = np.random.default_rng(3)
    x = draw.normal(size=(200, 2))
    lines = ["height,width,kind"]
    lines += [f"{a:.4f},{b:.4f},{'big' if a + b > 0 else 'small'}" for a, b in x]
    path = folder / "shapes.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def value(robot: Robot, name: str) -> np.ndarray:
    """Return an array of the pass in hand as the window shows it."""
    trace = robot.frame.trace
    assert trace is not None
    found = trace.value(name, robot.frame.cursor)
    assert found is not None, f"{name} is not computed yet"
    return np.asarray(found)


def walk_until(robot: Robot, name: str) -> None:
    """Press PgDn until a step has written an array; a hold of the key counts as one action."""
    before = robot.actions
    while not any(name in step.writes for step in steps_done(robot)):
        cursor = robot.frame.cursor
        robot.key(Key.Key_PageDown)
        robot.wait(lambda cursor=cursor: robot.frame.cursor > cursor)
    robot.actions = before + 1


def steps_done(robot: Robot) -> tuple:
    trace = robot.frame.trace
    return () if trace is None else trace.steps[: robot.frame.cursor]


def walk_back(robot: Robot, steps: int) -> None:
    """Press PgUp some times; a hold of the key counts as one action."""
    cursor, before = robot.frame.cursor, robot.actions
    robot.key(Key.Key_PageUp, times=steps)
    robot.wait(lambda: robot.frame.cursor == cursor - steps)
    robot.actions = before + 1


def type_weight(robot: Robot, words: str) -> None:
    """Click a link, press Enter, type over its value, press Enter."""
    robot.click_place(WEIGHT)
    robot.key(Key.Key_Return)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit), "Enter on a link offers its value for typing"
    robot.text(words)
    robot.key(Key.Key_Return)


def test_first_ten_minutes(robot: Robot, tmp_path: Path) -> None:
    with no_stall():
        robot.start()
        robot.wait(lambda: robot.frame.step > 20)
        pause_and_look_around(robot)
        add_a_unit_and_undo(robot)
        walk_one_example(robot)
        type_another_weight(robot)
        train_on_own_data(robot, column_file(tmp_path))
    assert robot.actions <= MOST_ACTIONS, robot.listed


def pause_and_look_around(robot: Robot) -> None:
    robot.pause()
    robot.hover(Selected("unit", "h1", 1))
    robot.wait(lambda: robot.view.viewport().toolTip() != "")
    robot.click_place(Selected("link", "h2", 0, "h1", 1))
    assert robot.window.context.selection.current == Selected("link", "h2", 0, "h1", 1)
    robot.wait(lambda: robot.panel("inspector").isVisible())


def add_a_unit_and_undo(robot: Robot) -> None:
    before = robot.running.session.document
    robot.click_caption("plus", "h1")
    assert robot.running.session.document.network.layers[0].settings["units"] == 5
    robot.key(Key.Key_Z, CONTROL)
    assert robot.running.session.document == before


def walk_one_example(robot: Robot) -> None:
    robot.click(robot.window.centre.cards.step)
    robot.wait(lambda: robot.frame.document.title == step_document().title)
    walk_until(robot, "o.a")
    assert value(robot, "o.a").item() == pytest.approx(OUTPUT, abs=TEN_DIGITS)
    robot.wait(lambda: "0.5227" in robot.window.findChild(FormulaPanel).view.text())
    walk_until(robot, "loss")
    walk_until(robot, "o.dz")
    # The lesson's delta is that of the delta rule: the error times the slope, with the sign of the update.
    assert -value(robot, "o.dz").item() == pytest.approx(DELTA, abs=TEN_DIGITS)
    walk_until(robot, "h.dW")
    assert value(robot, "h.dW")[:, 0] == pytest.approx([0.0, 0.0], abs=0.0)
    assert np.all(value(robot, "h.dW")[:, 1] != 0.0)
    shown = [row.full for row in robot.window.findChild(StepsPanel).model.rows]
    assert any(f"{OUTPUT:.10f}"[:11] in each for each in shown), shown


def type_another_weight(robot: Robot) -> None:
    sums, before = value(robot, "h.z").copy(), value(robot, "h.W").copy()
    walk_back(robot, 5)
    type_weight(robot, "0.9")
    robot.settle()
    walk_until(robot, "h.z")
    walk_until(robot, "o.a")
    assert value(robot, "h.W")[0, 1] == 0.9
    assert value(robot, "h.z")[0, 0] != sums[0, 0]
    assert value(robot, "o.a").item() != pytest.approx(OUTPUT, abs=1e-4)
    robot.key(Key.Key_Z, CONTROL)
    robot.settle()
    assert (value(robot, "h.W") == before).all()
    assert not robot.running.session.can_undo


def train_on_own_data(robot: Robot, path: Path) -> None:
    robot.drop(path)
    view = robot.window.findChild(ImportView)
    robot.wait(view.accept_button.isEnabled)
    assert view.columns.target_name == "kind"
    assert view.columns.input_names == ("height", "width")
    robot.click(view.accept_button)
    robot.wait(lambda: robot.frame.document.data.kind == "file")
    robot.key(Key.Key_1, CONTROL)
    robot.key(Key.Key_Space)
    robot.wait(lambda: (robot.frame.train_score or 0.0) > 0.9)
