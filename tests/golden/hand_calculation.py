"""Hand calculations of networks with one hidden layer and one output, written from the formulas, slips and all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def sigmoid_slope(a: Array) -> Array:
    return a * (1 - a)


def straight(z: Array) -> Array:
    return z


def no_slope(a: Array) -> Array:
    return np.ones_like(a)


@dataclass
class Hand:
    """x (n, d), y (n, 1), W (h, d), b (h,), w (1, h), c (1,). keep: rounds what is written down."""

    x: Array
    y: Array
    W: Array
    b: Array
    w: Array
    c: Array
    lr: float
    factor: float = 1.0  # in front of the square
    phi: Callable[[Array], Array] = sigmoid
    slope: Callable[[Array], Array] = sigmoid_slope
    slips: frozenset[str] = frozenset()
    keep: Callable[[Any], Any] = field(default=straight)

    def made(self, slip: str) -> bool:
        return slip in self.slips

    def numbers(self) -> Mapping[str, Array]:
        """Return everything that stands on the sheet, by the names of a trace."""
        k, n = self.keep, len(self.x)
        weights = self.W.T if self.made("swapped_forward") else self.W
        z = k(self.x @ weights.T + (0 if self.made("missing_bias") else self.b))
        a = k(self.phi(z))
        v = k(a[:, :1] @ self.w[:, :1].T + self.c) if self.made("missing_term") else k(a @ self.w.T + self.c)
        out = k(self.phi(v))
        share = 1 if self.made("missing_mean") else 1 / n
        loss = k(self.factor / n * np.sum((out - self.y) ** 2))
        two = {"missing_two": 1, "missing_half": 4}.get(next(iter(self.slips), ""), 2)
        da = k(two * self.factor * share * (out - self.y) * (-1 if self.made("error_sign") else 1))
        dz = k(da if self.made("no_output_slope") else da * self.slope(out))
        dw, dc = k(dz.T @ a), k(dz.sum(axis=0))
        w = self.w - self.lr * dw if self.made("new_weights") else self.w
        dh = k(dz @ w)
        dhz = k(dh if self.made("no_hidden_slope") else dh * self.slope(a))
        d_w, db = k(dhz.T @ self.x), k(dhz.sum(axis=0))
        lr = -self.lr if self.made("wrong_sign") else 1 if self.made("missing_rate") else self.lr
        moved = ("h.W", self.W, d_w), ("h.b", self.b, db), ("o.W", self.w, dw), ("o.b", self.c, dc)
        new = {
            name: k(old - lr * slope * (old if self.made("misread_update") else 1))
            for name, old, slope in moved
        }  # fmt: skip
        return {
            "h.z": z, "h.a": a, "o.z": v, "o.a": out, "loss": np.asarray(loss), "o.da": da, "o.dz": dz, "o.dW": dw,
            "o.db": dc, "h.da": dh, "h.dz": dhz, "h.dW": d_w, "h.db": db, **new,
        }  # fmt: skip
