"""The inspector of a unit: its sum, its activation with the mark, the error that comes back, its loss."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import Choice
from dlviz.core.network import LayerSpec, NetworkSpec, dense
from dlviz.data.spec import DataSpec
from dlviz.gui.panels.inspector.card import Scene
from dlviz.gui.panels.inspector.facts import card
from dlviz.gui.panels.inspector.neuron import Neuron
from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.selection import Selected
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.presets import document_for, example_document
from tests.gui.robot import LEFT, NONE, Key, Robot


def standing(robot: Robot, document: Document, cursor: int = 0) -> None:
    """Open a document in Step, after so many operations; 0: before the first."""
    robot.start("step")
    robot.running.session.new(document)
    robot.settle()
    if cursor:
        robot.running.session.walk_to(cursor)
        robot.wait(lambda: robot.frame.trace is not None and robot.frame.cursor == cursor)


def inspected(robot: Robot, place: Selected) -> InspectorPanel:
    robot.window.context.selection.select(place)
    panel = robot.panel("inspector")
    assert isinstance(panel, InspectorPanel)
    robot.wait(panel.behind.neuron.isVisible)
    return panel


def rows(table: FactTable) -> dict[str, list[float]]:
    """Return every digit of the numbers on show by label."""
    lines = (line.split("\t") for line in table.words().split("\n"))
    empty = ("", "not computed yet")
    return {label: [float(each.replace("−", "-")) for each in values if each not in empty] for label, *values in lines}


def test_a_unit_lists_each_product_its_sum_bias_and_slope(robot: Robot) -> None:
    standing(robot, example_document(), 11)
    facts = rows(inspected(robot, Selected("unit", "h", 0)).facts)
    assert facts["0.15 · x₁"][0] == pytest.approx(0.15 * 0.05, rel=1e-12)
    assert facts["0.2 · x₂"][0] == pytest.approx(0.20 * 0.10, rel=1e-12)
    assert facts["u = Σ w·x"][0] == pytest.approx(0.0275, rel=1e-12)
    assert facts["b"] == [0.35]
    assert facts["z"][0] == pytest.approx(0.3775, rel=1e-12)
    a = 1 / (1 + np.exp(-0.3775))
    assert facts["a = σ(z)"][0] == pytest.approx(a, rel=1e-12)
    assert facts["σ′(z)"][0] == pytest.approx(a * (1 - a), rel=1e-12)


def test_the_mark_stands_on_the_curve(robot: Robot) -> None:
    standing(robot, example_document(), 11)
    plot = inspected(robot, Selected("unit", "h", 0)).behind.activation.card.plot
    robot.wait(plot.isVisible)
    ((x,), (y,)) = plot.dots["forward"].getData()
    assert (x, y) == pytest.approx((0.3775, 0.593269992), abs=5e-10)
    curve_x, curve_y = plot.value.getData()
    assert np.interp(x, curve_x, curve_y) == pytest.approx(y, abs=1e-3)


def test_the_error_of_a_hidden_unit_is_listed_by_reader(robot: Robot) -> None:
    """Mazur: 0.055399425 through the first output, −0.019049119 through the second, 0.036350306 together."""
    standing(robot, example_document(), 11)
    errors = rows(inspected(robot, Selected("unit", "h", 0)).behind.neuron.errors)
    values = {label.partition(":")[0]: found[0] for label, found in errors.items()}
    assert values["from a²₁"] == pytest.approx(0.055399425, abs=5e-10)
    assert values["from a²₂"] == pytest.approx(-0.019049119, abs=1e-9)  # printed after rounding
    assert values["sum = ∂L/∂a"] == pytest.approx(0.036350306, abs=5e-10)
    (delta,) = (found[0] for label, found in errors.items() if label.startswith("δ"))
    assert delta == pytest.approx(robot.frame.trace.value("h.dz", 99)[0, 0], rel=1e-12)


def test_the_loss_of_an_output_has_its_dot_and_derivatives(robot: Robot) -> None:
    standing(robot, example_document(), 11)
    neuron = inspected(robot, Selected("unit", "o", 0)).behind.neuron
    facts = rows(neuron.loss_facts)
    assert facts["loss"][0] == pytest.approx(0.298371109, abs=5e-10)
    assert facts["∂L/∂a"][0] == pytest.approx(0.741365070, abs=5e-10)
    assert facts["δ = ∂L/∂z"][0] == pytest.approx(0.138498562, abs=5e-10)
    ((x,), (y,)) = neuron.loss.dots["text"].getData()
    assert (x, y) == pytest.approx((0.751365070, 0.298371109), abs=5e-10)
    assert neuron.loss.mark.value() == 0.01


def classes() -> Document:
    layers = (dense("h", 5, "tanh"), dense("o", 3, "softmax"))
    training = TrainingSpec(loss=Choice("categorical_cross_entropy"), batch_size=12)
    return Document(dtype="float64", data=DataSpec("blobs"), network=NetworkSpec(layers), training=training)


def test_softmax_and_cross_entropy_are_said_to_cancel(robot: Robot) -> None:
    standing(robot, classes(), 11)
    neuron = inspected(robot, Selected("unit", "o", 1)).behind.neuron
    facts = rows(neuron.loss_facts)
    assert facts["a − y ✓ all else cancels"][0] == pytest.approx(facts["δ = ∂L/∂z"][0], rel=1e-9)
    losses = [bar.value for bar in neuron.each.bars]
    loss = float(robot.frame.trace.value("loss", 99))
    assert np.mean(losses) == pytest.approx(loss, rel=1e-12)


def test_a_click_on_the_loss_of_a_sample_looks_at_it(robot: Robot) -> None:
    standing(robot, classes(), 11)
    neuron = inspected(robot, Selected("unit", "o", 1)).behind.neuron
    robot.wait(lambda: neuron.each.width() > 100)
    robot.bot.mouseClick(neuron.each, LEFT, NONE, neuron.each.rectangle(5).center().toPoint())
    robot.wait(lambda: robot.frame.sample == 5 and neuron.each.current == 5)
    a = robot.frame.trace.value("o.a", 99)[5, 1]
    assert rows(neuron.loss_facts)["output a"] == [a]


def test_what_is_not_computed_yet_is_not_shown(robot: Robot) -> None:
    standing(robot, example_document(), 4)
    neuron: Neuron = inspected(robot, Selected("unit", "o", 0)).behind.neuron
    assert not neuron.loss.isVisible()
    robot.running.session.walk_to(5)
    robot.wait(neuron.loss.isVisible)
    assert "δ = ∂L/∂z" not in rows(neuron.loss_facts)


def test_batch_norm_shows_the_statistics_it_used(robot: Robot) -> None:
    layers = (dense("h", 4, "linear"), LayerSpec("n", "batch_norm"), dense("o", 1, "tanh"))
    standing(robot, Document(dtype="float64", data=DataSpec("circles"), network=NetworkSpec(layers)), 8)
    facts = rows(inspected(robot, Selected("unit", "n", 2)).facts)
    before = robot.frame.trace.value("h.a", 99)[:, 2]
    assert facts["μ of the batch, as used"] == [pytest.approx(before.mean(), rel=1e-12)]
    assert facts["σ² of the batch, as used"] == [pytest.approx(before.var(), rel=1e-12)]
    assert facts["normalised ẑ"][0] == robot.frame.trace.value("n.z_hat", 99)[0, 2]


def test_the_change_of_a_weight_is_written_with_rate_error_and_input(robot: Robot) -> None:
    """Mazur: w5 changes by −0.5 · 0.138498562 · 0.593269992 = −0.041083521."""
    standing(robot, example_document(), 11)
    robot.running.session.walk_to(99)
    robot.window.context.selection.select(Selected("link", "o", 0, "h", 0))
    panel = robot.panel("inspector")
    robot.wait(lambda: panel.equations[1].text().startswith("="))
    assert panel.equations[0].text() == "Δw = −η · δ · x"
    assert panel.equations[1].text() == "= −0.5 · 0.138 · 0.593 = −0.0411, all at the old weights"


def test_before_the_update_no_change_is_written(robot: Robot) -> None:
    standing(robot, example_document(), 7)
    robot.window.context.selection.select(Selected("link", "o", 0, "h", 0))
    panel = robot.panel("inspector")
    robot.wait(lambda: panel.title.text().startswith("Weight"))
    assert not panel.equations[0].isVisible()


def test_the_terms_of_an_error_lead_to_the_weight_and_to_the_unit_that_sent_it(robot: Robot) -> None:
    standing(robot, example_document(), 11)
    panel = inspected(robot, Selected("unit", "h", 0))
    errors = panel.behind.neuron.errors
    robot.wait(lambda: len(errors.rows) > 1 and errors.rows[0].sources is not None)
    row = next(each for each in errors.rows if each.label.text().startswith("from a²₁"))
    assert row.words().startswith("from a²₁: 0.4 · 0.138\t")
    for number, place in ((0, Selected("link", "o", 0, "h", 0)), (1, Selected("unit", "o", 0))):
        robot.bot.mouseClick(row.sources, LEFT, NONE, row.sources.rectangle(number).center().toPoint())
        assert robot.window.context.selection.current == place
        assert panel.behind.back.isVisible()
        robot.bot.mouseClick(panel.behind.back, LEFT)
        assert robot.window.context.selection.current == Selected("unit", "h", 0)
        robot.wait(row.sources.isVisible)


def test_the_products_of_a_unit_lead_to_weights_and_inputs_by_keyboard_too(robot: Robot) -> None:
    standing(robot, example_document(), 11)
    panel = inspected(robot, Selected("unit", "h", 1))
    row = next(each for each in panel.facts.rows if each.label.text() == "0.25 · x₁")
    row.sources.setFocus()
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Return):
        robot.bot.keyClick(row.sources, key)
    assert robot.window.context.selection.current == Selected("input", "x", 0)


def test_a_weight_lists_its_last_updates(robot: Robot) -> None:
    robot.start("step")
    robot.running.session.new(classes())
    robot.settle()
    for _ in range(7):
        robot.running.session.step("batch")
    robot.wait(lambda: robot.frame.step == 7)
    robot.window.context.selection.select(Selected("link", "h", 1, "x", 0))
    history = robot.panel("inspector").behind.origin.history
    robot.wait(history.updates.isVisible)
    found = rows(history.updates)
    assert len(found) == 5
    values = [value for _, value in found.values()]
    assert np.diff(values) == pytest.approx([change for change, _ in list(found.values())[1:]], rel=1e-9)


def test_what_the_network_before_explained_is_not_read(robot: Robot) -> None:
    standing(robot, document_for("digits"), 11)
    panel = inspected(robot, Selected("unit", "h1", 3))
    robot.running.session.new(document_for("circles"))
    assert not panel.behind.neuron.isVisible()


def test_a_frame_of_the_network_before_is_written_in_symbols_alone(robot: Robot) -> None:
    standing(robot, document_for("circles"), 11)
    shallow = replace(robot.frame.document, network=NetworkSpec((dense("o", 1, "tanh"),)))
    assert len(card(Scene(Selected("unit", "o", 0), shallow, None, robot.frame)).equations) == 1
