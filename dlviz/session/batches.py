"""The batches of an epoch: where their rows lie, what they are bound to, and how a stretch of them is walked."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Call, Stretch, to_host
from dlviz.core.execute import run, run_flat
from dlviz.core.memory import Memory
from dlviz.core.program import Binding, Program
from dlviz.session.orders import Rows
from dlviz.session.tables import MemoryTables, Tables

Placing = Callable[[int], Iterable[Call]]
Losses = NDArray[np.floating[Any]]
GATHERS_KEPT = 2**16  # batches whose calls are made once and for all; they take 0.7 kB each
STANDING_NUMBERS = 2**20  # activations over all batches; above, bindings for each would cost memory and start-up


def n_batches(n: int, batch_size: int) -> int:
    """Return how many batches an epoch over n rows has; the last may be smaller."""
    return -(-n // min(batch_size, n))


def last_batch_size(n: int, batch_size: int) -> int:
    """Return how many rows the last batch of an epoch has."""
    return n - (n_batches(n, batch_size) - 1) * min(batch_size, n)


class Batches(Protocol):
    """What the trainer asks of them. batch: number in the epoch, from 0."""

    def arrange(self, rows: Rows) -> None:
        """Take the rows of the table (n,) in this order from now on."""

    def rows(self, batch: int) -> Rows:
        """Return the rows of a batch."""

    def binding(self, batch: int) -> Binding:
        """Return what a batch is bound to."""

    def before(self, batch: int) -> Sequence[Call]:
        """Return the calls that bring a batch's rows to its binding."""

    def walk(self, start: int, end: int, placing: Placing | None) -> Losses:
        """Run batches start … end − 1 and return their losses, on the host; placing(batch) gives calls before each."""


def batches_of(program: Program, memory: Memory, tables: Tables, n: int, batch_size: int) -> Batches:
    """Return the batches of tables, of which n rows make an epoch.

    Sets that are small stand whole in the order of their epoch, and no batch has to be gathered.
    """
    size = min(batch_size, n)
    full = program.bind(memory, size)
    is_small = full.buffers.is_small and full.buffers.size * n_batches(n, size) <= STANDING_NUMBERS
    return Standing(full, tables, n) if is_small and isinstance(tables, MemoryTables) else Gathered(full, tables, n)


class Gathered:
    """One binding for all batches (a second for a smaller last one); rows are gathered before every step."""

    def __init__(self, full: Binding, tables: Tables, n: int) -> None:
        self._tables, self._size, self._count = tables, full.columns, n_batches(n, full.columns)
        self._order = full.memory.workspace.xp.zeros(n, dtype=np.intp)
        self._full = full
        self._last = full.program.bind(full.memory, n % self._size) if n % self._size else full
        self._gathers = [self._gather(batch) for batch in range(self._count)] if self._count <= GATHERS_KEPT else None

    def _gather(self, batch: int) -> tuple[Call, ...]:
        indices = self._order[batch * self._size : (batch + 1) * self._size]
        return tuple(self._tables.gather(self.binding(batch).buffers, indices))

    def arrange(self, rows: Rows) -> None:
        """Take the rows of the table in this order from now on."""
        self._order[...] = self._full.memory.workspace.xp.asarray(rows)

    def rows(self, batch: int) -> Rows:
        """Return the rows of a batch."""
        start = batch * self._size
        return np.array(to_host(self._order[start : start + self._size]))

    def binding(self, batch: int) -> Binding:
        """Return what a batch is bound to."""
        return self._last if batch == self._count - 1 else self._full

    def before(self, batch: int) -> Sequence[Call]:
        """Return the calls that gather a batch."""
        return self._gather(batch) if self._gathers is None else self._gathers[batch]

    def walk(self, start: int, end: int, placing: Placing | None) -> Losses:
        """Run batches and return their losses."""
        last = self._count - 1
        parts = [self._walk(self._full, start, min(end, last), placing)] if start < last else []
        parts += [self._walk(self._last, last, end, placing)] if end > last else []
        return np.concatenate(parts)

    def _walk(self, binding: Binding, start: int, end: int, placing: Placing | None) -> Losses:
        # Flat loops over ready-made tuples: attribute look-ups here would cost more than the arithmetic.
        noted: list[Any] = []
        calls, buffers, note, before = binding.calls, binding.buffers, noted.append, self.before
        sums = buffers.loss_sums
        terms = sums.item if len(sums) == 1 else sums.ravel().tolist
        for batch in range(start, end):
            if placing is not None:
                run(tuple(placing(batch)))
            for function, arguments in before(batch):
                function(*arguments)
            for function, arguments in calls:
                function(*arguments)
            note(terms())
        return _losses(np.asarray(noted).reshape(end - start, len(sums)), binding)


