"""Gated recurrent unit, reset after the product: h⟨t⟩ = (1 − u) ⊙ g + u ⊙ h⟨t−1⟩.

The reset gate r scales what U makes of the state, so the product with U has a bias of its own:
p = W x⟨t⟩ + b, q = U h⟨t−1⟩ + bu; r, u = σ(p + q), g = tanh(p + r ⊙ q). Parameters hold the gates' rows in the
order r, u, g: W (3 units, features), b (3 units,), U (3 units, units), bu (3 units,); with a learned start h0
(units,). Recorded for every step t: p, q, z (sums after the reset), r, u, g, h.
"""

from typing import TYPE_CHECKING

from dlviz.core.array import Array, Calls
from dlviz.core.layers import recurrent
from dlviz.core.layers.kind import LayerKind, ParameterSpec, Shape, layers
from dlviz.core.layers.through_time import Backward, Cell, backward, forward
from dlviz.core.layers.unrolled import Product, Unrolled
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers

GATES = "rug"


def _parameters(layer: LayerSpec, inputs: tuple[Shape, ...]) -> tuple[ParameterSpec, ...]:
    of_input, of_state = f"{layer.id}.input", f"{layer.id}.state"
    return (
        recurrent.matrix(layer, inputs, "W", 3, of_input), *recurrent.bias(layer, inputs, "b", 3, of_input),
        recurrent.matrix(layer, inputs, "U", 3, of_state), *recurrent.bias(layer, inputs, "bu", 3, of_state),
        *recurrent.starts(layer, ("h0",)),
    )  # fmt: skip


def _products(layer: LayerSpec) -> tuple[Product, ...]:
    has_bias = layers.get(layer.kind).option(layer, "bias")
    of_input, of_state = ({"b": "1"}, {"bu": "1"}) if has_bias else ({}, {})
    own = layer.owner
    return (
        Product(f"{own}.input", {"W": "x", **of_input}, "dz"),
        Product(f"{own}.state", {"U": "h", **of_state}, "dq"),
    )


def gate(u: Unrolled, every: Array, letter: str) -> Array:
    """Return one gate's rows of an array (…, 3 units, n)."""
    start = GATES.index(letter) * u.units
    return every[..., start : start + u.units, :]


def _sum(u: Unrolled, t: int, product: Product, short: str, right: str, reads: tuple[str, ...]) -> None:
    def emit(b: "Buffers") -> Calls:
        out = u.over_time(b, short, 3)[t - 1]
        b.alias(u.name(t, short), out)
        first = u.load(b) if t == 1 and short == "p" else ()
        return (*first, (b.block(product.block).dot, (u.stack(b)[t - 1, u.rows_of(product)], out)))

    formula = f"{u.at(short, t)} = {right}"
    reads = (*reads, *u.parameters(product))
    u.forward(t, f"{'input' if short == 'p' else 'state'}_sum", formula, reads, (u.name(t, short),), emit)


def _sums(u: Unrolled, t: int) -> None:
    of_input, of_state = u.products
    biases = (f" + b{u.shared}", f" + bu{u.shared}") if "b" in of_input.reads else ("", "")
    inputs = f"W{u.shared}{u.lowering.symbol(u.source)}⟨{t}⟩{biases[0]}"
    _sum(u, t, of_input, "p", inputs, (u.lowering.slot(u.source),))
    _sum(u, t, of_state, "q", f"U{u.shared}{u.at('h', t - 1)}{biases[1]}", u.state_before(t))


def _gates(u: Unrolled, t: int) -> None:
    def emit(b: "Buffers") -> Calls:
        p, q, z, gates = (u.over_time(b, short, 3)[t - 1] for short in ("p", "q", "z", "gates"))
        both = 2 * u.units
        for letter in "ru":
            b.alias(u.name(t, letter), gate(u, gates, letter))
        added = (b.xp.add, (p[:both], q[:both], z[:both]))
        return (added, *u.activate(b, "recurrent_activation", z[:both], gates[:both]))

    formula = f"{u.at('r', t)}, {u.at('u', t)} = {u.phi('recurrent_activation')}({u.at('p', t)} + {u.at('q', t)})"
    u.forward(
        t, "gates", formula, (u.name(t, "p"), u.name(t, "q")), (u.name(t, "r"), u.name(t, "u")), emit
    )  # fmt: skip


def _candidate(u: Unrolled, t: int) -> None:
    def emit(b: "Buffers") -> Calls:
        p, q, z, gates = (u.over_time(b, short, 3)[t - 1] for short in ("p", "q", "z", "gates"))
        b.alias(u.name(t, "z"), z)
        b.alias(u.name(t, "g"), gate(u, gates, "g"))
        total = gate(u, z, "g")
        return (
            (b.xp.multiply, (gate(u, gates, "r"), gate(u, q, "g"), total)),
            (b.xp.add, (total, gate(u, p, "g"), total)),
            *u.activate(b, "activation", total, gate(u, gates, "g")),
        )

    formula = f"{u.at('g', t)} = {u.phi('activation')}({u.at('p', t)} + {u.at('r', t)} ⊙ {u.at('q', t)})"
    reads = (u.name(t, "p"), u.name(t, "r"), u.name(t, "q"))
    u.forward(t, "candidate", formula, reads, (u.name(t, "z"), u.name(t, "g")), emit)


