"""A document writes in the notation of its conventions; changing it moves no run."""

from dataclasses import replace

import pytest

from dlviz.core.conventions import Conventions
from dlviz.core.narration import Focus
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.example import Example
from dlviz.session.presets import step_document
from dlviz.session.rule_trainer import RuleTrainer
from dlviz.session.run import Run
from dlviz.session.runs import Runs
from dlviz.session.subject import FormulaSpec
from dlviz.session.subject_presets import EXAMPLES, and_by_perceptron


def written(document: Document, **own: object) -> Document:
    return replace(document, conventions=Conventions(own=own))


def test_a_document_writes_as_its_conventions_say() -> None:
    document = Document(conventions=Conventions("haykin", {"digits": 6}))
    assert (document.notation.symbols, document.notation.digits) == ("error_signal", 6)
    assert document.notation.rate == "η"
    assert Document(conventions=Conventions("deeplearning_ai")).notation.rate == "α"


def test_steps_are_written_in_the_notation() -> None:
    document = written(step_document(), weight_notation="source_target", examples_as="rows")
    run = Run(document)
    run.walk_to(1)
    assert run.walk is not None
    formulas = [document.formula_of(step) for step in run.walk.trace.steps]
    assert formulas[0] == "z₁ = x W¹ + b₁"
    assert "∂L/∂W² = o₁ᵀ δ₂" in formulas


@pytest.mark.parametrize("edit", [Run.edit, None])
def test_other_letters_move_nothing(edit: object) -> None:
    runs = Runs(step_document())
    runs.run.walk_to(5)
    before, walk = runs.run.segment, runs.run.walk
    document = edits.set_conventions(runs.run.document, {"rate_letter": "alpha", "digits": 7})
    (runs.edit if edit is None else runs.run.edit)(document, "Change a convention")
    assert runs.run.walk is walk and walk is not None and walk.cursor == 5
    assert (runs.run.segment.uid, runs.run.segment.start) == (before.uid, before.start)
    assert runs.run.document.notation.rate == "α"
    assert len(runs.run.timeline.segments) == 1


def test_a_convention_that_trains_otherwise_computes_the_batch_again() -> None:
    run = Run(step_document())
    run.walk_to(5)
    walk, uid = run.walk, run.segment.uid
    run.edit(edits.set_conventions(run.document, {"momentum_form": "ema"}), "Change a convention")
    assert run.walk is not None and walk is not None
    assert run.walk.trace is not walk.trace and run.walk.cursor == 5
    assert run.segment.uid != uid


def test_typed_formulas_keep_their_letters() -> None:
    spec = FormulaSpec("a = z*0.5; L = a - y", {"z": 1.0, "y": 2.0})
    document = written(Document(formula=spec), symbols="error_signal", decimal_sign="comma")
    run = Run(document)
    run.walk_to(1)
    assert run.walk is not None
    formulas = [document.formula_of(step) for step in run.walk.trace.steps]
    assert any("z" in each and "0,5" in each for each in formulas)
    assert not any("v" in each for each in formulas)


@pytest.mark.parametrize(
    ("own", "sums", "change"),
    [
        ({}, "z_{1} = w_{11} x_{1} + w_{12} x_{2} + b_{1}", r"\Delta w_{12} = \eta \, e_{1} \, x_{2}"),
        (
            {"weight_notation": "source_target", "rate_letter": "lambda"},
            "z_{1} = w_{11} x_{1} + w_{21} x_{2} + b_{1}", r"\Delta w_{21} = \lambda \, e_{1} \, x_{2}",
        ),
        (
            {"weight_notation": "flat", "symbols": "error_signal"},
            "v_{1} = w_{1} x_{1} + w_{2} x_{2} + b_{1}", r"\Delta w_{2} = \eta \, e_{1} \, x_{2}",
        ),
    ],
)  # fmt: skip
def test_rules_take_rate_and_indices_from_the_notation(own: dict[str, object], sums: str, change: str) -> None:
    document = written(and_by_perceptron(), **own)
    run = Run(document)
    run.walk_to(1)
    assert run.walk is not None and isinstance(run.trainer, RuleTrainer)
    trace, telling = run.walk.trace, run.trainer.learner.telling
    told = [telling.narrate(trace, step.index, Focus(0, 1), notation=document.notation) for step in trace.steps]
    assert told[0].symbols == sums
    assert change in [each.symbols for each in told]


@pytest.mark.parametrize("notation", ["target_source", "source_target", "flat"])
@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.part == "rules"], ids=lambda each: each.key)
def test_every_rule_is_told_in_every_notation(example: Example, notation: str) -> None:
    document = written(example.make(), weight_notation=notation, symbols="error_signal", rate_letter="lambda")
    run = Run(document)
    run.walk_to(1)
    assert run.walk is not None and isinstance(run.trainer, RuleTrainer)
    trace, telling = run.walk.trace, run.trainer.learner.telling
    told = [telling.narrate(trace, step.index, notation=document.notation).symbols for step in trace.steps]
    assert not [each for each in told if r"\eta" in each or "z_{" in each]
    assert document.formula_of(trace.steps[0])
