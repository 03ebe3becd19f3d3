"""Vary in the window: experiments started by clicks, their numbers against trainings run alone, cancelled, reopened."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QDockWidget, QLineEdit
from pytestqt.qtbot import QtBot

from dlviz.core.choice import chosen
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.gui.panels.runs.panel import RunsPanel
from dlviz.gui.panels.runs.vary.form import ALL, OWN, RANDOM
from dlviz.gui.panels.runs.vary.outcomes import NUMBER
from dlviz.gui.panels.runs.vary.page import VaryPage
from dlviz.gui.panels.runs.vary.setting import SettingRow, ValuesField
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.edits import set_optimizer, set_training
from dlviz.session.example import written_table
from dlviz.session.headless import train
from dlviz.session.subject_presets import and_by_perceptron
from dlviz.session.vary import ExperimentView
from dlviz.session.vary.plan import document_of
from tests.gui.robot import CONTROL, LEFT, NONE, Key, Robot, no_stall

LONG = 60.0  # seconds; processes have to start
X = np.array([[0.0, 1.0], [1.0, 0.5], [-1.0, 0.25], [0.5, -1.0]])
Y = np.array([[0.5], [1.0], [-0.5], [0.25]])
RATES = (0.05, 0.1, 0.2, 5.0)
STEPS = 30


@pytest.fixture
def robot(robot_on_paused_canvas: Robot) -> Robot:
    return robot_on_paused_canvas


def line_document() -> Document:
    """A linear unit by full-batch descent, whose training is three lines of NumPy."""
    return Document(
        dtype="float64", data=written_table(X, Y),
        network=NetworkSpec((dense("o", 1, "linear"),), inputs=(InputSpec("x", (2,)),)),
        parameters={"o.W": handle(np.array([[0.3, -0.2]])), "o.b": handle(np.array([0.1]))},
        training=TrainingSpec(chosen("squared_error", factor=0.5), chosen("sgd", lr=0.1), batch_size=4, epochs=5,
                              shuffle=False),
    )  # fmt: skip


def descended(rate: float, steps: int = STEPS) -> float:
    """Return the loss of the line after so many steps, from the formula alone; NaN beyond the first infinity."""
    w, b = np.array([[0.3, -0.2]]), 0.1
    for _ in range(steps):
        error = X @ w.T + b - Y
        w, b = w - rate * (error.T @ X) / len(X), b - rate * float(error.mean())
    return float(0.5 * np.mean((X @ w.T + b - Y) ** 2))


def page(robot: Robot) -> VaryPage:
    panel = robot.panel("runs")
    assert isinstance(panel, RunsPanel)
    return panel.vary


def form_opened(robot: Robot, recipe: str) -> VaryPage:
    """Choose Run ▸ Vary and a recipe, by keyboard."""
    robot.trigger("vary")
    form = page(robot).form
    robot.wait(form.isVisible)
    place = form.recipe.findData(recipe)
    form.recipe.setFocus()
    for _ in range(form.recipe.count()):
        if form.recipe.currentIndex() == place:
            break
        robot.key(Key.Key_Down if form.recipe.currentIndex() < place else Key.Key_Up)
    assert form.recipe.currentIndex() == place
    assert form.experiment is not None
    return page(robot)


def typed(robot: Robot, field: QLineEdit, words: str) -> None:
    robot.bot.mouseDClick(field, LEFT, NONE, QPoint(6, field.height() // 2))
    field.selectAll()
    robot.bot.keyClicks(field, words)
    robot.bot.keyClick(field, Key.Key_Return)


def field_of(robot: Robot, name: str) -> QLineEdit:
    found = [each for each in page(robot).form.findChildren(QLineEdit, name) if each.isVisible()]
    return found[0]


def started(robot: Robot) -> None:
    robot.click(page(robot).form.start)
    robot.wait(page(robot).results.isVisible)


def ended(robot: Robot) -> ExperimentView:
    robot.wait(lambda: robot.frame.experiment is not None and robot.frame.experiment.is_over, LONG)
    view = robot.frame.experiment
    robot.wait(lambda: page(robot).results.view is view and page(robot).results._drawn is view)
    assert view is not None
    return view


def column(robot: Robot, title: str) -> dict[int, object]:
    """Return a column of the table by the numbers of outcomes, as it is copied: with every digit."""
    table = page(robot).results.table
    place = [each.title for each in table.outcomes.columns].index(title)
    cells = {line.number: line.cells[place] for line in table.outcomes.lines}
    return {number: cell.words if cell.full == "" else cell.full for number, cell in cells.items()}


def rows_of(vary: VaryPage) -> list[SettingRow]:
    """Return the fields of varied settings on show; those that they took the place of may not be gone yet."""
    return [row for row in vary.form.findChildren(SettingRow) if row.isVisible()]


def values_field(vary: VaryPage, place: int = 0) -> ValuesField:
    field = rows_of(vary)[place].field
    assert isinstance(field, ValuesField)
    return field


def own_rates(robot: Robot, rates: tuple[float, ...] = RATES) -> VaryPage:
    """Set up the line with rates of one's own, for a number of steps."""
    robot.running.session.new(line_document())
    robot.settle()
    vary = form_opened(robot, OWN)
    typed(robot, values_field(vary), ", ".join(map(str, rates)))
    typed(robot, field_of(robot, "length"), str(STEPS))
    return vary


