"""The images of a data set: a grid by class, one image as a column of X, and 60 000 of them at once."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec
from dlviz.gui.panels.data.grid import ImageGrid
from dlviz.gui.panels.data.images import ImagePage
from dlviz.gui.selection import Selected
from dlviz.gui.theme import current, sequential
from dlviz.gui.widgets.pixels import picture
from dlviz.session.presets import document_for
from tests.guards import at_once
from tests.gui.robot import LEFT, NONE, Key, Robot


@pytest.fixture
def robot(robot_at_digits: Robot) -> Robot:
    return robot_at_digits


def open_page(robot: Robot) -> ImagePage:
    panel = robot.panel("data")
    choice = panel.choice  # type: ignore[attr-defined]
    keys = [choice.tabData(k) for k in range(choice.count())]
    robot.bot.mouseClick(choice, LEFT, NONE, choice.tabRect(keys.index("images")).center())
    page = panel.shown  # type: ignore[attr-defined]
    assert isinstance(page, ImagePage)
    robot.wait(page.isVisible)
    return page


def choose(page: ImagePage, words: str) -> None:
    page.which.setCurrentIndex(page.which.findText(words))
    page.which.activated.emit(page.which.currentIndex())


def test_the_page_is_there_for_images_alone(robot: Robot) -> None:
    open_page(robot)
    robot.running.session.start_over(document_for("iris"), "Iris")
    robot.settle()
    panel = robot.panel("data")
    choice = panel.choice  # type: ignore[attr-defined]
    assert "images" not in [choice.tabData(k) for k in range(choice.count())]
    assert choice.key() == "set"


def test_images_are_filtered_by_class_and_by_the_selected_rows(robot: Robot) -> None:
    page, rows = open_page(robot), robot.running.session.dataset
    assert page.count.text().replace("\N{NARROW NO-BREAK SPACE}", "") == "1797 images"
    np.testing.assert_array_equal(page.grid.rows, np.arange(rows.n))
    choose(page, "class 4")
    np.testing.assert_array_equal(page.grid.rows, np.flatnonzero(rows.targets == 4))
    assert {entry.value for entry in page.grid.entries()} == {"4"}
    choose(page, "selected rows")
    assert len(page.grid.rows) == 0
    assert page.grid.nothing.startswith("No rows are selected: click a point")
    robot.window.context.selection.select_rows([9, 3, 700], "true 4, predicted 9: 3 rows")
    assert page.grid.rows.tolist() == [3, 9, 700]


def test_a_click_selects_the_row_and_shows_it_as_a_column_of_the_matrix(robot: Robot) -> None:
    page, rows = open_page(robot), robot.running.session.dataset
    place = page.grid.columns + 1  # second image of the second line
    robot.bot.mouseClick(page.grid.viewport(), LEFT, NONE, page.grid.box(place).center())
    row = int(page.grid.rows[place])
    assert robot.window.context.selection.current == Selected("sample", unit=row)
    assert robot.window.context.selection.rows == {row}
    assert page.column.isVisible()
    matrix = page.column.matrix
    assert rows.image_shape == (1, 8, 8)
    np.testing.assert_array_equal(matrix.column, rows.inputs[row])
    np.testing.assert_array_equal(matrix.picture[0], rows.inputs[row].reshape(8, 8))
    np.testing.assert_array_equal(matrix.matrix, rows.inputs[matrix.first : matrix.first + 24].T)
    assert f"are column {row + 1} of X" in page.column.said.text()
    assert (
        page.column.said.text()
        .replace("\N{NARROW NO-BREAK SPACE}", "")
        .endswith("The 1797 images side by side: X is 64 × 1797.")
    )
    assert page.column.said.text().startswith("8 · 8 = 64 pixels")


def test_arrow_keys_go_from_image_to_image(robot: Robot) -> None:
    page = open_page(robot)
    page.grid.setFocus()
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Down):
        robot.key(key)
    assert page.grid.row == 1 + page.grid.columns
    robot.window.context.selection.select(Selected("sample", unit=1000))
    assert 1000 in [int(page.grid.rows[k]) for k in page.grid.shown_places()], "it is brought into view"


def test_pictures_have_the_colours_of_the_numbers() -> None:
    planes = np.array([[[0.0, 8.0], [16.0, 4.0]]])
    shown = picture(planes, 0.0, 16.0)
    assert (shown.width(), shown.height()) == (2, 2)
    for (y, x), value in np.ndenumerate(planes[0]):
        wanted = sequential(current())[int(255 * value / 16)]
        colour = shown.pixelColor(x, y)
        assert [colour.red(), colour.green(), colour.blue()] == wanted[:3].tolist()
    coloured = picture(np.array([[[1.0]], [[0.5]], [[0.0]]]), 0.0, 1.0).pixelColor(0, 0)
    assert (coloured.red(), coloured.green(), coloured.blue()) == (255, 127, 0)


def many(n: int, side: int) -> Dataset:
    inputs = np.zeros((n, side * side))
    inputs[:, ::7] = np.arange(n)[:, None] % 251
    labels = np.arange(n) % 10
    names = tuple(f"x{k}" for k in range(side * side))
    return Dataset("Many", "multiclass", inputs, labels, names, ("class",), tuple("0123456789"),
                   image_shape=(1, side, side))  # fmt: skip


def test_sixty_thousand_images_scroll_without_a_stall(qtbot: QtBot) -> None:
    grid = ImageGrid()
    qtbot.addWidget(grid)
    grid.resize(320, 560)
    grid.show_dataset(many(60_000, 28))
    grid.show_rows(np.arange(60_000))
    with qtbot.waitExposed(grid):
        grid.show()
    surface = QImage(grid.size(), QImage.Format.Format_RGB32)
    bar = grid.verticalScrollBar()
    for share in np.linspace(0, 1, 40):
        with at_once(1.0):  # 10 ms on a quiet machine
            bar.setValue(round(share * bar.maximum()))
            grid.render(surface)
    assert len(grid.shown_places()) < 200, "only what is in view is drawn"
    assert len(grid._pictures) <= 40 * 200


def test_a_streamed_set_shows_its_sample_by_the_numbers_of_the_whole(robot: Robot) -> None:
    page = open_page(robot)
    whole = many(100, 4)
    sample = replace(whole, stride=5)
    page.dataset = None
    page.grid.show_dataset(sample)
    page.grid.show_rows(np.arange(100))
    page.grid.mark(frozenset({10}))
    assert page.grid.words_of(2) == "row 11: 2"
    page.column.show_row(sample, 2, 500)
    assert "are column 11 of X" in page.column.said.text()
    assert DataSpec("table", dataset=sample).dataset is sample
    assert page.grid.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_every_page_has_room_and_can_be_reached(robot: Robot) -> None:
    """Six words fit beside each other in the narrowest panel, and no page grows over the bar below the panels."""
    panel = robot.panel("data")
    height = panel.height()
    choice = panel.choice  # type: ignore[attr-defined]
    open_page(robot)
    for index in range(choice.count()):
        assert choice.rect().contains(choice.tabRect(index)), choice.tabText(index)
        robot.click(choice, choice.tabRect(index).center())
        robot.bot.wait(20)
        assert panel.height() == height, choice.tabText(index)
