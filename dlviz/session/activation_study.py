"""ActivationStudy: what the activation of a layer or unit does, where its sums lie on it, and another one beside it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.activations import Activation, Settings, resolve
from dlviz.core.activations.formula import read
from dlviz.core.activations.softmax import exponentials
from dlviz.core.choice import Choice
from dlviz.core.expression import node_latex
from dlviz.core.expression.derivative import derivative, inlined
from dlviz.core.metrics.health import MARGIN
from dlviz.core.rules.threshold import mean_output

FloatArray = NDArray[np.float64]

LEAST_REACH, MOST_REACH = 5.0, 40.0  # of the picture around 0, in units of z
STEPS = (0.05, 0.1, 0.25)  # between its points, round so that a cursor can read them
MOST_POINTS = 140  # on either side of 0, beyond which the next step is taken
ROOM = 1.1  # times the largest sum that the picture reaches
BESIDE = 1e-9  # of the reach; how close on either side of a kink a point is put, so that a jump is drawn upright
BINS = 36
MOST_TICKS = 200
FIRST_POINTS = (-2.0, -0.5, 0.0, 0.5, 2.0)  # of the table: those of curriculum EX-70


@dataclass(frozen=True)
class ActivationQuestion:
    """Which activation is studied: that of a layer, on the sums of all its units or of one (unit ≥ 0).

    tried: another activation on the same sums; other: one to draw beside it. points: rows of the table.
    shift: what is added to all sums of a softmax.
    """

    layer: str
    unit: int = -1
    tried: Choice | None = None
    other: Choice | None = None
    points: tuple[float, ...] = FIRST_POINTS
    shift: float = 0.0


@dataclass(frozen=True)
class Shape:
    """One activation over z, (points,) each, and how it is written. settings are complete.

    formula, slope_formula: LaTeX, of a typed formula as it was typed. Where values are drawn, values are their mean.
    kinks: z where value or slope jumps. peak: z and slope where it is steepest; NaN for z where many places are.
    """

    kind: str
    title: str
    symbol: str
    formula: str
    slope_formula: str
    derivation: tuple[str, ...]
    settings: Settings
    values: FloatArray
    slopes: FloatArray
    kinks: tuple[float, ...]
    peak: tuple[float, float]


@dataclass(frozen=True)
class Spread:
    """Where sums lie: edges (BINS + 1,) and counts (BINS,) of their histogram, and ticks, a part of them.

    flat: the share of the sums where the activation is saturated, or has no slope where it has no two limits.
    dead: units whose slope is 0 for every row, of how many; None where that says nothing. n: rows that were looked at.
    """

    edges: FloatArray
    counts: NDArray[np.int64]
    ticks: FloatArray
    flat: float
    dead: int | None
    units: int
    n: int


@dataclass(frozen=True)
class Softmax:
    """The way of one example through a softmax, (units,) each: z + shift, e to the power of that over T, the shares."""

    sums: FloatArray
    exponentials: FloatArray
    probabilities: FloatArray
    unshifted: FloatArray

    @property
    def total(self) -> float:
        """The sum of the exponentials."""
        return float(self.exponentials.sum())


@dataclass(frozen=True)
class ActivationStudy:
    """The answer to a question about an activation.

    sums: (points,) z of the picture. zones: intervals of z where the activation is flat; is_limited: because it is
    near one of two limits, else because it has no slope there. difference: the largest between shape and other over
    the picture. table: (rows, 3) z, φ(z), φ′(z). stands: z, a and slope of the unit for the example looked at.
    problem: why there is no picture.
    """

    question: ActivationQuestion
    sums: FloatArray | None = None
    shape: Shape | None = None
    zones: tuple[tuple[float, float], ...] = ()
    is_limited: bool = False
    other: Shape | None = None
    difference: float = math.nan
    table: FloatArray | None = None
    spread: Spread | None = None
    stands: tuple[float, float, float] | None = None
    softmax: Softmax | None = None
    problem: str = ""


def study(
    question: ActivationQuestion, own: Choice, sums: FloatArray | None, example: FloatArray | None
) -> ActivationStudy:
    """Study an activation. sums: z (units, n) of the layer for some rows; example: (units,) z of the one looked at.

    Raises: SpecError for settings that are not allowed.
    """
    entry, settings = resolve(question.tried or own, question.layer)
    if not entry.is_elementwise:
        shares = _softmax(question, entry, settings, example)
        return ActivationStudy(question, shape=_written(entry, settings), softmax=shares)
    looked_at = _looked_at(question, sums)
    at = _places(question, looked_at, entry.kinks(settings))
    shape = _shape(entry, settings, at)
    other = None if question.other is None else _shape(*resolve(question.other, question.layer), at)
    points = np.array(question.points, dtype=np.float64)
    table = np.column_stack([points, entry.value(points, settings), entry.slope(points, settings)])
    zones, is_limited = _flat_zones(entry, settings, at)
    return ActivationStudy(
        question, at, shape, zones, is_limited, other, _difference(shape, other), table,
        _spread(entry, settings, looked_at, at, is_limited), _stands(question, entry, settings, example),
    )  # fmt: skip


def _looked_at(question: ActivationQuestion, sums: FloatArray | None) -> FloatArray | None:
    if sums is None or question.unit < 0:
        return sums
    return sums[question.unit : question.unit + 1] if question.unit < len(sums) else None


def _places(question: ActivationQuestion, sums: FloatArray | None, kinks: tuple[float, ...]) -> FloatArray:
    """Return z of the picture: evenly spread, and closely around every kink."""
    known = [] if sums is None else [float(np.abs(sums[np.isfinite(sums)]).max(initial=0.0))]
    reach = min(max([LEAST_REACH, *(ROOM * each for each in known), *(ROOM * abs(each) for each in kinks)]), MOST_REACH)
    step = next((each for each in STEPS if reach <= MOST_POINTS * each), STEPS[-1])
    last = math.ceil(reach / step)
    beside = [kink + side * BESIDE * reach for kink in kinks for side in (-1, 0, 1)]
    return np.unique([*np.round(np.arange(-last, last + 1) * step, 9), *beside])


def _shape(entry: Activation, settings: Settings, at: FloatArray) -> Shape:
    values = mean_output(at, settings["temperature"]) if entry.draws else entry.value(at, settings)
    slopes = entry.slope(at, settings)
    steepest = float(slopes[np.isfinite(slopes)].max(initial=-math.inf))
    (steep,) = np.nonzero(slopes == steepest)
    peak = float(at[steep[0]]) if len(steep) == 1 else math.nan
    return Shape(
        entry.key, entry.title, entry.symbol, *_formulas(entry, settings), entry.derivation, settings,
        values, slopes, entry.kinks(settings), (peak, steepest),
    )  # fmt: skip


def _formulas(entry: Activation, settings: Settings) -> tuple[str, str]:
    """Return how an activation and its slope are written; a typed formula with what was typed."""
    if entry.key != "formula":
        return entry.formula, entry.slope_formula
    typed = read(settings["text"])
    whole, slope = inlined(typed), derivative(typed, "z")
    return (
        entry.formula if whole is None else node_latex(whole),
        entry.slope_formula if slope is None else node_latex(slope),
    )


def _written(entry: Activation, settings: Settings) -> Shape:
    """Return an activation that has no curve, as it is written."""
    none = np.zeros(0)
    return Shape(entry.key, entry.title, entry.symbol, entry.formula, entry.slope_formula, entry.derivation, settings,
                 none, none, (), (math.nan, math.nan))  # fmt: skip


def _difference(shape: Shape, other: Shape | None) -> float:
    return math.nan if other is None else float(np.abs(shape.values - other.values).max())


def _flat(entry: Activation, settings: Settings, z: FloatArray) -> tuple[NDArray[np.bool_], bool]:
    """Say where an activation is flat, and whether because of its limits: as the metric of saturation has it."""
    low, high = entry.range_of(settings)
    if entry.has_gradient and math.isfinite(low) and math.isfinite(high):
        near, values = MARGIN.default * (high - low), entry.value(z, settings)
        return (values <= low + near) | (values >= high - near), True
    return entry.slope(z, settings) == 0, False


def _flat_zones(entry: Activation, settings: Settings, at: FloatArray) -> tuple[tuple[tuple[float, float], ...], bool]:
    if entry.draws:
        return (), False
    is_flat, is_limited = _flat(entry, settings, at)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_flat, [False]]).astype(np.int8)))
    spans = edges.reshape(-1, 2)
    return tuple((float(at[first]), float(at[last - 1])) for first, last in spans if last - first > 1), is_limited


def _spread(
    entry: Activation, settings: Settings, sums: FloatArray | None, at: FloatArray, is_limited: bool
) -> Spread | None:
    if sums is None or not sums.size:
        return None
    flat = sums.ravel()
    counts, edges = np.histogram(np.clip(flat, at[0], at[-1]), BINS, (float(at[0]), float(at[-1])))
    has_no_slope = entry.slope(sums, settings) == 0
    dead = None if is_limited or not entry.has_gradient else int(has_no_slope.all(axis=1).sum())
    return Spread(
        edges, counts, flat[:: max(-(-flat.size // MOST_TICKS), 1)], float(_flat(entry, settings, flat)[0].mean()),
        dead, *sums.shape,
    )  # fmt: skip


def _stands(
    question: ActivationQuestion, entry: Activation, settings: Settings, example: FloatArray | None
) -> tuple[float, float, float] | None:
    if example is None or not 0 <= question.unit < len(example) or entry.draws:
        return None
    z = example[question.unit : question.unit + 1]
    return float(z[0]), float(entry.value(z, settings)[0]), float(entry.slope(z, settings)[0])


def _softmax(
    question: ActivationQuestion, entry: Activation, settings: Settings, example: FloatArray | None
) -> Softmax | None:
    if example is None:
        return None
    shifted = example + question.shift
    shares = [entry.value(each[:, None], settings)[:, 0] for each in (shifted, example)]
    return Softmax(shifted, exponentials(shifted, settings["temperature"]), *shares)
