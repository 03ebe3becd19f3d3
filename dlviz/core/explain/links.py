"""Links: the factors of the chain rule between two layers of numbers, as a matrix or place by place.

A link goes from a node nearer to the weight (`near`) to one nearer to the loss (`far`); its factors are
the derivatives of far numbers by near ones. Numbers are counted flat: unit · width + example.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Places = NDArray[np.intp]


class Link(Protocol):
    """What paths ask of the factors between two nodes; is_copy: all of them are 1 and cost nothing."""

    @property
    def is_copy(self) -> bool:
        """Say whether numbers pass unchanged."""

    def onward(self, near: int) -> tuple[Places, FloatArray]:
        """Return the far places that a near one leads to, and the factors."""

    def best(self, far: FloatArray) -> FloatArray:
        """Return for every near place the largest |factor| · far value."""

    def add(self, far: NDArray[Any]) -> NDArray[Any]:
        """Return for every near place the sum of the far values it leads to; objects are exact integers."""

    def pull(self, far: FloatArray) -> FloatArray:
        """Return for every near place the sum of factor · far value: the chain rule itself."""

    def fits(self, far: FloatArray) -> bool:
        """Say whether there is a far value for every place that the link leads to."""

    def count(self) -> int:
        """Return how many factors there are."""


@dataclass(frozen=True)
class MatrixLink:
    """All far units depend on all near ones by a matrix (far units, near units), for each of width examples alike."""

    matrix: FloatArray
    width: int = 1
    is_copy: bool = False

    def onward(self, near: int) -> tuple[Places, FloatArray]:
        """Return every far unit of the same example."""
        unit, example = divmod(near, self.width)
        return np.arange(len(self.matrix)) * self.width + example, self.matrix[:, unit]

    def best(self, far: FloatArray) -> FloatArray:
        """Return the largest products, (near places,)."""
        size = np.abs(self.matrix)
        columns = far.reshape(-1, self.width).T
        return np.stack([(size * column[:, None]).max(axis=0) for column in columns], axis=1).ravel()

    def add(self, far: NDArray[Any]) -> NDArray[Any]:
        """Return sums over all far units, alike for all near units of an example."""
        sums = far.reshape(-1, self.width).sum(axis=0)
        return np.tile(sums, self.matrix.shape[1])

    def pull(self, far: FloatArray) -> FloatArray:
        """Return the transposed matrix times the far values."""
        return (self.matrix.T @ far.reshape(-1, self.width)).ravel()

    def fits(self, far: FloatArray) -> bool:
        """Say whether every far unit has its values."""
        return len(far) == len(self.matrix) * self.width

    def count(self) -> int:
        """Return the entries of the matrix, for every example."""
        return int(self.matrix.size) * self.width


@dataclass(frozen=True)
class PlaceLink:
    """Factors place by place, sorted by near place: those of near place v are starts[v] to starts[v + 1]."""

    starts: Places
    far: Places
    factors: FloatArray
    is_copy: bool = False

    def onward(self, near: int) -> tuple[Places, FloatArray]:
        """Return the far places linked to this one."""
        own = slice(self.starts[near], self.starts[near + 1])
        return self.far[own], self.factors[own]

    def best(self, far: FloatArray) -> FloatArray:
        """Return the largest products, 0 where nothing is linked."""
        found = np.zeros(len(self.starts) - 1)
        np.maximum.at(found, self._near(), np.abs(self.factors) * far[self.far])
        return found

    def add(self, far: NDArray[Any]) -> NDArray[Any]:
        """Return sums over the linked places."""
        found = np.zeros(len(self.starts) - 1, dtype=far.dtype)
        np.add.at(found, self._near(), far[self.far])
        return found

    def pull(self, far: FloatArray) -> FloatArray:
        """Return sums of products over the linked places."""
        found = np.zeros(len(self.starts) - 1)
        np.add.at(found, self._near(), self.factors * far[self.far])
        return found

    def fits(self, far: FloatArray) -> bool:
        """Say whether no place lies behind the last far value."""
        return bool(self.far.max(initial=-1) < len(far))

    def count(self) -> int:
        """Return the number of linked pairs."""
        return len(self.far)

    def _near(self) -> Places:
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


def diagonal(factors: FloatArray, is_copy: bool) -> PlaceLink:
    """Return the link of an elementwise step: every place leads to itself alone."""
    places = np.arange(len(factors))
    return PlaceLink(np.arange(len(factors) + 1), places, factors, is_copy)


def gathered(pairs: Sequence[tuple[Places, Places, FloatArray]], n_near: int) -> PlaceLink:
    """Return the link of (near, far, factor) in any order; it is a copy if every factor is 1."""
    near, far, factors = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    order = np.argsort(near, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(near, minlength=n_near))])
    return PlaceLink(starts, far[order], factors[order], bool(np.all(factors == 1)))
