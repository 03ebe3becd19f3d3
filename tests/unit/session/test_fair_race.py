"""Fair races: the three rules and the band of many starts give the numbers that a script of its own computes."""

from collections.abc import Generator, Iterator
from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.descent import Course, walk
from dlviz.core.optimizers import optimizers
from dlviz.core.randomness import normals
from dlviz.core.surfaces import Surface, rosenbrock
from dlviz.core.trace import Trace
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import first_document
from dlviz.session.race import RaceSpec
from dlviz.session.race.racer import course_of, run_race
from dlviz.session.race.scan import RateScan, scale, scan_in_parts
from dlviz.session.trainer import Trainer

START, STEPS = (-0.35, -0.4), 40
RATES = {"sgd": 0.0012, "momentum": 0.0016, "nesterov": 0.0016, "rmsprop": 0.035, "adam": 0.16}
SPEC = RaceSpec(
    chosen("himmelblau"), tuple(chosen(kind, lr=lr) for kind, lr in RATES.items()), START, STEPS
)  # fmt: skip
Point = np.ndarray


def value(p: Point) -> Point:
    return (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2


def slope(p: Point) -> Point:
    a, b = p[0] ** 2 + p[1] - 11, p[0] + p[1] ** 2 - 7
    return np.stack([4 * p[0] * a + 2 * b, 2 * a + 4 * p[1] * b])


def script(kind: str, lr: float, start: Point, noise: Iterator[Point], steps: int = STEPS) -> tuple[Point, int]:
    """Walk as a student would write it; return the values after every step, and how many gradients that took."""
    p, v, s, counted = np.array(start, dtype=float), np.zeros_like(start), np.zeros_like(start), 0
    found = [value(p)]
    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
            g = slope(p - 0.9 * v if kind == "nesterov" else p) + next(noise)
            counted += 1
            if kind == "sgd":
                p = p - lr * g
            elif kind == "momentum":
                v = 0.9 * v + g
                p = p - lr * v
            elif kind == "nesterov":
                v = 0.9 * v + lr * g
                p = p - v
            elif kind == "rmsprop":
                s = 0.9 * s + 0.1 * g * g
                p = p - lr * g / (np.sqrt(s) + 1e-8)
            else:
                v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g * g
                p = p - lr * (v / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
            found.append(value(p))
    return np.array(found), counted


def silent() -> Iterator[Point]:
    while True:
        yield np.zeros(2)


def settled(kind: str) -> Choice:
    """Return an optimizer in the form that the script has."""
    forms = {"momentum": {"form": "classical", "rate": "outside"}, "nesterov": {"form": "look_ahead"}}
    return chosen(kind, lr=RATES[kind], **forms.get(kind, {}))


def race_at(rates: dict[str, float], **parts: object) -> RaceSpec:
    runners = tuple(Choice(kind, {**settled(kind).settings, "lr": lr}) for kind, lr in rates.items())
    return replace(SPEC, optimizers=runners, **parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", RATES)
def test_each_at_its_own_rate_and_the_same_number_of_gradients(kind: str) -> None:
    race, at = run_race(race_at(RATES)), list(RATES).index(kind)
    values, counted = script(kind, RATES[kind], np.array(START), silent())
    assert race.paths[at].values == pytest.approx(values, rel=1e-9)
    assert counted == race.steps == len(race.paths[at].gradients)


def test_all_at_the_same_rate() -> None:
    document = edits.use_rates(Document(race=race_at(RATES)), [0.002] * 5, "same")
    for path, kind in zip(run_race(document.race).paths, RATES, strict=True):
        assert path.values == pytest.approx(script(kind, 0.002, np.array(START), silent())[0], rel=1e-9)


def test_each_at_its_best_rate() -> None:
    spec = race_at(RATES)
    for at, kind in enumerate(RATES):
        ends = {lr: script(kind, lr, np.array(START), silent())[0][-1] for lr in scale().tolist()}
        known = {lr: end for lr, end in ends.items() if np.isfinite(end)}
        expected = max(
            lr for lr, end in known.items() if end == pytest.approx(min(known.values()), rel=1e-9, abs=1e-20)
        )
        found = finished(scan_in_parts(spec, at, course_of(spec, 2)))
        assert found.best == expected
        assert np.nanmin(found.ends) == pytest.approx(known[expected], rel=1e-6, abs=1e-20)


def finished(work: Generator[None, None, RateScan]) -> RateScan:
    while True:
        try:
            next(work)
        except StopIteration as done:
            found: RateScan = done.value
            return found


@pytest.mark.parametrize("starts", ["grid", "random", "again"])
def test_many_starts_and_seeds_are_those_of_the_script(starts: str) -> None:
    spec = race_at({"sgd": 0.0012, "adam": 0.16}, starts=starts, count=16, noise=3.0, seed=5)
    crowd = run_race(spec).crowd
    assert crowd is not None and crowd.starts.shape == (2, 16)
    noise = 3.0 * normals(5, "race.noise", STEPS * 2 * 16).reshape(STEPS, 2, 16)
    for path, kind in zip(crowd.paths, ("sgd", "adam"), strict=True):
        values, _ = script(kind, RATES[kind], crowd.starts, iter(noise))
        for share in (25, 50, 75):
            assert np.percentile(path.values, share, axis=1) == pytest.approx(np.percentile(values, share, axis=1))
    if starts == "again":
        assert crowd.starts == pytest.approx(np.tile(np.array(START)[:, None], 16))
        assert np.unique(crowd.values[0]).size == 16


def counting(surface: Surface) -> tuple[Surface, list[int]]:
    """Return a surface that counts how often its gradient is worked out."""
    made, counted = surface.gradient, [0]

    def add() -> None:
        counted[0] += 1

    return replace(surface, gradient=lambda *parts: (*made(*parts), (add, ()))), counted


def variants() -> list[Choice]:
    """Return every optimizer, in every form that it may have."""
    every = []
    for entry in optimizers:
        forms = next((each.choices for each in entry.settings if each.name == "form"), ("",))
        every += [chosen(entry.key, lr=1e-4, **({"form": form} if form else {})) for form in forms]
    return every


@pytest.mark.parametrize("optimizer", variants(), ids=lambda each: f"{each.kind}-{each.settings.get('form', '')}")
def test_every_optimizer_works_out_one_gradient_a_step(optimizer: Choice) -> None:
    surface, counted = counting(rosenbrock())
    (path,) = walk(surface, [optimizer], [-1.2, 1.0], Course(STEPS))
    assert path.is_finite and counted == [STEPS]


@pytest.mark.parametrize("optimizer", variants(), ids=lambda each: f"{each.kind}-{each.settings.get('form', '')}")
def test_so_does_its_training_of_a_network(optimizer: Choice) -> None:
    document = first_document()
    plan = replace(document.training, optimizer=optimizer)
    trainer = Trainer(replace(document, training=plan), prepared_for(document))
    for _ in range(3):
        assert passes(trainer.record()) == (1, 1)


def passes(trace: Trace) -> tuple[int, int]:
    """Return how often the loss and the gradient of the first layer are worked out in one step."""
    losses = sum("loss" in step.writes for step in trace.steps)
    gradients = sum(any(name.endswith("dW") and name.startswith("h1") for name in step.writes) for step in trace.steps)
    return losses, gradients
