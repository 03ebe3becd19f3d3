"""The relief as a mesh: corners of its quads and their colours, the same for the painter and for OpenGL."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.gui.panels.surface.shades import BANDS, enlarged, shade_index
from dlviz.gui.theme import Theme, sequential

HIGH = 0.62  # height of the relief, where its base is 2 wide
LIGHT = np.array([-0.4, -0.5, 0.8]) / np.linalg.norm([-0.4, -0.5, 0.8])
FloatArray = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Mesh:
    """Quads of a surface over the square from −1 to 1: corners (n, 4, 3), colours (n, 3) from 0 to 255.

    A quad with a corner that has no height is left out.
    """

    quads: FloatArray
    colours: NDArray[np.int64]


def mesh_of(shades: FloatArray, side: int, theme: Theme) -> Mesh:
    """Return the mesh of heights from 0 to 1 on a grid, with so many quads along each side."""
    heights = enlarged(shades, side + 1, side + 1) * HIGH
    x, y = np.meshgrid(np.linspace(-1, 1, side + 1), np.linspace(-1, 1, side + 1))
    corners = np.stack([x, y, heights], axis=2)
    quads = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2)
    quads = quads.reshape(-1, 4, 3)
    quads = quads[np.isfinite(quads).all(axis=(1, 2))]
    return Mesh(quads, _colours(quads, theme))


def _colours(quads: FloatArray, theme: Theme) -> NDArray[np.int64]:
    """Return a colour a quad: that of its band, lit from the left."""
    normals = np.cross(quads[:, 1] - quads[:, 0], quads[:, 3] - quads[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    light = 0.72 + 0.34 * np.clip(normals @ LIGHT, 0, 1)
    bands = np.floor(quads[:, :, 2].mean(axis=1) / HIGH * BANDS).clip(0, BANDS - 1)
    table = sequential(theme)[np.round(shade_index(bands)).astype(int), :3]
    return np.clip(table * light[:, None], 0, 255).astype(np.int64)
