"""The list of steps of the pass in hand: where it is, what every step came to, and a way to go there."""

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.core.network import NetworkSpec
from dlviz.core.pseudocode import Code, pseudo_code
from dlviz.core.trace import Trace
from dlviz.gui.invitation import invitation
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.steps.code import CodeDelegate, code_rows, running
from dlviz.gui.panels.steps.delegate import StepsDelegate
from dlviz.gui.panels.steps.model import Board, place_of, rows_of
from dlviz.gui.panels.steps.rows import RowsView
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.loops import loops_of
from dlviz.session.messages import Frame, Interest

STEPS, CODE = "steps", "code"


class StepsPanel(Panel):
    """Shows the pass of the frame; before the first step the one that would come, or how to come to one.

    Where there is no way back through the network, it says why above the steps.
    """

    key = "steps"
    needs = frozenset({"trace", "peek"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._frame: Frame | None = None
        self._written: tuple[tuple[object, ...], Code] | None = None
        self.view, self.code = RowsView(StepsDelegate, self), RowsView(CodeDelegate, self)
        self.model, self.lines = self.view.rows, self.code.rows
        describe(self.view, tr("Steps of this pass"), "")
        describe(self.code, tr("Pseudo-code of this pass"), tr("A click walks to the next step of a line"))
        choices = ((STEPS, tr("steps")), (CODE, tr("code")))
        self.title_tool = self.ways = Segmented(tr("Show the pass as"), choices, height=3 * GRID, parent=self)
        self.ways.hide()  # until the dock takes it
        self.hint = Text(invitation(None), "muted", "small")
        self.hint.setWordWrap(True)
        self.hint.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout = QVBoxLayout(self)
        spaced(layout, 0, 0)
        layout.addWidget(self.hint)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.code, 1)
        self.view.asked.connect(self._go)
        self.code.asked.connect(self._go)
        self.ways.chosen.connect(self._choose_way)
        context.step_view.changed.connect(self._show_way)
        context.hidden_changed.connect(self._show)
        context.board_changed.connect(self._show)
        self._show_way()

    @Slot(str)
    def _choose_way(self, way: str) -> None:
        self.context.step_view.use_code(way == CODE)

    @Slot()
    def _show_way(self) -> None:
        is_code = self.context.step_view.is_code
        self.ways.set_key(CODE if is_code else STEPS)
        self.view.setVisible(not is_code)
        self.code.setVisible(is_code)
        self.setFocusProxy(self.code if is_code else self.view)
        self._show()

    def interest(self, base: Interest) -> Interest:
        """Ask for the pass as it comes out at the board, where that is shown."""
        decimals = self.context.board_decimals
        return replace(base, needs=base.needs | {"board"}, decimals=decimals) if decimals else base

    def show_frame(self, frame: Frame) -> None:
        """Show the pass of this frame."""
        self._frame = frame
        self._show()

    def apply_theme(self, theme: Theme) -> None:
        """Measure the rows again: type sizes differ between themes."""
        self.view.scheduleDelayedItemsLayout()
        self.code.scheduleDelayedItemsLayout()

    @Slot()
    def _show(self) -> None:
        frame = self._frame
        trace = None if frame is None else frame.trace or frame.peek
        self.hint.setText(invitation(frame) if trace is None else trace.no_way_back)
        self.hint.setVisible(bool(self.hint.text()))
        if frame is None or trace is None:
            self.view.show_rows(())
            self.code.show_rows(())
            self.set_info("")
            return
        cursor, length = frame.cursor if frame.trace else 0, len(trace.steps)
        if self.context.step_view.is_code:
            lines = code_rows(self._code(trace, frame), trace, cursor, frame)
            self.code.show_rows(lines, running(lines), cursor, length)
        is_hidden, write = self.context.is_hidden, frame.document.formula_of
        rows = rows_of(trace, cursor, frame.sample, is_hidden, self._board(frame), write)
        self.view.show_rows(rows, place_of(rows, cursor), cursor, length)
        if frame.document.subject == "network":
            place = {"number": frame.sample + 1, "count": len(trace.rows)}
            self.set_info(tr("sample {number} of {count}", **place), tr("{number} of {count}", **place))
        else:
            self.set_info("")

    def _code(self, trace: Trace, frame: Frame) -> Code:
        """Return the pseudo-code of a pass; every batch of one document has the same."""
        document = frame.document
        made = document, frame.batches_per_epoch, tuple((step.node, step.op, step.formula) for step in trace.steps)
        if self._written is None or self._written[0][0] is not document or self._written[0][1:] != made[1:]:
            network = document.explicit.network if document.subject == "network" else NetworkSpec()
            loops = loops_of(document, frame.batches_per_epoch)
            self._written = made, pseudo_code(trace, network, loops, document.formula_of)
        return self._written[1]

    def _board(self, frame: Frame) -> Board | None:
        decimals = self.context.board_decimals
        return Board(frame.board, decimals) if decimals and frame.board is not None else None

    @Slot(int)
    def _go(self, cursor: int) -> None:
        try:
            self.context.session.walk_to(cursor)
        except DlvizError as error:
            self.context.notify(error)
        self._select_loss(cursor)

    def _select_loss(self, cursor: int) -> None:
        """Show the loss in the inspector where its step was asked for."""
        trace = None if self._frame is None else self._frame.trace or self._frame.peek
        is_network = self._frame is not None and self._frame.document.subject == "network"
        if trace is None or not is_network or not 0 < cursor <= len(trace.steps):
            return
        step = trace.steps[cursor - 1]
        if step.phase == "loss" and step.node:
            self.context.selection.select(Selected("loss", step.node))


def make_steps_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return StepsPanel(context)


panels.add(PanelEntry("steps", tr("This pass"), "left", ("step",), make_steps_panel))
