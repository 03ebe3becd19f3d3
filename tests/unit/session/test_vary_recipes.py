"""Recipes and what is read from them: offered where they apply, told as a few lines of NumPy tell it."""

import math
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.errors import SpecError
from dlviz.core.network import NetworkSpec, dense
from dlviz.core.schedules import Curve
from dlviz.session.curves import Curves
from dlviz.session.document import Document
from dlviz.session.edits import set_layer_setting, set_optimizer, set_training
from dlviz.session.presets import document_for, empty_document, first_document, step_document
from dlviz.session.run import Run
from dlviz.session.score import Score
from dlviz.session.subject_presets import and_by_perceptron, delta_rule, hopfield_recall, typed_formula
from dlviz.session.vary import Ended, Experiment, ExperimentView, Trial, Varied
from dlviz.session.vary.edit import vary_path
from dlviz.session.vary.experimenter import Experimenter
from dlviz.session.vary.measures import measure_name, measure_of, measures_of
from dlviz.session.vary.plan import document_of, trials_of
from dlviz.session.vary.pool import Executors
from dlviz.session.vary.rate_finding import rate_finding, read_rates, smoothed
from dlviz.session.vary.recipes import experiment_of, offers, recipes
from dlviz.session.vary.settings import name_of, read_path, settable, words
from dlviz.session.vary.summary import along_setting, bands, best, end_losses, heat_map, quartiles

LR = "training.optimizer.lr"
MOMENTUM = "training.optimizer.momentum"


def carried_out(experiment: Experiment) -> ExperimentView:
    experimenter = Experimenter(Executors(partial(ThreadPoolExecutor, 2), 2))
    try:
        experimenter.begin(experiment)
        limit = time.monotonic() + 60.0
        while experimenter.is_busy and time.monotonic() < limit:
            experimenter.work()
            time.sleep(0.005)
        assert experimenter.view is not None and experimenter.view.is_over
        return experimenter.view
    finally:
        experimenter.close()


def short(key: str, document: Document) -> Experiment:
    """A recipe as it is, but for the length of its trainings and the number of its seeds."""
    experiment = experiment_of(key, document)
    length = experiment.length if key == "rate_finder" else 3
    return replace(experiment, length=length, seeds=experiment.seeds[:5])


def with_momentum() -> Document:
    return set_optimizer(first_document(), "momentum")


@pytest.mark.parametrize("key", recipes.keys())
def test_every_recipe_runs_on_a_small_document_and_opens_bit_for_bit(key: str) -> None:
    experiment = short(key, with_momentum())
    view = carried_out(experiment)
    assert {trial.status for trial in view.trials} == {"done"}
    trial = view.trials[-1]
    assert trial.ended is not None and trial.ended.kept is not None
    run = Run(document_of(experiment, trial))
    while run.step < trial.ended.steps:
        run.advance(trial.ended.steps - run.step)
    assert np.array_equal(run.state().kept, trial.ended.kept.state.kept)


@pytest.mark.parametrize(
    ("document", "refused"),
    [
        (first_document(), {"rate_momentum"}),
        (step_document(), {"rate_momentum", "training_size", "resamples", "modes", "batch_luck"}),
        (document_for("iris"), {"rate_momentum", "resamples"}),
        (document_for("sine"), {"rate_momentum"}),
    ],
)
def test_recipes_are_offered_for_networks(document: Document, refused: set[str]) -> None:
    found = {offer.recipe.key: offer.refusal for offer in offers(document)}
    assert {key for key, refusal in found.items() if refusal} == refused
    assert "no setting called momentum" in found["rate_momentum"]


@pytest.mark.parametrize("make", [and_by_perceptron, delta_rule, hopfield_recall, typed_formula])
def test_recipes_say_why_they_do_not_apply_to_rules_and_formulas(make: Callable[[], Document]) -> None:
    document = make()
    for offer in offers(document):
        assert document.subject in offer.refusal
        with pytest.raises(SpecError, match=document.subject):
            experiment_of(offer.recipe.key, document)


def test_recipes_say_why_they_do_not_apply_to_what_cannot_train() -> None:
    assert all("no layer" in offer.refusal for offer in offers(empty_document()))
    stochastic = set_layer_setting(first_document(), "h1", "activation", "stochastic")
    assert all(offer.refusal for offer in offers(stochastic))
    zeros = replace(first_document(), network=NetworkSpec((dense("o", 1, "tanh", initializer=chosen("zeros")),)))
    found = {offer.recipe.key: offer.refusal for offer in offers(zeros)}
    assert "drawn at random" in found["restarts"] and not found["rate_finder"]


