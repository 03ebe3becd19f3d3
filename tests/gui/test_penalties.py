"""Penalties of weights in the window: their strengths, their parts beside the loss, and what they leave of a weight."""

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.panels.inspector.penalty import PenaltyView
from dlviz.gui.selection import Selected
from dlviz.session.document import Document
from dlviz.session.edits import set_layer_setting, set_optimizer
from dlviz.session.learning_presets import decayed
from dlviz.session.presets import first_document
from tests.golden.example import Example
from tests.gui.robot import Robot
from tests.gui.walker import Walker


def view_of(robot: Robot, document: Document, layer: str) -> PenaltyView:
    robot.start_on_canvas()
    robot.pause()
    robot.running.session.new(document)
    robot.settle()
    robot.window.context.selection.select(Selected("layer", layer))
    panel = robot.panel("inspector")
    assert isinstance(panel, InspectorPanel)
    robot.wait(lambda: panel.form.penalty.isVisible() and bool(panel.form.penalty.bars.bars))
    return panel.form.penalty


def test_the_update_keeps_0_97667_of_every_weight_under_plain_descent(robot: Robot) -> None:
    example = Example("EX-57")
    view = view_of(robot, decayed(), "h")
    assert view.decay() == pytest.approx(example.expected["shrink_factor"], rel=1e-12)
    assert view.said.text().startswith("Each step keeps 0.97667 of every weight")
    session = robot.running.session
    session.edit(set_optimizer(session.document, "adam"), "Adam")
    robot.wait(lambda: view.said.text().startswith("Adam rescales this pull"))


def test_a_step_with_the_penalty_is_that_of_the_worked_example_and_says_its_share(robot: Robot) -> None:
    example = Example("EX-57")
    walker = Walker(robot).open("decayed")
    said: list[str] = []
    for _ in range(60):
        step = walker.forward()
        if step.op == "penalty_gradient":
            walker.select(Selected("link", "h", 0, "x", 0))
            said.append(walker.formula.sentence.text())
        if walker.frame.trace is not None and walker.frame.cursor == len(walker.frame.trace.steps):
            break
    assert said == ["The penalty pulls every weight towards zero: each step keeps 0.97667 of it."] * 2
    assert float(walker.told["loss"]) == pytest.approx(example.expected["J_with_penalty"], rel=1e-10)
    np.testing.assert_allclose(walker.told["h.W"], example.expected["W1_after_gradient_form"], rtol=1e-10)
    np.testing.assert_allclose(walker.told["h.W"], example.expected["W1_after_decay_form"], rtol=1e-10)


def test_both_parts_of_an_elastic_net_stand_beside_the_loss_and_have_a_slider_each(robot: Robot) -> None:
    document = set_layer_setting(first_document(), "h1", "regularizer", chosen("elastic_net", l1=0.02, l2=0.05))
    view = view_of(robot, document, "h1")
    assert {name for name, slider in view.sliders.items() if slider.isVisible()} == {"l1", "l2"}
    parameters = robot.frame.parameters
    assert parameters is not None
    weights = parameters["h1.W"]
    squares, sizes = 0.05 * float(np.sum(weights**2)), 0.02 * float(np.sum(np.abs(weights)))
    values = {bar.name: bar.value for bar in view.bars.bars}
    assert values == pytest.approx({"data": robot.frame.train_loss, "λ₂ Σ w²": squares, "λ₁ Σ |w|": sizes})
    assert view.header.info.text() == robot.window.context.number(squares + sizes)
    robot.drag_slider(view.sliders["l1"].slider, [0.6, 0.8])
    strength = view.sliders["l1"].value()
    now = robot.running.session.document.network.layers[0].settings["regularizer"]
    assert now == chosen("elastic_net", l1=strength, l2=0.05)
    expected = strength * float(np.sum(np.abs(weights)))
    robot.wait(lambda: {bar.name: bar.value for bar in view.bars.bars}["λ₁ Σ |w|"] == pytest.approx(expected))


@pytest.mark.parametrize(("scale", "share"), [("sum", 0.3), ("half", 0.15), ("mean", 0.3 / (2 * 10))])
def test_the_convention_of_a_penalty_is_chosen_and_its_share_of_the_gradient_stands_apart(
    robot: Robot, scale: str, share: float
) -> None:
    document = set_layer_setting(first_document(), "h1", "regularizer", chosen("l2", strength=0.3, scale=scale))
    view = view_of(robot, document, "h1")
    assert view.decay() == pytest.approx(1 - 0.02 * 2 * share)
    assert robot.frame.parameters is not None
    weight = float(robot.frame.parameters["h1.W"][1, 0])
    robot.window.context.selection.select(Selected("link", "h1", 1, "x", 0))
    panel = robot.panel("inspector")
    assert isinstance(panel, InspectorPanel)
    robot.wait(lambda: "of it the penalty's share" in panel.facts.words())
    line = next(each for each in panel.facts.words().splitlines() if each.startswith("of it the penalty's share"))
    told = float(line.rpartition("\t")[2].replace("\N{MINUS SIGN}", "-"))
    assert told == pytest.approx(2 * share * weight, rel=1e-9)


def test_layers_without_a_penalty_have_no_such_part(robot: Robot) -> None:
    view = view_of(robot, set_layer_setting(first_document(), "h1", "regularizer", Choice("l2")), "h1")
    session = robot.running.session
    session.edit(set_layer_setting(session.document, "h1", "regularizer", Choice("none")), "none")
    robot.wait(lambda: not view.isVisible())
