"""Buttons, toggles and marks above the picture of a walk: passes, views of the delta rule, phases of competition."""

import pytest
from PySide6.QtCore import QPoint

from dlviz.gui.panels.subject import SubjectPanel
from dlviz.session.edits.subject import set_rule
from tests.golden.example import Example
from tests.gui.robot import Key, Robot
from tests.gui.test_subjects import box, go, links_from, opened, panel


def test_two_buttons_go_through_a_graph_in_opposite_directions(robot: Robot) -> None:
    example = Example("EX-43")
    shown = opened(robot, "unit")
    robot.click(shown.controls.forward)
    robot.wait(lambda: box(robot, "a").value == example["a"] and panel(robot)._frame is robot.frame)
    assert shown.boxes.shown.phase == "forward"
    assert all(link.is_lit and link.below is None for link in shown.boxes.shown.links)
    robot.click(shown.controls.backward)
    robot.wait(lambda: box(robot, "w").below == example["da_dw"])
    assert shown.boxes.shown.phase == "backward"
    assert {link.is_lit for link in shown.boxes.shown.links if link.below is not None} == {True}
    go(robot, Key.Key_PageUp)
    assert sum(link.is_lit for link in shown.boxes.shown.links) == 1, "one step is lit again"
    robot.click(shown.controls.forward)
    robot.wait(lambda: box(robot, "w").below is None and shown.boxes.shown.phase == "forward")


def walked(robot: Robot) -> None:
    """Walk the row in hand to its end."""
    while not (robot.frame.trace and robot.frame.cursor == len(robot.frame.trace.steps)):
        go(robot, Key.Key_PageDown)


def numbers(robot: Robot) -> tuple[list[float | None], ...]:
    links = [links_from(robot, f"x{i}")[0] for i in (1, 2, 3)]
    return [link.below for link in links], [link.above for link in links]


def formulas(robot: Robot) -> list[str]:
    return [row.text for row in robot.panel("steps").model.rows if not row.is_heading]


def test_both_views_of_the_delta_rule_make_the_identical_step(robot: Robot) -> None:
    example = Example("EX-38")
    shown = opened(robot, "delta")
    walked(robot)
    descent, told = numbers(robot), formulas(robot)
    assert "∂E/∂W = −e xᵀ" in told and "ΔW = −η ∂E/∂W" in told
    shown.controls.view.setCurrentIndex(1)
    robot.wait(lambda: robot.frame.document.rule.settings.get("view") == "correction")
    robot.trigger("reset")
    robot.wait(lambda: robot.frame.step == 0 and robot.frame.peek is not None and panel(robot)._frame is robot.frame)
    walked(robot)
    assert numbers(robot) == descent, "bit for bit"
    assert descent[0] == pytest.approx(example.expected["dw"], rel=1e-10)
    assert "ΔW = η e xᵀ" in formulas(robot) and not any("∂E" in each for each in formulas(robot))
    robot.trigger("undo")
    robot.wait(lambda: shown.controls.view.key() == "descent")


def strip(shown: SubjectPanel) -> tuple[int, str]:
    return shown.controls.phases.current, shown.controls.phases.accessibleName()


def test_the_phases_of_a_map_are_marked_one_after_the_other(robot: Robot) -> None:
    shown = opened(robot, "map")
    assert strip(shown) == (-1, "Phase: not begun")
    seen = []
    for _ in range(6):
        go(robot, Key.Key_PageDown)
        seen.append(strip(shown)[1].removeprefix("Phase: "))
    assert seen == ["competition", "competition", "co-operation", "co-operation", "updating", "updating"]


def test_without_a_map_nobody_co_operates(robot: Robot) -> None:
    shown = opened(robot, "competitive")
    assert shown.controls.phases.words[1].text() == "(no co-operation)"
    assert not shown.controls.radius.isVisible()
    go(robot, Key.Key_PageDown)
    assert strip(shown) == (0, "Phase: competition")


def shares(robot: Robot) -> list[float]:
    return [each.share for each in panel(robot).plane.shown.prototypes]


