"""Bends: finds the largest curvature of a network's loss where an optimizer stands, in parts beside the race."""

from collections.abc import Generator
from time import perf_counter

import numpy as np

from dlviz.core.explain import Curvature
from dlviz.session.race.result import Race, RaceQuestion

UNKNOWN = Curvature(float("nan"), np.zeros(0), 0.0, 0, False)  # where a path broke


class Bends:
    """Works on one place at a time; another one ends the work on it. What was found of a race is kept."""

    def __init__(self) -> None:
        self._race: Race | None = None
        self._found: dict[tuple[int, int], Curvature] = {}
        self._place = (-1, -1)
        self._work: Generator[None, None, Curvature] | None = None

    @property
    def is_unfinished(self) -> bool:
        """Whether a curvature is being found."""
        return self._work is not None

    def look(self, race: Race, question: RaceQuestion, until: float) -> Curvature | None:
        """Return the curvature at the place in question; None while it is not known, and for surfaces."""
        if self._race is None or race.paths is not self._race.paths:
            self._race, self._found = race, {}
            self._stop()
        place = (question.entrant, question.place)
        if race.network is None or not 0 <= place[0] < len(race.paths) or not 0 <= place[1] <= race.steps:
            self._stop()
            return None
        if place != self._place:
            self._stop()
        if place not in self._found:
            self._work_on(race, place, until)
        return self._found.get(place)

    def _stop(self) -> None:
        self._place, self._work = (-1, -1), None

    def _work_on(self, race: Race, place: tuple[int, int], until: float) -> None:
        if race.network is None or place[1] >= race.standings[place[0]].broken:
            self._found[place] = UNKNOWN
            return
        if self._work is None:
            self._place, self._work = place, race.network.ground.curvature(*place)
        while self._work is not None:
            try:
                next(self._work)
            except StopIteration as done:
                self._found[place], self._work = done.value, None
            if perf_counter() >= until:
                break
