"""The state of a run in words, for the status bar and for screen readers."""

import math
from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from dlviz.core.callbacks import resolve as resolve_rule
from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.losses import resolve
from dlviz.core.slips import slips
from dlviz.core.trace import Step
from dlviz.core.words import operation_words, phase_word
from dlviz.gui import numbers
from dlviz.gui.health import HealthLine
from dlviz.gui.race.player import RacePlayer
from dlviz.gui.race.runners import title_of
from dlviz.gui.run_words import run_name, seconds_words
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.text import Elided, Text
from dlviz.gui.workspaces import OPTIMIZERS
from dlviz.i18n import tr
from dlviz.session.idle import SLIP
from dlviz.session.messages import Frame
from dlviz.session.subject import WHOLE

HALVED = "squared_error"  # the one loss that some books halve
GAP = "      "  # between the parts of the status bar


def step_words(step: Step) -> str:
    """Describe one step: "Backward, h: gradient of the weights"."""
    place = f", {step.node}" if step.node else ""
    return f"{phase_word(step.phase)}{place}: {operation_words(step.op)}"


def position_words(frame: Frame) -> str:
    """Say where the run stands: "Paused after epoch 149 · batch 17 of 17"; or why it stands still."""
    if frame.message and frame.state == "paused":
        return frame.message
    if frame.trace is not None and 0 < frame.cursor <= len(frame.trace.steps):
        step = frame.trace.steps[frame.cursor - 1]
        return step_words(replace(step, node=frame.document.name_of(step.node)))
    if frame.cursor > 0 and frame.state == "paused":
        return tr("Paused within batch {batch} · operation {cursor}", batch=frame.batch + 1, cursor=frame.cursor)
    if frame.state == "failed":
        return frame.message or tr("Stopped")
    if frame.is_aside and frame.trace is not None:
        return tr("Row {row} alone: the run learns nothing of it", row=numbers.count(int(frame.trace.rows[0]) + 1))
    if frame.state == "running":
        return _training_words(frame)
    if frame.step == 0:
        return tr("At the start")
    if frame.document.subject in WHOLE:
        return tr("At the end")
    if frame.batch == 0:
        return tr("Paused after epoch {epoch}", epoch=numbers.count(frame.epoch))
    return tr(
        "Paused in epoch {epoch} · batch {batch} of {batches}",
        epoch=numbers.count(frame.epoch + 1),
        batch=numbers.count(frame.batch),
        batches=numbers.count(frame.batches_per_epoch),
    )


def _training_words(frame: Frame) -> str:
    """Say which batch of the epoch in hand is trained next: "Training · epoch 3 · batch 5 of 18"."""
    epoch = numbers.count(frame.epoch + 1)
    if frame.batches_per_epoch < 2:
        return tr("Training · epoch {epoch}", epoch=epoch)
    batch, batches = numbers.count(frame.batch + 1), numbers.count(frame.batches_per_epoch)
    return tr("Training · epoch {epoch} · batch {batch} of {batches}", epoch=epoch, batch=batch, batches=batches)


def left_words(frame: Frame) -> str:
    """Say how far a run is that a rule stops after so many epochs, and about how long it will still take."""
    rules = [resolve_rule(each)[1]["epoch"] for each in frame.document.training.callbacks if each.kind == "stop_epoch"]
    goal = min((epoch for epoch in rules if epoch > frame.epoch), default=None)
    if goal is None or frame.state != "running":
        return ""
    whole = goal * frame.batches_per_epoch
    done = frame.epoch * frame.batches_per_epoch + frame.batch
    share = tr("{share} of {n} epochs", share=numbers.percent(int(100 * done / whole) / 100), n=numbers.count(goal))
    if frame.steps_per_second <= 0:
        return share
    left = seconds_words((whole - done) / frame.steps_per_second)
    return tr("{share}, about {left} left", share=share, left=left)


def convention_words(loss: Choice) -> str:
    """Name the reduction of a loss and its factor, where books differ on it: "mean, no ½"."""
    try:
        entry, settings = resolve(loss)
    except SpecError:
        return ""
    factor = float(settings.get("factor", 1.0))
    plain = tr("no ½") if entry.key == HALVED else ""
    scale = {0.5: "½", 1.0: plain}.get(factor, f"× {numbers.number(factor)}")
    logarithm = {"10": "log₁₀", "2": "log₂"}.get(str(settings.get("base", "")), "")
    return ", ".join(part for part in (str(settings.get("reduction", "mean")), scale, logarithm) if part)


def slip_words(slip: Choice | None, is_idle: bool = False) -> str:
    """Say which mistake is made on purpose, and whether it changes nothing; "" where none is."""
    if slip is None:
        return ""
    title = tr(slips.get(slip.kind).title)
    if is_idle:
        return tr("Wrong on purpose: {title} (changes nothing in this network)", title=title)
    return tr("Wrong on purpose: {title}", title=title)


