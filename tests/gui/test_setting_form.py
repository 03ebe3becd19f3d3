"""Fields for declared settings: a text is typed into a line of its own."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dlviz.core.hyper import text
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
