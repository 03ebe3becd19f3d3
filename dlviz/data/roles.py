"""What each column of a data set is to the network: an input, what is predicted, or left out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError, SpecError
from dlviz.data.dataset import Dataset, Task
from dlviz.data.limits import CLASSES
from dlviz.i18n import tr

Role = Literal["input", "value", "class", "none"]  # value, class: it is predicted, as a number or as a class
ROLES: tuple[Role, ...] = get_args(Role)
PREDICTED = ("value", "class")
PLACE = "data.roles"

Array = NDArray[np.float64]


def roles_of(dataset: Dataset) -> dict[str, Role]:
    """Return the role of each column as a set comes: its inputs, and its targets as values or a class."""
    kind: Role = "value" if dataset.task == "regression" else "class"
    return {**dict.fromkeys(dataset.input_names, "input"), **dict.fromkeys(dataset.target_names, kind)}


def with_roles(dataset: Dataset, columns: Mapping[str, Role]) -> Dataset:
    """Return a set in which columns have other roles; all that are not named keep theirs.

    A class that becomes an input is one column for each class, 1 where a row belongs to it; one that is predicted as a
    value counts as its number from 0 on. A number predicted as a class has a class for each different value.
    Raises: SpecError for names that are not there, nothing to predict or to predict from, and targets of two kinds;
    DataError for a set that stays on disk, and for too many classes.
    """
    if not columns:
        return dataset
    roles = {**roles_of(dataset), **_checked(dataset, columns)}
    inputs = [name for name, role in roles.items() if role == "input"]
    targets = [name for name, role in roles.items() if role in PREDICTED]
    kinds = {roles[name] for name in targets}
    if not inputs or not targets:
        raise SpecError(
            tr("Expected columns to predict from, and one to predict. Received: {n} and {m}", n=len(inputs),
               m=len(targets)),
            tr("Give another column the role that is missing first."), PLACE,
        )  # fmt: skip
    if len(kinds) > 1 or (kinds == {"class"} and len(targets) > 1):
        raise SpecError(tr("Expected one class, or only values, to predict. Received: {names}",
                           names=", ".join(targets)), place=PLACE)  # fmt: skip
    taken = [_input(dataset, name) for name in inputs]
    rows = _settled(np.concatenate([array for array, _ in taken], axis=1))
    names = tuple(name for _, own in taken for name in own)
    is_kept = names == dataset.input_names
    shaped = dataset if is_kept else replace(dataset, image_shape=None, sequence_shape=None, is_text=False)
    found = replace(shaped, inputs=dataset.inputs if is_kept else rows, input_names=names, target_names=tuple(targets))
    return _as_class(found, dataset, targets[0]) if kinds == {"class"} else _as_values(found, dataset, targets)


def _checked(dataset: Dataset, columns: Mapping[str, Role]) -> Mapping[str, Role]:
    if dataset.is_streamed:
        raise DataError(tr("Expected a set in memory. Received: one that stays on disk"),
                        tr("Choose its columns where the file is opened."), PLACE)  # fmt: skip
    known = roles_of(dataset)
    for name, role in columns.items():
        if name not in known or role not in ROLES:
            raise SpecError(
                tr("Expected a column of the data with one of the roles {roles}. Received: {name!r}: {role!r}",
                   roles=", ".join(ROLES), name=name, role=role), place=PLACE,
            )  # fmt: skip
    return columns


def column_values(dataset: Dataset, name: str) -> Array:
    """Return a column (n,) by name; classes as their numbers."""
    if name in dataset.input_names:
        return np.asarray(dataset.inputs[:, dataset.input_names.index(name)], dtype=np.float64)
    place = dataset.target_names.index(name)
    return np.asarray(dataset.targets.reshape(dataset.n, -1)[:, place], dtype=np.float64)


def _input(dataset: Dataset, name: str) -> tuple[Array, tuple[str, ...]]:
    """Return a column as inputs (n, k), and what they are called."""
    values = column_values(dataset, name)
    if name in dataset.input_names or dataset.task == "regression":
        return values[:, None], (name,)
    classes = dataset.class_names
    one_hot = np.asarray(values[:, None] == np.arange(len(classes)), dtype=np.float64)
    return one_hot, tuple(f"{name}={each}" for each in classes)


def _as_values(found: Dataset, dataset: Dataset, targets: list[str]) -> Dataset:
    values = _settled(np.stack([column_values(dataset, name) for name in targets], axis=1))
    return replace(found, task="regression", targets=values, class_names=())


def _as_class(found: Dataset, dataset: Dataset, target: str) -> Dataset:
    if target in dataset.target_names and dataset.task != "regression":
        return replace(found, targets=dataset.targets, class_names=dataset.class_names)
    values, labels = np.unique(column_values(dataset, target), return_inverse=True)
    if not 2 <= len(values) <= CLASSES:
        raise DataError(tr("Expected 2 to {limit} different values in {name}. Received: {n}", limit=CLASSES,
                           name=target, n=len(values)), tr("Predict it as a value."), PLACE)  # fmt: skip
    classes = labels.astype(np.int64)
    classes.setflags(write=False)
    task: Task = "binary" if len(values) == 2 else "multiclass"
    return replace(found, task=task, targets=classes, class_names=tuple(f"{value:.15g}" for value in values))


def _settled(array: Array) -> Array:
    array.setflags(write=False)
    return array
