"""Units that draw their values: the steps of their forward pass, and why there is no way back through them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dlviz.core.activations import Activation, activations
from dlviz.core.array import Calls
from dlviz.core.errors import SpecError
from dlviz.core.inference import activation_of
from dlviz.core.instruction import Instruction
from dlviz.core.network import NetworkSpec, output_ids
from dlviz.core.objective import readers_on_the_way

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering


def sampler(network: NetworkSpec) -> str | None:
    """Return the first layer on the way to an output whose values are drawn; None where gradients pass all."""
    if not network.layers:
        return None
    on_the_way = {*output_ids(network), *readers_on_the_way(network)}
    for layer in network.layers:
        chosen = activation_of(network, layer.id)
        if layer.id in on_the_way and chosen is not None and activations.get(chosen.kind).draws:
            return layer.id
    return None


def no_way_back(network: NetworkSpec) -> SpecError | None:
    """Return why a network has a forward pass only; None where back-propagation is defined."""
    layer = sampler(network)
    if layer is None:
        return None
    chosen = activation_of(network, layer)
    assert chosen is not None
    return SpecError(
        f"Expected an activation that back-propagation can pass. Received: {chosen.kind}",
        "Back-propagation is not defined through sampling: walk the forward pass, or choose tanh to train.",
        layer,
    )


def sample(lowering: "Lowering", node: str, entry: Activation, settings: Mapping[str, Any]) -> None:
    """Add the steps a = high where a number drawn is below P(z), else low."""
    z, p, u, a = f"{node}.z", f"{node}.p", f"{node}.u", f"{node}.a"
    number = lowering.number(node)

    def probability(b: "Buffers") -> Calls:
        return entry.forward(b.workspace, settings, b[z], b[p])

    def draw(b: "Buffers") -> Calls:
        return ((b.draw(f"sample {node}", b[u]), ()),)

    def fire(b: "Buffers") -> Calls:
        out, w = b.activation(node), b.workspace
        scaled = (b.xp.multiply, (out, w.constant(entry.high - entry.low), out))
        return (b.xp.less, (b[u], b[p], out)), scaled, (b.xp.add, (out, w.constant(entry.low), out))

    chance = f"p{number} = {_probability(settings, number)}"
    fires = f"a{number} = {entry.high:+g} where u{number} < p{number} else {entry.low:+g}".replace("-", "−")
    lowering.add(Instruction("forward", node, "fire_probability", chance, (z,), (p,), probability))
    lowering.add(Instruction("forward", node, "draw", f"u{number} ~ [0, 1)", (), (u,), draw))
    lowering.add(Instruction("forward", node, "fire", fires, (p, u), (a,), fire))


def _probability(settings: Mapping[str, Any], number: str) -> str:
    temperature = settings["temperature"]
    if temperature == 0:
        return f"1 where z{number} > 0, ½ at 0, else 0"
    return f"σ(z{number})" if temperature == 1 else f"σ(z{number} / {temperature:g})"
