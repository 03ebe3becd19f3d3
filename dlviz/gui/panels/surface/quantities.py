"""What can be drawn against the steps of a race: height, distance, the rate, effective rates, ends of many starts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.optimizers import Optimizer, resolve
from dlviz.gui import numbers
from dlviz.i18n import tr
from dlviz.session.race import Race, RateScan
from dlviz.session.race.standings import Band

TINY = 1e-16  # below this above a minimum there is only rounding
BINS = 30
MOST_AGES = 40  # steps back that are drawn
FloatArray = NDArray[np.floating]


@dataclass(frozen=True)
class Line:
    """One optimizer's line, (k,) places and values; the band about it, where many starts were walked."""

    x: FloatArray
    y: FloatArray
    band: tuple[FloatArray, FloatArray] | None = None


@dataclass(frozen=True)
class Drawn:
    """What is drawn: a line an optimizer, its words, and whether its axis is logarithmic."""

    lines: tuple[Line, ...]
    words: str
    is_log: bool
    is_over_steps: bool = True
    has_log_places: bool = False


def height(race: Race) -> Drawn:
    """Draw how far above its minimum each stands; the plain value where no minimum is known.

    Many starts: the median, in the band from the lower to the upper quartile.
    """
    lowest = _lowest(race)
    shift, is_log = (0.0, False) if lowest is None else (lowest, True)
    if race.crowd is None:
        lines = tuple(_over_steps(_risen(each, shift, is_log)) for each in _unbroken(race))
    else:
        lines = tuple(_banded(band, shift, is_log) for band in race.crowd.bands)
    plain = tr("f against steps") if race.network is None else tr("loss of all training rows, against steps")
    words = tr("f above its minimum, against steps") if is_log else plain
    if race.crowd is not None:
        what = tr("f above its minimum") if is_log else tr("f")
        words = tr("{what}: median and quartiles of {n} starts", what=what, n=race.crowd.starts.shape[1])
    return Drawn(lines, words, is_log)


def _unbroken(race: Race) -> Iterator[FloatArray]:
    """Give the heights of every path; none from where it broke on, though it may come back to where there are some."""
    for path, standing in zip(race.paths, race.standings, strict=True):
        steps = np.arange(len(path.values))
        yield np.where(steps < standing.broken, path.values, np.nan)


def distance(race: Race) -> Drawn:
    """Draw how far each is from the nearest minimum."""
    lines = tuple(_over_steps(np.maximum(each.distances, TINY)) for each in race.standings)
    return Drawn(lines, tr("distance to the nearest minimum, against steps"), is_log=True)


def off_plane(race: Race) -> Drawn:
    """Draw how far every point of a network's path lies off the plane that is shown."""
    residuals = race.network.residuals if race.network is not None else ()
    words = tr("distance from the plane, in all parameters, against steps")
    return Drawn(tuple(_over_steps(each) for each in residuals), words, is_log=False)


def rate(race: Race) -> Drawn:
    """Draw the learning rate of every step, as the schedule leaves it."""
    return Drawn(
        tuple(_over_steps(path.rates) for path in race.paths), tr("learning rate, against steps"), is_log=False
    )


def effective(race: Race, axis: int) -> Drawn:
    """Draw how far each goes along one axis for each unit of slope there."""
    lines = tuple(_over_steps(np.maximum(path.effective_rates()[:, axis], TINY)) for path in race.paths)
    name = race.surface.names[axis]
    return Drawn(lines, tr("|move| / |slope| along {name}, against steps", name=name), is_log=True)


def memory(race: Race) -> Drawn:
    """Draw how much of the gradient so many steps ago is in what each optimizer carries along now.

    v or m is a sum over past gradients with shares that shrink by β a step; those without a memory have one share.
    """
    ages = np.arange(min(race.steps, MOST_AGES), dtype=np.float64)
    lines = tuple(Line(ages, _shares(*resolve(each), ages)) for each in race.spec.optimizers)
    words = tr("share of the gradient of so many steps ago in the velocity or the mean")
    return Drawn(lines, words, is_log=False, is_over_steps=False)


