"""Layer normalisation: the features of every example get mean 0 and variance 1 (Ba, Kiros & Hinton 2016)."""

from typing import TYPE_CHECKING

from dlviz.core.array import Array, Calls
from dlviz.core.instruction import Instruction
from dlviz.core.layers import normalise
from dlviz.core.layers.kind import LayerKind, ParameterSpec, Shape, layers
from dlviz.core.layers.passing import pass_on
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering


def _output_shape(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Shape:
    return inputs[0]


def _parameters(layer: LayerSpec, inputs: tuple[Shape, ...]) -> tuple[ParameterSpec, ...]:
    return normalise.scale_and_shift_parameters(layer, inputs[0])


def _row(b: "Buffers", layer: LayerSpec, short: str) -> Array:
    """Return a recorded array with one number for each example, (1, n)."""
    return b.per_example(f"{layer.id}.{short}")


def _forward(lowering: "Lowering", layer: LayerSpec) -> None:
    _mean(lowering, layer)
    _variance(lowering, layer)
    _normalise(lowering, layer)
    if normalise.has_scale(layer):
        normalise.add_scale_and_shift(lowering, layer)


def _mean(lowering: "Lowering", layer: LayerSpec) -> None:
    source = lowering.sources(layer)[0]

    def emit(b: "Buffers") -> Calls:
        values = b.activation(source)
        return normalise.Averages(b.workspace, values.shape, 0).mean(values, _row(b, layer, "mean"))

    formula = f"μ{lowering.number(layer.id)} = mean of {lowering.symbol(source)} over the features"
    slots = (lowering.slot(source),), (f"{layer.id}.mean",)
    lowering.add(Instruction("forward", layer.id, "feature_mean", formula, *slots, emit))


def _variance(lowering: "Lowering", layer: LayerSpec) -> None:
    source, name = lowering.sources(layer)[0], normalise.slot(layer)

    def emit(b: "Buffers") -> Calls:
        values, centred = b.activation(source), b[name]
        squares = b.like(centred)
        return (
            (b.xp.subtract, (values, _row(b, layer, "mean"), centred)),
            (b.xp.multiply, (centred, centred, squares)),
            *normalise.Averages(b.workspace, values.shape, 0).mean(squares, _row(b, layer, "var")),
        )

    number, symbol = lowering.number(layer.id), lowering.symbol(source)
    formula = f"v{number} = mean of ({symbol} − μ{number})²"
    slots = (lowering.slot(source), f"{layer.id}.mean"), (f"{layer.id}.var",)
    lowering.add(Instruction("forward", layer.id, "feature_variance", formula, *slots, emit))


def _normalise(lowering: "Lowering", layer: LayerSpec) -> None:
    """Add the step ẑ = (a − μ) / √(v + ε); the step before left a − μ in its place."""
    source, name, eps = lowering.sources(layer)[0], normalise.slot(layer), LAYER_NORM.option(layer, "eps")

    def emit(b: "Buffers") -> Calls:
        inverse, centred = _row(b, layer, "inverse_deviation"), b[name]
        calls = normalise.inverse_deviation(b.workspace, _row(b, layer, "var"), eps, inverse)
        return (*calls, (b.xp.multiply, (centred, inverse, centred)))

    number, z_hat = lowering.number(layer.id), normalise.letter(lowering, layer)
    reads = (lowering.slot(source), f"{layer.id}.mean", f"{layer.id}.var")
    formula = f"{z_hat} = ({lowering.symbol(source)} − μ{number}) / √(v{number} + ε)"
    lowering.add(Instruction("forward", layer.id, "normalise", formula, reads, (name,), emit))


def _backward(lowering: "Lowering", layer: LayerSpec) -> None:
    if normalise.has_scale(layer):
        normalise.add_scale_and_shift_gradient(lowering, layer, lowering.adds_to_block(layer.owner))
    if lowering.wants_gradient(lowering.sources(layer)[0]):
        _input_gradient(lowering, layer)


def _input_gradient(lowering: "Lowering", layer: LayerSpec) -> None:
    number, has_scale = lowering.number(layer.id), normalise.has_scale(layer)
    z_hat = normalise.letter(lowering, layer)
    gamma = (f"{layer.owner}.gamma",) if has_scale else ()
    g = f"γ{lowering.number(layer.owner)} ⊙ δ{number}" if has_scale else f"δ{number}"
    right = f"1 / √(v{number} + ε) ⊙ (g − mean g − {z_hat} ⊙ mean(g ⊙ {z_hat})), g = {g}"
    reads = (f"{layer.id}.dz", normalise.slot(layer), f"{layer.id}.var", *gamma)

    def compute(b: "Buffers", out: Array) -> Calls:
        return _through_features(b, layer, out)

    pass_on(lowering, layer, "normalise_backward", right, reads, compute)


def _through_features(b: "Buffers", layer: LayerSpec, out: Array) -> Calls:
    delta, normal = b[f"{layer.id}.dz"], b[normalise.slot(layer)]
    calls, g = _scaled(b, layer, delta)
    averages, products = normalise.Averages(b.workspace, out.shape, 0), b.like(out)
    of_products, of_errors = b.workspace.zeros(1, b.columns), b.workspace.zeros(1, b.columns)
    return (
        *calls,
        (b.xp.multiply, (g, normal, products)),
        *averages.mean(products, of_products),
        *averages.mean(g, of_errors),
        (b.xp.multiply, (normal, of_products, products)),
        (b.xp.subtract, (g, products, out)),
        (b.xp.subtract, (out, of_errors, out)),
        (b.xp.multiply, (out, _row(b, layer, "inverse_deviation"), out)),
    )


def _scaled(b: "Buffers", layer: LayerSpec, delta: Array) -> tuple[Calls, Array]:
    if not normalise.has_scale(layer):
        return (), delta
    g = b.like(delta)
    return ((b.xp.multiply, (normalise.column(b.parameter(f"{layer.owner}.gamma")), delta, g)),), g


LAYER_NORM = layers.add(
    LayerKind(
        "layer_norm", "Layer norm", _output_shape, _forward, _backward, _parameters,
        (normalise.EPS, normalise.AFFINE),
        normalise.CHOICES,
        formula=normalise.FORMULA,
        source="Ba, Kiros & Hinton 2016, eq. 4", stem="norm", family="noise and norms",
    )
)  # fmt: skip
