"""The rows that the workloads train on, made without the product so that every contender reads the same."""

import csv
import itertools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
DIGITS = Path(__file__).parents[2] / "resources" / "datasets" / "digits.csv"
SEED = 0


def circles(n: int = 250) -> tuple[Array, Array]:
    """Two classes, a disc within a ring; inputs (n, 2), targets (n, 1) of -1 and 1."""
    rng = np.random.default_rng(SEED)
    is_outer = np.arange(n) % 2
    radius = rng.uniform(0, 2.5, n) + is_outer * 3.5 * (rng.uniform(0, 2.5, n) > 0)
    angle = rng.uniform(0, 2 * np.pi, n)
    inputs = np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])
    return inputs, np.where(is_outer, -1.0, 1.0)[:, None]


def spiral_features(n: int = 250) -> tuple[Array, Array]:
    """Two spiral arms with the seven features x1, x2, squares, product and sines; inputs (n, 7)."""
    rng = np.random.default_rng(SEED)
    turn, arm = np.arange(n) // 2 / (n / 2), np.arange(n) % 2
    angle = 1.75 * turn * 2 * np.pi + arm * np.pi
    x, y = 5 * turn * np.sin(angle), 5 * turn * np.cos(angle) + rng.uniform(-0.1, 0.1, n)
    return features(np.column_stack([x, y])), np.where(arm, -1.0, 1.0)[:, None]


def features(points: Array) -> Array:
    """Return x, y, their squares, product and sines for points (n, 2), (n, 7)."""
    x, y = points.T
    return np.column_stack([x, y, x * x, y * y, x * y, np.sin(x), np.sin(y)])


def digits() -> tuple[Array, NDArray[np.int64]]:
    """The 1797 digits of 8 x 8 pixels in 0 to 1, float32, and their classes (n,)."""
    with DIGITS.open(newline="") as file:
        rows = [row for row in csv.reader(file) if row and row[0].lstrip("-").replace(".", "").isdigit()]
    table = np.array(rows, dtype=np.float64)
    return (table[:, :64] / 16).astype(np.float32), table[:, 64].astype(np.int64)


def random_images(n: int = 60_000, d: int = 784) -> tuple[Array, NDArray[np.int64]]:
    """Random float32 rows of MNIST's size with random classes."""
    rng = np.random.default_rng(SEED)
    return rng.random((n, d), dtype=np.float32), rng.integers(0, 10, n)


def grid(side: int = 256) -> Array:
    """The points of a square grid, (side * side, 2) float32."""
    axis = np.linspace(-6, 6, side, dtype=np.float32)
    return np.column_stack([np.repeat(axis, side), np.tile(axis, side)])


def weights(sizes: tuple[int, ...], dtype: str = "float64") -> list[tuple[Array, Array]]:
    """Return (W, b) for each layer, W (units, fan_in) with standard deviation 1/sqrt(fan_in)."""
    rng = np.random.default_rng(SEED)
    return [
        ((rng.standard_normal((k, d)) / np.sqrt(d)).astype(dtype), np.zeros(k, dtype))
        for d, k in itertools.pairwise(sizes)
    ]
