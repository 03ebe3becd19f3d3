"""Operands of a formula: which unit, link or bias each piece stands for, lit here and on the canvas."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QLineEdit

from dlviz.core.conventions import Conventions
from dlviz.core.narration import Focus, Plan, narrate
from dlviz.core.network import dense
from dlviz.core.notation import Symbols
from dlviz.gui.panels.formula.operands import letters, places_of
from dlviz.gui.panels.formula.panel import FormulaPanel
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.typeset.pieces import pieces_of
from dlviz.gui.typeset.view import FormulaView
from dlviz.session.document import Document
from dlviz.session.presets import example_document
from tests.gui.robot import LEFT, NONE, Key, Robot
from tests.unit.core.narrated_runs import network, recorded

SPEC = network(dense("h", 2, "sigmoid"), dense("o", 2, "sigmoid"), inputs=2)
X1, X2 = Selected("input", "x", 0), Selected("input", "x", 1)
W11, W12 = Selected("link", "h", 0, "x", 0), Selected("link", "h", 0, "x", 1)
UNIT, BIAS = Selected("unit", "h", 0), Selected("bias", "h", 0)


def told(
    op: str, node: str, focus: Focus, profile: str = "dlviz", n: int = 1
) -> list[tuple[str, tuple[Selected, ...]]]:
    trace, plan = recorded(SPEC, n=n)
    document = Document(network=SPEC, conventions=Conventions(profile))
    step = next(each for each in trace.steps if each.op == op and each.node == node)
    plan = Plan(plan.network, plan.loss, plan.optimizer, notation=document.notation)
    pieces = pieces_of(narrate(step, trace, plan, focus))
    known = letters(step, SPEC, Symbols(SPEC, document.notation, is_latex=True), focus)
    return [(piece.latex, places) for piece, places in zip(pieces, places_of(pieces, known), strict=True) if places]


def test_letters_and_the_numbers_below_them_stand_for_the_same() -> None:
    found = told("affine", "h", Focus())
    letters_told = [places for _, places in found[:4]]
    assert letters_told == [(UNIT,), (W11, X1), (W12, X2), (BIAS,)]
    assert [places for _, places in found[4:9]] == [(W11,), (X1,), (W12,), (X2,), (BIAS,)]
    assert found[-1][1] == (UNIT,), "the result is the unit"


@pytest.mark.parametrize("profile", ["dlviz", "haykin", "deeplearning_ai"])
def test_any_notation_is_understood(profile: str) -> None:
    places = {place for _, own in told("affine", "h", Focus(), profile) for place in own}
    assert places == {UNIT, W11, W12, X1, X2, BIAS}


def test_numbers_of_further_examples_stand_for_the_same_error_and_input() -> None:
    found = [own for _, own in told("weight_gradient", "h", Focus(0, 1), n=3)]
    assert found[0] == (W12,)
    assert found.count((X2,)) == 4 and found.count((UNIT,)) == 4, "in letters, and for each of three examples"


def test_a_unit_beyond_the_first_few_is_known_where_it_is_looked_at() -> None:
    wide = network(dense("h", 40, "tanh"), dense("o", 1), inputs=2)
    trace, _ = recorded(wide)
    known = letters(trace.steps[0], wide, Symbols(wide, is_latex=True), Focus(33))
    assert known["z_{34}^{(1)}"] == Selected("unit", "h", 33)
    assert len(known) < 200


def walked(robot: Robot, document: Document, cursor: int) -> FormulaView:
    robot.start_on_canvas("step")
    robot.running.session.new(document)
    robot.settle()
    robot.running.session.walk_to(cursor)
    panel = robot.panel("formula")
    assert isinstance(panel, FormulaPanel)
    robot.wait(lambda: panel._frame is not None and panel._frame.cursor == cursor)
    panel.view.finish()
    return panel.view


def middle(view: FormulaView, place: Selected) -> QPointF:
    return next(rect.center() for rect, own in view._spots if own == place)


def test_hovering_an_operand_lights_its_link_on_the_canvas_and_back(robot: Robot) -> None:
    view = walked(robot, example_document(), 1)
    robot.bot.mouseMove(view, middle(view, W12).toPoint())
    robot.wait(lambda: robot.window.context.selection.hover == W12)
    robot.hover(X1)
    robot.wait(lambda: view._marked == X1)
    robot.window.context.selection.point_at(NOTHING)
    assert view._marked is None


def test_a_click_on_an_operand_selects_it(robot: Robot) -> None:
    view = walked(robot, example_document(), 1)
    robot.bot.mouseClick(view, LEFT, NONE, middle(view, BIAS).toPoint())
    assert robot.window.context.selection.current == BIAS


def test_a_double_click_on_a_number_types_it_anew_and_all_that_follows(robot: Robot) -> None:
    view = walked(robot, example_document(), 1)
    canvas = robot.panel("canvas")
    robot.bot.mouseDClick(view, LEFT, NONE, middle(view, BIAS).toPoint())
    robot.wait(lambda: canvas.card.is_editing)
    before = bias_now(robot)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    field.setText("0,5")
    robot.bot.keyClick(field, Key.Key_Return)
    robot.wait(lambda: bias_now(robot) == 0.5)
    robot.trigger("undo")
    robot.wait(lambda: bias_now(robot) == before)


def bias_now(robot: Robot) -> float:
    """Return the bias as the walked pass found it."""
    trace = robot.frame.trace
    assert trace is not None
    return float(trace.before["h.b"][BIAS.unit])


def test_a_walk_over_all_steps_finds_operands_in_every_phase(robot: Robot) -> None:
    phases = set()
    view = walked(robot, example_document(), 1)
    assert robot.frame.trace is not None
    for cursor in range(1, len(robot.frame.trace.steps) + 1):
        robot.running.session.walk_to(cursor)
        panel = robot.panel("formula")
        robot.wait(lambda cursor=cursor, panel=panel: panel._frame.cursor == cursor)
        view.finish()
        phases |= {robot.frame.trace.steps[cursor - 1].phase} if view._spots else set()
    assert {"forward", "backward", "update"} <= phases
