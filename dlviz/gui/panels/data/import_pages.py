"""The two pages of the import dialog: what is being read, and what was read."""

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from dlviz.data.formats import modality_words
from dlviz.data.picture_progress import Progress
from dlviz.data.table import Table
from dlviz.data.table_dataset import modality_of
from dlviz.gui import numbers
from dlviz.gui.panels.data.columns import ColumnChoices
from dlviz.gui.panels.data.encoding import INTEGER, TargetEncoding
from dlviz.gui.panels.data.preview import PreviewTable
from dlviz.gui.panels.data.reading import ReadingChoices
from dlviz.gui.panels.data.sampled import SampledImages
from dlviz.gui.theme import GRID, font
from dlviz.gui.widgets.fold import Fold
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Elided, Text
from dlviz.i18n import tr, trn

NOTES_SHOWN = 5  # lines
MOST_CLASSES = 12  # whose columns are shown side by side
ENCODED_HEIGHT = 20 * GRID
ROWS_LOOKED_AT = 10_000  # for their labels


class WaitingPage(QWidget):
    """What is going on, how far it is, and images as they come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words, self.bar, self.images = Text("", "muted"), QProgressBar(), SampledImages()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(GRID)
        describe(self.bar, tr("Reading the file"))
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(self.words, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.bar)
        layout.addWidget(self.images, 6)
        layout.addStretch(1)

    def begin(self, words: str) -> None:
        """Say what begins; nobody knows how long it takes."""
        self.words.setText(words)
        self.bar.setRange(0, 0)
        self.images.hide()

    def show_progress(self, progress: Progress) -> None:
        """Show how many images are decoded, and some of them."""
        done, total = numbers.count(progress.done), numbers.count(progress.total)
        self.words.setText(tr("{done} of {total} images", done=done, total=total))
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self.images.show()
        self.images.show_progress(progress)


class NotesView(QPlainTextEdit):
    """Everything that was changed or left out, a few lines high; it can be scrolled and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFont(font("small"))
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.setTabChangesFocus(True)
        describe(self, tr("What was changed or left out"))
        self._fitted_width, self._is_cut = 0, False
        self.textChanged.connect(self._begin)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep room for the lines that there are in another width."""
        super().resizeEvent(event)
        if self.width() == self._fitted_width:
            self._fit()
        else:
            self._begin()

    @Slot()
    def _begin(self) -> None:
        """Fit other words or another width, at first without a bar."""
        self._fitted_width, self._is_cut = self.width(), False
        self._fit()

    def _fit(self) -> None:
        """Choose height and bar; a bar that came stays, for what it does to the lines must not take it away again.

        Signs of another font make a line taller. Left to Qt the bar came and went for ever at some widths.
        """
        line = self.fontMetrics().lineSpacing() + 1  # a layout rounds up
        wanted, most = self._tall(), NOTES_SHOWN * line
        self._is_cut |= wanted > most
        shown = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if self._is_cut else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if shown != self.verticalScrollBarPolicy():
            self.setVerticalScrollBarPolicy(shown)
        self.setFixedHeight(round(most if self._is_cut else max(line, wanted)) + GRID)

    def _tall(self) -> float:
        """Return the pixels that the words take at this width; those of the first notes, where there are many."""
        layout, block, total = self.document().documentLayout(), self.document().firstBlock(), 0.0
        for _ in range(min(self.blockCount(), NOTES_SHOWN + 1)):
            total += layout.blockBoundingRect(block).height()
            block = block.next()
        return total


class PreviewPage(QWidget):
    """Cells or images, how they were read, what is used of them, and everything that was changed or left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self.table, self.images = PreviewTable(), SampledImages()
        self.columns, self.how = ColumnChoices(), ReadingChoices()
        self.heading, self.notes = Elided("", "muted", "small"), NotesView()
        self.encoding = TargetEncoding()
        self.encoding.show_read(INTEGER)
        self.encoding.setFixedHeight(ENCODED_HEIGHT)
        self.encoded = Fold(
            tr("Labels as numbers"), tr("Integers beside one-hot rows, and which of them the loss reads")
        )
        self.encoded.column.addWidget(self.encoding)
        self._lay_out()
        self.columns.changed.connect(self.show_roles)

    def _lay_out(self) -> None:
        left, layout = QVBoxLayout(), QHBoxLayout(self)
        self._shown = QStackedWidget()
        self._shown.addWidget(self.table)
        self._shown.addWidget(self.images)
        spaced(left, gap=GRID)
        rows = ((self.heading, 0), (self.how, 0), (self._shown, 1), (self.encoded, 0), (self.notes, 0))
        for widget, stretch in rows:
            left.addWidget(widget, stretch)
        spaced(layout, gap=2 * GRID)
        layout.addLayout(left, 1)
        layout.addWidget(self.columns)
        self.columns.setFixedWidth(38 * GRID)

    def show_table(self, table: Table) -> None:
        """Show another file."""
        self._table = table
        info = table.info
        self.how.show_table(info)
        self.table.show_table(info)
        has_images = any(column.type == "image" for column in info.columns)
        self._shown.setCurrentWidget(self.images if has_images else self.table)
        self.columns.show_table(info)
        rows, columns = numbers.count(info.n_rows), len(info.columns)
        words = (
            info.path.name, trn("1 row", "{rows} rows", info.n_rows, rows=rows),
            trn("1 column", "{n} columns", columns), modality_words(modality_of(info)),
        )  # fmt: skip
        self.heading.setText(" · ".join(words))
        self.say(info.notes)
        self.show_roles()

    def say(self, notes: tuple[str, ...]) -> None:
        """Write every note; many of them are scrolled."""
        self.notes.setPlainText("\n".join(notes))
        self.notes.setVisible(bool(notes))

    def show_roles(self) -> None:
        """Tint the columns by what they are used for, and show the labels as numbers."""
        if self._table is None:
            return
        target = self.columns.target_name
        self.table.preview.show_roles(target, frozenset(self.columns.input_names))
        if self._shown.currentWidget() is self.images:
            self.images.show_table(self._table, target)
        names, labels = self._classes(self._table, target)
        self.encoded.setVisible(2 < len(names) <= MOST_CLASSES)
        if len(names) <= MOST_CLASSES:
            self.encoding.show_labels(target, labels, names)

    def _classes(self, table: Table, target: str) -> tuple[tuple[str, ...], list[int]]:
        """Return the classes of the target and the class of every row, nothing where it has none."""
        if not target or not self.columns.is_class:
            return (), []
        column, cells = table.info.column(target), np.asarray(table.arrays[target][:ROWS_LOOKED_AT])
        if column.type == "category":
            return column.categories, cells.tolist()
        values, codes = np.unique(cells[np.isfinite(cells)], return_inverse=True)
        return tuple(f"{value:.6g}" for value in values), codes.tolist()
