"""Learn, Neurons in the real window: truth table, draws, label sets, the limit of one line, one neuron on a plane."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from dlviz.gui.forms.settings import ChoiceForm
from dlviz.gui.panels.subject import SubjectPanel
from dlviz.gui.walks.row_table import RowTable
from dlviz.session.neuron_presets import NEURONS
from tests.golden.example import Example
from tests.gui.robot import Key, Robot
from tests.top_widgets import top_widgets

DIGITS = 1e-10


def opened(robot: Robot, key: str) -> SubjectPanel:
    """Open an example from the menu and wait for its first picture."""
    robot.start("network")
    robot.trigger(f"learn_{key}")
    shown = robot.panel("subject")
    assert isinstance(shown, SubjectPanel)
    robot.wait(lambda: shown.isVisible() and shown._frame is not None)
    robot.wait(lambda: shown._frame.document is robot.running.session.document)
    return shown


def cells(table: RowTable) -> list[list[float]]:
    model = table.model
    return [[model.number(row, column) for column in range(model.columnCount() - 1)] for row in range(model.rowCount())]


def words(table: RowTable) -> list[list[str]]:
    model = table.model
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def change_rule(robot: Robot, name: str, value: str) -> None:
    """Open the rule's form from its chip and set a choice or a number of it."""
    robot.click(robot.window.tools.chips.rule)
    form = robot.window.findChild(ChoiceForm) or next(
        each for each in top_widgets() if each.findChild(ChoiceForm)
    ).findChild(ChoiceForm)
    field = form.form.fields[name]
    if hasattr(field, "findData"):
        field.setCurrentIndex(field.findData(value))
        field.activated.emit(field.currentIndex())
    else:
        field.setText(value)
        field.editingFinished.emit()
    robot.key(Key.Key_Escape)


def test_and_gate_shows_its_truth_table_live(robot: Robot) -> None:
    table = opened(robot, "and_gate").rows
    robot.wait(table.isVisible)
    example = Example("EX-37")
    headings = [table.model.headerData(k, Qt.Orientation.Horizontal) for k in range(5)]
    assert headings == ["x₁", "x₂", "target", "z", "a"]
    rows = zip(example.inputs["X"], (0, 0, 0, 1), example.expected["v"], example.expected["y"], strict=True)
    assert cells(table) == [[*x, d, v, y] for x, d, v, y in rows]
    assert [row[-1] for row in words(table)] == ["✓"] * 4
    change_rule(robot, "threshold", "1")
    robot.wait(lambda: [row[-1] for row in words(table)] == ["✓", "✗", "✗", "✓"])
    robot.running.session.set_parameter("o.W", (0, 0), -3.0)
    robot.wait(lambda: [row[-2] for row in cells(table)] == [0, 1, -3, -2])


def test_label_set_changes_rule_table_and_plot(robot: Robot) -> None:
    shown = opened(robot, "and")
    robot.wait(shown.rows.isVisible)
    assert [row[2] for row in cells(shown.rows)] == [0, 0, 0, 1]
    change_rule(robot, "labels", "-1/+1")
    robot.wait(lambda: [row[2] for row in cells(shown.rows)] == [-1, -1, -1, 1])
    assert set(np.ravel([row[4] for row in cells(shown.rows)])) <= {-1, 1}
    robot.key(Key.Key_4)
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: "answered 1" in shown.words.text() or "answered −1" in shown.words.text())
    assert shown.plane.shown.lines is not None


def test_and_is_learnt_within_the_bound_shown(robot: Robot) -> None:
    shown = opened(robot, "and")
    robot.key(Key.Key_5)
    for epoch in range(1, 15):
        robot.key(Key.Key_PageDown)
        robot.wait(lambda wanted=epoch: robot.frame.epoch == wanted and shown._frame is robot.frame)
    counts = shown._frame.errors.counts
    assert counts[-1] == 0
    words = shown.rows.corrections.text()
    assert words.startswith(f"corrections so far: {sum(counts):g}; at most ")
    most = int(words.partition("at most ")[2].split()[0])
    assert sum(counts) <= most


