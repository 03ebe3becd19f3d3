"""From what a document says about its data to rows that can be trained on."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.data.builtin import datasets
from dlviz.data.dataset import Dataset
from dlviz.data.scaling import Scaler, fit_scaler
from dlviz.data.spec import DataSpec
from dlviz.data.split import split_rows
from dlviz.i18n import tr

Rows = NDArray[np.int64]
Targets = NDArray[np.float64] | NDArray[np.int64]


@dataclass(frozen=True)
class Prepared:
    """A data set ready for training; all arrays read-only.

    dataset: the rows as they were measured, without unusable ones. inputs: (n, d) float64, scaled.
    train, validation, test: disjoint row indices. notes: every change, drop and clamp in sentences.
    """

    dataset: Dataset
    inputs: NDArray[np.float64]
    train: Rows
    validation: Rows
    test: Rows
    scaler: Scaler
    notes: tuple[str, ...] = ()


def load_dataset(spec: DataSpec) -> Dataset:
    """Return the rows that a document names.

    Raises: DataError for a file that was not opened; SpecError for an unknown kind or setting.
    """
    if spec.kind not in ("table", "file"):
        return datasets.get(spec.kind, "data").build(spec.settings)
    if spec.dataset is not None:
        return spec.dataset
    if spec.kind == "table":
        raise DataError("Expected a table with rows. Received: none.", place="data")
    path = spec.settings.get("path", "")
    raise DataError(f"Expected the data file {path!r} to be opened first. Received: no rows.", "Open the file.", "data")


def prepare(spec: DataSpec, seed: int = 0) -> Prepared:
    """Load, drop unusable rows, split, and scale by what the training rows show.

    seed: the document's. It moves neither points nor split, whose seeds are settings of their own:
    a new seed for the weights must not change the data.
    """
    dataset, dropped = _finite(load_dataset(spec))
    labels = None if dataset.task == "regression" else np.asarray(dataset.targets, dtype=np.int64)
    split = split_rows(dataset.n, spec.split, labels)
    scaler = fit_scaler(spec.scaling, dataset.inputs[split.train], dataset.input_names)
    inputs = _frozen(scaler.apply(dataset.inputs))
    notes = (*dataset.notes, *dropped, *split.notes, *scaler.notes())
    return Prepared(dataset, inputs, split.train, split.validation, split.test, scaler, notes)


def _finite(dataset: Dataset) -> tuple[Dataset, tuple[str, ...]]:
    """Leave out rows with a number that is not finite, and say so."""
    numbers = np.column_stack([dataset.inputs, np.asarray(dataset.targets, dtype=np.float64)])
    keep: NDArray[np.bool_] = np.all(np.isfinite(numbers), axis=1)
    if keep.all():
        return dataset, ()
    if not keep.any():
        raise DataError("Expected at least one row of finite numbers. Received: none.", place="data")
    targets: Targets = dataset.targets[keep]
    targets.setflags(write=False)
    kept = replace(dataset, inputs=_frozen(dataset.inputs[keep]), targets=targets)
    count = int(np.count_nonzero(~keep))
    return kept, (tr("{count} rows with missing or infinite numbers were left out.", count=count),)


def _frozen(array: NDArray[np.float64]) -> NDArray[np.float64]:
    array.setflags(write=False)
    return array
