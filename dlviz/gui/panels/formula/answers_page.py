"""Check my numbers: a page where a hand calculation, or those of a class, are compared with the pass."""

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from dlviz.core.answers import Places
from dlviz.core.errors import DlvizError
from dlviz.gui.panels.formula.answers import NUMBER, AnswersModel, ClassModel
from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe, padded, spaced
from dlviz.gui.widgets.text import Elided, Text
from dlviz.i18n import tr
from dlviz.session.worksheets import Judgement, Worksheet, outcome

OWN = ""  # name of the worksheet that is typed here
PLACE_WIDTH, NUMBER_WIDTH, STUDENT_WIDTH, RESULT_WIDTH = 17 * GRID, 16 * GRID, 18 * GRID, 40 * GRID


class QuietTable(QTableView):
    """A table without grid and row numbers, whose last column takes what room is left."""

    def __init__(self, model: AnswersModel | ClassModel, widths: Iterable[int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(int(3.5 * GRID))
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setStretchLastSection(True)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)

    @Slot(object)
    def _use_theme(self, theme: Theme) -> None:
        """Lie on the panel, and mark the cell in hand softly: what is typed there must stay readable."""
        palette, role = self.palette(), QPalette.ColorRole
        for each, colour in (
            (role.Base, theme.panel),
            (role.Highlight, theme.accent_soft),
            (role.HighlightedText, theme.text),
        ):
            palette.setColor(each, theme.colour(colour))
        self.setPalette(palette)


class AnswersPage(QWidget):
    """Numbers are typed into the table or as `o.dz[1] = 0.119`; a class comes from a file.

    It compares nothing itself: `changed` asks for judgements of `worksheets()`, which `show_judgements` shows.
    """

    changed = Signal()
    closed = Signal()
    class_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.answers, self.students = AnswersModel(self), ClassModel(self)
        self.table = QuietTable(self.answers, (PLACE_WIDTH, NUMBER_WIDTH))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        describe(self.table, tr("Numbers of a hand calculation"), tr("Type your numbers into the second column"))
        self.list = QuietTable(self.students, (STUDENT_WIDTH, RESULT_WIDTH))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        describe(self.list, tr("Numbers of a class"), tr("Enter or a double-click shows the numbers of a student"))
        self.line = padded(QLineEdit())
        self.line.setPlaceholderText(tr("o.dz[1] = 0.119; w5 = 0.416"))
        describe(self.line, tr("Places and numbers"), tr("Type places and numbers, then Enter; several with ; between"))
        self.outcome, self.name = Elided("", "text"), Text("", is_bold=True)
        self._student = OWN
        self._offered: tuple[Places, int] | None = None
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._say(None)

    def _make_buttons(self) -> None:
        self.load = TextButton(tr("Load a class…"), tr("A CSV file: one row a student, one column a place"))
        self.clear = TextButton(tr("Clear"), tr("Forget the numbers that were typed"))
        self.back = TextButton(tr("Back"), tr("Back to the formula, or to the class"))

    def _lay_out(self) -> None:
        head, pages = QHBoxLayout(), QWidget()
        spaced(head)
        for widget in (self.name, self.line):
            head.addWidget(widget)
        head.addStretch(1)
        for button in (self.load, self.clear, self.back):
            head.addWidget(button)
        self.line.setFixedWidth(30 * GRID)
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addWidget(self.outcome)
        layout.addWidget(pages, 1)

    def _connect(self) -> None:
        self.answers.typed.connect(self._ask)
        self.line.returnPressed.connect(self._take_line)
        self.load.clicked.connect(self.class_wanted)
        self.clear.clicked.connect(self._clear)
        self.back.clicked.connect(self._go_back)
        self.list.activated.connect(self._show_student)

    def show_places(self, places: Places, sample: int) -> None:
        """Offer the places of a pass for one example."""
        if (places, sample) != self._offered:
            self._offered = places, sample
            self.answers.show_places({each.label: places.spelled(each) for each in places.of_example(sample)})

    def _label(self, typed: str) -> str:
        """Return how a place is called that somebody typed in another way; what is none stays as it is."""
        try:
            return typed if self._offered is None else self._offered[0].find(typed, self._offered[1]).label
        except DlvizError:
            return typed

    def show_class(self, worksheets: tuple[Worksheet, ...]) -> None:
        """Show the students of a class; none: numbers are typed here."""
        self.students.show_class(worksheets)
        self._turn_to(is_class=bool(worksheets))
        self._ask()

    def worksheets(self) -> tuple[Worksheet, ...]:
        """Return what is to be judged."""
        own = self.answers.worksheet(self._student)
        return (*((own,) if own.entries else ()), *self.students.worksheets)

    def show_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Show what was found of the worksheets that stand here."""
        found = tuple(judgements)
        own = self.answers.worksheet(self._student)
        mine = next((each for each in found if each.worksheet == own), None)
        self.answers.show_judgement(mine)
        self.students.show_judgements(found)
        self._say(mine)

    def _say(self, mine: Judgement | None) -> None:
        if self._pages.currentIndex() == 1:
            self.outcome.setText(tr("{count} students", count=len(self.students.worksheets)))
        elif self.answers.worksheet(self._student).entries:
            self.outcome.setText("…" if mine is None else outcome(mine))
        else:
            self.outcome.setText(tr("Type your numbers: the first slip is marked and named."))

    def _turn_to(self, is_class: bool) -> None:
        self._pages.setCurrentIndex(1 if is_class else 0)
        if is_class:
            self._student = OWN
        self.name.setText(tr("Class") if is_class else self._student)
        self.name.setVisible(bool(self.name.text()))
        for widget in (self.line, self.clear):
            widget.setVisible(not is_class)
        self._say(None)

    @Slot()
    def _ask(self) -> None:
        self._say(None)
        self.changed.emit()

    @Slot()
    def _take_line(self) -> None:
        """Take over `place = number; place = number`; what has no = stays to be mended."""
        parts = [part.strip() for part in self.line.text().split(";") if part.strip()]
        read = [tuple(side.strip() for side in part.rsplit("=", 1)) for part in parts if "=" in part]
        self.line.setText("; ".join(part for part in parts if "=" not in part))
        if read:
            self.answers.take((self._label(place), number) for place, number in read)

    @Slot()
    def _clear(self) -> None:
        self.answers.take((), is_fresh=True)

    @Slot(QModelIndex)
    def _show_student(self, index: QModelIndex) -> None:
        worksheet = self.students.worksheets[index.row()]
        self._student = worksheet.name
        self._turn_to(is_class=False)
        self.answers.take(((self._label(place), number) for place, number in worksheet.entries), is_fresh=True)

    @Slot()
    def _go_back(self) -> None:
        if self._pages.currentIndex() == 0 and self.students.worksheets:
            self._turn_to(is_class=True)
        else:
            self.students.show_class(())
            self._turn_to(is_class=False)
            self.closed.emit()

    def begin(self) -> None:
        """Let the keyboard begin at the first number that is not typed yet."""
        places = self.answers.places
        row = next((row for row, place in enumerate(places) if not self.answers.numbers.get(place)), 0)
        self.table.setCurrentIndex(self.answers.index(row, NUMBER))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
