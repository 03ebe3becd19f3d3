"""Worked examples opened from Learn, walked forward and back by keys, and read from the window's widgets."""

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from dlviz.gui.theme import theme_signals
from dlviz.session.network_presets import NETWORKS
from tests.golden.example import Example
from tests.gui.robot import Robot, close_window, robot_at_window
from tests.gui.walker import Walker, length


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    yield made
    close_window(made)
    theme_signals.use("light")


@pytest.fixture
def walker(robot: Robot) -> Walker:
    return Walker(robot)


@pytest.mark.parametrize("key", ["step", "example", *(each.key for each in NETWORKS)])
def test_every_worked_network_is_walked_forward_and_back(walker: Walker, key: str) -> None:
    walker.open(key)
    walker.there_and_back(length(walker))
    assert walker.stand() == (0, 0, 0)
    assert walker.robot.message() == ""


def test_one_step_of_the_2_2_1_network(walker: Walker) -> None:
    example = Example("EX-42")
    walker.open("step").walk(length(walker))
    told = walker.told
    for place, name, unit in (
        ("v1", "h.z", 0), ("v2", "h.z", 1), ("y1", "h.a", 0), ("y2", "h.a", 1), ("vk", "o.z", 0), ("yk", "o.a", 0),
    ):  # fmt: skip
        example.check(place, told[name][unit])
    # The notes' error and deltas are minus the gradients.
    example.check("e", -told["o.da"][0])
    example.check("energy", told["loss"])
    example.check("delta_k", -told["o.dz"][0])
    example.check("delta_hidden", -told["h.dz"])
    example.check("dw_k1", told["o.W.step"][0, 0])
    example.check("dw_k2", told["o.W.step"][0, 1])
    example.check("dw_k0", told["o.b.step"][0])
    example.check("w_k1_new", told["o.W"][0, 0])
    example.check("w_k2_new", told["o.W"][0, 1])
    example.check("w_k0_new", told["o.b"][0])
    example.check("hidden_W_new", told["h.W"])
    example.check("hidden_bias_new", told["h.b"])
    assert np.all(told["h.dW"][:, 0] == 0), "x₁ is 0, so its weights do not learn"
    walker.walk(7)  # the same example once more, with the new weights
    example.check("yk_after_update", walker.told["o.a"][0])
    example.check("energy_after", walker.told["loss"])
    example.assert_everything_compared()
