"""Sets whose class follows a rule: parity of bits, a checkerboard, above or below a typed curve."""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from dlviz.core.errors import DataError
from dlviz.core.expression import Formula, evaluate, parse
from dlviz.core.expression.parser import MAX_CHARACTERS
from dlviz.core.hyper import integer, text
from dlviz.core.randomness import uniforms
from dlviz.data.dataset import Dataset
from dlviz.data.generators import noise, shaken
from dlviz.data.kind import SEED, DatasetKind, classified, datasets, samples
from dlviz.i18n import tr

Settings = Mapping[str, Any]

LEAST_SIDE = 0.05  # share of the points that each side of a curve has at least; fewer teach nothing


def parity(settings: Settings, seed: int) -> Dataset:
    """Make every row of n bits once, in counting order; the class says whether an odd number of them is 1."""
    bits = np.array(list(itertools.product((0.0, 1.0), repeat=settings["bits"])))
    return classified(tr("Parity"), bits, bits.sum(axis=1).astype(np.int64) % 2, ("even", "odd"))


def checkerboard(settings: Settings, seed: int) -> Dataset:
    """Make points on a board of light and dark squares, as many of each; noise shifts them across the edges."""
    n, side = settings["samples"], settings["squares"]
    board = np.array(list(itertools.product(range(side), repeat=2)))
    colour = board.sum(axis=1) % 2
    labels, turn = np.arange(n) % 2, np.arange(n) // 2
    light, dark = board[colour == 1], board[colour == 0]
    corners = np.where(labels[:, None] == 1, light[turn % len(light)], dark[turn % len(dark)])
    points = 2 * (corners + uniforms(seed, "checkerboard", 2 * n).reshape(n, 2)) / side - 1
    moved = shaken(points, settings, "checkerboard", seed)
    return classified(tr("Checkerboard"), moved, labels, ("dark", "light"))


def above_below(settings: Settings, seed: int) -> Dataset:
    """Make points in the square from −1 to 1; the class says whether they lie above a typed curve y = f(x).

    Raises: DataError where nearly all points lie on one side, or the curve has no value anywhere.
    """
    n = settings["samples"]
    points = 2 * uniforms(seed, "above_below", 2 * n).reshape(n, 2) - 1
    height = evaluate(read_curve(settings["formula"]), {"x": points[:, 0]}, ["y"])["y"]
    height = np.broadcast_to(height, (n,))
    labels = (points[:, 1] > height).astype(np.int64)  # a place without a value counts as below
    if not np.isfinite(height).any() or not LEAST_SIDE <= labels.mean() <= 1 - LEAST_SIDE:
        raise DataError(
            tr("Expected a curve with points on both sides between −1 and 1. Received: {formula}",
               formula=settings["formula"]),
            tr("Try 0.5*sin(3*x)."), "data.formula",
        )  # fmt: skip
    moved = shaken(points, settings, "above_below", seed)
    return classified(tr("Above or below a curve"), moved, labels, ("below", "above"), ("x", "y"))


def read_curve(typed: str) -> Formula:
    """Read f(x) as y. Raises: FormulaError for names other than x, and for everything that is no formula."""
    return parse(f"y = {typed}", ["x"])


datasets.add(
    DatasetKind(
        "parity",
        "Parity of bits",
        (integer("bits", 4, minimum=2, maximum=8, help="How many bits; 2 are XOR, and n give 2ⁿ rows"),),
        parity,
        "binary",
        "Minsky & Papert 1969; curriculum CON-11",
        description="Is the number of ones odd? No single bit tells; depth helps",
        formula=r"y = \left(x_1 + x_2 + x_3 + x_4\right) \text{ mod } 2",
    )
)
datasets.add(
    DatasetKind(
        "checkerboard",
        "Checkerboard",
        (samples(400), noise(0.0), SEED, integer("squares", 4, minimum=2, maximum=8, help="Squares a side")),
        checkerboard,
        "binary",
        "generated; XOR repeated over a board, after Minsky & Papert 1969",
        description="Squares of two colours: many islands, each a region of its own",
    )
)
datasets.add(
    DatasetKind(
        "above_below",
        "Above or below y = f(x)",
        (
            samples(250),
            noise(0.0),
            SEED,
            text("formula", "0.5*sin(3*x)", MAX_CHARACTERS, help="f(x), such as x**2 - 0.5", reads=read_curve),
        ),
        above_below,
        "binary",
        "generated; the class is the side of a curve, as in Bishop 2006, section 4.1",
        description="Points above and below a curve that you type: the boundary is known exactly",
        formula=r"y > f(x)",
    )
)
