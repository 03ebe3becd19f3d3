"""The hidden space: where layers put rows and grid, against a few lines of NumPy, and the slider between them."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from dlviz.core.network import NetworkSpec, dense
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.gui.panels.output.hidden_page import STEPS, HiddenPage
from dlviz.gui.panels.output.hidden_view import MARGIN, fitted
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.frames import FrameMaker
from dlviz.session.hidden_space import grid_lines
from dlviz.session.messages import Frame, Interest
from dlviz.session.presets import document_for
from dlviz.session.run import Run
from tests.gui.test_output_pages import Desk

HIDDEN = frozenset({"hidden", "parameters"})


def moons(*units: int) -> Document:
    layers = [dense(f"h{k}", count, "tanh") for k, count in enumerate(units, 1)]
    data = DataSpec("moons", split=SplitSpec(validation=0.3, seed=3))
    network = NetworkSpec((*layers, dense("o", 1, "tanh")))
    return Document(dtype="float64", data=data, network=network, training=TrainingSpec(batch_size=20))


def frame_of(run: Run, maker: FrameMaker) -> Frame:
    maker.interest = Interest(HIDDEN, extent=(-1.5, 2.5, -1.0, 1.5))
    return maker.make(run, is_running=False)


def test_two_units_are_themselves_and_the_grid_is_what_the_layers_make_of_it() -> None:
    run = Run(moons(2, 5))
    run.advance(30)
    frame = frame_of(run, FrameMaker())
    p, x = frame.parameters, run.prepared.inputs[frame.hidden.rows]
    first = np.tanh(x @ p["h1.W"].T + p["h1.b"])
    inputs, h1, h2, out = frame.hidden.layers
    np.testing.assert_allclose(inputs.places, x, atol=1e-6)
    np.testing.assert_allclose(h1.places, first, atol=1e-5)
    assert h1.shares is None and [layer.units for layer in frame.hidden.layers] == [2, 2, 5, 1]
    lines, shape = grid_lines((-1.5, 2.5, -1.0, 1.5), 2, 13, 41)
    np.testing.assert_allclose(inputs.grid, lines.reshape(*shape, 2), atol=1e-6)
    warped = np.tanh(lines @ p["h1.W"].T + p["h1.b"])
    np.testing.assert_allclose(h1.grid, warped.reshape(*shape, 2), atol=1e-5)
    second = np.tanh(first @ p["h2.W"].T + p["h2.b"])
    _, singular, right = np.linalg.svd(second - second.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(h2.shares, singular[:2] ** 2 / np.sum(singular**2), atol=1e-5)
    np.testing.assert_allclose(np.abs(h2.places), np.abs((second - second.mean(axis=0)) @ right[:2].T), atol=1e-4)
    assert not out.places[:, 1].any()


def test_planes_keep_their_sides_while_training() -> None:
    run, maker = Run(moons(6)), FrameMaker()
    before = None
    for _ in range(40):
        run.advance(5)
        places = frame_of(run, maker).hidden.layers[1].places
        if before is not None:
            assert (np.sum(places * before, axis=0) > 0).all(), "a direction flipped"
        before = places


def test_one_input_is_a_line_and_very_many_have_no_grid() -> None:
    along, shape = grid_lines((-1.0, 3.0, 0.0, 1.0), 1, 13, 41)
    assert shape == (1, 41) and along[0].tolist() == [-1, 0] and along[-1].tolist() == [3, 0]
    run = Run(document_for("digits"))
    layers = frame_of(run, FrameMaker()).hidden.layers
    assert layers[0].grid.shape == (0, 41, 2) and layers[0].units == 64 and layers[0].shares is not None


def test_a_layer_is_drawn_with_one_scale_for_both_directions() -> None:
    run = Run(moons(2))
    layer = frame_of(run, FrameMaker()).hidden.layers[1]
    drawn, known = fitted(layer), np.concatenate([layer.places, layer.grid.reshape(-1, 2)])
    side = (known.max(axis=0) - known.min(axis=0)).max()
    a, b = drawn.places[[0, 7]]
    np.testing.assert_allclose((b - a) * side / (1 - 2 * MARGIN), layer.places[7] - layer.places[0])
    assert drawn.places.min() >= MARGIN - 1e-9 and drawn.places.max() <= 1 - MARGIN + 1e-9


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(qtbot, moons(2, 5), 40)
    yield made
    made.session.close()


def open_hidden(desk: Desk) -> HiddenPage:
    desk.open("hidden")
    return desk.panel.hidden


def test_the_slider_goes_from_layer_to_layer_and_between(desk: Desk) -> None:
    page = open_hidden(desk)
    assert page.slider.maximum() == 3 * STEPS and page.name.text() == "layer 2"
    assert page.words() == "PCA of 5 numbers" and page.view.captions[0].startswith("PC 1: ")
    page.slider.setValue(STEPS)
    assert page.name.text() == "layer 1" and page.view.captions == ("→ unit 1", "↑ unit 2")
    page.slider.setValue(STEPS + STEPS // 2)
    first, second = (fitted(layer).places for layer in page.space.layers[1:3])
    np.testing.assert_allclose(page.view.drawn.places, (first + second) / 2)
    assert page.name.text() == "layer 1 → layer 2"
    page.slider.setValue(0)
    assert page.name.text() == "input" and page.view.captions == ("→ x₁", "↑ x₂")


def test_a_clicked_point_selects_its_row_and_selected_rows_are_ringed(desk: Desk, qtbot: QtBot) -> None:
    page = open_hidden(desk)
    page.slider.setValue(0)
    pixels = page.view.to_pixels(page.view.drawn.places)
    alone = int(np.argmax([np.partition(np.hypot(*(pixels - pixel).T), 1)[1] for pixel in pixels]))
    at = QPoint(*(round(float(value)) for value in pixels[alone]))
    qtbot.mouseClick(page.view, Qt.MouseButton.LeftButton, pos=at)
    assert desk.context.selection.rows == {int(page.space.rows[alone])}
    assert page.view.marked.tolist() == [alone]


def test_the_places_of_rows_can_be_copied(desk: Desk) -> None:
    page = open_hidden(desk)
    desk.panel.copy()
    head, first, *_ = QGuiApplication.clipboard().text().splitlines()
    assert head == "row,class,x,y"
    assert [float(cell) for cell in first.split(",")[2:]] == page.space.layers[2].places[0].tolist()
