"""The page of images in the data panel: grid, what it is filtered by, and one image as a column of X or varied."""

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared
from dlviz.gui import numbers
from dlviz.gui.panels.data.column import ColumnOfX
from dlviz.gui.panels.data.editing import DataEdits
from dlviz.gui.panels.data.grid import NOBODY, ImageGrid
from dlviz.gui.panels.data.page import DataPage
from dlviz.gui.panels.data.variants import Variants
from dlviz.gui.selection import Rows, Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr, trn
from dlviz.session.document import Document

ALL, SELECTED = "all", "selected"


class ImagePage(DataPage):
    """Images of all classes, of one, or the rows that are selected."""

    def __init__(self, edits: DataEdits, parent: QWidget | None = None) -> None:
        super().__init__(edits, parent)
        self.dataset: Dataset | None = None
        self._document: Document | None = None
        self._prepared: Prepared | None = None
        self.which, self.count = Chooser(), Text("", "muted", "small")
        describe(self.which, tr("Which images"), tr("All images, those of a class, or the selected rows"))
        self.grid, self.column, self.variants = ImageGrid(), ColumnOfX(), Variants(edits)
        shown = (("column", tr("column of X")), ("variants", tr("variants")))
        self.below = Words(tr("What is shown of an image"), shown)
        self._lay_out()
        self.which.activated.connect(self._filter)
        self.below.chosen.connect(self._show_image)
        self.grid.taken.connect(self._take)
        self.context.selection.rows_changed.connect(self._mark)
        self.context.selection.changed.connect(self._follow)

    def _lay_out(self) -> None:
        head, column = QHBoxLayout(), QVBoxLayout(self)
        spaced(head)
        spaced(column, gap=GRID)
        column.setContentsMargins(2 * GRID, 0, GRID, GRID)
        head.addWidget(self.which, 1)
        head.addWidget(self.count)
        column.addLayout(head)
        column.addWidget(self.grid, 1)
        column.addWidget(self.below)
        column.addWidget(self.column)
        column.addWidget(self.variants, 2)
        self.variants.hide()  # both at once would ask for more height than a window has, which docks never give back
        self.setFocusProxy(self.grid)

    def show_data(self, document: Document, prepared: Prepared | None) -> None:
        """Show an image set; its filter stays where the classes are the same."""
        old, self.dataset = self.dataset, None if prepared is None else prepared.dataset.sample
        self._document, self._prepared = document, prepared
        if self.dataset is None:
            return
        if self.dataset is not old:
            if old is None or old.class_names != self.dataset.class_names:
                self._offer(self.dataset)
            self.grid.show_dataset(self.dataset)
            self._filter()
        self._follow(self.context.selection.current)

    def _offer(self, dataset: Dataset) -> None:
        self.which.clear()
        self.which.addItem(tr("all images"), ALL)
        for number, name in enumerate(dataset.class_names):
            self.which.addItem(tr("class {name}", name=name), number)
        self.which.addItem(tr("selected rows"), SELECTED)

    @Slot()
    def _filter(self) -> None:
        """Show the rows of the chosen class, or those that are selected."""
        dataset, which = self.dataset, self.which.currentData()
        if dataset is None:
            return
        marked = self.context.selection.rows
        if which == SELECTED:
            here = (row // dataset.stride for row in marked if row % dataset.stride == 0)
            rows = np.array(sorted(row for row in here if row < dataset.n), dtype=np.intp)
        elif which == ALL or which is None:
            rows = np.arange(dataset.n)
        else:
            rows = np.flatnonzero(dataset.targets == which)
        self.grid.mark(marked)
        self.grid.show_rows(rows, self._none())
        count = len(rows)
        self.count.setText(trn("1 image", "{count} images", count, count=numbers.count(count)) if count else "")

    def _none(self) -> str:
        if self.which.currentData() == SELECTED:
            return tr("No rows are selected: click a point of a plot, a row of a table, or a cell of the errors.")
        return tr("No image is of this class.")

    @Slot(object)
    def _mark(self, _rows: Rows) -> None:
        if self.which.currentData() == SELECTED:
            self._filter()
        else:
            self.grid.mark(self.context.selection.rows)

    @Slot(int)
    def _take(self, row: int) -> None:
        """Select a row everywhere."""
        self.context.selection.select(Selected("sample", unit=row))
        if self.which.currentData() != SELECTED:
            number = row * (1 if self.dataset is None else self.dataset.stride)
            self.context.selection.select_rows([number], tr("row {row}", row=number + 1))

    @Slot(object)
    def _follow(self, selected: Selected) -> None:
        """Put a ring around the image of the row that is selected, and show it below."""
        dataset = self.dataset
        is_row = dataset is not None and selected.kind == "sample" and 0 <= selected.unit < dataset.n
        self.grid.show_row(selected.unit if is_row else NOBODY)
        self._show_image()

    @Slot()
    def _show_image(self) -> None:
        """Show the image that is taken, or else the first, as a column of X or as what it is varied to."""
        dataset, prepared, document = self.dataset, self._prepared, self._document
        if dataset is None or prepared is None or document is None:
            return
        row, shows_column = max(self.grid.row, 0), self.below.key() == "column"
        self.column.setVisible(shows_column)
        self.variants.setVisible(not shows_column)
        if shows_column:
            self.column.show_row(dataset, row, prepared.dataset.n)
        else:
            self.variants.show_row(document, prepared, row * dataset.stride)
