"""The layers as a table, their sizes by sliders, and the collapse of linear ones, in the inspector."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.widgets.slider import KNOB, LabelledSlider
from dlviz.session.document import Document
from dlviz.session.edits import set_units
from dlviz.session.network_presets import linear_units
from dlviz.session.summary import hidden_layers, summary
from tests.gui.robot import CONTROL, LEFT, Key, Robot, close_window, robot_at_window

GOLDEN = json.loads(Path("tests/golden/worked_examples.json").read_text(encoding="utf-8"))
EXAMPLES = {each["id"]: each["expected"] for each in GOLDEN["examples"]}


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    made.start("network")
    yield made
    close_window(made)


def open_example(robot: Robot, key: str) -> None:
    """Open an example by its entry in the Learn menu and let go of what is selected."""
    before = robot.running.session.document
    robot.trigger(f"learn_{key}")
    robot.wait(lambda: robot.running.session.document is not before)
    robot.settle()
    robot.trigger("inspect_network")
    robot.wait(robot.panel("inspector").summary.isVisible)
    robot.window.context.selection.select(NOTHING)


def cells(robot: Robot) -> list[dict[str, str]]:
    """Return the rows of the table as they are written."""
    model = robot.panel("inspector").summary.table.numbers
    titles = [column.title for column in model.columns]
    return [dict(zip(titles, map(str, line.cells), strict=True)) for line in model.lines]


def count(words: str) -> int:
    return int("".join(words.split()))


def parameters(robot: Robot) -> list[int]:
    """Return the parameters of every layer that has some, and the total."""
    return [count(row["parameters"]) for row in cells(robot) if count(row["parameters"])]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("shape_46", [*EXAMPLES["EX-28"]["arch_4_4_3_2_1"]["per_layer"], EXAMPLES["EX-28"]["arch_4_4_3_2_1"]["total"]]),
        ("matrices", [*EXAMPLES["EX-28"]["arch_5_4_3_2_1"]["per_layer"], EXAMPLES["EX-28"]["arch_5_4_3_2_1"]["total"]]),
        ("shape_chain", [150, 1240, 41, 1431]),
        ("shape_branches", [*EXAMPLES["EX-20"]["params"].values(), 91, EXAMPLES["EX-20"]["total"] + 91]),
    ],
)
def test_parameters_of_examples_are_counted(robot: Robot, key: str, expected: list[int]) -> None:
    open_example(robot, key)
    assert parameters(robot) == expected


def test_twelve_weights_and_seventeen_with_biases(robot: Robot) -> None:
    open_example(robot, "twelve")
    assert parameters(robot)[-1] == EXAMPLES["EX-02"]["n_weights"]
    for layer in ("h1", "h2", "o"):
        robot.click_caption("title", layer)
        robot.choose_in_menu("Biases")
    robot.window.context.selection.select(NOTHING)
    robot.wait(lambda: parameters(robot)[-1] == EXAMPLES["EX-02"]["n_parameters_if_biases_added"])


def weights_in_use(robot: Robot) -> tuple[float, float]:
    last = cells(robot)[-1]
    return count(last["parameters"]), float(last.get("in use", last["parameters"]))


def test_drop_layers_leave_some_weights_out(robot: Robot) -> None:
    expected = EXAMPLES["EX-07"]
    open_example(robot, "shape_drops")
    assert weights_in_use(robot) == (
        expected["weights_10_10_4_no_bias"], expected["weights_after_a_second_drop_layer_behind_the_hidden_layer"],
    )  # fmt: skip
    for gone, left in (("drop2", "weights_after_dropping_20pct_inputs"), ("drop1", "weights_10_10_4_no_bias")):
        robot.click_caption("title", gone)
        robot.choose_in_menu("Delete")
        robot.wait(lambda left=left: weights_in_use(robot)[1] == expected[left])
    robot.key(Key.Key_Z, CONTROL)
    robot.key(Key.Key_Z, CONTROL)
    robot.click_caption("title", "drop1")
    robot.choose_in_menu("Delete")
    robot.wait(lambda: weights_in_use(robot)[1] == expected["weights_if_only_hidden_units_are_dropped"])


def test_frozen_layers_do_not_learn_and_memory_is_that_of_the_batch(robot: Robot) -> None:
    open_example(robot, "shape_chain")
    session = robot.running.session
    robot.window.context.selection.select(Selected("layer", "h2"))
    robot.panel("inspector").form.layer.frozen.click()
    robot.window.context.selection.select(NOTHING)
    rows = {row["layer"]: row for row in cells(robot)}
    assert (count(rows["h2"]["learn"]), count(rows["total"]["learn"])) == (0, 191)
    assert session.document.training.batch_size == 10
    assert rows["h1"]["memory"] == "2.4 kB"  # 30 numbers × 10 rows × 8 bytes
    assert rows["h1"]["counted as"] == "30 × 4 + 30"


def test_784_200_100_50_10_has_182660() -> None:
    widths = (200, 100, 50)
    layers = (*(dense(f"h{k}", units, "relu") for k, units in enumerate(widths)), dense("o", 10, "softmax"))
    rows = summary(Document(network=NetworkSpec(layers, (InputSpec("x", (784,)),))))
    assert sum(row.size for row in rows) == EXAMPLES["EX-25"]["params_784_200_100_50_10"]


def test_the_table_is_copied_as_csv(robot: Robot) -> None:
    open_example(robot, "shape_46")
    robot.panel("inspector").summary.table.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "layer,kind,output,parameters,counted as,learn,memory"
    assert lines[1].startswith("h1,Dense,4,20,4 × 4 + 4,20,")
    assert lines[-1].startswith("total,,,46,")


def drag_to(robot: Robot, slider: LabelledSlider, value: float) -> None:
    """Pull the knob to a value; the groove begins and ends a knob's radius within the widget."""
    width, scale = slider.slider.width(), slider.scale

    def fraction(of: float) -> float:
        share = (of - scale.minimum) / (scale.maximum - scale.minimum)
        return (KNOB + 1 + share * (width - 2 * KNOB - 2)) / (width - 1)

    robot.drag_slider(slider.slider, [fraction(slider.value()), fraction(value)])


