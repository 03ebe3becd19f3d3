"""Data come by drop, paste, menu and recent files, as tables, images, texts and arrays; nothing happens silently."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from dlviz.gui.panels.data.encoding import INTEGER, ONE_HOT, TargetEncoding
from dlviz.gui.panels.data.importing import ImportView
from dlviz.gui.panels.data.panel import DataPanel
from dlviz.gui.theme import theme_signals
from dlviz.session.presets import document_for
from tests.guards import at_once
from tests.gui.robot import Robot, close_window, no_stall, robot_at_window
from tests.unit.data.made_files import write_idx_pair, write_pictures

EXAMPLES = Path(__file__).parents[1] / "golden" / "worked_examples.json"
KINDS = "red", "green", "blue"


@pytest.fixture
def robot(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = robot_at_window(qtbot)
    yield made
    close_window(made)
    theme_signals.use("light")


def example(key: str) -> dict[str, object]:
    found = json.loads(EXAMPLES.read_text(encoding="utf-8"))["examples"]
    return next(each for each in found if each["id"] == key)


def opened(robot: Robot) -> ImportView:
    """Wait until the dialog shows what it read."""
    robot.wait(lambda: robot.window.findChild(ImportView) is not None)
    view: ImportView = robot.window.findChild(ImportView)
    robot.wait(lambda: view._pages.currentWidget() is view.page)
    return view


def accept(robot: Robot, view: ImportView, kind: str = "file") -> None:
    robot.click(view.accept_button)
    robot.wait(lambda: robot.running.session.document.data.kind == kind)


def drop(robot: Robot, place: QWidget, *paths: Path) -> None:
    """Drop files where a person would: on what lies under the pointer, or on what behind it takes drops."""
    target = place
    while not target.isWindow() and not target.acceptDrops():
        target = target.parentWidget()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), copy, mime, left, none)
    QGuiApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QGuiApplication.sendEvent(target, QDropEvent(QPointF(9, 9), copy, mime, left, none))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "made.csv"
    rows = [f"{i},{'' if i % 10 == 3 else i * i % 7},{KINDS[i % 3]},{'ab'[i % 2] if i % 8 else ''}" for i in range(60)]
    path.write_text("\n".join(["wide,high,kind,where", *rows]) + "\n")
    return path


@pytest.mark.parametrize("place", ["canvas", "data"])
def test_a_file_dropped_anywhere_is_shown_before_anything_changes(robot: Robot, table: Path, place: str) -> None:
    robot.start_on_canvas()
    before = robot.running.session.document
    drop(robot, robot.view.viewport() if place == "canvas" else robot.panel("data"), table)
    view = opened(robot)
    assert "60 rows" in view.page.heading.text() and "structured: a table" in view.page.heading.text()
    assert robot.running.session.document is before
    accept(robot, view)
    assert robot.running.session.document.data.settings["path"] == str(table)


def test_what_was_used_is_among_the_recent_files_and_opens_again(robot: Robot, table: Path) -> None:
    robot.start_on_canvas()
    robot.window.files.take(table)
    accept(robot, opened(robot))
    robot.wait(lambda: robot.window.findChild(ImportView) is None)
    robot.window.refresh()
    entry = robot.window.live["recent_0"]
    assert entry.isVisible() and entry.text().endswith("made.csv") and not robot.window.live["recent_1"].isVisible()
    entry.trigger()
    assert opened(robot).page.heading.text().startswith("made.csv")


@pytest.mark.parametrize(
    ("text", "rows", "columns"),
    [
        ("x\ty\tkind\n1\t2\ta\n3\t4\tb\n5\t6\ta\n", 3, ["x", "y", "kind"]),
        ("0,5;a\n1,5;b\n2,5;a\n", 3, ["column 1", "column 2"]),
        ('{"x": 1, "k": "a"}\n{"x": 2, "k": "b"}\n', 2, ["x", "k"]),
    ],
)
def test_cells_copied_from_a_spreadsheet_are_pasted(robot: Robot, text: str, rows: int, columns: list[str]) -> None:
    robot.start_on_canvas()
    QGuiApplication.clipboard().setText(text)
    robot.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    view = opened(robot)
    assert [column.name for column in view.page._table.info.columns] == columns
    accept(robot, view, "table")
    assert robot.running.session.dataset.n == rows


@pytest.mark.parametrize(
    ("text", "reason"),
    [("word", "One column alone has nothing to learn from"), ("2026-01-01\n2026-01-02", "No column can be predicted")],
)
def test_what_cannot_be_used_says_why_beside_the_button(robot: Robot, text: str, reason: str) -> None:
    robot.start_on_canvas()
    QGuiApplication.clipboard().setText(text)
    robot.window.live["paste_data"].trigger()
    view = opened(robot)
    assert not view.accept_button.isEnabled()
    assert view.reason.text().startswith(reason) and view.reason.isVisible()
    assert view.reason.text() in view.accept_button.toolTip()
    assert view.width() > 1000, "columns of a table stand beside each other"


def test_a_file_says_what_to_tick(robot: Robot, table: Path) -> None:
    robot.start_on_canvas()
    robot.window.files.take(table)
    view = opened(robot)
    assert view.reason.text() == ""
    for row in range(view.columns.inputs.count()):
        view.columns.inputs.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert view.reason.text() == "Tick a column to predict from."
    view.columns.inputs.item(0).setCheckState(Qt.CheckState.Checked)
    assert view.accept_button.isEnabled() and view.reason.text() == ""


def test_an_empty_clipboard_is_told_in_one_sentence(robot: Robot) -> None:
    robot.start_on_canvas()
    QGuiApplication.clipboard().clear()
    robot.window.live["paste_data"].trigger()
    robot.wait(lambda: "clipboard" in robot.message())
    assert robot.window.findChild(ImportView) is None


def test_several_files_that_do_not_belong_together_are_refused(robot: Robot, table: Path) -> None:
    robot.start_on_canvas()
    robot.window.files.take(table, table)
    robot.wait(lambda: "Expected one file" in robot.message())


def test_images_and_labels_dropped_together_are_one_set(robot: Robot, tmp_path: Path) -> None:
    images, labels = write_idx_pair(tmp_path, 50)
    robot.start_on_canvas()
    drop(robot, robot.view.viewport(), labels, images)
    view = opened(robot)
    assert "unstructured: images" in view.page.heading.text()
    assert view.page._shown.currentWidget() is view.page.images and len(view.page.images.rows) == 50
    assert view.page.images.words_of(3).startswith("row 4: 3")
    accept(robot, view)
    dataset = robot.running.session.dataset
    assert (dataset.image_shape, len(dataset.class_names)) == ((1, 28, 28), 10)
    assert robot.running.session.document.data.settings["labels"] == labels.name


def test_labels_beside_images_are_taken_only_by_a_click(robot: Robot, tmp_path: Path) -> None:
    images, labels = write_idx_pair(tmp_path, 20)
    robot.start_on_canvas()
    robot.window.files.take(images)
    view = opened(robot)
    assert not view.accept_button.isEnabled() and view.how.labels.usual.text() == f"Use {labels.name}"
    robot.click(view.how.labels.usual)
    robot.wait(view.accept_button.isEnabled)
    assert view.columns.target_name == "label" and "Labels: " in view.how.labels.words.text()


def test_two_thousand_images_appear_while_they_load(robot: Robot, tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "animals", 2000, (24, 24))
    robot.start_on_canvas()
    with no_stall():
        robot.window.files.take(folder)
        robot.wait(lambda: robot.window.findChild(ImportView) is not None)
        view: ImportView = robot.window.findChild(ImportView)
        robot.wait(lambda: len(view.waiting.images.rows) > 2)
        assert "of 2" in view.waiting.words.text() and not view.accept_button.isEnabled()
        opened(robot)
    accept(robot, view)
    assert (robot.running.session.dataset.n, robot.running.session.dataset.class_names) == (2000, ("cat", "dog"))


def test_cancelling_two_thousand_images_takes_less_than_a_second(robot: Robot, tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "animals", 2000, (24, 24))
    robot.start_on_canvas()
    before = robot.running.session.document
    robot.window.files.take(folder)
    view: ImportView = robot.window.findChild(ImportView)
    robot.wait(lambda: len(view.waiting.images.rows) > 2)
    with at_once():
        robot.click(view.cancel_button)
        robot.wait(lambda: robot.window.findChild(ImportView) is None)
    assert robot.running.session.document is before


def test_another_size_of_images_is_read_and_told(robot: Robot, tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "animals", 6, (24, 24))
    robot.start_on_canvas()
    robot.window.files.take(folder)
    view = opened(robot)
    sizes = view.how.images.size_choice
    index = sizes.findText("8 × 8")
    sizes.setCurrentIndex(index)
    sizes.activated.emit(index)
    robot.wait(lambda: "Images of 24 × 24 resized to 8 × 8: 6." in view.page.notes.toPlainText())
    accept(robot, view)
    assert robot.running.session.dataset.image_shape == (3, 8, 8)
    assert robot.running.session.document.data.settings["image_size"] == [8, 8]


@pytest.mark.parametrize(
    ("policy", "rows", "note"),
    [("drop", 46, "6 rows with missing inputs were left out."), ("mean", 52, "6 missing cells became the mean"),
     ("most_frequent", 52, ", the most frequent.")],
)  # fmt: skip
def test_missing_cells_are_left_out_or_filled_and_counted(
    robot: Robot, table: Path, policy: str, rows: int, note: str
) -> None:
    robot.start_on_canvas()
    robot.window.files.take(table)
    view = opened(robot)
    view.columns.target.setCurrentIndex(view.columns.target.findData("where"))
    view.columns.target.activated.emit(view.columns.target.currentIndex())
    view.columns.missing.set_key(policy)
    accept(robot, view)
    dataset = robot.running.session.dataset
    assert dataset.n == rows
    assert any(note in each for each in dataset.notes)
    assert any("8 rows without a target were left out" in each for each in dataset.notes)


def test_categories_become_columns_or_whole_numbers(robot: Robot, table: Path) -> None:
    robot.start_on_canvas()
    for key, names in (("one_hot", ("kind=blue", "kind=green", "kind=red")), ("integer", ("kind",))):
        robot.window.files.take(table)
        view = opened(robot)
        view.columns.categories.set_key(key)
        robot.click(view.accept_button)
        robot.wait(lambda: robot.window.findChild(ImportView) is None)
        found = robot.running.session.dataset
        assert found.input_names == ("wide", "high", *names)
    assert any("kind became whole numbers: blue = 0, green = 1, red = 2." in note for note in found.notes)


def test_labels_of_a_file_are_shown_as_numbers_and_the_choice_sets_the_loss(robot: Robot, tmp_path: Path) -> None:
    path = tmp_path / "weather.csv"
    rows = example("EX-11")["inputs"]["rows"]  # type: ignore[index]
    path.write_text("\n".join(["n,class", *(f"{i},{row}" for i, row in enumerate(rows * 4))]))
    robot.start_on_canvas()
    robot.window.files.take(path)
    view = opened(robot)
    view.page.encoded.heading.click()
    model = view.page.encoding.table.labels
    cells = [[model.data(model.index(row, column)) for column in range(model.columnCount())] for row in range(5)]
    # Of a file the classes are in alphabetical order: Rainy, Shady, Sunny, Windy.
    assert cells[0] == ["Sunny", "2", "0", "0", "1", "0"] and cells[4] == ["Shady", "1", "0", "1", "0", "0"]
    view.page.encoding.choice.set_key(ONE_HOT)
    view.page.encoding.choice.chosen.emit(ONE_HOT)
    accept(robot, view)
    assert robot.running.session.document.training.loss.kind == "categorical_cross_entropy"


def test_weather_is_the_worked_example_and_the_toggle_switches_the_loss(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.running.session.new(document_for("weather"))
    panel: DataPanel = robot.panel("data")
    panel.show_page("table")
    page = panel.shown
    page.which.set_key("labels")
    page.which.chosen.emit("labels")
    model, expected = page.labels.table.labels, example("EX-11")["expected"]
    shown = [[model.data(model.index(row, column)) for column in range(model.columnCount())] for row in range(5)]
    assert [int(row[1]) for row in shown] == expected["label_encoded"]  # type: ignore[index]
    assert [list(map(int, row[2:])) for row in shown] == expected["one_hot"]  # type: ignore[index]
    assert page.labels.choice.key() == INTEGER
    page.labels.choice.set_key(ONE_HOT)
    page.labels.choice.chosen.emit(ONE_HOT)
    assert robot.running.session.document.training.loss.kind == "categorical_cross_entropy"
    assert page.labels.choice.key() == ONE_HOT and "single 1" in page.labels.words.text()


def test_sentences_of_a_file_train_a_classifier(robot: Robot, tmp_path: Path) -> None:
    path = tmp_path / "said.txt"
    lines = ("the sun is shining\tnice", "the wind is cold and rough\tbad", "warm sun and calm sea\tnice",
             "cold rain and rough wind\tbad")  # fmt: skip
    path.write_text("\n".join(f"{'really ' * (i // 4)}{lines[i % 4]}" for i in range(20)))
    robot.start_on_canvas()
    robot.window.files.take(path)
    view = opened(robot)
    assert "text as a bag of words" in view.page.heading.text()
    accept(robot, view)
    dataset = robot.running.session.dataset
    assert dataset.is_text and "shining" in dataset.input_names
    panel: DataPanel = robot.panel("data")
    panel.show_page("table")
    rows = panel.shown.rows.rows
    assert rows.headerData(0, Qt.Orientation.Vertical).endswith("the sun is shining")
    column = dataset.input_names.index("the")
    assert rows.data(rows.index(0, column)) == "1"


def test_streaming_can_be_chosen_and_gives_the_same_numbers(robot: Robot, table: Path) -> None:
    robot.start_on_canvas()
    found = []
    for stream in (False, True):
        robot.window.files.take(table)
        view = opened(robot)
        view.columns.stream.setChecked(stream)
        robot.click(view.accept_button)
        robot.wait(lambda: robot.window.findChild(ImportView) is None)
        found.append(robot.running.session.dataset)
    assert [each.is_streamed for each in found] == [False, True]
    np.testing.assert_array_equal(found[0].inputs, found[1].inputs)
    assert any("streamed from disk" in note for note in robot.running.session.prepared.notes)


def test_weights_of_another_program_are_where_training_begins(robot: Robot, tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    values = np.arange(8.0).reshape(4, 2) / 10
    np.savez(path, **{"h1.W": values})
    robot.start_on_canvas()
    robot.answers.path = path
    robot.window.live["import_weights"].trigger()
    robot.wait(lambda: "1 parameters are those of weights.npz" in robot.message())
    np.testing.assert_array_equal(robot.running.session.document.parameters["h1.W"].array, values)
    robot.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    robot.wait(lambda: "h1.W" not in robot.running.session.document.parameters)


def test_weights_of_other_shapes_change_nothing(robot: Robot, tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    np.savez(path, **{"h1.W": np.ones((2, 4))})
    robot.start_on_canvas()
    robot.answers.path, before = path, robot.running.session.document
    robot.window.live["import_weights"].trigger()
    robot.wait(lambda: "Expected the shape [4, 2]" in robot.message())
    assert robot.running.session.document is before


def test_a_document_on_images_asks_for_its_folder_and_opens_it(robot: Robot, tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "animals", 6)
    robot.start_on_canvas()
    robot.window.files.take(folder)
    accept(robot, opened(robot))
    robot.wait(lambda: robot.window.findChild(ImportView) is None)
    document = tmp_path / "net.dlviz"
    robot.running.session.save(document)
    robot.window.files.open(document)
    robot.wait(lambda: f"the images of the folder {folder}" in robot.message())
    assert robot.running.session.document.data.dataset is None
    robot.window.files._missing.open()
    robot.wait(lambda: robot.running.session.document.data.dataset is not None)
    assert robot.running.session.dataset.image_shape == (3, 12, 16)


def test_a_thousand_classes_have_sixty_columns_and_a_word_about_the_rest(robot: Robot) -> None:
    view = TargetEncoding()
    robot.bot.addWidget(view)
    names = tuple(f"class {number}" for number in range(1000))
    with at_once():
        view.show_labels("kind", list(range(1000)), names)
        view.resize(300, 300)
        view.show()
    model = view.table.labels
    assert model.columnCount() == 62 and model.data(model.index(199, 1)) == "199"
    assert view.cut.text() == "The columns of 940 more classes are not shown."


def test_closing_the_window_ends_the_reading_of_a_file(robot: Robot, tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "animals", 2000, (24, 24))
    robot.start_on_canvas()
    robot.window.files.take(folder)
    robot.wait(lambda: robot.window.findChild(ImportView) is not None)
    view: ImportView = robot.window.findChild(ImportView)
    assert view._reading.is_running
    robot.window.quit_without_questions()
    assert not view._reading.is_running
