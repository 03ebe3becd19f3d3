"""Experiment: what is varied, from which document, with which seeds, and for how long."""

from dataclasses import dataclass
from typing import Literal

from dlviz.core.choice import Choice
from dlviz.session.document import Document

Value = bool | int | float | str | Choice | None
Scale = Literal["linear", "log"]
LengthUnit = Literal["epoch", "step"]

MOST_VARIED = 2  # settings
MOST_TRIALS = 1_000
MOST_LENGTH = 100_000_000


@dataclass(frozen=True)
class Varied:
    """One setting that changes. path: where it is, as in `differences`: "training.optimizer.lr", "network.h1.units".

    values: those that are tried; entries of a registry ("tanh", an optimizer) by key or Choice. Where places are drawn
    at random, a setting without values lies between low and high, evenly or evenly in its logarithm.
    """

    path: str
    values: tuple[Value, ...] = ()
    low: float = 0.0
    high: float = 1.0
    scale: Scale = "linear"


@dataclass(frozen=True, eq=False)
class Experiment:
    """What is to be trained: every combination of the varied values, each with every seed.

    document: the base; all else is as it says. draws: 0 for every combination, else how many places are drawn at
    random, from draw_seed. seeds: of first weights and batches; none for the document's own, which also keeps its
    typed first weights. length: of every run, in epochs or steps (batches). recipe: the key of the one it came from.
    """

    document: Document
    varied: tuple[Varied, ...] = ()
    seeds: tuple[int, ...] = ()
    length: int = 20
    unit: LengthUnit = "epoch"
    draws: int = 0
    draw_seed: int = 0
    recipe: str = ""
