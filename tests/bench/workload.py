"""What one benchmark is: contenders, and how many times faster than each peer ours must be."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.bench.timing import Contender, Effort, interleave, paired_ratio

OURS = "dlviz"


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
    """A race between contenders; targets: least ratio of our rate to the peer's, by the peer's name."""

    key: str
    unit: str
    contenders: tuple[Contender, ...]
    targets: Mapping[str, float] = field(default_factory=dict)

    def measure(self, effort: Effort) -> list[Row]:
        """Race the contenders and return one row each, ours first."""
        rates = interleave(self.contenders, effort)
        return [self._row(name, rates) for name in rates]

    def _row(self, name: str, rates: dict[str, list[float]]) -> Row:
        rate = statistics.median(rates[name])
        if name == OURS:
            return Row(self.key, name, rate, self.unit)
        return Row(self.key, name, rate, self.unit, paired_ratio(rates, OURS, name), self.targets.get(name))


Benchmark = Callable[[Effort], list[Row]]
