"""The picture of what one network answers over the plane: its boundary, or a unit's response in its place."""

from dataclasses import replace

import numpy as np

from dlviz.core.contour import class_boundaries, segments
from dlviz.data.dataset import Dataset
from dlviz.gui.panels.output.frame import MapFrame
from dlviz.gui.response import (
    FloatArray,
    Scale,
    class_pixels,
    confidence_lines,
    level_pieces,
    output_scale,
    scale_for,
    scale_of,
    signed_pixels,
)
from dlviz.gui.selection import Selected
from dlviz.gui.theme import current
from dlviz.session.document import Document
from dlviz.session.messages import Maps

_NO_LINES = np.empty((0, 2, 2))


def show_maps(frame: MapFrame, maps: Maps, document: Document, dataset: Dataset, shown: Selected) -> FloatArray:
    """Draw the outputs, or the response of the unit that is pointed at; return the values drawn (k, rows, columns)."""
    hovered, is_regression = unit_map(maps, shown), dataset.task == "regression"
    if hovered is not None:
        return _show_signed(frame, hovered, scale_of(document, shown.layer, hovered), maps)
    first = maps.output[0]
    if len(maps.output) > 1 and not is_regression:
        frame.show_scale(None)
        pixels, lines = class_pixels(maps.output, current()), class_boundaries(maps.output)
        frame.map.show_map(pixels, lines, maps.extent, confidence_lines(maps.output))
        return maps.output
    if maps.is_logits:
        return _show_signed(frame, first, replace(scale_for(-np.inf, np.inf, first), level=0.0), maps)
    is_surface = is_regression and shown.kind == "none"
    return _show_signed(frame, first, output_scale(document, dataset, first), maps, is_surface)


def unit_map(maps: Maps, shown: Selected) -> FloatArray | None:
    """Return the map of the unit that is pointed at, if there is one."""
    units = maps.units.get(shown.layer) if shown.kind in ("unit", "input") else None
    return None if units is None or shown.unit >= len(units) else units[shown.unit]


def _show_signed(frame: MapFrame, values: FloatArray, scale: Scale, maps: Maps, is_surface: bool = False) -> FloatArray:
    lines = _NO_LINES if scale.level is None else segments(values, scale.level)
    frame.show_scale(scale)
    contours = level_pieces(values, scale) if is_surface else _NO_LINES
    frame.map.show_map(signed_pixels(values, scale, current()), lines, maps.extent, contours)
    return values[None]
