"""Batch normalisation: every feature gets mean 0 and variance 1 over the batch (Ioffe & Szegedy 2015)."""

import math
from typing import TYPE_CHECKING

from dlviz.core.array import Array, Calls
from dlviz.core.errors import ShapeError, as_list
from dlviz.core.hyper import choice, floating
from dlviz.core.initializers import Fan
from dlviz.core.instruction import Instruction
from dlviz.core.layers import normalise
from dlviz.core.layers.batch_gradient import Way, add_input_gradient, inverse
from dlviz.core.layers.kind import LayerKind, ParameterSpec, Shape, layers
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering


def _output_shape(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Shape:
    if len(inputs[0]) not in (1, 3):
        raise ShapeError(
            f"Expected features (d) or images (channels, height, width). Received: shape={as_list(inputs[0])}",
            "Layer norm takes any shape.",
            layer.id,
        )
    return inputs[0]


def _parameters(layer: LayerSpec, inputs: tuple[Shape, ...]) -> tuple[ParameterSpec, ...]:
    own, shape = layer.id, inputs[0][:1]
    running = tuple(
        ParameterSpec(f"{own}.running_{name}", own, shape, Fan(1, 1), start, is_trainable=False)
        for name, start in (("mean", normalise.ZEROS), ("var", normalise.ONES))
    )
    return (*normalise.scale_and_shift_parameters(layer, shape), *running)


def _forward(lowering: "Lowering", layer: LayerSpec) -> None:
    if lowering.training:
        _batch_mean(lowering, layer)
        _batch_variance(lowering, layer)
        _normalise(lowering, layer)
        if lowering.updates_statistics:
            _running_statistics(lowering, layer)
    else:
        _normalise_in_use(lowering, layer)
    if normalise.has_scale(layer):
        normalise.add_scale_and_shift(lowering, layer)


def _rows(lowering: "Lowering", layer: LayerSpec) -> int:
    return lowering.nodes[layer.id][0]


def _read(b: "Buffers", layer: LayerSpec, node: str, rows: int) -> tuple[Calls, Array]:
    """Return what the layer reads with a row for each channel, (rows, columns), and the calls that put it there."""
    values = b.activation(node)
    if len(values) == rows:
        return (), values
    if values.flags.c_contiguous:
        return (), values.reshape(rows, -1)
    # Images that are data lie by examples: their axes can be joined only in a copy.
    copy = b[f"{layer.id}.read"]
    return ((b.xp.copyto, (copy, values)),), copy.reshape(rows, -1)


def _batch_mean(lowering: "Lowering", layer: LayerSpec) -> None:
    source, rows = lowering.sources(layer)[0], _rows(lowering, layer)

    def emit(b: "Buffers") -> Calls:
        _check_batch(layer, (lowering.nodes[source],), b.columns)
        calls, values = _read(b, layer, source, rows)
        averages = normalise.Averages(b.workspace, values.shape, 1)
        return (*calls, *averages.mean(values, normalise.column(b.fixed(f"{layer.id}.mean", rows))))

    formula = f"μ{lowering.number(layer.id)} = mean of {lowering.symbol(source)} over the batch"
    slots = (lowering.slot(source),), (f"{layer.id}.mean",)
    lowering.add(Instruction("forward", layer.id, "batch_mean", formula, *slots, emit))


def _check_batch(layer: LayerSpec, inputs: tuple[Shape, ...], n: int) -> None:
    # A single number has no spread: z would be β for every example, and nothing below would learn.
    if n * math.prod(inputs[0][1:]) == 1:
        raise ShapeError(
            "Expected at least 2 examples in every batch to normalise over. Received: a batch of 1",
            "Choose another batch size, or layer norm, which needs no other examples.",
            layer.id,
        )


def _batch_variance(lowering: "Lowering", layer: LayerSpec) -> None:
    source, rows, name = lowering.sources(layer)[0], _rows(lowering, layer), normalise.slot(layer)

    def emit(b: "Buffers") -> Calls:
        _, values = _read(b, layer, source, rows)
        mean, variance = (normalise.column(b.fixed(f"{layer.id}.{each}", rows)) for each in ("mean", "var"))
        centred, squares = b[name].reshape(rows, -1), b.like(values)
        return (
            (b.xp.subtract, (values, mean, centred)),
            (b.xp.multiply, (centred, centred, squares)),
            *normalise.Averages(b.workspace, values.shape, 1).mean(squares, variance),
        )

    number, symbol = lowering.number(layer.id), lowering.symbol(source)
    formula = f"v{number} = mean of ({symbol} − μ{number})²"
    slots = (lowering.slot(source), f"{layer.id}.mean"), (f"{layer.id}.var",)
    lowering.add(Instruction("forward", layer.id, "batch_variance", formula, *slots, emit))


def _normalise(lowering: "Lowering", layer: LayerSpec) -> None:
    """Add the step ẑ = (a − μ) / √(v + ε); the step before left a − μ in its place."""
    source, rows, name = lowering.sources(layer)[0], _rows(lowering, layer), normalise.slot(layer)
    z_hat = normalise.letter(lowering, layer)
    eps = BATCH_NORM.option(layer, "eps")

    def emit(b: "Buffers") -> Calls:
        centred, factor = b[name].reshape(rows, -1), inverse(b, layer, rows)
        variance = normalise.column(b.fixed(f"{layer.id}.var", rows))
        calls = normalise.inverse_deviation(b.workspace, variance, eps, factor)
        return (*calls, (b.xp.multiply, (centred, factor, centred)))

    number = lowering.number(layer.id)
    reads = (lowering.slot(source), f"{layer.id}.mean", f"{layer.id}.var")
    formula = f"{z_hat} = ({lowering.symbol(source)} − μ{number}) / √(v{number} + ε)"
    lowering.add(Instruction("forward", layer.id, "normalise", formula, reads, (name,), emit))


def _normalise_in_use(lowering: "Lowering", layer: LayerSpec) -> None:
    """Add the step of a network in use, which reads the running statistics."""
    source, rows, name = lowering.sources(layer)[0], _rows(lowering, layer), normalise.slot(layer)
    own = layer.owner
    running = f"{own}.running_mean", f"{own}.running_var"
    eps, z_hat = BATCH_NORM.option(layer, "eps"), normalise.letter(lowering, layer)

    def emit(b: "Buffers") -> Calls:
        calls, values = _read(b, layer, source, rows)
        mean, variance = (normalise.column(b.memory.view("theta", each)) for each in running)
        normal, factor = b[name].reshape(rows, -1), inverse(b, layer, rows)
        return (
            *calls,
            *normalise.inverse_deviation(b.workspace, variance, eps, factor),
            (b.xp.subtract, (values, mean, normal)),
            (b.xp.multiply, (normal, factor, normal)),
        )

    shared = lowering.number(own)
    formula = f"{z_hat} = ({lowering.symbol(source)} − μ̄{shared}) / √(v̄{shared} + ε)"
    reads = (lowering.slot(source), *running)
    lowering.add(Instruction("forward", layer.id, "normalise_in_use", formula, reads, (name,), emit))


def _running_statistics(lowering: "Lowering", layer: LayerSpec) -> None:
    """Add the step that moves the running statistics, which a network in use reads, towards those of the batch."""
    own, kept = layer.owner, _kept(layer)
    size = _size(lowering, layer)

    def emit(b: "Buffers") -> Calls:
        m = size * b.columns
        unbias = m / (m - 1) if BATCH_NORM.option(layer, "running_variance") == "unbiased" else 1.0
        return (*_moved(b, layer, "mean", kept, 1 - kept), *_moved(b, layer, "var", kept, (1 - kept) * unbias))

    number, shared = lowering.number(layer.id), lowering.number(own)
    formula = f"μ̄{shared} ← {kept:g} μ̄{shared} + {1 - kept:.12g} μ{number}, v̄{shared} likewise"
    means, variances = (f"{layer.id}.mean", f"{own}.running_mean"), (f"{layer.id}.var", f"{own}.running_var")
    writes = means[1], variances[1]
    lowering.add(Instruction("forward", layer.id, "running_statistics", formula, (*means, *variances), writes, emit))


def _moved(b: "Buffers", layer: LayerSpec, name: str, kept: float, taken: float) -> Calls:
    # Not the vector that an optimizer looks ahead in: statistics are seen, not learnt.
    running, own = b.memory.view("theta", f"{layer.owner}.running_{name}"), b.fixed(f"{layer.id}.{name}")
    share = b.like(own)
    return (
        (b.xp.multiply, (running, b.workspace.constant(kept), running)),
        (b.xp.multiply, (own, b.workspace.constant(taken), share)),
        (b.xp.add, (running, share, running)),
    )


def _kept(layer: LayerSpec) -> float:
    momentum = float(BATCH_NORM.option(layer, "momentum"))
    return momentum if BATCH_NORM.option(layer, "momentum_is") == "kept" else 1 - momentum


def _size(lowering: "Lowering", layer: LayerSpec) -> int:
    """Return how many numbers of one example share their statistics."""
    return math.prod(lowering.nodes[layer.id][1:])


def _backward(lowering: "Lowering", layer: LayerSpec) -> None:
    adds = normalise.has_scale(layer) and lowering.adds_to_block(layer.owner)
    if normalise.has_scale(layer):
        normalise.add_scale_and_shift_gradient(lowering, layer, adds)
    if lowering.wants_gradient(lowering.sources(layer)[0]):
        add_input_gradient(lowering, Way(layer, _rows(lowering, layer), adds, lowering.training))


BATCH_NORM = layers.add(
    LayerKind(
        "batch_norm", "Batch norm", _output_shape, _forward, _backward, _parameters,
        (
            normalise.EPS,
            floating(
                "momentum", 0.9, minimum=0, maximum=1,
                help="share of the running statistics that is kept; PyTorch's momentum is 1 − this",
            ),
            choice(
                "momentum_is", "kept", ("kept", "taken"),
                "kept: the share of the old running statistics (Keras); taken: that of the batch (PyTorch)",
            ),
            choice(
                "running_variance", "biased", ("biased", "unbiased"),
                "the running variance follows v of the batch (Keras) or v·m/(m − 1) (PyTorch, the paper)",
            ),
            normalise.AFFINE,
        ),
        normalise.CHOICES,
        check_batch=_check_batch, is_affine=True,
        formula=normalise.FORMULA,
        source="Ioffe & Szegedy 2015, algorithms 1 and 2", stem="norm", family="noise and norms",
    )
)  # fmt: skip
