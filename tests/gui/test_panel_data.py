"""The data panel chooses sets, moves their settings as one undoable change a drag, and says what was done."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from dlviz.core.errors import DlvizError
from dlviz.data.builtin import datasets
from dlviz.data.kind import measured
from dlviz.data.spec import DataSpec
from dlviz.gui.panels.data.panel import DataPanel
from dlviz.gui.panels.data.thumbnails import SHOWN, thumbnail_points
from dlviz.gui.theme import current
from dlviz.gui.widgets.segmented import Segmented
from dlviz.session.document import Document
from dlviz.session.edits import set_data, set_split, set_units
from dlviz.session.presets import document_for
from tests.guards import at_once
from tests.gui.panel_stage import make_context
from tests.gui.robot import close_window, robot_at_window


@pytest.fixture
def panel(qtbot: Any) -> Any:
    panel = DataPanel(make_context(document_for("circles")))
    qtbot.addWidget(panel)
    panel.resize(250, 560)
    panel.show()
    session = panel.context.session
    session.subscribe(lambda: panel.show_document(session.document))
    return panel


def _tile(panel: DataPanel, key: str) -> QPoint:
    row = SHOWN.index(key)
    return panel.page("set").pictures.visualItemRect(panel.page("set").pictures.item(row)).center()


def _choose_table(panel: DataPanel, key: str) -> None:
    index = panel.page("set").tables.findData(key)
    panel.page("set").tables.setCurrentIndex(index)
    panel.page("set").tables.activated.emit(index)


def choose(words: Segmented, key: str, qtbot: Any) -> None:
    """Click one of the words in a row of choices."""
    index = next(place for place in range(words.count()) if words.tabData(place) == key)
    qtbot.mouseClick(words, Qt.MouseButton.LeftButton, pos=words.tabRect(index).center())


def test_every_built_in_set_can_be_reached(panel: Any) -> None:
    listed = {panel.page("set").tables.itemData(row) for row in range(panel.page("set").tables.count())}
    assert listed | set(SHOWN) == set(datasets.keys())


@pytest.mark.parametrize("key", SHOWN)
def test_pictures_show_the_points_that_the_set_makes(key: str) -> None:
    places, classes = thumbnail_points(key)
    dataset = datasets.get(key).build({})
    assert places.min() >= 0 and places.max() <= 1 and len(places) == len(classes)
    if dataset.task != "regression":
        made = dataset.inputs - dataset.inputs.mean(axis=0)
        spread = np.ptp(places[:, 0]) / np.ptp(places[:, 1])
        assert spread == pytest.approx(np.ptp(made[:, 0]) / np.ptp(made[:, 1]), rel=0.15)
        assert set(classes) == set(dataset.targets)


def test_all_pictures_are_in_view_four_a_row(panel: Any) -> None:
    rects = [
        panel.page("set").pictures.visualItemRect(panel.page("set").pictures.item(row)) for row in range(len(SHOWN))
    ]
    assert len({rect.top() for rect in rects}) == 2
    assert all(rect.left() >= 0 and rect.right() - 8 <= panel.page("set").pictures.width() for rect in rects)


def test_clicking_a_picture_takes_the_set_with_its_network(panel: Any, qtbot: Any) -> None:
    qtbot.mouseClick(panel.page("set").pictures.viewport(), Qt.MouseButton.LeftButton, pos=_tile(panel, "spiral"))
    session = panel.context.session
    assert session.document.network == document_for("spiral").network
    assert session.edits == [("Data: Spiral", "")]
    assert "300 rows" in panel.page("set").summary.text()


def test_arrow_keys_choose_the_next_set(panel: Any, qtbot: Any) -> None:
    panel.page("set").pictures.setFocus()
    qtbot.keyClick(panel.page("set").pictures, Qt.Key.Key_Right)
    assert panel.context.session.document.data.kind == SHOWN[1]


def test_a_network_of_ones_own_is_kept(panel: Any, qtbot: Any) -> None:
    session = panel.context.session
    own = set_units(session.document, "h1", 6)
    session.edit(own, "More units")
    qtbot.mouseClick(panel.page("set").pictures.viewport(), Qt.MouseButton.LeftButton, pos=_tile(panel, "moons"))
    assert session.document.data.kind == "moons"
    assert session.document.network.layers[0].settings["units"] == 6


def test_a_table_sets_width_and_outputs(panel: Any) -> None:
    _choose_table(panel, "iris")
    session = panel.context.session
    assert session.document.network.inputs[0].shape == (4,)
    assert "4 inputs → 3 classes" in panel.page("set").summary.text()
    assert not panel.page("set").pictures.selectedItems()
    assert panel.page("set").applied.text().startswith("Each input")
    assert "sepal" in panel.page("set").applied.toolTip()


def test_a_drag_is_one_change_and_the_next_another(panel: Any) -> None:
    slider = panel.page("set").settings.sliders["noise"].slider
    slider.setSliderDown(True)
    for position in (300, 320, 340):
        slider.setSliderPosition(position)
    slider.setSliderDown(False)
    slider.sliderReleased.emit()
    slider.setSliderDown(True)
    slider.setSliderPosition(500)
    merges = [merge for label, merge in panel.context.session.edits if label == "Noise"]
    assert len(merges) == 4
    assert len(set(merges[:3])) == 1 and merges[3] != merges[0]
    assert panel.context.session.document.data.settings["noise"] == pytest.approx(0.5, abs=0.01)


def test_samples_and_share_change_the_rows(panel: Any) -> None:
    panel.page("set").settings.changed.emit("samples", 100)
    panel.page("set").settings.changed.emit("train", 0.8)
    prepared = panel.context.session.prepared
    assert (prepared.dataset.n, len(prepared.train), len(prepared.validation)) == (100, 80, 20)
    assert "100 rows · 80 train · 20 dev" in panel.page("set").summary.text()


def test_the_share_slider_is_shown_as_it_stands(panel: Any) -> None:
    assert panel.page("set").settings.train.value() == 70
    panel.page("set").settings.train.slider.setValue(panel.page("set").settings.train.slider.value() + 5)
    assert panel.context.session.document.data.split.validation == pytest.approx(0.25)


def test_next_seed_draws_other_points(panel: Any, qtbot: Any) -> None:
    before = panel.context.session.dataset.inputs
    qtbot.mouseClick(panel.page("set").settings.seed.again, Qt.MouseButton.LeftButton)
    assert not np.array_equal(before, panel.context.session.dataset.inputs)
    assert panel.page("set").settings.seed.number.value() == 1


def test_the_seed_of_a_table_deals_another_split(panel: Any, qtbot: Any) -> None:
    _choose_table(panel, "iris")
    before = panel.context.session.prepared.validation
    qtbot.mouseClick(panel.page("set").settings.seed.again, Qt.MouseButton.LeftButton)
    assert not np.array_equal(before, panel.context.session.prepared.validation)


def test_scaling_is_switched_and_told(panel: Any, qtbot: Any) -> None:
    panel.show_page("scale")
    choose(panel.shown.scaling, "minmax", qtbot)
    session = panel.context.session
    assert session.document.data.scaling == "minmax"
    assert panel.page("scale").applied.text().startswith(session.prepared.scaler.describe()[0])


def test_a_refused_change_is_told_and_taken_back(panel: Any, monkeypatch: Any) -> None:
    def refuse(document: Document, label: str, merge: str = "") -> None:
        raise DlvizError("Expected something else.")

    monkeypatch.setattr(panel.context.session, "edit", refuse)
    panel.page("set").settings.sliders["noise"].slider.setValue(700)
    assert [str(message) for message in panel.context.session.messages] == ["Expected something else."]
    assert panel.page("set").settings.sliders["noise"].value() == pytest.approx(0.03)


def test_showing_a_document_edits_nothing(panel: Any) -> None:
    for kind in ("sine", "iris", "xor", "circles"):
        panel.context.session.edit(document_for(kind), "other")
    assert {label for label, _ in panel.context.session.edits} == {"other"}


def test_a_file_that_waits_is_named(qtbot: Any) -> None:
    context = make_context(document_for("circles"))

    class Waiting:
        document = Document(data=DataSpec("file", {"path": "heights.csv"}))

        @property
        def prepared(self) -> Any:
            raise DlvizError("not opened")

    context.session = Waiting()
    panel = DataPanel(context)
    qtbot.addWidget(panel)
    assert "heights.csv" in panel.page("set").summary.text()


def test_a_rising_line_rises_in_its_picture(panel: Any) -> None:
    rect = panel.page("set").pictures.visualItemRect(panel.page("set").pictures.item(SHOWN.index("line")))
    image = panel.page("set").pictures.viewport().grab(rect).toImage()
    coloured = [
        (x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).saturation() > 120
    ]
    x, y = np.array(coloured).T
    assert np.corrcoef(x, y)[0, 1] < -0.9


def test_settings_of_the_set_before_are_gone_at_once(panel: Any) -> None:
    before = list(panel.page("set").settings.sliders.values())
    panel.context.session.edit(document_for("sine"), "data")
    assert set(panel.page("set").settings.sliders) == {"samples", "noise", "periods"}
    assert not any(slider.isVisible() for slider in before)


def test_long_names_are_whole_above_the_button_or_beside_it_where_there_is_room(panel: Any, qtbot: Any) -> None:
    page = panel.page("set")
    page.tables.setCurrentIndex(page.tables.findData("digits"))
    for width, is_column in ((230, True), (600, False), (230, True)):
        panel.resize(width, 560)
        qtbot.waitUntil(lambda: (page.open.y() >= page.tables.geometry().bottom()) is is_column)  # noqa: B023  waited for
        assert page.chosen.is_column is is_column
        assert page.tables.shown_text() == page.tables.currentText()


def test_a_typed_formula_moves_the_points(panel: Any, qtbot: Any) -> None:
    _choose_table(panel, "above_below")
    line = panel.page("set").settings.typed.fields["formula"]
    line.selectAll()
    qtbot.keyClicks(line, "x**2 - 0.5")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    rows = panel.context.session.dataset
    np.testing.assert_array_equal(rows.targets, (rows.inputs[:, 1] > rows.inputs[:, 0] ** 2 - 0.5).astype(int))


def test_typed_sentences_become_vocabulary_and_counts(panel: Any, qtbot: Any) -> None:
    _choose_table(panel, "sentences")
    area = panel.page("set").settings.typed.fields["text"]
    assert area.toPlainText().splitlines()[0] == "the sun is shining = 0"
    area.selectAll()
    area.insertPlainText("Sun and sun = nice\nrain = bad")
    area.accept()
    rows = panel.context.session.dataset
    assert rows.input_names == ("and", "rain", "sun")
    assert rows.inputs.tolist() == [[1, 0, 2], [0, 1, 0]] and rows.class_names == ("bad", "nice")
    panel.page("set").settings.typed.fields["fold_case"].click()
    assert panel.context.session.dataset.input_names == ("Sun", "and", "rain", "sun")


def test_sentences_that_cannot_be_read_change_nothing_and_turn_red(panel: Any, qtbot: Any) -> None:
    _choose_table(panel, "sentences")
    before = panel.context.session.document
    area = panel.page("set").settings.typed.fields["text"]
    area.selectAll()
    qtbot.keyClicks(area, "no class at all")
    area.accept()
    assert panel.context.session.document is before
    assert area.palette().text().color() == current().colour("error")
    assert area.toPlainText() == "no class at all"


def test_every_set_is_described_where_it_is_chosen(panel: Any) -> None:
    tips = {panel.page("set").pictures.item(row).toolTip() for row in range(panel.page("set").pictures.count())}
    tips |= {
        panel.page("set").tables.itemData(row, Qt.ItemDataRole.ToolTipRole)
        for row in range(panel.page("set").tables.count())
    }
    assert all(any(kind.description in tip for tip in tips) for kind in datasets)


def headings(panel: Any) -> list[str]:
    rows = panel.shown.rows.rows
    return [str(rows.headerData(place, Qt.Orientation.Horizontal)) for place in range(rows.columnCount())]


def click_heading(panel: Any, column: int, qtbot: Any) -> None:
    header = panel.shown.rows.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(column) + header.sectionSize(column) // 2, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_pages_are_made_when_somebody_opens_them(panel: Any, qtbot: Any) -> None:
    assert list(panel._pages) == ["set"]
    choose(panel.choice, "table", qtbot)
    assert panel.shown.rows.isVisible()
    assert not panel.page("set").isVisible()


def test_the_table_says_what_a_column_is_and_to_which_part_a_row_belongs(panel: Any, qtbot: Any) -> None:
    session = panel.context.session
    session.edit(set_split(session.document, validation=0.2, test=0.1), "split")
    choose(panel.choice, "table", qtbot)
    assert headings(panel) == ["x1\ninput", "x2\ninput", "class\ntarget", "part\n"]
    model = panel.shown.rows.rows
    found = [model.index(row, 3).data() for row in range(model.rowCount())]
    counts = {part: found.count(part) for part in set(found)}
    assert counts == {"train": 175, "dev": 50, "test": 25}
    assert all(found[row] == "test" for row in session.prepared.test)
    assert model.index(0, 2).data() in ("outer", "inner")


def test_a_heading_sorts_there_and_back_and_as_it_was(panel: Any, qtbot: Any) -> None:
    choose(panel.choice, "table", qtbot)
    inputs = panel.context.session.dataset.inputs
    model = panel.shown.rows.rows
    orders = []
    for _ in range(3):
        click_heading(panel, 1, qtbot)
        orders.append([model.row_at(place) for place in range(model.rowCount())])
    rising, falling, plain = (inputs[order, 1] for order in orders)
    np.testing.assert_array_equal(rising, np.sort(inputs[:, 1]))
    np.testing.assert_array_equal(falling, np.sort(inputs[:, 1])[::-1])
    np.testing.assert_array_equal(plain, inputs[:, 1])
    assert headings(panel)[1] == "x2\ninput"


def test_in_a_sorted_table_rows_keep_their_numbers(panel: Any, qtbot: Any) -> None:
    choose(panel.choice, "table", qtbot)
    table, dataset = panel.shown.rows, panel.context.session.dataset
    click_heading(panel, 0, qtbot)
    lowest = int(np.argmin(dataset.inputs[:, 0]))
    assert table.rows.headerData(0, Qt.Orientation.Vertical) == str(lowest + 1)
    table.clicked.emit(table.rows.index(0, 0))
    assert panel.context.selection.rows == {lowest}
    table.rows.setData(table.rows.index(0, 0), "-3")
    assert panel.context.session.dataset.inputs[lowest, 0] == -3
    panel.context.selection.select_rows([7], "row 8")
    place = table.rows.place_of(7)
    assert table.rows.index(place, 0).data(Qt.ItemDataRole.BackgroundRole) is not None


def test_every_row_is_copied_with_every_digit(panel: Any, qtbot: Any) -> None:
    choose(panel.choice, "table", qtbot)
    dict(panel.offers(None))["Copy as CSV"]()
    lines = QGuiApplication.clipboard().text().splitlines()
    dataset = panel.context.session.dataset
    assert lines[0] == "row,x1,x2,class,part"
    assert len(lines) == dataset.n + 1
    number, first, second, name, part = lines[5].split(",")
    assert (number, name, part) == ("5", dataset.class_names[dataset.targets[4]], "train")
    assert (float(first), float(second)) == tuple(dataset.inputs[4])


def test_many_rows_and_columns_are_shown_and_sorted_at_once(panel: Any, qtbot: Any) -> None:
    inputs = np.random.default_rng(3).normal(size=(20_000, 300))
    rows = measured("Many", inputs, inputs[:, 0])
    session = panel.context.session
    session.edit(set_data(session.document, DataSpec("table", dataset=rows)), "data")
    with at_once():
        choose(panel.choice, "table", qtbot)
        panel.shown.rows.rows.sort(7)
        qtbot.wait(1)
    assert panel.shown.rows.rows.row_at(0) == int(np.argmin(inputs[:, 7]))


def test_parity_offers_two_to_eight_bits(panel: Any) -> None:
    _choose_table(panel, "parity")
    bits = panel.page("set").settings.sliders["bits"]
    assert bits.value() == 4 and panel.context.session.dataset.n == 16
    bits.moved.emit("bits", 8)
    assert (panel.context.session.dataset.d, panel.context.session.dataset.n) == (8, 256)


@pytest.mark.parametrize("key", ["weather", "car_prices", "parity", "digits", "iq_salary", "cgpa_salary"])
def test_tables_of_the_course_are_chosen_and_described(panel: Any, key: str) -> None:
    tip = panel.page("set").tables.itemData(panel.page("set").tables.findData(key), Qt.ItemDataRole.ToolTipRole)
    assert tip == datasets.get(key).description
    _choose_table(panel, key)
    assert panel.context.session.document.data.kind == key
    assert str(panel.context.session.dataset.d) in panel.page("set").summary.text()


def test_a_page_takes_half_of_the_window_and_gives_it_back(qtbot: QtBot) -> None:
    robot = robot_at_window(qtbot)
    robot.start_on_canvas()
    panel = robot.panel("data")
    usual = panel.width()
    assert not panel.wide.isVisible()
    choose(panel.choice, "plot", qtbot)
    robot.click(panel.wide)
    robot.wait(lambda: panel.width() > 1.4 * usual)  # as much as the canvas leaves
    robot.click(panel.wide)
    robot.wait(lambda: abs(panel.width() - usual) < 4)
    robot.click(panel.wide)
    choose(panel.choice, "set", qtbot)
    robot.wait(lambda: abs(panel.width() - usual) < 4)
    close_window(robot)
