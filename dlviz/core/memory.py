"""Flat memory of a network: one vector of parameters, one of gradients, layers as views."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlviz.core.array import Array, Call, Calls, Workspace, to_host
from dlviz.core.choice import Choice
from dlviz.core.layers import ParameterSpec
from dlviz.core.losses import LossBuffers
from dlviz.core.optimizers import Clock, UpdateBuffers, resolve

SMALL = 16_384  # activations; above, slopes of layers that do not need them would cost more than calls


@dataclass(frozen=True)
class View:
    """Where a parameter lies in a flat vector; strides count entries, not bytes."""

    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def of(self, vector: Array, xp: Any) -> Array:
        """Return the parameter as a view of the vector."""
        size = vector.dtype.itemsize
        strides = tuple(size * stride for stride in self.strides)
        return xp.lib.stride_tricks.as_strided(vector[self.offset :], self.shape, strides)


@dataclass(frozen=True)
class Layout:
    """Every parameter's place. blocks: layer id → (offset, rows, columns) with the bias as last column."""

    parameters: tuple[ParameterSpec, ...]
    views: Mapping[str, View]
    blocks: Mapping[str, tuple[int, int, int]]
    size: int


def layout(parameters: Sequence[ParameterSpec]) -> Layout:
    """Lay parameters out one layer after the other; a bias becomes the last column of its layer's W."""
    views: dict[str, View] = {}
    blocks: dict[str, tuple[int, int, int]] = {}
    offset = 0
    for layer in dict.fromkeys(parameter.layer for parameter in parameters):
        own = [parameter for parameter in parameters if parameter.layer == layer]
        rows, fan_in = own[0].shape[0], math.prod(own[0].shape[1:])
        columns = fan_in + len(own) - 1
        views[own[0].name] = View(offset, own[0].shape, (columns, 1))
        for position, bias in enumerate(own[1:]):
            views[bias.name] = View(offset + fan_in + position, bias.shape, (columns,))
        blocks[layer] = (offset, rows, columns)
        offset += rows * columns
    return Layout(tuple(parameters), views, blocks, offset)


class Memory:
    """The numbers that training changes, shared by all bindings of a network.

    vectors: theta, grad, step, one for each optimizer state, ahead where the optimizer looks ahead.
    All states and theta lie in one array, so a snapshot is one copy.
    """

    def __init__(
        self, plan: Layout, optimizer: Choice, frozen: Iterable[str] = (), xp: Any = np, dtype: str = "float64"
    ) -> None:
        entry, settings = resolve(optimizer)
        self.layout = plan
        self.workspace = Workspace(xp, dtype)
        self.states = entry.states(settings)
        self.looks_ahead = bool(entry.before(settings))
        self.kept = self.workspace.zeros(1 + len(self.states), plan.size)
        self.vectors = self._vectors()
        self._open = self._trainable(frozen)
        self.update = UpdateBuffers(self.workspace, self.vectors, *self._rates(), Clock(self.workspace))
        self.set_rate(settings["lr"])

    def _vectors(self) -> dict[str, Array]:
        vectors = {"theta": self.kept[0]}
        vectors |= {state: self.kept[1 + row] for row, state in enumerate(self.states)}
        for role in ("grad", "step", "m_hat", "v_hat"):
            vectors[role] = self.workspace.zeros(self.layout.size)
        vectors["ahead"] = self.workspace.zeros(self.layout.size) if self.looks_ahead else vectors["theta"]
        return vectors

    def _trainable(self, frozen: Iterable[str]) -> Array | None:
        names = set(frozen)
        shut = [p.name for p in self.layout.parameters if p.name in names or p.layer in names]
        if not shut:
            return None
        mask = self.workspace.ones(self.layout.size)
        for name in shut:
            self.layout.views[name].of(mask, self.workspace.xp)[...] = 0
        return mask

    def _rates(self) -> tuple[Array, Array]:
        shape = () if self._open is None else (self.layout.size,)
        return self.workspace.zeros(*shape), self.workspace.zeros(*shape)

    def set_rate(self, lr: float) -> None:
        """Use this learning rate from the next update on; frozen parameters keep 0."""
        self.update.rate.fill(lr)
        if self._open is not None:
            self.update.rate *= self._open
        self.update.minus_rate[...] = -self.update.rate

    def view(self, role: str, name: str) -> Array:
        """Return a parameter's part of a vector."""
        return self.layout.views[name].of(self.vectors[role], self.workspace.xp)

    def block(self, role: str, layer: str) -> Array:
        """Return a layer's W and b as one matrix, contiguous."""
        offset, rows, columns = self.layout.blocks[layer]
        return self.vectors[role][offset : offset + rows * columns].reshape(rows, columns)

    def load(self, values: Mapping[str, Any], role: str = "theta") -> None:
        """Copy arrays by parameter name into a vector; names that are not there are left as they are."""
        for name in self.layout.views.keys() & values.keys():
            self.view(role, name)[...] = self.workspace.xp.asarray(values[name])

    def read(self, role: str = "theta") -> dict[str, np.ndarray[Any, Any]]:
        """Return host copies of a vector's parts by parameter name."""
        return {name: to_host(self.view(role, name)).copy() for name in self.layout.views}


