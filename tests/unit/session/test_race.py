"""Races of a document: what may be chosen, how it is written, and how the worker walks them."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.descent import descend
from dlviz.core.errors import DlvizError
from dlviz.core.optimizers import optimizers
from dlviz.core.surfaces import quadratic, surfaces
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.race import RaceQuestion, RaceSpec, check_race, first_rate
from dlviz.session.race.racer import Racer, run_race, starts_of, trace_of

BOWL = RaceSpec(surface=chosen("bowl"), optimizers=(chosen("sgd", lr=0.04), chosen("adam", lr=0.1)), steps=20)


def test_a_race_is_written_and_read_again() -> None:
    spec = RaceSpec(
        chosen("bowl", condition=7.0), (chosen("adam", lr=0.2, beta1=0.5),), (1.0, -2.0), 33, chosen("cosine"),
        chosen("norm", max_norm=2.0), 0.25, 5, "random", 12, 0.01,
    )  # fmt: skip
    written = document_to_json(replace(Document(), race=spec), inline_arrays=True)
    assert document_from_json(written).race == spec


def test_a_race_that_nobody_changed_is_not_written() -> None:
    assert "race" not in document_to_json(Document(), inline_arrays=True)


def test_unknown_keys_of_a_race_come_back() -> None:
    written = document_to_json(Document(), inline_arrays=True) | {"race": {"surface": "booth", "colour": "red"}}
    again = document_to_json(document_from_json(written), inline_arrays=True)
    assert again["race"]["colour"] == "red" and again["race"]["surface"] == "booth"


@pytest.mark.parametrize(
    ("race", "words"),
    [
        ({"surface": "hill"}, "surface"),
        ({"surface": {"kind": "formula", "text": "x.y"}}, "Expected"),
        ({"optimizers": []}, "1 to 16"),
        ({"optimizers": [{"kind": "adam", "learning_rate": 1}]}, "Expected settings"),
        ({"start": [1.0]}, "2 finite numbers"),
        ({"steps": 0}, "at least 1"),
        ({"noise": -1}, "at least 0"),
        ({"starts": "many"}, "Expected"),
    ],
)
def test_what_cannot_be_walked_is_refused_in_a_sentence(race: dict[str, object], words: str) -> None:
    written = document_to_json(Document(), inline_arrays=True) | {"race": race}
    with pytest.raises(DlvizError, match=words):
        document_from_json(written)


def test_the_worker_walks_what_the_core_walks() -> None:
    race = run_race(BOWL)
    for path, optimizer in zip(race.paths, BOWL.optimizers, strict=True):
        alone = descend(quadratic([[1.0, 0.0], [0.0, 20.0]]), optimizer, [4.0, 1.0], 20)
        assert np.array_equal(path.points, alone.points)
    assert race.curvature[0] == pytest.approx(np.tile([1.0, 20.0], (21, 1)), rel=1e-6)
    assert race.heights.shape[0] == race.heights.shape[1]
    assert race.heights[0, 0] == pytest.approx(0.5 * 25 + 10 * 25)


def test_a_step_in_question_is_told_in_full() -> None:
    race = run_race(BOWL)
    trace = trace_of(race, RaceQuestion(1, 4))
    assert trace is not None
    assert np.array_equal(trace.value("f.p", len(trace.steps)), race.paths[1].points[5])
    assert trace_of(race, RaceQuestion(1, 20)) is None and trace_of(race, RaceQuestion(2, 0)) is None


def test_a_race_that_breaks_is_told_up_to_there() -> None:
    race = run_race(RaceSpec(surface=chosen("rosenbrock"), optimizers=(chosen("sgd", lr=0.1),), steps=30))
    broken = int(race.paths[0].broken_at())
    assert 1 < broken < 30
    assert trace_of(race, RaceQuestion(0, broken - 1)) is not None and trace_of(race, RaceQuestion(0, broken)) is None


def test_the_same_noise_comes_again_and_another_seed_is_another() -> None:
    first, again, other = (run_race(replace(BOWL, noise=0.5, seed=seed)).paths[0].points for seed in (3, 3, 4))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_a_newer_race_takes_the_place_of_one_that_is_still_walked() -> None:
    racer, question = Racer(), RaceQuestion()
    slow = replace(RaceSpec(), steps=20_000)
    assert racer.look(Document(race=slow), question) is None and racer.is_unfinished
    view = None
    for _ in range(200):
        view = racer.look(Document(race=BOWL), question)
        if not racer.is_unfinished:
            break
    assert view is not None and view.race.spec == BOWL and view.progress == 1.0


def test_many_starts_lie_on_a_grid_or_are_drawn() -> None:
    extent = (-1.0, 1.0, 0.0, 4.0)
    grid = starts_of(replace(BOWL, starts="grid", count=9), extent)
    assert grid.shape == (2, 9) and sorted(set(grid[0].round(9))) == pytest.approx([-2 / 3, 0, 2 / 3])
    drawn = starts_of(replace(BOWL, starts="random", count=40), extent)
    assert drawn.shape == (2, 40) and (drawn[1] >= 0).all() and (drawn[1] <= 4).all() and drawn[1].max() > 2
    crowd = run_race(replace(BOWL, starts="grid", count=9)).crowd
    assert crowd is not None and crowd.ends[0].shape == (2, 9)


@pytest.mark.parametrize("key", [entry.key for entry in surfaces])
def test_every_optimizer_can_begin_on_every_surface(key: str) -> None:
    document = edits.set_surface(Document(), Choice(key))
    for entry in optimizers:
        assert 0 < first_rate(document.race, entry.key) <= 1
    check_race(document.race)
    race = run_race(replace(document.race, steps=5))
    assert all(np.isfinite(path.points).all() for path in race.paths)


def test_edits_of_a_race() -> None:
    document = edits.add_entrant(Document(), "adagrad")
    assert [each.kind for each in document.race.optimizers][-1] == "adagrad"
    document = edits.remove_entrant(document, 0)
    assert len(document.race.optimizers) == 4
    document = edits.set_entrant(document, 0, chosen("lbfgs", lr=1.0))
    assert document.race.optimizers[0].kind == "lbfgs"
    assert edits.set_start(document, (1, 2)).race.start == (1.0, 2.0)
    assert edits.set_surface_setting(edits.set_surface(document, Choice("bowl")), "turn", 30.0).race.surface.settings
    with pytest.raises(DlvizError, match="only one"):
        edits.remove_entrant(edits.set_race(document, optimizers=document.race.optimizers[:1]), 0)
    with pytest.raises(DlvizError, match="Expected"):
        edits.set_race(document, steps=0)
