"""Regularizers of a layer's weights: penalties that join the loss, and a limit to the norm of every unit's weights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.choice import Choice
from dlviz.core.hyper import Hyper, choice, complete, floating
from dlviz.core.registry import Registry

Settings = Mapping[str, Any]
MAX_STRENGTH = 1e6
PENALTIES = "Goodfellow, Bengio & Courville 2016, section 7.1"


@dataclass(frozen=True)
class Shares:
    """A penalty square · Σ w² + absolute · Σ|w|; its gradient is 2 square · w + absolute · sign(w), sign(0) = 0."""

    square: float = 0.0
    absolute: float = 0.0

    def penalty(self, weights: ArrayLike) -> float:
        """Return the penalty of these weights, any shape."""
        w = np.asarray(weights, dtype=np.float64)
        return self.square * float(np.sum(w * w)) + self.absolute * float(np.sum(np.abs(w)))

    def gradient(self, weights: ArrayLike) -> NDArray[np.float64]:
        """Return the derivative of the penalty by every weight."""
        w = np.asarray(weights, dtype=np.float64)
        return 2 * self.square * w + self.absolute * np.sign(w)


@dataclass(frozen=True)
class Told:
    """How a penalty and its gradient are written, in plain text; the gradient names the weights `{w}`."""

    value: str = ""
    gradient: str = ""


def _no_shares(settings: Settings, n: int) -> Shares:
    return Shares()


@dataclass(frozen=True)
class Regularizer:
    """A regularizer: shares(settings, n) of a batch of n examples, limit(settings) of a norm, or neither.

    n counts the rows of the batch itself, as the mean of its loss does: a smaller last batch divides by fewer.

    formula is LaTeX; told(settings) gives plain formulas.
    """

    key: str
    title: str
    formula: str
    settings: tuple[Hyper, ...] = ()
    shares: Callable[[Settings, int], Shares] = _no_shares
    told: Callable[[Settings], Told] = lambda settings: Told()
    limit: Callable[[Settings], float] | None = None
    source: str = ""

    @property
    def has_penalty(self) -> bool:
        """Say whether it adds a term to the loss."""
        return self.shares is not _no_shares


regularizers: Registry[Regularizer] = Registry("regularizer")


def resolve(chosen: Choice, place: str = "") -> tuple[Regularizer, dict[str, Any]]:
    """Return the entry and complete settings of a choice. Raises: SpecError."""
    entry = regularizers.get(chosen.kind, place)
    return entry, complete(chosen.settings, entry.settings, place)


def equivalent_strengths(chosen: Choice, n: int, lr: float) -> dict[str, float]:
    """Return what the strength of an L1 or L2 penalty is in every other convention, for n examples a batch.

    decay: the factor 1 − lr · λ/n that plain descent multiplies weights with at every step (L2).
    Raises: SpecError. Source: curriculum CNV-06, CNV-07.
    """
    entry, settings = resolve(chosen)
    shares = entry.shares(settings, n)
    if shares.absolute:
        return {"sum": shares.absolute, "mean": shares.absolute * n}
    square = shares.square
    return {"sum": square, "half": 2 * square, "mean": 2 * n * square, "decay": 1 - lr * 2 * square}


def _strength(name: str = "strength", help: str = "λ: how much the penalty counts") -> Hyper:
    return floating(name, 0.01, minimum=0, maximum=MAX_STRENGTH, is_log=True, help=help)


def _l2(s: Settings, n: int) -> Shares:
    return Shares(square=s["strength"] / {"sum": 1, "half": 2, "mean": 2 * n}[s["scale"]])


def _l2_told(s: Settings) -> Told:
    strength = f"{s['strength']:g}"
    return {
        "sum": Told(f"{strength} Σ w²", f"2 · {strength} {{w}}"),
        "half": Told(f"½ {strength} Σ w²", f"{strength} {{w}}"),
        "mean": Told(f"{strength}/2n Σ w²", f"{strength}/n {{w}}"),
    }[s["scale"]]


def _l1(s: Settings, n: int) -> Shares:
    return Shares(absolute=s["strength"] / (n if s["scale"] == "mean" else 1))


def _l1_told(s: Settings) -> Told:
    front = f"{s['strength']:g}" + ("/n" if s["scale"] == "mean" else "")
    return Told(f"{front} Σ|w|", f"{front} sign({{w}})")


def _elastic(s: Settings, n: int) -> Shares:
    if s["scale"] == "mean":
        return Shares(s["l2"] / (2 * n), s["l1"] / n)
    return Shares(s["l2"], s["l1"])


def _elastic_told(s: Settings) -> Told:
    parts = [tell({"strength": s[name], "scale": s["scale"]}) for name, tell in (("l2", _l2_told), ("l1", _l1_told))]
    return Told(*(" + ".join(getattr(part, side) for part in parts) for side in ("value", "gradient")))


regularizers.add(
    Regularizer(
        "none", "No regularizer", "0", source="Goodfellow, Bengio & Courville 2016, section 7.1, with a strength of 0"
    )
)
regularizers.add(
    Regularizer(
        "l2", "L2", r"\lambda \sum w^2",
        (
            _strength(),
            choice("scale", "sum", ("sum", "half", "mean"), "λ Σw², λ/2 Σw², or λ/2n Σw², n: rows of the batch"),
        ),
        _l2, _l2_told, source="Hoerl & Kennard 1970; curriculum REG-01, CNV-06",
    )
)  # fmt: skip
regularizers.add(
    Regularizer(
        "l1", "L1", r"\lambda \sum |w|",
        (_strength(), choice("scale", "sum", ("sum", "mean"), "λ Σ|w|, or λ/n Σ|w|, n: rows of the batch")),
        _l1, _l1_told, source="Tibshirani 1996; curriculum REG-02, CNV-07",
    )
)  # fmt: skip
regularizers.add(
    Regularizer(
        "elastic_net", "Elastic net", r"\lambda_2 \sum w^2 + \lambda_1 \sum |w|",
        (
            _strength("l1", "λ₁: how much the magnitudes count"),
            _strength("l2", "λ₂: how much the squares count"),
            choice("scale", "sum", ("sum", "mean"), "both as they are, or λ₂/2n and λ₁/n, n: rows of the batch"),
        ),
        _elastic, _elastic_told, source="Zou & Hastie 2005; curriculum REG-03",
    )
)  # fmt: skip
regularizers.add(
    Regularizer(
        "max_norm", "Max norm", r"\lVert w_j \rVert \le c",
        (
            floating(
                "limit", 3.0, minimum=0, is_open_minimum=True, maximum=MAX_STRENGTH,
                help="c: after an update the weights into a unit are shortened to this norm, where they are longer",
            ),
        ),
        limit=lambda s: float(s["limit"]), source="Srebro et al. 2005; Srivastava et al. 2014, sec. 5.1",
    )
)  # fmt: skip
