"""Races between JSON and their spec."""

from collections.abc import Mapping
from typing import Any

from dlviz.core.clipping import clippings
from dlviz.core.optimizers import optimizers
from dlviz.core.schedules import schedules
from dlviz.core.surfaces import surfaces
from dlviz.session.files.envelope import RacePart
from dlviz.session.format.choice import choice_from_json, choice_to_json
from dlviz.session.race import RaceSpec, check_race

PLACE = "race"


def race_from_json(part: RacePart | None, extra: dict[str, Mapping[str, Any]]) -> RaceSpec:
    """Read a race; unknown keys go to extra. Raises: SpecError, FormulaError."""
    if part is None:
        return RaceSpec()
    if unknown := part.unknown():
        extra[PLACE] = unknown
    first = RaceSpec()
    runners = tuple(choice_from_json(each, optimizers, f"{PLACE}.optimizers") for each in part.optimizers or ())
    spec = RaceSpec(
        surface=choice_from_json(part.surface, surfaces, f"{PLACE}.surface"),
        optimizers=first.optimizers if part.optimizers is None else runners,
        start=tuple(part.start),
        steps=part.steps,
        schedule=None if part.schedule is None else choice_from_json(part.schedule, schedules, f"{PLACE}.schedule"),
        clip=None if part.clip is None else choice_from_json(part.clip, clippings, f"{PLACE}.clip"),
        noise=part.noise,
        seed=part.seed,
        starts=part.starts,
        count=part.count,
        tolerance=part.tolerance,
        rule=part.rule,
        on=part.on,
        plane=part.plane,
        weights=part.weights,
        markers=tuple(part.markers),
    )
    check_race(spec)
    return spec


def race_to_json(spec: RaceSpec) -> dict[str, Any]:
    """Write a race: its surface and optimizers, and whatever else was chosen."""
    first = RaceSpec()
    plain = {
        name: getattr(spec, name)
        for name in ("steps", "noise", "seed", "starts", "count", "tolerance", "rule", "on", "plane", "weights")
        if getattr(spec, name) != getattr(first, name)
    }
    return {
        "surface": choice_to_json(spec.surface, surfaces),
        "optimizers": [choice_to_json(each, optimizers) for each in spec.optimizers],
        **({"start": list(spec.start)} if spec.start else {}),
        **({"markers": list(spec.markers)} if spec.markers else {}),
        **({"schedule": choice_to_json(spec.schedule, schedules)} if spec.schedule is not None else {}),
        **({"clip": choice_to_json(spec.clip, clippings)} if spec.clip is not None else {}),
        **plain,
    }
