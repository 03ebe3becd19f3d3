"""Watcher: asks the callbacks of a document after the batches at which they can hold, and no oftener."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import to_host
from dlviz.core.callbacks import resolve
from dlviz.core.callbacks.progress import best_epoch
from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.evaluate import Evaluator
from dlviz.i18n import tr
from dlviz.session.measure import measure, measured_examples
from dlviz.session.trainer import Trainer, TrainingState

Losses = NDArray[np.floating]


@dataclass(frozen=True)
class Stop:
    """A rule that holds: which, after how many batches, and the step to go back to, if it asks for that."""

    callback: Choice
    step: int
    best_step: int | None = None

    @property
    def reason(self) -> str:
        """Why the run stands still, in words."""
        entry, settings = resolve(self.callback)
        return tr(
            "{title} at batch {step}: {because}.",
            title=tr(entry.title), step=self.step, because=tr(entry.reason(settings)).format(**settings),
        )  # fmt: skip


@dataclass
class Watched:
    """What was seen of a run, by step, so that it can be gone back to: monitors at ends of epochs, and stops."""

    values: dict[int, dict[str, float]] = field(default_factory=dict)
    stops: list[Stop] = field(default_factory=list)

    def fork(self, step: int) -> "Watched":
        """Return what was seen up to a step, where another future begins."""
        kept = {at: dict(values) for at, values in self.values.items() if at <= step}
        return Watched(kept, [each for each in self.stops if each.step <= step])

    def is_spent(self, callback: Choice, step: int) -> bool:
        """Say whether a rule held before this step: it stops a run once."""
        return any(each.callback == callback and each.step < step for each in self.stops)

    def add(self, stop: Stop) -> bool:
        """Note a stop; say whether it is new."""
        is_new = stop not in self.stops
        if is_new:
            self.stops.append(stop)
        return is_new


class Duties(Protocol):
    """Who writes checkpoints and logs."""

    def after_batches(self, trainer: Trainer, losses: Losses) -> None:
        """Take note of batches that were trained; the trainer stands after the last."""
        ...

    def after_epoch(self, trainer: Trainer, seen: "View") -> None:
        """Write what an epoch's end asks for."""
        ...


class Watcher:
    """The callbacks of a trainer's document. A document without any has no watcher at all.

    keeps_best: the state at the end of the best epoch is at hand, for runs that cannot be rewound.
    Raises: SpecError where a callback monitors rows that are not there.
    """

    def __init__(self, trainer: Trainer, duties: Duties | None = None, keeps_best: bool = False) -> None:
        self.trainer = trainer
        self.keeps_best = keeps_best
        self._bests: dict[int, TrainingState] = {}
        self._duties = duties
        self._chosen = trainer.document.training.callbacks
        self._evaluator: Evaluator | None = None
        monitors = {resolve(each)[1].get("monitor", "") for each in self._chosen}
        if any(name.startswith("validation") for name in monitors) and not len(trainer.prepared.validation):
            raise SpecError(
                "Expected validation rows to monitor. Received: none",
                "Set data.split.validation, or monitor the training rows.",
                "training.callbacks",
            )

    def _open(self, watched: Watched, step: int) -> list[Choice]:
        return [each for each in self._chosen if not watched.is_spent(each, step)]

    def room(self, watched: Watched) -> int:
        """Return how many batches may run before somebody has to look."""
        looks = {resolve(each)[0].looks(resolve(each)[1]) for each in self._open(watched, self.trainer.step + 1)}
        to_end = self.trainer.batches_per_epoch - self.trainer.batch
        if "batch" in looks:
            return 1
        return to_end if "epoch" in looks else 2**31

    def run(self, watched: Watched, count: int, losses: Losses) -> int:
        """Train up to count batches and stand at the first whose loss stops the run; return how many were done."""
        start = self.trainer.state()
        self.trainer.run(count, losses)
        first = self._first_by_loss(watched, start.step, losses[:count])
        if first is None or first + 1 >= count or not np.isfinite(losses[: first + 1]).all():
            return count
        self.trainer.restore(start)
        self.trainer.run(first + 1, losses)
        return first + 1

    def _first_by_loss(self, watched: Watched, step: int, losses: Losses) -> int | None:
        found = []
        for each in self._open(watched, step + 1):
            entry, settings = resolve(each)
            if entry.holds_at is not None:
                found += np.flatnonzero(entry.holds_at(losses, settings))[:1].tolist()
        return min(found, default=None)

    def look(self, watched: Watched, losses: Losses) -> Stop | None:
        """Ask every rule that can hold where the trainer stands, after batches of these losses; note what is seen."""
        view = View(self, watched)
        is_end = self.trainer.batch == 0
        if is_end:
            view.note({resolve(each)[1]["monitor"] for each in self._chosen if "monitor" in resolve(each)[1]})
        if self._duties is not None:
            self._duties.after_batches(self.trainer, losses)
            if is_end:
                self._duties.after_epoch(self.trainer, view)
        if is_end and self.keeps_best:
            self._keep_best(view)
        holding = [each for each in self._open(watched, self.trainer.step) if self._holds(each, view, losses, is_end)]
        stops = [self._stop(each, view, watched) for each in holding]
        return next((stop for stop in stops if stop is not None), None)

    def _keep_best(self, view: "View") -> None:
        for each in self._chosen:
            _, settings = resolve(each)
            if _goes_back(each) and view.ends[best_epoch(view, settings)] == self.trainer.step:
                self._bests[self.trainer.step] = self.trainer.state()
        bests = {view.ends[best_epoch(view, resolve(each)[1])] for each in self._chosen if _goes_back(each)}
        self._bests = {step: state for step, state in self._bests.items() if step in bests}

    def best_state(self, step: int) -> TrainingState:
        """Return the state at the end of the best epoch, for a watcher that keeps it. Raises: KeyError."""
        return self._bests[step]

    def _holds(self, chosen: Choice, view: "View", losses: Losses, is_end: bool) -> bool:
        entry, settings = resolve(chosen)
        if entry.holds_at is not None:
            return bool(entry.holds_at(losses[-1:], settings).any())
        return (is_end or entry.looks(settings) == "batch") and entry.holds(view, settings)

    def _stop(self, chosen: Choice, view: "View", watched: Watched) -> Stop | None:
        _, settings = resolve(chosen)
        goes_back = _goes_back(chosen)
        best_step = view.ends[best_epoch(view, settings)] if goes_back else None
        stop = Stop(chosen, self.trainer.step, best_step)
        # Whoever plays on from the best epoch has seen it; a second return would never let him pass.
        return stop if watched.add(stop) or not goes_back else None

    def evaluator(self) -> Evaluator:
        """Return an evaluator that holds the trainer's present parameters."""
        if self._evaluator is None:
            training = self.trainer.document.training
            self._evaluator = Evaluator(
                self.trainer.document.network, training.objective, self.trainer.dtype, slip=training.slip
            )
        self._evaluator.use(to_host(self.trainer.memory.vectors["theta"]))
        return self._evaluator


