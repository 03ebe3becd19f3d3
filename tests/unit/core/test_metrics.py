"""Metrics against counting by hand, pair by pair and row by row."""

import itertools
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import SpecError
from dlviz.core.evaluate import Evaluator
from dlviz.core.metrics import Observed, check_metrics, measured, metrics
from dlviz.core.metrics.ranking import roc
from dlviz.core.network import InputSpec, NetworkSpec, dense

RNG = np.random.default_rng(11)


def binary(n: int = 41, low: float = 0.0, levels: int = 0) -> Observed:
    """Return one output unit and its labels; with levels many outputs are equal."""
    targets = np.where(RNG.uniform(size=(n, 1)) < 0.4, 1.0, low)
    outputs = low + (1 - low) * np.clip(0.5 + 0.3 * (targets - low - 0.5) + 0.3 * RNG.normal(size=(n, 1)), 0, 1)
    return Observed(np.round(outputs * levels) / levels if levels else outputs, targets)


def several(n: int = 60, k: int = 4) -> Observed:
    labels = RNG.integers(0, k, n)
    return Observed(RNG.normal(size=(n, k)) + 1.2 * np.eye(k)[labels], np.eye(k)[labels])


def value(metric: str, observed: Observed, **settings: Any) -> Any:
    return measured([Choice(metric, settings)], observed)[metric]


def classes(observed: Observed) -> list[tuple[int, int]]:
    """Return (true, told) of every row, worked out row by row."""
    low = observed.targets.min()
    found = []
    for target, output in zip(observed.targets, observed.outputs, strict=True):
        if len(target) > 1:
            found.append((int(np.argmax(target)), int(np.argmax(output))))
        else:
            found.append((int(target[0] == 1), int(output[0] > (1 + min(low, 0)) / 2)))
    return found


OBSERVED = [binary(), binary(low=-1.0), binary(levels=5), several(), several(k=2)]


@pytest.mark.parametrize("observed", OBSERVED)
def test_accuracy_and_confusion_count_rows(observed: Observed) -> None:
    pairs = classes(observed)
    assert value("accuracy", observed) == sum(true == told for true, told in pairs) / len(pairs)
    counts = value("confusion_matrix", observed)
    for true, told in itertools.product(range(len(counts)), repeat=2):
        assert counts[true, told] == pairs.count((true, told))
    assert counts.sum() == len(pairs)


def by_definition(pairs: list[tuple[int, int]], positive: int) -> tuple[float, float, float]:
    """Return precision, recall and their harmonic mean for one class."""
    hits = pairs.count((positive, positive))
    told = sum(each == positive for _, each in pairs)
    true = sum(each == positive for each, _ in pairs)
    precision, recall = hits / told if told else 0.0, hits / true if true else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0


@pytest.mark.parametrize("observed", OBSERVED)
@pytest.mark.parametrize(("place", "metric"), list(enumerate(["precision", "recall", "f1"])))
def test_rates_are_those_of_their_definitions(observed: Observed, place: int, metric: str) -> None:
    pairs, k = classes(observed), max(observed.targets.shape[1], 2)
    macro = sum(by_definition(pairs, each)[place] for each in range(k)) / k
    positive = by_definition(pairs, 1)[place]
    assert value(metric, observed, average="macro") == pytest.approx(macro, rel=1e-14)
    assert value(metric, observed, average="positive") == pytest.approx(positive, rel=1e-14)
    assert value(metric, observed) == pytest.approx(positive if observed.targets.shape[1] == 1 else macro, rel=1e-14)


def pair_share(scores: np.ndarray, is_positive: np.ndarray) -> float:
    """Return how often a positive row scores above a negative one, equal scores counted half."""
    wins = [
        1.0 if high > low else 0.5 if high == low else 0.0
        for high in scores[is_positive]
        for low in scores[~is_positive]
    ]
    return sum(wins) / len(wins)


@pytest.mark.parametrize("observed", OBSERVED)
def test_area_is_the_share_of_pairs_in_order(observed: Observed) -> None:
    targets, outputs = observed.targets, observed.outputs
    columns = range(targets.shape[1])
    expected = np.mean([pair_share(outputs[:, each], targets[:, each] == 1) for each in columns])
    assert value("auc", observed) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("observed", OBSERVED)
@pytest.mark.parametrize("positive", [0, 1])
def test_curve_holds_the_rates_of_every_threshold(observed: Observed, positive: int) -> None:
    curve = value("roc", observed, positive=positive)
    is_one_unit = observed.targets.shape[1] == 1
    scores = observed.outputs[:, 0] * (2 * positive - 1) if is_one_unit else observed.outputs[:, positive]
    is_positive = np.array([true == positive for true, _ in classes(observed)])
    assert len(curve) == len(set(scores)) + 1
    for false_rate, true_rate, threshold in curve:
        taken = scores >= threshold
        assert false_rate == pytest.approx((taken & ~is_positive).sum() / (~is_positive).sum())
        assert true_rate == pytest.approx((taken & is_positive).sum() / is_positive.sum())
    assert tuple(curve[0]) == (0, 0, np.inf)
    assert tuple(curve[-1, :2]) == (1, 1)


