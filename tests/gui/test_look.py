"""Standard widgets in the look of the app: slim scroll bars without buttons, and boxes as its own widgets have."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QScrollArea, QStyle, QStyleOptionSlider
from pytestqt.qtbot import QtBot

from dlviz.gui.application import make_application
from dlviz.gui.look import BAR, LEAST_HANDLE, scroll_part
from dlviz.gui.theme import theme_signals

Part = QStyle.SubControl


@pytest.fixture
def use_light_again() -> Iterator[None]:
    yield
    theme_signals.use("light")


def slider(position: int, page: int = 100, most: int = 300, length: int = 200) -> QStyleOptionSlider:
    option = QStyleOptionSlider()
    option.orientation = Qt.Orientation.Vertical
    option.rect.setRect(0, 0, BAR, length)
    option.minimum, option.maximum, option.pageStep, option.sliderPosition = 0, most, page, position
    return option


@pytest.mark.parametrize(("position", "top"), [(0, 0), (150, 75), (300, 150)])
def test_handle_of_a_scroll_bar_has_the_whole_length(position: int, top: int) -> None:
    handle = scroll_part(slider(position), Part.SC_ScrollBarSlider)
    assert (handle.top(), handle.height()) == (top, 50)


def test_parts_of_a_scroll_bar_leave_no_room_for_buttons() -> None:
    option = slider(150)
    pages = [scroll_part(option, part) for part in (Part.SC_ScrollBarSubPage, Part.SC_ScrollBarAddPage)]
    assert sum(page.height() for page in pages) + 50 == 200
    assert scroll_part(option, Part.SC_ScrollBarAddLine).isEmpty()


def test_handle_of_a_long_page_can_still_be_taken() -> None:
    assert scroll_part(slider(0, page=10, most=10**6), Part.SC_ScrollBarSlider).height() == LEAST_HANDLE


def test_handle_is_dragged_to_the_end(qtbot: QtBot) -> None:
    make_application()
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidget(QLabel("line\n" * 100))
    area.resize(200, 200)
    area.show()
    bar = area.verticalScrollBar()
    assert bar.width() == BAR
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(BAR // 2, 5))
    qtbot.mouseMove(bar, QPoint(BAR // 2, 400))
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(BAR // 2, 400))
    assert bar.value() == bar.maximum() > 0


@pytest.mark.parametrize("key", ["light", "dark", "projector"])
def test_a_list_to_choose_from_has_the_outline_of_the_theme(qtbot: QtBot, use_light_again: None, key: str) -> None:
    make_application()
    theme = theme_signals.use(key)
    combo = QComboBox()
    qtbot.addWidget(combo)
    combo.addItem("Tables")
    combo.resize(120, 26)
    picture = combo.grab().toImage()
    assert picture.pixelColor(60, 0).name().upper() == theme.outline
