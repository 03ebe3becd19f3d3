"""The one dialog of the window: what is in a data file, and what of it to use."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.data.dataset import Dataset
from dlviz.data.picture_progress import Progress
from dlviz.data.reader import read_table
from dlviz.data.spec import DataSpec, Scaling, SplitSpec
from dlviz.data.table import ReadChoices, Table
from dlviz.data.table_dataset import InputForm, Reading, to_dataset
from dlviz.gui.panel import Context
from dlviz.gui.panels.data.encoding import LOSSES
from dlviz.gui.panels.data.import_pages import PreviewPage, WaitingPage
from dlviz.gui.panels.data.job import Job
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.theme import GRID
from dlviz.gui.verbatim import in_window_title
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import attach_dataset, set_data, set_loss
from dlviz.session.files.data_file import CHOICES, LABELS, remember
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import document_for_dataset

DEV_SHARE = 0.2
MOST = 1200, 760  # pixels of the dialog

ReadTable = Callable[..., Table]  # path, choices, cancelled, tell=…


class ImportView(QDialog):
    """Reads on a thread, previews, and on acceptance makes one undoable edit. Never blocks the window.

    choices: what is fixed already. is_pasted: the file is a passing copy, so that the rows go into the document.
    """

    used = Signal(object)  # Path: the data are those of this file now

    def __init__(
        self,
        context: Context,
        path: Path,
        parent: QWidget | None = None,
        read: ReadTable = read_table,
        choices: ReadChoices | None = None,
        is_pasted: bool = False,
    ) -> None:
        super().__init__(parent)
        self._context, self._path, self._read, self._is_pasted = context, path, read, is_pasted
        self._table: Table | None = None
        self._encoding = ""  # of the labels, where the user chose it
        self._reading, self._making = Job(self), Job(self)
        self.setWindowTitle(tr("Open data: {name}", name=in_window_title(path.name)))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.waiting, self.page = WaitingPage(), PreviewPage()
        self.how, self.columns = self.page.how, self.page.columns
        self.how.start_with(choices or ReadChoices())
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._start()

    def _make_buttons(self) -> None:
        self.accept_button, self.cancel_button = QPushButton(tr("Use these data")), QPushButton(tr("Cancel"))
        self.reason = Text("", "muted", "small")
        self.reason.setWordWrap(True)
        self.accept_button.setDefault(True)
        self.cancel_button.setAutoDefault(False)
        self._say_why("")
        describe(self.cancel_button, tr("Cancel"), tr("Change nothing"))

    def _lay_out(self) -> None:
        layout, buttons = QVBoxLayout(self), QHBoxLayout()
        spaced(layout, 2 * GRID, GRID)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.waiting)
        self._pages.addWidget(self.page)
        buttons.addWidget(self.reason, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.accept_button)
        layout.addWidget(self._pages, 1)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self._reading.finished.connect(self._show_table)
        self._reading.told.connect(self._show_progress)
        self._reading.failed.connect(self._fail)
        self._making.finished.connect(self._use)
        self._making.failed.connect(self._refuse)
        self.columns.changed.connect(self._refresh)
        self.how.changed.connect(self._start)
        self.page.encoding.chosen.connect(self._encode)
        self.accept_button.clicked.connect(self._accept)
        self.cancel_button.clicked.connect(self.reject)

    def showEvent(self, event: QShowEvent) -> None:
        """Take most of the window: Qt would give a dialog two thirds of the screen at most, and cut columns."""
        if self.parentWidget() is not None and not event.spontaneous():
            room = self.parentWidget().window().size() - QSize(8 * GRID, 8 * GRID)
            self.resize(room.boundedTo(QSize(*MOST)).expandedTo(self.minimumSizeHint()))
        super().showEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(960, 600)

    @Slot()
    def _start(self) -> None:
        """Read the file, again where the way of reading was changed."""
        self._wait(tr("Reading {name} …", name=self._path.name))
        path, choices, read, tell = self._path, self.how.choices(), self._read, self._reading.tell
        self._reading.start(lambda cancelled: read(path, choices, cancelled, tell=tell))

    def _wait(self, words: str) -> None:
        self.waiting.begin(words)
        self._pages.setCurrentWidget(self.waiting)
        self.accept_button.setEnabled(False)
        self._say_why("")

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        self.waiting.show_progress(progress)

    @Slot(object)
    def _show_table(self, table: Table) -> None:
        self._table = table
        self.page.show_table(table)
        self._pages.setCurrentWidget(self.page)
        self._refresh()
        self.accept_button.setFocus()  # while it could not be pressed, the focus went to the other

    @Slot()
    def _refresh(self) -> None:
        self.accept_button.setEnabled(not self.columns.problem)
        self._say_why(self.columns.problem)

    def _say_why(self, problem: str) -> None:
        """Say beside the button, and on hover, why it cannot be pressed."""
        self.reason.setText(problem)
        tip = problem or tr("Train on the chosen columns; Undo brings the old data back")
        describe(self.accept_button, tr("Use these data"), tip)

    @Slot(str)
    def _encode(self, encoding: str) -> None:
        self._encoding = encoding

    @Slot(object)
    def _fail(self, error: DlvizError) -> None:
        """Say in one sentence why the file cannot be used; nothing has changed."""
        self._context.notify(error)
        if self._table is None:
            self.reject()
            return
        self._pages.setCurrentWidget(self.page)
        self.page.say((str(error), *self._table.info.notes))
        self._refresh()

    @Slot()
    def _accept(self) -> None:
        """Turn the chosen columns into rows, on the thread too: large tables take a second."""
        if self._table is None:
            return
        spec, document = self._new_spec(self._table), self._context.session.document
        known = prepared_or_none(self._context.session)
        table, settings, encoding = self._table, spec.settings, self._encoding
        spec = replace(spec, kind="table", settings={}) if self._is_pasted else spec

        def work(cancelled: Callable[[], bool]) -> Document:
            reading: Reading = "classes" if settings["is_class"] else "values"
            rows = to_dataset(
                table, settings["target"], settings["inputs"], settings["missing"], reading, cancelled,
                InputForm(settings["categories"], settings["stream"]),
            )  # fmt: skip
            if not self._is_pasted:
                remember(settings, rows)
            changed = with_dataset(document, None if known is None else known.dataset, spec, rows)
            if encoding and rows.task == "multiclass":
                changed = set_loss(changed, LOSSES[encoding])
            prepared_for(changed)  # split and scaled here, so that the window finds it ready
            return changed

        self._wait(tr("Preparing {name} …", name=self._path.name))
        self._making.start(work)

    def _new_spec(self, table: Table) -> DataSpec:
        """Note in the document how the file was read, so that it can be read so again."""
        info, columns, chosen = table.info, self.columns, self.how.choices()
        settings: dict[str, Any] = {
            "path": str(info.path), "format": info.format, "separator": info.separator, "decimal": info.decimal,
            "encoding": info.encoding, "header": info.header, "sha256": info.sha256,
            "target": columns.target_name, "inputs": list(columns.input_names),
            "missing": columns.missing.key(), "categories": columns.categories.key(), "is_class": columns.is_class,
            "stream": columns.stream.isChecked(),
        }  # fmt: skip
        for name in CHOICES:
            if name not in settings and (value := getattr(chosen, name)) is not None:
                settings[name] = list(value) if isinstance(value, tuple) else value
        if chosen.labels is not None:
            settings[LABELS] = Path(chosen.labels).name
        scaling: Scaling = columns.scaling.key()  # type: ignore[assignment]
        return DataSpec("file", settings, SplitSpec(validation=DEV_SHARE), scaling)

    @Slot(object)
    def _use(self, document: Document) -> None:
        """Make the one edit."""
        title = document.data.dataset.title if document.data.dataset is not None else self._path.name
        try:
            self._context.session.start_over(document, tr("Data: {title}", title=title))
        except DlvizError as error:
            self._refuse(error)
            return
        if not self._is_pasted:
            self.used.emit(self._path)
        self.accept()

    @Slot(object)
    def _refuse(self, error: DlvizError) -> None:
        """Say why these columns cannot be used, and let the user choose others."""
        self._context.notify(error)
        self._pages.setCurrentWidget(self.page)
        self.page.say((str(error),))
        self._refresh()

    def done(self, result: int) -> None:
        """End whatever is still read before the dialog goes."""
        self._reading.cancel()
        self._making.cancel()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Cancel the reading with the dialog."""
        self._reading.cancel()
        self._making.cancel()
        super().closeEvent(event)


def with_dataset(document: Document, known: Dataset | None, spec: DataSpec, rows: Dataset) -> Document:
    """Return a document on these rows; the network is kept where it fits them, else one that suits them comes.

    known: the rows it stands on. A document that waited for this very file keeps its layers in any
    case. Raises: DlvizError.
    """
    whole = replace(spec, dataset=rows)
    if document.data.kind == "file" and document.data.dataset is None:
        return attach_dataset(replace(document, data=replace(whole, dataset=None)), rows)
    if known is not None and _ends(known) == _ends(rows):
        return set_data(document, whole)
    return document_for_dataset(whole, rows)


def _ends(rows: Dataset) -> tuple[int, str, int]:
    return rows.d, rows.task, rows.n_outputs


def import_file(
    context: Context,
    path: Path,
    parent: QWidget | None = None,
    choices: ReadChoices | None = None,
    is_pasted: bool = False,
) -> ImportView:
    """Show what is in a data file; nothing changes until the user accepts."""
    view = ImportView(context, Path(path), parent, choices=choices, is_pasted=is_pasted)
    view.open()
    return view
