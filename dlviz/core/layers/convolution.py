"""Convolution: kernels slide over the images and give one map each, as one matrix product over all patches."""

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlviz.core.activations import activations
from dlviz.core.array import Array, Calls
from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.hyper import flag, integer, size
from dlviz.core.initializers import Fan
from dlviz.core.instruction import Instruction
from dlviz.core.layers.kind import LayerKind, ParameterSpec, Shape, layers
from dlviz.core.layers.windows import MAX_WINDOW, Windows, spread, windows
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering

MAX_FILTERS = 4096


def windows_of(layer: LayerSpec, shape: Shape) -> Windows:
    """Return where the kernels of a layer lie on images of a shape. Raises: ShapeError."""
    kernel, stride, padding = (CONV2D.option(layer, name) for name in ("kernel", "stride", "padding"))
    return windows(shape, layer.id, kernel, stride, padding)


def _output_shape(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Shape:
    shape = (int(CONV2D.option(layer, "filters")), *windows_of(layer, inputs[0]).count)
    chosen: Choice = CONV2D.option(layer, "activation")
    if shape[1:] != (1, 1) and not activations.get(chosen.kind, layer.id).is_elementwise:
        raise SpecError(
            f"Expected an activation that looks at one number at a time. Received: {chosen.kind}",
            "Flatten the maps and let a dense layer end in it.",
            layer.id,
        )
    return shape


def _parameters(layer: LayerSpec, inputs: tuple[Shape, ...]) -> tuple[ParameterSpec, ...]:
    plan, filters, own = windows_of(layer, inputs[0]), int(CONV2D.option(layer, "filters")), layer.id
    area = plan.size[0] * plan.size[1]
    fan = Fan(plan.image[0] * area, filters * area)
    shape = (filters, plan.image[0], *plan.size)
    weights = ParameterSpec(f"{own}.W", own, shape, fan, CONV2D.option(layer, "initializer"), own)
    if not CONV2D.option(layer, "bias"):
        return (weights,)
    return weights, ParameterSpec(f"{own}.b", own, (filters,), fan, CONV2D.option(layer, "bias_initializer"), own)


def _reads(layer: LayerSpec, shape: Shape, unit: int) -> NDArray[np.intp]:
    plan = windows_of(layer, shape)
    found = plan.reads(*divmod(unit % math.prod(plan.count), plan.count[1])).reshape(-1)
    return found[found >= 0]


def _forward(lowering: "Lowering", layer: LayerSpec) -> None:
    source, own = lowering.sources(layer)[0], layer.owner
    plan, has_bias = windows_of(layer, lowering.nodes[source]), CONV2D.option(layer, "bias")
    number, shared = lowering.number(layer.id), lowering.number(own)

    def emit(b: "Buffers") -> Calls:
        images, padded = _images(b, source, plan)
        patches = _patches(b, plan, has_bias)
        b.alias(f"{layer.id}.patches", patches)
        unrolled = (b.xp.copyto, (_as_windows(patches, plan, b), plan.patches(images, b.xp)))
        return (*padded, unrolled, (b.block(own).dot, (patches, _maps(b, layer, "z"))))

    bias = (f"{own}.b",) if has_bias else ()
    plus = f" + b{shared}" if has_bias else ""
    lowering.add(Instruction(
        "forward", layer.id, "convolve", f"z{number} = W{shared} ∗ {lowering.symbol(source)}{plus}",
        (lowering.slot(source), f"{own}.W", *bias), (f"{layer.id}.z",), emit, is_linear=True,
    ))  # fmt: skip


def _images(b: "Buffers", source: str, plan: Windows) -> tuple[Array, Calls]:
    """Return padded images (channels, height, width, n), examples side by side, and the calls that fill them."""
    values = b.tensor(source)
    if not plan.is_padded and values.strides[-1] == values.itemsize:
        return values, ()
    images = b.workspace.zeros(*plan.padded, b.columns)
    return images, ((b.xp.copyto, (plan.middle(images), values)),)


def _patches(b: "Buffers", plan: Windows, has_bias: bool) -> Array:
    """Return the place of all patches as columns, with a row of ones below that meets the bias."""
    rows, columns = plan.count
    reads = plan.image[0] * plan.size[0] * plan.size[1]
    return b.workspace.ones(reads + has_bias, rows * columns * b.columns)


def _as_windows(patches: Array, plan: Windows, b: "Buffers") -> Array:
    """Return patches with all their axes: (channels, *size, *count, n)."""
    reads = plan.image[0] * plan.size[0] * plan.size[1]
    return patches[:reads].reshape(plan.image[0], *plan.size, *plan.count, b.columns)


def _maps(b: "Buffers", layer: LayerSpec, kind: str) -> Array:
    """Return z or dz of a layer with one row for each filter."""
    values = b[f"{layer.id}.{kind}"]
    return values.reshape(int(CONV2D.option(layer, "filters")), -1)


def _backward(lowering: "Lowering", layer: LayerSpec) -> None:
    _kernel_gradient(lowering, layer)
    source = lowering.sources(layer)[0]
    if lowering.wants_gradient(source):
        _image_gradient(lowering, layer, source)


def _kernel_gradient(lowering: "Lowering", layer: LayerSpec) -> None:
    source, own = lowering.sources(layer)[0], layer.owner
    adds = lowering.adds_to_block(own)

    def emit(b: "Buffers") -> Calls:
        out, added = b.share_of(b.gradient_block(own), adds)
        return ((_maps(b, layer, "dz").dot, (b[f"{layer.id}.patches"].T, out)), *added)

    bias = (f"{own}.db",) if CONV2D.option(layer, "bias") else ()
    sign = "+=" if adds else "="
    formula = f"∂L/∂W{lowering.number(own)} {sign} δ{lowering.number(layer.id)} ∗ {lowering.symbol(source)}"
    lowering.add(Instruction(
        "backward", layer.id, "kernel_gradient", formula,
        (f"{layer.id}.dz", lowering.slot(source)), (f"{own}.dW", *bias), emit,
    ))  # fmt: skip


def _image_gradient(lowering: "Lowering", layer: LayerSpec, source: str) -> None:
    own, adds = layer.owner, lowering.adds_to(source)
    plan = windows_of(layer, lowering.nodes[source])

    def emit(b: "Buffers") -> Calls:
        # The patches have served the kernels' gradient by now: their place takes the gradient of every patch.
        patches = b[f"{layer.id}.patches"]
        reads = plan.image[0] * plan.size[0] * plan.size[1]
        product = (b.block(own)[:, :reads].T.dot, (_maps(b, layer, "dz"), patches[:reads]))
        shares = _as_windows(patches, plan, b)
        return (product, *spread(b, source, plan, adds, lambda row, column: ((), shares[:, row, column])))

    sign = "+=" if adds else "="
    formula = f"∂L/∂{lowering.symbol(source)} {sign} W{lowering.number(own)}ᵀ ∗ δ{lowering.number(layer.id)}"
    lowering.add(Instruction(
        "backward", layer.id, "image_gradient", formula,
        (f"{layer.id}.dz", f"{own}.W"), (f"{source}.da",), emit,
    ))  # fmt: skip


CONV2D = layers.add(
    LayerKind(
        "conv2d", "Convolution", _output_shape, _forward, _backward, _parameters,
        (
            integer("filters", 8, minimum=1, maximum=MAX_FILTERS, help="number of kernels, each gives one map"),
            size("kernel", 3, MAX_WINDOW, help="height and width of a kernel"),
            size("stride", 1, MAX_WINDOW, help="how far the kernel moves down and right"),
            size(
                "padding", "valid", MAX_WINDOW, minimum=0, choices=("valid", "same"),
                help="zeros around the images: valid none, same as many as keep the size at stride 1",
            ),
            flag("bias", True, "add a bias to every map"),
        ),
        {
            "activation": Choice("linear"),
            "initializer": Choice("glorot_uniform"),
            "bias_initializer": Choice("zeros"),
        },
        is_affine=True, reads=_reads, formula="a = \\phi(W * x + b)",
        source="LeCun et al. 1998; a cross-correlation, as in every library",
        stem="conv", begins={"activation": Choice("relu")}, family="images",
    )
)  # fmt: skip
