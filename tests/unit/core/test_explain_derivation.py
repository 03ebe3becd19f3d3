"""Derivatives written out: letters, numbers put in, and in several notations."""

import re
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.explain import Derivation, Pass, Weight, derive, differentiate
from dlviz.core.network import LayerSpec, NetworkSpec, dense
from dlviz.core.notation import Notation

VALUES = {"h.W": [[0.5, -1.0], [2.0, 0.25]], "h.b": [0.1, -0.2], "o.W": [[1.2, -0.4]], "o.b": [0.05]}
ROWS = [[1.0, 2.0], [0.5, -1.0], [-2.0, 1.5]]
TARGETS = [[1.0], [0.0], [1.0]]
SQUARED = chosen("squared_error")
SOURCE_FIRST = Notation("source_target")


def two_two_one(hidden: str, output: str, loss: Choice, n: int = 1) -> Pass:
    network = NetworkSpec((dense("h", 2, hidden), dense("o", 1, output)))
    return differentiate(network, loss, VALUES, ROWS[:n], TARGETS[:n])


def arithmetic(text: str) -> float:
    """Compute plain numbers put in; a number right before a bracket multiplies it."""
    python = re.sub(r"(\d) ?\(", r"\1*(", text.replace("−", "-").replace("·", "*"))
    return float(eval(python))


@pytest.mark.parametrize(
    ("weight", "notation", "symbols"),
    [
        (Weight("o.W", (0, 1)), SOURCE_FIRST, "−2(y − ŷ) · o₁₂"),
        (Weight("h.W", (1, 0)), SOURCE_FIRST, "−2(y − ŷ) · w²₂₁ · x₁"),
        (Weight("h.b", (1,)), Notation(), "2(a²₁ − y₁) · w²₁₂"),
        (Weight("h.W", (1, 0)), Notation(), "2(a²₁ − y₁) · w²₁₂ · x₁"),
        (Weight("h.W", (1, 0)), Notation("flat"), "2(o₁ − y₁) · w₆ · x₁"),
        (Weight("h.W", (1, 0)), Notation(symbols="error_signal"), "−2(d₁ − y²₁) · w²₁₂ · x₁"),
    ],
)
def test_derivative_of_a_linear_network_in_letters(weight: Weight, notation: Notation, symbols: str) -> None:
    assert derive(two_two_one("linear", "linear", SQUARED), weight, notation=notation).symbols == symbols


def test_slopes_stand_where_units_are_not_linear() -> None:
    passed = two_two_one("tanh", "sigmoid", SQUARED)
    assert derive(passed, Weight("h.W", (0, 1))).symbols == "2(a²₁ − y₁) · σ′(z²₁) · w²₁₁ · tanh′(z¹₁) · x₂"
    expected = (
        r"2(a_{1}^{(2)} - y_{1}) \cdot \sigma'(z_{1}^{(2)}) \cdot w_{11}^{(2)} \cdot \tanh'(z_{1}^{(1)}) \cdot x_{2}"
    )
    assert derive(passed, Weight("h.W", (0, 1)), is_latex=True).symbols == expected


def test_only_the_first_factor_changes_in_classification() -> None:
    passed = two_two_one("linear", "sigmoid", chosen("binary_cross_entropy"))
    found = derive(passed, Weight("h.W", (0, 1)))
    assert found == Derivation(
        "∂L/∂w¹₁₂", "(a²₁ − y₁) · w²₁₁ · x₂", found.numbers, passed.gradient(Weight("h.W", (0, 1)))
    )


def test_a_loss_without_an_error_is_named_by_its_derivative() -> None:
    passed = two_two_one("linear", "tanh", chosen("hinge"))
    assert derive(passed, Weight("o.b", (0,))).symbols == "∂L/∂a²₁ · tanh′(z²₁)"


