"""The loss of one example taken apart: by output, along one output, and where its formula changes."""

from itertools import pairwise

import numpy as np

from dlviz.core.losses.kind import Floats, Loss, Settings

HALVINGS = 80  # of an interval that contains a kink: more than a double can tell apart


def terms(entry: Loss, a: Floats, y: Floats, settings: Settings) -> Floats:
    """Return what each output adds to the loss of one example, (k,); they sum to it. Shapes: a, y (k,)."""
    whole = len(a) if settings["outputs"] == "mean" else 1
    pairs = zip(a[:, None, None], y[:, None, None], strict=True)
    return np.array([entry.evaluate(one, target, settings)[0] for one, target in pairs]) / whole


def along(entry: Loss, a: Floats, y: Floats, settings: Settings, unit: int, at: Floats) -> Floats:
    """Return the loss of one example as one output takes the values at (points,), the others fixed. Shapes: a, y (k,).

    Only the term of that output moves.
    """
    own = terms(entry, a, y, settings)
    whole = len(a) if settings["outputs"] == "mean" else 1
    targets = np.full((1, 1), y[unit])
    moved = np.array([entry.evaluate(np.full((1, 1), value), targets, settings)[0] for value in at]) / whole
    return np.asarray(moved + np.delete(own, unit).sum(), dtype=np.float64)


def kinks(entry: Loss, target: float, settings: Settings, at: Floats) -> tuple[float, ...]:
    """Return the outputs between the first and the last of at, ascending, where the formula for a target changes."""
    if entry.piece is None:
        return ()
    found = []
    for low, high in pairwise(at):
        if _piece(entry, settings, low, target) != _piece(entry, settings, high, target):
            found.append(_between(entry, settings, float(low), float(high), target))
    return tuple(dict.fromkeys(found))


def _piece(entry: Loss, settings: Settings, a: float, y: float) -> object:
    assert entry.piece is not None
    return entry.piece(settings, np.full((1, 1), a), np.full((1, 1), y)).item()


def _between(entry: Loss, settings: Settings, low: float, high: float, target: float) -> float:
    """Halve an interval that contains a change until its ends are neighbours."""
    first = _piece(entry, settings, low, target)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _piece(entry, settings, middle, target) == first else (low, middle)
    return high
