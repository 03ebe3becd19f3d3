"""Every slip there is is recognised in the numbers of a student who makes it."""

import numpy as np
import pytest

from dlviz.core.answers import Checker, Exercise, Places, Replay, parse_answer
from dlviz.core.choice import Choice, chosen
from dlviz.core.execute import record
from dlviz.core.memory import Memory
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.program import lower
from dlviz.core.slips import slips

DENSE = NetworkSpec(
    (dense("h", 3, "tanh"), dense("g", 3, "sigmoid"), dense("o", 2, "sigmoid")), (InputSpec("x", (2,)),)
)
LSTM = NetworkSpec((LayerSpec("r", "lstm", settings={"units": 2}), dense("o", 2)), (InputSpec("x", (3, 2)),))
DIGITS = 6
ASKED = 2  # rows, units and inputs that are asked for
HALF = {"missing_half": 0.5}


def exercise_of(key: str) -> Exercise:
    """Record a batch of four rows in a network where this slip can be made."""
    network = LSTM if key == "lstm_without_input" else DENSE
    loss = chosen("binary_cross_entropy") if key == "log10" else chosen("squared_error", factor=HALF.get(key, 1.0))
    optimizer = chosen("sgd", lr=0.3)
    program = lower(network, loss, optimizer)
    draw = np.random.default_rng(5)
    memory = Memory(program.layout, optimizer)
    memory.load({name: draw.normal(size=view.shape) for name, view in program.layout.views.items()})
    binding = program.bind(memory, 4)
    binding.load(draw.normal(size=(4, sum(program.input_widths))), draw.integers(0, 2, size=(4, 2)).astype(float))
    return Exercise(network, loss, optimizer, record(binding))


@pytest.mark.parametrize("key", slips.keys())
def test_slip_is_named_by_the_numbers_it_leads_to(key: str) -> None:
    exercise = exercise_of(key)
    wrong = Replay(exercise).record(Choice(key))
    asked = [each for each in Places(exercise).all(400) if max(each.index, default=0) < ASKED]
    places = [each for each in asked if np.isfinite(each.of(wrong))]  # layers moved one by one have no common step
    sheet = [(each, parse_answer(f"{each.of(wrong):.{DIGITS}f}")) for each in places]
    first = next(each for each in Checker(exercise).check(sheet) if each.kind == "wrong")
    assert first.cause is not None
    assert first.cause.key == key
