"""Schedules: where they begin and end, what counts as an epoch, and what is refused."""

import math

import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import SpecError
from dlviz.core.schedules import Curve, schedules

LR = 0.2


def rates(schedule: Choice, epochs: int, batches: int = 1) -> list[float]:
    return Curve(schedule, LR).rates(epochs * batches, batches)


@pytest.mark.parametrize("key", schedules.keys())
def test_a_rate_per_epoch_is_the_same_for_all_its_batches(key: str) -> None:
    settings = {} if key == "constant" else {"per": "epoch"}
    found = rates(chosen(key, **settings), epochs=6, batches=4)
    assert found == [rate for rate in rates(chosen(key, **settings), epochs=6) for _ in range(4)]


@pytest.mark.parametrize("key", [key for key in schedules.keys() if key not in ("constant", "staircase")])  # noqa: SIM118
def test_a_rate_per_batch_moves_inside_an_epoch_and_meets_the_epochs(key: str) -> None:
    schedule = chosen(key, per="batch", **({"epochs": 9} if key in ("cosine", "warm_up", "one_cycle") else {}))
    found = rates(schedule, epochs=4, batches=5)
    assert len(set(found)) == 20
    assert found[::5] == rates(schedule, epochs=4)


def test_epochs_counted_from_one_are_one_ahead() -> None:
    for key in ("inverse_time", "exponential", "staircase", "cosine"):
        assert rates(chosen(key, first_epoch=1), 5) == rates(chosen(key), 6)[1:]


def test_square_root_begins_at_epoch_one_and_refuses_epoch_zero() -> None:
    assert rates(chosen("square_root"), 3) == pytest.approx([0.2, 0.2 / math.sqrt(2), 0.2 / math.sqrt(3)])
    with pytest.raises(SpecError, match="first_epoch to be a whole number at least 1"):
        Curve(chosen("square_root", first_epoch=0), LR)


def test_schedules_of_a_length_stay_where_they_end() -> None:
    assert rates(chosen("cosine", epochs=4, end=0.1), 8)[4:] == [LR * 0.1] * 4
    assert rates(chosen("warm_up", epochs=4), 8)[4:] == [LR] * 4
    assert rates(chosen("one_cycle", epochs=4, div=5.0, final_div=10.0), 8)[4:] == pytest.approx([LR / 50] * 4)


def test_one_cycle_starts_low_and_has_its_top_where_the_rise_ends() -> None:
    found = rates(chosen("one_cycle", epochs=10, rise=0.4, div=8.0), 10)
    assert found[0] == pytest.approx(LR / 8)
    assert found[4] == max(found) == LR
    assert rates(chosen("one_cycle", rise=0.0), 1) == [LR]


def test_a_part_of_a_curve_is_the_curve() -> None:
    curve = Curve(chosen("cosine", epochs=7), LR)
    assert curve.rates(10, 3, first=5) == curve.rates(15, 3)[5:]


def test_an_unknown_schedule_is_refused() -> None:
    with pytest.raises(SpecError, match="known schedule"):
        Curve(chosen("cosin"), LR)
