"""Other conventions of one optimizer: equal where they are said to be, and apart where they are said to differ."""

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.descent import Path, race
from dlviz.core.optimizers import optimizers, resolve, variants
from dlviz.core.surfaces import quadratic

BOWL, START = quadratic([[1.0, 0.2], [0.2, 6.0]]), [3.0, -2.0]
FALLING = chosen("exponential", base=0.9)


def walked(choice: Choice, schedule: Choice | None = None, steps: int = 40) -> Path:
    return race(BOWL, [choice], START, steps, schedule)[0]


@pytest.mark.parametrize("form", ["classical", "ema"])
@pytest.mark.parametrize("rate", ["outside", "inside"])
@pytest.mark.parametrize("schedule", [None, FALLING], ids=["steady", "falling"])
def test_momentum_is_one_path_in_every_form(form: str, rate: str, schedule: Choice | None) -> None:
    given = chosen("momentum", lr=0.03, momentum=0.8, form=form, rate=rate)
    found = variants(given)
    assert len(found) == 3
    for each in found:
        gap = np.abs(walked(each.choice, schedule).points - walked(given, schedule).points).max()
        is_equal = schedule is None or "until" not in each.equal
        assert gap < 1e-12 if is_equal else gap > 1e-3


@pytest.mark.parametrize("key", ["adagrad", "rmsprop", "adam", "adamw", "amsgrad"])
def test_epsilon_of_zero_makes_its_places_equal(key: str) -> None:
    given = chosen(key, lr=0.05, eps=0.0)
    for each in variants(given):
        gap = np.abs(walked(each.choice).points - walked(given).points).max()
        assert gap > 1e-3 if "bias" in each.title else gap < 1e-12


@pytest.mark.parametrize("key", ["adagrad", "rmsprop"])
def test_epsilon_in_the_root_is_its_square_and_at_most_a_root_of_two_apart(key: str) -> None:
    (inside,) = variants(chosen(key, lr=1.0, eps=0.3))
    assert inside.choice.settings["eps"] == pytest.approx(0.09)
    (back,) = variants(inside.choice)
    assert back.choice.settings["eps"] == pytest.approx(0.3) and back.choice.settings["eps_place"] == "outside"
    squares = np.geomspace(1e-12, 1e12, 401)
    ratio = (np.sqrt(squares) + 0.3) / np.sqrt(squares + 0.09)
    assert ratio[[0, -1]] == pytest.approx([1, 1], abs=1e-5) and ratio.max() <= np.sqrt(2) + 1e-12


def test_adam_s_first_steps_differ_as_is_said() -> None:
    given = chosen("adam", lr=0.1, eps=0.5)
    found = {each.title: each for each in variants(given)}
    assert len(found) == 3
    g = np.array([[1.0, 0.2], [0.2, 6.0]]) @ START

    def first(choice: Choice) -> np.ndarray:
        path = walked(choice, steps=1)
        return np.abs(path.points[1] - path.points[0])

    hat, bare = found["ε̂ before the correction"], found["without bias correction"]
    assert first(hat.choice) == pytest.approx(0.1 * np.abs(g) / (np.abs(g) + 0.5 / np.sqrt(1 - 0.999)))
    assert "= 31.6 times" in hat.equal
    exact = chosen("adam", lr=0.1, eps=0.0)
    (uncorrected,) = (each for each in variants(exact) if "bias" in each.title)
    assert first(uncorrected.choice) / first(exact) == pytest.approx(3.1623, rel=1e-4)
    assert "= 3.16 times" in bare.equal
    (back,) = (each for each in variants(uncorrected.choice) if "bias" in each.title)
    assert back.choice.settings["bias_correction"] is True


@pytest.mark.parametrize("key", [entry.key for entry in optimizers])
def test_every_variant_can_be_chosen(key: str) -> None:
    for each in variants(Choice(key)):
        assert each.title and each.equal
        for again in variants(each.choice):
            resolve(again.choice)
