"""Learning rules and computation graphs in the window: walked both ways, numbers read from the pictures."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from dlviz.gui.forms.settings import ChoiceForm
from dlviz.gui.panel import Panel
from dlviz.gui.panels.subject import SubjectPanel
from dlviz.gui.selection import Selected
from dlviz.gui.theme import theme_signals
from dlviz.gui.walks.boxes import Box, Link
from dlviz.gui.walks.roomy import MOST_ZOOM
from dlviz.session.messages import Frame
from dlviz.session.presets import step_document
from dlviz.session.subject_presets import EXAMPLES, letters
from tests.golden.example import Example
from tests.gui.robot import Key, Robot

DIGITS = 1e-10


def opened(robot: Robot, key: str) -> SubjectPanel:
    """Open an example by the Learn menu, and wait until its picture is there."""
    robot.start("step")
    robot.trigger(f"learn_{key}")
    title = next(example.make().title for example in EXAMPLES if example.key == key)
    robot.wait(lambda: robot.frame.document.title == title and robot.frame.peek is not None)
    robot.wait(lambda: panel(robot)._frame is robot.frame)
    return panel(robot)


def panel(robot: Robot) -> SubjectPanel:
    found = robot.panel("subject")
    assert isinstance(found, SubjectPanel)
    return found


def stand(robot: Robot) -> tuple[int, int]:
    return robot.frame.step, robot.frame.cursor


def go(robot: Robot, key: Key) -> Frame:
    """Press a key and wait until the picture shows where it led."""
    before = stand(robot)
    robot.key(key)
    robot.wait(lambda: stand(robot) != before and panel(robot)._frame is robot.frame)
    return robot.frame


def box(robot: Robot, name: str) -> Box:
    return next(each for each in panel(robot).boxes.shown.boxes if each.id == name)


def links_from(robot: Robot, name: str) -> list[Link]:
    shown = panel(robot).boxes.shown
    return [link for link in shown.links if shown.boxes[link.source].id == name]


def weights(robot: Robot) -> tuple[list[float], float]:
    """Return weights and bias as they stand above the edges."""
    names = [each.id for each in panel(robot).boxes.shown.boxes if each.id.startswith("x")]
    return [links_from(robot, name)[0].above for name in names], links_from(robot, "1")[0].above  # type: ignore[return-value]


def test_the_perceptron_log_is_walked_forward_and_back(robot: Robot) -> None:
    example = Example("EX-41")
    opened(robot, "perceptron_log")
    states, sums = [weights(robot)], []
    for line in example.expected["log"]:
        for _ in range(5):
            go(robot, Key.Key_PageDown)
        seen = {name: box(robot, f"{name}1").value for name in ("z", "a", "d", "e")}
        assert [seen["z"], seen["a"], seen["d"], seen["e"]] == pytest.approx(
            [line["v"], line["y"], line["d"], line["e"]], rel=DIGITS
        )
        assert weights(robot)[0] == pytest.approx(line["w"], rel=DIGITS)
        assert weights(robot)[1] == pytest.approx(line["b"], rel=DIGITS)
        states.append(weights(robot))
        sums.append(seen["z"])
    for expected, line in zip(reversed(states[:-1]), reversed(sums), strict=True):
        go(robot, Key.Key_PageUp)
        assert box(robot, "z1").value == line
        for _ in range(4):
            go(robot, Key.Key_PageUp)
        assert weights(robot) == expected
        assert box(robot, "z1").value is None  # not computed yet


def test_the_line_of_and_moves_until_all_points_are_right(robot: Robot) -> None:
    shown = opened(robot, "and")
    robot.key(Key.Key_4)  # by row
    sides = []
    for _ in range(40):
        go(robot, Key.Key_PageDown)
        sides.append(shown.plane.shown.side)
    a, b, c = sides[-1]
    assert sides[-1] == sides[-5]
    fires = [a * x + b * y + c >= 0 for x, y in shown.plane.shown.places.tolist()]
    assert fires == shown.plane.shown.classes.astype(bool).tolist()
    assert len(set(sides)) > 3, "it moved on the way"
    line = shown.plane.shown.lines[0]
    assert [a * x + b * y + c for x, y in line.ends] == pytest.approx([0, 0], abs=1e-12)
    robot.key(Key.Key_Home)
    robot.wait(lambda: robot.frame.step == 0 and shown._frame is robot.frame)
    assert shown.plane.shown.side == (0.0, 0.0, 0.0)


def test_one_step_of_the_delta_rule_stands_in_the_boxes(robot: Robot) -> None:
    example = Example("EX-38")
    opened(robot, "delta")
    while not (robot.frame.trace and robot.frame.cursor == len(robot.frame.trace.steps)):
        go(robot, Key.Key_PageDown)
    assert box(robot, "z1").value == pytest.approx(example["y"], rel=DIGITS)
    assert box(robot, "e1").value == pytest.approx(example["e"], rel=DIGITS)
    links = [links_from(robot, f"x{i}")[0] for i in (1, 2, 3)]
    assert [link.above for link in links] == pytest.approx(example.expected["w_new"], rel=DIGITS)
    assert [link.below for link in links] == pytest.approx(example.expected["dw"], rel=DIGITS)


def test_the_winner_alone_moves(robot: Robot) -> None:
    example = Example("EX-39")
    shown = opened(robot, "competitive")
    for _ in range(4):
        go(robot, Key.Key_PageDown)
    found = shown.plane.shown.prototypes
    np.testing.assert_allclose([each.at for each in found], example.expected["W_new"], rtol=DIGITS)
    assert [each.unit for each in found if each.is_winner] == [example["winner"]]
    assert [each.was is not None for each in found] == [False, True, False]


def test_a_letter_is_recalled_from_a_fifth_of_its_cells_flipped(robot: Robot) -> None:
    shown = opened(robot, "hopfield")
    while not (robot.frame.trace and robot.frame.cursor == len(robot.frame.trace.steps)):
        go(robot, Key.Key_PageDown)
    cue, state = shown.patterns.shown.shown
    assert sum(a != b for a, b in zip(cue.cells, letters()[0], strict=True)) == round(0.2 * 64)
    assert state.cells == tuple(letters()[0])
    energies = shown.patterns.shown.energies
    assert list(energies) == sorted(energies, reverse=True)


GRAPHS: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    # example, values by box, gradients by box
    "chain": ("EX-08", {"h": "h", "g": "g", "y": "y"}, {"y": "dy_df", "x": "dy_dx"}),
    "unit": ("EX-43", {"u": "u", "v": "v", "a": "a"}, {"w": "da_dw", "b": "da_db"}),
    "shared": ("EX-44", {"s1": "s1", "s2": "s2", "out": "out", "loss": "loss"}, {"w": "dL_dw"}),
    "paths": ("EX-45", {"out": "out", "loss": "loss"}, {"out": "dJ_dout", "w11": "dJ_dw11"}),
}


@pytest.mark.parametrize("key", GRAPHS)
def test_a_graph_is_walked_forward_and_back(robot: Robot, key: str) -> None:
    name, values, gradients = GRAPHS[key]
    example = Example(name)
    opened(robot, key)
    length = len(robot.frame.peek.steps) if robot.frame.peek else 0
    pictures = [panel(robot).boxes.shown]
    for _ in range(length):
        go(robot, Key.Key_PageDown)
        pictures.append(panel(robot).boxes.shown)
    assert len(set(pictures)) == length + 1, "every step shows something new"
    for each, place in values.items():
        assert box(robot, each).value == pytest.approx(example[place], rel=DIGITS)
    for each, place in gradients.items():
        assert box(robot, each).below == pytest.approx(example[place], rel=DIGITS)
    robot.key(Key.Key_PageDown)  # there is no further
    for picture in reversed(pictures[:-1]):
        go(robot, Key.Key_PageUp)
        assert panel(robot).boxes.shown == picture
    robot.key(Key.Key_End)
    robot.wait(lambda: robot.frame.cursor == length and panel(robot)._frame is robot.frame)
    assert panel(robot).boxes.shown == pictures[-1]


def test_a_shared_weight_adds_up_the_gradients_below_its_edges(robot: Robot) -> None:
    example = Example("EX-44")
    opened(robot, "shared")
    robot.key(Key.Key_4)
    go(robot, Key.Key_PageDown)
    uses = sorted(link.below or 0.0 for link in links_from(robot, "w"))
    assert uses == pytest.approx([example["path2"], example["path1"]], rel=DIGITS)
    assert box(robot, "w").is_summed
    assert box(robot, "w").below == pytest.approx(sum(uses), rel=DIGITS)


def facts(robot: Robot) -> dict[str, Any]:
    rows = [row._fact for row in robot.panel("inspector").facts.rows if not row.isHidden()]
    return {fact.label: fact.values[0] for fact in rows}


def test_both_paths_of_a_weight_stand_in_the_inspector(robot: Robot, qtbot: QtBot) -> None:
    example = Example("EX-45")
    shown = opened(robot, "paths")
    robot.key(Key.Key_4)
    go(robot, Key.Key_PageDown)
    shown.area.ensureVisible(*shown.boxes.box_rect("w11").center().toPoint().toTuple())
    robot.click(shown.boxes, shown.boxes.box_rect("w11").center().toPoint())
    robot.wait(lambda: robot.panel("inspector").isVisible() and "∂loss/∂w11" in facts(robot))
    listed = facts(robot)
    found = sorted(listed[f"through a1[1], a2[{unit}], out"] for unit in (1, 2))
    assert found == pytest.approx([example["path_via_a1_2"], example["path_via_a2_2"]], rel=DIGITS)
    assert listed["∂loss/∂w11"] == pytest.approx(sum(found), rel=DIGITS)


def test_a_typed_input_changes_everything_after_it_and_undo_brings_it_back(robot: Robot) -> None:
    example = Example("EX-43")
    shown = opened(robot, "unit")
    robot.key(Key.Key_4)
    go(robot, Key.Key_PageDown)
    robot.click(shown.boxes, shown.boxes.box_rect("b").center().toPoint())
    robot.wait(lambda: robot.panel("inspector").value.leaf is not None)
    robot.panel("inspector").value.typed.emit(-7.0)
    robot.wait(lambda: box(robot, "a").value == 0.0)
    assert box(robot, "w").below == example["da_dw_if_b_is_minus_7"]
    robot.trigger("undo")
    robot.wait(lambda: box(robot, "a").value == example["a"])
    robot.trigger("redo")
    robot.wait(lambda: box(robot, "a").value == 0.0)


def test_a_typed_weight_of_a_rule_is_undone(robot: Robot) -> None:
    opened(robot, "perceptron_log")
    robot.window.context.selection.select(Selected("link", "o", 0, "x", 1))
    robot.wait(lambda: robot.panel("inspector").value.leaf is not None)
    robot.panel("inspector").value.typed.emit(4.0)
    robot.wait(lambda: weights(robot)[0] == [0.5, 4.0, -0.5])
    robot.trigger("undo")
    robot.wait(lambda: weights(robot)[0] == [0.5, -1.0, -0.5])


def test_an_example_opens_while_a_network_trains_and_a_network_after_it(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.wait(lambda: robot.frame.step > 50)
    robot.trigger("learn_and")
    robot.wait(lambda: robot.frame.document.subject == "rule" and panel(robot).isVisible())
    assert not robot.panel("canvas").isVisible()
    robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.step > 2)
    assert panel(robot).rows.isVisible()
    robot.trigger("learn_unit")
    robot.wait(lambda: robot.frame.document.subject == "formula")
    robot.wait(lambda: not panel(robot).rows.isVisible())
    robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.cursor == 8 or robot.frame.step == 1, seconds=30)
    robot.trigger("learn_watch")
    robot.wait(lambda: robot.frame.document.subject == "network" and robot.frame.step > 20)
    assert robot.panel("canvas").isVisible()
    assert not panel(robot).isVisible()
    assert robot.message() == ""


@pytest.mark.parametrize("key", ["perceptron_log", "shared"])
def test_a_saved_walk_opens_again(robot: Robot, tmp_path: Path, key: str) -> None:
    opened(robot, key)
    robot.key(Key.Key_4)
    go(robot, Key.Key_PageDown)
    picture = panel(robot).boxes.shown
    robot.answers.path = tmp_path / "walk.dlviz"
    robot.trigger("save_as")
    robot.trigger("learn_chain")
    robot.wait(lambda: robot.frame.document.title == "y = f(g(h(x)))")
    robot.trigger("open")
    robot.wait(lambda: robot.frame.step == 1 and [each.id for each in panel(robot).boxes.shown.boxes]
               == [each.id for each in picture.boxes])  # fmt: skip
    if key == "shared":
        assert panel(robot).boxes.shown == picture
    else:
        assert [link.above for link in panel(robot).boxes.shown.links] == [link.above for link in picture.links]


def test_a_hidden_result_is_nowhere_in_the_picture(robot: Robot) -> None:
    shown = opened(robot, "unit")
    go(robot, Key.Key_PageDown)
    assert box(robot, "u").value == 6.0
    robot.key(Key.Key_H)
    robot.wait(lambda: robot.window.context.is_hidden)
    assert box(robot, "u").value is None
    assert "6" not in shown.boxes.accessibleDescription().replace("x", "")
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: box(robot, "u").value == 6.0)


def test_a_hidden_step_of_a_rule_shows_the_line_as_it_was(robot: Robot) -> None:
    shown = opened(robot, "and")
    for _ in range(4):
        go(robot, Key.Key_PageDown)
    before = shown.plane.shown
    go(robot, Key.Key_PageDown)
    assert shown.plane.shown.side == (0.0, 0.0, -1.0)
    robot.key(Key.Key_H)
    robot.wait(lambda: robot.window.context.is_hidden)
    assert shown.plane.shown.side == before.side == (0.0, 0.0, 0.0)
    assert "wrong now" not in shown.words.text()


def test_every_example_stands_in_the_learn_menu_and_draws(robot: Robot) -> None:
    robot.start("step")
    menu = robot.window.menus["learn"]
    submenus = [each for each in menu.findChildren(QMenu) if each.title()]
    listed = {action.objectName() for each in submenus for action in each.actions()}
    assert {f"learn_{example.key}" for example in EXAMPLES} <= listed
    assert len([action for action in menu.actions() if not action.isSeparator()]) <= 12
    for example in EXAMPLES:
        robot.trigger(f"learn_{example.key}")
        robot.wait(lambda: panel(robot).title.text() == robot.frame.document.title and robot.frame.peek is not None)
        robot.key(Key.Key_PageDown)
        robot.wait(lambda: robot.frame.cursor == 1 and panel(robot)._frame is robot.frame)
        assert panel(robot).stack.currentWidget() is not None


def test_rows_that_are_answered_wrongly_are_marked_until_there_are_none(robot: Robot) -> None:
    shown = opened(robot, "and")
    robot.key(Key.Key_4)
    counts = []
    for _ in range(40):
        frame = go(robot, Key.Key_PageDown)
        plane = shown.plane.shown
        assert plane.side is not None
        a, b, c = plane.side
        fires = [a * x + b * y + c >= 0 for x, y in plane.places.tolist()]
        expected = [row for row, fired in enumerate(fires) if fired != bool(plane.classes[row])]
        assert list(plane.wrong) == expected == list(frame.wrong or ())
        counts.append(len(plane.wrong))
    assert counts[0] > 0
    assert counts[-1] == 0
    assert "0 of 4 rows wrong now" in shown.words.text()


def test_a_formula_is_typed_over_and_a_wrong_one_changes_nothing(robot: Robot) -> None:
    shown = opened(robot, "typed")
    robot.click(shown.line)
    shown.line.selectAll()
    robot.text("c = a*a + b*h")
    robot.key(Key.Key_Return)
    robot.wait(lambda: robot.frame.document.formula.text == "c = a*a + b*h" and panel(robot)._frame is robot.frame)
    assert dict(robot.frame.document.formula.inputs) == {"a": 1.0, "b": -0.4, "h": 1.0}
    assert {each.id for each in shown.boxes.shown.boxes if each.is_leaf} == {"a", "b", "h"}
    robot.text(" + import os")
    robot.key(Key.Key_Return)
    robot.wait(lambda: robot.message() != "")
    assert robot.window.context.session.document.formula.text == "c = a*a + b*h"
    robot.trigger("undo")
    robot.wait(lambda: shown.line.text() == "z = w*x + b; y = tanh(z)")


def test_the_rule_and_its_rate_are_changed_in_the_form_of_its_chip(robot: Robot) -> None:
    opened(robot, "delta")
    chips = robot.window.tools.chips
    assert [chip.isVisible() for chip in (chips.rule, chips.loss, chips.batch)] == [True, False, False]
    robot.click(chips.rule)
    robot.wait(lambda: chips._popup is not None and chips._popup.isVisible())
    form = chips._popup.findChild(ChoiceForm)
    form.form.changed.emit("lr", 0.5)
    assert robot.window.context.session.document.rule.settings["lr"] == 0.5
    form.kinds.activated.emit(form.kinds.findData("hebb"))
    assert robot.window.context.session.document.rule.kind == "hebb"
    form.kinds.activated.emit(form.kinds.findData("perceptron"))  # whose labels are 0 and 1, not 1.5
    assert robot.window.context.session.document.rule.kind == "hebb"
    assert "labels" in robot.message()
    robot.trigger("undo")
    robot.trigger("undo")
    robot.wait(lambda: robot.frame.document.rule.settings["lr"] == 0.1)


def test_a_rule_learns_from_the_data_that_were_shown(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.wait(lambda: robot.frame.step > 0)
    robot.trigger("learn_rule_on_data")
    robot.wait(lambda: robot.frame.document.subject == "rule" and robot.frame.peek is not None)
    robot.wait(lambda: panel(robot)._frame is robot.frame)
    assert robot.frame.document.rule.kind == "perceptron"
    assert len(panel(robot).plane.shown.places) == 250


def test_an_edge_can_be_clicked_and_reached_by_keys(robot: Robot) -> None:
    shown = opened(robot, "unit")
    assert "a: not computed" in shown.boxes.accessibleDescription()
    for _ in range(5):
        go(robot, Key.Key_PageDown)
    number = next(n for n, link in enumerate(shown.boxes.shown.links) if link.place.layer == "v" and link.above == 6)
    robot.click(shown.boxes, shown.boxes.link_point(number).toPoint())
    assert robot.window.context.selection.current == Selected("link", "v", 0, "u")
    robot.wait(lambda: facts(robot).get("u") == 6.0)
    robot.key(Key.Key_Right)
    assert robot.window.context.selection.current == shown.boxes.shown.links[number + 1].place


def shown_panels(robot: Robot) -> list[str]:
    return sorted(each.key for each in robot.window.findChildren(Panel) if each.isVisible())


def test_panels_that_say_nothing_about_a_formula_are_closed_and_come_back(robot: Robot) -> None:
    robot.start()
    before = shown_panels(robot)
    robot.trigger("learn_unit")
    robot.trigger("workspace_network")
    robot.wait(lambda: shown_panels(robot) == ["subject"])
    robot.trigger("learn_and")
    robot.trigger("workspace_network")
    robot.wait(lambda: shown_panels(robot) == ["curves", "data", "subject"])
    robot.trigger("learn_watch")
    robot.wait(lambda: shown_panels(robot) == before)


def walked_to_the_end(robot: Robot, key: str) -> Example:
    """Open a graph, walk it to its end operation by operation, and return the example that it is."""
    opened(robot, key)
    while not (robot.frame.trace and robot.frame.cursor == len(robot.frame.trace.steps)):
        go(robot, Key.Key_PageDown)
    return Example(GRAPHS[key][0])


def ways_of(robot: Robot, name: str) -> dict[str, float]:
    """Return the paths that the inspector lists for an input."""
    robot.window.context.selection.select(Selected("unit", name))
    robot.wait(lambda: robot.panel("inspector").isVisible() and f"∂loss/∂{name}" in facts(robot))
    return {label: value for label, value in facts(robot).items() if label.startswith("through")}


def test_every_number_of_the_shared_weight(robot: Robot) -> None:
    example = walked_to_the_end(robot, "shared")
    for place in ("s1", "s2", "out", "loss"):
        example.check(place, box(robot, place).value)
    example.check("dL_dw", box(robot, "w").below)
    first, second = sorted(ways_of(robot, "w").values(), reverse=True)
    example.check("path1", first)
    example.check("path2", second)
    example.assert_everything_compared()


def test_every_number_of_the_two_paths(robot: Robot) -> None:
    example = walked_to_the_end(robot, "paths")
    for layer in (1, 2):
        example.check(f"a_layer{layer}", [box(robot, f"a{layer}[{unit}]").value for unit in (1, 2)])
    for place in ("out", "loss"):
        example.check(place, box(robot, place).value)
    example.check("dJ_dout", box(robot, "out").below)
    example.check("dJ_dw11", box(robot, "w11").below)
    ways = ways_of(robot, "w11")
    for unit in (1, 2):
        example.check(f"path_via_a{unit}_2", ways[f"through a1[1], a2[{unit}], out"])
    assert not any("a1[2]" in way for way in ways), "w11 feeds the first unit alone"
    example.leave("second_path_if_index_error_is_followed", "what is not a path is not listed: held above")
    example.assert_everything_compared()


def log_line(robot: Robot) -> dict[str, Any]:
    """Walk one row of the perceptron and tell it as the notes do."""
    for _ in range(5):
        go(robot, Key.Key_PageDown)
    frame = robot.frame
    assert frame.trace is not None
    line = {name: box(robot, f"{letter}1").value for name, letter in zip("vyde", "zade", strict=True)}
    return {"epoch": frame.trace.epoch + 1, "sample": int(frame.trace.rows[0]) + 1, **line,
            "w": weights(robot)[0], "b": weights(robot)[1]}  # fmt: skip


def test_every_number_of_the_perceptron_log(robot: Robot) -> None:
    example = Example("EX-41")
    opened(robot, "perceptron_log")
    log = [log_line(robot) for _ in range(6)]
    example.check("log", log)
    example.check("final_w", log[-1]["w"])
    example.check("final_b", log[-1]["b"])
    example.check("epochs_until_no_error", max(line["epoch"] for line in log if line["e"] != 0) + 1)
    session = robot.running.session
    rows = session.document.data.dataset
    other = replace(rows, inputs=np.array([[1.0, -1, -1], [1, 1, 1]]))
    session.new(replace(session.document, data=replace(session.document.data, dataset=other)))
    robot.wait(lambda: robot.frame.document is session.document and robot.frame.peek is not None)
    robot.wait(lambda: panel(robot)._frame is robot.frame)
    example.check("log_if_x2_is_1_1_1", [log_line(robot) for _ in range(4)])
    example.assert_everything_compared()


def test_the_nearest_stored_row_answers(robot: Robot) -> None:
    example = Example("EX-40")
    shown = opened(robot, "nearest")
    for _ in range(3):
        go(robot, Key.Key_PageDown)
    distances = []
    for unit in range(3):
        robot.window.context.selection.select(Selected("unit", "o", unit))
        robot.wait(lambda: robot.panel("inspector").isVisible() and "sum or distance" in facts(robot))
        distances.append(facts(robot)["sum or distance"])
    example.check("distances", distances)
    winners = [each for each in shown.plane.shown.prototypes if each.is_winner]
    example.check("nearest", winners[0].unit)
    example.check("predicted", winners[0].label)
    assert len(winners) == 1
    example.assert_everything_compared()


def test_a_random_point_pushes_the_line_where_it_is_wrong(robot: Robot) -> None:
    shown = opened(robot, "trick")
    robot.key(Key.Key_4)
    rows, moved, side = [], 0, (1.0, 0.5, 0.0)
    for _ in range(25):
        go(robot, Key.Key_PageDown)
        plane, trace = shown.plane.shown, robot.frame.trace
        assert trace is not None
        assert (plane.side != side) == bool(trace.value("o.e", 99)), "the line moves where the point is wrong"
        rows.append(plane.current)
        moved += plane.side != side
        side = plane.side
    assert len(set(rows)) > 8 and rows != sorted(rows), "any row may come next"
    assert moved > 0


def test_the_form_of_a_rule_closes_with_its_document(robot: Robot) -> None:
    opened(robot, "delta")
    robot.click(robot.window.tools.chips.rule)
    popup = robot.window.tools.chips._popup
    assert popup is not None and popup.isVisible()
    robot.running.session.new(step_document())
    robot.wait(lambda: not popup.isVisible())


def test_a_graph_a_little_too_large_is_shown_smaller_and_a_far_larger_one_is_scrolled(robot: Robot) -> None:
    shown = opened(robot, "shared")
    area, view, wanted = shown.area, shown.boxes, shown.boxes.minimumSizeHint()
    area.setFixedSize(round(0.9 * wanted.width()), round(0.85 * wanted.height()))
    robot.wait(lambda: view.zoom == pytest.approx(0.85, abs=0.01))
    assert view.size() == area.maximumViewportSize()
    assert all(QRectF(view.rect()).contains(view.box_rect(box.id)) for box in view.shown.boxes)
    assert view.place_at(view.box_rect("s1").center()) == Selected("unit", "s1")
    area.setFixedSize(2 * wanted)
    robot.wait(lambda: view.zoom == MOST_ZOOM)
    area.setFixedSize(round(0.5 * wanted.width()), wanted.height())
    robot.wait(lambda: view.zoom == 1.0)
    assert view.width() == wanted.width()


def test_the_step_in_hand_is_seen_where_the_graph_is_larger_than_its_room(robot: Robot) -> None:
    theme_signals.use("projector")
    found = opened(robot, "shared")
    robot.window.docks.open("inspector")
    area = found.area
    robot.wait(lambda: area.horizontalScrollBar().maximum() > 0)
    for _ in range(len(robot.frame.peek.steps)):
        go(robot, Key.Key_PageDown)
        lit = found.boxes.lit_rect().toAlignedRect().translated(found.boxes.pos())
        assert not lit.isEmpty()
        assert lit.right() > 0 and lit.left() < area.viewport().width()
        narrow = lit.width() <= area.viewport().width()
        assert not narrow or area.viewport().rect().contains(lit)
