"""The order of rows in an epoch: every row once or with replacement, by seed and epoch alone."""

import numpy as np
import pytest

from dlviz.session.orders import LARGEST_IN_BLOCKS, Orders, Sampling

ROWS = np.arange(100, 160)
RANDOM: tuple[Sampling, ...] = ("shuffled", "shuffled in blocks", "with replacement")


def epochs(sampling: Sampling, count: int, seed: int = 3, rows: np.ndarray = ROWS) -> np.ndarray:
    orders = Orders(seed, rows, sampling)
    return np.array([orders.of_epoch(epoch) for epoch in range(count)])


@pytest.mark.parametrize("sampling", RANDOM)
def test_no_two_epochs_and_no_two_seeds_share_an_order(sampling: Sampling) -> None:
    found = [*epochs(sampling, 40), *epochs(sampling, 40, seed=4)]
    assert len({order.tobytes() for order in found}) == 80


@pytest.mark.parametrize("sampling", RANDOM)
@pytest.mark.parametrize("n", [60, LARGEST_IN_BLOCKS + 1])
def test_an_epoch_has_its_order_whichever_was_asked_before(sampling: Sampling, n: int) -> None:
    rows = np.arange(n)
    expected = epochs(sampling, 20, rows=rows)
    for epoch in (17, 0, 16, 15, 17):
        assert np.array_equal(Orders(3, rows, sampling).of_epoch(epoch), expected[epoch])


@pytest.mark.parametrize("sampling", ["shuffled", "shuffled in blocks"])
def test_shuffled_rows_come_once_each(sampling: Sampling) -> None:
    assert np.array_equal(np.sort(epochs(sampling, 20)), np.tile(ROWS, (20, 1)))


def test_rows_drawn_with_replacement_are_as_likely_as_one_another() -> None:
    counts = np.bincount(epochs("with replacement", 2000).ravel() - ROWS[0], minlength=len(ROWS))
    assert len(counts) == len(ROWS)
    # χ² of 59 degrees of freedom is above 120 once in 260 000 runs.
    assert float(((counts - 2000) ** 2 / 2000).sum()) < 120


def test_an_epoch_with_replacement_meets_63_percent_of_the_rows() -> None:
    distinct = [len(set(order.tolist())) / len(ROWS) for order in epochs("with replacement", 400)]
    assert np.mean(distinct) == pytest.approx(1 - (1 - 1 / len(ROWS)) ** len(ROWS), abs=0.01)


def test_rows_as_they_come_stay() -> None:
    assert np.array_equal(epochs("as they come", 3), np.tile(ROWS, (3, 1)))
