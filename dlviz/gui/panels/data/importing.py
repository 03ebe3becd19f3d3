"""The one dialog of the window: what is in a data file, and what of it to use."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.data.dataset import Dataset
from dlviz.data.reader import read_table
from dlviz.data.spec import DataSpec, Scaling, SplitSpec
from dlviz.data.table import ReadChoices, Table
from dlviz.data.table_dataset import to_dataset
from dlviz.gui import numbers
from dlviz.gui.panel import Context
from dlviz.gui.panels.data.columns import ColumnChoices
from dlviz.gui.panels.data.job import Job
from dlviz.gui.panels.data.preview import PreviewTable
from dlviz.gui.panels.data.reading import ReadingChoices
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Elided, Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import attach_dataset, set_data
from dlviz.session.files.data_file import remember
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import document_for_dataset

FILE_FILTER = tr("Tables") + " (*.csv *.tsv *.tab *.txt *.data *.parquet *.pq)"
DEV_SHARE = 0.2
NOTES_SHOWN = 4

ReadTable = Callable[[Path, ReadChoices, Callable[[], bool]], Table]


class ImportView(QDialog):
    """Reads on a thread, previews, and on acceptance makes one undoable edit. Never blocks the window."""

    def __init__(
        self, context: Context, path: Path, parent: QWidget | None = None, read: ReadTable = read_table
    ) -> None:
        super().__init__(parent)
        self._context, self._path, self._read = context, path, read
        self._table: Table | None = None
        self._reading, self._making = Job(self), Job(self)
        self.setWindowTitle(tr("Open data: {name}", name=path.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._make_widgets()
        self._lay_out()
        self._connect()
        self._start()

    def _make_widgets(self) -> None:
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        describe(self.progress, tr("Reading the file"))
        self.waiting = Text("", "muted")
        self.preview, self.columns, self.how = PreviewTable(), ColumnChoices(), ReadingChoices()
        self.heading, self.notes = Elided("", "muted", "small"), Text("", "muted", "small")
        self.notes.setWordWrap(True)
        self.accept_button, self.cancel_button = QPushButton(tr("Use these data")), QPushButton(tr("Cancel"))
        self.accept_button.setDefault(True)
        self.cancel_button.setAutoDefault(False)
        describe(
            self.accept_button, tr("Use these data"), tr("Train on the chosen columns; Undo brings the old data back")
        )
        describe(self.cancel_button, tr("Cancel"), tr("Change nothing"))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        spaced(layout, 2 * GRID, GRID)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._waiting_page())
        self._pages.addWidget(self._preview_page())
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.accept_button)
        layout.addWidget(self._pages, 1)
        layout.addLayout(buttons)

    def _waiting_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.addStretch(1)
        layout.addWidget(self.waiting, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.progress)
        layout.addStretch(1)
        return page

    def _preview_page(self) -> QWidget:
        page, left = QWidget(), QVBoxLayout()
        spaced(left, gap=GRID)
        for widget, stretch in ((self.heading, 0), (self.how, 0), (self.preview, 1), (self.notes, 0)):
            left.addWidget(widget, stretch)
        layout = QHBoxLayout(page)
        spaced(layout, gap=2 * GRID)
        layout.addLayout(left, 1)
        layout.addWidget(self.columns)
        self.columns.setFixedWidth(34 * GRID)
        return page

    def _connect(self) -> None:
        self._reading.finished.connect(self._show_table)
        self._reading.failed.connect(self._fail)
        self._making.finished.connect(self._use)
        self._making.failed.connect(self._refuse)
        self.columns.changed.connect(self._show_roles)
        self.how.changed.connect(self._start)
        self.accept_button.clicked.connect(self._accept)
        self.cancel_button.clicked.connect(self.reject)

    def sizeHint(self) -> QSize:
        return QSize(960, 600)

    @Slot()
    def _start(self) -> None:
        """Read the file, again where the way of reading was changed."""
        self.waiting.setText(tr("Reading {name} …", name=self._path.name))
        self._pages.setCurrentIndex(0)
        self.accept_button.setEnabled(False)
        path, choices, read = self._path, self.how.choices(), self._read
        self._reading.start(lambda cancelled: read(path, choices, cancelled))

    @Slot(object)
    def _show_table(self, table: Table) -> None:
        self._table = table
        info = table.info
        self.how.show_table(info)
        self.preview.preview.show_table(info)
        self.columns.show_table(info)
        rows, columns = numbers.count(info.n_rows), len(info.columns)
        self.heading.setText(
            tr("{name} · {rows} rows · {columns} columns", name=info.path.name, rows=rows, columns=columns)
        )
        more = [tr("… and {count} more", count=len(info.notes) - NOTES_SHOWN)] if len(info.notes) > NOTES_SHOWN else []
        self.notes.setText("\n".join([*info.notes[:NOTES_SHOWN], *more]))
        self.notes.setToolTip("\n".join(info.notes))
        self.notes.setVisible(bool(info.notes))
        self._pages.setCurrentIndex(1)
        self._show_roles()

    @Slot()
    def _show_roles(self) -> None:
        target, inputs = self.columns.target_name, self.columns.input_names
        self.preview.preview.show_roles(target, frozenset(inputs))
        self.accept_button.setEnabled(bool(target and inputs))

    @Slot(object)
    def _fail(self, error: DlvizError) -> None:
        """Say in one sentence why the file cannot be used; nothing has changed."""
        self._context.notify(error)
        if self._table is None:
            self.reject()
        else:
            self._pages.setCurrentIndex(1)
            self._show_roles()

    @Slot()
    def _accept(self) -> None:
        """Turn the chosen columns into rows, on the thread too: large tables take a second."""
        if self._table is None:
            return
        self.accept_button.setEnabled(False)
        spec, document = self._new_spec(self._table), self._context.session.document
        known = prepared_or_none(self._context.session)
        table, target, inputs = self._table, self.columns.target_name, self.columns.input_names
        missing, reading = self.columns.missing.key(), "classes" if self.columns.is_class else "values"

        def work(cancelled: Callable[[], bool]) -> Document:
            rows = to_dataset(table, target, inputs, missing, reading, cancelled)  # type: ignore[arg-type]
            remember(spec.settings, rows)
            changed = with_dataset(document, None if known is None else known.dataset, spec, rows)
            prepared_for(changed)  # split and scaled here, so that the window finds it ready
            return changed

        self.waiting.setText(tr("Preparing {name} …", name=self._path.name))
        self._pages.setCurrentIndex(0)
        self._making.start(work)

    def _new_spec(self, table: Table) -> DataSpec:
        """Note in the document how the file was read, so that it can be read so again."""
        info = table.info
        settings: dict[str, Any] = {
            "path": str(info.path), "format": info.format, "separator": info.separator, "decimal": info.decimal,
            "encoding": info.encoding, "header": info.header, "sha256": info.sha256,
            "target": self.columns.target_name, "inputs": list(self.columns.input_names),
            "missing": self.columns.missing.key(), "is_class": self.columns.is_class,
        }  # fmt: skip
        scaling: Scaling = self.columns.scaling.key()  # type: ignore[assignment]
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
        self.accept()

    @Slot(object)
    def _refuse(self, error: DlvizError) -> None:
        """Say why these columns cannot be used, and let the user choose others."""
        self._context.notify(error)
        self._pages.setCurrentIndex(1)
        self.notes.setText(str(error))
        self.notes.show()
        self._show_roles()

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


def import_file(context: Context, path: Path, parent: QWidget | None = None) -> ImportView:
    """Show what is in a data file; nothing changes until the user accepts."""
    view = ImportView(context, Path(path), parent)
    view.open()
    return view


def open_data_file(context: Context, path: Path) -> ImportView:
    """Show what is in a data file, without a parent window."""
    return import_file(context, path)
