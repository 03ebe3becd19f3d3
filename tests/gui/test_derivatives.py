"""All derivatives of a small network in the inspector: letters, numbers, and the way to each weight."""

import pytest

from dlviz.gui import numbers
from dlviz.gui.panels.inspector.derivatives import DerivativeRow
from dlviz.gui.selection import Selected
from tests.golden.example import Example
from tests.gui.walker import Walker, length

# As the notes write them; theirs are w_ij from unit i to unit j, the window's w_ji.
LETTERS = {
    "-2(y-yhat)": "2(a²₁ − y₁)", "w2_11": "w²₁₁", "w2_21": "w²₁₂", "o11": "a¹₁", "o12": "a¹₂", "x1": "x₁", "x2": "x₂",
}  # fmt: skip
NAMES = {
    "w2_11": "w²₁₁", "w2_21": "w²₁₂", "b21": "b²₁", "w1_11": "w¹₁₁", "w1_21": "w¹₁₂", "b11": "b¹₁", "w1_12": "w¹₂₁",
    "w1_22": "w¹₂₂", "b12": "b¹₂",
}  # fmt: skip


def listed(walker: Walker, count: int) -> list[DerivativeRow]:
    """Show the whole network in the inspector and wait for so many derivatives."""
    walker.robot.trigger("inspect_network")
    found = walker.inspector.behind.derivatives
    walker.robot.wait(lambda: len([row for row in found.rows if row.isVisible()]) == count)
    return [row for row in found.rows if row.isVisible()]


def right_side(text: str) -> list[str]:
    return text.removeprefix("= ").split(" · ")


def test_nine_derivatives_of_the_salary_network(walker: Walker) -> None:
    example = Example("EX-30")
    walker.open("salaries").walk(11)
    rows = {row.name.text(): row for row in listed(walker, 9)}
    assert set(rows) == {f"∂L/∂{name}" for name in NAMES.values()}
    for name, letter in NAMES.items():
        row = rows[f"∂L/∂{letter}"]
        written = example[f"symbolic_gradients/{name}"].split(" ")
        assert sorted(right_side(row.symbols.text())) == sorted(LETTERS[part] for part in written)
        value = example[f"first_student/gradients/{name}"]
        assert float(row.value.toolTip().replace(numbers.MINUS, "-")) == pytest.approx(value, rel=1e-10)
    assert "167" in rows["∂L/∂b²₁"].numbers.text() and "1.8" in rows["∂L/∂b²₁"].numbers.text()


def test_derivatives_come_with_the_steps_that_compute_them(walker: Walker) -> None:
    walker.open("salaries").walk(5)
    walker.robot.trigger("inspect_network")
    derivatives = walker.inspector.behind.derivatives
    walker.robot.wait(lambda: derivatives.note.text().startswith("Not computed yet"))
    walker.walk(3)
    assert [row.name.text() for row in listed(walker, 3)] == ["∂L/∂w²₁₁", "∂L/∂w²₁₂", "∂L/∂b²₁"]
    walker.robot.window.context.hide_results(True)
    assert not derivatives.isVisible()


def test_the_sum_over_the_rows_of_a_batch_is_written(walker: Walker) -> None:
    example = Example("EX-10")
    walker.open("linear").walk(length(walker) - 2)
    rows = {row.name.text(): row for row in listed(walker, 13)}
    for name, place in (("w²₁₁", "dL_dw7"), ("w²₁₃", "dL_dw9"), ("w¹₁₁", "dL_dw1")):
        row = rows[f"∂L/∂{name}"]
        assert float(row.value.toolTip().replace(numbers.MINUS, "-")) == pytest.approx(example[place], rel=1e-10)
        assert row.symbols.text().startswith("= Σᵢ 2/n (a²₁ − y₁)")


def test_a_layer_lists_its_own_and_a_name_leads_to_the_weight(walker: Walker) -> None:
    walker.open("salaries").walk(11)
    walker.select(Selected("layer", "h"))
    derivatives = walker.inspector.behind.derivatives
    walker.robot.wait(lambda: len([row for row in derivatives.rows if row.isVisible()]) == 6)
    name = derivatives.rows[1].name
    walker.robot.wait(lambda: name.height() == name.sizeHint().height())  # a hand is slower than the layout
    walker.robot.click(name)
    assert walker.robot.window.context.selection.current == Selected("link", "h", 0, "x", 1)
    walker.robot.click(walker.inspector.behind.back)
    assert walker.robot.window.context.selection.current == Selected("layer", "h")


def test_a_large_network_has_no_list(walker: Walker) -> None:
    walker.robot.start("network")
    walker.robot.pause()
    walker.robot.trigger("inspect_network")
    walker.robot.wait(lambda: walker.frame.explanation is not None)
    assert not walker.inspector.behind.derivatives.isVisible()
