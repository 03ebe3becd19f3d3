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
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.widgets.slider import Slider
from dlviz.gui.widgets.text import Text
from dlviz.gui.widgets.timeline import Timeline
from dlviz.gui.workspaces import OPTIMIZERS
from dlviz.i18n import tr
from dlviz.session.messages import Frame, Granularity

SPEED_POSITIONS = 60
# Where the slider stands at first for each size: operations to be read, batches to be watched (250 a
# second: two circles part within two seconds, and one sees how).
FIRST_POSITIONS = {"operation": 8, "layer": 6, "sample": 6, "batch": 48, "epoch": 18}
SLOWEST, FASTEST = 0.5, 1000.0  # steps a second; the last position has no limit
GRANULARITIES: tuple[Granularity, ...] = ("operation", "layer", "sample", "batch", "epoch")
SIDE = 4 * GRID
NARROW = 1160  # pixels; below it the speed slider stands without words


def granularity_word(by: Granularity) -> str:
    """Return the word for a step size."""
    return {
        "operation": tr("operation"),
        "layer": tr("layer"),
        "sample": tr("sample"),
        "batch": tr("batch"),
        "epoch": tr("epoch"),
    }[by]


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
    return f"{cursor} / {len(trace.steps)}", tr("operation · epoch {epoch}", epoch=numbers.count(frame.epoch))


def _sizes() -> list[tuple[str, str]]:
    return [(by, granularity_word(by)) for by in GRANULARITIES]


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
        self.step_size = Segmented(tr("Step by"), _sizes())
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
        counter.setToolTip(tr("Epochs done: one epoch has looked at every training row once"))
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
        if self._context.workspace == "step" and trace is not None:
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

    @Slot()
    def _use_workspace(self) -> None:
        sizes = size_words() if self._context.workspace == OPTIMIZERS else _sizes()
        self.step_size.set_choices(sizes)
        self._show_race()
        if self._frame is not None:
            self.show_frame(self._frame)

    @Slot(int)
    def _seek(self, step: int) -> None:
        self._context.mover.seek(step)

    @Slot(int)
    def _walk_to(self, cursor: int) -> None:
        self._context.mover.walk_to(cursor)
