"""Layers that join several nodes: add (skip connections) and concatenate."""

from typing import TYPE_CHECKING

from dlviz.core.array import Call, Calls
from dlviz.core.errors import ShapeError, as_list
from dlviz.core.instruction import Instruction
from dlviz.core.layers.kind import LayerKind, Shape, layers
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering


def _add_shape(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Shape:
    if any(shape != inputs[0] for shape in inputs):
        raise ShapeError(
            f"Expected inputs of one shape to add. Received: shapes {' and '.join(map(as_list, inputs))}",
            "Give both layers the same number of units, or concatenate them.",
            layer.id,
        )
    return inputs[0]


def _concatenate_shape(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Shape:
    if any(len(shape) != len(inputs[0]) or shape[1:] != inputs[0][1:] for shape in inputs):
        raise ShapeError(
            f"Expected inputs alike in all axes but the first. Received: shapes {' and '.join(map(as_list, inputs))}",
            "Flatten what has more axes.",
            layer.id,
        )
    return (sum(shape[0] for shape in inputs), *inputs[0][1:])


def _add_forward(lowering: "Lowering", layer: LayerSpec) -> None:
    nodes = lowering.sources(layer)

    def emit(b: "Buffers") -> Calls:
        out = b.activation(layer.id)
        first: list[Call] = [(b.xp.add, (b.activation(nodes[0]), b.activation(nodes[1]), out))]
        return [*first, *((b.xp.add, (out, b.activation(node), out)) for node in nodes[2:])]

    formula = f"{lowering.symbol(layer.id)} = " + " + ".join(lowering.symbol(node) for node in nodes)
    lowering.add(Instruction(
        "forward", layer.id, "add", formula,
        tuple(lowering.slot(node) for node in nodes), (f"{layer.id}.a",), emit,
    ))  # fmt: skip


def _concatenate_forward(lowering: "Lowering", layer: LayerSpec) -> None:
    nodes = lowering.sources(layer)

    def emit(b: "Buffers") -> Calls:
        return [(b.xp.copyto, (part, b.activation(node))) for node, part in b.parts(nodes, b.activation(layer.id))]

    formula = f"{lowering.symbol(layer.id)} = [" + "; ".join(lowering.symbol(node) for node in nodes) + "]"
    lowering.add(Instruction(
        "forward", layer.id, "concatenate", formula,
        tuple(lowering.slot(node) for node in nodes), (f"{layer.id}.a",), emit,
    ))  # fmt: skip


def _share(lowering: "Lowering", layer: LayerSpec, op: str, part: str, cut: bool) -> None:
    """Add one backward step for each source: its share of this layer's gradient."""
    nodes = lowering.sources(layer)
    for position, node in enumerate(nodes):
        if lowering.wants_gradient(node):
            _share_one(lowering, layer, op, part, position, cut)


def _share_one(lowering: "Lowering", layer: LayerSpec, op: str, part: str, position: int, cut: bool) -> None:
    nodes = lowering.sources(layer)
    node = nodes[position]
    adds = lowering.adds_to(node)

    def emit(b: "Buffers") -> Calls:
        whole, target = b.gradient(layer.id), b.gradient(node)
        share = b.parts(nodes, whole)[position][1] if cut else whole
        return ((b.xp.add, (target, share, target)),) if adds else ((b.xp.copyto, (target, share)),)

    sign = "+=" if adds else "="
    formula = f"∂L/∂{lowering.symbol(node)} {sign} {part}∂L/∂{lowering.symbol(layer.id)}"
    lowering.add(Instruction("backward", layer.id, op, formula, (f"{layer.id}.da",), (f"{node}.da",), emit))


def _add_backward(lowering: "Lowering", layer: LayerSpec) -> None:
    _share(lowering, layer, "add_backward", "", cut=False)


def _concatenate_backward(lowering: "Lowering", layer: LayerSpec) -> None:
    _share(lowering, layer, "concatenate_backward", "its rows of ", cut=True)


layers.add(
    LayerKind(
        "add", "Add", _add_shape, _add_forward, _add_backward,
        n_inputs=None, is_affine=True, formula="a = \\sum_i a_i", source="He et al. 2016 (skip connections)",
        family="shape and joins",
    )
)  # fmt: skip
layers.add(
    LayerKind(
        "concatenate", "Concatenate", _concatenate_shape, _concatenate_forward, _concatenate_backward,
        n_inputs=None, is_affine=True, formula="a = [a_1; a_2]", source="Szegedy et al. 2015 (filter concatenation)",
        stem="join", family="shape and joins",
    )
)  # fmt: skip