class Buffers:
    """The arrays of one batch size: inputs, targets, activations and their gradients, features first.

    Every node's activations and gradients own one spare row: ones below activations (for the bias),
    garbage below gradients. gathers: inputs lie by rows, as rows of a table are copied fastest; else
    by features, which is twice as fast to multiply.
    """

    def __init__(
        self,
        memory: Memory,
        shapes: Mapping[str, tuple[int, ...]],
        inputs: str,
        k: int,
        columns: int,
        gathers: bool = True,
    ) -> None:
        self.memory = memory
        self.workspace = memory.workspace
        self.xp = memory.workspace.xp
        self.columns = columns
        self._shapes = shapes
        self._inputs = inputs
        self._gradients: dict[str, Array] = {}
        self._named: dict[str, Array] = {}
        d = shapes[inputs][0] + 1
        self.rows_x = self.workspace.ones(columns, d) if gathers else self.workspace.ones(d, columns).T
        self.rows_y = self.workspace.zeros(k, columns).T
        self._flat, self._places = self._allocate(shapes)
        self._slopes: dict[str, Array] = {}
        self.loss_sum = self.workspace.zeros(1, 1)
        self.loss_buffers: LossBuffers | None = None

    def _allocate(self, shapes: Mapping[str, tuple[int, ...]]) -> tuple[Array, dict[str, slice]]:
        """Make one array for the activations of all nodes but the input, and say which rows are whose."""
        places, end = {}, 0
        for node in (node for node in shapes if node != self._inputs):
            places[node] = slice(end, end + shapes[node][0] + 1)
            end = places[node].stop
        return self.workspace.ones(end, self.columns), places

    def extended(self, node: str) -> Array:
        """Return activations with the row of ones below, (d + 1, n)."""
        return self.rows_x.T if node == self._inputs else self._flat[self._places[node]]

    def activation(self, node: str) -> Array:
        """Return activations (d, n)."""
        return self.extended(node)[: self._shapes[node][0]]

    def gradient(self, node: str, extended: bool = False) -> Array:
        """Return dL/da (d, n), or with the spare row (d + 1, n)."""
        if node not in self._gradients:
            self._gradients[node] = self.workspace.zeros(self._shapes[node][0] + 1, self.columns)
        return self._gradients[node] if extended else self._gradients[node][: self._shapes[node][0]]

    def slope(self, node: str, key: str, compute: Callable[[Array, Array], Calls]) -> tuple[Calls, Array]:
        """Return a node's slopes (d, n), and the calls that fill them where no earlier step did.

        compute(a, out) works on all nodes at once: in small networks a call costs more than its arithmetic.
        """
        is_new = key not in self._slopes
        if is_new:
            self._slopes[key] = self.workspace.like(self._flat)
        calls = compute(self._flat, self._slopes[key]) if is_new else ()
        return calls, self._slopes[key][self._places[node]][:-1]

    @property
    def is_small(self) -> bool:
        """Say whether calls cost more than arithmetic here."""
        return int(self._flat.size) <= SMALL

    def alias(self, name: str, array: Array) -> None:
        """Let a name stand for an array that exists already."""
        self._named[name] = array

    def __getitem__(self, name: str) -> Array:
        """Return a node's pre-activations `id.z` or their gradient `id.dz`, (d, n)."""
        if name not in self._named:
            node = name.rpartition(".")[0]
            self._named[name] = self.workspace.zeros(self._shapes[node][0], self.columns)
        return self._named[name]

    def like(self, array: Array) -> Array:
        """Return new scratch of the same shape."""
        return self.workspace.like(array)

    def block(self, layer: str) -> Array:
        """Return the matrix [W b] that the forward pass reads."""
        return self.memory.block("ahead" if self.memory.looks_ahead else "theta", layer)

    def gradient_block(self, layer: str) -> Array:
        """Return the matrix [dW db]."""
        return self.memory.block("grad", layer)

    def parts(self, nodes: Sequence[str], whole: Array) -> list[tuple[str, Array]]:
        """Cut the rows of a concatenation into one view for each node."""
        ends = np.cumsum([self._shapes[node][0] for node in nodes])
        return [(node, whole[end - self._shapes[node][0] : end]) for node, end in zip(nodes, ends, strict=True)]

    @property
    def loss_scale(self) -> float:
        """The number by which the sum of terms becomes the loss."""
        return self.loss_buffers.scale if self.loss_buffers else 1.0

    @property
    def loss(self) -> float:
        """The loss of the batch, on the host."""
        return self.loss_scale * float(to_host(self.loss_sum)[0, 0])

    def targets(self) -> Array:
        """Return the targets (k, n)."""
        return self.rows_y.T

    def gather(self, table_x: Array, table_y: Array, indices: Array) -> Calls:
        """Return the two calls that copy examples into this batch: rows of (N, d + 1), columns of (k, N)."""
        calls: tuple[Call, ...] = (
            self.workspace.take(table_x, indices, 0, self.rows_x),
            self.workspace.take(table_y, indices, 1, self.rows_y.T),
        )
        return calls
