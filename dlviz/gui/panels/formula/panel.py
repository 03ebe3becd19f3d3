"""The step in hand told: phase, one sentence, and the formula with its numbers."""

from contextlib import suppress
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from dlviz.core.answers import Places
from dlviz.core.errors import DlvizError
from dlviz.core.narration import Focus, Narration, Plan, narrate
from dlviz.core.notation import Notation
from dlviz.core.plain import plain
from dlviz.core.trace import Step, Trace
from dlviz.gui.board import board_words
from dlviz.gui.invitation import invitation
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.formula.answers_page import AnswersPage
from dlviz.gui.panels.formula.badge import PhaseBadge, place_words
from dlviz.gui.panels.formula.focus import focus_for
from dlviz.gui.panels.formula.matrices.page import MatrixPage
from dlviz.gui.panels.formula.operands import Operands
from dlviz.gui.panels.formula.predict import Prediction, exercise_for, place_told
from dlviz.gui.theme import GRID
from dlviz.gui.typeset.view import FormulaView
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Interest
from dlviz.session.worksheets import Worksheet

ONE_UNIT, MATRIX = "unit", "matrix"
MOST_GROWTH = 1.6  # of the letters, where there is room


class RoomyFormula(FormulaView):
    """A formula that fills a large room with large letters, to be read from the back of it."""

    most_growth = MOST_GROWTH


