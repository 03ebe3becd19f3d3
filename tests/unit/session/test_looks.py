"""Test rows are locked: nothing is measured on them until somebody looks, and every look is counted."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dlviz.core.errors import SpecError
from dlviz.session.document import Document
from dlviz.session.edits import set_split, set_title
from dlviz.session.headless import train
from dlviz.session.looks import LOOKS, looks_in
from dlviz.session.messages import Frame, Interest
from dlviz.session.presets import document_for
from dlviz.session.session import Session
from tests.unit.session.test_session import frame_when


def three_parts() -> Document:
    return set_split(document_for("moons"), validation=0.2, test=0.2)


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(three_parts())
    made.watch(Interest(frozenset({"parameters", "predictions"})))
    yield made
    assert made.close()


def accuracy(frame: Frame, session: Session, rows: np.ndarray) -> float:
    """Return the share of rows on the right side of 0.5, from the outputs that the frame shows."""
    assert frame.predictions is not None
    outputs = frame.predictions.outputs[rows, 0] > 0.5
    return float(np.mean(outputs == (session.prepared.dataset.targets[rows] == 1)))


def test_dev_rows_are_watched_and_test_rows_are_not(session: Session) -> None:
    session.step("epoch")
    frame = frame_when(session, lambda f: f.step > 0)
    assert frame.estimate is None
    assert frame.predictions is not None
    assert frame.validation_score == pytest.approx(accuracy(frame, session, session.prepared.validation))
    np.testing.assert_array_equal(frame.predictions.watched, session.prepared.validation)
    assert {frame.predictions.part(int(row)) for row in session.prepared.test} == {"test"}


def test_a_look_measures_the_test_rows_where_the_run_stands_and_is_counted(session: Session) -> None:
    session.step("epoch")
    frame_when(session, lambda f: f.step > 0)
    session.look_at_test()
    frame = frame_when(session, lambda f: f.estimate is not None)
    assert frame.estimate is not None
    assert frame.estimate.step == frame.step
    assert frame.estimate.score == pytest.approx(accuracy(frame, session, session.prepared.test))
    assert session.test_looks == 1


def test_a_look_shows_what_the_command_line_prints() -> None:
    document = replace(three_parts(), training=replace(three_parts().training, epochs=2))
    report = train(document)
    session = Session(document)
    for _ in range(2):
        session.step("epoch")
    frame_when(session, lambda f: f.epoch == 2)
    session.look_at_test()
    frame = frame_when(session, lambda f: f.estimate is not None)
    assert report.test is not None and frame.estimate is not None
    assert frame.estimate.loss == pytest.approx(report.test.loss, rel=1e-12)
    assert session.close()


def test_what_was_seen_stays_seen_through_undo_and_in_the_file(session: Session, tmp_path: Path) -> None:
    session.edit(set_title(session.document, "Mine"), "Title")
    for _ in range(3):
        session.look_at_test()
    session.undo()
    assert session.test_looks == 3
    session.save(tmp_path / "seen.dlviz")
    session.look_at_test()
    assert session.is_dirty
    session.open(tmp_path / "seen.dlviz")
    assert session.test_looks == 3
    session.new(document_for("moons"))
    assert session.test_looks == 0


def test_without_test_rows_there_is_nothing_to_look_at() -> None:
    session = Session(document_for("moons"))
    with pytest.raises(SpecError, match="Expected test rows"):
        session.look_at_test()
    assert session.test_looks == 0
    assert session.close()


def test_a_split_into_training_and_test_rows_alone_leaves_nothing_to_watch() -> None:
    session = Session(set_split(document_for("moons"), validation=0.0, test=0.3))
    frame = frame_when(session, lambda f: f.train_loss is not None)
    assert frame.validation_loss is None
    assert session.close()


@pytest.mark.parametrize("written", [-1, "3", None, True, 2.5])
def test_a_count_that_is_none_is_no_count(written: object) -> None:
    assert looks_in({LOOKS: written}) == 0