class Standing:
    """The whole epoch stands in its order; every batch is bound to its own rows of it, on shared activations."""

    def __init__(self, full: Binding, tables: MemoryTables, n: int) -> None:
        self._tables, self._size, self._full = tables, full.columns, full
        w = full.memory.workspace
        self._x, self._y = w.ones(n, tables.x.shape[1]), w.zeros(tables.y.shape[0], n)
        self._targets, self._spread = _blocks(self._y, self._size, w.xp)
        self._sums = w.zeros(n_batches(n, self._size), *full.buffers.loss_sums.shape)
        self._last = full.program.bind(full.memory, n % self._size) if n % self._size else full
        self._rows: Rows = np.zeros(n, dtype=np.intp)
        self._bindings: dict[int, Binding] = {}

    def arrange(self, rows: Rows) -> None:
        """Lay the rows of the table out in this order."""
        w = self._full.memory.workspace
        self._rows, order = rows, w.xp.asarray(rows)
        takes = w.take(self._tables.x, order, 0, self._x), w.take(self._tables.y, order, 1, self._y)
        run((*takes, *self._spread))

    def rows(self, batch: int) -> Rows:
        """Return the rows of a batch."""
        return self._rows[batch * self._size : (batch + 1) * self._size]

    def binding(self, batch: int) -> Binding:
        """Return what a batch is bound to."""
        if batch not in self._bindings:
            base = self._last if batch == len(self._sums) - 1 else self._full
            place = slice(batch * self._size, (batch + 1) * self._size)
            self._bindings[batch] = base.on(self._x[place], self._targets[batch].T, self._sums[batch])
        return self._bindings[batch]

    @cached_property
    def _calls(self) -> list[list[tuple[Any, ...]]]:
        bindings = (self.binding(batch) for batch in range(len(self._sums)))
        return [[(function, *arguments) for function, arguments in each.calls] for each in bindings]

    @cached_property
    def _stretch(self) -> Stretch | None:
        """What runs whole batches without a binding for each, if the backend can."""
        first = self.binding(0).buffers
        firsts = (first.rows_x, self._size * self._x.strides[0]), (first.rows_y, first.rows_y.nbytes)
        moving = *firsts, (first.loss_sums, first.loss_sums.nbytes)
        return self._full.memory.workspace.backend.repeated(self.binding(0).calls, moving)

    def _run(self, start: int, end: int) -> None:
        if self._stretch is None:
            run_flat(chain.from_iterable(self._calls[start:end]))
            return
        n_full = len(self._sums) - (self._last is not self._full)
        self._stretch(start, min(end, n_full))
        if end > n_full:
            run(self.binding(n_full).calls)

    def before(self, batch: int) -> Sequence[Call]:
        """Return no calls: the rows stand where they are read."""
        return ()

    def walk(self, start: int, end: int, placing: Placing | None) -> Losses:
        """Run batches and return their losses."""
        if placing is None:
            self._run(start, end)
        else:
            for batch in range(start, end):
                run(tuple(placing(batch)))
                self._run(batch, batch + 1)
        losses = _losses(self._sums[start:end, :, 0], self._full)
        if end == len(self._sums) and self._last is not self._full:
            losses[-1:] = _losses(self._sums[end - 1 : end, :, 0], self._last)
        return losses


def _blocks(y: Array, size: int, xp: Any) -> tuple[list[Array], tuple[Call, ...]]:
    """Return the targets (k, size) of every batch in one piece each, and the calls that copy them there from y (k, n).

    Columns cut out of y would lie apart, which takes NumPy four times as long to read as to compute with.
    """
    k, n = y.shape
    middle = n - n % size
    flat = y.reshape(-1) if k == 1 else xp.zeros(k * n, dtype=y.dtype)
    whole, rest = flat[: k * middle].reshape(-1, k, size), flat[k * middle :].reshape(k, -1)
    blocks = [*whole, rest] if rest.size else list(whole)
    if k == 1:
        return blocks, ()
    source = xp.moveaxis(y[:, :middle].reshape(k, -1, size), 0, 1)
    return blocks, ((xp.copyto, (whole, source)), (xp.copyto, (rest, y[:, middle:])))


def _losses(sums: Array, binding: Binding) -> Losses:
    """Return the losses of batches from their sums (batches, terms), on the host."""
    noted = to_host(sums)
    if noted.shape[1] == 1:
        return np.asarray(noted[:, 0] * binding.buffers.loss_scales[0])
    return np.asarray(binding.buffers.total(noted.T))
