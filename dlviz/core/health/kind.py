"""What a symptom declares, what it is looked for in, and the registry of symptoms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dlviz.core.network import NetworkSpec
from dlviz.core.registry import Registry

Number = float | str


@dataclass(frozen=True)
class Broken:
    """The first operation that wrote something not finite: its batch, and its place in that batch's trace."""

    step: int
    node: str
    formula: str
    index: int


@dataclass(frozen=True)
class Vitals:
    """What one look at a run has seen; mappings are by layer, from the data to the output.

    weights, gradients: root mean square of the numbers of a layer, trainable ones only. updates: |Δw| of
    the next batch over |w|. errors: root mean square of dL/dz by node, time steps of a layer apart.
    dead, saturated: shares of units and of activations, hidden layers only.
    targets: by output the smallest and the largest number it shall give. shift: by input its mean over training rows
    and over dev rows as the network reads them, how many standard deviations these are apart, and the standard error
    of that.
    twins: by hidden layer the units that are copies of each other, and how many it has. losses: mean over
    each epoch under the present settings, oldest first. learned: 0 for no better than a constant answer,
    1 for all right. has_classes: the outputs stand for classes. is_clipped: gradients are clipped before every
    update. broken: where the run stopped being finite.
    """

    network: NetworkSpec
    weights: Mapping[str, float] = field(default_factory=dict)
    gradients: Mapping[str, float] = field(default_factory=dict)
    updates: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[str, float] = field(default_factory=dict)
    dead: Mapping[str, float] = field(default_factory=dict)
    saturated: Mapping[str, float] = field(default_factory=dict)
    twins: Mapping[str, tuple[tuple[int, ...], int]] = field(default_factory=dict)
    targets: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    shift: Mapping[str, tuple[float, float, float, float]] = field(default_factory=dict)
    losses: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    learned: float = 0.0
    has_classes: bool = False
    is_clipped: bool = False
    broken: Broken | None = None


@dataclass(frozen=True)
class Finding:
    """A symptom at its worst place: the layer ("" for the whole network), a unit of it, and the evidence."""

    symptom: str
    layer: str = ""
    unit: int | None = None
    numbers: Mapping[str, Number] = field(default_factory=dict)


@dataclass(frozen=True)
class Symptom:
    """Something that can be wrong with a training, as data.

    sentence says what is seen, evidence what that is held against; both have numbers of the finding in
    braces, where a name that ends in _share is a fraction to be written as a percentage. find returns the finding, or
    None. cures: keys of edits that may help, the most likely first. explains: symptoms that follow from
    this one, and are not told beside it. source: where the threshold is from.
    """

    key: str
    title: str
    sentence: str
    evidence: str
    find: Callable[[Vitals], Finding | None]
    cures: tuple[str, ...]
    explains: tuple[str, ...] = ()
    source: str = ""


symptoms: Registry[Symptom] = Registry("symptom")


def examine(vitals: Vitals) -> tuple[Finding, ...]:
    """Return what is wrong, causes only: what follows from another finding is left out."""
    found = {entry.key: finding for entry in symptoms if (finding := entry.find(vitals)) is not None}
    explained = {key for cause in found for key in symptoms.get(cause).explains}
    return tuple(finding for key, finding in found.items() if key not in explained)
