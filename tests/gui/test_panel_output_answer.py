"""The answer for one row in the output panel: sorted bars and the class that is chosen."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from dlviz.core.choice import Choice
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec
from dlviz.gui.panels.output.bars import MOST_CLASSES, Bars, sorted_bars
from dlviz.gui.panels.output.panel import OutputPanel
from dlviz.gui.selection import Selected
from dlviz.session.document import Document, TrainingSpec, handle
from tests.gui.robot import Robot

NAMES = ("hen", "ant", "horse")
PROBABILITIES = (0.15, 0.02, 0.83)


def animals() -> Document:
    """Return the softmax head of curriculum EX-06: a layer that hands on the logits of two pictures."""
    inputs = np.log([PROBABILITIES, (0.5, 0.3, 0.2)])
    targets = np.array([2, 1], dtype=np.int64)
    for array in (inputs, targets):
        array.setflags(write=False)
    rows = Dataset("Animals", "multiclass", inputs, targets, ("a", "b", "c"), ("animal",), NAMES)
    return Document(
        dtype="float64", data=DataSpec("table", dataset=rows),
        network=NetworkSpec((dense("o", 3, "softmax"),), (InputSpec("x", (3,)),)),
        parameters={"o.W": handle(np.eye(3)), "o.b": handle(np.zeros(3))},
        training=TrainingSpec(loss=Choice("sparse_categorical_cross_entropy"), batch_size=2, shuffle=False),
    )  # fmt: skip


def one_row(robot: Robot, document: Document) -> OutputPanel:
    """Open a document and click "one row" in the output panel."""
    robot.start()
    robot.running.session.new(document)
    robot.settle()
    panel = robot.panel("output")
    assert isinstance(panel, OutputPanel)
    words = panel.views
    robot.click(words, words.tabRect(2).center())
    robot.click(panel.predictions.views, panel.predictions.views.tabRect(1).center())
    robot.wait(lambda: bool(panel.predictions.answer.bars.bars))
    return panel


def test_the_bars_of_a_row_are_sorted_and_the_largest_is_the_answer(robot: Robot) -> None:
    """Curriculum EX-06."""
    panel = one_row(robot, animals())
    bars = panel.predictions.answer.bars.bars
    assert [bar.name for bar in bars] == ["horse", "hen", "ant"]
    assert [bar.output for bar in bars] == pytest.approx(sorted(PROBABILITIES, reverse=True), rel=1e-10)
    assert panel.predictions.answer.said.text() == "row 1: horse ✓"
    assert panel.predictions.answer.note.text().endswith("Sum of all outputs: 1.")


def test_the_row_that_is_selected_is_shown_and_a_wrong_answer_says_what_is_right(robot: Robot) -> None:
    panel = one_row(robot, animals())
    robot.window.context.selection.select(Selected("sample", unit=1))
    robot.wait(lambda: panel.predictions.answer.said.text() == "row 2: hen ✗, it is ant")
    assert [bar.is_true for bar in panel.predictions.answer.bars.bars] == [False, True, False]


def test_data_of_two_inputs_and_three_classes_offer_it_beside_the_map(robot: Robot) -> None:
    network = NetworkSpec((dense("o", 3, "softmax"),))
    training = TrainingSpec(loss=Choice("categorical_cross_entropy"))
    panel = one_row(robot, Document(dtype="float64", data=DataSpec("blobs"), network=network, training=training))
    assert len(panel.predictions.answer.bars.bars) == 3
    robot.click(panel.views, panel.views.tabRect(0).center())
    robot.wait(panel.map.frame.isVisible)


def test_numbers_have_the_room_they_need(qtbot: QtBot) -> None:
    bars = Bars()
    qtbot.addWidget(bars)
    bars.show_bars(sorted_bars(np.array([1.0, 4.108e-5, 3.577e-7]), ["versicolor", "virginica", "setosa"], 0))
    left, right = bars.widths()
    assert right > bars.fontMetrics().horizontalAdvance("4.11×10⁻⁵")
    assert left > bars.fontMetrics().horizontalAdvance("versicolor")


def test_of_very_many_classes_the_largest_are_shown() -> None:
    outputs = np.linspace(0, 1, 50)
    bars = sorted_bars(outputs, [str(k) for k in range(50)], 3)
    assert [bar.number for bar in bars] == list(range(49, 49 - MOST_CLASSES, -1))
