"""What a built-in data set declares, and the registry of all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.hyper import Hyper, complete, integer
from dlviz.core.registry import Registry
from dlviz.data.dataset import Dataset, Modality, Task
from dlviz.data.spec import Scaling

MAX_SAMPLES = 100_000
DECIMALS = 9  # points are rounded to 1e-9, which hides the last bits in which mathematical libraries differ

SEED = integer("seed", 0, minimum=0, maximum=2**31 - 1, help="Another seed draws other points")


@dataclass(frozen=True)
class DatasetKind:
    """A built-in data set.

    make: takes complete settings and a seed, returns the rows. task: what it is with default
    settings. scaling: what suits it. source: where it comes from. description: what it is, in a sentence without
    a full stop. modality: what a row is.
    """

    key: str
    title: str
    settings: tuple[Hyper, ...]
    make: Callable[[Mapping[str, Any], int], Dataset]
    task: Task
    source: str = ""
    scaling: Scaling = "none"
    formula: str = ""
    description: str = ""
    modality: Modality = "table"

    def build(self, settings: Mapping[str, Any], place: str = "data") -> Dataset:
        """Check and complete the settings, then make the rows. Raises: SpecError."""
        whole = complete(settings, self.settings, place)
        return self.make(whole, int(whole.get("seed", 0)))


datasets: Registry[DatasetKind] = Registry("data set")


def samples(default: int, minimum: int = 4) -> Hyper:
    """Declare how many points a set has."""
    return integer("samples", default, minimum=minimum, maximum=MAX_SAMPLES, is_log=True, help="How many points")


def classified(
    title: str, inputs: ArrayLike, labels: ArrayLike, class_names: tuple[str, ...], names: tuple[str, ...] = ()
) -> Dataset:
    """Wrap points (n, d) and class indices (n,) as a read-only, rounded data set."""
    rows = _settled(inputs)
    classes = np.array(labels, dtype=np.int64)
    classes.setflags(write=False)
    task: Task = "binary" if len(class_names) == 2 else "multiclass"
    return Dataset(title, task, rows, classes, names or _numbered(rows.shape[1]), ("class",), class_names)


def measured(
    title: str, inputs: ArrayLike, targets: ArrayLike, names: tuple[str, ...] = (), target: str = "y"
) -> Dataset:
    """Wrap points (n, d) and one measured value a row (n,) as a read-only, rounded data set."""
    rows = _settled(inputs)
    values = _settled(np.reshape(np.asarray(targets, dtype=np.float64), (-1, 1)))
    return Dataset(title, "regression", rows, values, names or _numbered(rows.shape[1]), (target,))


def _settled(values: ArrayLike) -> NDArray[np.float64]:
    # Adding zero turns -0.0 into 0.0, so that equal points have equal bytes.
    rounded = np.asarray(np.round(np.array(values, dtype=np.float64), DECIMALS) + 0.0, dtype=np.float64)
    rounded.setflags(write=False)
    return rounded


def _numbered(d: int) -> tuple[str, ...]:
    return ("x",) if d == 1 else tuple(f"x{i + 1}" for i in range(d))
