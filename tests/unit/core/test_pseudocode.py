"""Passes as pseudo-code: loops of the three modes, lines that appear only where they apply, every step on one line."""

import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.conventions import Conventions
from dlviz.core.expression import walk
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.pseudocode import Code, Line, pseudo_code
from dlviz.core.rules import Learner
from dlviz.core.trace import Trace
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.loops import loops_of
from dlviz.session.subject import FormulaSpec
from tests.contract.test_every_rule import CASES, data
from tests.unit.core.narrated_runs import IMAGE_NETWORKS, network, recorded

ENTROPY = chosen("categorical_cross_entropy")
CHAIN = network(dense("h", 3, "sigmoid"), dense("o", 2, "sigmoid"))


def written(spec: NetworkSpec, batches: int = 10, n: int = 4, **plan: object) -> tuple[Code, Trace, Document]:
    training = TrainingSpec(batch_size=n, **plan)  # type: ignore[arg-type]
    document = Document(network=spec, training=training)
    trace, _ = recorded(spec, training.loss, training.optimizer, n=n, clip=training.clip)
    return code_of(document, trace, batches), trace, document


def code_of(document: Document, trace: Trace, batches: int = 10) -> Code:
    spec = document.network if document.subject == "network" else NetworkSpec()
    return pseudo_code(trace, spec, loops_of(document, batches), document.formula_of)


def texts(code: Code) -> list[str]:
    return ["  " * line.depth + line.text for line in code.lines]


def test_one_row_at_a_time() -> None:
    code, _, _ = written(CHAIN, n=1, loss=chosen("squared_error", factor=0.5, reduction="sum"))
    assert texts(code) == [
        "start values for all weights",
        "for epoch = 1, 2, …",
        "  shuffle the rows",
        "  for each row",
        "    forward",
        "    a ← x",
        "    for layer 1, 2",
        "      z ← W a + b",
        "      a ← σ(z)",
        "    loss",
        "    L ← ½ Σ(a − y)²",
        "    backward",
        "    ∂L/∂a² ← (a² − y)",
        "    for layer 2, 1",
        "      δ ← ∂L/∂a ⊙ σ′(z)",
        "      ∂L/∂W ← δ aᵀ",
        "      ∂L/∂a ← Wᵀ δ",
        "    update",
        "    Δw ← −η ∂L/∂w",
        "    w ← w + Δw",
        "  mean of the losses of this epoch",
    ]


def test_batches_gather_what_their_rows_add() -> None:
    code, _, _ = written(CHAIN)
    assert {"  for each batch of 4 rows", "    set all gradients to 0", "    for its rows, side by side"} <= set(
        texts(code)
    )
    assert "        ∂L/∂W += δ aᵀ" in texts(code)
    update = texts(code).index("    update")
    assert texts(code)[update + 1] == "    Δw ← −η ∂L/∂w", "after the rows, once for all of them"


def test_all_rows_at_once_need_no_order_and_no_batches() -> None:
    code, _, _ = written(CHAIN, batches=1)
    assert "  for every row, side by side" in texts(code)
    assert not [text for text in texts(code) if "batch" in text or "shuffle" in text or "mean of the losses" in text]


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        ({"schedule": chosen("exponential")}, "    η ← Exponential"),
        ({"clip": chosen("norm")}, "    ∂L/∂w ← ∂L/∂w · min(1, c / ‖∂L/∂w‖)"),
        ({"optimizer": chosen("momentum")}, "    v ← β v + ∂L/∂w"),
        ({"optimizer": chosen("adam")}, "    m̂ ← m / (1 − β₁ᵗ), v̂ ← v / (1 − β₂ᵗ)"),
        ({"shuffle": True}, "  shuffle the rows"),
        ({"replacement": True}, "  for 4 rows drawn at random"),
    ],
)
def test_lines_appear_only_where_they_apply(plan: dict[str, object], line: str) -> None:
    assert line in texts(written(CHAIN, **plan)[0])
    assert line not in texts(written(CHAIN, shuffle=False)[0])


