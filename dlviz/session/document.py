"""Document: everything a user edits, as one immutable tree of small parts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice, chosen, frozen
from dlviz.core.conventions import Conventions, filled, filled_network
from dlviz.core.network import NetworkSpec
from dlviz.core.notation import Notation, Symbols, spelled_formula, spelled_rule
from dlviz.core.objective import Objective, OutputLoss
from dlviz.core.sheets import letter, with_letters
from dlviz.data.spec import DataSpec
from dlviz.session.race import RaceSpec
from dlviz.session.subject import WHOLE, FormulaSpec, SheetSpec, Subject

WATCHED = ("callbacks", "metrics", "epochs")  # of a training plan: they stop and measure, and change no number
WRITTEN = ("title", "conventions", "data", "training", "race", "extra")  # compared by themselves, or not at all
Dtype = Literal["auto", "float32", "float64"]


class Written(Protocol):
    """What a formula is spelled from: the core's letters, and whose they are."""

    @property
    def formula(self) -> str:
        """The formula in the letters of the core."""

    @property
    def phase(self) -> str:
        """The phase of its step."""

    @property
    def node(self) -> str:
        """The node of its step."""


@dataclass(frozen=True)
class Handle:
    """A read-only array known by its content: equal contents are equal handles."""

    digest: str
    array: NDArray[np.generic] = field(compare=False, repr=False)


def handle(values: Any, dtype: str = "float64") -> Handle:
    """Copy values into a read-only array and name it by its SHA-256."""
    array = np.array(values, dtype=dtype, order="C")
    array.setflags(write=False)
    header = f"{array.dtype.str}{array.shape}".encode()
    return Handle(hashlib.sha256(header + array.tobytes()).hexdigest(), array)


@dataclass(frozen=True)
class TrainingSpec:
    """How to train: loss, optimizer, batches and what stays fixed.

    callbacks: rules that stop a run, and what is written beside it.
    metrics: measured beside the loss and the score of every part of the data.
    slip: a mistake made on purpose; none is ever chosen by itself.
    schedule: how the learning rate changes; None leaves it as it is. clip: how gradients are clipped.
    replacement: every batch is drawn from all rows, so that an epoch may meet a row twice or not at all;
    None leaves that to the conventions.
    losses: a loss for each output of a network with several; empty where `loss` holds for all.
    frozen: names of parameters ("h.b") or layers ("h") that are never updated.
    epochs: where `dlviz train` stops; the window goes on until paused.
    """

    loss: Choice = chosen("squared_error")
    optimizer: Choice = chosen("sgd")
    batch_size: int = 10
    epochs: int = 100
    shuffle: bool = True
    frozen: tuple[str, ...] = ()
    losses: Mapping[str, OutputLoss] = field(default_factory=dict)
    slip: Choice | None = None
    schedule: Choice | None = None
    replacement: bool | None = None
    clip: Choice | None = None
    metrics: tuple[Choice, ...] = ()
    callbacks: tuple[Choice, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "losses", frozen(self.losses))

    @property
    def objective(self) -> Choice | Objective:
        """What is minimised: one loss for all outputs, or one for each."""
        return self.losses or self.loss

    def under(self, conventions: Conventions) -> "TrainingSpec":
        """Return this plan with every setting that conventions decide written out; itself if none is left out."""
        decided = conventions.decided
        losses = {name: replace(own, choice=filled("loss", own.choice, decided)) for name, own in self.losses.items()}
        new = replace(
            self,
            loss=filled("loss", self.loss, decided),
            losses=losses,
            optimizer=filled("optimizer", self.optimizer, decided),
            schedule=self.schedule and filled("schedule", self.schedule, decided),
            replacement=(conventions.draws_again or None) if self.replacement is None else self.replacement,
        )
        return self if new == self else new


