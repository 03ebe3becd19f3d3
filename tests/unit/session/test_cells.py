"""Numbers of the data typed by hand: what changes, what stays, and that a walk goes on where it stood."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import Choice
from dlviz.core.errors import DlvizError
from dlviz.core.network import NetworkSpec, dense
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.edits import set_input_cell, set_output_target, set_target_cell
from dlviz.session.edits.training import set_optimizer_setting
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import example_document
from dlviz.session.run import Run
from dlviz.session.subject_presets import EXAMPLES


def walked(document: Document, cursor: int, sample: int = 0, batches: int = 0) -> Run:
    run = Run(document)
    run.advance(batches)
    run.walk_to(cursor)
    run.look(sample)
    return run


def value(run: Run, name: str) -> np.ndarray:
    assert run.walk is not None
    found = run.walk.trace.value(name, run.walk.cursor)
    assert found is not None
    return np.asarray(found, dtype=float)


def circles(kind: str = "circles", outputs: int = 1, **data: object) -> Document:
    layers = (dense("h", 4, "tanh"), dense("o", outputs, "tanh" if outputs == 1 else "softmax"))
    loss = Choice("squared_error" if outputs == 1 else "categorical_cross_entropy")
    training = TrainingSpec(loss=loss, batch_size=8)
    return Document(dtype="float64", data=DataSpec(kind, **data), network=NetworkSpec(layers), training=training)


def test_an_input_typed_during_a_walk_recomputes_it_to_the_same_step() -> None:
    run = walked(example_document(), 9)
    run.edit(set_input_cell(run.document, 0, 0, 0.25), "x")
    assert run.walk is not None
    assert run.walk.cursor == 9
    w = value(run, "h.W")
    assert value(run, "h.z")[0] == pytest.approx(w @ [0.25, 0.10] + 0.35, rel=1e-12)
    assert run.walk.trace.global_step == 0


def test_a_target_typed_during_a_walk_moves_the_loss() -> None:
    run = walked(example_document(), 9)
    a = value(run, "o.a")[0]
    run.edit(set_output_target(run.document, 0, "o", 1, 0.5), "y")
    assert value(run, "loss") == pytest.approx(0.5 * ((a - [0.01, 0.5]) ** 2).sum(), rel=1e-12)


def test_a_weight_typed_during_a_walk_keeps_step_and_sample() -> None:
    run = walked(circles(), 7, sample=5, batches=3)
    before = run.moment()
    run.type_parameter("h.W", (0, 1), 0.75, "w")
    assert run.walk is not None
    assert (run.walk.cursor, run.walk.sample, run.walk.trace.global_step) == (7, 5, 3)
    x, w, b = (np.asarray(run.walk.trace.before[name]) for name in ("x", "h.W", "h.b"))
    assert w[0, 1] == 0.75
    assert value(run, "h.z") == pytest.approx(x @ w.T + b, rel=1e-12)
    run.restore(before)
    assert (run.walk.cursor, run.walk.sample) == (7, 5)
    assert run.moment().timeline is before.timeline


def test_other_steps_are_walked_from_their_start() -> None:
    run = walked(example_document(), 9)
    momentum = set_optimizer_setting(run.document, "lr", 0.1)
    run.edit(momentum, "lr")
    assert run.walk is not None
    assert run.walk.cursor == 9
    run.edit(replace(momentum, training=replace(momentum.training, optimizer=Choice("adam"))), "Adam")
    assert run.walk.cursor == 0


def test_batch_and_epoch_go_on_where_they_stood() -> None:
    run = walked(circles(split=SplitSpec(test=0.2)), 5, batches=25)
    assert run.walk is not None
    rows, position = run.walk.trace.rows, (run.walk.trace.epoch, run.walk.trace.batch)
    run.edit(set_input_cell(run.document, int(rows[2]), 1, 3.5), "x")
    trace = run.walk.trace
    assert (trace.epoch, trace.batch) == position
    assert np.array_equal(trace.rows, rows)
    assert trace.before["x"][2, 1] == 3.5


def test_undo_restores_the_walk_exactly() -> None:
    run = walked(circles(), 5, sample=3, batches=9)
    moment, before = run.moment(), {name: each.copy() for name, each in run.walk.trace.before.items()}
    run.edit(set_input_cell(run.document, int(run.walk.trace.rows[3]), 0, 9.0), "x")
    assert run.walk.trace.before["x"][3, 0] == 9.0
    run.restore(moment)
    assert all(np.array_equal(before[name], run.walk.trace.before[name]) for name in before)
    assert (run.walk.cursor, run.walk.sample) == (5, 3)


def test_scaled_inputs_are_typed_as_they_were_measured() -> None:
    document = circles(scaling="standard")
    changed = set_input_cell(document, 4, 0, 0.123)
    prepared = prepared_for(changed)
    assert prepared.dataset.inputs[4, 0] == 0.123
    column = prepared.dataset.inputs[prepared.train, 0]
    assert prepared.inputs[4, 0] == pytest.approx((0.123 - column.mean()) / column.std(), rel=1e-9)


def test_what_was_typed_is_noted_once_a_cell_and_kept_in_the_file() -> None:
    changed = set_input_cell(set_input_cell(circles(), 4, 0, 0.1), 4, 0, 0.2)
    typed = [note for note in prepared_for(changed).notes if "by hand" in note]
    assert typed == ["Row 5, x1: typed by hand, 0.2."]
    again = document_from_json(document_to_json(changed, inline_arrays=True))
    assert prepared_for(again).dataset.inputs[4, 0] == 0.2
    assert prepared_for(again).notes == prepared_for(changed).notes


def test_the_target_of_a_class_is_typed_at_its_output() -> None:
    document = circles("blobs", outputs=3)
    changed = set_output_target(document, 0, "o", 2, 1.0)
    assert prepared_for(changed).dataset.targets[0] == 2
    two = set_output_target(circles(), 0, "o", 0, -1.0)
    assert prepared_for(two).dataset.targets[0] == 0


REFUSED: dict[str, tuple[Callable[[], Document], str]] = {
    "no class": (lambda: set_output_target(circles(), 0, "o", 0, 0.3), "Expected -1 or 1"),
    "which other": (lambda: set_output_target(circles("blobs", outputs=3), 0, "o", 2, 0.0), "Expected 1, the target"),
    "row": (lambda: set_input_cell(circles(), 100_000, 0, 0.3), "Received: row 100001, column 1"),
    "column": (lambda: set_input_cell(circles(), 0, 2, 0.3), "Received: row 1, column 3"),
    "infinite": (lambda: set_input_cell(circles(), 0, 0, float("inf")), "finite"),
    "class index": (lambda: set_target_cell(circles(), 0, 0, 2.0), "Expected a class"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_fits_nowhere_is_refused_in_a_sentence(name: str) -> None:
    change, words = REFUSED[name]
    with pytest.raises(DlvizError, match=words):
        change()


def test_a_target_that_the_loss_cannot_read_is_refused() -> None:
    document = example_document()
    training = replace(document.training, loss=Choice("binary_cross_entropy"))
    with pytest.raises(DlvizError, match="between 0 and 1"):
        set_output_target(replace(document, training=training), 0, "o", 0, 1.5)


def test_a_rule_goes_on_with_what_it_has_learnt() -> None:
    document = next(each for each in EXAMPLES if each.part == "rules").make()
    run = Run(document)
    run.advance(3)
    learnt = run.parameters()["o.W"].copy()
    run.edit(set_input_cell(run.document, 0, 0, 0.5), "x")
    assert np.array_equal(run.parameters()["o.W"], learnt)
    assert run.step == 3
