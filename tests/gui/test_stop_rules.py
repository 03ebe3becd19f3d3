"""Breakpoints in the window: every rule is set by hand, pauses at the first batch where it holds, and says so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlviz.core.callbacks import callbacks
from dlviz.core.choice import chosen
from dlviz.gui.forms.watch import WatchForm
from dlviz.gui.selection import Selected
from dlviz.session.edits import set_split
from tests.gui.robot import Key, Robot
from tests.gui.test_plan_forms import content, pick, rows, shown, type_into, watching
from tests.unit.session.test_callbacks import BATCHES, RULES, Walked, by_hand, document, expected_step, first

SICK = Path(__file__).parent.parent / "unit" / "session" / "sick"
QUICK = 30.0  # a learning rate at which units die


@pytest.fixture(scope="module")
def lines() -> Walked:
    return by_hand(document(), BATCHES)


@pytest.fixture
def robot(robot_on_canvas: Robot) -> Robot:
    return robot_on_canvas


def opened(robot: Robot, lr: float = 0.3) -> WatchForm:
    """Open a document that stands at its start, and the form of its stop rules."""
    robot.running.session.new(document(lr=lr))
    robot.settle()
    return watching(robot)


def set_rule(robot: Robot, form: WatchForm, rule: dict[str, Any]) -> None:
    """Add a rule and type its settings, as a person does."""
    pick(form, "callbacks", rule["kind"])
    for name, value in rule.items():
        if name in ("monitor", "every"):
            pick(form, name, value)
        elif name != "kind":
            type_into(robot, form, name, str(value))
    popup = robot.window.tools.chips._popup
    assert popup is not None
    popup.close()


def play(robot: Robot) -> None:
    robot.view.setFocus()
    robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.step > 0 and robot.frame.state == "paused")


def assert_said(robot: Robot, kind: str, step: int) -> None:
    assert robot.frame.step == step
    words = robot.window.status.words.text()
    assert words.startswith(f"{callbacks.get(kind).title} at batch {step}: ")
    assert "{" not in words


@pytest.mark.parametrize(("rule", "holds"), RULES, ids=[each[0]["kind"] for each in RULES])
def test_a_rule_set_in_the_form_pauses_at_the_first_batch_where_it_holds_and_says_so(
    robot: Robot, rule: dict[str, Any], holds: Callable[[dict[str, float]], bool], lines: Walked
) -> None:
    set_rule(robot, opened(robot), rule)
    play(robot)
    assert_said(robot, rule["kind"], expected_step(rule, holds, lines))


def test_a_plateau_pauses_at_the_end_of_the_epoch_that_the_textbook_names(robot: Robot, lines: Walked) -> None:
    set_rule(robot, opened(robot), {"kind": "plateau", "patience": 3, "min_delta": 0.02})
    play(robot)
    losses = [line["train_loss"] for line in lines if line["is_end"]]
    best, since, epoch = float("inf"), 0, 0
    while since < 3:
        better = best - losses[epoch] > 0.02
        best, since, epoch = (losses[epoch], 0, epoch + 1) if better else (best, since + 1, epoch + 1)
    assert_said(robot, "plateau", 5 * epoch)


def test_this_neuron_dies_begins_with_the_neuron_that_is_selected(robot: Robot) -> None:
    quick = by_hand(document(lr=QUICK), 60)
    robot.running.session.new(document(lr=QUICK))
    robot.settle()
    first_dead = first(quick, lambda line: line["dead"] > 0)
    form = watching(robot)
    pick(form, "callbacks", "unit_dies")
    assert robot.running.session.document.training.callbacks == (chosen("unit_dies", layer="h"),)
    play_closed(robot)
    assert_said(robot, "unit_dies", first_dead)
    values = robot.frame.parameters
    assert values is not None
    inputs = robot.running.session.prepared
    sums = inputs.inputs[inputs.train] @ values["h.W"].T + values["h.b"]
    dead = int((sums <= 0).all(axis=0).argmax())
    robot.running.session.new(document(lr=QUICK))
    robot.settle()
    robot.window.context.selection.select(Selected("unit", "h", dead))
    pick(watching(robot), "callbacks", "unit_dies")
    assert robot.running.session.document.training.callbacks == (chosen("unit_dies", layer="h", unit=dead + 1),)
    play_closed(robot)
    assert_said(robot, "unit_dies", first_dead)
    assert f"unit {dead + 1} of h is 0 for every training row" in robot.window.status.words.text()


def play_closed(robot: Robot) -> None:
    popup = robot.window.tools.chips._popup
    assert popup is not None
    popup.close()
    play(robot)


def test_the_layer_of_a_rule_is_chosen_among_those_that_there_are(robot: Robot) -> None:
    pick(watching(robot), "callbacks", "unit_dies")
    pick(content(robot), "layer", "h2")
    assert robot.running.session.document.training.callbacks == (chosen("unit_dies", layer="h2"),)
    box = shown(rows(content(robot))[0], "layer")
    assert [box.itemData(place) for place in range(box.count())] == ["h1", "h2", "o"]  # type: ignore[attr-defined]


def test_early_stopping_begins_with_rows_that_there_are(robot: Robot) -> None:
    robot.running.session.pause()
    robot.running.session.edit(set_split(robot.running.session.document, validation=0.0), "Split")
    pick(watching(robot), "callbacks", "early_stopping")
    assert robot.running.session.document.training.callbacks == (chosen("early_stopping", monitor="train_loss"),)
    before = robot.frame.step
    robot.running.session.play()
    robot.wait(lambda: robot.frame.step > before)  # the default, rows for validation, would stop the run at once


def test_a_breakpoint_set_after_the_fact_pauses_in_the_recorded_time_and_begins_no_other_run(
    robot: Robot, lines: Walked
) -> None:
    session = robot.running.session
    session.new(document())
    session.play()
    robot.wait(lambda: robot.frame.step > 200)
    session.pause()
    robot.wait(lambda: robot.frame.state == "paused")
    end = robot.frame.step
    session.home()
    robot.wait(lambda: robot.frame.step == 0)
    rule, holds = RULES[2]
    set_rule(robot, watching(robot), rule)
    play(robot)
    assert_said(robot, "score_above", first(lines, holds))
    assert [row.uid for row in robot.frame.runs] == [1]
    assert robot.frame.last_step == end


def test_a_batch_that_is_not_finite_pauses_the_run_before_it_and_says_where(robot: Robot) -> None:
    robot.running.session.open(SICK / "not_finite.json")
    robot.settle()
    play(robot)
    words = robot.window.status.words.text()
    assert words.startswith(f"Batch {robot.frame.step + 1} is not finite any more, first in ")


def test_home_is_the_same_initial_weights(robot: Robot) -> None:
    robot.running.session.new(document())
    frame = robot.settle()
    assert frame.parameters is not None
    first_weights = {name: values.tobytes() for name, values in frame.parameters.items()}
    robot.running.session.play()
    robot.wait(lambda: robot.frame.step > 100)
    robot.running.session.pause()
    robot.wait(lambda: robot.frame.state == "paused")
    for action in ("start", "reset"):
        robot.trigger(action)
        robot.wait(lambda: robot.frame.step == 0)
        assert robot.frame.parameters is not None
        assert {name: values.tobytes() for name, values in robot.frame.parameters.items()} == first_weights
        if action == "start":
            robot.trigger("end")
            robot.wait(lambda: robot.frame.step > 100)
