"""Roles of columns in the table: what the network looks at, what it predicts, and the ends that follow."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from dlviz.gui.editor.view import CanvasView
from dlviz.gui.panels.data.panel import DataPanel
from dlviz.gui.panels.data.table_page import TablePage
from dlviz.session.document import Document
from dlviz.session.edits import add_feature, set_activation
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.presets import document_for
from tests.gui.panel_stage import make_context
from tests.gui.robot import Robot
from tests.gui.test_panel_data import choose, click_heading, headings


@pytest.fixture
def robot(robot_on_canvas: Robot) -> Robot:
    return robot_on_canvas


def panel_for(qtbot: Any, document: Document) -> DataPanel:
    panel = DataPanel(make_context(document))
    qtbot.addWidget(panel)
    panel.resize(420, 600)
    panel.show()
    session = panel.context.session
    session.subscribe(lambda: panel.show_document(session.document))
    choose(panel.choice, "table", qtbot)
    return panel


def give(page: TablePage, column: str, role: str, qtbot: Any) -> None:
    index = page.roles.column.findText(column)
    page.roles.column.setCurrentIndex(index)
    page.roles.column.activated.emit(index)
    choose(page.roles.role, role, qtbot)


def ends(document: Document) -> tuple[object, ...]:
    last = document.network.layers[-1]
    return last.settings["units"], last.settings["activation"].kind, document.training.loss.kind


def test_a_heading_takes_its_column_and_shows_its_role(qtbot: Any) -> None:
    panel = panel_for(qtbot, document_for("iris"))
    page: TablePage = panel.shown
    assert (page.roles.column.currentText(), page.roles.role.key()) == ("class", "class")
    click_heading(panel, 1, qtbot)
    assert (page.roles.column.currentText(), page.roles.role.key()) == ("sepal_width_cm", "input")


def test_a_column_is_left_out_and_stays_in_sight(qtbot: Any) -> None:
    panel = panel_for(qtbot, document_for("iris"))
    session = panel.context.session
    give(panel.shown, "sepal_width_cm", "none", qtbot)
    assert session.document.network.inputs[0].shape == (3,)
    assert headings(panel)[-1] == "sepal_width_cm\nleft out"
    model = panel.shown.rows.rows
    whole = document_for("iris")
    assert model.index(0, model.columnCount() - 1).data() == "3.5"
    assert not model.flags(model.index(0, model.columnCount() - 1)) & Qt.ItemFlag.ItemIsEditable
    give(panel.shown, "sepal_width_cm", "input", qtbot)
    assert session.document.data == whole.data
    assert headings(panel)[1] == "sepal_width_cm\ninput"


def test_another_column_is_predicted_and_the_one_before_becomes_an_input(qtbot: Any) -> None:
    panel = panel_for(qtbot, document_for("iris"))
    session = panel.context.session
    give(panel.shown, "petal_width_cm", "value", qtbot)
    assert ends(session.document) == (1, "linear", "squared_error")
    assert session.document.network.inputs[0].shape == (6,)
    assert headings(panel)[3:7] == [
        "class=setosa\ninput", "class=versicolor\ninput", "class=virginica\ninput", "petal_width_cm\ntarget",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "expected"),
    [("value", (1, "linear", "squared_error")), ("class", (3, "softmax", "sparse_categorical_cross_entropy"))],
)
def test_choosing_the_task_sets_units_activation_and_loss(robot: Robot, role: str, expected: tuple[Any, ...]) -> None:
    session = robot.running.session
    session.start_over(document_for("iris"), "Data")
    panel = robot.panel("data")
    choose(panel.choice, "table", robot.bot)
    give(panel.shown, "class", "value" if role == "class" else "class", robot.bot)
    give(panel.shown, "class", role, robot.bot)
    assert ends(session.document) == expected
    units, activation, _ = expected
    head = f"Output · {activation}" if units == 1 else f"Output {units} · {activation}"
    view = robot.window.findChildren(CanvasView)[0]
    robot.wait(lambda: head in [hot.text for hot in view.hots])
    assert session.prepared.dataset.task == ("regression" if role == "value" else "multiclass")
    assert units == session.prepared.dataset.n_outputs


def test_a_head_that_does_not_suit_the_task_is_warned_of(robot: Robot) -> None:
    session = robot.running.session
    session.start_over(document_for("diabetes"), "Data")
    session.edit(set_activation(session.document, session.document.network.layers[-1].id, "sigmoid"), "Sigmoid")
    assert ends(session.document)[1:] == ("sigmoid", "squared_error"), "an override is allowed"
    robot.wait(lambda: bool(robot.frame.health))


def test_a_role_that_leaves_nothing_to_predict_is_refused_and_shown_as_it_was(qtbot: Any) -> None:
    panel = panel_for(qtbot, document_for("iris"))
    give(panel.shown, "class", "none", qtbot)
    session = panel.context.session
    assert "Expected columns to predict from, and one to predict" in str(session.messages[0])
    assert panel.shown.roles.role.key() == "class"


def test_roles_are_written_and_read(qtbot: Any) -> None:
    panel = panel_for(qtbot, document_for("iris"))
    give(panel.shown, "petal_width_cm", "value", qtbot)
    document = panel.context.session.document
    written = document_to_json(document, True)
    assert written["data"]["roles"] == {"petal_width_cm": "value", "class": "input"}
    assert document_from_json(written).data == document.data


def test_typing_a_number_keeps_what_the_columns_are(qtbot: Any) -> None:
    panel = panel_for(qtbot, document_for("iris"))
    give(panel.shown, "petal_width_cm", "value", qtbot)
    model = panel.shown.rows.rows
    model.setData(model.index(0, 0), "9")
    dataset = panel.context.session.dataset
    assert dataset.inputs[0, 0] == 9 and dataset.target_names == ("petal_width_cm",)
    np.testing.assert_array_equal(dataset.inputs.shape, (150, 6))


def test_a_made_column_says_so_and_follows_what_is_typed(qtbot: Any) -> None:
    document = add_feature(add_feature(document_for("moons"), "x1²"), "x1·x2")
    panel = panel_for(qtbot, document)
    model, session = panel.shown.rows.rows, panel.context.session
    assert headings(panel)[:4] == ["x1\ninput", "x2\ninput", "x1²\nmade input", "x1·x2\nmade input"]
    tip = model.headerData(2, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "Made of the columns before it" in tip
    x2 = session.dataset.inputs[3, 1]
    model.typed.emit(3, 0, 0.5)
    np.testing.assert_allclose(session.dataset.inputs[3], [0.5, x2, 0.25, 0.5 * x2], rtol=1e-12)
    model.typed.emit(3, 2, 7.0)
    model.typed.emit(3, 0, 2.0)
    np.testing.assert_allclose(session.dataset.inputs[3], [2, x2, 7, 2 * x2], rtol=1e-12)
