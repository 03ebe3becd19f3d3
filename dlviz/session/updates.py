"""The last updates of one number of a parameter, replayed from what is kept of the run."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from dlviz.core.explain import Weight
from dlviz.core.layout import View, layout
from dlviz.session.explanation import Update
from dlviz.session.plan import kept_parameters
from dlviz.session.run import Run
from dlviz.session.trainer import Trainer, TrainingState

SHOWN = 5
MOST_WORK = 200_000_000  # steps times parameters times examples that are replayed; about a tenth of a second


class LastUpdates:
    """Keeps the updates that were found last, for the frames of a run that stands."""

    def __init__(self) -> None:
        self._key: tuple[int, int, Weight] | None = None
        self._found: tuple[Update, ...] = ()

    def of(self, run: Run, weight: Weight, copy: Callable[[], Trainer]) -> tuple[Update, ...]:
        """Return the last changes of a number under the present document, before the batch in hand, oldest first.

        copy: gives a trainer of the same document to replay on. Where nothing near is kept there are none.
        """
        step = run.walk.trace.global_step if run.walk else run.step
        key = run.segment.uid, step, weight
        if key != self._key:
            self._key, self._found = key, _replayed(run, weight, step, copy)
        return self._found


def _replayed(run: Run, weight: Weight, step: int, copy: Callable[[], Trainer]) -> tuple[Update, ...]:
    first = max(step - SHOWN, run.segment.start.step)
    near = run.history.of(run.segment.uid).nearest(first) or run.segment.start
    view = layout(kept_parameters(run.document)).views.get(weight.name)
    size = run.network.program.layout.size * run.document.training.batch_size
    if view is None or step <= first or (step - near.step) * size > MOST_WORK:
        return ()
    values = _values(copy(), near, (first, step), place_of(view, weight))
    pairs = enumerate(pairwise(values), first + 1)
    return tuple(Update(batch, after - before, after) for batch, (before, after) in pairs)


def _values(trainer: Trainer, near: TrainingState, steps: tuple[int, int], place: int) -> list[float]:
    """Return the number after each of the steps from the first to the last."""
    trainer.restore(near)
    losses = np.zeros(max(steps[0] - near.step, 1))
    trainer.run(steps[0] - near.step, losses)
    values = [float(trainer.state().kept[0, place])]
    while trainer.step < steps[1]:
        trainer.run(1, losses)
        values.append(float(trainer.state().kept[0, place]))
    return values


def place_of(view: View, weight: Weight) -> int:
    """Return where a number lies in the vector of all parameters."""
    return view.offset + sum(at * stride for at, stride in zip(weight.entry, view.strides, strict=True))
