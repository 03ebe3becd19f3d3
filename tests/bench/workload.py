"""What one benchmark is: contenders, and how many times faster than each peer ours must be."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.bench.timing import Contender, Effort, Rates, interleave, paired_ratio

OURS = "dlviz"
COMPILED = "dlviz compiled"


@dataclass(frozen=True)
class Row:
    """One line of the table; `must` is None where a figure is only background."""

    workload: str
    contender: str
    figure: float
    unit: str
    ratio: float | None = None
    must: float | None = None
    is_limit: bool = False  # the figure has to stay at or below `must` instead of reaching it

    @property
    def passed(self) -> bool | None:
        """Say whether the ratio (or, without one, the figure) is what it must be."""
        if self.must is None:
            return None
        value = self.figure if self.ratio is None else self.ratio
        return value <= self.must if self.is_limit else value >= self.must


@dataclass(frozen=True)
class Workload:
    """A race between contenders; targets: least ratio of our rate to the peer's, by the peer's name.

    compiled: the same of our compiled kernels, where they take part.
    """

    key: str
    unit: str
    contenders: tuple[Contender, ...]
    targets: Mapping[str, float] = field(default_factory=dict)
    compiled: Mapping[str, float] = field(default_factory=dict)

    def measure(self, effort: Effort) -> list[Row]:
        """Race the contenders and return one row each, ours first; then once more for our compiled kernels."""
        rates = interleave(self.contenders, effort)
        rows = [self._row(self.key, OURS, name, rates, self.targets) for name in rates if name != COMPILED]
        if COMPILED not in rates:
            return rows
        names = (COMPILED, *(name for name in rates if name != COMPILED))
        return rows + [self._row(f"{self.key} compiled", COMPILED, name, rates, self.compiled) for name in names]

    def _row(self, key: str, ours: str, name: str, rates: Rates, targets: Mapping[str, float]) -> Row:
        rate = statistics.median(rates[name])
        if name == ours:
            return Row(key, name, rate, self.unit)
        return Row(key, name, rate, self.unit, paired_ratio(rates, ours, name), targets.get(name))


Benchmark = Callable[[Effort], list[Row]]
