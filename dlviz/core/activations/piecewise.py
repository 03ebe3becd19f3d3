"""Activations made of straight lines: identity, step, rectifiers, and the line that saturates."""

from dlviz.core.activations.kind import Activation, FromValue, Settings, activations
from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.hyper import choice, floating


def _linear_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    return ()


def _linear_backward(w: Workspace, s: Settings, z: Array, a: Array, da: Array, dz: Array) -> Calls:
    return ((w.xp.copyto, (dz, da)),)


def _step_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    compare = w.xp.greater_equal if s["at_zero"] == "1" else w.xp.greater
    fires = (compare, (z, w.constant(s["threshold"]), a))
    if s["values"] == "zero_one":
        return (fires,)
    return fires, (w.xp.multiply, (a, w.constant(2), a)), (w.xp.subtract, (a, w.constant(1), a))


def _step_backward(w: Workspace, s: Settings, z: Array, a: Array, da: Array, dz: Array) -> Calls:
    return ((dz.fill, (0,)),)


def _relu_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    # Against a whole array of zeros: a 0-d operand takes the slow loop here.
    return (w.maximum(z, w.like(z), a),)


def _relu_backward(w: Workspace, s: Settings, z: Array, a: Array, da: Array, dz: Array) -> Calls:
    compare = w.xp.greater_equal if s["slope_at_zero"] == "1" else w.xp.greater
    is_on = w.xp.zeros(z.shape, dtype=bool)
    # Copying the mask first is faster than a product of numbers and booleans.
    return (compare, (z, w.like(z), is_on)), (w.xp.copyto, (dz, is_on)), (w.xp.multiply, (da, dz, dz))


def _leaky_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    return ((w.xp.multiply, (z, w.constant(s["slope"]), a)), w.maximum(z, a, a))


def _leaky_backward(w: Workspace, s: Settings, z: Array, a: Array, da: Array, dz: Array) -> Calls:
    compare = w.xp.greater_equal if s["slope_at_zero"] == "1" else w.xp.greater
    # max(1[z>0], slope) is the slope itself, because slope < 1.
    return (
        (compare, (z, w.constant(0), dz)),
        w.maximum(dz, w.full(dz, s["slope"]), dz),
        (w.xp.multiply, (da, dz, dz)),
    )


def _saturating_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    return (
        (w.xp.multiply, (z, w.constant(s["slope"]), a)),
        (w.xp.add, (a, w.constant(0.5), a)),
        w.maximum(a, w.like(a), a),
        w.minimum(a, w.full(a, 1), a),
    )


def _saturating_slope(w: Workspace, s: Settings, a: Array, out: Array) -> Calls:
    is_below = w.xp.zeros(a.shape, dtype=bool)
    return (
        (w.xp.less, (a, w.constant(1), is_below)),
        (w.xp.greater, (a, w.constant(0), out)),
        (w.xp.multiply, (out, is_below, out)),
        (w.xp.multiply, (out, w.constant(s["slope"]), out)),
    )


def _at_zero(settings: Settings) -> tuple[float, ...]:
    return (0.0,)


activations.add(
    Activation(
        "linear", "Linear", "", "z", "1", _linear_forward, _linear_backward,
        is_alias=True, source="Widrow & Hoff 1960: the sum of an adaptive linear neuron",
    )
)  # fmt: skip
activations.add(
    Activation(
        "step", "Step", "θ", r"\begin{cases}1 & z \ge \theta\\0 & \text{else}\end{cases}", "0",
        _step_forward, _step_backward,
        (
            floating("threshold", 0.0, help="the pre-activation at which the unit fires"),
            choice("at_zero", "1", ("0", "1"), "whether it fires exactly at the threshold"),
            choice("values", "zero_one", ("zero_one", "plus_minus_one"), "the two values: 0 and 1, or −1 and 1"),
        ),
        0.0, 1.0, has_gradient=False,
        bounds=lambda s: (0.0 if s["values"] == "zero_one" else -1.0, 1.0),
        kinks=lambda s: (float(s["threshold"]),), source="McCulloch & Pitts 1943",
    )
)  # fmt: skip
activations.add(
    Activation(
        "relu", "ReLU", "relu", r"\max(0, z)", r"1\text{ if }z>0\text{ else }0", _relu_forward, _relu_backward,
        (choice("slope_at_zero", "0", ("0", "1"), "the derivative used exactly at zero"),),
        0.0, kinks=_at_zero, source="Nair & Hinton 2010",
    )
)  # fmt: skip
activations.add(
    Activation(
        "leaky_relu", "Leaky ReLU", "leaky", r"\max(\alpha z, z)", r"1\text{ if }z>0\text{ else }\alpha",
        _leaky_forward, _leaky_backward,
        (
            floating("slope", 0.01, minimum=0, maximum=1, is_open_maximum=True, help="slope α for negative z"),
            choice("slope_at_zero", "slope", ("slope", "1"), "the derivative used exactly at zero: α or 1"),
        ),
        kinks=_at_zero, source="Maas et al. 2013",
    )
)  # fmt: skip
activations.add(
    Activation(
        # Haykin prints v instead of v + 1/2 for the middle piece, which would jump at both ends.
        "piecewise_linear", "Piecewise linear", "φ",
        r"\min\left(1, \max\left(0, \alpha z + \tfrac{1}{2}\right)\right)", r"\alpha\text{ if }0<a<1\text{ else }0",
        _saturating_forward, FromValue(_saturating_slope),
        (floating("slope", 1.0, minimum=0, is_open_minimum=True, maximum=100, help="slope α of the middle piece"),),
        0.0, 1.0, kinks=lambda s: (-0.5 / s["slope"], 0.5 / s["slope"]), source="Haykin 1999, eq. 1.9",
    )
)  # fmt: skip
