"""What is asked of a walk in its picture: formulas, settings, points and sums, each an undoable edit or a step."""

from functools import partial

from PySide6.QtCore import QObject, Slot

from dlviz.gui.editing import edit
from dlviz.gui.panel import Context
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits.subject import set_formula, set_query, set_rule_setting
from dlviz.session.messages import Frame


class WalkEdits(QObject):
    """Does what the picture's widgets ask for. frame: the one on show."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.frame: Frame | None = None

    @Slot(str)
    def type_formula(self, text: str) -> None:
        """Compute what was typed; undoable. A refusal is shown and changes nothing."""
        edit(self._context, tr("Type a formula"), partial(_with_text, text))

    @Slot(float, float)
    def ask(self, x: float, y: float) -> None:
        """Ask the stored rows about a point and show their answer at once; undoable."""
        trace = None if self.frame is None else self.frame.trace or self.frame.peek
        if edit(self._context, tr("Ask about a point"), partial(_with_query, x, y)) and trace is not None:
            self._context.session.walk_to(len(trace.steps))

    @Slot(str, object)
    def set_setting(self, name: str, value: object) -> None:
        """Change a setting of the rule; undoable."""
        edit(self._context, tr("Change the {what}", what=tr("learning rule")), partial(_with_setting, name, value))

    @Slot(float)
    def use_sum(self, value: float) -> None:
        """Type the bias, or without one the weight, with which the first row has this sum."""
        session, values = self._context.session, (self.frame.parameters if self.frame else None) or {}
        x, label = float(session.prepared.inputs[0, 0]), tr("Change the sum v")
        if "o.b" in values:
            session.set_parameter("o.b", 0, value - float(values["o.W"][0, 0]) * x, label)
        elif x:
            session.set_parameter("o.W", (0, 0), value / x, label)

    @Slot(float)
    def use_temperature(self, value: float) -> None:
        """Change the temperature of a stochastic unit; undoable."""
        edit(self._context, tr("Change the temperature"), partial(_with_temperature, value))

    @Slot(str)
    def sample(self, by: str) -> None:
        """Draw on: the next row, or a whole epoch."""
        self._context.session.step(by, 1)

    @Slot(int)
    def go_to_epoch(self, epoch: int) -> None:
        """Go to the end of an epoch."""
        if self.frame is not None:
            self._context.session.seek((epoch + 1) * self.frame.batches_per_epoch)


def _with_temperature(value: float, document: Document) -> Document:
    return set_rule_setting(document, "temperature", value)


def _with_text(text: str, document: Document) -> Document:
    return set_formula(document, text)


def _with_setting(name: str, value: object, document: Document) -> Document:
    return set_rule_setting(document, name, value)


def _with_query(x: float, y: float, document: Document) -> Document:
    return set_query(document, (x, y))
