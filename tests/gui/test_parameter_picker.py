"""Any number of a layer can be picked and taken apart: of recurrent layers time step by time step."""

import numpy as np
import pytest

from dlviz.core.choice import Choice
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec
from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.selection import Selected
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.presets import example_document
from tests.gui.robot import LEFT, NONE, Robot

STEPS = 4


def recurrent() -> Document:
    draw = np.random.default_rng(2)
    names = tuple(f"x{t + 1}" for t in range(STEPS))
    rows = Dataset("series", "regression", draw.random((6, STEPS)), draw.random((6, 1)), names, ("y",))
    layers = (LayerSpec("r", "simple_rnn", settings={"units": 2}), dense("o", 1, "linear"))
    network = NetworkSpec(layers, (InputSpec("x", (STEPS, 1)),))
    training = TrainingSpec(loss=Choice("squared_error"), batch_size=3)
    return Document(dtype="float64", data=DataSpec("table", dataset=rows), network=network, training=training)


def inspector(robot: Robot, document: Document, place: Selected) -> InspectorPanel:
    robot.start("network")
    robot.running.session.new(document)
    robot.settle()
    robot.window.context.selection.select(place)
    panel = robot.panel("inspector")
    assert isinstance(panel, InspectorPanel)
    robot.wait(panel.isVisible)
    return panel


def test_a_recurrent_weight_has_one_term_for_each_time_step(robot: Robot) -> None:
    panel = inspector(robot, recurrent(), Selected("layer", "r"))
    picker = panel.picker
    robot.wait(picker.isVisible)
    assert [picker.names.itemText(k) for k in range(picker.names.count())] == ["W", "U", "b"]
    robot.bot.mouseClick(picker.show_button, LEFT, NONE)
    assert robot.window.context.selection.current == Selected("parameter", "r", name="r.W", entry=(0, 0))
    robot.wait(panel.behind.origin.uses.isVisible)
    rows = [row for row in panel.behind.origin.uses.rows if not row.isHidden()]
    times = sorted(row.label.text().partition(":")[0] for row in rows)
    assert times == [f"h¹₁⟨{t}⟩" for t in range(1, STEPS + 1)]
    values = [float(row.words().split("\t")[1].replace("−", "-")) for row in rows]
    explanation = robot.frame.explanation
    assert sum(values) == pytest.approx(explanation.paths.share, rel=1e-12)
    shares = explanation.shares
    assert shares.shares.sum() == pytest.approx(robot.frame.peek.value("r.dW", 999)[0, 0], rel=1e-10)


def test_the_fields_walk_the_entries_of_a_parameter(robot: Robot) -> None:
    panel = inspector(robot, recurrent(), Selected("parameter", "r", name="r.U", entry=(0, 1)))
    picker = panel.picker
    robot.wait(picker.isVisible)
    assert [place.value() for place in picker.places if place.isVisible()] == [1, 2]
    assert panel.title.text() == "Parameter u¹₁₂"
    picker.places[0].setValue(2)
    assert robot.window.context.selection.current.entry == (1, 1)
    assert picker.places[1].maximum() == 2
    picker.names.setCurrentIndex(2)
    picker.names.activated.emit(2)
    assert robot.window.context.selection.current == Selected("parameter", "r", name="r.b", entry=(1,))
    assert len([place for place in picker.places if place.isVisible()]) == 1


def test_a_picked_number_can_be_typed(robot: Robot) -> None:
    panel = inspector(robot, recurrent(), Selected("parameter", "r", name="r.U", entry=(0, 1)))
    robot.wait(panel.value.isVisible)
    panel.value.setFocus()
    panel.value.selectAll()
    robot.text("0.25")
    panel.value.returnPressed.emit()
    robot.settle()
    assert robot.frame.parameters["r.U"][0, 1] == 0.25


def test_the_way_back_from_a_factor(robot: Robot) -> None:
    panel = inspector(robot, example_document(), Selected("link", "h", 0, "x", 0))
    robot.wait(panel.behind.origin.paths.isVisible)
    card = panel.behind.origin.paths.cards[0]
    card.product.taken.emit(2)
    selection = robot.window.context.selection
    assert selection.current == Selected("link", "o", 0, "h", 0)
    assert panel.behind.back.isVisible()
    assert panel.behind.back.text() == "‹ Weight w¹₁₁"
    robot.bot.mouseClick(panel.behind.back, LEFT, NONE)
    assert selection.current == Selected("link", "h", 0, "x", 0)
    assert not panel.behind.back.isVisible()


def test_a_layer_of_batch_norm_lists_the_statistics_it_used(robot: Robot) -> None:
    layers = (dense("h", 3, "linear"), LayerSpec("n", "batch_norm"), dense("o", 1, "tanh"))
    document = Document(dtype="float64", data=DataSpec("circles"), network=NetworkSpec(layers))
    panel = inspector(robot, document, Selected("layer", "n"))
    robot.wait(lambda: any("σ²" in row.label.text() for row in panel.facts.rows if not row.isHidden()))
    values = {row.label.text(): row.words().split("\t")[1:] for row in panel.facts.rows if not row.isHidden()}
    before = robot.frame.peek.value("h.a", 99)[:, 1]
    mean, variance = (float(each.replace("−", "-")) for each in values["unit 2: μ, σ² as used"])
    assert (mean, variance) == pytest.approx((before.mean(), before.var()), rel=1e-12)
