"""Scaling of inputs, measured on the training rows alone and always told to the user."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.errors import SpecError
from dlviz.data.mapped import let_go
from dlviz.data.spec import Scaling
from dlviz.i18n import tr, trn

Array = NDArray[np.float64]

KINDS: tuple[Scaling, ...] = ("none", "standard", "minmax")
EPS = float(np.finfo(np.float64).eps)
LIMIT = float(np.finfo(np.float32).max)  # no scaled value may overflow single precision
NUMBERS_AT_ONCE = 1 << 20  # measured together, 8 MiB
NAMED = 12  # columns named one by one in the description


@dataclass(frozen=True)
class Scaler:
    """scaled = (x / unit − centre) / spread, column by column.

    unit: a power of two, other than 1 only where squares would overflow or vanish.
    centre, spread: in that unit; spread 1 and is_constant where a column does not vary.
    has_variants: it was measured on varied images too.
    """

    kind: Scaling
    unit: Array
    centre: Array
    spread: Array
    is_constant: NDArray[np.bool_]
    names: tuple[str, ...] = ()
    has_variants: bool = False

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
        varied = (tr("Varied images are measured too, as training sees them."),) if self.has_variants else ()
        return (rule, *varied, *self._columns(), *self.notes())

    def notes(self) -> tuple[str, ...]:
        """Name the columns that do not vary and therefore became 0."""
        flat = [self._name(int(column)) for column in np.flatnonzero(self.is_constant)]
        if not flat or self.kind == "none":
            return ()
        shown = ", ".join(flat[:NAMED]) + (" …" if len(flat) > NAMED else "")
        one = "1 input does not vary over the training rows and becomes 0: {names}."
        many = "{n} inputs do not vary over the training rows and become 0: {names}."
        return (trn(one, many, len(flat), names=shown),)

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


def fit_scaler(
    kind: Scaling, inputs: ArrayLike, names: tuple[str, ...] = (), rows: NDArray[np.integer] | None = None
) -> Scaler:
    """Measure the training rows, all finite: these rows of the inputs (n, d), or all; some at a time.

    Raises: SpecError for an unknown kind. Source of the two passes: Chan, Golub and LeVeque 1983.
    """
    if kind not in KINDS:
        raise SpecError(f"Expected scaling to be one of {', '.join(KINDS)}. Received: scaling={kind!r}.", place="data")
    parts = _Parts(inputs, rows)
    largest = parts.fold(lambda part: np.max(np.abs(part), axis=0, initial=0.0), np.maximum)
    parts.unit = _unit(largest)
    centre, spread = _mean_and_deviation(parts) if kind != "minmax" else _low_and_range(parts)
    # Below this the differences are rounding of the values, not information; "not >" also catches 0.
    is_constant = np.asarray(~(spread > EPS * (largest / parts.unit)), dtype=np.bool_)
    return Scaler(kind, parts.unit, centre, np.where(is_constant, 1.0, spread), is_constant, names)


class _Parts:
    """Rows (n, d) in the given unit, some at a time: those of a large set never lie in memory together."""

    def __init__(self, inputs: ArrayLike, rows: NDArray[np.integer] | None) -> None:
        self._inputs = np.asanyarray(inputs, dtype=np.float64)
        self._rows = rows
        self.n = len(self._inputs) if rows is None else len(rows)
        self._step = max(NUMBERS_AT_ONCE // max(self._inputs.shape[1], 1), 1)
        self.unit: Array | float = 1.0

    def fold(self, measure: Callable[[Array], Array], join: Callable[[Array, Array], Array]) -> Array:
        """Measure every part, (d,) each, and join the measures in order."""
        found = []
        for start in range(0, max(self.n, 1), self._step):
            part = slice(start, start + self._step)
            taken = self._inputs[part] if self._rows is None else self._inputs[self._rows[part]]
            found.append(measure(np.asarray(taken) if np.all(self.unit == 1) else taken / self.unit))
            let_go(self._inputs)
        return reduce(join, found)

    def mean(self, measure: Callable[[Array], Array]) -> Array:
        """Return the mean (d,) of a measure of the rows, (m, d) for each part."""
        return self.fold(lambda part: np.sum(measure(part), axis=0), np.add) / self.n


def _unit(largest: Array) -> Array:
    """Return a power of two for each column that keeps its squares and sums finite."""
    exponent = np.frexp(largest)[1]
    return np.where(np.abs(exponent) > 400, np.ldexp(1.0, np.clip(exponent, -1000, 1000)), 1.0)


def _mean_and_deviation(rows: _Parts) -> tuple[Array, Array]:
    mean = rows.mean(lambda part: part)
    correction = rows.mean(lambda part: part - mean)
    # The mean of the deviations is rounding of the first pass; taking it out is the second pass.
    return mean + correction, np.sqrt(rows.mean(lambda part: ((part - mean) - correction) ** 2))


def _low_and_range(rows: _Parts) -> tuple[Array, Array]:
    low = rows.fold(lambda part: np.min(part, axis=0), np.minimum)
    return low, rows.fold(lambda part: np.max(part, axis=0), np.maximum) - low