class FormulaPanel(Panel):
    """Tells the last step done, for what is selected and the sample looked at."""

    key = "formula"
    needs = frozenset({"trace", "peek"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._frame: Frame | None = None
        self.badge = PhaseBadge()
        self.sentence = Text("", size="normal")
        self.sentence.setWordWrap(True)
        self.view = RoomyFormula()
        self.by_hand, self.prediction, self.page = Text("", "muted"), Prediction(), AnswersPage()
        self.by_hand.setWordWrap(True)
        self.check = TextButton(tr("Check my numbers"), tr("Type the numbers of a hand calculation"), is_link=True)
        self.operands, self.matrices = Operands(self.view, context), MatrixPage(context)
        choices = ((ONE_UNIT, tr("one unit")), (MATRIX, tr("matrix")))
        self.ways = Segmented(tr("Show the step for"), choices, height=3 * GRID)
        self.title_tool = self._tools()
        self._places: tuple[Trace, Notation, Places] | None = None
        self._lender: QWidget | None = None  # what had the keyboard before the field for a prediction
        self._build()
        self._connect()
        self._show()

    def _connect(self) -> None:
        self.context.selection.changed.connect(self._show)
        self.context.hidden_changed.connect(self._hide)
        self.context.board_changed.connect(self._show)
        self.context.answers_asked.connect(self.open_answers)
        self.check.clicked.connect(self._open_own)
        self.prediction.changed.connect(self.context.interest_changed)
        self.page.changed.connect(self.context.interest_changed)
        self.page.class_wanted.connect(self.context.class_wanted)
        self.page.closed.connect(self._close_answers)
        self.ways.chosen.connect(self._choose_way)
        self.context.step_view.changed.connect(self._show_way)

    def _tools(self) -> QWidget:
        tools = QWidget(self)
        tools.hide()  # until the dock takes it
        self.check.setFixedHeight(3 * GRID)
        row = QHBoxLayout(tools)
        spaced(row, 0, 2 * GRID)
        row.addWidget(self.check)
        row.addWidget(self.ways)
        return tools

    def _build(self) -> None:
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.view)
        self.area.viewport().setAutoFillBackground(False)
        self.view.setAutoFillBackground(False)
        head = QHBoxLayout()
        spaced(head, 0, int(1.5 * GRID))
        head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.sentence, 1, Qt.AlignmentFlag.AlignTop)
        told = QWidget()
        layout = QVBoxLayout(told)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(int(1.5 * GRID))
        layout.addLayout(head)
        layout.addWidget(self.prediction)
        layout.addWidget(self._way_pages(), 1)
        layout.addWidget(self.by_hand)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(told)
        self._pages.addWidget(self.page)
        self.setMinimumHeight(18 * GRID)

    def _way_pages(self) -> QStackedWidget:
        self._told = QStackedWidget(self)  # a layout without a parent would show the first page as a window
        self._told.addWidget(self.area)
        self._told.addWidget(self.matrices)
        self._take_way()
        return self._told

    def _take_way(self) -> None:
        is_matrix = self.context.step_view.is_matrix
        self.ways.set_key(MATRIX if is_matrix else ONE_UNIT)
        self._told.setCurrentIndex(1 if is_matrix else 0)

    @Slot(str)
    def _choose_way(self, way: str) -> None:
        self.context.step_view.use_matrix(way == MATRIX)

    @Slot()
    def _show_way(self) -> None:
        self._take_way()
        self._show()

    def sizeHint(self) -> QSize:
        """Return the share of the window that the sketch gives it."""
        return QSize(640, 34 * GRID)

    def interest(self, base: Interest) -> Interest:
        """Ask for the pass as it comes out at the board, and for judgements of what was typed."""
        if self.context.board_decimals:
            base = replace(base, needs=base.needs | {"board"}, decimals=self.context.board_decimals)
        typed = (*self.prediction.worksheets(), *(self.page.worksheets() if self.is_checking else ()))
        if not typed:
            return base
        return replace(base, needs=base.needs | {"judgements"}, worksheets=(*base.worksheets, *typed))

    @property
    def is_checking(self) -> bool:
        """Whether the page for numbers is shown instead of the formula."""
        return self._pages.currentIndex() == 1

    @Slot(object)
    def open_answers(self, worksheets: tuple[Worksheet, ...] = ()) -> None:
        """Show the page for numbers: those of a class, or to be typed."""
        self._pages.setCurrentIndex(1)
        self.page.show_class(worksheets)
        self._show()
        self.page.begin()

    @Slot()
    def _open_own(self) -> None:
        self.open_answers()

    @Slot()
    def _close_answers(self) -> None:
        self._pages.setCurrentIndex(0)
        self.context.interest_changed.emit()

    @Slot(bool)
    def _hide(self, is_hidden: bool) -> None:
        """Lend the keyboard to the field for a prediction, and give it back: Space must not press a button then."""
        field, lender = self.prediction.field, self._lender
        if not is_hidden and field.hasFocus() and lender is not None and isValid(lender):
            lender.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show()
        if is_hidden and field.isVisible():
            self._lender = QApplication.focusWidget()
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_document(self, document: Document) -> None:
        """Forget a step of another network, and the numbers that were typed for it."""
        before = None if self._frame is None else self._frame.document
        if before is not None and (before.network, before.subject) != (document.network, document.subject):
            self._frame = None
            if self.is_checking:
                self._close_answers()
            self._show()

    def show_frame(self, frame: Frame) -> None:
        """Tell the step this frame stands at."""
        self._frame = frame
        self._show()
        self.prediction.show_judgements(frame.judgements)
        if self.is_checking:
            self.page.show_judgements(frame.judgements)

    @Slot()
    def _show(self) -> None:
        frame = self._frame
        self._show_places(frame)
        if frame is None or frame.trace is None or frame.cursor == 0 or not frame.trace.steps:
            self._show_aside(None, None)
            self.badge.hide()
            self.sentence.setText(invitation(frame))
            self.sentence.set_colour("muted")
            self.view.show_narration(None)
            self.operands.show_step(None, frame, Focus())
            self.matrices.show_step(None, frame, Focus())
            self._expect_first()
            return
        step = frame.trace.steps[min(frame.cursor, len(frame.trace.steps)) - 1]
        self.sentence.set_colour("text")
        self.badge.show_phase(step.phase, place_words(step, frame.document))
        self.badge.show()
        self._tell(step, frame)

    def _tell(self, step: Step, frame: Frame) -> None:
        assert frame.trace is not None
        steps = frame.trace.steps
        # The step to come is laid out ahead, so that its formula is there when somebody asks for it.
        coming = steps[min(frame.cursor, len(steps) - 1)]
        try:
            told, ahead = (self._narration(each, frame.trace, frame) for each in (step, coming))
        except DlvizError as error:
            self.sentence.setText(str(error))
            self.view.show_narration(None)
            self._show_aside(None, None)
            return
        words = told.sentence + (" " + tr("Derived for display.") if step.derived else "")
        is_hidden = self.context.is_hidden
        self.sentence.setText(tr("What will it come to? Predict, then press PgDn.") if is_hidden else words)
        self.view.show_narration(told, step.phase, is_hidden)
        self._show_aside(step, told)
        if self.context.step_view.is_matrix:
            self.matrices.show_step(step, frame, self._focus(step, frame), is_hidden)
            return
        self.operands.show_step(step, frame, self._focus(step, frame))
        if frame.state != "running":
            self.view.expect(ahead)

    def _places_of(self, frame: Frame) -> Places | None:
        """Return the places of the pass in hand, or of that to come; None where it is not a network's."""
        trace = frame.trace or frame.peek
        if trace is None or not frame.document.network.layers or frame.formula or frame.telling:
            return None
        notation = frame.document.notation
        if self._places is None or self._places[0] is not trace or self._places[1] != notation:
            self._places = trace, notation, Places(exercise_for(frame.document, trace))
        return self._places[2]

    def _show_places(self, frame: Frame | None) -> None:
        """Offer the places of the pass where numbers are typed."""
        places = None if frame is None or frame.state == "running" else self._places_of(frame)
        self.check.setVisible(places is not None)
        if frame is not None and places is not None and self.is_checking:
            self.page.show_places(places, frame.sample)

    def _show_aside(self, step: Step | None, told: Narration | None) -> None:
        """Show below the formula what comes out at the board, or a field to predict what is hidden."""
        frame, is_hidden = self._frame, self.context.is_hidden
        if frame is None or step is None or told is None:
            self.prediction.show_place(None)
            self.by_hand.hide()
            return
        places = self._places_of(frame) if is_hidden else None
        self.prediction.show_place(None if places is None else place_told(places, step, told, self._focus(step, frame)))
        words = "" if is_hidden else self._words_by_hand(step, frame)
        self.by_hand.setText(words)
        self.by_hand.setVisible(bool(words))

    def _words_by_hand(self, step: Step, frame: Frame) -> str:
        """Say what this step comes to at the board."""
        decimals = self.context.board_decimals
        if not decimals or frame.board is None or len(frame.board.steps) <= step.index:
            return ""
        try:
            told = self._narration(frame.board.steps[step.index], frame.board, frame)
        except DlvizError:
            return ""
        numbers = plain(told.numbers) if told.numbers != told.result else ""
        return board_words(numbers, told.value, decimals)

    def _expect_first(self) -> None:
        """Lay out the first step of the pass to come."""
        frame = self._frame
        trace = None if frame is None else frame.trace or frame.peek
        if frame is None or trace is None or not trace.steps or frame.state == "running":
            return
        with suppress(DlvizError):
            self.view.expect(self._narration(trace.steps[0], trace, frame))

    def _narration(self, step: Step, trace: Trace, frame: Frame) -> Narration:
        if frame.telling is not None:
            focus = focus_for(step, frame.document.network, self.context.selection.current, frame.sample)
            return frame.telling.narrate(trace, step.index, focus, notation=frame.document.notation)
        document = frame.document.explicit
        training = document.training
        plan = Plan(
            document.network, training.objective, training.optimizer, training.frozen, training.clip,
            frame.document.notation, document.remarks,
        )  # fmt: skip
        return narrate(step, trace, plan, self._focus(step, frame))

    def _focus(self, step: Step, frame: Frame) -> Focus:
        return focus_for(step, frame.document.network, self.context.selection.current, frame.sample)


def make_formula_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return FormulaPanel(context)


panels.add(PanelEntry("formula", tr("Formula"), "bottom", ("step",), make_formula_panel))
