"""W1, W2 and W5: small tanh networks with squared loss and SGD, in float64."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.bench import datasets, ours, textbook, torch_peer
from tests.bench.timing import Contender, Effort
from tests.bench.workload import COMPILED, OURS, Row, Workload

LR = 0.03


@dataclass(frozen=True)
class Task:
    """A network on a data set; targets: what our steps/s must be of each peer's.

    fastest: what those of our fastest backend on this machine must be, for more than NumPy's calls can do.
    """

    key: str
    sizes: tuple[int, ...]
    batch: int
    chunk: int
    data: Callable[[], tuple[NDArray, NDArray]]
    targets: dict[str, float]
    fastest: dict[str, float]


W1 = Task("W1", (2, 4, 2, 1), 10, 400, datasets.circles, {"textbook": 4}, {torch_peer.NAME: 28})
W2 = Task("W2", (7, 8, 8, 8, 1), 10, 300, datasets.spiral_features, {"textbook": 4}, {torch_peer.NAME: 25})
W5 = Task("W5", (2, 4, 2, 1), 1, 400, datasets.circles, {}, {torch_peer.NAME: 25})


def contenders(task: Task) -> tuple[Contender, ...]:
    """Return ours, textbook NumPy and, where installed, our compiled kernels and PyTorch."""
    inputs, targets = task.data()
    n_steps = -(-len(inputs) // task.batch)
    plain = textbook.TanhNetwork(task.sizes, LR)

    def own(name: str) -> Contender:
        trainer = ours.tanh_trainer(task.sizes, LR, inputs, targets, task.batch)
        return Contender(name, ours.steps(trainer, task.chunk), task.chunk)

    found = [
        own(OURS),
        Contender("textbook", lambda: textbook.epoch(plain.step, inputs, targets, task.batch), n_steps),
    ]
    if ours.has_numba():
        with ours.compiled():
            found.append(own(COMPILED))
    if torch_peer.is_installed():
        epoch = torch_peer.tanh_epoch(task.sizes, LR, inputs, targets, task.batch)
        found.append(Contender(torch_peer.NAME, epoch, n_steps))
    return tuple(found)


def measure(task: Task, effort: Effort) -> list[Row]:
    """Race one task's contenders."""
    with np.errstate(all="ignore"):
        targets = task.targets if ours.has_numba() else task.targets | task.fastest
        return Workload(task.key, "steps/s", contenders(task), targets, task.fastest).measure(effort)


def w1(effort: Effort) -> list[Row]:
    """2-4-2-1, batch 10, two circles."""
    return measure(W1, effort)


def w2(effort: Effort) -> list[Row]:
    """7-8-8-8-1, batch 10, spiral with seven features."""
    return measure(W2, effort)


def w5(effort: Effort) -> list[Row]:
    """As W1, one example at a time."""
    return measure(W5, effort)
