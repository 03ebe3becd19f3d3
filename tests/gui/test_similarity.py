"""Similarity of units in the inspector: copies stay copies, drawn weights are compared as NumPy does."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from dlviz.core.choice import Choice
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.gui.panels.inspector.similarity import SimilaritySection, said
from dlviz.gui.selection import Selected
from dlviz.gui.widgets.copying import copy_plotted
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.network_presets import SQUARED, plain_descent, salaries, tanh_and_sigmoid
from dlviz.session.presets import document_for
from dlviz.session.similarity import Similarity, SimilarityQuestion
from tests.gui.robot import Robot

COPIES = "Cosine of [w, b]: all pairs 1. The units are copies of each other and stay so."


def constant() -> Document:
    """Return EX-58: the network of EX-55 with W1 = 0.3, W2 = 0.2, b = 0."""
    values = {"h.W": np.full((3, 2), 0.3), "h.b": np.zeros(3), "o.W": np.full((1, 3), 0.2), "o.b": np.zeros(1)}
    document = tanh_and_sigmoid()
    return Document(
        dtype="float64", data=document.data, network=document.network, training=document.training,
        parameters={name: handle(value) for name, value in values.items()},
    )  # fmt: skip


def slow_salaries() -> Document:
    """Return EX-30 at its stable rate of 1e-5."""
    return replace(salaries(), training=plain_descent(SQUARED, 1e-5))


def open_section(robot: Robot, document: Document, layer: str = "h") -> SimilaritySection:
    """Open a document, click its layer, and unfold the similarity of its units."""
    robot.start_on_canvas()
    robot.running.session.new(document)
    robot.settle()
    robot.window.context.selection.select(Selected("layer", layer))
    section = robot.panel("inspector").behind.similarity
    robot.wait(section.isVisible)
    robot.panel("inspector").page.ensureWidgetVisible(section)
    section.heading.click()
    robot.wait(lambda: robot.frame.similarity is not None)
    robot.wait(lambda: section.said.text() != "…")
    return section


@pytest.mark.parametrize("document", [slow_salaries, constant], ids=["EX-30", "EX-58"])
def test_equal_first_weights_are_all_at_one_over_training(robot: Robot, document: Callable[[], Document]) -> None:
    """INI-02, DIA-15."""
    section = open_section(robot, document())
    for step in range(12):
        np.testing.assert_allclose(section.picture.values, 1.0, atol=1e-12)
        assert section.said.text() == COPIES
        robot.running.session.step("batch")
        robot.wait(lambda step=step: robot.frame.step == step + 1 and section.said.text() != "…")


def test_the_alarm_tells_of_copies(robot: Robot) -> None:
    open_section(robot, constant())
    robot.running.session.step("batch")
    robot.wait(lambda: any(found.symptom == "symmetric" for found in robot.frame.health or ()))


def test_drawn_weights_are_compared_with_their_biases(robot: Robot) -> None:
    section = open_section(robot, document_for("circles"), "h1")
    p = robot.frame.parameters
    rows = np.hstack([p["h1.W"], p["h1.b"].reshape(-1, 1)]).astype(float)
    lengths = np.linalg.norm(rows, axis=1)
    np.testing.assert_allclose(section.picture.values, rows @ rows.T / np.outer(lengths, lengths), atol=1e-12)
    pairs = section.picture.values[np.triu_indices(4, 1)]
    number = robot.window.context.number
    words = f"Cosine of [w, b]: from {number(pairs.min())} to {number(pairs.max())} among 6 pairs."
    assert section.said.text() == words


def test_answers_are_compared_by_their_correlation(robot: Robot) -> None:
    section = open_section(robot, document_for("circles"), "h1")
    robot.click(section.by, section.by.tabRect(1).center())
    robot.wait(lambda: section.said.text().startswith("Correlation"))
    session, p = robot.running.session, robot.frame.parameters
    x = session.prepared.inputs[session.prepared.train]
    wanted = np.corrcoef(np.tanh(p["h1.W"] @ x.T + p["h1.b"].reshape(-1, 1)))
    np.testing.assert_allclose(section.picture.values, wanted, atol=1e-6)


def test_a_cell_says_its_units_and_leads_to_them(robot: Robot, qtbot: QtBot) -> None:
    section = open_section(robot, document_for("circles"), "h1")
    side = section.picture.square().width() / 4
    at = QPoint(round(1.5 * side), round(2.5 * side))
    where = section.picture.mapToGlobal(at)
    QApplication.sendEvent(section.picture, QHelpEvent(QEvent.Type.ToolTip, at, where))
    assert QToolTip.text().startswith("units 3 and 2: ")
    copy_plotted(section.picture)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "unit,1,2,3,4" and float(lines[3].split(",")[2]) == section.picture.values[2, 1]
    robot.click(section.picture, at)
    assert robot.window.context.selection.current == Selected("unit", "h1", 2)


def test_it_costs_nothing_while_it_is_closed(robot: Robot) -> None:
    section = open_section(robot, document_for("circles"), "h1")
    section.heading.click()
    robot.wait(lambda: robot.frame.similarity is None)


def test_a_layer_of_one_unit_has_no_pair() -> None:
    words = said(Similarity(SimilarityQuestion("o"), np.ones((1, 1)), 1))
    assert words == "Cosine of [w, b]: there is no pair to compare."


def test_of_very_many_units_the_first_are_compared(robot: Robot) -> None:
    network = NetworkSpec((dense("h", 200, "tanh"), dense("o", 1)), (InputSpec("x", (2,)),))
    document = Document(
        data=document_for("circles").data, network=network, training=TrainingSpec(Choice("squared_error"))
    )
    section = open_section(robot, document)
    assert section.picture.values.shape == (128, 128) and section.said.text().startswith("The first 128 units. ")