def test_layers_with_masks_and_penalties_have_lines_of_their_own() -> None:
    weights = LayerSpec("h", "dense", (), {"units": 3, "activation": Choice("relu"), "regularizer": Choice("l2")})
    code, _, _ = written(network(weights, LayerSpec("d", "dropout"), dense("o", 2, "softmax")), loss=ENTROPY)
    found = [line.text for line in code.lines]
    assert {"m[d] ← 1 where u[d] ≥ 0.5 else 0", "Ω(W¹) ← 0.01 Σ w²", "∂L/∂W¹ += 2 · 0.01 W¹"} <= set(found)


def test_time_steps_become_a_loop_there_and_back() -> None:
    spec = NetworkSpec((LayerSpec("r", "simple_rnn", (), {"units": 3}), dense("o", 2)), (InputSpec("x", (4, 3)),))
    found = [line.text for line in written(spec)[0].lines]
    assert {"for time t = 1 … 4", "for time t = 3 … 1", "h¹⟨t⟩ ← tanh(z¹⟨t⟩)", "∂L/∂h¹⟨t⟩ ← U¹ᵀδ¹⟨t+1⟩"} <= set(found)


def test_the_notation_of_the_document_is_used() -> None:
    trace, _ = recorded(CHAIN, n=1)
    document = Document(network=CHAIN, conventions=Conventions("haykin"), training=TrainingSpec(batch_size=1))
    assert {"v ← W y + b", "y ← σ(v)"} <= {line.text for line in code_of(document, trace).lines}


NETWORKS = [*IMAGE_NETWORKS.values(), CHAIN, network(dense("h", 3), LayerSpec("n", "batch_norm"), dense("o", 2))]


def assert_every_step_has_one_line(code: Code, trace: Trace) -> None:
    steps = [index for line in code.lines if line.kind == "step" for index in line.steps]
    assert sorted(steps) == [step.index for step in trace.steps]
    for cursor in range(1, len(trace.steps) + 1):
        line = code.lines[code.place_of(cursor)]
        assert cursor - 1 in line.steps and line.phase == trace.steps[cursor - 1].phase
    assert code.place_of(0) == -1


@pytest.mark.parametrize("place", range(len(NETWORKS)))
def test_every_step_of_a_network_is_on_one_line(place: int) -> None:
    code, trace, _ = written(NETWORKS[place])
    assert_every_step_has_one_line(code, trace)


@pytest.mark.parametrize("rule", CASES)
def test_every_step_of_a_rule_is_on_one_line(rule: Choice) -> None:
    trace = Learner(rule, *data(rule)).record()
    code = code_of(Document(rule=rule, network=NetworkSpec()), trace)
    assert_every_step_has_one_line(code, trace)
    assert [line.kind for line in code.lines[:2]] == ["epochs", "batches"]


def test_sweeps_of_a_rule_are_written_once() -> None:
    rule = chosen("hopfield_recall", sweeps=3)
    trace = Learner(rule, [[1.0, -1.0, 1.0]], start={"o.W": [[0, 1, 1], [1, 0, 1], [1, 1, 0]]}).record()
    found = code_of(Document(rule=rule, network=NetworkSpec()), trace).lines
    assert [line.text for line in found if line.kind == "loop"] == ["repeat 3 times"]
    assert next(line.steps for line in found if line.text == "E ← −½ sᵀ W s") == (1, 3, 5)


def test_a_typed_formula_goes_there_and_back() -> None:
    document = Document(formula=FormulaSpec("u = w*x\ny = u**2", {"w": 2.0, "x": 3.0}), network=NetworkSpec())
    assert document.formula is not None
    trace = walk(document.formula.parsed, document.formula.inputs).trace
    code = code_of(document, trace)
    assert_every_step_has_one_line(code, trace)
    assert texts(code)[:3] == ["forward", "u ← w · x", "y ← u²"]
    assert "backward" in texts(code)


def test_a_line_leads_to_its_next_step_and_from_the_last_to_the_first() -> None:
    line = Line("z ← W a + b", steps=(0, 2, 4))
    assert [line.step_after(cursor) for cursor in (0, 1, 3, 5)] == [0, 2, 4, 0]
    assert Line("shuffle the rows").step_after(0) is None
