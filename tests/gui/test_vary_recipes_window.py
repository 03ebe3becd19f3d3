"""Recipes of Vary in the window: chosen by keyboard, started by a click, their pictures read from the chart."""

import numpy as np
import pytest

from dlviz.gui.panels.runs.vary.chart import Chart
from dlviz.session.presets import document_for
from dlviz.session.vary import ExperimentView
from dlviz.session.vary.measures import measure_of
from tests.gui.robot import Robot
from tests.gui.test_vary import ended, field_of, form_opened, page, started, typed


@pytest.fixture
def robot(robot_on_paused_canvas: Robot) -> Robot:
    return robot_on_paused_canvas


def carried_out(robot: Robot, recipe: str, length: int = 2, seeds: int | None = 1) -> ExperimentView:
    form_opened(robot, recipe)
    for name, number in (("length", length), ("seeds", seeds)):
        if number is not None:
            typed(robot, field_of(robot, name), str(number))
    started(robot)
    view = ended(robot)
    assert {trial.status for trial in view.trials} == {"done"}
    return view


def chart(robot: Robot, key: str, measure: str = "") -> Chart:
    results = page(robot).results
    results.views.setCurrentIndex([results.views.tabData(i) for i in range(results.views.count())].index(key))
    if measure:
        results.measure.setCurrentIndex(results.measure.findData(measure))
        results.measure.activated.emit(results.measure.currentIndex())
    return results.drawing.plot.chart


def names(drawn: Chart) -> list[str]:
    return [curve.words for curve in drawn.curves]


def test_recipes_of_the_network_tell_their_pictures(robot: Robot) -> None:
    view = carried_out(robot, "training_size")
    drawn = chart(robot, "setting")
    assert names(drawn) == ["hidden layers 0", "hidden layers 2", "hidden layers 4"]
    assert drawn.curves[0].x.tolist() == [0.05, 0.1, 0.2, 0.4, 0.7, 1.0]
    assert len(view.trials) == 18 and not robot.running.session.is_dirty

    view = carried_out(robot, "strength")
    drawn = chart(robot, "setting", "validation_loss")
    assert names(drawn) == ["dev", "training"]
    assert [words for _, words in drawn.ticks] == ["0", "10⁻⁴", "10⁻³", "10⁻²", "0.1", "1"]
    found = [measure_of(view, trial, "train_loss") for trial in view.trials]
    np.testing.assert_allclose(drawn.curves[1].y, found)
    share = chart(robot, "setting", "linear_units").curves[0].y
    assert len(share) == 6 and np.all((share >= 0) & (share <= 1))

    carried_out(robot, "initializers")
    drawn = chart(robot, "layers")
    low, high = page(robot).results.drawing.plot.viewRange()[0]
    assert low < 1 and high > 3  # all layers are in view
    assert [words for _, words in drawn.ticks] == ["h1", "h2", "o"]
    assert "He normal" in names(drawn) and "He normal, in theory" in names(drawn)

    view = carried_out(robot, "modes")
    drawn = chart(robot, "time")
    assert names(drawn) == ["batch 1", "batch 10", "batch 175"] and drawn.across == "seconds"
    whole = view.trials[2].ended
    assert whole is not None and drawn.curves[2].x[-1] == pytest.approx(whole.seconds)
    assert chart(robot, "curves").curves[0].x[-1] == 350

    carried_out(robot, "activations")
    assert names(chart(robot, "curves")) == ["Sigmoid", "Tanh", "ReLU"]

    carried_out(robot, "batch_norm")
    assert names(chart(robot, "setting")) == ["no batch norm", "batch norm"]

    carried_out(robot, "dropout")
    assert chart(robot, "setting").curves[0].x.tolist() == [0.0, 0.1, 0.3, 0.5]

    carried_out(robot, "scales")
    shares = chart(robot, "setting", "first_saturated").curves[0].y
    assert shares[0] == 0 and shares[-1] > 0.5


def test_other_samples_are_fitted_in_one_picture(robot: Robot) -> None:
    robot.running.session.edit(document_for("sine"), "sine")
    robot.wait(lambda: robot.frame.document is robot.running.session.document)
    view = carried_out(robot, "resamples", seeds=None)
    drawn = chart(robot, "fits")
    rows, *curves = drawn.curves
    assert len(view.trials) == len(curves) == 16 and not rows.has_line
    assert [curve.words for curve in curves if not curve.is_thin] == [
        "units 1",
        "units 32",
    ]
    for trial, curve in zip(view.trials, curves, strict=True):
        assert trial.ended is not None and trial.ended.fit is not None
        np.testing.assert_array_equal(curve.y, trial.ended.fit[1])


def test_only_small_batches_leave_the_poor_minimum(robot: Robot) -> None:
    robot.trigger("learn_two_minima")
    robot.wait(lambda: robot.frame.document is robot.running.session.document)
    carried_out(robot, "batch_luck", length=60, seeds=12)
    drawn = chart(robot, "setting", "reached")
    online, eight, whole = drawn.curves[0].y
    assert online >= 0.25 and eight == whole == 0


def test_parity_is_learned_by_enough_units(robot: Robot) -> None:
    robot.trigger("learn_parity")
    robot.wait(lambda: robot.frame.document is robot.running.session.document)
    view = carried_out(robot, "depth_width", length=200)
    grid = page(robot).results.drawing.heat
    robot.wait(grid.isVisible)
    scores = {trial.values: measure_of(view, trial, "train_score") for trial in view.trials}
    assert max(scores.values()) > 0.95 and min(scores.values()) < 0.7
