"""Numbers typed by hand: weight, bias, input and target, on the canvas and in the inspector, with undo."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from dlviz.core.choice import Choice
from dlviz.core.network import NetworkSpec, dense
from dlviz.data.spec import DataSpec
from dlviz.gui.editor.rects import tile_rect
from dlviz.gui.panels.data.rows import RowsTable
from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.selection import Selected
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.presets import example_document
from dlviz.session.subject_presets import EXAMPLES
from tests.gui.robot import CONTROL, LEFT, NONE, Key, Robot

X1, X2 = Selected("input", "x", 0), Selected("input", "x", 1)
O1, O2 = Selected("unit", "o", 0), Selected("unit", "o", 1)
W1, B1 = Selected("link", "h", 0, "x", 0), Selected("bias", "h", 0)


def standing(robot: Robot, document: Document, cursor: int = 0) -> InspectorPanel:
    robot.start("step")
    robot.running.session.new(document)
    robot.settle()
    robot.running.session.walk_to(cursor)
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.cursor == cursor)
    panel = robot.panel("inspector")
    assert isinstance(panel, InspectorPanel)
    return panel


def type_on_canvas(robot: Robot, place: Selected, words: str) -> None:
    robot.window.context.selection.select(place)
    robot.view.setFocus()
    robot.key(Key.Key_Return)
    card = robot.panel("canvas").card
    assert card.is_editing
    robot.text(words)
    robot.key(Key.Key_Return)


def array(robot: Robot, name: str) -> np.ndarray:
    return np.asarray(robot.frame.trace.value(name, robot.frame.cursor), float)


@pytest.mark.parametrize(
    ("place", "words", "value"), [(W1, "1/3", 1 / 3), (B1, "0,5", 0.5), (W1, "sqrt(2)/2", 0.5**0.5)]
)
def test_a_parameter_typed_on_the_canvas_moves_all_behind_it(
    robot: Robot, place: Selected, words: str, value: float
) -> None:
    standing(robot, example_document(), 9)
    before = {name: array(robot, name).copy() for name in ("h.z", "o.a", "loss", "o.dW")}
    type_on_canvas(robot, place, words)
    robot.wait(lambda: robot.frame.trace is not None and array(robot, "h.z")[0, 0] != before["h.z"][0, 0])
    assert robot.frame.cursor == 9
    w = [value, 0.20] if place.kind == "link" else [0.15, 0.20]
    b = value if place.kind == "bias" else 0.35
    assert array(robot, "h.z")[0, 0] == pytest.approx(w[0] * 0.05 + w[1] * 0.10 + b, rel=1e-12)
    robot.key(Key.Key_Z, CONTROL)
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.cursor == 9 and all(
        np.array_equal(array(robot, name), each) for name, each in before.items()))  # fmt: skip
    robot.key(Key.Key_Y, CONTROL)
    robot.wait(lambda: array(robot, "h.z")[0, 0] != before["h.z"][0, 0])


def test_an_input_typed_on_the_canvas_moves_all_behind_it(robot: Robot) -> None:
    standing(robot, example_document(), 9)
    loss = float(array(robot, "loss"))
    type_on_canvas(robot, X1, "0,25")
    robot.wait(lambda: robot.frame.trace is not None and float(array(robot, "loss")) != loss)
    assert robot.frame.cursor == 9
    assert array(robot, "h.z")[0] == pytest.approx([0.15 * 0.25 + 0.02 + 0.35, 0.25 * 0.25 + 0.03 + 0.35], rel=1e-12)
    robot.key(Key.Key_Z, CONTROL)
    robot.wait(lambda: float(array(robot, "loss")) == loss)
    assert robot.frame.cursor == 9


def test_a_double_click_on_a_target_types_another(robot: Robot) -> None:
    standing(robot, example_document(), 9)
    layout = robot.view.network_scene.layout_
    block = layout.blocks["o"]
    tile = tile_rect(layout, block, float(block.ys[1]))
    spot = robot.view.mapFromScene(tile.right() + 20, tile.center().y())
    robot.bot.mouseDClick(robot.view.viewport(), LEFT, NONE, QPoint(spot))
    card = robot.panel("canvas").card
    assert card.is_editing
    assert robot.window.context.selection.current == O2
    robot.text("0.5")
    robot.key(Key.Key_Return)
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.trace.before["y"][0, 1] == 0.5)
    a = array(robot, "o.a")[0]
    assert array(robot, "loss") == pytest.approx(0.5 * ((a - [0.01, 0.5]) ** 2).sum(), rel=1e-12)


@pytest.mark.parametrize("place", [X1, O1, W1])
def test_what_is_no_number_is_refused_in_a_sentence_on_the_canvas(robot: Robot, place: Selected) -> None:
    standing(robot, example_document(), 9)
    document = robot.running.session.document
    type_on_canvas(robot, place, "a lot")
    card = robot.panel("canvas").card
    assert "Expected a number" in card.hint.text()
    assert card.is_editing
    robot.key(Key.Key_Escape)
    assert not card.is_editing
    assert robot.running.session.document is document


@pytest.mark.parametrize(("place", "name"), [(X2, "x"), (O1, "y")])
def test_inputs_and_targets_are_typed_in_the_inspector(robot: Robot, place: Selected, name: str) -> None:
    panel = standing(robot, example_document(), 9)
    robot.window.context.selection.select(place)
    robot.wait(panel.value.isVisible)
    panel.value.setFocus()
    panel.value.selectAll()
    robot.text("3/8")
    robot.key(Key.Key_Return)
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.trace.before[name][0, place.unit] == 0.375)
    assert robot.frame.cursor == 9
    robot.wait(lambda: panel.value.text() == "0.375")


def test_a_refused_number_in_the_inspector_is_told_and_the_old_one_stays(robot: Robot) -> None:
    panel = standing(robot, example_document(), 9)
    robot.window.context.selection.select(X1)
    robot.wait(panel.value.isVisible)
    panel.value.setFocus()
    panel.value.selectAll()
    robot.text("1/0")
    robot.key(Key.Key_Return)
    robot.wait(lambda: "Expected a number" in robot.message())
    robot.key(Key.Key_Escape)
    assert panel.value.text() == "0.05"
    assert robot.frame.trace.before["x"][0, 0] == 0.05


def classes() -> Document:
    training = TrainingSpec(loss=Choice("categorical_cross_entropy"), batch_size=12)
    network = NetworkSpec((dense("h", 5, "tanh"), dense("o", 3, "softmax")))
    return Document(dtype="float64", data=DataSpec("blobs"), network=network, training=training)


def test_the_class_of_the_sample_looked_at_is_typed_at_its_output(robot: Robot) -> None:
    standing(robot, classes(), 9)
    robot.running.session.look(5)
    robot.wait(lambda: robot.frame.sample == 5)
    targets = robot.frame.trace.before["y"]
    other = int(np.argmin(targets[5]))
    type_on_canvas(robot, Selected("unit", "o", other), "1")
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.trace.before["y"][5, other] == 1)
    assert robot.frame.sample == 5
    assert np.array_equal(np.delete(robot.frame.trace.before["y"], 5, 0), np.delete(targets, 5, 0))
    type_on_canvas(robot, Selected("unit", "o", other), "0.5")
    assert "the target of a class" in robot.panel("canvas").card.hint.text()


def test_scaled_inputs_say_that_they_are_typed_as_measured(robot: Robot) -> None:
    data = DataSpec("circles", scaling="standard")
    network = NetworkSpec((dense("h", 3, "tanh"), dense("o", 1, "tanh")))
    panel = standing(robot, Document(dtype="float64", data=data, network=network), 3)
    robot.window.context.selection.select(X1)
    robot.wait(panel.value.isVisible)
    assert "before scaling" in panel.value_label.text()
    row = int(robot.frame.trace.rows[0])
    assert panel.value.leaf.value == robot.running.session.dataset.inputs[row, 0]


def test_in_the_network_workspace_enter_on_an_input_still_opens_its_menu(robot: Robot) -> None:
    robot.start("network")
    robot.running.session.new(example_document())
    robot.settle()
    robot.window.context.selection.select(X1)
    robot.view.setFocus()
    robot.key(Key.Key_Return)
    assert QApplication.activePopupWidget() is not None
    robot.key(Key.Key_Escape)


def test_an_input_of_a_rule_is_typed_in_the_inspector(robot: Robot) -> None:
    document = next(each for each in EXAMPLES if each.part == "rules").make()
    robot.start("step")
    robot.running.session.new(document)
    robot.running.session.walk_to(2)
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.cursor == 2)
    panel = robot.panel("inspector")
    robot.window.context.selection.select(Selected("input", "x", 0))
    robot.wait(panel.value.isVisible)
    panel.value.setFocus()
    panel.value.selectAll()
    robot.text("0,75")
    robot.key(Key.Key_Return)
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.trace.before["x"][0, 0] == 0.75)
    assert robot.frame.cursor == 2


def rows_table(robot: Robot) -> RowsTable:
    """Open the data beside Step, and the table of its rows."""
    robot.key(Key.Key_T, CONTROL)
    panel = robot.panel("data")
    robot.wait(lambda: panel.choice.key() == "table" and panel.shown.rows.rows.rowCount() > 0)
    table: RowsTable = panel.shown.rows
    return table


def type_in_cell(robot: Robot, table: RowsTable, row: int, column: int, words: str) -> None:
    table.setFocus()
    table.setCurrentIndex(table.rows.index(row, column))
    table.edit(table.rows.index(row, column))
    editor = QApplication.focusWidget()
    assert editor is not None
    editor.selectAll()
    robot.text(words)
    robot.key(Key.Key_Return)


def test_a_cell_of_the_row_in_hand_is_typed_in_the_table(robot: Robot) -> None:
    standing(robot, example_document(), 9)
    table = rows_table(robot)
    robot.wait(lambda: table.rows.looked_at == 0)
    assert table.rows.headerData(0, Qt.Orientation.Vertical) == "▸ 1"
    type_in_cell(robot, table, 0, 1, "1/4")
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.trace.before["x"][0, 1] == 0.25)
    assert robot.frame.cursor == 9
    type_in_cell(robot, table, 0, 2, "0,5")
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.trace.before["y"][0, 0] == 0.5)
    robot.window.live["undo"].trigger()
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.trace.before["y"][0, 0] == 0.01)
    assert table.rows.index(0, 1).data() == "0.25"


def test_a_class_is_typed_by_name_and_another_word_is_refused(robot: Robot) -> None:
    standing(robot, classes(), 9)
    table = rows_table(robot)
    dataset = table.rows.dataset
    row = int(robot.frame.trace.rows[0])
    other = dataset.class_names[(int(dataset.targets[row]) + 1) % 3]
    type_in_cell(robot, table, row, dataset.d, other)
    robot.wait(lambda: table.rows.index(row, dataset.d).data() == other)
    type_in_cell(robot, table, row, dataset.d, "nobody")
    robot.wait(lambda: "Expected a class" in robot.message())
    assert table.rows.index(row, dataset.d).data() == other


def test_what_is_no_number_leaves_the_cell_as_it_was(robot: Robot) -> None:
    standing(robot, example_document(), 9)
    table = rows_table(robot)
    type_in_cell(robot, table, 0, 0, "much")
    robot.wait(lambda: "Expected a number" in robot.message())
    assert table.rows.index(0, 0).data() == "0.05"
    assert not robot.running.session.can_undo
