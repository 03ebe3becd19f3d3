"""Judge: checks typed numbers against the batch at the playhead, and rounds it as at the board; used by the worker."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from dlviz.core.answers import Answer, Checker, Exercise, Place, board, parse_answer
from dlviz.core.errors import DlvizError
from dlviz.core.notation import Notation
from dlviz.core.trace import Trace
from dlviz.session.run import Run
from dlviz.session.trainer import Trainer
from dlviz.session.worksheets import Judgement, Line, Worksheet

MOST_KEPT = 1000  # judgements of one batch, a large class twice over
SECONDS_AT_ONCE = 0.05  # for judging within one frame: a large class must not keep other commands waiting


class Judge:
    """Answers for one batch at a time; what was found of it is kept.

    is_unfinished: worksheets were left for the next frame.
    """

    def __init__(self) -> None:
        self.is_unfinished = False
        self._batch: tuple[tuple[int, int, int], Notation] | None = None
        self._trainer: Trainer | None = None
        self._exercise: Exercise | None = None
        self._checker: Checker | None = None
        self._boards: dict[int, Trace | None] = {}
        self._judgements: dict[tuple[Worksheet, int], Judgement] = {}

    def board(self, run: Run, decimals: int, peek: Callable[[], Trace]) -> Trace | None:
        """Return the batch with every intermediate rounded; None where it cannot be calculated again."""
        exercise = self._follow(run, peek)
        if decimals not in self._boards:
            try:
                self._boards[decimals] = board(exercise, decimals)
            except DlvizError:
                self._boards[decimals] = None
        return self._boards[decimals]

    def judge(self, run: Run, worksheets: Iterable[Worksheet], peek: Callable[[], Trace]) -> tuple[Judgement, ...]:
        """Return judgements for the batch that is walked, else for the next one; those that take long come later."""
        exercise = self._follow(run, peek)
        sample, until = run.walk.sample if run.walk else 0, time.monotonic() + SECONDS_AT_ONCE
        found = []
        self.is_unfinished = False
        for worksheet in worksheets:
            if (worksheet, sample) in self._judgements or time.monotonic() < until:
                found.append(self._judgement(exercise, worksheet, sample))
            else:
                self.is_unfinished = True
        return tuple(found)

    def _follow(self, run: Run, peek: Callable[[], Trace]) -> Exercise:
        batch = run.batch_in_hand, run.document.notation
        if self._exercise is None or batch != self._batch or run.trainer is not self._trainer:
            self._batch, self._trainer = batch, run.network
            exercise = exercise_of(run.network, run.walk.trace if run.walk else peek())
            self._exercise = replace(exercise, notation=run.document.notation)
            self._checker = None
            self._boards.clear()
            self._judgements.clear()
        return self._exercise

    def _judgement(self, exercise: Exercise, worksheet: Worksheet, sample: int) -> Judgement:
        key = worksheet, sample
        if key not in self._judgements:
            if len(self._judgements) >= MOST_KEPT:
                self._judgements.clear()
            self._judgements[key] = self._checked(exercise, worksheet, sample)
        return self._judgements[key]

    def _checked(self, exercise: Exercise, worksheet: Worksheet, sample: int) -> Judgement:
        try:
            if self._checker is None:
                self._checker = Checker(exercise)
            return judged(self._checker, worksheet, sample)
        except DlvizError as error:
            return Judgement(worksheet, problem=str(error))


def exercise_of(trainer: Trainer, trace: Trace) -> Exercise:
    """Return a recorded batch of a trainer with everything that is needed to calculate it again."""
    document = trainer.document
    plan = document.training
    # Random draws are numbered by the batches of whole epochs, whatever came before.
    number = trace.epoch * trainer.batches_per_epoch + trace.batch
    return Exercise(
        document.network,
        plan.objective,
        plan.optimizer,
        trace,
        plan.frozen,
        plan.clip,
        plan.slip,
        document.seed,
        number,
    )


def judged(checker: Checker, worksheet: Worksheet, sample: int = 0) -> Judgement:
    """Check one worksheet; entries that cannot be read come last, each with its reason."""
    read: dict[Place, tuple[str, Answer]] = {}
    unreadable: list[Line] = []
    for typed, number in worksheet.entries:
        try:
            read[checker.places.find(typed, sample)] = typed, parse_answer(number)
        except DlvizError as error:
            unreadable.append(Line(typed, number, typed, "unreadable", "", str(error)))
    verdicts = checker.check([(place, answer) for place, (_, answer) in read.items()])
    lines = [
        Line(
            read[each.place][0], each.answer.text, each.place.label, each.kind,
            each.cause.key if each.cause else "", each.sentence,
        )
        for each in verdicts
    ]  # fmt: skip
    return Judgement(worksheet, (*lines, *unreadable))
