"""Metric columns and snapshots stay bounded and lose no extreme."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dlviz.session import history
from dlviz.session.history import LossLog, Measurements
from dlviz.session.snapshots import AllSnapshots, Snapshots
from dlviz.session.trainer import TrainingState


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 20_000), st.integers(7, 999))
def test_thinning_keeps_minimum_maximum_and_mean(n: int, chunk: int) -> None:
    losses = np.random.default_rng(n).normal(size=n)
    log = LossLog()
    for start in range(0, n, chunk):
        log.append(start, losses[start : start + chunk])
    steps, mean, low, high = log.columns()
    assert len(steps) <= history.MAX_POINTS
    assert steps[-1] == log.end == n
    assert low.min() == losses.min()
    assert high.max() == losses.max()
    counts = np.diff(steps, prepend=0)
    assert np.isclose((mean * counts).sum(), losses.sum())


def test_each_interval_covers_its_own_steps() -> None:
    losses = np.arange(10_000.0)
    log = LossLog()
    log.append(0, losses)
    steps, mean, low, high = log.columns()
    start = np.concatenate([[0], steps[:-1]])
    assert np.array_equal(low, start)
    assert np.array_equal(high, steps - 1)
    assert np.allclose(mean, (start + steps - 1) / 2)


def test_a_log_begins_where_it_is_first_told_of_a_loss() -> None:
    log = LossLog()
    log.append(700, np.arange(3.0))
    assert (log.first, log.end) == (700, 703)
    assert log.columns()[0].tolist() == [701, 702, 703]
    log.append(0, np.ones(5))  # what came before is not known, and stays so
    assert log.end == 703
    log.append(900, np.ones(2))
    assert (log.first, log.columns()[0].tolist()) == (900, [901, 902])


def test_losses_of_a_replay_are_counted_once() -> None:
    log = LossLog()
    log.append(0, np.ones(100))
    log.append(50, np.full(100, 2.0))
    assert log.end == 150
    assert log.columns()[1][:100].tolist() == [1.0] * 100


def test_a_cut_forgets_the_future_and_goes_on_from_there() -> None:
    log = LossLog()
    log.append(0, np.ones(9000))
    log.cut(4001)
    assert log.end == 4001
    log.append(4001, np.full(10, 5.0))
    assert log.end == 4011
    assert log.columns()[3][-1] == 5.0


def test_measurements_stay_sorted_and_bounded() -> None:
    measured = Measurements()
    for step in (5, 1, 3, 5):
        measured.add(step, (float(step), 0.0, 0.0, 0.0, 0.0))
    assert list(measured.steps) == [1, 3, 5]
    for step in range(10, 3 * history.MAX_POINTS):
        measured.add(step, (0.0, 0.0, 0.0, 0.0, 0.0))
    assert len(measured.steps) == len(measured.table()) <= history.MAX_POINTS


def state(step: int, size: int = 1000) -> TrainingState:
    return TrainingState(step, 0, 0, 0, np.zeros((1, size)))


def test_snapshots_keep_their_budget_and_stay_evenly_spread() -> None:
    snapshots = Snapshots(budget=100 * 8000)
    for step in range(0, 100_000, 256):
        snapshots.add(state(step))
    steps = sorted(snapshots.states)
    assert len(steps) * 8000 <= 100 * 8000
    assert max(np.diff(steps)) <= 4 * min(np.diff(steps))
    nearest = snapshots.nearest(55_555)
    assert nearest is not None
    assert 0 <= 55_555 - nearest.step <= max(np.diff(steps))


def test_recent_states_are_found_before_older_even_ones() -> None:
    snapshots = Snapshots()
    snapshots.add(state(0))
    snapshots.add_recent(state(10))
    found = snapshots.nearest(12)
    assert found is not None
    assert found.step == 10
    assert snapshots.nearest(-1) is None


def test_snapshots_of_all_runs_keep_one_budget_and_the_oldest_go_first() -> None:
    everything = AllSnapshots(budget=50 * 8000)
    for uid in range(5):
        for step in range(0, 20 * 256, 256):
            everything.of(uid).add(state(step))
        assert everything.of(uid).states
        assert everything.nbytes <= (50 + 20) * 8000
    assert everything.of(4).states
    assert not everything.of(0).states


def test_measurements_are_read_where_they_were_taken_last() -> None:
    measured = Measurements()
    measured.add(10, (1.0, 2.0, 3.0, 4.0, 0.1))
    measured.add(20, (5.0, 6.0, 7.0, 8.0, 0.2))
    assert measured.at(19) == (1.0, 2.0, 3.0, 4.0, 0.1)
    assert measured.at(25) == (5.0, 6.0, 7.0, 8.0, 0.2)
    assert np.isnan(measured.at(9)).all()
