"""Long short-term memory: gates decide what the cell forgets, takes in and shows.

Parameters hold the gates' rows in the order i, f, g, o: W (4 units, features), U (4 units, units), one bias b
(4 units,); with a learned start h0 and c0 (units,). Recorded for every step t: z (all sums), i, f, g, o, c, h.
"""

from typing import TYPE_CHECKING

from dlviz.core.array import Array, Calls
from dlviz.core.layers import recurrent
from dlviz.core.layers.kind import LayerKind, ParameterSpec, Shape, layers
from dlviz.core.layers.simple_rnn import one_product, sums
from dlviz.core.layers.through_time import Backward, Cell, backward, forward
from dlviz.core.layers.unrolled import Unrolled
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers

GATES = "ifgo"


def _parameters(layer: LayerSpec, inputs: tuple[Shape, ...]) -> tuple[ParameterSpec, ...]:
    matrices = [recurrent.matrix(layer, inputs, name, 4, layer.id) for name in ("W", "U")]
    return (*matrices, *recurrent.bias(layer, inputs, "b", 4, layer.id), *recurrent.starts(layer, ("h0", "c0")))


def gate(u: Unrolled, every: Array, letter: str) -> Array:
    """Return one gate's rows of an array (…, 4 units, n)."""
    start = GATES.index(letter) * u.units
    return every[..., start : start + u.units, :]


def cells(u: Unrolled, b: "Buffers") -> Array:
    """Return the cell states of all steps, (steps + 1, units, n); the first is the initial one."""
    return b.shared(f"{u.id}.c over time", u.steps + 1, u.units, b.columns)


def _gates(u: Unrolled, t: int) -> None:
    def emit(b: "Buffers") -> Calls:
        z, gates = (u.over_time(b, short, 4)[t - 1] for short in ("z", "gates"))
        for letter in GATES:
            b.alias(u.name(t, letter), gate(u, gates, letter))
        # All four at once, then the candidate anew: fewer calls cost less than the rows that are done twice.
        every = u.activate(b, "recurrent_activation", z, gates)
        return (*every, *u.activate(b, "activation", gate(u, z, "g"), gate(u, gates, "g")))

    z, found = u.at("z", t), u.applied("recurrent_activation", u.at("z", t))
    gates = ", ".join(f"{letter}⟨{t}⟩" for letter in "ifo")
    formula = f"{gates} = {found}, {u.at('g', t)} = {u.applied('activation', z)}"
    writes = tuple(u.name(t, letter) for letter in GATES)
    u.forward(t, "gates", formula, (u.name(t, "z"),), writes, emit)


def _cell_update(u: Unrolled, t: int) -> None:
    """Add c⟨t⟩ = f ⊙ c⟨t−1⟩ + i ⊙ g: what is kept of the old cell and what is taken in."""

    def emit(b: "Buffers") -> Calls:
        gates, c = u.over_time(b, "gates", 4)[t - 1], cells(u, b)
        b.alias(u.name(t, "c"), c[t])
        taken = b.shared(f"{u.id}.taken", u.units, b.columns)
        return (
            *(u.load_start(b, "c0", c[0]) if t == 1 else ()),
            (b.xp.multiply, (gate(u, gates, "f"), c[t - 1], c[t])),
            (b.xp.multiply, (gate(u, gates, "i"), gate(u, gates, "g"), taken)),
            (b.xp.add, (c[t], taken, c[t])),
        )

    kept = f"{u.at('f', t)} ⊙ {u.at('c', t - 1)}"
    formula = f"{u.at('c', t)} = {kept} + {u.at('i', t)} ⊙ {u.at('g', t)}"
    reads = (u.name(t, "f"), *u.state_before(t, "c"), u.name(t, "i"), u.name(t, "g"))
    u.forward(t, "cell_update", formula, reads, (u.name(t, "c"),), emit)


def _cell_output(u: Unrolled, t: int) -> None:
    def emit(b: "Buffers") -> Calls:
        h, shown = u.h(b, t), u.over_time(b, "shown")[t - 1]
        b.alias(u.name(t, "h"), h)
        gates = u.over_time(b, "gates", 4)[t - 1]
        squashed = u.activate(b, "activation", cells(u, b)[t], shown)
        return (*squashed, (b.xp.multiply, (gate(u, gates, "o"), shown, h)))

    formula = f"{u.at('h', t)} = {u.at('o', t)} ⊙ {u.applied('activation', u.at('c', t))}"
    reads = (u.name(t, "o"), u.name(t, "c"))
    u.forward(t, "cell_output", formula, reads, (u.name(t, "h"),), emit)


def _step(u: Unrolled, t: int) -> None:
    sums(u, t, 4)
    _gates(u, t)
    _cell_update(u, t)
    _cell_output(u, t)


