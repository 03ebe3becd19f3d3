"""The health line: healthy or not in a few words, and a list that shows the place and cures it."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dlviz.core.health import Finding, symptoms
from dlviz.gui.health import CureButton, FindingView, HealthLine, finding_words
from dlviz.gui.selection import Selected
from dlviz.session.presets import first_document
from tests.gui.panel_stage import make_context, make_document, make_frame
from tests.gui.robot import Key, Robot

SICK = Path(__file__).parent.parent / "unit" / "session" / "sick"
HEALTHY = SICK.parent / "healthy"
EPOCHS = 40
STOPPING = {"not_finite", "no_way_back"}  # symptoms at which a training does not go on
LEFT = Qt.MouseButton.LeftButton
RATIO = {"layer": "h1", "last": "o", "ratio": 1e-5, "here": 1e-7, "there": 1e-2, "limit": 0.25**5}
FADING = Finding("vanishing", "h1", numbers=RATIO)
STUCK = 2e9  # squared price; no sigmoid comes below
COPIES = Finding("symmetric", "h1", 2, {"layer": "h1", "copies": "4", "units": "4"})


@pytest.fixture
def line(qtbot: QtBot) -> HealthLine:
    made = HealthLine(make_context(make_document()))
    qtbot.addWidget(made)
    return made


def show(line: HealthLine, *found: Finding) -> None:
    line.show_frame(make_frame(line._context, health=found))


def views(line: HealthLine) -> tuple[FindingView, ...]:
    assert line.list is not None
    return line.list.views


def test_the_line_counts_what_was_found(line: HealthLine) -> None:
    show(line)
    assert line.text() == "Healthy"
    show(line, FADING)
    assert line.text() == "1 thing to look at"
    show(line, FADING, COPIES)
    assert line.text() == "2 things to look at"
    assert "Vanishing gradient" in line.toolTip()


def test_a_document_that_cannot_train_has_no_health(line: HealthLine) -> None:
    line.show_frame(make_frame(line._context, health=None))
    assert line.isHidden()


def test_every_text_finds_all_its_numbers() -> None:
    sentence, evidence = finding_words(FADING)[1:]
    assert "1×10⁻⁵ times that in o" in sentence
    assert "0.000977" in evidence
    assert all(entry.sentence and entry.evidence and entry.source for entry in symptoms)


def test_the_list_selects_the_unit_it_is_about(line: HealthLine, qtbot: QtBot) -> None:
    show(line, COPIES)
    line.open()
    qtbot.mouseClick(views(line)[0].buttons[0], LEFT)
    assert line._context.selection.current == Selected("unit", "h1", 2)


def test_new_numbers_of_the_same_finding_leave_the_buttons_where_they_are(line: HealthLine) -> None:
    show(line, FADING)
    line.open()
    before = views(line)
    show(line, Finding("vanishing", "h1", numbers={**RATIO, "ratio": 2e-6}))
    assert views(line) == before
    assert "2×10⁻⁶" in before[0].sentence.text()


def test_a_cure_edits_the_document(line: HealthLine, qtbot: QtBot) -> None:
    show(line, FADING)
    line.open()
    cure = next(button for button in views(line)[0].buttons if isinstance(button, CureButton))
    qtbot.mouseClick(cure, LEFT)
    layers = line._context.session.document.network.layers
    assert [layer.settings["activation"].kind for layer in layers] == ["relu", "relu", "tanh"]
    assert line._context.session.edits == [("ReLU in hidden layers", "")]


def test_hidden_results_keep_the_list_closed(line: HealthLine) -> None:
    show(line, FADING)
    line._context.hide_results(True)
    assert not line.isEnabled()
    line._context.hide_results(False)
    assert line.isEnabled()


def test_nothing_can_be_opened_where_nothing_was_found(line: HealthLine) -> None:
    show(line)
    assert not line.isEnabled()
    assert "vanishing gradient" in line.toolTip()


def test_a_cure_in_the_window_makes_the_training_healthy_and_undo_brings_the_finding_back(robot: Robot) -> None:
    robot.start(file=SICK / "saturated.json")
    line = robot.window.status.health
    robot.wait(lambda: line.text() == "1 thing to look at")
    line.open()
    cure = next(button for button in views(line)[0].buttons if button.text() == "Draw weights anew")
    robot.bot.mouseClick(cure, LEFT)
    robot.wait(lambda: line.text() == "Healthy")
    robot.window.context.session.undo()
    robot.wait(lambda: line.text() == "1 thing to look at")


def test_a_cure_runs_beside_the_original_from_the_same_seed_and_both_curves_are_seen(robot: Robot) -> None:
    robot.start(file=SICK / "vanishing.json")
    session, line = robot.running.session, robot.window.status.health
    first_weights = robot.settle().parameters
    session.play()
    robot.wait(lambda: bool(line.found) and robot.frame.step > 30)
    session.pause()
    robot.wait(lambda: robot.frame.state == "paused")
    seed, end = session.document.seed, robot.frame.step
    line.open()
    cure = next(button for button in views(line)[0].buttons if isinstance(button, CureButton))
    label = cure.text()
    robot.bot.mouseClick(cure, LEFT)
    robot.wait(lambda: len(robot.frame.runs) == 2 and robot.frame.state == "paused" and robot.frame.step == end)
    original, cured = robot.frame.runs
    assert cured.origin.is_beside
    assert (cured.origin.parent, cured.origin.step, cured.origin.change) == (original.uid, 0, label)
    assert session.document.seed == seed
    robot.wait(lambda: len(robot.panel("curves").plot.labels()) == 2)
    session.home()
    robot.wait(lambda: robot.frame.step == 0)
    assert first_weights is not None and robot.frame.parameters is not None
    for name, values in first_weights.items():
        assert robot.frame.parameters[name].tobytes() == values.tobytes()


def test_a_nan_stops_at_the_operation_that_breaks_and_the_list_shows_it(robot: Robot) -> None:
    robot.start(file=SICK / "not_finite.json")
    robot.window.run.play()
    line = robot.window.status.health
    robot.wait(lambda: bool(line.found) and line.found[0].symptom == "not_finite")
    line.open()
    robot.bot.mouseClick(views(line)[0].buttons[0], LEFT)
    assert robot.window.context.workspace == "step"
    robot.wait(lambda: robot.frame.trace is not None and str(robot.frame.cursor) == line.found[0].numbers["operation"])
    assert robot.frame.trace is not None
    assert robot.frame.trace.steps[robot.frame.cursor - 1].formula == line.found[0].numbers["formula"]


def test_the_first_document_is_healthy(robot: Robot) -> None:
    robot.start()
    assert robot.window.context.session.document.title == first_document().title
    robot.wait(robot.window.status.health.isVisible)
    assert robot.window.status.health.text() == "Healthy"


def trained(robot: Robot, path: Path) -> list[tuple[str, ...]]:
    """Open a document, step forty epochs or until it breaks, and return what the line found on the way."""
    robot.start_on_canvas()
    robot.answers.path, robot.answers.keep = path, "discard"
    robot.trigger("open")
    robot.settle()
    seen: list[tuple[str, ...]] = [found(robot)]
    robot.key(Key.Key_5)
    for epoch in range(1, EPOCHS + 1):
        if STOPPING & set(seen[-1]):
            break
        robot.key(Key.Key_PageDown)
        robot.wait(lambda wanted=epoch: robot.frame.epoch >= wanted or bool(STOPPING & set(found(robot))))
        seen.append(found(robot))
    return seen


def found(robot: Robot) -> tuple[str, ...]:
    return tuple(finding.symptom for finding in robot.frame.health or ())


@pytest.mark.parametrize("path", sorted(SICK.glob("*.json")), ids=lambda path: path.stem)
def test_a_sick_document_shows_exactly_its_own_message(robot: Robot, path: Path) -> None:
    trained(robot, path)
    line = robot.window.status.health
    robot.wait(lambda: line.text() == "1 thing to look at")
    (finding,) = line.found
    assert finding.symptom == path.stem
    line.open()
    (view,) = views(line)
    assert view.sentence.text() and view.buttons


@pytest.mark.parametrize("path", sorted(HEALTHY.glob("*.json")), ids=lambda path: path.stem)
def test_a_healthy_document_shows_none_at_any_time(robot: Robot, path: Path) -> None:
    seen = trained(robot, path)
    assert len(seen) > 1 and not any(seen)
    assert robot.window.status.health.text() == "Healthy"


def test_prices_behind_a_sigmoid_are_cured_by_scaling_or_by_a_linear_output(robot: Robot) -> None:
    """Curriculum LOS-15, EX-17: the first car costs 2 499 910 000.81 at an output of 0.9; no training helps."""
    robot.start("step")
    robot.trigger("learn_prices")
    robot.settle()
    line = robot.window.status.health
    robot.wait(lambda: [each.symptom for each in line.found] == ["out_of_reach"])
    robot.window.context.selection.select(Selected("loss", "o"))
    card = robot.panel("inspector").behind.loss
    robot.wait(lambda: len(card.examples.table.numbers.lines) == 4)
    assert card.examples.table.shown()[0][-1] == pytest.approx(2499910000.81, rel=1e-12)
    for title in ("Scale the targets", "Linear output"):
        robot.wait(lambda: [each.symptom for each in line.found] == ["out_of_reach"])
        robot.running.session.step("epoch")
        robot.wait(lambda: robot.frame.step > 0 and robot.frame.train_loss > STUCK)
        line.open()
        robot.bot.mouseClick(next(each for each in views(line)[0].buttons if each.text() == title), LEFT)
        robot.wait(lambda: line.text() == "Healthy")
        for _ in range(60):
            robot.running.session.step("epoch")
        robot.wait(lambda: robot.frame.train_loss is not None and robot.frame.train_loss < STUCK / 100)
        robot.running.session.undo()
