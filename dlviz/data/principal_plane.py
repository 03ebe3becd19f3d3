"""The plane of the first two principal components of the inputs that train, through their mean, in scaled units."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.principal import Principal, principal
from dlviz.data.scaling import Scaler

LEAST_INPUTS = 3  # of fewer, a plane is all there is
FITTED_PRODUCTS = 2**31  # multiplications of a covariance: a quarter of a second
MARGIN = 0.08  # of the range of the rows, left free around them
Array = NDArray[np.float64]
Extent = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class PrincipalPlane:
    """Two directions at right angles through the mean of scaled inputs, and where rows lie along them.

    places: (n, 2) of all rows. extent: (x0, x1, y0, y1) that holds them. n_fitted: to how many of the n_train training
    rows it was fitted: all, or evenly spaced ones of very many.
    """

    components: Principal
    scaler: Scaler
    places: Array
    extent: Extent
    n_fitted: int
    n_train: int

    @property
    def shares(self) -> tuple[float, float]:
        """The share of the variance along each direction, from 0 to 1."""
        shares = self.components.shares
        return (0.0, 0.0) if shares is None else (float(shares[0]), float(shares[1]))

    def scaled_at(self, places: Array) -> Array:
        """Return the scaled inputs (m, d) at places (m, 2) of the plane."""
        return np.asarray(self.components.centre + places @ self.components.directions.T)

    def inputs_at(self, places: Array) -> Array:
        """Return the inputs (m, d) at places (m, 2) of the plane, as they would have been measured."""
        return self.scaler.invert(self.scaled_at(places))


def principal_plane(inputs: Array, train: NDArray[np.int64], scaler: Scaler) -> PrincipalPlane:
    """Fit the plane to the training rows of scaled inputs (n, d), and find where all rows lie."""
    rows = train[:: max(-(-len(train) // _most_rows(inputs.shape[1])), 1)]
    components = principal(inputs[rows])
    # Not (inputs − centre) @ directions, which would copy all inputs.
    places = inputs @ components.directions - components.centre @ components.directions
    places.setflags(write=False)
    (x0, x1), (y0, y1) = (span_of(column) for column in places.T)
    return PrincipalPlane(components, scaler, places, (x0, x1, y0, y1), len(rows), len(train))


def _most_rows(d: int) -> int:
    """Return to how many rows of d numbers a plane is fitted in about the same time.

    With no fewer rows than numbers their covariance (d, d) is taken apart, else the rows themselves, by singular
    values, which take some eight times as many multiplications.
    """
    return max(FITTED_PRODUCTS // d**2, min(math.isqrt(FITTED_PRODUCTS // (8 * d)), d), 2)


def span_of(column: Array) -> tuple[float, float]:
    """Return the range of values (n,) with room around it, also where all are the same."""
    low, high = float(column.min()), float(column.max())
    margin = MARGIN * (high - low) or 1.0
    return low - margin, high + margin
