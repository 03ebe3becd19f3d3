"""The picture of several networks: their mean, paler where they differ, with the boundary of each."""

import numpy as np

from dlviz.data.dataset import Dataset
from dlviz.gui.panels.output.frame import MapFrame
from dlviz.gui.response import FloatArray, Pixels, Scale, class_pixels, faded, level_pieces, output_scale, signed_pixels
from dlviz.gui.theme import current
from dlviz.session.document import Document
from dlviz.session.vary.agreement import Agreement, boundary

FAINTEST = 0.1  # how much of its colour a place keeps where networks disagree most
_NO_LINES = np.empty((0, 2, 2))


def show_agreement(frame: MapFrame, found: Agreement, document: Document, dataset: Dataset) -> None:
    """Draw what several networks of a document answer over a plane."""
    is_surface = dataset.task == "regression"
    scale = output_scale(document, dataset, found.mean[0]) if is_surface or len(found.mean) == 1 else None
    frame.show_scale(scale)
    level = None if scale is None else scale.level
    lines = _NO_LINES if is_surface else boundary(found.mean, level)
    thin = level_pieces(found.mean[0], scale) if is_surface and scale else np.concatenate(
        [each.lines for each in found.answers]
    )  # fmt: skip
    frame.map.show_map(_pixels(found, scale), lines, found.extent, thin)


def _pixels(found: Agreement, scale: Scale | None) -> Pixels:
    """Colour the mean as the map of one network is, and let it fade where networks differ."""
    theme = current()
    pixels = class_pixels(found.mean, theme) if scale is None else signed_pixels(found.mean[0], scale, theme)
    return faded(pixels, strength_of(found, scale), theme)


def strength_of(found: Agreement, scale: Scale | None) -> FloatArray:
    """Return how strong the colour of each cell is (rows, columns), from FAINTEST to 1.

    Of classes it falls with the share of networks that name the class of the mean, down to that of a guess; of
    measured values with their deviation, down to where it is half of the scale.
    """
    if found.share is None:
        half = 1.0 if scale is None else scale.half
        agreed = 1 - found.std[0] / half
    else:
        guess = 1 / max(len(found.mean), 2)
        agreed = (found.share - guess) / (1 - guess)
    strength: FloatArray = FAINTEST + (1 - FAINTEST) * np.clip(np.nan_to_num(agreed), 0, 1)
    return strength
