"""Flatten: the same numbers in one axis. Activations lie channels first already, so nothing is copied."""

import math
from typing import TYPE_CHECKING

from dlviz.core.array import Calls
from dlviz.core.instruction import Instruction
from dlviz.core.layers.kind import LayerKind, Shape, layers
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering


def _output_shape(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Shape:
    return (math.prod(inputs[0]),)


def _forward(lowering: "Lowering", layer: LayerSpec) -> None:
    source = lowering.sources(layer)[0]

    def emit(b: "Buffers") -> Calls:
        b.share(layer.id, source)
        return ()

    formula = f"{lowering.symbol(layer.id)} = vec {lowering.symbol(source)}"
    lowering.add(
        Instruction("forward", layer.id, "flatten", formula, (lowering.slot(source),), (f"{layer.id}.a",), emit)
    )


def _backward(lowering: "Lowering", layer: LayerSpec) -> None:
    source = lowering.sources(layer)[0]
    if not lowering.wants_gradient(source):
        return
    adds = lowering.adds_to(source)

    def emit(b: "Buffers") -> Calls:
        if not adds:
            b.share_gradient(source, layer.id)
            return ()
        target = b.gradient(source)
        return ((b.xp.add, (target, b.gradient(layer.id), target)),)

    formula = f"∂L/∂{lowering.symbol(source)} {'+=' if adds else '='} ∂L/∂{lowering.symbol(layer.id)}, reshaped"
    lowering.add(
        Instruction("backward", layer.id, "flatten_backward", formula, (f"{layer.id}.da",), (f"{source}.da",), emit)
    )


layers.add(
    LayerKind(
        "flatten", "Flatten", _output_shape, _forward, _backward, is_affine=True, formula="a = \\mathrm{vec}(x)",
        source="PyTorch documentation: torch.nn.Flatten",
        stem="flat", family="shape and joins",
    )
)  # fmt: skip
