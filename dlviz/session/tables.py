"""Where the examples of a run come from: tables in memory, or rows read from disk when their batch comes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Calls, Workspace, to_host
from dlviz.core.buffers import Buffers, table_of
from dlviz.core.inference import check_data
from dlviz.core.layers import layers
from dlviz.core.network import NetworkSpec
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared
from dlviz.data.streamed import StreamedInputs
from dlviz.session.document import Document
from dlviz.session.targets import targets_for

NUMBERS_AT_ONCE = 1 << 20  # looked at together, 8 MiB

Rows = NDArray[np.integer[Any]] | slice


class Targets(Protocol):
    """Targets (n, k) as the output units want them, indexed by rows."""

    def __getitem__(self, rows: Rows, /) -> NDArray[np.float64]:
        """Return the targets of these rows."""


class Tables(Protocol):
    """What batches are filled from."""

    def gather(self, buffers: Buffers, indices: Array) -> Calls:
        """Return the calls that copy the examples at indices, as they then are, into a batch."""


@dataclass(frozen=True, eq=False)
class MemoryTables:
    """All examples in memory: x (N, d + 1) with a column of ones after every input node, y (k, N)."""

    x: Array
    y: Array

    def gather(self, buffers: Buffers, indices: Array) -> Calls:
        """Return the calls that copy the examples at indices, as they then are, into a batch."""
        return buffers.gather(self.x, self.y, indices)


@dataclass(frozen=True, eq=False)
class StreamedTables:
    """Examples on disk: the rows of a batch are read, scaled and encoded on the host, then copied over at once."""

    inputs: StreamedInputs
    targets: Targets
    workspace: Workspace

    def gather(self, buffers: Buffers, indices: Array) -> Calls:
        """Return the call that reads the examples at indices, as they then are, into a batch."""
        return ((self._read, (buffers, indices)),)

    def _read(self, buffers: Buffers, indices: Array) -> None:
        rows = to_host(indices)
        buffers.load_inputs(self._on_device(self.inputs[rows]))
        buffers.rows_y[...] = self._on_device(self.targets[rows])

    def _on_device(self, values: NDArray[np.float64]) -> Array:
        return self.workspace.xp.asarray(np.asarray(values, dtype=self.workspace.dtype))


def tables_of(prepared: Prepared, targets: Targets, widths: Sequence[int], workspace: Workspace) -> Tables:
    """Return the tables of a data set; widths: of the input nodes."""
    if isinstance(prepared.inputs, StreamedInputs):
        return StreamedTables(prepared.inputs, targets, workspace)

    def table(values: NDArray[np.float64]) -> Array:
        return workspace.xp.asarray(np.ascontiguousarray(values), dtype=workspace.dtype)

    return MemoryTables(table(table_of(prepared.inputs, widths)), table(targets[:].T))


def target_rows(document: Document, dataset: Dataset) -> Targets:
    """Return the targets of a data set: all of them, or of one that stays on disk, made when they are asked for.

    Raises: SpecError, DataError where loss, outputs and data do not fit.
    """
    return StreamedTargets(document, dataset) if dataset.is_streamed else targets_for(document, dataset)


class StreamedTargets:
    """Targets that are encoded for the rows that are asked for; all of them are checked at first."""

    def __init__(self, document: Document, dataset: Dataset) -> None:
        self._document, self._dataset = document, dataset
        self._codes: NDArray[np.float64] | None = None
        self._is_plain = False
        if dataset.task == "regression":
            step = NUMBERS_AT_ONCE // max(dataset.n_outputs, 1)
            parts = (slice(start, start + step) for start in range(0, dataset.n, step))
            same = [np.array_equal(self._encoded(dataset.targets[part]), dataset.targets[part]) for part in parts]
            self._is_plain = all(same)
        else:
            self._codes = self._encoded(np.arange(len(dataset.class_names)))

    def _encoded(self, targets: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
        return targets_for(self._document, replace(self._dataset, targets=targets))

    def __getitem__(self, rows: Rows) -> NDArray[np.float64]:
        taken = self._dataset.targets[rows]
        if self._codes is not None:
            encoded: NDArray[np.float64] = self._codes[taken]
            return encoded
        return np.asarray(taken, dtype=np.float64) if self._is_plain else self._encoded(taken)


class Picked:
    """Some rows of inputs that stay on disk, as (m, d) of which any part can be read."""

    def __init__(self, inputs: StreamedInputs, rows: NDArray[np.integer[Any]]) -> None:
        self._inputs, self._rows = inputs, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, part: slice) -> NDArray[np.float64]:
        return self._inputs[self._rows[part]]


def inputs_of(prepared: Prepared, rows: NDArray[np.integer[Any]]) -> "NDArray[np.float64] | Picked":
    """Return the scaled inputs of these rows; those that stay on disk are read in parts as they are needed."""
    return Picked(prepared.inputs, rows) if isinstance(prepared.inputs, StreamedInputs) else prepared.inputs[rows]


def check_inputs(network: NetworkSpec, inputs: NDArray[np.float64] | StreamedInputs) -> None:
    """Raise DataError if a layer cannot use the data that it reads, such as ids that are not whole numbers."""
    if not any(layers.get(layer.kind).check_data for layer in network.layers):
        return
    step = max(NUMBERS_AT_ONCE // max(inputs.shape[1], 1), 1)
    for start in range(0, len(inputs), step):
        check_data(network, inputs[start : start + step])
