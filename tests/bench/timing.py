"""Contenders measured in turns, so that a busy machine slows all of them alike."""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

Rates = dict[str, list[float]]


@dataclass(frozen=True)
class Contender:
    """Something to time: one `call` does `work` units (steps, frames)."""

    name: str
    call: Callable[[], object]
    work: float = 1.0


@dataclass(frozen=True)
class Effort:
    """How long to measure: `rounds` turns of about `seconds` CPU seconds for each contender."""

    rounds: int = 9
    seconds: float = 0.25


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector out of the measurement."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def cpu_seconds(call: Callable[[], object], times: int) -> float:
    """Return the process's CPU seconds for so many calls; foreign processes do not count."""
    start = time.process_time()
    for _ in range(times):
        call()
    return time.process_time() - start


def calls_for(contender: Contender, seconds: float) -> int:
    """Return how many calls fill the time, after a warm-up."""
    contender.call()
    times = 1
    while (spent := cpu_seconds(contender.call, times)) < seconds / 10:
        times *= 2
    return max(1, round(times * seconds / spent))


def interleave(contenders: Sequence[Contender], effort: Effort) -> Rates:
    """Return for every contender its units of work per CPU second, one figure a round."""
    with no_collection():
        times = {each.name: calls_for(each, effort.seconds) for each in contenders}
        rates: Rates = {each.name: [] for each in contenders}
        for turn in range(effort.rounds):
            order = contenders if turn % 2 == 0 else tuple(reversed(contenders))
            for each in order:
                spent = cpu_seconds(each.call, times[each.name])
                rates[each.name].append(each.work * times[each.name] / spent)
    return rates


def paired_ratio(rates: Rates, ours: str, peer: str) -> float:
    """Return the median over rounds of our rate by the peer's."""
    return statistics.median(mine / theirs for mine, theirs in zip(rates[ours], rates[peer], strict=True))
