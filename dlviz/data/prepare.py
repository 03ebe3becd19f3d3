"""From what a document says about its data to rows that can be trained on."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.data.augmentation import is_active, with_variants
from dlviz.data.builtin import datasets
from dlviz.data.dataset import SAMPLE_ROWS, Dataset
from dlviz.data.mapped import size_words
from dlviz.data.principal_plane import PrincipalPlane, principal_plane
from dlviz.data.roles import with_roles
from dlviz.data.scaling import Scaler, fit_scaler
from dlviz.data.spec import DataSpec
from dlviz.data.split import split_rows
from dlviz.data.streamed import StreamedInputs
from dlviz.i18n import tr, trn

Rows = NDArray[np.int64]
Targets = NDArray[np.float64] | NDArray[np.int64]


@dataclass(frozen=True)
class Prepared:
    """A data set ready for training; all arrays read-only.

    dataset: the rows as they were measured, without unusable ones. inputs: (n, d) float64, scaled; those of
    a set that stays on disk are indexed by rows only, and every index reads and scales them anew.
    train, validation, test: disjoint row indices. notes: every change, drop and clamp in sentences.
    """

    dataset: Dataset
    inputs: NDArray[np.float64] | StreamedInputs
    train: Rows
    validation: Rows
    test: Rows
    scaler: Scaler
    notes: tuple[str, ...] = ()

    @cached_property
    def sample(self) -> "Prepared":
        """These data if they are in memory, else evenly spaced rows of them: what pictures are made of."""
        if not self.dataset.is_streamed:
            return self
        sampled = self.dataset.sampled
        inputs = _frozen(self.inputs[sampled])
        train, validation, test = (self._part(rows, sampled) for rows in (self.train, self.validation, self.test))
        return Prepared(self.dataset.sample, inputs, train, validation, test, self.scaler, self.notes)

    @cached_property
    def parts(self) -> NDArray[np.int8]:
        """The part of each row (n,): 0 of those that train, 1 of dev rows, 2 of test rows."""
        parts = np.zeros(self.dataset.n, dtype=np.int8)
        parts[self.validation], parts[self.test] = 1, 2
        parts.setflags(write=False)
        return parts

    @cached_property
    def principal(self) -> PrincipalPlane:
        """The plane in which the inputs that train spread most: for whoever may take half a second, and only once."""
        if isinstance(self.inputs, StreamedInputs):
            return replace(self.sample.principal, n_train=len(self.train))
        return principal_plane(self.inputs, self.train, self.scaler)

    def _part(self, rows: Rows, sampled: slice) -> Rows:
        """Return which rows of the sample are among these."""
        is_among = np.zeros(self.dataset.n, dtype=bool)
        is_among[rows] = True
        return np.flatnonzero(is_among[sampled])


def load_dataset(spec: DataSpec) -> Dataset:
    """Return the rows that a document names, each column in the role that it has there.

    Raises: DataError for a file that was not opened; SpecError for an unknown kind, setting or column.
    """
    return with_roles(whole_dataset(spec), spec.roles)


def whole_dataset(spec: DataSpec) -> Dataset:
    """Return the rows that a document names as they come, with columns that it leaves out. Raises as load_dataset."""
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
    scaler = _fitted(spec, dataset, split.train)
    notes = (*dataset.notes, *dropped, *split.notes, *scaler.notes())
    inputs: NDArray[np.float64] | StreamedInputs
    if dataset.is_streamed:
        inputs, notes = StreamedInputs(dataset.inputs, scaler), (_streamed_note(dataset), *notes)
    else:
        inputs = _frozen(scaler.apply(dataset.inputs))
    return Prepared(dataset, inputs, split.train, split.validation, split.test, scaler, notes)


def _fitted(spec: DataSpec, dataset: Dataset, train: Rows) -> Scaler:
    """Measure what trains: the training rows, and where these are images that are varied, variants of them too."""
    names, settings = dataset.input_names, spec.augmentation
    if spec.scaling == "none" or dataset.image_shape is None or not is_active(settings):
        return fit_scaler(spec.scaling, dataset.inputs, names, train)
    return replace(fit_scaler(spec.scaling, with_variants(settings, dataset, train), names), has_variants=True)


def _streamed_note(dataset: Dataset) -> str:
    template = tr("{size} of inputs are streamed from disk; pictures show up to {count} evenly spaced rows.")
    return template.format(size=size_words(dataset.inputs.nbytes), count=SAMPLE_ROWS)


def _finite(dataset: Dataset) -> tuple[Dataset, tuple[str, ...]]:
    """Leave out rows with a number that is not finite, and say so."""
    if dataset.is_streamed:  # the reader of its table left them out
        return dataset, ()
    numbers = np.column_stack([dataset.inputs, np.asarray(dataset.targets, dtype=np.float64)])
    keep: NDArray[np.bool_] = np.all(np.isfinite(numbers), axis=1)
    if keep.all():
        return dataset, ()
    if not keep.any():
        raise DataError("Expected at least one row of finite numbers. Received: none.", place="data")
    targets: Targets = dataset.targets[keep]
    targets.setflags(write=False)
    names = tuple(name for name, is_kept in zip(dataset.row_names, keep, strict=False) if is_kept)
    kept = replace(dataset, inputs=_frozen(dataset.inputs[keep]), targets=targets, row_names=names)
    count = int(np.count_nonzero(~keep))
    one, many = (
        "1 row with missing or infinite numbers was left out.",
        "{n} rows with missing or infinite numbers were left out.",
    )
    return kept, (trn(one, many, count),)


def _frozen(array: NDArray[np.float64]) -> NDArray[np.float64]:
    array.setflags(write=False)
    return array
