"""One recurrent layer laid out over time: the names, symbols and arrays that its steps share."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dlviz.core.activations import FromValue, resolve
from dlviz.core.array import Array, Calls
from dlviz.core.choice import Choice
from dlviz.core.instruction import Derive, Emit, Instruction
from dlviz.core.layers.kind import LayerKind, layers
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering

Names = tuple[str, ...]


@dataclass(frozen=True)
class Product:
    """A block of parameters side by side, such as [W U b], and what each of them multiplies.

    reads: for every parameter "x" (the step's input), "h" (the state before) or "1" (a bias).
    delta: the recorded name of the gradient with respect to the product's sums.
    """

    block: str
    reads: Mapping[str, str]
    delta: str


class Unrolled:
    """A recurrent layer in a lowering. Steps count from 1; step 0 is the initial state.

    All steps of one array lie behind each other: states, sums, gates and their gradients are
    (steps, rows, n). What a step multiplies, its input and the state before over ones for the biases, stands
    in one matrix, so that a step costs one product.
    """

    def __init__(self, lowering: "Lowering", layer: LayerSpec, products: tuple[Product, ...]) -> None:
        self.lowering = lowering
        self.layer = layer
        self.kind: LayerKind = layers.get(layer.kind)
        self.id, self.own = layer.id, layer.owner
        self.source = lowering.sources(layer)[0]
        self.steps, self.features = lowering.nodes[self.source]
        self.units: int = self.option("units")
        self.products = products
        self.is_sequence = self.option("return") == "sequence"
        self.learns_start = self.option("initial_state") == "learned"
        self.number, self.shared = lowering.number(layer.id), lowering.number(layer.owner)

    def option(self, name: str) -> Any:
        """Return a setting of the layer."""
        return self.kind.option(self.layer, name)

    def chosen(self, name: str) -> Choice:
        """Return a setting that names an entry of a registry."""
        found: Choice = self.option(name)
        return found

    def phi(self, name: str) -> str:
        """Return the symbol of an activation: σ, tanh."""
        return resolve(self.chosen(name), self.id)[0].symbol

    def applied(self, name: str, inside: str) -> str:
        """Write an activation of a symbol: tanh(z), or z alone where it is linear."""
        return f"{phi}({inside})" if (phi := self.phi(name)) else inside

    def sloped(self, name: str, inside: str) -> str:
        """Write the slope of an activation: tanh′(z), or 1 where it is linear."""
        return f"{phi}′({inside})" if (phi := self.phi(name)) else "1"

    def slope_of(self, name: str) -> str:
        """Name the slope of an activation where its sum goes without saying: tanh′, or 1 where it is linear."""
        return f"{phi}′" if (phi := self.phi(name)) else "1"

    def name(self, t: int, short: str) -> str:
        """Return the name under which a step's array is recorded."""
        return f"{self.id}.t{t}.{short}"

    def at(self, letter: str, t: int) -> str:
        """Return the symbol of a step's quantity: h¹⟨3⟩."""
        return f"{letter}{self.number}⟨{t}⟩"

    def node(self, t: int) -> str:
        """Return the node of a time step; step 0 stands for the layer as a whole."""
        return f"{self.id}.t{t}" if t else self.id

    def forward(self, t: int, op: str, formula: str, reads: Names, writes: Names, emit: Emit) -> None:
        """Add a forward step."""
        self.lowering.add(Instruction("forward", self.node(t), op, formula, reads, writes, emit))

    def backward(self, t: int, op: str, formula: str, reads: Names, writes: Names, emit: Emit) -> None:
        """Add a backward step."""
        self.lowering.add(Instruction("backward", self.node(t), op, formula, reads, writes, emit))

    def explain(self, t: int, op: str, formula: str, reads: Names, writes: Names, derive: Derive) -> None:
        """Add a backward step that only the recorder computes; what it writes has no batch axis."""

        def emit(b: "Buffers") -> Calls:
            for name in writes:
                b.fixed(name)
            return ()

        self.lowering.add(Instruction("backward", self.node(t), op, formula, reads, writes, emit, derive))

    def parameters(self, product: Product) -> tuple[str, ...]:
        """Return the names of a product's parameters."""
        return tuple(f"{self.own}.{short}" for short in product.reads)

    def state_before(self, t: int, short: str = "h") -> tuple[str, ...]:
        """Return the recorded name of the state that step t starts from; none where it is zeros."""
        if t > 1:
            return (self.name(t - 1, short),)
        return (f"{self.own}.{short}0",) if self.learns_start else ()

    @cached_property
    def _rows(self) -> dict[tuple[str, str], slice]:
        """The rows of the stack that each parameter of each product multiplies."""
        sizes = {"x": self.features, "h": self.units, "1": 1}
        rows, end = {}, 0
        for product in self.products:
            for short, read in product.reads.items():
                rows[product.block, short] = slice(end, end + sizes[read])
                end += sizes[read]
        return rows

    def rows(self, read: str) -> slice:
        """Return the rows of the stack that hold the input "x" or the state "h"."""
        return next(
            self._rows[product.block, short]
            for product in self.products
            for short, each in product.reads.items()
            if each == read
        )

    def rows_of(self, product: Product) -> slice:
        """Return the rows of the stack that a product multiplies."""
        every = [self._rows[product.block, short] for short in product.reads]
        return slice(every[0].start, every[-1].stop)

    def columns_of(self, product: Product) -> dict[str, slice]:
        """Return the columns of a product's block that belong to each of its parameters."""
        start = self.rows_of(product).start
        rows = {short: self._rows[product.block, short] for short in product.reads}
        return {short: slice(each.start - start, each.stop - start) for short, each in rows.items()}

    def columns(self, read: str) -> tuple[Product, slice]:
        """Return the product that multiplies "x" or "h", and the columns of its block that do."""
        return next(
            (product, self.columns_of(product)[short])
            for product in self.products
            for short, each in product.reads.items()
            if each == read
        )

    def stack(self, b: "Buffers") -> Array:
        """Return what the steps multiply, (steps + 1, rows, n): [x⟨t⟩; h⟨t−1⟩; 1] of step t at t − 1."""
        n_rows = self.rows_of(self.products[-1]).stop
        stack = b.shared(f"{self.id}.stack", self.steps + 1, n_rows, b.columns)
        for product in self.products:
            for short, read in product.reads.items():
                if read == "1":
                    stack[:, self._rows[product.block, short]] = 1
        return stack

    def h(self, b: "Buffers", t: int) -> Array:
        """Return the state after step t, (units, n)."""
        state: Array = self.stack(b)[t, self.rows("h")]
        return state

    def over_time(self, b: "Buffers", short: str, n_gates: int = 1) -> Array:
        """Return an array (steps, n_gates units, n) by its short name."""
        return b.shared(f"{self.id}.{short} over time", self.steps, n_gates * self.units, b.columns)

    def load(self, b: "Buffers") -> Calls:
        """Return the calls that copy the inputs of all steps, and a learned start, into the stack."""
        inputs = self.stack(b)[: self.steps, self.rows("x")]
        calls = [(b.xp.copyto, (inputs, b.tensor(self.source)))]
        return [*calls, *self.load_start(b, "h0", self.h(b, 0))]

    def load_start(self, b: "Buffers", short: str, state: Array) -> Calls:
        """Return the call that copies a learned initial state (units,) into every example's."""
        if not self.learns_start:
            return ()
        return ((b.xp.copyto, (state, b.parameter(f"{self.own}.{short}")[:, None])),)

    def activate(self, b: "Buffers", name: str, z: Array, out: Array) -> Calls:
        """Return the calls that fill out with φ(z)."""
        entry, settings = resolve(self.chosen(name), self.id)
        return ((b.xp.copyto, (out, z)),) if entry.is_alias else entry.forward(b.workspace, settings, z, out)

    def slope(self, b: "Buffers", name: str, z: Array, a: Array, out: Array) -> Calls:
        """Return the calls that fill out with φ′(z); a is φ(z)."""
        entry, settings = resolve(self.chosen(name), self.id)
        if isinstance(entry.backward, FromValue):
            return entry.backward.slope(b.workspace, settings, a, out)
        return entry.backward(b.workspace, settings, z, a, b.workspace.full(out, 1), out)
