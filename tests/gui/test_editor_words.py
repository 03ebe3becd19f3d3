"""Words on the canvas: titles that give way in a sensible order, and weights written clear of the tiles."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from dlviz.core.choice import Choice
from dlviz.core.inference import shapes
from dlviz.core.network import LayerSpec, NetworkSpec, dense
from dlviz.gui.editor import captions
from dlviz.gui.editor.blocks import MAP_TILE, STEP_TILE
from dlviz.gui.editor.captions import hot_spots
from dlviz.gui.editor.labels_item import LabelsItem
from dlviz.gui.editor.layout import Layout, arrange
from dlviz.gui.editor.legend import Legend
from dlviz.gui.theme import LIGHT

pytestmark = pytest.mark.usefixtures("qapp")
DEEP = NetworkSpec((*(dense(f"h{k}", 3, "tanh") for k in range(9)), dense("o", 1, "tanh")))
SMALL = NetworkSpec((dense("h", 2, "sigmoid"), dense("o", 2, "sigmoid")))


def titles(spec: NetworkSpec, zoom: float) -> list[str]:
    layout = arrange(spec, shapes(spec))
    hots = hot_spots(spec, layout, lambda point: QPointF(point.x() * zoom, point.y()), is_editing=False)
    return [hot.text for hot in hots if hot.kind == "title"]


def test_titles_say_all_where_there_is_room() -> None:
    assert titles(DEEP, 2.0)[1] == "Dense 3 · tanh"
    assert titles(DEEP, 2.0)[-1] == "Output · tanh"


@pytest.mark.parametrize("zoom", [0.9, 0.7, 0.5])
def test_narrow_titles_are_whole_words(zoom: float) -> None:
    assert set(titles(DEEP, zoom)[1:]) <= {"3 · tanh", "tanh", "Output · tanh"}


def step_layout(width: float) -> Layout:
    return arrange(SMALL, shapes(SMALL), (width, 300.0), STEP_TILE)


@pytest.mark.parametrize("width", [700.0, 1000.0])
def test_weight_on_a_link_covers_no_tile(width: float) -> None:
    layout, item = step_layout(width), LabelsItem(LIGHT)
    item.place(layout, ["w¹₁₂ = −0.1", *[""] * (len(layout.links) - 1)])
    edges = [layout.blocks["x"].x + layout.tile.width / 2, layout.blocks["h"].x - layout.tile.width / 2]
    assert edges[0] < item.boundingRect().left() and item.boundingRect().right() < edges[1]


def test_pictures_grow_where_there_is_room_and_values_do_not() -> None:
    room = (1400.0, 900.0)
    assert arrange(SMALL, shapes(SMALL), room, MAP_TILE).tile.width == pytest.approx(1.5 * MAP_TILE.width)
    assert arrange(SMALL, shapes(SMALL), room, STEP_TILE).tile.width == STEP_TILE.width
    assert arrange(DEEP, shapes(DEEP), room, MAP_TILE).tile.width < 1.2 * MAP_TILE.width


def test_layers_between_say_what_they_are_and_count_no_units_again() -> None:
    between = (
        LayerSpec("n1", "batch_norm", (), {"activation": Choice("tanh")}),
        LayerSpec("d1", "dropout", (), {"rate": 0.3}),
        LayerSpec("n2", "layer_norm"),
        LayerSpec("a1", "activation"),
    )
    spec = NetworkSpec((dense("h", 3, "tanh"), *between, dense("o", 1)))
    assert titles(spec, 3.0)[2:-1] == ["Batch norm · tanh", "Dropout 0.3", "Layer norm", "Activation · ReLU"]
    narrow = titles(spec, 0.6)[2:-1]
    assert narrow[0] in ("norm · tanh", "Batch norm", "norm")
    assert narrow[1:] == ["Dropout", "norm", "ReLU"]


def test_layers_with_one_set_of_parameters_have_one_mark_and_say_whose_it_is() -> None:
    spec = NetworkSpec((dense("g", 3), dense("h", 3), LayerSpec("h2", shares="h"), dense("o", 1)))
    layout = arrange(spec, shapes(spec))
    hots = hot_spots(spec, layout, lambda point: QPointF(point.x() * 3, point.y()), is_editing=True)
    shown = {hot.node: hot for hot in hots if hot.kind == "title"}
    assert [node for node, hot in shown.items() if hot.text.startswith("≡ Dense 3")] == ["h", "h2"]
    assert all("layer 2, which 2 layers share" in captions.tip(shown[node]) for node in ("h", "h2"))
    assert "share" not in captions.tip(shown["g"]) + captions.tip(shown["o"])


@pytest.mark.parametrize(
    ("title", "shorter"),
    [
        ("Conv2d 288 · ReLU", ("Conv2d 288", "Conv2d", "288")),
        ("Max pool 72", ("Max pool", "72")),
        ("Dense 4 · tanh", ("4 · tanh", "tanh", "4")),
        ("Dropout 0.3", ("Dropout",)),
    ],
)
def test_a_narrow_column_keeps_the_kind_of_a_layer_that_is_not_dense(title: str, shorter: tuple[str, ...]) -> None:
    assert captions._shorter(title) == shorter


def test_numbers_wider_than_the_gap_are_left_out() -> None:
    layout, item = step_layout(700), LabelsItem(LIGHT)
    item.place(layout, ["0.4"] * len(layout.links))
    assert "0.4" in item._texts
    item.place(layout, ["−0.0003919 · 0.0003919 · 0.0003919"] * len(layout.links))
    assert item._texts == []


def test_every_gradient_of_two_layers_of_two_is_written() -> None:
    layout, item = step_layout(700), LabelsItem(LIGHT)
    item.place(layout, ["0.0009954"] * len(layout.links))
    assert len(item._texts) == len(layout.links)


def test_a_narrow_canvas_keeps_the_colours_of_the_legend(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    legend = Legend(parent)
    whole = legend.sizeHint().width()
    legend.use_room(whole - 1)
    assert legend.texts()[2] == "" and legend.texts()[:2] == ("weight −4", "+4")
    assert legend.sizeHint().width() < whole
    legend.use_room(whole)
    assert "dash = negative" in legend.texts()[2]
