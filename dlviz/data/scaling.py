"""Scaling of inputs, measured on the training rows alone and always told to the user."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.errors import SpecError
from dlviz.data.spec import Scaling
from dlviz.i18n import tr

Array = NDArray[np.float64]

KINDS: tuple[Scaling, ...] = ("none", "standard", "minmax")
EPS = float(np.finfo(np.float64).eps)
LIMIT = float(np.finfo(np.float32).max)  # no scaled value may overflow single precision
NAMED = 12  # columns named one by one in the description


@dataclass(frozen=True)
class Scaler:
    """scaled = (x / unit − centre) / spread, column by column.

    unit: a power of two, other than 1 only where squares would overflow or vanish.
    centre, spread: in that unit; spread 1 and is_constant where a column does not vary.
    """

    kind: Scaling
    unit: Array
    centre: Array
    spread: Array
    is_constant: NDArray[np.bool_]
    names: tuple[str, ...] = ()

    def apply(self, inputs: ArrayLike) -> Array:
        """Return inputs (n, d) scaled; constant columns become 0."""
        rows = np.array(inputs, dtype=np.float64)
        if self.kind == "none":
            return rows
        with np.errstate(over="ignore"):
            scaled = (rows / self.unit - self.centre) / self.spread
        scaled[:, self.is_constant] = 0.0
        return np.clip(scaled, -LIMIT, LIMIT)

    def invert(self, scaled: ArrayLike) -> Array:
        """Return the inputs (n, d) that scale to these; constant columns come back as their value."""
        rows = np.array(scaled, dtype=np.float64)
        if self.kind == "none":
            return rows
        return np.asarray((rows * self.spread + self.centre) * self.unit, dtype=np.float64)

    def describe(self) -> tuple[str, ...]:
        """Say in sentences what is done to which column."""
        if self.kind == "none":
            return (tr("Inputs are used as they are."),)
        rule = {
            "standard": tr("Each input minus its mean over the training rows, divided by its standard deviation."),
            "minmax": tr("Each input is shifted and divided so that the training rows span 0 to 1."),
        }[self.kind]
        return (rule, *self._columns(), *self.notes())

    def notes(self) -> tuple[str, ...]:
        """Name the columns that do not vary and therefore became 0."""
        flat = [self._name(int(column)) for column in np.flatnonzero(self.is_constant)]
        if not flat or self.kind == "none":
            return ()
        shown = ", ".join(flat[:NAMED]) + (" …" if len(flat) > NAMED else "")
        template = tr("{count} inputs do not vary over the training rows and become 0: {names}.")
        return (template.format(count=len(flat), names=shown),)

    def _columns(self) -> list[str]:
        varying = [column for column in range(len(self.unit)) if not self.is_constant[column]]
        template = tr("{name}: (x − {centre:.6g}) / {spread:.6g}")
        centre, spread = self.centre * self.unit, self.spread * self.unit
        return [
            template.format(name=self._name(column), centre=centre[column], spread=spread[column])
            for column in varying[:NAMED]
        ]

    def _name(self, column: int) -> str:
        return self.names[column] if self.names else str(column + 1)


def fit_scaler(kind: Scaling, inputs: ArrayLike, names: tuple[str, ...] = ()) -> Scaler:
    """Measure the training rows (n, d), all finite.

    Raises: SpecError for an unknown kind. Source of the two passes: Chan, Golub and LeVeque 1983.
    """
    if kind not in KINDS:
        raise SpecError(f"Expected scaling to be one of {', '.join(KINDS)}. Received: scaling={kind!r}.", place="data")
    rows = np.asarray(inputs, dtype=np.float64)
    unit = _unit(rows)
    centre, spread = _mean_and_deviation(rows / unit) if kind != "minmax" else _low_and_range(rows / unit)
    largest = np.max(np.abs(rows / unit), axis=0, initial=0.0)
    # Below this the differences are rounding of the values, not information; "not >" also catches 0.
    is_constant = np.asarray(~(spread > EPS * largest), dtype=np.bool_)
    return Scaler(kind, unit, centre, np.where(is_constant, 1.0, spread), is_constant, names)


def _unit(rows: Array) -> Array:
    """Return a power of two for each column that keeps its squares and sums finite."""
    exponent = np.frexp(np.max(np.abs(rows), axis=0, initial=0.0))[1]
    return np.where(np.abs(exponent) > 400, np.ldexp(1.0, np.clip(exponent, -1000, 1000)), 1.0)


def _mean_and_deviation(rows: Array) -> tuple[Array, Array]:
    mean = np.mean(rows, axis=0)
    deviation = rows - mean
    correction = np.mean(deviation, axis=0)
    # The mean of the deviations is rounding of the first pass; taking it out is the second pass.
    return mean + correction, np.sqrt(np.mean((deviation - correction) ** 2, axis=0))


def _low_and_range(rows: Array) -> tuple[Array, Array]:
    low, high = np.min(rows, axis=0), np.max(rows, axis=0)
    return low, high - low
