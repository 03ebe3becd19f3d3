"""Smooth relatives of the rectifier: softplus, ELU, GELU and SiLU."""

import math
from functools import partial

from dlviz.core.activations.kind import Activation, FromValue, Settings, activations
from dlviz.core.activations.sigmoids import sigmoid_calls
from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.hyper import floating

SQRT_2_OVER_PI = math.sqrt(2 / math.pi)
GELU_CUBIC = 0.044715  # Hendrycks & Gimpel 2016, section 2
GELU_LOW = -0.170040750571254  # least value of the tanh form, at z = −0.7524614
SILU_LOW = -0.2784645427610738  # least value, at z = −1.2784645


def _softplus_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    return ((w.xp.logaddexp, (z, w.constant(0), a)),)


def _softplus_slope(w: Workspace, s: Settings, a: Array, out: Array) -> Calls:
    # σ(z) = 1 − e^(−a); expm1 keeps the digits of small slopes.
    return (w.xp.negative, (a, out)), (w.xp.expm1, (out, out)), (w.xp.negative, (out, out))


def _elu_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    low, zeros = w.like(z), w.like(z)
    return (
        w.minimum(z, zeros, low),
        (w.xp.expm1, (low, low)),
        (w.xp.multiply, (low, w.constant(s["alpha"]), low)),
        w.maximum(z, zeros, a),
        (w.xp.add, (a, low, a)),
    )


def _elu_slope(w: Workspace, s: Settings, a: Array, out: Array) -> Calls:
    is_positive = w.xp.zeros(a.shape, dtype=bool)
    return (
        (w.xp.greater, (a, w.constant(0), is_positive)),
        (w.xp.add, (a, w.constant(s["alpha"]), out)),
        (partial(w.xp.copyto, where=is_positive), (out, w.constant(1))),
    )


def _gelu_tanh(w: Workspace, z: Array, out: Array) -> Calls:
    """Return the calls that write tanh(√(2/π)(z + 0.044715 z³))."""
    return (
        (w.xp.multiply, (z, z, out)),
        (w.xp.multiply, (out, w.constant(GELU_CUBIC), out)),
        (w.xp.add, (out, w.constant(1), out)),
        (w.xp.multiply, (out, z, out)),
        (w.xp.multiply, (out, w.constant(SQRT_2_OVER_PI), out)),
        (w.xp.tanh, (out, out)),
    )


def _gelu_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    return (
        *_gelu_tanh(w, z, a),
        (w.xp.add, (a, w.constant(1), a)),
        (w.xp.multiply, (a, z, a)),
        (w.xp.multiply, (a, w.constant(0.5), a)),
    )


def _gelu_backward(w: Workspace, s: Settings, z: Array, a: Array, da: Array, dz: Array) -> Calls:
    t, inner = w.like(z), w.like(z)
    return (
        *_gelu_tanh(w, z, t),
        # inner = z du/dz = √(2/π)(z + 3 · 0.044715 z³), for u the argument of the tanh
        (w.xp.multiply, (z, z, inner)),
        (w.xp.multiply, (inner, w.constant(3 * GELU_CUBIC), inner)),
        (w.xp.add, (inner, w.constant(1), inner)),
        (w.xp.multiply, (inner, z, inner)),
        (w.xp.multiply, (inner, w.constant(SQRT_2_OVER_PI), inner)),
        # dz = da ½ (1 + t)(1 + (1 − t) inner)
        (w.xp.subtract, (w.constant(1), t, dz)),
        (w.xp.multiply, (dz, inner, dz)),
        (w.xp.add, (dz, w.constant(1), dz)),
        (w.xp.add, (t, w.constant(1), t)),
        (w.xp.multiply, (dz, t, dz)),
        (w.xp.multiply, (dz, w.constant(0.5), dz)),
        (w.xp.multiply, (da, dz, dz)),
    )


def _silu_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    return (*sigmoid_calls(w, 1, z, a), (w.xp.multiply, (a, z, a)))


def _silu_backward(w: Workspace, s: Settings, z: Array, a: Array, da: Array, dz: Array) -> Calls:
    sigmoid = w.like(z)
    # σ(z)(1 + z(1 − σ(z))) = σ(z)(1 + z − a)
    return (
        *sigmoid_calls(w, 1, z, sigmoid),
        (w.xp.subtract, (z, a, dz)),
        (w.xp.add, (dz, w.constant(1), dz)),
        (w.xp.multiply, (dz, sigmoid, dz)),
        (w.xp.multiply, (da, dz, dz)),
    )


activations.add(
    Activation(
        "softplus", "Softplus", "softplus", r"\ln(1 + e^z)", "1 - e^{-a}",
        _softplus_forward, FromValue(_softplus_slope), low=0.0, source="Dugas et al. 2001",
        derivation=(
            r"\frac{1}{1 + e^z} \cdot e^z", r"\frac{1}{1 + e^{-z}}", r"1 - \frac{1}{1 + e^z}", r"1 - e^{-a}",
        ),
    )
)  # fmt: skip
activations.add(
    Activation(
        "elu", "ELU", "elu", r"z\text{ if }z>0\text{ else }\alpha(e^z - 1)", r"1\text{ if }z>0\text{ else }a + \alpha",
        _elu_forward, FromValue(_elu_slope),
        (floating("alpha", 1.0, minimum=0, maximum=100, help="−α is the limit for negative z"),),
        bounds=lambda s: (-float(s["alpha"]), float("inf")),
        kinks=lambda s: () if s["alpha"] == 1 else (0.0,), source="Clevert et al. 2016, eq. 15",
    )
)  # fmt: skip
activations.add(
    Activation(
        "gelu", "GELU (tanh)", "gelu", r"\tfrac{z}{2}\left(1 + \tanh u\right),\; u = \sqrt{2/\pi}\,(z + 0.044715 z^3)",
        r"\tfrac{1}{2}(1 + \tanh u)\left(1 + (1 - \tanh u) z u'\right)",
        _gelu_forward, _gelu_backward, low=GELU_LOW, source="Hendrycks & Gimpel 2016",
    )
)  # fmt: skip
activations.add(
    Activation(
        "silu", "SiLU", "silu", r"z\,\sigma(z)", r"\sigma(z)(1 + z - a)",
        _silu_forward, _silu_backward, low=SILU_LOW, source="Elfwing et al. 2018, eq. 2",
        derivation=(
            r"\sigma(z) + z\,\sigma'(z)", r"\sigma(z) + z\,\sigma(z)\left(1 - \sigma(z)\right)",
            r"\sigma(z)\left(1 + z - a\right)",
        ),
    )
)  # fmt: skip
