"""Stochastic units: draws addressed by seed and batch, a forward pass only."""

import numpy as np
import pytest
from numpy.typing import NDArray

from dlviz.core.choice import chosen
from dlviz.core.errors import SpecError
from dlviz.core.execute import run
from dlviz.core.memory import Memory
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.core.program import lower

N = 20_000


def sampled(z: float, temperature: float, seed: int = 0, batch: int = 0, n: int = N) -> NDArray[np.float64]:
    """Return what one unit with the sum z answered to n examples."""
    network = NetworkSpec((dense("o", 1, chosen("stochastic", temperature=temperature)),), (InputSpec("x", (1,)),))
    program = lower(network, mode="forward")
    assert program.draws
    memory = Memory(program.layout, chosen("sgd"), seed=seed)
    memory.load({"o.W": [[z]]})
    memory.position.move(batch)
    binding = program.bind(memory, n)
    binding.load(np.ones((n, 1)))
    run(binding.calls)
    return np.array(binding.buffers.activation("o")[0])


@pytest.mark.parametrize(("z", "temperature"), [(1.0, 1.0), (1.0, 10.0), (-0.5, 0.5), (2.0, 2.0)])
def test_it_fires_with_the_probability_of_the_formula(z: float, temperature: float) -> None:
    a = sampled(z, temperature)
    p = 1 / (1 + np.exp(-z / temperature))
    assert set(a) == {-1.0, 1.0}
    assert (a == 1).mean() == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / N))
    assert a.mean() == pytest.approx(np.tanh(z / (2 * temperature)), abs=0.03)


def test_seed_and_batch_address_the_draws() -> None:
    first = sampled(0.0, 1.0, n=64)
    assert np.array_equal(first, sampled(0.0, 1.0, n=64))
    assert not np.array_equal(first, sampled(0.0, 1.0, seed=1, n=64))
    assert not np.array_equal(first, sampled(0.0, 1.0, batch=1, n=64))
    assert np.array_equal(first[:9], sampled(0.0, 1.0, n=9))


@pytest.mark.parametrize("mode", ["train", "gradient"])
def test_back_propagation_through_it_is_refused(mode: str) -> None:
    network = NetworkSpec((dense("h", 2, "stochastic"), dense("o", 1)))
    with pytest.raises(SpecError, match="back-propagation can pass. Received: stochastic") as refused:
        lower(network, chosen("squared_error"), chosen("sgd"), mode=mode)  # type: ignore[arg-type]
    assert "not defined through sampling" in str(refused.value)
    assert refused.value.place == "h"
