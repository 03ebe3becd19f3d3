"""What the Learn menu opens: a document with a key, a title, and where it belongs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice, chosen
from dlviz.data.dataset import Dataset, Task
from dlviz.data.spec import DataSpec
from dlviz.i18n import tr
from dlviz.session.document import Document, TrainingSpec

Part = Literal["neurons", "networks", "rules", "graphs", "sheets", "races"]


#: The loss of most worked examples: half the squared error, summed.
HALF_SQUARED = chosen("squared_error", factor=0.5, reduction="sum")


@dataclass(frozen=True)
class Example:
    """A document that a menu opens: its key, title, what it shows, where it belongs, and the workspace it opens in.

    topic: the title of a menu of its own in that part, for parts of many.
    """

    key: str
    title: str
    tip: str
    part: Part
    make: Callable[[], Document]
    workspace: str = "step"
    topic: str = ""


def plain_descent(loss: Choice = HALF_SQUARED, lr: float = 0.1, batch_size: int = 1) -> TrainingSpec:
    """Train as worked examples do: one epoch of rows in their order, plain gradient descent."""
    optimizer = chosen("sgd", lr=lr)
    return TrainingSpec(loss=loss, optimizer=optimizer, batch_size=batch_size, epochs=1, shuffle=False)


def written_table(
    inputs: Any, targets: Any, task: Task = "regression", wanted: str = "y", classes: int = 2
) -> DataSpec:
    """Return rows as they stand in an exercise: inputs (n, d), targets (n, k), or (n,) class numbers.

    wanted: the letter of the targets.
    """
    x = np.array(inputs, dtype=np.float64)
    y: NDArray[np.float64] | NDArray[np.int64]
    y = np.array(targets, dtype=np.float64) if task == "regression" else np.array(targets, dtype=np.int64)
    for array in (x, y):
        array.setflags(write=False)
    names = tuple(f"x{i + 1}" for i in range(x.shape[1]))
    letters = (wanted,) if y.ndim == 1 else tuple(f"{wanted}{i + 1}" for i in range(y.shape[1]))
    numbers = () if task == "regression" else tuple(map(str, range(classes)))
    return DataSpec("table", dataset=Dataset(tr("Table"), task, x, y, names, letters, numbers))