def idle_words(frame: Frame) -> str:
    """Say which settings change nothing, but for a mistake on purpose, which is said elsewhere."""
    return " ".join(each.sentence for each in frame.idle if each.place != SLIP)


def loss_words(frame: Frame) -> str:
    """Say the loss and its convention: "loss 0.0136 (mean, no ½)"."""
    if frame.train_loss is None:
        return ""
    value = numbers.number(frame.train_loss) if math.isfinite(frame.train_loss) else tr("not finite")
    return tr(
        "loss {value} ({convention})", value=value, convention=convention_words(frame.document.explicit.training.loss)
    )


def engine_words(frame: Frame) -> str:
    """Say the precision, the device and the speed: "float64 · CPU, compiled · 138 000 steps/s"."""
    speed = tr("{rate} steps/s", rate=numbers.count(frame.steps_per_second)) if frame.steps_per_second >= 1 else ""
    return " · ".join(part for part in (frame.dtype, frame.device, speed) if part)


def run_words(frame: Frame) -> str:
    """Name the run on show, where there are several."""
    shown = next((row for row in frame.runs if row.is_current), None)
    return run_name(shown) if shown is not None and len(frame.runs) > 1 else ""


def status_words(frame: Frame, is_hidden: bool = False) -> str:
    """Say everything that the status bar says about a frame; nothing of the loss while results are hidden."""
    seed = "" if frame.document.subject in WHOLE else tr("seed {seed}", seed=frame.document.seed)
    loss = "" if is_hidden else loss_words(frame)
    parts = (
        position_words(frame),
        left_words(frame),
        run_words(frame),
        loss,
        idle_words(frame),
        seed,
        engine_words(frame),
    )
    return GAP.join(part for part in parts if part)


def race_words(player: RacePlayer) -> str:
    """Say in words where a race stands: "Paused inside step 90 of Adam · start (−0.35, −0.4) · noise off"."""
    race = player.race
    if race is None:
        return ""
    spec, step = race.spec, numbers.count(player.told + 1)
    if player.is_playing:
        place = tr("Racing: step {step}", step=numbers.count(player.done))
    elif player.micro:
        place = tr("Inside step {step} of {name}", step=step, name=title_of(spec.optimizers[player.entrant]))
    elif player.is_at_start:
        place = tr("At the start")
    else:
        place = tr("After step {step}", step=numbers.count(player.done))
    if race.network is not None:
        return " · ".join((place, tr("on the loss of this network"), tr("seconds are those of training alone")))
    start = ", ".join(numbers.number(each) for each in race.start)
    noise = tr("noise {level}", level=numbers.number(spec.noise)) if spec.noise else tr("noise off")
    return " · ".join((place, tr("start ({start})", start=start), noise))


class StatusBar(QWidget):
    """One line of words at the foot of the window, and the keys that matter now."""

    def __init__(self, health: HealthLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame: Frame | None = None
        self.health = health
        self._is_hidden = self._is_racing = False
        self.setAccessibleName(tr("Status"))
        self.warning = Text("", "error", "small", is_bold=True)
        self.warning.hide()
        self.words, self.hint = Elided("", "muted", "small"), Text("", "muted", "small")
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 4, 2 * GRID, 4)
        layout.setSpacing(3 * GRID)
        layout.addWidget(self.warning)
        layout.addWidget(self.health)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.hint)

    def show_frame(self, frame: Frame) -> None:
        """Say where this frame stands."""
        self._frame = frame
        if not self._is_racing:
            self.words.setText(status_words(frame, self._is_hidden))
        self._make_room()
        self._warn(slip_words(frame.document.training.slip, any(each.place == SLIP for each in frame.idle)))
        self.health.show_frame(frame)

    def use_workspace(self, key: str) -> None:
        """Speak about the race where it is shown, else about the run."""
        self._is_racing = key == OPTIMIZERS
        if self._frame is not None:
            self.show_frame(self._frame)

    def show_race(self, player: RacePlayer) -> None:
        """Say where the race stands, if it is shown."""
        if self._is_racing and player.race is not None:
            self.words.setText(race_words(player))

    def _warn(self, text: str) -> None:
        if text != self.warning.text():
            self.warning.setText(text)
            self.warning.setVisible(bool(text))

    @Slot(bool)
    def use_hidden(self, is_hidden: bool) -> None:
        """Leave the loss out while a class predicts it."""
        self._is_hidden = is_hidden
        if self._frame is not None:
            self.show_frame(self._frame)

    def _make_room(self) -> None:
        """Leave the keys out while what is said needs their room."""
        free = self.words.width() + (0 if self.hint.isHidden() else self.hint.width() + self.layout().spacing())
        needed = self.words.sizeHint().width()
        self.hint.setVisible(needed + self.hint.sizeHint().width() + self.layout().spacing() <= free)

    def show_hint(self, text: str) -> None:
        """Show the keys that matter now at the right."""
        self.hint.setText(text)
