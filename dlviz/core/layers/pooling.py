"""Pooling: every window of a map becomes one number, its largest or its mean."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Call, Calls
from dlviz.core.hyper import size
from dlviz.core.instruction import Instruction
from dlviz.core.layers.kind import LayerKind, Shape, layers
from dlviz.core.layers.windows import MAX_WINDOW, Windows, spread, windows
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering

SETTINGS = (
    size("size", 2, MAX_WINDOW, help="height and width of a window"),
    size("stride", "size", MAX_WINDOW, choices=("size",), help="how far a window moves; size: they lie side by side"),
)

Share = Callable[[int, int], tuple[Calls, Array]]
EmitShares = Callable[["Buffers", LayerSpec, Windows], Share]
EmitOn = Callable[["Buffers", LayerSpec, str, Windows], Calls]


def windows_of(layer: LayerSpec, shape: Shape) -> Windows:
    """Return where the windows of a pooling layer lie on images of a shape. Raises: ShapeError."""
    kind = layers.get(layer.kind)
    return windows(shape, layer.id, kind.option(layer, "size"), kind.option(layer, "stride"))


def _output_shape(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Shape:
    plan = windows_of(layer, inputs[0])
    return (plan.image[0], *plan.count)


def _reads(layer: LayerSpec, shape: Shape, unit: int) -> NDArray[np.intp]:
    plan = windows_of(layer, shape)
    channel, window = divmod(unit, math.prod(plan.count))
    units: NDArray[np.intp] = plan.reads(*divmod(window, plan.count[1]))[channel].reshape(-1)
    return units


def _forward(lowering: "Lowering", layer: LayerSpec, word: str, writes: tuple[str, ...], calls: EmitOn) -> None:
    source = lowering.sources(layer)[0]
    plan = windows_of(layer, lowering.nodes[source])

    def emit(b: "Buffers") -> Calls:
        return calls(b, layer, source, plan)

    area = f"{plan.size[0]} × {plan.size[1]}"
    formula = f"{lowering.symbol(layer.id)} = {word} over {area} of {lowering.symbol(source)}"
    lowering.add(Instruction("forward", layer.id, layer.kind, formula, (lowering.slot(source),), writes, emit))


def _max_forward(lowering: "Lowering", layer: LayerSpec) -> None:
    _forward(lowering, layer, "max", (f"{layer.id}.a", f"{layer.id}.argmax"), _largest)


def _mean_forward(lowering: "Lowering", layer: LayerSpec) -> None:
    _forward(lowering, layer, "mean", (f"{layer.id}.a",), _mean)


def _largest(b: "Buffers", layer: LayerSpec, source: str, plan: Windows) -> Calls:
    """Walk the cells of all windows and keep the largest so far and its number; the first one wins a tie."""
    images, best = b.tensor(source), b.tensor(layer.id)
    where = b.tensor(layer.id, b[f"{layer.id}.argmax"])
    is_larger = b.xp.zeros(best.shape, dtype=bool)
    (first, *others) = plan.cells()
    calls: list[Call] = [(b.xp.copyto, (best, plan.cell(images, *first))), (where.fill, (0,))]
    for number, place in enumerate(others, 1):
        cell = plan.cell(images, *place)
        calls += [
            (b.xp.greater, (cell, best, is_larger)),
            (b.xp.copyto, (where, b.workspace.constant(number), "same_kind", is_larger)),
            b.workspace.maximum(cell, best, best),
        ]
    return calls


def _mean(b: "Buffers", layer: LayerSpec, source: str, plan: Windows) -> Calls:
    images, mean = b.tensor(source), b.tensor(layer.id)
    (first, *others) = (plan.cell(images, *place) for place in plan.cells())
    count = b.workspace.constant(math.prod(plan.size))
    sums = [(b.xp.add, (mean, cell, mean)) for cell in others]
    return [(b.xp.copyto, (mean, first)), *sums, (b.xp.divide, (mean, count, mean))]


def _backward(lowering: "Lowering", layer: LayerSpec, reads: tuple[str, ...], which: str, shares: EmitShares) -> None:
    source = lowering.sources(layer)[0]
    if not lowering.wants_gradient(source):
        return
    plan, adds = windows_of(layer, lowering.nodes[source]), lowering.adds_to(source)

    def emit(b: "Buffers") -> Calls:
        return spread(b, source, plan, adds, shares(b, layer, plan))

    sign = "+=" if adds else "="
    formula = f"∂L/∂{lowering.symbol(source)} {sign} {which.format(f'∂L/∂{lowering.symbol(layer.id)}')}"
    op = f"{layer.kind}_backward"
    lowering.add(Instruction(
        "backward", layer.id, op, formula, (f"{layer.id}.da", *reads), (f"{source}.da",), emit
    ))  # fmt: skip


def _max_backward(lowering: "Lowering", layer: LayerSpec) -> None:
    _backward(lowering, layer, (f"{layer.id}.argmax",), "{} where the largest was, else 0", _to_the_largest)


def _mean_backward(lowering: "Lowering", layer: LayerSpec) -> None:
    area = math.prod(windows_of(layer, lowering.nodes[lowering.sources(layer)[0]]).size)
    _backward(lowering, layer, (), f"{{}} / {area} over each window", _to_all)


def _to_the_largest(b: "Buffers", layer: LayerSpec, plan: Windows) -> Share:
    gradient, where = (b.tensor(layer.id, each) for each in (b.gradient(layer.id), b[f"{layer.id}.argmax"]))
    is_there, part = b.xp.zeros(gradient.shape, dtype=bool), b.like(gradient)

    def share(row: int, column: int) -> tuple[Calls, Array]:
        number = b.workspace.constant(row * plan.size[1] + column)
        # Copying the mask first is faster than a product of numbers and booleans.
        return (
            (b.xp.equal, (where, number, is_there)),
            (b.xp.copyto, (part, is_there)),
            (b.xp.multiply, (part, gradient, part)),
        ), part

    return share


def _to_all(b: "Buffers", layer: LayerSpec, plan: Windows) -> Share:
    gradient = b.tensor(layer.id, b.gradient(layer.id))
    part, count = b.like(gradient), b.workspace.constant(math.prod(plan.size))

    def share(row: int, column: int) -> tuple[Calls, Array]:
        return ((b.xp.divide, (gradient, count, part)),) if row == column == 0 else (), part

    return share


layers.add(
    LayerKind(
        "max_pool", "Max pooling", _output_shape, _max_forward, _max_backward, settings=SETTINGS,
        reads=_reads, switches=lambda layer: (f"{layer.id}.argmax",),
        formula="a = \\max_{\\text{window}} x", source="Zhou & Chellappa 1988",
        stem="pool", family="images",
    )
)  # fmt: skip
layers.add(
    LayerKind(
        "avg_pool", "Average pooling", _output_shape, _mean_forward, _mean_backward, settings=SETTINGS,
        is_affine=True, reads=_reads, formula="a = \\frac{1}{|\\text{window}|} \\sum_{\\text{window}} x",
        source="LeCun et al. 1998", stem="pool", family="images",
    )
)  # fmt: skip
