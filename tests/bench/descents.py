"""W6: eight optimizers on Rosenbrock's valley with every point kept, from one start and from a hundred at once."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice, chosen
from dlviz.core.descent import race
from dlviz.core.surfaces import rosenbrock
from tests.bench import textbook, torch_peer
from tests.bench.timing import Contender, Effort
from tests.bench.workload import OURS, Row, Workload

STEPS, TORCH_STEPS = 2000, 100  # PyTorch's rate does not depend on how many it takes
TARGETS = {1: 20.0, 100: 15.0}
OPTIMIZERS: tuple[tuple[Choice, str, dict[str, Any]], ...] = (
    (chosen("sgd", lr=1e-3), "SGD", {"lr": 1e-3}),
    (chosen("momentum", lr=1e-4), "SGD", {"lr": 1e-4, "momentum": 0.9}),
    (chosen("nesterov", lr=1e-4), "SGD", {"lr": 1e-4, "momentum": 0.9, "nesterov": True}),
    (chosen("adagrad", lr=0.1), "Adagrad", {"lr": 0.1}),
    (chosen("rmsprop", lr=0.01), "RMSprop", {"lr": 0.01, "alpha": 0.9}),
    (chosen("adadelta"), "Adadelta", {}),
    (chosen("adam", lr=0.01), "Adam", {"lr": 0.01}),
    (chosen("amsgrad", lr=0.01), "Adam", {"lr": 0.01, "amsgrad": True}),
)


def starts(count: int) -> NDArray[np.float64]:
    """Return (2,) for one start, (2, count) for more."""
    found = np.random.default_rng(0).uniform(-1.5, 1.5, (2, count))
    return found[:, 0] if count == 1 else found


def our_walks(start: NDArray[np.float64]) -> Callable[[], object]:
    """Return a call that walks with all optimizers side by side."""
    return partial(race, rosenbrock(), [optimizer for optimizer, _, _ in OPTIMIZERS], start, STEPS, keeps_all=False)


def textbook_walks(start: NDArray[np.float64]) -> Callable[[], object]:
    """Return the same in textbook NumPy."""
    walkers = [textbook.Walker(optimizer.kind, **optimizer.settings) for optimizer, _, _ in OPTIMIZERS]

    def walk() -> None:
        for walker in walkers:
            walker.walk(textbook.rosenbrock_gradient, start, STEPS)

    return walk


def torch_walks(start: NDArray[np.float64]) -> Callable[[], None]:
    """Return the loop of PyTorch's tutorials, all starts in one tensor."""
    import torch

    torch.set_num_threads(1)

    def walk() -> None:
        for _, name, settings in OPTIMIZERS:
            point = torch.tensor(start, requires_grad=True)
            optimizer, path = getattr(torch.optim, name)([point], **settings), []
            for _ in range(TORCH_STEPS):
                optimizer.zero_grad()
                x, y = point
                ((1 - x) ** 2 + 100 * (y - x**2) ** 2).sum().backward()
                optimizer.step()
                path.append(point.detach().clone())

    return walk


def w6(effort: Effort) -> list[Row]:
    """Race both for each number of starts."""
    rows: list[Row] = []
    for count, target in TARGETS.items():
        start = starts(count)
        n_steps = len(OPTIMIZERS) * STEPS
        contenders = [
            Contender(OURS, our_walks(start), n_steps),
            Contender("textbook", textbook_walks(start), n_steps),
        ]
        if torch_peer.is_installed():
            contenders.append(Contender(torch_peer.NAME, torch_walks(start), len(OPTIMIZERS) * TORCH_STEPS))
        key = f"W6 {count} start{'s' if count > 1 else ''}"
        rows += Workload(key, "steps/s", tuple(contenders), {torch_peer.NAME: target}).measure(effort)
    return rows