def _local_slopes(u: Backward) -> None:
    """Add what a gate's sum does to the cell, and o's to the state, at every step at once.

    Slopes of i, f, g: ∂c/∂z = g σ′(zᵢ), c⟨t−1⟩ σ′(z_f), i φ′(z_g); of o: ∂h/∂z = φ(c) σ′(zₒ).
    """
    name = f"{u.id}.slopes"

    def emit(b: "Buffers") -> Calls:
        z, gates, slopes = (u.over_time(b, short, 4) for short in ("z", "gates", "slopes"))
        b.alias(name, slopes.reshape(-1, b.columns))
        c, shown, through = cells(u, b), u.over_time(b, "shown"), u.over_time(b, "through")
        partners = (gate(u, gates, "g"), c[:-1], gate(u, gates, "i"), shown)
        own = [gate(u, slopes, letter) for letter in GATES]
        g = [gate(u, each, "g") for each in (z, gates, slopes)]
        return (
            *u.slope(b, "recurrent_activation", z, gates, slopes),
            *u.slope(b, "activation", *g),
            *((b.xp.multiply, (slope, partner, slope)) for slope, partner in zip(own, partners, strict=True)),
            *u.slope(b, "activation", c[1:], shown, through),
            (b.xp.multiply, (through, gate(u, gates, "o"), through)),
        )

    reads = tuple(u.name(t, short) for t in range(1, u.steps + 1) for short in ("z", *GATES, "c"))
    gate_slope, slope, shown = (
        u.slope_of("recurrent_activation"),
        u.slope_of("activation"),
        u.applied("activation", "c"),
    )
    formula = f"∂c/∂z: g ⊙ {gate_slope}, c⟨t−1⟩ ⊙ {gate_slope}, i ⊙ {slope}; ∂h/∂z: {shown} ⊙ {gate_slope}"
    u.backward(0, "local_slopes", formula, reads, (name,), emit)


def _cell_gradient(u: Backward, t: int) -> None:
    def emit(b: "Buffers") -> Calls:
        dh, dc = u.gradient(b, "dh", t), u.gradient(b, "dc", t)
        through = u.over_time(b, "through")[t - 1][:, None]
        if not u.passes(t):
            return ((b.xp.multiply, (dh, through, dc)), *u.total(b, "dc", t))
        shown = b.shared(f"{u.id}.dc shown", *dh.shape)
        dropped = () if u.lanes == 1 else ((u.lane(dc, t).fill, (0,)),)
        return (
            *_carry_cell(u, b, t), *dropped, (b.xp.multiply, (dh, through, shown)),
            (b.xp.add, (dc, shown, dc)), *u.total(b, "dc", t),
        )  # fmt: skip

    shown = f"∂L/∂{u.at('h', t)} ⊙ {u.at('o', t)} ⊙ {u.sloped('activation', u.at('c', t))}"
    later = f" + {u.at('f', t + 1)} ⊙ ∂L/∂{u.at('c', t + 1)}" if u.passes(t) else ""
    later_reads = (u.name(t + 1, "f"), u.name(t + 1, "dc")) if u.passes(t) else ()
    reads = (u.name(t, "dh"), u.name(t, "o"), u.name(t, "c"), *later_reads)
    u.backward(t, "cell_gradient", f"∂L/∂{u.at('c', t)} = {shown}{later}", reads, (u.name(t, "dc"),), emit)


def _gate_deltas(u: Backward, t: int) -> None:
    def emit(b: "Buffers") -> Calls:
        dh, dc, delta = u.gradient(b, "dh", t), u.gradient(b, "dc", t), u.gradient(b, "dz", t, 4)
        by_gate = delta.reshape(4, u.units, u.lanes, b.columns)
        slopes = u.over_time(b, "slopes", 4)[t - 1].reshape(4, u.units, 1, b.columns)
        return (
            (b.xp.multiply, (slopes[:3], dc, by_gate[:3])),
            (b.xp.multiply, (slopes[3], dh, by_gate[3])),
            *u.total(b, "dz", t, 4),
        )

    cell = f"∂L/∂{u.at('c', t)} ⊙ ∂c/∂z for i, f, g"
    formula = f"{u.at('δ', t)} = {cell}; ∂L/∂{u.at('h', t)} ⊙ ∂h/∂z for o"
    reads = (u.name(t, "dc"), u.name(t, "dh"), f"{u.id}.slopes")
    u.backward(t, "gate_deltas", formula, reads, (u.name(t, "dz"),), emit)


def _deltas(u: Backward, t: int) -> None:
    _cell_gradient(u, t)
    _gate_deltas(u, t)


def _carry(u: Backward, b: "Buffers", t: int) -> Calls:
    return (u.through_state(b, t, 4),)


def _carry_cell(u: Backward, b: "Buffers", t: int) -> Calls:
    forgotten = gate(u, u.over_time(b, "gates", 4)[t], "f")[:, None]
    return ((b.xp.multiply, (u.gradient(b, "dc", t + 1), forgotten, u.gradient(b, "dc", t))),)


CELL = Cell(4, one_product, _step, _local_slopes, _deltas, {"h": _carry, "c": _carry_cell})

layers.add(
    LayerKind(
        "lstm", "LSTM", recurrent.output_shape, forward(CELL), backward(CELL), _parameters,
        recurrent.SETTINGS, recurrent.GATED, nodes=recurrent.time_nodes, activates_inside=True,
        formula=r"c_t = f \odot c_{t-1} + i \odot g,\quad h_t = o \odot \tanh(c_t)",
        source="Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000",
        begins=recurrent.BEGINS, family="sequences",
    )
)  # fmt: skip
