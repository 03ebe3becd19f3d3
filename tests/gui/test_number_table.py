"""A table of numbers writes fewer digits where it is narrow, sorts, and copies every digit."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from dlviz.gui.look import Look
from dlviz.gui.theme import font
from dlviz.gui.widgets.class_legend import WIDEST, ClassLegend
from dlviz.gui.widgets.number_model import NumberModel
from dlviz.gui.widgets.number_table import Column, FilledTable, Line, NumberTable

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
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [cells[0] for cells in table.shown()] == [12345.0, 2.0, 8.0]
    table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert [cells[0] for cells in table.shown()] == [12345.0, 8.0, 2.0]


def test_numbers_that_change_are_sorted_anew_and_the_keyboard_stays_at_its_line(table: NumberTable) -> None:
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    table.setCurrentIndex(table.model().index(0, 2))
    changed = (Line(3, (12345.0, 0.1, 0.0)), Line(7, (8.0, 0.2, 0.5)), Line(1, (2.0, 0.3, 0.0)))
    table.show_lines(COLUMNS, changed, 7)
    assert [cells[0] for cells in table.shown()] == [12345.0, 8.0, 2.0]
    assert (table.currentIndex().row(), table.currentIndex().column()) == (2, 2)
    table.show_lines(COLUMNS[:1], [Line(k, (float(-k),)) for k in range(3)])
    assert [cells[0] for cells in table.shown()] == [0.0, -1.0, -2.0]  # the column of sorting is gone


def test_sorting_the_inputs_of_an_image_asks_for_no_cell_but_those_on_show(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each cell that Qt asks for waits for the interpreter, while a network trains for as long as a step takes."""
    asked, data = [0], NumberModel.data

    def count(model: NumberModel, *which: Any) -> Any:
        asked[0] += 1
        return data(model, *which)

    monkeypatch.setattr(NumberModel, "data", count)  # before a table is made, for Qt keeps what it found
    table = NumberTable()
    qtbot.addWidget(table)
    table.show()
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    for shift in range(2):
        table.show_lines(COLUMNS, [Line(k, (float(k), float((k + shift) * 331 % 784), 0.0)) for k in range(784)])
        QApplication.processEvents()
        assert [cells[1] for cells in table.shown()] == sorted(float(k) for k in range(784))
    assert 0 < asked[0] < 2000


def test_a_click_takes_the_row_by_its_number(table: NumberTable, qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.taken) as taken:
        place = table.visualRect(table.model().index(2, 0)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert taken.args == [1]


def test_every_digit_is_copied(table: NumberTable) -> None:
    table.copy()
    assert QGuiApplication.clipboard().text().splitlines()[1] == "12345.0,0.123456789,-0.987654321"


def test_bars_that_come_and_go_end_no_table_in_a_circle(qtbot: QtBot) -> None:
    app = QApplication.instance()
    app.setStyle(Look())  # its bars take room from the table
    holder = QWidget()
    qtbot.addWidget(holder)
    table = NumberTable(most_rows=10)
    QVBoxLayout(holder).addWidget(table)
    holder.show()
    for rows in range(1, 6):
        table.show_lines([Column("a")], [])
        QApplication.processEvents()
        holder.resize(120 + 20 * rows, 300)
        QApplication.processEvents()
        table.show_lines([Column("a"), *5 * [Column("loss")]], rows * [Line(0, ("some words", *5 * [12345.678]))])
        assert table.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAsNeeded
        holder.resize(900, 300)
        QApplication.processEvents()
        assert table.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff


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


def test_the_arrow_of_sorting_takes_no_room_until_somebody_sorts(qtbot: QtBot) -> None:
    """Five columns of a list of predictions fit into the narrowest panel; sorted they may scroll."""
    table = FilledTable()
    qtbot.addWidget(table)
    table.resize(268, 200)
    table.show()
    columns = (Column("row"), Column("loss", digits=3), Column("true"), Column("answer"), Column("output", digits=3))
    table.show_lines(columns, [Line(k, (60.0 + k, 0.00906, "inner", "outer", 0.8)) for k in range(40)])
    head = table.horizontalHeader()
    assert sum(map(head.sectionSize, range(5))) <= table.viewport().width()
    assert all(head.sectionSize(k) >= head.sectionSizeHint(k) for k in range(5))
    place = QPoint(head.sectionViewportPosition(0) + 3, head.height() // 2)
    qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert head.isSortIndicatorShown() and head.sortIndicatorSection() == 0
    assert table.shown()[0][0] in (60.0, 99.0)


def test_ten_classes_fit_into_the_legend_of_the_narrowest_panel(qtbot: QtBot) -> None:
    legend = ClassLegend()
    qtbot.addWidget(legend)
    legend.resize(280, 18)
    legend.show_names(tuple("0123456789"))
    metrics = QFontMetrics(font("small"))
    taken = sum(metrics.horizontalAdvance(name) + legend.air() for name in "0123456789")
    assert taken <= 280 and legend.air() < WIDEST


SPARE = (Column("name"), Column("size"), Column("counted as", gives_way=2), Column("memory", gives_way=1))


def test_columns_give_way_in_their_order_before_the_table_scrolls(table: NumberTable, qtbot: QtBot) -> None:
    table.show_lines(SPARE, [Line(0, ("h1", "12", "4 × 2 + 4", "0.5 kB"))])
    for width, shown in ((400, 4), (170, 3), (120, 2), (400, 4)):
        table.resize(width, 200)
        qtbot.waitUntil(lambda: sum(not table.isColumnHidden(k) for k in range(4)) == shown)  # noqa: B023  waited for
        assert table.horizontalHeader().length() <= table.viewport().width()
    table.resize(120, 200)
    qtbot.waitUntil(lambda: table.isColumnHidden(2))
    told = table.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert told == "h1\ncounted as: 4 × 2 + 4\nmemory: 0.5 kB"
    assert table.shown() == [("h1", "12", "4 × 2 + 4", "0.5 kB")], "what is copied has every column"
    table.show_lines(COLUMNS, LINES)
    assert not any(table.isColumnHidden(k) for k in range(3))


def test_a_table_resized_while_hidden_writes_every_digit_once_it_is_shown(table: NumberTable, qtbot: QtBot) -> None:
    table.resize(110, 200)
    qtbot.waitUntil(lambda: words(table, 0)[2] != "−0.9877")
    table.hide()
    table.resize(400, 200)
    table.show()
    qtbot.waitUntil(lambda: words(table, 0)[1:] == ["0.1235", "−0.9877"])
