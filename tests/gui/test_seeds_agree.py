"""Where seeds agree on the map: trained by clicks, against trainings run one by one; drawn, copied and told."""

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from dlviz.core.array import to_host
from dlviz.core.evaluate import Evaluator
from dlviz.gui.panels.output.map_page import MapPage
from dlviz.gui.panels.output.panel import OutputPanel
from dlviz.gui.panels.output.seeds import networks_words, standing_of
from dlviz.gui.panels.output.spread import FAINTEST, strength_of
from dlviz.gui.response import Scale, faded
from dlviz.gui.theme import LIGHT
from dlviz.session.curves import Curves
from dlviz.session.document import Document
from dlviz.session.edits import set_activation, set_optimizer_setting, set_seed
from dlviz.session.edits.heads import set_head
from dlviz.session.presets import document_for
from dlviz.session.run import Run
from dlviz.session.vary import Experiment, ExperimentView, Trial
from dlviz.session.vary.agreement import Agreement, answers_of, summed_up
from dlviz.session.vary.result import Ended
from tests.gui.panel_stage import make_context, make_document, make_frame, of_one_column
from tests.gui.robot import Robot, no_stall
from tests.gui.test_vary import LONG, page
from tests.gui.test_vary_recipes_window import carried_out

EPOCHS, SEEDS = 2, 4


@pytest.fixture
def robot(robot_on_paused_canvas: Robot) -> Robot:
    return robot_on_paused_canvas


def map_page(robot: Robot) -> MapPage:
    panel = robot.panel("output")
    assert isinstance(panel, OutputPanel)
    return panel.map


def choose_seeds(robot: Robot) -> MapPage:
    """Leave the cards of the first start, and click the word "seeds" above the map."""
    shown = map_page(robot)
    shown.context.be_calm(False)
    robot.wait(shown.seeds.which.isVisible)
    robot.click(shown.seeds.which, shown.seeds.which.tabRect(1).center())
    assert shown.seeds.is_on
    return shown


def answered_alone(document: Document, seed: int, place: tuple[float, float]) -> float:
    """Train with one seed by itself in float64, and ask about one place."""
    run = Run(replace(set_seed(document, seed), parameters={}))
    run.advance(EPOCHS * run.trainer.batches_per_epoch)
    evaluator = Evaluator(document.network, dtype="float64")
    evaluator.use(to_host(run.network.memory.vectors["theta"]))
    return float(evaluator.outputs(run.prepared.scaler.apply(np.array([place])))[0, 0])


def test_restarts_lead_to_the_map_with_the_mean_and_deviation_of_trainings_run_alone(robot: Robot) -> None:
    view = carried_out(robot, "restarts", EPOCHS, SEEDS)
    robot.click(page(robot).results.on_map)
    shown = map_page(robot)
    robot.wait(lambda: shown.agreement is not None and len(shown.agreement.seeds) == SEEDS, LONG)
    found = shown.agreement
    assert found is not None and found.seeds == tuple(trial.seed for trial in view.trials)
    x0, x1, y0, y1 = shown.plane.extent
    place = x0 + 70.5 * (x1 - x0) / 100, y0 + 30.5 * (y1 - y0) / 100  # the centre of a cell of 100 × 100
    alone = np.array([answered_alone(robot.running.session.document, seed, place) for seed in found.seeds])
    assert found.mean[0, 30, 70] == pytest.approx(alone.mean(), abs=2e-6)
    assert found.std[0, 30, 70] == pytest.approx(np.sqrt(((alone - alone.mean()) ** 2).mean()), abs=2e-6)
    view_of_map = shown.frame.map
    robot.bot.mouseMove(view_of_map, QPoint(0, 0))
    robot.bot.mouseMove(view_of_map, QPoint(*view_of_map.to_pixels(np.array([place]))[0].round().astype(int).tolist()))
    agreeing = int(((alone > 0) == (alone.mean() > 0)).sum())
    robot.wait(lambda: f"± {shown.context.number(float(found.std[0, 30, 70]), 3)}" in shown.words())
    assert shown.words().endswith(f"{agreeing} of 4 agree")
    assert shown.seeds.said.text() == "4 seeds, 2 epochs each" and not shown.seeds.go.isVisible()
    assert not robot.running.session.is_dirty

    robot.panel("output").copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].replace(";", ",").endswith("mean 1,deviation 1,share that agrees") and len(lines) == 10_001

    edited = set_optimizer_setting(robot.running.session.document, "lr", 0.5)
    robot.running.session.edit(edited, "Change the rate")
    robot.wait(lambda: "since then rate" in shown.seeds.said.text())
    assert shown.seeds.go.text() == "Again" and shown.agreement is found


