"""Somebody chooses the profile PyTorch, sets up a race by hand and reads PyTorch's numbers off the window."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from dlviz.gui.forms.conventions import ConventionsForm
from dlviz.gui.forms.race import EntrantForm
from dlviz.gui.panels.race.panel import RacePanel
from dlviz.gui.panels.surface.panel import SurfacePanel
from dlviz.gui.widgets.form import LineField
from dlviz.session.format.document import document_from_json
from tests.golden.race_paths import GOLDEN, STEPS, TOLERANCE, assert_same
from tests.gui.robot import Key, Robot, close_window, robot_at_window

WRITTEN = {"rosenbrock": "(1-x)**2 + 100*(y-x**2)**2"}


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    made.start_on_canvas()
    robot_chooses_pytorch(made)
    made.window.use_workspace("optimizers")
    walked(made)
    yield made
    close_window(made)


def robot_chooses_pytorch(robot: Robot) -> None:
    robot.click(robot.window.tools.chips.conventions)
    popup = robot.window.tools.chips._popup
    assert popup is not None
    form = popup.content.findChild(ConventionsForm) or popup.content
    (box,) = (each for each in form.findChildren(QComboBox, "profile") if each.isVisible())
    box.setCurrentIndex(box.findData("pytorch"))
    box.activated.emit(box.currentIndex())
    popup.close()


def walked(robot: Robot) -> None:
    def is_there() -> bool:
        race = robot.window.context.race.race
        return race is not None and race.spec == robot.running.session.document.explicit.race

    robot.wait(is_there)


def surface(robot: Robot) -> SurfacePanel:
    found = robot.panel("surface")
    assert isinstance(found, SurfacePanel)
    return found


def inside(robot: Robot) -> RacePanel:
    found = robot.panel("race")
    assert isinstance(found, RacePanel)
    return found


def add(robot: Robot, kind: str) -> None:
    box = inside(robot).add
    row = box.findData(kind)
    box.setCurrentIndex(row)
    box.activated.emit(row)
    walked(robot)


def set_rate(robot: Robot, row: int, rate: float) -> None:
    """Open the settings of a row of the table and type its rate."""
    surface(robot).table.opened.emit(row)
    popup = surface(robot)._popup
    assert popup is not None and isinstance(popup.content, EntrantForm) and popup.content.kind.form is not None
    field = popup.content.kind.form.fields["lr"]
    assert isinstance(field, LineField)
    field.setText(repr(rate))
    field.editingFinished.emit()
    popup.close()


def enter(robot: Robot, runs: list[dict[str, Any]]) -> None:
    """Let these optimizers race in the place of those that race at first."""
    steps = inside(robot).course.settings.fields["steps"]
    assert isinstance(steps, LineField)
    steps.setText(str(STEPS))
    steps.editingFinished.emit()
    walked(robot)
    for run in runs:
        add(robot, run["optimizer"]["kind"])
    for _ in range(4):
        surface(robot).table.removed.emit(0)
    for row, run in enumerate(runs):
        set_rate(robot, row, run["optimizer"]["lr"])


def numbers_of(text: str) -> list[float]:
    return [float(each) for each in re.findall(r"-?\d[\d.e+-]*", text.replace("−", "-"))]


@pytest.mark.parametrize("case", GOLDEN["surfaces"][1::2], ids=lambda case: case["surface"][:9])
def test_fifty_steps_in_the_window_are_those_of_pytorch(robot: Robot, case: dict[str, Any]) -> None:
    runs = [run for run in case["runs"].values() if set(run["optimizer"]) == {"kind", "lr"}]
    assert len(runs) == 12
    line = robot.window.tools.race.line
    line.setText(WRITTEN.get(case["surface"], case["surface"]))
    robot.bot.keyClick(line, Key.Key_Return)
    surface(robot).contour.start_asked.emit(tuple(case["start"]), False)
    enter(robot, runs)
    walked(robot)
    robot.key(Key.Key_End)
    player = robot.window.context.race
    assert player.race is not None and player.done == STEPS
    for row, (run, path) in enumerate(zip(runs, player.race.paths, strict=True)):
        assert_same(path.points, run)
        surface(robot).table.looked_at.emit(row)
        robot.wait(lambda: player.view is not None and player.view.question == player.question)
        end = run["path"][-1]
        assert numbers_of(inside(robot).micro.rows[-1].full) == pytest.approx(end, rel=TOLERANCE, abs=TOLERANCE)
        at = numbers_of(surface(robot).table.rows.rows[row].tip.partition(" at ")[2])
        assert at[:2] == pytest.approx(end, rel=1e-9, abs=1e-9)


def test_two_weights_of_a_network_go_where_pytorchs_go(robot: Robot) -> None:
    document = document_from_json({**GOLDEN["network"]["document"], "conventions": "pytorch"})
    robot.running.session.edit(document, "another network")
    robot.trigger("race_network")
    runs = [run for run in GOLDEN["network"]["runs"].values() if set(run["optimizer"]) == {"kind", "lr"}]
    robot.window.tools.race.plane.set_key("weights")
    robot.window.tools.race.plane.chosen.emit("weights")
    enter(robot, runs)
    walked(robot)
    race = robot.window.context.race.race
    assert race is not None and race.network is not None and race.network.parameters == 13
    for run, path in zip(runs, race.paths, strict=True):
        expected = np.array(run["path"])[:, :2]
        np.testing.assert_allclose(path.points, expected, rtol=TOLERANCE, atol=TOLERANCE)
