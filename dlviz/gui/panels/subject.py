"""The picture of a learning rule, a typed formula or a sheet, in the place of the network's canvas."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.sheet.view import SheetView
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.walks.boxes import Boxes
from dlviz.gui.walks.boxes_view import BoxesView
from dlviz.gui.walks.controls import WalkControls
from dlviz.gui.walks.edits import WalkEdits
from dlviz.gui.walks.firing_view import FiringView
from dlviz.gui.walks.formula_boxes import Standing, formula_boxes
from dlviz.gui.walks.mistakes import MistakesCurve
from dlviz.gui.walks.neuron import neuron_boxes
from dlviz.gui.walks.patterns import KINDS as PATTERN_KINDS
from dlviz.gui.walks.patterns import patterns
from dlviz.gui.walks.patterns_view import PatternsView
from dlviz.gui.walks.plane import has_plane, plane
from dlviz.gui.walks.plane_view import PlaneView
from dlviz.gui.walks.roomy import Roomy
from dlviz.gui.walks.row_table import RowTable
from dlviz.gui.walks.rule_scene import RuleScene, rule_scene
from dlviz.gui.widgets.paint import describe, padded, spaced
from dlviz.gui.widgets.text import Elided
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Frame

MOST_NODES = 300  # of a graph that is drawn


class SubjectPanel(Panel):
    """Shows a rule among its points, as a neuron or as patterns, a formula as a graph, and a sheet as it is read."""

    key = "subject"
    needs = frozenset({"parameters", "trace", "peek"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._frame: Frame | None = None
        self._subject = ("network", "", "")
        self._typed = ""
        self._pass_end, self._is_there = -1, False  # where a whole pass was asked to lead, and whether it did
        self.controls = WalkControls()
        self.title, self.words = Elided(), Elided("", "muted", "small")
        self.title.set_bold(True)
        self.line = padded(QLineEdit())
        describe(self.line, tr("Formula"), tr("Type a formula, such as y = w*x + b; Enter computes it"))
        self.edits = WalkEdits(context, self)
        self.plane, self.patterns = PlaneView(), PatternsView()
        self.boxes, self.mistakes = BoxesView(tr("Graph")), MistakesCurve()
        self.area = Roomy(self.boxes)
        self.firing, self.rows, self.sheet = FiringView(), RowTable(), SheetView(context)
        self.stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.apply_theme(self.theme)

    def _lay_out(self) -> None:
        for each in (self.plane, self.area, self.patterns, self.firing, self.sheet):
            self.stack.addWidget(each)
        layout = QVBoxLayout(self)
        spaced(layout, 0, 4)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        head, beside, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (head, beside, foot):
            spaced(row, 0, 2 * GRID)
        head.addWidget(self.title)  # whole before the line gets more, which can be scrolled
        head.addWidget(self.line, 100)
        head.addStretch(1)
        head.addWidget(self.controls)
        layout.addLayout(head)
        beside.addWidget(self.stack, 1)
        beside.addWidget(self.rows)
        layout.addLayout(beside, 1)
        layout.addWidget(self.mistakes)
        foot.addWidget(self.words, 1)
        foot.addWidget(self.controls.radius)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.line.returnPressed.connect(self._type)
        for view in (self.plane, self.boxes, self.patterns):
            view.chosen.connect(self._choose)
        self.firing.drawn.connect(self.edits.sample)
        self.firing.sum_chosen.connect(self.edits.use_sum)
        self.firing.temperature_chosen.connect(self.edits.use_temperature)
        self.controls.pass_asked.connect(self._go_through)
        self.controls.setting_chosen.connect(self.edits.set_setting)
        self.mistakes.taken.connect(self.edits.go_to_epoch)
        self.plane.dropped.connect(self.edits.ask)
        self.context.selection.changed.connect(self._select)
        self.context.hidden_changed.connect(self._redraw)

    def show_document(self, document: Document) -> None:
        """Forget the picture of another document."""
        self.title.setText(document.title)
        self.title.updateGeometry()
        self.mistakes.hide()
        self.controls.show_document(document)
        self.sheet.show_document(document)
        self.line.setVisible(document.formula is not None)
        if document.formula is not None and document.formula.text != self._typed:
            self._typed = document.formula.text
            self.line.setText(self._typed)
            self.line.setCursorPosition(0)
        subject = _identity(document)
        if subject != self._subject:
            self._subject = subject
            if document.subject != "network":
                self.context.selection.select(NOTHING)
        if self._frame is not None and self._frame.document is not document:
            self._frame = self.edits.frame = None

    def show_frame(self, frame: Frame) -> None:
        """Draw one frame."""
        self._frame = self.edits.frame = frame
        self._redraw()

    def apply_theme(self, theme: Theme) -> None:
        """Lie on the colour of the canvas."""
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.colour("canvas"))
        self.setPalette(palette)
        self.setAutoFillBackground(True)

    @Slot()
    def _redraw(self) -> None:
        frame = self._frame
        if frame is None:
            return
        if frame.document.subject == "sheet":
            self.rows.hide()
            self.sheet.show_frame(frame, self.context.is_hidden)
            self._raise(self.sheet, "")
        elif frame.document.subject == "formula":
            self._show_formula(frame)
        elif frame.document.subject == "rule":
            self._show_rule(frame)

    def _show_formula(self, frame: Frame) -> None:
        self.rows.hide()
        trace = frame.trace or frame.peek
        if frame.formula is None or trace is None:
            self._show_boxes(Boxes())
            self.words.setText(frame.message)
            return
        cursor = frame.cursor if frame.trace is not None else 0
        standing = Standing(trace, max(cursor - self.context.is_hidden, 0))
        if len(frame.formula.graph.nodes) > MOST_NODES:
            self._show_boxes(Boxes())
            self.words.setText(tr("{count} operations: too many to draw", count=len(frame.formula.graph.nodes)))
            return
        shown = formula_boxes(frame.formula, standing, self._is_whole_pass(cursor))
        self._show_boxes(shown)
        self.words.setText(tr("forward values above the edges, gradients below them"))
        self._follow(shown)

    def _is_whole_pass(self, cursor: int) -> bool:
        """Say whether a pass that was asked for ends here, until somebody steps on."""
        if cursor == self._pass_end:
            self._is_there = True
        elif self._is_there:
            self._pass_end, self._is_there = -1, False
        return self._is_there

    @Slot(str)
    def _go_through(self, phase: str) -> None:
        """Walk to the end of the forward or the backward pass."""
        trace = None if self._frame is None else self._frame.trace or self._frame.peek
        if trace is None:
            return
        self._pass_end = 1 + max(step.index for step in trace.steps if step.phase == phase)
        self._is_there = False
        self.context.session.walk_to(self._pass_end)
        self._redraw()

    def _follow(self, shown: Boxes) -> None:
        """Keep the step in hand in sight where the graph is larger than the panel."""
        lit = [box.id for box in shown.boxes if box.is_lit]
        if lit:
            rect = self.boxes.box_rect(lit[0]).toRect()
            self.area.ensureVisible(rect.center().x(), rect.center().y(), 12 * GRID, 6 * GRID)

    def _show_rule(self, frame: Frame) -> None:
        prepared = prepared_or_none(self.context.session)
        if prepared is None or frame.telling is None:
            self._show_boxes(Boxes())
            self.words.setText(frame.message)
            return
        scene = rule_scene(frame, prepared, self.context.is_hidden)
        self._show_rows(scene)
        self.controls.show_step(scene.kind, scene.step)
        self._show_mistakes(frame)
        if frame.firing is not None and prepared.dataset.d == 1 and not self.context.is_hidden:
            self.firing.show_firing(frame.firing, len(prepared.train))
            self._raise(self.firing, "")
        elif scene.kind in PATTERN_KINDS:
            shown = patterns(scene)
            self.patterns.show_patterns(shown)
            self._raise(self.patterns, shown.words)
        elif has_plane(scene):
            self._show_plane(scene)
        else:
            boxes = neuron_boxes(scene)
            self._show_boxes(boxes)
            said = (_rule_words(scene.frame, len(prepared.train)), boxes.words)
            self.words.setText(" · ".join(part for part in said if part))

    def _show_rows(self, scene: RuleScene) -> None:
        """Show what every row is answered; while the result in hand is hidden, nothing that could tell it."""
        answers = None if self.context.is_hidden else scene.frame.answers
        self.rows.setVisible(answers is not None)
        if answers is not None:
            self.rows.show_answers(answers, scene.row, scene.frame.corrections)

    def _show_mistakes(self, frame: Frame) -> None:
        """Show the errors of every epoch; while a result is hidden they would tell it."""
        self.mistakes.setVisible(frame.errors is not None and not self.context.is_hidden)
        if frame.errors is not None:
            self.mistakes.show_errors(frame.errors)

    def _show_plane(self, scene: RuleScene) -> None:
        shown = plane(scene)
        self.plane.show_plane(shown)
        self._raise(self.plane, shown.words)

    def _show_boxes(self, shown: Boxes) -> None:
        is_further = shown != self.boxes.shown
        self.boxes.show_boxes(shown)
        self.area.fit()
        if is_further:
            self.area.follow()
        self._raise(self.area, "")

    def _raise(self, widget: QWidget, words: str) -> None:
        self.words.setVisible(widget is not self.sheet)  # a sheet says all in itself, and needs the room
        if self.stack.currentWidget() is not widget:
            focus = QApplication.focusWidget()
            had_focus = focus is not None and self.stack.isAncestorOf(focus)
            self.stack.setCurrentWidget(widget)
            self.setFocusProxy(self.boxes if widget is self.area else widget)
            if had_focus:
                self.setFocus()  # or Qt gives it to the next field, and keys of the walk are typed there
        self.words.setText(words)

    @Slot()
    def _type(self) -> None:
        self.edits.type_formula(self.line.text())

    @Slot(object)
    def _choose(self, place: Selected) -> None:
        self.context.selection.select(place if isinstance(place, Selected) else NOTHING)

    @Slot(object)
    def _select(self, place: Selected) -> None:
        for view in (self.plane, self.boxes, self.patterns):
            view.select(place)


def _rule_words(frame: Frame, n: int) -> str:
    """Say what stands at the edges of a neuron, and how many rows it answers wrongly."""
    words = tr("weights above the edges, their changes below")
    wrong = frame.wrong
    return words if wrong is None else f"{words} · " + tr("{count} of {n} rows wrong now", count=len(wrong), n=n)


def _identity(document: Document) -> tuple[str, str, str]:
    """Return what places in a document mean the same in another one: its subject, rule and text."""
    rule, written = document.rule, document.formula or document.sheet
    return document.subject, rule.kind if rule else "", written.text if written else ""


def make_subject_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return SubjectPanel(context)


panels.add(
    PanelEntry(
        "subject",
        tr("Picture"),
        "centre",
        ("network", "step"),
        make_subject_panel,
        order=0,
        subjects=("rule", "formula", "sheet"),
    )
)
