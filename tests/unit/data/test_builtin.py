"""Built-in data sets: what they contain, that they are seeded, and that every setting is checked."""

import numpy as np
import pytest

from dlviz.core.errors import DlvizError, SpecError
from dlviz.data.builtin import datasets

RANDOM = [kind.key for kind in datasets if any(hyper.name == "seed" for hyper in kind.settings)]
NOISY = [kind.key for kind in datasets if any(hyper.name == "noise" for hyper in kind.settings)]


@pytest.mark.parametrize("key", datasets.keys())
def test_rows_are_finite_read_only_and_named(key: str) -> None:
    kind = datasets.get(key)
    dataset = kind.build({})
    assert dataset.task == kind.task
    assert dataset.inputs.shape == (dataset.n, len(dataset.input_names))
    assert np.isfinite(dataset.inputs).all()
    assert not dataset.inputs.flags.writeable
    assert not dataset.targets.flags.writeable


@pytest.mark.parametrize("key", datasets.keys())
def test_targets_are_values_or_indices_of_classes(key: str) -> None:
    dataset = datasets.get(key).build({})
    if dataset.task == "regression":
        assert dataset.targets.shape == (dataset.n, len(dataset.target_names))
    else:
        assert dataset.targets.dtype == np.int64
        assert set(dataset.targets.tolist()) == set(range(len(dataset.class_names)))


@pytest.mark.parametrize("key", RANDOM)
def test_same_seed_same_points_another_seed_others(key: str) -> None:
    kind = datasets.get(key)
    shaken = {"noise": 0.1} if key in NOISY else {}
    first, again, other = (kind.build({**shaken, "seed": seed}) for seed in (3, 3, 4))
    assert first.inputs.tobytes() == again.inputs.tobytes()
    assert first.targets.tobytes() == again.targets.tobytes()
    assert (first.inputs.tobytes(), first.targets.tobytes()) != (other.inputs.tobytes(), other.targets.tobytes())


@pytest.mark.parametrize("key", NOISY)
def test_noise_has_the_standard_deviation_it_names(key: str) -> None:
    kind = datasets.get(key)
    clean, shaken = kind.build({"samples": 4000, "noise": 0.0}), kind.build({"samples": 4000, "noise": 0.2})
    shifts = np.asarray(shaken.targets - clean.targets) if clean.task == "regression" else shaken.inputs - clean.inputs
    assert abs(np.std(shifts) - 0.2) < 0.01
    assert abs(np.mean(shifts)) < 0.01


@pytest.mark.parametrize("key", datasets.keys())
def test_every_set_says_what_it_is(key: str) -> None:
    kind = datasets.get(key)
    assert len(kind.description) > 20 and not kind.description.endswith(".") and kind.source
    assert kind.modality == kind.build({}).modality


@pytest.mark.parametrize("bits", range(2, 9))
def test_parity_has_every_row_once_and_counts_its_ones(bits: int) -> None:
    dataset = datasets.get("parity").build({"bits": bits})
    assert len(np.unique(dataset.inputs, axis=0)) == dataset.n == 2**bits
    assert dataset.targets.tolist() == [bin(row).count("1") % 2 for row in range(2**bits)]


def test_parity_of_two_bits_is_xor() -> None:
    parity, xor = datasets.get("parity").build({"bits": 2}), datasets.get("xor").build({})
    np.testing.assert_array_equal(parity.inputs, xor.inputs)
    np.testing.assert_array_equal(parity.targets, xor.targets)


@pytest.mark.parametrize("squares", [2, 3, 5, 8])
def test_colours_of_a_checkerboard_change_with_every_square(squares: int) -> None:
    dataset = datasets.get("checkerboard").build({"samples": 2000, "squares": squares})
    square = np.floor((dataset.inputs + 1) / 2 * squares).astype(int)
    np.testing.assert_array_equal(dataset.targets, square.sum(axis=1) % 2)
    assert len(np.unique(square, axis=0)) == squares**2
    assert abs(dataset.targets.mean() - 0.5) < 0.01


def test_points_above_a_typed_curve_are_above_it() -> None:
    dataset = datasets.get("above_below").build({"formula": "x**2 - 0.5"})
    x, y = dataset.inputs.T
    np.testing.assert_array_equal(dataset.targets, (y > x**2 - 0.5).astype(int))


def test_typed_regressions_follow_their_formulas() -> None:
    curve = datasets.get("curve").build({"formula": "exp(x) - 1", "noise": 0.0})
    np.testing.assert_allclose(curve.targets, np.exp(curve.inputs) - 1, atol=1e-8)
    surface = datasets.get("surface").build({"formula": "x*y + 0.5", "noise": 0.0})
    np.testing.assert_allclose(surface.targets[:, 0], surface.inputs.prod(axis=1) + 0.5, atol=1e-8)


@pytest.mark.parametrize(
    ("key", "settings", "message"),
    [
        ("above_below", {"formula": "z + 1"}, "z"),
        ("above_below", {"formula": "__import__('os')"}, "Expected"),
        ("above_below", {"formula": "5"}, "both sides"),
        ("above_below", {"formula": "log(-1 - x**2)"}, "both sides"),
        ("curve", {"formula": "1/(x - x)"}, "everywhere"),
        ("surface", {"formula": "9**9**9*x*y"}, "everywhere"),
        ("echo", {"length": 4, "delay": 4}, "below the length"),
        ("sentences", {"text": "only one = a"}, "two classes"),
        ("sentences", {"text": "no class | sun = a | wind = b"}, "no class"),
        ("sentences", {"text": "1 2 = a | 3 = b"}, "words"),
    ],
)
def test_what_makes_no_data_is_refused_in_one_sentence(key: str, settings: dict[str, object], message: str) -> None:
    with pytest.raises(DlvizError, match=message):
        datasets.get(key).build(settings)


