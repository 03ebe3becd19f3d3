"""Initialisers: start values of a parameter, addressed by seed and parameter name."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.hyper import Hyper, complete, floating
from dlviz.core.randomness import normals, uniforms
from dlviz.core.registry import Registry

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Fan:
    """How many numbers a unit reads (fan_in) and feeds (fan_out)."""

    fan_in: int
    fan_out: int


@dataclass(frozen=True)
class Spread:
    """How start values are spread in theory; limits: between which a uniform rule draws, None for others."""

    mean: float
    std: float
    limits: tuple[float, float] | None = None


@dataclass(frozen=True)
class Initializer:
    """A rule for start values.

    draw(seed, name, count, fan, settings) returns count float64 numbers; spread(fan, settings) says how they
    are spread in theory; formula is LaTeX of the standard deviation or the limits.
    """

    key: str
    title: str
    formula: str
    draw: Callable[[int, str, int, Fan, Settings], NDArray[np.float64]]
    spread: Callable[[Fan, Settings], Spread]
    settings: tuple[Hyper, ...] = ()
    source: str = ""


initializers: Registry[Initializer] = Registry("initializer")


def initial_values(chosen: Choice, seed: int, name: str, shape: tuple[int, ...], fan: Fan) -> NDArray[np.float64]:
    """Return the start values of the parameter called name, in its shape. Raises: SpecError."""
    entry = initializers.get(chosen.kind, name)
    settings = complete(chosen.settings, entry.settings, name)
    return entry.draw(seed, name, math.prod(shape), fan, settings).reshape(shape)


def spread_of(chosen: Choice, fan: Fan, place: str = "") -> Spread:
    """Return mean, standard deviation and limits that a rule has in theory. Raises: SpecError."""
    entry = initializers.get(chosen.kind, place)
    return entry.spread(fan, complete(chosen.settings, entry.settings, place))


def variance_of_sum(chosen: Choice, fan: Fan, of_inputs: float = 1.0) -> float:
    """Return the variance of Σ w x over fan_in inputs of mean 0 and this variance, at the start.

    It grows with the number of terms (curriculum INI-08); Xavier's rule keeps it. Raises: SpecError.
    """
    spread = spread_of(chosen, fan)
    return fan.fan_in * (spread.std**2 + spread.mean**2) * of_inputs


def _constant(seed: int, name: str, count: int, fan: Fan, s: Settings) -> NDArray[np.float64]:
    return np.full(count, s.get("value", 0.0))


def _constant_spread(fan: Fan, s: Settings) -> Spread:
    return Spread(float(s.get("value", 0.0)), 0.0)


def _normal(seed: int, name: str, count: int, fan: Fan, s: Settings) -> NDArray[np.float64]:
    mean, std = float(s["mean"]), float(s["std"])
    return mean + std * normals(seed, f"initial {name}", count)


def _normal_spread(fan: Fan, s: Settings) -> Spread:
    return Spread(float(s["mean"]), float(s["std"]))


def _uniform(seed: int, name: str, count: int, fan: Fan, s: Settings) -> NDArray[np.float64]:
    low, high = float(s["low"]), float(s["high"])
    return low + (high - low) * uniforms(seed, f"initial {name}", count)


def _uniform_spread(fan: Fan, s: Settings) -> Spread:
    low, high = float(s["low"]), float(s["high"])
    return Spread((low + high) / 2, abs(high - low) / math.sqrt(12), (low, high))


def _scaled_normal(std: Callable[[Fan], float]) -> Callable[..., NDArray[np.float64]]:
    def draw(seed: int, name: str, count: int, fan: Fan, s: Settings) -> NDArray[np.float64]:
        return std(fan) * normals(seed, f"initial {name}", count)

    return draw


def _scaled_uniform(std: Callable[[Fan], float]) -> Callable[..., NDArray[np.float64]]:
    def draw(seed: int, name: str, count: int, fan: Fan, s: Settings) -> NDArray[np.float64]:
        limit = math.sqrt(3) * std(fan)  # a uniform on [−l, l] has standard deviation l/√3
        return limit * (2 * uniforms(seed, f"initial {name}", count) - 1)

    return draw


def _scaled_spread(std: Callable[[Fan], float], is_uniform: bool) -> Callable[[Fan, Settings], Spread]:
    def spread(fan: Fan, s: Settings) -> Spread:
        limit = math.sqrt(3) * std(fan)
        return Spread(0.0, std(fan), (-limit, limit) if is_uniform else None)

    return spread


def _xavier(fan: Fan) -> float:
    return math.sqrt(1 / fan.fan_in)


def _glorot(fan: Fan) -> float:
    return math.sqrt(2 / (fan.fan_in + fan.fan_out))


def _fan_in(fan: Fan) -> float:
    return math.sqrt(1 / (3 * fan.fan_in))


def _he(fan: Fan) -> float:
    return math.sqrt(2 / fan.fan_in)


STRATEGIES = "Goodfellow, Bengio & Courville 2016, section 8.4"  # on constants and plain random numbers

initializers.add(Initializer("zeros", "Zeros", "0", _constant, _constant_spread, source=STRATEGIES))
initializers.add(
    Initializer(
        "constant", "Constant", "c", _constant, _constant_spread, (floating("value", 1.0),), source=STRATEGIES
    )
)  # fmt: skip
initializers.add(
    Initializer(
        "normal", "Normal", r"\sigma", _normal, _normal_spread,
        (floating("mean", 0.0), floating("std", 0.05, minimum=0, help="standard deviation")),
        source=STRATEGIES,
    )
)  # fmt: skip
initializers.add(
    Initializer(
        "uniform", "Uniform", r"[l, h]", _uniform, _uniform_spread, (floating("low", -0.05), floating("high", 0.05)),
        source=STRATEGIES,
    )
)  # fmt: skip
for _key, _title, _std, _formula, _source in (
    ("xavier", "Xavier", _xavier, r"1/\sqrt{n_{in}}", "Glorot & Bengio 2010, as taught with 1/n"),
    ("glorot", "Glorot", _glorot, r"\sqrt{2/(n_{in}+n_{out})}", "Glorot & Bengio 2010, eq. 16"),
    ("he", "He", _he, r"\sqrt{2/n_{in}}", "He et al. 2015, eq. 10"),
):
    initializers.add(
        Initializer(
            f"{_key}_normal",
            f"{_title} normal",
            _formula,
            _scaled_normal(_std),
            _scaled_spread(_std, is_uniform=False),
            source=_source,
        )
    )
    initializers.add(
        Initializer(
            f"{_key}_uniform",
            f"{_title} uniform",
            r"\pm\sqrt{3}\cdot" + _formula,
            _scaled_uniform(_std),
            _scaled_spread(_std, is_uniform=True),
            source=_source,
        )
    )
initializers.add(
    Initializer(
        "fan_in_uniform", "Fan-in uniform", r"\pm 1/\sqrt{n_{in}}", _scaled_uniform(_fan_in),
        _scaled_spread(_fan_in, is_uniform=True),
        source="LeCun et al. 1998, section 4.6, as PyTorch's layers begin",
    )
)  # fmt: skip
