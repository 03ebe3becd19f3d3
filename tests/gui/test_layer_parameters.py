"""The parameters of a layer in the inspector: values, gradients and what the optimizer keeps, as table and picture."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from dlviz.core.choice import Choice, chosen
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.gui.panels.inspector.parameters import LayerParameters
from dlviz.gui.selection import Selected
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.edits import set_units
from dlviz.session.example import written_table
from tests.gui.robot import NONE, Robot, close_window, robot_at_window

X = np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0], [2.0, 1.0]])
Y = np.array([[1.0], [-0.5], [0.25], [2.0]])
W = np.array([[0.4, -0.3], [0.2, 0.9]])
GAMMA, BETA = np.array([1.2, 0.7]), np.array([0.1, -0.2])
OUT, OUT_BIAS, EPS = np.array([[0.8, -1.1]]), 0.3, 1e-5


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    made.start()
    made.window.run._try("pause")
    yield made
    close_window(made)


def opened(robot: Robot, document: Document, layer: str) -> LayerParameters:
    robot.running.session.new(document)
    robot.settle()
    robot.window.context.selection.select(Selected("layer", layer))
    shown: LayerParameters = robot.panel("inspector").parameters  # type: ignore[attr-defined]
    robot.wait(lambda: bool(shown.table.shown()) and shown.table.shown()[0][2] is not None)
    return shown


def plan(optimizer: Choice) -> TrainingSpec:
    return TrainingSpec(chosen("squared_error"), optimizer=optimizer, batch_size=4, shuffle=False)


def normalised(optimizer: Choice) -> Document:
    layers = (dense("h", 2, bias=False), LayerSpec("n", "batch_norm", (), {"eps": EPS}), dense("o", 1))
    values = {"h.W": W, "n.gamma": GAMMA, "n.beta": BETA, "o.W": OUT, "o.b": np.array([OUT_BIAS])}
    return Document(
        data=written_table(X, Y), network=NetworkSpec(layers, (InputSpec("x", (2,)),)), training=plan(optimizer),
        parameters={name: handle(value.tolist()) for name, value in values.items()}, dtype="float64",
    )  # fmt: skip


def loss(gamma: np.ndarray, beta: np.ndarray) -> float:
    z = X @ W.T
    hat = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + EPS)
    return float(np.mean(((gamma * hat + beta) @ OUT.T + OUT_BIAS - Y) ** 2))


def slopes() -> np.ndarray:
    """Return central differences of the loss by γ and β, (4,)."""
    whole, h = np.concatenate([GAMMA, BETA]), 1e-6
    return np.array([(loss(*np.split(whole + u, 2)) - loss(*np.split(whole - u, 2))) / (2 * h) for u in np.eye(4) * h])


def test_gamma_and_beta_stand_with_their_gradients_and_what_adam_keeps(robot: Robot) -> None:
    document = normalised(chosen("adam", lr=0.1))
    shown = opened(robot, document, "n")
    titles = [column.title for column in shown.table.numbers.columns]
    assert titles == ["parameter", "value", "gradient", "m", "v", "step"]
    rows = shown.table.shown()
    assert [str(row[0])[0] for row in rows] == ["γ", "γ", "β", "β"]
    numbers = np.array([row[1:] for row in rows], dtype=float)
    gradient = slopes()
    assert numbers[:, 0] == pytest.approx(np.concatenate([GAMMA, BETA]))
    assert numbers[:, 1] == pytest.approx(gradient, rel=1e-6)
    assert numbers[:, 2] == pytest.approx(0.1 * gradient, rel=1e-6)
    assert numbers[:, 3] == pytest.approx(0.001 * gradient**2, rel=1e-6)
    assert numbers[:, 4] == pytest.approx(-0.1 * np.sign(gradient), rel=1e-5)
    shown.table.taken.emit(2)
    assert robot.window.context.selection.current == Selected("parameter", "n", name="n.beta", entry=(0,))
    assert not shown.isVisible()


def gains_of(lr: float, beta: float, steps: int) -> np.ndarray:
    """Return the gains of a linear unit's weights and bias after so many steps, as a script would write them."""
    ones = np.column_stack([X, np.ones(4)])
    theta, gains, last = np.array([0.4, -0.3, 0.1]), np.ones(3), np.zeros(3)
    for _ in range(steps):
        gradient = 2 * ones.T @ (ones @ theta - Y[:, 0]) / 4
        agreed = np.sign(gradient * last)
        gains = np.where(agreed > 0, gains + beta, np.where(agreed < 0, gains * (1 - beta), gains))
        theta, last = theta - lr * gains * gradient, gradient
    return gains


def test_gains_of_every_weight_are_a_picture(robot: Robot) -> None:
    network = NetworkSpec((dense("o", 1),), (InputSpec("x", (2,)),))
    document = Document(
        data=written_table(X, Y), network=network, training=plan(chosen("delta_bar_delta", lr=0.28, beta=0.1)),
        parameters={"o.W": handle([[0.4, -0.3]]), "o.b": handle([0.1])}, dtype="float64",
    )  # fmt: skip
    shown = opened(robot, document, "o")
    for _ in range(5):
        robot.running.session.step("batch")
    robot.wait(lambda: robot.frame.step == 5)
    shown.quantity.set_key("gains")
    shown._draw()
    gains = gains_of(0.28, 0.1, 5)
    assert len(set(gains.round(6))) > 1
    robot.wait(lambda: np.allclose(shown.picture.blocks[0].values, gains[None, :2]))
    assert shown.picture.blocks[1].values == pytest.approx(gains[2:, None])
    assert shown.picture.neutral == 1.0 and shown.picture.half == pytest.approx(np.abs(gains - 1).max())
    above, below = (shown.picture.colour_of(value) for value in (1.3, 0.7))
    assert above.blue() > above.red() and below.red() > below.blue()
    robot.bot.mouseMove(shown.picture, QPoint(4, 4))
    assert shown.picture.entry_at(QPoint(4, 4).toPointF()) is not None
    robot.bot.mouseClick(shown.picture, Qt.MouseButton.LeftButton, NONE, QPoint(4, 4))
    assert robot.window.context.selection.current == Selected("parameter", "o", name="o.W", entry=(0, 0))


def test_of_a_large_layer_the_first_numbers_are_listed(robot: Robot) -> None:
    network = NetworkSpec((dense("h", 300, "tanh"), dense("o", 1)), (InputSpec("x", (2,)),))
    document = Document(data=written_table(X, Y), network=network, training=plan(chosen("sgd")))
    shown = opened(robot, document, "h")
    assert len(shown.table.shown()) == 500 and shown.picture.height() <= 210
    assert [block.shape for block in shown.picture.blocks] == [(300, 2), (300,)]
    assert shown.header.info.text() == "the first 500 of 900"


def test_numbers_of_the_network_before_an_edit_are_left_out(robot: Robot) -> None:
    shown = opened(robot, normalised(Choice("sgd")), "h")
    session = robot.running.session
    session.edit(set_units(session.document, "h", 3), "units")  # the frame on show is still of two units
    assert [line.cells[1:] for line in shown.table.numbers.lines] == [(None, None, None)] * 6
    robot.wait(lambda: all(cells[1] is not None for cells in shown.table.shown()))
