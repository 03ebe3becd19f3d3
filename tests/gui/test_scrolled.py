"""Columns that scroll: their width does not depend on whether they scroll, and a window of any width stays alive."""

import pytest
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from dlviz.gui.widgets.scrolled import Scrolled
from tests.gui.robot import Robot


class Square(QWidget):
    """As high as it is wide."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setFixedHeight(self.width())


def test_what_is_higher_the_wider_it_is_keeps_its_width(qtbot: QtBot) -> None:
    area, inner = Scrolled(), QWidget()
    qtbot.addWidget(area)
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(Square())
    area.hold(inner)
    area.show()
    widths = set()
    for height in range(180, 220):  # without a place of its own the bar came and went for ever at some of these
        area.resize(200, height)
        qtbot.wait(1)
        widths.add(inner.width())
    assert len(widths) == 1


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_a_window_that_is_made_narrow_and_wide_again_stays_alive(robot: Robot, theme: str) -> None:
    robot.trigger(f"theme_{theme}")
    robot.start("network")
    for size in ((1000, 640), (1280, 720), (960, 560), (1920, 1080), (1100, 600)):
        robot.window.resize(*size)
        robot.bot.wait(300)
        assert robot.window.width() >= size[0]
    robot.wait(lambda: robot.frame.step > 0)