def test_a_weight_with_two_ways_has_two_terms() -> None:
    network = NetworkSpec((dense("h", 1, "tanh"), dense("o", 2)))
    values = {"h.W": [[0.5, 1]], "h.b": [0.0], "o.W": [[0.3], [2.0]], "o.b": [0, 0]}
    found = derive(differentiate(network, SQUARED, values, [[1, 1]], [[0, 0]]), Weight("h.W", (0, 0)))
    # The larger way first: over the link of 2.
    expected = "2(a²₂ − y₂) · w²₂₁ · tanh′(z¹₁) · x₁ + 2(a²₁ − y₁) · w²₁₁ · tanh′(z¹₁) · x₁"
    assert found.symbols == expected


@pytest.mark.parametrize("hidden", ["linear", "tanh"])
@pytest.mark.parametrize("sample", [0, 1, 2])
def test_numbers_put_in_come_to_the_share(hidden: str, sample: int) -> None:
    passed = two_two_one(hidden, "linear", SQUARED, n=3)
    found = derive(passed, Weight("h.W", (1, 1)), sample, digits=10)
    assert arithmetic(found.numbers) == pytest.approx(found.value, rel=1e-7)


def test_a_batch_is_a_sum_over_examples() -> None:
    passed = two_two_one("linear", "linear", SQUARED, n=3)
    weight = Weight("o.W", (0, 0))
    assert derive(passed, weight, notation=SOURCE_FIRST).symbols == "Σᵢ −2/n (y − ŷ) · o₁₁"
    latex = derive(passed, weight, is_latex=True)
    assert latex.symbols == r"\sum_i \frac{2}{n}(a_{1}^{(2)} - y_{1}) \cdot a_{1}^{(1)}"
    found = derive(passed, weight, digits=10)
    assert arithmetic(found.numbers) == pytest.approx(passed.gradient(weight), rel=1e-7)
    assert found.value == passed.gradient(weight)


def test_a_batch_sums_over_examples_and_ways() -> None:
    network = NetworkSpec((dense("h", 1, "tanh"), dense("o", 2)))
    values = {"h.W": [[0.5, 1]], "h.b": [0.0], "o.W": [[0.3], [2.0]], "o.b": [0, 0]}
    passed = differentiate(network, SQUARED, values, np.ones((6, 2)), np.zeros((6, 2)))
    found = derive(passed, Weight("h.b", (0,)), digits=10)
    assert found.symbols == "Σᵢ (2/n (a²₂ − y₂) · w²₂₁ · tanh′(z¹₁) + 2/n (a²₁ − y₁) · w²₁₁ · tanh′(z¹₁))"
    assert found.numbers.count(" + ") == 2 * 4  # two ways of four examples, and the rest
    assert arithmetic(found.numbers) == pytest.approx(found.value, rel=1e-8)


def test_what_is_not_written_out_stands_as_one_number() -> None:
    network = NetworkSpec((dense("h", 4, "tanh"), dense("g", 4, "tanh"), dense("o", 4)))
    dice = np.random.default_rng(2)
    values: dict[str, Any] = {f"{name}.W": dice.normal(size=(4, d)) for name, d in (("h", 2), ("g", 4), ("o", 4))}
    values |= {f"{name}.b": np.zeros(4) for name in "hgo"}
    passed = differentiate(network, SQUARED, values, [[1, 1]], np.zeros((1, 4)))
    found = derive(passed, Weight("h.W", (0, 0)), digits=12)
    assert found.symbols.count(" + ") == 8 and found.symbols.endswith(" + ⋯")
    assert arithmetic(found.numbers) == pytest.approx(found.value, rel=1e-8)
    assert found.value == pytest.approx(passed.gradient(Weight("h.W", (0, 0))))


def test_other_parameters_keep_their_names() -> None:
    layers = (dense("h", 2), LayerSpec("n", "layer_norm"), dense("o", 1))
    values = VALUES | {"n.gamma": [1.0, 2.0], "n.beta": [0.0, 0.0]}
    passed = differentiate(NetworkSpec(layers), SQUARED, values, ROWS[:1], TARGETS[:1])
    found = derive(passed, Weight("n.gamma", (1,)))
    assert found.left == "∂L/∂γ²₂"
    assert re.fullmatch(r"2\(a³₁ − y₁\) · w³₁₂ · ∂z²₂/∂w", found.symbols)
