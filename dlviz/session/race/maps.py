"""Maps: what each optimizer's network answers over the plane of two inputs, where it stands in a race."""

from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlviz.core.evaluate import Evaluator
from dlviz.session.race.ground import Ground, named

if TYPE_CHECKING:
    from dlviz.session.race.result import Race, RaceQuestion

SIDE = 48  # points along each side
MARGIN = 0.08  # of the data's range, left free around it
MOST_INPUTS = 12  # with more a plane through their means says little
FloatArray = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class RaceMaps:
    """Outputs after so many steps: for each optimizer (k, SIDE, SIDE), row 0 at the bottom; NaN where its path broke.

    extent: (x0, x1, y0, y1) of the first two inputs in their own units; all others stand at their training means.
    """

    step: int
    outputs: tuple[FloatArray, ...]
    extent: tuple[float, float, float, float]


def can_be_mapped(ground: Ground) -> bool:
    """Say whether a plane of two inputs shows what the network does: few inputs, and one output or classes."""
    trainer = ground.trainer
    is_told_apart = trainer.program.n_outputs == 1 or trainer.prepared.dataset.task != "regression"
    return 2 <= trainer.prepared.dataset.d <= MOST_INPUTS and is_told_apart


class Mapper:
    """Finishes the maps that are begun, then makes those of the step in question: during play they come one late."""

    def __init__(self) -> None:
        self._race: Race | None = None
        self._sheet: _Sheet | None = None
        self._work: Generator[None, None, RaceMaps] | None = None
        self._maps: RaceMaps | None = None
        self._wanted = -1

    @property
    def is_unfinished(self) -> bool:
        """Whether maps are being made, or those there are belong to another step."""
        return self._work is not None or self._wanted != (-1 if self._maps is None else self._maps.step)

    def look(self, race: "Race", question: "RaceQuestion", until: float) -> RaceMaps | None:
        """Return the newest maps of a race on a network, if they are wanted and there are any."""
        if self._race is None or race.paths is not self._race.paths:
            self._race, self._sheet, self._work, self._maps = race, None, None, None
        part = race.network
        if part is None or not question.wants_maps or not can_be_mapped(part.ground):
            self._work, self._wanted = None, -1 if self._maps is None else self._maps.step
            return None
        self._wanted = min(max(question.place, 0), race.steps)
        self._sheet = self._sheet or _Sheet(part.ground)
        while self.is_unfinished:
            self._work = self._work or self._sheet.maps(self._wanted)
            try:
                next(self._work)
            except StopIteration as done:
                self._maps, self._work = done.value, None
            if perf_counter() >= until:
                break
        return self._maps


class _Sheet:
    """One grid of inputs and one network that answers for it, with the parameters of one optimizer after another."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        document = ground.trainer.document
        self._evaluator = Evaluator(document.network, slip=document.training.slip, seed=document.seed)
        self._like = ground.trainer.read()

    @cached_property
    def _extent(self) -> tuple[float, float, float, float]:
        inputs = self._ground.trainer.prepared.sample.dataset.inputs
        low, high = inputs[:, :2].min(axis=0), inputs[:, :2].max(axis=0)
        margin = np.where(high > low, MARGIN * (high - low), 1.0)
        (x0, y0), (x1, y1) = (low - margin).tolist(), (high + margin).tolist()
        return x0, x1, y0, y1

    @cached_property
    def _points(self) -> FloatArray:
        """The grid in the units of the network, (SIDE², d)."""
        prepared, (x0, x1, y0, y1) = self._ground.trainer.prepared, self._extent
        places = (np.arange(SIDE) + 0.5) / SIDE
        sample = prepared.sample
        points = np.tile(sample.dataset.inputs[sample.train].mean(axis=0, dtype=np.float64), (SIDE * SIDE, 1))
        points[:, 0] = np.tile(x0 + places * (x1 - x0), SIDE)
        points[:, 1] = np.repeat(y0 + places * (y1 - y0), SIDE)
        scaled: FloatArray = prepared.scaler.apply(points)
        scaled.setflags(write=False)  # so that they stay loaded in the evaluator
        return scaled

    def maps(self, step: int) -> Generator[None, None, RaceMaps]:
        """Make the maps of a step, an optimizer at a time."""
        outputs = []
        for thetas in self._ground.thetas:
            self._evaluator.load(named(thetas[step], self._like))
            with np.errstate(all="ignore"):
                found = self._evaluator.outputs(self._points)
            outputs.append(np.asarray(found.T.reshape(-1, SIDE, SIDE)))
            yield
        return RaceMaps(step, tuple(outputs), self._extent)
