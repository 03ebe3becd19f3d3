"""Regressions whose formula is typed: a curve over one input, a surface over two."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.core.expression import Formula, evaluate, parse
from dlviz.core.expression.parser import MAX_CHARACTERS
from dlviz.core.hyper import text
from dlviz.core.randomness import uniforms
from dlviz.data.dataset import Dataset
from dlviz.data.generators import noise, shaken
from dlviz.data.kind import SEED, DatasetKind, datasets, measured, samples
from dlviz.i18n import tr

Settings = Mapping[str, Any]

LARGEST = 1e6  # of a value; beyond it a loss of squares is nothing but that value


def curve(settings: Settings, seed: int) -> Dataset:
    """Make y = f(x) + noise over x in [−1, 1]. Raises: DataError where f has no value."""
    x = 2 * uniforms(seed, "curve", settings["samples"]) - 1
    values = _values(read_line(settings["formula"]), {"x": x}, settings["formula"])
    return measured(tr("A curve"), x[:, None], shaken(values, settings, "curve", seed))


def surface(settings: Settings, seed: int) -> Dataset:
    """Make z = f(x, y) + noise over the square from −1 to 1. Raises: DataError where f has no value."""
    n = settings["samples"]
    points = 2 * uniforms(seed, "surface", 2 * n).reshape(n, 2) - 1
    values = _values(read_surface(settings["formula"]), {"x": points[:, 0], "y": points[:, 1]}, settings["formula"])
    return measured(tr("A surface"), points, shaken(values, settings, "surface", seed), ("x", "y"), "z")


def read_line(typed: str) -> Formula:
    """Read f(x). Raises: FormulaError."""
    return parse(f"value = {typed}", ["x"])


def read_surface(typed: str) -> Formula:
    """Read f(x, y). Raises: FormulaError."""
    return parse(f"value = {typed}", ["x", "y"])


def _values(formula: Formula, at: Mapping[str, NDArray[np.float64]], typed: str) -> NDArray[np.float64]:
    n = len(next(iter(at.values())))
    values = np.broadcast_to(evaluate(formula, at, ["value"])["value"], (n,))
    if not np.isfinite(values).all() or np.abs(values).max() > LARGEST:
        raise DataError(
            tr("Expected a value up to {largest:g} everywhere between −1 and 1. Received: {formula}",
               largest=LARGEST, formula=typed),
            tr("Try x**2."), "data.formula",
        )  # fmt: skip
    return np.array(values)


datasets.add(
    DatasetKind(
        "curve",
        "A curve y = f(x)",
        (
            samples(60, minimum=2),
            noise(0.05),
            SEED,
            text("formula", "x**2 - 0.5", MAX_CHARACTERS, help="f(x), such as exp(x) - 1", reads=read_line),
        ),
        curve,
        "regression",
        "generated; a formula of your own with Gaussian noise, after Bishop 2006, section 1.1",
        description="A curve that you type, with noise: how well does a network follow it?",
        formula=r"y = f(x) + \varepsilon",
    )
)
datasets.add(
    DatasetKind(
        "surface",
        "A surface z = f(x, y)",
        (
            samples(300),
            noise(0.02),
            SEED,
            text("formula", "exp(-4*((x - 0.4)**2 + (y - 0.4)**2)) - exp(-4*((x + 0.4)**2 + (y + 0.4)**2))",
                 MAX_CHARACTERS, help="f(x, y), such as (x + y)/2", reads=read_surface),
        ),
        surface,
        "regression",
        "generated; the default is a hill and a hollow, after TensorFlow Playground (Smilkov et al. 2017)",
        description="Two inputs and one number: a hill and a hollow, or a formula that you type",
        formula=r"z = f(x, y) + \varepsilon",
    )
)  # fmt: skip
