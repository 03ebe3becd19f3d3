"""One notation at a time: letters, indices, formulas of steps and everything that is narrated."""

import re
from dataclasses import replace

import pytest

from dlviz.core.choice import chosen
from dlviz.core.conventions import Conventions, profiles
from dlviz.core.narration import OPERATIONS, Focus, Plan, narrate
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.notation import Notation, Symbols, spelled_formula, spelled_label
from dlviz.core.notation.symbols import VALUE
from dlviz.core.trace import Trace
from tests.unit.core.narrated_runs import IMAGE_NETWORKS, network, recorded, two_layers
from tests.unit.core.test_narration_arithmetic import BETWEEN, assert_right, graph, unrolled

NETWORK = network(dense("h", 2, "sigmoid"), dense("o", 2, "sigmoid"), inputs=2)
DEEP = network(dense("h1", 2), dense("h2", 2), LayerSpec("drop", "dropout"), dense("out", 1), inputs=2)
DEFAULT, SOURCE_FIRST = Notation(), Notation("source_target")
BRACKETS, FLAT, SIGNALS = Notation("layer_bracket"), Notation("flat"), Notation(symbols="error_signal")
ALL = {
    "default": DEFAULT, "source first": SOURCE_FIRST, "brackets": BRACKETS, "flat": FLAT, "signals": SIGNALS,
    "flat signals": Notation("flat", "error_signal", "lambda"),
    **{each.key: Notation.of(Conventions(each.key).values) for each in profiles},
}  # fmt: skip


def spoken(notation: Notation, of: NetworkSpec = NETWORK, is_latex: bool = False) -> list[str]:
    """Return weight, bias, input, sum, output, error and target of the same places."""
    s, last = Symbols(of, notation, is_latex), of.layers[-1].id
    first = of.layers[0].id
    return [
        s.weight(last, 0, 1), s.bias(first, 1), s.value("x", 0), s.unit("z", first, 1), s.value(last, 0),
        s.delta(first, 0), s.target(0), s.slope_of_loss(s.weight(first, 0, 0)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("notation", "expected"),
    [
        (DEFAULT, "w²₁₂ b¹₂ x₁ z¹₂ a²₁ δ¹₁ y₁ ∂L/∂w¹₁₁"),
        (SOURCE_FIRST, "w²₂₁ b₁₂ x₁ z₁₂ o₂₁ δ₁₁ y₁ ∂L/∂w¹₁₁"),
        (BRACKETS, "w[2]₁₂ b[1]₂ x₁ z[1]₂ a[2]₁ δ[1]₁ y₁ ∂L/∂w[1]₁₁"),
        (FLAT, "w₆ b₂ x₁ zₕ₂ o₁ δₕ₁ y₁ ∂L/∂w₁"),
        (SIGNALS, "w²₁₂ b¹₂ x₁ v¹₂ y²₁ (−δ¹₁) d₁ ∂E/∂w¹₁₁"),
        (Notation("flat", "error_signal"), "w₆ b₂ x₁ vₕ₂ yₒ₁ (−δₕ₁) d₁ ∂E/∂w₁"),
    ],
)
def test_every_quantity_has_its_letters(notation: Notation, expected: str) -> None:
    assert spoken(notation) == expected.split()


def test_latex_has_the_same_indices() -> None:
    assert spoken(DEFAULT, is_latex=True)[:5] == ["w_{12}^{(2)}", "b_{2}^{(1)}", "x_{1}", "z_{2}^{(1)}", "a_{1}^{(2)}"]
    assert spoken(SOURCE_FIRST, is_latex=True)[:5] == ["w_{21}^{2}", "b_{12}", "x_{1}", "z_{12}", "o_{21}"]
    assert spoken(BRACKETS, is_latex=True)[0] == "w_{12}^{[2]}"
    assert spoken(FLAT, is_latex=True)[:5] == ["w_{6}", "b_{2}", "x_{1}", "z_{h2}", "o_{1}"]
    assert spoken(SIGNALS, is_latex=True)[5:7] == [r"(-\delta_{1}^{(1)})", "d_{1}"]


def test_deep_networks_number_their_hidden_layers() -> None:
    assert spoken(FLAT, DEEP) == ["w₁₀", "b₂", "x₁", "zₕ₁,₂", "o₁", "δₕ₁,₁", "y₁", "∂L/∂w₁"]
    assert spoken(SOURCE_FIRST, DEEP)[4] == "ŷ"
    assert [Symbols(DEEP, each).value("drop", 1) for each in (DEFAULT, SOURCE_FIRST, BRACKETS, FLAT)] == [
        "a[drop]₂", "o_drop,2", "a[drop]₂", "drop₂",
    ]  # fmt: skip


def test_flat_numbers_follow_a_sum() -> None:
    wide = Symbols(network(dense("h", 3), dense("o", 2), inputs=4), FLAT, is_latex=True)
    assert wide.weight("h", 1, "k") == "w_{k+4}"
    assert wide.weight("o", "j", 0) == "w_{3j+10}"
    assert wide.weight("h", 0, "k") == "w_{k}"


FORMULAS = {
    ("backward", "∂L/∂a² = (a² − y)"): ("∂L/∂o₂ = −(y − o₂)", "∂E/∂y² = −(d − y²)", "∂L/∂o = (o − y)"),
    ("forward", "z² = W²a¹ + b²"): ("z₂ = o₁ W² + b₂", "v² = W²y¹ + b²", "zₒ = W²h + b²"),
    ("backward", "∂L/∂W² = δ² a¹ᵀ"): ("∂L/∂W² = o₁ᵀ δ₂", "∂E/∂W² = −δ² y¹ᵀ", "∂L/∂W² = δₒ hᵀ"),
    ("backward", "∂L/∂a¹ = W²ᵀ δ²"): ("∂L/∂o₁ = δ₂ W²ᵀ", "∂E/∂y¹ = W²ᵀ (−δ²)", "∂L/∂h = W²ᵀ δₒ"),
    ("loss", "L = ½ Σ(a − y)²"): ("L = ½ Σ(y − o₂)²", "E = ½ Σ(d − y)²", "L = ½ Σ(o − y)²"),
    ("backward", "∂L/∂a² = 2 (a² − y)"): (
        "∂L/∂o₂ = 2 (−(y − o₂))", "∂E/∂y² = 2 (−(d − y²))", "∂L/∂o = 2 (o − y)",
    ),
    ("update", "Δw ← Δw − η λ w"): ("Δw ← Δw − λ α w", "Δw ← Δw − η λ w", "Δw ← Δw − α λ w"),
    ("update", "v ← β v + ∂L/∂w"): ("v ← β v + ∂L/∂w", "v ← β v + ∂E/∂w", "v ← β v + ∂L/∂w"),
}  # fmt: skip


@pytest.mark.parametrize(("told", "expected"), FORMULAS.items())
def test_formulas_of_steps_are_respelled(told: tuple[str, str], expected: tuple[str, ...]) -> None:
    rows = Notation("source_target", rate_letter="lambda", examples_as="rows")
    notations = (rows, SIGNALS, replace(FLAT, rate_letter="alpha"))
    phase, formula = told
    assert tuple(spelled_formula(formula, phase, Symbols(NETWORK, each), "o") for each in notations) == expected
    assert spelled_formula(formula, phase, Symbols(NETWORK), "o") == formula


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("δ = ∂L/∂a · φ′(z)", "−δ = ∂E/∂y · φ′(v)"), ("1 − a² = 1 − 0.5²", "1 − y² = 1 − 0.5²"), ("y − a", "d − y"),
        ("a(1 − a) cancels: δ = a − y", "y(1 − y) cancels: −δ = y − d"), ("2 · (a − y)", "2 · (−(d − y))"),
        ("∂L/∂aₜ", "∂E/∂yₜ"), ("(a − y, cut at ±δ)", "(y − d, cut at ±δ)"), ("−y log₂ a", "−d log₂ y"),
        (r"\frac{1}{1 + e^{-\alpha z}}", r"\frac{1}{1 + e^{-\alpha v}}"), ("h(a − y)", "h(−(d − y))"),
    ],
)  # fmt: skip
def test_labels_exchange_letters(label: str, expected: str) -> None:
    assert spelled_label(label, Symbols(NETWORK, SIGNALS)) == expected
    assert spelled_label(label, Symbols(NETWORK)) == label


