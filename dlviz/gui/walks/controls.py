"""What stands above the picture of a walk: passes of a graph, views of the delta rule, phases of competition."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dlviz.core.rules import resolve
from dlviz.core.rules.competitive import RADIUS
from dlviz.core.rules.delta import CORRECTION, DESCENT
from dlviz.core.trace import Step
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document

LARGEST_RADIUS = 10.0  # of the slider, in units of the map; the form of the rule takes any
COMPETITIVE = ("competitive", "som", "lvq")

#: The phase of learning that each operation of a competitive rule belongs to.
PHASES = {
    "distance": 0, "weighted_sum": 0, "competition": 0, "cooling": 1, "co_operation": 1, "judge": 1,
    "updating": 2, "apply": 2,
}  # fmt: skip


class PhaseStrip(QWidget):
    """Competition, co-operation, updating: the words of which the one in hand stands out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = (Text(tr("competition"), "faint"), Text("", "faint"), Text(tr("updating"), "faint"))
        self.current = -1
        layout = QHBoxLayout(self)
        spaced(layout, 0, GRID)
        for position, word in enumerate(self.words):
            if position:
                layout.addWidget(Text("→", "faint"))
            layout.addWidget(word)
        self.setToolTip(tr("The phases of competitive learning; the one in hand is marked"))

    def show_phase(self, kind: str, step: Step | None) -> None:
        """Mark the phase of an operation; none before the first."""
        middle = {"som": tr("co-operation"), "lvq": tr("judgement")}.get(kind, "")
        self.words[1].setText(middle or tr("(no co-operation)"))
        self.current = -1 if step is None else PHASES.get(step.op, -1)
        for position, word in enumerate(self.words):
            is_current = position == self.current
            word.set_colour("accent" if is_current else "muted" if middle or position != 1 else "faint")
            word.set_bold(is_current)
        named = self.words[self.current].text() if self.current >= 0 else tr("not begun")
        self.setAccessibleName(tr("Phase: {phase}", phase=named))


class WalkControls(QWidget):
    """Offers what applies to the document that is walked. radius has a place of its own, given by the panel."""

    pass_asked = Signal(str)  # "forward" or "backward"
    setting_chosen = Signal(str, object)  # a setting of the rule and its new value

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.forward = TextButton(tr("Forward"), tr("Compute every value, from the inputs to the result"))
        self.backward = TextButton(tr("Backward"), tr("Compute every gradient, from the result to the inputs"))
        choices = ((DESCENT, tr("gradient descent")), (CORRECTION, tr("error correction")))
        self.view = Segmented(tr("View of the delta rule"), choices)
        tip = tr("How far the winner's neighbours on the map learn with it, at the start")
        self.radius = LabelledSlider(tr("neighbourhood"), Scale(0.0, LARGEST_RADIUS), RADIUS.default, tip=tip)
        self.phases = PhaseStrip()
        layout = QHBoxLayout(self)
        spaced(layout, 0, 2 * GRID)
        for widget in (self.forward, self.backward, self.view, self.phases):
            layout.addWidget(widget)
            widget.hide()
        self.radius.slider.setFixedWidth(12 * GRID)  # its words keep their own width in every theme
        self.radius.hide()
        self.forward.clicked.connect(self._go_forward)
        self.backward.clicked.connect(self._go_backward)
        self.view.chosen.connect(self._choose_view)
        self.radius.settled.connect(self._choose_radius)

    def show_document(self, document: Document) -> None:
        """Offer what a document has."""
        kind = "" if document.rule is None else document.rule.kind
        for widget in (self.forward, self.backward):
            widget.setVisible(document.formula is not None)
        self.view.setVisible(kind == "delta")
        self.phases.setVisible(kind in COMPETITIVE)
        self.radius.setVisible(kind == "som")
        if document.rule is None:
            return
        settings = resolve(document.rule)[1]
        if kind == "delta":
            self.view.set_key(str(settings["view"]))
        if kind == "som" and not self.radius.slider.isSliderDown():
            self.radius.set_value(float(settings["radius"]))

    def show_step(self, kind: str, step: Step | None) -> None:
        """Mark the phase that the last operation belongs to."""
        self.phases.show_phase(kind, step)

    @Slot()
    def _go_forward(self) -> None:
        self.pass_asked.emit("forward")

    @Slot()
    def _go_backward(self) -> None:
        self.pass_asked.emit("backward")

    @Slot(str)
    def _choose_view(self, key: str) -> None:
        self.setting_chosen.emit("view", key)

    @Slot(float)
    def _choose_radius(self, value: float) -> None:
        self.setting_chosen.emit("radius", value)
