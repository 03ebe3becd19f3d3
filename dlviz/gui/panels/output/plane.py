"""The plane of two inputs that the output panel shows: its extent, its points, and what stays fixed."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.activations import activations
from dlviz.core.errors import DlvizError
from dlviz.core.network import output_id
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared
from dlviz.gui import numbers
from dlviz.gui.panels.output.map import Extent, PointSet
from dlviz.gui.panels.output.picture import FloatArray, Scale, scale_for
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.targets import decision_threshold

View = Literal["map", "curve", "errors", "answer"]
MAX_MAP_INPUTS = 12  # with more inputs a plane through their means says little: predictions come first
_MARGIN = 0.08  # of the data's range, left free around it
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Plane:
    """Two inputs (columns) spanning a plane, its extent, and the values of all inputs elsewhere, as measured."""

    axes: tuple[int, int]
    extent: Extent
    fixed: tuple[float, ...] = ()


def first_view(dataset: Dataset) -> View:
    """Return what suits a data set: a curve over one input, a map over a few, predictions for many."""
    if dataset.d == 1:
        return "curve"
    return "map" if dataset.d <= MAX_MAP_INPUTS else "errors"


def plane_of(prepared: Prepared, axes: tuple[int, int]) -> Plane:
    """Return the plane that the data span on two inputs, the others at their means over the training rows."""
    inputs = prepared.dataset.inputs
    ends = [_range(inputs[:, axis]) for axis in axes]
    return Plane(axes, (*ends[0], *ends[1]), means_of(prepared))


def means_of(prepared: Prepared) -> tuple[float, ...]:
    """Return the mean of every input over the training rows, as measured."""
    return tuple(float(value) for value in prepared.dataset.inputs[prepared.train].mean(axis=0))


def _range(column: NDArray[np.float64]) -> tuple[float, float]:
    low, high = float(column.min()), float(column.max())
    margin = _MARGIN * (high - low) or 1.0
    return low - margin, high + margin


def points_of(prepared: Prepared, axes: tuple[int, int]) -> PointSet:
    """Return the rows as points of a plane; measured targets are classed by the sign of their deviation."""
    dataset = prepared.dataset
    is_train = np.zeros(dataset.n, dtype=bool)
    is_train[prepared.train] = True
    return PointSet(dataset.inputs[:, list(axes)], classes_of(dataset), is_train)


def classes_of(dataset: Dataset) -> NDArray[np.intp]:
    """Return a class a row; for measured targets 1 above their mean, else 0."""
    if dataset.task != "regression":
        return dataset.targets.astype(np.intp)
    first = dataset.targets.reshape(dataset.n, -1)[:, 0]
    return (first > first.mean()).astype(np.intp)


def axis_symbol(dataset: Dataset, axis: int) -> str:
    """Return the name of an input: x₁ where the names are only numbered, else as the data call it."""
    name = dataset.input_names[axis]
    return "x" + name[1:].translate(_SUBSCRIPTS) if name[:1] == "x" and name[1:].isdigit() else name


def fixed_sentence(dataset: Dataset, axes: tuple[int, int], means: tuple[float, ...], most: int = 3) -> str:
    """Say at which values the inputs off the plane are held; empty if there are none."""
    others = [axis for axis in range(dataset.d) if axis not in axes]
    if not others:
        return ""
    if len(others) > most:
        return unnamed_sentence(len(others))
    held = (f"{axis_symbol(dataset, axis)} {numbers.number(means[axis])}" for axis in others)
    return tr("at {values} (training means)", values=", ".join(held))


def unnamed_sentence(count: int) -> str:
    """Say of how many inputs the means are held, where there is no room for their names."""
    return tr("the other {count} inputs at their training means", count=count)


def scale_of(document: Document, layer: str, values: FloatArray) -> Scale:
    """Return the scale of a layer's values by its activation, without a boundary."""
    low, high = _bounds(document, layer)
    return scale_for(low, high, values)


def output_scale(document: Document, dataset: Dataset, values: FloatArray) -> Scale:
    """Return the scale of the one output: its middle is where the answer turns.

    That is the boundary between two classes, or the mean of measured targets, whose farthest one
    then lies at an end.
    """
    level = decision_level(document, dataset)
    if level is None:
        targets = dataset.targets.reshape(dataset.n, -1)[:, 0].astype(float)
        centre = float(targets.mean())
        return Scale(centre, float(np.abs(targets - centre).max()) or 1.0)
    plain = scale_of(document, output_layer(document), values - level)
    return Scale(level, plain.half, level)


def decision_level(document: Document, dataset: Dataset) -> float | None:
    """Return where one output changes class: 0 for ±1 targets, 0.5 for probabilities; None for measured values."""
    if dataset.task == "regression" or not document.network.layers:
        return None
    return decision_threshold(document)


def output_layer(document: Document) -> str:
    """Return the id of the output node, empty while there is none."""
    return output_id(document.network) if document.network.layers else ""


def _bounds(document: Document, layer: str) -> tuple[float, float]:
    found = next((each for each in document.network.layers if each.id == layer), None)
    choice = None if found is None else found.settings.get("activation")
    try:
        entry = activations.get(getattr(choice, "kind", choice) or "linear")
        return entry.range_of(getattr(choice, "settings", {}))
    except DlvizError:
        return -float("inf"), float("inf")
