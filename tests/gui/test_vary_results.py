"""Results of experiments fed with messages as a session sends them: words, quartiles, crosses, and their charts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dlviz.gui import numbers
from dlviz.gui.panels.runs.vary.chart import PALE
from dlviz.gui.panels.runs.vary.outcomes import Index
from dlviz.gui.panels.runs.vary.results import WIDE, Results
from dlviz.session.curves import Curves
from dlviz.session.presets import first_document
from dlviz.session.score import Score
from dlviz.session.vary import Ended, Experiment, ExperimentView, Trial, Varied
from dlviz.session.vary.plan import trials_of
from dlviz.session.vary.spec import Value
from tests.gui.robot import Key

LR, BETA = "training.optimizer.lr", "training.optimizer.beta1"
STEPS = np.array([0, 10, 20])
RATES: tuple[Value, ...] = (0.01, 0.1, 1.0)


def experiment(seeds: Sequence[int] = (), momenta: tuple[Value, ...] = (), recipe: str = "") -> Experiment:
    varied = (Varied(LR, RATES, scale="log"), *((Varied(BETA, momenta),) if momenta else ()))
    return Experiment(first_document(), varied, tuple(seeds), recipe=recipe)


def ended(loss: float, diverged_at: int | None = None) -> Ended:
    falling = np.array([1.0, (1 + loss) / 2, loss])
    curves = Curves(STEPS, falling, 1 - falling, STEPS, 2 * falling, 1 - falling, STEPS, falling, falling, falling)
    score = Score(loss, {"accuracy": 0.5})
    return Ended(20, 2, 10, 1.5, 20, score, replace(score, loss=2 * loss), None, curves, diverged_at)


def view_of(wanted: Experiment, losses: Sequence[float], serial: int = 1, **more: object) -> ExperimentView:
    """Return a view whose first trials ended with these losses; NaN is one that diverged at step 7."""
    trials = list(trials_of(wanted))
    for number, loss in enumerate(losses):
        is_bad = bool(np.isnan(loss))
        trials[number] = replace(
            trials[number], status="diverged" if is_bad else "done", progress=1.0,
            ended=ended(50.0 if is_bad else loss, 7 if is_bad else None),
        )  # fmt: skip
    return replace(ExperimentView(serial, wanted, tuple(trials), seconds=2.0), **more)  # type: ignore[arg-type]


@pytest.fixture
def results(qtbot: QtBot) -> Iterator[Results]:
    made = Results()
    qtbot.addWidget(made)
    made.resize(700, 280)
    with qtbot.waitExposed(made):
        made.show()
    return made


def cells(results: Results, title: str) -> list[str]:
    place = [each.title for each in results.table.outcomes.columns].index(title)
    return [line.cells[place].words for line in results.table.outcomes.lines]


def look(results: Results, key: str) -> None:
    keys = [results.views.tabData(place) for place in range(results.views.count())]
    results.views.setCurrentIndex(keys.index(key))


def measure(results: Results, key: str) -> None:
    place = results.measure.findData(key)
    results.measure.setCurrentIndex(place)
    results.measure.activated.emit(place)


def with_trial(view: ExperimentView, number: int, **changes: object) -> ExperimentView:
    trials = list(view.trials)
    trials[number] = replace(trials[number], **changes)  # type: ignore[arg-type]
    return replace(view, trials=tuple(trials))


def test_every_state_of_a_run_is_said_in_words(results: Results) -> None:
    view = view_of(experiment((1, 2)), (0.5, np.nan))
    view = with_trial(view, 2, status="running", progress=0.375)
    view = with_trial(view, 3, status="failed", message="The data have no rows.")
    results.show_view(with_trial(view, 4, status="cancelled"))
    assert cells(results, "outcome") == [
        "done", "diverged", f"38{numbers.NARROW_SPACE}%", "failed", "cancelled", "waits",
    ]  # fmt: skip
    assert [row[2] for row in results.table.shown()][1] == "diverged at step 7"
    assert results.title.text() == "3 of 6 done · 1 diverged · 1 failed · 2 s"
    results.table.select(3)
    assert results.words.text() == "The data have no rows."


def test_before_the_first_run_is_over_it_says_so_and_columns_stay(results: Results) -> None:
    results.show_view(view_of(experiment(), ()))
    assert results.drawing.reading.text() == "Nothing to draw before the first run is over."
    before = len(results.table.outcomes.columns)
    results.show_view(view_of(experiment(), (0.1,), stage="done"))
    assert len(results.table.outcomes.columns) == before
    assert "against" in results.drawing.reading.text()


def test_the_best_run_is_bold_and_one_that_diverged_never_is(results: Results) -> None:
    results.show_view(view_of(experiment(), (0.3, np.nan, 0.2), stage="done"))
    assert [line.is_best for line in results.table.outcomes.lines] == [False, False, True]


def test_curves_are_medians_in_the_band_of_their_quartiles(results: Results) -> None:
    losses = (0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.9, 0.8, 1.0)
    results.show_view(view_of(experiment((1, 2, 3)), losses, stage="done"))
    look(results, "curves")
    measure(results, "train_loss")
    chart = results.drawing.plot.chart
    assert [curve.words for curve in chart.curves] == ["rate 0.01", "rate 0.1", "rate 1"]
    for place, curve in enumerate(chart.curves):
        low, median, high = np.percentile(losses[place::3], [25, 50, 75])
        assert curve.band is not None
        assert (curve.y[-1], curve.band[0][-1], curve.band[1][-1]) == pytest.approx((median, low, high))
        assert curve.x.tolist() == STEPS.tolist()
    assert results.drawing.reading.text() == "training loss against steps; median and quartiles of 3 seeds"


def test_over_steps_only_losses_and_scores_are_offered(results: Results) -> None:
    results.show_view(view_of(experiment(), (0.1, 0.2, 0.3), stage="done"))
    look(results, "setting")
    measure(results, "seconds")
    assert results.drawing.plot.chart.curves[0].y.tolist() == [1.5] * 3
    look(results, "curves")
    offered = [results.measure.itemData(place) for place in range(results.measure.count())]
    assert offered == ["train_loss", "validation_loss", "train_score", "validation_score"]
    assert results.chosen_measure() == "validation_loss"


def test_against_a_setting_each_value_of_the_second_has_its_curve_and_diverged_runs_their_crosses(
    results: Results,
) -> None:
    losses = (0.5, 0.2, np.nan, 0.4, 0.1, 0.9)
    results.show_view(view_of(experiment(momenta=(0.0, 0.9)), losses, stage="done"))
    look(results, "setting")
    measure(results, "train_loss")
    chart = results.drawing.plot.chart
    assert chart.is_log_x
    assert [curve.words for curve in chart.curves] == ["beta1 0", "beta1 0.9"]
    assert chart.curves[0].y[:2].tolist() == [0.5, 0.2]
    assert np.isnan(chart.curves[0].y[2])
    assert chart.curves[1].y.tolist() == [0.4, 0.1, 0.9]
    assert [(cross.x, cross.words) for cross in chart.crosses] == [(1.0, "rate 1 · beta1 0 · diverged at step 7")]


def test_cells_of_the_map_are_medians_and_say_how_many_diverged(results: Results) -> None:
    wanted = experiment((1, 2), (0.0, 0.9))
    losses = (0.5, 0.2, np.nan, 0.4, 0.1, 0.9, 0.7, 0.4, 3.0, 0.6, 0.3, 1.1)
    results.show_view(view_of(wanted, losses, stage="done"))
    look(results, "heat_map")
    measure(results, "train_loss")
    grid = results.drawing.heat.grid
    assert [[cell.value for cell in line] for line in grid.cells] == [
        [pytest.approx(0.6), pytest.approx(0.3), 3.0], [pytest.approx(0.5), pytest.approx(0.2), pytest.approx(1.0)],
    ]  # fmt: skip
    assert grid.cells[0][2].words == "rate 1 · beta1 0 · training loss 3 · 1 of 2 diverged"
    assert grid.best() == (1, 1)
    assert results.drawing.reading.text() == "training loss: median of 2 seeds; crossed: diverged"


def test_where_there_is_room_the_table_stands_beside_the_chart_else_behind_it(qtbot: QtBot, results: Results) -> None:
    results.show_view(view_of(experiment(), (0.1, 0.2, 0.3), stage="done"))
    assert results.listing.isVisible() and results.drawing.isVisible()
    results.resize(WIDE - 100, 280)
    qtbot.waitUntil(lambda: not results.listing.isVisible())
    look(results, "table")
    assert results.listing.isVisible() and not results.drawing.isVisible()


def test_a_point_leads_to_its_row_and_enter_opens_its_run(qtbot: QtBot, results: Results) -> None:
    results.show_view(view_of(experiment(), (0.1, 0.2, 0.3), stage="done"))
    look(results, "setting")
    plot = results.drawing.plot
    plot.setFocus()
    for _ in range(2):
        qtbot.keyClick(plot, Key.Key_Right)
    plot.taken.emit(1)
    assert results.table.selected() == [1]
    with qtbot.waitSignal(results.opened) as opened:
        qtbot.keyClick(plot, Key.Key_Return)
    assert opened.args == [1]


def test_another_experiment_takes_the_place_of_the_old_one(results: Results) -> None:
    results.show_view(view_of(experiment(), (0.1, 0.2, 0.3), stage="done"))
    results.table.select(1)
    other = view_of(Experiment(first_document(), seeds=(1, 2, 3, 4)), (0.4, 0.5, 0.6, 0.7), serial=2, stage="done")
    results.show_view(other)
    assert results.table.selected() == []
    assert cells(results, "seed") == ["1", "2", "3", "4"]
    keys = [results.views.tabData(place) for place in range(results.views.count())]
    assert "histogram" in keys and "heat_map" not in keys


def test_a_run_with_a_number_in_the_session_says_which(results: Results) -> None:
    results.show_view(with_trial(view_of(experiment(), (0.1, 0.2)), 1, run=4))
    assert cells(results, "outcome")[:2] == ["done", "done · Run 4"]
    assert isinstance(results.view.trials[1], Trial)  # type: ignore[union-attr]


def test_sorted_by_loss_a_run_that_diverged_comes_last_however_low_its_last_finite_loss_was(results: Results) -> None:
    view = view_of(experiment(), (0.3, 0.1, 0.2), stage="done")
    results.show_view(with_trial(view, 1, status="diverged"))
    place = [each.title for each in results.table.outcomes.columns].index("training loss")
    results.table.sortByColumn(place, Qt.SortOrder.AscendingOrder)
    assert [row[place] for row in results.table.shown()] == [0.2, 0.3, 0.1]


def test_how_a_run_went_and_what_it_is_judged_by_stand_first(results: Results) -> None:
    results.show_view(view_of(experiment(), (0.3, 0.1), stage="done"))
    titles = [each.title for each in results.table.outcomes.columns]
    assert titles[1:4] == ["outcome", "dev loss", "training loss"]
    end = sum(results.table.columnWidth(place) for place in range(3))
    assert end <= results.table.viewport().width()


def test_columns_grow_with_what_they_say_unless_somebody_pulled_them(results: Results) -> None:
    view = view_of(experiment(), (0.3,))
    results.show_view(view)
    results.table.setColumnWidth(0, 90)
    before = results.table.columnWidth(1)
    results.show_view(with_trial(view, 0, run=12_345_678, status="diverged"))
    results._draw()
    assert results.table.columnWidth(1) > before
    assert results.table.columnWidth(0) == 90


def test_among_many_curves_the_colour_is_the_second_setting_and_the_best_of_each_are_named(results: Results) -> None:
    varied = (
        Varied("training.optimizer.lr", (0.1, 0.2, 0.3, 0.4)),
        Varied("training.optimizer.beta1", (0.0, 0.5, 0.9)),
    )
    losses = [0.5, 0.4, 0.6, 0.7, 0.3, 0.2, 0.25, 0.1, 0.8, np.nan, 0.9, 0.85]
    results.show_view(view_of(Experiment(first_document(), varied), losses, stage="done"))
    look(results, "curves")
    curves = results.drawing.plot.chart.curves
    assert [curve.colour for curve in curves] == [0] * 4 + [1] * 4 + [2] * 4
    assert [number for number, curve in enumerate(curves) if not curve.is_thin] == [1, 7, 8]
    assert results.drawing.plot.labels() == ["rate 0.2 · beta1 0", "rate 0.4 · beta1 0.5", "rate 0.1 · beta1 0.9"]
    results.table.select(5)
    assert not results.drawing.plot.chart.curves[5].is_thin


def test_among_many_values_of_one_setting_the_best_stands_out(results: Results) -> None:
    losses = np.linspace(1.0, 2.0, 12).tolist()
    losses[7] = 0.5
    results.show_view(view_of(Experiment(first_document(), seeds=tuple(range(12))), losses, stage="done"))
    look(results, "curves")
    assert len(results.drawing.plot.chart.curves) == 1  # one combination: the median of all
    rates = Varied(LR, tuple(np.linspace(0.01, 0.12, 12).tolist()))
    results.show_view(view_of(Experiment(first_document(), (rates,)), losses, serial=2, stage="done"))
    look(results, "curves")
    curves = results.drawing.plot.chart.curves
    assert [number for number, curve in enumerate(curves) if curve.colour != PALE] == [7]
    assert results.drawing.plot.labels() == ["rate 0.08"]


def test_where_every_run_diverged_charts_are_empty(results: Results) -> None:
    results.show_view(view_of(experiment(momenta=(0.0, 0.9)), (np.nan,) * 6, stage="done"))
    for key in ("setting", "curves", "heat_map"):
        look(results, key)
        results.grab()
    assert all(cell.value is None and cell.diverged == 1 for line in results.drawing.heat.grid.cells for cell in line)
    assert not any(line.is_best for line in results.table.outcomes.lines)


def test_widening_columns_looks_at_few_of_many_rows(results: Results) -> None:
    rates = Varied(LR, tuple(np.linspace(0.001, 0.1, 100).tolist()))
    results.show_view(view_of(Experiment(first_document(), (rates,), tuple(range(10))), (0.5,)))
    table, looked = results.table, set[int]()
    data = table.outcomes.data

    def noted(index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        looked.add(index.row())
        return data(index, role)

    table.outcomes.data = noted  # type: ignore[method-assign]
    table.sizeHintForColumn(0)
    assert 0 < len(looked) < 100
