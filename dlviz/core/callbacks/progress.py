"""Whether a monitored number still gets better from epoch to epoch."""

from collections.abc import Sequence

from dlviz.core.callbacks.kind import Seen, Settings
from dlviz.core.hyper import floating, integer

PATIENCE = integer("patience", 5, minimum=1, maximum=10**6, unit="epochs", help="how long nothing may get better")
MIN_DELTA = floating("min_delta", 0.0, minimum=0, maximum=1e300, help="a smaller change is none")


def best(values: Sequence[float], min_delta: float, is_high_good: bool) -> int:
    """Return the place of the last value that was better by more than min_delta than the best before it.

    A loss gets better by falling, a score by rising; NaN is never better. Raises: ValueError without values.
    """
    if not values:
        raise ValueError("Expected values. Received: none")
    sign = 1.0 if is_high_good else -1.0
    place = 0
    for index, value in enumerate(values):
        if sign * (value - values[place]) > min_delta or values[place] != values[place]:
            place = index
    return place


def is_score(monitor: str) -> bool:
    """Say whether a monitor gets better by rising."""
    return monitor.endswith("_score")


def best_epoch(seen: Seen, settings: Settings) -> int:
    """Return the place of the best epoch so far among the ends of epochs that were seen."""
    monitor = settings["monitor"]
    return best(seen.series(monitor), settings["min_delta"], is_score(monitor))


def stale(seen: Seen, settings: Settings) -> int:
    """Return for how many epochs nothing got better."""
    return len(seen.series(settings["monitor"])) - 1 - best_epoch(seen, settings)