def test_optimizers_begin_at_the_same_bits_and_meet_the_same_batches() -> None:
    experiment = experiment_of("optimizers", first_document())
    documents = [document_of(experiment, trial) for trial in trials_of(experiment)]
    assert [each.training.optimizer.kind for each in documents] == ["adam", "sgd", "momentum", "nesterov", "rmsprop"]
    runs = [Run(each) for each in documents]
    first = runs[0].state().kept[0]
    for run in runs:
        assert np.array_equal(run.state().kept[0], first)
        run.forward("operation")
    rows = [run.walk.trace.rows for run in runs if run.walk is not None]
    assert len(rows) == 5 and all(np.array_equal(each, rows[0]) for each in rows)


def test_optimizers_list_times_and_gradient_evaluations() -> None:
    view = carried_out(short("optimizers", first_document()))
    assert {measure_of(view, trial, "gradient_evaluations") for trial in view.trials} == {3.0 * 18}
    assert all(measure_of(view, trial, "seconds") > 0 for trial in view.trials)


def test_rate_sweep_grows_by_the_same_factor_at_every_batch() -> None:
    rates = Curve(chosen("rate_sweep", epochs=5, factor=1e4), 1e-3).rates(50, 8)
    assert rates[:40] == pytest.approx([1e-3 * 1e4 ** (step / 40) for step in range(40)])
    assert rates[40:] == [1e-3 * 1e4] * 10


def test_rate_finder_trains_one_run_at_the_rates_it_tells() -> None:
    document = with_momentum()
    view = carried_out(experiment_of("rate_finder", document))
    found = rate_finding(view)
    assert found is not None and found.suggested is not None and found.breaks_at is not None
    ratios = found.rates[1:] / found.rates[:-1]
    assert found.rates[0] == pytest.approx(1e-6) and ratios == pytest.approx(ratios[0])
    assert found.suggested == pytest.approx(found.lowest / 10, rel=0.06)
    trial = view.trials[0]
    assert trial.ended is not None
    assert found.losses.tolist() == trial.ended.curves.batch_mean[: len(found.losses)].tolist()


def test_rate_reading_follows_its_rule() -> None:
    rates = np.geomspace(1e-4, 1.0, 100)
    losses = np.where(rates < 0.1, 1.0 / (1.0 + 50 * rates), 1e3 * rates)
    found = read_rates(rates, losses, is_diverged=False)
    mean, smooth = 0.0, []
    for number, loss in enumerate(losses, 1):
        mean = 0.9 * mean + 0.1 * loss
        smooth.append(mean / (1 - 0.9**number))
    assert smoothed(losses) == pytest.approx(np.array(smooth), rel=1e-13)
    lowest = min(range(100), key=lambda i: smooth[i] if rates[i] < 0.1 else math.inf)
    assert found.lowest == rates[lowest]
    assert found.breaks_at == next(r for r, s in zip(rates, smooth, strict=True) if r >= 0.1 and s > 4 * smooth[lowest])
    assert len(found.rates) < 100


def test_rate_that_never_learnt_is_not_suggested() -> None:
    rising = np.linspace(1.0, 2.0, 50)
    found = read_rates(np.geomspace(1e-4, 1, 50), rising, is_diverged=True)
    assert found.suggested is None
    assert found.breaks_at == 1.0


def curves(losses: Mapping[int, float]) -> Curves:
    steps, values = np.array(list(losses), dtype=np.int64), np.array(list(losses.values()))
    nothing = np.full(len(steps), np.nan)
    return Curves(steps, values, nothing, steps, nothing, nothing, steps, values, values, values)


def ended(loss: float, line: Mapping[int, float] | None = None) -> Ended:
    score = Score(loss, {"accuracy": 1 - loss})
    return Ended(10, 1, 10, 0.5, 10, score, None, score, curves(line or {10: loss}))


def view_of(experiment: Experiment, losses: list[float | None], lines: list[Mapping[int, float]] | None = None) -> Any:
    trials = []
    for place, (trial, loss) in enumerate(zip(trials_of(experiment), losses, strict=True)):
        came = None if loss is None else ended(loss, lines[place] if lines else None)
        status = "cancelled" if loss is None else "diverged" if loss < 0 else "done"
        trials.append(replace(trial, status=status, ended=came))
    return ExperimentView(1, experiment, tuple(trials), "done")