def test_rows_and_columns_turn_products_around() -> None:
    def both(formula: str, notation: Notation) -> list[str]:
        each = (replace(notation, examples_as=way) for way in ("columns", "rows"))
        return [spelled_formula(formula, "backward", Symbols(NETWORK, way)) for way in each]

    assert both("z¹ = W¹x + b¹", DEFAULT) == ["z¹ = W¹x + b¹", "z¹ = x W¹ᵀ + b¹"]
    assert both("z¹ = W¹x + b¹", SOURCE_FIRST) == ["z₁ = W¹ᵀx + b₁", "z₁ = x W¹ + b₁"]
    assert both("∂L/∂W² = δ² a¹ᵀ", DEFAULT) == ["∂L/∂W² = δ² a¹ᵀ", "∂L/∂W² = δ²ᵀ a¹"]
    assert both("∂L/∂W¹ = δ¹ xᵀ", SOURCE_FIRST) == ["∂L/∂W¹ = x δ₁ᵀ", "∂L/∂W¹ = xᵀ δ₁"]
    assert both("∂L/∂h¹⟨1⟩ = U¹ᵀδ¹⟨2⟩", DEFAULT)[1] == "∂L/∂h¹⟨1⟩ = δ¹⟨2⟩ U¹"


RUNS = {
    "dense": lambda: recorded(two_layers("tanh", "sigmoid"), chosen("squared_error"), n=2),
    "fused": lambda: recorded(two_layers("relu", "softmax"), chosen("categorical_cross_entropy"), n=2),
    "binary": lambda: recorded(two_layers("tanh", "sigmoid"), chosen("binary_cross_entropy")),
    "adamw": lambda: recorded(two_layers(), optimizer=chosen("adamw", lr=0.1, weight_decay=0.5)),
    "momentum": lambda: recorded(two_layers(), optimizer=chosen("momentum", lr=0.1), runs=2),
    "conv": lambda: recorded(IMAGE_NETWORKS["conv"]),
    "max": lambda: recorded(IMAGE_NETWORKS["max"]),
    "norm": lambda: recorded(BETWEEN["batch_norm"], n=3, positive="running_var"),
    "graph": lambda: recorded(graph()),
    "wide": lambda: recorded(network(dense("h", 9, "tanh"), dense("o", 1), inputs=12)),
    **{kind: (lambda kind=kind: recorded(unrolled(kind))) for kind in ("simple_rnn", "lstm", "gru")},
}


