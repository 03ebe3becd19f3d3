"""Dense layer: z = W a + b, then an activation."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dlviz.core.array import Array, Calls
from dlviz.core.choice import Choice
from dlviz.core.errors import ShapeError, as_list
from dlviz.core.hyper import flag, integer
from dlviz.core.initializers import Fan
from dlviz.core.instruction import Instruction
from dlviz.core.layers.kind import LayerKind, ParameterSpec, Shape, layers
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering

MAX_UNITS = 16_384


def _output_shape(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) != 1:
        raise ShapeError(
            f"Expected one axis of features. Received: shape={as_list(inputs[0])}", "Flatten it.", layer.id
        )
    return (int(DENSE.option(layer, "units")),)


def _parameters(layer: LayerSpec, inputs: tuple[Shape, ...]) -> tuple[ParameterSpec, ...]:
    units, fan_in = int(DENSE.option(layer, "units")), inputs[0][0]
    fan = Fan(fan_in, units)
    own = layer.id
    weights = ParameterSpec(f"{own}.W", own, (units, fan_in), fan, DENSE.option(layer, "initializer"), own)
    if not DENSE.option(layer, "bias"):
        return (weights,)
    return weights, ParameterSpec(f"{own}.b", own, (units,), fan, DENSE.option(layer, "bias_initializer"), own)


def _forward(lowering: "Lowering", layer: LayerSpec) -> None:
    source, own = lowering.sources(layer)[0], layer.owner
    has_bias = DENSE.option(layer, "bias")
    number, shared = lowering.number(layer.id), lowering.number(own)

    def emit(b: "Buffers") -> Calls:
        # The bias is the last column of W and meets the row of ones below the activations: one product.
        inputs = b.extended(source) if has_bias else b.activation(source)
        return ((b.block(own).dot, (inputs, b[f"{layer.id}.z"])),)

    bias = (f"{own}.b",) if has_bias else ()
    plus = f" + b{shared}" if has_bias else ""
    lowering.add(Instruction(
        "forward", layer.id, "affine", f"z{number} = W{shared}{lowering.symbol(source)}{plus}",
        (lowering.slot(source), f"{own}.W", *bias), (f"{layer.id}.z",), emit, is_linear=True,
    ))  # fmt: skip


def _backward(lowering: "Lowering", layer: LayerSpec) -> None:
    _weight_gradient(lowering, layer)
    source = lowering.sources(layer)[0]
    if lowering.wants_gradient(source):
        _input_gradient(lowering, layer, source)


def _weight_gradient(lowering: "Lowering", layer: LayerSpec) -> None:
    source, own = lowering.sources(layer)[0], layer.owner
    has_bias = DENSE.option(layer, "bias")
    adds = lowering.adds_to_block(own)

    def emit(b: "Buffers") -> Calls:
        inputs = b.extended(source) if has_bias else b.activation(source)
        out, added = b.share_of(b.gradient_block(own), adds)
        return ((b[f"{layer.id}.dz"].dot, (inputs.T, out)), *added)

    def outer(b: "Buffers") -> Mapping[str, Array | None]:
        return {f"{own}.W": b.activation(source), f"{own}.b": None}

    bias = (f"{own}.db",) if has_bias else ()
    sign = "+=" if adds else "="
    formula = f"∂L/∂W{lowering.number(own)} {sign} δ{lowering.number(layer.id)} {lowering.symbol(source)}ᵀ"
    lowering.add(Instruction(
        "backward", layer.id, "weight_gradient", formula,
        (f"{layer.id}.dz", lowering.slot(source)), (f"{own}.dW", *bias), emit, outer=outer,
    ))  # fmt: skip


def _input_gradient(lowering: "Lowering", layer: LayerSpec, source: str) -> None:
    has_bias, own = DENSE.option(layer, "bias"), layer.owner
    adds = lowering.adds_to(source)

    def emit(b: "Buffers") -> Calls:
        # With a bias the product has one row more, which lands in the spare row below the gradient.
        out, added = b.share_of(b.gradient(source, extended=has_bias), adds)
        return ((b.block(own).T.dot, (b[f"{layer.id}.dz"], out)), *added)

    sign = "+=" if adds else "="
    weights, delta = f"W{lowering.number(own)}ᵀ", f"δ{lowering.number(layer.id)}"
    lowering.add(Instruction(
        "backward", layer.id, "input_gradient", f"∂L/∂{lowering.symbol(source)} {sign} {weights} {delta}",
        (f"{layer.id}.dz", f"{own}.W"), (f"{source}.da",), emit, links=lambda b: b.parameter(f"{own}.W"),
    ))  # fmt: skip


DENSE = layers.add(
    LayerKind(
        "dense", "Dense", _output_shape, _forward, _backward, _parameters,
        (
            integer("units", 1, minimum=1, maximum=MAX_UNITS, help="number of units"),
            flag("bias", True, "add a bias to every unit"),
        ),
        {
            "activation": Choice("linear"),
            "initializer": Choice("glorot_uniform"),
            "bias_initializer": Choice("zeros"),
        },
        is_affine=True, formula="a = \\phi(W x + b)", source="Rosenblatt 1962",
        stem="h", begins={"units": 4, "activation": Choice("tanh")}, family="units",
    )
)  # fmt: skip