def _state_update(u: Unrolled, t: int) -> None:
    def emit(b: "Buffers") -> Calls:
        gates, before, h = u.over_time(b, "gates", 3)[t - 1], u.h(b, t - 1), u.h(b, t)
        b.alias(u.name(t, "h"), h)
        difference = u.over_time(b, "difference")[t - 1]
        return (
            (b.xp.subtract, (before, gate(u, gates, "g"), difference)),
            (b.xp.multiply, (gate(u, gates, "u"), difference, h)),
            (b.xp.add, (h, gate(u, gates, "g"), h)),
        )

    update = u.at("u", t)
    formula = f"{u.at('h', t)} = (1 − {update}) ⊙ {u.at('g', t)} + {update} ⊙ {u.at('h', t - 1)}"
    reads = (u.name(t, "u"), u.name(t, "g"), *u.state_before(t))
    u.forward(t, "state_update", formula, reads, (u.name(t, "h"),), emit)


def _step(u: Unrolled, t: int) -> None:
    _sums(u, t)
    _gates(u, t)
    _candidate(u, t)
    _state_update(u, t)


def _local_slopes(u: Backward) -> None:
    """Add what each gate's sum does, at every step at once.

    Slopes of u and g: ∂h/∂z = (h⟨t−1⟩ − g) σ′(z_u), (1 − u) φ′(z_g); of r: ∂z_g/∂z = q σ′(z_r).
    """
    name = f"{u.id}.slopes"

    def emit(b: "Buffers") -> Calls:
        q, z, gates, slopes = (u.over_time(b, short, 3) for short in ("q", "z", "gates", "slopes"))
        b.alias(name, slopes.reshape(-1, b.columns))
        kept = u.over_time(b, "1 − u")
        partners = (gate(u, q, "g"), u.over_time(b, "difference"), kept)
        g = [gate(u, each, "g") for each in (z, gates, slopes)]
        return (
            *u.slope(b, "recurrent_activation", z, gates, slopes),
            *u.slope(b, "activation", *g),
            (b.xp.subtract, (b.workspace.constant(1), gate(u, gates, "u"), kept)),
            *(
                (b.xp.multiply, (gate(u, slopes, letter), partner, gate(u, slopes, letter)))
                for letter, partner in zip(GATES, partners, strict=True)
            ),
        )

    reads = tuple(u.name(t, short) for t in range(1, u.steps + 1) for short in ("q", "z", *GATES))
    gate_slope, slope = u.slope_of("recurrent_activation"), u.slope_of("activation")
    formula = f"∂h/∂z: (h⟨t−1⟩ − g) ⊙ {gate_slope}, (1 − u) ⊙ {slope}; ∂z/∂z: q ⊙ {gate_slope}"
    u.backward(0, "local_slopes", formula, reads, (name,), emit)


def _deltas(u: Backward, t: int) -> None:
    def emit(b: "Buffers") -> Calls:
        dh, dz, dq = u.gradient(b, "dh", t), u.gradient(b, "dz", t, 3), u.gradient(b, "dq", t, 3)
        r, update, g = dz.reshape(3, u.units, u.lanes, b.columns)
        slopes = u.over_time(b, "slopes", 3)[t - 1].reshape(3, u.units, 1, b.columns)
        reset = gate(u, u.over_time(b, "gates", 3)[t - 1], "r")[:, None]
        both = 2 * u.units
        return (
            (b.xp.multiply, (slopes[1], dh, update)), (b.xp.multiply, (slopes[2], dh, g)),
            (b.xp.multiply, (slopes[0], g, r)),
            (b.xp.copyto, (dq[:both], dz[:both])), (b.xp.multiply, (g, reset, dq[both:])),
            *u.total(b, "dz", t, 3), *u.total(b, "dq", t, 3),
        )  # fmt: skip

    dh = f"∂L/∂{u.at('h', t)}"
    formula = f"{u.at('δ', t)} = {dh} ⊙ ∂h/∂z for u, g; δ of g ⊙ ∂z/∂z for r"
    reads = (u.name(t, "dh"), f"{u.id}.slopes", u.name(t, "r"))
    u.backward(t, "gate_deltas", formula, reads, (u.name(t, "dz"), u.name(t, "dq")), emit)


def _carry(u: Backward, b: "Buffers", t: int) -> Calls:
    above, below = u.gradient(b, "dh", t + 1), u.gradient(b, "dh", t)
    kept = b.shared(f"{u.id}.dh kept", *above.shape)
    update = gate(u, u.over_time(b, "gates", 3)[t], "u")[:, None]
    # With a window both gradients are one array: what is kept is taken before the product overwrites it.
    return (b.xp.multiply, (above, update, kept)), u.through_state(b, t, 3), (b.xp.add, (below, kept, below))


CELL = Cell(3, _products, _step, _local_slopes, _deltas, {"h": _carry})

layers.add(
    LayerKind(
        "gru", "GRU", recurrent.output_shape, forward(CELL), backward(CELL), _parameters,
        recurrent.SETTINGS, recurrent.GATED, nodes=recurrent.time_nodes, activates_inside=True,
        formula=r"h_t = (1 - u) \odot g + u \odot h_{t-1}", source="Cho et al. 2014; reset after the product",
        begins=recurrent.BEGINS, family="sequences",
    )
)  # fmt: skip
