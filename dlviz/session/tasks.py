"""What a task wants at the end of a network (curriculum CON-08), and the task of a document's data."""

from collections.abc import Mapping

from dlviz.core.errors import DataError, SpecError
from dlviz.data.dataset import Dataset, Task
from dlviz.data.prepare import load_dataset
from dlviz.data.spec import DataSpec

#: The output activation and the loss that suit a task.
TASK_ENDS: Mapping[Task, tuple[str, str]] = {
    "regression": ("linear", "squared_error"),
    "binary": ("sigmoid", "binary_cross_entropy"),
    "multiclass": ("softmax", "sparse_categorical_cross_entropy"),
}


def rows_of(spec: DataSpec) -> Dataset | None:
    """Return the rows of data, or None for a file that was not opened. Raises: SpecError."""
    return None if spec.kind == "file" and spec.dataset is None else load_dataset(spec)


def known_rows(spec: DataSpec) -> Dataset | None:
    """Return the rows of data, or None where they cannot be had."""
    try:
        return rows_of(spec)
    except (DataError, SpecError):
        return None
