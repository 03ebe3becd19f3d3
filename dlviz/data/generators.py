"""Sets of random points: blobs, moons, circles, spirals and 1-D regressions, within about ±1."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.hyper import Hyper, floating, integer
from dlviz.core.randomness import normals, uniforms
from dlviz.data.dataset import Dataset
from dlviz.data.kind import SEED, DatasetKind, classified, datasets, measured, samples

Settings = Mapping[str, Any]
Points = NDArray[np.float64]

INNER_RADIUS = 0.5  # the disc; the ring begins at RING and ends at 1, so that a gap of 0.2 stays free
RING = 0.7
BLOB_CENTRES = 0.6  # radius of the circle on which the blobs' centres lie
SPIRAL_TURNS = 1.75  # whole turns of an arm, as many as in TensorFlow Playground


def noise(default: float) -> Hyper:
    """Declare the standard deviation of the shift of each point, in units of the plane."""
    return floating("noise", default, minimum=0.0, maximum=1.0, help="Standard deviation of the shift of each point")


def classes(default: int) -> Hyper:
    """Declare how many classes a set has."""
    return integer("classes", default, minimum=2, maximum=10, help="How many classes")


def blobs(settings: Settings, seed: int) -> Dataset:
    """Make round clouds, one a class, around centres on a circle."""
    n, k = settings["samples"], settings["classes"]
    labels = np.arange(n) % k
    angle = 2 * np.pi * labels / k + np.pi / 4
    points = BLOB_CENTRES * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return classified("Blobs", shaken(points, settings, "blobs", seed), labels, _lettered(k))


def moons(settings: Settings, seed: int) -> Dataset:
    """Make two half circles that reach into each other."""
    labels = np.arange(settings["samples"]) % 2
    angle = np.pi * uniforms(seed, "moons.angle", len(labels))
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    points = np.where(labels[:, None] == 0, upper, -upper) / 1.5
    return classified("Moons", shaken(points, settings, "moons", seed), labels, ("upper", "lower"))


def circles(settings: Settings, seed: int) -> Dataset:
    """Make an inner disc and an outer ring around it."""
    labels = 1 - np.arange(settings["samples"]) % 2
    share = uniforms(seed, "circles.radius", len(labels))
    angle = 2 * np.pi * uniforms(seed, "circles.angle", len(labels))
    radius = np.where(labels == 1, INNER_RADIUS * np.sqrt(share), RING + (1 - RING) * share)
    points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return classified("Circles", shaken(points, settings, "circles", seed), labels, ("outer", "inner"))


def spiral(settings: Settings, seed: int) -> Dataset:
    """Make arms that wind around each other, one a class."""
    n, k = settings["samples"], settings["classes"]
    labels, place = np.arange(n) % k, np.arange(n) // k
    radius = (place + 1) / (place[-1] + 1)
    angle = SPIRAL_TURNS * 2 * np.pi * radius + 2 * np.pi * labels / k
    points = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return classified("Spiral", shaken(points, settings, "spiral", seed), labels, _lettered(k))


def line(settings: Settings, seed: int) -> Dataset:
    """Make y = slope·x + intercept + noise over x in [-1, 1]."""
    x = 2 * uniforms(seed, "line.x", settings["samples"]) - 1
    y = settings["slope"] * x + settings["intercept"]
    return measured("Line", x[:, None], shaken(y, settings, "line", seed))


def sine(settings: Settings, seed: int) -> Dataset:
    """Make y = sin(π·periods·x) + noise over x in [-1, 1]."""
    x = 2 * uniforms(seed, "sine.x", settings["samples"]) - 1
    y = np.sin(np.pi * settings["periods"] * x)
    return measured("Sine", x[:, None], shaken(y, settings, "sine", seed))


def shaken(points: Points, settings: Settings, key: str, seed: int) -> Points:
    """Shift every coordinate by normal noise."""
    shifts = normals(seed, f"{key}.noise", points.size).reshape(points.shape)
    return np.asarray(points + settings["noise"] * shifts, dtype=np.float64)


def _lettered(k: int) -> tuple[str, ...]:
    return tuple("ABCDEFGHIJ"[:k])


datasets.add(
    DatasetKind(
        "blobs",
        "Blobs",
        (samples(240), noise(0.15), SEED, classes(3)),
        blobs,
        "multiclass",
        "generated; like make_blobs of scikit-learn (Pedregosa et al. 2011)",
        description="Round clouds, one a class: what a single layer can separate",
    )
)
datasets.add(
    DatasetKind(
        "moons",
        "Two moons",
        (samples(250), noise(0.07), SEED),
        moons,
        "binary",
        "generated; like make_moons of scikit-learn (Pedregosa et al. 2011)",
        description="Two half circles that reach into each other",
    )
)
datasets.add(
    DatasetKind(
        "circles",
        "Two circles",
        (samples(250), noise(0.03), SEED),
        circles,
        "binary",
        "generated; after the circle of TensorFlow Playground (Smilkov et al. 2017)",
        description="A disc inside a ring: no straight line separates them",
    )
)
datasets.add(
    DatasetKind(
        "spiral",
        "Spiral",
        (samples(300), noise(0.02), SEED, classes(2)),
        spiral,
        "binary",
        "generated; after the two spirals of Lang & Witbrock 1988",
        description="Arms that wind around each other: hard for a small network",
    )
)
datasets.add(
    DatasetKind(
        "line",
        "Straight line",
        (
            samples(60, minimum=2),
            noise(0.1),
            SEED,
            floating("slope", 0.8, minimum=-10.0, maximum=10.0),
            floating("intercept", 0.2, minimum=-10.0, maximum=10.0),
        ),
        line,
        "regression",
        "generated; a line with Gaussian noise, Bishop 2006, section 3.1.1",
        formula=r"y = m x + c + \varepsilon",
        description="A line with noise: what a single linear unit learns",
    )
)
datasets.add(
    DatasetKind(
        "sine",
        "Sine",
        (
            samples(80, minimum=2),
            noise(0.1),
            SEED,
            floating("periods", 1.0, minimum=0.1, maximum=10.0, help="Whole waves between -1 and 1"),
        ),
        sine,
        "regression",
        "generated; after the sine with Gaussian noise of Bishop 2006, section 1.1",
        formula=r"y = \sin(\pi p x) + \varepsilon",
        description="One wave with noise: a curve that a hidden layer can follow",
    )
)
