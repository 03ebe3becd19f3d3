"""Wiring a network freely by mouse and keyboard: inputs, branches, joins, skips, second uses, outputs."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from dlviz.core.inference import shapes
from dlviz.core.network import InputSpec, NetworkSpec, sources
from dlviz.gui.editor.wiring import Wiring
from dlviz.gui.editor.wiring_menus import WireMenu
from dlviz.gui.selection import Selected
from dlviz.session.document import Document
from dlviz.session.example import plain_descent, written_table
from dlviz.session.format.document import document_to_json
from dlviz.session.presets import document_for
from tests.gui.robot import CONTROL, LEFT, NONE, SHIFT, Key, Robot, close_window, robot_at_window

GOLDEN = json.loads(Path("tests/golden/worked_examples.json").read_text(encoding="utf-8"))
EX20 = next(each for each in GOLDEN["examples"] if each["id"] == "EX-20")


@pytest.fixture
def robot(qtbot: QtBot, tmp_path: Path) -> Iterator[Robot]:
    """Somebody at a document with eight columns, one target and no layers."""
    dice = np.random.default_rng(0)
    rows = dice.normal(size=(20, 8)).round(3)
    document = Document(
        title="eight columns", dtype="float64", data=written_table(rows, rows[:, :1] * rows[:, 4:5]),
        network=NetworkSpec((), (InputSpec("x", (8,)),)), training=plain_descent(lr=0.01),
    )  # fmt: skip
    file = tmp_path / "eight.json"
    file.write_text(json.dumps(document_to_json(document, True)), encoding="utf-8")
    made = robot_at_window(qtbot)
    made.start("network", file)
    made.wait(lambda: made.running.session.document.title == "eight columns")
    yield made
    close_window(made)


def network(robot: Robot) -> NetworkSpec:
    return robot.running.session.document.network


def reads(robot: Robot) -> dict[str, tuple[str, ...]]:
    """Return what every layer reads."""
    spec = network(robot)
    return {layer.id: sources(spec, layer) for layer in spec.layers}


def port(robot: Robot, kind: str, node: str) -> QPoint:
    return robot.hot(kind, node).rectangle.center().toPoint()


def drag(robot: Robot, start: QPoint, end: QPoint) -> None:
    """Drag with the left button in steps, as a hand does."""
    viewport = robot.view.viewport()
    robot.bot.mousePress(viewport, LEFT, NONE, start)
    for share in (0.3, 0.7, 1.0):
        robot.bot.mouseMove(viewport, start + (end - start) * share)
    robot.bot.mouseRelease(viewport, LEFT, NONE, end)


def connect(robot: Robot, source: str, target: str, how: str = "") -> None:
    """Drag from a node's port to that of a layer, and choose how where a menu asks."""
    before = network(robot)
    drag(robot, port(robot, "out", source), port(robot, "in", target))
    if how:
        robot.wait(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
        robot.choose_in_menu(how)
    robot.wait(lambda: network(robot) != before)


def begin_branch(robot: Robot, node: str, kind: str, units: int) -> str:
    """Drag from a node's port to the empty canvas, choose a kind, and type its units; return the new layer."""
    known = set(reads(robot))
    drag(robot, port(robot, "out", node), QPoint(robot.view.width() - 30, robot.view.height() - 60))
    robot.wait(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    robot.choose_in_menu(kind)
    robot.wait(lambda: len(reads(robot)) > len(known))
    new = next(name for name in reads(robot) if name not in known)
    type_units(robot, new, units)
    return new


def type_units(robot: Robot, layer: str, units: int) -> None:
    robot.wait(lambda: robot.window.context.selection.current == Selected("layer", layer))
    robot.settle()
    form = robot.panel("inspector").form.layer
    robot.wait(lambda: "units" in form.fields)
    field = form.fields["units"]
    field.setFocus()
    field.selectAll()
    robot.bot.keyClicks(field, str(units))
    robot.bot.keyClick(field, Key.Key_Return)
    robot.wait(lambda: shapes(network(robot))[layer] == (units,))
    robot.settle()


def split(robot: Robot, words: str) -> None:
    robot.click_caption("title", "x")
    robot.choose_in_menu("Split into several inputs…")
    robot.wait(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    robot.text(words)
    robot.key(Key.Key_Return)


def add_output(robot: Robot) -> None:
    robot.click(robot.panel("canvas").invitation.button)
    robot.wait(lambda: "o" in reads(robot))


def build_example_20(robot: Robot) -> None:
    """Wire two inputs, two branches and a Concatenate from nothing."""
    split(robot, "4 4")
    robot.wait(lambda: len(network(robot).inputs) == 2)
    add_output(robot)
    ends = []
    for node, (first, second) in (("x", EX20["parameters"]["branch1"]), ("x2", EX20["parameters"]["branch2"])):
        hidden = begin_branch(robot, node, "Dense", first)
        ends.append(begin_branch(robot, hidden, "Dense", second))
    connect(robot, ends[0], "o", f"Read {ends[0]} instead of x")
    connect(robot, ends[1], "o", f"Concatenate {ends[0]} and {ends[1]}")
    robot.settle()


def test_example_20_is_wired_from_nothing_and_undone(robot: Robot) -> None:
    start = robot.running.session.document
    build_example_20(robot)
    assert reads(robot) == {
        "h1": ("x",), "h2": ("h1",), "h3": ("x2",), "h4": ("h3",), "join1": ("h2", "h4"), "o": ("join1",),
    }  # fmt: skip
    sizes = shapes(network(robot))
    assert (sizes["h2"], sizes["h4"], sizes["join1"]) == ((40,), (50,), (EX20["expected"]["concat_width"],))
    robot.window.context.selection.select(Selected("layer", "join1"))
    form = robot.panel("inspector").form.layer
    robot.wait(lambda: form.joined is not None and form.joined.isVisible())
    assert form.joined.text() == "Puts h2 (40) and h4 (50) side by side: 90."
    robot.view.setFocus()
    robot.key(Key.Key_I, CONTROL)
    lines = robot.panel("inspector").summary.table.numbers.lines
    counted = ["".join(line.cells[3].split()) for line in lines if line.cells[0] in ("h1", "h2", "h3", "h4")]
    assert [int(each) for each in counted] == list(EX20["expected"]["params"].values())
    built = robot.running.session.document
    while robot.window.live["undo"].isEnabled():
        robot.key(Key.Key_Z, CONTROL)
    assert robot.running.session.document == start
    while robot.window.live["redo"].isEnabled():
        robot.key(Key.Key_Z, CONTROL | SHIFT)
    assert robot.running.session.document == built


def test_gradient_splits_back_to_both_branches(robot: Robot) -> None:
    build_example_20(robot)
    robot.window.use_workspace("step")
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: robot.frame.trace is not None)
    trace = robot.frame.trace
    end = len(trace.steps)
    whole = np.asarray(trace.value("join1.da", end))
    parts = [np.asarray(trace.value(f"{node}.da", end)) for node in ("h2", "h4")]
    weights, delta = np.asarray(trace.before["o.W"]), np.asarray(trace.value("o.dz", end))
    np.testing.assert_allclose(whole, delta @ weights, rtol=1e-12)
    np.testing.assert_array_equal(np.hstack(parts), whole)


def test_a_circle_and_a_wrong_shape_are_refused_where_they_are_dropped(robot: Robot) -> None:
    add_output(robot)
    eight, three = begin_branch(robot, "x", "Dense", 8), begin_branch(robot, "x", "Dense", 3)
    connect(robot, eight, "o", f"Read {eight} instead of x")
    connect(robot, "x", "o", f"Add x to {eight} (skip connection)")
    robot.settle()
    built, refused = robot.running.session.document, robot.panel("canvas").controller.wiring.refused
    for source, words in ((three, f"{three} gives 3, add1 reads 8 + 8:"), ("o", "which would close a circle")):
        at = port(robot, "in", "add1")
        drag(robot, port(robot, "out", source), at)
        assert refused.isVisible()
        assert words in refused.words.text()
        assert refused.geometry().adjusted(-40, -40, 40, 40).contains(at)
    assert robot.running.session.document == built


def test_a_join_turned_into_another_reads_the_same_nodes(robot: Robot) -> None:
    build_example_20(robot)
    robot.click_caption("title", "join1")
    robot.choose_in_menu("Change into", "Add")
    assert "[40] and [50]" in robot.message()


def test_ports_that_fit_are_lit_while_dragging(robot: Robot) -> None:
    build_example_20(robot)
    wiring: Wiring = robot.panel("canvas").controller.wiring
    assert wiring.fits_of(robot.hot("out", "h3")) == {
        "h1": True, "h2": True, "h3": False, "h4": False, "join1": True, "o": True,
    }  # fmt: skip
    viewport, start = robot.view.viewport(), port(robot, "out", "h3")
    robot.bot.mousePress(viewport, LEFT, NONE, start)
    before = viewport.grab().toImage()
    robot.bot.mouseMove(viewport, start + QPoint(30, 40))
    assert viewport.grab().toImage() != before
    robot.key(Key.Key_Escape)
    assert reads(robot)["h4"] == ("h3",)
    assert QApplication.activePopupWidget() is None


def test_a_skip_is_added_and_taken_away_again(robot: Robot) -> None:
    add_output(robot)
    hidden = begin_branch(robot, "x", "Dense", 8)
    connect(robot, hidden, "o", f"Read {hidden} instead of x")
    connect(robot, "x", "o", f"Add x to {hidden} (skip connection)")
    join = reads(robot)["o"][0]
    assert reads(robot)[join] == (hidden, "x")
    robot.click_caption("title", join)
    robot.choose_in_menu("Wiring", "Disconnect from", "x")
    robot.wait(lambda: join not in reads(robot))
    assert reads(robot)["o"] == (hidden,)


def test_keyboard_connects_shares_and_adds_an_output(robot: Robot) -> None:
    split(robot, "4 4")
    add_output(robot)
    hidden = begin_branch(robot, "x", "Dense", 3)
    robot.view.setFocus()
    robot.key(Key.Key_Return)
    robot.choose_in_menu("Wiring", "Use this layer again")
    robot.wait(lambda: len(network(robot).layers) == 3)
    second = next(layer for layer in network(robot).layers if layer.shares)
    assert (second.shares, reads(robot)[second.id]) == (hidden, ("x2",))
    robot.wait(lambda: robot.window.context.selection.current.layer == second.id)
    robot.view.setFocus()
    robot.key(Key.Key_Return)
    robot.choose_in_menu("Wiring", "Connect to", "o", f"Concatenate x and {second.id}")
    robot.wait(lambda: reads(robot)["o"] == ("join1",))
    robot.settle()
    values = robot.panel("canvas").state.frame.parameters
    assert f"{second.id}.W" not in values


def test_wrong_columns_are_told(robot: Robot) -> None:
    before = robot.running.session.document
    split(robot, "4 5")
    assert robot.message().startswith("Expected 8 columns in all. Received: 4 + 5")
    split(robot, "four")
    assert "Received: four" in robot.message()
    assert robot.running.session.document == before


def test_every_output_has_a_loss_of_its_own_in_the_inspector(robot: Robot) -> None:
    robot.running.session.new(document_for("iris"))
    robot.settle()
    robot.click_caption("outputs", "o")
    robot.wait(lambda: len(network(robot).outputs) == 2)
    robot.settle()
    robot.window.context.selection.select(Selected("layer", "o2"))
    form = robot.panel("inspector").form.output
    robot.wait(form.isVisible)
    field = form.weight.fields["weight"]
    field.setFocus()
    field.selectAll()
    robot.bot.keyClicks(field, "0.25")
    robot.bot.keyClick(field, Key.Key_Return)
    losses = robot.running.session.document.training.losses
    assert (losses["o2"].weight, losses["o"].weight) == (0.25, 1.0)
    chooser = form.loss.kinds
    chooser.setCurrentIndex(chooser.findData("squared_error"))
    chooser.activated.emit(chooser.currentIndex())
    robot.wait(lambda: robot.running.session.document.training.losses["o2"].choice.kind == "squared_error")
    assert robot.running.session.document.training.losses["o"].choice.kind == "sparse_categorical_cross_entropy"
    robot.view.setFocus()
    robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.step > 50)


def press_right(robot: Robot, at: QPoint) -> None:
    robot.bot.mouseClick(robot.view.viewport(), Qt.MouseButton.RightButton, NONE, at)


def wire_pixel(robot: Robot, source: str, target: str) -> QPoint:
    """Return where on the canvas a wire without weights can be clicked."""
    scene = robot.view.network_scene
    links = scene.layout_.links
    index = next(k for k in range(len(links)) if (links.origins[k], links.layers[k]) == (source, target))
    for share in (0.3, 0.5, 0.7, 0.9):
        pixel = robot.view.mapFromScene(scene.links.path(index).pointAtPercent(share))
        if scene.wire_at(robot.view.mapToScene(pixel)) == (source, target):
            return pixel
    raise AssertionError(f"no part of the wire from {source} to {target} can be reached")


def test_a_wire_is_let_go_by_its_own_menu(robot: Robot) -> None:
    add_output(robot)
    hidden = begin_branch(robot, "x", "Dense", 8)
    connect(robot, hidden, "o", f"Read {hidden} instead of x")
    connect(robot, "x", "o", f"Add x to {hidden} (skip connection)")
    robot.settle()
    press_right(robot, wire_pixel(robot, hidden, "add1"))
    robot.wait(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    robot.choose_in_menu(f"Disconnect {hidden} from add1")
    robot.wait(lambda: reads(robot)["o"] == ("x",))
    assert "add1" not in reads(robot)
    robot.key(Key.Key_Z, CONTROL)
    assert reads(robot)["add1"] == (hidden, "x")


def test_a_wire_that_is_all_a_layer_reads_says_why_it_stays(robot: Robot) -> None:
    add_output(robot)
    robot.settle()
    layer = network(robot).layers[0]
    menu = WireMenu(network(robot), "x", layer, robot.view)
    (action,) = menu.actions()
    assert not action.isEnabled() and "reads nothing else" in action.toolTip()
