"""Dropout: in training every unit is left out with a probability (Srivastava et al. 2014)."""

from typing import TYPE_CHECKING

from dlviz.core.array import Array, Calls
from dlviz.core.hyper import choice, floating
from dlviz.core.instruction import Instruction
from dlviz.core.layers.kind import LayerKind, Shape, layers
from dlviz.core.layers.passing import pass_on
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering

FORMS = ("inverted", "classic")


def _output_shape(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Shape:
    return inputs[0]


def _forward(lowering: "Lowering", layer: LayerSpec) -> None:
    if lowering.training:
        _draw_mask(lowering, layer)
        _apply_mask(lowering, layer)
    else:
        _use(lowering, layer)


def _draw_mask(lowering: "Lowering", layer: LayerSpec) -> None:
    """Add the step that draws which units stay; the mask holds 1 for them and 0 for the others."""
    rate, noise, mask = DROPOUT.option(layer, "rate"), f"{layer.id}.u", f"{layer.id}.mask"

    def emit(b: "Buffers") -> Calls:
        drawn, kept, factors = b[noise], b[mask], _factors(b, layer)
        scale = b.workspace.constant(_scale_in_training(layer))
        # u ≥ p and not u < 1 − p: rounded to float32 a number may be 1, and rate 0 leaves no unit out.
        calls = [(b.draw(mask, drawn), ()), (b.xp.greater_equal, (drawn, b.workspace.constant(rate), kept))]
        return calls if factors is kept else [*calls, (b.xp.multiply, (kept, scale, factors))]

    number = lowering.number(layer.id)
    formula = f"m{number} = 1 where u{number} ≥ {rate:g} else 0"
    lowering.add(Instruction("forward", layer.id, "dropout_mask", formula, (), (noise, mask), emit))


def _apply_mask(lowering: "Lowering", layer: LayerSpec) -> None:
    source = lowering.sources(layer)[0]

    def emit(b: "Buffers") -> Calls:
        return ((b.xp.multiply, (b.activation(source), _factors(b, layer), b.activation(layer.id))),)

    formula = f"{lowering.symbol(layer.id)} = {_masked(lowering, layer)} ⊙ {lowering.symbol(source)}"
    reads = (lowering.slot(source), f"{layer.id}.mask")
    lowering.add(Instruction("forward", layer.id, "dropout", formula, reads, (f"{layer.id}.a",), emit))


def _use(lowering: "Lowering", layer: LayerSpec) -> None:
    """Add the step of a network in use: nothing is left out, and classic dropout scales instead."""
    source, scale = lowering.sources(layer)[0], _scale_in_use(layer)

    def emit(b: "Buffers") -> Calls:
        return ((b.xp.multiply, (b.activation(source), b.workspace.constant(scale), b.activation(layer.id))),)

    formula = f"{lowering.symbol(layer.id)} = {_front(scale)}{lowering.symbol(source)}"
    slots = (lowering.slot(source),), (f"{layer.id}.a",)
    lowering.add(Instruction("forward", layer.id, "dropout_in_use", formula, *slots, emit))


def _backward(lowering: "Lowering", layer: LayerSpec) -> None:
    if not lowering.wants_gradient(lowering.sources(layer)[0]):
        return
    is_masked, scale, da = lowering.training, _scale_in_use(layer), f"{layer.id}.da"
    front = f"{_masked(lowering, layer)} ⊙ " if is_masked else _front(scale)

    def scaled(b: "Buffers", out: Array) -> Calls:
        factors = _factors(b, layer) if is_masked else b.workspace.constant(scale)
        return ((b.xp.multiply, (b.gradient(layer.id), factors, out)),)

    reads = (da, f"{layer.id}.mask") if is_masked else (da,)
    pass_on(lowering, layer, "dropout_backward", f"{front}∂L/∂{lowering.symbol(layer.id)}", reads, scaled)


def _front(scale: float) -> str:
    return "" if scale == 1 else f"{scale:g} · "


def _factors(b: "Buffers", layer: LayerSpec) -> Array:
    """Return what multiplies every unit: the mask, or the mask scaled up."""
    return b[f"{layer.id}.mask"] if _scale_in_training(layer) == 1 else b[f"{layer.id}.factors"]


def _masked(lowering: "Lowering", layer: LayerSpec) -> str:
    rate, number = DROPOUT.option(layer, "rate"), lowering.number(layer.id)
    return f"m{number}" if _scale_in_training(layer) == 1 else f"m{number} / (1 − {rate:g})"


def _scale_in_training(layer: LayerSpec) -> float:
    is_inverted = DROPOUT.option(layer, "form") == "inverted"
    return 1 / (1 - float(DROPOUT.option(layer, "rate"))) if is_inverted else 1.0


def _scale_in_use(layer: LayerSpec) -> float:
    return 1.0 if DROPOUT.option(layer, "form") == "inverted" else 1 - float(DROPOUT.option(layer, "rate"))


DROPOUT = layers.add(
    LayerKind(
        "dropout", "Dropout", _output_shape, _forward, _backward,
        settings=(
            floating(
                "rate", 0.5, minimum=0, maximum=1, is_open_maximum=True,
                help="probability that a unit is left out; the probability to keep it is 1 − rate",
            ),
            choice(
                "form", "inverted", FORMS,
                "inverted: scaled by 1/(1 − rate) in training; classic: by 1 − rate when in use",
            ),
        ),
        draws=True, is_affine=True, formula=r"a = \frac{m}{1 - p} \odot x",
        source="Srivastava et al. 2014, sec. 4 and 10", stem="drop", family="noise and norms",
    )
)  # fmt: skip