def test_networks_are_trained_from_the_map_and_cancelled(robot: Robot) -> None:
    before = robot.running.session.document
    shown = choose_seeds(robot)
    robot.wait(lambda: "not trained yet" in shown.seeds.said.text() and shown.seeds.go.isVisible())
    with no_stall():
        robot.click(shown.seeds.go)
        robot.wait(lambda: shown.seeds.go.text() == "Cancel", LONG)
        step = robot.frame.step
        robot.wait(lambda: shown.agreement is not None, LONG)
    robot.click(shown.seeds.go)
    robot.wait(lambda: robot.frame.experiment is not None and robot.frame.experiment.is_over, LONG)
    view = robot.frame.experiment
    assert view is not None and len(view.trials) == 20 and view.stage == "cancelled"
    robot.wait(lambda: shown.seeds.go.text() == "Again")
    done = sum(trial.status == "done" for trial in view.trials)
    robot.wait(lambda: shown.agreement is not None and len(shown.agreement.seeds) == done, LONG)
    assert 2 <= done < 20 and shown.seeds.said.text() == f"{done} seeds, 200 epochs each"
    assert robot.running.session.document is before and robot.frame.step == step
    robot.click(shown.seeds.which, shown.seeds.which.tabRect(0).center())
    robot.wait(lambda: shown.values is not None and shown.agreement is None and not shown.seeds.go.isVisible())


def test_networks_too_large_to_be_kept_are_counted_in_words() -> None:
    document = make_document("moons")
    nothing: Any = np.empty(0)
    ended = Ended(1, 1, 1, 0.1, 1, None, None, None, Curves(*[nothing] * 10))
    trials = tuple(Trial(number, 0, (), number, "done", ended=ended) for number in range(3))
    view = ExperimentView(1, Experiment(document, seeds=(0, 1, 2)), trials, "done")
    assert "3 too large to be kept" in standing_of(view, document).words


def of_three(outputs: np.ndarray, extent: tuple[float, float, float, float], has_classes: bool = True) -> Agreement:
    """Make the agreement of networks with these outputs (s, k, rows, columns)."""
    level = 0.0 if has_classes and outputs.shape[1] == 1 else None
    answers = tuple(answers_of(seed, each, level, has_classes) for seed, each in enumerate(outputs))
    return Agreement(1, extent, len(answers), answers, *summed_up(answers, level, has_classes))


def test_a_curve_has_its_mean_in_a_band_and_every_network_thin(qtbot: QtBot) -> None:
    document = make_document("sine")
    panel = OutputPanel(make_context(document))
    qtbot.addWidget(panel)
    single = np.array([[1.0, 2.0, 4.0], [3.0, 2.0, 0.0]])
    found = of_three(single[:, None, None, :], (0.0, 3.0, 0.0, 1.0), has_classes=False)
    shown = panel.map
    shown.seeds.turn_on()
    view = ExperimentView(1, Experiment(document, seeds=(0, 1)), ())
    panel.show_frame(make_frame(panel.context, agreement=found, experiment=view))
    drawn = shown.curve.drawn[0]
    x, y = drawn.curve.getData()
    assert x.tolist() == [0.5, 1.5, 2.5] and y.tolist() == [2.0, 2.0, 2.0]
    assert drawn.low.getData()[1].tolist() == [1.0, 2.0, 0.0]
    assert drawn.high.getData()[1].tolist() == [3.0, 2.0, 4.0]
    assert drawn.single.getData()[1][[0, 1, 2, 4, 5, 6]].tolist() == single.ravel().tolist()
    table = shown.plotted_rows()
    assert table.headings == ("x", "mean", "deviation", "seed 0", "seed 1")
    assert [list(row) for row in table.rows][2] == [2.5, 2.0, 2.0, 4.0, 0.0]
    shown.seeds.which.set_key("run")
    shown.seeds.changed.emit()
    assert not len(drawn.single.getData()[0] if drawn.single.getData()[0] is not None else ())


def test_each_class_of_one_input_has_its_own_band(qtbot: QtBot) -> None:
    _, document = of_one_column(3)
    panel = OutputPanel(make_context(document))
    qtbot.addWidget(panel)
    first, second = np.array([[1.0, 0.0], [0.0, 0.5], [0.0, 0.5]]), np.array([[0.0, 0.0], [0.5, 1.0], [0.5, 0.0]])
    found = of_three(np.stack([first, second])[:, :, None, :], (0.0, 2.0, 0.0, 1.0))
    panel.map.seeds.turn_on()
    view = ExperimentView(1, Experiment(document, seeds=(0, 1)), ())
    panel.show_frame(make_frame(panel.context, agreement=found, experiment=view))
    low, mean, high = (np.stack([getattr(each, name).getData()[1] for each in panel.map.curve.drawn])
                       for name in ("low", "curve", "high"))  # fmt: skip
    apart = np.array([[0.5, 0.0], [0.25, 0.25], [0.25, 0.25]])
    np.testing.assert_array_equal(mean, (first + second) / 2)
    np.testing.assert_allclose(high - mean, apart, atol=1e-12)
    np.testing.assert_allclose(mean - low, apart, atol=1e-12)
    thin = panel.map.curve.drawn[1].single.getData()[1]
    assert thin[[0, 1, 3, 4]].tolist() == [0.0, 0.5, 0.5, 1.0]
    table = panel.map.plotted_rows()
    assert table.headings[:4] == ("x", "mean 1", "mean 2", "mean 3") and table.headings[-1] == "seed 1 output 3"
    assert list(table.rows)[1][-3:] == [0.0, 1.0, 0.0]


