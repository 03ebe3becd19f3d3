"""The inspector shows the numbers that a frame carries about the selection, and types values."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from dlviz.core.network import LayerSpec
from dlviz.gui import numbers
from dlviz.gui.panels.inspector.card import Scene
from dlviz.gui.panels.inspector.facts import card
from dlviz.gui.panels.inspector.notation import weighted_sum
from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.panels.inspector.reading import Reading
from dlviz.gui.selection import Selected
from dlviz.session.frames import FrameMaker
from dlviz.session.presets import first_document
from dlviz.session.run import Run
from tests.gui.panel_stage import forward, make_context, make_document, make_frame, make_peek, weights_of
from tests.gui.robot import Key, Robot


class Stage:
    """An inspector with the peek of one batch of ten rows."""

    def __init__(self, qtbot: Any) -> None:
        self.context = make_context(make_document(hidden=(4, 3)))
        self.document = self.context.session.document
        self.parameters = weights_of(self.document, 2)
        prepared = self.context.session.prepared
        rows = prepared.train[:10]
        self.x = prepared.inputs[rows]
        self.y = np.where(prepared.dataset.targets[rows][:, None] == 1, 1.0, -1.0)
        self.trace = make_peek(self.document, self.parameters, self.x, self.y)
        self.panel = InspectorPanel(self.context)
        qtbot.addWidget(self.panel)
        self.panel.resize(312, 320)
        self.panel.show()

    def frame(self, **changes: Any) -> None:
        self.panel.show_frame(make_frame(self.context, self.parameters, **changes))

    def select(self, *arguments: Any, **named: Any) -> None:
        self.context.selection.select(Selected(*arguments, **named))

    def values(self) -> dict[str, list[str]]:
        rows = [row for row in self.panel.facts.rows if not row.isHidden()]
        return {row.label.text(): [each.text() for each in row.values if not each.isHidden()] for row in rows}

    def loss(self, name: str, index: tuple[int, ...], change: float) -> float:
        """Return the batch loss with one entry changed."""
        moved = {key: array.copy() for key, array in self.parameters.items()}
        moved[name][index] += change
        a = forward(self.document, moved, self.x)["o.a"]
        return float(np.mean(np.sum((a - self.y) ** 2, axis=1)))


@pytest.fixture
def stage(qtbot: Any) -> Stage:
    return Stage(qtbot)


def shown(value: float, signed: bool = False) -> str:
    return numbers.number(value, signed=signed)


def test_a_unit_shows_its_sum_with_its_weights(stage: Stage) -> None:
    stage.parameters["h1.W"][1], stage.parameters["h1.b"][1] = (-1.85, -0.91), -0.32
    stage.frame()
    stage.select("unit", "h1", 1)
    assert stage.panel.title.text() == "Unit 2 of layer 1"
    assert stage.panel.remark.text() == "tanh"
    assert stage.panel.equations[0].text() == "z = −1.85·x₁ − 0.91·x₂ − 0.32"


def test_a_unit_shows_batch_means_and_its_delta(stage: Stage) -> None:
    stage.frame(peek=stage.trace)
    stage.select("unit", "h1", 1)
    z = stage.x @ stage.parameters["h1.W"][1] + stage.parameters["h1.b"][1]
    slope = (stage.loss("h1.b", (1,), 1e-5) - stage.loss("h1.b", (1,), -1e-5)) / 2e-5
    values = stage.values()
    assert values["z, mean over batch"] == [shown(z.mean())]
    assert values["a = tanh(z), mean"] == [shown(np.tanh(z).mean())]
    delta = numbers.parse_number(values["δ = ∂L/∂z, sum"][0])  # the sum of δ is the gradient of the bias
    assert delta == pytest.approx(slope, rel=1e-3)


def test_without_a_trace_values_are_not_computed(stage: Stage) -> None:
    stage.frame()
    stage.select("unit", "h1", 1)
    row = stage.panel.facts.rows[0]
    assert row.values[1].text() == "–"
    assert row.values[1].toolTip() == "not computed yet"


def test_a_link_shows_gradient_step_and_what_comes_after(stage: Stage) -> None:
    stage.frame(peek=stage.trace)
    stage.select("link", "h1", 2, "x", 1)
    slope = (stage.loss("h1.W", (2, 1), 1e-5) - stage.loss("h1.W", (2, 1), -1e-5)) / 2e-5
    values = stage.values()
    gradient = numbers.parse_number(values["gradient ∂L/∂w, batch"][0].lstrip("+"))
    assert gradient == pytest.approx(slope, rel=1e-3)
    weight = stage.parameters["h1.W"][2, 1]
    assert numbers.parse_number(values["after the step"][0]) == pytest.approx(weight - 0.1 * slope, rel=1e-3)
    assert stage.panel.value.text() == shown(weight)
    assert values["x₂, mean"] == [shown(stage.x[:, 1].mean())]
    assert stage.panel.title.text() == "Weight w¹₃₂"


def test_full_precision_is_in_the_tooltip_and_on_the_clipboard(stage: Stage) -> None:
    stage.frame(peek=stage.trace)
    stage.select("link", "h1", 2, "x", 1)
    gradient = float(stage.trace.value("h1.dW", len(stage.trace.steps))[2, 1])
    row = next(row for row in stage.panel.facts.rows if row.label.text().startswith("gradient"))
    assert row.values[1].toolTip() == numbers.full(gradient)
    row.copy()
    assert float(QGuiApplication.clipboard().text()) == gradient
    stage.panel.copy()
    assert numbers.full(gradient) in QGuiApplication.clipboard().text()


def test_typing_a_weight_goes_to_the_session(stage: Stage, qtbot: Any) -> None:
    stage.frame(peek=stage.trace)
    stage.select("link", "h1", 0, "x", 1)
    stage.panel.value.selectAll()
    qtbot.keyClicks(stage.panel.value, "0,5")
    qtbot.keyClick(stage.panel.value, Qt.Key.Key_Return)
    assert stage.context.session.typed == [("h1.W", (0, 1), 0.5, "Type w¹₁₂")]


def test_what_is_no_number_is_marked_and_not_used(stage: Stage, qtbot: Any) -> None:
    stage.frame()
    stage.select("bias", "h1", 0)
    stage.panel.value.selectAll()
    qtbot.keyClicks(stage.panel.value, "abc")
    qtbot.keyClick(stage.panel.value, Qt.Key.Key_Return)
    assert stage.context.session.typed == []
    assert "Expected a number" in stage.panel.value.toolTip()
    qtbot.keyClick(stage.panel.value, Qt.Key.Key_Escape)
    assert stage.panel.value.text() == shown(stage.parameters["h1.b"][0])


def test_frames_do_not_overwrite_what_is_being_typed(stage: Stage, qtbot: Any) -> None:
    stage.frame()
    stage.select("bias", "h1", 0)
    stage.panel.value.selectAll()
    qtbot.keyClicks(stage.panel.value, "0.7")
    stage.parameters["h1.b"][0] = 9.0
    stage.frame()
    assert stage.panel.value.text() == "0.7"


def test_walking_shows_sample_and_batch_as_far_as_it_has_come(stage: Stage) -> None:
    stage.frame(trace=stage.trace, cursor=2, sample=3)
    stage.select("unit", "h1", 1)
    z = stage.x @ stage.parameters["h1.W"][1] + stage.parameters["h1.b"][1]
    assert stage.values()["z"] == [shown(z[3]), shown(z.mean())]
    assert stage.values()["δ = ∂L/∂z, sum"] == ["–", "–"]
    line = stage.panel.equations[1].text().partition(" → ")[0]
    assert line.endswith("= " + f"{z[3]:.3g}".replace("-", "−"))


def test_after_the_update_a_unit_is_still_told_with_the_weights_that_it_used(stage: Stage) -> None:
    last, weights = stage.trace.steps[-1], stage.parameters["h1.W"][1]
    applied = replace(last, index=last.index + 1, op="apply", writes={"h1.W": 2 * stage.parameters["h1.W"]})
    trace = replace(stage.trace, steps=(*stage.trace.steps, applied))
    stage.frame(trace=trace, cursor=len(trace.steps), sample=3)
    stage.select("unit", "h1", 1)
    assert stage.values()["u = Σ w·x"][0] == shown(float(stage.x[3] @ weights), signed=True)
    assert stage.panel.remark.text() == "tanh · old weights"


def test_results_can_be_hidden_to_predict_them(stage: Stage) -> None:
    stage.frame(peek=stage.trace)
    stage.select("unit", "h1", 1)
    stage.context.hide_results(True)
    assert stage.values() == {} and stage.panel.equations[0].text() == ""
    stage.context.hide_results(False)
    assert stage.values()


def test_a_frozen_parameter_has_no_step(qtbot: Any) -> None:
    stage = Stage(qtbot)
    frozen = replace(stage.document, training=replace(stage.document.training, frozen=("h1",)))
    stage.context.session.document = frozen
    stage.frame(peek=stage.trace)
    stage.select("bias", "h1", 0)
    assert stage.values()["next step"] == ["frozen, never updated"]


def test_a_layer_counts_its_parameters(stage: Stage) -> None:
    stage.frame(peek=stage.trace)
    stage.select("layer", "h2")
    values = stage.values()
    assert values["shape of W, units × inputs"] == ["3 × 4"]
    assert values["weights + biases"] == ["12 + 3 = 15"]
    grads = [stage.trace.value(name, 99) for name in ("h2.dW", "h2.db")]
    assert values["gradient norm"] == [shown(np.sqrt(sum(float((g**2).sum()) for g in grads)))]


def test_a_second_use_of_a_layer_counts_the_parameters_it_shares() -> None:
    document = make_document(hidden=(2,))
    first, output = document.network.layers
    layers = (first, LayerSpec("again", "dense", ("h1",), shares="h1"), replace(output, inputs=("again",)))
    shared = replace(document, network=replace(document.network, layers=layers))
    frame = FrameMaker().make(Run(shared), is_running=False)
    described = card(Scene(Selected("layer", "again"), shared, None, frame))
    assert {fact.label: fact.text for fact in described.facts}["weights + biases"] == "4 + 2 = 6"


def test_choosing_an_activation_edits_the_document(stage: Stage) -> None:
    stage.frame()
    stage.select("layer", "h2")
    box = stage.panel.form.layer.choices["activation"].kinds
    index = box.findData("leaky_relu")
    box.setCurrentIndex(index)
    box.activated.emit(index)
    layer = stage.context.session.document.network.layers[1]
    assert layer.settings["activation"].kind == "leaky_relu"
    stage.panel.show_document(stage.context.session.document)
    assert "slope" in stage.panel.form.layer.choices["activation"].form.fields


def test_changing_units_edits_the_document(stage: Stage, qtbot: Any) -> None:
    stage.frame()
    stage.select("layer", "h2")
    field = stage.panel.form.layer.fields["units"]
    field.selectAll()
    qtbot.keyClicks(field, "5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert stage.context.session.document.network.layers[1].settings["units"] == 5


def test_an_input_shows_its_range(stage: Stage) -> None:
    stage.frame()
    stage.select("input", "x", 1)
    column = stage.context.session.dataset.inputs[:, 1]
    assert stage.values()["smallest"] == [shown(column.min())]
    assert stage.values()["largest"] == [shown(column.max())]


def test_a_row_shows_target_and_prediction(stage: Stage) -> None:
    stage.frame()
    stage.select("sample", unit=4)
    dataset = stage.context.session.dataset
    assert stage.values()["target"] == [dataset.class_names[dataset.targets[4]]]
    assert stage.panel.title.text() == "Row 5"


GONE = (
    Selected("unit", "gone", 0),
    Selected("unit", "h1", 99),
    Selected("link", "h1", 9, "x", 9),
    Selected("bias", "o", 7),
    Selected("layer", "gone"),
    Selected("input", "x", 9),
    Selected("sample", unit=10**6),
    Selected("none"),
)


@pytest.mark.parametrize("selected", GONE, ids=lambda selected: f"{selected.kind}-{selected.unit}")
def test_places_that_are_gone_show_no_numbers(stage: Stage, selected: Selected) -> None:
    stage.frame(peek=stage.trace)
    stage.context.selection.select(selected)
    stage.frame(trace=stage.trace, cursor=3, sample=50)
    assert {text for texts in stage.values().values() for text in texts} <= {"–"}
    assert [equation.text() for equation in stage.panel.equations] == ["", ""]


def test_numbers_of_a_rule_that_was_open_before_are_not_those_of_a_network(robot: Robot) -> None:
    """A rule calls an array of one row and one unit its loss, and stays on show until the network has a frame."""
    robot.start_on_canvas("step")
    robot.trigger("learn_delta")
    robot.wait(lambda: robot.frame.document.subject == "rule")
    robot.key(Key.Key_PageDown, times=3)
    robot.wait(lambda: robot.frame.cursor == 3)
    panel = robot.panel("inspector")
    panel.show_frame(robot.frame)
    assert np.shape(Reading(robot.frame).array("loss")) == (1, 1)
    robot.running.session.new(first_document())
    robot.window.context.selection.select(Selected("loss"))
    assert panel.title.text() == ""
    panel.show_frame(robot.settle())
    assert panel.title.text() == "Loss"


def test_long_sums_show_their_largest_terms() -> None:
    weights = [0.1, -5.0, 0.2, 4.0, -3.0, 2.0]
    text = weighted_sum(weights, [f"x{i}" for i in range(6)], 1.0)
    assert text == "−5·x1 + 4·x3 − 3·x4 + 1 + 3 more"


def test_two_digit_indices_are_kept_apart() -> None:
    assert make_document(hidden=(12,)).symbols.weight("h1", 11, 0) == "w¹₁₂,₁"


def test_no_heads_of_columns_stand_over_hidden_numbers(stage: Stage) -> None:
    stage.frame(trace=stage.trace, cursor=3)
    stage.select("unit", "h1", 1)
    assert stage.panel.facts.headings.isVisible()
    stage.context.hide_results(True)
    assert not stage.panel.facts.headings.isVisible()


def test_labels_have_a_short_form_where_there_is_no_room(stage: Stage) -> None:
    stage.panel.resize(240, 320)
    stage.frame(trace=stage.trace, cursor=len(stage.trace.steps))
    stage.select("unit", "h1", 1)
    row = next(row for row in stage.panel.facts.rows if row.label.text().startswith("δ = "))
    assert row.label.short() == "δ, sum"


def test_another_kind_of_place_is_shown_from_its_top_and_the_same_kind_where_it_was(stage: Stage, qtbot: Any) -> None:
    stage.panel.resize(300, 150)
    stage.panel.show()
    stage.select("unit", "h", 0)
    bar = stage.panel.page.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100)
    bar.setValue(80)
    stage.select("unit", "h", 1)
    assert bar.value() == 80
    stage.select("layer", "h")
    assert bar.value() == 0
