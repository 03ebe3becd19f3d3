"""Races of optimizers on surfaces: what is chosen, what comes out, and the worker's part of it."""

from dlviz.session.race.result import Race, RaceQuestion, RaceView
from dlviz.session.race.scan import RateScan
from dlviz.session.race.spec import On, RaceSpec, Rule, check_race, first_rate, settings_of, start_of

__all__ = [
    "On", "Race", "RaceQuestion", "RaceSpec", "RaceView", "RateScan", "Rule", "check_race",
    "first_rate", "settings_of", "start_of",
]  # fmt: skip