def test_perceptron_never_solves_xor_and_hidden_units_do(robot: Robot) -> None:
    shown = opened(robot, "xor_perceptron")
    robot.key(Key.Key_5)  # by epoch
    sides = set()
    for _ in range(12):
        robot.key(Key.Key_PageDown)
        step = robot.frame.step
        robot.wait(lambda at=step: robot.frame.step > at)
        robot.wait(lambda: shown._frame is robot.frame)
        sides.add(shown.plane.shown.side)
    counts = shown._frame.errors.counts
    assert len(counts) == 12
    assert min(counts) > 0
    assert len(sides) > 1, "the line keeps moving"
    assert shown.mistakes.accessibleDescription() == "wrong answers by epoch: " + ", ".join(
        f"{each:g}" for each in counts
    )
    robot.trigger("learn_xor_hidden")
    robot.wait(lambda: robot.running.session.document.network.layers != ())
    robot.running.session.play("batch")
    robot.wait(lambda: (robot.frame.train_score or 0) == 1.0)


def test_stochastic_neuron_is_sampled(robot: Robot) -> None:
    view = opened(robot, "stochastic").firing
    robot.wait(view.isVisible)
    robot.click(view.one)
    robot.wait(lambda: view.picture.shown.draws == 1)
    for count in range(1, 6):
        robot.click(view.many)
        robot.wait(lambda wanted=100 * count: view.picture.shown.draws == wanted)
    robot.running.session.play("batch")
    robot.wait(lambda: view.picture.shown.draws > 5000)
    robot.running.session.pause()
    p = Example("EX-36").expected["T=1"][2]
    assert view.picture.shown.probability == pytest.approx(p, rel=DIGITS)
    assert view.picture.bars()[1] == pytest.approx(p, abs=0.05)
    assert "draws: 0.7" in view.said.text()


def test_temperature_of_zero_makes_the_neuron_a_step(robot: Robot) -> None:
    view = opened(robot, "stochastic").firing
    robot.wait(view.isVisible)
    robot.click(view.many)
    robot.wait(lambda: view.picture.shown.draws == 100)
    robot.drag_slider(view.temperature.slider, [0.1, 0.05, 0.0])
    robot.wait(lambda: view.picture.shown.temperature == 0)
    assert view.picture.shown.draws == 0, "counting begins anew"
    assert set(view.picture.shown.probabilities) == {0.0, 0.5, 1.0}
    robot.drag_slider(view.sum.slider, [0.6, 0.2])
    robot.wait(lambda: view.picture.shown.v < -1)
    robot.click(view.many)
    robot.wait(lambda: view.picture.shown.tally[0] == 100)


def test_hidden_draws_are_told_by_no_picture(robot: Robot) -> None:
    shown = opened(robot, "stochastic")
    robot.running.session.walk_to(4)
    robot.wait(lambda: robot.frame.cursor == 4 and shown.firing.isVisible())
    robot.key(Key.Key_H)
    assert not shown.firing.isVisible()
    assert not shown.rows.isVisible()
    robot.key(Key.Key_H)
    robot.wait(shown.firing.isVisible)


def test_one_neuron_shows_probabilities_and_the_line_of_one_half(robot: Robot) -> None:
    robot.start("network")
    robot.trigger("learn_one_neuron")
    robot.wait(lambda: len(robot.running.session.document.network.layers) == 1)
    robot.settle()
    robot.running.session.step("epoch", 1)
    for _ in range(40):
        robot.running.session.step("epoch", 1)
    robot.wait(lambda: robot.frame.epoch >= 41 and robot.frame.maps is not None)
    output = robot.panel("output")
    robot.wait(lambda: output.info.startswith("boundary at 0.5"))
    w, b = robot.frame.parameters["o.W"][0], robot.frame.parameters["o.b"][0]
    x0, x1, y0, y1 = robot.frame.maps.extent
    side = robot.frame.maps.output.shape[-1]
    x = x0 + (np.arange(side) + 0.5) * (x1 - x0) / side
    y = y0 + (np.arange(side) + 0.5) * (y1 - y0) / side
    z = w[0] * x[None, :] + w[1] * y[:, None] + b
    assert robot.frame.maps.output[0] == pytest.approx(1 / (1 + np.exp(-z)), abs=1e-5)
    assert robot.frame.train_score > 0.9


@pytest.mark.parametrize("example", NEURONS, ids=lambda each: each.key)
def test_every_neuron_opens_from_the_menu(robot: Robot, example: object) -> None:
    robot.start("network")
    robot.trigger(f"learn_{example.key}")
    wanted = example.make().title
    robot.wait(lambda: robot.running.session.document.title == wanted)
    robot.wait(lambda: robot.frame.document.title == wanted)
    assert robot.window.context.workspace == example.workspace
    assert robot.message() == ""
