"""The worker: one plain thread that owns the run, obeys commands and leaves frames in a mailbox."""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any, ClassVar

from dlviz.core.errors import DlvizError
from dlviz.i18n import tr
from dlviz.session import commands as cmd
from dlviz.session.checking import CancelCheck, CheckGradients, Checking
from dlviz.session.differences import change_words
from dlviz.session.document import Document
from dlviz.session.frames import FrameMaker
from dlviz.session.inbox import Inbox
from dlviz.session.mailbox import Mailbox
from dlviz.session.messages import Close, FinishPhase, Frame, Look, Pause, Play, Seek, State, StepBy, Watch
from dlviz.session.moments import Moments
from dlviz.session.pace import Pace
from dlviz.session.playhead import MAX_CHUNK
from dlviz.session.run import Run
from dlviz.session.run_row import Origin
from dlviz.session.runs import Runs
from dlviz.session.state import Event, next_state
from dlviz.session.vary.experimenter import Experimenter
from dlviz.session.vary.pool import Executors
from dlviz.session.walk import Divergence
from dlviz.session.watcher import Stop

log = logging.getLogger(__name__)

FRAME_SECONDS = 0.016
RECORDED_RATE = 30.0  # steps a second up to which played batches are recorded, so that they can be walked


class Worker:
    """Runs in its own thread between start() and the Close command; talks only in messages."""

    def __init__(self, document: Document, executors: Executors | None = None) -> None:
        self.commands = Inbox()
        self.mailbox: Mailbox[Frame] = Mailbox()
        self._frames = FrameMaker()
        self._checking = Checking()
        self._experimenter = Experimenter(executors)
        self._varied = 0  # the run that the experiment varies
        self._runs = Runs(document, self._frames.measure)
        self._state: State = "idle"
        self._play = Play()
        self._generation = self._offered = 0
        self._token = 0
        self._moments = Moments()
        self._until: int | None = None  # where a run beside another has come as far as that one
        self._serial = count(1)
        self._message = ""
        self._is_stale, self._has_news = True, False  # the run moved; only the experiment did
        self._frame: Frame | None = None
        self._next_frame = 0.0
        self._next_step = 0.0
        self._pace = Pace()
        self._thread = threading.Thread(target=self._loop, name="dlviz-worker")

    def start(self) -> None:
        """Begin to obey."""
        self._thread.start()

    def join(self, timeout: float) -> bool:
        """Wait for the thread to end; say whether it did."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def _run(self) -> Run:
        return self._runs.run

    def _loop(self) -> None:
        while self._state != "closing":
            try:
                self._turn()
            except DlvizError as error:
                self._fail(str(error))
            except BaseException as error:  # the worker's one boundary: the window must hear of it
                log.exception("worker")
                self._fail(tr("The run stopped: {error}", error=repr(error)))

    def _turn(self) -> None:
        self._obey()
        if self._state == "running":
            self._advance()
            self._look_beside()
        if self._checking.is_busy:
            self._checking.work()
            self._is_stale = True
        self._has_news = self._experimenter.work() or self._has_news
        self._offer()

    def _obey(self) -> None:
        """Carry out what is queued; wait for a command where there is nothing else to do."""
        command = self.commands.take(self._idle_seconds())
        while command is not None:
            self._handlers[type(command)](self, command)
            self._is_stale = True
            command = self.commands.take(0.0)

    def _idle_seconds(self) -> float:
        quiet = self._quiet_seconds()
        return min(quiet, self._experimenter.seconds_to_look) if self._experimenter.is_busy else quiet

    def _quiet_seconds(self) -> float:
        now = time.monotonic()
        if self._checking.is_busy:
            return 0.0
        if self._state == "running":
            return max(self._next_step - now, 0.0)
        if self._is_stale or self._has_news:
            return 0.002 if self.mailbox.is_empty else FRAME_SECONDS
        return 3600.0

    def _become(self, event: Event) -> None:
        self._state = next_state(self._state, event)

    def _fail(self, message: str) -> None:
        self._message = message
        if self._state != "closing":
            self._become("fail")
        self._is_stale = True

    def _advance(self) -> None:
        refusal = self._run.refusal
        if refusal is not None and self._play.by in ("batch", "epoch"):
            self._become("pause")
            self._message, self._is_stale = refusal.hint, True
            return
        if self._next_step > time.monotonic():
            return
        began, end = time.perf_counter(), self._run.timeline.end
        self._go_on()
        if self._run.timeline.end > end:
            self._runs.spend(time.perf_counter() - began)
        self._is_stale = True

    def _go_on(self) -> None:
        if math.isinf(self._play.rate) and self._play.by in ("batch", "epoch"):
            self._advance_chunk()
        elif self._play.by == "batch" and self._play.rate > RECORDED_RATE:
            self._advance_some()
        else:
            self._advance_once()

    def _look_beside(self) -> None:
        """Pause a run that was begun beside another where it has come as far."""
        if self._until is not None and self._run.step >= self._until and self._state == "running":
            self._message = tr("It has come as far as the run beside it, batch {step}.", step=self._until)
            self._until = None
            self._become("pause")

    def _room(self) -> int:
        """Return how many batches may run before somebody has to look."""
        step = self._run.step
        return min(self._pace.room(step), MAX_CHUNK if self._until is None else max(self._until - step, 1))

    def _advance_chunk(self) -> None:
        began = time.perf_counter()
        done = self._train(self._pace.chunk)
        self._pace.trained(done, time.perf_counter() - began)
        self._measure_between()

    def _measure_between(self) -> None:
        """Measure loss and score between frames where it is due; the first frame of a run makes what measures it."""
        steps = self._run.history.measured.steps
        if self._offered == self._generation and self._pace.is_due(self._run.step, steps[-1] if steps else 0):
            began = time.perf_counter()
            self._frames.measure(self._run)
            self._pace.measured(time.perf_counter() - began)

    def _train(self, count: int) -> int:
        done, divergence = self._run.advance(min(count, self._room()))
        if divergence:
            self._diverged(divergence)
        elif self._run.stopped:
            self._stop(self._run.stopped)
        elif self._run.is_at_end:
            self._become("pause")
            self._run.settle()
        return done

    def _stop(self, stop: Stop) -> None:
        """Stand still where a rule holds, or where it sends the run back to."""
        self._become("pause")
        self._message = stop.reason
        if stop.best_step is not None:
            self._run.seek(stop.best_step)
            self._message += " " + tr("The weights after batch {step} are back.", step=stop.best_step)

    def _advance_some(self) -> None:
        """Train as many batches as are due; nobody can follow single ones at this speed."""
        now = time.monotonic()
        due = min(int((now - self._next_step) * self._play.rate) + 1, self._pace.chunk)
        self._next_step = max(self._next_step + due / self._play.rate, now - FRAME_SECONDS)
        self._train(due)
        self._pace.rate = self._play.rate

    def _advance_once(self) -> None:
        interval = 0.0 if math.isinf(self._play.rate) else 1 / self._play.rate
        self._next_step = max(self._next_step + interval, time.monotonic())
        self._pace.rate = 0.0 if math.isinf(self._play.rate) else self._play.rate
        before = self._run.moment()
        self._run.forward(self._play.by)
        walk = self._run.walk
        if self._run.stopped:
            self._stop(self._run.stopped)
            return
        is_stuck = self._run.moment() == before
        if is_stuck or (walk and walk.is_done and not self._run.trainer.is_finite()):
            self._become("pause")

    def _diverged(self, divergence: Divergence) -> None:
        self._become("pause")
        self._message = tr(
            "Batch {step} is not finite any more, first in {formula}. The last finite weights are kept. "
            "Try a smaller learning rate.",
            step=divergence.step + 1,
            formula=self._run.document.formula_of(divergence),
        )

    def _offer(self) -> None:
        now = time.monotonic()
        is_new_run = self._offered != self._generation
        if not (self._is_stale or self._has_news) or not (is_new_run or self.mailbox.is_empty):
            return
        if self._state == "running" and now < self._next_frame and not is_new_run:
            return
        began = time.perf_counter()
        if self._is_stale or self._frame is None:
            self._frame = self._made()
        self.mailbox.put(replace(self._frame, serial=next(self._serial), experiment=self._experimenter.view))
        # Pictures may take a sixth of the worker's time: training stays above 80 % of its speed.
        self._next_frame = now + max(FRAME_SECONDS, 6 * (time.perf_counter() - began))
        self._is_stale, self._has_news = self._frames.is_unfinished, False
        self._offered = self._generation

    def _made(self) -> Frame:
        """Return what is to be seen of the run."""
        frame = self._frames.make(self._run, is_running=self._state == "running")
        return replace(
            frame, runs=self._runs.rows(), runs_revision=self._runs.revision, generation=self._generation,
            state=self._state, message=self._message or frame.message, steps_per_second=self._speed(),
            is_flat_out=math.isinf(self._play.rate), gradient_check=self._checking.of(self._generation),
        )  # fmt: skip

    def _speed(self) -> float:
        """Return steps a second; a speed that was only asked for says nothing once the run pauses."""
        is_measured = math.isinf(self._play.rate)
        return self._pace.rate if is_measured or self._state == "running" else 0.0

    def _on_play(self, command: Play) -> None:
        self._play, self._message, self._until = command, "", None
        self._pace.begin()
        self._next_step = time.monotonic()
        self._become("play")

    def _on_pause(self, command: Pause) -> None:
        self._become("pause")

    def _on_step(self, command: StepBy) -> None:
        self._pause_for_time()
        move = self._run.forward if command.direction > 0 else self._run.back
        move(command.by)
        if self._run.stopped and command.direction > 0:
            self._message = self._run.stopped.reason

    def _pause_for_time(self) -> None:
        self._message = ""
        self._become("pause")

    def _on_seek(self, command: Seek) -> None:
        self._pause_for_time()
        self._run.seek(self._run.timeline.end if command.last else command.step)

    def _on_finish_phase(self, command: FinishPhase) -> None:
        self._pause_for_time()
        self._run.finish_phase()

    def _on_walk_to(self, command: cmd.WalkTo) -> None:
        self._pause_for_time()
        self._run.walk_to(command.cursor)

    def _on_look(self, command: Look) -> None:
        self._run.look(command.sample)

    def _on_watch(self, command: Watch) -> None:
        self._frames.interest = command.interest

    def _on_check(self, command: CheckGradients) -> None:
        self._become("pause")
        ahead = partial(self._frames.trace_ahead, self._run)
        self._checking.begin(self._run, ahead, command.holds_draws, self._generation)

    def _on_cancel_check(self, command: CancelCheck) -> None:
        self._checking.cancel()

    def _keep_moment(self, command: Any, joins: bool = False) -> None:
        """Keep the present for undo; joins: it lies within one change, as the places of a slider while it is pulled."""
        self._generation = command.generation
        if not joins:
            self._moments.keep(self._token, self._runs.standing())
        self._token = command.token
        self._until = None
        if self._state != "failed":
            self._message = ""  # why it stood still was said of the document before

    def _on_edit(self, command: cmd.Edit) -> None:
        self._keep_moment(command, command.joins)
        before = self._runs.current
        self._runs.edit(command.document, command.label)
        self._tell_branch(before)

    def _on_type(self, command: cmd.TypeParameter) -> None:
        self._keep_moment(command)
        before = self._runs.current
        self._runs.type_parameter(command.name, command.index, command.value, command.label)
        self._tell_branch(before)

    def _tell_branch(self, before: int) -> None:
        if self._runs.current != before and before in self._runs.uids:
            self._message = tr("Run {n} begins here; run {m} stays as it is.", n=self._runs.current, m=before)

    def _on_restore(self, command: cmd.Restore) -> None:
        self._keep_moment(command)
        standing = self._moments.get(command.token)
        if standing is None:  # too long ago: go on from here under the document of that time
            self._runs.edit(command.document, "")
        else:
            self._runs.restore(standing)

    def _on_begin(self, command: cmd.Begin) -> None:
        self._keep_moment(command)
        self._begun()
        self._runs.begin(command.document, command.label)

    def _begun(self) -> None:
        self._message, self._pace.rate = "", 0.0
        self._pace.begin()
        if self._state == "failed":
            self._become("pause")

    def _on_beside(self, command: cmd.Beside) -> None:
        self._keep_moment(command)
        self._begun()
        self._play_until(self._runs.beside(command.document, command.label, command.is_fresh))

    def _play_until(self, end: int) -> None:
        """Train a run that begins as far as another one has come."""
        is_able = self._run.problem is None and self._run.refusal is None
        if end and is_able and self._state != "running":
            if self._play.by not in ("batch", "epoch"):
                self._play = Play()
            self._next_step, self._until = time.monotonic(), end
            self._become("play")

    def _on_start_experiment(self, command: cmd.StartExperiment) -> None:
        self._varied = self._runs.current
        self._experimenter.begin(command.experiment)

    def _on_cancel_experiment(self, command: cmd.CancelExperiment) -> None:
        self._experimenter.cancel()

    def _on_clear_experiment(self, command: cmd.ClearExperiment) -> None:
        self._experimenter.clear()

    def _on_open_trial(self, command: cmd.OpenTrial) -> None:
        self._pause_for_time()
        self._keep_moment(command)
        known = self._experimenter.run_of(command.trial)
        if known in self._runs.uids:
            self._runs.switch(known)
            return
        ended = command.trial.ended
        assert ended is not None, "only what is over is opened"
        parent = self._varied if self._varied in self._runs.uids else None
        change = change_words(command.base, command.document, tr("As it was"))
        origin = Origin(parent, change=change, is_beside=True)
        self._runs.adopt(command.document, origin, command.base, ended.kept)
        self._experimenter.opened(command.trial, self._runs.current)
        if ended.kept is None:
            self._play_until(ended.steps)
        else:
            self._runs.spend(ended.seconds)

    def _on_open(self, command: cmd.Open) -> None:
        self._generation, self._token = command.generation, command.token
        self._moments = Moments()
        self._until = None
        self._experimenter.clear()
        self._begun()
        self._runs = Runs(command.document, self._frames.measure)
        if command.runs is not None:
            self._runs.load(command.runs)
        elif command.state is not None:
            self._runs.resume(command.state, command.is_whole, command.watched)

    def _on_switch(self, command: cmd.SwitchRun) -> None:
        self._pause_for_time()
        self._keep_moment(command)
        self._runs.switch(command.uid)

    def _on_remove(self, command: cmd.RemoveRun) -> None:
        self._runs.remove(command.uid)

    def _on_bring_back(self, command: cmd.BringBackRun) -> None:
        self._runs.bring_back(command.uid)

    def _on_describe(self, command: cmd.DescribeRun) -> None:
        self._runs.describe(command.uid, command.label)

    def _on_reset(self, command: cmd.Reset) -> None:
        self._generation = command.generation
        self._message, self._until = "", None
        self._runs.reset()

    def _on_ask(self, command: cmd.AskState) -> None:
        run, state, runs = self._run, self._run.state(), self._runs.saved()
        command.reply.put(cmd.Answer(run.timeline, state, run.document, runs, run.history.watched))

    def _on_close(self, command: Close) -> None:
        self._become("close")
        self._experimenter.close()

    _handlers: ClassVar[dict[type, Callable[..., None]]] = {
        Play: _on_play,
        Pause: _on_pause,
        StepBy: _on_step,
        Seek: _on_seek,
        FinishPhase: _on_finish_phase,
        cmd.WalkTo: _on_walk_to,
        Look: _on_look,
        Watch: _on_watch,
        CheckGradients: _on_check,
        CancelCheck: _on_cancel_check,
        cmd.Edit: _on_edit,
        cmd.TypeParameter: _on_type,
        cmd.Restore: _on_restore,
        cmd.Begin: _on_begin,
        cmd.Beside: _on_beside,
        cmd.Open: _on_open,
        cmd.StartExperiment: _on_start_experiment,
        cmd.CancelExperiment: _on_cancel_experiment,
        cmd.ClearExperiment: _on_clear_experiment,
        cmd.OpenTrial: _on_open_trial,
        cmd.SwitchRun: _on_switch,
        cmd.RemoveRun: _on_remove,
        cmd.BringBackRun: _on_bring_back,
        cmd.DescribeRun: _on_describe,
        cmd.Reset: _on_reset,
        cmd.AskState: _on_ask,
        Close: _on_close,
    }
