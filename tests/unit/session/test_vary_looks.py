"""What an experiment keeps of its networks: first activations beside theory, fitted curves, times and shares."""

import math
from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import DlvizError
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import prepare
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.session.document import Document
from dlviz.session.edits import set_data_setting, set_layer_setting, set_split
from dlviz.session.presets import document_for, first_document
from dlviz.session.run import Run
from dlviz.session.vary import Experiment, Varied
from dlviz.session.vary.looks import FirstActivations, first_activations, fitted_curve, linear_share
from dlviz.session.vary.measures import measure_of
from dlviz.session.vary.recipes import experiment_of
from dlviz.session.vary.settings import settable
from dlviz.session.vary.summary import along_setting
from tests.unit.session.test_vary_recipes import carried_out, short

WIDE, DEPTH = 200, 20


def deep(initializer: Choice, activation: str) -> Document:
    """Normal inputs into twenty wide layers of one kind."""
    rng = np.random.default_rng(3)
    inputs, targets = rng.normal(size=(400, WIDE)), rng.normal(size=(400, 1))
    for array in (inputs, targets):
        array.setflags(write=False)
    names = tuple(f"x{i}" for i in range(WIDE))
    data = DataSpec("table", dataset=Dataset("Noise", "regression", inputs, targets, names, ("y",)))
    layers = tuple(dense(f"h{i}", WIDE, activation, initializer=initializer) for i in range(1, DEPTH + 1))
    network = NetworkSpec((*layers, dense("o", 1)), (InputSpec("x", (WIDE,)),))
    return replace(first_document(), data=data, network=network)


def looked(document: Document) -> FirstActivations:
    return first_activations(Run(document).network)


def test_he_keeps_the_size_of_relu_activations_and_one_over_n_halves_its_square() -> None:
    he, xavier = (looked(deep(chosen(kind), "relu")) for kind in ("he_normal", "xavier_normal"))
    scale = math.sqrt(0.5)  # a ReLU passes half of the square
    np.testing.assert_allclose(he.theory[:DEPTH], np.ones(DEPTH), rtol=0.02)
    np.testing.assert_allclose(xavier.theory[:DEPTH], he.theory[:DEPTH] * scale ** np.arange(1, DEPTH + 1), rtol=0.05)
    np.testing.assert_allclose(he.measured[:5], he.theory[:5], rtol=0.25)
    assert 0.3 < he.measured[DEPTH - 1] < 3 and xavier.measured[DEPTH - 1] < 0.01


def test_xavier_keeps_the_variance_of_linear_layers_and_tanh_shrinks_slowly() -> None:
    line, bent = (looked(deep(chosen("xavier_normal"), kind)) for kind in ("linear", "tanh"))
    np.testing.assert_allclose(line.theory[:DEPTH], np.ones(DEPTH), rtol=0.02)
    # E[tanh(Z)²] of a standard normal Z, by a sum over a fine grid
    z = np.linspace(-8, 8, 20_001)
    first = math.sqrt(float(np.sum(np.tanh(z) ** 2 * np.exp(-(z**2) / 2)) / np.sum(np.exp(-(z**2) / 2))))
    assert bent.theory[0] == pytest.approx(first, rel=0.02)
    np.testing.assert_allclose(bent.measured[:5], bent.theory[:5], rtol=0.1)
    assert np.all(np.diff(bent.theory[:DEPTH]) < 0)


def test_large_first_weights_saturate_most_units() -> None:
    small, large = (looked(deep(chosen("normal", std=std), "tanh")) for std in (0.01, 10.0))
    assert small.saturated == 0 and large.saturated > 0.9
    assert math.isnan(looked(deep(chosen("he_normal"), "relu")).saturated)


def test_constant_weights_have_no_theory() -> None:
    assert np.isnan(looked(deep(chosen("constant", value=0.1), "tanh")).theory).all()


def test_the_fitted_curve_is_what_the_network_predicts() -> None:
    document = document_for("sine")
    run = Run(document)
    run.advance(50)
    run.network.restore(run.state())
    curve = fitted_curve(run.network)
    assert curve is not None
    assert curve.shape == (2, 201)
    (weights,) = (run.parameters(),)
    x = prepare(document.data).scaler.apply(curve[0][:, None]).T
    for layer in document.network.layers:
        x = weights[f"{layer.id}.W"] @ x + weights[f"{layer.id}.b"][:, None]
        x = np.tanh(x) if layer.settings["activation"].kind == "tanh" else x
    np.testing.assert_allclose(curve[1], x[0], rtol=1e-9, atol=1e-12)
    assert fitted_curve(Run(first_document()).network) is None


