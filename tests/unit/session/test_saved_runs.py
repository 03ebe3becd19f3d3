"""Runs in a project file: all come back, weights and curves to the bit; damaged ones are refused in a sentence."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.errors import DlvizError
from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec
from dlviz.session.edits import set_optimizer, set_optimizer_setting, set_units
from dlviz.session.files.data_file import with_file
from dlviz.session.files.project_file import Project, project_from_bytes, project_to_bytes, read_project
from dlviz.session.messages import Frame, Interest
from dlviz.session.presets import document_for, first_document
from dlviz.session.run_row import Label
from dlviz.session.runs import Runs
from dlviz.session.session import Session
from tests.unit.session.test_runs import advance, assert_same, hard_document, slower
from tests.unit.session.test_session import table_document


def many_runs() -> Runs:
    """Return a run with an edit, a branch of another network, one on other data and one beside; the second on show."""
    runs = Runs(hard_document())
    advance(runs.run, 60)
    runs.edit(set_optimizer(runs.run.document, "momentum"), "momentum")
    advance(runs.run, 40)
    runs.run.seek(30)
    runs.edit(set_units(runs.run.document, "h1", 9), "9 units")
    advance(runs.run, 25)
    runs.begin(replace(runs.run.document, data=document_for("moons").data), "Moons")
    advance(runs.run, 20)
    runs.beside(slower(runs.run.document), "slower", is_fresh=False)
    advance(runs.run, 10)
    runs.describe(1, Label("baseline", "the one of the lecture", True))
    runs.switch(2)
    return runs


def written(runs: Runs, as_json: bool) -> bytes:
    return project_to_bytes(runs.run.document, None, as_json, runs.saved())


def loaded(project: Project) -> Runs:
    assert project.runs is not None
    runs = Runs(project.runs.document)
    runs.load(project.runs)
    return runs


@pytest.mark.parametrize("as_json", [False, True])
def test_every_run_comes_back_as_it_was(as_json: bool) -> None:
    runs = many_runs()
    again = loaded(project_from_bytes(written(runs, as_json)))
    assert again.current == 2
    for old, new in zip(runs.rows(), again.rows(), strict=True):
        assert (old.uid, old.origin, old.label, old.colour) == (new.uid, new.origin, new.label, new.colour)
        assert (old.step, old.epoch, old.last_step, old.marks) == (new.step, new.epoch, new.last_step, new.marks)
        assert old.document == new.document
        assert new.seconds == pytest.approx(old.seconds, abs=1e-3)
    for uid in runs.uids:
        runs.switch(uid)
        again.switch(uid)
        assert_same(runs.run.trainer.state(), again.run.trainer.state())
        end = runs.run.timeline.end
        for each in (runs, again):
            each.run.seek(0)
            each.run.seek(end)
            advance(each.run, 15)
        assert_same(runs.run.trainer.state(), again.run.trainer.state())
        for name in ("batch_steps", "batch_mean", "batch_low", "batch_high"):
            assert np.array_equal(getattr(runs.run.history.curves(), name), getattr(again.run.history.curves(), name))


def test_a_run_left_in_the_middle_of_a_batch_stands_there_again() -> None:
    runs = many_runs()
    for _ in range(4):
        runs.run.forward("operation")
    runs.switch(1)
    again = loaded(project_from_bytes(written(runs, False)))
    again.switch(2)
    assert again.run.walk is not None
    assert again.run.walk.cursor == 4
    saved = loaded(project_from_bytes(written(again, False)))  # and on show
    assert saved.run.walk is not None
    assert (saved.run.step, saved.run.walk.cursor) == (again.run.step, 4)


def test_what_runs_share_is_written_once() -> None:
    runs = many_runs()
    text = json.loads(written(runs, True))["runs"]
    assert len(text["segments"]) == 5  # the first one belongs to two runs
    assert text["runs"][0]["segments"][0] == text["runs"][1]["segments"][0]
    assert all("title" not in each["document"] for each in text["segments"])
    parts = [set(each["document"]) for each in text["segments"]]
    assert {"data"} <= parts[3]  # other rows
    assert "data" not in parts[0] | parts[1] | parts[2]


def test_equal_runs_give_equal_bytes() -> None:
    runs = many_runs()
    assert written(runs, False) == written(runs, False)
    again = project_from_bytes(written(runs, False))
    assert project_to_bytes(again.document, None, False, again.runs) == written(runs, False)


def test_one_plain_run_is_written_as_ever() -> None:
    runs = Runs(first_document())
    advance(runs.run, 20)
    assert runs.saved().is_plain
    runs.describe(1, Label("kept"))
    assert not runs.saved().is_plain


def tables(*columns: tuple[float, ...]) -> list[DataSpec]:
    inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    names = (("x1", "x2"), ("y",), (), ())
    return [
        DataSpec("table", dataset=Dataset("Rows", "regression", np.array(inputs), np.array([column]).T, *names))
        for column in columns
    ]


def test_tables_of_one_title_with_other_rows_are_kept_apart() -> None:
    one, other = tables((0.0, 1.0, 1.0, 0.0), (1.0, 0.0, 0.0, 1.0))
    runs = Runs(replace(hard_document(), data=one))
    advance(runs.run, 8)
    runs.begin(replace(runs.run.document, data=other), "other rows")
    advance(runs.run, 8)
    again = loaded(project_from_bytes(written(runs, False)))
    for uid in (1, 2):
        again.switch(uid)
        runs.switch(uid)
        assert np.array_equal(again.run.prepared.dataset.targets, runs.run.prepared.dataset.targets)
        assert_same(runs.run.trainer.state(), again.run.trainer.state())


def broken(change: Callable[[dict[str, Any]], None]) -> bytes:
    text = json.loads(written(many_runs(), True))
    change(text["runs"])
    return json.dumps(text).encode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda runs: runs.update(current=9), "one of them on show"),
        (lambda runs: runs["runs"].append(runs["runs"][0]), "every run once"),
        (lambda runs: runs["runs"][0].update(segments=[7]), "segments in order"),
        (lambda runs: runs["runs"][0].update(segments=[1, 0]), "segments in order"),
        (lambda runs: runs["runs"][0].update(end=3), "segments in order"),
        (lambda runs: runs["runs"][0].update(uid=0), "at least 1"),
        (lambda runs: runs["runs"][0].update(name=7), "runs"),
        (lambda runs: runs["runs"][0]["state"].update(kept=[[1.0, 2.0]]), "Expected an array of"),
        (lambda runs: runs["runs"][0]["state"].update(kept="all"), "list of numbers"),
        (lambda runs: runs["runs"][0].update(losses=[[0.5, 1.0, 1.0, 1.0]]), "counts and finite losses"),
        (lambda runs: runs["runs"][0].update(measured=[[2, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]]), "steps that grow"),
        (lambda runs: runs["runs"][0].update(measured=[[2, 0]]), "6 numbers a row"),
        (lambda runs: runs["segments"][0]["parameters"].update({"h1.W": [1, 2]}), "Expected {"),
        (lambda runs: runs["segments"][0]["document"].update(network={"layers": [{"id": "Z"}]}), "Expected"),
        (lambda runs: runs.update(segments=[]), "at least 1"),
        (lambda runs: runs.update(runs=7), "runs"),
    ],
)
def test_damaged_runs_are_refused_in_one_sentence(change: Callable[[dict[str, Any]], None], said: str) -> None:
    with pytest.raises(DlvizError) as error:
        project_from_bytes(broken(change))
    assert said in f"{error.value.message} {error.value.place}"


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(first_document())
    made.watch(Interest(frozenset({"curves", "parameters"})))
    yield made
    assert made.close()


def frame_when(session: Session, holds: Callable[[Frame], bool]) -> Frame:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        frame = session.poll()
        if frame is not None and holds(frame):
            return frame
        time.sleep(0.002)
    raise AssertionError("no such frame came")


@pytest.mark.parametrize("suffix", ["dlviz", "json"])
def test_a_session_saves_its_runs_and_opens_them_again(session: Session, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"runs.{suffix}"
    session.play()
    frame_when(session, lambda f: f.step > 100)
    session.pause()
    session.seek(50)
    frame_when(session, lambda f: f.step == 50)
    session.edit(set_optimizer_setting(session.document, "lr", 0.2), "rate")
    session.play()
    frame_when(session, lambda f: f.step > 90)
    session.pause()
    before = frame_when(session, lambda f: f.state == "paused")
    session.save(path)
    assert not session.is_dirty
    session.new(document_for("moons"))
    session.open(path)
    after = frame_when(session, lambda f: f.step == before.step and len(f.runs) == 2)
    assert not session.is_dirty
    assert after.parameters is not None and before.parameters is not None
    assert all(after.parameters[name].tobytes() == before.parameters[name].tobytes() for name in before.parameters)
    assert session.document.training.optimizer.settings["lr"] == 0.2
    session.switch_run(1)
    assert frame_when(session, lambda f: f.step == 50).document.training.optimizer.settings["lr"] == 0.02
    session.end()
    assert frame_when(session, lambda f: f.step > 100).last_step == before.runs[0].last_step
    session.describe_run(1, name="baseline")
    frame_when(session, lambda f: f.runs[0].label.name == "baseline")
    assert session.is_dirty


def test_a_file_without_runs_opens_as_ever(session: Session, tmp_path: Path) -> None:
    session.step("batch")
    frame_when(session, lambda f: f.step == 1)
    session.save(tmp_path / "one.dlviz")
    assert read_project(tmp_path / "one.dlviz").runs is None
    session.open(tmp_path / "one.dlviz")
    frame = frame_when(session, lambda f: f.step == 1)
    assert [row.uid for row in frame.runs] == [1]
    assert not session.is_dirty


def test_runs_on_a_data_file_wait_for_it_and_go_on_once_it_is_there(tmp_path: Path) -> None:
    made = Session(table_document(tmp_path / "rows.csv"))
    try:
        made.watch(Interest(frozenset({"parameters"})))
        made.play()
        frame_when(made, lambda f: f.step > 20)
        made.pause()
        made.home()
        frame_when(made, lambda f: f.step == 0)
        made.edit(set_optimizer_setting(made.document, "lr", 0.2), "rate")
        made.step("batch")
        before = frame_when(made, lambda f: f.step == 1)
        made.save(tmp_path / "run.dlviz")
        made.open(tmp_path / "run.dlviz")
        assert made.missing_file == tmp_path / "rows.csv"
        made.attach(with_file(made.document, made.missing_file))
        after = frame_when(made, lambda f: f.step == 1)
        assert before.parameters is not None and after.parameters is not None
        assert all(after.parameters[name].tobytes() == before.parameters[name].tobytes() for name in before.parameters)
        made.switch_run(1)
        made.end()
        assert frame_when(made, lambda f: f.step > 20).last_step == before.runs[0].last_step
    finally:
        assert made.close()