def test_the_panel_opens_below_the_canvas_and_training_goes_on(robot: Robot) -> None:
    robot.window.run.play()
    form_opened(robot, "restarts")
    dock = robot.window.findChild(QDockWidget, "dock.runs")
    assert robot.window.dockWidgetArea(dock) == Qt.DockWidgetArea.BottomDockWidgetArea
    assert dock.width() > 600
    robot.wait(lambda: robot.frame.state == "running")


def test_a_long_list_of_values_is_read_from_its_beginning(qtbot: QtBot) -> None:
    field = ValuesField("rate", tuple(k / 1000 for k in range(1, 40)), None)
    qtbot.addWidget(field)
    field.resize(120, 24)
    field.show()
    field.grab()  # it scrolls as it is painted
    assert field.cursorPositionAt(QPoint(4, 12)) == 0
    field.end(False)
    field.grab()
    assert field.cursorPositionAt(QPoint(4, 12)) > 0


def test_losses_of_a_linear_unit_are_those_of_a_few_lines_of_numpy(robot: Robot) -> None:
    own_rates(robot)
    started(robot)
    view = ended(robot)
    losses, outcomes = column(robot, "training loss"), column(robot, "outcome")
    assert [each.values[0] for each in view.trials] == list(RATES)
    for number, rate in enumerate(RATES[:3]):
        assert losses[number] == pytest.approx(descended(rate), rel=1e-12)
    assert outcomes[0] == "done"
    assert page(robot).results.title.text().startswith("4 of 4 done")


def test_a_run_that_diverged_says_so_and_never_comes_first(robot: Robot) -> None:
    vary = own_rates(robot, (0.1, 1e6))
    typed(robot, field_of(robot, "length"), "400")
    started(robot)
    view = ended(robot)
    at = view.trials[1].ended
    assert view.trials[1].status == "diverged" and at is not None
    assert column(robot, "outcome")[1] == f"diverged at step {at.diverged_at}"
    assert "1 diverged" in vary.results.title.text()
    loss = [each.title for each in vary.results.table.outcomes.columns].index("training loss")
    vary.results.table.sortByColumn(loss, Qt.SortOrder.AscendingOrder)
    model = vary.results.table.model()
    assert [model.index(row, 0).data(NUMBER) for row in (0, 1)] == [0, 1]
    vary.results.views.setCurrentIndex(list_of(vary).index("setting"))
    assert [cross.row for cross in vary.results.drawing.plot.chart.crosses] == [1]


def list_of(vary: VaryPage) -> list[str]:
    return [vary.results.views.tabData(place) for place in range(vary.results.views.count())]


def test_the_chart_against_the_rate_is_logarithmic_and_shows_the_same_losses(robot: Robot) -> None:
    vary = own_rates(robot, RATES[:3])
    started(robot)
    ended(robot)
    vary.results.views.setCurrentIndex(list_of(vary).index("setting"))
    chart = vary.results.drawing.plot.chart
    assert chart.is_log_x or max(RATES[:3]) / min(RATES[:3]) < 10
    assert chart.curves[0].x.tolist() == list(RATES[:3])
    assert chart.curves[0].y == pytest.approx([descended(rate) for rate in RATES[:3]], rel=1e-12)
    vary.results.drawing.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 4
    assert float(lines[1].split(",")[2]) == chart.curves[0].y[0]


