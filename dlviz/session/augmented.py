"""Tables of augmented images: every row that trains is another variant in each epoch, made off the training steps.

Small sets are made anew as a whole when an epoch begins; of large ones, the rows of a batch when it comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Calls, Workspace, to_host
from dlviz.core.buffers import Buffers, table_of
from dlviz.data.augmentation import Augmenter, augmenter
from dlviz.data.prepare import Prepared
from dlviz.session.document import Document
from dlviz.session.tables import MemoryTables, Tables, Targets, tables_of

WHOLE_NUMBERS = 2**20  # pixels of a set that is made anew as a whole
PART_NUMBERS = 2**18  # pixels that are made at once: the arrays in between take fifteen times as much


class AugmentedInputs:
    """Scaled inputs (n, d) as they are in the epoch in hand; rows held out are as they were measured."""

    def __init__(self, document: Document, prepared: Prepared) -> None:
        dataset = prepared.dataset
        self._prepared = prepared
        self._augmenter: Augmenter = augmenter(document.data.augmentation, dataset, prepared.train, document.seed)
        self._trains = np.zeros(dataset.n, dtype=bool)
        self._trains[prepared.train] = True
        self.epoch = 0

    def __getitem__(self, rows: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return rows (m, d)."""
        inputs = np.array(self._prepared.dataset.inputs[rows], dtype=np.float64)
        step = max(PART_NUMBERS // inputs.shape[1], 1)
        trains = np.flatnonzero(self._trains[rows])
        for first in range(0, len(trains), step):
            part = trains[first : first + step]
            inputs[part] = self._augmenter.variants(inputs[part], np.asarray(rows)[part], self.epoch)
        return self._prepared.scaler.apply(inputs)


class AugmentedTables(Tables):
    """Rows of a large set, which become a batch's variants when it comes."""

    def __init__(self, inputs: AugmentedInputs, targets: Targets, workspace: Workspace) -> None:
        self._inputs, self._targets, self._workspace = inputs, targets, workspace

    def begin(self, epoch: int) -> None:
        """Make the variants of this epoch from now on."""
        self._inputs.epoch = epoch

    def gather(self, buffers: Buffers, indices: Array) -> Calls:
        """Return the call that makes the examples at indices, as they then are, and copies them into a batch."""
        return ((self._read, (buffers, indices)),)

    def _read(self, buffers: Buffers, indices: Array) -> None:
        rows = to_host(indices)
        xp, dtype = self._workspace.xp, self._workspace.dtype
        buffers.load_inputs(xp.asarray(np.asarray(self._inputs[rows], dtype=dtype)))
        buffers.rows_y[...] = xp.asarray(np.asarray(self._targets[rows], dtype=dtype))


@dataclass(frozen=True, eq=False)
class RenewedTables(MemoryTables):
    """All examples of a small set in memory; those that train are made anew when an epoch begins."""

    inputs: AugmentedInputs
    train: NDArray[np.int64]
    widths: Sequence[int]
    workspace: Workspace

    def begin(self, epoch: int) -> None:
        """Make every row that trains anew."""
        self.inputs.epoch = epoch
        made = table_of(self.inputs[self.train], self.widths)
        self.x[self.train] = self.workspace.xp.asarray(made, dtype=self.workspace.dtype)


def augmented_tables(
    document: Document, prepared: Prepared, targets: Targets, widths: Sequence[int], workspace: Workspace
) -> AugmentedTables | RenewedTables:
    """Return the tables of a document whose images are augmented. Raises: DataError, SpecError."""
    inputs = AugmentedInputs(document, prepared)
    if prepared.dataset.is_streamed or prepared.dataset.inputs.size > WHOLE_NUMBERS:
        return AugmentedTables(inputs, targets, workspace)
    whole = tables_of(prepared, targets, widths, workspace)
    assert isinstance(whole, MemoryTables)
    return RenewedTables(whole.x, whole.y, inputs, prepared.train, widths, workspace)
