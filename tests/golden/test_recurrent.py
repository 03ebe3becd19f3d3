"""States, gradients and twenty training steps of recurrent layers against PyTorch's, in float64."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from dlviz.core.execute import record, run
from dlviz.core.trace import Trace
from tests.golden.machine import bind

TOLERANCE = 1e-12  # of the largest entry of a tensor, in one pass
TRAINED_TOLERANCE = 1e-9  # after twenty steps of Adam
CASES = json.loads(gzip.decompress(Path(__file__).with_name("recurrent.json.gz").read_bytes()))["cases"]


def name_of(case: dict[str, Any]) -> str:
    return "-".join(str(value) for key, value in case["document"]["network"]["layers"][0].items() if key != "id")


@pytest.fixture(params=CASES, ids=name_of)
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.param
    return found


def layer_of(case: dict[str, Any]) -> dict[str, Any]:
    layer: dict[str, Any] = case["document"]["network"]["layers"][0]
    return layer


def recorded(case: dict[str, Any]) -> Trace:
    return record(bind(case["document"], "gradient"))


def assert_close(actual: ArrayLike, expected: ArrayLike, tolerance: float = TOLERANCE) -> None:
    """Compare within a share of the largest expected number; zeros must be zeros."""
    a, b = np.asarray(actual, float), np.asarray(expected, float)
    assert a.shape == b.shape
    assert np.abs(a - b).max() <= tolerance * np.abs(b).max()


def test_loss_and_states_equal_pytorch(case: dict[str, Any]) -> None:
    trace = recorded(case)
    assert_close(trace.value("loss", len(trace.steps)), case["loss"])
    for t, expected in enumerate(np.moveaxis(np.array(case["states"]), 1, 0), 1):
        assert_close(trace.value(f"h.t{t}.h", len(trace.steps)), expected)


def test_gradients_equal_pytorch(case: dict[str, Any]) -> None:
    binding = bind(case["document"], "gradient")
    run(binding.calls)
    found = binding.memory.read("grad")
    assert found.keys() == case["gradients"].keys()
    for name, expected in case["gradients"].items():
        assert_close(found[name], expected)


def test_contributions_of_the_steps_sum_to_the_gradient(case: dict[str, Any]) -> None:
    trace = recorded(case)
    shorts = [name.partition(".")[2] for name in case["gradients"] if name.startswith("h.") and not name.endswith("0")]
    for short in shorts:
        parts = [trace.value(f"h.t{t}.d{short}", len(trace.steps)) for t in range(1, 6)]
        assert_close(np.sum(np.array(parts), axis=0), case["gradients"][f"h.{short}"])


@pytest.mark.parametrize("case", [case for case in CASES if case["trained"]], ids=name_of)
def test_twenty_steps_of_adam_equal_pytorch(case: dict[str, Any]) -> None:
    binding = bind(case["document"])
    losses = []
    for _ in range(20):
        run(binding.calls)
        losses.append(binding.buffers.loss)
    assert_close(losses, case["trained"]["losses"], TRAINED_TOLERANCE)
    for name, found in binding.memory.read().items():
        assert_close(found, case["trained"]["parameters"][name], TRAINED_TOLERANCE)


def test_the_cases_cover_every_kind_and_truncation() -> None:
    seen = {(layer_of(case)["kind"], layer_of(case).get("truncation", "none")) for case in CASES}
    assert seen == {
        (kind, cut) for kind in ("simple_rnn", "gru", "lstm") for cut in ("none", "block", "window")
    }  # fmt: skip
