"""A Hopfield network's picture: the cue, the state as it settles, and the energy on the way."""

import math
from dataclasses import dataclass

import numpy as np

from dlviz.gui import numbers
from dlviz.gui.walks.rule_scene import Array, RuleScene
from dlviz.i18n import tr

KINDS = ("hopfield_storage", "hopfield_recall")


@dataclass(frozen=True)
class Pattern:
    """Cells from the top left, row by row, each −1 or 1. changed: cells that differ from the cue."""

    title: str
    cells: tuple[float, ...]
    width: int
    changed: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Patterns:
    """Patterns side by side, and the energies measured so far with the step in which each was."""

    shown: tuple[Pattern, ...] = ()
    energies: tuple[float, ...] = ()
    words: str = ""
    phase: str = ""


def patterns(scene: RuleScene) -> Patterns:
    """Return the picture of a scene."""
    cue = scene.before("x")
    if cue is None:
        return Patterns()
    width = side_of(cue.size)
    found = [Pattern(tr("cue"), _cells(cue), width)]
    state = scene.value("o.a") if scene.trace is not None and _is_written(scene, "o.a") else None
    if state is not None:
        changed = frozenset(np.flatnonzero(state.reshape(-1) != cue.reshape(-1)).tolist())
        found.append(Pattern(tr("state"), _cells(state), width, changed))
    energies = _energies(scene)
    phase = scene.step.phase if scene.step else ""
    return Patterns(tuple(found), energies, _words(scene, found, energies), phase)


def side_of(count: int) -> int:
    """Return how many cells wide a pattern of so many is drawn: a square where that is possible."""
    least = math.isqrt(max(count - 1, 0)) + 1
    return next((width for width in range(least, count) if count % width == 0), max(count, 1))


def _cells(values: Array) -> tuple[float, ...]:
    return tuple(float(each) for each in values.reshape(-1))


def _is_written(scene: RuleScene, name: str) -> bool:
    assert scene.trace is not None
    return any(name in step.writes for step in scene.trace.steps[: scene.cursor])


def _energies(scene: RuleScene) -> tuple[float, ...]:
    done = scene.trace.steps[: scene.cursor] if scene.trace else ()
    return tuple(float(step.writes["o.energy"].item()) for step in done if "o.energy" in step.writes)


def _words(scene: RuleScene, found: list[Pattern], energies: tuple[float, ...]) -> str:
    parts = [tr("row {number}", number=(scene.row or 0) + 1)]
    if len(found) > 1:
        parts.append(tr("{count} of {all} cells changed", count=len(found[1].changed), all=len(found[1].cells)))
    if energies:
        parts.append("E = " + " → ".join(numbers.number(each) for each in energies))
    return " · ".join(parts)
