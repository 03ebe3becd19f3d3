"""What learning rules learn, against formulas and facts from outside."""

import itertools

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.errors import SpecError
from dlviz.core.execute import record
from dlviz.core.memory import Memory
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.core.program import lower
from dlviz.core.rules import Learner
from dlviz.core.rules.hopfield import energy
from dlviz.core.rules.perceptron import learn_epoch, mistakes_bound
from dlviz.core.rules.threshold import firing_probability

CORNERS = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
AND, XOR = np.array([0.0, 0, 0, 1]), np.array([0.0, 1, 1, 0])
ONES = np.ones((4, 1))


def converge(learner: Learner, most: int = 100) -> tuple[int, int]:
    """Train until an epoch corrects nothing; return the epochs and all corrections."""
    corrections = 0
    for epoch in range(1, most + 1):
        wrong = learn_epoch(learner)
        corrections += wrong
        if wrong == 0:
            return epoch, corrections
    return most, corrections


@pytest.mark.parametrize("lr", [0.1, 1.0, 3.0])
@pytest.mark.parametrize("start", [(0, 0, 0), (-3, 2, 5)])
def test_perceptron_solves_and_within_the_bound(lr: float, start: tuple[float, ...]) -> None:
    given = {"o.W": [start[:2]], "o.b": [start[2]]}
    learner = Learner(chosen("perceptron", lr=lr), CORNERS, AND, start=given)
    epochs, corrections = converge(learner)
    rows = np.hstack([CORNERS, ONES])
    # The best plane through augmented AND: margin 1/√17 at (2, 2, −3).
    assert epochs < 100
    assert 0 < corrections <= mistakes_bound(rows, AND, [2, 2, -3], start, lr)


def test_bound_from_zero_is_that_of_novikoff() -> None:
    rows = np.hstack([CORNERS, ONES])
    assert mistakes_bound(rows, AND, [2, 2, -3]) == pytest.approx(3 * 17)  # R² = 3, γ = 1/√17
    with pytest.raises(SpecError, match="separate the classes"):
        mistakes_bound(rows, XOR, [2, 2, -3])


def test_bound_from_other_weights_is_where_both_inequalities_meet() -> None:
    rows, start, lr = np.hstack([CORNERS, ONES]), np.array([-3.0, 2, 5]), 0.5
    unit = np.array([2, 2, -3]) / np.sqrt(17)
    k = mistakes_bound(rows, AND, [2, 2, -3], start, lr)
    margin = min(np.where(AND > 0, 1, -1) * (rows @ unit))
    lower, upper = start @ unit + k * lr * margin, np.sqrt(start @ start + k * lr**2 * 3)
    assert lower == pytest.approx(upper, rel=1e-12)
    assert k > mistakes_bound(rows, AND, [2, 2, -3])


def test_perceptron_never_solves_xor() -> None:
    epochs, corrections = converge(Learner(chosen("perceptron"), CORNERS, XOR))
    assert (epochs, corrections > 100) == (100, True)


def test_both_label_sets_make_the_same_weights() -> None:
    one = Learner(chosen("perceptron"), CORNERS, AND)
    other = Learner(chosen("perceptron", labels="-1/+1"), CORNERS, 2 * AND - 1)
    for _ in range(30):
        one.step()
        other.step()
        np.testing.assert_array_equal(one.values["o.W"], other.values["o.W"])
        np.testing.assert_array_equal(one.values["o.b"], other.values["o.b"])


@pytest.mark.parametrize(("at_zero", "label"), [("upper", 1.0), ("lower", 0.0)])
def test_label_at_zero_is_a_convention(at_zero: str, label: float) -> None:
    learner = Learner(chosen("perceptron", at_zero=at_zero), [[1.0]], [1.0])
    assert learner.record().value("o.a", 5) == label


