"""PCA as the plane of the output map: points, shares, the inputs of a place, and the choice kept with the document."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from dlviz.core.evaluate import Evaluator
from dlviz.gui.panels.output.map_page import MapPage
from dlviz.gui.theme import theme_signals
from dlviz.session.map_plane import MAP_PLANE, plane_in
from dlviz.session.presets import document_for
from tests.gui.robot import LEFT, NONE, Robot, close_window, robot_at_window


def at(qtbot: QtBot, kind: str) -> Robot:
    made = robot_at_window(qtbot)
    made.start_on_canvas()
    made.running.session.start_over(document_for(kind), "Data")
    made.wait(lambda: made.frame.document.data.kind == kind)
    made.pause()
    return made


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = at(qtbot, "iris")
    yield made
    close_window(made)
    theme_signals.use("light")


def page_of(robot: Robot) -> MapPage:
    return robot.panel("output").map


def choose(robot: Robot, key: str) -> MapPage:
    """Click on the words that choose what spans the map, and wait for the map."""
    page = page_of(robot)
    spans = page.controls.spans
    index = next(k for k in range(spans.count()) if spans.tabData(k) == key)
    robot.bot.mouseClick(spans, LEFT, NONE, spans.tabRect(index).center())
    robot.wait(lambda: page.values is not None and (page.plane.principal is not None) == (key == "pca"))
    return page


def svd_of(robot: Robot) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, two components with their largest entry positive, and their shares, by singular values."""
    prepared = robot.running.session.prepared
    train = prepared.inputs[prepared.train]
    _, singular, right = np.linalg.svd(train - train.mean(axis=0), full_matrices=False)
    signs = np.sign([each[np.abs(each).argmax()] for each in right[:2]])
    return train.mean(axis=0), right[:2] * signs[:, None], singular[:2] ** 2 / np.sum(singular**2)


def test_points_and_words_are_those_of_the_singular_values(robot: Robot) -> None:
    page = choose(robot, "pca")
    mean, components, shares = svd_of(robot)
    prepared, context = robot.running.session.prepared, robot.window.context
    assert page.frame.map.points is not None
    np.testing.assert_allclose(page.frame.map.points.places, (prepared.inputs - mean) @ components.T, atol=1e-8)
    across, up = (f"{context.number(100 * share, 3)}\u202f%" for share in shares)
    assert page.controls.shares.text() == f"→ PC 1 ({across} of the variance)  ↑ PC 2 ({up} of the variance)"
    lost = f"{context.number(100 * (1 - shares.sum()), 3)}\u202f%"
    assert page.controls.fixed.text() == f"the plane through the mean; {lost} of the variance is not in it"
    assert not page.controls.across.isVisible() and not page.controls.more.isVisible()


def test_the_picture_is_the_prediction_at_the_inputs_of_its_cells(robot: Robot) -> None:
    page = choose(robot, "pca")
    robot.running.session.step("epoch")
    robot.wait(lambda: robot.frame.step > 0 and robot.frame.maps is not None and robot.frame.parameters is not None)
    robot.settle()
    document, prepared, frame = robot.frame.document, robot.running.session.prepared, robot.frame
    evaluator = Evaluator(document.network, document.training.objective, "float64")
    evaluator.load({name: np.asarray(each) for name, each in frame.parameters.items()})
    side, (x0, x1, y0, y1) = page.values.shape[-1], page.plane.extent
    y, x = np.mgrid[0:side, 0:side]
    places = np.column_stack([x0 + (x.ravel() + 0.5) / side * (x1 - x0), y0 + (y.ravel() + 0.5) / side * (y1 - y0)])
    mean, components, _ = svd_of(robot)
    measured = prepared.scaler.invert(mean + places @ components)
    wanted = evaluator.outputs(prepared.scaler.apply(measured)).T.reshape(page.values.shape)
    np.testing.assert_allclose(page.values, wanted, atol=2e-5)


