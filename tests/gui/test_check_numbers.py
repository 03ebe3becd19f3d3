"""Numbers of a hand calculation typed at the real window: checked, named, rounded at the board, predicted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from dlviz.gui.panels.formula.answers import NUMBER, VERDICT
from dlviz.gui.panels.formula.answers_page import AnswersPage
from dlviz.gui.panels.formula.panel import FormulaPanel
from dlviz.gui.panels.steps.panel import StepsPanel
from dlviz.gui.selection import Selected
from dlviz.gui.theme import theme_signals
from tests.gui.hiding import drawn, leaks
from tests.gui.robot import LEFT, NONE, Key, Robot, close_window, robot_at_window

OUTPUT_SUM = 3  # steps done once o.z is there, 0.09103


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    made.start_on_canvas("step")
    made.wait(lambda: made.frame.peek is not None)
    yield made
    close_window(made)
    theme_signals.use("light")


def formula(robot: Robot) -> FormulaPanel:
    return robot.window.findChild(FormulaPanel)


def page(robot: Robot) -> AnswersPage:
    return formula(robot).page


def verdict(robot: Robot, place: str) -> str:
    model = page(robot).answers
    return str(model.index(model.places.index(place), VERDICT).data()) if place in model.places else ""


def type_number(robot: Robot, place: str, text: str) -> None:
    """Click the cell beside a place and type."""
    table = page(robot).table
    index = page(robot).answers.index(page(robot).answers.places.index(place), NUMBER)
    table.scrollTo(index)
    robot.bot.mouseClick(table.viewport(), LEFT, NONE, table.visualRect(index).center())
    robot.text(text)
    robot.key(Key.Key_Return)
    robot.wait(lambda: page(robot).answers.numbers.get(place) == text)


def test_first_slip_is_marked_and_named(robot: Robot) -> None:
    robot.trigger("check_numbers")
    robot.wait(lambda: "o.dz[1]" in page(robot).answers.places)
    for place, text in (("o.z[1]", "0,0910"), ("o.da[1]", "-0.4773"), ("o.dz[1]", "-0.4773")):
        type_number(robot, place, text)
    robot.wait(lambda: verdict(robot, "o.dz[1]").startswith("✗"))
    assert "slope of the activation" in verdict(robot, "o.dz[1]")
    assert verdict(robot, "o.z[1]").startswith("✓")
    assert page(robot).outcome.text() == "2 of 3 right. The first slip is at o.dz[1]."
    assert robot.frame.cursor == 0, "numbers are checked before the pass is walked"


def test_places_can_be_typed_too(robot: Robot) -> None:
    robot.click(formula(robot).check)
    page(robot).line.setFocus()
    robot.text("w5 = 0.4164; E=0.1139; nonsense")
    robot.key(Key.Key_Return)
    robot.wait(lambda: verdict(robot, "o.W[1,1]").startswith("✓") and verdict(robot, "loss").startswith("✓"))
    assert page(robot).line.text() == "nonsense", "what cannot be read stays to be mended"
    robot.click(page(robot).clear)
    robot.wait(lambda: not page(robot).worksheets())
    robot.click(page(robot).back)
    assert formula(robot).view.isVisible() and not page(robot).isVisible()


def test_a_class_is_read_from_a_file_and_each_student_shown(robot: Robot, tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("name,h.a[1],o.z,o.da\nAnna,0.5498,0.0910,-0.4773\nBo,0.5498,0.0910,0.4773\n", encoding="utf-8")
    robot.answers.path = path
    robot.trigger("load_class")
    model = page(robot).students
    robot.wait(lambda: model.rowCount() == 2 and "sign" in str(model.index(1, 2).data()))
    assert model.index(0, 1).data() == "All 3 right."
    table = page(robot).list
    table.setCurrentIndex(model.index(1, 0))
    table.setFocus()
    robot.key(Key.Key_Return)
    robot.wait(lambda: verdict(robot, "o.da[1]").startswith("✗"))
    assert page(robot).name.text() == "Bo"
    robot.click(page(robot).back)
    assert table.isVisible()


def test_a_file_that_is_no_class_is_refused_in_a_sentence(robot: Robot, tmp_path: Path) -> None:
    robot.answers.path = tmp_path / "class.csv"
    robot.answers.path.write_text("loss\n", encoding="utf-8")
    robot.trigger("load_class")
    assert "Expected a header and a row for each student" in robot.message()
    assert not page(robot).isVisible()


def test_board_rounding_stands_beside_the_exact_number(robot: Robot) -> None:
    robot.trigger("board_4")
    robot.running.session.walk_to(OUTPUT_SUM)
    robot.wait(lambda: "0.09101" in formula(robot).by_hand.text())
    assert "0.4 · 0.5498 + 0.1 · 0.7109" in formula(robot).by_hand.text()
    assert "0.0910" in formula(robot).by_hand.text()
    assert formula(robot).view.text().endswith("0.09103")
    rows = {row.cursor: row for row in robot.window.findChild(StepsPanel).model.rows}
    assert (rows[OUTPUT_SUM].summary, rows[OUTPUT_SUM].board) == ("0.09103", "0.09101")
    robot.trigger("board_0")
    robot.wait(lambda: not formula(robot).by_hand.isVisible())


def test_a_prediction_is_checked_at_once_and_gives_nothing_away(robot: Robot) -> None:
    robot.running.session.walk_to(OUTPUT_SUM)
    robot.wait(lambda: robot.frame.cursor == OUTPUT_SUM)
    before = drawn(robot, lambda: True)
    robot.key(Key.Key_H)
    prediction = formula(robot).prediction
    robot.wait(prediction.field.hasFocus)
    robot.text("0.2910")
    robot.wait(lambda: "bias" in prediction.verdict.text())
    assert "0.09103" not in drawn(robot, lambda: True) and "0.09103" in before
    prediction.field.clear()
    robot.text("0.0910")
    robot.wait(lambda: prediction.verdict.text() == "✓ Right.")
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: not prediction.isVisible())
    assert robot.frame.cursor == OUTPUT_SUM, "the first PgDn uncovers"
    assert robot.view.hasFocus(), "Space plays again"


def test_the_next_result_can_be_hidden_before_it_is_seen(robot: Robot) -> None:
    robot.running.session.walk_to(OUTPUT_SUM - 1)
    robot.wait(lambda: robot.frame.cursor == OUTPUT_SUM - 1)
    before = drawn(robot, lambda: True)
    robot.trigger("hide_next")
    robot.wait(lambda: robot.frame.cursor == OUTPUT_SUM)
    drawn(robot, lambda: "?" in formula(robot).view.text())
    assert leaks(robot, before) == []


@pytest.mark.parametrize(
    "selected", [Selected("unit", "o", 0), Selected("link", "o", 0, "h", 1), Selected("bias", "h")]
)
def test_hidden_numbers_stay_hidden_beside_the_board_and_in_the_inspector(robot: Robot, selected: Selected) -> None:
    robot.trigger("board_4")
    robot.window.context.selection.select(selected)
    robot.wait(lambda: robot.panel("inspector").isVisible())
    for _ in range(13):
        cursor = robot.frame.cursor
        before = drawn(robot, lambda: True)
        robot.trigger("hide_next")
        robot.wait(lambda cursor=cursor: robot.frame.cursor == cursor + 1)
        drawn(robot, lambda: "?" in formula(robot).view.text())
        assert leaks(robot, before) == []
        robot.window.context.hide_results(False)


def test_hidden_numbers_stay_hidden_on_the_page_for_numbers(robot: Robot) -> None:
    robot.trigger("check_numbers")
    robot.wait(lambda: "o.z[1]" in page(robot).answers.places)
    type_number(robot, "o.z[1]", "0.3")
    robot.wait(lambda: verdict(robot, "o.z[1]").startswith("✗"))
    robot.running.session.walk_to(OUTPUT_SUM - 1)
    robot.wait(lambda: robot.frame.cursor == OUTPUT_SUM - 1)
    before = drawn(robot, lambda: True)
    robot.trigger("hide_next")
    robot.wait(lambda: robot.frame.cursor == OUTPUT_SUM)
    drawn(robot, lambda: True)
    assert leaks(robot, before) == []


def test_hidden_numbers_stay_hidden_with_every_panel_open(robot: Robot) -> None:
    for toggle in robot.window.docks.toggle_actions():
        if not toggle.isChecked():
            toggle.trigger()
    robot.window.context.selection.select(Selected("unit", "o"))
    for _ in range(13):
        cursor = robot.frame.cursor
        before = drawn(robot, lambda: True)
        robot.trigger("hide_next")
        robot.wait(lambda cursor=cursor: robot.frame.cursor == cursor + 1)
        drawn(robot, lambda: "?" in formula(robot).view.text())
        assert leaks(robot, before) == []
        robot.window.context.hide_results(False)


def test_the_page_closes_with_the_document_that_its_places_are_of(robot: Robot) -> None:
    robot.click(formula(robot).check)
    robot.wait(lambda: bool(page(robot).answers.places))
    robot.trigger("learn_hopfield")
    robot.wait(lambda: not page(robot).isVisible() and formula(robot).view.isVisible())
