"""A layer that the output does not read: its gradient is zero, and it is told so rather than missing."""

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.execute import record
from dlviz.core.memory import Memory
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.core.program import Mode, lower
from dlviz.core.trace import Trace

NETWORK = NetworkSpec((dense("h", 2, "tanh", inputs=("x",)), dense("o", 1, inputs=("x",))), (InputSpec("x", (3,)),))


def trace(mode: Mode) -> Trace:
    program = lower(NETWORK, chosen("squared_error"), chosen("adam"), mode)
    memory = Memory(program.layout, chosen("adam"))
    memory.load({"h.W": np.ones((2, 3)), "o.W": np.ones((1, 3))})
    binding = program.bind(memory, 2)
    binding.load(np.ones((2, 3)), np.zeros((2, 1)))
    return record(binding)


def test_gradient_is_zero_and_parameters_stay() -> None:
    found = trace("train")
    end = len(found.steps)
    assert not np.any(found.value("h.dW", end))
    assert found.value("h.dW", end).shape == (2, 3)
    assert np.array_equal(found.value("h.W", end), np.ones((2, 3)))
    assert np.any(found.value("o.dW", end))


@pytest.mark.parametrize("mode", ["forward", "evaluate"])
def test_no_gradient_is_told_where_none_is_computed(mode: Mode) -> None:
    found = trace(mode)
    assert found.value("h.dW", len(found.steps)) is None


def test_values_are_still_computed() -> None:
    found = trace("train")
    assert found.value("h.a", len(found.steps)) == pytest.approx(np.tanh(np.full((2, 2), 3.0)))