def test_optimizers_start_from_the_same_weights_and_equal_their_own_training(robot: Robot) -> None:
    form_opened(robot, "optimizers")
    entries = rows_of(page(robot))[0].field
    assert entries.count() > 5
    typed(robot, field_of(robot, "length"), "3")
    started(robot)
    view = ended(robot)
    losses = column(robot, "training loss")
    for trial in view.trials[:3]:
        alone = train(document_of(view.experiment, trial), 3)
        assert alone.train is not None
        assert losses[trial.number] == pytest.approx(alone.train.loss, rel=1e-12)
    assert set(column(robot, "gradients").values()) == {view.trials[0].ended.gradient_evaluations}


def test_unticking_an_optimizer_leaves_it_out(robot: Robot) -> None:
    vary = form_opened(robot, "optimizers")
    entries = rows_of(vary)[0].field
    before = len(vary.form.experiment.varied[0].values)
    entries.setFocus()
    entries.setCurrentRow(1)
    robot.bot.keyClick(entries, Key.Key_Space)
    assert len(vary.form.experiment.varied[0].values) == before - 1
    assert vary.form.count.text().startswith(f"{before - 1} runs of ")


def test_rate_and_momentum_fill_the_heat_map_with_the_losses_of_the_table(robot: Robot) -> None:
    session = robot.running.session
    session.edit(set_optimizer(session.document, chosen("momentum", lr=0.05)), "Momentum")
    robot.settle()
    vary = form_opened(robot, "rate_momentum")
    typed(robot, values_field(vary), "0.02 0.1")
    typed(robot, values_field(vary, 1), "0, 0.9")
    typed(robot, field_of(robot, "length"), "2")
    started(robot)
    view = ended(robot)
    assert vary.results.views.key() == "heat_map"
    heat, results = vary.results.drawing.heat, vary.results
    results.measure.setCurrentIndex(results.measure.findData("train_loss"))
    results.measure.activated.emit(results.measure.currentIndex())
    losses = column(robot, "training loss")
    shown = [[cell.value for cell in line] for line in heat.grid.cells]
    assert shown == [[losses[0], losses[1]], [losses[2], losses[3]]]
    assert (heat.grid.columns, heat.grid.rows) == (("0.02", "0.1"), ("0", "0.9"))
    alone = train(document_of(view.experiment, view.trials[3]), 2)
    assert alone.train is not None
    assert shown[1][1] == pytest.approx(alone.train.loss, rel=1e-12)
    heat.setFocus()
    robot.key(Key.Key_Right)
    robot.key(Key.Key_Up)
    told = robot.window.context.number(shown[1][0])
    assert results.drawing.reading.text() == f"rate 0.02 · momentum 0.9 · training loss {told}"
    robot.key(Key.Key_Return)
    robot.wait(lambda: any(row.is_current and row.uid > 1 for row in robot.frame.runs))
    assert robot.running.session.document.training.optimizer.settings["momentum"] == 0.9


def test_values_typed_again_after_nonsense_can_start(robot: Robot) -> None:
    vary = own_rates(robot, (0.1, 0.2))
    typed(robot, values_field(vary), "abc")
    assert not vary.form.start.isEnabled()
    typed(robot, field_of(robot, "length"), "7")
    assert not vary.form.start.isEnabled()
    typed(robot, values_field(vary), "0.1, 0.2")
    assert vary.form.start.isEnabled()
    assert not vary.form.problem.isVisible()


def tried(robot: Robot, key: str) -> None:
    """Choose all combinations, or places at random, with the keyboard."""
    combo = next(each for each in page(robot).form.findChildren(QComboBox, "tried") if each.isVisible())
    combo.setFocus()
    robot.key(Key.Key_Down if key == RANDOM else Key.Key_Up)
    robot.wait(lambda: page(robot).form.experiment is not None)


