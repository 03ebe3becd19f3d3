"""Every optimizer in every convention: ten steps on x² + 10y² against the formulas written a second time."""

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from dlviz.core.array import Workspace
from dlviz.core.hyper import complete
from dlviz.core.optimizers import Clock, MicroStep, Optimizer, UpdateBuffers, optimizers

Array = NDArray[np.float64]
STEPS, LR, BETA, BETA1, BETA2, EPS = 10, 0.05, 0.8, 0.7, 0.9, 1e-3
Path = Iterator[Array]


def gradient(p: Array) -> Array:
    """The gradient of x² + 10y², parameters along the first axis."""
    return np.array([2 * p[0], 20 * p[1]])


def sgd(p: Array) -> Path:
    while True:
        p = p - LR * gradient(p)
        yield p


def momentum(p: Array, form: str = "classical", rate: str = "outside") -> Path:
    v = np.zeros_like(p)
    while True:
        v = BETA * v + ((1 - BETA) if form == "ema" else 1) * (LR if rate == "inside" else 1) * gradient(p)
        p = p - (1 if rate == "inside" else LR) * v
        yield p


def nesterov(p: Array, form: str = "library") -> Path:
    v = np.zeros_like(p)
    while True:
        if form == "library":
            v = BETA * v + gradient(p)
            p = p - LR * (gradient(p) + BETA * v)
        else:
            v = BETA * v + LR * gradient(p - BETA * v)
            p = p - v
        yield p


def adam(p: Array, eps_place: str = "outside", bias_correction: bool = True) -> Path:
    m, v = np.zeros_like(p), np.zeros_like(p)
    for t in itertools.count(1):
        m, v = BETA1 * m + (1 - BETA1) * gradient(p), BETA2 * v + (1 - BETA2) * gradient(p) ** 2
        c1, c2 = (1 - BETA1**t, 1 - BETA2**t) if bias_correction else (1, 1)
        if eps_place == "hat":
            p = p - LR * math.sqrt(c2) / c1 * m / (np.sqrt(v) + EPS)
        elif eps_place == "inside":
            p = p - LR * (m / c1) / np.sqrt(v / c2 + EPS)
        else:
            p = p - LR * (m / c1) / (np.sqrt(v / c2) + EPS)
        yield p


REFERENCES: dict[str, Callable[..., Path]] = {"sgd": sgd, "momentum": momentum, "nesterov": nesterov, "adam": adam}
NUMBERS = {"lr": LR, "momentum": BETA, "beta1": BETA1, "beta2": BETA2, "eps": EPS}


def conventions(entry: Optimizer) -> Iterator[dict[str, Any]]:
    """Yield every combination of the words and flags an optimizer accepts."""
    words = {
        h.name: h.choices if h.kind == "choice" else (True, False) for h in entry.settings if h.name not in NUMBERS
    }
    for combination in itertools.product(*words.values()):
        yield dict(zip(words, combination, strict=True))


VARIANTS = [(entry.key, convention) for entry in optimizers for convention in conventions(entry)]


class Descent:
    """One optimizer's own micro-steps on a vector of parameters."""

    def __init__(self, key: str, convention: dict[str, Any], start: Array, lr: Array | float = LR) -> None:
        entry = optimizers.get(key)
        numbers = {h.name: NUMBERS[h.name] for h in entry.settings if h.name in NUMBERS}
        settings = complete({**numbers, **convention}, entry.settings)
        before, after = entry.before(settings), entry.micro_steps(settings)
        roles = {"theta", "grad", "step", *(role for step in (*before, *after) for role in (*step.reads, *step.writes))}
        self.vectors = {role: np.zeros_like(start) for role in roles}
        self.vectors["theta"][...] = start
        workspace, rate = Workspace(), np.asarray(lr, dtype=float)
        self.buffers = UpdateBuffers(workspace, self.vectors, rate, -rate, Clock(workspace))
        self.before, self.after = self.calls(before), self.calls(after)
        self.states = entry.states(settings)

    def calls(self, steps: tuple[MicroStep, ...]) -> list[Any]:
        return [call for step in steps for call in step.emit(self.buffers)]

    def step(self) -> Array:
        """Take one step, looking ahead where the optimizer does, and return the parameters."""
        for function, arguments in self.before:
            function(*arguments)
        self.vectors["grad"][...] = gradient(self.vectors["ahead" if self.before else "theta"])
        for function, arguments in self.after:
            function(*arguments)
        return self.vectors["theta"].copy()


@pytest.mark.parametrize("key", optimizers.keys())
def test_there_is_a_reference(key: str) -> None:
    assert key in REFERENCES


@pytest.mark.parametrize(("key", "convention"), VARIANTS)
def test_ten_steps_equal_the_formula(key: str, convention: dict[str, Any]) -> None:
    descent, reference = Descent(key, convention, np.ones(2)), REFERENCES[key](np.ones(2), **convention)
    for _ in range(STEPS):
        assert_allclose(descent.step(), next(reference), rtol=1e-12)


@pytest.mark.parametrize(("key", "convention"), VARIANTS)
def test_many_starts_at_once_walk_as_they_do_alone(key: str, convention: dict[str, Any]) -> None:
    starts = np.random.default_rng(0).uniform(-2, 2, (2, 3, 4))
    together = Descent(key, convention, starts)
    alone = {place: Descent(key, convention, starts[:, place[0], place[1]].copy()) for place in np.ndindex(3, 4)}
    for _ in range(STEPS):
        found = together.step()
        for place, descent in alone.items():
            assert np.array_equal(found[:, place[0], place[1]], descent.step())


@pytest.mark.parametrize(("key", "convention"), VARIANTS)
def test_a_rate_of_zero_freezes_one_parameter(key: str, convention: dict[str, Any]) -> None:
    descent = Descent(key, convention, np.ones(2), lr=np.array([LR, 0.0]))
    for _ in range(STEPS):
        x, y = descent.step()
    assert y == 1.0
    assert x != 1.0


@pytest.mark.parametrize(("key", "convention"), VARIANTS)
def test_states_alone_carry_a_run_on(key: str, convention: dict[str, Any]) -> None:
    whole = Descent(key, convention, np.ones(2))
    for _ in range(STEPS // 2):
        half = whole.step()
    resumed = Descent(key, convention, half)
    for name in whole.states:
        resumed.vectors[name][...] = whole.vectors[name]
    resumed.buffers.clock.t = whole.buffers.clock.t
    for _ in range(STEPS // 2):
        assert np.array_equal(resumed.step(), whole.step())


def test_inside_and_outside_rate_are_one_path_at_constant_rate() -> None:
    inside, outside = (Descent("momentum", {"rate": rate}, np.ones(2)) for rate in ("inside", "outside"))
    for _ in range(STEPS):
        assert_allclose(inside.step(), outside.step(), rtol=1e-12)


def test_average_form_is_the_classical_one_at_a_scaled_rate() -> None:
    ema = Descent("momentum", {"form": "ema"}, np.ones(2), lr=LR / (1 - BETA))
    classical = Descent("momentum", {"form": "classical"}, np.ones(2))
    for _ in range(STEPS):
        assert_allclose(ema.step(), classical.step(), rtol=1e-12)


def test_dead_moments_are_flushed_to_zero() -> None:
    descent = Descent("adam", {}, np.zeros(2), lr=0.0)
    descent.vectors["m"][...] = descent.vectors["v"][...] = 1e-38
    for _ in range(100):
        descent.step()
    assert not descent.vectors["m"].any()
    assert not descent.vectors["v"].any()
