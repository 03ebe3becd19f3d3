"""Simple recurrent layer: h⟨t⟩ = φ(W x⟨t⟩ + U h⟨t−1⟩ + b).

Parameters: W (units, features), U (units, units), b (units,); with a learned start h0 (units,). Recorded for
every step t, under names such as `id.t1.z`: z and h.
"""

from typing import TYPE_CHECKING

from dlviz.core.array import Calls
from dlviz.core.layers import recurrent
from dlviz.core.layers.kind import LayerKind, ParameterSpec, Shape, layers
from dlviz.core.layers.through_time import Backward, Cell, backward, forward
from dlviz.core.layers.unrolled import Product, Unrolled
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers


def _parameters(layer: LayerSpec, inputs: tuple[Shape, ...]) -> tuple[ParameterSpec, ...]:
    matrices = [recurrent.matrix(layer, inputs, name, 1, layer.id) for name in ("W", "U")]
    return (*matrices, *recurrent.bias(layer, inputs, "b", 1, layer.id), *recurrent.starts(layer, ("h0",)))


def one_product(layer: LayerSpec) -> tuple[Product, ...]:
    """Return the product [W U b] that a step multiplies by its input, the state before and 1."""
    bias = {"b": "1"} if layers.get(layer.kind).option(layer, "bias") else {}
    return (Product(layer.owner, {"W": "x", "U": "h", **bias}, "dz"),)


def sums(u: Unrolled, t: int, n_gates: int) -> None:
    """Add the step z⟨t⟩ = W x⟨t⟩ + U h⟨t−1⟩ + b of a layer whose sums are one product."""
    product = u.products[0]

    def emit(b: "Buffers") -> Calls:
        z = u.over_time(b, "z", n_gates)[t - 1]
        b.alias(u.name(t, "z"), z)
        first = u.load(b) if t == 1 else ()
        return (*first, (b.block(product.block).dot, (u.stack(b)[t - 1], z)))

    bias = f" + b{u.shared}" if "b" in product.reads else ""
    right = f"W{u.shared}{u.lowering.symbol(u.source)}⟨{t}⟩ + U{u.shared}{u.at('h', t - 1)}{bias}"
    reads = (u.lowering.slot(u.source), *u.state_before(t), *u.parameters(product))
    u.forward(t, "recurrent_sum", f"{u.at('z', t)} = {right}", reads, (u.name(t, "z"),), emit)


def _step(u: Unrolled, t: int) -> None:
    sums(u, t, 1)

    def emit(b: "Buffers") -> Calls:
        b.alias(u.name(t, "h"), u.h(b, t))
        return u.activate(b, "activation", u.over_time(b, "z")[t - 1], u.h(b, t))

    formula = f"{u.at('h', t)} = {u.applied('activation', u.at('z', t))}"
    u.forward(t, "recurrent_activate", formula, (u.name(t, "z"),), (u.name(t, "h"),), emit)


def _local_slopes(u: Backward) -> None:
    name = f"{u.id}.slopes"

    def emit(b: "Buffers") -> Calls:
        slopes = u.over_time(b, "slopes")
        b.alias(name, slopes.reshape(-1, b.columns))
        return u.slope(b, "activation", u.over_time(b, "z"), u.stack(b)[1:, u.rows("h")], slopes)

    reads = tuple(u.name(t, short) for t in range(1, u.steps + 1) for short in ("z", "h"))
    z = f"z{u.number}⟨t⟩"
    formula = f"∂h{u.number}⟨t⟩/∂{z} = {u.sloped('activation', z)}"
    u.backward(0, "local_slopes", formula, reads, (name,), emit)


def _deltas(u: Backward, t: int) -> None:
    def emit(b: "Buffers") -> Calls:
        slopes = u.over_time(b, "slopes")[t - 1][:, None]
        product = (b.xp.multiply, (u.gradient(b, "dh", t), slopes, u.gradient(b, "dz", t)))
        return (product, *u.total(b, "dz", t))

    formula = f"{u.at('δ', t)} = ∂L/∂{u.at('h', t)} ⊙ {u.sloped('activation', u.at('z', t))}"
    u.backward(t, "recurrent_delta", formula, (u.name(t, "dh"), f"{u.id}.slopes"), (u.name(t, "dz"),), emit)


def _carry(u: Backward, b: "Buffers", t: int) -> Calls:
    return (u.through_state(b, t, 1),)


CELL = Cell(1, one_product, _step, _local_slopes, _deltas, {"h": _carry})

layers.add(
    LayerKind(
        "simple_rnn", "Simple recurrent", recurrent.output_shape, forward(CELL), backward(CELL), _parameters,
        recurrent.SETTINGS, recurrent.CHOICES, nodes=recurrent.time_nodes, activates_inside=True,
        formula="h_t = \\phi(W x_t + U h_{t-1} + b)", source="Elman 1990",
        stem="rnn", begins=recurrent.BEGINS, family="sequences",
    )
)  # fmt: skip
