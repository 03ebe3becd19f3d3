"""Batch norm, layer norm and dropout against PyTorch: one pass, in use, and twenty steps of training."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from dlviz.core.evaluate import Evaluator
from dlviz.session.format.document import document_from_json
from dlviz.session.prepared import prepared_for
from dlviz.session.trainer import Trainer
from tests.golden.test_random_networks import distance

ONE_PASS, TRAINED = 1e-12, 1e-9  # of the largest entry of a tensor
CASES = json.loads(Path(__file__).with_name("normalisation.json").read_text(encoding="utf-8"))["cases"]


def name_of(case: dict[str, Any]) -> str:
    return "-".join(layer["kind"] for layer in case["document"]["network"]["layers"])


def trainer_of(case: dict[str, Any]) -> Trainer:
    document = document_from_json(case["document"])
    return Trainer(document, prepared_for(document))


def in_use(trainer: Trainer) -> ArrayLike:
    evaluator = Evaluator(trainer.document.network, dtype="float64")
    evaluator.use(trainer.memory.vectors["theta"])
    return evaluator.outputs(trainer.prepared.inputs)


def assert_close(found: dict[str, Any], expected: dict[str, Any], tolerance: float) -> None:
    far = {name: distance(found[name], value) for name, value in expected.items()}
    assert not {name: each for name, each in far.items() if each > tolerance}


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_one_pass_equals_pytorch(case: dict[str, Any]) -> None:
    trainer = trainer_of(case)
    assert distance(in_use(trainer), case["in_use"]) <= ONE_PASS
    trace = trainer.record()
    end = len(trace.steps)
    assert distance(trace.value("o.a", end), case["outputs"]) <= ONE_PASS  # type: ignore[arg-type]
    assert_close(trainer.memory.read("grad"), case["gradients"], ONE_PASS)
    assert_close({name: trace.value(name, end) for name in case["running"]}, case["running"], ONE_PASS)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_twenty_steps_equal_pytorch(case: dict[str, Any]) -> None:
    trainer, steps = trainer_of(case), len(case["losses"])
    losses = np.zeros(steps)
    trainer.run(steps, losses)
    assert distance(losses, case["losses"]) <= TRAINED
    assert_close(trainer.memory.read(), case["parameters_after"], TRAINED)
    assert distance(in_use(trainer), case["in_use_after"]) <= TRAINED
