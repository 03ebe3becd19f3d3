"""What every example adds to every gradient, all paths of every weight, and curvatures, against PyTorch's."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.explain import (
    LossGradient,
    Pass,
    Weight,
    differentiate_binding,
    largest_curvature,
    paths,
    shares,
    terms,
)
from tests.golden.machine import bind
from tests.golden.test_random_networks import CASES, TOLERANCE

FACTS = json.loads(Path(__file__).with_name("example_gradients.json").read_text(encoding="utf-8"))
EXPECTED = FACTS["cases"]


def taken_apart(number: int) -> Pass:
    return differentiate_binding(bind(CASES[number]["document"], "gradient"))


def weights(gradients: dict[str, Any]) -> list[Weight]:
    return [Weight(name, place) for name, values in gradients.items() for place in np.ndindex(np.shape(values))]


def of(gradients: dict[str, Any], weight: Weight) -> float:
    return float(np.array(gradients[weight.name])[weight.entry])


@pytest.mark.parametrize("number", EXPECTED)
def test_shares_of_examples_equal_pytorch(number: str) -> None:
    passed, expected = taken_apart(int(number)), EXPECTED[number]
    size = max(abs(np.array(values)).max() for each in expected for values in each.values())
    for weight in weights(expected[0]):
        found = shares(passed, weight).shares
        np.testing.assert_allclose(found, [of(each, weight) for each in expected], TOLERANCE, TOLERANCE * size)


@pytest.mark.parametrize("number", EXPECTED)
def test_paths_and_uses_of_an_example_sum_to_pytorch_s_gradient(number: str) -> None:
    passed, expected = taken_apart(int(number)), EXPECTED[number][-1]
    size = max(abs(np.array(values)).max() for values in expected.values())
    for weight in weights(expected):
        found = paths(passed, weight, passed.n - 1, most=10_000)
        assert len(found.paths) == found.count
        assert sum(path.value for path in found.paths) == pytest.approx(
            of(expected, weight), TOLERANCE, TOLERANCE * size
        )
        assert sum(term.value for term in terms(passed, weight, passed.n - 1)) == pytest.approx(found.share, 1e-12)


@pytest.mark.parametrize("number", range(0, len(CASES), 5))
def test_shares_of_examples_sum_to_the_gradient_of_any_network(number: int) -> None:
    passed, expected = taken_apart(number), CASES[number]["gradients"]
    size = max(abs(np.array(values)).max() for values in expected.values())
    for weight in weights(expected):
        found = shares(passed, weight)
        assert found.shares.sum() == pytest.approx(of(expected, weight), TOLERANCE, TOLERANCE * size)


@pytest.mark.parametrize("number", FACTS["curvatures"])
def test_largest_curvature_equals_that_of_pytorch_s_hessian_to_one_percent(number: str) -> None:
    binding = bind(CASES[int(number)]["document"], "gradient")
    assert binding.program.losses is not None
    rows = binding.buffers.inputs(), binding.buffers.rows_y
    gradient = LossGradient(binding.program.network, binding.program.losses, binding.memory.read(), rows)
    found = largest_curvature(gradient, gradient.theta)
    assert found.value == pytest.approx(FACTS["curvatures"][number], rel=0.01)
