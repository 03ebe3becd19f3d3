"""Edits of a document's race: pure functions, which raise and change nothing if unusable."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import SpecError
from dlviz.core.optimizers import optimizers
from dlviz.core.surfaces import resolve as resolve_surface
from dlviz.core.surfaces import surfaces
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.format.choice import checked_choice
from dlviz.session.race import On, RaceSpec, Rule, check_race, first_rate


def set_race(document: Document, **changes: Any) -> Document:
    """Change parts of the race, such as steps=200; as many optimizers keep their markers, others get new ones.

    Raises: SpecError, FormulaError.
    """
    spec = replace(document.race, **changes)
    if spec.markers and len(spec.markers) != len(spec.optimizers):
        spec = replace(spec, markers=())
    return _with(document, spec)


def set_surface(document: Document, surface: Choice) -> Document:
    """Race on another surface, from its own start, each optimizer at a rate to begin with there.

    Raises: SpecError, FormulaError.
    """
    spec = replace(document.race, on="surface", surface=checked_choice(surface, surfaces, "race.surface"), start=())
    check_race(spec)
    runners = (replace(each, settings={**each.settings, "lr": first_rate(spec, each.kind)}) for each in spec.optimizers)
    return _with(document, replace(spec, optimizers=tuple(runners), rule="own"))


def set_surface_setting(document: Document, name: str, value: Any) -> Document:
    """Change one setting of the surface; start and rates stay, but no start of two numbers on a curve.

    Raises: SpecError, FormulaError.
    """
    surface, start = document.race.surface, document.race.start
    changed = checked_choice(Choice(surface.kind, {**surface.settings, name: value}), surfaces, "race.surface")
    fits = len(start) == resolve_surface(changed)[0].d
    return set_race(document, surface=changed, start=start if fits else ())


def race_on(document: Document, on: On) -> Document:
    """Race on the surface or on the loss of the network, each optimizer at a rate to begin with there.

    Raises: SpecError.
    """
    spec = replace(document.race, on=on)
    runners = (replace(each, settings={**each.settings, "lr": first_rate(spec, each.kind)}) for each in spec.optimizers)
    return _with(document, replace(spec, optimizers=tuple(runners), rule="own"))


def set_start(document: Document, start: Sequence[float]) -> Document:
    """Race from another point; () is the surface's own. Raises: SpecError."""
    return set_race(document, start=tuple(float(each) for each in start))


def add_entrant(document: Document, kind: str) -> Document:
    """Let another optimizer race, at a rate to begin with. Raises: SpecError."""
    optimizers.get(kind, "race.optimizers")
    return add_variant(document, chosen(kind, lr=first_rate(document.race, kind)))


def add_variant(document: Document, optimizer: Choice) -> Document:
    """Let an optimizer race too, with all its settings and a marker that nobody has. Raises: SpecError."""
    entrant = checked_choice(optimizer, optimizers, "race.optimizers")
    spec, taken = document.race, _markers(document.race)
    free = next(number for number in range(len(taken) + 1) if number not in taken)
    markers = _written((*taken, free))
    return set_race(document, optimizers=(*spec.optimizers, entrant), markers=markers, rule="own")


def set_entrant(document: Document, index: int, optimizer: Choice) -> Document:
    """Let this optimizer race in the place of another. Raises: SpecError."""
    runners = list(document.race.optimizers)
    runners[index] = checked_choice(optimizer, optimizers, "race.optimizers")
    return set_race(document, optimizers=tuple(runners), rule="own")


def use_rates(document: Document, rates: Sequence[float], rule: Rule) -> Document:
    """Let every optimizer race at its rate of these; one that is not finite stays. rule: how they were chosen.

    Raises: SpecError.
    """
    runners = tuple(
        replace(each, settings={**each.settings, "lr": float(rate)}) if math.isfinite(rate) else each
        for each, rate in zip(document.race.optimizers, rates, strict=True)
    )
    return set_race(document, optimizers=runners, rule=rule)


def remove_entrant(document: Document, index: int) -> Document:
    """Let an optimizer race no more; the others keep their markers. Raises: SpecError for the last one."""
    runners = document.race.optimizers
    if len(runners) == 1:
        raise SpecError(tr("Expected an optimizer that stays. Received: only one is left"), tr("Add another first."))
    stay = [number for number in range(len(runners)) if number != index]
    markers = _markers(document.race)
    return set_race(
        document, optimizers=tuple(runners[each] for each in stay), markers=_written([markers[each] for each in stay])
    )


def _markers(spec: RaceSpec) -> tuple[int, ...]:
    return tuple(spec.marker(index) for index in range(len(spec.optimizers)))


def _written(markers: Sequence[int]) -> tuple[int, ...]:
    """Return markers as a race keeps them: none where each has the number of its place."""
    return () if list(markers) == list(range(len(markers))) else tuple(markers)


def _with(document: Document, spec: RaceSpec) -> Document:
    check_race(spec)
    return document if spec == document.race else replace(document, race=spec)
