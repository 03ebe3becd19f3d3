"""The first page: which set, how many rows, how noisy, how many of them train, and what was done to them."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from dlviz.data.builtin import datasets
from dlviz.data.formats import modality_words
from dlviz.data.prepare import Prepared
from dlviz.gui import numbers
from dlviz.gui.look import BAR
from dlviz.gui.panels.data.editing import DataEdits, busy_words
from dlviz.gui.panels.data.page import DataPage
from dlviz.gui.panels.data.settings import SEED, TRAIN, DataSettings, setting_title
from dlviz.gui.panels.data.thumbnails import SHOWN, ThumbnailList
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.flow import Flow
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_data, set_data_setting, set_split
from dlviz.session.presets import data_for, document_for

NOTES_SHOWN = 3


class SetPage(DataPage):
    """Pictures and names of the built-in sets, the user's own file, and the settings of what is chosen."""

    def __init__(self, edits: DataEdits, parent: QWidget | None = None) -> None:
        super().__init__(edits, parent)
        self._make_widgets()
        self._lay_out()
        self._connect()

    def _make_widgets(self) -> None:
        self.pictures = ThumbnailList()
        self.tables = Chooser()
        self.tables.setPlaceholderText(tr("Tables"))
        for entry in datasets:
            if entry.key not in SHOWN:
                self.tables.addItem(entry.title, entry.key)
                self.tables.setItemData(self.tables.count() - 1, entry.description, Qt.ItemDataRole.ToolTipRole)
        describe(self.tables, tr("Tables"), tr("Measured data that come with the program"))
        self.tables.setMinimumContentsLength(5)
        self.tables.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.open = TextButton(tr("Open file…"), tr("Load your own table, arrays, texts or images"))
        self.summary, self.applied, self.notes = (Text("", "muted", "small") for _ in range(3))
        for text in (self.summary, self.applied, self.notes):
            text.setWordWrap(True)
        self.settings = DataSettings()

    def _lay_out(self) -> None:
        self.chosen, body = Flow((self.tables, self.open)), QWidget()
        column, layout = QVBoxLayout(body), QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 0, 2 * GRID - BAR, GRID)
        column.setSpacing(GRID)
        column.addWidget(self.pictures)
        column.addWidget(self.chosen)
        for widget in (self.summary, self.settings, self.applied, self.notes):
            column.addWidget(widget)
        column.addStretch(1)
        self.scrolled = Scrolled()
        self.scrolled.hold(body)
        spaced(layout)
        layout.addWidget(self.scrolled)

    def _connect(self) -> None:
        self.pictures.chosen.connect(self._choose_set)
        self.tables.activated.connect(self._choose_table)
        self.open.clicked.connect(self.context.data_wanted)
        self.settings.changed.connect(self._change)
        self.settings.let_go.connect(self.edits.end_gesture)
        self.edits.busy.connect(self._say_busy)

    def show_data(self, document: Document, prepared: Prepared | None) -> None:
        """Show which set is chosen, its settings, and what was done to it."""
        spec = document.data
        self.pictures.show_key(spec.kind)
        self.tables.setCurrentIndex(self.tables.findData(spec.kind))
        declared = datasets.get(spec.kind).settings if spec.kind in datasets else ()
        has_seed = any(hyper.name == SEED for hyper in declared)
        seed = spec.settings.get(SEED, 0) if has_seed else spec.split.seed
        share = 1 - spec.split.test - spec.split.validation
        self.settings.show_values(declared, spec.settings, share, int(seed))
        if prepared is not None:
            self.summary.setText(summary(prepared))
            _tell(self.applied, prepared.scaler.describe(), 1)
            _tell(self.notes, prepared.notes, NOTES_SHOWN)
        elif spec.kind == "file":
            self.summary.setText(tr("The data file {path} was not opened yet.", path=spec.settings.get("path", "")))

    @Slot(str)
    def _say_busy(self, title: str) -> None:
        self.summary.setText(busy_words(title))

    @Slot(str)
    def _choose_set(self, key: str) -> None:
        """Begin a run on a built-in set; a network never touched is exchanged for the one that suits it."""
        document = self.context.session.document
        self.edits.start_over(_with_set(document, key), tr("Data: {title}", title=datasets.get(key).title))

    @Slot(int)
    def _choose_table(self, index: int) -> None:
        self._choose_set(str(self.tables.itemData(index)))

    @Slot(str, object)
    def _change(self, name: str, value: object) -> None:
        if name == TRAIN:
            self.edits.edit(_with_share, tr("Training share"), f"data.{name}", value)
        elif name == SEED:
            self.edits.edit(_with_seed, tr("Data seed"), f"data.{name}", value)
        else:
            self.edits.edit(set_data_setting, setting_title(name), f"data.{name}", name, value)


def _tell(text: Text, sentences: tuple[str, ...], shown: int) -> None:
    """Write the first sentences; all of them are in the tooltip."""
    more = len(sentences) - shown
    lines = [*sentences[:shown], *([tr("… and {count} more", count=more)] if more > 0 else [])]
    text.setText("\n".join(lines))
    text.setToolTip("\n".join(sentences))
    text.setVisible(bool(sentences))


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
    return f"{dataset.title} · {ins} → {out}\n{rows} · {held}\n{modality_words(dataset.modality)}"


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