def test_heat_map_has_medians_over_seeds_by_both_settings() -> None:
    varied = (Varied(LR, (0.1, 0.2, 0.3)), Varied(MOMENTUM, (0.0, 0.9)))
    experiment = Experiment(with_momentum(), varied, seeds=(1, 2, 3))
    losses = [0.1, 0.2, 0.3, 0.4, 0.5, -1, 0.2, 0.2, 0.1, 0.4, None, -1, 0.9, 0.2, 0.2, 0.6, 0.7, -1]
    found = heat_map(view_of(experiment, losses), "train_loss")
    assert found is not None
    assert found.across == (0.1, 0.2, 0.3) and found.up == (0.0, 0.9)
    assert found.medians == pytest.approx(np.array([[0.2, 0.2, 0.2], [0.4, 0.6, np.nan]]), nan_ok=True)
    assert found.diverged.tolist() == [[0, 0, 0], [0, 0, 3]]
    assert found.runs.tolist() == [[3, 3, 3], [3, 2, 3]]
    assert heat_map(view_of(Experiment(with_momentum(), varied[:1]), [0.1, 0.2, 0.3]), "train_loss") is None


def test_settings_are_told_with_quartiles_and_what_diverged() -> None:
    experiment = Experiment(with_momentum(), (Varied(LR, (0.1, 0.2)),), seeds=(1, 2, 3, 4))
    view = view_of(experiment, [0.1, 0.5, 0.2, -1, 0.3, 0.7, 0.4, 0.6])
    one, two = along_setting(view, "test_loss")
    assert (one.low, one.median, one.high, one.n, one.diverged) == pytest.approx((0.175, 0.25, 0.325, 4, 0))
    assert (two.median, two.n, two.diverged) == pytest.approx((0.6, 3, 1))
    winner = best(view, "train_score")
    assert winner is not None and winner.number == 0
    assert measures_of(view) == (
        "train_loss", "test_loss", "train_score", "test_score", "seconds", "steps", "gradient_evaluations",
        "seconds_per_epoch", "seconds_to_common", "reached",
    )  # fmt: skip
    assert measure_name(view, "test_score") == "Accuracy (test)"


def test_band_is_the_median_of_what_came_so_far() -> None:
    experiment = Experiment(first_document(), seeds=(1, 2, 3))
    lines = [{0: 1.0, 5: 0.5, 10: 0.1}, {0: 2.0, 5: 0.7, 10: 0.3}, {0: 3.0, 5: 0.6}]
    (band,) = bands(view_of(experiment, [0.1, 0.3, -1], lines))
    assert band.steps.tolist() == [0, 5, 10]
    assert band.median == pytest.approx([2.0, 0.6, 0.2])
    assert band.low == pytest.approx([1.5, 0.55, 0.15]) and band.high == pytest.approx([2.5, 0.65, 0.25])
    assert band.n.tolist() == [3, 3, 2]


def test_histogram_counts_every_end_once() -> None:
    losses: list[float | None] = [0.1, 0.12, 0.5, 0.9, -1, None]
    found = end_losses(view_of(Experiment(first_document(), seeds=tuple(range(6))), losses))
    assert found is not None
    assert found.counts.sum() == 4 and found.diverged == 1
    assert (found.edges[0], found.edges[-1]) == (0.1, 0.9)
    assert end_losses(view_of(Experiment(first_document(), seeds=(1,)), [None])) is None


def test_quartiles_are_numpys_and_nan_of_nothing() -> None:
    numbers = [3.0, 1.0, math.nan, 2.0, 8.0]
    assert quartiles(numbers) == tuple(np.percentile([3.0, 1.0, 2.0, 8.0], [25, 50, 75]))
    assert all(math.isnan(each) for each in quartiles([math.nan]))


@pytest.mark.parametrize("document", [first_document(), document_for("digits"), step_document()])
def test_every_settable_place_can_be_read_named_and_set_to_what_it_is(document: Document) -> None:
    for place in settable(document):
        assert place.name and words(place.value)
        assert read_path(document, place.path) == place.value
        if place.value is not None:
            same = vary_path(document, place.path, place.value)
            assert read_path(same, place.path) == place.value


def test_names_and_words_are_those_of_the_window() -> None:
    document = with_momentum()
    assert name_of(document, LR) == "rate"
    assert name_of(document, "network.*.units") == "units of hidden layers"
    assert words(chosen("adam", lr=0.02)) == "Adam, rate 0.02"
    assert words(True) == "yes"


def test_measures_of_a_training_are_those_of_the_command_line() -> None:
    from dlviz.session.headless import train

    document = set_training(first_document(), epochs=4)
    view = carried_out(Experiment(document, length=4))
    report = train(document)
    trial: Trial = view.trials[0]
    assert report.train is not None and report.validation is not None
    assert measure_of(view, trial, "train_loss") == report.train.loss
    assert measure_of(view, trial, "validation_score") == report.validation.metrics["accuracy"]
    assert math.isnan(measure_of(view, trial, "test_loss"))