@pytest.fixture(scope="module", params=RUNS)
def run(request: pytest.FixtureRequest) -> tuple[Trace, Plan]:
    return RUNS[request.param]()


def foreign(notation: Notation) -> list[str]:
    """Return patterns of LaTeX that another notation would write."""
    never = [r"\\partial L", r"(?<![a-z\\{])z_", r"(?<!\\text\{)(?<![a-z\\{])a_\{", r"\\hat\{z\}"]
    found = never if notation.has_error_signals else [r"\\partial E", r"(?<![a-z\\])d_\{\d\}", r"-\\delta"]
    marks = {
        "target_source": r"[wbzaδ]_\{[^}]*\}\^\{\(\d+\)",
        "layer_bracket": r"\^\{\[\d+\]",
        "flat": r"w_\{\d+\}(?!\^)",
    }
    own = marks.get(notation.weight_notation)
    found += [mark for mark in marks.values() if mark != own and mark != marks["flat"]]
    further = {"flat": r"w_\{[^}]*\}\^\{[^\\]", "source_target": r"b_\{\d\}"}
    found += [further[each] for each in further if each == notation.weight_notation]
    rates = {"η": r"\\eta", "α": r"\\alpha", "λ": r"\\lambda"}
    return found + [rates[each] for each in rates if each not in (notation.rate, notation.strength)]


@pytest.mark.parametrize("notation", ALL.values(), ids=ALL)
def test_narrations_speak_one_notation_and_stay_right(run: tuple[Trace, Plan], notation: Notation) -> None:
    trace, plan = run
    plan = replace(plan, notation=notation)
    for step in trace.steps:
        for focus in (Focus(), Focus(1, 1, 1)):
            told = narrate(step, trace, plan, focus, 15)
            if step.op in OPERATIONS:
                assert_right(told, 15)
            shown = re.sub(r"\\text\{[^{}]*\}", "", told.symbols + (told.chain.symbols if told.chain else ""))
            assert not [each for each in foreign(notation) if re.search(each, shown)], shown


def test_numbers_are_the_same_in_every_notation() -> None:
    trace, plan = RUNS["dense"]()
    values = [
        [narrate(step, trace, replace(plan, notation=each)).values for step in trace.steps] for each in ALL.values()
    ]
    assert all(each == values[0] for each in values)


def test_brackets_tell_layer_and_example() -> None:
    trace, plan = recorded(two_layers("tanh", "sigmoid"), n=3)
    plan = replace(plan, notation=BRACKETS)
    told = {step.op: narrate(step, trace, plan, Focus(0, 1, 2)).symbols for step in trace.steps}
    assert told["activate"].startswith("a_{1}^{[2](3)} = ")
    assert "w_{12}^{[2]} a_{2}^{[1](3)}" in told["affine"]
    assert r"\sum_{i=1}^{n} " in told["loss"] and "(a_{j}^{[2](i)} - y_{j}^{(i)})^2" in told["loss"]
    assert r"\delta_{1}^{[1](i)}" in told["weight_gradient"] and "x_{2}^{(i)}" in told["weight_gradient"]


def test_a_single_example_has_no_number() -> None:
    trace, plan = recorded(two_layers("tanh", "sigmoid"))
    told = narrate(trace.steps[0], trace, replace(plan, notation=BRACKETS))
    assert told.symbols.startswith("z_{1}^{[1]} = ")


def test_digits_and_comma_are_those_of_the_notation() -> None:
    trace, plan = recorded(two_layers("sigmoid"))
    told = narrate(trace.steps[0], trace, replace(plan, notation=Notation(digits=7, decimal_sign="comma")))
    usual = narrate(trace.steps[0], trace, plan, digits=7)
    assert told.result == usual.result.replace(".", "{,}")
    assert "." not in told.numbers


def test_a_network_with_several_inputs_names_them() -> None:
    spec = NetworkSpec((LayerSpec("s", "add", ("p", "q")),), (InputSpec("p", (2,)), InputSpec("q", (2,))))
    assert Symbols(spec).value("q", 1) == "q₂"
    assert Symbols(spec, FLAT).at(VALUE, "s", 0) == "s₁"
