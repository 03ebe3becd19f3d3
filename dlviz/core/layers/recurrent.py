"""What all recurrent layers have in common: their settings, shapes, limits and parameters.

They read sequences (steps, features), so a row of the data holds all features of the first step, then those of
the second; they return the last state (units,) or the states of all steps (steps, units).
"""

from collections.abc import Iterator, Mapping

from dlviz.core.activations import resolve
from dlviz.core.choice import Choice
from dlviz.core.errors import ShapeError, SpecError, as_list
from dlviz.core.hyper import choice, flag, integer
from dlviz.core.initializers import Fan
from dlviz.core.layers.kind import ParameterSpec, Shape, layers
from dlviz.core.network import LayerSpec

MAX_UNITS = 4096
MAX_STEPS = 1000
MAX_STATES = 65_536  # numbers in the states of one example: every one is kept for the way back

SETTINGS = (
    integer("units", 1, minimum=1, maximum=MAX_UNITS, help="number of units"),
    choice("return", "last", ("last", "sequence"), "what is passed on: the last state, or the states of all steps"),
    flag("bias", True, "add a bias to every sum"),
    choice("initial_state", "zeros", ("zeros", "learned"), "where the state starts: at zeros, or at parameters"),
    choice(
        "truncation", "none", ("none", "block", "window"),
        "how far errors go back in time: to the start, to the start of their block, or over a window of steps",
    ),
    integer("truncation_steps", 10, minimum=1, maximum=MAX_STEPS, unit="steps", help="steps of a block or window"),
)  # fmt: skip

CHOICES = {
    "activation": Choice("tanh"),
    "initializer": Choice("glorot_uniform"),
    "recurrent_initializer": Choice("glorot_uniform"),
    "bias_initializer": Choice("zeros"),
}
BEGINS = {"units": 4}
GATED = CHOICES | {"recurrent_activation": Choice("sigmoid")}


def output_shape(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Shape:
    """Return (units,), or (steps, units) where all states are passed on.

    Raises: ShapeError unless the input is (steps, features) within the limits; SpecError for an activation
    that is not elementwise or draws random numbers.
    """
    kind = layers.get(layer.kind)
    if len(inputs[0]) != 2:
        raise ShapeError(
            f"Expected a sequence of shape (steps, features). Received: shape={as_list(inputs[0])}",
            "Give the input a shape such as [10, 1], or let the recurrent layer before return its sequence.",
            layer.id,
        )
    steps, units = inputs[0][0], int(kind.option(layer, "units"))
    if steps > MAX_STEPS:
        raise ShapeError(f"Expected at most {MAX_STEPS} time steps. Received: {steps}", "Cut the sequence.", layer.id)
    if steps * units > MAX_STATES:
        raise ShapeError(
            f"Expected at most {MAX_STATES} states, steps times units. Received: {steps * units}",
            "Take fewer units or shorter sequences.",
            layer.id,
        )
    for name in ("activation", "recurrent_activation"):
        if name in kind.choices:
            _refuse_others(layer, kind.option(layer, name))
    return (steps, units) if kind.option(layer, "return") == "sequence" else (units,)


def _refuse_others(layer: LayerSpec, chosen: Choice) -> None:
    entry, _ = resolve(chosen, layer.id)
    if not entry.is_elementwise or entry.draws:
        raise SpecError(
            f"Expected an activation of every unit alone, without chance. Received: {chosen.kind}",
            "Choose tanh, or put the activation into a layer of its own behind this one.",
            layer.id,
        )


def time_nodes(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Mapping[str, Shape]:
    """Name the states of all time steps: `id.t1`, `id.t2`, …, each (units,)."""
    units = int(layers.get(layer.kind).option(layer, "units"))
    return {f"{layer.id}.t{t}": (units,) for t in range(1, inputs[0][0] + 1)}


def matrix(layer: LayerSpec, inputs: tuple[Shape, ...], name: str, n_gates: int, block: str) -> ParameterSpec:
    """Return W (n_gates units, features) or U (n_gates units, units); every gate starts as a matrix of its own."""
    kind = layers.get(layer.kind)
    units = int(kind.option(layer, "units"))
    width = inputs[0][1] if name == "W" else units
    initializer = kind.option(layer, "initializer" if name == "W" else "recurrent_initializer")
    fan = Fan(width, units)
    return ParameterSpec(f"{layer.id}.{name}", layer.id, (n_gates * units, width), fan, initializer, block)


def bias(layer: LayerSpec, inputs: tuple[Shape, ...], name: str, n_gates: int, block: str) -> tuple[ParameterSpec, ...]:
    """Return the bias (n_gates units,), or nothing where the layer has none."""
    kind = layers.get(layer.kind)
    if not kind.option(layer, "bias"):
        return ()
    units = int(kind.option(layer, "units"))
    fan, initializer = Fan(inputs[0][1], units), kind.option(layer, "bias_initializer")
    return (ParameterSpec(f"{layer.id}.{name}", layer.id, (n_gates * units,), fan, initializer, block),)


def starts(layer: LayerSpec, names: tuple[str, ...]) -> Iterator[ParameterSpec]:
    """Give the initial states (units,) that are learned; they start at zeros."""
    kind = layers.get(layer.kind)
    units = int(kind.option(layer, "units"))
    if kind.option(layer, "initial_state") == "learned":
        for name in names:
            yield ParameterSpec(f"{layer.id}.{name}", layer.id, (units,), Fan(units, units), Choice("zeros"))
