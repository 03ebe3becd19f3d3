"""Activations that squeeze any number into a range: sigmoid and tanh."""

from dlviz.core.activations.kind import Activation, FromValue, Settings, activations
from dlviz.core.array import Array, Call, Calls, Workspace
from dlviz.core.hyper import Hyper, floating


def sigmoid_calls(w: Workspace, slope: float, z: Array, out: Array) -> Calls:
    """Return the calls that write 1 / (1 + exp(−slope z))."""
    return (
        (w.xp.multiply, (z, w.constant(-slope), out)),
        (w.xp.exp, (out, out)),
        (w.xp.add, (out, w.constant(1), out)),
        (w.xp.reciprocal, (out, out)),
    )


def _sigmoid_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    return sigmoid_calls(w, s["slope"], z, a)


def _sigmoid_slope(w: Workspace, s: Settings, a: Array, out: Array) -> Calls:
    calls = [(w.xp.subtract, (w.constant(1), a, out)), (w.xp.multiply, (out, a, out))]
    return _steeper(w, s, calls, out)


def _tanh_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    if s["slope"] == 1:
        return ((w.xp.tanh, (z, a)),)
    return (w.xp.multiply, (z, w.constant(s["slope"]), a)), (w.xp.tanh, (a, a))


def _tanh_slope(w: Workspace, s: Settings, a: Array, out: Array) -> Calls:
    calls = [(w.xp.multiply, (a, a, out)), (w.xp.subtract, (w.constant(1), out, out))]
    return _steeper(w, s, calls, out)


def _steeper(w: Workspace, s: Settings, calls: list[Call], out: Array) -> Calls:
    """Multiply by the slope setting, where it is not 1."""
    return calls if s["slope"] == 1 else [*calls, (w.xp.multiply, (out, w.constant(s["slope"]), out))]


def _slope(help: str) -> Hyper:
    return floating("slope", 1.0, minimum=0, is_open_minimum=True, maximum=100, help=help)


activations.add(
    Activation(
        "sigmoid", "Sigmoid", "σ", r"\frac{1}{1 + e^{-\alpha z}}", r"\alpha a(1 - a)",
        _sigmoid_forward, FromValue(_sigmoid_slope), (_slope("steepness α of 1/(1+exp(−α z))"),),
        0.0, 1.0, source="logistic function; Haykin 2009, eq. 4.30",
        derivation=(
            r"\frac{d}{dz} \left(1 + e^{-\alpha z}\right)^{-1}",
            r"-\left(1 + e^{-\alpha z}\right)^{-2} \cdot \left(-\alpha e^{-\alpha z}\right)",
            r"\alpha \cdot \frac{1}{1 + e^{-\alpha z}} \cdot \frac{e^{-\alpha z}}{1 + e^{-\alpha z}}",
            r"\alpha \cdot \frac{1}{1 + e^{-\alpha z}} \cdot \left(1 - \frac{1}{1 + e^{-\alpha z}}\right)",
            r"\alpha\,\sigma(z)\left(1 - \sigma(z)\right)",
        ),
    )
)  # fmt: skip
activations.add(
    Activation(
        "tanh", "Tanh", "tanh", r"\tanh(\alpha z)", r"\alpha(1 - a^2)", _tanh_forward, FromValue(_tanh_slope),
        (_slope("steepness α of tanh(α z)"),), low=-1.0, high=1.0, source="LeCun et al. 1998",
        derivation=(
            r"\frac{d}{dz} \frac{\sinh \alpha z}{\cosh \alpha z}",
            r"\alpha\,\frac{\cosh^2 \alpha z - \sinh^2 \alpha z}{\cosh^2 \alpha z}",
            r"\alpha\left(1 - \frac{\sinh^2 \alpha z}{\cosh^2 \alpha z}\right)",
            r"\alpha\left(1 - \tanh^2 \alpha z\right)",
        ),
    )
)  # fmt: skip
