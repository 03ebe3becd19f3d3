"""Building a network from nothing with mouse and keyboard, and undoing all of it."""

import numpy as np
from PySide6.QtWidgets import QApplication, QLineEdit

from dlviz.core.inference import shapes
from dlviz.gui.selection import Selected
from tests.gui.robot import CONTROL, LEFT, NONE, SHIFT, Key, Robot, no_stall


def standing(robot: Robot) -> dict[str, np.ndarray]:
    """Return the parameters on screen."""
    robot.wait(lambda: robot.settle().parameters is not None)
    return {name: np.array(array) for name, array in (robot.frame.parameters or {}).items()}


def sizes(robot: Robot) -> list[int]:
    return [shape[0] for shape in shapes(robot.running.session.document.network).values()]


def first_hidden(robot: Robot) -> str:
    return robot.running.session.document.network.layers[0].id


def build_2_3_1(robot: Robot) -> None:
    """Begin empty, add the output, a hidden layer before it, and bring that to three units."""
    robot.key(Key.Key_N, CONTROL)
    robot.wait(lambda: robot.frame.document.network.layers == ())
    robot.click(robot.window.findChild(type(robot.panel("canvas").invitation)).button)
    robot.wait(lambda: sizes(robot) == [2, 1])
    robot.click_caption("insert", "x")
    robot.choose_in_menu("Dense")
    robot.wait(lambda: sizes(robot) == [2, 4, 1])
    robot.click_caption("minus", first_hidden(robot))
    robot.wait(lambda: sizes(robot) == [2, 3, 1])


def choose_activation(robot: Robot, node: str, title: str) -> None:
    robot.click_caption("title", node)
    robot.wait(lambda: QApplication.activePopupWidget() is not None)
    robot.choose_in_menu("Activation", title)
    robot.wait(lambda: QApplication.activePopupWidget() is None)


def type_weight(robot: Robot, place: Selected, words: str) -> None:
    """Click a link, press Enter, type another value over the old one, press Enter."""
    standing(robot)
    robot.click_place(place)
    robot.key(Key.Key_Return)
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    robot.text(words)
    robot.key(Key.Key_Return)


def test_build_undo_to_the_start_and_redo(robot: Robot) -> None:
    robot.start_on_canvas()
    with no_stall():
        build_2_3_1(robot)
        empty_again = undo_all(robot)
        assert empty_again == {}
        redo_all(robot)
        hidden = first_hidden(robot)
        choose_activation(robot, hidden, "ReLU")
        type_weight(robot, Selected("link", hidden, 1, "x", 0), "-0.75")
    built, weights = robot.running.session.document, standing(robot)
    assert sizes(robot) == [2, 3, 1]
    assert built.network.layers[0].settings["activation"].kind == "relu"
    assert weights[f"{hidden}.W"][1, 0] == -0.75
    undo_all(robot)
    assert robot.running.session.document.network.layers == ()
    redo_all(robot)
    assert robot.running.session.document == built
    assert_same(standing(robot), weights)


def undo_all(robot: Robot) -> dict[str, np.ndarray]:
    """Undo until there is nothing left to undo; return what is left on screen."""
    for _ in range(20):
        if not robot.window.live["undo"].isEnabled():
            break
        robot.key(Key.Key_Z, CONTROL)
    assert not robot.window.live["undo"].isEnabled()
    return standing(robot)


def redo_all(robot: Robot) -> None:
    for _ in range(20):
        if not robot.window.live["redo"].isEnabled():
            break
        robot.key(Key.Key_Z, CONTROL | SHIFT)
    assert not robot.window.live["redo"].isEnabled()


def assert_same(left: dict[str, np.ndarray], right: dict[str, np.ndarray]) -> None:
    assert left.keys() == right.keys()
    assert [name for name, values in left.items() if not np.array_equal(values, right[name])] == []


def test_undo_brings_back_the_trained_weights_of_the_start(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.wait(lambda: robot.frame.step > 20)
    robot.pause()
    document, weights = robot.running.session.document, standing(robot)
    robot.click_caption("plus", "h1")
    choose_activation(robot, "h2", "Sigmoid")
    type_weight(robot, Selected("link", "h1", 0, "x", 1), "1/4")
    assert standing(robot)["h1.W"][0, 1] == 0.25
    undo_all(robot)
    assert robot.running.session.document == document
    assert_same(standing(robot), weights)


def test_build_by_keyboard_alone(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.key(Key.Key_N, CONTROL)
    robot.wait(lambda: robot.frame.document.network.layers == ())
    robot.view.setFocus()
    robot.key(Key.Key_Insert)
    robot.wait(lambda: sizes(robot) == [2, 1])
    robot.key(Key.Key_Tab)
    assert robot.window.context.selection.current.layer == "x"
    robot.key(Key.Key_Insert)
    robot.choose_in_menu("Dense")
    robot.wait(lambda: sizes(robot) == [2, 4, 1])
    robot.wait(lambda: robot.window.context.selection.current.layer == first_hidden(robot))
    robot.key(Key.Key_Minus)
    robot.wait(lambda: sizes(robot) == [2, 3, 1])


def test_wrong_number_is_told_at_the_field_and_changes_nothing(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.pause()
    document, weights = robot.running.session.document, standing(robot)
    type_weight(robot, Selected("link", "h1", 0, "x", 1), "half")
    assert "half" in robot.panel("canvas").card.hint.text()
    robot.key(Key.Key_Escape)
    assert robot.running.session.document is document
    assert_same(standing(robot), weights)
    robot.bot.mouseClick(robot.view.viewport(), LEFT, NONE)
