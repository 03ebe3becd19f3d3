"""A quiet table of numbers: sorted by a click on a heading, one row marked, every digit on hover and to copy."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QContextMenuEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.copying import copy_csv, offer
from dlviz.gui.widgets.number_model import NONE, NUMBER, Cell, Column, Line, NumberModel
from dlviz.i18n import tr

__all__ = ["NONE", "Cell", "Column", "FilledTable", "Line", "NumberTable"]

ROW_HEIGHT = 3 * GRID  # pixels
FEWEST = 2  # digits of a number in the narrowest column
SCROLLED = 3  # digits of a number in a table that scrolls sideways
PADDING = 8  # pixels that a cell keeps free beside its words
MOST_MEASURED = 40  # rows whose width decides how many digits are written
SCROLLED_MEASURED = 8  # rows beyond those in view whose width decides how wide a column of a scrolled table is
_ENDLESS = 16_777_215  # Qt's QWIDGETSIZE_MAX


class NumberTable(QTableView):
    """Shows as many rows as it may and scrolls beyond; a click or Enter takes a row."""

    taken = Signal(int)  # number of the row

    def __init__(self, most_rows: int = 8, is_sortable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most_rows = most_rows
        self._is_changing = False  # a model that is being filled has no rows to measure, bars of scrolling come and go
        self._width = 0  # pixels, when digits were chosen last
        self._is_tight = False  # numbers with the fewest digits have no room beside each other: the table scrolls
        self._shown = QTimer(self, singleShot=True, interval=0)  # the head learns of its width after the table is shown
        self._shown.timeout.connect(self._choose_digits)
        self.numbers = NumberModel(self)
        self.setModel(self.numbers)
        self._make_quiet()
        self.setSortingEnabled(is_sortable)
        self.sortByColumn(NONE, Qt.SortOrder.AscendingOrder)
        self.horizontalHeader().setSortIndicatorShown(False)  # its place in every heading is missing to the numbers
        self.horizontalHeader().sortIndicatorChanged.connect(self._show_order)
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)
        self.clicked.connect(self._take)
        self.activated.connect(self._take)

    @Slot(int)
    def _show_order(self, section: int) -> None:
        """Show by which column the rows are sorted, as soon as somebody sorts them."""
        self.horizontalHeader().setSortIndicatorShown(self.isSortingEnabled() and section != NONE)
        self._be_tight(False)
        self._choose_digits()

    def _make_quiet(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        head.setMinimumSectionSize(3 * GRID)
        head.setResizeContentsPrecision(SCROLLED_MEASURED)  # Qt's 1000 rows took 0.2 s whenever a number changed
        head.setHighlightSections(False)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        face = font("small")
        self.setFont(face)
        self.horizontalHeader().setFont(face)
        self.verticalHeader().setDefaultSectionSize(max(ROW_HEIGHT, self.fontMetrics().height() + GRID // 2))
        self._fit()

    def show_lines(self, columns: Sequence[Column], lines: Sequence[Line], marked: int = NONE) -> None:
        """Show these numbers; the row of this number is marked."""
        count = len(self.numbers.lines)
        if tuple(columns) != self.numbers.columns:
            self._be_tight(False)
        with self._changing():
            self.numbers.show_lines(columns, lines, marked)
        self._share_room()
        if len(lines) != count:
            self._fit()
        self._choose_digits()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write as many digits as the new width has room for."""
        super().resizeEvent(event)
        if self._is_changing:
            return
        # Not the width of the viewport, which a bar at the side takes from and gives back without an end.
        is_wider, self._width = self.width() > self._width, self.width()
        if is_wider:
            self._be_tight(False)
        self._choose_digits()

    def showEvent(self, event: QShowEvent) -> None:
        """Write as many digits as there is room for where the width changed while nobody looked."""
        super().showEvent(event)
        self._shown.start()

    @Slot()
    def _choose_digits(self) -> None:
        """Write numbers shorter where a column is narrow: one that ends in … could be any."""
        self._give_way()
        sections = range(self.numbers.columnCount())
        digits = tuple(map(self._digits_of, sections)) if not self._is_tight else ()
        if self._is_tight or not (all(digits) or self._has_room()):
            self._be_tight(True)
            digits = tuple(min(self.numbers.most_digits(section), SCROLLED) for section in sections)
        self.numbers.use_digits(tuple(max(each, FEWEST) for each in digits))

    def _has_room(self) -> bool:
        """Say whether all columns fit beside each other with the fewest digits, whatever their widths are now."""
        shown = (section for section in range(self.numbers.columnCount()) if section not in self.numbers.aside)
        return sum(map(self._least, shown)) <= self.viewport().width()

    def _least(self, section: int) -> int:
        """Return the width of a column with the fewest digits."""
        metrics, head = self.fontMetrics(), self.horizontalHeader()
        written = (self.numbers.write(line, section, FEWEST) for line in self.numbers.lines[:MOST_MEASURED])
        least = max(map(metrics.horizontalAdvance, written), default=0) + PADDING
        if head.isSectionHidden(section):  # Qt knows no size of it; what is too large here only keeps it hidden
            return max(least, head.fontMetrics().horizontalAdvance(self.numbers.columns[section].title) + 2 * PADDING)
        is_as_wide_as_its_heading = head.sectionResizeMode(section) == QHeaderView.ResizeMode.ResizeToContents
        return max(least, head.sectionSizeHint(section)) if is_as_wide_as_its_heading else least

    def _give_way(self) -> None:
        """Hide the columns that give way until the others have room, and show them again where they have it too."""
        columns = self.numbers.columns
        spare = sorted((k for k, each in enumerate(columns) if each.gives_way), key=lambda k: columns[k].gives_way)
        if not spare and not self.numbers.aside:
            return
        widths, gone = {section: self._least(section) for section in range(len(columns))}, set[int]()
        while len(gone) < len(spare) and sum(widths.values()) > self.viewport().width():
            section = spare[len(gone)]
            gone.add(section)
            del widths[section]
        self.numbers.aside = frozenset(gone)
        for section in range(len(columns)):
            self.setColumnHidden(section, section in gone)

    def _be_tight(self, is_tight: bool) -> None:
        """Give every column what it needs and scroll sideways, or share the room again."""
        if is_tight == self._is_tight:
            return
        self._is_tight = is_tight
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if is_tight else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        with self._changing():
            self.setHorizontalScrollBarPolicy(policy)
            self._share_room()
            self._fit()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Leave sizes alone that come and go within a change; whoever makes it chooses the digits afterwards."""
        before, self._is_changing = self._is_changing, True
        try:
            yield
        finally:
            self._is_changing = before

    def _digits_of(self, section: int) -> int:
        """Return with how many digits the numbers of a column fit, 0 if with none."""
        if section in self.numbers.aside:
            return self.numbers.most_digits(section)
        metrics, room = self.fontMetrics(), self.columnWidth(section) - PADDING
        for digits in range(self.numbers.most_digits(section), FEWEST, -1):
            written = (self.numbers.write(line, section, digits) for line in self.numbers.lines[:MOST_MEASURED])
            if all(metrics.horizontalAdvance(words) <= room for words in written):
                return digits
        few = (self.numbers.write(line, section, FEWEST) for line in self.numbers.lines[:MOST_MEASURED])
        return FEWEST if all(metrics.horizontalAdvance(words) <= room for words in few) else 0

    def _share_room(self) -> None:
        """Give columns of words, and row numbers at the left, what they need; other numbers share the rest."""
        head, lines = self.horizontalHeader(), self.numbers.lines
        for section in range(self.numbers.columnCount()):
            is_words = any(isinstance(line.cells[section], str) for line in lines)
            is_words |= section == 0 and all(_is_whole(line.cells[0]) for line in lines)
            is_words |= self._is_tight
            mode = QHeaderView.ResizeMode.ResizeToContents if is_words else QHeaderView.ResizeMode.Stretch
            if head.sectionResizeMode(section) != mode:
                head.setSectionResizeMode(section, mode)

    def _fit(self) -> None:
        self.setFixedHeight(self._height(min(self.numbers.rowCount(), self._most_rows)))

    def _height(self, rows: int) -> int:
        """Return the pixels that so many rows take, with the head and the bar of what scrolls."""
        head = self.horizontalHeader().sizeHint().height()
        bar = self.horizontalScrollBar().sizeHint().height() if self._is_tight else 0
        return head + max(rows, 1) * self.verticalHeader().defaultSectionSize() + bar + 2

    def sizeHint(self) -> QSize:
        """Return the height of the rows on show."""
        return QSize(30 * GRID, self.height())

    def minimumSizeHint(self) -> QSize:
        """Allow it to be narrow: columns share what room there is."""
        return QSize(10 * GRID, self.height())

    def shown(self) -> list[tuple[Cell, ...]]:
        """Return the cells in the order on show, with every digit."""
        return [line.cells for line in self.numbers.rows]

    @Slot(QModelIndex)
    def _take(self, index: QModelIndex | QPersistentModelIndex) -> None:
        self.taken.emit(int(index.data(NUMBER)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the numbers to copy."""
        offer(self, event.globalPos(), tr("Copy as CSV"), self.copy)

    @Slot()
    def copy(self) -> None:
        """Put the table on the clipboard with every digit."""
        copy_csv([column.title for column in self.numbers.columns], self.shown())