def test_a_smaller_neighbourhood_lets_fewer_units_learn(robot: Robot) -> None:
    shown = opened(robot, "map")
    for _ in range(4):
        go(robot, Key.Key_PageDown)
    wide = sum(shares(robot))
    robot.drag_slider(shown.controls.radius.slider, [0.25, 0.05])
    robot.wait(lambda: robot.frame.document.rule.settings["radius"] < 1)
    robot.trigger("reset")
    robot.wait(lambda: robot.frame.step == 0 and robot.frame.peek is not None and panel(robot)._frame is robot.frame)
    for _ in range(4):
        go(robot, Key.Key_PageDown)
    assert sum(shares(robot)) < 0.5 * wide
    robot.trigger("undo")
    robot.wait(lambda: shown.controls.radius.value() == pytest.approx(2.5, abs=0.01))


def test_errors_per_epoch_fall_to_none(robot: Robot) -> None:
    example = Example("EX-41")
    shown = opened(robot, "perceptron_log")
    robot.key(Key.Key_4)
    for _ in range(6):
        go(robot, Key.Key_PageDown)
    wrong = [line["epoch"] for line in example.expected["log"] if line["e"] != 0]
    assert shown.mistakes.errors.counts == tuple(wrong.count(epoch) for epoch in (1, 2, 3)) == (2, 1, 0)
    assert shown.mistakes.isVisible()
    assert shown.mistakes.accessibleDescription() == "wrong answers by epoch: 2, 1, 0"
    robot.click(shown.mistakes, shown.mistakes.point(0).toPoint())
    robot.wait(lambda: robot.frame.step == 2 and panel(robot)._frame is robot.frame)


def test_the_boundary_and_its_errors_are_shown_together(robot: Robot) -> None:
    shown = opened(robot, "and")
    robot.key(Key.Key_5)
    for _ in range(9):
        go(robot, Key.Key_PageDown)
    assert len(shown.mistakes.errors.counts) == 9 and shown.mistakes.errors.counts[-1] == 0
    assert shown.plane.isVisible() and shown.plane.shown.side is not None
    robot.trigger("learn_map")
    robot.wait(lambda: robot.frame.document.rule.kind == "som" and panel(robot)._frame is robot.frame)
    assert not shown.mistakes.isVisible()


def test_a_test_point_is_put_down_and_answered_by_its_nearest_row(robot: Robot) -> None:
    shown = opened(robot, "nearest")
    assert shown.plane.shown.asks and shown.plane.shown.answer is None
    stored = [each.at for each in shown.plane.shown.prototypes]
    spot = shown.plane.pixel(-0.3, 0.1)
    robot.click(shown.plane, spot.toPoint())
    robot.wait(lambda: shown.plane.shown.answer is not None)
    ((point, end),) = shown.plane.shown.rays
    assert point == pytest.approx((-0.3, 0.1), abs=0.05)
    assert end == stored[0] == (0.0, 0.0)
    assert shown.plane.shown.answer == 0
    assert "answered 0" in shown.words.text()
    robot.click(shown.plane, shown.plane.pixel(2.5, 2.9).toPoint())
    robot.wait(lambda: shown.plane.shown.answer == 1)
    assert shown.plane.shown.rays[0][1] == stored[2]
    for _ in range(3):
        go(robot, Key.Key_PageUp)
    assert shown.plane.shown.answer is None and shown.plane.shown.rays == ()
    robot.trigger("undo")
    robot.trigger("undo")
    robot.wait(lambda: shown.plane.shown.places.tolist() == [[0.9, 0.4]])


def test_stored_rows_can_be_asked_after_learning_from_data(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.wait(lambda: robot.frame.step > 0)
    robot.trigger("learn_rule_on_data")
    robot.wait(lambda: robot.frame.document.subject == "rule" and panel(robot)._frame is robot.frame)
    session = robot.running.session
    session.edit(set_rule(session.document, "nearest_neighbour"), "rule")
    shown = panel(robot)
    robot.wait(lambda: shown.plane.shown.asks)
    corner = shown.plane.area().topLeft().toPoint()
    robot.click(shown.plane, corner + QPoint(4, 4))
    robot.wait(lambda: shown.plane.shown.answer is not None)
    assert len(shown.plane.shown.prototypes) == 175, "the training rows"
    assert len(shown.plane.shown.places) == 1
