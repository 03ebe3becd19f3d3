"""View, Bias as a +1 node: every bias is drawn as a weight of a node that is always +1; numbers are the same."""

import numpy as np
from PySide6.QtCore import QPointF, Qt

from dlviz.gui.editor.links_item import levels
from dlviz.gui.selection import Selected
from dlviz.session.presets import document_for, example_document
from tests.gui.robot import NONE, Robot


def opened(robot: Robot, document: object, workspace: str = "network") -> Robot:
    robot.start_on_canvas(workspace)
    robot.running.session.new(document)
    robot.settle()
    return robot


def tile_words(robot: Robot) -> dict[str, tuple[str, ...]]:
    texts = robot.view.network_scene.tiles.content.texts
    return {node: (*each.values, *each.deltas) for node, each in texts.items()}


def test_the_network_is_drawn_anew_and_its_numbers_stay(robot: Robot) -> None:
    opened(robot, example_document(), "step")
    robot.running.session.walk_to(11)
    robot.wait(lambda: robot.frame.cursor == 11 and robot.panel("canvas").state.frame.cursor == 11)
    scene = robot.view.network_scene
    before, outputs = tile_words(robot), robot.frame.trace.value("o.a", 11)
    assert scene.ones is None
    assert set(scene.tiles.content.biases) == {"h", "o"}
    robot.trigger("canvas.ones")
    assert set(scene.ones.centres) == {"h", "o"}
    assert scene.tiles.content.biases == {}, "the dots are gone"
    assert tile_words(robot) == before
    assert np.array_equal(robot.frame.trace.value("o.a", 11), outputs)
    pairs = list(zip(scene.ones.links.layers, scene.ones.links.rows.tolist(), strict=True))
    assert pairs == [("h", 0), ("h", 1), ("o", 0), ("o", 1)]
    robot.running.session.walk_to(13)
    robot.wait(lambda: robot.frame.cursor == 13 and sorted(scene.bias_labels._texts) == ["0.35", "0.35", "0.6", "0.6"])
    robot.trigger("canvas.ones")
    assert scene.ones is None
    assert set(scene.tiles.content.biases) == {"h", "o"}


def test_widths_of_the_links_are_those_of_the_biases(robot: Robot) -> None:
    opened(robot, document_for("circles"))
    robot.running.session.step("epoch", 1)
    robot.wait(lambda: robot.frame.epoch == 1)
    robot.trigger("canvas.ones")
    robot.settle()
    scene, values = robot.view.network_scene, robot.frame.parameters
    biases = np.concatenate([values["h1.b"], values["h2.b"], values["o.b"]])
    robot.wait(lambda: scene.bias_links._state.startswith(levels(biases).tobytes()))


def test_a_link_of_the_node_is_the_bias(robot: Robot) -> None:
    opened(robot, example_document())
    robot.trigger("canvas.ones")
    view, scene = robot.view, robot.view.network_scene
    share = next(
        each for each in (0.3, 0.2, 0.4, 0.5, 0.6)
        if scene.place_at(scene.bias_links.path(1).pointAtPercent(each)).kind == "bias"
    )  # fmt: skip
    point: QPointF = scene.bias_links.path(1).pointAtPercent(share)
    assert scene.place_at(point) == Selected("bias", "h", 1)
    robot.bot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, view.mapFromScene(point))
    assert robot.window.context.selection.current == Selected("bias", "h", 1)
    assert not scene.selected_halo.boundingRect().isEmpty()
    robot.running.session.set_parameter("h.b", 1, -2.0)
    robot.settle()
    robot.wait(lambda: robot.frame.parameters["h.b"][1] == -2)


def test_nodes_stand_below_the_column_before_and_inside_the_picture(robot: Robot) -> None:
    opened(robot, document_for("circles"))
    robot.trigger("canvas.ones")
    layout = robot.view.network_scene.layout_
    _, top, _, height = layout.bounds
    for layer, (x, y) in layout.ones.items():
        column = layout.blocks[layer].column - 1
        own = [block for block in layout.blocks.values() if block.column == column]
        assert x == own[0].x
        assert y > max(block.ys[-1] for block in own) + layout.tile.height / 2
        assert top < y < top + height


def test_toggle_is_checked_in_the_menu(robot: Robot) -> None:
    opened(robot, document_for("circles"))
    action = robot.window.live["canvas.ones"]
    robot.window.refresh()
    assert not action.isChecked()
    robot.trigger("canvas.ones")
    robot.window.refresh()
    assert action.isChecked()


def test_a_unit_says_its_sum_bias_and_output_in_one_line(robot: Robot) -> None:
    opened(robot, example_document(), "step")
    robot.window.context.selection.select(Selected("unit", "h", 0))
    robot.running.session.walk_to(2)
    line = robot.panel("inspector").equations[1]
    robot.wait(lambda: "→" in line.text())
    assert line.text() == "= 0.15·0.05 + 0.2·0.1 + 0.35 = 0.0275 + 0.35 = 0.378 → σ(z) = 0.593"
    robot.running.session.walk_to(1)
    robot.wait(lambda: line.text() == "= 0.15·0.05 + 0.2·0.1 + 0.35 = 0.0275 + 0.35 = 0.378")
