"""Where seeds agree: mean, deviation and shares against NumPy over trainings that were run one by one."""

from dataclasses import replace
from time import monotonic

import numpy as np
import pytest

from dlviz.core.array import to_host
from dlviz.core.evaluate import Evaluator
from dlviz.session.agreements import Agreements
from dlviz.session.document import Document
from dlviz.session.edits import set_seed, set_training
from dlviz.session.messages import Interest
from dlviz.session.presets import document_for
from dlviz.session.run import Run
from dlviz.session.vary import Experiment, ExperimentView
from dlviz.session.vary.agreement import Agreement, answers_of, is_of_seeds, summed_up
from dlviz.session.vary.recipes import experiment_of
from tests.unit.session.test_vary_recipes import carried_out

SEEDS = (3, 4, 5, 6)
EPOCHS = 4
SIDE = 12
EXTENT = (-1.5, 1.5, -1.0, 1.0)
ASKED = Interest(frozenset({"agreement"}), output_grid=SIDE, extent=EXTENT)


def of_seeds(document: Document, seeds: tuple[int, ...] = SEEDS) -> ExperimentView:
    return carried_out(Experiment(document, seeds=seeds, length=EPOCHS))


def told(view: ExperimentView, interest: Interest = ASKED) -> Agreement:
    """What all seeds come to, however often one has to look."""
    agreements, limit = Agreements(), monotonic() + 30
    found = agreements.look(view, interest)
    while agreements.is_unfinished and monotonic() < limit:
        found = agreements.look(view, interest)
    assert found is not None
    return found


def trained_alone(document: Document, seed: int, places: np.ndarray) -> np.ndarray:
    """Outputs (n, k) at places (n, d) of a training by itself, in float64."""
    run = Run(replace(set_seed(document, seed), parameters={}))
    run.advance(EPOCHS * run.trainer.batches_per_epoch)
    evaluator = Evaluator(document.network, dtype="float64")
    evaluator.use(to_host(run.network.memory.vectors["theta"]))
    return evaluator.outputs(run.prepared.scaler.apply(places))


def cell_centres() -> np.ndarray:
    x0, x1, y0, y1 = EXTENT
    x = x0 + (np.arange(SIDE) + 0.5) * (x1 - x0) / SIDE
    y = y0 + (np.arange(SIDE) + 0.5) * (y1 - y0) / SIDE
    return np.array([(a, b) for b in y for a in x])


@pytest.mark.parametrize(("kind", "outputs"), [("circles", 1), ("blobs", 3)])
def test_mean_deviation_and_share_are_those_of_trainings_run_alone(kind: str, outputs: int) -> None:
    document = set_training(document_for(kind), batch_size=32)
    found = told(of_seeds(document))
    alone = np.array([trained_alone(document, seed, cell_centres()) for seed in SEEDS])  # (s, n, k)
    maps = alone.transpose(0, 2, 1).reshape(len(SEEDS), outputs, SIDE, SIDE)
    assert found.seeds == SEEDS and found.wanted == len(SEEDS) and found.extent == EXTENT
    np.testing.assert_allclose(found.mean, maps.mean(axis=0), rtol=0, atol=2e-6)
    np.testing.assert_allclose(found.std, np.sqrt(((maps - maps.mean(axis=0)) ** 2).sum(axis=0) / 4), rtol=0, atol=2e-6)
    level = 0.0 if document.network.layers[-1].settings["activation"].kind == "tanh" else 0.5
    named = maps.argmax(axis=1) if outputs > 1 else (maps[:, 0] > level).astype(int)
    mean = maps.mean(axis=0)
    winner = mean.argmax(axis=0) if outputs > 1 else (mean[0] > level).astype(int)
    assert found.share is not None
    np.testing.assert_allclose(found.share, (named == winner).sum(axis=0) / len(SEEDS), atol=1e-12)
    assert 0 < np.min(found.share) < 1 and any(len(each.lines) > 4 for each in found.answers)


def test_a_curve_has_one_row_of_cells_and_no_classes() -> None:
    document = document_for("sine")
    found = told(of_seeds(document))
    x = EXTENT[0] + (np.arange(SIDE) + 0.5) * (EXTENT[1] - EXTENT[0]) / SIDE
    alone = np.array([trained_alone(document, seed, x[:, None])[:, 0] for seed in SEEDS])
    assert found.mean.shape == (1, 1, SIDE) and found.share is None
    np.testing.assert_allclose(found.mean[0, 0], alone.mean(axis=0), rtol=0, atol=2e-6)
    np.testing.assert_allclose(found.std[0, 0], alone.std(axis=0), rtol=0, atol=2e-6)
    assert not any(len(each.lines) for each in found.answers)


def test_three_networks_of_which_two_name_the_left_class() -> None:
    left, right = np.array([[[0.9, 0.4]], [[0.1, 0.6]]]), np.array([[[0.4, 0.2]], [[0.6, 0.8]]])
    answers = [answers_of(seed, outputs, None, True) for seed, outputs in enumerate((left, left, right))]
    mean, std, share = summed_up(answers, None, True)
    np.testing.assert_allclose(mean[0, 0], [(0.9 + 0.9 + 0.4) / 3, (0.4 + 0.4 + 0.2) / 3])
    np.testing.assert_allclose(std[0, 0, 0], np.sqrt(2 / 9) * 0.5)
    assert share is not None
    np.testing.assert_allclose(share[0], [2 / 3, 1.0])


def test_another_plane_is_asked_anew_and_the_same_one_is_not() -> None:
    view = of_seeds(document_for("circles"))
    agreements = Agreements()
    while (first := agreements.look(view, ASKED)) is None or agreements.is_unfinished:
        pass
    assert agreements.look(view, ASKED) is first
    assert told(view, replace(ASKED, extent=(0.0, 1.0, 0.0, 1.0))).extent == (0.0, 1.0, 0.0, 1.0)
    assert agreements.look(view, Interest()) is None


def test_what_diverged_is_left_out() -> None:
    view = of_seeds(document_for("circles"))
    trials = (replace(view.trials[0], status="diverged"), *view.trials[1:])
    assert told(replace(view, trials=trials)).seeds == SEEDS[1:]


def test_restarts_differ_in_their_seeds_alone_and_other_experiments_do_not() -> None:
    document = document_for("circles")
    assert is_of_seeds(experiment_of("restarts", document))
    assert not is_of_seeds(experiment_of("depth_width", document))
    assert not is_of_seeds(Experiment(document, seeds=(1,)))
