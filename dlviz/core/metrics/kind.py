"""What a metric declares, and the registry of metrics."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.hyper import Hyper, complete
from dlviz.core.network import NetworkSpec
from dlviz.core.registry import Registry

FloatArray = NDArray[np.float64]
Arrays = Mapping[str, NDArray[Any]]
Settings = Mapping[str, Any]
Value = float | NDArray[Any] | Mapping[str, float]
Need = Literal["answers", "activations", "step"]


@dataclass(frozen=True)
class Observed:
    """What metrics look at; a part that no chosen metric needs may be left out.

    outputs, targets (n, k) of the first output. threshold: of one output unit, where it changes its mind between
    two classes; None where the targets tell it. activations: (units, n) by layer. One step of training:
    parameters before it, gradients, and updates, all by parameter name.
    """

    outputs: NDArray[Any]
    targets: NDArray[Any]
    is_classes: bool = True
    network: NetworkSpec = NetworkSpec()
    activations: Arrays = field(default_factory=dict)
    parameters: Arrays = field(default_factory=dict)
    gradients: Arrays = field(default_factory=dict)
    updates: Arrays = field(default_factory=dict)
    threshold: float | None = None


@dataclass(frozen=True)
class Metric:
    """A number, array or mapping measured on rows or on a step of training.

    needs: which part of what is observed it reads. wants_classes: it means nothing for values.
    formula is LaTeX.
    """

    key: str
    title: str
    formula: str
    measure: Callable[[Observed, Settings], Value]
    needs: Need = "answers"
    wants_classes: bool = False
    settings: tuple[Hyper, ...] = ()
    source: str = ""


metrics: Registry[Metric] = Registry("metric")


def resolve(chosen: Choice, place: str = "training.metrics") -> tuple[Metric, dict[str, Any]]:
    """Return the entry and complete settings of a choice. Raises: SpecError."""
    entry = metrics.get(chosen.kind, place)
    return entry, complete(chosen.settings, entry.settings, place)


def check_metrics(chosen: Sequence[Choice], is_classes: bool | None = None) -> None:
    """Refuse metrics that are named twice, or that want classes where the data have values. Raises: SpecError."""
    keys = [each.kind for each in chosen]
    for each in chosen:
        entry, _ = resolve(each)
        if keys.count(each.kind) > 1:
            raise SpecError(f"Expected every metric once. Received: {each.kind} twice", place="training.metrics")
        if entry.wants_classes and is_classes is False:
            raise SpecError(
                f"Expected data with classes for {each.kind}. Received: values",
                "For values choose r2 or mae.",
                "training.metrics",
            )


def needed(chosen: Sequence[Choice]) -> frozenset[Need]:
    """Return which parts of what is observed these metrics read."""
    return frozenset(resolve(each)[0].needs for each in chosen)


def measured(chosen: Sequence[Choice], observed: Observed) -> dict[str, Value]:
    """Return the values of metrics by key. Numbers that have no meaning, as without rows, are NaN."""
    found: dict[str, Value] = {}
    for each in chosen:
        entry, settings = resolve(each)
        with np.errstate(all="ignore"):
            found[each.kind] = entry.measure(observed, settings)
    return found
