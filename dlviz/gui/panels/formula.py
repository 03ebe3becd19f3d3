"""The step in hand told: phase, one sentence, and the formula with its numbers."""

from contextlib import suppress

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.core.inference import parameters
from dlviz.core.narration import Narration, Plan, narrate
from dlviz.core.trace import Step, Trace
from dlviz.gui.formula import FormulaView
from dlviz.gui.invitation import invitation
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.formula_focus import focus_for
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import painter, rounded, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Frame

ARROWS = {"forward": "→", "loss": "•", "backward": "←", "update": "↺"}


class PhaseBadge(QWidget):
    """A small filled label in the colour of a phase: `← backward · layer 1`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text, self._phase = "", "loss"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme_signals.changed.connect(self._use_theme)

    def show_phase(self, phase: str, text: str) -> None:
        """Show these words in the colour of a phase."""
        self.text, self._phase = f"{ARROWS[phase]} {text}", phase
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for the words."""
        metrics = QFontMetricsF(font("small", is_bold=True))
        return QSize(round(metrics.horizontalAdvance(self.text)) + 2 * GRID + 2, round(metrics.height()) + GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the label."""
        theme = current()
        with painter(self) as p:
            rounded(p, QRectF(self.rect()), theme.soft(self._phase), radius=5)
            p.setFont(font("small", is_bold=True))
            p.setPen(theme.colour(self._phase))
            p.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self.text)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.updateGeometry()
        self.update()


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
        self.view = FormulaView()
        self._build()
        context.selection.changed.connect(self._show)
        context.hidden_changed.connect(self._show)
        self._show()

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
        head.addWidget(self.sentence, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(int(1.5 * GRID))
        layout.addLayout(head)
        layout.addWidget(self.area, 1)
        self.setMinimumHeight(18 * GRID)

    def sizeHint(self) -> QSize:
        """Return the share of the window that the sketch gives it."""
        return QSize(640, 34 * GRID)

    def show_document(self, document: Document) -> None:
        """Forget a step of another network."""
        if self._frame is not None and self._frame.document.network is not document.network:
            self._frame = None
            self._show()

    def show_frame(self, frame: Frame) -> None:
        """Tell the step this frame stands at."""
        self._frame = frame
        self._show()

    @Slot()
    def _show(self) -> None:
        frame = self._frame
        if frame is None or frame.trace is None or frame.cursor == 0:
            self.badge.hide()
            self.sentence.setText(invitation(frame))
            self.sentence.set_colour("muted")
            self.view.show_narration(None)
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
            return
        words = told.sentence + (" " + tr("Derived for display.") if step.derived else "")
        is_hidden = self.context.is_hidden
        self.sentence.setText(tr("What will it come to? Predict, then press PgDn.") if is_hidden else words)
        self.view.show_narration(told, step.phase, is_hidden)
        if frame.state != "running":
            self.view.expect(ahead)

    def _expect_first(self) -> None:
        """Lay out the first step of the pass to come."""
        frame = self._frame
        trace = None if frame is None else frame.trace or frame.peek
        if frame is None or trace is None or frame.state == "running":
            return
        with suppress(DlvizError):
            self.view.expect(self._narration(trace.steps[0], trace, frame))

    def _narration(self, step: Step, trace: Trace, frame: Frame) -> Narration:
        if frame.telling is not None:
            focus = focus_for(step, frame.document.network, self.context.selection.current, frame.sample)
            return frame.telling.narrate(trace, step.index, focus)
        document = frame.document.explicit
        training = document.training
        plan = Plan(document.network, training.objective, training.optimizer, training.frozen, training.clip)
        focus = focus_for(step, document.network, self.context.selection.current, frame.sample)
        return narrate(step, trace, plan, focus)


def place_words(step: Step, document: Document) -> str:
    """Write where a step is: `backward · layer 1`."""
    word = {"forward": tr("forward"), "loss": tr("loss"), "backward": tr("backward"), "update": tr("update")}[
        step.phase
    ]
    if step.phase in ("loss", "update") or not step.node or document.subject == "rule":
        return word
    own = list(dict.fromkeys(each.layer for each in parameters(document.network)))
    if step.layer not in own:
        return f"{word} · {step.node}"
    number = own.index(step.layer) + 1
    if step.time_step:
        return tr("{phase} · layer {number}, time {time}", phase=word, number=number, time=step.time_step)
    return tr("{phase} · layer {number}", phase=word, number=number)


def make_formula_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return FormulaPanel(context)


panels.add(PanelEntry("formula", tr("Formula"), "bottom", ("step",), make_formula_panel))
