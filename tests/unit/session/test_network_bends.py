"""Rate × curvature of a network in a race: that of an independent Hessian, and beyond 2 before descent runs away."""

from time import perf_counter
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.explain import Curvature
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.session import edits
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.example import written_table
from dlviz.session.presets import first_document
from dlviz.session.race import RaceQuestion, RaceSpec, RaceView
from dlviz.session.race.racer import Racer

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(12, 2)), RNG.normal(size=(12, 1))
SHAPES = {"h.W": (3, 2), "h.b": (3,), "o.W": (1, 3), "o.b": (1,)}
THETA = RNG.normal(size=13) * 0.8


def document_of(lr: float, strength: float = 0.0, **training: Any) -> Document:
    """Return a tanh network 2-3-1 that trains on all rows at once. strength: of λ Σw²."""
    l2 = chosen("l2", strength=strength)
    layers = (dense("h", 3, "tanh", regularizer=l2), dense("o", 1, regularizer=l2))
    plan = TrainingSpec(chosen("squared_error"), batch_size=12, shuffle=False, **training)
    spec = RaceSpec(optimizers=(chosen("sgd", lr=lr), chosen("adam", lr=0.05)), steps=25, on="network")
    return Document(
        data=written_table(X, Y), network=NetworkSpec(layers, (InputSpec("x", (2,)),)), training=plan, race=spec,
        parameters={name: handle(value.tolist()) for name, value in parted(THETA).items()}, dtype="float64",
    )  # fmt: skip


def parted(theta: np.ndarray) -> dict[str, np.ndarray]:
    sizes = np.cumsum([int(np.prod(shape)) for shape in SHAPES.values()])
    pieces = np.split(theta, sizes[:-1])
    return {name: piece.reshape(shape) for (name, shape), piece in zip(SHAPES.items(), pieces, strict=True)}


def loss(theta: np.ndarray) -> float:
    values = parted(theta)
    hidden = np.tanh(X @ values["h.W"].T + values["h.b"])
    return float(np.mean((hidden @ values["o.W"].T + values["o.b"] - Y) ** 2))


def hessian(theta: np.ndarray, step: float = 1e-4) -> np.ndarray:
    """Return second differences of the loss, as a script would write them."""
    unit = np.eye(len(theta)) * step
    return np.array([
        [(loss(theta + u + v) - loss(theta + u - v) - loss(theta - u + v) + loss(theta - u - v)) / (4 * step * step)
         for v in unit]
        for u in unit
    ])  # fmt: skip


def found(document: Document, entrant: int, place: int, racer: Racer | None = None) -> tuple[RaceView, Curvature]:
    racer, question = racer or Racer(), RaceQuestion(entrant, place=place)
    view = racer.look(document, question)
    while view is None or racer.is_unfinished:
        view = racer.look(document, question)
    assert view.curvature is not None
    return view, view.curvature


@pytest.mark.parametrize(("entrant", "place"), [(0, 0), (0, 25), (1, 10)])
def test_curvature_in_a_race_is_that_of_an_independent_hessian(entrant: int, place: int) -> None:
    view, curvature = found(document_of(0.05), entrant, place)
    assert view.race.network is not None
    theta = view.race.network.ground.thetas[entrant][place]
    assert loss(theta) == pytest.approx(view.race.paths[entrant].values[place], rel=1e-9)
    assert curvature.has_converged
    assert curvature.value == pytest.approx(np.linalg.eigvalsh(hessian(theta)).max(), rel=0.01)


def test_curvature_is_that_of_what_is_trained() -> None:
    penalty = np.diag([2 * 0.3 * (name.endswith("W")) for name, shape in SHAPES.items() for _ in range(np.prod(shape))])
    penalised = found(document_of(0.05, strength=0.3), 0, 0)[1].value
    assert penalised == pytest.approx(np.linalg.eigvalsh(hessian(THETA) + penalty).max(), rel=0.01)
    frozen = document_of(0.05, frozen=("h",))
    hidden = np.column_stack([np.tanh(X @ parted(THETA)["h.W"].T + parted(THETA)["h.b"]), np.ones(12)])
    assert found(frozen, 0, 0)[1].value == pytest.approx(np.linalg.eigvalsh(hidden.T @ hidden / 6).max(), rel=1e-3)


def test_the_gauge_is_beyond_2_before_descent_runs_away() -> None:
    x = np.array([[0.5], [-1.0], [2.0], [1.5]])
    curvature = float(np.linalg.eigvalsh(np.column_stack([x, np.ones(4)]).T @ np.column_stack([x, np.ones(4)]) / 2)[-1])
    for factor, runs_away in ((0.98, False), (1.02, True)):
        network = NetworkSpec((dense("o", 1),), (InputSpec("x", (1,)),))
        plan = TrainingSpec(chosen("squared_error"), batch_size=4, shuffle=False)
        runners = (chosen("sgd", lr=factor * 2 / curvature),)
        document = Document(
            data=written_table(x, 2 * x), network=network, training=plan, dtype="float64",
            parameters={"o.W": handle([[-1.0]]), "o.b": handle([0.5])},
            race=RaceSpec(optimizers=runners, steps=300, on="network", plane="weights"),
        )  # fmt: skip
        view, bends = found(document, 0, 0)
        path = view.race.paths[0]
        assert bool(path.rates[0] * bends.value > 2) is runs_away
        assert bool(path.values[-1] > path.values[0]) is runs_away


def test_what_was_found_is_kept_and_another_place_ends_the_work() -> None:
    racer, document = Racer(), document_of(0.05)
    first = found(document, 0, 3, racer)[1]
    again = racer.look(document, RaceQuestion(0, place=3))
    assert again is not None and again.curvature is first and not racer.is_unfinished


def test_large_networks_leave_the_worker_free_between_two_products() -> None:
    wide = edits.set_units(edits.set_race(edits.race_on(first_document(), "network"), steps=2), "h1", 400)
    racer, view, longest = Racer(), None, 0.0
    while view is None or racer.is_unfinished:
        began = perf_counter()
        view = racer.look(wide, RaceQuestion(0, place=1))
        if view is not None and view.progress == 1.0 and view.curvature is None:
            longest = max(longest, perf_counter() - began)
    assert view.curvature is not None and view.curvature.products > 1
    assert longest < 2.0  # a hundredth of a second alone; others may keep the processor busy


def test_where_a_path_broke_nothing_is_known() -> None:
    document = edits.set_race(document_of(0.05), optimizers=(chosen("sgd", lr=1e5),), plane="weights", steps=40)
    view, bends = found(document, 0, 40)
    assert int(view.race.paths[0].broken_at()) <= 40 and np.isnan(bends.value)
