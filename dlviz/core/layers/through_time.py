"""Back-propagation through time: what all recurrent layers do, whatever their cell is.

Truncation (Williams & Peng 1990) cuts the way back. Blocks stop it after every k-th step; a window lets the
loss of each step reach over k steps, its own included. For a window the gradients of losses of different steps
travel side by side in k lanes: that of step t takes lane t mod k, where that of step t + k, by then k steps old,
is dropped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from dlviz.core.array import Array, Call, Calls
from dlviz.core.layers.unrolled import Product, Unrolled
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering

MAX_CONTRIBUTIONS = 4_194_304  # numbers in the contributions of all steps; more are not recorded


class Backward(Unrolled):
    """An unrolled layer on its way back. Gradients of a step are (rows, lanes, n); one lane if nothing is cut."""

    @cached_property
    def lanes(self) -> int:
        """How many gradients travel side by side."""
        # The initial state is a step too; no window needs to be wider.
        return min(self.truncation_steps, self.steps + 1) if self.option("truncation") == "window" else 1

    @property
    def truncation_steps(self) -> int:
        """How long a block or window is."""
        return int(self.option("truncation_steps"))

    def passes(self, t: int) -> bool:
        """Say whether the gradient passes from step t + 1 back to step t."""
        length, cut = self.truncation_steps, self.option("truncation")
        is_cut = (cut == "block" and t > 0 and t % length == 0) or (cut == "window" and length == 1)
        return t < self.steps and not is_cut

    def gradient(self, b: "Buffers", short: str, t: int, n_gates: int = 1) -> Array:
        """Return a gradient of step t (n_gates units, lanes, n); the lanes of all steps share one array."""
        rows = n_gates * self.units
        if self.lanes == 1:
            every = b.shared(f"{self.id}.{short} back", self.steps + 1, rows, 1, b.columns)
            of_step: Array = every[t]
            return of_step
        return b.shared(f"{self.id}.{short} lanes", rows, self.lanes, b.columns)

    def total(self, b: "Buffers", short: str, t: int, n_gates: int = 1) -> Calls:
        """Let a step's gradient be recorded under its name; return the calls that add its lanes."""
        gradient = self.gradient(b, short, t, n_gates)
        if self.lanes == 1:
            b.alias(self.name(t, short), gradient[:, 0])
            return ()
        whole = b.shared(f"{self.id}.{short} back", self.steps + 1, n_gates * self.units, 1, b.columns)[t, :, 0]
        b.alias(self.name(t, short), whole)
        return ((gradient.sum, (1, None, whole)),)

    def totals(self, b: "Buffers", short: str, n_gates: int) -> Array:
        """Return a gradient of all steps, (steps, n_gates units, n)."""
        whole: Array = b.shared(f"{self.id}.{short} back", self.steps + 1, n_gates * self.units, 1, b.columns)[1:, :, 0]
        return whole

    def lane(self, gradient: Array, t: int) -> Array:
        """Return the lane in which the loss of step t begins, (rows, n)."""
        lane: Array = gradient[:, t % self.lanes]
        return lane

    def from_above(self, b: "Buffers", t: int) -> Array | None:
        """Return the gradient that a step's state gets from the layers above, (units, n); None if it is not read."""
        whole = b.gradient(self.id)
        if self.is_sequence:
            part: Array = whole.reshape(self.steps, self.units, b.columns)[t - 1] if t else None
            return part
        return whole if t == self.steps else None

    def through_state(self, b: "Buffers", t: int, n_gates: int) -> Call:
        """Return the product that fills dL/dh⟨t⟩ with Uᵀ times the gradient of the next step's sums."""
        product, columns = self.columns("h")
        below = self.gradient(b, "dh", t).reshape(self.units, -1)
        above = self.gradient(b, product.delta, t + 1, n_gates).reshape(n_gates * self.units, -1)
        return b.block(product.block)[:, columns].T.dot, (above, below)


@dataclass(frozen=True)
class Cell:
    """What one step of a kind does; the rest of its backward pass is common to all.

    n_gates: how many times `units` its sums are. products(layer): its parameters. local_slopes adds the
    step before the way back. deltas adds the steps from dL/dh⟨t⟩ to the gradients of the sums. carries: for
    every state, "h" and for an LSTM "c", the calls that fill its gradient at step t from step t + 1.
    """

    n_gates: int
    products: Callable[[LayerSpec], tuple[Product, ...]]
    step: Callable[[Unrolled, int], None]
    local_slopes: Callable[[Backward], None]
    deltas: Callable[[Backward, int], None]
    carries: "Mapping[str, Callable[[Backward, Buffers, int], Calls]]"


def forward(cell: Cell) -> "Callable[[Lowering, LayerSpec], None]":
    """Return the forward rule of a kind with this cell: its steps in time, then what is passed on."""

    def rule(lowering: "Lowering", layer: LayerSpec) -> None:
        unrolled = Unrolled(lowering, layer, cell.products(layer))
        for t in range(1, unrolled.steps + 1):
            cell.step(unrolled, t)
        _pass_on(unrolled)

    return rule


