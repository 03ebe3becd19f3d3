"""Where networks agree that were trained alike but from other seeds: what they answer over a plane, and how far apart.

The networks are an ensemble: where they differ, the data did not decide. Source: Lakshminarayanan, Pritzel & Blundell
2017, section 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.contour import class_boundaries, segments
from dlviz.session.vary.result import ExperimentView, Trial
from dlviz.session.vary.spec import Experiment

FEWEST_SEEDS = 2
FloatArray = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Answers:
    """What one network answers over a plane: outputs (k, rows, columns), row 0 at the bottom, of its training's seed.

    lines: the pieces of the boundary between classes, as `segments` gives them; none for measured values.
    """

    seed: int
    outputs: FloatArray
    lines: FloatArray


@dataclass(frozen=True, eq=False)
class Agreement:
    """The answers of several networks over the plane of the maps, and what they come to.

    serial: of their experiment. extent: (x0, x1, y0, y1). wanted: how many trainings are over whose networks count.
    mean, std: (k, rows, columns), over the networks; std² is the mean of squares, divided by their number.
    share: (rows, columns), of the networks that name the class of the mean; None for measured values.
    """

    serial: int
    extent: tuple[float, float, float, float]
    wanted: int
    answers: tuple[Answers, ...]
    mean: FloatArray
    std: FloatArray
    share: FloatArray | None

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds of the networks that are counted."""
        return tuple(each.seed for each in self.answers)


def is_of_seeds(experiment: Experiment) -> bool:
    """Say whether the trainings of an experiment differ in their seeds alone."""
    return not experiment.varied and len(experiment.seeds) >= FEWEST_SEEDS


def countable(view: ExperimentView) -> list[Trial]:
    """Return the trainings that are over and whose weights are kept; what diverged is no answer."""
    return [
        each for each in view.trials
        if each.status in ("done", "stopped") and each.ended is not None and each.ended.kept is not None
    ]  # fmt: skip


def answers_of(seed: int, outputs: FloatArray, level: float | None, has_classes: bool) -> Answers:
    """Return the answers of one network with its boundary. level: where one output changes class, None for several."""
    if not has_classes or min(outputs.shape[1:]) < 2:
        return Answers(seed, outputs, np.empty((0, 2, 2)))
    return Answers(seed, outputs, boundary(outputs, level))


def boundary(outputs: FloatArray, level: float | None) -> FloatArray:
    """Return the pieces of the line where the class changes that outputs (k, rows, columns) name."""
    return class_boundaries(outputs) if level is None else segments(np.nan_to_num(outputs[0]), level)


def summed_up(
    answers: Sequence[Answers], level: float | None, has_classes: bool
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Return mean and standard deviation of the answers, and the share that names the class of the mean."""
    outputs: FloatArray = np.stack([each.outputs for each in answers]).astype(np.float64)
    mean: FloatArray = outputs.mean(axis=0)
    std: FloatArray = outputs.std(axis=0)
    if not has_classes:
        return mean, std, None
    named: FloatArray = np.mean(_classes(outputs, level) == _classes(mean, level), axis=0)
    return mean, std, named


def _classes(outputs: FloatArray, level: float | None) -> NDArray[np.intp]:
    """Return the class that outputs (…, k, rows, columns) name."""
    if level is None:
        best: NDArray[np.intp] = np.argmax(np.nan_to_num(outputs), axis=-3)
        return best
    return (outputs[..., 0, :, :] > level).astype(np.intp)
