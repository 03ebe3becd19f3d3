"""Gradients on links while they are worked out: what one sample adds by each link, or the sum for each parameter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.network import LayerSpec, NetworkSpec, sources
from dlviz.core.trace import Step
from dlviz.gui.editor.layout import Links
from dlviz.gui.editor.links_item import WEIGHT_LIMIT
from dlviz.session.messages import Frame

Floats = NDArray[np.floating]
WEIGHTS, SHARES, SUMS = "weights", "shares", "sums"  # what links can show


@dataclass(frozen=True)
class LinkGradients:
    """Numbers of the links of one layer, NaN at all others: (n_links,). largest: their greatest magnitude."""

    values: Floats
    largest: float

    def beside(self, weights: Floats) -> Floats:
        """Return what links are drawn by: these numbers, the largest as wide as can be, and weights elsewhere."""
        scaled = self.values * (WEIGHT_LIMIT / self.largest if self.largest else 1.0)
        return np.where(np.isnan(scaled), weights, scaled)


def layer_in_hand(network: NetworkSpec, frame: Frame) -> LayerSpec | None:
    """Return the dense layer whose weight gradient the step just done has computed; None at any other step."""
    if frame.trace is None or not 0 < frame.cursor <= len(frame.trace.steps):
        return None
    step: Step = frame.trace.steps[frame.cursor - 1]
    layer = next((each for each in network.layers if each.id == step.layer), None)
    is_gradient = layer is not None and layer.kind == "dense" and f"{layer.owner}.dW" in step.writes
    return layer if is_gradient and step.phase == "backward" else None


def gradients(links: Links, network: NetworkSpec, frame: Frame, shown: str) -> LinkGradients | None:
    """Return what the links of the layer in hand show; None where weights are shown."""
    layer = layer_in_hand(network, frame)
    if layer is None or shown == WEIGHTS:
        return None
    own = np.array([each == layer.id for each in links.layers], bool) & links.is_weighted
    matrix = _shares(network, layer, frame) if shown == SHARES else _array(frame, f"{layer.owner}.dW")
    rows, columns = links.rows[own], links.columns[own]
    if matrix is None or not own.any() or rows.max() >= matrix.shape[0] or columns.max() >= matrix.shape[1]:
        return None
    values = np.full(len(links), np.nan)
    values[own] = matrix[rows, columns]
    return LinkGradients(values, float(np.nanmax(np.abs(np.nan_to_num(values)))))


def _shares(network: NetworkSpec, layer: LayerSpec, frame: Frame) -> Floats | None:
    """Return δ·a of the looked-at sample for every link: (units, inputs)."""
    source = sources(network, layer)[0]
    is_layer = any(each.id == source for each in network.layers)
    delta, carried = _array(frame, f"{layer.id}.dz"), _array(frame, f"{source}.a" if is_layer else source)
    if delta is None or carried is None or frame.sample >= min(len(delta), len(carried)):
        return None
    return np.outer(delta[frame.sample].ravel(), carried[frame.sample].ravel())


def _array(frame: Frame, name: str) -> Floats | None:
    found = None if frame.trace is None else frame.trace.value(name, frame.cursor)
    return None if found is None else np.asarray(found, float)
