"""The transport bar moves through time; its timeline shows and seeks what is recorded."""

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from pytestqt.qtbot import QtBot

from dlviz.core.choice import Choice
from dlviz.gui.main_window import MainWindow
from dlviz.gui.status import convention_words, loss_words, position_words, status_words
from dlviz.gui.transport import SPEED_POSITIONS, rate_at, rate_words
from dlviz.gui.widgets.timeline import MARGIN, Timeline
from dlviz.session.curves import Mark
from dlviz.session.messages import Frame
from tests.gui.fake_session import PHASES, FakeSession, small_trace


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def window(qtbot: QtBot, session: FakeSession) -> Iterator[MainWindow]:
    made = MainWindow(session)
    made.bridge.start((made.transport, made.status), ())
    made.show()
    yield made
    made.quit_without_questions()
    made.deleteLater()


def show(window: MainWindow, session: FakeSession, **changes: object) -> Frame:
    session.show(**changes)
    window.bridge.tick()
    return session.frame


def test_speed_runs_from_one_step_in_two_seconds_to_no_limit() -> None:
    assert rate_at(0) == 0.5
    assert rate_at(SPEED_POSITIONS - 1) == 1000
    assert math.isinf(rate_at(SPEED_POSITIONS))
    rates = [rate_at(position) for position in range(SPEED_POSITIONS)]
    assert rates == sorted(rates)
    assert rate_words(math.inf) == "max"
    assert rate_words(10.0) == "10/s"


def test_play_button_plays_at_the_chosen_size_and_speed_and_then_pauses(
    qtbot: QtBot, window: MainWindow, session: FakeSession
) -> None:
    window.run.use_size("epoch")
    qtbot.mouseClick(window.transport.buttons["play"], Qt.MouseButton.LeftButton)
    assert session.calls[-1] == ("play", "epoch", window.transport.speed.rate())
    window.transport.speed.slider.setValue(SPEED_POSITIONS)
    qtbot.mouseClick(window.transport.buttons["play"], Qt.MouseButton.LeftButton)
    assert session.calls[-1] == ("play", "epoch", math.inf)
    show(window, session, state="running")
    qtbot.mouseClick(window.transport.buttons["play"], Qt.MouseButton.LeftButton)
    assert session.calls[-1] == ("pause",)


def test_forward_and_back_step_by_the_chosen_size(window: MainWindow, session: FakeSession) -> None:
    show(window, session, step=5, last_step=9)
    window.transport.step_size.setCurrentIndex(1)
    window.live["forward"].trigger()
    window.live["back"].trigger()
    assert session.calls[-2:] == [("step", "layer", 1), ("step", "layer", -1)]


def test_back_and_start_are_off_at_the_start(window: MainWindow, session: FakeSession) -> None:
    show(window, session, step=0, last_step=0)
    assert not window.transport.buttons["back"].isEnabled()
    assert not window.transport.buttons["start"].isEnabled()
    show(window, session, step=1, last_step=1)
    assert window.transport.buttons["back"].isEnabled()
    assert not window.live["end"].isEnabled()


def test_each_workspace_keeps_its_own_step_size(window: MainWindow) -> None:
    window.use_workspace("step")
    assert window.transport.step_size.key() == "operation"
    window.live["by_layer"].trigger()
    window.use_workspace("network")
    assert window.transport.step_size.key() == "batch"
    window.use_workspace("step")
    assert window.transport.step_size.key() == "layer"


def test_changing_the_size_while_playing_goes_on_at_the_new_size(window: MainWindow, session: FakeSession) -> None:
    show(window, session, state="running")
    window.live["by_epoch"].trigger()
    assert session.calls[-1][:2] == ("play", "epoch")


def test_hidden_result_is_uncovered_by_the_next_step_before_time_moves(
    window: MainWindow, session: FakeSession
) -> None:
    window.use_workspace("step")
    window.live["hide"].trigger()
    assert window.context.is_hidden
    before = list(session.calls)
    window.live["forward"].trigger()
    assert not window.context.is_hidden
    assert session.calls == before
    window.live["forward"].trigger()
    assert session.calls[-1] == ("step", "operation", 1)


def test_counter_shows_epochs_and_steps(window: MainWindow, session: FakeSession) -> None:
    show(window, session, step=2533, last_step=2533, epoch=149)
    assert window.transport.large.text() == "000,149"
    assert window.transport.small.text() == "epoch · 2,533 steps"


def test_step_workspace_counts_operations_and_colours_phases(
    qtbot: QtBot, window: MainWindow, session: FakeSession
) -> None:
    window.use_workspace("step")
    show(window, session, trace=small_trace(), cursor=11)
    assert window.transport.large.text() == f"11 / {len(PHASES)}"
    timeline = window.transport.timeline
    third = QPoint(int(MARGIN + (timeline.width() - 2 * MARGIN) * 2.5 / len(PHASES)), timeline.height() // 2)
    qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=third)
    assert session.calls[-1] == ("walk_to", 3)


