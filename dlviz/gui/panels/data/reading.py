"""How a text table is read: separator, decimal sign and header, guessed unless chosen."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QWidget

from dlviz.data.table import ReadChoices, TableRead
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr


class ReadingChoices(QWidget):
    """Shows what was guessed; a change reads the file again."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.separator, self.decimal = QComboBox(), QComboBox()
        for words, key in (
            (tr("comma  ,"), ","),
            (tr("semicolon  ;"), ";"),
            (tr("tab"), "\t"),
            (tr("space"), " "),
            ("|", "|"),
        ):
            self.separator.addItem(words, key)
        for words, key in ((tr("point  0.5"), "."), (tr("comma  0,5"), ",")):
            self.decimal.addItem(words, key)
        self.header = QCheckBox(tr("first row holds names"))
        describe(self.separator, tr("Separator"), tr("The sign between two cells"))
        describe(self.decimal, tr("Decimal sign"), tr("The sign before the decimals"))
        describe(self.header, tr("First row holds names"))
        self._chosen = ReadChoices()
        layout = QHBoxLayout(self)
        spaced(layout, gap=GRID)
        separator, decimals = Text(tr("Separator"), "muted", "small"), Text(tr("Decimals"), "muted", "small")
        row: tuple[QWidget, ...] = (separator, self.separator, decimals, self.decimal, self.header)
        for widget in row:
            layout.addWidget(widget)
        layout.addStretch(1)
        self.separator.activated.connect(self._choose)
        self.decimal.activated.connect(self._choose)
        self.header.clicked.connect(self._choose)

    def choices(self) -> ReadChoices:
        """Return what the user fixed; nothing at first, so that all is guessed."""
        return self._chosen

    def show_table(self, info: TableRead) -> None:
        """Show how the file was read."""
        self.setVisible(bool(info.separator))
        if self.separator.findData(info.separator) < 0 and info.separator:
            self.separator.addItem(info.separator, info.separator)
        self.separator.setCurrentIndex(self.separator.findData(info.separator))
        self.decimal.setCurrentIndex(self.decimal.findData(info.decimal))
        self.header.setChecked(info.header)

    @Slot()
    def _choose(self, _choice: object = None) -> None:
        separator, decimal = self.separator.currentData(), self.decimal.currentData()
        if separator == decimal:  # the last choice wins; the other is guessed again
            separator, decimal = (separator, None) if self.sender() is self.separator else (None, decimal)
        self._chosen = ReadChoices(separator, decimal, self.header.isChecked())
        self.changed.emit()
