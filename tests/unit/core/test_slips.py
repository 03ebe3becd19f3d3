"""Mistakes made on purpose agree with a hand calculation that makes the same mistake."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import SpecError
from dlviz.core.execute import record, run
from dlviz.core.gradcheck import gradcheck
from dlviz.core.memory import Memory
from dlviz.core.narration import Plan, narrate
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.probe import Check
from dlviz.core.program import Binding, lower
from dlviz.core.slips import slips

LR = 0.25
SPEC = NetworkSpec((dense("h", 3, "tanh"), dense("g", 2, "sigmoid"), dense("o", 2, "linear")), (InputSpec("x", (2,)),))
BY_HAND = [entry.key for entry in slips if entry.key not in ("log10", "lstm_without_input")]


@dataclass
class Student:
    """A hand calculation of one step of descent on the mean squared error, with one mistake."""

    w: dict[str, np.ndarray]
    x: np.ndarray
    y: np.ndarray
    slip: str = ""

    def gradients(self) -> dict[str, np.ndarray]:
        w, n = self.w, len(self.x)
        a = [self.x.T]
        a.append(np.tanh(w["h.W"] @ a[0] + w["h.b"][:, None]))
        a.append(1 / (1 + np.exp(-(w["g.W"] @ a[1] + w["g.b"][:, None]))))
        a.append(w["o.W"] @ a[2] + w["o.b"][:, None])
        mean = 1 if self.slip == "missing_mean" else n
        two = 1 if self.slip == "missing_two" else 2  # the ½ of the loss is left out where that is the mistake
        delta = two * (a[3] - self.y.T) / mean
        found = {"o.W": delta @ a[2].T, "o.b": delta.sum(axis=1)}
        delta = self.back("o", delta, found) * self.slope(a[2] * (1 - a[2]))
        found |= {"g.W": delta @ a[1].T, "g.b": delta.sum(axis=1)}
        delta = self.back("g", delta, found) * self.slope(1 - a[1] ** 2)
        return found | {"h.W": delta @ a[0].T, "h.b": delta.sum(axis=1)}

    def back(self, layer: str, delta: np.ndarray, found: dict[str, np.ndarray]) -> np.ndarray:
        w = self.w[f"{layer}.W"]
        if self.slip == "new_weights":
            w = w - LR * found[f"{layer}.W"]
        if self.slip == "swapped_indices":
            return w.reshape(w.shape[::-1]) @ delta
        if self.slip == "one_path":
            return np.outer(w[0], delta[0])
        return w.T @ delta

    def slope(self, right: np.ndarray) -> Any:
        return 1.0 if self.slip == "missing_slope" else right

    def after(self) -> dict[str, np.ndarray]:
        if self.slip == "sequential_update":
            for layer in ("h", "g", "o"):
                found = self.gradients()
                self.w = self.w | {each: self.w[each] - LR * found[each] for each in (f"{layer}.W", f"{layer}.b")}
            return self.w
        step = {name: -LR * each for name, each in self.gradients().items()}
        if self.slip == "misread_update":
            step = {name: each * self.w[name] for name, each in step.items()}
        sign = -1 if self.slip == "wrong_sign" else 1
        return {name: each + sign * step[name] for name, each in self.w.items()}


def loss_for(key: str) -> Choice:
    """Return the squared error in the form in which this mistake can be made."""
    return chosen("squared_error", factor=0.5 if key == "missing_half" else 1.0)


def bound(slip: Choice | None, spec: NetworkSpec = SPEC, n: int = 4, loss: Choice | None = None) -> Binding:
    optimizer = chosen("sgd", lr=LR)
    program = lower(spec, loss or loss_for(slip.kind if slip else ""), optimizer, slip=slip)
    memory = Memory(program.layout, optimizer)
    random = np.random.default_rng(3)
    memory.load({each.name: random.normal(size=each.shape) for each in program.layout.parameters})
    binding = program.bind(memory, n)
    binding.load(random.normal(size=(n, 2)), random.uniform(0.2, 0.8, size=(n, program.n_targets)))
    return binding


def student(binding: Binding, slip: str) -> Student:
    buffers = binding.buffers
    return Student(binding.memory.read(), buffers.inputs().copy(), buffers.targets().T.copy(), slip)


@pytest.mark.parametrize("key", ["", *BY_HAND])
def test_a_step_agrees_with_the_same_mistake_made_by_hand(key: str) -> None:
    binding = bound(chosen(key) if key else None)
    expected = student(binding, key).after()
    run(binding.calls)
    for name, values in binding.memory.read().items():
        np.testing.assert_allclose(values, expected[name], rtol=1e-12, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("key", BY_HAND)
def test_every_slip_changes_the_step_and_says_so(key: str) -> None:
    right, wrong = bound(None, loss=loss_for(key)), bound(chosen(key))
    assert not right.program.slips
    assert wrong.program.slips
    run(right.calls)
    run(wrong.calls)
    assert not np.allclose(right.memory.vectors["theta"], wrong.memory.vectors["theta"])


@pytest.mark.parametrize("key", slips.keys())
def test_recording_a_slip_walks_as_the_fast_walker(key: str) -> None:
    fast, slow = bound(chosen(key)), bound(chosen(key))
    for _ in range(3):
        run(fast.calls)
        record(slow)
    assert np.array_equal(fast.memory.vectors["theta"], slow.memory.vectors["theta"])


@pytest.mark.parametrize("key", BY_HAND)
def test_a_told_slip_warns_and_names_what_is_right(key: str) -> None:
    binding = bound(chosen(key))
    trace = record(binding)
    step = next(each for each in trace.steps if each.slip)
    told = narrate(step, trace, Plan(SPEC, chosen("squared_error"), chosen("sgd", lr=LR)))
    assert told.sentence.startswith("Wrong on purpose: ")
    assert slips.get(key).right in told.sentence


def test_weights_are_put_back_after_they_were_swapped() -> None:
    binding = bound(chosen("swapped_indices"))
    before = binding.memory.read()
    for calls in binding.step_calls[:-2]:
        run(calls)
    assert all(np.array_equal(before[name], values) for name, values in binding.memory.read().items())


def test_the_wrong_logarithm_changes_the_value_alone() -> None:
    spec = NetworkSpec((dense("o", 1, "sigmoid"),), (InputSpec("x", (2,)),))
    loss = chosen("binary_cross_entropy")
    right, wrong = bound(None, spec, loss=loss), bound(chosen("log10"), spec, loss=loss)
    run(right.calls)
    run(wrong.calls)
    assert wrong.buffers.loss == pytest.approx(right.buffers.loss / np.log(10), rel=1e-14)
    assert np.array_equal(right.memory.vectors["theta"], wrong.memory.vectors["theta"])


@pytest.mark.parametrize("base", ["2", "10"])
def test_a_loss_to_another_base_has_no_logarithm_to_mistake(base: str) -> None:
    spec = NetworkSpec((dense("o", 1, "sigmoid"),), (InputSpec("x", (2,)),))
    loss = chosen("binary_cross_entropy", base=base)
    right, wrong = bound(None, spec, loss=loss), bound(chosen("log10"), spec, loss=loss)
    run(right.calls)
    run(wrong.calls)
    assert not wrong.program.slips
    assert wrong.buffers.loss == right.buffers.loss


def test_only_the_chosen_layers_lose_their_slope() -> None:
    changed = bound(chosen("missing_slope", where="hidden")).program.slips
    assert {each.node for each in changed} == {"h", "g"}
    assert not bound(chosen("missing_slope", where="output")).program.slips  # its output is linear


@pytest.mark.parametrize("start", ["zeros", "learned"])
def test_an_lstm_that_lets_nothing_in_keeps_what_it_had(start: str) -> None:
    layer = LayerSpec("h", "lstm", settings={"units": 2, "initial_state": start})
    spec = NetworkSpec((layer,), (InputSpec("x", (3, 1)),))
    program = lower(spec, chosen("squared_error"), mode="gradient", slip=chosen("lstm_without_input"))
    memory = Memory(program.layout, chosen("sgd"))
    random = np.random.default_rng(7)
    memory.load({each.name: random.normal(size=each.shape) for each in program.layout.parameters})
    binding = program.bind(memory, 2)
    binding.load(random.normal(size=(2, 3)), np.zeros((2, 2)))
    trace = record(binding)
    kept = np.zeros(2) if start == "zeros" else memory.read()["h.c0"]
    for t in (1, 2, 3):
        forget, cell = (trace.value(f"h.t{t}.{short}", len(trace.steps)) for short in "fc")
        np.testing.assert_allclose(cell, forget * kept, rtol=1e-15, atol=0)
        kept = cell
    assert [step.node for step in trace.steps if step.slip] == ["h.t1", "h.t2", "h.t3"]


@pytest.mark.parametrize(
    "key",
    ["missing_two", "missing_half", "missing_mean", "missing_slope", "one_path", "new_weights", "swapped_indices"],
)
def test_the_gradient_check_finds_a_wrong_derivative(key: str) -> None:
    binding = bound(None)
    values, buffers = binding.memory.read(), binding.buffers
    data = buffers.inputs().copy(), buffers.targets().T.copy()
    assert gradcheck(SPEC, loss_for(key), values, *data).passed
    report = gradcheck(SPEC, loss_for(key), values, *data, Check(slip=chosen(key)))
    assert not report.passed
    assert report.rows[0].ratio > 1e-4


def test_an_unknown_slip_is_refused_by_name() -> None:
    with pytest.raises(SpecError, match="known slip. Received: 'missing_slop'"):
        bound(chosen("missing_slop"))


def test_slips_of_plain_descent_leave_other_optimizers_alone() -> None:
    for key in ("new_weights", "sequential_update"):
        program = lower(SPEC, chosen("squared_error"), chosen("adam"), slip=chosen(key))
        assert not program.slips
