"""The worker: one plain thread that owns the run, obeys commands and leaves frames in a mailbox."""

import logging
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
from dlviz.session import kernels
from dlviz.session.agreements import Agreements
from dlviz.session.checking import CancelCheck, CheckGradients, Checking
from dlviz.session.differences import change_words
from dlviz.session.document import Document
from dlviz.session.frames import FrameMaker
from dlviz.session.inbox import Inbox
from dlviz.session.looks import Estimate, LookAtTest
from dlviz.session.mailbox import Mailbox
from dlviz.session.messages import Close, FinishPhase, Frame, Look, Pause, Play, Seek, StepBy, Watch
from dlviz.session.moments import Moments
from dlviz.session.playing import Playing
from dlviz.session.precedence import Precedence
from dlviz.session.run import Run
from dlviz.session.run_row import Origin
from dlviz.session.runs import Runs
from dlviz.session.vary.experimenter import Experimenter
from dlviz.session.vary.pool import Executors
from dlviz.session.way import Way

log = logging.getLogger(__name__)

FRAME_SECONDS = 0.016
PAUSE = 7  # times as long as a frame took nothing is made for the next one


class Worker:
    """Runs in its own thread between start() and the Close command; talks only in messages."""

    def __init__(self, document: Document, executors: Executors | None = None) -> None:
        self.commands = Inbox()
        self.mailbox: Mailbox[Frame] = Mailbox()
        self.precedence = Precedence()
        self._frames = FrameMaker()
        self._checking = Checking()
        self._estimate: tuple[int, Estimate | None] = -1, None  # the generation it belongs to
        self._experimenter, self._agreements = Experimenter(executors), Agreements()
        self._varied = 0  # the run that the experiment varies
        self._document = document
        self._playing: Playing
        self._generation = self._offered = 0
        self._token = 0
        self._label = ""  # of the last edit
        self._moments, self._way = Moments(), Way()
        self._serial = count(1)
        self._is_stale, self._has_news = True, False  # the run moved; only the experiment did
        self._frame: Frame | None = None
        self._next_frame = 0.0
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
    def _runs(self) -> Runs:
        return self._playing.runs

    @property
    def _run(self) -> Run:
        return self._playing.run

    def _begin(self) -> bool:
        """Make the first run here, where it takes no time from the window; say whether anybody still wants it."""
        if kernels.are_wanted():
            message = kernels.sentence()
            self.mailbox.put(Frame(next(self._serial), self._generation, "paused", self._document, message=message))
            kernels.make_ready(lambda: self.mailbox.is_empty, lambda: self.commands.holds(Close))
            if self.commands.holds(Close):
                return False
        self._playing = Playing(self._document, self._frames.measure)
        return True

    def _loop(self) -> None:
        if not self._begin():
            return
        while self._playing.state != "closing":
            try:
                self._turn()
            except DlvizError as error:
                self._fail(str(error))
            except BaseException as error:  # the worker's one boundary: the window must hear of it
                log.exception("worker")
                self._fail(tr("The run stopped: {error}", error=repr(error)))

    def _turn(self) -> None:
        self._obey()
        if self._playing.state == "running":
            self._playing.may_measure = self._offered == self._generation
            self._is_stale = self._playing.advance() or self._is_stale
        if self._checking.is_busy:
            self._checking.work()
            self._is_stale = True
        self._has_news = self._experimenter.work() or self._has_news
        self._offer()
        self._way.give()
        if self._playing.state != "closing":
            self.precedence.wait(self.commands.wait)

    def _obey(self) -> None:
        """Carry out what is queued; wait for a command where there is nothing else to do."""
        command = self.commands.take(self._idle_seconds())
        while command is not None:
            if self._is_drawn_anew(command):
                self.precedence.wait_for_tick(self._is_asked)
            self._handlers[type(command)](self, command)
            self._is_stale = True
            command = self.commands.take(0.0)

    def _is_drawn_anew(self, command: object) -> bool:
        """Say whether the window draws another network, or something else, while the worker obeys."""
        document = getattr(command, "document", None)
        is_other = document is not None and document.network != self._run.document.network
        return is_other or isinstance(command, cmd.Open)

    def _is_asked(self, seconds: float) -> bool:
        """Wait so long, and say whether somebody waits for an answer."""
        time.sleep(seconds)
        return self.commands.holds(cmd.AskState) or self.commands.holds(Close)

    def _idle_seconds(self) -> float:
        return min(self._quiet_seconds(), self._experimenter.seconds_to_look)

    def _quiet_seconds(self) -> float:
        if self._checking.is_busy:
            return 0.0
        is_running = self._playing.state == "running"
        return min(self._seconds_to_frame(is_running), self._playing.seconds_to_step if is_running else 3600.0)

    def _seconds_to_frame(self, is_running: bool) -> float:
        """Return how long there is nothing to show: a frame that met a full mailbox waits for no step of slow play."""
        if not (self._is_stale or self._has_news):
            return 3600.0
        if not self.mailbox.is_empty:
            return FRAME_SECONDS
        return max(self._next_frame - time.monotonic(), 0.002) if is_running else 0.002

    def _fail(self, message: str) -> None:
        self._playing.fail(message)
        self._is_stale = True

    def _offer(self) -> None:
        now = time.monotonic()
        is_new_run = self._offered != self._generation
        if not (self._is_stale or self._has_news) or not (is_new_run or self.mailbox.is_empty):
            return
        if self._playing.state == "running" and now < self._next_frame and not is_new_run:
            return
        began = time.perf_counter()
        if self._is_stale or self._frame is None:
            self._frame = self._made()
        view = self._experimenter.view
        agreement = self._agreements.look(view, self._frames.interest)
        self.mailbox.put(replace(self._frame, serial=next(self._serial), experiment=view, agreement=agreement))
        # Pictures may take an eighth of the worker's time, besides what has a share of its own: training stays at 80 %
        # of its speed. The first of a run also makes what all later ones use; paid for in the same way it would hold
        # back the second for long.
        aside = self._frames.aside()
        spent = 0.0 if is_new_run else time.perf_counter() - began - aside
        self._next_frame = now + max(FRAME_SECONDS, PAUSE * spent)
        self._is_stale, self._has_news = self._frames.is_unfinished, self._agreements.is_unfinished
        self._offered = self._generation

    def _made(self) -> Frame:
        """Return what is to be seen of the run."""
        playing = self._playing
        frame = self._frames.make(self._run, is_running=playing.state == "running")
        return replace(
            frame, runs=self._runs.rows(), runs_revision=self._runs.revision, generation=self._generation,
            state=playing.state, message=playing.message or frame.message, steps_per_second=playing.steps_per_second,
            is_flat_out=playing.is_flat_out, gradient_check=self._checking.of(self._generation),
            estimate=self._estimate[1] if self._estimate[0] == self._generation else None,
        )  # fmt: skip

    def _on_play(self, command: Play) -> None:
        self._playing.play(command)

    def _on_pause(self, command: Pause) -> None:
        self._playing.become("pause")

    def _on_step(self, command: StepBy) -> None:
        self._playing.step(command.by, command.direction)

    def _on_seek(self, command: Seek) -> None:
        self._playing.pause_for_time()
        self._run.seek(self._run.timeline.end if command.last else command.step)

    def _on_finish_phase(self, command: FinishPhase) -> None:
        self._playing.pause_for_time()
        self._run.finish_phase()

    def _on_walk_to(self, command: cmd.WalkTo) -> None:
        self._playing.pause_for_time()
        self._run.walk_to(command.cursor)

    def _on_look(self, command: Look) -> None:
        self._run.look(command.sample)

    def _on_walk_row(self, command: cmd.WalkRow) -> None:
        self._playing.pause_for_time()
        self._frames.walk_row(self._run, command.row)

    def _on_watch(self, command: Watch) -> None:
        self._frames.interest = command.interest

    def _on_check(self, command: CheckGradients) -> None:
        self._playing.become("pause")
        ahead = partial(self._frames.trace_ahead, self._run)
        self._checking.begin(self._run, ahead, command.holds_draws, self._generation)

    def _on_look_at_test(self, command: LookAtTest) -> None:
        self._estimate = self._generation, self._frames.estimate(self._run)

    def _on_cancel_check(self, command: CancelCheck) -> None:
        self._checking.cancel()

    def _keep_moment(self, command: Any, joins: bool = False) -> None:
        """Keep the present for undo; joins: it lies within one change, as the places of a slider while it is pulled."""
        self._generation = command.generation
        if not joins:
            self._moments.keep(self._token, self._runs.standing())
        self._token = command.token
        self._playing.until = None
        if self._playing.state != "failed":
            self._playing.message = ""  # why it stood still was said of the document before

    def _on_edit(self, command: cmd.Edit) -> None:
        self._keep_moment(command, command.joins)
        before, label = self._runs.current, command.label
        # A stroke of the brush is one mark on the plots over time, however many edits it is made of.
        self._runs.edit(command.document, "" if command.joins and label == self._label else label)
        self._label = label
        self._tell_branch(before)

    def _on_note(self, command: cmd.Note) -> None:
        self._keep_moment(command)
        self._run.note(command.words)

    def _on_type(self, command: cmd.TypeParameter) -> None:
        self._keep_moment(command)
        before = self._runs.current
        self._runs.type_parameter(command.name, command.index, command.value, command.label)
        self._tell_branch(before)

    def _tell_branch(self, before: int) -> None:
        if self._runs.current != before and before in self._runs.uids:
            self._playing.message = tr("Run {n} begins here; run {m} stays as it is.", n=self._runs.current, m=before)

    def _on_restore(self, command: cmd.Restore) -> None:
        self._keep_moment(command)
        standing = self._moments.get(command.token)
        if standing is None:  # too long ago: go on from here under the document of that time
            self._runs.edit(command.document, "")
        else:
            self._runs.restore(standing)

    def _on_begin(self, command: cmd.Begin) -> None:
        self._keep_moment(command)
        self._playing.begun()
        self._runs.begin(command.document, command.label)

    def _on_beside(self, command: cmd.Beside) -> None:
        self._keep_moment(command)
        self._playing.begun()
        self._playing.play_until(self._runs.beside(command.document, command.label, command.is_fresh))

    def _on_start_experiment(self, command: cmd.StartExperiment) -> None:
        self._varied = self._runs.current
        self._experimenter.begin(command.experiment)

    def _on_cancel_experiment(self, command: cmd.CancelExperiment) -> None:
        self._experimenter.cancel()

    def _on_clear_experiment(self, command: cmd.ClearExperiment) -> None:
        self._experimenter.clear()

    def _on_open_trial(self, command: cmd.OpenTrial) -> None:
        self._playing.pause_for_time()
        self._keep_moment(command)
        known = self._experimenter.run_of(command.trial)
        if known in self._runs.uids:
            self._runs.switch(known)
            return
        ended = command.trial.ended
        assert ended is not None, "only what is over is opened"
        parent = self._varied if self._varied in self._runs.uids else None
        change = change_words(command.base, command.document, "") or tr("As it was")
        origin = Origin(parent, change=change, is_beside=True)
        self._runs.adopt(command.document, origin, command.base, ended.kept)
        self._experimenter.opened(command.trial, self._runs.current)
        if ended.kept is None:
            self._playing.play_until(ended.steps)
        else:
            self._runs.spend(ended.seconds)

    def _on_open(self, command: cmd.Open) -> None:
        self._generation, self._token = command.generation, command.token
        self._moments = Moments()
        self._experimenter.clear()
        self._playing.open(command.document)
        if command.runs is not None:
            self._runs.load(command.runs)
        elif command.state is not None:
            self._runs.resume(command.state, command.is_whole, command.watched)

    def _on_switch(self, command: cmd.SwitchRun) -> None:
        self._playing.pause_for_time()
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
        self._playing.message, self._playing.until = "", None
        self._runs.reset()

    def _on_ask(self, command: cmd.AskState) -> None:
        run, state, runs = self._run, self._run.state(), self._runs.saved()
        command.reply.put(cmd.Answer(run.timeline, state, run.document, runs, run.history.watched))

    def _on_close(self, command: Close) -> None:
        self._playing.become("close")
        self._experimenter.close()

    _handlers: ClassVar[dict[type, Callable[..., None]]] = {
        Play: _on_play,
        Pause: _on_pause,
        StepBy: _on_step,
        Seek: _on_seek,
        FinishPhase: _on_finish_phase,
        cmd.WalkTo: _on_walk_to,
        Look: _on_look,
        cmd.WalkRow: _on_walk_row,
        Watch: _on_watch,
        CheckGradients: _on_check,
        CancelCheck: _on_cancel_check,
        LookAtTest: _on_look_at_test,
        cmd.Edit: _on_edit,
        cmd.TypeParameter: _on_type,
        cmd.Note: _on_note,
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
