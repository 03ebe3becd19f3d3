"""FrameMaker: one picture of a run, with what the visible panels asked for and no more."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from dlviz.core.trace import Trace
from dlviz.session.activation_studies import ActivationStudies
from dlviz.session.activation_study import ActivationQuestion
from dlviz.session.answering import Answering
from dlviz.session.checkup import Checkup, note_sizes
from dlviz.session.engine import Engine, engine_for
from dlviz.session.events import events_of, marks_of
from dlviz.session.explainer import Explainer
from dlviz.session.explanation import AnyExplanation, AnyQuestion, Explanation
from dlviz.session.formula_trainer import FormulaTrainer
from dlviz.session.history import Measured
from dlviz.session.judge import Judge
from dlviz.session.looks import Estimate
from dlviz.session.messages import Frame, Interest, Need
from dlviz.session.models import Models
from dlviz.session.pictures import Pictures
from dlviz.session.portraits import Portraits
from dlviz.session.race.racer import Racer
from dlviz.session.repeater import Repeater
from dlviz.session.row_use import row_use
from dlviz.session.rule_answers import corrections, epoch_errors
from dlviz.session.rule_trainer import RuleTrainer
from dlviz.session.run import Run
from dlviz.session.share import Share
from dlviz.session.sharpness import Sharpness
from dlviz.session.sheet_trainer import SheetTrainer
from dlviz.session.similarity import similarity
from dlviz.session.slices.restarts import Restarts
from dlviz.session.slices.slicer import Slicer
from dlviz.session.traces import Traces
from dlviz.session.trainer import Trainer
from dlviz.session.updates import LastUpdates

MEASURED_SHARE = 0.03  # of the worker's time while a run goes on, for loss and score of a frame
FEW_ROWS, MANY_ROWS = 20, 1_000  # asked for in every frame of a run that goes on, and of one that stands


class FrameMaker:
    """Builds frames from a run on the worker's thread."""

    def __init__(self) -> None:
        self.interest = Interest()
        self._pictures = Pictures()
        self._explainer, self._updates = Explainer(), LastUpdates()
        self._ahead: tuple[Engine, Engine] | None = None  # what computes the run, and its twin that looks ahead
        self._judge = Judge()
        self._checkup = Checkup()
        self._racer = Racer()
        self._studies = ActivationStudies()
        self._slicer, self._restarts, self._sharpness = Slicer(), Restarts(), Sharpness()
        self._models, self._portraits = Models(), Portraits()
        self._traces, self._repeater = Traces(), Repeater()
        self._answering, self._measuring = Answering(), Share(MEASURED_SHARE)
        self._measured_of: object = None  # the segment that was measured last

    @property
    def is_unfinished(self) -> bool:
        """Whether more will be known with the next frame, although nothing moves."""
        workers: dict[Need, Judge | Racer | Slicer | Restarts | Sharpness] = {
            "judgements": self._judge, "race": self._racer, "slice": self._slicer, "restarts": self._restarts,
            "curvature": self._sharpness,
        }  # fmt: skip
        return any(need in self.interest.needs and worker.is_unfinished for need, worker in workers.items())

    def make(self, run: Run, is_running: bool) -> Frame:
        """Return a frame; serial, generation and state are the worker's to fill in."""
        frame = self._of_run(run, is_running)
        if "race" not in self.interest.needs:
            return frame
        return replace(frame, race=self._racer.look(run.document, self.interest.race))

    # Shortly before a run breaks its numbers exceed the single precision of the maps.
    @np.errstate(all="ignore")
    def _of_run(self, run: Run, is_running: bool) -> Frame:
        if run.problem is not None:
            return _still(run)
        if not isinstance(run.trainer, Trainer):
            return self._walked_only(run, is_running)
        measured = self._measured(run, is_running)
        note_sizes(run, is_running)
        train_loss, validation_loss, train_score, validation_score, _ = map(_finite, measured)
        step, epoch, batch = _position(run)
        frame = Frame(
            0, 0, "running" if is_running else "paused", run.document, step, run.timeline.end, epoch, batch,
            run.trainer.batches_per_epoch, train_loss, validation_loss, train_score, validation_score,
            dtype=run.trainer.dtype, device=run.trainer.backend.device, note=run.trainer.backend.note,
            marks=marks_of(run), idle=run.idle,
        )  # fmt: skip
        parts = self._asked_for(run, is_running)
        if self.interest.needs & {"health", "distributions"}:
            parts["health"] = self._checkup.look(run, self._pictures, train_score, is_running)
        if self.interest.portrait is not None and "portrait" in self.interest.needs:
            parts["portrait"] = self._portraits.look(run, self.interest.portrait, self._pictures, is_running)
        if "distributions" in self.interest.needs:
            parts["distributions"] = run.history.columns.columns
        if self.interest.activation is not None and "activation" in self.interest.needs:
            parts["activation"] = self._study(run, self.interest.activation, parts.get("peek"), is_running)
        passes_by = is_running and (run.walk is None or run.walk.is_done)
        worked_out = {} if passes_by else self._worked_out(run, parts.get("peek"))
        return replace(frame, **parts, **worked_out, **_walked(run))

    def measure(self, run: Run) -> None:
        """Note loss and score where the run stands, before it is left."""
        if run.problem is None and isinstance(run.trainer, Trainer):
            with np.errstate(all="ignore"):
                self._measured(run, is_running=False)

    def estimate(self, run: Run) -> Estimate | None:
        """Return loss and score over the test rows where the run stands; None where they cannot be had."""
        if run.problem is not None or not isinstance(run.trainer, Trainer):
            return None
        with np.errstate(all="ignore"):
            return self._pictures.estimate(run)

    def _measured(self, run: Run, is_running: bool) -> Measured:
        """Measure where a run stands; while it goes on, where that takes long, now and then: else it is as it was."""
        self._pictures.follow(run)
        is_other = self._measured_of is not run.segment
        if is_running and not is_other and not self._measuring.is_due:
            return run.history.measured.at(run.step)
        with self._measuring.working(is_other):
            measured = self._pictures.measure(run)
        self._measured_of = run.segment
        run.history.measured.add(run.step, measured)
        return measured

    def aside(self) -> float:
        """Return for how long, since the last call, something was worked on that has a share of time of its own."""
        shares = self._measuring, self._answering.share
        spent = sum(share.spent for share in shares)
        for share in shares:
            share.spent = 0.0
        return spent

    def _walked_only(self, run: Run, is_running: bool) -> Frame:
        """Return the frame of a learning rule, a formula or a sheet."""
        trainer, needs = run.trainer, self.interest.needs
        step, epoch, batch = _position(run)
        frame = Frame(
            0, 0, "running" if is_running else "paused", run.document, step, run.timeline.end, epoch, batch,
            trainer.batches_per_epoch, dtype=trainer.dtype, marks=marks_of(run),
            parameters=run.parameters(), curves=run.history.curves() if "curves" in needs else None,
            telling=trainer.learner.telling if isinstance(trainer, RuleTrainer) else None,
            formula=trainer.walked if isinstance(trainer, FormulaTrainer) else None,
            sheet=trainer.computed if isinstance(trainer, SheetTrainer) else None,
            events=events_of(run) if "events" in needs else (),
            wrong=_wrong(run, FEW_ROWS if is_running else MANY_ROWS), idle=run.idle, **_answered(run),
        )  # fmt: skip
        if run.walk is not None:
            return replace(frame, trace=run.walk.trace, **_walked(run))
        return replace(frame, peek=self._peek(run)) if "peek" in needs else frame

    def _peek(self, run: Run) -> Trace | None:
        """Return what the next step would do, from a twin of what computes the run."""
        if run.is_at_end:
            return None
        if self._ahead is None or self._ahead[0] is not run.trainer:
            self._ahead = run.trainer, engine_for(run.document)
        self._ahead[1].restore(run.trainer.state())
        return self._ahead[1].record()

    def _asked_for(self, run: Run, is_running: bool) -> dict[str, Any]:
        """Return the parts of a frame that somebody looks at."""
        needs, pictures = self.interest.needs, self._pictures
        makers: dict[Need, Callable[[], object]] = {
            "parameters": run.parameters,
            "curves": run.history.curves,
            "maps": lambda: pictures.maps(run, self.interest),
            "predictions": lambda: self._answering.look(run, needs, is_running),
            "hidden": lambda: pictures.hidden(run, self.interest),
            "row_use": partial(row_use, run),
            "events": partial(events_of, run),
            "drawn": lambda: pictures.drawn(run, self.interest.drawn),
            "sizes": lambda: run.history.sizes.rows,
            "traces": lambda: self._traces.look(run, self.interest.pinned, is_running),
        }
        asked = self.interest.similarity
        if asked is not None:
            network, answers = run.document.network, partial(pictures.answers, run)
            makers["similarity"] = partial(similarity, network, asked, run.parameters, answers)
        if run.walk is None:
            makers["peek"] = lambda: pictures.peek(run)
        parts: dict[str, Any] = {need: make() for need, make in makers.items() if need in needs}
        if run.walk and needs & {"trace", "peek"}:
            parts["trace"] = run.walk.trace
        return parts

    def trace_ahead(self, run: Run) -> Trace:
        """Return what the next batch of a network would do. Raises: DlvizError where it cannot train."""
        self._pictures.follow(run)
        return self._pictures.peek(run)

    def walk_row(self, run: Run, row: int) -> None:
        """Walk a row of a network's data, where it can be trained. Raises: DlvizError for a row that is not there."""
        if run.problem is not None:
            return
        self._pictures.follow(run)
        run.walk_row(row, lambda: self._pictures.peek_at(run, np.array([row])))

    def _study(self, run: Run, question: ActivationQuestion, peek: Trace | None, is_running: bool) -> object:
        def trace() -> Trace:
            return peek or self._pictures.peek(run)

        return self._studies.study(run, question, self._pictures, trace, is_running)

    def _explain(self, run: Run, question: AnyQuestion, trace: Callable[[], Trace]) -> AnyExplanation:
        answer = self._explainer.explain(run, question, trace)
        if not isinstance(answer, Explanation) or answer.shares is None:
            return answer
        copy = partial(self._pictures.copy_of, run)
        return replace(answer, updates=self._updates.of(run, answer.question.weight, copy))

    def _worked_out(self, run: Run, peek: Trace | None) -> dict[str, Any]:
        """Return what is worked out from the batch in hand, where the run stands there long enough to read it."""
        interest = self.interest

        def trace() -> Trace:
            return peek or self._pictures.peek(run)

        question = interest.question
        makers: dict[Need, Callable[[], object]] = {
            "models": lambda: self._models.rows(run),
            "board": lambda: self._judge.board(run, interest.decimals, trace),
            "judgements": lambda: self._judge.judge(run, interest.worksheets, trace),
            "curvature": lambda: self._sharpness.look(run),
        }
        if question is not None:
            makers["explanation"] = lambda: self._explain(run, question, trace)
        if interest.repeat is not None:
            makers["repeats"] = partial(self._repeater.look, run, interest.repeat)
        if interest.slice is not None:
            makers["slice"] = partial(self._slicer.look, run, interest.slice)
        if interest.restarts is not None:
            makers["restarts"] = partial(self._restarts.look, run, interest.restarts)
        return {need: make() for need, make in makers.items() if need in interest.needs}


