"""Worked examples that count parameters and updates."""

import pytest

from dlviz.core.inference import parameters
from dlviz.core.network import InputSpec, NetworkSpec, dense
from tests.golden.example import Example


def counts(sizes: list[int]) -> list[tuple[int, int]]:
    """Return for every layer of a dense network how many weights and how many biases it has."""
    layers = tuple(dense(f"h{number}", units) for number, units in enumerate(sizes[1:], 1))
    found = {each.name: each.size for each in parameters(NetworkSpec(layers, (InputSpec("x", (sizes[0],)),)))}
    return [(found[f"{layer.id}.W"], found[f"{layer.id}.b"]) for layer in layers]


def total(sizes: list[int]) -> int:
    return sum(weights + biases for weights, biases in counts(sizes))


@pytest.mark.example("EX-25", "count")
def test_parameters_of_the_smallest_and_largest_network_searched(example: Example) -> None:
    example.check("params_784_200_100_50_10", total([784, 200, 100, 50, 10]))
    example.check("params_784_400_200_100_10", total([784, 400, 200, 100, 10]))


@pytest.mark.example("EX-28", "count")
def test_parameters_of_the_drawn_networks(example: Example) -> None:
    for name, sizes in (("arch_4_4_3_2_1", [4, 4, 3, 2, 1]), ("arch_5_4_3_2_1", [5, 4, 3, 2, 1])):
        example.check(f"{name}/per_layer", [weights + biases for weights, biases in counts(sizes)])
        example.check(f"{name}/total", total(sizes))
    example.check("arch_5_4_3_2_1/weights_only", [weights for weights, _ in counts([5, 4, 3, 2, 1])])
