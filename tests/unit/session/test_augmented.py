"""Training on augmented images: what a batch reads, rows held out, exact replay, files, and the cost."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.errors import DataError, SpecError
from dlviz.data.augmentation import augmenter
from dlviz.session import augmented
from dlviz.session.document import Document
from dlviz.session.edits import set_augmentation, set_scaling, set_training
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.format.schema import json_schema
from dlviz.session.headless import train
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import document_for
from dlviz.session.run import Run
from dlviz.session.vary.edit import vary_path
from dlviz.session.vary.settings import settable


def digits(**settings: object) -> Document:
    document = set_scaling(document_for("digits"), "standard")
    for name, value in settings.items():
        document = set_augmentation(document, name, value)
    return document


VARIED = {"rotate": 15.0, "shift": 0.1, "noise": 0.05}


def inputs_of_next_batch(run: Run) -> tuple[np.ndarray, np.ndarray]:
    run.forward("batch")
    assert run.walk is not None
    trace = run.walk.trace
    x = trace.value("x", len(trace.steps))
    assert x is not None
    return np.asarray(x).reshape(len(trace.rows), -1), np.asarray(trace.rows)


@pytest.mark.parametrize("whole", [2**20, 0], ids=["as a whole", "by batches"])
@pytest.mark.parametrize("is_shuffled", [True, False])
def test_a_batch_reads_the_variants_of_its_epoch(
    monkeypatch: pytest.MonkeyPatch, whole: int, is_shuffled: bool
) -> None:
    monkeypatch.setattr(augmented, "WHOLE_NUMBERS", whole)
    document = set_training(digits(**VARIED), shuffle=is_shuffled)
    prepared, run = prepared_for(document), Run(document)
    makes = augmenter(document.data.augmentation, prepared.dataset, prepared.train, document.seed)
    for epoch in (0, 1, 2):
        run.seek(0) if epoch == 0 else run.advance(run.trainer.batches_per_epoch - 1)
        x, rows = inputs_of_next_batch(run)
        wanted = prepared.scaler.apply(makes.variants(prepared.dataset.inputs[rows], rows, epoch))
        np.testing.assert_allclose(x, wanted.astype(x.dtype), rtol=1e-5, atol=1e-5)


def test_replay_and_both_ways_of_making_variants_are_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(digits(**VARIED))
    per_epoch = run.trainer.batches_per_epoch
    for _ in range(3):
        run.advance(per_epoch)
    after = run.state()
    run.seek(per_epoch + 3)
    run.seek(after.step)
    np.testing.assert_array_equal(run.state().kept, after.kept)
    monkeypatch.setattr(augmented, "WHOLE_NUMBERS", 0)
    other = Run(digits(**VARIED))
    for _ in range(3):
        other.advance(per_epoch)
    np.testing.assert_allclose(other.state().kept, after.kept, rtol=1e-6, atol=1e-9)


def test_rows_that_are_held_out_stay_as_they_were() -> None:
    document = digits(**VARIED)
    prepared = prepared_for(document)
    inputs = augmented.AugmentedInputs(document, prepared)
    held = np.concatenate([prepared.validation, prepared.test])
    assert len(held)
    np.testing.assert_array_equal(inputs[held], prepared.inputs[held])
    assert not np.array_equal(inputs[prepared.train[:5]], prepared.inputs[prepared.train[:5]])


@pytest.mark.parametrize("settings", [{"shift": 0.1}, {"noise": 0.1}], ids=str)
def test_standardised_pixels_of_variants_spread_as_those_of_rows(settings: dict[str, float]) -> None:
    document = digits(**settings)
    prepared = prepared_for(document)
    x = augmented.AugmentedInputs(document, prepared)[prepared.train]
    varies = ~prepared.scaler.is_constant
    assert np.abs(x[:, varies].mean(axis=0)).max() < 0.4
    assert x[:, varies].std(axis=0).max() < 1.5, "it was 30 where the scaling was that of the rows as measured"


def test_augmented_digits_learn_no_worse_where_they_are_standardised() -> None:
    def learnt(scaling: str) -> float:
        document = set_training(set_scaling(digits(shift=0.1), scaling), epochs=8)
        found = train(document).validation
        assert found is not None
        return found.loss

    assert learnt("standard") < learnt("none")


@pytest.mark.parametrize("scaling", ["none", "standard"])
def test_a_change_goes_on_with_the_run_and_only_a_scaling_is_fitted_anew(scaling: str) -> None:
    run = Run(set_scaling(digits(), scaling))
    run.advance(5)
    run.edit(set_augmentation(run.document, "rotate", 10), "Augmentation")
    assert run.step == 5
    before, after = prepared_for(run.document), prepared_for(set_augmentation(run.document, "rotate", 20))
    assert (after is before) == (scaling == "none")
    assert run.prepared is before


def test_settings_are_written_read_and_left_out_at_their_defaults() -> None:
    document = digits(rotate=15, flip=True)
    written = document_to_json(document, inline_arrays=True)
    assert written["data"]["augmentation"] == {"flip": True, "rotate": 15.0}
    assert document_from_json(written).data == document.data
    assert set_augmentation(document, "flip", False).data.augmentation == {"rotate": 15.0}
    assert "augmentation" not in document_to_json(digits(), inline_arrays=True)["data"]
    known = json_schema()["$defs"]["DataPart"]["oneOf"][0]["properties"]["augmentation"]["properties"]
    assert known["rotate"]["maximum"] == 180


def test_what_cannot_be_augmented_is_refused_in_a_sentence() -> None:
    with pytest.raises(DataError, match=r"Expected images to augment\. Received: rows that are none"):
        set_augmentation(document_for("circles"), "flip", True)
    with pytest.raises(SpecError, match="Expected settings among"):
        document_from_json({"format": "dlviz", "version": 1, "data": {"kind": "digits", "augmentation": {"spin": 1}}})
    circles = document_for("circles")
    run = Run(replace(circles, data=replace(circles.data, augmentation={"flip": True})))
    assert run.problem is not None
    assert "Expected images to augment" in str(run.problem)


def test_augmentation_can_be_varied_where_rows_are_images() -> None:
    document = digits(zoom=0.2)
    values = {each.path: each.value for each in settable(document) if "augmentation" in each.path}
    assert values["data.augmentation.zoom"] == 0.2
    assert values["data.augmentation.rotate"] == 0.0
    assert vary_path(document, "data.augmentation.rotate", 15).data.augmentation == {"rotate": 15.0, "zoom": 0.2}
    assert not [each for each in settable(document_for("circles")) if "augmentation" in each.path]
    with pytest.raises(DataError, match="Expected images to augment"):
        vary_path(document_for("circles"), "data.augmentation.flip", True)
