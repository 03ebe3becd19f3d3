"""Likelihood: products of probabilities, and minus its logarithm the cross-entropy."""

import numpy as np
import pytest

from dlviz.core.errors import ShapeError, SpecError
from dlviz.core.losses import losses
from dlviz.core.losses.likelihood import bernoulli, categorical

A = np.array([[0.9, 0.2, 0.6]])
Y = np.array([[1.0, 0.0, 0.0]])


def test_bernoulli_multiplies_the_probability_of_what_was_seen() -> None:
    found = bernoulli(A, Y)
    assert found.each == pytest.approx([0.9, 0.8, 0.4])
    assert found.product == pytest.approx(0.9 * 0.8 * 0.4)
    assert found.log == pytest.approx(np.log(0.9 * 0.8 * 0.4))


def test_minus_its_logarithm_is_the_binary_cross_entropy() -> None:
    assert -bernoulli(A, Y).log == pytest.approx(losses.get("binary_cross_entropy").evaluate(A, Y)[0] * 3)


def test_minus_its_logarithm_is_the_categorical_cross_entropy() -> None:
    a, y = np.array([[0.2, 0.5], [0.3, 0.1], [0.5, 0.4]]), np.eye(3)[:, [2, 0]]
    found = categorical(a, y)
    assert found.each == pytest.approx([0.5, 0.5])
    assert -found.log == pytest.approx(losses.get("categorical_cross_entropy").evaluate(a, y)[0] * 2)


def test_many_examples_do_not_underflow_the_logarithm() -> None:
    found = bernoulli(np.full(5000, 0.5), np.ones(5000))
    assert found.product == 0
    assert found.log == pytest.approx(5000 * np.log(0.5))


def test_impossible_and_certain_targets() -> None:
    assert bernoulli([1.0, 0.0], [1.0, 0.0]).product == 1
    assert bernoulli([0.0], [1.0]).log == -np.inf


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(SpecError, match=r"Expected numbers from 0 to 1. Received: 1.5"):
        bernoulli([1.5], [1.0])
    with pytest.raises(ShapeError, match=r"\[1, 1\]"):
        bernoulli([[0.5, 0.5]], [1.0])