def test_sliders_change_layers_and_units_at_once_and_undo_in_one(robot: Robot) -> None:
    open_example(robot, "shape_46")
    form, session = robot.panel("inspector").summary, robot.running.session
    start = session.document
    drag_to(robot, form.n_hidden, 5)
    robot.wait(lambda: len(hidden_layers(session.document.network)) == 5)
    assert "deep" in form.header.info.text()
    assert len([hot for hot in robot.view.hots if hot.kind == "title"]) == 7
    robot.key(Key.Key_Z, CONTROL)
    assert session.document == start
    drag_to(robot, form.units[0].slider, 12)
    robot.wait(lambda: parameters(robot)[0] == 12 * 4 + 12)
    robot.key(Key.Key_Z, CONTROL)
    assert session.document == start


def test_a_knob_that_is_pulled_faster_than_networks_are_drawn_makes_one_edit(robot: Robot) -> None:
    open_example(robot, "shape_46")
    form, session = robot.panel("inspector").summary, robot.running.session
    for slider, places in ((form.n_hidden, (1, 2, 3, 5)), (form.units[0].slider, (9, 7, 30))):
        told, slider_of = [], slider.slider
        slider.changed.connect(told.append)
        robot.bot.mousePress(slider_of, LEFT, pos=slider_of.rect().center())
        for place in places:
            slider_of.setSliderPosition(slider.scale.position(place))
        assert told == []
        robot.bot.mouseRelease(slider_of, LEFT)
        assert told == [places[-1]]
    assert len(hidden_layers(session.document.network)) == 5
    assert session.document.network.layers[0].settings["units"] == 30


def test_a_place_that_waits_to_be_told_is_forgotten_where_another_is_shown(robot: Robot) -> None:
    open_example(robot, "shape_46")
    form, session = robot.panel("inspector").summary, robot.running.session
    start, told = session.document, []
    form.n_hidden.changed.connect(told.append)
    form.n_hidden.slider.setSliderPosition(form.n_hidden.scale.position(7))
    form.n_hidden.set_value(2)
    robot.bot.wait(30)
    assert told == [] and session.document is start
    units = start.network.layers[0].settings["units"]
    assert set_units(start, start.network.layers[0].id, units) is start


