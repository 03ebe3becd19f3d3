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
RHO, DECAY, BAR, LOW, HIGH, HISTORY = 0.6, 0.3, 0.3, 0.04, 1.5, 3
INITIAL = 0.25  # Adagrad's first sum of squares
GRADIENT_FACTORS = (2.0, 20.0)
Path = Iterator[Array]


def gradient(p: Array) -> Array:
    """The gradient of x² + 10y², parameters along the first axis."""
    return np.array([slope * x for slope, x in zip(GRADIENT_FACTORS, p, strict=True)])


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
        p = p - adam_step(m, v, t, eps_place, bias_correction)
        yield p


def adam_step(m: Array, v: Array, t: int, eps_place: str = "outside", bias_correction: bool = True) -> Array:
    c1, c2 = (1 - BETA1**t, 1 - BETA2**t) if bias_correction else (1, 1)
    if eps_place == "hat":
        return LR * math.sqrt(c2) / c1 * m / (np.sqrt(v) + EPS)
    if eps_place == "inside":
        return LR * (m / c1) / np.sqrt(v / c2 + EPS)
    return LR * (m / c1) / (np.sqrt(v / c2) + EPS)


def decayed_sgd(p: Array, decays: str) -> Path:
    while True:
        p = p * (1 - LR * DECAY) - LR * gradient(p)
        yield p


def adamw(p: Array, decays: str, **conventions: Any) -> Path:
    m, v = np.zeros_like(p), np.zeros_like(p)
    for t in itertools.count(1):
        m, v = BETA1 * m + (1 - BETA1) * gradient(p), BETA2 * v + (1 - BETA2) * gradient(p) ** 2
        p = p * (1 - LR * DECAY) - adam_step(m, v, t, **conventions)
        yield p


def amsgrad(p: Array, **conventions: Any) -> Path:
    m, v, largest = np.zeros_like(p), np.zeros_like(p), np.zeros_like(p)
    for t in itertools.count(1):
        m, v = BETA1 * m + (1 - BETA1) * gradient(p), BETA2 * v + (1 - BETA2) * gradient(p) ** 2
        largest = np.where(v > largest, v, largest)
        p = p - adam_step(m, largest, t, **conventions)
        yield p


def nadam(p: Array) -> Path:
    m, v = np.zeros_like(p), np.zeros_like(p)
    mu = [BETA1 * (1 - 0.5 * 0.96 ** (t * 0.02)) for t in range(STEPS + 2)]
    for t in itertools.count(1):
        g = gradient(p)
        m, v = BETA1 * m + (1 - BETA1) * g, BETA2 * v + (1 - BETA2) * g**2
        m_hat = mu[t + 1] * m / (1 - math.prod(mu[1 : t + 2])) + (1 - mu[t]) * g / (1 - math.prod(mu[1 : t + 1]))
        p = p - LR * m_hat / (np.sqrt(v / (1 - BETA2**t)) + EPS)
        yield p


def adagrad(p: Array, eps_place: str) -> Path:
    total = np.full_like(p, INITIAL)
    while True:
        total = total + gradient(p) ** 2
        p = p - LR * gradient(p) / (np.sqrt(total + EPS) if eps_place == "inside" else np.sqrt(total) + EPS)
        yield p


def rmsprop(p: Array, eps_place: str) -> Path:
    mean = np.zeros_like(p)
    while True:
        mean = RHO * mean + (1 - RHO) * gradient(p) ** 2
        p = p - LR * gradient(p) / (np.sqrt(mean + EPS) if eps_place == "inside" else np.sqrt(mean) + EPS)
        yield p


def adadelta(p: Array) -> Path:
    mean, mean_of_changes = np.zeros_like(p), np.zeros_like(p)
    while True:
        mean = RHO * mean + (1 - RHO) * gradient(p) ** 2
        change = np.sqrt(mean_of_changes + EPS) / np.sqrt(mean + EPS) * gradient(p)
        mean_of_changes = RHO * mean_of_changes + (1 - RHO) * change**2
        p = p - LR * change
        yield p


def each_alone(one: Callable[[float, float], Iterator[float]]) -> Callable[[Array], Path]:
    """Walk every number of an array by itself; one(start, slope) yields what follows, the gradient is slope · x."""

    def walk(p: Array) -> Path:
        axes = [GRADIENT_FACTORS[place[0]] for place in np.ndindex(p.shape)]
        walks = [one(float(start), factor) for start, factor in zip(p.ravel(), axes, strict=True)]
        while True:
            yield np.array([next(each) for each in walks]).reshape(p.shape)

    return walk


def delta_bar_delta(x: float, slope: float) -> Iterator[float]:
    gain, last = 1.0, 0.0
    while True:
        grad = slope * x
        if grad * last > 0:
            gain += BAR
        elif grad * last < 0:
            gain *= 1 - BAR
        gain, last = min(max(gain, LOW), HIGH), grad
        x -= LR * gain * grad
        yield x


