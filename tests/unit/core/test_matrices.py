"""Steps as matrices: what stands on the right of a formula, worked out with plain products, is what stands left."""

import re
from collections.abc import Iterator

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.conventions import Conventions
from dlviz.core.expression import walk
from dlviz.core.matrices import Form, Matrix, form_of
from dlviz.core.matrices.form import Scene
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.rules import Learner
from dlviz.core.trace import Trace
from dlviz.session.document import Document
from dlviz.session.subject import FormulaSpec
from tests.unit.core.narrated_runs import IMAGE_NETWORKS, network, recorded

ENTROPY = chosen("categorical_cross_entropy")
WRITINGS = {
    "dlviz": Conventions("dlviz", {"examples_as": "columns"}),
    "rows": Conventions("dlviz", {"examples_as": "rows"}),
    "source first": Conventions("dlviz", {"weight_notation": "source_target", "examples_as": "columns"}),
    "source first, rows": Conventions("dlviz", {"weight_notation": "source_target", "examples_as": "rows"}),
    "haykin": Conventions("haykin"),
    "flat": Conventions("dlviz", {"weight_notation": "flat"}),
    "deeplearning.ai": Conventions("deeplearning_ai"),
}  # fmt: skip


def forms(spec: NetworkSpec, writing: str = "dlviz", sample: int = 0, **options: object) -> Iterator[tuple[str, Form]]:
    trace, _ = recorded(spec, n=4, **options)  # type: ignore[arg-type]
    yield from forms_of(trace, Document(network=spec, conventions=WRITINGS[writing]), sample)


def forms_of(trace: Trace, document: Document, sample: int = 0) -> Iterator[tuple[str, Form]]:
    for step in trace.steps:
        scene = Scene(step, trace, document.network, document.notation, document.formula_of, sample)
        yield step.op, form_of(scene)