@dataclass(frozen=True)
class Document:
    """One project. `parameters` are a run's starting values; names missing there are initialised.

    rule: a learning rule on the rows; formula: a typed formula; sheet: worked arithmetic. One of them may stand in the
    place of a network.
    race: what the workspace of optimizers shows, whatever the document is about.
    extra: unknown keys of the file it came from, kept to be written back.
    """

    title: str = "Untitled"
    seed: int = 0
    dtype: Dtype = "auto"
    conventions: Conventions = Conventions()
    data: DataSpec = DataSpec("circles")
    network: NetworkSpec = NetworkSpec()
    parameters: Mapping[str, Handle] = field(default_factory=dict)
    training: TrainingSpec = TrainingSpec()
    rule: Choice | None = None
    formula: FormulaSpec | None = None
    sheet: SheetSpec | None = None
    race: RaceSpec = RaceSpec()
    view: Mapping[str, Any] = field(default_factory=dict, compare=False)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("parameters", "view", "extra"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    @property
    def subject(self) -> Subject:
        """What the document is about."""
        parts: dict[Subject, object] = {"sheet": self.sheet, "formula": self.formula, "rule": self.rule}
        return next((name for name, part in parts.items() if part is not None), "network")

    @cached_property
    def explicit(self) -> "Document":
        """The document with every setting that its conventions decide written out, for what computes with it.

        Everything below reads settings alone; what is edited and saved stays as it was written.
        """
        network = filled_network(self.network, self.conventions.decided)
        training, race = self.training.under(self.conventions), self.race.under(self.conventions)
        is_same = network is self.network and training is self.training and race is self.race
        return self if is_same else replace(self, network=network, training=training, race=race)

    def trains_like(self, other: "Document") -> bool:
        """Whether another document trains to the same numbers: it may be written or watched differently."""
        if self.data is not other.data:  # rows are not compared
            return False
        return self.conventions.trains_like(other.conventions) and _essence(self) == _essence(other)

    def like(self, other: "Document") -> "Document":
        """Return this document with what changes no number taken from another: title, writing, rules and measures."""
        watched = {name: getattr(other.training, name) for name in WATCHED}
        training = replace(self.training, **watched)
        kept = training if training != self.training else self.training
        conventions = other.conventions if self.conventions.trains_like(other.conventions) else self.conventions
        return replace(
            self, title=other.title, conventions=conventions, training=kept, race=other.race, view=other.view,
            extra=other.extra,
        )  # fmt: skip

    @cached_property
    def notation(self) -> Notation:
        """How its conventions write; of a rule one example at a time, of a typed formula numbers alone."""
        notation = Notation.of(self.conventions.values)
        if self.subject in WHOLE:
            return Notation(digits=notation.digits, decimal_sign=notation.decimal_sign)
        return notation if self.rule is None else replace(notation, examples_as="columns")

    @cached_property
    def symbols(self) -> Symbols:
        """The letters of its network in plain text."""
        return Symbols(self.network if self.subject == "network" else NetworkSpec(), self.notation)

    @property
    def remarks(self) -> Mapping[str, str]:
        """What tells the steps of a sheet, by the name of the formula."""
        return {} if self.sheet is None else self.sheet.sheet.remarks

    def name_of(self, node: str) -> str:
        """Write the name of a step's node: of a sheet with its Greek letter."""
        return letter(node) if self.subject == "sheet" else node

    def formula_of(self, step: Written) -> str:
        """Write the formula of a step of its pass in its notation."""
        if self.subject in WHOLE:
            spelled = with_letters(step.formula) if self.subject == "sheet" else step.formula
            return self.notation.decimal(spelled)
        if self.rule is not None:
            return spelled_rule(step.formula, self.notation)
        return spelled_formula(step.formula, step.phase, self.symbols, step.node)


def _essence(document: Document) -> tuple[Any, ...]:
    """Return what decides the numbers of a run, apart from its rows and conventions."""
    own = (each.name for each in fields(document) if each.compare and each.name not in WRITTEN)
    plan = replace(document.training, **{name: getattr(_UNWATCHED, name) for name in WATCHED})
    return (plan, *(getattr(document, name) for name in own))


_UNWATCHED = TrainingSpec()
