"""Activation functions: value and slope as calls on preallocated buffers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.choice import Choice
from dlviz.core.hyper import Hyper, choice, complete, floating
from dlviz.core.registry import Registry

Settings = Mapping[str, Any]
Forward = Callable[[Workspace, Settings, Array, Array], Calls]
Backward = Callable[[Workspace, Settings, Array, Array, Array, Array], Calls]


@dataclass(frozen=True)
class FromValue:
    """A derivative rule whose slope is a function of the value a alone.

    slope(workspace, settings, a, out) gives the calls that fill out; a may hold several layers at once.
    """

    slope: Callable[[Workspace, Settings, Array, Array], Calls]

    def __call__(self, w: Workspace, s: Settings, z: Array, a: Array, da: Array, dz: Array) -> Calls:
        """Return the calls that fill dz for one layer."""
        return (*self.slope(w, s, a, dz), (w.xp.multiply, (da, dz, dz)))


@dataclass(frozen=True)
class Activation:
    """An activation a = φ(z) and its derivative rule dL/dz from dL/da.

    forward(workspace, settings, z, a) and backward(workspace, settings, z, a, da, dz) give the calls
    that fill a and dz; all arrays are (units, n). is_alias: a is z itself and nothing runs.
    formula and slope_formula are LaTeX in z and a; low and high bound the values.
    """

    key: str
    title: str
    symbol: str
    formula: str
    slope_formula: str
    forward: Forward
    backward: Backward
    settings: tuple[Hyper, ...] = ()
    low: float = -float("inf")
    high: float = float("inf")
    is_alias: bool = False
    is_elementwise: bool = True
    has_gradient: bool = True
    source: str = ""

    @property
    def range(self) -> tuple[float, float]:
        """The values the function can take."""
        return self.low, self.high

    def value(self, z: ArrayLike, settings: Settings | None = None) -> NDArray[np.float64]:
        """Return φ(z) in float64; z is (units, n) or any shape for elementwise functions."""
        at = np.array(z, dtype=np.float64)
        a = at if self.is_alias else np.zeros_like(at)
        _run(self.forward(Workspace(), complete(settings or {}, self.settings, self.key), at, a))
        return a

    def slope(self, z: ArrayLike, settings: Settings | None = None) -> NDArray[np.float64]:
        """Return φ′(z) in float64, elementwise (for softmax: the Jacobian times a vector of ones)."""
        at = np.array(z, dtype=np.float64)
        checked = complete(settings or {}, self.settings, self.key)
        a = self.value(at, checked)
        dz = np.zeros_like(at)
        _run(self.backward(Workspace(), checked, at, a, np.ones_like(at), dz))
        return dz


def _run(calls: Calls) -> None:
    with np.errstate(all="ignore"):
        for function, arguments in calls:
            function(*arguments)


activations: Registry[Activation] = Registry("activation")


def resolve(chosen: Choice, place: str = "") -> tuple[Activation, dict[str, Any]]:
    """Return the entry and complete settings of a choice. Raises: SpecError."""
    entry = activations.get(chosen.kind, place)
    return entry, complete(chosen.settings, entry.settings, place)


def _linear_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    return ()


def _linear_backward(w: Workspace, s: Settings, z: Array, a: Array, da: Array, dz: Array) -> Calls:
    return ((w.xp.copyto, (dz, da)),)


def _step_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    compare = w.xp.greater_equal if s["at_zero"] == "1" else w.xp.greater
    return ((compare, (z, w.constant(s["threshold"]), a)),)


def _step_backward(w: Workspace, s: Settings, z: Array, a: Array, da: Array, dz: Array) -> Calls:
    return ((dz.fill, (0,)),)


def _sigmoid_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    one = w.constant(1)
    return (
        (w.xp.multiply, (z, w.constant(-s["slope"]), a)),
        (w.xp.exp, (a, a)),
        (w.xp.add, (a, one, a)),
        (w.xp.reciprocal, (a, a)),
    )


def _sigmoid_slope(w: Workspace, s: Settings, a: Array, out: Array) -> Calls:
    calls = [(w.xp.subtract, (w.constant(1), a, out)), (w.xp.multiply, (out, a, out))]
    if s["slope"] != 1:
        calls.append((w.xp.multiply, (out, w.constant(s["slope"]), out)))
    return calls


def _tanh_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    return ((w.xp.tanh, (z, a)),)


def _tanh_slope(w: Workspace, s: Settings, a: Array, out: Array) -> Calls:
    return (w.xp.multiply, (a, a, out)), (w.xp.subtract, (w.constant(1), out, out))


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
    # max(1[z>0], slope) is the slope itself, because slope < 1.
    return (
        (w.xp.greater, (z, w.constant(0), dz)),
        w.maximum(dz, w.full(dz, s["slope"]), dz),
        (w.xp.multiply, (da, dz, dz)),
    )


def _softmax_forward(w: Workspace, s: Settings, z: Array, a: Array) -> Calls:
    row, every = w.zeros(1, z.shape[1]), w.like(a)
    to_row, to_every = w.ones(1, len(z)), w.ones(len(z), 1)
    # Subtract the maximum over units first: exp overflows float32 beyond 88.
    # Products with ones sum and repeat rows three times as fast as a reduction and broadcasting.
    return (
        (z.max, (0, row[0])),
        (to_every.dot, (row, every)),
        (w.xp.subtract, (z, every, a)),
        (w.xp.exp, (a, a)),
        (to_row.dot, (a, row)),
        (to_every.dot, (row, every)),
        (w.xp.divide, (a, every, a)),
    )


def _softmax_backward(w: Workspace, s: Settings, z: Array, a: Array, da: Array, dz: Array) -> Calls:
    row, every = w.zeros(1, z.shape[1]), w.like(a)
    to_row, to_every = w.ones(1, len(z)), w.ones(len(z), 1)
    return (
        (w.xp.multiply, (da, a, dz)),
        (to_row.dot, (dz, row)),
        (to_every.dot, (row, every)),
        (w.xp.subtract, (da, every, dz)),
        (w.xp.multiply, (a, dz, dz)),
    )


activations.add(
    Activation(
        "linear", "Linear", "", "z", "1", _linear_forward, _linear_backward,
        is_alias=True, source="identity",
    )
)  # fmt: skip
activations.add(
    Activation(
        "step", "Step", "θ", r"\begin{cases}1 & z \ge \theta\\0 & \text{else}\end{cases}", "0",
        _step_forward, _step_backward,
        (
            floating("threshold", 0.0, help="the pre-activation at which the unit fires"),
            choice("at_zero", "1", ("0", "1"), "the value exactly at the threshold"),
        ),
        0.0, 1.0, has_gradient=False, source="McCulloch & Pitts 1943",
    )
)  # fmt: skip
activations.add(
    Activation(
        "sigmoid", "Sigmoid", "σ", r"\frac{1}{1 + e^{-z}}", "a(1 - a)", _sigmoid_forward, FromValue(_sigmoid_slope),
        (floating("slope", 1.0, minimum=0, is_open_minimum=True, maximum=100, help="steepness a of 1/(1+exp(-a z))"),),
        0.0, 1.0, source="logistic function; Haykin 2009, eq. 4.30",
    )
)  # fmt: skip
activations.add(
    Activation(
        "tanh", "Tanh", "tanh", r"\tanh(z)", "1 - a^2", _tanh_forward, FromValue(_tanh_slope),
        low=-1.0, high=1.0, source="LeCun et al. 1998",
    )
)  # fmt: skip
activations.add(
    Activation(
        "relu", "ReLU", "relu", r"\max(0, z)", r"1\text{ if }z>0\text{ else }0", _relu_forward, _relu_backward,
        (choice("slope_at_zero", "0", ("0", "1"), "the derivative used exactly at zero"),),
        0.0, source="Nair & Hinton 2010",
    )
)  # fmt: skip
activations.add(
    Activation(
        "leaky_relu", "Leaky ReLU", "leaky", r"\max(\alpha z, z)", r"1\text{ if }z>0\text{ else }\alpha",
        _leaky_forward, _leaky_backward,
        (floating("slope", 0.01, minimum=0, maximum=1, is_open_maximum=True, help="slope α for negative z"),),
        source="Maas et al. 2013",
    )
)  # fmt: skip
activations.add(
    Activation(
        "softmax", "Softmax", "softmax", r"\frac{e^{z_j}}{\sum_k e^{z_k}}", r"a_j(\delta_{jk} - a_k)",
        _softmax_forward, _softmax_backward,
        low=0.0, high=1.0, is_elementwise=False, source="Bridle 1990",
    )
)  # fmt: skip
