"""Fields for declared settings: texts and sizes are typed into a line."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dlviz.core.hyper import size, text
from dlviz.gui.widgets.form import HyperForm, LineField


def form_of(qtbot: QtBot) -> tuple[HyperForm, LineField, list[tuple[str, object]]]:
    form = HyperForm([text("text", "z**2", longest=6)], {})
    qtbot.addWidget(form)
    changes: list[tuple[str, object]] = []
    form.changed.connect(lambda name, value: changes.append((name, value)))
    field = form.fields["text"]
    assert isinstance(field, LineField)
    return form, field, changes


def test_a_typed_text_is_given_on(qtbot: QtBot) -> None:
    _form, field, changes = form_of(qtbot)
    assert field.text() == "z**2"
    field.setText("z**3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert changes == [("text", "z**3")]


def test_a_text_that_is_too_long_stays_and_says_why(qtbot: QtBot) -> None:
    _form, field, changes = form_of(qtbot)
    field.setText("z**2 + z")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not changes
    assert "at most 6 characters" in field.toolTip()


@pytest.mark.parametrize(("typed", "value"), [("5", 5), ("2 x 4", (2, 4)), ("2×4", (2, 4)), ("same", "same")])
def test_a_size_is_typed_as_people_write_it(qtbot: QtBot, typed: str, value: object) -> None:
    form = HyperForm([size("padding", "valid", 64, 0, choices=("valid", "same"))], {"padding": (1, 3)})
    qtbot.addWidget(form)
    changes: list[tuple[str, object]] = []
    form.changed.connect(lambda name, value: changes.append((name, value)))
    field = form.fields["padding"]
    assert isinstance(field, LineField)
    assert field.text() == "1 × 3"
    field.setText(typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert changes == [("padding", value)]


@pytest.mark.parametrize("typed", ["full", "1 × 2 × 3", "1 × 2.5", "65", "1 ×"])
def test_a_size_that_is_none_stays_and_says_why(qtbot: QtBot, typed: str) -> None:
    form = HyperForm([size("kernel", 3, 64)], {})
    qtbot.addWidget(form)
    field = form.fields["kernel"]
    assert isinstance(field, LineField)
    field.setText(typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "Expected" in field.toolTip()
