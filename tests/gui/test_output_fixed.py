"""Maps of more than two inputs: the others are held by sliders, whose values are stated and repaint the map at once."""

from collections.abc import Iterator
from time import perf_counter

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from dlviz.core.evaluate import Evaluator
from dlviz.gui.theme import theme_signals
from dlviz.session.presets import document_for
from tests.gui.robot import Robot, close_window, robot_at_window, starved_seconds

QUICK = 1.0  # seconds from a move to the new map: a guard, a tenth of it on a quiet machine


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    made.start_on_canvas()
    made.running.session.start_over(document_for("iris"), "Data")
    made.wait(lambda: made.frame.maps is not None and made.frame.maps.output.shape[0] == 3)
    made.pause()
    yield made
    close_window(made)
    theme_signals.use("light")


def controls(robot: Robot):  # type: ignore[no-untyped-def]
    return robot.panel("output").map.controls


def test_sliders_are_closed_at_first_and_leave_out_the_axes(robot: Robot) -> None:
    box = controls(robot)
    assert not box.others.isVisible() and box.others.sliders == []
    assert "training means" in box.fixed.toolTip()
    robot.click(box.more)
    shown = [slider.label.text() for slider in box.others.sliders if slider.isVisible()]
    assert shown == ["petal_length_cm", "petal_width_cm"]
    robot.click(box.more)
    assert not box.others.isVisible()


def test_open_sliders_bear_data_of_one_input(robot: Robot) -> None:
    box = controls(robot)
    robot.click(box.more)
    robot.running.session.start_over(document_for("sine"), "Data")
    assert box.others.isHidden() and box.others.minimumHeight() >= 0


@pytest.mark.parametrize(("kind", "named"), [("breast_cancer", 28), ("digits", 0)])
def test_the_tip_names_the_values_of_as_many_inputs_as_a_person_reads(robot: Robot, kind: str, named: int) -> None:
    robot.running.session.start_over(document_for(kind), "Data")
    controls(robot).use_plane((0, 1))
    tip, d = controls(robot).fixed.toolTip(), robot.running.session.prepared.dataset.d
    if named:
        assert named == d - 2 and tip.count(",") == named - 1
    else:
        assert tip == f"the other {d - 2} inputs at their training means"


def test_a_moved_slider_states_its_value_and_the_map_is_that_of_the_network_there(robot: Robot) -> None:
    box, session = controls(robot), robot.running.session
    robot.click(box.more)
    box.others.sliders[2].slider.setValue(900)
    held = box.values
    assert box.fixed.toolTip() == f"at petal_length_cm {robot.window.context.number(held[2])}, " \
                                  f"petal_width_cm {robot.window.context.number(held[3])}"  # fmt: skip
    document, prepared = robot.frame.document, session.prepared

    def expected() -> np.ndarray:
        evaluator = Evaluator(document.network, document.training.objective, "float64")
        evaluator.load({name: np.asarray(each) for name, each in robot.frame.parameters.items()})
        maps = robot.frame.maps
        side = maps.output.shape[1]
        x0, x1, y0, y1 = maps.extent
        row, column = 70, 20
        at = np.array(held)
        at[0], at[1] = x0 + (column + 0.5) * (x1 - x0) / side, y0 + (row + 0.5) * (y1 - y0) / side
        return evaluator.outputs(prepared.scaler.apply(at[None]))[0]

    def is_there() -> bool:
        return bool(np.allclose(robot.frame.maps.output[:, 70, 20], expected(), atol=1e-5))

    robot.wait(is_there)
    robot.click(box.others.back)
    assert box.others.are_means and "training means" in box.fixed.toolTip()


def test_a_move_repaints_at_once(robot: Robot) -> None:
    box = controls(robot)
    robot.click(box.more)
    taken = []
    for value in (800, 200, 650, 100, 900):
        before, began, starved = robot.frame.maps.output, perf_counter(), starved_seconds()
        box.others.sliders[3].slider.setValue(value)
        while robot.frame.maps is None or np.array_equal(robot.frame.maps.output, before):
            robot.bot.wait(1)
            assert perf_counter() - began < 5
        taken.append(perf_counter() - began - (starved_seconds() - starved))
    assert sorted(taken)[2] < QUICK, taken


def test_other_axes_keep_the_values_that_were_chosen(robot: Robot) -> None:
    box = controls(robot)
    robot.click(box.more)
    box.others.sliders[3].slider.setValue(900)
    value = box.values[3]
    box.across.setCurrentIndex(2)
    box.across.activated.emit(2)
    assert [slider.isVisible() for slider in box.others.sliders] == [True, False, False, True]
    assert box.values[3] == value
