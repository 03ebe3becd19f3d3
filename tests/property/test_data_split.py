"""Splitting: every row lands in exactly one part, classes keep their shares, there is always a row to train on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlviz.core.errors import SpecError
from dlviz.data.spec import SplitSpec
from dlviz.data.split import split_rows

FRACTION = st.floats(0.0, 0.99)
SPECS = st.builds(SplitSpec, FRACTION, FRACTION, st.integers(0, 1000), st.booleans())
LABELS = st.lists(st.integers(0, 5), min_size=1, max_size=200).map(lambda labels: np.array(labels, dtype=np.int64))


@given(LABELS, SPECS)
def test_parts_are_disjoint_and_complete(labels: np.ndarray, spec: SplitSpec) -> None:
    split = split_rows(len(labels), spec, labels)
    everything = np.concatenate([split.train, split.validation, split.test])
    assert sorted(everything.tolist()) == list(range(len(labels)))
    assert len(split.train) >= 1


@given(LABELS, SPECS)
def test_sizes_are_the_rounded_fractions_or_noted(labels: np.ndarray, spec: SplitSpec) -> None:
    n, split = len(labels), split_rows(len(labels), spec, labels)
    asked = [(spec.validation, split.validation), (spec.test, split.test)]
    differing = [1 for fraction, rows in asked if fraction > 0 and (len(rows) == 0 or len(rows) != round(n * fraction))]
    assert len(split.notes) == len(differing)


@given(LABELS, FRACTION, st.integers(0, 1000))
def test_stratified_test_rows_keep_class_shares_within_one_row(labels: np.ndarray, test: float, seed: int) -> None:
    split = split_rows(len(labels), SplitSpec(0.0, test, seed), labels)
    for label in np.unique(labels):
        fair = np.count_nonzero(labels == label) * len(split.test) / len(labels)
        assert abs(np.count_nonzero(labels[split.test] == label) - fair) < 1


def test_seed_decides_and_repeats() -> None:
    first, again, other = (split_rows(200, SplitSpec(0.2, 0.2, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.test, again.test)
    assert first.test.tolist() != other.test.tolist()


def test_without_stratification_rows_are_dealt_at_random() -> None:
    labels = np.repeat([0, 1], 500)
    counts = {
        int(np.count_nonzero(labels[split_rows(1000, SplitSpec(0, 0.2, seed, stratify=False), labels).test]))
        for seed in range(8)
    }
    assert len(counts) > 1


@pytest.mark.parametrize("fraction", [-0.1, 1.0, float("nan"), float("inf")])
def test_fractions_outside_zero_to_one_are_refused(fraction: float) -> None:
    with pytest.raises(SpecError, match=r"split\.test"):
        split_rows(10, SplitSpec(test=fraction))


def test_no_rows_are_refused() -> None:
    with pytest.raises(SpecError, match="at least one row"):
        split_rows(0, SplitSpec())


def test_without_shuffling_the_last_rows_are_the_test_and_those_before_them_the_dev_rows() -> None:
    split = split_rows(10, SplitSpec(0.2, 0.3, shuffle=False))
    assert [part.tolist() for part in (split.train, split.validation, split.test)] == [
        [0, 1, 2, 3, 4], [5, 6], [7, 8, 9],
    ]  # fmt: skip


def test_without_shuffling_every_class_still_keeps_its_share() -> None:
    labels = np.repeat([0, 1], [80, 20])
    split = split_rows(100, SplitSpec(0.1, 0.1, shuffle=False), labels)
    assert split.test.tolist() == [*range(72, 80), 98, 99]