def rprop(x: float, slope: float) -> Iterator[float]:
    size, last = LR, 0.0
    while True:
        grad = slope * x
        if grad * last > 0:
            size = min(size * 1.3, HIGH)
        elif grad * last < 0:
            size, grad = max(size * 0.4, LOW), 0.0
        last = grad
        x -= math.copysign(size, grad) if grad else 0.0
        yield x


def lbfgs(p: Array) -> Path:
    """The update of the inverse matrix itself, H ← VᵀHV + ρ s sᵀ, over the kept pairs."""
    pairs: list[tuple[Array, Array]] = []
    for t in itertools.count(1):
        g = gradient(p)
        matrix = np.eye(len(p)) * (pairs[-1][0] @ pairs[-1][1] / (pairs[-1][1] @ pairs[-1][1]) if pairs else 1.0)
        for s, y in pairs:
            v = np.eye(len(p)) - np.outer(y, s) / (s @ y)
            matrix = v.T @ matrix @ v + np.outer(s, s) / (s @ y)
        rate = LR * min(1.0, 1 / np.abs(g).sum()) if t == 1 else LR
        s = -rate * matrix @ g
        p = p + s
        pairs = [*pairs, (s, gradient(p) - g)][-HISTORY:]
        yield p


REFERENCES: dict[str, Callable[..., Path]] = {
    "sgd": decayed_sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adadelta": adadelta,
    "adam": adam,
    "adamw": adamw,
    "amsgrad": amsgrad,
    "nadam": nadam,
    "rprop": each_alone(rprop),
    "delta_bar_delta": each_alone(delta_bar_delta),
    "lbfgs": lbfgs,
}
NUMBERS = {
    "lr": LR, "momentum": BETA, "beta1": BETA1, "beta2": BETA2, "eps": EPS, "rho": RHO, "weight_decay": DECAY,
    "momentum_decay": 0.02, "beta": BAR, "min_gain": LOW, "max_gain": HIGH, "grow": 1.3, "shrink": 0.4,
    "min_size": LOW, "max_size": HIGH, "history": HISTORY, "initial": INITIAL,
}  # fmt: skip


def conventions(entry: Optimizer) -> Iterator[dict[str, Any]]:
    """Yield every combination of the words and flags an optimizer accepts."""
    words = {
        h.name: h.choices if h.kind == "choice" else (True, False) for h in entry.settings if h.name not in NUMBERS
    }
    for combination in itertools.product(*words.values()):
        yield dict(zip(words, combination, strict=True))


def defaults(entry: Optimizer) -> dict[str, Any]:
    return complete({}, entry.settings)


MOMENTS = {"m", "v", "v_max", "squares", "changes"}
VARIANTS = [(entry.key, convention) for entry in optimizers for convention in conventions(entry)]


class Descent:
    """One optimizer's own micro-steps on a vector of parameters."""

    def __init__(self, key: str, convention: dict[str, Any], start: Array, lr: float = LR, open: Any = None) -> None:
        entry = optimizers.get(key)
        numbers = {h.name: NUMBERS[h.name] for h in entry.settings if h.name in NUMBERS}
        settings = complete({**numbers, **convention}, entry.settings)
        first = entry.first_states(settings)
        self.states = tuple(first)
        self.vectors = {"theta": start.copy()}
        self.vectors |= {state: np.full_like(start, value) for state, value in first.items()}
        self.vectors |= {role: np.zeros_like(start) for role in entry.passing(settings)}
        workspace = Workspace()
        scale = None if open is None else np.asarray(open, dtype=float)
        self.buffers = UpdateBuffers(workspace, self.vectors, Clock(workspace), scale)
        self.before, self.after = self.calls(entry.before(settings)), self.calls(entry.micro_steps(settings))
        self.buffers.set_rate(lr)

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
def test_a_scale_of_zero_freezes_one_parameter(key: str, convention: dict[str, Any]) -> None:
    descent = Descent(key, convention, np.ones(2), open=[1, 0])
    for _ in range(STEPS):
        x, y = descent.step()
    assert y == 1.0
    assert x != 1.0


@pytest.mark.parametrize(("key", "convention"), VARIANTS)
def test_a_frozen_parameter_does_not_bend_the_way_of_the_other(key: str, convention: dict[str, Any]) -> None:
    both = Descent(key, convention, np.ones(2), open=[1, 0])
    alone = REFERENCES[key](np.ones(2) * [1, 0], **convention)
    for _ in range(STEPS):
        assert_allclose(both.step()[0], next(alone)[0], rtol=1e-12)


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


@pytest.mark.parametrize("key", [entry.key for entry in optimizers if MOMENTS & set(entry.states(defaults(entry)))])
def test_dead_moments_are_flushed_to_zero(key: str) -> None:
    descent = Descent(key, {}, np.zeros(2), lr=0.0)
    moments = MOMENTS & set(descent.states)
    for moment in moments:
        descent.vectors[moment][...] = 1e-38
    for _ in range(100):
        descent.step()
    assert not any(descent.vectors[moment].any() for moment in moments)
