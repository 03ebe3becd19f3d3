"""The transport bar: start, back, play, forward; step size, speed, timeline, counter."""

import math
from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.trace import Trace
from dlviz.gui import numbers
from dlviz.gui.panel import Context
from dlviz.gui.race.player import size_words
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import ActionButton
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.widgets.slider import Slider
from dlviz.gui.widgets.text import Text
from dlviz.gui.widgets.timeline import Timeline
from dlviz.gui.workspaces import OPTIMIZERS
from dlviz.i18n import tr
from dlviz.session.messages import Frame, Granularity
from dlviz.session.subject import WHOLE, Subject

SPEED_POSITIONS = 60
# Where the slider stands at first for each size: operations to be read, batches to be watched (250 a
# second: two circles part within two seconds, and one sees how).
FIRST_POSITIONS = {"operation": 8, "layer": 6, "sample": 6, "batch": 48, "epoch": 18}
SLOWEST, FASTEST = 0.5, 1000.0  # steps a second; the last position has no limit
GRANULARITIES: tuple[Granularity, ...] = ("operation", "layer", "sample", "batch", "epoch")
OF_WHOLE: tuple[Granularity, ...] = ("operation", "layer", "batch")  # formulas and sheets have no samples, no epochs
MANY = 1000  # operations of a pass; from there on the counter has no room for spaces
SIDE = 4 * GRID
NARROW = 1160  # pixels; below it the speed slider stands without words


def granularities(subject: Subject) -> tuple[Granularity, ...]:
    """Return the step sizes that apply to what a document is about."""
    return OF_WHOLE if subject in WHOLE else GRANULARITIES


def granularity_word(by: Granularity, subject: Subject = "network") -> str:
    """Return the word for a step size; what is computed from end to end has lists and an end."""
    words = {"layer": tr("list"), "batch": tr("all")} if subject in WHOLE else {}
    return (
        words.get(by)
        or {
            "operation": tr("operation"),
            "layer": tr("layer"),
            "sample": tr("sample"),
            "batch": tr("batch"),
            "epoch": tr("epoch"),
        }[by]
    )


def rate_at(position: int) -> float:
    """Return steps a second at a position of the speed slider; the last one is without limit."""
    if position >= SPEED_POSITIONS:
        return math.inf
    return float(f"{SLOWEST * (FASTEST / SLOWEST) ** (position / (SPEED_POSITIONS - 1)):.2g}")


def rate_words(rate: float) -> str:
    """Write a speed: "10/s", "max"."""
    return tr("max") if math.isinf(rate) else f"{numbers.number(rate, 2)}/s"


def run_words(frame: Frame) -> tuple[str, str]:
    """Return the large and the small line of the counter: epochs and steps."""
    return numbers.thousands(frame.epoch, 7), tr("epoch · {steps} steps", steps=numbers.thousands(frame.step))


def pass_words(frame: Frame, trace: Trace, cursor: int) -> tuple[str, str]:
    """Return the counter's lines for a place within one pass: "11 / 12", "operation · epoch 0"."""
    count = len(trace.steps)
    done = f"{cursor} / {count}" if count < MANY else f"{cursor}/{count}"
    if frame.document.subject in WHOLE:
        return done, tr("operation")
    return done, tr("operation · epoch {epoch}", epoch=numbers.count(frame.epoch))


def _sizes(subject: Subject) -> tuple[tuple[str, str], ...]:
    return tuple((by, granularity_word(by, subject)) for by in granularities(subject))


class Speed(QWidget):
    """The speed slider with its words."""

    changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = Slider()
        self.slider.setRange(0, SPEED_POSITIONS)
        self._by, self._positions = "batch", dict(FIRST_POSITIONS)
        self.slider.setValue(self._positions[self._by])
        self.slider.setFixedWidth(11 * GRID)
        self.shown = Text("", "muted", "small")
        self.shown.reserve("0000/s")
        layout = QHBoxLayout(self)
        spaced(layout)
        self.caption = Text(tr("speed"), "muted", "normal")
        for widget in (self.caption, self.slider, self.shown):
            layout.addWidget(widget)
        self.slider.setAccessibleName(tr("Speed"))
        self.slider.setToolTip(tr("Steps a second while playing; at the right end as fast as possible"))
        self.slider.setWhatsThis(self.slider.toolTip())
        self.slider.valueChanged.connect(self._moved)
        self.write()

    def rate(self) -> float:
        """Return steps a second."""
        return rate_at(self.slider.value())

    def use_size(self, by: str) -> None:
        """Stand where the slider stood for steps of this size."""
        self._positions[self._by] = self.slider.value()
        self._by = by
        self.slider.setValue(self._positions[by])

    def write(self) -> None:
        """Write the speed beside the slider."""
        self.shown.setText(rate_words(self.rate()))

    @Slot(int)
    def _moved(self, _position: int) -> None:
        self.write()
        self.changed.emit(self.rate())