def test_places_at_random_lie_between_the_ends_and_come_back_to_values(robot: Robot) -> None:
    vary = own_rates(robot, (0.01, 0.1))
    tried(robot, RANDOM)
    assert vary.form.experiment is not None
    assert (vary.form.experiment.varied[0].low, vary.form.experiment.varied[0].high) == (0.01, 0.1)
    typed(robot, field_of(robot, "high"), "0.2")
    typed(robot, field_of(robot, "draws"), "7")
    assert vary.form.count.text() == f"7 runs of {STEPS} epochs"
    started(robot)
    view = ended(robot)
    rates = [float(each.values[0]) for each in view.trials]  # type: ignore[arg-type]
    assert len(set(rates)) == 7 and min(rates) >= 0.01 and max(rates) <= 0.2
    assert "heat_map" not in list_of(vary)
    vary.results.views.setCurrentIndex(list_of(vary).index("setting"))
    assert [curve.has_line for curve in vary.results.drawing.plot.chart.curves] == [False]
    robot.click(vary.results.again)
    assert vary.form.experiment.draws == 7
    tried(robot, ALL)
    assert vary.form.experiment.draws == 0
    assert vary.form.experiment.varied[0].values == (0.01, 0.0211, 0.0447, 0.0946, 0.2)


def test_momentum_cannot_be_varied_where_the_optimizer_has_none(robot: Robot) -> None:
    robot.trigger("vary")
    recipe = page(robot).form.recipe
    robot.wait(recipe.isVisible)
    place = recipe.findData("rate_momentum")
    assert not page(robot).form._is_offered(place)
    assert "momentum" in recipe.itemData(place, Qt.ItemDataRole.ToolTipRole)


def test_restarts_are_counted_as_numpy_counts_them(robot: Robot) -> None:
    vary = form_opened(robot, "restarts")
    typed(robot, field_of(robot, "seeds"), "6")
    typed(robot, field_of(robot, "length"), "2")
    started(robot)
    view = ended(robot)
    assert len(view.trials) == 6
    losses = [each.ended.train.loss for each in view.trials]
    assert len(set(losses)) == 6
    vary.results.views.setCurrentIndex(list_of(vary).index("histogram"))
    vary.results.measure.setCurrentIndex(vary.results.measure.findData("train_loss"))
    vary.results.measure.activated.emit(0)
    ends = vary.results.drawing.bars.ends
    counts, edges = np.histogram(losses, len(ends.counts))
    assert ends.counts == tuple(counts.tolist())
    assert ends.edges == pytest.approx(edges)


def test_the_rate_finder_suggests_a_rate_that_one_click_takes(robot: Robot) -> None:
    vary = form_opened(robot, "rate_finder")
    started(robot)
    ended(robot)
    results = vary.results
    assert results.views.key() == "rate"
    chart = results.drawing.plot.chart
    assert chart.is_log_x and chart.upright is not None
    assert np.all(np.diff(chart.curves[1].x) > 0)
    robot.click(results.drawing.use_rate)
    robot.wait(lambda: robot.running.session.document.training.optimizer.settings["lr"] == chart.upright.x)
    robot.trigger("undo")
    assert robot.running.session.document.training.optimizer.settings["lr"] == 0.02


def test_cancelling_keeps_the_runs_that_are_over_and_the_window_stays_alive(robot: Robot) -> None:
    vary = form_opened(robot, "restarts")
    typed(robot, field_of(robot, "seeds"), "40")
    typed(robot, field_of(robot, "length"), "60")
    started(robot)
    robot.window.run.play()
    robot.wait(lambda: sum(each.ended is not None for each in robot.frame.experiment.trials) >= 2, LONG)
    with no_stall():
        robot.click(vary.results.cancel)
        robot.wait(lambda: robot.frame.experiment.is_over, 1.5)
    view = ended(robot)
    kept = [each.number for each in view.trials if each.ended is not None]
    assert 2 <= len(kept) < 40
    assert "cancelled" in vary.results.title.text()
    assert not vary.results.cancel.isVisible()
    words = column(robot, "outcome")
    assert {str(cell.words) for line in vary.results.table.outcomes.lines for cell in line.cells} >= {"cancelled"}
    assert len(words) == 40


