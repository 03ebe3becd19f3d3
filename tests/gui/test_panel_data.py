"""The data panel chooses sets, moves their settings as one undoable change a drag, and says what was done."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from dlviz.core.errors import DlvizError
from dlviz.data.builtin import datasets
from dlviz.data.spec import DataSpec
from dlviz.gui.panels.data.panel import DataPanel
from dlviz.gui.panels.data.thumbnails import SHOWN, thumbnail_points
from dlviz.gui.theme import current
from dlviz.session.document import Document
from dlviz.session.edits import set_units
from dlviz.session.presets import document_for
from tests.gui.panel_stage import make_context


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
    return panel.pictures.visualItemRect(panel.pictures.item(row)).center()


def _choose_table(panel: DataPanel, key: str) -> None:
    index = panel.tables.findData(key)
    panel.tables.setCurrentIndex(index)
    panel.tables.activated.emit(index)


def test_every_built_in_set_can_be_reached(panel: Any) -> None:
    listed = {panel.tables.itemData(row) for row in range(panel.tables.count())}
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
    rects = [panel.pictures.visualItemRect(panel.pictures.item(row)) for row in range(len(SHOWN))]
    assert len({rect.top() for rect in rects}) == 2
    assert all(rect.left() >= 0 and rect.right() - 8 <= panel.pictures.width() for rect in rects)


def test_clicking_a_picture_takes_the_set_with_its_network(panel: Any, qtbot: Any) -> None:
    qtbot.mouseClick(panel.pictures.viewport(), Qt.MouseButton.LeftButton, pos=_tile(panel, "spiral"))
    session = panel.context.session
    assert session.document.network == document_for("spiral").network
    assert session.edits == [("Data: Spiral", "")]
    assert "300 rows" in panel.summary.text()


def test_arrow_keys_choose_the_next_set(panel: Any, qtbot: Any) -> None:
    panel.pictures.setFocus()
    qtbot.keyClick(panel.pictures, Qt.Key.Key_Right)
    assert panel.context.session.document.data.kind == SHOWN[1]


def test_a_network_of_ones_own_is_kept(panel: Any, qtbot: Any) -> None:
    session = panel.context.session
    own = set_units(session.document, "h1", 6)
    session.edit(own, "More units")
    qtbot.mouseClick(panel.pictures.viewport(), Qt.MouseButton.LeftButton, pos=_tile(panel, "moons"))
    assert session.document.data.kind == "moons"
    assert session.document.network.layers[0].settings["units"] == 6


def test_a_table_sets_width_and_outputs(panel: Any) -> None:
    _choose_table(panel, "iris")
    session = panel.context.session
    assert session.document.network.inputs[0].shape == (4,)
    assert "4 inputs → 3 classes" in panel.summary.text()
    assert not panel.pictures.selectedItems()
    assert panel.applied.text().startswith("Each input")
    assert "sepal" in panel.applied.toolTip()


def test_a_drag_is_one_change_and_the_next_another(panel: Any) -> None:
    slider = panel.settings.sliders["noise"].slider
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
    panel.settings.changed.emit("samples", 100)
    panel.settings.changed.emit("train", 0.8)
    prepared = panel.context.session.prepared
    assert (prepared.dataset.n, len(prepared.train), len(prepared.validation)) == (100, 80, 20)
    assert "100 rows · 80 train · 20 dev" in panel.summary.text()


def test_the_share_slider_is_shown_as_it_stands(panel: Any) -> None:
    assert panel.settings.train.value() == 70
    panel.settings.train.slider.setValue(panel.settings.train.slider.value() + 5)
    assert panel.context.session.document.data.split.validation == pytest.approx(0.25)


def test_next_seed_draws_other_points(panel: Any, qtbot: Any) -> None:
    before = panel.context.session.dataset.inputs
    qtbot.mouseClick(panel.settings.seed.again, Qt.MouseButton.LeftButton)
    assert not np.array_equal(before, panel.context.session.dataset.inputs)
    assert panel.settings.seed.number.value() == 1


def test_the_seed_of_a_table_deals_another_split(panel: Any, qtbot: Any) -> None:
    _choose_table(panel, "iris")
    before = panel.context.session.prepared.validation
    qtbot.mouseClick(panel.settings.seed.again, Qt.MouseButton.LeftButton)
    assert not np.array_equal(before, panel.context.session.prepared.validation)


def test_scaling_is_switched_and_told(panel: Any) -> None:
    index = panel.scaling.findData("minmax")
    panel.scaling.setCurrentIndex(index)
    panel.scaling.activated.emit(index)
    session = panel.context.session
    assert session.document.data.scaling == "minmax"
    assert panel.applied.text().split("\n")[0] == session.prepared.scaler.describe()[0]


def test_a_refused_change_is_told_and_taken_back(panel: Any, monkeypatch: Any) -> None:
    def refuse(document: Document, label: str, merge: str = "") -> None:
        raise DlvizError("Expected something else.")

    monkeypatch.setattr(panel.context.session, "edit", refuse)
    panel.settings.sliders["noise"].slider.setValue(700)
    assert [str(message) for message in panel.context.session.messages] == ["Expected something else."]
    assert panel.settings.sliders["noise"].value() == pytest.approx(0.03)


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
    assert "heights.csv" in panel.summary.text()


def test_a_rising_line_rises_in_its_picture(panel: Any) -> None:
    rect = panel.pictures.visualItemRect(panel.pictures.item(SHOWN.index("line")))
    image = panel.pictures.viewport().grab(rect).toImage()
    coloured = [
        (x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).saturation() > 120
    ]
    x, y = np.array(coloured).T
    assert np.corrcoef(x, y)[0, 1] < -0.9


def test_settings_of_the_set_before_are_gone_at_once(panel: Any) -> None:
    before = list(panel.settings.sliders.values())
    panel.context.session.edit(document_for("sine"), "data")
    assert set(panel.settings.sliders) == {"samples", "noise", "periods"}
    assert not any(slider.isVisible() for slider in before)


def test_long_names_end_in_dots_and_are_whole_when_there_is_room(panel: Any) -> None:
    panel.tables.setCurrentIndex(panel.tables.findData("digits"))
    panel.resize(230, 560)
    assert panel.tables.shown_text().endswith("…")
    panel.resize(500, 560)
    assert panel.tables.shown_text() == panel.tables.currentText()


def test_a_typed_formula_moves_the_points(panel: Any, qtbot: Any) -> None:
    _choose_table(panel, "above_below")
    line = panel.settings.typed.fields["formula"]
    line.selectAll()
    qtbot.keyClicks(line, "x**2 - 0.5")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    rows = panel.context.session.dataset
    np.testing.assert_array_equal(rows.targets, (rows.inputs[:, 1] > rows.inputs[:, 0] ** 2 - 0.5).astype(int))


def test_typed_sentences_become_vocabulary_and_counts(panel: Any, qtbot: Any) -> None:
    _choose_table(panel, "sentences")
    area = panel.settings.typed.fields["text"]
    assert area.toPlainText().splitlines()[0] == "the sun is shining = 0"
    area.selectAll()
    area.insertPlainText("Sun and sun = nice\nrain = bad")
    area.accept()
    rows = panel.context.session.dataset
    assert rows.input_names == ("and", "rain", "sun")
    assert rows.inputs.tolist() == [[1, 0, 2], [0, 1, 0]] and rows.class_names == ("bad", "nice")
    panel.settings.typed.fields["fold_case"].click()
    assert panel.context.session.dataset.input_names == ("Sun", "and", "rain", "sun")


def test_sentences_that_cannot_be_read_change_nothing_and_turn_red(panel: Any, qtbot: Any) -> None:
    _choose_table(panel, "sentences")
    before = panel.context.session.document
    area = panel.settings.typed.fields["text"]
    area.selectAll()
    qtbot.keyClicks(area, "no class at all")
    area.accept()
    assert panel.context.session.document is before
    assert area.palette().text().color() == current().colour("error")
    assert area.toPlainText() == "no class at all"


def test_every_set_is_described_where_it_is_chosen(panel: Any) -> None:
    tips = {panel.pictures.item(row).toolTip() for row in range(panel.pictures.count())}
    tips |= {panel.tables.itemData(row, Qt.ItemDataRole.ToolTipRole) for row in range(panel.tables.count())}
    assert all(any(kind.description in tip for tip in tips) for kind in datasets)