def _shares(entry: Optimizer, settings: Mapping[str, Any], ages: FloatArray) -> FloatArray:
    beta = settings.get("momentum", settings.get("beta1", 0.0))
    is_mean = settings.get("form") == "ema" or "beta1" in settings
    rate = settings["lr"] if settings.get("rate") == "inside" or settings.get("form") == "look_ahead" else 1.0
    return np.asarray((1 - beta if is_mean else 1.0) * rate * np.power(beta, ages))


def ends(race: Race) -> Drawn:
    """Draw how many of the starts ended at which height."""
    if race.crowd is None:
        return height(race)
    known = np.concatenate([each[np.isfinite(each)] for each in race.crowd.values])
    edges = np.histogram_bin_edges(known, BINS) if len(known) else np.linspace(0, 1, BINS + 1)
    lines = tuple(_steps(edges, np.histogram(each[np.isfinite(each)], edges)[0]) for each in race.crowd.values)
    words = tr("how many of {n} starts ended at which f", n=race.crowd.starts.shape[1])
    return Drawn(lines, words, is_log=False, is_over_steps=False)


def scanned(race: Race, scans: Sequence[RateScan]) -> Drawn:
    """Draw how high each ended at every rate that was tried."""
    lowest = _lowest(race)
    shift, is_log = (0.0, False) if lowest is None else (lowest, True)
    lines = tuple(Line(np.log10(each.rates), _risen(each.ends, shift, is_log)) for each in scans)
    best = ", ".join(f"{numbers.number(each.best)}" for each in scans)
    what = tr("height") if race.network is None else tr("loss of all training rows")
    words = tr("{what} after {steps} steps, against the rate; best: {best}", what=what, steps=race.steps, best=best)
    return Drawn(lines, words if scans else tr("scanning rates…"), is_log, is_over_steps=False, has_log_places=True)


#: Key → its word, and how it is drawn.
QUANTITIES: Mapping[str, tuple[str, Callable[[Race], Drawn]]] = {
    "height": (tr("height"), height),
    "distance": (tr("distance"), distance),
    "off_plane": (tr("off the plane"), off_plane),
    "rate": (tr("rate"), rate),
    "along_x": (tr("effective x"), lambda race: effective(race, 0)),
    "along_y": (tr("effective y"), lambda race: effective(race, race.surface.d - 1)),
    "memory": (tr("memory"), memory),
    "ends": (tr("ends"), ends),
}
SCAN = "scan"


def offered(race: Race) -> tuple[tuple[str, str], ...]:
    """Return the keys and words of what this race has."""
    absent = {
        *(("distance",) if not race.minima else ()),
        *(("along_y",) if race.surface.d == 1 else ()),
        *(("ends",) if race.crowd is None else ()),
        *(("along_x", "along_y", "memory") if race.network is not None else ("off_plane",)),
    }
    scan = SCAN, tr("rate scan")
    own = {"along_x": tr("effective {name}", name=race.surface.names[0])}  # a curve has a letter of its own
    return (*((key, own.get(key, word)) for key, (word, _) in QUANTITIES.items() if key not in absent), scan)


def _lowest(race: Race) -> float | None:
    if not race.minima:
        return None
    points = np.array(race.minima[0], dtype=np.float64)[:, None]
    return float(np.asarray(race.surface.value(points)).ravel()[0])


def _risen(values: FloatArray, shift: float, is_log: bool) -> FloatArray:
    return np.maximum(values - shift, TINY) if is_log else values


def _over_steps(values: FloatArray) -> Line:
    return Line(np.arange(len(values), dtype=np.float64), values)


def _banded(band: Band, shift: float, is_log: bool) -> Line:
    low, middle, high = (_risen(each, shift, is_log) for each in (band.low, band.middle, band.high))
    return Line(band.steps, middle, (low, high))


def _steps(edges: FloatArray, counts: NDArray[np.intp]) -> Line:
    """Return a histogram as an outline."""
    return Line(np.repeat(edges, 2)[1:-1], np.repeat(counts, 2).astype(np.float64))