def test_trick_meets_random_points_and_moves_only_at_wrong_ones() -> None:
    learner = Learner(chosen("perceptron_trick", lr=0.5), CORNERS, AND, seed=2)
    rows = []
    for _ in range(60):
        before = np.array(learner.values["o.W"])
        trace = learner.record()
        rows.append(int(trace.rows[0]))
        is_wrong = bool(np.any(trace.value("o.e", 3)))
        expected = before + is_wrong * 0.5 * (2 * AND[rows[-1]] - 1) * CORNERS[rows[-1]]
        np.testing.assert_allclose(learner.values["o.W"], expected)
    assert rows != sorted(rows)
    assert len({tuple(rows[start : start + 4]) for start in range(0, 60, 4)}) > 5


def test_delta_rule_is_gradient_descent_on_half_the_squared_error() -> None:
    rng = np.random.default_rng(1)
    inputs, targets, weights = rng.normal(size=(1, 4)), rng.normal(size=(1, 2)), rng.normal(size=(2, 4))
    bias = rng.normal(size=2)
    learner = Learner(chosen("delta", lr=0.3), inputs, targets, start={"o.W": weights, "o.b": bias})
    learner.step()
    network = NetworkSpec((dense("o", 2),), (InputSpec("x", (4,)),))
    optimizer = chosen("sgd", lr=0.3)
    program = lower(network, chosen("squared_error", factor=0.5, reduction="sum"), optimizer)
    memory = Memory(program.layout, optimizer)
    memory.load({"o.W": weights, "o.b": bias})
    binding = program.bind(memory, 1)
    binding.load(inputs, targets)
    record(binding)
    for name, expected in memory.read().items():
        np.testing.assert_allclose(learner.values[name], expected, rtol=1e-14)


def test_both_views_of_the_delta_rule_make_the_same_steps_bit_for_bit() -> None:
    rng = np.random.default_rng(4)
    inputs, targets = rng.normal(size=(9, 3)), rng.normal(size=(9, 2))
    views = [Learner(chosen("delta", lr=0.07, view=view), inputs, targets) for view in ("descent", "correction")]
    for _ in range(50):
        for each in views:
            each.step()
        first, second = (each.state().values for each in views)
        for name in ("o.W", "o.b"):
            np.testing.assert_array_equal(first[name], second[name], strict=True)


def test_delta_rule_finds_the_least_squares_line() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(40, 2))
    targets = inputs @ [1.5, -2.0] + 0.5
    learner = Learner(chosen("delta", lr=0.05, order="shuffled"), inputs, targets)
    learner.run(4000)
    np.testing.assert_allclose(learner.values["o.W"], [[1.5, -2.0]], atol=1e-10)
    np.testing.assert_allclose(learner.values["o.b"], [0.5], atol=1e-10)


def test_stochastic_unit_fires_as_often_as_it_should() -> None:
    learner = Learner(chosen("stochastic", temperature=2.0, bias=False), [[1.0]], start={"o.W": [[1.5]]}, seed=4)
    fired = 0
    for _ in range(4000):
        learner.step()
        fired += learner.values["o.a"].item() == 1
    assert fired / 4000 == pytest.approx(1 / (1 + np.exp(-0.75)), abs=0.02)


def test_cold_unit_is_a_threshold_without_warnings() -> None:
    np.testing.assert_array_equal(firing_probability(np.array([-1e300, -1.0, 0, 1, 1e300]), 1e-6), [0, 0, 0.5, 1, 1])


