"""Rate scans: how high an optimizer ends at every rate of a scale, so that each can race at its best."""

from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.descent import Course, walk_in_parts
from dlviz.core.surfaces import resolve as resolve_surface
from dlviz.session.race.spec import RaceSpec, start_of

LOWEST, HIGHEST, PER_DECADE = 1e-5, 10.0, 6
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RateScan:
    """One optimizer at every rate: rates (k,), and how high each ended, (k,), NaN where it broke.

    best: the rate that ended lowest; of several that ended equally low the largest, NaN if all broke.
    """

    optimizer: Choice
    rates: FloatArray
    ends: FloatArray

    @property
    def best(self) -> float:
        """The rate that ended lowest."""
        if not np.isfinite(self.ends).any():
            return float("nan")
        return float(self.rates[np.flatnonzero(self.ends == np.nanmin(self.ends))[-1]])


def scale() -> FloatArray:
    """Return the rates that are tried, to two digits: six in every decade."""
    decades = round(np.log10(HIGHEST / LOWEST))
    rates = np.geomspace(LOWEST, HIGHEST, decades * PER_DECADE + 1)
    return np.array([float(f"{each:.1e}") for each in rates])


def scan_in_parts(spec: RaceSpec, entrant: int, course: Course) -> Generator[None, None, RateScan]:
    """Walk one optimizer of a race at every rate, side by side, with pauses. Raises: SpecError, FormulaError."""
    entry, settings = resolve_surface(spec.surface)
    chosen, rates = spec.optimizers[entrant], scale()
    runners = [replace(chosen, settings={**chosen.settings, "lr": float(rate)}) for rate in rates]
    surface = entry.make(settings)
    paths = yield from walk_in_parts(surface, runners, start_of(spec), course, keeps_all=False)
    ends = np.array([float(path.values[-1]) if path.is_finite.all() else np.nan for path in paths])
    return RateScan(chosen, rates, ends)
