"""Points painted while training runs: in the next batch, exact in replay and file, and nobody else changes parts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dlviz.core.errors import DlvizError, SpecError
from dlviz.data.painting import sprayed
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.session.document import Document
from dlviz.session.edits import set_split
from dlviz.session.edits.painting import erase_rows, move_row, put_rows, put_values, relabel_rows
from dlviz.session.edits.training import set_optimizer_setting, set_training
from dlviz.session.files.project_file import Project, read_project, write_project
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import document_for
from dlviz.session.run import Run
from dlviz.session.runs import Runs
from dlviz.session.session import Session

POINT = np.array([[0.9, -0.9]])


def session_steps(session: Session, count: int) -> int:
    """Train so many batches and return the step then reached."""
    for _ in range(count):
        session.step("batch")
    return int(session._ask().state.step)


def circles() -> Document:
    return set_split(document_for("circles"), validation=0.1, test=0.2)


def rows_of_next_batch(run: Run) -> list[int]:
    run.forward("batch")
    assert run.walk is not None
    return [int(row) for row in run.walk.trace.rows]


@pytest.mark.parametrize("change", [{}, {"replacement": True}], ids=["shuffled", "drawn"])
def test_a_point_is_in_the_next_batch(change: dict[str, bool]) -> None:
    run = Run(set_training(circles(), **change))
    run.advance(25)
    run.edit(put_rows(run.document, POINT, 1), "Put a point")
    n = prepared_for(run.document).dataset.n
    assert run.step == 25, "training goes on where it was"
    assert n - 1 in rows_of_next_batch(run)
    run.advance(4 * run.trainer.batches_per_epoch)
    assert run.timeline.marks()[-1].step == 25


def test_no_row_is_lost_in_the_epoch_of_a_stroke() -> None:
    run = Run(circles())
    run.advance(25)
    run.edit(put_rows(run.document, np.repeat(POINT, 30, axis=0), 1), "Brush")
    visited = [row for _ in range(run.trainer.batches_per_epoch) for row in rows_of_next_batch(run)]
    assert sorted(visited) == sorted(prepared_for(run.document).train.tolist())
    n = prepared_for(run.document).dataset.n
    assert set(visited[:10]) == set(range(n - 10, n)), "of many as many as a batch holds, the last ones"


def test_a_rate_changed_in_the_same_epoch_keeps_its_order() -> None:
    painted, changed = Run(circles()), Run(circles())
    for run in (painted, changed):
        run.advance(25)
        run.edit(put_rows(run.document, POINT, 1), "Put a point")
        run.advance(3)
    changed.edit(set_optimizer_setting(changed.document, "lr", 0.5), "rate")
    assert rows_of_next_batch(changed) == rows_of_next_batch(painted)


def test_replay_over_a_stroke_is_exact() -> None:
    run = Run(circles())
    run.advance(25)
    run.edit(put_rows(run.document, POINT, 1), "Put a point")
    run.advance(40)
    run.advance(40)
    after = run.state()
    run.seek(10)
    run.seek(after.step)
    np.testing.assert_array_equal(run.state().kept, after.kept)


def test_a_stroke_survives_in_a_file(tmp_path: Path) -> None:
    runs = Runs(circles())
    runs.run.advance(25)
    runs.edit(put_rows(runs.run.document, POINT, 1), "Put a point")
    runs.run.advance(2)
    file = tmp_path / "painted.dlviz"
    write_project(file, runs.run.document, None, runs=runs.saved())
    opened = read_project(file)
    assert isinstance(opened, Project)
    assert opened.runs is not None
    again = Runs(opened.document)
    again.load(opened.runs)
    for each in (runs.run, again.run):
        each.advance(60)
    np.testing.assert_array_equal(again.run.state().kept, runs.run.state().kept)
    np.testing.assert_array_equal(again.run.prepared.dataset.inputs[-1], POINT[0])


def test_undoing_restores_rows_and_weights() -> None:
    runs = Runs(circles())
    runs.run.advance(25)
    before, moment = runs.run.state(), runs.standing()
    n = prepared_for(runs.run.document).dataset.n
    runs.edit(put_rows(runs.run.document, POINT, 1), "Put a point")
    runs.run.advance(60)
    runs.restore(moment)
    assert prepared_for(runs.run.document).dataset.n == n
    np.testing.assert_array_equal(runs.run.state().kept, before.kept)


def test_everybody_else_stays_in_their_part() -> None:
    document = circles()
    before = prepared_for(document)
    assert len(before.test)
    assert len(before.validation)
    after = prepared_for(put_rows(document, POINT, 1))
    np.testing.assert_array_equal(after.test, before.test)
    np.testing.assert_array_equal(after.validation, before.validation)
    np.testing.assert_array_equal(after.train, [*before.train, before.dataset.n])
    gone = np.array([before.test[0], before.train[0], before.train[5]])
    left = prepared_for(erase_rows(document, gone))
    np.testing.assert_array_equal(left.dataset.inputs[left.test], before.dataset.inputs[before.test[1:]])
    np.testing.assert_array_equal(left.dataset.inputs, np.delete(before.dataset.inputs, gone, axis=0))
    assert set_split(put_rows(document, POINT, 1), test=0.2).data.split == replace(document.data.split, test=0.2)


def test_rows_are_moved_relabelled_and_given_values() -> None:
    document = circles()
    moved = prepared_for(move_row(document, 3, (0.25, 0.5))).dataset
    np.testing.assert_array_equal(moved.inputs[3], [0.25, 0.5])
    flipped = prepared_for(relabel_rows(document, np.array([3, 4]), 1)).dataset
    assert flipped.targets[[3, 4]].tolist() == [1, 1]
    line = document_for("line")
    curved = prepared_for(put_values(line, np.array([[0.1], [0.2]]), np.array([1.5, 2.5]))).dataset
    np.testing.assert_array_equal(curved.targets[-2:, 0], [1.5, 2.5])
    assert prepared_for(move_row(line, 0, (0.3,), 0.7)).dataset.targets[0, 0] == 0.7


def test_names_stay_with_their_rows() -> None:
    document = circles()
    rows = prepared_for(document).dataset
    named = replace(rows, row_names=tuple(f"row {k}" for k in range(rows.n)))
    table = replace(document, data=replace(document.data, kind="table", settings={}, dataset=named))
    names = prepared_for(erase_rows(put_rows(table, POINT, 1), np.array([0, 2]))).dataset.row_names
    assert (names[:2], names[-2:], len(names)) == (("row 1", "row 3"), (f"row {rows.n - 1}", ""), rows.n - 1)


def test_what_was_done_by_hand_is_counted_in_the_notes() -> None:
    document = put_rows(put_rows(circles(), np.repeat(POINT, 3, axis=0), 0), POINT, 1)
    document = erase_rows(document, np.array([0, 1]))
    assert prepared_for(document).notes[:2] == ("Rows put by hand: 4", "Rows erased by hand: 2")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: erase_rows(d, np.arange(prepared_for(d).dataset.n)), "at least one row to train on"),
        (lambda d: erase_rows(d, prepared_for(d).train), "at least one row to train on"),
        (lambda _: _too_many(), "up to 20000 rows"),
    ],
    ids=["all", "all that train", "too many"],
)  # fmt: skip
def test_what_cannot_be_painted_is_refused(change: Callable[[Document], object], words: str) -> None:
    with pytest.raises(DlvizError, match=words):
        change(circles())


def _too_many() -> Document:
    document = circles()
    inputs = np.zeros((20_001, 2))
    rows = replace(prepared_for(document).dataset, inputs=inputs, targets=np.arange(20_001) % 2)
    return put_rows(replace(document, data=DataSpec("table", dataset=rows)), POINT, 1)


def test_listed_rows_are_written_and_read() -> None:
    document = put_rows(circles(), POINT, 1)
    written = document_to_json(document, inline_arrays=True)
    assert written["data"]["split"]["test_rows"] == prepared_for(document).test.tolist()
    again = document_from_json(written)
    assert again.data.split == document.data.split
    np.testing.assert_array_equal(prepared_for(again).test, prepared_for(document).test)


@pytest.mark.parametrize(
    ("split", "words"),
    [
        (SplitSpec(test_rows=(0, 999)), "from 0 to 249"),
        (SplitSpec(test_rows=(0, 1), validation_rows=(1,)), "held out twice"),
        (SplitSpec(test_rows=tuple(range(250))), "every row held out"),
    ],
)
def test_listed_rows_that_are_not_there_are_refused(split: SplitSpec, words: str) -> None:
    document = circles()
    table = replace(document.data, kind="table", settings={}, dataset=prepared_for(document).dataset, split=split)
    with pytest.raises(SpecError, match=words):
        prepared_for(replace(document, data=table))


def test_sprayed_points_lie_in_reach_and_depend_on_seed_and_row_alone() -> None:
    points = sprayed(1, 250, 400, (2.0, -1.0), (0.5, 0.25))
    distance = np.hypot((points[:, 0] - 2.0) / 0.5, (points[:, 1] + 1.0) / 0.25)
    assert distance.max() <= 1.0
    assert np.mean(distance < np.sqrt(0.5)) == pytest.approx(0.5, abs=0.08), "evenly spread"
    np.testing.assert_array_equal(points, sprayed(1, 250, 400, (2.0, -1.0), (0.5, 0.25)))
    assert not np.array_equal(points, sprayed(1, 251, 400, (2.0, -1.0), (0.5, 0.25)))


def test_more_strokes_than_a_file_may_hold_leave_it_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlviz.session.files.saved_state.MAX_SEGMENTS", 3)
    session = Session(circles())
    try:
        for _ in range(5):
            step = session_steps(session, 3)
            session.edit(put_rows(session.document, POINT, 1), "Put a point")
        session_steps(session, 3)
        session.save(tmp_path / "long.dlviz")
    finally:
        session.close()
    opened = read_project(tmp_path / "long.dlviz")
    assert isinstance(opened, Project)
    assert opened.runs is None
    assert opened.state is not None
    assert opened.state.step == step + 3


def test_edits_of_one_stroke_at_one_step_keep_their_mark() -> None:
    run = Run(circles())
    run.advance(25)
    for label in ("Put points", "", ""):  # as the worker writes a stroke: the first edit names it
        run.edit(put_rows(run.document, POINT, 1), label)
    assert [(mark.step, mark.label) for mark in run.timeline.marks()] == [(25, "Put points")]
    run.edit(put_rows(run.document, POINT, 1), "Another")
    assert [(mark.step, mark.label) for mark in run.timeline.marks()] == [(25, "Another")]
