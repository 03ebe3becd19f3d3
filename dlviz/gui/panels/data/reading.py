"""How a file is read: separator, header, capital letters, labels, size of images; guessed unless chosen."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QWidget

from dlviz.data.formats.idx import labels_beside
from dlviz.data.table import ReadChoices, TableRead
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr

SIDES = (8, 16, 28, 32, 64, 128)


class ReadingChoices(QWidget):
    """Shows what was guessed; a change reads the file again."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen = ReadChoices()
        self.separated, self.fold_case = Separated(), QCheckBox(tr("fold case: The = the"))
        describe(self.fold_case, tr("Fold case"), tr("Count “The” and “the” as one word"))
        self.images, self.labels = ImageChoices(), LabelChoice()
        self._row = QHBoxLayout(self)
        spaced(self._row, gap=GRID)
        for widget in (self.separated, self.fold_case, self.images, self.labels):
            self._row.addWidget(widget)
            widget.hide()
        self._row.addStretch(1)
        self.separated.chosen.connect(self._choose)
        self.images.chosen.connect(self._choose)
        self.labels.chosen.connect(self._choose)
        self.fold_case.clicked.connect(self._fold)

    def choices(self) -> ReadChoices:
        """Return what the user fixed; nothing at first, so that all is guessed."""
        return self._chosen

    def start_with(self, choices: ReadChoices) -> None:
        """Begin with what is fixed already."""
        self._chosen = choices

    def show_table(self, info: TableRead) -> None:
        """Show how the file was read, by what can be chosen of its kind."""
        has_texts = any(column.type == "text" and column.shape for column in info.columns)
        self.separated.setVisible(bool(info.separator))
        self.separated.show_table(info)
        self.fold_case.setVisible(has_texts)
        self.fold_case.setChecked(self._chosen.fold_case is not False)
        self.images.setVisible(info.format == "images")
        self.images.show_table(info)
        self.labels.setVisible(info.format == "idx")
        self.labels.show_files(info.path, self._chosen.labels)
        self.setVisible(bool(info.separator) or has_texts or info.format in ("images", "idx"))

    @Slot(object)
    def _choose(self, fixed: dict[str, Any]) -> None:
        self._chosen = replace(self._chosen, **fixed)
        self.changed.emit()

    @Slot(bool)
    def _fold(self, is_folded: bool) -> None:
        self._choose({"fold_case": is_folded})


class Separated(QWidget):
    """Separator, decimal sign and header of a text table."""

    chosen = Signal(object)  # settings of ReadChoices

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
        layout = QHBoxLayout(self)
        spaced(layout, gap=GRID)
        separator, decimals = Text(tr("Separator"), "muted", "small"), Text(tr("Decimals"), "muted", "small")
        row: tuple[QWidget, ...] = (separator, self.separator, decimals, self.decimal, self.header)
        for widget in row:
            layout.addWidget(widget)
        self.separator.activated.connect(self._choose)
        self.decimal.activated.connect(self._choose)
        self.header.clicked.connect(self._choose)

    def show_table(self, info: TableRead) -> None:
        """Show how the file was read."""
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
        self.chosen.emit({"separator": separator, "decimal": decimal, "header": self.header.isChecked()})


class ImageChoices(QWidget):
    """The one size of all images of a folder, and their colours."""

    chosen = Signal(object)  # settings of ReadChoices

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.size_choice, self.colour = QComboBox(), QComboBox()
        for words, key in ((tr("grey"), "grey"), (tr("red, green, blue"), "rgb")):
            self.colour.addItem(words, key)
        describe(self.size_choice, tr("Size of the images"), tr("Height and width that all images get, in pixels"))
        describe(self.colour, tr("Colours"), tr("One channel or three"))
        layout = QHBoxLayout(self)
        spaced(layout, gap=GRID)
        for words, widget in ((tr("Size"), self.size_choice), (tr("Colours"), self.colour)):
            layout.addWidget(Text(words, "muted", "small"))
            layout.addWidget(widget)
        self.size_choice.activated.connect(self._choose_size)
        self.colour.activated.connect(self._choose_colour)

    def show_table(self, info: TableRead) -> None:
        """Show the size that was taken, beside others."""
        shape = next((column.shape for column in info.columns if column.type == "image"), None)
        if shape is None:
            return
        channels, *size = shape
        self.size_choice.clear()
        for side in dict.fromkeys((tuple(size), *((side, side) for side in SIDES))):
            self.size_choice.addItem(" × ".join(map(str, side)), side)
        self.colour.setCurrentIndex(self.colour.findData("grey" if channels == 1 else "rgb"))

    @Slot(int)
    def _choose_size(self, index: int) -> None:
        self.chosen.emit({"image_size": tuple(self.size_choice.itemData(index))})

    @Slot(int)
    def _choose_colour(self, index: int) -> None:
        self.chosen.emit({"colour": self.colour.itemData(index)})


class LabelChoice(QWidget):
    """Which file holds the labels of images: the usual one beside them by a click, or another; none by itself."""

    chosen = Signal(object)  # settings of ReadChoices

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._beside = ""
        self.words = Text("", "muted", "small")
        self.usual = TextButton("", tr("Take the labels from the file beside the images"))
        self.other = TextButton(tr("Labels…"), tr("Choose the file with the labels of these images"))
        layout = QHBoxLayout(self)
        spaced(layout, gap=GRID)
        for widget in (self.words, self.usual, self.other):
            layout.addWidget(widget)
        self.usual.clicked.connect(self._take_usual)
        self.other.clicked.connect(self._ask)

    def show_files(self, images: Path, labels: str | None) -> None:
        """Say where the labels come from; without any, offer the file of the usual name."""
        name = labels_beside(images)
        self._beside = str(images.parent / name) if name else ""
        self.words.setText(tr("Labels: {name}", name=Path(labels).name) if labels else tr("No labels yet"))
        self.usual.setText(tr("Use {name}", name=name))
        self.usual.setVisible(bool(name) and not labels)

    @Slot()
    def _take_usual(self) -> None:
        self.chosen.emit({"labels": self._beside})

    @Slot()
    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Labels of the images"), str(Path(self._beside).parent))
        if name:
            self.chosen.emit({"labels": name})
