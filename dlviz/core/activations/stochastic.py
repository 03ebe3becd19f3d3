"""Stochastic unit: it fires +1 with a probability that a pseudo-temperature evens out, else −1."""

from dlviz.core.activations.kind import Activation, Settings, activations
from dlviz.core.activations.sigmoids import sigmoid_calls
from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.hyper import floating


def _probability(w: Workspace, s: Settings, z: Array, p: Array) -> Calls:
    t = s["temperature"]
    # At T = 0 the unit is the hard step that tosses a coin at z = 0.
    return ((w.xp.heaviside, (z, w.constant(0.5), p)),) if t == 0 else sigmoid_calls(w, 1 / t, z, p)


def _backward(w: Workspace, s: Settings, z: Array, a: Array, da: Array, dz: Array) -> Calls:
    return ((dz.fill, (0,)),)


activations.add(
    Activation(
        "stochastic", "Stochastic", "sample", r"+1\text{ with }P = \frac{1}{1 + e^{-z/T}}\text{, else }-1", "0",
        _probability, _backward,
        (floating("temperature", 1.0, minimum=0, maximum=1e3, help="pseudo-temperature T; 0 is the hard step"),),
        -1.0, 1.0, has_gradient=False, draws=True, kinks=lambda s: (0.0,) if s["temperature"] == 0 else (),
        source="Little 1974; Haykin 1999, eq. 1.15",
    )
)  # fmt: skip
