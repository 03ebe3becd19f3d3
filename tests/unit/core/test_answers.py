"""Typed numbers, places of a pass, and passes calculated again."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.answers import Checker, Exercise, Places, Replay, Rounding, board, parse_answer
from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import SpecError
from dlviz.core.notation import Notation
from dlviz.core.trace import Trace
from dlviz.session.document import Document
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import document_for, example_document, step_document
from dlviz.session.trainer import Trainer


def exercise_of(document: Document, batches: int = 1) -> Exercise:
    trainer = Trainer(document, prepared_for(document))
    traces = [trainer.record() for _ in range(batches)]
    plan = trainer.document.training
    return Exercise(
        document.network, plan.objective, plan.optimizer, traces[-1], plan.frozen, plan.clip, plan.slip,
        document.seed, batches - 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value", "unit", "figures"),
    [
        ("0.5498", 0.5498, 1e-4, 4), ("0,5498", 0.5498, 1e-4, 4), ("−0.10", -0.1, 0.01, 2), ("2.4e-3", 0.0024, 1e-4, 2),
        ("2.4·10^-3", 0.0024, 1e-4, 2), ("2.4×10⁻³", 0.0024, 1e-4, 2), ("27 588.4", 27588.4, 0.1, 6), ("12", 12, 1, 2),
        (".5", 0.5, 0.1, 1), ("1/4", 0.25, 0, 15),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, value: float, unit: float, figures: int) -> None:
    answer = parse_answer(text)
    assert (answer.value, answer.figures) == (pytest.approx(value), figures)
    assert answer.unit == pytest.approx(unit)


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "1/0", "1e999", "--2", "nan", "0x10", "1,2,3"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="Expected a number"):
        parse_answer(text)


def test_half_of_the_last_digit_may_be_missing() -> None:
    answer = parse_answer("0.55")
    assert answer.agrees(0.545) and answer.agrees(0.555) and not answer.agrees(0.5549 + 0.0002)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("h.z[2]", "h.z[2]"), ("o.z", "o.z[1]"), ("o.dW[1,2]", "o.dW[1,2]"), ("loss", "loss"), ("E", "loss"),
        ("w5", "o.W[1,1]"), ("dw4", "h.dW[2,2]"), ("b3", "o.b[1]"), ("o.W(1, 2)", "o.W[1,2]"),
        ("h.W.step[2,1]", "h.W.step[2,1]"), ("loss_after", "loss_after"),
    ],
)  # fmt: skip
def test_places_are_found_by_their_names(text: str, label: str) -> None:
    assert Places(exercise_of(step_document())).find(text).label == label


@pytest.mark.parametrize(
    ("notation", "found"),
    [
        (Notation(), {"z¹₂": "h.z[2]", "δ²₁": "o.dz[1]", "∂L/∂w¹₂₁": "h.dW[2,1]", "new w²₁₂": "o.W[1,2]"}),
        (Notation("flat"), {"o₁": "o.a[1]", "w₅": "o.W[1,1]", "∂L/∂w₄": "h.dW[2,2]", "Δb₃": "o.b.step[1]"}),
        (Notation("source_target"), {"ŷ": "o.a[1]", "∂L/∂w¹₁₂": "h.dW[2,1]", "Δw²₂₁": "o.W.step[1,2]"}),
        (Notation(symbols="error_signal"), {"v¹₂": "h.z[2]", "−δ²₁": "o.dz[1]", "δ²₁": "o.dz[1]", "E": "loss"}),
    ],
)
def test_places_are_found_by_the_symbols_that_are_shown(notation: Notation, found: dict[str, str]) -> None:
    places = Places(replace(exercise_of(step_document()), notation=notation))
    assert {text: places.find(text).label for text in found} == found
    every = places.of_example(0)
    spelled = [places.spelled(each) for each in every]
    assert [places.find(text) for text in spelled] == every, "no two places are written alike"


@pytest.mark.parametrize("text", ["q.z[1]", "h.z[3]", "h.z", "h.z[0]", "w99", "h.W[1]", "?"])
def test_places_that_are_not_there_are_refused(text: str) -> None:
    with pytest.raises(SpecError, match="Expected a"):
        Places(exercise_of(step_document())).find(text)


def test_a_batch_counts_its_examples() -> None:
    places = Places(exercise_of(document_for("xor")))
    assert places.find("o.a[3,1]").index == (2, 0)
    assert places.find("o.a", sample=1).label == "o.a[2,1]"


def same(one: Trace, other: Trace) -> bool:
    pairs = zip(one.steps, other.steps, strict=True)
    return one.loss_after == other.loss_after and all(
        np.array_equal(step.writes[name], twin.writes[name]) for step, twin in pairs for name in step.writes
    )


@pytest.mark.parametrize("kind", ["circles", "xor", "iris", "sine"])
def test_a_batch_calculated_again_is_the_same_to_the_bit(kind: str) -> None:
    exercise = exercise_of(document_for(kind), batches=3)
    replay = Replay(exercise)
    assert same(replay.record(), exercise.trace)
    assert same(replay.record(), exercise.trace)


def test_rounding_on_the_way_leaves_the_recording_alone() -> None:
    exercise = exercise_of(example_document())
    rounded = board(exercise, 3)
    assert same(Replay(exercise).record(), exercise.trace)
    value, exact = rounded.value("o.z", 3), exercise.trace.value("o.z", 3)
    assert value is not None and exact is not None
    np.testing.assert_allclose(value, exact, atol=2e-3)
    assert not np.array_equal(value, exact)


def test_every_step_reads_rounded_numbers() -> None:
    exercise = exercise_of(step_document())
    rounded = board(exercise, 2)
    hidden, output = rounded.value("h.a", 2), rounded.value("o.z", 3)
    assert hidden is not None and output is not None
    by_hand = 0.4 * round(float(hidden[0, 0]), 2) + 0.1 * round(float(hidden[0, 1]), 2) - 0.2
    assert float(output[0, 0]) == pytest.approx(by_hand, abs=1e-15)


def test_figures_are_counted_from_the_first_that_is_not_zero() -> None:
    rounded = Rounding(3, is_figures=True)(np.array([0.0, 0.00123456, -98765.0, 1.0, np.inf]))
    np.testing.assert_allclose(rounded, [0, 0.00123, -98800, 1, np.inf])


def test_adam_is_calculated_again_from_its_moments() -> None:
    exercise = exercise_of(document_for("circles"), batches=2)
    assert exercise.optimizer.kind == "adam"
    checker = Checker(exercise)
    place = checker.places.find("h1.W[1,1]")
    (verdict,) = checker.check([(place, parse_answer(f"{place.of(exercise.trace):.6f}"))])
    assert verdict.kind == "right"


def test_slips_that_cannot_be_made_are_not_looked_for() -> None:
    kinds = {slip.kind for slip, _ in Checker(exercise_of(document_for("circles"))).variants}
    assert "lstm_without_input" not in kinds and "log10" not in kinds


def test_unknown_slips_are_refused() -> None:
    with pytest.raises(SpecError, match="slip"):
        Replay(exercise_of(step_document())).record(Choice("no_such_slip"))
    assert Replay(exercise_of(step_document())).record(chosen("one_path", unit=1)).steps