def _pass_on(u: Unrolled) -> None:
    """Add the step that gives the readers the last state, or all of them."""

    def emit(b: "Buffers") -> Calls:
        out = b.activation(u.id)
        if u.is_sequence:
            return ((b.xp.copyto, (out.reshape(u.steps, u.units, b.columns), u.stack(b)[1:, u.rows("h")])),)
        return ((b.xp.copyto, (out, u.h(b, u.steps))),)

    first, last = u.at("h", 1), u.at("h", u.steps)
    formula = f"[{first}; …; {last}]" if u.is_sequence else last
    reads = tuple(u.name(t, "h") for t in (range(1, u.steps + 1) if u.is_sequence else (u.steps,)))
    op = "all_states" if u.is_sequence else "last_state"
    u.forward(0, op, f"{u.lowering.symbol(u.id)} = {formula}", reads, (f"{u.id}.a",), emit)


def backward(cell: Cell) -> "Callable[[Lowering, LayerSpec], None]":
    """Return the backward rule of a kind with this cell: back through time, then the sums over time."""

    def rule(lowering: "Lowering", layer: LayerSpec) -> None:
        u = Backward(lowering, layer, cell.products(layer))
        cell.local_slopes(u)
        for t in range(u.steps, 0, -1):
            _state_gradient(u, cell, t)
            cell.deltas(u, t)
            for product in u.products:
                _contribution(u, cell, product, t)
        for product in u.products:
            _weight_gradient(u, cell, product)
        for state in cell.carries if u.learns_start else ():
            _start_gradient(u, cell, state)
        if lowering.wants_gradient(u.source):
            _input_gradient(u, cell)
        _norms(u)

    return rule


def arriving(u: Backward, cell: Cell, b: "Buffers", t: int) -> Calls:
    """Return the calls that fill dL/dh⟨t⟩ with what comes from above and from step t + 1."""
    gradient, above = u.gradient(b, "dh", t), u.from_above(b, t)
    place = u.lane(gradient, t)
    own = (place.fill, (0,)) if above is None else (b.xp.copyto, (place, above))
    if not u.passes(t):
        return (own,) if u.lanes == 1 else ((gradient.fill, (0,)), own)
    if u.lanes > 1:
        return (*cell.carries["h"](u, b, t), own)
    return (*cell.carries["h"](u, b, t), *(() if above is None else ((b.xp.add, (place, above, place)),)))


def _state_gradient(u: Backward, cell: Cell, t: int) -> None:
    has_above, passes = u.is_sequence or t == u.steps, u.passes(t)
    above = f"∂L/∂{u.lowering.symbol(u.id)}" + (f"⟨{t}⟩" if u.is_sequence else "")
    later = carried_symbol(u, t) if passes else ""
    formula = " + ".join(part for part in (above if has_above else "", later) if part) or "0"
    later_reads = carried_reads(u, t) if passes else ()
    reads = (*((f"{u.id}.da",) if has_above else ()), *later_reads)

    def emit(b: "Buffers") -> Calls:
        return (*arriving(u, cell, b, t), *u.total(b, "dh", t))

    u.backward(t, "state_gradient", f"∂L/∂{u.at('h', t)} = {formula}", reads, (u.name(t, "dh"),), emit)


def carried_symbol(u: Backward, t: int) -> str:
    """Return what step t + 1 sends back, in symbols."""
    letter = "δ" if u.columns("h")[0].delta == "dz" else "δq"
    direct = f" + {u.at('u', t + 1)} ⊙ ∂L/∂{u.at('h', t + 1)}" if letter == "δq" else ""
    return f"U{u.shared}ᵀ{u.at(letter, t + 1)}{direct}"


def carried_reads(u: Backward, t: int) -> tuple[str, ...]:
    """Return the names of what step t + 1 sends back through."""
    delta = u.columns("h")[0].delta
    direct = (u.name(t + 1, "dh"), u.name(t + 1, "u")) if delta == "dq" else ()
    return (u.name(t + 1, delta), f"{u.own}.U", *direct)


def _contribution(u: Backward, cell: Cell, product: Product, t: int) -> None:
    """Add the step that shows what one time step contributes to the gradients; only the recorder computes it."""
    size = sum(cell.n_gates * u.units * (s.stop - s.start) for s in u.columns_of(product).values())
    if size * u.steps > MAX_CONTRIBUTIONS:
        return
    shorts = {short: u.name(t, f"d{short}") for short in product.reads}

    def derive(b: "Buffers") -> Mapping[str, Array]:
        delta = u.totals(b, product.delta, cell.n_gates)[t - 1]
        whole = delta @ u.stack(b)[t - 1, u.rows_of(product)].T
        parts = {short: whole[:, columns] for short, columns in u.columns_of(product).items()}
        return {shorts[short]: part[:, 0] if product.reads[short] == "1" else part for short, part in parts.items()}

    matrix, read = next(iter(product.reads.items()))
    letter = "δ" if product.delta == "dz" else "δq"
    inputs = f"{u.lowering.symbol(u.source)}⟨{t}⟩" if read == "x" else u.at("h", t - 1)
    formula = f"∂L/∂{matrix}{u.shared}⟨{t}⟩ = {u.at(letter, t)} {inputs}ᵀ"
    reads = (u.name(t, product.delta), u.lowering.slot(u.source), *u.state_before(t))
    u.explain(t, "time_contribution", formula, reads, tuple(shorts.values()), derive)


