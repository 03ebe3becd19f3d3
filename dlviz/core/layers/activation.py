"""Activation layer: it only applies an activation, so that other layers may stand between it and the sums."""

from typing import TYPE_CHECKING

from dlviz.core.activations import resolve
from dlviz.core.array import Array, Calls
from dlviz.core.choice import Choice
from dlviz.core.instruction import Instruction
from dlviz.core.layers.kind import LayerKind, Shape, layers
from dlviz.core.layers.passing import pass_on
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering


def _output_shape(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Shape:
    return inputs[0]


def _forward(lowering: "Lowering", layer: LayerSpec) -> None:
    """Add the step z = a of the node below; the lowering itself adds the activation."""
    source, z = lowering.sources(layer)[0], f"{layer.id}.z"
    entry, _ = resolve(ACTIVATION.option(layer, "activation"), layer.id)

    def emit(b: "Buffers") -> Calls:
        if entry.is_alias:
            return ((b.xp.copyto, (b.activation(layer.id), b.activation(source))),)
        b.alias(z, b.activation(source))
        return ()

    formula = f"z{lowering.number(layer.id)} = {lowering.symbol(source)}"
    lowering.add(Instruction("forward", layer.id, "take", formula, (lowering.slot(source),), (z,), emit))


def _backward(lowering: "Lowering", layer: LayerSpec) -> None:
    dz = f"{layer.id}.dz"
    if not lowering.wants_gradient(lowering.sources(layer)[0]):
        return

    def copied(b: "Buffers", out: Array) -> Calls:
        return ((b.xp.copyto, (out, b[dz])),)

    pass_on(lowering, layer, "take_backward", f"δ{lowering.number(layer.id)}", (dz,), copied)


ACTIVATION = layers.add(
    LayerKind(
        "activation", "Activation", _output_shape, _forward, _backward,
        choices={"activation": Choice("relu")}, is_affine=True, formula=r"a = \phi(x)",
        source="Keras documentation: Activation layer", stem="act", family="units",
    )
)  # fmt: skip
