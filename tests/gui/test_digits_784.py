"""The preset "digits 784" in the real window: its counts, its strips, and that it draws, pans and inspects fluently."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dlviz.core.inference import parameters
from dlviz.core.network import output_id
from dlviz.data.builtin import datasets
from dlviz.data.enlarged import enlarged
from dlviz.gui.selection import Selected
from dlviz.gui.theme import theme_signals
from dlviz.session.image_presets import digits_784, normalised_digits_784
from tests.golden.example import Example
from tests.guards import at_once
from tests.gui.robot import NONE, Key, Robot, close_window, no_stall, robot_at_window

MIDDLE = Qt.MouseButton.MiddleButton


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    made.start()
    yield made
    close_window(made)
    theme_signals.use("light")


def open_preset(robot: Robot, name: str = "learn_digits_784") -> None:
    """Open it by the menu and wait until its network is drawn."""
    robot.trigger(name)
    robot.wait(lambda: robot.running.session.document.title.startswith("Digits 784"))
    robot.settle()
    robot.wait(lambda: robot.view.network_scene.layout_ is not None and "h1" in robot.view.network_scene.layout_.blocks)


def count(document: object) -> int:
    network = document.network  # type: ignore[attr-defined]
    return sum(math.prod(each.shape) for each in parameters(network))


def test_its_parameters_are_counted(robot: Robot) -> None:
    example = Example("EX-25")
    open_preset(robot)
    document = robot.running.session.document
    example.check("params_784_200_100_50_10", count(document))
    assert document.network.inputs[0].shape == (784,)
    assert count(normalised_digits_784()) == 182_660 + 4 * (200 + 100 + 50), "scale, shift, and two running statistics"
    robot.window.context.selection.select(Selected("network"))
    rows = robot.panel("inspector").summary  # type: ignore[attr-defined]
    robot.wait(rows.isVisible)
    texts = [rows.table.numbers.index(k, 3).data() for k in range(rows.table.numbers.rowCount())]
    assert any("182" in str(text) and "660" in str(text) for text in texts)


def test_it_opens_at_once_and_draws_strips(robot: Robot) -> None:
    with no_stall(), at_once(10.0):
        open_preset(robot)
    blocks = robot.view.network_scene.layout_.blocks  # type: ignore[union-attr]
    assert {node: blocks[node].count for node in ("x", "h1", "h2", "h3", "o")} == {
        "x": 784, "h1": 200, "h2": 100, "h3": 50, "o": 10,
    }  # fmt: skip
    for node in ("x", "h1", "h2", "h3"):
        assert blocks[node].is_strip
        assert len(blocks[node].shown) == 12


def test_any_unit_is_pulled_out_by_its_number(robot: Robot) -> None:
    open_preset(robot)
    canvas = robot.panel("canvas")
    assert 149 not in robot.view.network_scene.layout_.blocks["h1"].shown  # type: ignore[union-attr]
    canvas.controller.pulled.emit("h1", 149)  # type: ignore[attr-defined]
    assert 149 in robot.view.network_scene.layout_.blocks["h1"].shown  # type: ignore[union-attr]
    robot.click_place(Selected("unit", "h1", 149))
    assert robot.window.context.selection.current == Selected("unit", "h1", 149)


def test_it_pans_while_it_trains(robot: Robot) -> None:
    open_preset(robot)
    robot.window.run.play()
    robot.wait(lambda: robot.frame.state == "running" and robot.frame.step > 3)
    view, viewport = robot.view, robot.view.viewport()
    view.scale(2.0, 2.0)
    centre = viewport.rect().center()
    robot.bot.mousePress(viewport, MIDDLE, NONE, centre)
    with no_stall():
        for k in range(40):
            robot.bot.mouseMove(viewport, centre + QPoint(3 * (k % 20), 2 * (k % 20)))
            view.viewport().repaint()
            QApplication.processEvents()
    robot.bot.mouseRelease(viewport, MIDDLE, NONE, centre)


def test_units_of_every_layer_are_inspected_fluently(robot: Robot) -> None:
    open_preset(robot)
    robot.window.context.selection.select(Selected("unit", "h1", 0))
    robot.wait(robot.panel("inspector").isVisible)
    with no_stall():
        for node, unit in (("h1", 7), ("h2", 3), ("h3", 12), ("o", 4)):
            robot.window.context.selection.select(Selected("unit", node, unit))
            QApplication.processEvents()
    section = robot.panel("inspector").portrait  # type: ignore[attr-defined]
    robot.window.context.selection.select(Selected("unit", "h1", 7))
    robot.wait(lambda: section.weights.isVisible() and section.weights.planes.shape == (1, 28, 28))


def test_with_batch_norm_it_learns_too(robot: Robot) -> None:
    open_preset(robot, "learn_digits_784_bn")
    assert [layer.kind for layer in robot.running.session.document.network.layers][:3] == [
        "dense", "batch_norm", "activation",
    ]  # fmt: skip
    robot.window.run.use_rate(float("inf"))
    robot.window.run.play()
    robot.wait(lambda: (robot.frame.train_score or 0.0) > 0.9, 60)
    assert output_id(robot.running.session.document.network) == "o"
    robot.key(Key.Key_Space)


def test_digits_are_enlarged_between_the_middles_of_their_pixels() -> None:
    rows = datasets.get("digits_784").build({})
    assert rows.image_shape == (1, 28, 28)
    small = datasets.get("digits").build({}).inputs[11].reshape(8, 8) / 16
    image = rows.inputs[11].reshape(28, 28)
    assert not image[:4].any()
    assert not image[:, 24:].any()
    for y, x in ((0, 0), (7, 3), (13, 19)):
        at_y, at_x = (min(max((each + 0.5) * 0.4 - 0.5, 0), 7) for each in (y, x))
        top, left = min(int(at_y), 6), min(int(at_x), 6)
        down, right = at_y - top, at_x - left
        wanted = (
            (1 - down) * (1 - right) * small[top, left] + (1 - down) * right * small[top, left + 1]
            + down * (1 - right) * small[top + 1, left] + down * right * small[top + 1, left + 1]
        )  # fmt: skip
        assert image[4 + y, 4 + x] == pytest.approx(wanted, abs=1e-9)
    np.testing.assert_allclose(enlarged(np.ones((2, 8, 8)), 20), 1.0)
    assert digits_784().dtype == "auto"
