"""Choosing from a read file what is to be predicted, from what, and what happens to missing cells."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from dlviz.data.table import ColumnInfo, TableRead
from dlviz.data.table_dataset import usable_inputs
from dlviz.gui.panels.data.preview import type_words
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr, trn

TARGETS = ("number", "category")
_FEW_CLASSES = 10  # a target of no more different numbers is first taken for classes
_LOW = 3 * GRID + 4  # height of a row of choices


class ColumnChoices(QWidget):
    """Target, inputs, missing cells, categories, scaling and where the rows stay, preset with what was guessed."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._info: TableRead | None = None
        self.target = QComboBox()
        self.target.setPlaceholderText(tr("no column can be predicted yet"))
        describe(self.target, tr("Column to predict"), tr("The column that the network learns to predict"))
        self.as_classes = QCheckBox(tr("its values are classes"))
        describe(self.as_classes, tr("Values are classes"), tr("Take each different number as a class of its own"))
        self.inputs = QListWidget()
        self.inputs.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.inputs.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # how many are missing stands at the end
        describe(self.inputs, tr("Inputs"), tr("The columns that the network may look at; Space ticks one"))
        missing = (("drop", tr("leave out")), ("mean", tr("mean")), ("most_frequent", tr("most frequent")))
        self.missing = Segmented(tr("Missing cells"), missing, height=_LOW)
        self.missing.setToolTip(
            tr("Leave their rows out, or fill in the mean or the most frequent value of the column")
        )
        categories = (("one_hot", tr("one-hot")), ("integer", tr("integers")))
        self.categories = Segmented(tr("Categories as inputs"), categories, height=_LOW)
        kinds = (("none", tr("none")), ("standard", tr("standard")), ("minmax", tr("min–max")))
        self.scaling = Segmented(tr("Scaling of the inputs"), kinds, height=_LOW)
        self.scaling.set_key("standard")
        self.stream = QCheckBox(tr("stream from disk"))
        describe(self.stream, tr("Stream from disk"), tr("Keep the inputs in a file and read them batch by batch; "
                                                         "the numbers are the same"))  # fmt: skip
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        spaced(layout, gap=GRID)
        layout.addWidget(SectionHeader(tr("Predict")))
        layout.addWidget(self.target)
        layout.addWidget(self.as_classes)
        self._from = SectionHeader(tr("From"))
        layout.addWidget(self._from)
        layout.addWidget(self.inputs, 1)
        self._titles: dict[Segmented, Text] = {}
        rows = ((tr("Missing cells"), self.missing), (tr("Categories"), self.categories), (tr("Scaling"), self.scaling))
        for words, widget in rows:
            self._titles[widget] = Text(words, size="small", is_bold=True)
            layout.addWidget(self._titles[widget])
            layout.addWidget(widget)
        layout.addWidget(self.stream)

    def _connect(self) -> None:
        self.target.activated.connect(self._choose_target)
        self.as_classes.toggled.connect(self._tell)
        self.inputs.itemChanged.connect(self._tell)
        for choice in self._titles:
            choice.chosen.connect(self._tell)

    def show_table(self, info: TableRead) -> None:
        """Offer a file's columns, with the guessed target chosen and the guessed inputs ticked."""
        self._info = info
        self.target.clear()
        for column in info.columns:
            if column.type in TARGETS:
                self.target.addItem(column.name, column.name)
        self.target.setCurrentIndex(max(self.target.findData(info.guessed_target), 0))
        self._fill_inputs()
        usable = [column for column in info.columns if column.is_stored]
        self._offer(self.missing, any(column.missing for column in usable))
        is_plain = any(column.type in TARGETS for column in map(info.column, self.input_names))
        self.scaling.set_key("standard" if is_plain else "none")
        self._refresh_classes()
        self.changed.emit()

    def _offer(self, choice: Segmented, is_offered: bool) -> None:
        self._titles[choice].setVisible(is_offered)
        choice.setVisible(is_offered)

    def _fill_inputs(self) -> None:
        was_blocked = self.inputs.blockSignals(True)
        self.inputs.clear()
        usable = usable_inputs(self._info, self.target_name) if self._info is not None else ()
        for column in self._info.columns if self._info is not None else ():
            if column.name == self.target_name:
                continue
            words = _listed(column)
            item = QListWidgetItem(words, self.inputs)
            item.setToolTip(words)
            item.setData(Qt.ItemDataRole.UserRole, column.name)
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled)
            if not column.is_stored:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setToolTip(tr("Dates, and texts without words, are no inputs."))
            item.setCheckState(Qt.CheckState.Checked if column.name in usable else Qt.CheckState.Unchecked)
        self.inputs.blockSignals(was_blocked)
        self._count()

    @property
    def target_name(self) -> str:
        """The column to predict."""
        return str(self.target.currentData() or "")

    @property
    def problem(self) -> str:
        """What keeps these columns from being used, and what to do about it; nothing where they can be used."""
        if self._info is None or (self.target_name and self.input_names):
            return ""
        if not self.target_name and any(column.type == "image" for column in self._info.columns):
            return tr("Images need labels: choose the file that holds them.")
        if not self.target_name:
            return tr("No column can be predicted: numbers or categories are needed.")
        if len(self._info.columns) == 1:
            return tr("One column alone has nothing to learn from: it needs another one beside it.")
        return tr("Tick a column to predict from.")

    @property
    def target_column(self) -> ColumnInfo | None:
        """What is known of the column to predict."""
        return self._info.column(self.target_name) if self._info is not None and self.target_name else None

    @property
    def input_names(self) -> tuple[str, ...]:
        """The ticked columns in the file's order."""
        items = (self.inputs.item(row) for row in range(self.inputs.count()))
        return tuple(
            str(item.data(Qt.ItemDataRole.UserRole)) for item in items if item.checkState() == Qt.CheckState.Checked
        )

    @property
    def is_class(self) -> bool:
        """Whether the target's values are classes."""
        return self.as_classes.isChecked()

    @Slot(int)
    def _choose_target(self, _index: int) -> None:
        self._fill_inputs()
        self._refresh_classes()
        self.changed.emit()

    def _refresh_classes(self) -> None:
        """Categories are always classes; a few whole numbers may be."""
        column = self.target_column
        if column is None:
            return
        is_category = column.type == "category"
        was_blocked = self.as_classes.blockSignals(True)
        self.as_classes.setChecked(is_category or column.distinct <= _FEW_CLASSES)
        self.as_classes.setEnabled(not is_category)
        self.as_classes.blockSignals(was_blocked)

    @Slot()
    def _tell(self, _what: object = None) -> None:
        self._count()
        self.changed.emit()

    def _count(self) -> None:
        names = self.input_names
        self._from.set_info(trn("1 input", "{n} inputs", len(names)))
        if self._info is not None:
            self._offer(self.categories, any(self._info.column(name).type == "category" for name in names))


def _listed(column: ColumnInfo) -> str:
    """Return a column's name with what is not usual about it; numbers are, and names are long."""
    missing = trn("1 missing", "{n} missing", column.missing) if column.missing else ""
    what = missing if column.type == "number" else type_words(column)
    return f"{column.name}  ({what})" if what else column.name
