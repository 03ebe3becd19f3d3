"""The pad in the real window: what is drawn is answered by the network while it is drawn."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from dlviz.core.evaluate import Evaluator
from dlviz.gui.panels.output.drawing import Drawing
from dlviz.session.presets import document_for
from tests.gui.robot import LEFT, NONE, Key, Robot, no_stall


@pytest.fixture
def robot(robot_at_digits: Robot) -> Robot:
    return robot_at_digits


def open_pad(robot: Robot) -> Drawing:
    panel = robot.panel("output")
    panel.views.set_key("predictions")  # type: ignore[attr-defined]
    panel.views.chosen.emit("predictions")  # type: ignore[attr-defined]
    page = panel.predictions  # type: ignore[attr-defined]
    robot.bot.mouseClick(page.views, LEFT, NONE, page.views.tabRect(3).center())
    drawing: Drawing = page.drawing
    robot.wait(drawing.pad.isVisible)
    return drawing


def draw(robot: Robot, drawing: Drawing, *places: tuple[float, float]) -> None:
    """Draw a line through places, as shares of the pad."""
    pad, side = drawing.pad, drawing.pad.square().width()
    points = [QPoint(round(x * side), round(y * side)) for x, y in places]
    robot.bot.mousePress(pad, LEFT, NONE, points[0])
    for point in points[1:]:
        robot.bot.mouseMove(pad, point)
        robot.bot.wait(10)
    robot.bot.mouseRelease(pad, LEFT, NONE, points[-1])


def ring() -> list[tuple[float, float]]:
    angles = np.linspace(0, 2 * np.pi, 25)
    return [(0.5 + 0.22 * np.sin(a), 0.5 - 0.35 * np.cos(a)) for a in angles]


def test_a_ring_is_a_nought_for_a_trained_network(robot: Robot) -> None:
    robot.window.run.use_rate(float("inf"))
    robot.window.run.play()
    robot.wait(lambda: (robot.frame.train_score or 0) > 0.97)
    drawing = open_pad(robot)
    with no_stall():
        draw(robot, drawing, *ring())
        robot.wait(lambda: bool(drawing.bars.bars))
    robot.wait(lambda: drawing.said.text() == "the drawing: 0")
    assert drawing.seen.image.shape == (1, 8, 8)
    drawing.wipe.click()
    robot.wait(lambda: not drawing.bars.bars)
    assert drawing.said.text() == "Draw on the pad."


def test_the_bars_are_the_outputs_for_what_the_network_sees(robot: Robot) -> None:
    drawing = open_pad(robot)
    robot.pause() if robot.frame.state == "running" else None
    draw(robot, drawing, (0.5, 0.1), (0.5, 0.9))
    robot.wait(lambda: robot.frame.drawn is not None and robot.frame.drawn.inputs == drawing.drawn)
    robot.wait(lambda: bool(drawing.bars.bars))
    document, prepared = robot.running.session.document, robot.running.session.prepared
    evaluator = Evaluator(document.explicit.network, document.explicit.training.objective, robot.frame.dtype)
    robot.window.context.selection.select()
    evaluator.load(robot.running.session._ask().state and _parameters(robot))
    wanted = evaluator.outputs(prepared.scaler.apply(np.array([drawing.drawn])))[0]
    found = {bar.number: bar.output for bar in drawing.bars.bars}
    np.testing.assert_allclose([found[k] for k in range(10)], wanted, rtol=1e-6)
    np.testing.assert_array_equal(drawing.seen.image.reshape(-1), drawing.drawn)


def _parameters(robot: Robot) -> dict[str, np.ndarray]:
    run = robot.running.session._worker._run
    return {name: np.asarray(values) for name, values in run.parameters().items()}


def test_the_pad_is_used_by_keys(robot: Robot) -> None:
    drawing = open_pad(robot)
    drawing.pad.setFocus()
    robot.key(Key.Key_Up, times=6)
    robot.key(Key.Key_Return)
    robot.key(Key.Key_Down, times=10)
    robot.key(Key.Key_Return)
    robot.key(Key.Key_Right, times=3)
    ink = drawing.pad.ink()
    assert ink.sum(axis=0).argmax() == pytest.approx(64, abs=7)
    assert (ink[:, :50] == 0).all(), "nothing is drawn while the pen is up"
    assert (ink[:, 78:] == 0).all()
    robot.wait(lambda: bool(drawing.bars.bars))
    robot.key(Key.Key_Delete)
    assert not drawing.pad.ink().any()


def test_only_images_are_drawn(robot: Robot) -> None:
    open_pad(robot)
    robot.running.session.start_over(document_for("iris"), "Iris")
    robot.settle()
    page = robot.panel("output").predictions  # type: ignore[attr-defined]
    assert not page.views.isTabVisible(3)
    assert page.views.key() == "rows"
