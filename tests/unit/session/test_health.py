"""The health monitor: sick documents get exactly their own message, healthy ones none, and cures help."""

import json
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


def dense(key: str, units: int, activation: str, std: float | None = None) -> dict[str, object]:
    layer: dict[str, object] = {"id": key, "kind": "dense", "units": units, "activation": activation}
    return layer if std is None else {**layer, "initializer": {"kind": "normal", "std": std}}


def written(path: Path, data: str, layers: list[dict[str, object]], lr: float) -> Document:
    loss = "categorical_cross_entropy" if layers[-1]["activation"] == "softmax" else "binary_cross_entropy"
    whole = {
        "format": "dlviz", "version": 1, "seed": 3, "data": {"kind": data}, "network": {"layers": layers},
        "training": {"loss": loss, "optimizer": {"kind": "sgd", "lr": lr}},
    }  # fmt: skip
    path.write_text(json.dumps(whole), encoding="utf-8")
    return document_of(path)


def test_units_that_most_rows_saturate_are_told_where_the_loss_does_not_fall(tmp_path: Path) -> None:
    """Curriculum INI-09: of the rows of XOR one is (0, 0), so that never more than three quarters are at a limit."""
    layers = [dense("h1", 6, "tanh", 40.0), dense("h2", 6, "tanh", 40.0), dense("o", 1, "sigmoid")]
    run = Run(written(tmp_path / "xor.json", "xor", layers, 0.001))
    assert checked(run) == ()
    advance(run, 10)
    (finding,) = checked(run)
    assert (finding.symptom, finding.numbers["share"]) == ("saturated", 0.75)
    assert finding.numbers["standing_share"] == 0.5
    assert [offer.cure.key for offer in offers(run.document, finding)][:2] == ["draw_again", "relu"]


def test_a_score_by_chance_does_not_hide_a_rate_that_is_too_low(tmp_path: Path) -> None:
    """Drawn linear units answer three rows of XOR of four, which is half of what there is to learn, and stay there."""
    layers = [dense("h1", 64, "linear", 3.0), dense("h2", 64, "linear", 3.0), dense("o", 1, "sigmoid", 3.0)]
    run = Run(written(tmp_path / "linear.json", "xor", layers, 1e-9))
    advance(run, 5)
    (finding,) = checked(run)
    assert finding.symptom == "rate_low"
    assert offers(run.document, finding)[0].cure.key == "raise_rate"


@pytest.mark.parametrize(("data", "end"), [("circles", "sigmoid"), ("iris", "softmax")])
def test_steps_as_long_as_the_weights_are_told_before_what_they_bring_about(
    tmp_path: Path, data: str, end: str
) -> None:
    """Curriculum OPT-17: five sigmoids at a rate of 5 are thrown to their limits; that is no fault of their start."""
    layers = [*(dense(f"h{k}", 6, "sigmoid") for k in range(5)), dense("o", 1 if end == "sigmoid" else 3, end)]
    run = Run(written(tmp_path / "deep.json", data, layers, 5.0))
    advance(run, EPOCHS)
    (finding,) = checked(run)
    assert (finding.symptom, finding.layer) == ("rate_high", "o")
    assert float(finding.numbers["ratio_share"]) > 0.5
    assert offers(run.document, finding)[0].cure.key == "lower_rate"


def test_long_steps_that_lower_the_loss_are_left_alone() -> None:
    falling = Vitals(NetworkSpec(()), updates={"o": 0.8}, losses=0.8 ** np.arange(12.0))
    assert examine(falling) == ()
    (finding,) = examine(replace(falling, losses=1 + 0.1 * (np.arange(12) % 2)))
    assert finding.symptom == "rate_high"


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