def test_known_curve() -> None:
    # Fawcett 2006: two of each class, scores 0.9 (+), 0.8 (−), 0.7 (+), 0.6 (−).
    curve = roc(np.array([0.7, 0.6, 0.9, 0.8]), np.array([True, False, True, False]))
    np.testing.assert_array_equal(curve[:, :2], [[0, 0], [0, 0.5], [0.5, 0.5], [0.5, 1], [1, 1]])


def test_one_class_alone_has_no_area() -> None:
    rows = Observed(np.array([[0.2], [0.7]]), np.ones((2, 1)))
    assert np.isnan(value("auc", rows))
    assert value("accuracy", rows) == 0.5


def test_one_class_of_two_signs_is_parted_at_the_threshold_that_is_given() -> None:
    outputs, targets = np.array([[0.2], [0.7], [-0.1]]), np.ones((3, 1))  # labels −1 and 1, of which only 1 is there
    rows = Observed(outputs, targets, threshold=0.0)
    assert value("accuracy", rows) == pytest.approx(2 / 3)
    assert value("confusion_matrix", rows).tolist() == [[0, 0], [1, 2]]
    assert value("recall", rows) == pytest.approx(2 / 3)


def test_values_are_compared_by_their_definitions() -> None:
    rows = Observed(RNG.normal(size=(9, 2)), RNG.normal(size=(9, 2)), is_classes=False)
    gaps = [abs(float(y - a)) for y, a in zip(rows.targets.ravel(), rows.outputs.ravel(), strict=True)]
    assert value("mae", rows) == pytest.approx(sum(gaps) / 18, rel=1e-14)
    means = rows.targets.mean(axis=0)
    spread = sum((y - means[j]) ** 2 for row in rows.targets for j, y in enumerate(row))
    assert value("r2", rows) == pytest.approx(1 - sum(gap**2 for gap in gaps) / spread, rel=1e-13)


def test_without_rows_numbers_mean_nothing() -> None:
    nobody = Observed(np.zeros((0, 1)), np.zeros((0, 1)))
    for entry in metrics:
        found = value(entry.key, nobody)
        is_empty = len(found) == 0 if isinstance(found, dict) else np.size(found) == 0
        assert is_empty or entry.key == "confusion_matrix" or np.isnan(found)


def test_norms_are_gathered_by_layer_or_parameter() -> None:
    arrays = {"h.W": np.array([[3.0, 0.0]]), "h.b": np.array([4.0]), "o.W": np.array([[-2.0]])}
    step = Observed(
        np.zeros((0, 0)), np.zeros((0, 0)), parameters=arrays, updates={n: a / 8 for n, a in arrays.items()}
    )
    assert value("weight_norm", step) == {"h": 5.0, "o": 2.0}
    assert value("weight_norm", step, by="parameter") == {"h.W": 3.0, "h.b": 4.0, "o.W": 2.0}
    assert value("update_ratio", step) == {"h": 0.125, "o": 0.125}


def test_dead_and_saturated_units_are_found_in_a_network() -> None:
    network = NetworkSpec((dense("r", 3, "relu"), dense("t", 2, "tanh"), dense("o", 1)), (InputSpec("x", (1,)),))
    evaluator = Evaluator(network, chosen("squared_error"), "float64")
    evaluator.load({
        "r.W": [[1], [-1], [0]], "r.b": [0, 0, -1], "t.W": [[9, 9, 0], [0.1, 0, 0]], "t.b": [0, 0],
        "o.W": [[1, 1]], "o.b": [0],
    })  # fmt: skip
    rows = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    _, found = evaluator.measure(rows, rows, [chosen("dead_units"), chosen("saturated_units")], is_classes=False)
    assert found["dead_units"] == {"r": pytest.approx(1 / 3)}  # the third unit is below 0 for every row
    assert found["saturated_units"] == {"t": 0.5}  # the first tanh always, the second never


@pytest.mark.parametrize(
    ("choices", "is_classes", "message"),
    [
        ([chosen("f1"), chosen("f1", average="macro")], True, "f1 twice"),
        ([chosen("accuracy")], False, "classes for accuracy. Received: values"),
        ([chosen("acuracy")], None, "Did you mean 'accuracy'"),
        ([chosen("f1", average="median")], None, "average"),
    ],
)
def test_metrics_that_do_not_fit_are_refused(choices: list[Choice], is_classes: bool | None, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        check_metrics(choices, is_classes)


def test_a_class_that_is_not_there_has_no_curve() -> None:
    with pytest.raises(SpecError, match="class from 0 to 1. Received: 2"):
        value("roc", binary(), positive=2)
