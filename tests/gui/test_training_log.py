"""What happens to a run is marked on every time plot and listed in its log; curves are smoothed, not replaced."""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dlviz.core.choice import chosen
from dlviz.core.errors import SpecError
from dlviz.gui.panels.curves.panel import CurvesPanel
from dlviz.gui.panels.curves.series import Series
from dlviz.gui.panels.curves.smoothing import smoothed
from dlviz.gui.panels.distributions.panel import DistributionsPanel
from dlviz.gui.panels.runs.panel import RunsPanel
from dlviz.gui.status import left_words
from dlviz.gui.widgets.plot import Plot
from dlviz.gui.widgets.plot_marks import PlotMarks
from dlviz.session import edits
from dlviz.session.curves import Mark
from dlviz.session.run import Run
from dlviz.session.timeline import CLOSING, OPENING
from tests.gui.panel_stage import make_context, make_frame
from tests.gui.robot import Robot

RATE_MARK = "rate 0.02 → 0.5"


@pytest.fixture
def robot(robot_on_canvas: Robot) -> Robot:
    return robot_on_canvas


def at_epoch(robot: Robot, epoch: int) -> None:
    """Train to an epoch of the first run, and stand there."""
    session = robot.running.session
    session.edit(edits.set_training(session.document, callbacks=[chosen("stop_epoch", epoch=epoch)]), "stop rules")
    session.play("batch", float("inf"))
    robot.wait(lambda: robot.frame.state == "paused" and robot.frame.epoch == epoch)


def stand_at_start(robot: Robot) -> None:
    """Begin anew, standing: a slow machine may have trained far by now."""
    robot.running.session.new(robot.running.session.document)
    robot.settle()


def curves_of(robot: Robot) -> CurvesPanel:
    panel = robot.panel("curves")
    assert isinstance(panel, CurvesPanel)
    return panel


def distributions_of(robot: Robot) -> DistributionsPanel:
    robot.window.docks.open("distributions")
    panel = robot.panel("distributions")
    assert isinstance(panel, DistributionsPanel)
    return panel


def log_of(robot: Robot) -> RunsPanel:
    """Open the log of the runs panel, as a person does."""
    robot.window.docks.open("runs")
    panel = robot.panel("runs")
    assert isinstance(panel, RunsPanel)
    place = next(k for k in range(panel.which.count()) if panel.which.tabData(k) == "log")
    panel.which.setCurrentIndex(place)
    robot.wait(lambda: bool(panel.log.log.events))
    return panel


def test_a_rate_changed_at_epoch_50_moves_no_weight_and_marks_all_time_plots(robot: Robot) -> None:
    stand_at_start(robot)
    at_epoch(robot, 50)
    shades = distributions_of(robot)
    robot.wait(lambda: bool(shades.rows))
    before, step = robot.frame.parameters, robot.frame.step
    session = robot.running.session
    session.edit(edits.set_optimizer_setting(session.document, "lr", 0.5), "Change the learning rate")
    robot.wait(lambda: bool(robot.frame.marks) and robot.frame.marks[0].label == RATE_MARK)
    assert before is not None
    assert robot.frame.parameters is not None
    assert all(np.array_equal(before[name], values) for name, values in robot.frame.parameters.items())
    mark = Mark(step, RATE_MARK)
    robot.wait(lambda: mark in shades.rows[0].marks)
    assert mark in curves_of(robot).plot.marks_shown()
    assert mark in robot.window.transport.timeline._marks
    assert mark in shades.sizes.gradient.marks.shown
    assert mark in shades.sizes.ratio.marks.shown
    row = shades.rows[0]
    assert row.mark_at(row._x_of(step)) == RATE_MARK


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: edits.set_activation(d, "h1", "relu"), "activation of h1 Tanh → ReLU"),
        (lambda d: edits.set_frozen(d, "h1", True), "frozen h1"),
    ],
    ids=["activation", "freeze"],
)
def test_other_changes_during_training_are_marked_by_what_they_change(robot: Robot, change: object, words: str) -> None:
    session = robot.running.session
    robot.wait(lambda: robot.frame.step > 20)
    session.edit(change(session.document), "change")  # type: ignore[operator]
    robot.wait(lambda: words in [mark.label for mark in robot.frame.marks])
    robot.wait(lambda: words in [mark.label for mark in curves_of(robot).plot.marks_shown()])


