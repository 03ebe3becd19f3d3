"""A table of numbers writes fewer digits where it is narrow, sorts, and copies every digit."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from dlviz.gui.widgets.number_table import Column, Line, NumberTable

COLUMNS = (Column("#"), Column("loss"), Column("e", is_signed=True))
LINES = (Line(3, (12345.0, 0.123456789, -0.987654321)), Line(7, (8.0, None, 0.5)), Line(1, (2.0, 0.01, 0.0)))


@pytest.fixture
def table(qtbot: QtBot) -> NumberTable:
    made = NumberTable()
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    made.show_lines(COLUMNS, LINES, 7)
    return made


def words(table: NumberTable, row: int) -> list[str]:
    return [str(table.model().index(row, column).data()) for column in range(3)]


def test_numbers_are_short_and_whole_on_hover(table: NumberTable) -> None:
    assert words(table, 0) == ["12345", "0.1235", "−0.9877"]
    assert words(table, 1) == ["8", "–", "+0.5"]
    assert table.model().index(0, 1).data(Qt.ItemDataRole.ToolTipRole) == "0.123456789"


def test_a_narrow_table_writes_fewer_digits_rather_than_cut_numbers(table: NumberTable, qtbot: QtBot) -> None:
    table.resize(150, 200)
    qtbot.waitUntil(lambda: words(table, 0)[2] != "−0.9877")
    assert words(table, 0)[0] == "12345"
    for row in range(3):
        for column, text in enumerate(words(table, row)):
            assert table.fontMetrics().horizontalAdvance(text) <= table.columnWidth(column)
            assert "…" not in text


def test_a_click_on_a_heading_sorts_and_what_is_not_known_comes_last(table: NumberTable) -> None:
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert [cells[0] for cells in table.shown()] == [2.0, 12345.0, 8.0]


def test_a_click_takes_the_row_by_its_number(table: NumberTable, qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.taken) as taken:
        place = table.visualRect(table.model().index(2, 0)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert taken.args == [1]


def test_every_digit_is_copied(table: NumberTable) -> None:
    table.copy()
    assert QGuiApplication.clipboard().text().splitlines()[1] == "12345.0,0.123456789,-0.987654321"


def test_a_narrow_table_scrolls_sideways_and_cuts_no_number(qtbot: QtBot, table: NumberTable) -> None:
    columns = [Column("parameter"), *(Column(name, is_signed=True) for name in ("value", "gradient", "m", "v"))]
    table.show_lines(columns, [Line(0, ("w", -0.0001234, 1.234e-9, -5.4e-12, 0.00321))])
    table.resize(180, 100)
    table.show()
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() > 0)
    metrics, model = table.fontMetrics(), table.model()
    for section in range(1, len(columns)):
        assert metrics.horizontalAdvance(model.index(0, section).data()) <= table.columnWidth(section) - 4
    table.resize(900, 100)
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)
