"""Networks of any kind of layer built by hand in the real window: menus, forms, refusals with a way out, undo."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu

from dlviz.core.choice import chosen
from dlviz.core.hyper import floating
from dlviz.core.inference import shapes
from dlviz.core.layers import layers
from dlviz.gui.selection import Selected
from dlviz.session.document import Document
from tests.gui.robot import CONTROL, LEFT, NONE, Key, Robot


def document(robot: Robot) -> Document:
    found: Document = robot.running.session.document
    return found


def ids(robot: Robot) -> list[str]:
    return [layer.id for layer in document(robot).network.layers]


def menu() -> QMenu:
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    return found


def choose_data(robot: Robot, title: str) -> None:
    """Choose a table by mouse and keyboard as far as an offscreen list allows."""
    tables = robot.panel("data").page("set").tables
    tables.setCurrentIndex(tables.findText(title))
    tables.activated.emit(tables.currentIndex())
    robot.wait(lambda: document(robot).data.kind == tables.currentData())


def insert(robot: Robot, behind: str, title: str) -> None:
    """Click the + behind a node and choose a kind."""
    robot.click_caption("insert", behind)
    robot.choose_in_menu(title)


def pick(robot: Robot, box: QComboBox, title: str) -> None:
    """Choose an entry of a list by its words."""
    index = box.findText(title)
    assert index >= 0, [box.itemText(k) for k in range(box.count())]
    box.setCurrentIndex(index)
    box.activated.emit(index)


def type_into(robot: Robot, field: QLineEdit, words: str) -> None:
    field.setFocus()
    field.selectAll()
    robot.bot.keyClicks(field, words)
    robot.bot.keyClick(field, Key.Key_Return)


def choice(robot: Robot, name: str):  # type: ignore[no-untyped-def]
    return robot.panel("inspector").form.layer.choices[name]


def field(robot: Robot, name: str) -> QLineEdit:
    found = robot.panel("inspector").form.layer.fields[name]
    assert isinstance(found, QLineEdit)
    return found


def test_a_convolutional_network_on_digits_is_built_by_clicks_and_learns(robot: Robot) -> None:
    robot.start_on_canvas()
    choose_data(robot, "Handwritten digits 8×8")
    insert(robot, "x", "Convolution")
    robot.wait(lambda: "Expected images of three axes" in robot.message())
    assert ids(robot) == ["h1", "o"]
    robot.click(robot.window.centre.bar.button)  # Read the data as 1 × 8 × 8 · Insert a flatten layer
    robot.wait(lambda: ids(robot) == ["conv1", "flat1", "h1", "o"])
    assert robot.window.context.selection.current == Selected("layer", "conv1")
    type_into(robot, field(robot, "filters"), "4")
    type_into(robot, field(robot, "padding"), "same")
    insert(robot, "conv1", "Max pooling")
    robot.wait(lambda: ids(robot)[:3] == ["conv1", "pool1", "flat1"])
    known = shapes(document(robot).network)
    assert [known[node] for node in ("x", "conv1", "pool1", "flat1")] == [(1, 8, 8), (4, 8, 8), (4, 4, 4), (64,)]
    before = robot.settle().step  # a first start learns by itself, and goes on after edits
    robot.wait(lambda: robot.frame.step > before + 150, seconds=30)
    assert (robot.frame.train_score or 0) > 0.3
    robot.pause()


def test_dropout_and_batch_norm_go_in_by_keyboard_and_undo_takes_all_back(robot: Robot) -> None:
    robot.start_on_canvas()
    first = document(robot)
    robot.window.context.selection.select(Selected("layer", "h1"))
    robot.view.setFocus()
    robot.key(Key.Key_Insert)
    robot.choose_in_menu("Batch norm")
    robot.wait(lambda: ids(robot) == ["h1", "norm1", "h2", "o"])
    robot.view.setFocus()
    robot.key(Key.Key_Insert)
    robot.choose_in_menu("Dropout")
    robot.wait(lambda: ids(robot) == ["h1", "norm1", "drop1", "h2", "o"])
    type_into(robot, field(robot, "rate"), "0.25")
    assert document(robot).network.layers[2].settings["rate"] == 0.25
    robot.settle()
    robot.view.setFocus()
    for _ in range(3):
        robot.key(Key.Key_Z, CONTROL)
    assert document(robot) == first


def test_a_layer_changes_its_kind_in_its_menu(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.click_caption("title", "h2")
    robot.choose_in_menu("Change into", "Activation")
    robot.wait(lambda: ids(robot) == ["h1", "act1", "o"])
    assert robot.window.context.selection.current == Selected("layer", "act1")
    robot.click_caption("title", "act1")
    robot.choose_in_menu("Insert a layer before", "Layer norm")
    robot.wait(lambda: ids(robot) == ["h1", "norm1", "act1", "o"])


def test_the_menu_of_the_input_reads_the_data_in_another_shape(robot: Robot) -> None:
    robot.start_on_canvas()
    choose_data(robot, "Handwritten digits 8×8")
    robot.settle()
    robot.click_caption("title", "x")
    robot.choose_in_menu("Read the data as", "1 × 8 × 8")
    robot.wait(lambda: "Expected one axis of features" in robot.message())
    robot.click(robot.window.centre.bar.button)
    robot.wait(lambda: document(robot).network.inputs[0].shape == (1, 8, 8))
    robot.window.context.selection.select(Selected("input", "x", 3))
    shape = robot.panel("inspector").form.input.shape
    assert shape.isVisible()
    type_into(robot, shape.lineEdit(), "64")
    assert document(robot).network.inputs[0].shape == (64,)
    type_into(robot, shape.lineEdit(), "8 x 9")
    robot.wait(lambda: "Expected the shape of the data" in robot.message())
    assert shape.currentText() == "64"


@pytest.mark.parametrize("where", ["x", "h1", "o"])
def test_every_kind_can_be_chosen_and_what_is_refused_changes_nothing(robot: Robot, where: str) -> None:
    robot.start_on_canvas()
    first = document(robot)
    for kind in layers:
        robot.panel("canvas").controller.choose("after", where, kind.key)
        QApplication.processEvents()
        if document(robot) is first:
            assert "Expected" in robot.message(), kind.key
            robot.window.centre.bar.hide()
            continue
        robot.settle()
        assert robot.frame.state != "failed", (kind.key, robot.frame.message)
        assert ids(robot) != [layer.id for layer in first.network.layers]
        robot.trigger("undo")
        assert document(robot) == first
        first = document(robot)


@pytest.fixture
def stranger() -> Iterator[None]:
    """Register a kind that nobody knows: it hands on what it reads, and has a setting of its own."""
    declared = (floating("depth", 2.0, minimum=1, maximum=3, help="how deep"),)
    layers.add(
        replace(layers.get("flatten"), key="damping", title="Damping", stem="damp", family="other", settings=declared)
    )
    yield
    del layers._entries["damping"]


@pytest.mark.usefixtures("stranger")
def test_a_kind_that_was_just_registered_is_in_the_menu_and_has_its_form(robot: Robot) -> None:
    robot.start_on_canvas()
    insert(robot, "h1", "Damping")
    robot.wait(lambda: ids(robot) == ["h1", "damp1", "h2", "o"])
    assert field(robot, "depth").text() == "2"
    type_into(robot, field(robot, "depth"), "2.5")
    assert document(robot).network.layers[1].settings["depth"] == 2.5
    type_into(robot, field(robot, "depth"), "4")
    assert "at most 3" in field(robot, "depth").toolTip()


def test_l2_with_its_strength_is_chosen_in_the_inspector(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.window.context.selection.select(Selected("layer", "h1"))
    pick(robot, choice(robot, "regularizer").kinds, "L2")
    strength = choice(robot, "regularizer").form.fields["strength"]
    type_into(robot, strength, "0.05")
    assert document(robot).network.layers[0].settings["regularizer"] == chosen("l2", strength=0.05)
    pick(robot, choice(robot, "initializer").kinds, "He normal")
    assert document(robot).network.layers[0].settings["initializer"] == chosen("he_normal")
    type_into(robot, field(robot, "lr_scale"), "0.5")
    assert document(robot).network.layers[0].settings["lr_scale"] == 0.5
    robot.panel("inspector").form.layer.frozen.click()
    assert document(robot).training.frozen == ("h1",)


def test_two_layers_share_their_parameters_from_the_inspector(robot: Robot) -> None:
    robot.start_on_canvas()
    insert(robot, "h1", "Dense")
    robot.wait(lambda: ids(robot) == ["h1", "h3", "h2", "o"])
    insert(robot, "h3", "Dense")
    robot.wait(lambda: ids(robot) == ["h1", "h3", "h4", "h2", "o"])
    pick(robot, robot.panel("inspector").form.layer.sharing, "those of h3")
    assert document(robot).network.layers[2].shares == "h3"
    pick(robot, robot.panel("inspector").form.layer.sharing, "its own")
    assert document(robot).network.layers[2].shares == ""


def test_a_refused_activation_leaves_the_form_as_it_was(robot: Robot) -> None:
    robot.start_on_canvas()
    choose_data(robot, "Handwritten digits 8×8")
    robot.settle()
    robot.window.context.selection.select(Selected("layer", "o"))
    pick(robot, choice(robot, "activation").kinds, "Tanh")
    robot.wait(lambda: "Expected outputs between 0 and 1" in robot.message())
    assert choice(robot, "activation").kinds.currentText() == "Softmax"


def test_the_plus_menu_takes_dense_with_enter_and_nothing_with_escape(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.click_caption("insert", "x")
    assert menu().activeAction().text() == "Dense"
    robot.key(Key.Key_Escape)
    assert ids(robot) == ["h1", "h2", "o"]
    robot.bot.mouseClick(robot.view.viewport(), LEFT, NONE, QPoint(4, robot.view.height() // 2))
