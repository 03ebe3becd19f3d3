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
        ("binary_cross_entropy", {"outputs": "mean"}, "−1/n 1/k Σ[y ln a + (1 − y) ln(1 − a)]", None),
    ],
)
def test_convention_stands_between_sign_and_terms(
    kind: str, settings: dict[str, object], value: str, slope: str | None
) -> None:
    entry, complete = resolve(chosen(kind, **settings))
    found = formulas(entry, complete, "a²")
    assert found[0] == value
    assert slope in (None, found[1])
