"""The list beside the pictures: every unit, link, curve and point with its number, by keyboard alone."""

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QWidget

from dlviz.gui import numbers
from dlviz.gui.listing.dialog import ListDialog
from dlviz.gui.listing.entries import MOST_POINTS, Entry, Listed, thinned
from dlviz.gui.selection import Selected
from dlviz.gui.widgets.plot import Plot
from dlviz.session.presets import example_document
from tests.gui.robot import CONTROL, Key, Robot


def standing(robot: Robot, cursor: int = 9) -> None:
    robot.start("step")
    robot.running.session.new(example_document())
    robot.settle()
    robot.running.session.walk_to(cursor)
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.cursor == cursor)
    canvas = robot.panel("canvas")
    robot.wait(lambda: canvas.state.frame is not None and canvas.state.frame.cursor == cursor)


def opened(robot: Robot) -> ListDialog:
    robot.key(Key.Key_L, CONTROL)
    dialog = robot.window.findChild(ListDialog)
    assert dialog is not None and dialog.isVisible()
    return dialog


def flat(entries: tuple[Entry, ...]) -> list[Entry]:
    return [each for entry in entries for each in (entry, *flat(entry.parts))]


def by_place(dialog: ListDialog) -> dict[Selected, Entry]:
    return {entry.place: entry for entry in flat(dialog.drawn.entries)}


def test_every_unit_bias_and_link_is_listed_with_its_number(robot: Robot) -> None:
    standing(robot)
    found, frame = by_place(opened(robot)), robot.frame
    for layer, source in (("h", "x"), ("o", "h")):
        weights, biases = (np.asarray(frame.trace.before[f"{layer}.{name}"]) for name in "Wb")
        for (unit, k), weight in np.ndenumerate(weights):
            entry = found[Selected("link", layer, unit, source, k)]
            assert entry.value == numbers.number(weight)
            assert entry.name.startswith("Weight w")
        for unit, bias in enumerate(biases):
            assert found[Selected("bias", layer, unit)].value == numbers.number(bias)
            value = frame.trace.value(f"{layer}.a", 9)[0, unit]
            assert found[Selected("unit", layer, unit)].value == numbers.number(value)
    assert [found[Selected("input", "x", k)].value for k in (0, 1)] == ["0.05", "0.1"]


def test_what_is_not_computed_yet_says_so(robot: Robot) -> None:
    standing(robot, 1)
    assert by_place(opened(robot))[Selected("unit", "o", 0)].value == "not computed yet"


def test_the_keyboard_walks_the_list_and_enter_selects(robot: Robot) -> None:
    standing(robot)
    dialog = opened(robot)
    robot.wait(dialog.tree.hasFocus)
    model, tree = dialog.drawn, dialog.tree
    canvas = next(each.name for each in model.entries if any(part.place.layer == "h" for part in each.parts))
    tree.setCurrentIndex(model.find((canvas,)))
    spoken = []
    for key in (Key.Key_Right, Key.Key_Down, Key.Key_Right, Key.Key_Down, Key.Key_Down):
        robot.bot.keyClick(tree, key)
        spoken.append(tree.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole))
    assert all(spoken)
    robot.bot.keyClick(tree, Key.Key_Return)
    assert robot.window.context.selection.current == model.entry(tree.currentIndex()).place != Selected()


def test_numbers_follow_and_the_place_in_the_list_stays(robot: Robot) -> None:
    standing(robot)
    dialog = opened(robot)
    place = Selected("link", "h", 0, "x", 0)
    index = rows_of(dialog)[place]
    dialog.tree.setCurrentIndex(index)
    path = dialog.drawn.path(index)
    robot.running.session.set_parameter("h.W", (0, 0), 0.625)
    robot.wait(lambda: by_place(dialog)[place].value == "0.625")
    assert dialog.drawn.path(dialog.tree.currentIndex()) == path


def rows_of(dialog: ListDialog) -> dict[Selected, QModelIndex]:
    model, found = dialog.drawn, {}
    waiting = [model.index(row, 0) for row in range(model.rowCount())]
    while waiting:
        index = waiting.pop()
        found[model.entry(index).place] = index
        assert model.parent(index) == index.parent()
        waiting += [model.index(row, 0, index) for row in range(model.rowCount(index))]
    return found


@pytest.mark.parametrize("workspace", ["network", "step"])
def test_every_plot_on_show_is_listed_with_its_curves(robot: Robot, workspace: str) -> None:
    robot.start(workspace)
    if workspace == "network":
        robot.pause()
    first = robot.running.session.document.network.layers[0].id
    robot.window.context.selection.select(Selected("link", first, 0, "x", 0))
    robot.wait(lambda: robot.frame.explanation is not None and robot.panel("inspector").behind.origin.slope.isVisible())
    drawn = opened(robot).drawn
    listed = {entry.name: entry for entry in flat(drawn.entries)}
    plots = [each for each in robot.window.findChildren(Plot) if each.isVisible() and each.entries()]
    assert plots
    for plot in plots:
        assert [part.name for part in listed[plot.accessibleName()].parts] == [part.name for part in plot.entries()]
    slope = robot.panel("inspector").behind.origin.slope.plot
    curve = next(each for each in slope.entries() if each.name == "loss")
    x, y = slope.curve.getData()
    assert (curve.parts[0].name, curve.parts[0].value) == (numbers.number(x[0]), numbers.number(y[0]))
    assert len(curve.parts) == len(x)


def test_points_of_the_output_map_lead_to_their_rows(robot: Robot) -> None:
    robot.start("network")
    robot.wait(lambda: robot.frame.maps is not None)
    dialog = opened(robot)
    rows = [each for each in flat(dialog.drawn.entries) if each.place.kind == "sample"]
    points = robot.panel("output").map.frame.map.points
    assert len(rows) == len(points.places)
    first = rows[0]
    x, y = points.places[first.place.unit]
    assert first.value == f"{numbers.number(x, 3)}, {numbers.number(y, 3)}"


def test_a_hidden_result_is_not_in_the_list(robot: Robot) -> None:
    standing(robot, 4)
    robot.window.context.hide_results(True)
    found = by_place(opened(robot))
    assert found[Selected("unit", "o", 0)].value == "not computed yet"


def test_long_curves_are_listed_evenly_with_both_ends() -> None:
    listed = list(thinned(10_001))
    assert (listed[0], listed[-1], len(listed)) == (0, 10_000, MOST_POINTS)
    assert list(thinned(3)) == [0, 1, 2]


def test_what_lists_itself_is_a_widget_with_a_name(robot: Robot) -> None:
    standing(robot)
    drawing = [each for each in robot.window.findChildren(QWidget) if isinstance(each, Listed)]
    assert drawing
    assert all(each.accessibleName() or each is robot.panel("canvas") for each in drawing)