def test_the_log_lists_changes_stops_and_notes_and_a_click_goes_there(robot: Robot) -> None:
    stand_at_start(robot)
    at_epoch(robot, 3)
    session = robot.running.session
    step = robot.frame.step
    session.edit(edits.set_optimizer_setting(session.document, "lr", 0.5), "Change the learning rate")
    session.describe_run(robot.frame.runs[0].uid, note="the fast one")
    at_epoch(robot, 6)
    panel = log_of(robot)
    model = panel.log.log
    robot.wait(lambda: len(model.events) == 5)
    cells = [model.cells(event)[1:] for event in model.events]
    assert cells == [
        ("0", "start", "Begun with seed 1"),
        ("0", "note", "the fast one"),
        ("3", "stop rule", f"Stop after an epoch at batch {step}: epoch 3 is done."),
        ("3", "change", RATE_MARK),
        ("6", "stop rule", f"Stop after an epoch at batch {2 * step}: epoch 6 is done."),
    ]
    index = model.index(3, 0)
    robot.bot.mouseClick(panel.log.viewport(), Qt.MouseButton.LeftButton, pos=panel.log.visualRect(index).center())
    robot.wait(lambda: robot.frame.step == step)
    robot.wait(lambda: model.here == 3)
    panel.copy()
    rows = list(csv.reader(StringIO(QApplication.clipboard().text())))
    assert rows[0] == ["step", "epoch", "kind", "event"]
    assert rows[4] == [str(step), "3", "change", RATE_MARK]


def test_a_note_stands_where_it_was_written_and_changes_no_number(robot: Robot, tmp_path: Path) -> None:
    stand_at_start(robot)
    at_epoch(robot, 3)
    panel = log_of(robot)
    step = robot.frame.step
    panel.happened.note.setFocus()
    robot.bot.keyClicks(panel.happened.note, "here it  turns")
    robot.bot.keyClick(panel.happened.note, Qt.Key.Key_Return)
    robot.wait(lambda: [event.kind for event in panel.log.log.events] == ["begin", "stop", "note"])
    words = f"{OPENING}here it turns{CLOSING}"
    assert panel.log.log.events[-1].words == words
    assert panel.happened.note.text() == ""
    robot.wait(lambda: (step, words) in [(mark.step, mark.label) for mark in curves_of(robot).plot.marks_shown()])
    at_epoch(robot, 6)
    by_hand = Run(robot.running.session.document)
    while by_hand.step < robot.frame.step:
        by_hand.advance(robot.frame.step - by_hand.step)
    assert robot.frame.parameters is not None
    for name, values in by_hand.parameters().items():
        assert np.array_equal(values, robot.frame.parameters[name]), name
    assert len(robot.frame.runs) == 1
    session = robot.running.session
    session.save(tmp_path / "noted.dlviz")
    session.open(tmp_path / "noted.dlviz")
    robot.settle()
    robot.wait(lambda: "note" in [event.kind for event in panel.log.log.events])


def test_an_edit_where_a_note_stands_keeps_it_and_undo_takes_it_back(robot: Robot) -> None:
    stand_at_start(robot)
    at_epoch(robot, 3)
    session = robot.running.session
    session.note("before the change")
    session.edit(edits.set_optimizer_setting(session.document, "lr", 0.5), "Change the learning rate")
    panel = log_of(robot)
    robot.wait(lambda: [event.kind for event in panel.log.log.events] == ["begin", "stop", "note", "edit"])
    session.undo()
    session.undo()
    robot.wait(lambda: [event.kind for event in panel.log.log.events] == ["begin", "stop"])


def test_a_note_in_the_past_leaves_what_was_recorded_after_it(robot: Robot) -> None:
    stand_at_start(robot)
    at_epoch(robot, 6)
    session, end = robot.running.session, robot.frame.step
    assert robot.frame.parameters is not None
    before = {name: values.copy() for name, values in robot.frame.parameters.items()}
    session.seek(20)
    robot.wait(lambda: robot.frame.step == 20)
    session.note("still flat")
    session.end()
    robot.wait(lambda: robot.frame.step == end and bool(robot.frame.marks))
    assert len(robot.frame.runs) == 1
    assert [mark.step for mark in robot.frame.marks if "still flat" in mark.label] == [20]
    assert all(np.array_equal(robot.frame.parameters[name], values) for name, values in before.items())


@pytest.mark.parametrize("words", ["", "   ", "x" * 201])
def test_an_empty_note_and_a_novel_are_refused(robot: Robot, words: str) -> None:
    with pytest.raises(SpecError, match="Expected a note of 1 to 200 characters"):
        robot.running.session.note(words)


