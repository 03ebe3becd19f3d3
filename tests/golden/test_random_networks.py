"""Loss, outputs and gradients of 200 random networks against PyTorch's, in float64."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from dlviz.core.execute import run
from tests.golden.machine import bind, outputs

TOLERANCE = 1e-12  # of the largest entry of a tensor
CASES = json.loads(gzip.decompress(Path(__file__).with_name("random_networks.json.gz").read_bytes()))["cases"]
KINDS = sorted({case["document"]["training"]["loss"]["kind"] for case in CASES})


def distance(actual: ArrayLike, expected: ArrayLike) -> float:
    """Return max|a - b| / max|b|; where b is all zero, a must be so too."""
    a, b = np.asarray(actual, dtype=float), np.asarray(expected, dtype=float)
    assert a.shape == b.shape
    difference, size = np.abs(a - b).max(), np.abs(b).max()
    return float(difference / size) if size else float(difference and np.inf)


def distances(case: dict[str, Any]) -> dict[str, float]:
    """Run one case and return how far every tensor is from PyTorch's."""
    binding = bind(case["document"], "gradient")
    run(binding.calls)
    found = binding.memory.read("grad")
    assert found.keys() == case["gradients"].keys()
    each = {name: distance(found[name], expected) for name, expected in case["gradients"].items()}
    each["loss"] = distance(binding.array("loss"), case["loss"])
    return each | {"outputs": distance(outputs(binding), case["outputs"])}


@pytest.mark.parametrize("number", range(len(CASES)))
def test_loss_outputs_and_gradients_equal_pytorch(number: int) -> None:
    far = {name: value for name, value in distances(CASES[number]).items() if value > TOLERANCE}
    assert not far


def test_the_cases_cover_what_they_promise() -> None:
    layers = [layer for case in CASES for layer in case["document"]["network"]["layers"]]
    depths = {sum(e["kind"] == "dense" for e in case["document"]["network"]["layers"]) for case in CASES}
    assert len(CASES) == 200
    assert len(KINDS) == 5
    assert depths == {1, 2, 3, 4, 5, 6}
    assert {layer["kind"] for layer in layers} == {"dense", "add", "concatenate"}
    assert {layer.get("bias", True) for layer in layers} == {True, False}
