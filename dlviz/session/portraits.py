"""Portraits of units, made from the weights of a run and from the images of its data."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from dlviz.core.inference import shapes
from dlviz.core.network import LayerSpec, NetworkSpec, sources
from dlviz.session.explanation import UnitQuestion
from dlviz.session.pictures import Pictures
from dlviz.session.portrait import FloatArray, Portrait
from dlviz.session.run import Run

MOST_ROWS = 2_000  # of the data that are looked at, evenly spaced
STRONGEST = 8
SHARE = 10  # while it trains, at least so many times as long passes between two portraits as one takes


class Portraits:
    """Keeps the last portrait while nothing has changed, or while making another would take too much from training."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._made: Portrait | None = None
        self._next = 0.0

    def look(self, run: Run, question: UnitQuestion, pictures: Pictures, is_running: bool) -> Portrait | None:
        """Return the portrait of a unit; None where the data are no images, or there is no such unit."""
        key = (question, run.segment.uid, run.step, run.walk is None or run.walk.is_done)
        waits = is_running and self._made is not None and self._made.question == question
        if key != self._key and not (waits and time.monotonic() < self._next):
            began = time.monotonic()
            self._key, self._made = key, _portrait(run, question, pictures)
            self._next = began + (1 + SHARE) * (time.monotonic() - began)
        return self._made


def _portrait(run: Run, question: UnitQuestion, pictures: Pictures) -> Portrait | None:
    sample, network = run.prepared.sample, run.document.network
    layer = next((each for each in network.layers if each.id == question.layer), None)
    if sample.dataset.image_shape is None or layer is None:
        return None
    known = np.sort(np.concatenate([sample.train, sample.validation]))
    places = known[:: max(-(-len(known) // MOST_ROWS), 1)]
    responses = pictures.responses(run, places * sample.dataset.stride).get(question.layer)
    if responses is None or question.unit >= len(responses):
        return None
    values = responses[question.unit]
    order = np.argsort(-values, kind="stable")[:STRONGEST]
    weights = weight_image(network, layer, question.unit, run.parameters(), sample.dataset.image_shape)
    return Portrait(question, weights, places[order], values[order], len(places))


def weight_image(
    network: NetworkSpec, layer: LayerSpec, unit: int, values: Mapping[str, Any], shape: tuple[int, int, int]
) -> FloatArray | None:
    """Return the incoming weights of a unit as planes (channels, height, width).

    They are its kernel, or of a dense layer that reads all pixels the weight of each; None where it reads other units.
    """
    weights = values.get(f"{layer.shares or layer.id}.W")
    if weights is None:
        return None
    array = np.asarray(weights)
    if layer.kind == "conv2d":
        per_filter = max(_units_of(network, layer) // len(array), 1)
        return np.asarray(array[min(unit // per_filter, len(array) - 1)])
    reads_pixels = layer.kind == "dense" and _begins_at_input(network, layer) and array.shape[1] == np.prod(shape)
    return array[unit].reshape(shape) if reads_pixels else None


def _begins_at_input(network: NetworkSpec, layer: LayerSpec) -> bool:
    """Say whether a layer reads the one input as it is, or flattened."""
    (node, *others) = sources(network, layer)
    before = next((each for each in network.layers if each.id == node), None)
    if before is not None and before.kind == "flatten":
        return _begins_at_input(network, before)
    return before is None and not others and len(network.inputs) == 1


def _units_of(network: NetworkSpec, layer: LayerSpec) -> int:
    return int(np.prod(shapes(network)[layer.id]))
