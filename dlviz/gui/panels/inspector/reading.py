"""Reading numbers out of a frame: of the batch being walked, or of what the next batch would do."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlviz.core.lowering import name_of
from dlviz.core.network import NetworkSpec
from dlviz.core.trace import Trace
from dlviz.i18n import tr
from dlviz.session.messages import Frame


def partial_words() -> str:
    """Say what a partial derivative is, and what the gradient."""
    return tr("∂ marks a partial derivative: how the loss moves with this number alone, while all others stand still.\n"
              "One of them is no gradient: that is the list of all, one for each parameter. Its length is its norm."
              )  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """Looks names up as far as the walk has come; every answer is None where nothing is computed yet."""

    frame: Frame

    @property
    def is_walking(self) -> bool:
        """Whether a recorded batch is walked step by step."""
        return self.frame.trace is not None

    @property
    def trace(self) -> Trace | None:
        """The batch that is walked, else what the next one would do."""
        return self.frame.trace or self.frame.peek

    @property
    def cursor(self) -> int:
        """How many steps of the trace count as done."""
        return self.frame.cursor if self.is_walking else len(self.trace.steps) if self.trace is not None else 0

    @property
    def headings(self) -> tuple[str, ...]:
        """The column titles: the sample looked at and the batch while walking, else none."""
        return (tr("sample {number}", number=self.frame.sample + 1), tr("batch mean")) if self.is_walking else ()

    @property
    def blanks(self) -> tuple[float, ...]:
        """What fills all columns but the last for a number of the whole batch."""
        return (math.nan,) * max(len(self.headings) - 1, 0)

    @property
    def of_mean(self) -> str:
        """What to add to a label whose batch value is a mean; while walking the columns have titles."""
        return "" if self.is_walking else tr(", mean")

    @property
    def of_sum(self) -> str:
        """What to add to a label whose batch value is a sum: gradients of the batch loss contain its 1/n."""
        return tr(", sum")

    def of_gradient(self, letter: str) -> str:
        """Return the label of the batch gradient of a parameter entry."""
        slope = self.frame.document.symbols.slope_of_loss(letter)
        return slope if self.is_walking else tr("gradient {slope}, batch", slope=slope)

    def array(self, name: str) -> np.ndarray[Any, Any] | None:
        """Return an array of the trace as far as it is known."""
        return None if self.trace is None else self.trace.value(name, self.cursor)

    def parameter(self, name: str) -> np.ndarray[Any, Any] | None:
        """Return a parameter: of the walk while one is on, else of the frame."""
        known = (self.frame.parameters or {}).get(name)
        walked = self.array(name) if self.is_walking else None
        if walked is not None:
            return walked
        return known if known is not None or self.trace is None else self.trace.before.get(name)

    def used(self, name: str) -> np.ndarray[Any, Any] | None:
        """Return a parameter as the pass used it, also once the update has written another one."""
        if self.frame.trace is None:
            return self.parameter(name)
        ahead, before = self.array(f"{name}.ahead"), self.frame.trace.before.get(name)
        return ahead if ahead is not None else self.parameter(name) if before is None else before

    def is_updated(self, name: str) -> bool:
        """Say whether the walk has come to a new value of a parameter."""
        return self.trace is not None and any(name in step.writes for step in self.trace.steps[: self.cursor])

    def entry(self, name: str, index: tuple[int, ...]) -> float | None:
        """Return one entry of a parameter or of an array of the trace."""
        array = self.parameter(name)
        return _item(self.array(name) if array is None else array, index)

    @property
    def is_loss_known(self) -> bool:
        """Say whether some loss is computed where the walk stands."""
        return self.trace is not None and any(step.phase == "loss" for step in self.trace.steps[: self.cursor])

    def written(self, name: str, index: tuple[int, ...]) -> float | None:
        """Return an entry of a parameter as the update wrote it; None until then."""
        return _item(self.array(name), index) if self.is_updated(name) else None

    def is_gradient_known(self, name: str) -> bool:
        """Say whether the gradient of a parameter is computed where the walk stands."""
        return self.array(name_of("grad", name)) is not None

    def before(self, name: str, index: tuple[int, ...]) -> float | None:
        """Return an entry of a parameter as it stood before the batch."""
        return None if self.trace is None else _item(self.trace.before.get(name), index)

    def node_name(self, network: NetworkSpec, node: str) -> str:
        """Return the array that a node hands on: its activation, or the data."""
        return f"{node}.a" if any(each.id == node for each in network.layers) else node

    def row(self, name: str) -> list[float] | None:
        """Return the looked-at sample's values while walking."""
        array = self.array(name)
        if not self.is_walking or array is None or self.frame.sample >= len(array):
            return None
        return [float(value) for value in np.ravel(array[self.frame.sample])]

    def example(self, node: str) -> np.ndarray[Any, Any] | None:
        """Return what an input node holds for the sample looked at, flat; the first of the batch to come."""
        array = self.array(node)
        sample = self.frame.sample if self.is_walking else 0
        return None if array is None or sample >= len(array) else np.ravel(array[sample])

    def at(self, name: str, unit: int) -> float | None:
        """Return the looked-at sample's value of one unit while walking."""
        row = self.row(name)
        return None if row is None or unit >= len(row) else row[unit]

    def mean_columns(self, name: str, unit: int) -> tuple[float | None, ...]:
        """Return the sample's value (while walking) and the mean over the batch."""
        column = self._column(name, unit)
        return (*self._sample(name, unit), None if column is None else float(column.mean()))

    def columns_of(self, name: str, units: Sequence[int]) -> tuple[np.ndarray[Any, Any] | None, ...]:
        """Return the sample's values (while walking) and the means over the batch of several units at once."""
        array = self.array(name)
        if array is None or array.ndim < 2:
            return (None, None) if self.is_walking else (None,)
        rows = array.reshape(len(array), -1)
        if max(units, default=-1) >= rows.shape[1]:
            return (None, None) if self.is_walking else (None,)
        own = (rows[self.frame.sample, units] if self.frame.sample < len(rows) else None,)
        return (*(own if self.is_walking else ()), rows[:, units].mean(axis=0))

    def sum_columns(self, name: str, unit: int) -> tuple[float | None, ...]:
        """Return the sample's value (while walking) and the sum over the batch."""
        column = self._column(name, unit)
        return (*self._sample(name, unit), None if column is None else float(column.sum()))

    def flat(self, name: str, place: int) -> float | None:
        """Return one entry of an array, all its axes counted as one."""
        array = self.array(name)
        return None if array is None or place >= array.size else float(array.reshape(-1)[place])

    def channel(self, statistic: str, values: str, unit: int) -> int:
        """Return which entry of a statistic belongs to a unit: units of one channel share theirs."""
        kept, array = self.array(statistic), self.array(values)
        if kept is None or array is None:
            return unit
        return unit // max(array[0].size // kept.size, 1)

    def norm(self, *names: str) -> float | None:
        """Return the Euclidean norm of several arrays together, if any is known; infinite where squares overflow."""
        with np.errstate(over="ignore"):  # a run that is about to break
            squares = [float(np.sum(np.square(array))) for array in map(self.array, names) if array is not None]
        return math.sqrt(sum(squares)) if squares else None

    def _sample(self, name: str, unit: int) -> tuple[float | None, ...]:
        return (self.at(name, unit),) if self.is_walking else ()

    def _column(self, name: str, unit: int) -> np.ndarray[Any, Any] | None:
        array = self.array(name)
        rows = None if array is None or array.ndim < 2 else array.reshape(len(array), -1)
        return None if rows is None or unit >= rows.shape[1] else rows[:, unit]


def _item(array: np.ndarray[Any, Any] | None, index: tuple[int, ...]) -> float | None:
    if array is None or len(index) != array.ndim or any(i >= n for i, n in zip(index, array.shape, strict=True)):
        return None
    return float(array[index])