def test_the_pointer_reads_the_inputs_of_the_place(robot: Robot) -> None:
    page = choose(robot, "pca")
    view = page.frame.map
    place = QPoint(round(view.square().width() * 0.3), round(view.square().height() * 0.6))
    robot.bot.mouseMove(view, place)
    at = np.array([view.to_units(place.toPointF())])
    mean, components, _ = svd_of(robot)
    inputs = robot.running.session.prepared.scaler.invert(mean + at @ components)[0]
    names, context = robot.running.session.dataset.input_names, robot.window.context
    said = ", ".join(f"{name} {context.number(value, 3)}" for name, value in zip(names, inputs, strict=True))
    assert page.controls.fixed.text() == said
    assert robot.panel("output").info.startswith("PC 1 ") and "→" in robot.panel("output").info
    robot.bot.mouseMove(robot.panel("output").views)
    view.pointed.emit(None)
    assert page.controls.fixed.text().startswith("the plane through the mean")


def test_back_to_two_inputs_brings_their_sliders_and_points(robot: Robot) -> None:
    page = choose(robot, "pca")
    page = choose(robot, "axes")
    dataset = robot.running.session.dataset
    np.testing.assert_array_equal(page.frame.map.points.places, dataset.inputs[:, :2])
    assert page.controls.across.isVisible() and page.controls.more.isVisible()
    assert "training means" in page.controls.fixed.toolTip()


@pytest.mark.parametrize(("kind", "d"), [("wine", 13), ("digits", 64)])
def test_of_many_inputs_the_map_begins_with_pca(qtbot: QtBot, kind: str, d: int) -> None:
    robot = at(qtbot, kind)
    panel = robot.panel("output")
    robot.bot.mouseClick(panel.views, LEFT, NONE, panel.views.tabRect(0).center())
    robot.wait(lambda: panel.map.plane.principal is not None and panel.map.values is not None)
    assert panel.map.controls.is_principal
    assert len(panel.map.plane.principal.components.centre) == d
    assert len(panel.map.frame.map.points.places) == robot.running.session.dataset.n
    close_window(robot)


def test_the_image_at_the_pointer_is_shown_where_the_inputs_are_images(qtbot: QtBot) -> None:
    robot = at(qtbot, "digits")
    panel = robot.panel("output")
    robot.bot.mouseClick(panel.views, LEFT, NONE, panel.views.tabRect(0).center())
    robot.wait(lambda: panel.map.plane.principal is not None and panel.map.values is not None)
    view, image = panel.map.frame.map, panel.map.image
    assert not image.isVisible()
    for share, is_right in ((0.2, True), (0.8, False)):
        place = QPoint(round(view.square().width() * share), round(view.square().height() * 0.7))
        robot.bot.mouseMove(view, place)
        at_place = np.array([view.to_units(place.toPointF())])
        wanted = panel.map.plane.principal.inputs_at(at_place).reshape(1, 8, 8)
        assert image.isVisible() and (image.x() > view.width() / 2 - image.width() / 2) == is_right
        np.testing.assert_allclose(image.image, wanted)
    view.pointed.emit(None)
    assert not image.isVisible()
    close_window(robot)


def test_the_choice_is_saved_with_the_document_and_taken_over_again(robot: Robot, tmp_path: Path) -> None:
    page, session = choose(robot, "pca"), robot.running.session
    session.save(tmp_path / "pca.dlviz")
    choose(robot, "axes")
    session.save(tmp_path / "axes.dlviz")
    page.controls.up.setCurrentIndex(3)
    page.controls.up.activated.emit(3)
    session.save(tmp_path / "others.dlviz")
    names = session.dataset.input_names
    for name, kept, axes in (("pca", "pca", None), ("axes", [names[0], names[1]], (0, 1)),
                             ("others", [names[0], names[3]], (0, 3))):  # fmt: skip
        session.open(tmp_path / f"{name}.dlviz")
        assert list(session.view[MAP_PLANE]) == list(kept)
        assert page.controls.is_principal == (axes is None)
        assert axes is None or page.controls.axes == axes
    assert "undo" not in session.undo_label, "a choice of view is no edit"


@pytest.mark.parametrize("kept", [None, 3, "PCA", [], ["a"], ["a", "a"], ["a", "x"], [0, 1], {"a": "b"}])
def test_what_is_no_plane_of_these_inputs_is_passed_over(kept: object) -> None:
    assert plane_in({MAP_PLANE: kept}, ("a", "b", "c")) is None
    assert plane_in({}, ("a", "b")) is None


def test_planes_are_found_by_the_names_of_their_inputs() -> None:
    assert plane_in({MAP_PLANE: ["c", "a"]}, ("a", "b", "c")) == (2, 0)
    assert plane_in({MAP_PLANE: "pca"}, ("a", "b", "c")) == "pca"
