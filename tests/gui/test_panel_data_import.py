"""Importing a file: read on a thread, previewed, accepted as one edit; refusals change nothing."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from dlviz.core.errors import DataError
from dlviz.data.reader import read_table
from dlviz.data.spec import DataSpec
from dlviz.data.table import ReadChoices, Table
from dlviz.data.table_dataset import to_dataset
from dlviz.gui.panels.data.import_pages import NotesView
from dlviz.gui.panels.data.importing import ImportView, import_file, with_dataset
from dlviz.gui.theme import current, theme_signals
from dlviz.session.document import Document
from dlviz.session.edits import set_units
from dlviz.session.presets import document_for
from tests.guards import at_once
from tests.gui.panel_stage import make_context

GERMAN = "a;b;text;kind\n" + "".join(f"{i / 2};{i * i};row {i * 7919 % 1000003};{'pq'[i % 2]}\n" for i in range(40))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "made.csv"
    path.write_text(GERMAN.replace(".", ","))
    return path


def _opened(qtbot: Any, context: Any, path: Path) -> ImportView:
    view = import_file(context, path)
    view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(view)
    qtbot.waitUntil(view.accept_button.isEnabled, timeout=20_000)
    return view


def test_preview_shows_cells_types_and_the_guessed_target(qtbot: Any, file: Path) -> None:
    view = _opened(qtbot, make_context(), file)
    model = view.page.table.preview
    assert (model.rowCount(), model.columnCount()) == (40, 4)
    assert model.data(model.index(1, 0)) == "0,5"
    assert model.headerData(0, Qt.Orientation.Horizontal) == "a\nnumber"
    assert view.columns.target_name == "kind"
    assert view.columns.input_names == ("a", "b")
    assert "40 rows" in view.page.heading.text()


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_the_preview_stands_on_the_panel_in_every_theme(qtbot: Any, file: Path, theme: str) -> None:
    theme_signals.use(theme)
    try:
        view = _opened(qtbot, make_context(), file)
        ground = view.page.table.viewport().palette().color(QPalette.ColorRole.Window)  # of tables, by Look
        assert ground == current().colour("panel")
    finally:
        theme_signals.use("light")


def test_accepting_trains_on_the_file_in_one_edit(qtbot: Any, file: Path) -> None:
    context = make_context(document_for("iris"))
    view = _opened(qtbot, context, file)
    qtbot.mouseClick(view.accept_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(context.session.edits), timeout=5000)
    data = context.session.document.data
    assert (data.kind, data.scaling) == ("file", "standard")
    assert data.settings["path"] == str(file) and len(data.settings["sha256"]) == 64
    np.testing.assert_array_equal(context.session.dataset.inputs[:, 0], np.arange(40) / 2)
    assert context.session.dataset.class_names == ("p", "q")
    assert len(context.session.edits) == 1
    assert not view.isVisible()


def test_a_network_that_fits_is_kept(qtbot: Any, file: Path) -> None:
    context = make_context(set_units(document_for("moons"), "h1", 5))
    view = _opened(qtbot, context, file)
    view.accept_button.click()
    qtbot.waitUntil(lambda: bool(context.session.edits), timeout=5000)
    assert context.session.document.network.layers[0].settings["units"] == 5


def test_unticked_columns_are_left_out(qtbot: Any, file: Path) -> None:
    context = make_context()
    view = _opened(qtbot, context, file)
    view.columns.inputs.item(0).setCheckState(Qt.CheckState.Unchecked)
    view.accept_button.click()
    qtbot.waitUntil(lambda: bool(context.session.edits), timeout=5000)
    assert context.session.dataset.input_names == ("b",)


def test_another_target_makes_a_regression(qtbot: Any, file: Path) -> None:
    context = make_context()
    view = _opened(qtbot, context, file)
    index = view.columns.target.findData("b")
    view.columns.target.setCurrentIndex(index)
    view.columns.target.activated.emit(index)
    assert "b" not in view.columns.input_names and "kind" in view.columns.input_names
    view.accept_button.click()
    qtbot.waitUntil(lambda: bool(context.session.edits), timeout=5000)
    assert context.session.dataset.task == "regression"


def test_no_inputs_cannot_be_accepted(qtbot: Any, file: Path) -> None:
    view = _opened(qtbot, make_context(), file)
    for row in range(view.columns.inputs.count()):
        item = view.columns.inputs.item(row)
        if item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            item.setCheckState(Qt.CheckState.Unchecked)
    assert not view.accept_button.isEnabled()


def test_another_separator_reads_the_file_again(qtbot: Any, file: Path) -> None:
    view = _opened(qtbot, make_context(), file)
    index = view.how.separated.separator.findData(",")
    view.how.separated.separator.setCurrentIndex(index)
    view.how.separated.separator.activated.emit(index)
    assert not view.accept_button.isEnabled()
    qtbot.waitUntil(lambda: not view._reading.is_running, timeout=20_000)
    assert view.how.choices().separator == ","


@pytest.mark.parametrize(("name", "content"), [("empty.csv", b""), ("picture.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 64)])
def test_a_refused_file_is_told_in_one_sentence(qtbot: Any, tmp_path: Path, name: str, content: bytes) -> None:
    context = make_context()
    before = context.session.document
    path = tmp_path / name
    path.write_bytes(content)
    view = import_file(context, path)
    view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(view)
    qtbot.waitUntil(lambda: bool(context.session.messages), timeout=20_000)
    assert isinstance(context.session.messages[0], DataError)
    assert context.session.document is before
    qtbot.waitUntil(lambda: not view.isVisible())


def _slow(started: list[float]) -> Callable[..., Table]:
    def read(path: Path, choices: ReadChoices, cancelled: Callable[[], bool], tell: object) -> Table:
        started.append(time.monotonic())
        while not cancelled():
            time.sleep(0.005)
        raise DataError("Expected the reading to go on. Received: a request to stop")

    return read


def test_cancelling_ends_the_reading_at_once(qtbot: Any, file: Path) -> None:
    context, started = make_context(), []
    view = ImportView(context, file, read=_slow(started))
    view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: bool(started))
    with at_once():
        qtbot.mouseClick(view.cancel_button, Qt.MouseButton.LeftButton)
    assert not view._reading.is_running and context.session.messages == []


def test_the_window_lives_while_a_file_is_read(qtbot: Any, file: Path) -> None:
    view = ImportView(make_context(), file, read=_slow([]))
    view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(view)
    view.show()
    with at_once():
        qtbot.wait(50)
    assert view._pages.currentIndex() == 0 and not view.accept_button.isEnabled()
    view.close()


def test_a_document_that_waits_for_its_file_keeps_its_layers(file: Path) -> None:
    spec, network = DataSpec("file", {"path": str(file)}), document_for("iris").network
    rows = to_dataset(read_table(file))
    changed = with_dataset(Document(data=spec, network=network), None, spec, rows)
    assert changed.network.layers == network.layers
    assert changed.data.dataset is rows


class Taller(QSyntaxHighlighter):
    """Writes the letter T larger, as signs come out that only another font has."""

    def __init__(self, notes: NotesView, size: float) -> None:
        super().__init__(notes.document())
        self._size = size

    def highlightBlock(self, text: str) -> None:
        look = QTextCharFormat()
        look.setFontPointSize(self._size)
        for place, sign in enumerate(text):
            if sign == "T":
                self.setFormat(place, 1, look)


@pytest.mark.parametrize("size", [10.0, 12.0, 14.0])
def test_notes_keep_one_height_whatever_signs_stand_in_them(qtbot: Any, size: float) -> None:
    """Signs of another font make lines taller: a scroll bar that came and went froze the window at some widths."""
    page, chance = QWidget(), random.Random(3)
    qtbot.addWidget(page)
    notes, column = NotesView(page), QVBoxLayout(page)
    column.addWidget(notes)
    column.addStretch(1)
    page.show()
    notes.taller = Taller(notes, size)
    for _ in range(300):
        words = [chance.choice(("a", "bb", "ccc;", "dddd", "12.5", "T", "xTy", "TT")) for _ in range(40)]
        notes.setPlainText(" ".join(words[: chance.randrange(4, 40)]))
        page.resize(chance.randrange(150, 320), 400)
        seen = []
        for _ in range(12):
            QApplication.processEvents()
            seen.append((notes.height(), notes.viewport().width()))
        assert len(set(seen[6:])) == 1, (notes.toPlainText(), page.width(), seen)


@pytest.mark.parametrize("theme", ["light", "projector"])
def test_five_notes_are_shown_whole_and_more_are_scrolled(qtbot: Any, theme: str) -> None:
    theme_signals.use(theme)
    try:
        notes = NotesView()
        qtbot.addWidget(notes)
        notes.resize(500, 100)
        notes.show()
        for count in (1, 5, 6, 5):
            notes.setPlainText("\n".join(f"Note {k}" for k in range(count)))
            QApplication.processEvents()
            is_whole = notes.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            assert is_whole == (count < 6)
            assert notes.verticalScrollBar().maximum() == 0 or not is_whole
    finally:
        theme_signals.use("light")
