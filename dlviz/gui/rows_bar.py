"""One line above the canvas: which rows of the data are selected, with a way to walk them one after the other."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from dlviz.data.dataset import Dataset
from dlviz.gui import numbers
from dlviz.gui.panel import Context
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.selection import Rows
from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.button import IconButton, TextButton
from dlviz.gui.widgets.paint import painter, spaced
from dlviz.gui.widgets.text import Elided
from dlviz.i18n import tr
from dlviz.session.messages import Frame

NOBODY = -1


class RowsBar(QWidget):
    """The sentence of the selected rows, a button that walks one of them in Step, and one that lets them go."""

    walk_asked = Signal(int)  # number of the row in the whole set

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context: Context | None = None
        self._rows: tuple[int, ...] = ()
        self._words = ""
        self._dataset: Dataset | None = None
        self.walked, self._is_aside = NOBODY, False
        self.text = Elided()
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.walk = TextButton(
            tr("Walk one in Step"), tr("One of these rows, operation by operation; each click takes the next"), True
        )
        self.walk.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button = IconButton("close", tr("Select no rows"), tr("Esc does it too"), size=3 * GRID)
        row = QHBoxLayout(self)
        spaced(row, GRID // 2)
        row.setContentsMargins(2 * GRID, GRID // 2, GRID, GRID // 2)
        for widget, stretch in ((self.text, 1), (self.walk, 0), (self.close_button, 0)):
            row.addWidget(widget, stretch)
        self.walk.clicked.connect(self._walk_next)
        self.close_button.clicked.connect(self._let_go)
        theme_signals.changed.connect(self._use_theme)
        self.hide()

    def follow(self, context: Context) -> None:
        """Show the rows that are selected here."""
        self._context = context
        context.selection.rows_changed.connect(self._show_rows)

    @Slot(object)
    def _show_rows(self, rows: Rows) -> None:
        self._rows, self._words = tuple(sorted(rows.numbers)), rows.words
        self._say()
        self.setVisible(bool(self._rows))

    def show_document(self) -> None:
        """Let the rows go where other data have taken their place; numbers typed over leave them selected."""
        assert self._context is not None
        prepared = prepared_or_none(self._context.session)
        self._dataset, before = None if prepared is None else prepared.dataset, self._dataset
        if _columns(before) != _columns(self._dataset):
            self._let_go()
        self.walk.setVisible(self._context.session.document.subject == "network")

    @Slot(object)
    def show_frame(self, frame: Frame) -> None:
        """Say which of the rows is walked."""
        trace = frame.trace
        is_inside = trace is not None and frame.sample < len(trace.rows)
        walked = int(trace.rows[frame.sample]) if trace is not None and is_inside else NOBODY
        if (walked, frame.is_aside) != (self.walked, self._is_aside):
            self.walked, self._is_aside = walked, frame.is_aside
            self._say()

    def _say(self) -> None:
        is_walked, is_one = self.walked in self._rows, len(self._rows) == 1
        self.walk.setText(tr("Walk the next") if is_walked and not is_one else tr("Walk one in Step"))
        self.walk.setAccessibleName(self.walk.text())
        self.walk.updateGeometry()
        if not is_walked:
            self.text.setText(self._words)
            return
        row = self._words if is_one else tr("{words}; row {row}", words=self._words, row=numbers.count(self.walked + 1))
        how = tr("is walked alone, nothing is learnt of it") if self._is_aside else tr("is walked in its batch")
        self.text.setText(f"{row} {how}")

    @Slot()
    def _walk_next(self) -> None:
        """Walk the row after the one that is walked; after the last comes the first."""
        later = [row for row in self._rows if row > self.walked] if self.walked in self._rows else []
        self.walk_asked.emit((later or self._rows)[0])

    @Slot()
    def _let_go(self) -> None:
        if self._context is not None:
            self._context.selection.select_rows()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the soft ground that selected rows have everywhere."""
        with painter(self) as p:
            p.fillRect(self.rect(), current().colour("accent_soft"))


def _columns(dataset: Dataset | None) -> tuple[object, ...]:
    """Return what has to stay for row numbers to mean the same rows."""
    return () if dataset is None else (dataset.title, dataset.n, dataset.input_names, dataset.class_names)