class FilledTable(NumberTable):
    """A table that is as high as the room it is given. is_capped: no higher than its rows."""

    def __init__(self, is_sortable: bool = True, is_capped: bool = False, parent: QWidget | None = None) -> None:
        self._is_capped = is_capped
        super().__init__(is_sortable=is_sortable, parent=parent)
        self.setMinimumHeight(0)
        self.setMaximumHeight(_ENDLESS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _fit(self) -> None:
        """Leave the height to the layout, up to that of the rows where it is capped."""
        if self._is_capped:
            self.setMaximumHeight(self._height(self.numbers.rowCount()))

    def _share_room(self) -> None:
        """Give a column whose heading is wider than its share what the heading needs."""
        super()._share_room()
        head = self.horizontalHeader()
        for section in range(self.numbers.columnCount()):
            if head.sectionSizeHint(section) > self.columnWidth(section):
                head.setSectionResizeMode(section, QHeaderView.ResizeMode.ResizeToContents)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share another width."""
        self._share_room()
        super().resizeEvent(event)

    def sizeHint(self) -> QSize:
        """Return the room of a few rows."""
        return QSize(30 * GRID, 8 * ROW_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the room of a heading and two rows."""
        return QSize(10 * GRID, 2 * ROW_HEIGHT if self._is_capped else 3 * ROW_HEIGHT + GRID)


def _is_whole(cell: Cell) -> bool:
    return isinstance(cell, float) and cell.is_integer()
