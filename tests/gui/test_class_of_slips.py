"""Whole classes of hand calculations in the window: each planted slip is named, right answers are accepted."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from dlviz.gui.panels.formula.answers_page import AnswersPage
from dlviz.gui.panels.formula.panel import FormulaPanel
from dlviz.session import edits
from tests.golden.hand_calculation import Hand
from tests.golden.test_answers import salaries, sheet, small_network
from tests.gui.robot import Robot
from tests.gui.walker import Walker

RESULT, FIRST_SLIP = 1, 2  # columns of the table of students

# The slips of each exercise, and what the sentence about one must say.
EX_42 = {
    "missing_half": "The ½ of the loss is left out",
    "no_output_slope": "The slope of the activation is left out",
    "no_hidden_slope": "The slope of the activation is left out",
    "new_weights": "New weights are used instead of old ones",
    "wrong_sign": "The step goes uphill",
    "misread_update": "The old weight is read as a factor",
    "error_sign": "The sign is the wrong way round",
    "missing_bias": "The bias is left out",
    "missing_term": "Term 2 of the sum is left out",
    "swapped_forward": "The two indices of a weight are swapped",
    "missing_rate": "The learning rate is left out",
}
EX_30 = {
    "missing_two": "The 2 of the square is left out",
    "wrong_sign": "The step goes uphill",
    "error_sign": "The sign is the wrong way round",
    "missing_rate": "The learning rate is left out",
}
EX_30_ALL = {"missing_mean": "The 1/n of the mean is left out", "missing_two": "The 2 of the square is left out"}


def class_file(path: Path, students: Mapping[str, Mapping[str, str]]) -> Path:
    """Write a class: a row for each student, a column for each place."""
    places = list(next(iter(students.values())))
    lines = [";".join(["name", *places])]
    lines += [";".join([name, *(numbers[place] for place in places)]) for name, numbers in students.items()]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def judged(robot: Robot, path: Path, count: int) -> AnswersPage:
    """Load a class through the menu and wait until all of it is judged."""
    robot.answers.path = path
    robot.trigger("load_class")
    page = robot.window.findChild(FormulaPanel).page
    model = page.students
    robot.wait(
        lambda: model.rowCount() == count and all(str(model.index(row, 1).data()) != "…" for row in range(count))
    )
    return page


def planted(hand: Hand, slips: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {slip: sheet(replace(hand, slips=frozenset({slip})).numbers(), 5) for slip in slips}


def open_exercise(robot: Robot, key: str) -> Hand:
    """Open an exercise in the window, and return the same one calculated by hand."""
    walker = Walker(robot).open("step" if key == "EX-42" else "salaries")
    if key == "EX-30, all":
        session = walker.robot.running.session
        session.edit(edits.set_training(session.document, batch_size=3), "batch")
        walker.robot.settle()
    robot.wait(lambda: robot.frame.peek is not None)
    hand, _ = {"EX-42": small_network, "EX-30": salaries, "EX-30, all": lambda: salaries(3)}[key]()
    return hand


@pytest.mark.parametrize(("key", "slips"), [("EX-42", EX_42), ("EX-30", EX_30), ("EX-30, all", EX_30_ALL)])
def test_every_planted_slip_is_named(robot: Robot, tmp_path: Path, key: str, slips: dict[str, str]) -> None:
    hand = open_exercise(robot, key)
    page = judged(robot, class_file(tmp_path / "class.csv", planted(hand, slips)), len(slips))
    said = {page.students.index(row, 0).data(): str(page.students.index(row, FIRST_SLIP).data())
            for row in range(len(slips))}  # fmt: skip
    assert {slip: words for slip, words in slips.items() if words not in said[slip]} == {}
    assert all(text.startswith("✗") for text in said.values())


def test_layers_updated_one_after_the_other_are_named(robot: Robot, tmp_path: Path) -> None:
    hand = open_exercise(robot, "EX-42")
    right = hand.numbers()
    moved = replace(hand, W=right["h.W"], b=right["h.b"]).numbers()
    students = {"sequential": sheet(right | {"o.W": moved["o.W"]}, 7)}
    page = judged(robot, class_file(tmp_path / "class.csv", students), 1)
    assert "o.W[1,1]" in str(page.students.index(0, RESULT).data())
    assert "updated one after the other" in str(page.students.index(0, FIRST_SLIP).data())


@pytest.mark.parametrize("key", ["EX-42", "EX-30", "EX-30, all"])
def test_a_hundred_correctly_rounded_answers_are_accepted(robot: Robot, tmp_path: Path, key: str) -> None:
    numbers = open_exercise(robot, key).numbers()
    students = {f"{decimals} decimals": sheet(numbers, decimals) for decimals in (3, 4, 5, 6, 8)}
    assert sum(len(each) for each in students.values()) >= 100
    page = judged(robot, class_file(tmp_path / "class.csv", students), len(students))
    model = page.students
    slips = [str(model.index(row, FIRST_SLIP).data()) for row in range(len(students))]
    assert slips == [""] * len(students)
    counts = [accepted(str(model.index(row, RESULT).data())) for row in range(len(students))]
    # At three decimals a number may vanish, which says nothing, and is not called wrong.
    assert sum(counts) >= 100
    assert counts[1:] == [len(students["4 decimals"])] * 4


def accepted(result: str) -> int:
    """Return how many answers a line of results counts as right."""
    found = re.search(r"\d+", result)
    assert found is not None and "right" in result, result
    return int(found.group())