def _goes_back(chosen: Choice) -> bool:
    return bool(resolve(chosen)[1].get("restore_best", False))


class View:
    """A run as callbacks see it, after the batch at which its trainer stands."""

    def __init__(self, watcher: Watcher, watched: Watched) -> None:
        self._watcher, self._trainer, self._watched = watcher, watcher.trainer, watched

    @property
    def epochs(self) -> int:
        """How many epochs are complete."""
        return self._trainer.epoch

    @property
    def ends(self) -> list[int]:
        """The steps of the ends of epochs that were seen, up to now."""
        return sorted(step for step in self._watched.values if step <= self._trainer.step)

    def monitor(self, name: str) -> float:
        """Return a loss or score over all rows of a part, as it is now."""
        noted = self._watched.values.get(self._trainer.step, {})
        return noted[name] if name in noted else self._measure(name)

    def _measure(self, name: str) -> float:
        part, _, kind = name.partition("_")
        rows = self._trainer.prepared.train if part == "train" else self._trainer.prepared.validation
        loss, score = measure(self._watcher.evaluator(), self._trainer, rows)
        return score if kind == "score" else loss

    def note(self, names: set[str]) -> None:
        """Measure monitors at the end of an epoch and keep them."""
        if names:
            self._watched.values[self._trainer.step] = {name: self._measure(name) for name in names}

    def series(self, name: str) -> Sequence[float]:
        """Return a monitor at the end of every epoch so far; epochs under other callbacks did not measure it."""
        return [self._watched.values[step].get(name, float("nan")) for step in self.ends]

    def gradient_norm(self) -> float:
        """Return the L2 norm of the gradient that the last update used."""
        return float(np.linalg.norm(to_host(self._trainer.memory.vectors["grad"]).astype(np.float64)))

    def activations(self, layer: str) -> NDArray[Any]:
        """Return the activations (units, n) of a layer for all training rows, evenly thinned in a large set."""
        evaluator = self._watcher.evaluator()
        inputs, _ = measured_examples(self._trainer, self._trainer.prepared.train, evaluator.units)
        return evaluator.responses(inputs)[layer]


def watcher_for(trainer: Trainer, duties: Duties | None = None, keeps_best: bool = False) -> Watcher | None:
    """Return a watcher, or None where the document has no callbacks. Raises: SpecError."""
    return Watcher(trainer, duties, keeps_best) if trainer.document.training.callbacks else None
