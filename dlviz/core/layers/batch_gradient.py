"""How an error gets through batch norm to the node below (Ioffe & Szegedy 2015, sec. 3)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlviz.core.array import Array, Calls
from dlviz.core.layers import normalise
from dlviz.core.layers.passing import pass_on
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering


@dataclass(frozen=True)
class Way:
    """Which way the error takes. adds: another use of the layer wrote the gradients of γ and β before."""

    layer: LayerSpec
    rows: int
    adds: bool
    training: bool

    @property
    def has_scale(self) -> bool:
        """Whether the layer has γ and β."""
        return normalise.has_scale(self.layer)


def inverse(b: "Buffers", layer: LayerSpec, rows: int) -> Array:
    """Return the place of 1/√(v + ε), (rows, 1)."""
    return normalise.column(b.fixed(f"{layer.id}.inverse_deviation", rows))


def add_input_gradient(lowering: "Lowering", way: Way) -> None:
    """Add the step of the input's gradient, the paper's chain in one line."""
    layer, z_hat = way.layer, normalise.letter(lowering, way.layer)
    number, shared = lowering.number(layer.id), lowering.number(layer.owner)
    gamma = (f"{layer.owner}.gamma",) if way.has_scale else ()
    front = f"γ{shared}" if way.has_scale else "1"
    if way.training:
        statistics = f"{layer.id}.var"
        error = f"(δ{number} − mean δ{number} − {z_hat} ⊙ mean(δ{number} ⊙ {z_hat}))"
        right = f"{front} / √(v{number} + ε) ⊙ {error}"
    else:
        statistics = f"{layer.owner}.running_var"
        right = f"{front} / √(v̄{shared} + ε) ⊙ δ{number}"
    reads = (f"{layer.id}.dz", normalise.slot(layer), statistics, *gamma)
    pass_on(lowering, layer, "normalise_backward", right, reads, lambda b, out: _calls(b, way, out))


def _calls(b: "Buffers", way: Way, flat: Array) -> Calls:
    calls, factor = _factor(b, way)
    delta, out = b[f"{way.layer.id}.dz"].reshape(way.rows, -1), flat.reshape(way.rows, -1)
    # In use the statistics are constants: nothing but the factor is left.
    inner = _through_batch(b, way, delta, out) if way.training else ()
    return (*calls, *inner, (b.xp.multiply, (out if way.training else delta, factor, out)))


def _factor(b: "Buffers", way: Way) -> tuple[Calls, Array]:
    """Return γ/√(v + ε), (rows, 1), and the call that computes it."""
    deviation = inverse(b, way.layer, way.rows)
    if not way.has_scale:
        return (), deviation
    factor = b.like(deviation)
    return ((b.xp.multiply, (normalise.column(b.parameter(f"{way.layer.owner}.gamma")), deviation, factor)),), factor


def _through_batch(b: "Buffers", way: Way, delta: Array, out: Array) -> Calls:
    """Return the calls of δ − mean δ − ẑ mean(δ ẑ): the batch's own mean and variance moved with the example."""
    normal = b[normalise.slot(way.layer)].reshape(way.rows, -1)
    # The gradients of γ and β are just the sums that are needed here, unless another use is in them.
    is_apart = way.adds or not way.has_scale
    sums = normalise.kept_sums(b, way.layer, way.rows) if is_apart else normalise.parameter_gradients(b, way.layer)
    (products, errors), m = (b.like(each) for each in sums), b.workspace.constant(delta.shape[1])
    return (
        *(() if way.has_scale else normalise.row_sums(b, delta, normal, *sums)),
        (b.xp.divide, (sums[0], m, products)),
        (b.xp.divide, (sums[1], m, errors)),
        (b.xp.multiply, (normal, products, out)),
        (b.xp.subtract, (delta, out, out)),
        (b.xp.subtract, (out, errors, out)),
    )
