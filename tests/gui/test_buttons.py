"""Icon buttons: an icon that is not there is said at once, not while the window is painted."""

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from dlviz.core.errors import SpecError
from dlviz.gui.widgets.button import ActionButton, IconButton

REFUSED = "Expected the name of an icon. Received: 'plsu'"


def test_a_button_with_an_unknown_icon_is_refused(qtbot: QtBot) -> None:
    with pytest.raises(SpecError, match=REFUSED):
        IconButton("plsu", "Add")
    with pytest.raises(SpecError, match=REFUSED):
        ActionButton("plsu", QAction("Add"))


def test_a_button_keeps_its_icon_where_another_is_unknown(qtbot: QtBot) -> None:
    button = IconButton("plus", "Add")
    qtbot.addWidget(button)
    before = button.grab().toImage()
    with pytest.raises(SpecError, match=REFUSED):
        button.set_icon("plsu")
    assert button.grab().toImage() == before
