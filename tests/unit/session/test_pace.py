"""The pace of a run: chunks fill their time, and measurements keep to their share of it."""

from itertools import pairwise

import pytest

from dlviz.session.pace import CHUNK_SECONDS, MEASURED_SHARE, Pace
from dlviz.session.playhead import MAX_CHUNK


@pytest.mark.parametrize("batch_seconds", [1e-7, 1e-5, 1e-3, 0.1])
def test_chunks_come_to_fill_their_time(batch_seconds: float) -> None:
    pace = Pace()
    for _ in range(40):
        pace.trained(pace.chunk, pace.chunk * batch_seconds)
    assert pace.chunk == pytest.approx(min(max(CHUNK_SECONDS / batch_seconds, 1), MAX_CHUNK), rel=0.1)
    assert pace.rate == pytest.approx(1 / batch_seconds, rel=1e-6)


@pytest.mark.parametrize("measure_seconds", [1e-5, 1e-3, 0.05])
def test_measuring_keeps_to_its_share_of_the_time(measure_seconds: float) -> None:
    pace, step, last, spent = Pace(), 0, 0, 0.0
    pace.begin()
    for _ in range(20_000):
        step += 30
        pace.trained(30, CHUNK_SECONDS)
        if pace.is_due(step, last):
            last = step
            spent += measure_seconds
            pace.measured(measure_seconds)
    assert spent <= MEASURED_SHARE * 20_000 * CHUNK_SECONDS + CHUNK_SECONDS + measure_seconds


def test_measurements_are_spread_evenly_on_a_logarithmic_axis() -> None:
    pace, step, steps = Pace(), 0, [1]
    pace.begin()
    while step < 100_000:
        step += pace.room(step)
        pace.trained(pace.room(step), 1.0)
        if pace.is_due(step, steps[-1]):
            steps.append(step)
            pace.measured(0.0)
    late = [after / before for before, after in pairwise(steps) if before > 2000]
    assert 1.0 < min(late) <= max(late) < 1.05
