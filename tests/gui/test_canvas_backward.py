"""The backward pass on the canvas: gradients on links, shares of samples, and dropped units crossed out."""

from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QTabBar

from dlviz.core.network import LayerSpec, NetworkSpec, dense
from dlviz.data.spec import DataSpec
from dlviz.gui import numbers
from dlviz.gui.editor.link_gradients import SHARES, SUMS, WEIGHTS, gradients
from dlviz.gui.editor.links_item import LEVELS
from dlviz.gui.panels.canvas import CanvasPanel
from dlviz.gui.selection import Selected
from dlviz.session.document import Document
from dlviz.session.presets import example_document
from tests.gui.robot import LEFT, NONE, Robot


def at_gradient(robot: Robot, document: Document) -> CanvasPanel:
    """Walk a document in Step to the gradient of its first layer."""
    robot.start("step")
    robot.running.session.new(document)
    robot.settle()
    robot.running.session.walk_to(1)
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.cursor == 1)
    last = max(step.index for step in robot.frame.trace.steps if step.phase == "backward")
    robot.running.session.walk_to(last + 1)
    canvas = robot.panel("canvas")
    assert isinstance(canvas, CanvasPanel)
    robot.wait(lambda: canvas.state.frame is not None and canvas.state.frame.cursor == last + 1)
    return canvas


def circles(units: int = 6) -> Document:
    layers = (dense("h", units, "tanh"), LayerSpec("d", "dropout", settings={"rate": 0.5}), dense("o", 1, "tanh"))
    return Document(dtype="float64", data=DataSpec("circles"), network=NetworkSpec(layers))


def test_links_show_the_gradient_and_write_it(robot: Robot) -> None:
    canvas = at_gradient(robot, example_document())
    gradient = robot.frame.trace.value("h.dW", 99)
    assert canvas.link_choice.isVisible()
    wanted = {numbers.number(value) for value in gradient.ravel().tolist()}
    assert wanted == set(canvas.scene.labels._texts)
    found = gradients(canvas.state.layout.links, canvas.state.network, robot.frame, SUMS)
    assert found.largest == np.abs(gradient).max()
    drawn = found.beside(np.zeros(len(found.values)))
    assert np.abs(drawn).max() == 4.0, "the largest is as wide as a link can be"
    assert LEVELS == 20


def test_shares_of_all_samples_add_up_to_the_gradient(robot: Robot) -> None:
    canvas = at_gradient(robot, circles())
    links, network = canvas.state.layout.links, canvas.state.network
    total = np.zeros(len(links))
    for sample in range(len(robot.frame.trace.rows)):
        total += gradients(links, network, replace(robot.frame, sample=sample), SHARES).values
    whole = gradients(links, network, robot.frame, SUMS).values
    np.testing.assert_allclose(total, whole, rtol=1e-12)


def test_what_links_show_is_chosen_by_a_click(robot: Robot) -> None:
    canvas = at_gradient(robot, circles(units=3))
    choice: QTabBar = canvas.link_choice
    before = list(canvas.scene.labels._texts)
    robot.bot.mouseClick(choice, LEFT, NONE, choice.tabRect(1).center())
    assert choice.key() == SHARES
    assert canvas.scene.labels._texts != before
    trace = robot.frame.trace
    share = trace.value("h.dz", 99)[0, 0] * trace.value("x", 99)[0, 0]
    assert numbers.number(float(share)) in canvas.scene.labels._texts
    robot.bot.mouseClick(choice, LEFT, NONE, choice.tabRect(0).center())
    assert choice.key() == WEIGHTS
    assert numbers.number(float(trace.value("h.W", 1)[0, 0])) in canvas.scene.labels._texts


def test_a_selected_weight_has_its_ways_lit_instead(robot: Robot) -> None:
    canvas = at_gradient(robot, example_document())
    robot.window.context.selection.select(Selected("link", "h", 0, "x", 0))
    assert not canvas.link_choice.isVisible()
    assert "w¹₁₁ = 0.15" in canvas.scene.labels._texts


def test_dropped_units_are_crossed_out_exactly_as_the_mask_says(robot: Robot) -> None:
    canvas = at_gradient(robot, circles())
    for sample in (0, 3):
        robot.running.session.look(sample)
        robot.wait(lambda wanted=sample: canvas.state.frame.sample == wanted)
        mask = robot.frame.trace.value("d.mask", 99)[sample]
        assert {unit for node, unit in canvas.scene.tiles.content.crossed if node == "d"} == {
            int(unit) for unit in np.flatnonzero(mask == 0)
        }
    dropped = int(np.flatnonzero(mask == 0)[0])
    robot.window.context.selection.select(Selected("unit", "d", dropped))
    assert "dropped" in robot.view.accessibleDescription()