def test_a_double_click_opens_the_run_as_it_ended_bit_for_bit(robot: Robot) -> None:
    vary = own_rates(robot)
    started(robot)
    view = ended(robot)
    table = vary.results.table
    at = table.visualRect(table.model().index(1, 0)).center()
    robot.bot.mouseClick(table.viewport(), LEFT, NONE, at)
    robot.bot.mouseDClick(table.viewport(), LEFT, NONE, at)
    robot.wait(lambda: robot.frame.step == STEPS and robot.frame.experiment.trials[1].run is not None)
    alone = train(document_of(view.experiment, view.trials[1]), STEPS).document.parameters
    for name, values in robot.frame.parameters.items():
        assert np.asarray(values).tobytes() == np.asarray(alone[name].array).tobytes()
    assert robot.running.session.document.training.optimizer.settings["lr"] == 0.1
    robot.wait(lambda: "Run 2" in str(column(robot, "outcome")[1]))
    robot.trigger("undo")
    robot.wait(lambda: robot.frame.step == 0)


def test_two_selected_rows_list_only_the_setting_that_differs(robot: Robot) -> None:
    vary = own_rates(robot)
    started(robot)
    ended(robot)
    table = vary.results.table
    for row, modifier in ((0, NONE), (2, CONTROL)):
        robot.bot.mouseClick(table.viewport(), LEFT, modifier, table.visualRect(table.model().index(row, 0)).center())
    model = vary.results.comparison.differences
    assert [[model.index(k, c).data() for c in (0, 1)] for k in range(model.rowCount())] == [["rate", "0.05 → 0.2"]]
    assert vary.results.words.text() == "rate 0.05 → rate 0.2"


def test_results_stay_over_other_workspaces_and_edits_and_go_with_the_document(robot: Robot) -> None:
    vary = own_rates(robot)
    started(robot)
    view = ended(robot)
    robot.window.use_workspace("step")
    robot.window.use_workspace("network")
    session = robot.running.session
    session.edit(set_training(session.document, batch_size=2), "Batches of 2")
    robot.settle()
    assert vary.results.view is not None
    assert vary.results.view.trials == view.trials
    robot.running.session.new(line_document())
    robot.wait(lambda: robot.frame.experiment is None and vary.results.view is None)
    robot.wait(vary.form.isVisible)


def test_what_cannot_be_started_is_said_in_one_sentence(robot: Robot) -> None:
    vary = own_rates(robot)
    typed(robot, values_field(vary), "0.1, -2")
    assert vary.form.problem.isVisible()
    assert "Received: lr=-2" in vary.form.problem.text()
    assert not vary.form.start.isEnabled()
    typed(robot, values_field(vary), "0.1, 0.2")
    assert vary.form.start.isEnabled()


def test_a_second_setting_of_ones_own_is_varied_with_the_first(robot: Robot) -> None:
    vary = form_opened(robot, OWN)
    second = rows_of(vary)[1]
    second.path.setCurrentIndex(second.path.findData("training.batch_size"))
    second.path.activated.emit(second.path.currentIndex())
    assert [each.path for each in vary.form.experiment.varied] == ["training.optimizer.lr", "training.batch_size"]
    assert all(isinstance(value, int) for value in vary.form.experiment.varied[1].values)
    second = rows_of(vary)[-1]
    second.path.setCurrentIndex(0)
    second.path.activated.emit(0)
    assert len(vary.form.experiment.varied) == 1


def test_a_range_gives_values_in_even_steps_of_the_logarithm(robot: Robot) -> None:
    vary = own_rates(robot)
    row = rows_of(vary)[0]
    row.mode.setCurrentIndex(1)
    for name, words in (("low", "0.001"), ("high", "1"), ("count", "4")):
        typed(robot, row.field.fields[name], words)
    assert vary.form.experiment.varied[0].values == (0.001, 0.01, 0.1, 1.0)
    assert vary.form.count.text() == f"4 runs of {STEPS} epochs"


def test_a_document_that_trains_no_network_says_why_and_offers_nothing(robot: Robot) -> None:
    vary = form_opened(robot, "restarts")
    robot.running.session.new(and_by_perceptron())
    robot.wait(lambda: vary.form.experiment is None)
    assert vary.form.problem.text() == "Recipes train networks; this document is about a rule."
    assert not vary.form.recipe.isVisible()
    assert not vary.form.start.isEnabled()
    assert not robot.window.live["vary"].isEnabled()
