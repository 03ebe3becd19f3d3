"""Mistakes in a program that a student may have made: every slip there is, with all its settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from dlviz.core.answers.replay import Exercise
from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import DlvizError
from dlviz.core.hyper import Hyper
from dlviz.core.inference import shapes
from dlviz.core.slips import slips
from dlviz.i18n import tr

MOST_UNITS = 8  # of a layer that are tried one by one


@dataclass(frozen=True)
class Cause:
    """What went wrong: the key of a slip or of a plain mistake of arithmetic, and a sentence without any number."""

    key: str
    sentence: str


def cause_of(key: str) -> Cause:
    """Return the cause that a slip of the registry is."""
    entry = slips.get(key)
    words = tr("{title}: {wrong} instead of {right}.", title=tr(entry.title), wrong=entry.wrong, right=entry.right)
    return Cause(key, words)


def variants(exercise: Exercise) -> Iterator[Choice]:
    """Give every slip that can be made in this exercise, with each of its settings."""
    widest = max((shape[0] for shape in shapes(exercise.network).values() if shape), default=1)
    for entry in slips:
        options = [_options(hyper, widest) for hyper in entry.settings]
        names = [hyper.name for hyper in entry.settings]
        for values in product(*options):
            variant = chosen(entry.key, **dict(zip(names, values, strict=True)))
            if _applies(exercise, variant):
                yield variant


def _options(hyper: Hyper, widest: int) -> list[Any]:
    if hyper.kind == "choice":
        return list(hyper.choices)
    if hyper.kind == "int":
        return list(range(int(hyper.minimum or 0), min(widest, MOST_UNITS) + 1))
    return [hyper.default]


def _applies(exercise: Exercise, variant: Choice) -> bool:
    try:
        return bool(exercise.program(variant).slips)
    except DlvizError:  # an optimizer or a loss that the slip cannot be made in
        return False