def clusters(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    centres = np.array([[0.0, 0], [5, 0], [0, 5]])
    labels = np.arange(60) % 3
    return centres[labels] + 0.3 * rng.normal(size=(60, 2)), labels.astype(float)


def test_competing_prototypes_find_the_clusters() -> None:
    rows, labels = clusters()
    learner = Learner(chosen("competitive", lr=0.05), rows, start={"o.W": [[1.0, 1], [4, 1], [1, 4]]})
    learner.run(1200)
    means = [rows[labels == each].mean(axis=0) for each in range(3)]
    np.testing.assert_allclose(learner.values["o.W"], means, atol=0.15)


def test_map_unfolds_so_that_neighbours_lie_side_by_side() -> None:
    rows = np.random.default_rng(1).uniform(size=(200, 1))
    learner = Learner(chosen("som", columns=8, lr=0.5, radius=4, decay=600), rows, seed=3)
    assert np.abs(np.diff(np.sign(np.diff(learner.values["o.W"][:, 0])))).any()  # random at first
    learner.run(3000)
    places = learner.values["o.W"][:, 0]
    assert np.all(np.diff(places) > 0) or np.all(np.diff(places) < 0)


def test_map_co_operates_by_the_distance_on_its_grid() -> None:
    learner = Learner(chosen("som", rows=2, columns=3, radius=1.5, decay=10, lr=0.2), [[0.0], [1.0]], seed=1)
    learner.run(4)
    trace = learner.record()
    winner = int(trace.value("o.winner", 2)[0])
    sigma, rate = 1.5 * np.exp(-0.4), 0.2 * np.exp(-0.4)
    places = list(itertools.product(range(2), range(3)))
    squares = [sum((a - b) ** 2 for a, b in zip(each, places[winner], strict=True)) for each in places]
    share = np.exp(-np.array(squares) / (2 * sigma**2))
    np.testing.assert_allclose(trace.value("o.h", 6), [share], rtol=1e-12)
    moved = rate * share[:, None] * (trace.before["x"] - trace.before["o.W"])
    np.testing.assert_allclose(trace.value("o.W.step", 6), moved, rtol=1e-12)


def test_lvq_pulls_the_right_winner_and_pushes_the_wrong_one() -> None:
    start = {"o.W": [[0.0, 0.0], [1.0, 1.0]], "o.labels": [0.0, 1.0]}
    rows, labels = [[0.2, 0.0], [0.6, 0.6], [9.0, 9.0]], [0.0, 0.0, 1.0]
    learner = Learner(chosen("lvq", lr=0.5), rows, labels, start=start)
    learner.step(0)
    np.testing.assert_allclose(learner.values["o.W"], [[0.1, 0.0], [1.0, 1.0]])
    learner.step(1)
    np.testing.assert_allclose(learner.values["o.W"], [[0.1, 0.0], [1.2, 1.2]])


def test_lvq_classifies_the_clusters() -> None:
    rows, labels = clusters()
    learner = Learner(chosen("lvq", lr=0.05), rows, labels)
    learner.run(300)
    distances = np.linalg.norm(rows[:, None] - learner.values["o.W"], axis=2)
    np.testing.assert_array_equal(learner.values["o.labels"][distances.argmin(axis=1)], labels)


@pytest.mark.parametrize(("k", "answer"), [(1, 0.0), (3, 1.0), (4, 1.0), (5, 1.0)])
def test_neighbours_vote_and_the_nearest_breaks_a_tie(k: int, answer: float) -> None:
    memory = {"o.W": [[0.1], [0.2], [0.3], [0.4], [9.0]], "o.labels": [0, 1, 1, 1, 0]}
    trace = Learner(chosen("nearest_neighbour", k=k), [[0.0]], start=memory).record()
    assert trace.value("o.a", 3) == answer
    tied = memory | {"o.labels": [1, 0, 0, 1, 1]}
    assert Learner(chosen("nearest_neighbour", k=4), [[0.0]], start=tied).record().value("o.a", 3) == 1


def test_oja_finds_the_first_principal_direction() -> None:
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(300, 3)) * [3.0, 1.0, 0.5] @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
    learner = Learner(chosen("oja", lr=0.002, order="shuffled"), rows, seed=1)
    learner.run(6000)
    principal = np.linalg.svd(rows, full_matrices=False)[2][0]
    weights = learner.values["o.W"][0]
    assert np.linalg.norm(weights) == pytest.approx(1, abs=0.03)
    assert abs(weights @ principal) == pytest.approx(1, abs=0.03)


