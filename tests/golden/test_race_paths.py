"""Every step of the first 50 is PyTorch's, on surfaces and in a network, where a document names the profile PyTorch."""

import json
from typing import Any

import numpy as np
import pytest

from dlviz.cli import commands
from dlviz.core.choice import Choice
from dlviz.core.conventions import Conventions
from dlviz.core.optimizers import optimizers
from dlviz.core.surfaces import surfaces
from dlviz.session.format.document import document_from_json
from dlviz.session.prepared import prepared_for
from dlviz.session.race import RaceSpec
from dlviz.session.race.racer import run_race
from dlviz.session.trainer import Trainer
from tests.golden.race_paths import GOLDEN, STEPS, assert_same, chosen_in

Run = dict[str, Any]
ON_SURFACES = [
    pytest.param(case, run, id=f"{case['surface'][:9]}-{title}")
    for case in GOLDEN["surfaces"]
    for title, run in case["runs"].items()
]
NOT_IN_PYTORCH = {"delta_bar_delta"}


def test_every_optimizer_that_both_have_is_compared() -> None:
    for case in (*GOLDEN["surfaces"], GOLDEN["network"]):
        kinds = {run["optimizer"]["kind"] for run in case["runs"].values()}
        assert kinds == set(optimizers.keys()) - NOT_IN_PYTORCH


@pytest.mark.parametrize(("case", "run"), ON_SURFACES)
def test_fifty_steps_on_a_surface_are_those_of_pytorch(case: Run, run: Run) -> None:
    key = case["surface"]
    surface = Choice(key) if key in surfaces else Choice("formula", {"text": key})
    spec = RaceSpec(surface=surface, optimizers=(chosen_in(run),), start=tuple(case["start"]), steps=STEPS)
    assert_same(run_race(spec.under(Conventions("pytorch"))).paths[0].points, run)


def test_fifty_steps_under_dlvizs_own_conventions_are_others_where_pytorch_differs() -> None:
    case = GOLDEN["surfaces"][0]
    run = case["runs"]["rmsprop"]
    spec = RaceSpec(Choice("bowl"), (chosen_in(run),), start=tuple(case["start"]), steps=STEPS)
    assert np.abs(run_race(spec).paths[0].points - run["path"]).max() > 0.1


def words_of(run: Run) -> str:
    return ":".join(value if name == "kind" else f"{name}={value}" for name, value in run["optimizer"].items())


@pytest.mark.parametrize("case", GOLDEN["surfaces"], ids=lambda case: case["surface"][:9])
def test_the_command_line_prints_those_steps(case: Run, capsys: pytest.CaptureFixture[str]) -> None:
    runs = list(case["runs"].values())
    for some in (runs[:12], runs[12:]):
        given = ",".join(map(words_of, some))
        start = ",".join(map(str, case["start"]))
        words = (case["surface"], "--optimizers", given, f"--start={start}", "--steps=50", "--conventions=pytorch")
        commands.run("race", (*words, "--json"))
        printed = json.loads(capsys.readouterr().out)["runs"]
        for run, found in zip(some, printed, strict=True):
            assert_same(np.array(found["path"]), run)


@pytest.mark.parametrize("run", GOLDEN["network"]["runs"].values(), ids=GOLDEN["network"]["runs"])
def test_fifty_updates_of_a_network_are_those_of_pytorch(run: Run) -> None:
    written = dict(GOLDEN["network"]["document"])
    written |= {"conventions": "pytorch", "training": {**written["training"], "optimizer": run["optimizer"]}}
    document = document_from_json(written)
    trainer, names, path = Trainer(document, prepared_for(document)), list(written["parameters"]), []
    for step in range(STEPS + 1):
        if step:
            trainer.run(1, np.zeros(1))
        found = trainer.memory.read()
        path.append(np.concatenate([np.ravel(found[name]) for name in names]))
    assert_same(np.array(path), run)