def test_curves_of_seeds_are_named_as_the_networks_answer_that_were_trained(qtbot: QtBot) -> None:
    _, document = of_one_column(2)
    output = document.network.layers[-1].id
    panel = OutputPanel(make_context(document))
    qtbot.addWidget(panel)
    found = of_three(np.array([[0.0, 1.0], [0.5, 1.0]])[:, None, None, :], (0.0, 2.0, 0.0, 1.0))
    view = ExperimentView(1, Experiment(document, seeds=(0, 1)), ())
    panel.map.seeds.turn_on()
    session = panel.map.context.session
    session.edit(set_head(document, output, "softmax", {}), "Head")
    panel.show_document(session.document)
    curve = panel.map.curve
    assert curve.classes == ("a", "b"), "those of the network on show"
    panel.show_frame(make_frame(panel.context, agreement=found, experiment=view))
    assert curve.classes == () and curve._directions.endswith("↑ kind")
    assert curve.drawn[0].curve.getData()[1].tolist() == [0.25, 1.0]
    panel.map.seeds.which.set_key("run")
    panel.map.seeds.changed.emit()
    assert curve.classes == ("a", "b")


def test_colours_fade_with_the_share_that_disagrees() -> None:
    named = np.array([[[[1.0, 1.0, 1.0]]], [[[1.0, 1.0, -1.0]]], [[[1.0, -1.0, -1.0]]], [[[1.0, -0.5, -1.1]]]])
    found = of_three(named, (0.0, 1.0, 0.0, 1.0))
    assert found.share is not None and found.share[0].tolist() == [1.0, 0.5, 0.75]
    expected = [1.0, FAINTEST, FAINTEST + (1 - FAINTEST) / 2]
    assert strength_of(found, Scale(0.0, 1.0, 0.0))[0].tolist() == pytest.approx(expected)
    pixels = np.full((1, 2, 4), 255, np.uint8)
    pixels[..., :3] = 0
    canvas = [int(LIGHT.canvas[i : i + 2], 16) for i in (1, 3, 5)]
    assert faded(pixels, np.array([[1.0, 0.0]]), LIGHT)[0, :, :3].tolist() == [[0, 0, 0], canvas]


def test_data_of_another_kind_show_no_older_networks(robot: Robot) -> None:
    carried_out(robot, "restarts", EPOCHS, SEEDS)
    robot.running.session.edit(document_for("sine"), "Other data")
    shown = choose_seeds(robot)
    robot.wait(lambda: "not trained yet" in shown.seeds.said.text())
    assert shown.agreement is None and shown.seeds.go.text() == "Train"


def test_the_scale_is_that_of_the_networks_that_were_trained(robot: Robot) -> None:
    carried_out(robot, "restarts", EPOCHS, SEEDS)
    edited = set_activation(robot.running.session.document, "o", "sigmoid")
    robot.running.session.edit(edited, "Another activation")
    shown = choose_seeds(robot)
    assert shown.words() == "train ● dev ○"
    robot.wait(lambda: shown.agreement is not None and "since then activation" in shown.seeds.said.text(), LONG)
    assert shown.frame.bar.toolTip().endswith("−1 … +1")
    assert shown.words() == "pale: they disagree · train ● dev ○"


def test_data_that_come_back_are_drawn_at_their_own_extent(robot: Robot) -> None:
    robot.running.session.edit(document_for("sine"), "Other data")
    robot.settle()
    carried_out(robot, "restarts", EPOCHS, SEEDS)
    shown = choose_seeds(robot)
    robot.wait(lambda: shown.agreement is not None, LONG)
    robot.trigger("undo")
    robot.settle()
    robot.wait(lambda: "not trained yet" in shown.seeds.said.text())
    assert shown.agreement is None and shown.frame.map.extent == shown.plane.extent
    assert shown.words() == "train ● dev ○"


def test_the_choice_of_logits_is_offered_where_it_does_something(robot: Robot) -> None:
    robot.running.session.edit(document_for("iris"), "Other data")
    robot.settle()
    shown = map_page(robot)
    robot.wait(shown.controls.quantity.isVisible)
    choose_seeds(robot)
    assert not shown.controls.quantity.isVisible()
    robot.click(shown.seeds.which, shown.seeds.which.tabRect(0).center())
    assert shown.controls.quantity.isVisible()


@pytest.mark.parametrize(
    ("n", "length", "unit", "words"),
    [(1, 1, "epoch", "1 seed, 1 epoch each"), (20, 200, "epoch", "20 seeds, 200 epochs each"),
     (2, 1, "step", "2 seeds, 1 step each")],
)  # fmt: skip
def test_one_seed_is_not_counted_in_the_plural(n: int, length: int, unit: Literal["epoch", "step"], words: str) -> None:
    experiment = Experiment(make_document("moons"), seeds=tuple(range(n)), length=length, unit=unit)
    assert networks_words(experiment) == words
