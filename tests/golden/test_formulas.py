"""The worked example's formulas, step by step, as they were read and looked at once.

formulas.json holds what every operation of one pass says about its first scalar, for the two-input
example with SGD and for its update by Adam. The numbers agree with the published hand calculation.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.execute import record
from dlviz.core.memory import Memory
from dlviz.core.narration import Focus, Narration, Plan, narrate
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.core.program import lower

GOLDEN = json.loads((Path(__file__).parent / "formulas.json").read_text("utf-8"))
SPEC = NetworkSpec((dense("h", 2, "sigmoid"), dense("o", 2, "sigmoid")), (InputSpec("x", (2,)),))
LOSS = chosen("squared_error", factor=0.5, reduction="sum")
OPTIMIZERS = {"sgd": chosen("sgd", lr=0.5), "adam": chosen("adam", lr=0.5)}
PARAMETERS = {
    "h.W": [[0.15, 0.20], [0.25, 0.30]],
    "h.b": [0.35, 0.35],
    "o.W": [[0.40, 0.45], [0.50, 0.55]],
    "o.b": [0.60, 0.60],
}


def narrations(optimizer: Choice) -> list[tuple[str, Narration]]:
    frozen = ("h.b", "o.b")
    program = lower(SPEC, LOSS, optimizer)
    memory = Memory(program.layout, optimizer, frozen)
    memory.load({name: np.array(values) for name, values in PARAMETERS.items()})
    binding = program.bind(memory, 1)
    binding.load(np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]]))
    trace = record(binding)
    plan = Plan(SPEC, LOSS, optimizer, frozen)
    return [(step.op, narrate(step, trace, plan, Focus(parameter="o.W"))) for step in trace.steps]


def entries(optimizer: Choice) -> list[dict[str, Any]]:
    return [
        {
            "op": op, "symbols": told.symbols, "numbers": told.numbers, "terms": told.terms, "result": told.result,
            "chain": [told.chain.symbols, told.chain.numbers, told.chain.terms] if told.chain else [],
        }
        for op, told in narrations(optimizer)
    ]  # fmt: skip


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_every_step_says_what_it_said(key: str) -> None:
    assert entries(OPTIMIZERS[key]) == GOLDEN[key]


def test_the_hand_calculation_is_met_to_its_last_digit() -> None:
    told = dict(narrations(OPTIMIZERS["sgd"]))
    # Mazur's example; weight_gradient is the last one told, that of layer 1.
    assert told["loss"].value == pytest.approx(0.298371109, abs=5e-10)
    assert told["weight_gradient"].value == pytest.approx(0.000438568, abs=5e-10)
    assert told["apply"].value == pytest.approx(0.358916480, abs=5e-10)
