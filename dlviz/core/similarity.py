"""How alike the units of a layer are: cosines between their weights, correlations between their answers."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def cosines(rows: NDArray[np.floating]) -> FloatArray:
    """Return the cosine of the angle between each two rows of (u, m), from −1 to 1: (u, u).

    Two rows of zeros are copies of each other and come to 1; NaN where only one of them has no direction.
    """
    values = np.asarray(rows, dtype=np.float64)
    # Scaled first, so that squares of very large or very small numbers stay finite and above 0.
    sizes = np.abs(values).max(axis=1, initial=0.0)
    scaled = values / np.where(sizes > 0, sizes, 1.0)[:, None]
    lengths = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = scaled @ scaled.T / np.outer(lengths, lengths)
    nothing = lengths == 0
    found[np.ix_(nothing, nothing)] = 1.0
    np.fill_diagonal(found, 1.0)
    return np.asarray(np.clip(found, -1.0, 1.0), dtype=np.float64)


def correlations(values: NDArray[np.floating]) -> FloatArray:
    """Return Pearson's correlation of the answers of each two units (u, n) over n rows: (u, u).

    Two units that answer the same to every row are at 1; NaN where only one of them never changes.
    """
    array = np.asarray(values, dtype=np.float64)
    away = array - array.mean(axis=1, keepdims=True)
    # What rounding leaves of a constant answer is no change.
    is_still = np.abs(away).max(axis=1, initial=0.0) <= 1e-12 * np.abs(array).max(axis=1, initial=0.0)
    away[is_still] = 0.0
    return cosines(away)