def equations(form: Form) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Work out equations whose right sides are sums of products; of others nothing is given."""
    names = {id(matrix): f"m[{place}]" for place, matrix in enumerate(form.matrices)}
    values = [matrix.values for matrix in form.matrices]
    words = [names[id(piece)] if isinstance(piece, Matrix) else piece for piece in form.pieces]
    text = " ".join(words).replace("patches ", "").replace("−", "-")
    for each in re.split(r" (?:,|and) ", text):
        left, sign, right = each.partition(" = ")
        if sign and re.fullmatch(r"[m\[\]\d +\-()*]+", left + right):
            product = right.replace("] m", "] @ m").replace("] (", "] @ (").replace(") m", ") @ m")
            yield eval(left.replace("- ", "-"), {"m": values}), eval(product, {"m": values})


def assert_equal_sides(form: Form) -> int:
    found = 0
    for left, right in equations(form):
        np.testing.assert_allclose(left, right, rtol=1e-10, atol=1e-12)
        found += 1
    return found


@pytest.mark.parametrize("writing", WRITINGS)
def test_products_of_dense_layers_come_out_as_written(writing: str) -> None:
    spec = network(dense("h", 3, "tanh"), dense("o", 2, "softmax"))
    checked = {op for op, form in forms(spec, writing, loss=ENTROPY) if assert_equal_sides(form)}
    assert {"affine", "weight_gradient", "input_gradient"} <= checked


def shapes(form: Form) -> list[tuple[str, tuple[int, int]]]:
    return [(matrix.letter, matrix.shape) for matrix in form.matrices]


@pytest.mark.parametrize(
    ("writing", "expected"),
    [
        ("dlviz", [("z¹", (3, 4)), ("W¹", (3, 5)), ("x", (5, 4)), ("b¹", (3, 1))]),
        ("rows", [("z¹", (4, 3)), ("x", (4, 5)), ("W¹ᵀ", (5, 3)), ("b¹", (1, 3))]),
        ("source first", [("z₁", (3, 4)), ("W¹ᵀ", (3, 5)), ("x", (5, 4)), ("b₁", (3, 1))]),
        ("source first, rows", [("z₁", (4, 3)), ("x", (4, 5)), ("W¹", (5, 3)), ("b₁", (1, 3))]),
    ],
)
def test_examples_and_weights_lie_as_the_conventions_say(
    writing: str, expected: list[tuple[str, tuple[int, int]]]
) -> None:
    _, form = next(forms(network(dense("h", 3), dense("o", 2), inputs=5), writing))
    assert shapes(form) == expected


def test_an_error_signal_is_the_negative_of_what_was_recorded() -> None:
    found = dict(forms(network(dense("h", 3, "tanh"), dense("o", 2)), "haykin"))
    trace, _ = recorded(network(dense("h", 3, "tanh"), dense("o", 2)), n=4)
    delta = next(each for each in found["input_gradient"].matrices if each.letter.startswith("δ"))
    step = next(step for step in trace.steps if step.op == "activate_backward")
    np.testing.assert_array_equal(delta.values, -step.writes["o.dz"].T)


@pytest.mark.parametrize("key", ["conv", "strided", "shared"])
def test_convolutions_are_products_with_patches(key: str) -> None:
    products = [form for op, form in forms(IMAGE_NETWORKS[key]) if op in ("convolve", "kernel_gradient")]
    assert len(products) >= 4
    assert all(assert_equal_sides(form) for form in products)


@pytest.mark.parametrize("kind", ["simple_rnn", "gru", "lstm"])
def test_products_through_time_take_all_steps_side_by_side(kind: str) -> None:
    first = LayerSpec("r", kind, (), {"units": 3, "return": "sequence"})
    spec = NetworkSpec((first, LayerSpec("s", kind, (), {"units": 2}), dense("o", 2)), (InputSpec("x", (3, 2)),))
    checked = {op for op, form in forms(spec) if assert_equal_sides(form)}
    assert {"time_contribution", "recurrent_weight_gradient", "recurrent_input_gradient"} <= checked


def test_what_is_added_to_stands_on_the_right_as_it_was() -> None:
    weights = LayerSpec("h", "dense", (), {"units": 3, "regularizer": Choice("l2")})
    form = dict(forms(network(weights, dense("o", 2))))["penalty_gradient"]
    left, before, own = (matrix.values for matrix in form.matrices)
    np.testing.assert_allclose(left - before, 0.02 * own, rtol=1e-12)
    assert [matrix.is_written for matrix in form.matrices] == [True, False, False]


def test_an_update_shows_the_arrays_of_one_parameter() -> None:
    trace, _ = recorded(network(dense("h", 3), dense("o", 2)), n=4, optimizer=chosen("adam"))
    document = Document(network=network(dense("h", 3), dense("o", 2)))
    step = trace.steps[-1]
    for parameter, shape in (("", (3, 3)), ("o.W", (2, 3)), ("o.b", (2, 1))):
        scene = Scene(step, trace, document.network, document.notation, document.formula_of, parameter=parameter)
        new, old, change = form_of(scene).matrices
        assert new.shape == shape
        np.testing.assert_array_equal(new.values, old.values + change.values)


@pytest.mark.parametrize("key", ["conv", "max", "embedding"])
def test_every_cell_knows_the_number_that_it_shows(key: str) -> None:
    for _, form in forms(IMAGE_NETWORKS[key], sample=2):
        for matrix in form.matrices:
            rows, columns = matrix.shape
            for row in range(0, rows, 3):
                for column in range(0, columns, 5):
                    index = matrix.index(row, column)
                    shown = matrix.values[row, column]
                    assert shown == (0 if index is None else matrix.array[index])
                    assert index is None or matrix.cell(index) in (None, (row, column))


def test_maps_outside_products_show_one_example() -> None:
    form = dict(forms(IMAGE_NETWORKS["max"], sample=2))["max_pool"]
    assert [matrix.sample for matrix in form.matrices] == [2, 2]
    assert shapes(form) == [("a[p]", (4, 2)), ("a¹", (6, 4))]


def test_rules_are_written_with_their_own_letters() -> None:
    learner = Learner(Choice("perceptron"), [[1.0, -2.0]], [[1.0]])
    document = Document(rule=Choice("perceptron"), network=NetworkSpec())
    found = dict(forms_of(learner.record(), document))
    assert shapes(found["weighted_sum"]) == [("z", (1, 1)), ("W", (1, 2)), ("x", (2, 1)), ("b", (1, 1))]
    assert shapes(found["weight_step"]) == [("ΔW", (1, 2)), ("e", (1, 1)), ("xᵀ", (1, 2)), ("Δb", (1, 1))]


def test_a_step_that_names_no_array_lists_what_it_reads_and_writes() -> None:
    rule = chosen("nearest_neighbour")
    learner = Learner(rule, [[1.0, -2.0], [0.0, 1.0]], [[1.0], [0.0]])
    found = dict(forms_of(learner.record(), Document(rule=rule, network=NetworkSpec())))
    assert shapes(found["distance"]) == [("x", (1, 2)), ("o.W", (2, 2)), ("o.z", (2, 1))]
    assert found["distance"].pieces[3] == "gives"


def test_a_typed_formula_says_why_there_are_no_matrices() -> None:
    document = Document(formula=FormulaSpec("y = w * x", {"w": 2.0, "x": 3.0}), network=NetworkSpec())
    assert document.formula is not None
    trace = walk(document.formula.parsed, document.formula.inputs).trace
    _, form = next(forms_of(trace, document))
    assert form.note.startswith("A typed formula works on single numbers")
    assert form.matrices == ()
