"""Every activation, loss and regularizer against PyTorch: error at most 1e-12 of the largest value in float64."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dlviz.core.activations import activations, resolve
from dlviz.core.array import Workspace
from dlviz.core.choice import Choice, chosen
from dlviz.core.execute import run
from dlviz.core.losses import losses
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.memory import Memory
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.core.program import lower
from dlviz.core.regularizers import regularizers
from dlviz.core.regularizers import resolve as resolve_regularizer
from dlviz.session.format.choice import choice_from_json

GOLDEN = json.loads(Path(__file__).with_name("functions.json").read_text())
TOLERANCE = 1e-12


def features_first(rows: Any) -> NDArray[np.float64]:
    return np.array(rows, dtype=np.float64).T.copy()


def assert_equal(actual: NDArray[np.float64], rows: Any) -> None:
    expected = features_first(rows)
    assert np.abs(actual - expected).max() <= TOLERANCE * max(np.abs(expected).max(), 1e-300)


def chosen_of(case: dict[str, Any], registry: Any = activations) -> Choice:
    return choice_from_json(case["choice"], registry, "")


@pytest.mark.parametrize("case", GOLDEN["activations"], ids=lambda case: str(case["choice"]))
def test_activation_and_its_gradient_equal_pytorch(case: dict[str, Any]) -> None:
    entry, settings = resolve(chosen_of(case))
    z, da = features_first(case["z"]), features_first(case["da"])
    a, dz = entry.value(z, settings), np.full_like(z, np.nan)
    for function, arguments in entry.backward(Workspace(), settings, z, a, da, dz):
        function(*arguments)
    assert_equal(a, case["a"])
    assert_equal(dz, case["dz"])


def test_every_activation_with_a_fixed_value_is_compared() -> None:
    compared = {chosen_of(case).kind for case in GOLDEN["activations"]}
    assert compared == {entry.key for entry in activations if not entry.draws}


@pytest.mark.parametrize("case", GOLDEN["losses"], ids=lambda case: str(case["choice"]))
def test_loss_and_its_gradient_equal_pytorch(case: dict[str, Any]) -> None:
    entry, settings = resolve_loss(chosen_of(case, losses))
    a, y = features_first(case["a"]), features_first(case["y"])
    if entry.labels == "index":
        y = np.eye(len(a))[:, y[0].astype(int)]
    value, da = entry.evaluate(a, y, settings)
    assert value == pytest.approx(case["loss"], rel=TOLERANCE)
    assert_equal(da, case["da"])


def test_every_loss_is_compared() -> None:
    assert {case["choice"]["kind"] for case in GOLDEN["losses"]} == set(losses.keys())


@pytest.mark.parametrize("case", GOLDEN["regularizers"], ids=lambda case: str(case["choice"]))
def test_penalty_and_its_gradient_equal_pytorch(case: dict[str, Any]) -> None:
    entry, settings = resolve_regularizer(chosen_of(case, regularizers))
    shares, weights = entry.shares(settings, case["n"]), features_first(case["w"])
    assert shares.penalty(weights) == pytest.approx(case["penalty"], rel=TOLERANCE)
    assert_equal(shares.gradient(weights), case["dw"])


@pytest.mark.parametrize("case", GOLDEN["limits"], ids=lambda case: str(case["limit"]))
def test_cut_norms_equal_pytorch(case: dict[str, Any]) -> None:
    weights = np.array(case["w"])
    layer = dense("o", len(weights), bias=False, regularizer=chosen("max_norm", limit=case["limit"]))
    program = lower(NetworkSpec((layer,), (InputSpec("x", (3,)),)), chosen("squared_error"), chosen("sgd", lr=0.0))
    memory = Memory(program.layout, chosen("sgd", lr=0.0))
    memory.load({"o.W": weights})
    run(program.bind(memory, 1).calls)
    # PyTorch adds 1e-7 to the norm that it divides by.
    np.testing.assert_allclose(memory.read()["o.W"], case["cut"], rtol=1e-6)
