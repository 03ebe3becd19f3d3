"""Buffers: the arrays of one batch size that a bound program reads and writes."""

import math
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Calls, to_host
from dlviz.core.losses import LossBuffers
from dlviz.core.memory import Memory
from dlviz.core.position import Draw

if TYPE_CHECKING:
    from dlviz.core.program import Program

SMALL = 16_384  # activations; above, slopes of layers that do not need them would cost more than calls


class Buffers:
    """Inputs, targets, activations and their gradients, features first.

    A node's values are (units, n), all its axes in one; `tensor` shows them as (*shape, n). Every node's
    activations and gradients own one spare row: ones below activations (for the bias), garbage below
    gradients. gathers: inputs lie by rows, as rows of a table are copied fastest; else by features,
    which is twice as fast to multiply.
    """

    def __init__(self, memory: Memory, program: "Program", columns: int, gathers: bool = True) -> None:
        self.memory = memory
        self.workspace = memory.workspace
        self.xp = memory.workspace.xp
        self.columns = columns
        self._shapes = program.nodes
        self._inputs = _places([(node.id, program.nodes[node.id]) for node in program.network.inputs], 1)
        self._outputs = _places([(node, program.nodes[node]) for node in program.outputs], 0)
        self._gradients: dict[str, Array] = {}
        self._named: dict[str, Array] = {}
        self._fixed: dict[str, Array] = {}
        self._shared: dict[str, Array] = {}
        self._slopes: dict[str, Array] = {}
        self._sloped: set[str] = set()
        self._same: dict[str, str] = {}
        d, k = _end(self._inputs), _end(self._outputs)
        self.rows_x = self.workspace.ones(columns, d) if gathers else self.workspace.ones(d, columns).T
        self.rows_y = self.workspace.zeros(k, columns).T
        # Nodes inside layers lie where their layer wants them.
        self._places = _places([(node, s) for node, s in program.shapes.items() if node not in self._inputs], 1)
        self._flat = self.workspace.ones(_end(self._places), columns)
        self.loss_sums = self.workspace.zeros(max(program.n_terms, 1), 1)
        self.loss_scales = np.ones(len(self.loss_sums))
        self._loss_buffers: dict[str, LossBuffers] = {}
        self._terms: dict[str, int] = {}

    def units(self, node: str) -> int:
        """Return how many numbers a node holds for one example."""
        return math.prod(self._shapes[node])

    def extended(self, node: str) -> Array:
        """Return activations with the row of ones below, (units + 1, n)."""
        node = self._same.get(node, node)
        return self.rows_x.T[self._inputs[node]] if node in self._inputs else self._flat[self._places[node]]

    def activation(self, node: str) -> Array:
        """Return activations (units, n)."""
        return self.extended(node)[: self.units(node)]

    def gradient(self, node: str, extended: bool = False) -> Array:
        """Return dL/da (units, n), or with the spare row (units + 1, n)."""
        if node not in self._gradients:
            self._gradients[node] = self.workspace.zeros(self.units(node) + 1, self.columns)
        return self._gradients[node] if extended else self._gradients[node][: self.units(node)]

    def share(self, node: str, source: str) -> None:
        """Let a node's activations be those of another node, in the same memory."""
        self._same[node] = self._same.get(source, source)

    def share_gradient(self, node: str, source: str) -> None:
        """Let a node's gradient, which nobody wrote yet, be that of another node, in the same memory."""
        self._gradients[node] = self.gradient(source, extended=True)

    def tensor(self, node: str, values: Array | None = None) -> Array:
        """Return a node's activations, or other values (units, n) of it, with all axes: (*shape, n)."""
        shape = self._shapes[node]
        if values is None and node in self._inputs:
            # Inputs lie by rows: their axes are cut there, and the batch axis moves last, without a copy.
            rows = self.rows_x[:, self._inputs[node]][:, : self.units(node)]
            return self.xp.moveaxis(rows.reshape(self.columns, *shape), 0, -1)
        return (self.activation(node) if values is None else values).reshape(*shape, self.columns)

    def slope(self, node: str, key: str, compute: Callable[[Array, Array], Calls]) -> tuple[Calls, Array]:
        """Return a node's slopes (units, n), and the calls that fill them where no earlier step did.

        compute(a, out) works on all nodes at once: in small networks a call costs more than its arithmetic.
        """
        if key not in self._slopes:
            self._slopes[key] = self.workspace.like(self._flat)
        is_new = key not in self._sloped
        self._sloped.add(key)
        calls = compute(self._flat, self._slopes[key]) if is_new else ()
        return calls, self._slopes[key][self._places[node]][:-1]

    @property
    def size(self) -> int:
        """How many activations there are."""
        return int(self._flat.size)

    @property
    def is_small(self) -> bool:
        """Say whether calls cost more than arithmetic here."""
        return self.size <= SMALL

    def on(self, rows_x: Array, rows_y: Array, loss_sums: Array) -> "Buffers":
        """Return buffers of other rows (n, d + 1) and (n, k) and another place for the loss, else the same arrays."""
        other = copy(self)
        other.rows_x, other.rows_y, other.loss_sums = rows_x, rows_y, loss_sums
        other._gradients, other._named, other._same = dict(self._gradients), dict(self._named), dict(self._same)
        other._loss_buffers, other._sloped = {}, set()
        return other

    def alias(self, name: str, array: Array) -> None:
        """Let a name stand for an array that exists already."""
        self._named[name] = array

    def __getitem__(self, name: str) -> Array:
        """Return an array of a node by its recorded name, such as `h.z`, `h.dz` or `h.mask`: (units, n)."""
        if name not in self._named:
            node = name.rpartition(".")[0]
            self._named[name] = self.workspace.zeros(self.units(node), self.columns)
        return self._named[name]

    def fixed(self, name: str, *shape: int) -> Array:
        """Return a recorded array that has no batch axis, such as the mean of a batch."""
        if name not in self._fixed:
            self._fixed[name] = self.workspace.zeros(*shape)
        return self._fixed[name]

    def per_example(self, name: str) -> Array:
        """Return a recorded array with one number for each example, (1, n), such as the mean of its features."""
        if name not in self._named:
            self._named[name] = self.workspace.zeros(1, self.columns)
        return self._named[name]

    def shared(self, name: str, *shape: int) -> Array:
        """Return an array that several steps of a layer share; it is zero when it is first asked for."""
        if name not in self._shared:
            self._shared[name] = self.workspace.zeros(*shape)
        return self._shared[name]

    def recorded(self, name: str) -> Array:
        """Return an array by its recorded name with all its axes, batch last where it has one."""
        if name in self._fixed:
            return self._fixed[name]
        if name == "loss" or name in self._terms:
            value = self.loss if name == "loss" else self.term_value(self._terms[name])
            return self.xp.asarray(value, dtype=self.workspace.dtype)
        if name == "y":
            return self.targets()
        node, _, short = name.rpartition(".")
        if name in self._inputs:
            return self.tensor(name)
        if short in ("a", "da"):
            return self.tensor(node, self.activation(node) if short == "a" else self.gradient(node))
        values = self[name]
        fits = values.shape[0] == self.units(node) and len(self._shapes[node]) > 1
        return self.tensor(node, values) if fits else values

    def is_fixed(self, name: str) -> bool:
        """Say whether a recorded array has no batch axis."""
        return name in self._fixed or name in self._terms or name == "loss"

    def draw(self, purpose: str, out: Array) -> Draw:
        """Return the call that fills out (units, n) with uniform numbers of the batch at the position."""
        return Draw(self.memory.position, purpose, self.workspace, out)

    def like(self, array: Array) -> Array:
        """Return new scratch of the same shape."""
        return self.workspace.like(array)

    def share_of(self, target: Array, adds: bool) -> tuple[Array, Calls]:
        """Return where one use writes its share of a gradient, and the calls that add it to those written before.

        adds: an earlier step wrote to the target; else the share is the target itself.
        """
        if not adds:
            return target, ()
        share = self.like(target)
        return share, ((self.xp.add, (target, share, target)),)

    @property
    def _read_role(self) -> str:
        return "ahead" if self.memory.looks_ahead else "theta"

    def block(self, name: str) -> Array:
        """Return the matrix of a block, such as [W b], that the forward pass reads."""
        return self.memory.block(self._read_role, name)

    def gradient_block(self, name: str) -> Array:
        """Return the gradient of a block, such as [dW db]."""
        return self.memory.block("grad", name)

    def parameter(self, name: str) -> Array:
        """Return a parameter as the forward pass reads it."""
        return self.memory.view(self._read_role, name)

    def parameter_gradient(self, name: str) -> Array:
        """Return the gradient of a parameter."""
        return self.memory.view("grad", name)

    def parts(self, nodes: Sequence[str], whole: Array) -> list[tuple[str, Array]]:
        """Cut the rows of a concatenation into one view for each node."""
        ends = np.cumsum([self.units(node) for node in nodes])
        return [(node, whole[end - self.units(node) : end]) for node, end in zip(nodes, ends, strict=True)]

    def inputs(self) -> Array:
        """Return the loaded inputs as rows (n, d), those of several input nodes side by side."""
        parts = [self.rows_x[:, place][:, :-1] for place in self._inputs.values()]
        return parts[0] if len(parts) == 1 else self.xp.concatenate(parts, axis=1)

    def load_inputs(self, values: Array) -> None:
        """Copy rows (n, d) into the input nodes, which take their columns in order."""
        start = 0
        for node, place in self._inputs.items():
            end = start + self.units(node)
            self.rows_x[:, place][:, :-1] = values[:, start:end]
            start = end

    def targets(self, output: str | None = None) -> Array:
        """Return all targets (k, n), or those of one output node."""
        return self.rows_y.T if output is None else self.rows_y.T[self._outputs[output]]

    def loss_of(
        self, output: str, term: int, scale: float, settings: Mapping[str, Any], shown: float = 1.0
    ) -> LossBuffers:
        """Return the arrays of one output's loss; its value and gradient share scratch, so there is one object.

        term: its row among the sums. scale: the number by which the sum becomes the loss; shown: by which
        that is multiplied where it is read, for another base of the logarithm.
        """
        if output not in self._loss_buffers:
            a = self.activation(output)
            self.loss_scales[term] = scale * shown
            sums = self.loss_sums[term : term + 1]
            self._loss_buffers[output] = LossBuffers(a, self.targets(output), sums, scale, self.like(a), settings)
        return self._loss_buffers[output]

    def loss_buffers(self, output: str) -> LossBuffers:
        """Return the arrays of one output's loss that `loss_of` made."""
        return self._loss_buffers[output]

    def term(self, index: int, scale: float = 1.0) -> Array:
        """Return the (1, 1) place of a further term of the loss, which counts scale times."""
        self.loss_scales[index] = scale
        return self.loss_sums[index : index + 1]

    def name_term(self, name: str, index: int) -> None:
        """Let a term of the loss be recorded under a name."""
        self._terms[name] = index

    def term_value(self, index: int) -> float:
        """Return a term of the loss, on the host."""
        return float(self.loss_scales[index]) * float(to_host(self.loss_sums)[index, 0])

    @property
    def loss(self) -> float:
        """The loss of the batch, on the host."""
        if len(self.loss_scales) == 1:
            return self.term_value(0)
        return float(self.total(to_host(self.loss_sums))[0])

    def total(self, sums: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return the losses (batches,) of sums (terms, batches), on the host.

        Term after term: a product of matrices would round otherwise for one batch than for many.
        """
        whole = np.zeros(sums.shape[1])
        for scale, row in zip(self.loss_scales, sums, strict=True):
            whole += scale * row.astype(np.float64)
        return whole

    def gather(self, table_x: Array, table_y: Array, indices: Array) -> Calls:
        """Return the two calls that copy examples into this batch: rows of (N, d + 1), columns of (k, N)."""
        return (
            self.workspace.take(table_x, indices, 0, self.rows_x),
            self.workspace.take(table_y, indices, 1, self.rows_y.T),
        )


def table_of(inputs: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", widths: Sequence[int]) -> Array:
    """Return rows (N, d) as `gather` reads them: every input node's columns followed by a column of ones."""
    ends = np.cumsum(widths)
    return np.insert(inputs, ends, 1.0, axis=1)


def _places(nodes: Sequence[tuple[str, tuple[int, ...]]], spare: int) -> dict[str, slice]:
    """Say which rows belong to which node when all lie one below the other."""
    places, end = {}, 0
    for node, shape in nodes:
        places[node] = slice(end, end + math.prod(shape) + spare)
        end = places[node].stop
    return places


def _end(places: Mapping[str, slice]) -> int:
    return max((place.stop for place in places.values()), default=0)
