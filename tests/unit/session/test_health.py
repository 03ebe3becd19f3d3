"""The health monitor: sick documents get exactly their own message, healthy ones none, and cures help."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dlviz.core.conventions import Conventions
from dlviz.core.health import Finding, Vitals, epoch_means, examine, learned, symptoms, twins
from dlviz.core.network import NetworkSpec
from dlviz.session.document import Document
from dlviz.session.edits import scale_targets
from dlviz.session.edits.cures import cures, offers
from dlviz.session.files.project_file import read_project
from dlviz.session.format.document import check_document
from dlviz.session.frames import FrameMaker
from dlviz.session.messages import Interest
from dlviz.session.run import Run

HERE = Path(__file__).parent
SICK, HEALTHY = sorted((HERE / "sick").glob("*.json")), sorted((HERE / "healthy").glob("*.json"))
EPOCHS = 40


def document_of(path: Path) -> Document:
    return read_project(path).document


def advance(run: Run, epochs: int) -> None:
    """Train on by whole epochs, until a batch breaks."""
    for _ in range(epochs * run.trainer.batches_per_epoch):
        if run.advance(1)[1]:
            return


def checked(run: Run) -> tuple[Finding, ...]:
    maker = FrameMaker()
    maker.interest = Interest(needs=frozenset({"health"}))
    found = maker.make(run, is_running=False).health
    assert found is not None
    return found


@pytest.mark.parametrize("path", SICK, ids=lambda path: path.stem)
def test_a_sick_document_gets_exactly_its_own_message(path: Path) -> None:
    run = Run(document_of(path))
    advance(run, EPOCHS)
    assert [finding.symptom for finding in checked(run)] == [path.stem]


@pytest.mark.parametrize("path", HEALTHY, ids=lambda path: path.stem)
def test_a_healthy_document_gets_none_at_any_time(path: Path) -> None:
    run = Run(document_of(path))
    found = [checked(run)]
    for _ in range(EPOCHS):
        advance(run, 1)
        found.append(checked(run))
    assert not any(found)


def test_every_symptom_has_a_sick_document() -> None:
    assert sorted(symptoms.keys()) == [path.stem for path in SICK]


@pytest.mark.parametrize("path", SICK, ids=lambda path: path.stem)
def test_the_first_cure_of_every_sick_document_is_a_valid_edit_that_helps(path: Path) -> None:
    document = document_of(path)
    run = Run(document)
    advance(run, EPOCHS)
    (finding,) = checked(run)
    first, *_ = offers(document, finding)
    check_document(first.document)
    if path.stem in ("not_finite", "rate_low"):  # a tenth or ten times the rate is only the first step of a way
        return
    cured = Run(first.document)
    advance(cured, EPOCHS)
    assert path.stem not in [each.symptom for each in checked(cured)]


@pytest.mark.parametrize("path", SICK, ids=lambda path: path.stem)
def test_every_offer_changes_the_document_and_can_be_trained(path: Path) -> None:
    document = document_of(path)
    run = Run(document)
    advance(run, EPOCHS)
    for offer in offers(document, checked(run)[0]):
        assert offer.document != document
        assert Run(offer.document).problem is None, offer.cure.key


def test_every_cure_that_is_named_exists() -> None:
    assert {key for entry in symptoms for key in entry.cures} == set(cures.keys())


def test_a_nan_pauses_at_the_first_operation_that_breaks_and_names_it() -> None:
    run = Run(document_of(HERE / "sick" / "not_finite.json"))
    _, divergence = run.advance(500)
    assert divergence is not None
    assert run.walk is not None
    steps = run.walk.trace.steps
    first = next(step for step in steps if not all(np.isfinite(values).all() for values in step.writes.values()))
    assert (run.walk.cursor, divergence.index) == (first.index + 1, first.index)
    (finding,) = checked(run)
    assert finding.numbers == {
        "batch": str(divergence.step + 1), "formula": first.formula, "operation": str(first.index + 1),
    }  # fmt: skip


def test_the_operation_that_breaks_is_written_in_the_letters_of_the_document() -> None:
    document = document_of(HERE / "sick" / "not_finite.json")
    run = Run(replace(document, conventions=Conventions("haykin")))
    _, divergence = run.advance(500)
    assert divergence is not None
    assert run.walk is not None
    written = run.document.formula_of(run.walk.trace.steps[divergence.index])
    assert written != divergence.formula
    (finding,) = checked(run)
    assert finding.numbers["formula"] == written


def test_training_on_after_a_nan_breaks_at_the_same_batch_again() -> None:
    run = Run(document_of(HERE / "sick" / "not_finite.json"))
    _, first = run.advance(500)
    _, again = run.advance(500)
    assert again == first
    assert all(np.isfinite(values).all() for values in run.parameters().values())


def test_an_edit_after_a_nan_begins_before_the_batch_that_broke() -> None:
    run = Run(document_of(HERE / "sick" / "not_finite.json"))
    _, divergence = run.advance(500)
    assert divergence is not None
    (offer, *_) = offers(run.document, checked(run)[0])
    run.edit(offer.document, offer.label)
    assert (run.step, run.trainer.is_finite()) == (divergence.step, True)
    assert "not_finite" not in [finding.symptom for finding in checked(run)]


def test_twins_are_rows_that_agree_in_all_parts() -> None:
    weights = np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0], [1.0, 2.0]])
    gradients = np.array([[1.0], [2.0], [1.0], [-1.0]])
    assert twins([weights, gradients]) == (0, 2)
    assert twins([weights]) == (0, 2, 3)


def test_epoch_means_agree_with_the_losses_of_single_batches() -> None:
    losses = np.random.default_rng(1).random(24)
    ends = np.arange(1, 25)
    np.testing.assert_allclose(epoch_means(ends, losses, 4, 0, 5), losses[4:].reshape(4, 5).mean(axis=1), rtol=1e-12)
    known = losses[7:]  # of a run that was opened again in its first epoch but one
    np.testing.assert_allclose(epoch_means(ends[7:], known, 4, 7, 5), losses[9:].reshape(3, 5).mean(axis=1), rtol=1e-12)
    assert not len(epoch_means(ends[:0], losses[:0], 0, 0, 5))


def test_learned_counts_from_the_best_constant_answer() -> None:
    targets = np.array([[0.0], [0.0], [0.0], [1.0]])
    assert learned(0.75, targets, is_classes=True) == 0
    assert learned(0.875, targets, is_classes=True) == 0.5
    assert learned(0.3, targets, is_classes=False) == 0.3
    assert learned(math.nan, targets, is_classes=True) == 0


def test_a_cause_hides_what_follows_from_it() -> None:
    flat = np.full(40, 0.7)
    vitals = Vitals(NetworkSpec(), dead={"h": 0.75}, losses=flat)
    assert [finding.symptom for finding in examine(vitals)] == ["dead"]
    assert [finding.symptom for finding in examine(Vitals(NetworkSpec(), losses=flat))] == ["stalled"]


def test_targets_beyond_a_bounded_output_are_told_before_the_first_step() -> None:
    """Curriculum EX-17: below 1, the least that 50 000 can cost is 2 499 900 001."""
    document = document_of(HERE / "sick" / "out_of_reach.json")
    data = scale_targets(document, 50e3 - 35e3, 50e3).data  # the dearest car costs 50 000
    (finding,) = checked(Run(replace(document, data=data)))
    assert finding.symptom == "out_of_reach"
    assert finding.numbers["squared"] == 2499900001


def test_scaled_targets_say_how_they_were_scaled_and_span_what_the_output_gives() -> None:
    document = document_of(HERE / "sick" / "out_of_reach.json")
    scaled = offers(document, checked(Run(document))[0])[0].document
    dataset = scaled.data.dataset
    assert dataset is not None
    assert (dataset.targets.min(), dataset.targets.max()) == (0.0, 1.0)
    assert dataset.targets[0, 0] == pytest.approx((50e3 - 25e3) / 35e3, rel=1e-14)
    assert dataset.notes == ("y1, scaled = 0 + 1 · (y1 − 25000) / 35000",)


def test_targets_at_the_ends_of_the_range_are_no_finding() -> None:
    document = document_of(HERE / "sick" / "out_of_reach.json")
    assert checked(Run(scale_targets(document, 0.0, 1.0))) == ()
    assert checked(Run(scale_targets(document, -0.005, 1.005))) == ()
    assert [each.symptom for each in checked(Run(scale_targets(document, -0.05, 1.0)))] == ["out_of_reach"]
