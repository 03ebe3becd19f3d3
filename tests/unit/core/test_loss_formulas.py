"""Plain formulas of losses: the sign first, then the convention, then the terms."""

import pytest

from dlviz.core.choice import chosen
from dlviz.core.losses import formulas, resolve


@pytest.mark.parametrize(
    ("kind", "settings", "value", "slope"),
    [
        ("squared_error", {"factor": 0.5, "reduction": "sum"}, "½ Σ(a − y)²", "(a² − y)"),
        ("squared_error", {}, "1/n Σ(a − y)²", "1/n 2 (a² − y)"),
        ("categorical_cross_entropy", {}, "−1/n Σ y ln a", "−1/n · y / a²"),
        ("sparse_categorical_cross_entropy", {"reduction": "sum"}, "−Σ ln a_y", "−y / a²"),
        ("categorical_cross_entropy", {"base": "10", "factor": 2.0}, "−1/n 2 Σ y log₁₀ a", "−1/n 2 · y / a²"),
        ("huber", {"delta": 0.5}, None, "1/n (a² − y cut at ±0.5)"),
        ("hinge", {"labels": "zero_one"}, "1/n Σ max(0, 1 − y a), y = 2t − 1", "−1/n · y where y a² < 1"),
        ("perceptron", {}, "1/n Σ max(0, −y a)", "−1/n · y where y a² ≤ 0"),
        ("binary_cross_entropy", {"outputs": "mean"}, "−1/n 1/k Σ[y ln a + (1 − y) ln(1 − a)]", None),
    ],
)
def test_convention_stands_between_sign_and_terms(
    kind: str, settings: dict[str, object], value: str | None, slope: str | None
) -> None:
    entry, complete = resolve(chosen(kind, **settings))
    found = formulas(entry, complete, "a²")
    assert value in (None, found[0])
    assert slope in (None, found[1])
