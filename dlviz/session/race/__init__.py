"""Races of optimizers on surfaces: what is chosen, what comes out, and the worker's part of it."""

from dlviz.session.race.result import Race, RaceQuestion, RaceView
from dlviz.session.race.scan import RateScan
from dlviz.session.race.spec import RACE_SETTINGS, RaceSpec, Rule, check_race, first_rate, start_of

__all__ = [
    "RACE_SETTINGS", "Race", "RaceQuestion", "RaceSpec", "RaceView", "RateScan", "Rule", "check_race", "first_rate",
    "start_of",
]  # fmt: skip
