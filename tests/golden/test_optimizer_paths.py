"""Twenty steps of every optimizer that PyTorch has too, against its parameters."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.execute import run
from tests.golden.machine import bind

CASES = json.loads(Path(__file__).with_name("optimizer_paths.json").read_text())["cases"]


def name_of(case: dict[str, Any]) -> str:
    return "-".join(str(value) for value in case["document"]["training"]["optimizer"].values())


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_parameters_after_each_step_equal_pytorch(case: dict[str, Any]) -> None:
    binding = bind(case["document"])
    for step in range(1, 21):
        run(binding.calls)
        for name, expected in case["parameters_after"].get(str(step), {}).items():
            error = np.abs(binding.memory.read()[name] - np.array(expected)).max()
            assert error <= 1e-12 * np.abs(expected).max(), (step, name)
