"""Races of optimizers on surfaces: what is chosen, what comes out, and the worker's part of it."""

from dlviz.session.race.result import Race, RaceQuestion, RaceView
from dlviz.session.race.spec import RACE_SETTINGS, RaceSpec, check_race, first_rate, start_of

__all__ = ["RACE_SETTINGS", "Race", "RaceQuestion", "RaceSpec", "RaceView", "check_race", "first_rate", "start_of"]
