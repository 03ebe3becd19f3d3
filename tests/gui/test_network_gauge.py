"""Rate × curvature of the network that is trained, in the inspector: that of an independent Hessian where it stands."""

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from dlviz.core.choice import chosen
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.gui.selection import Selected
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.example import written_table
from tests.gui.robot import Robot, close_window, robot_at_window

X = np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0], [2.0, 1.0]])
Y = np.array([[1.0], [-0.5], [0.25], [2.0]])
W, B = np.array([[0.4, -0.3]]), np.array([0.1])


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    made.start()
    made.window.run._try("pause")
    yield made
    close_window(made)


def document(lr: float) -> Document:
    """Return one tanh unit that trains on all rows at once."""
    return Document(
        data=written_table(X, Y), network=NetworkSpec((dense("o", 1, "tanh"),), (InputSpec("x", (2,)),)),
        training=TrainingSpec(chosen("squared_error"), optimizer=chosen("sgd", lr=lr), batch_size=4, shuffle=False),
        parameters={"o.W": handle(W.tolist()), "o.b": handle(B.tolist())}, dtype="float64",
    )  # fmt: skip


def loss(theta: np.ndarray) -> float:
    return float(np.mean((np.tanh(X @ theta[:2] + theta[2]) - Y[:, 0]) ** 2))


def largest(theta: np.ndarray, h: float = 1e-4) -> float:
    unit = np.eye(3) * h
    hessian = [[(loss(theta + u + v) - loss(theta + u - v) - loss(theta - u + v) + loss(theta - u - v)) / (4 * h * h)
                for v in unit] for u in unit]  # fmt: skip
    return float(np.linalg.eigvalsh(np.array(hessian)).max())


@pytest.mark.parametrize(("lr", "is_red"), [(0.2, False), (4.0, True)])
def test_the_gauge_of_the_network_follows_the_run(robot: Robot, lr: float, is_red: bool) -> None:
    robot.running.session.new(document(lr))
    robot.settle()
    robot.window.context.selection.select(Selected("network"))
    gauge = robot.panel("inspector").gauge  # type: ignore[attr-defined]
    theta = np.concatenate([W[0], B])
    for step in range(2):
        robot.wait(lambda: gauge.isVisible() and not gauge.is_awaited)
        robot.wait(lambda at=theta: gauge.value == pytest.approx(lr * largest(at), rel=0.01))
        assert step or gauge.is_too_high is is_red
        robot.running.session.step("batch")
        robot.wait(lambda at=step: robot.frame.step == at + 1)
        theta = np.concatenate([np.ravel(robot.frame.parameters[name]) for name in ("o.W", "o.b")])
    robot.window.context.selection.select(Selected("layer", "o"))
    assert not gauge.isVisible()