def test_deep_has_more_than_one_hidden_layer(robot: Robot) -> None:
    open_example(robot, "shape_46")
    form = robot.panel("inspector").summary
    assert "deep" in form.header.info.text()
    for count_left, words in ((1, "shallow"), (0, "no hidden layer")):
        drag_to(robot, form.n_hidden, count_left)
        robot.wait(lambda words=words: words in form.header.info.text())


def test_linear_layers_collapse_to_the_plane_of_the_notes(robot: Robot) -> None:
    robot.running.session.new(linear_units())  # EX-10 has the numbers of EX-09
    robot.settle()
    robot.key(Key.Key_I, CONTROL)
    view = robot.panel("inspector").summary.collapse
    robot.wait(view.isVisible)
    robot.click(view.button)
    facts = view.facts
    robot.wait(lambda: "largest difference" in facts.words())
    shown = dict(line.split("\t") for line in facts.words().splitlines())
    wanted = EXAMPLES["EX-09"]
    for name, letter in (("A, of x₁", "A"), ("B, of x₂", "B"), ("C, constant", "C")):
        assert float(shown[name].replace("−", "-")) == pytest.approx(wanted[letter], rel=1e-10)
    assert float(shown["largest difference"].replace("−", "-")) < wanted["max_difference_below"]


def test_a_network_that_bends_says_why_it_does_not_collapse(robot: Robot) -> None:
    open_example(robot, "shape_chain")
    robot.trigger("inspect_network")
    view = robot.panel("inspector").summary.collapse
    robot.wait(view.isVisible)
    assert not view.button.isEnabled()
    assert view.reason.text().startswith("h2: Expected linear layers alone. Received: activation relu")


def test_a_click_on_a_row_selects_the_layer(robot: Robot) -> None:
    open_example(robot, "shape_46")
    table = robot.panel("inspector").summary.table
    table.clicked.emit(table.model().index(1, 0))
    assert robot.window.context.selection.current == Selected("layer", "h2")
    assert QApplication.activePopupWidget() is None


def test_skips_keep_the_gradients_of_the_first_layers(robot: Robot) -> None:
    open_example(robot, "shape_skips")
    robot.trigger("inspect_network")
    view = robot.panel("inspector").summary.skips
    robot.wait(view.isVisible)
    with_skips, without = (curve.getData()[1] for curve in (view.kept, view.bare))
    assert len(with_skips) == len(without) == 11
    assert with_skips[0] - without[0] > 4  # more than ten thousand times as large
    assert np.ptp(without[:10]) > 5 > np.ptp(with_skips[:10])
    rows = [row for row in view.table.rows if not row.isHidden()]
    assert [row.label.text() for row in rows] == [*(f"h{k}" for k in range(1, 11)), "o"]
    first = [float(text.toolTip().replace("−", "-")) for text in rows[0].values]
    np.testing.assert_allclose(np.log10(first), [with_skips[0], without[0]], rtol=1e-9)
    expected = chain_gradient(robot)
    assert first[1] == pytest.approx(expected, rel=1e-9)


def chain_gradient(robot: Robot) -> float:
    """Work the norm of ∂L/∂W of the first layer out by hand for the chain without skips: sigmoids, mean squares."""
    trace, values = robot.frame.peek, robot.frame.parameters
    a = [np.asarray(trace.before["x"], float).T]
    for k in range(1, 11):
        a.append(1 / (1 + np.exp(-(values[f"h{k}.W"] @ a[-1] + values[f"h{k}.b"][:, None]))))
    out = values["o.W"] @ a[-1] + values["o.b"][:, None]
    y = np.asarray(trace.before["y"], float).T
    delta = values["o.W"].T @ (2 * (out - y) / y.shape[1])
    for k in range(10, 1, -1):
        delta = values[f"h{k}.W"].T @ (delta * a[k] * (1 - a[k]))
    return float(np.linalg.norm((delta * a[1] * (1 - a[1])) @ a[0].T))
