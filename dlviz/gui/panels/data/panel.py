"""Data panel: which rows the network learns from, how many, how noisy, how split and how scaled."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.data.builtin import datasets
from dlviz.data.prepare import Prepared
from dlviz.gui import numbers
from dlviz.gui.look import BAR
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.data.importing import FILE_FILTER, import_file
from dlviz.gui.panels.data.job import Job
from dlviz.gui.panels.data.rows import NOBODY, RowsTable
from dlviz.gui.panels.data.settings import SEED, TRAIN, DataSettings, setting_title
from dlviz.gui.panels.data.thumbnails import SHOWN, ThumbnailList
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.selection import Rows, Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_data, set_data_setting, set_input_cell, set_scaling, set_split, set_target_cell
from dlviz.session.messages import Frame
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import data_for, document_for

NOTES_SHOWN = 3


class DataPanel(Panel):
    """Pictures and names of the built-in sets, the user's own file, and the settings of what is chosen."""

    key = "data"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._gesture = 0
        self._preparing = Job(self)
        self._make_widgets()
        self._lay_out()
        self._connect()
        self.show_document(context.session.document)

    def _make_widgets(self) -> None:
        self.pictures = ThumbnailList()
        self.tables = Chooser()
        self.tables.setPlaceholderText(tr("Tables"))
        for entry in datasets:
            if entry.key not in SHOWN:
                self.tables.addItem(entry.title, entry.key)
                self.tables.setItemData(self.tables.count() - 1, entry.description, Qt.ItemDataRole.ToolTipRole)
        describe(self.tables, tr("Tables"), tr("Measured data that come with the program"))
        self.open = TextButton(tr("Open file…"), tr("Load your own CSV, TSV or Parquet file"))
        self.summary, self.applied, self.notes = (Text("", "muted", "small") for _ in range(3))
        for text in (self.summary, self.applied, self.notes):
            text.setWordWrap(True)
        self.settings = DataSettings()
        self.hide_rows = TextButton(tr("Hide the rows"), tr("Put the table of the rows away"), is_link=True)
        self.rows = RowsTable()
        self.table = QWidget()
        self.table.hide()  # the Edit menu opens it: the first start is calm
        self.scaling = QComboBox()
        for key, words in (("none", tr("none")), ("standard", tr("standard")), ("minmax", tr("min–max"))):
            self.scaling.addItem(words, key)
        describe(self.scaling, tr("Scaling of the inputs"), tr("How inputs are scaled before the network sees them"))
        for chooser in (self.tables, self.scaling):
            chooser.setMinimumContentsLength(5)
            chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def _lay_out(self) -> None:
        chooser, scaling = QHBoxLayout(), QHBoxLayout()
        for row, widgets in ((chooser, (self.tables, self.open)), (scaling, (Text(tr("Scaling")), self.scaling))):
            spaced(row)
            for widget in widgets:
                row.addWidget(widget, 1 if isinstance(widget, QComboBox) else 0)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(2 * GRID, 0, 2 * GRID - BAR, GRID)
        column.setSpacing(GRID)
        column.addWidget(self.pictures)
        column.addLayout(chooser)
        column.addWidget(self.summary)
        column.addWidget(self.settings)
        column.addLayout(scaling)
        column.addWidget(self.applied)
        column.addWidget(self.notes)
        column.addStretch(1)
        self.page = Scrolled()
        self.page.hold(body)
        table, layout = QVBoxLayout(self.table), QVBoxLayout(self)
        table.setContentsMargins(GRID, 0, 0, 0)
        table.setSpacing(GRID // 2)
        table.addWidget(self.hide_rows, 0, Qt.AlignmentFlag.AlignLeft)
        table.addWidget(self.rows)
        spaced(layout)
        layout.addWidget(self.page)
        layout.addWidget(self.table)
        self.setMinimumWidth(28 * GRID)

    def _connect(self) -> None:
        self.pictures.chosen.connect(self._choose_set)
        self.tables.activated.connect(self._choose_table)
        self.open.clicked.connect(self._open_file)
        self.settings.changed.connect(self._change)
        self.settings.let_go.connect(self._end_gesture)
        self.scaling.activated.connect(self._scale)
        self.context.rows_wanted.connect(self._show_rows)
        self.hide_rows.clicked.connect(self._hide_rows)
        self.rows.rows.typed.connect(self._type)
        self.rows.rows.refused.connect(self._refuse)
        self.rows.clicked.connect(self._select_row)
        self.context.selection.rows_changed.connect(self._mark_rows)
        self._preparing.finished.connect(self._use)
        self._preparing.failed.connect(self._refuse)

    def show_document(self, document: Document) -> None:
        """Show which set is chosen, its settings, and what was done to it."""
        spec, prepared = document.data, prepared_or_none(self.context.session)
        self.pictures.show_key(spec.kind)
        self.tables.setCurrentIndex(self.tables.findData(spec.kind))
        declared = datasets.get(spec.kind).settings if spec.kind in datasets else ()
        has_seed = any(hyper.name == SEED for hyper in declared)
        seed = spec.settings.get(SEED, 0) if has_seed else spec.split.seed
        share = 1 - spec.split.test - spec.split.validation
        self.settings.show_values(declared, spec.settings, share, int(seed))
        self.scaling.setCurrentIndex(self.scaling.findData(spec.scaling))
        self._fill_rows()
        if prepared is not None:
            self._tell_prepared(prepared)
        elif spec.kind == "file":
            self.summary.setText(tr("The data file {path} was not opened yet.", path=spec.settings.get("path", "")))

    def show_frame(self, frame: Frame) -> None:
        """Mark the row that is walked."""
        if self.rows.isVisible():
            trace = frame.trace
            is_inside = trace is not None and frame.sample < len(trace.rows)
            self.rows.look_at(int(trace.rows[frame.sample]) if trace is not None and is_inside else NOBODY)

    @Slot()
    def _show_rows(self) -> None:
        self.page.hide()
        self.table.show()
        self._fill_rows()
        self.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _hide_rows(self) -> None:
        self.table.hide()
        self.page.show()

    def _fill_rows(self) -> None:
        """Show the rows where somebody looks at them."""
        if not self.table.isHidden():
            prepared = prepared_or_none(self.context.session)
            self.rows.show_rows(None if prepared is None else prepared.sample)

    @Slot(int, int, float)
    def _type(self, row: int, column: int, value: float) -> None:
        dataset = self.rows.rows.dataset
        assert dataset is not None  # one of its numbers was typed
        name = (*dataset.input_names, *dataset.target_names)[column]
        label = tr("Type {symbol}", symbol=name)
        if column < dataset.d:
            self._edit(set_input_cell, label, "", row, column, value)
        else:
            self._edit(set_target_cell, label, "", row, column - dataset.d, value)

    @Slot(QModelIndex)
    def _select_row(self, index: QModelIndex) -> None:
        dataset = self.rows.rows.dataset
        assert dataset is not None  # one of its rows was clicked
        row = index.row() * dataset.stride
        self.context.selection.select(Selected("sample", unit=index.row()))
        self.context.selection.select_rows([row], tr("row {row}", row=row + 1))

    @Slot(object)
    def _mark_rows(self, rows: Rows) -> None:
        self.rows.rows.mark(rows.numbers)

    def _tell_prepared(self, prepared: Prepared) -> None:
        """Say what the rows are and what was done to them."""
        self.summary.setText(summary(prepared))
        self._tell(self.applied, prepared.scaler.describe(), 1)
        self._tell(self.notes, prepared.notes, NOTES_SHOWN)

    @staticmethod
    def _tell(text: Text, sentences: tuple[str, ...], shown: int) -> None:
        """Write the first sentences; all of them are in the tooltip."""
        more = len(sentences) - shown
        lines = [*sentences[:shown], *([tr("… and {count} more", count=more)] if more > 0 else [])]
        text.setText("\n".join(lines))
        text.setToolTip("\n".join(sentences))
        text.setVisible(bool(sentences))

    @Slot(str)
    def _choose_set(self, key: str) -> None:
        """Begin a run on a built-in set; a network never touched is exchanged for the one that suits it."""
        session = self.context.session
        try:
            session.start_over(_with_set(session.document, key), tr("Data: {title}", title=datasets.get(key).title))
        except DlvizError as error:
            self.context.notify(error)
            self.show_document(session.document)

    @Slot(int)
    def _choose_table(self, index: int) -> None:
        self._choose_set(str(self.tables.itemData(index)))

    @Slot(str, object)
    def _change(self, name: str, value: object) -> None:
        merge = f"data.{name}.{self._gesture}"
        if name == TRAIN:
            self._edit(_with_share, tr("Training share"), merge, value)
        elif name == SEED:
            self._edit(_with_seed, tr("Data seed"), merge, value)
        else:
            self._edit(set_data_setting, setting_title(name), merge, name, value)

    @Slot()
    def _end_gesture(self) -> None:
        self._gesture += 1

    @Slot(int)
    def _scale(self, index: int) -> None:
        self._edit(set_scaling, tr("Scaling"), "", str(self.scaling.itemData(index)))

    def _edit(self, change: object, label: str, merge: str, *arguments: object) -> None:
        """Edit the document by a pure function; a refusal is told, and shown again is what stands."""
        session = self.context.session
        before: Document = session.document
        try:
            document: Document = change(before, *arguments)  # type: ignore[operator]
            if before.data.dataset is None or not before.data.dataset.is_streamed:
                session.edit(document, label, merge)
                return
        except DlvizError as error:
            self._refuse(error)
            return
        self.summary.setText(tr("Preparing {name} …", name=before.data.dataset.title))
        self._preparing.start(lambda _: _prepared(before, document, label, merge))

    @Slot(object)
    def _use(self, edit: tuple[Document, Document, str, str]) -> None:
        """Make an edit whose data are ready now, unless other data came meanwhile."""
        before, document, label, merge = edit
        session = self.context.session
        if session.document.data is not before.data:
            self.show_document(session.document)
            return
        try:
            session.edit(replace(session.document, data=document.data), label, merge)
        except DlvizError as error:
            self._refuse(error)

    @Slot(object)
    def _refuse(self, error: DlvizError) -> None:
        self.context.notify(error)
        self.show_document(self.context.session.document)

    @Slot()
    def _open_file(self) -> None:
        """Ask for a file and show what is in it before anything changes."""
        name, _ = QFileDialog.getOpenFileName(self, tr("Open data"), "", FILE_FILTER)
        if name:
            import_file(self.context, Path(name), self)


def summary(prepared: Prepared) -> str:
    """Say in two lines what the data are and how many rows each part has."""
    dataset = prepared.dataset
    if dataset.task == "regression":
        k = dataset.n_outputs
        out = dataset.target_names[0] if k == 1 else tr("{count} numbers", count=k)
    else:
        out = tr("{count} classes", count=len(dataset.class_names))
    ins = tr("1 input") if dataset.d == 1 else tr("{count} inputs", count=dataset.d)
    rows = tr("1 row") if dataset.n == 1 else tr("{count} rows", count=numbers.count(dataset.n))
    titled = (tr("train"), prepared.train), (tr("dev"), prepared.validation), (tr("test"), prepared.test)
    held = " · ".join(f"{numbers.count(len(part))} {title}" for title, part in titled if len(part))
    return f"{dataset.title} · {ins} → {out}\n{rows} · {held}"


def _prepared(before: Document, document: Document, label: str, merge: str) -> tuple[Document, Document, str, str]:
    """Split and scale a large set for an edit, on a thread: it takes seconds. Raises: DlvizError."""
    prepared_for(document)
    return before, document, label, merge


def _with_set(document: Document, key: str) -> Document:
    return document_for(key) if _is_untouched(document) else set_data(document, data_for(key))


def _is_untouched(document: Document) -> bool:
    """Whether network and training are still those that came with the data set."""
    if document.data.kind not in datasets:
        return False
    preset = document_for(document.data.kind)
    return (document.network, document.training) == (preset.network, preset.training)


def _with_share(document: Document, share: float) -> Document:
    """Let a share of the rows train; the dev rows take what the test rows leave."""
    return set_split(document, validation=round(max(1 - share - document.data.split.test, 0.0), 4))


def _with_seed(document: Document, seed: int) -> Document:
    kind = document.data.kind
    has_seed = kind in datasets and any(hyper.name == SEED for hyper in datasets.get(kind).settings)
    return set_data_setting(document, SEED, seed) if has_seed else set_split(document, seed=seed)


def make_data_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return DataPanel(context)


panels.add(
    PanelEntry(
        "data", tr("Data"), "left", ("network",), make_data_panel, order=0, stretch=3, subjects=("network", "rule")
    )
)