def test_early_stopping_marks_the_best_epoch_and_brings_its_weights_back(robot: Robot) -> None:
    session = robot.running.session
    session.pause()
    rule = chosen("early_stopping", patience=3, monitor="validation_loss")
    fast = edits.set_optimizer_setting(session.document, "lr", 0.1)
    session.new(edits.set_training(fast, callbacks=[rule]))
    robot.settle()
    session.play("batch", float("inf"))
    robot.wait(lambda: bool(robot.frame.message) and robot.frame.state == "paused")
    best, held = robot.frame.marks
    assert (best.kind, held.kind) == ("best", "stop")
    assert held.step - best.step == 3 * robot.frame.batches_per_epoch, "it halts after the patience"
    assert robot.frame.step == best.step
    by_hand = Run(session.document)
    while by_hand.step < best.step:
        by_hand.advance(best.step - by_hand.step)
    assert robot.frame.parameters is not None
    for name, values in by_hand.parameters().items():
        assert np.array_equal(values, robot.frame.parameters[name]), name
    robot.wait(lambda: curves_of(robot).plot.marks_shown() == (best, held))
    line = curves_of(robot).plot.marks.lines[0]
    assert (line.value(), line.isVisible()) == (best.step, True)


def test_a_running_mean_is_that_of_the_textbook_where_points_are_equally_far_apart() -> None:
    values = np.random.default_rng(0).random(60)
    share, mean, expected = np.exp(-5 / 20), values[0], []
    for value in values:
        mean = share * mean + (1 - share) * value
        expected.append(mean)
    found = smoothed(Series(np.arange(60.0) * 5, values), 20.0)
    np.testing.assert_allclose(found.values, expected, rtol=1e-12)


def test_points_at_one_place_twice_as_far_count_as_one_step_back() -> None:
    found = smoothed(Series(np.array([0.0, 10.0]), np.array([1.0, 0.0])), 10 / np.log(2))
    assert found.values[1] == pytest.approx(0.5)


def test_smoothing_draws_the_mean_and_leaves_what_was_measured_faint(qtbot: QtBot) -> None:
    panel = CurvesPanel(make_context())
    qtbot.addWidget(panel)
    panel.resize(352, 200)
    panel.show()
    frame = make_frame(panel.context)
    panel.show_frame(frame)
    assert panel.plot.raw_train.getData()[0] is None or not len(panel.plot.raw_train.getData()[0])
    panel.smoothing.setValue(50)
    reach = panel.smoothing.reach(900)
    assert reach == pytest.approx(0.2 * 0.25 * 900)
    assert frame.curves is not None
    np.testing.assert_allclose(panel.plot.raw_train.getData()[1], frame.curves.train_loss)
    drawn = Series(frame.curves.steps.astype(float), frame.curves.train_loss)
    np.testing.assert_allclose(panel.plot.train.getData()[1], smoothed(drawn, reach).values)
    last = panel.context.number(float(frame.curves.train_loss[-1]), 3)
    assert panel.train.text() == f"train {last}", "numbers are those that were measured"
    assert "about 45 steps" in panel.smoothing.toolTip()


def test_words_of_marks_lie_on_no_others(qtbot: QtBot) -> None:
    plot = Plot("plot")
    qtbot.addWidget(plot)
    plot.resize(300, 160)
    with qtbot.waitExposed(plot):
        plot.show()
    marks = PlotMarks(plot)
    plot.set_range((0.0, 100.0), (0.0, 1.0))
    shown = [Mark(step, f"rate 0.{step} → 0.5") for step in (10, 12, 14, 90, 95)]
    marks.show(shown)
    qtbot.wait(50)  # the scene places words as it is painted
    boxes = [line.label.sceneBoundingRect() for line in marks.lines if line.label.isVisible()]
    assert len(boxes) == len(marks.words()) >= 4
    overlaps = [a.intersected(b) for k, a in enumerate(boxes) for b in boxes[:k]]
    assert all(min(box.width(), box.height()) <= 9 for box in overlaps), "but for their margins"
    area = plot.getViewBox().sceneBoundingRect()
    assert all(box.left() >= area.left() - 1 and box.right() <= area.right() + 8 for box in boxes)


def test_what_is_left_until_a_rule_stops_is_told(robot: Robot) -> None:
    document = edits.set_training(robot.running.session.document, callbacks=[chosen("stop_epoch", epoch=40)])
    frame = replace(
        robot.frame, state="running", document=document, epoch=10, batch=0, batches_per_epoch=18, steps_per_second=90.0
    )
    assert left_words(frame).replace("\N{NARROW NO-BREAK SPACE}", " ") == "25 % of 40 epochs, about 6 s left"
    assert left_words(replace(frame, state="paused")) == ""
    assert left_words(replace(frame, document=edits.set_training(document, callbacks=[]))) == ""
