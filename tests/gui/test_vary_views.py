"""Charts of experiments fed with plain values: what they say, where they lead, and what they copy."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from dlviz.core.errors import SpecError
from dlviz.core.hyper import floating, integer
from dlviz.core.notation.notation import Notation
from dlviz.gui import numbers
from dlviz.gui.panels.runs.vary.chart import PALE, Chart, Cross, Curve, Upright, scaled
from dlviz.gui.panels.runs.vary.ends import EndBars, Ends
from dlviz.gui.panels.runs.vary.heat import Cell, Grid, HeatGrid
from dlviz.gui.panels.runs.vary.outcomes import Cell as TableCell
from dlviz.gui.panels.runs.vary.outcomes import Column, Line, OutcomesTable
from dlviz.gui.panels.runs.vary.plot import ChartPlot, in_room
from dlviz.gui.panels.runs.vary.values import Range, parse_values, range_of, spread, write_values
from dlviz.gui.theme import current, font, theme_signals
from tests.gui.robot import LEFT, NONE, Key

RATE = floating("lr", 0.01, minimum=0.0, is_open_minimum=True, is_log=True)
LOSSES = ((0.5, 0.2, math.nan), (0.4, 0.03, 0.9))  # rows from below, columns from the left


def grid() -> Grid:
    cells = tuple(
        tuple(
            Cell(f"cell {row} {column}", None if math.isnan(value) else value, int(math.isnan(value)), 3 * row + column)
            for column, value in enumerate(line)
        )
        for row, line in enumerate(LOSSES)
    )
    return Grid("loss", "rate", "momentum", ("0.01", "0.1", "1"), ("0", "0.9"), cells)


@pytest.fixture
def heat(qtbot: QtBot) -> HeatGrid:
    made = HeatGrid()
    qtbot.addWidget(made)
    made.resize(360, 240)
    with qtbot.waitExposed(made):
        made.show()
    made.show_grid(grid())
    return made


def test_the_best_cell_is_the_lowest_without_a_diverged_run(heat: HeatGrid) -> None:
    assert heat.grid.best() == (1, 1)
    assert heat.grid.is_log  # 0.03 to 0.9 span more than one decade


def test_shades_grow_with_the_value_and_follow_the_logarithm(heat: HeatGrid) -> None:
    dark = [heat.shade(value).lightnessF() for value in (0.03, 0.2, 0.9)]
    assert dark[0] > dark[1] > dark[2]
    middle = heat.shade(math.sqrt(0.03 * 0.9))
    between = heat.shade(0.03 + (0.9 - 0.03) / 2)
    assert middle.lightnessF() > between.lightnessF()


def test_arrow_keys_read_cells_and_enter_opens_one(qtbot: QtBot, heat: HeatGrid) -> None:
    said: list[str] = []
    heat.read.connect(said.append)
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Up, Key.Key_Up):
        qtbot.keyClick(heat, key)
    assert said == ["cell 0 0", "cell 0 1", "cell 1 1"]
    assert heat.accessibleDescription() == "cell 1 1"
    with qtbot.waitSignal(heat.opened) as opened:
        qtbot.keyClick(heat, Key.Key_Return)
    assert opened.args == [4]


def test_the_pointer_reads_the_cell_below_it(qtbot: QtBot, heat: HeatGrid) -> None:
    with qtbot.waitSignal(heat.read) as read:
        qtbot.mouseMove(heat, heat.box(2, 0).center().toPoint())
    assert read.args == ["cell 0 2"]
    with qtbot.waitSignal(heat.taken) as taken:
        qtbot.mouseClick(heat, LEFT, NONE, heat.box(0, 1).center().toPoint())
    assert taken.args == [3]


def test_a_diverged_cell_is_crossed_out_and_not_only_coloured(heat: HeatGrid) -> None:
    picture = heat.grab().toImage()
    box = heat.box(2, 0)
    corner, beside = box.topLeft() + QPointF(8, 8 * box.height() / box.width()), box.center() + QPointF(0, 12)
    assert picture.pixelColor(corner.toPoint()).name() != picture.pixelColor(beside.toPoint()).name()
    assert picture.pixelColor(beside.toPoint()).name() == current().colour("hover").name()


def test_cells_are_copied_with_every_digit(heat: HeatGrid) -> None:
    heat.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "rate,momentum,loss,diverged"
    assert lines[1:4] == ["0.01,0,0.5,0", "0.1,0,0.2,0", "1,0,,1"]
    assert [each.words for each in heat.entries()][:2] == ["cell 0 0", "cell 0 1"]


def rates_and_momenta(columns: int, rows: int) -> Grid:
    """Return a map with losses of different length, as the recipe of rate and momentum gives them."""
    values = np.geomspace(0.00043, 24.0, columns * rows).reshape(rows, columns)
    cells = tuple(tuple(Cell(f"loss {value:.2g}", value) for value in line) for line in values.tolist())
    return Grid("loss", "rate", "momentum", ("0.01",) * columns, ("0",) * rows, cells)


def inked(heat: HeatGrid, column: int, row: int) -> int:
    """Return how many colours there are within a cell: one where nothing is written."""
    box, picture = heat.box(column, row).toRect().adjusted(3, 3, -3, -3), heat.grab().toImage()
    return len({picture.pixel(x, y) for x in range(box.left(), box.right()) for y in range(box.top(), box.bottom())})


@pytest.mark.parametrize(
    ("size", "columns", "written"),
    [((600, 240), 9, (2, False)), ((328, 208), 9, (2, True)), ((328, 208), 40, (0, False))],
)
def test_numbers_stand_along_or_upwards_in_their_cells_where_they_fit(
    qtbot: QtBot, heat: HeatGrid, size: tuple[int, int], columns: int, written: tuple[int, bool]
) -> None:
    """At 1280 × 720 the map of nine rates and three momenta has 328 × 208 pixels."""
    heat.resize(*size)
    heat.show_grid(rates_and_momenta(columns, 3))
    writing = heat.writing(QFontMetrics(font("small")))
    assert (writing.digits, writing.is_upright) == written
    assert (inked(heat, 4, 1) > 1) == (writing.digits > 0)
    with qtbot.waitSignal(heat.read) as read:
        qtbot.mouseMove(heat, heat.box(4, 1).center().toPoint())
    assert read.args == [heat.grid.cells[1][4].words]


def chart() -> Chart:
    x = np.array([0.01, 0.1, 1.0])
    one = Curve("momentum 0", x, np.array([0.5, 0.2, np.nan]), has_points=True, rows=(0, 1, 2))
    low = np.array([0.3, 0.02, 0.8])
    two = Curve("momentum 0.9", x, np.array([0.4, 0.03, 0.9]), 1, (low, 2 * low), has_points=True, rows=(3, 4, 5))
    crosses = (Cross(1.0, "rate 1 · diverged at step 7", 2),)
    return Chart("loss against rate", "rate", "loss", (one, two), crosses, Upright(0.1, "0.1"), (), True, True)


@pytest.fixture
def plot(qtbot: QtBot) -> Iterator[ChartPlot]:
    host, made = QWidget(), ChartPlot()  # closing a bare plot of pyqtgraph deletes its scene too early
    qtbot.addWidget(host)
    made.setParent(host)
    made.resize(400, 260)
    host.resize(400, 260)
    with qtbot.waitExposed(host):
        host.show()
    made.show_chart(chart())
    yield made
    host.hide()


def test_values_beside_the_axis_are_gaps() -> None:
    found = scaled(np.array([10.0, 0.0, -1.0, np.inf]), True)
    assert np.array_equal(found, [1.0, np.nan, np.nan, np.nan], equal_nan=True)


def test_curves_are_drawn_at_their_logarithms_and_named_at_their_ends(plot: ChartPlot) -> None:
    x, y = plot._curves[1].getData()
    assert x == pytest.approx([-2, -1, 0])
    assert y == pytest.approx(np.log10([0.4, 0.03, 0.9]))
    assert plot.labels() == ["momentum 0", "momentum 0.9"]


def test_arrow_keys_walk_along_a_curve_and_to_another(qtbot: QtBot, plot: ChartPlot) -> None:
    said: list[str] = []
    plot.read.connect(said.append)
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Down):
        qtbot.keyClick(plot, key)
    assert said == [
        "momentum 0 · rate 0.01 · loss 0.5", "momentum 0 · rate 0.1 · loss 0.2",
        "momentum 0.9 · rate 0.1 · loss 0.03 (0.02 … 0.04)",
    ]  # fmt: skip
    with qtbot.waitSignal(plot.opened) as opened:
        qtbot.keyClick(plot, Key.Key_Return)
    assert opened.args == [4]


def test_the_pointer_reads_the_nearest_point(plot: ChartPlot) -> None:
    said: list[str] = []
    plot.read.connect(said.append)
    at = plot.getViewBox().mapViewToScene(QPointF(-1.0, math.log10(0.2)))
    plot.scene().sigMouseMoved.emit(at + QPointF(3, 2))
    assert said == ["momentum 0 · rate 0.1 · loss 0.2"]


def test_every_point_and_every_diverged_run_is_copied(plot: ChartPlot) -> None:
    plot.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "curve,rate,loss,lower quartile,upper quartile"
    assert "momentum 0.9,0.1,0.03,0.02,0.04" in lines
    assert lines[-1] == "rate 1 · diverged at step 7,1.0,diverged,,"
    assert len(lines) == 1 + 2 + 3 + 1


def test_more_curves_than_colours_are_pale_and_without_names(plot: ChartPlot) -> None:
    x = np.arange(3.0)
    plot.show_chart(Chart("loss", "step", "loss", tuple(Curve(f"run {k}", x, x + k, PALE) for k in range(12))))
    assert plot.labels() == []
    assert plot._curves[0].opts["pen"].color().name() == current().colour("faint").name()


def test_words_of_places_end_where_the_next_begin(plot: ChartPlot) -> None:
    names = ("Momentum", "Nesterov momentum", "RMSprop", "Adam")
    x = np.arange(4.0)
    plot.show_chart(Chart("loss", "optimizer", "loss", (Curve("", x, x + 1),), ticks=tuple(enumerate(names))))
    for width in (200, 900):
        plot.resize(width, 200)
        (shown,) = plot.getAxis("bottom")._tickLevels
        room = plot.getViewBox().width() / len(names)
        metrics = QFontMetrics(font("small"))
        lines = [line for _, words in shown for line in words.splitlines()]
        assert all(metrics.horizontalAdvance(line) < room for line in lines)
        if any("\n" in words for _, words in shown):
            plot.grab()  # the axis sets its height where it is drawn
            assert plot.getAxis("bottom").height() >= 2 * metrics.height(), "no line of words is cut"
    assert [words for _, words in shown] == list(names)


@pytest.fixture
def bars(qtbot: QtBot) -> EndBars:
    made = EndBars()
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    values = (0.0, 0.25, 0.75, 1.0)
    counts, edges = np.histogram(values, 2)
    made.show_ends(Ends("loss", tuple(edges.tolist()), tuple(counts.tolist()), values, (5, 6, 7, 8)))
    return made


def test_bars_say_their_edges_and_lead_to_a_run(qtbot: QtBot, bars: EndBars) -> None:
    with qtbot.waitSignal(bars.read) as read:
        qtbot.keyClick(bars, Key.Key_Right)
    assert read.args == ["loss from 0 to 0.5: 2 runs"]
    qtbot.keyClick(bars, Key.Key_Right)
    with qtbot.waitSignal(bars.opened) as opened:
        qtbot.keyClick(bars, Key.Key_Return)
    assert opened.args == [7]
    bars.copy()
    assert QGuiApplication.clipboard().text().splitlines() == ["from,to,runs", "0.0,0.5,2", "0.5,1.0,2"]


@pytest.fixture
def table(qtbot: QtBot) -> OutcomesTable:
    made = OutcomesTable()
    qtbot.addWidget(made)
    made.resize(400, 200)
    with qtbot.waitExposed(made):
        made.show()
    columns = (Column("rate", ""), Column("loss", ""), Column("outcome", "", is_number=False))
    rows = ((0.01, 0.5), (0.1, 0.2), (1.0, math.inf))
    lines = [
        Line(k, (TableCell(str(rate), rate, rate), TableCell(f"{loss}", loss, loss), TableCell("done", "done")))
        for k, (rate, loss) in enumerate(rows)
    ]
    made.show_lines(columns, lines)
    return made


def test_a_click_on_a_heading_sorts_and_copies_in_that_order(qtbot: QtBot, table: OutcomesTable) -> None:
    head = table.horizontalHeader()
    at = QPoint(head.sectionViewportPosition(1) + 6, head.height() // 2)
    qtbot.mouseClick(head.viewport(), LEFT, NONE, at)
    table.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines == ["rate,loss,outcome", "0.1,0.2,done", "0.01,0.5,done", "1.0,inf,done"]


def test_enter_and_a_double_click_open_the_run_of_a_sorted_row(qtbot: QtBot, table: OutcomesTable) -> None:
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    table.select(0)
    assert table.selected() == [0]
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.keyClick(table, Key.Key_Return)
    assert opened.args == [0]
    first = table.visualRect(table.model().index(0, 0)).center()
    qtbot.mouseClick(table.viewport(), LEFT, NONE, first)
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.mouseDClick(table.viewport(), LEFT, NONE, first)
    assert opened.args == [1]


def test_lists_of_numbers_are_read_and_written() -> None:
    assert parse_values("0.001, 1/2;3e-1  0.5", RATE) == (0.001, 0.5, 0.3)
    assert parse_values("4 8 16", integer("units", 4, minimum=1)) == (4, 8, 16)
    assert write_values((0.001, 4, 1e-05)) == "0.001, 4, 1e-05"


def test_with_a_decimal_comma_semicolons_part_numbers() -> None:
    numbers.use(Notation(decimal_sign="comma"))
    assert parse_values("0,5; 0,25", RATE) == (0.5, 0.25)
    assert write_values((0.5, 0.25)) == "0,5; 0,25"


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "Expected 1 to 100 values. Received: 0"), ("0.1, x", "Expected a number. Received: 'x'"),
     ("0.1, -1", "Expected lr to be a number above 0. Received: lr=-1")],
)  # fmt: skip
def test_bad_lists_are_refused_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(SpecError) as refused:
        parse_values(text, RATE)
    assert words in str(refused.value).replace("-1.0", "-1")


def test_a_range_has_even_steps_of_the_value_or_of_its_logarithm() -> None:
    assert spread(Range(0.001, 1.0, 4, "log"), RATE) == (0.001, 0.01, 0.1, 1.0)
    assert spread(Range(0.0, 1.0, 5), None) == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert spread(Range(2, 16, 4, "log"), integer("units", 4, minimum=1)) == (2, 4, 8, 16)
    assert range_of((0.1, 0.001), RATE) == Range(0.001, 0.1, 2, "log")


@pytest.mark.parametrize("wrong", [Range(1.0, 0.1, 3), Range(0.0, 1.0, 3, "log")])
def test_ranges_that_cannot_be_are_refused(wrong: Range) -> None:
    with pytest.raises(SpecError, match="Expected"):
        spread(wrong, None)


def test_names_at_curves_take_the_ground_of_another_theme(qtbot: QtBot) -> None:
    plot = ChartPlot()
    qtbot.addWidget(plot)
    x = np.arange(3.0)
    plot.show_chart(Chart("caption", "step", "loss", (Curve("one", x, x), Curve("two", x, 2 * x, 1))))
    theme_signals.use("dark")
    assert {item.fill.color().name().upper() for item in plot._labels._items} == {current().panel}
    theme_signals.use("light")


@pytest.mark.usefixtures("qapp")
def test_names_of_places_are_told_apart_where_there_is_little_room() -> None:
    metrics = QFontMetrics(font("small"))
    names = [f"Normal, std {each}" for each in ("0.01", "0.1", "1", "10")]
    assert in_room(names, metrics, 500) == names
    assert in_room(names, metrics, metrics.horizontalAdvance("Normal,")) == ["0.01", "0.1", "1", "10"]
    narrow = metrics.horizontalAdvance("normal") + 2
    assert in_room(["Xavier normal", "He normal"], metrics, narrow) == ["Xavier\nnormal", "He\nnormal"]


def test_columns_have_room_for_the_letters_of_another_theme(qtbot: QtBot) -> None:
    table = OutcomesTable()
    qtbot.addWidget(table)
    columns = (Column("training loss", "tip"), Column("accuracy (training)", "tip"))
    table.show_lines(columns, (Line(0, (TableCell("0.1", 0.1, 0.1), TableCell("97 %", 0.97, 0.97)), False),))
    theme_signals.use("projector")
    metrics = table.horizontalHeader().fontMetrics()
    assert all(metrics.horizontalAdvance(each.title) < table.columnWidth(place) for place, each in enumerate(columns))
    theme_signals.use("light")
