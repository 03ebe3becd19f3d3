"""DataSpec: what a document says about its data, before anything is read or made."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from dlviz.core.choice import frozen
from dlviz.data.dataset import Dataset
from dlviz.data.roles import Role

Scaling = Literal["none", "standard", "minmax"]


@dataclass(frozen=True)
class SplitSpec:
    """Fractions held out of training, and how rows are picked.

    shuffle: rows are dealt at random; without it the last ones are test rows and those before them dev rows.
    validation_rows, test_rows: the very rows that are held out, where they are listed; all others train, and
    the fractions are not used. used: share of the rows left to train on that do train, of every class alike; the
    others do nothing. A larger share has the rows of a smaller one.
    """

    validation: float = 0.0
    test: float = 0.0
    seed: int = 0
    stratify: bool = True
    validation_rows: tuple[int, ...] | None = None
    test_rows: tuple[int, ...] | None = None
    shuffle: bool = True
    used: float = 1.0

    @property
    def is_listed(self) -> bool:
        """Whether the rows held out are listed."""
        return self.validation_rows is not None or self.test_rows is not None


@dataclass(frozen=True)
class DataSpec:
    """A data set by kind: the key of a built-in one, "table" (inline) or "file".

    settings: of the built-in kind (samples, noise, seed …), or for "file": path, format, reading
    choices, hash. dataset: the rows themselves for "table" and for a file that was read. augmentation: settings of how
    images that train are varied from epoch to epoch. roles: what columns are to the network where that is not as the
    set comes (data/roles.py).
    """

    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    split: SplitSpec = SplitSpec()
    scaling: Scaling = "none"
    dataset: Dataset | None = None
    augmentation: Mapping[str, Any] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", frozen(self.settings))
        object.__setattr__(self, "augmentation", frozen(self.augmentation))
        object.__setattr__(self, "roles", frozen(self.roles))

    def as_own_table(self, rows: Dataset) -> "DataSpec":
        """Return these rows as a table of the document's own, whatever they came from."""
        return replace(self, kind="table", settings={}, dataset=rows, roles={})

    def is_same(self, other: "DataSpec") -> bool:
        """Say whether both give the very same rows: rows that were read or typed are compared by identity."""
        return self is other or (self.dataset is other.dataset and self == other)

    def prepares_like(self, other: "DataSpec") -> bool:
        """Say whether both give the same rows, split and scaled.

        How training varies images may differ where nothing is scaled: a scaling is fitted to the variants too.
        """
        if self is other or self.is_same(other):
            return True
        is_unscaled = self.scaling == "none"
        return is_unscaled and replace(self, augmentation={}).is_same(replace(other, augmentation={}))
