"""Choices of activations in the real window: other models of an output, hints in the health line, squares."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from dlviz.gui.health import finding_words
from dlviz.gui.panels.inspector.activation.models import OtherModels
from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.selection import Selected
from dlviz.session.document import Document
from dlviz.session.edits import set_activation, set_loss
from dlviz.session.edits.heads import head_of
from dlviz.session.presets import document_for
from tests.golden.example import Example
from tests.gui.robot import Robot, close_window, robot_at_window

DIGITS = 1e-10


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot, (1280, 1000))
    yield made
    close_window(made)


def inspector(robot: Robot) -> InspectorPanel:
    found = robot.panel("inspector")
    assert isinstance(found, InspectorPanel)
    return found


def opened(robot: Robot, document: Document, place: Selected, workspace: str = "network") -> None:
    robot.start(workspace)
    robot.running.session.new(document)
    robot.settle()
    robot.window.context.selection.select(place)


def pick_activation(robot: Robot, title: str) -> None:
    """Choose an activation in the form of the selected layer."""
    kinds = inspector(robot).form.layer.choices["activation"].kinds
    kinds.setCurrentIndex(kinds.findText(title))
    kinds.activated.emit(kinds.currentIndex())


def models_of(robot: Robot) -> OtherModels:
    """Unfold the other models of the selected output."""
    models = inspector(robot).behind.activation.models
    robot.wait(lambda: models.isVisible() and models.heading.height() > 10)
    inspector(robot).findChild(QScrollArea).ensureWidgetVisible(models.heading)
    robot.click(models.heading)
    robot.wait(lambda: len(models.rows) == 4)
    return models


def take(robot: Robot, models: OtherModels, title: str) -> None:
    """Click a model of the table."""
    name = next(each for each in models.names if each.text() == title)
    inspector(robot).findChild(QScrollArea).ensureWidgetVisible(name)
    robot.wait(name.isVisible)
    robot.click(name)


def test_one_neuron_is_evaluated_as_four_models(robot: Robot) -> None:
    robot.start("step")
    robot.trigger("learn_models")
    robot.settle()
    robot.window.context.selection.select(Selected("unit", "o", 0))
    models = models_of(robot)
    example = Example("EX-27").expected
    rows = {row.key: row for row in models.rows}
    assert rows["perceptron"].answer == example["perceptron"]["output"]
    assert rows["perceptron"].loss == example["perceptron"]["hinge_y_plus"]
    assert rows["logistic"].output == pytest.approx(example["logistic"]["p"], rel=DIGITS)
    assert rows["logistic"].loss == pytest.approx(example["logistic"]["bce_y1"], rel=DIGITS)
    assert rows["linear"].output == pytest.approx(example["linear"]["output"], rel=DIGITS)
    shown = [[cell.text() for cell in cells] for cells in models.cells]
    assert shown[1] == ["0.8176", "1", "0.2014", "50\u202f%"]
    weights = robot.frame.parameters["o.W"].copy()
    take(robot, models, "Linear")
    robot.wait(lambda: head_of(robot.running.session.document, "o") == "linear")
    robot.settle()
    assert np.array_equal(robot.frame.parameters["o.W"], weights), "same weights"
    robot.wait(lambda: [row.key for row in models.rows if row.is_in_force] == ["linear"])
    assert robot.frame.train_loss == pytest.approx(next(r.mean_loss for r in models.rows if r.key == "linear"))


def test_sigmoid_and_softmax_of_two_are_toggled_exactly(robot: Robot) -> None:
    opened(robot, document_for("moons"), Selected("layer", "o"))
    robot.running.session.step("epoch", 1)
    robot.wait(lambda: robot.frame.epoch == 1)
    robot.wait(lambda: robot.frame.maps is not None)
    before, loss = robot.frame.maps.output[-1].copy(), robot.frame.train_loss
    models = models_of(robot)
    for title, key in (("Softmax of two", "softmax"), ("Logistic", "logistic")):
        take(robot, models, title)
        robot.wait(lambda wanted=key: head_of(robot.running.session.document, "o") == wanted)
        robot.settle()
        robot.wait(lambda: robot.frame.maps is not None)
        assert robot.frame.maps.output[-1] == pytest.approx(before, abs=1e-6), "the same map and boundary"
        assert robot.frame.train_loss == pytest.approx(loss, rel=1e-12)
        robot.wait(lambda wanted=key: [row.key for row in models.rows if row.is_in_force] == [wanted])


def test_a_step_in_a_hidden_layer_has_gradients_of_0_and_a_warning(robot: Robot) -> None:
    opened(robot, document_for("moons"), Selected("layer", "h1"))
    line = robot.window.status.health
    robot.wait(lambda: line.text() == "Healthy")
    pick_activation(robot, "Step")
    robot.wait(lambda: [finding.symptom for finding in line.found] == ["no_slope"])
    sentence = finding_words(line.found[0])[1]
    assert "no gradient passes" in sentence
    assert "h1" in sentence
    robot.settle()
    robot.window.use_workspace("step")
    robot.window.context.selection.select(Selected("link", "h1", 0, "x", 0))
    robot.running.session.walk_to(99)
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.cursor == len(robot.frame.trace.steps))
    assert not robot.frame.trace.value("h1.dW", robot.frame.cursor).any()
    facts = inspector(robot).facts
    robot.wait(lambda: any(row.label.text().startswith("∂L/∂w") for row in facts.rows if row.isVisible()))
    gradient = next(row for row in facts.rows if row.isVisible() and row.label.text().startswith("∂L/∂w"))
    assert gradient.values[1].text() == "0"


def test_sigmoids_in_many_hidden_layers_are_commented(robot: Robot) -> None:
    opened(robot, document_for("spiral"), Selected("layer", "h1"))
    line = robot.window.status.health
    document = robot.running.session.document
    for layer in ("h1", "h2"):
        document = set_activation(document, layer, "sigmoid")
    robot.running.session.edit(document, "sigmoids")
    robot.settle()
    robot.wait(lambda: not line.found)
    robot.click_caption("insert", "h1")
    robot.choose_in_menu("Dense")
    robot.wait(lambda: len(robot.running.session.document.network.layers) == 4)
    new = next(layer.id for layer in robot.running.session.document.network.layers if layer.id not in ("h1", "h2", "o"))
    robot.window.context.selection.select(Selected("layer", new))
    pick_activation(robot, "Sigmoid")
    robot.wait(lambda: "many_sigmoids" in [finding.symptom for finding in line.found])
    assert "ReLU is the usual choice" in finding_words(line.found[0])[1]


def test_relu_at_a_probability_output_is_refused_or_commented(robot: Robot) -> None:
    opened(robot, document_for("moons"), Selected("layer", "o"))
    pick_activation(robot, "ReLU")
    robot.wait(lambda: "between 0 and 1" in robot.message())
    assert robot.running.session.document.network.layers[-1].settings["activation"].kind == "sigmoid"
    robot.running.session.edit(set_loss(robot.running.session.document, "squared_error"), "squared error")
    robot.settle()
    pick_activation(robot, "ReLU")
    line = robot.window.status.health
    robot.wait(lambda: [finding.symptom for finding in line.found] == ["open_output"])
    assert "a sigmoid gives probabilities" in finding_words(line.found[0])[1]


def test_square_activation_shows_the_three_factors_of_a_gradient(robot: Robot) -> None:
    robot.start("step")
    robot.trigger("learn_squares")
    robot.settle()
    example = Example("EX-16")
    robot.window.context.selection.select(Selected("link", "h", 0, "x", 0))
    robot.running.session.walk_to(99)
    paths = inspector(robot).behind.origin.paths
    robot.wait(lambda: len(paths.ways) == 1 and robot.frame.trace is not None)
    trace = robot.frame.trace
    assert trace.value("h.z", 99)[0] == pytest.approx([example["N1"], example["N2"]], rel=DIGITS)
    assert trace.value("o.a", 99)[0, 0] == pytest.approx(example["y_square"], rel=DIGITS)
    way = paths.ways[0]
    assert way.value == pytest.approx(example["dy_dw1_square"], rel=DIGITS)
    values = [factor.value for factor in way.factors]
    assert values[0] == pytest.approx(1.0, rel=1e-12), "dL/dy"
    assert values[1:] == pytest.approx([1.1, 2 * example["N1"], 0.5], rel=1e-12)


def test_a_formula_is_typed_as_activation_and_its_slope_follows(robot: Robot) -> None:
    robot.start("step")
    robot.trigger("learn_squares")
    robot.settle()
    robot.window.context.selection.select(Selected("layer", "h"))
    card = inspector(robot).behind.activation.card
    field = inspector(robot).form.layer.choices["activation"].form.fields["text"]
    assert field.text() == "z**2"
    field.setText("z**3")
    field.editingFinished.emit()
    robot.wait(lambda: card.plot._study is not None and card.plot._study.shape.settings["text"] == "z**3")
    z, slopes = card.plot.slope.getData()
    assert slopes == pytest.approx(3 * z**2, rel=1e-12, abs=1e-12)
    example = Example("EX-16")
    robot.window.context.selection.select(Selected("link", "h", 0, "x", 0))
    robot.running.session.walk_to(99)
    paths = inspector(robot).behind.origin.paths
    robot.wait(lambda: len(paths.ways) == 1 and robot.frame.trace is not None)
    way = paths.ways[0]
    error = way.factors[0].value
    assert way.value / error == pytest.approx(example["dy_dw1_cube"], rel=DIGITS)
