"""`dlviz vary`: trainings side by side, told in a table or as JSON."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from dlviz.__main__ import main
from dlviz.session.edits import set_optimizer
from dlviz.session.files.project_file import write_project
from dlviz.session.headless import train
from dlviz.session.presets import first_document
from dlviz.session.subject_presets import delta_rule


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "circles.dlviz"
    write_project(path, first_document())
    return str(path)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["vary", *words, "--workers", "1", "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_values_and_seeds_are_trained_and_told(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, file, "--set", "training.optimizer.lr=0.01,0.02", "--seeds", "1,2", "--epochs", "3")
    runs = found["runs"]
    assert [(run["values"]["training.optimizer.lr"], run["seed"]) for run in runs] == [
        (0.01, 1), (0.02, 1), (0.01, 2), (0.02, 2)
    ]  # fmt: skip
    report = train(first_document(), epochs=3)
    assert report.train is not None
    own = next(run for run in runs if run["values"]["training.optimizer.lr"] == 0.02 and run["seed"] == 1)
    assert own["train"]["loss"] == report.train.loss
    assert own["gradient_evaluations"] == own["steps"] == report.steps


def test_recipe_suggests_a_rate(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, file, "--recipe", "rate_finder")
    assert 1e-4 < found["rate"]["suggested"] < 1.0


def test_entries_are_typed_with_their_settings(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, file, "--set", "training.optimizer=adam:lr=0.02,sgd:lr=0.5", "--epochs", "2")
    assert found["runs"][0]["values"]["training.optimizer"] == {"kind": "adam", "lr": 0.02}
    assert math.isfinite(found["runs"][0]["train"]["loss"])


def test_table_names_settings_and_measures(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vary", file, "--set", "network.h1.units=2,4", "--epochs", "1", "--workers", "1"]) == 0
    printed = capsys.readouterr().out
    assert "units of h1" in printed and "train loss" in printed and "done" in printed


def test_why_a_training_failed_stands_below_the_table(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("training.optimizer=sgd,adam", "--set", "training.optimizer.beta1=0.5,0.6", "--epochs", "1")
    assert main(["vary", file, "--set", *words, "--workers", "1"]) == 0
    table, failed, message = capsys.readouterr().out.rpartition("failed")
    assert table.count("failed") == 1 and failed
    assert "Received: 'beta1'" in " ".join(message.split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "something to vary"),
        (("--set", "training.optimizer.lr"), "PATH=VALUE"),
        (("--set", "training.optimizer.speed=1"), "a setting of this document"),
        (("--set", "training.optimizer.lr=-1"), "lr to be a number"),
        (("--set", "seed=1,2"), "seeds beside the varied settings"),
        (("--set", "training.optimizer.lr=0.1", "--epochs", "0"), "a length of 1"),
        (("--set", "training.optimizer.lr=0.1", "--workers", "0"), "--workers: Expected at least 1"),
        (("--seeds", "one"), "whole numbers"),
        (("--recipe", "rate_momentum"), "no setting called momentum"),
    ],
)
def test_what_cannot_be_varied_is_one_sentence(
    file: str, words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["vary", file, *words]) == 1
    said = capsys.readouterr().err
    assert message in said and said.count("\n") == 1


def test_rules_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path / "rule.dlviz", delta_rule())
    assert main(["vary", str(tmp_path / "rule.dlviz"), "--recipe", "restarts"]) == 1
    assert "about a rule" in capsys.readouterr().err


def test_map_of_rate_and_momentum_runs_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path / "m.dlviz", set_optimizer(first_document(), "momentum"))
    found = told(capsys, str(tmp_path / "m.dlviz"), "--recipe", "rate_momentum", "--epochs", "1")
    assert len(found["runs"]) == 27
    assert found["settings"] == ["training.optimizer.lr", "training.optimizer.momentum"]
