"""From responses over a plane to coloured pixels and a boundary line, on the scale that suits a network's output."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.activations import activations
from dlviz.core.contour import segments
from dlviz.core.errors import DlvizError
from dlviz.core.inference import activation_of
from dlviz.core.network import output_id
from dlviz.data.dataset import Dataset
from dlviz.gui.theme import Theme, diverging
from dlviz.session.document import Document
from dlviz.session.targets import decision_threshold

FloatArray = NDArray[np.floating[Any]]
Pixels = NDArray[np.uint8]
HAVE_LOGITS = ("sigmoid", "softmax")  # last activations that turn sums into probabilities
SURE = 0.9  # the probability at which the contour of confidence runs
LEVELS = 7  # contours of a surface of values
_ONE = 1e-3  # how far single-precision probabilities may be from summing to one
_FAINTEST = 0.12  # how much of its colour a class keeps where the network is undecided


@dataclass(frozen=True)
class Scale:
    """Which values the diverging scale shows: centre ± half; level is where the boundary runs, if anywhere."""

    centre: float
    half: float
    level: float | None = None

    @property
    def low(self) -> float:
        """The value of the negative end."""
        return self.centre - self.half

    @property
    def high(self) -> float:
        """The value of the positive end."""
        return self.centre + self.half


def scale_for(low: float, high: float, values: FloatArray) -> Scale:
    """Return the scale of an activation with these bounds; an unbounded one spans its largest magnitude."""
    if np.isfinite(low) and np.isfinite(high):
        return Scale((low + high) / 2, (high - low) / 2)
    finite = values[np.isfinite(values)]
    return Scale(0.0, max(float(np.max(np.abs(finite), initial=0.0)), 1e-9))


def classes_of(dataset: Dataset) -> NDArray[np.intp]:
    """Return a class a row; for measured targets 1 above their mean, else 0."""
    if dataset.task != "regression":
        return dataset.targets.astype(np.intp)
    first = dataset.targets.reshape(dataset.n, -1)[:, 0]
    return (first > first.mean()).astype(np.intp)


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


def signed_pixels(values: FloatArray, scale: Scale, theme: Theme) -> Pixels:
    """Colour one map (rows, columns) by the diverging scale: (rows, columns, 4)."""
    with np.errstate(over="ignore", invalid="ignore"):  # infinite where training has just broken
        relative = np.clip(np.nan_to_num((values - scale.centre) / scale.half), -1.0, 1.0)
    index = (relative * 127.5 + 127.5).astype(np.uint8)
    return diverging(theme)[index]


def faded(pixels: Pixels, strength: FloatArray, theme: Theme) -> Pixels:
    """Let pixels (rows, columns, 4) fade into the canvas; strength: (rows, columns), 1 as they are, 0 for canvas."""
    ground = np.append(_rgb(theme.canvas), 255.0)
    mixed = ground + (pixels - ground) * np.clip(np.nan_to_num(strength), 0, 1)[..., None]
    return mixed.round().astype(np.uint8)


def class_pixels(outputs: FloatArray, theme: Theme) -> Pixels:
    """Colour k maps (k, rows, columns) by the winner's hue, paler the less sure it is.

    Of probabilities the shade is that of the winner, from 1/k to 1; of other outputs its lead before the second.
    """
    finite = np.nan_to_num(outputs, nan=0.0)
    if are_probabilities(finite):
        sure = (finite.max(axis=0) - 1 / len(finite)) / (1 - 1 / len(finite))
    else:
        ordered = np.sort(finite, axis=0)
        lead = ordered[-1] - ordered[-2]
        sure = lead / max(float(lead.max()), 1e-9)
    strength = _FAINTEST + (1 - _FAINTEST) * np.clip(sure, 0, 1)
    hues = np.array([_rgb(theme.class_colour(i)) for i in range(len(outputs))])[np.argmax(finite, axis=0)]
    mixed = _rgb(theme.zero) + (hues - _rgb(theme.zero)) * strength[..., None]
    return np.dstack([mixed, np.full(strength.shape, 255.0)]).round().astype(np.uint8)


def are_probabilities(outputs: FloatArray) -> bool:
    """Say whether k maps (k, rows, columns) are shares of one, as those of a softmax."""
    return len(outputs) > 1 and bool(outputs.min() >= 0 and np.abs(outputs.sum(axis=0) - 1).max() < _ONE)


def confidence_lines(outputs: FloatArray) -> FloatArray:
    """Return the line pieces where the winner's probability crosses SURE, as `segments` does; none otherwise."""
    finite = np.nan_to_num(outputs, nan=0.0)
    return segments(finite.max(axis=0), SURE) if are_probabilities(finite) else np.empty((0, 2, 2))


def level_pieces(values: FloatArray, scale: Scale) -> FloatArray:
    """Return the line pieces of one map at LEVELS evenly spaced values of its scale, as `segments` does."""
    levels = np.linspace(scale.low, scale.high, LEVELS + 2)[1:-1]
    return np.concatenate([segments(np.nan_to_num(values), float(level)) for level in levels])


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)


def has_logits(document: Document, dataset: Dataset) -> bool:
    """Say whether the last activation turns sums into probabilities of classes."""
    network = document.network
    if dataset.task == "regression" or not network.layers:
        return False
    output = next(layer for layer in network.layers if layer.id == output_id(network))
    activation = activation_of(network, output.id) if output.kind == "dense" else None
    return activation is not None and activation.kind in HAVE_LOGITS
