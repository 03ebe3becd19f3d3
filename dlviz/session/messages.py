"""What passes between the window and the worker: small frozen commands in, frames out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.explain import Curvature, Weight
from dlviz.core.expression import Walk as FormulaWalk
from dlviz.core.health import Finding
from dlviz.core.rules.learner import Telling
from dlviz.core.sheets import Computed
from dlviz.core.trace import Trace
from dlviz.data.principal_plane import PrincipalPlane
from dlviz.session.activation_study import ActivationQuestion, ActivationStudy
from dlviz.session.curves import Curves, Event, Mark
from dlviz.session.distributions import Column
from dlviz.session.document import Document
from dlviz.session.explanation import AnyExplanation, AnyQuestion, Kept, UnitQuestion
from dlviz.session.gradient_check import GradientCheck
from dlviz.session.hidden_space import HiddenSpace
from dlviz.session.idle import Idle
from dlviz.session.looks import Estimate
from dlviz.session.model_row import ModelRow
from dlviz.session.orders import RowUse
from dlviz.session.portrait import Portrait
from dlviz.session.race import RaceQuestion, RaceView
from dlviz.session.repeats import RepeatQuestion, Repeats
from dlviz.session.rule_answers import Corrections, EpochErrors, Firing, RowAnswers
from dlviz.session.run_row import RunRow
from dlviz.session.similarity import Similarity, SimilarityQuestion
from dlviz.session.sizes import SizeRow
from dlviz.session.slices import RestartQuestion, RestartView, Slice, SliceQuestion
from dlviz.session.vary.agreement import Agreement
from dlviz.session.vary.result import ExperimentView
from dlviz.session.worksheets import Judgement, Worksheet

State = Literal["idle", "running", "paused", "failed", "closing"]
Part = Literal["train", "dev", "test"]
Granularity = Literal["operation", "layer", "sample", "batch", "epoch"]
Need = Literal[
    "parameters", "curves", "maps", "trace", "peek", "predictions", "logits", "losses", "explanation", "board",
    "judgements", "health", "distributions", "race", "activation", "models", "slice", "restarts", "curvature",
    "row_use", "events", "hidden", "drawn", "sizes", "traces", "portrait", "similarity", "repeats", "agreement",
]  # fmt: skip
FloatArray = NDArray[np.floating]


@dataclass(frozen=True)
class Interest:
    """What the visible panels want to be computed.

    grid: side of the square map of every unit, output_grid: that of the output map.
    extent: (x0, x1, y0, y1) of the maps in input units; axes: the two inputs they span,
    the others held at `fixed`. is_principal: they span the plane of the first two principal components of the inputs
    instead, where there are more than two; its extent is found with it. question: what the explanation is about.
    decimals: to which the board rounds. worksheets: the numbers that shall be judged. race: which step of the race
    is to be shown in full. activation: which activation is studied. slice: over which two weights the loss is wanted.
    restarts: from how many other starts it shall be trained. is_logits: the output map shows what goes into the last
    activation. drawn: the inputs of an image that is being drawn, as measured. pinned: weights whose traces are wanted.
    portrait: which unit of a network of images is shown by what it looks for.
    similarity: of which layer the units are compared.
    repeat: which row shall pass a layer again and again.
    """

    needs: frozenset[Need] = frozenset({"curves"})
    grid: int = 32
    output_grid: int = 100
    extent: tuple[float, float, float, float] = (-1.0, 1.0, -1.0, 1.0)
    axes: tuple[int, int] = (0, 1)
    fixed: tuple[float, ...] = ()
    is_principal: bool = False
    question: AnyQuestion | None = None
    decimals: int = 4
    worksheets: tuple[Worksheet, ...] = ()
    race: RaceQuestion = RaceQuestion()
    activation: ActivationQuestion | None = None
    slice: SliceQuestion | None = None
    restarts: RestartQuestion | None = None
    is_logits: bool = False
    drawn: tuple[float, ...] = ()
    pinned: tuple[Weight, ...] = ()
    portrait: UnitQuestion | None = None
    similarity: SimilarityQuestion | None = None
    repeat: RepeatQuestion | None = None


@dataclass(frozen=True)
class Drawn:
    """The answer to a drawing: its inputs as measured, and the outputs (k,)."""

    inputs: tuple[float, ...]
    outputs: FloatArray


@dataclass(frozen=True)
class Maps:
    """Responses over a 2-D plane of inputs, row 0 at the bottom (y0).

    units: node id → (units, grid, grid) float32 activations. output: (k, output_grid, output_grid).
    extent: (x0, x1, y0, y1). is_logits: output is what goes into the last activation. principal: the plane, where it
    is not that of two inputs.
    """

    units: Mapping[str, FloatArray]
    output: FloatArray
    extent: tuple[float, float, float, float]
    is_logits: bool = False
    principal: PrincipalPlane | None = None


@dataclass(frozen=True)
class Predictions:
    """Outputs for every row of the data (n, k), and which rows train and which are the test; the others are dev rows.

    Nothing is counted over test rows: their answers are locked.
    logits: (n, k) what goes into the last activation, losses: (n,) of each row by itself; None where nobody asked.
    step: whose weights answered; while a run goes on with many rows it is further than that.
    """

    outputs: FloatArray
    is_train: NDArray[np.bool_]
    is_test: NDArray[np.bool_]
    logits: FloatArray | None = None
    losses: FloatArray | None = None
    step: int | None = None

    @cached_property
    def watched(self) -> NDArray[np.int64]:
        """The rows that errors are counted over: dev rows, or those that train where there are none."""
        dev = np.flatnonzero(~self.is_train & ~self.is_test)
        return dev if len(dev) else np.flatnonzero(self.is_train)

    def part(self, row: int) -> Part:
        """Say to which part of the data a row belongs."""
        return "train" if self.is_train[row] else "test" if self.is_test[row] else "dev"


@dataclass(frozen=True)
class Frame:
    """One picture of the run; whatever nobody asked for is None.

    step counts batches since the run began, last_step is the end of what is recorded.
    batch is the number of the next batch in the epoch, of batches_per_epoch.
    is_flat_out: it trains as fast as it can, so that drawing takes time from it.
    device: where and how the run computes; note: why not as asked for, or "".
    trace/cursor: the batch being walked and how many of its steps are done; sample: the column looked at.
    is_aside: that batch is one row alone, of which the run learns nothing.
    hidden: where every layer puts the rows, over the plane of the maps. similarity: of the units of a layer.
    peek: what the next batch would do, computed without touching the run.
    explanation: of one number of a parameter, of a unit or of a loss; none while training runs on, like the two
    that follow. board: the same batch with every intermediate rounded. judgements: one for each worksheet.
    telling: how the steps of a learning rule are told. formula: the graph of a typed formula with its numbers.
    sheet: everything that a sheet comes to.
    health: what is wrong with the training; empty where it is well. distributions: columns recorded so far.
    race: optimizers on a surface.
    activation: the study of an activation, also while training runs on. models: other heads of the output.
    idle: settings of the document that change nothing. slice: the loss over two weights; none while training runs on.
    restarts: the trainings from other starts that are over.
    wrong: rows of the data that a learning rule for classes answers wrongly now; None where nobody counted.
    answers: what a rule answers to each of a few rows; errors: its wrong answers by epoch; corrections: those of a
    perceptron so far; firing: a stochastic unit.
    estimate: what the last look at the test rows showed, since the last edit.
    gradient_check: the one that is made or was made last, since the last edit.
    runs: every run of the session, oldest first. runs_revision: counts changes of that list.
    row_use: how often each training row was used in this epoch. events: what happened to the run, oldest first.
    agreement: of the networks of the experiment, where it trains several seeds.
    drawn: the answer to what is being drawn. portrait: what a unit of a network of images looks for.
    sizes: of the weights, epoch by epoch. traces: of the pinned weights, in their order.
    repeats: of the row and layer that were asked for; none while training runs on.
    experiment: the trainings that vary a document, as far as they have come; the same object until something is new.
    """

    serial: int
    generation: int
    state: State
    document: Document
    step: int = 0
    last_step: int = 0
    epoch: int = 0
    batch: int = 0
    batches_per_epoch: int = 1
    train_loss: float | None = None
    validation_loss: float | None = None
    train_score: float | None = None
    validation_score: float | None = None
    steps_per_second: float = 0.0
    is_flat_out: bool = False
    dtype: str = "float64"
    device: str = "CPU"
    note: str = ""
    message: str = ""
    marks: tuple[Mark, ...] = ()
    parameters: Mapping[str, FloatArray] | None = None
    curves: Curves | None = None
    maps: Maps | None = None
    predictions: Predictions | None = None
    hidden: HiddenSpace | None = None
    similarity: Similarity | None = None
    trace: Trace | None = None
    cursor: int = 0
    sample: int = 0
    peek: Trace | None = None
    explanation: AnyExplanation | None = None
    telling: Telling | None = None
    formula: FormulaWalk | None = None
    sheet: Computed | None = None
    board: Trace | None = None
    judgements: tuple[Judgement, ...] = ()
    health: tuple[Finding, ...] | None = None
    distributions: tuple[Column, ...] | None = None
    race: RaceView | None = None
    activation: ActivationStudy | None = None
    slice: Slice | None = None
    restarts: RestartView | None = None
    curvature: Curvature | None = None
    models: tuple[ModelRow, ...] = ()
    wrong: tuple[int, ...] | None = None
    answers: RowAnswers | None = None
    errors: EpochErrors | None = None
    corrections: Corrections | None = None
    firing: Firing | None = None
    estimate: Estimate | None = None
    gradient_check: GradientCheck | None = None
    runs: tuple[RunRow, ...] = ()
    runs_revision: int = 0
    experiment: ExperimentView | None = None
    agreement: Agreement | None = None
    row_use: RowUse | None = None
    events: tuple[Event, ...] = ()
    drawn: Drawn | None = None
    sizes: tuple[SizeRow, ...] = ()
    traces: tuple[Kept, ...] = ()
    portrait: Portrait | None = None
    repeats: Repeats | None = None
    idle: tuple[Idle, ...] = ()
    is_aside: bool = False

    @property
    def is_test_open(self) -> bool:
        """Whether answers to test rows may be seen: where somebody looked at them, until the run moves on.

        Each look is counted; a lock that stayed open would let people watch the test while training, uncounted.
        """
        return self.estimate is not None and self.estimate.step == self.step


@dataclass(frozen=True)
class Play:
    """Run on by steps of this size, at this many a second (inf: as fast as possible)."""

    by: Granularity = "batch"
    rate: float = float("inf")


@dataclass(frozen=True)
class Pause:
    """Stop after the chunk in hand."""


@dataclass(frozen=True)
class StepBy:
    """Go one step of this size forward (+1) or back (-1)."""

    by: Granularity
    direction: int = 1


@dataclass(frozen=True)
class Seek:
    """Go to a recorded global step (last=True: the end of the record)."""

    step: int = 0
    last: bool = False


@dataclass(frozen=True)
class FinishPhase:
    """Walk to the end of the phase in hand."""


@dataclass(frozen=True)
class Look:
    """Look at another sample (column of the batch); changes nothing in the run."""

    sample: int


@dataclass(frozen=True)
class Watch:
    """Compute this for the frames to come."""

    interest: Interest


@dataclass(frozen=True)
class Close:
    """End the worker."""
