"""Formulas of one's own in the window: quick, with the right slope, and unharmed by poles, gaps and malice."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from dlviz.core.choice import Choice, chosen
from dlviz.gui import numbers
from dlviz.gui.panels.surface.quantities import height
from dlviz.gui.panels.surface.shades import Shades
from dlviz.session import edits
from tests.guards import at_once
from tests.gui.robot import NONE, Key, Robot, no_stall
from tests.gui.test_race import LEFT, inside, player, surface, told, walked

GAPS = (
    "log(1-x**2-y**2)", "1/(x**2+y**2-1)", "sqrt(-1-x**2)", "1/x", "x/(x-x)+y", "where(x>0,1/0,y)", "9**9**9",
    "1e308*1e308*x", "1e155*x*1e155*y", "x**1000", "exp(exp(exp(x)))", "-x**4", "1e300*x**2", "5e-324*x**2+y",
    "sin(1e10*x)", "(-1)**x",
)  # fmt: skip
REFUSED = (
    "__import__('os')", "().__class__", "x[0]", "lambda: 0", "print(x)", "x+", "(x", "x,y", "2x", "a+b+c", "x*inf",
    "1e400*x", "sin(" * 60 + "x" + ")" * 60, "x+" * 3000 + "x",
)  # fmt: skip


@pytest.fixture
def robot(robot_at_race: Robot) -> Robot:
    return robot_at_race


def typed(robot: Robot, text: str) -> None:
    line = robot.window.tools.race.line
    line.setText(text)
    robot.bot.keyClick(line, Key.Key_Return)


def f(x: float, y: float) -> float:
    return float(np.sin(3 * x) * np.cos(y) + 0.1 * (x**2 + y**2))


def test_a_typed_formula_is_seen_within_a_second_and_falls_as_central_differences_say(robot: Robot) -> None:
    with at_once():
        typed(robot, "sin(3*x)*cos(y)+0.1*(x**2+y**2)")
        walked(robot)
        surface(robot).grab()
    robot.window.run.use_size("operation")
    told(robot)
    robot.key(Key.Key_PageDown, times=2)
    x, y = player(robot).race.start  # type: ignore[union-attr]
    h = 1e-6
    slope = [(f(x + h, y) - f(x - h, y)) / (2 * h), (f(x, y + h) - f(x, y - h)) / (2 * h)]
    full = inside(robot).micro.rows[1].full.replace(numbers.MINUS, "-").strip("()")
    assert [float(each) for each in full.split(",")] == pytest.approx(slope, rel=1e-8)


@pytest.mark.parametrize("text", GAPS)
def test_what_is_not_finite_leaves_gaps(robot: Robot, text: str) -> None:
    typed(robot, text)
    walked(robot)
    panel = surface(robot)
    with no_stall():
        keys = panel.quantity.keys()
        for key in keys:
            panel.quantity.set_key(key)
            panel._draw()
            panel.losses._draw()
            assert np.isfinite(panel.losses.plot.getViewBox().viewRange()).all()
        for press in (Key.Key_PageDown, Key.Key_End):
            robot.key(press)
            told(robot)
            panel.grab()
    robot.bot.mouseClick(panel.contour, LEFT, NONE, QPoint(60, 60))
    walked(robot)
    assert not robot.message()
    assert not any(word in " ".join(row.cells) for row in panel.table.rows.rows for word in ("nan", "inf"))


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_formula_is_refused_in_one_sentence_and_changes_nothing(robot: Robot, text: str) -> None:
    before = robot.running.session.document
    typed(robot, text)
    assert robot.running.session.document is before
    assert robot.message().startswith(("text", "Expected")) and len(robot.message()) < 400


def test_where_a_surface_has_no_height_nothing_is_said_to_have_diverged(robot: Robot) -> None:
    typed(robot, "sqrt(-1-x**2)")
    walked(robot)
    told(robot)
    assert surface(robot).table.rows.rows[0].cells[2] == "no height here"
    assert "no height at the start" in inside(robot).sentence.text()


def test_heights_too_far_apart_for_a_number_are_left_out() -> None:
    shades = Shades(np.array([[-1.7e308, 0.0], [1.0, 1.7e308]]))
    found = shades.at(np.array([[-1.7e308, 0.0], [1.0, 1.7e308]]))
    assert np.isnan(found).tolist() == [[True, False], [False, True]]
    assert found[0, 1] == 0 and found[1, 0] == 1


@pytest.mark.parametrize("text", ["x**2 - log(x)", "x**2 - log(x) + y**2"])
def test_a_path_that_left_its_domain_is_drawn_no_more_though_it_comes_back(robot: Robot, text: str) -> None:
    document = edits.set_surface(robot.running.session.document, Choice("formula", {"text": text}))
    start = (2.0, 1.0)[: 1 + ("y" in text)]
    document = edits.set_race(document, start=start, optimizers=(chosen("sgd", lr=0.6),), steps=60)
    robot.running.session.edit(document, "race")
    walked(robot)
    race = player(robot).race
    assert race is not None
    broken = race.standings[0].broken
    assert 0 < broken < np.flatnonzero(np.isfinite(race.paths[0].values))[-1]
    drawn = height(race).lines[0].y
    assert np.isfinite(drawn[:broken]).all() and np.isnan(drawn[broken:]).all()
    contour = surface(robot).contour
    player(robot).seek(60)
    assert contour.ball(0) == contour._trail.ribbons[0].at(broken - 1)
    assert len(contour._trail.ribbons[0].places) == broken