def test_a_large_network_fits_each_sample_its_own_way() -> None:
    document = set_data_setting(set_data_setting(document_for("sine"), "samples", 20), "noise", 0.4)
    experiment = replace(experiment_of("resamples", document), length=400)
    view = carried_out(experiment)
    fits: dict[object, list[np.ndarray]] = {}
    for trial in view.trials:
        assert trial.ended is not None and trial.ended.fit is not None
        fits.setdefault(trial.values[1], []).append(trial.ended.fit[1])
    spread = {units: float(np.mean(np.std(curves, axis=0))) for units, curves in fits.items()}
    assert len(fits[1]) == 8 and spread[32] > spread[1]


def test_a_larger_share_of_rows_has_those_of_a_smaller_one() -> None:
    parts = [
        prepare(DataSpec("blobs", split=SplitSpec(validation=0.2, test=0.1, used=share))) for share in (0.25, 0.5, 1.0)
    ]
    few, half, whole = (set(each.train.tolist()) for each in parts)
    assert few < half < whole and len(few) == round(0.25 * len(whole))
    labels = np.asarray(parts[0].dataset.targets)[parts[0].train]
    assert max(np.bincount(labels)) - min(np.bincount(labels)) <= 1
    assert all(np.array_equal(each.validation, parts[2].validation) for each in parts)


@pytest.mark.parametrize("share", [0.0, -0.5, 1.5])
def test_a_share_that_means_nothing_is_refused(share: float) -> None:
    with pytest.raises(DlvizError, match="used"):
        set_split(first_document(), used=share)


def test_times_and_shares_are_those_of_the_trainings() -> None:
    view = carried_out(short("modes", document_for("blobs")))
    online, _, whole = view.trials
    for trial in view.trials:
        assert trial.ended is not None
        epoch = measure_of(view, trial, "seconds_per_epoch")
        assert epoch == pytest.approx(trial.ended.seconds / trial.ended.epochs, rel=1e-9)
    assert online.ended is not None and whole.ended is not None
    assert online.ended.steps == 3 * len(prepare(document_for("blobs").data).train) and whole.ended.steps == 3
    common = view.common_loss
    worst = max(trial.ended.least_loss for trial in view.trials if trial.ended is not None)
    assert common == worst and all(measure_of(view, trial, "seconds_to_common") >= 0 for trial in view.trials)


def test_a_share_is_the_mean_over_seeds_of_what_came_near_the_best() -> None:
    view = carried_out(Experiment(first_document(), (Varied("training.batch_size", (1, 50)),), (1, 2, 3), length=2))
    losses = {trial.number: measure_of(view, trial, "train_loss") for trial in view.trials}
    limit = min(losses.values()) + 0.1 * (max(losses.values()) - min(losses.values()))
    for point in along_setting(view, "reached"):
        near = [losses[trial.number] <= limit for trial in view.trials if trial.config == point.config]
        assert point.median == pytest.approx(sum(near) / 3)


def test_depth_and_activation_of_hidden_layers_are_settings() -> None:
    known = {each.path: each.value for each in settable(set_layer_setting(first_document(), "h1", "units", 5))}
    assert known["network.depth"] == 2 and known["network.batch_norm"] is False and known["network.dropout"] == 0
    assert known["network.strength"] == 0 and known["data.split.used"] == 1


def test_a_strong_penalty_leaves_units_in_their_linear_zone() -> None:
    view = carried_out(replace(short("strength", first_document()), length=60, seeds=()))
    none, strongest = view.trials[0], view.trials[-1]
    assert none.ended is not None and strongest.ended is not None
    assert none.ended.linear_units < 0.6 and strongest.ended.linear_units > 0.95
    run = Run(first_document())
    inputs = run.network.prepared.inputs[run.network.prepared.train]
    weights, sums = run.parameters(), []
    x = np.asarray(inputs).T
    for layer in ("h1", "h2"):
        sums.append(weights[f"{layer}.W"] @ x + weights[f"{layer}.b"][:, None])
        x = np.tanh(sums[-1])
    by_hand = np.mean([np.mean(1 - np.tanh(each) ** 2 >= 0.9) for each in sums])
    assert linear_share(run.network) == pytest.approx(by_hand, abs=1e-12)
