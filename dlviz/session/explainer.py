"""Explainer: answers what a weight does to the loss of the batch at the playhead; used by the worker."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlviz.core.errors import DlvizError, SpecError
from dlviz.core.explain import (
    Pass,
    SlopePicture,
    Weight,
    derive,
    differentiate_trace,
    multiplications,
    paths,
    shares,
    slope_picture,
    terms,
)
from dlviz.core.inference import parameters, shapes
from dlviz.core.layout import layout
from dlviz.core.notation import Notation
from dlviz.core.trace import Trace
from dlviz.i18n import tr
from dlviz.session.derivatives import explain_derivatives
from dlviz.session.explanation import (
    AnyExplanation,
    AnyQuestion,
    DerivativesExplanation,
    DerivativesQuestion,
    Explanation,
    Kept,
    Question,
    UnitExplanation,
    UnitQuestion,
)
from dlviz.session.loss_explainer import explain_loss
from dlviz.session.loss_explanation import LossExplanation, LossQuestion
from dlviz.session.loss_table import LossTable
from dlviz.session.run import Run
from dlviz.session.timeline import Segment
from dlviz.session.tolerance import PruneQuestion, Tolerance
from dlviz.session.tolerance_curve import tolerance
from dlviz.session.trainer import Trainer, TrainingState
from dlviz.session.unit_explainer import explain_unit
from dlviz.session.updates import place_of

MOST_PATHS = 10  # that are listed
MOST_WRITTEN = 4  # paths up to which the derivative is written out in letters
MOST_PLACES = 1_500  # numbers of one example's backward pass up to which multiplications are counted
NUMERIC_EPS = 1e-6  # distance of the central difference
POINTS, FEW_POINTS = 81, 17  # of the slope picture; few where a pass is long
LONG_PASS = 5_000_000  # parameters times examples


class Explainer:
    """Answers questions about one batch, which is differentiated once for all of them."""

    def __init__(self) -> None:
        self._batch: tuple[int, int, int] | None = None
        self._trainer: Trainer | None = None
        self._notation = Notation()
        self._trace: Trace | None = None
        self._pass: Pass | None = None
        self._answers: dict[tuple[AnyQuestion, int], AnyExplanation] = {}
        self._table: LossTable | None = None

    def explain(self, run: Run, question: AnyQuestion, peek: Callable[[], Trace]) -> AnyExplanation:
        """Return the answer for the batch that is walked, else for the next one, which `peek` gives."""
        self._follow(run, peek)
        sample = run.walk.sample if run.walk else 0
        if isinstance(question, LossQuestion):
            return self._loss(run, question, sample)
        key = question, sample
        if key not in self._answers:
            self._answers[key] = self._new_answer(run, question, sample)
        answer = self._answers[key]
        if not isinstance(answer, Explanation) or answer.shares is None:
            return answer
        return replace(answer, kept=kept_values(run, answer.question.weight))

    def _follow(self, run: Run, peek: Callable[[], Trace]) -> None:
        batch = run.batch_in_hand
        if run.document.notation != self._notation:
            self._notation = run.document.notation
            self._answers.clear()
        if batch != self._batch or run.trainer is not self._trainer:
            self._batch, self._trainer = batch, run.network
            self._trace = run.walk.trace if run.walk else peek()
            self._pass = None
            self._answers.clear()

    def _new_answer(
        self, run: Run, question: Question | UnitQuestion | DerivativesQuestion | PruneQuestion, sample: int
    ) -> AnyExplanation:
        match question:
            case UnitQuestion():
                return self._unit(run, question, sample)
            case DerivativesQuestion():
                return self._derivatives(run, question)
            case PruneQuestion():
                return _tolerance(run, question)
            case Question():
                return self._answer(run, question, sample)

    def _derivatives(self, run: Run, question: DerivativesQuestion) -> DerivativesExplanation:
        try:
            return explain_derivatives(self._passed(run), question, run.document.notation)
        except DlvizError as error:
            return DerivativesExplanation(question, problem=str(error))

    def _unit(self, run: Run, question: UnitQuestion, sample: int) -> UnitExplanation:
        try:
            _require_unit(run, question)
            return explain_unit(self._passed(run), question, sample)
        except DlvizError as error:
            return UnitExplanation(question, sample, problem=str(error))

    def _loss(self, run: Run, question: LossQuestion, sample: int) -> LossExplanation:
        """Return what a loss is about; not kept, as its tables follow the weights and the record of the run."""
        assert self._trace is not None
        try:
            passed, trace = self._passed(run), self._trace
            found = explain_loss(passed, run.network.program.losses or {}, question, sample, trace.lr)
        except DlvizError as error:
            return LossExplanation(question, sample, problem=str(error))
        if self._table is None or self._table.trainer is not run.trainer:
            self._table = LossTable(run)
        table, chosen = self._table, run.network.program.losses or {}
        node = question.output or next(iter(chosen))
        return replace(
            found,
            rows=table.of_all(run, node, chosen)
            if question.of_all
            else table.of_batch(passed, trace.rows, node, chosen),
            approach=table.approach(run, int(trace.rows[sample]), node, chosen),
            average=table.average(run, node, chosen),
        )

    def _answer(self, run: Run, question: Question, sample: int) -> Explanation:
        try:
            passed = self._passed(run)
            found = Explanation(
                question, sample, shares(passed, question.weight), terms(passed, question.weight, sample),
                numeric=_numeric(passed, question.weight),
            )  # fmt: skip
            found = replace(found, slope=self._slope(passed, question))
        except DlvizError as error:
            return Explanation(question, sample, problem=str(error))
        try:
            return _with_paths(found, passed, run.document.notation)
        except DlvizError as error:
            return replace(found, problem=error.hint or str(error))  # all else is there: why no paths is enough

    def _passed(self, run: Run) -> Pass:
        if run.document.training.slip:
            raise SpecError(tr("Gradients with a mistake made on purpose are not taken apart."))
        if self._pass is None:
            trainer, losses = run.network, run.network.program.losses
            assert losses is not None and self._trace is not None
            # Random draws are numbered by the batches of whole epochs, whatever came before.
            number = self._trace.epoch * trainer.batches_per_epoch + self._trace.batch
            numbered = replace(self._trace, global_step=number)
            self._pass = differentiate_trace(trainer.program.network, losses, numbered, run.document.seed)
        return self._pass

    def _slope(self, passed: Pass, question: Question) -> SlopePicture:
        assert self._trace is not None
        step = self._trace.value(f"{question.weight.name}.step", len(self._trace.steps))
        change = 0.0 if step is None else float(step[question.weight.entry])
        change = change if math.isfinite(change) else 0.0
        points = POINTS if _size(passed) < LONG_PASS else FEW_POINTS
        return slope_picture(passed, question.weight, change, question.reach or 3 * abs(change) or 1.0, points)


def _tolerance(run: Run, question: PruneQuestion) -> Tolerance:
    try:
        return tolerance(run, question)
    except DlvizError as error:
        nothing = np.empty(0)
        return Tolerance(question, nothing, nothing, nothing, problem=error.sentence)


def _require_unit(run: Run, question: UnitQuestion) -> None:
    """Refuse to explain a unit of the network before: what is selected may be gone with an edit, undone or opened."""
    shape = shapes(run.document.network).get(question.layer, ())
    if question.unit >= math.prod(shape or (0,)):
        raise SpecError(f"Expected a unit of this network. Received: unit {question.unit + 1} of {question.layer}")


def _numeric(passed: Pass, weight: Weight) -> float:
    low, high = slope_picture(passed, weight, reach=NUMERIC_EPS, points=2).losses.tolist()
    return float(high - low) / (2 * NUMERIC_EPS)


def _with_paths(found: Explanation, passed: Pass, notation: Notation) -> Explanation:
    weight, sample = found.question.weight, found.sample
    ways = paths(passed, weight, sample, MOST_PATHS)
    written = derive(passed, weight, sample, notation) if ways.count <= MOST_WRITTEN else None
    saved = multiplications(passed, sample) if _places(passed) <= MOST_PLACES else None
    return replace(found, paths=ways, written=written, saved=saved)


def _places(passed: Pass) -> int:
    return sum(values.size // passed.n for values in passed.deltas.values())


def _size(passed: Pass) -> int:
    return passed.n * passed.program.layout.size


def kept_values(run: Run, weight: Weight) -> Kept:
    """Return the weight at every step up to the playhead whose state is kept, and as it is now."""
    known: dict[int, float] = {}
    for segment in run.timeline.segments:
        if segment.start.step <= run.step:
            known |= _values(run, segment, weight)
    now = run.parameters().get(weight.name)
    if now is not None and _has(now.shape, weight):
        known[run.step] = float(now[weight.entry])
    steps = sorted(step for step in known if step <= run.step)
    return Kept(np.array(steps, np.int64), np.array([known[step] for step in steps]))


def _values(run: Run, segment: Segment, weight: Weight) -> dict[int, float]:
    """Return the weight in the kept states of a segment by step; none where its network has no such weight."""
    view = layout(parameters(segment.document.network)).views.get(weight.name)
    if view is None or not _has(view.shape, weight):
        return {}
    place = place_of(view, weight)
    states: list[TrainingState] = [segment.start, *run.history.of(segment.uid).known()]
    return {state.step: float(state.kept[0, place]) for state in states}


def _has(shape: tuple[int, ...], weight: Weight) -> bool:
    return len(shape) == len(weight.entry) and all(at < size for at, size in zip(weight.entry, shape, strict=True))
