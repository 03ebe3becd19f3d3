"""The table of a race: as many columns as there is room for; the tooltip of a row says the others."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from dlviz.gui.panels.surface.rows import NETWORK_COLUMNS, NUMBER, Index, Rows, TableModel, titles
from dlviz.gui.race.runners import paint_runner, setting_words, title_of
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.copying import Rows as Copied
from dlviz.gui.widgets.paint import describe, rounded
from dlviz.i18n import tr
from dlviz.session.race import Race

MARKER = 5.0  # pixels
FIGURE = "8.888×10⁻⁸⁸"  # about as wide as any number of the table
SETTINGS = 10  # grids; settings are at least so wide
#: How many columns there are → which of them go first where there is no room, numbers that can be read elsewhere.
GIVING_WAY = {8: (7, 5, 6, 4, 1), NETWORK_COLUMNS: (6, 5, 4, 1)}
ROW = 3 * GRID + 4  # pixels


class RunnerDelegate(QStyledItemDelegate):
    """Paints a cell: the marker before the name, settings muted, numbers with figures of equal width."""

    entrant = 0

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the room of a cell."""
        words = str(index.data())
        return QSize(option.fontMetrics.horizontalAdvance(words) + 4 * GRID, ROW)

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        theme, rect = current(), QRectF(option.rect)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.row() == self.entrant:
            p.fillRect(option.rect, theme.colour("accent_soft"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            p.fillRect(option.rect, theme.colour("hover"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            rounded(p, rect.adjusted(1, 1, -1, -1), border=theme.accent, radius=3)
        left = GRID
        if index.column() == 0:
            middle = rect.center()
            middle.setX(rect.left() + 2 * GRID)
            paint_runner(p, index.data(NUMBER), middle, MARKER)
            left = 4 * GRID
        p.setPen(theme.colour("muted" if index.column() == 1 else "text"))
        p.setFont(font("normal", is_bold=index.column() == 0))
        words = p.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, int(rect.width()) - left)
        p.drawText(rect.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
        p.restore()


class Heading(QHeaderView):
    """Small muted words over the columns, without lines between them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(GRID)

    def paintSection(self, p: QPainter, rect: QRect, section: int) -> None:
        """Write one heading over a hairline."""
        p.fillRect(rect, current().colour("panel"))
        p.fillRect(rect.left(), rect.bottom(), rect.width(), 1, current().colour("line"))
        p.setFont(font("small"))
        p.setPen(current().colour("muted"))
        words = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        shown = p.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, rect.width() - GRID)
        p.drawText(rect.adjusted(GRID, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, shown)


def widths(titles: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return how wide every column is in pixels, 0 where it has no room, so that together they fill it.

    Names and figures are never cut; settings end in … before a column goes.
    """
    heads, plain, bold = (QFontMetrics(each) for each in (font("small"), font("normal"), font("normal", is_bold=True)))
    least = [max(heads.horizontalAdvance(each) + GRID, plain.horizontalAdvance(FIGURE)) + 2 * GRID for each in titles]
    for column, metrics in ((0, bold), (1, plain), (2, plain)):
        longest = max((metrics.horizontalAdvance(row[column]) for row in rows), default=0)
        least[column] = max(least[column], longest + (6 if column == 0 else 2) * GRID)
    settings, least[1] = least[1], min(least[1], SETTINGS * GRID)
    for column in GIVING_WAY[len(titles)]:
        least[column] = 0 if sum(least) > room else least[column]
    least[1] += max(min(settings - least[1], room - sum(least)), 0)
    shown = [column for column, width in enumerate(least) if width]
    spare = max(room - sum(least), 0) // len(shown)
    return [width + spare if width else 0 for width in least]


class RunnerTable(QTableView):
    """The table; a click looks closely at an optimizer, a double click or Enter opens its settings."""

    looked_at = Signal(int)
    opened = Signal(int)
    removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Rows | None = None
        self._step = 0
        self.rows = TableModel(self)
        self.painter = RunnerDelegate(self)
        self.setModel(self.rows)
        self.setItemDelegate(self.painter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setHorizontalHeader(Heading(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        describe(self, tr("Optimizers in the race"), "")
        self.clicked.connect(self._look)
        self.doubleClicked.connect(self._open)
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)

    def plotted(self) -> Copied:
        """Return every point of every path so far, with its height."""
        if self._rows is None:
            return Copied((), ())
        race, until = self._rows.race, self._step + 1
        rows = (
            (title_of(each), setting_words(each), step, *point, value)
            for each, path in zip(race.spec.optimizers, race.paths, strict=True)
            for step, (point, value) in enumerate(
                zip(path.points[:until].tolist(), path.values[:until].tolist(), strict=True)
            )
        )
        return Copied(("optimizer", "settings", "step", *("x", "y")[: race.surface.d], "f"), rows)

    def show_race(self, race: Race, step: int, entrant: int) -> None:
        """Show what each came to after so many steps."""
        self._step = step
        is_taller = len(race.paths) != len(self.rows.rows)
        is_other = self._rows is None or self._rows.race is not race
        if self._rows is None or is_other:
            self._rows = Rows(race)
        self.rows.show_rows(self._rows.at(step), titles(race))
        if is_other:
            self._fit()
        if entrant != self.painter.entrant:
            self.painter.entrant = entrant
            self.viewport().update()
        if is_taller:
            self.updateGeometry()

    def _fit(self) -> None:
        """Give every column its width; the widest words of a race are those at its end."""
        if self._rows is None:
            return
        race = self._rows.race
        cells = [row.cells for row in self._rows.at(race.steps)]
        for column, width in enumerate(widths(titles(race), cells, self.viewport().width())):
            self.setColumnHidden(column, not width)
            self.setColumnWidth(column, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width between the columns."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """Return the room of all rows up to six."""
        shown = min(max(len(self.rows.rows), 2), 6)
        return QSize(70 * GRID, self.horizontalHeader().sizeHint().height() + ROW * shown + 4)

    def minimumSizeHint(self) -> QSize:
        """Return the room of two rows."""
        return QSize(40 * GRID, self.horizontalHeader().sizeHint().height() + 2 * ROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between optimizers; Enter opens one, Delete takes it out of the race."""
        key = event.key()
        row = self.painter.entrant
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.looked_at.emit(min(max(row + (1 if key == Qt.Key.Key_Down else -1), 0), len(self.rows.rows) - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(row)
        elif key == Qt.Key.Key_Delete:
            self.removed.emit(row)
        else:
            event.ignore()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.horizontalHeader().setFont(font("small"))
        self.setFont(font("normal"))
        self._fit()
        self.updateGeometry()
        self.viewport().update()

    @Slot(QModelIndex)
    def _look(self, index: QModelIndex) -> None:
        self.looked_at.emit(index.row())

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())