class TransportBar(QWidget):
    """Moves through training time; every button is one of the window's actions."""

    step_size_chosen = Signal(str)

    def __init__(self, context: Context, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._frame: Frame | None = None
        self.buttons = {
            name: ActionButton(name, actions[name], 6 * GRID if name == "play" else SIDE, is_main=name == "play")
            for name in ("start", "back", "play", "forward", "reset", "seed")
        }
        self._sizes = _sizes("network")
        self.step_size = Segmented(tr("Step by"), self._sizes)
        self.step_size.set_key("batch")
        self.speed = Speed()
        self.timeline = Timeline()
        self.large, self.small = Text("", size="large", is_bold=True), Text("", "muted", "small")
        self._lay_out()
        self.step_size.chosen.connect(self.step_size_chosen)
        self.timeline.sought.connect(self._seek)
        self.timeline.walked.connect(self._walk_to)
        context.workspace_changed.connect(self._use_workspace)
        context.race.moved.connect(self._show_race)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        for name in ("start", "back", "play", "forward"):
            layout.addWidget(self.buttons[name])
        layout.addSpacing(GRID)
        layout.addWidget(self.step_size)
        layout.addSpacing(GRID)
        layout.addWidget(self.speed)
        layout.addWidget(self.timeline, 1)
        layout.addWidget(self.buttons["reset"])
        layout.addWidget(self.buttons["seed"])
        layout.addWidget(self._counter())

    def _counter(self) -> QWidget:
        counter = QWidget()
        tip = tr(
            "Epoch: as many updates as it takes to look at all training rows once.\n"
            "Step, or iteration: one update of the weights, by one batch."
        )
        describe(counter, tr("Epochs and steps done"), tip)
        for label in (self.large, self.small):
            label.setToolTip(tip)
        self.small.reserve("operation · epoch 00,000")
        self.large.reserve("0,000,000")
        column = QVBoxLayout(counter)
        spaced(column, gap=0)
        for label in (self.large, self.small):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            column.addWidget(label, 0, Qt.AlignmentFlag.AlignRight)
        return counter

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave words out where there is no room."""
        self.speed.caption.setVisible(event.size().width() >= NARROW)
        self.speed.shown.setVisible(event.size().width() >= NARROW)
        super().resizeEvent(event)

    def show_frame(self, frame: Frame) -> None:
        """Show where the run stands, unless the race is shown."""
        self._frame = frame
        if self._context.workspace != OPTIMIZERS:
            self._show_run(frame)

    def _show_run(self, frame: Frame) -> None:
        trace = frame.trace or frame.peek
        cursor = frame.cursor if frame.trace is not None else 0
        is_walked = self._context.workspace == "step" or frame.document.subject in WHOLE
        if is_walked and trace is not None:
            self.timeline.show_pass([step.phase for step in trace.steps], cursor)
            large, small = pass_words(frame, trace, cursor)
        else:
            self.timeline.show_run(frame.step, frame.last_step, frame.marks)
            large, small = run_words(frame)
        self.speed.write()
        self.large.setText(large)
        self.small.setText(small)
        self._show_playing(frame.state == "running")

    @Slot()
    def _show_race(self) -> None:
        """Show where the race stands."""
        if self._context.workspace == OPTIMIZERS:
            race = self._context.race
            self.timeline.show_run(race.done, race.steps, ())
            self.large.setText(numbers.count(race.done))
            self.small.setText(tr("step of {steps}", steps=numbers.count(race.steps)))
            self._show_playing(race.is_playing)

    def _show_playing(self, is_playing: bool) -> None:
        self.buttons["play"].set_icon("pause" if is_playing else "play")
        self.buttons["play"].setAccessibleName(tr("Pause") if is_playing else tr("Play"))

    def offer_sizes(self) -> None:
        """Offer the step sizes that apply to the workspace and the document."""
        is_race, subject = self._context.workspace == OPTIMIZERS, self._context.session.document.subject
        sizes = size_words() if is_race else _sizes(subject)
        if sizes != self._sizes:
            self._sizes = sizes
            self.step_size.set_choices(sizes)

    @Slot()
    def _use_workspace(self) -> None:
        self.offer_sizes()
        self._show_race()
        if self._frame is not None:
            self.show_frame(self._frame)

    @Slot(int)
    def _seek(self, step: int) -> None:
        self._context.mover.seek(step)

    @Slot(int)
    def _walk_to(self, cursor: int) -> None:
        self._context.mover.walk_to(cursor)