def test_several_units_of_oja_span_the_principal_plane() -> None:
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(300, 4)) * [4.0, 3.0, 0.5, 0.3]
    learner = Learner(chosen("oja", lr=0.002, units=2, order="shuffled"), rows, seed=1)
    learner.run(9000)
    np.testing.assert_allclose(learner.values["o.W"] @ learner.values["o.W"].T, np.eye(2), atol=0.06)
    assert np.abs(learner.values["o.W"][:, 2:]).max() < 0.06


def test_hebb_alone_grows_without_bound() -> None:
    rows = np.random.default_rng(2).normal(size=(50, 3))
    learner = Learner(chosen("hebb"), rows, seed=1)
    sizes = []
    for _ in range(4):
        learner.run(50)
        sizes.append(float(np.linalg.norm(learner.values["o.W"])))
    assert sizes == sorted(sizes)
    assert sizes[-1] > 100 * sizes[0]


def test_supervised_hebb_stores_outer_products() -> None:
    rng = np.random.default_rng(3)
    rows, targets = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    learner = Learner(chosen("hebb", supervised=True, lr=0.5), rows, targets, start={"o.W": np.zeros((2, 3))})
    learner.run(5)
    np.testing.assert_allclose(learner.values["o.W"], 0.5 * targets.T @ rows)


def patterns() -> np.ndarray:
    return np.sign(np.random.default_rng(7).normal(size=(3, 60)))


def test_hopfield_storage_is_the_mean_of_outer_products() -> None:
    learner = Learner(chosen("hopfield_storage"), patterns())
    learner.run(3)
    expected = patterns().T @ patterns() / 60
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(learner.values["o.W"], expected, atol=1e-15)


@pytest.mark.parametrize("mode", ["asynchronous", "synchronous"])
def test_hopfield_recalls_a_pattern_from_a_fifth_of_flips(mode: str) -> None:
    cues = patterns()
    for cue, start in zip(cues, (0, 20, 40), strict=True):
        cue[start : start + 12] *= -1
    storage = Learner(chosen("hopfield_storage"), patterns())
    storage.run(3)
    recall = Learner(chosen("hopfield_recall", mode=mode), cues, start={"o.W": storage.values["o.W"]})
    for pattern in patterns():
        recall.step()
        np.testing.assert_array_equal(recall.values["o.a"][0], pattern)


def test_hopfield_energy_falls_and_is_the_quadratic_form() -> None:
    rng = np.random.default_rng(5)
    weights = rng.normal(size=(30, 30))
    weights = weights + weights.T
    np.fill_diagonal(weights, 0)
    learner = Learner(chosen("hopfield_recall", sweeps=8), np.sign(rng.normal(size=(4, 30))), start={"o.W": weights})
    for _ in range(4):
        trace = learner.record()
        energies = [float(step.writes["o.energy"][0]) for step in trace.steps if step.op == "energy"]
        assert energies == sorted(energies, reverse=True)
        assert energies[0] > energies[-1]
        s = trace.steps[-2].writes["o.a"][0]
        by_hand = -0.5 * sum(weights[i, j] * s[i] * s[j] for i in range(30) for j in range(30))
        assert energies[-1] == pytest.approx(by_hand)
        assert energies[-1] == energy(weights, np.asarray(s))


def test_hopfield_updates_in_an_order_of_its_own_each_sweep() -> None:
    trace = Learner(chosen("hopfield_recall", sweeps=3), patterns(), seed=3).record()
    orders = [tuple(step.writes["o.order"]) for step in trace.steps if step.op == "settle"]
    assert len(set(orders)) == 3
    assert all(sorted(each) == list(range(60)) for each in orders)


def test_hopfield_refuses_weights_that_are_not_symmetric() -> None:
    with pytest.raises(SpecError, match="symmetric"):
        Learner(chosen("hopfield_recall"), [[1.0, -1.0]], start={"o.W": [[0.0, 1.0], [2.0, 0.0]]})
