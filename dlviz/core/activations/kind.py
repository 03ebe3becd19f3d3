"""What an activation declares: value and slope as calls on preallocated buffers; and the registry of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.choice import Choice
from dlviz.core.hyper import Hyper, complete
from dlviz.core.registry import Registry

Settings = Mapping[str, Any]
Forward = Callable[[Workspace, Settings, Array, Array], Calls]
Backward = Callable[[Workspace, Settings, Array, Array, Array, Array], Calls]
EVEN_ODDS = 0.5  # the number that stands for a draw where a single value is asked for: the likelier one


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
    draws: forward gives the probability of `high`; the value is drawn, `high` or else `low`, and the lowering
    refuses to go back through it.
    formula and slope_formula are LaTeX in z and a; low and high bound the values, bounds(settings) where
    settings move them. kinks(settings) gives the z at which the value or the slope jumps, in order.
    derivation: the way to the slope, LaTeX of what φ′(z) equals step by step.
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
    draws: bool = False
    bounds: Callable[[Settings], tuple[float, float]] | None = None
    kinks: Callable[[Settings], tuple[float, ...]] = lambda settings: ()
    source: str = ""
    derivation: tuple[str, ...] = ()

    def range_of(self, settings: Settings | None = None) -> tuple[float, float]:
        """Return the least and the greatest value with these settings. Raises: SpecError."""
        if self.bounds is None:
            return self.low, self.high
        return self.bounds(complete(settings or {}, self.settings, self.key))

    def value(self, z: ArrayLike, settings: Settings | None = None) -> NDArray[np.float64]:
        """Return φ(z) in float64; z is (units, n) or any shape for elementwise functions.

        Where values are drawn, the likelier one of each.
        """
        at = np.array(z, dtype=np.float64)
        a = at if self.is_alias else np.empty_like(at)
        _run(self.forward(Workspace(), complete(settings or {}, self.settings, self.key), at, a))
        return np.where(a > EVEN_ODDS, self.high, self.low) if self.draws else a

    def slope(self, z: ArrayLike, settings: Settings | None = None) -> NDArray[np.float64]:
        """Return φ′(z) in float64, elementwise (for softmax: the Jacobian times a vector of ones)."""
        at = np.array(z, dtype=np.float64)
        checked = complete(settings or {}, self.settings, self.key)
        a = self.value(at, checked)
        dz = np.zeros_like(at)
        _run(self.backward(Workspace(), checked, at, a, np.ones_like(at), dz))
        return dz

    def jacobian(self, z: ArrayLike, settings: Settings | None = None) -> NDArray[np.float64]:
        """Return ∂a_j/∂z_k in float64, (units, units), for the sums z (units,) of one example."""
        sums = np.array(z, dtype=np.float64)
        at = np.repeat(sums[:, None], len(sums), axis=1)
        checked = complete(settings or {}, self.settings, self.key)
        dz = np.zeros_like(at)
        # Pulling back unit vector j gives row j.
        _run(self.backward(Workspace(), checked, at, self.value(at, checked), np.eye(len(sums)), dz))
        return dz.T


def _run(calls: Calls) -> None:
    with np.errstate(all="ignore"):
        for function, arguments in calls:
            function(*arguments)


activations: Registry[Activation] = Registry("activation")


def resolve(chosen: Choice, place: str = "") -> tuple[Activation, dict[str, Any]]:
    """Return the entry and complete settings of a choice. Raises: SpecError."""
    entry = activations.get(chosen.kind, place)
    return entry, complete(chosen.settings, entry.settings, place)