class Paints(QObject):
    """Counts how often a widget is painted."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_new_numbers_paint_no_button_again(qtbot: QtBot, window: MainWindow, session: FakeSession) -> None:
    show(window, session, step=1, last_step=500, train_loss=0.5)
    qtbot.wait(200)
    paints = Paints(window)
    window.transport.buttons["forward"].installEventFilter(paints)
    for step in range(2, 12):
        show(window, session, step=step, last_step=500, epoch=step, train_loss=1 / step)
        qtbot.wait(20)
    assert window.transport.small.text() == "epoch · 11 steps"
    assert paints.count == 0


@pytest.fixture
def timeline(qtbot: QtBot) -> Timeline:
    made = Timeline()
    qtbot.addWidget(made)
    made.resize(420, 48)
    made.show_run(100, 400, (Mark(200, "lr 0.05 → 0.02"),))
    return made


@pytest.mark.parametrize(("fraction", "step"), [(0.0, 0), (0.5, 200), (1.0, 400), (1.2, 400)])
def test_click_on_the_timeline_seeks_that_step(qtbot: QtBot, timeline: Timeline, fraction: float, step: int) -> None:
    with qtbot.waitSignal(timeline.sought) as sought:
        x = int(MARGIN + 400 * fraction) if fraction <= 1 else 419
        qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(x, 24))
    assert sought.args == [step]


def test_playhead_stays_in_the_hand_while_frames_come(qtbot: QtBot, timeline: Timeline) -> None:
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=QPoint(int(MARGIN) + 300, 24))
    timeline.show_run(111, 400, ())
    assert timeline.value() == 300
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton)
    timeline.show_run(111, 400, ())
    assert timeline.value() == 111


@pytest.mark.parametrize("kind", ["run", "pass"])
def test_timeline_paints_something_of_both_kinds(timeline: Timeline, kind: str) -> None:
    blank = Timeline()
    blank.resize(timeline.size())
    if kind == "pass":
        timeline.show_pass(PHASES, 3)
    assert timeline.grab().toImage() != blank.grab().toImage()
    blank.deleteLater()


def test_words_for_where_the_run_stands(session: FakeSession) -> None:
    frame = replace(session.frame, step=10, batches_per_epoch=17)
    assert position_words(replace(frame, step=0)) == "At the start"
    assert position_words(replace(frame, epoch=149, batch=0)) == "Paused after epoch 149"
    assert position_words(replace(frame, epoch=149, batch=3)) == "Paused in epoch 150 · batch 3 of 17"
    assert position_words(replace(frame, state="running", epoch=2)) == "Training · epoch 3 · batch 1 of 17"
    assert position_words(replace(frame, trace=small_trace(), cursor=1)) == "Forward, h: weighted sums"


def test_words_for_the_loss_name_its_convention(session: FakeSession) -> None:
    assert loss_words(replace(session.frame, train_loss=0.0136)) == "loss 0.0136 (mean, no ½)"
    assert loss_words(replace(session.frame, train_loss=math.nan)).startswith("loss not finite")
    assert loss_words(session.frame) == ""
    frame = replace(session.frame, train_loss=0.0136)
    assert "0.0136" in status_words(frame) and "0.0136" not in status_words(frame, is_hidden=True)


def test_half_is_spoken_of_only_where_books_differ_on_it() -> None:
    assert convention_words(Choice("squared_error", {"factor": 0.5})) == "mean, ½"
    assert convention_words(Choice("categorical_cross_entropy")) == "mean"
    assert convention_words(Choice("categorical_cross_entropy", {"factor": 2.0})) == "mean, × 2"


def test_each_step_size_keeps_a_speed_of_its_own(window: MainWindow) -> None:
    speed = window.transport.speed
    fast = speed.rate()
    window.run.use_size("operation")
    assert speed.rate() < 2
    speed.slider.setValue(20)
    slow = speed.rate()
    window.run.use_size("batch")
    assert speed.rate() == fast
    window.run.use_size("operation")
    assert speed.rate() == slow == window.run.rate


def test_frame_of_the_document_before_sets_nothing_going(window: MainWindow, session: FakeSession) -> None:
    frame = show(window, session, state="running")
    session.calls.clear()
    window.run.use_rate(2.0)
    assert [call[0] for call in session.calls] == ["play"]
    window.run.frame = replace(frame, document=replace(frame.document, title="before"))
    session.calls.clear()
    window.run.use_rate(3.0)
    assert session.calls == []
