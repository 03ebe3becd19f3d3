"""The gradient check in the window: begun by menu or button, its table, its reasons, and where its lines lead."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication

from dlviz.core.choice import chosen
from dlviz.core.network import LayerSpec, NetworkSpec, dense
from dlviz.data.spec import DataSpec
from dlviz.gui import numbers
from dlviz.gui.panels.inspector.gradient_check import GradientCheckView
from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.selection import Selected
from dlviz.gui.theme import current
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.presets import example_document
from tests.gui.robot import CONTROL, LEFT, NONE, Key, Robot


def standing(robot: Robot, document: Document, workspace: str = "step") -> GradientCheckView:
    robot.start(workspace)
    robot.running.session.new(document)
    robot.settle()
    panel = robot.panel("inspector")
    assert isinstance(panel, InspectorPanel)
    return panel.check


def finished(robot: Robot, view: GradientCheckView) -> None:
    robot.wait(lambda: view.verdict.isVisible() and not view.progress.isVisible())


def circles(*layers: LayerSpec, **training: Any) -> Document:
    spec = TrainingSpec(**{"batch_size": 8, **training})
    return Document(dtype="float64", data=DataSpec("circles"), network=NetworkSpec(layers), training=spec)


def lines(view: GradientCheckView) -> dict[str, tuple[str, ...]]:
    return {line.name: line.cells for line in view.table.check.lines}


def test_a_key_checks_the_example_and_the_table_is_worst_first(robot: Robot) -> None:
    view = standing(robot, example_document())
    robot.key(Key.Key_G, CONTROL)
    finished(robot, view)
    assert robot.window.context.selection.current == Selected("network")
    assert view.isVisible()
    shown = view.table.check.lines
    assert {line.name for line in shown} == {"h.W", "h.b", "o.W", "o.b"}
    assert [line.ratio for line in shown] == sorted((line.ratio for line in shown), reverse=True)
    assert view.verdict.text().startswith("✓ ratio over all: ")
    assert "batch 1" in view.notes.text()


def test_entries_hold_both_numbers_and_a_click_selects_the_weight(robot: Robot) -> None:
    view = standing(robot, example_document())
    robot.window.live["check_gradients"].trigger()
    finished(robot, view)
    row = next(k for k, line in enumerate(view.table.check.lines) if line.name == "h.W")
    model, above = view.table.check, view.table.check.index(row, 0)
    view.table.expand(above)
    entries = {line.place: line for line in model.entries[row]}
    w1 = entries[Selected("link", "h", 0, "x", 0)]
    assert w1.analytic == pytest.approx(0.000438568, abs=5e-10)
    assert w1.numeric == pytest.approx(w1.analytic, rel=1e-4)
    index = model.index(list(entries).index(w1.place), 0, above)
    click(robot, view, index)
    assert robot.window.context.selection.current == w1.place
    inspector = robot.panel("inspector")
    assert inspector.behind.back.isVisible()
    robot.bot.mouseClick(inspector.behind.back, LEFT)
    assert robot.window.context.selection.current == Selected("network")


def click(robot: Robot, view: GradientCheckView, index: QModelIndex) -> None:
    robot.wait(lambda: view.table.visualRect(index).isValid())
    view.table.scrollTo(index)
    robot.bot.mouseClick(view.table.viewport(), LEFT, NONE, view.table.visualRect(index).center())


def test_a_slip_is_found_marked_and_named(robot: Robot) -> None:
    document = circles(dense("h", 4, "tanh"), dense("o", 1, "tanh"), slip=chosen("missing_slope", where="hidden"))
    view = standing(robot, document)
    robot.window.live["check_gradients"].trigger()
    finished(robot, view)
    shown = lines(view)
    assert "✗ a bug" in shown["h.W"][3]
    assert "✓ great" in shown["o.W"][3]
    assert "Wrong in h." in view.verdict.text()
    last = view.table.check.index(0, 3)
    assert last.data(Qt.ItemDataRole.ForegroundRole) == current().colour("error")
    assert "mistake on purpose" in view.notes.text()


def test_dropout_is_refused_in_words_and_can_be_held(robot: Robot) -> None:
    layers = (dense("h", 4, "tanh"), LayerSpec("d", "dropout", settings={"rate": 0.3}), dense("o", 1, "tanh"))
    view = standing(robot, circles(*layers))
    robot.window.live["check_gradients"].trigger()
    finished(robot, view)
    assert "two masks would compare two networks" in view.verdict.text()
    assert not view.table.isVisible()
    robot.bot.mouseClick(view.hold, LEFT)
    robot.wait(view.table.isVisible)
    assert view.verdict.text().startswith("✓")
    assert not view.hold.isVisible()


def test_gradients_through_batch_norm_pass_the_check(robot: Robot) -> None:
    document = circles(dense("h", 4, "tanh"), LayerSpec("n", "batch_norm"), dense("o", 1, "tanh"))
    view = standing(robot, document)
    robot.window.live["check_gradients"].trigger()
    finished(robot, view)
    assert view.verdict.text().startswith("✓ ratio over all: ")
    assert {"n.gamma", "n.beta"} <= set(lines(view))
    assert all("✗" not in cells[3] for cells in lines(view).values())


def test_a_long_check_shows_how_far_it_is_and_can_be_cancelled(robot: Robot) -> None:
    view = standing(robot, replace(circles(dense("h", 800, "tanh"), dense("o", 1, "tanh"))))
    robot.window.live["check_gradients"].trigger()
    robot.wait(lambda: view.cancel.isVisible() and view.progress.value() > 0)
    robot.bot.mouseClick(view.cancel, LEFT)
    robot.wait(view.table.isVisible)
    assert "of " in view.header.info.text()
    assert 0 < view.progress.value() < view.progress.maximum()
    assert view.start.isVisible()


def test_a_layer_offers_the_check_and_says_its_own_ratio(robot: Robot) -> None:
    view = standing(robot, example_document())
    robot.window.context.selection.select(Selected("layer", "o"))
    robot.wait(view.start.isVisible)
    robot.bot.mouseClick(view.start, LEFT)
    finished(robot, view)
    assert set(view.layers.text().removeprefix("by layer: ").replace(",", "").split()) >= {"o", "h"}


def test_the_table_copies_every_digit(robot: Robot) -> None:
    view = standing(robot, example_document())
    robot.window.live["check_gradients"].trigger()
    finished(robot, view)
    view.table.copy()
    copied = QGuiApplication.clipboard().text().split("\n")
    assert copied[0] == "parameter\tbackward\tdifference\tratio"
    line = view.table.check.lines[0]
    assert copied[1].split("\t") == [line.name, repr(line.analytic), repr(line.numeric), repr(line.ratio)]
    assert numbers.number(line.analytic, 3) == lines(view)[line.name][1]


def test_what_the_network_is_made_of_and_what_the_update_did(robot: Robot) -> None:
    standing(robot, example_document())
    robot.running.session.walk_to(99)
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.cursor == len(robot.frame.trace.steps))
    robot.window.live["inspect_network"].trigger()
    facts = robot.panel("inspector").facts
    robot.wait(lambda: "loss after the update" in facts.words())
    shown = dict(line.split("\t") for line in facts.words().split("\n"))
    layers = robot.panel("inspector").summary.table.numbers.lines
    assert layers[0].cells[:5] == ("h", "Dense", "2", "6", "2 × 2 + 2")
    assert shown["all parameters"] == "12"
    assert float(shown["loss of the batch"]) == pytest.approx(0.298371109, abs=5e-10)
    trace = robot.frame.trace
    squared = sum(float((trace.value(f"{layer}.dW", 99) ** 2).sum()) for layer in "ho")  # its biases are frozen
    label = "predicted change −η ‖g‖²"
    assert float(shown[label].replace("−", "-")) == pytest.approx(-0.5 * squared, rel=1e-9)
    change = trace.loss_after - float(trace.value("loss", 99))
    assert float(shown["real change"].replace("−", "-")) == pytest.approx(change, rel=1e-12)


def test_before_the_update_nothing_is_said_of_the_loss_after_it(robot: Robot) -> None:
    standing(robot, example_document())
    robot.running.session.walk_to(5)
    robot.wait(lambda: robot.frame.cursor == 5)
    robot.window.live["inspect_network"].trigger()
    facts = robot.panel("inspector").facts
    robot.wait(lambda: "loss of the batch" in facts.words())
    assert "loss after" not in facts.words()
