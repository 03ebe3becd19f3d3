"""Stochastic units: draws addressed by seed and batch, a forward pass only."""

import numpy as np
import pytest
from numpy.typing import NDArray

from dlviz.core.choice import chosen
from dlviz.core.errors import SpecError
from dlviz.core.execute import record, run
from dlviz.core.memory import Memory
from dlviz.core.narration import Focus, Plan, narrate
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.program import lower
from dlviz.core.sampling import sampler
from dlviz.core.trace import Trace

N = 20_000
HIDDEN = NetworkSpec((dense("h", 2, chosen("stochastic", temperature=0.5)), dense("o", 1)))


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
    with pytest.raises(SpecError, match="back-propagation can pass. Received: stochastic") as refused:
        lower(HIDDEN, chosen("squared_error"), chosen("sgd"), mode=mode)  # type: ignore[arg-type]
    assert "not defined through sampling" in str(refused.value)
    assert refused.value.place == "h"


def trace_of(network: NetworkSpec, parameters: dict[str, object], x: NDArray[np.float64]) -> Trace:
    program = lower(network, mode="forward")
    memory = Memory(program.layout, chosen("sgd"), seed=5)
    memory.load(parameters)
    binding = program.bind(memory, len(x))
    binding.load(x)
    return record(binding)


def test_every_part_of_a_draw_is_a_step_of_its_own() -> None:
    x = np.array([[0.3, -1.2], [2.0, 0.4]])
    trace = trace_of(HIDDEN, {"h.W": [[1.0, 0.5], [-0.7, 0.1]], "h.b": [0.2, -0.1]}, x)
    probability, draw, fire = trace.steps[1:4]
    z = trace.steps[0].writes["h.z"]
    p, u, a = probability.writes["h.p"], draw.writes["h.u"], fire.writes["h.a"]
    np.testing.assert_allclose(p, 1 / (1 + np.exp(-z / 0.5)), rtol=1e-15)
    assert np.array_equal(a, np.where(u < p, 1.0, -1.0))
    assert ((u >= 0) & (u < 1)).all()
    assert [step.formula for step in (probability, draw, fire)] == [
        "p¹ = σ(z¹ / 0.5)", "u¹ ~ [0, 1)", "a¹ = +1 where u¹ < p¹ else −1"
    ]  # fmt: skip


def test_the_steps_are_told_with_their_numbers() -> None:
    trace = trace_of(HIDDEN, {"h.W": [[1.0, 0.5], [-0.7, 0.1]], "h.b": [0.2, -0.1]}, np.array([[0.3, -1.2]]))
    plan = Plan(HIDDEN, chosen("squared_error"), chosen("sgd"))
    told = [narrate(step, trace, plan, Focus(unit=1), 4) for step in trace.steps[1:4]]
    p, u, a = (float(trace.value(f"h.{part}", 4)[0, 1]) for part in "pua")  # type: ignore[index]
    assert [each.value for each in told] == [p, u, a]
    assert told[0].symbols == r"p_{2}^{(1)} = \frac{1}{1 + e^{-\frac{z_{2}^{(1)}}{0.5}}}"
    assert told[0].numbers == r"\frac{1}{1 + e^{-\frac{(-0.43)}{0.5}}}"
    sign = "<" if u < p else r"\ge"
    assert told[2].numbers == rf"\underset{{\textcolor{{muted}}{{{u:.4g} {sign} {p:.4g}}}}}{{{a:g}}}"


def test_maps_are_drawn_with_all_their_axes() -> None:
    layers = (LayerSpec("c", "conv2d", (), {"filters": 2, "kernel": 2, "activation": chosen("stochastic")}),)
    network = NetworkSpec(layers, (InputSpec("x", (1, 3, 3)),))
    trace = trace_of(network, {}, np.linspace(-1, 1, 18).reshape(2, 9))
    shapes = {name: step.writes[name].shape for step in trace.steps for name in step.writes}
    assert {shapes[f"c.{part}"] for part in ("z", "p", "u", "a")} == {(2, 2, 2, 2)}


def test_a_unit_that_no_output_reads_does_not_stand_in_the_way() -> None:
    layers = (dense("h", 2), LayerSpec("s", "dense", ("h",), {"units": 1, "activation": chosen("stochastic")}))
    network = NetworkSpec((*layers, LayerSpec("o", "dense", ("h",), {"units": 1})), outputs=("o",))
    assert sampler(network) is None
    assert lower(network, chosen("squared_error"), chosen("sgd")).draws