def test_echo_asks_for_the_number_that_stood_some_steps_ago() -> None:
    dataset = datasets.get("echo").build({"length": 12, "delay": 10})
    assert dataset.row_shape == (12, 1)
    np.testing.assert_array_equal(dataset.targets, (dataset.inputs[:, 1] > 0).astype(int))
    assert set(np.unique(dataset.inputs)) == {-1.0, 1.0}


def test_cars_of_the_course_are_the_first() -> None:
    dataset = datasets.get("car_prices").build({})
    rows = np.column_stack([dataset.inputs, dataset.targets])[:4].tolist()
    assert rows == [[3, 5, 50_000], [3, 5, 40_000], [6, 9, 25_000], [1, 1, 60_000]]
    old, new = dataset.inputs[:, 0] > 8, dataset.inputs[:, 0] < 3
    assert dataset.targets[old].mean() < dataset.targets[new].mean()


@pytest.mark.parametrize("key", NOISY)
def test_points_are_rounded_to_a_billionth(key: str) -> None:
    dataset = datasets.get(key).build({"noise": 0.1})
    np.testing.assert_array_equal(dataset.inputs, np.round(dataset.inputs, 9))


@pytest.mark.parametrize(("key", "truth"), [("and", [0, 0, 0, 1]), ("xor", [0, 1, 1, 0])])
def test_gates_follow_their_truth_table(key: str, truth: list[int]) -> None:
    dataset = datasets.get(key).build({})
    assert dataset.inputs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert dataset.targets.tolist() == truth


def test_circles_are_a_disc_and_a_ring_with_a_gap() -> None:
    dataset = datasets.get("circles").build({"samples": 1000, "noise": 0.0})
    radius = np.hypot(*dataset.inputs.T)
    assert radius[dataset.targets == 1].max() <= 0.5 + 1e-9
    assert 0.7 - 1e-9 <= radius[dataset.targets == 0].min() <= radius.max() <= 1 + 1e-9


def test_moons_lie_on_two_half_circles() -> None:
    dataset = datasets.get("moons").build({"samples": 200, "noise": 0.0})
    upper = dataset.inputs[dataset.targets == 0] * 1.5 - [-0.5, -0.25]
    np.testing.assert_allclose(np.hypot(*upper.T), 1, atol=1e-8)
    np.testing.assert_array_less(-1e-8, upper[:, 1])


def test_spiral_arms_are_the_first_one_turned() -> None:
    dataset = datasets.get("spiral").build({"samples": 300, "noise": 0.0, "classes": 3})
    first, second = dataset.inputs[dataset.targets == 0], dataset.inputs[dataset.targets == 1]
    turn = 2 * np.pi / 3
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    np.testing.assert_allclose(first @ rotation.T, second, atol=1e-8)


def test_line_and_sine_follow_their_formulas() -> None:
    line = datasets.get("line").build({"noise": 0.0, "slope": -2.0, "intercept": 0.5})
    np.testing.assert_allclose(line.targets, -2 * line.inputs + 0.5, atol=1e-8)
    sine = datasets.get("sine").build({"noise": 0.0, "periods": 2.0})
    np.testing.assert_allclose(sine.targets, np.sin(2 * np.pi * sine.inputs), atol=1e-7)


def test_salary_tables_hold_the_printed_rows() -> None:
    iq, cgpa = datasets.get("iq_salary").build({}), datasets.get("cgpa_salary").build({})
    assert np.column_stack([iq.inputs, iq.targets]).tolist() == [[80, 3.5, 1.8], [60, 4, 2.5], [70, 3.2, 2]]
    assert np.column_stack([cgpa.inputs, cgpa.targets]).tolist() == [[8, 8, 4], [7, 9, 5], [6, 10, 6], [5, 12, 7]]


@pytest.mark.parametrize(
    ("key", "shape", "per_class"),
    [
        ("iris", (150, 4), [50, 50, 50]),
        ("wine", (178, 13), [59, 71, 48]),
        ("breast_cancer", (569, 30), [212, 357]),
        ("digits", (1797, 64), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]),
    ],
)
def test_shipped_sets_have_the_published_counts(key: str, shape: tuple[int, int], per_class: list[int]) -> None:
    dataset = datasets.get(key).build({})
    assert dataset.inputs.shape == shape
    assert np.bincount(dataset.targets).tolist() == per_class


def test_shipped_sets_have_known_values() -> None:
    iris, digits, diabetes = (datasets.get(key).build({}) for key in ("iris", "digits", "diabetes"))
    np.testing.assert_allclose(iris.inputs.mean(axis=0), [5.8433, 3.0573, 3.758, 1.1993], atol=1e-4)
    assert (digits.inputs.min(), digits.inputs.max()) == (0, 16)
    assert diabetes.inputs.shape == (442, 10)
    assert (diabetes.targets.min(), diabetes.targets.max()) == (25, 346)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sample": 10}, "Received: 'sample'"),
        ({"samples": 0}, "Received: samples=0"),
        ({"samples": 10**9}, "Received: samples=1000000000"),
        ({"noise": -1.0}, "Received: noise=-1.0"),
        ({"noise": float("nan")}, "Received: noise=nan"),
        ({"seed": 1.5}, "Received: seed=1.5"),
    ],
)
def test_bad_settings_are_refused_by_name(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        datasets.get("circles").build(settings)


def test_digits_are_images_and_iris_is_a_table() -> None:
    digits, iris = (datasets.get(key).build({}) for key in ("digits", "iris"))
    assert (digits.modality, digits.image_shape, digits.row_shape) == ("image", (1, 8, 8), (1, 8, 8))
    assert (iris.modality, iris.row_shape) == ("table", (4,))
