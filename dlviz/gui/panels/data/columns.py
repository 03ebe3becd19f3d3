"""Choosing from a read file what is to be predicted, from what, and what happens to missing cells."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from dlviz.data.table import TableRead
from dlviz.gui.panels.data.preview import type_words
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr

USABLE = ("number", "category")
_FEW_CLASSES = 10  # a target of no more different numbers is first taken for classes


class ColumnChoices(QWidget):
    """Target, inputs, missing cells and scaling, preset with what was guessed."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._info: TableRead | None = None
        self.target = QComboBox()
        describe(self.target, tr("Column to predict"), tr("The column that the network learns to predict"))
        self.as_classes = QCheckBox(tr("its values are classes"))
        describe(self.as_classes, tr("Values are classes"), tr("Take each different number as a class of its own"))
        self.inputs = QListWidget()
        describe(self.inputs, tr("Inputs"), tr("The columns that the network may look at; Space ticks one"))
        self.missing = Segmented(tr("Missing cells"), (("drop", tr("leave the row out")), ("mean", tr("fill in"))))
        kinds = (("none", tr("none")), ("standard", tr("standard")), ("minmax", tr("min–max")))
        self.scaling = Segmented(tr("Scaling of the inputs"), kinds)
        self.scaling.set_key("standard")
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
        self._missing_title = Text(tr("Missing cells"), size="small", is_bold=True)
        layout.addWidget(self._missing_title)
        layout.addWidget(self.missing)
        layout.addWidget(Text(tr("Scaling"), size="small", is_bold=True))
        layout.addWidget(self.scaling)

    def _connect(self) -> None:
        self.target.activated.connect(self._choose_target)
        self.as_classes.toggled.connect(self._tell)
        self.inputs.itemChanged.connect(self._tell)
        self.missing.chosen.connect(self._tell)
        self.scaling.chosen.connect(self._tell)

    def show_table(self, info: TableRead) -> None:
        """Offer a file's columns, with the guessed target chosen and all other usable ones ticked."""
        self._info = info
        usable = [column for column in info.columns if column.type in USABLE]
        self.target.clear()
        for column in usable:
            self.target.addItem(column.name, column.name)
        self.target.setCurrentIndex(max(self.target.findData(info.guessed_target), 0))
        self._fill_inputs()
        is_holed = any(column.missing for column in usable)
        self._missing_title.setVisible(is_holed)
        self.missing.setVisible(is_holed)
        self._refresh_classes()
        self.changed.emit()

    def _fill_inputs(self) -> None:
        was_blocked = self.inputs.blockSignals(True)
        self.inputs.clear()
        for column in self._info.columns if self._info is not None else ():
            if column.name == self.target_name:
                continue
            item = QListWidgetItem(f"{column.name}  ({type_words(column)})", self.inputs)
            item.setData(Qt.ItemDataRole.UserRole, column.name)
            is_usable = column.type in USABLE and column.distinct > 1
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled)
            if column.type not in USABLE:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setToolTip(tr("Text and dates are no inputs."))
            item.setCheckState(Qt.CheckState.Checked if is_usable else Qt.CheckState.Unchecked)
        self.inputs.blockSignals(was_blocked)
        self._count()

    @property
    def target_name(self) -> str:
        """The column to predict."""
        return str(self.target.currentData() or "")

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
        if self._info is None or not self.target_name:
            return
        column = self._info.column(self.target_name)
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
        self._from.set_info(tr("{count} inputs", count=len(self.input_names)))