def _wrong(run: Run, most: int) -> tuple[int, ...] | None:
    """Return the rows that a rule answers wrongly, unless there are too many to ask for every frame."""
    trainer = run.trainer
    if not isinstance(trainer, RuleTrainer) or trainer.batches_per_epoch > most:
        return None
    return trainer.wrong(run.parameters())


def _answered(run: Run) -> dict[str, Any]:
    """Return what a rule answers to few rows, its errors and corrections, and how its one stochastic unit fires."""
    trainer = run.trainer
    if not isinstance(trainer, RuleTrainer):
        return {}
    if trainer.learner.rule.key == "stochastic":
        return {"firing": trainer.firing(run.parameters())}
    ends, means, _, _ = run.history.losses.columns()
    begin = run.history.losses.first
    errors = epoch_errors(ends, means, begin, trainer.batches_per_epoch) if trainer.is_classifier else None
    if trainer.batches_per_epoch > FEW_ROWS:
        return {"errors": errors}
    answers = trainer.answers(run.parameters())
    # The theorem counts from the start of a run that nobody changed on the way.
    if not trainer.is_classifier or answers is None or len(run.timeline.segments) > 1:
        return {"answers": answers, "errors": errors}
    made = corrections(ends, means, begin, run.step, trainer.most_corrections)
    return {"answers": answers, "errors": errors, "corrections": made}


def _walked(run: Run) -> dict[str, Any]:
    walk = run.walk
    return {} if walk is None else {"cursor": walk.cursor, "sample": walk.sample, "is_aside": walk.is_aside}


def _still(run: Run) -> Frame:
    """Return the frame of a document that cannot train: its weights, and why."""
    return Frame(
        0, 0, "paused", run.document, run.step, run.timeline.end,
        message=str(run.problem), parameters=run.parameters(), curves=run.history.curves(),
    )  # fmt: skip


def _position(run: Run) -> tuple[int, int, int]:
    """Return step, epoch and batch; inside a walk those of the walked batch."""
    if run.walk and not run.walk.is_done:
        return run.step, run.walk.trace.epoch, run.walk.trace.batch
    return run.step, run.trainer.epoch, run.trainer.batch


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
