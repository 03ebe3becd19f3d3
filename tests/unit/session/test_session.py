"""The session as the window uses it: commands in, frames out, a worker that always ends."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dlviz.core.choice import Choice
from dlviz.core.errors import DlvizError, SpecError
from dlviz.core.network import dense
from dlviz.data.reader import read_table
from dlviz.data.spec import DataSpec
from dlviz.data.table_dataset import to_dataset
from dlviz.session.document import Document
from dlviz.session.edits import add_layer, set_optimizer_setting, set_training, set_units
from dlviz.session.files.data_file import with_file
from dlviz.session.messages import Frame, Interest, Need
from dlviz.session.network_presets import image_column
from dlviz.session.plane import MAX_MAP_NUMBERS, affordable
from dlviz.session.presets import (
    document_for,
    document_for_dataset,
    empty_document,
    first_document,
    step_document,
)
from dlviz.session.session import Session
from dlviz.session.state import TRANSITIONS, next_state
from tests.guards import at_once

PATIENCE_SECONDS = 20.0
ALL: frozenset[Need] = frozenset({"parameters", "curves", "maps", "trace", "peek", "predictions"})


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(first_document())
    made.watch(Interest(ALL))
    yield made
    assert made.close()


def frame_when(session: Session, holds: Callable[[Frame], bool]) -> Frame:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        frame = session.poll()
        if frame is not None and holds(frame):
            return frame
        time.sleep(0.002)
    raise AssertionError("no such frame came")


def test_playing_learns_and_frames_carry_what_was_asked(session: Session) -> None:
    session.play()
    frame = frame_when(session, lambda f: f.step > 2000)
    assert frame.state == "running"
    assert frame.train_loss is not None
    assert frame.train_loss < 0.1
    assert frame.maps is not None
    assert frame.maps.output.shape == (1, 100, 100)
    assert frame.predictions is not None
    assert len(frame.predictions.outputs) == session.dataset.n
    assert frame.curves is not None
    assert np.isfinite(frame.curves.train_loss).all()
    assert frame.peek is not None


def test_maps_equal_the_network_evaluated_at_the_cell_centres(session: Session) -> None:
    session.watch(Interest(ALL, grid=8, output_grid=4, extent=(-1.0, 1.0, -2.0, 2.0)))
    frame = frame_when(session, lambda f: f.maps is not None and f.maps.output.shape == (1, 4, 4))
    assert frame.maps is not None
    assert frame.parameters is not None
    x = np.array([[-0.25, 1.5]])  # column 1 and row 3 of 4 × 4 cells
    activations = session.prepared.scaler.apply(x).T
    for layer in ("h1", "h2", "o"):
        w, b = frame.parameters[f"{layer}.W"], frame.parameters[f"{layer}.b"]
        activations = np.tanh(w @ activations + b[:, None])
    assert frame.maps.output[0, 3, 1] == pytest.approx(activations[0, 0], abs=1e-5)


def test_the_output_is_mapped_once_where_its_map_is_as_fine_as_those_of_units(session: Session) -> None:
    session.watch(Interest(ALL, grid=4, output_grid=4, extent=(-1.0, 1.0, -2.0, 2.0)))
    both = frame_when(session, lambda f: f.maps is not None and f.maps.output.shape == (1, 4, 4))
    session.watch(Interest(ALL, grid=8, output_grid=4, extent=(-1.0, 1.0, -2.0, 2.0)))
    one = frame_when(session, lambda f: f.maps is not None and f.maps.units["o"].shape == (1, 8, 8))
    assert both.maps is not None and one.maps is not None
    assert np.array_equal(both.maps.output, both.maps.units["o"])
    assert np.array_equal(both.maps.output, one.maps.output)


@pytest.mark.parametrize(("d", "side"), [(2, 100), (64, 100), (784, 71), (12_288, 18)])
def test_a_map_of_many_inputs_has_fewer_cells(d: int, side: int) -> None:
    assert affordable(100, d) == side
    assert side * side * d <= MAX_MAP_NUMBERS


def test_an_image_as_a_column_is_mapped_without_stalling_the_worker() -> None:
    session = Session(image_column())
    session.watch(Interest(ALL))
    try:
        frame = frame_when(session, lambda f: f.maps is not None)
        assert frame.maps is not None
        assert frame.maps.output.shape == (3, 18, 18)
    finally:
        session.close()


def test_pausing_takes_effect_and_keeps_still(session: Session) -> None:
    session.play()
    frame_when(session, lambda f: f.step > 100)
    session.pause()
    paused = frame_when(session, lambda f: f.state == "paused")
    session.look(0)
    assert frame_when(session, lambda f: f.state == "paused").step == paused.step


def test_undo_goes_back_to_the_run_as_it_stood_and_redo_forward_again(session: Session) -> None:
    session.step("batch")
    before = frame_when(session, lambda f: f.step == 1)
    session.edit(set_units(session.document, "h1", 6), "more units")
    session.play()
    frame_when(session, lambda f: f.step > 50)
    session.pause()
    after = frame_when(session, lambda f: f.state == "paused")
    session.undo()
    undone = frame_when(session, lambda f: f.step == 1)
    assert undone.document is before.document
    assert undone.parameters is not None
    assert before.parameters is not None
    assert all(np.array_equal(undone.parameters[k], before.parameters[k]) for k in before.parameters)
    session.redo()
    redone = frame_when(session, lambda f: f.step == after.step)
    assert redone.parameters is not None
    assert after.parameters is not None
    assert all(np.array_equal(redone.parameters[k], after.parameters[k]) for k in after.parameters)


def test_measurements_after_an_edit_are_those_of_the_edited_document(session: Session) -> None:
    session.play()
    frame_when(session, lambda f: f.step > 100)
    session.pause()
    frame_when(session, lambda f: f.state == "paused")
    other = document_for("moons")
    session.edit(replace(session.document, data=other.data), "moons")
    frame = frame_when(session, lambda f: f.curves is not None)
    assert frame.curves is not None
    assert frame.curves.train_loss[-1] == frame.train_loss


def test_another_run_can_begin_while_training_and_undo_returns_to_the_old_one(session: Session) -> None:
    session.play()
    frame_when(session, lambda f: f.step > 500)
    session.start_over(document_for("moons"), "Moons")
    assert frame_when(session, lambda f: f.step < 400).state == "running"
    session.pause()
    frame_when(session, lambda f: f.state == "paused")
    session.undo()
    assert frame_when(session, lambda f: f.document.data.kind == "circles").step > 500


def trained(session: Session, steps: int) -> Frame:
    """Train at least so many batches and stand."""
    session.play()
    frame_when(session, lambda f: f.step >= steps)
    session.pause()
    return frame_when(session, lambda f: f.state == "paused")


def test_going_back_and_changing_the_rate_keeps_both_runs_and_switching_finds_each_again(session: Session) -> None:
    first = trained(session, 300)
    session.seek(100)
    frame_when(session, lambda f: f.step == 100)
    session.edit(set_optimizer_setting(session.document, "lr", 0.1), "lr 0.1")
    second = trained(session, 200)
    assert [row.origin.parent for row in second.runs] == [None, 1]
    session.switch_run(1)
    session.end()
    again = frame_when(session, lambda f: f.step == first.step)
    assert session.document.training.optimizer.settings["lr"] == 0.02
    assert first.parameters is not None and again.parameters is not None
    assert all(again.parameters[name].tobytes() == first.parameters[name].tobytes() for name in first.parameters)
    session.undo()  # undo comes back from a switch
    back = frame_when(session, lambda f: f.step == second.step)
    assert back.document.training.optimizer.settings["lr"] == 0.1
    assert second.parameters is not None and back.parameters is not None
    assert all(back.parameters[name].tobytes() == second.parameters[name].tobytes() for name in second.parameters)


def test_an_edit_right_after_a_switch_is_one_of_the_run_that_was_switched_to(session: Session) -> None:
    trained(session, 50)
    session.home()
    session.edit(set_optimizer_setting(session.document, "lr", 0.1), "lr 0.1")
    trained(session, 50)
    session.switch_run(1)
    session.end()
    session.edit(set_units(session.document, "h1", 7), "units")
    frame = frame_when(session, lambda f: f.parameters is not None)
    assert frame.document.training.optimizer.settings["lr"] == 0.02
    assert session.document.network.layers[0].settings["units"] == 7


def test_a_run_beside_plays_from_the_start_and_stands_where_the_other_one_does(session: Session) -> None:
    first = trained(session, 200)
    session.run_beside(set_optimizer_setting(session.document, "lr", 0.1), "Learning rate 0.1")
    frame = frame_when(session, lambda f: f.state == "paused" and f.step > 0)
    assert frame.step == frame.runs[0].last_step == first.step
    assert "as far as the run beside it" in frame.message
    assert frame.runs[1].origin.is_beside
    assert frame.runs[1].seconds > 0


def test_a_removed_run_on_show_gives_way_to_its_parent(session: Session) -> None:
    trained(session, 50)
    session.home()
    session.edit(set_optimizer_setting(session.document, "lr", 0.1), "lr 0.1")
    trained(session, 50)
    session.remove_run(2)
    frame = frame_when(session, lambda f: len(f.runs) == 1)
    assert (frame.runs[0].uid, frame.runs[0].is_current) == (1, True)
    session.bring_back_run(2)
    assert len(frame_when(session, lambda f: len(f.runs) == 2).runs) == 2
    with pytest.raises(SpecError, match="of the list"):
        session.remove_run(9)


def test_the_only_run_stays(session: Session) -> None:
    trained(session, 10)
    with pytest.raises(SpecError, match="only this one"):
        session.remove_run(1)


def test_a_typed_weight_arrives_and_can_be_undone(session: Session) -> None:
    session.set_parameter("h1.W", (0, 1), 0.5)
    frame = frame_when(session, lambda f: f.parameters is not None)
    assert frame.parameters is not None
    assert frame.parameters["h1.W"][0, 1] == 0.5
    session.undo()
    frame = frame_when(session, lambda f: f.parameters is not None)
    assert frame.parameters is not None
    assert frame.parameters["h1.W"][0, 1] != 0.5


@pytest.mark.parametrize(
    ("name", "place", "value", "message"),
    [
        ("h9.W", (0, 0), 1.0, "Expected a parameter"),
        ("h1.W", (4, 0), 1.0, "Expected a place"),
        ("h1.b", 0, float("nan"), "Expected a finite number"),
    ],
)
def test_a_wrong_weight_is_refused(
    session: Session, name: str, place: tuple[int, ...], value: float, message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        session.set_parameter(name, place, value)
    assert not session.can_undo


def test_rewinding_past_an_edit_shows_the_document_of_that_time(session: Session) -> None:
    heard: list[str] = []
    session.subscribe(lambda: heard.append(session.document.training.optimizer.settings["lr"]))
    session.play()
    frame_when(session, lambda f: f.step > 100)
    session.pause()
    frame_when(session, lambda f: f.state == "paused")
    session.edit(set_optimizer_setting(session.document, "lr", 0.1), "lr 0.1")
    session.home()
    frame_when(session, lambda f: f.step == 0)
    assert heard == [0.1, 0.02]


def test_saving_and_opening_continue_bit_for_bit(session: Session, tmp_path: Path) -> None:
    session.play()
    frame_when(session, lambda f: f.step > 300)
    session.pause()
    frame_when(session, lambda f: f.state == "paused")
    session.save(tmp_path / "run.dlviz")
    assert not session.is_dirty
    session.step("batch")
    expected = frame_when(session, lambda f: f.trace is not None and f.cursor > 0)
    other = Session(empty_document())
    try:
        other.watch(Interest(ALL))
        other.open(tmp_path / "run.dlviz")
        other.step("batch")
        frame = frame_when(other, lambda f: f.step == expected.step)
        assert frame.parameters is not None
        assert expected.parameters is not None
        for name, values in expected.parameters.items():
            assert frame.parameters[name].tobytes() == values.tobytes()
        other.home()
        assert frame_when(other, lambda f: f.step == 0).last_step == expected.step
    finally:
        assert other.close()


def test_a_saved_run_that_went_on_is_not_on_disk(session: Session, tmp_path: Path) -> None:
    session.step("batch")
    frame_when(session, lambda f: f.step == 1)
    assert not session.is_dirty
    session.save(tmp_path / "run.dlviz")
    assert not session.is_dirty
    session.step("batch")
    frame_when(session, lambda f: f.step == 2)
    assert session.is_dirty
    session.open(tmp_path / "run.dlviz")
    frame_when(session, lambda f: f.step == 1)
    assert not session.is_dirty


def table_document(path: Path) -> Document:
    rng = np.random.default_rng(0)
    rows = [f"{a:.3f},{b:.3f},{'in' if a * b > 0 else 'out'}" for a, b in rng.normal(size=(40, 2))]
    path.write_text("a,b,y\n" + "\n".join(rows) + "\n")
    table = read_table(path)
    rows_read = to_dataset(table)
    spec = DataSpec("file", {"path": str(path), "sha256": table.info.sha256}, dataset=rows_read)
    return document_for_dataset(spec, rows_read)


def test_a_saved_document_names_its_data_file_and_goes_on_once_it_is_opened(tmp_path: Path) -> None:
    session = Session(table_document(tmp_path / "rows.csv"))
    try:
        session.watch(Interest(ALL))
        session.step("batch")
        frame_when(session, lambda f: f.step == 1)
        session.save(tmp_path / "run.dlviz")
        session.step("batch")
        expected = frame_when(session, lambda f: f.step == 2).parameters
        session.open(tmp_path / "run.dlviz")
        assert session.document.data.settings["path"] == "rows.csv"
        assert session.missing_file == tmp_path / "rows.csv"
        session.attach(with_file(session.document, session.missing_file))
        assert session.missing_file is None
        session.step("batch")
        found = frame_when(session, lambda f: f.step == 2).parameters
        assert expected is not None
        assert found is not None
        assert all(found[name].tobytes() == values.tobytes() for name, values in expected.items())
    finally:
        assert session.close()


def test_a_file_that_cannot_be_opened_leaves_everything(session: Session, tmp_path: Path) -> None:
    document = session.document
    (tmp_path / "bad.dlviz").write_bytes(b"PK\x03\x04 nonsense")
    with pytest.raises(DlvizError):
        session.open(tmp_path / "bad.dlviz")
    assert session.document is document


def test_a_network_that_cannot_train_says_why_and_stays_editable() -> None:
    session = Session(empty_document())
    try:
        frame_when(session, lambda f: "layer" in f.message)  # it may say before that kernels are made ready
        session.play()
        frame_when(session, lambda f: f.state == "failed")
        session.edit(add_layer(session.document, 0, units=1), "layer")
        session.step("batch")
        assert frame_when(session, lambda f: f.step == 1).train_loss is not None
    finally:
        assert session.close()


def test_slow_motion_takes_its_time() -> None:
    session = Session(step_document())
    session.watch(Interest(ALL))
    try:
        session.play("operation", rate=20.0)
        began = time.monotonic()
        frame_when(session, lambda f: f.cursor >= 5)
        assert time.monotonic() - began > 0.15
    finally:
        assert session.close()


def test_a_step_of_slow_play_is_seen_before_the_next_where_the_window_was_late() -> None:
    session = Session(step_document())
    session.watch(Interest(ALL))
    try:
        frame_when(session, lambda f: f.state == "idle")
        session.step("operation")
        time.sleep(0.3)  # its frame lies in the mailbox, for the window is busy
        session.play("operation", rate=0.01)
        time.sleep(0.3)
        with at_once():
            assert frame_when(session, lambda f: f.state == "running").cursor == 2
    finally:
        assert session.close()


def test_a_new_seed_draws_other_weights_even_where_some_were_given() -> None:
    session = Session(step_document())
    try:
        session.watch(Interest(ALL))
        first = frame_when(session, lambda f: f.parameters is not None).parameters
        session.new_seed()
        second = frame_when(session, lambda f: f.parameters is not None).parameters
        assert first is not None
        assert second is not None
        assert not np.array_equal(first["h.W"], second["h.W"])
        session.undo()
        third = frame_when(session, lambda f: f.parameters is not None).parameters
        assert third is not None
        assert np.array_equal(first["h.W"], third["h.W"])
    finally:
        assert session.close()


def test_closing_while_training_ends_the_thread_every_time() -> None:
    for _ in range(20):
        session = Session(document_for("circles"))
        session.play()
        with at_once():
            assert session.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "dlviz-worker"]


def test_hammering_commands_never_jams(session: Session) -> None:
    rng = np.random.default_rng(3)
    for _ in range(2000):
        action = rng.integers(8)
        if action == 0:
            session.play(rate=float(rng.choice([5.0, float("inf")])))
        elif action == 1:
            session.pause()
        elif action == 2:
            session.step(str(rng.choice(["operation", "layer", "sample", "batch"])), int(rng.choice([-1, 1])))  # type: ignore[arg-type]
        elif action == 3:
            session.seek(int(rng.integers(50)))
        elif action == 4:
            session.edit(set_units(session.document, "h1", int(rng.integers(1, 9))), "units")
        elif action == 5 and session.can_undo:
            session.undo()
        elif action == 6 and session.can_redo:
            session.redo()
        else:
            session.poll()
    session.pause()
    frame = frame_when(session, lambda f: f.state == "paused")
    assert frame.document is session.document


def test_every_state_answers_every_event() -> None:
    states = {state for state, _ in TRANSITIONS}
    events = {event for _, event in TRANSITIONS}
    assert len(TRANSITIONS) == len(states) * len(events)
    assert {next_state("closing", event) for event in events} == {"closing"}


def too_wide() -> Document:
    document = first_document()
    network = document.network
    return replace(document, network=replace(network, layers=(*network.layers, dense("wide", 3))))


@pytest.mark.parametrize("suffix", ["dlviz", "json"])
@pytest.mark.parametrize("make", [empty_document, too_wide])
def test_a_document_that_cannot_train_is_saved_at_once(
    tmp_path: Path, make: Callable[[], Document], suffix: str
) -> None:
    document, path = make(), tmp_path / f"unfinished.{suffix}"
    made = Session(document)
    try:
        with at_once():
            made.save(path)
        made.open(path)
        assert made.document.network.layers == document.network.layers
    finally:
        assert made.close()


def test_saving_leaves_the_walk_where_it_stands(session: Session, tmp_path: Path) -> None:
    session.seek(0)
    for cursor in range(1, 4):
        session.step("operation", 1)
        frame_when(session, lambda f, cursor=cursor: f.cursor == cursor)
    session.save(tmp_path / "walked.dlviz")
    session.step("operation", 1)
    frame = frame_when(session, lambda f: f.cursor > 3)
    assert (frame.step, frame.cursor) == (0, 4)
    assert not session.is_dirty
    session.open(tmp_path / "walked.dlviz")
    assert frame_when(session, lambda f: f.cursor == 0).step == 0


def test_pulling_a_slider_is_one_undo_and_keeps_one_moment(session: Session) -> None:
    before = trained(session, 40)
    for place in range(30):
        session.edit(set_optimizer_setting(session.document, "lr", 0.03 + place / 1000), "lr", merge="lr")
    frame_when(session, lambda f: f.document is session.document)
    assert len(session._worker._moments) <= 2
    session.undo()
    undone = frame_when(session, lambda f: f.step == before.step)
    assert undone.document.training.optimizer.settings["lr"] == 0.02
    session.redo()
    again = frame_when(session, lambda f: f.document.training.optimizer.settings["lr"] == 0.059)
    assert again.step == before.step


def test_undo_of_what_is_too_long_ago_goes_on_from_here(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session._worker._moments, "_budget", 1)
    for lr in (0.1, 0.2, 0.3):
        session.edit(set_optimizer_setting(session.document, "lr", lr), "lr")
    for lr in (0.2, 0.1, 0.02):
        session.undo()
        frame = frame_when(session, lambda f: f.document is session.document)
        assert frame.document.training.optimizer.settings["lr"] == lr
    assert frame.state != "failed"


def test_a_branch_says_that_the_run_before_it_stays(session: Session) -> None:
    trained(session, 50)
    session.home()
    session.edit(set_optimizer_setting(session.document, "lr", 0.1), "lr 0.1")
    assert frame_when(session, lambda f: len(f.runs) == 2).message == "Run 2 begins here; run 1 stays as it is."


def test_an_edit_takes_back_why_the_run_stood_still(session: Session) -> None:
    rule = Choice("stop_epoch", {"epoch": 1})
    session.edit(set_training(session.document, callbacks=(rule,)), "rule")
    session.play()
    frame = frame_when(session, lambda f: f.message != "")
    assert "Stop after an epoch" in frame.message
    session.edit(set_training(session.document, callbacks=()), "no rule")
    assert frame_when(session, lambda f: not f.document.training.callbacks).message == ""
