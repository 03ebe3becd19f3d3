"""The field where a hidden result is predicted, and the place of the number that is told."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from dlviz.core.answers import Exercise, Place, Places
from dlviz.core.narration import Focus, Narration
from dlviz.core.trace import Step, Trace
from dlviz.gui.panels.formula.answers import COLOURS, marked
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import describe, padded, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.worksheets import Judgement, Worksheet

NAME = "prediction"  # of the worksheet with the one number predicted
PAUSE_MS = 500  # in typing, after which a number is checked


def exercise_for(document: Document, trace: Trace) -> Exercise:
    """Return what names the places of a pass."""
    plan = document.explicit.training
    return Exercise(document.network, plan.objective, plan.optimizer, trace, notation=document.notation)


def place_told(places: Places, step: Step, told: Narration, focus: Focus) -> Place | None:
    """Return the place of the number that a narration tells; None where it is of no place that stays."""
    found = [each for each in _candidates(places, step, told.value) if each.step == step.index]
    wanted = {(focus.sample, focus.unit), (focus.unit, focus.source), (focus.unit,), ()}
    return next((each for each in found if each.index in wanted), found[0] if found else None)


def _candidates(places: Places, step: Step, value: float) -> Iterator[Place]:
    for name, array in step.writes.items():
        for index in np.argwhere(np.asarray(array, dtype=np.float64) == value):
            yield places.at(name, tuple(int(each) for each in index))


class Prediction(QWidget):
    """A field for the result that is hidden; what was found of it stands beside it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field, self.verdict = padded(QLineEdit()), Text("", "muted")
        self.field.setPlaceholderText(tr("Your prediction"))
        self.field.setFixedWidth(18 * GRID)
        describe(self.field, tr("Your prediction"), tr("Type what the hidden result will be; it is checked at once"))
        self.verdict.setWordWrap(True)
        layout = QHBoxLayout(self)
        spaced(layout, gap=2 * GRID)
        layout.addWidget(self.field)
        layout.addWidget(self.verdict, 1)
        self._place = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._ask)
        self.field.textEdited.connect(self._wait)
        self.field.returnPressed.connect(self._ask)

    def show_place(self, place: Place | None) -> None:
        """Ask for the number of this place; None: for nothing."""
        label = "" if place is None else place.label
        if label != self._place:
            self._place = label
            self.field.clear()
            self.verdict.setText("")
        self.setVisible(bool(label))

    def worksheets(self) -> tuple[Worksheet, ...]:
        """Return the prediction to be judged, if there is one."""
        text = self.field.text().strip()
        return (Worksheet(NAME, ((self._place, text),)),) if self._place and text else ()

    def show_judgements(self, judgements: tuple[Judgement, ...]) -> None:
        """Show what was found of the prediction."""
        found = next((each for each in judgements if (each.worksheet,) == self.worksheets()), None)
        line = found.lines[0] if found is not None and found.lines else None
        if line is not None:
            self.verdict.set_colour(COLOURS[line.kind])
            self.verdict.setText(marked(line))
        elif found is not None:
            self.verdict.setText(found.problem)

    @Slot()
    def _wait(self) -> None:
        self.verdict.setText("")
        self._timer.start()

    @Slot()
    def _ask(self) -> None:
        self._timer.stop()
        self.changed.emit()
