"""Twenty epochs under every schedule, against the rates and parameters of PyTorch."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlviz.core.schedules import schedules
from dlviz.data.prepare import prepare
from dlviz.session.format.document import document_from_json
from dlviz.session.trainer import Trainer

CASES = json.loads(Path(__file__).with_name("schedule_paths.json").read_text())["cases"]


def kind_of(case: dict[str, Any]) -> str:
    return str(case["document"]["training"]["schedule"]["kind"])


@pytest.mark.parametrize("case", CASES, ids=kind_of)
def test_rates_and_parameters_equal_pytorch(case: dict[str, Any]) -> None:
    document = document_from_json(case["document"])
    trainer = Trainer(document, prepare(document.data, document.seed))
    rates = [trainer.record().lr for _ in case["rates"]]
    assert_allclose(rates, case["rates"], rtol=1e-12)
    for name, expected in case["parameters"].items():
        assert_allclose(trainer.memory.read()[name], np.array(expected), rtol=1e-9)


def test_every_schedule_that_changes_the_rate_is_compared() -> None:
    assert {kind_of(case) for case in CASES} == set(schedules.keys()) - {"constant"}
