"""Small forms for parts of the training plan: rate with its schedule, clipping; each change one undo."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.choice import Choice
from dlviz.core.clipping import clippings
from dlviz.core.hyper import complete
from dlviz.core.optimizers import lr_of, optimizers
from dlviz.core.schedules import Curve, schedules
from dlviz.gui import numbers
from dlviz.gui.editing import Change, edit
from dlviz.gui.panel import Context
from dlviz.gui.widgets.choice_field import ChoiceField
from dlviz.gui.widgets.form import HyperForm
from dlviz.gui.widgets.renewed import Renewed
from dlviz.gui.widgets.sparkline import Sparkline
from dlviz.gui.widgets.text import SectionHeader
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import TrainingSpec
from dlviz.session.messages import Frame, Need

POINTS = 160  # of a previewed schedule
BATCHES = 50  # of an epoch in a preview, whose real number is not known here


class PlanForm(Renewed):
    """Fields of the plan; after every change they are made anew, for one setting may bring others."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.renew(self.fill)

    @property
    def training(self) -> TrainingSpec:
        """The plan, with what its conventions decide."""
        training: TrainingSpec = self.context.session.document.explicit.training
        return training

    def fill(self, column: QVBoxLayout) -> None:
        """Put the fields into a column."""

    def change(self, label: str, change: Change) -> None:
        """Make an edit and show what stands then, also where it was refused."""
        edit(self.context, label, change)
        self.renew(self.fill)


class RateForm(PlanForm):
    """The learning rate, the schedule it follows, and that as a curve."""

    needs: frozenset[Need] = frozenset()

    def __init__(self, context: Context, frame: Frame | None = None, parent: QWidget | None = None) -> None:
        self._epoch = 0.0 if frame is None else epochs_done(frame)
        self._epochs = 1
        self.line: Sparkline | None = None
        super().__init__(context, parent)

    def fill(self, column: QVBoxLayout) -> None:
        """Put rate, schedule and curve into a column."""
        optimizer, schedule = self.training.optimizer, self.training.schedule
        entry = optimizers.get(optimizer.kind)
        declared = [hyper for hyper in entry.settings if hyper.name == "lr"]
        form = HyperForm(declared, complete(optimizer.settings, entry.settings))
        form.changed.connect(self._set_rate)
        follows = ChoiceField("schedule", schedules, schedule, nothing=tr("None"))
        follows.changed.connect(self._set_schedule)
        column.addWidget(SectionHeader(tr("Learning rate")))
        column.addWidget(form)
        column.addWidget(follows)
        self.line = None if schedule is None else self._preview(schedule, lr_of(optimizer))
        if self.line is not None:
            column.addWidget(self.line)

    def show_frame(self, frame: Frame) -> None:
        """Let the dot on the curve follow the run."""
        self._epoch = epochs_done(frame)
        if self.line is not None:
            self.line.move_dot(self._epoch / self._epochs)

    def _preview(self, schedule: Choice, lr: float) -> Sparkline:
        settings = complete(schedule.settings, schedules.get(schedule.kind).settings)
        self._epochs = epochs = max(int(settings.get("epochs", 0)), self.training.epochs)
        line = Sparkline(tr("Learning rate over the epochs"))
        rates = previewed(Curve(schedule, lr), epochs)
        end = tr("epoch {n}", n=numbers.count(epochs))
        line.show_values(rates, numbers.number(max(rates)), end, self._epoch / epochs)
        return line

    @Slot(str, object)
    def _set_rate(self, name: str, value: float) -> None:
        self.change(tr("Change the learning rate"), lambda d: edits.set_optimizer_setting(d, name, value))

    @Slot(str, object)
    def _set_schedule(self, _name: str, value: Choice | None) -> None:
        self.change(tr("Change the schedule"), lambda d: edits.set_schedule(d, value))


def epochs_done(frame: Frame) -> float:
    """Return how many epochs a run has done, parts of one included."""
    return frame.epoch + frame.batch / max(frame.batches_per_epoch, 1)


def previewed(curve: Curve, epochs: int) -> Sequence[float]:
    """Return rates at equal distances from the first batch to the end of so many epochs."""
    places = [epochs * i / (POINTS - 1) for i in range(POINTS)]
    return [curve.rate(int(place), int(place % 1 * BATCHES), BATCHES) for place in places]


class ClipForm(PlanForm):
    """How gradients are clipped, if they are."""

    def fill(self, column: QVBoxLayout) -> None:
        """Put the choice into a column."""
        field = ChoiceField("clip gradients", clippings, self.training.clip, nothing=tr("Never"))
        field.changed.connect(self._set)
        column.addWidget(field)

    @Slot(str, object)
    def _set(self, _name: str, value: Choice | None) -> None:
        self.change(tr("Change the clipping"), lambda d: edits.set_clip(d, value))