def _weight_gradient(u: Backward, cell: Cell, product: Product) -> None:
    """Add the step that sums a product's gradient over time, as one product over steps and examples at once."""
    adds = u.lowering.adds_to_block(product.block)

    def emit(b: "Buffers") -> Calls:
        delta, stack = u.totals(b, product.delta, cell.n_gates), u.stack(b)[: u.steps, u.rows_of(product)]
        flat = [b.workspace.zeros(part.shape[1], u.steps, b.columns) for part in (delta, stack)]
        gather = [(b.xp.copyto, (to, part.swapaxes(0, 1))) for to, part in zip(flat, (delta, stack), strict=True)]
        out, added = b.share_of(b.gradient_block(product.block), adds)
        left, right = (part.reshape(len(part), -1) for part in flat)
        return [*gather, (left.dot, (right.T, out)), *added]

    letter = "δ" if product.delta == "dz" else "δq"
    matrix, read = next(iter(product.reads.items()))
    inputs = f"{u.lowering.symbol(u.source)}⟨t⟩" if read == "x" else f"h{u.number}⟨t−1⟩"
    sign = "+=" if adds else "="
    formula = f"∂L/∂{matrix}{u.shared} {sign} Σₜ {letter}{u.number}⟨t⟩ {inputs}ᵀ"
    reads = (*(u.name(t, product.delta) for t in range(1, u.steps + 1)), u.lowering.slot(u.source))
    writes = tuple(f"{u.own}.d{short}" for short in product.reads)
    u.backward(0, "recurrent_weight_gradient", formula, reads, writes, emit)


def _start_gradient(u: Backward, cell: Cell, state: str) -> None:
    """Add the step that gives a learned initial state its gradient, summed over the examples."""
    block = f"{u.own}.{state}0"
    adds = u.lowering.adds_to_block(block)

    def emit(b: "Buffers") -> Calls:
        gradient = u.gradient(b, f"d{state}", 0)
        # No window reaches behind its first step.
        dropped = () if u.lanes == 1 else ((u.lane(gradient, 0).fill, (0,)),)
        carried = cell.carries[state](u, b, 0) if u.passes(0) else ((gradient.fill, (0,)),)
        out, added = b.share_of(b.parameter_gradient(block), adds)
        return (*carried, *dropped, (gradient.sum, ((1, 2), None, out)), *added)

    carried = carried_symbol(u, 0) if state == "h" else f"{u.at('f', 1)} ⊙ ∂L/∂{u.at('c', 1)}"
    reads = carried_reads(u, 0) if state == "h" else (u.name(1, "dc"), u.name(1, "f"))
    formula = f"∂L/∂{u.at(state, 0)} {'+=' if adds else '='} Σₙ {carried}"
    u.backward(0, "start_gradient", formula, reads, (f"{u.own}.d{state}0",), emit)


def _input_gradient(u: Backward, cell: Cell) -> None:
    """Add the step that sends the errors of all time steps down to the layer's input."""
    product, columns = u.columns("x")
    adds = u.lowering.adds_to(u.source)

    def emit(b: "Buffers") -> Calls:
        out, added = b.share_of(b.gradient(u.source).reshape(u.steps, u.features, b.columns), adds)
        weights = b.block(product.block)[:, columns].T
        return ((b.xp.matmul, (weights, u.totals(b, product.delta, cell.n_gates), out)), *added)

    sign = "+=" if adds else "="
    formula = f"∂L/∂{u.lowering.symbol(u.source)}⟨t⟩ {sign} W{u.shared}ᵀδ{u.number}⟨t⟩"
    reads = (*(u.name(t, product.delta) for t in range(1, u.steps + 1)), f"{u.own}.W")
    u.backward(0, "recurrent_input_gradient", formula, reads, (f"{u.source}.da",), emit)


def _norms(u: Backward) -> None:
    """Add the step that shows how large the gradient is at every time step; only the recorder computes it."""
    name = f"{u.id}.norms"

    def derive(b: "Buffers") -> Mapping[str, Array]:
        every = u.totals(b, "dh", 1)
        return {name: b.xp.sqrt((every * every).sum(axis=(1, 2)))}

    reads = tuple(u.name(t, "dh") for t in range(1, u.steps + 1))
    u.explain(0, "gradient_norms", f"‖∂L/∂h{u.number}⟨t⟩‖", reads, (name,), derive)
