"""Runs side by side: going back and changing something keeps both, and each is found again exactly as it was left."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import SpecError
from dlviz.core.network import LayerSpec, NetworkSpec, dense
from dlviz.session import limits
from dlviz.session.document import Document
from dlviz.session.edits import (
    set_optimizer,
    set_optimizer_setting,
    set_seed,
    set_split,
    set_title,
    set_training,
    set_units,
)
from dlviz.session.presets import document_for, first_document
from dlviz.session.run import Run
from dlviz.session.run_row import Label, RunRow
from dlviz.session.runs import Runs, Standing
from dlviz.session.snapshots import AllSnapshots
from dlviz.session.trainer import TrainingState


def hard_document() -> Document:
    """Return shuffled batches, dropout, batch norm and Adam."""
    document = set_optimizer(first_document(), "adam")
    layers = (
        dense("h1", 6, "relu"), LayerSpec("n", "batch_norm"), LayerSpec("d", "dropout", settings={"rate": 0.3}),
        dense("o", 1, "tanh"),
    )  # fmt: skip
    return replace(document, network=replace(document.network, layers=layers), parameters={})


def advance(run: Run, count: int) -> None:
    while count:
        done, divergence = run.advance(count)
        assert divergence is None
        count -= done


def slower(document: Document) -> Document:
    return set_optimizer_setting(document, "lr", 0.001)


def assert_same(a: TrainingState, b: TrainingState) -> None:
    assert (a.step, a.epoch, a.batch, a.updates) == (b.step, b.epoch, b.batch, b.updates)
    assert a.kept.tobytes() == b.kept.tobytes()


def row(runs: Runs, uid: int) -> RunRow:
    return next(each for each in runs.rows() if each.uid == uid)


def branched(at: int = 40, end: int = 100) -> Runs:
    """Return two runs: the first went on to end, the second left it at a step and is current, untrained."""
    runs = Runs(hard_document())
    advance(runs.run, end)
    runs.run.seek(at)
    runs.edit(slower(runs.run.document), "rate")
    return runs


def test_500_steps_with_shuffling_dropout_batch_norm_and_adam_and_500_back_restore_every_bit() -> None:
    run = Run(hard_document())
    advance(run, 37)
    start = run.trainer.state()
    for _ in range(500):
        run.forward("batch")
    for _ in range(500):
        run.back("batch")
    run.seek(37)
    run.leave_walk()
    assert_same(run.trainer.state(), start)


def test_an_edit_in_the_past_keeps_both_runs_and_says_where_the_second_left_the_first() -> None:
    runs = branched(at=40)
    advance(runs.run, 30)
    first, second = runs.rows()
    assert (first.is_current, second.is_current) == (False, True)
    assert (first.last_step, second.last_step) == (100, 70)
    origin = second.origin
    assert (origin.parent, origin.step, origin.epoch) == (1, 40, 40 // runs.run.trainer.batches_per_epoch)
    assert origin.change == "rate 0.02 → 0.001"
    assert first.colour != second.colour


def test_an_edit_at_the_end_goes_on_with_the_same_run() -> None:
    runs = Runs(hard_document())
    advance(runs.run, 50)
    runs.edit(slower(runs.run.document), "rate")
    advance(runs.run, 50)
    assert [each.last_step for each in runs.rows()] == [100]
    assert [mark.step for mark in runs.rows()[0].marks] == [50]


def test_switching_restores_every_bit_and_the_future_is_the_one_it_would_have_had() -> None:
    runs = branched(at=40, end=100)
    advance(runs.run, 33)
    second = runs.run.trainer.state()
    runs.switch(1)
    assert runs.run.step == 40  # the playhead stays where it was left
    assert runs.run.document.training.optimizer.settings["lr"] == 0.02
    advance(runs.run, 140)
    untouched = Run(hard_document())
    advance(untouched, 180)
    assert_same(runs.run.trainer.state(), untouched.trainer.state())
    runs.switch(2)
    assert_same(runs.run.trainer.state(), second)
    advance(runs.run, 50)
    alone = Run(hard_document())
    advance(alone, 40)
    alone.edit(slower(alone.document), "rate")
    advance(alone, 83)
    assert_same(runs.run.trainer.state(), alone.trainer.state())


def test_switching_in_the_middle_of_a_batch_comes_back_to_the_same_operation() -> None:
    runs = branched()
    advance(runs.run, 5)
    for _ in range(3):
        runs.run.forward("operation")
    assert runs.run.walk is not None
    shown = {name: values.tobytes() for name, values in runs.run.parameters().items()}
    runs.switch(1)
    runs.switch(2)
    assert runs.run.walk is not None
    assert runs.run.walk.cursor == 3
    assert {name: values.tobytes() for name, values in runs.run.parameters().items()} == shown


def test_curves_of_both_runs_agree_before_they_part() -> None:
    runs = branched(at=40, end=100)
    advance(runs.run, 60)
    runs.switch(1)
    curves = row(runs, 2).curves
    here = runs.run.history.curves()
    assert curves is not None
    assert np.array_equal(curves.batch_mean[:40], here.batch_mean[:40])
    assert not np.array_equal(curves.batch_mean[41:100], here.batch_mean[41:100])


def test_an_untrained_run_leaves_no_trace_and_is_told_by_its_last_change() -> None:
    runs = branched(at=40)
    runs.edit(set_units(runs.run.document, "h1", 8), "units")
    assert row(runs, 2).origin.change == "units of h1 6 → 8, rate 0.02 → 0.001"
    runs.switch(1)
    assert runs.uids == (1,)


def test_undoing_the_edit_goes_back_to_the_parent_and_a_trained_branch_stays() -> None:
    runs = branched(at=40)
    runs.switch(1)
    before = runs.standing()
    runs.edit(slower(runs.run.document), "rate")
    uid = runs.current
    advance(runs.run, 10)
    after = runs.standing()
    runs.restore(before)
    assert (runs.current, runs.run.step, runs.run.timeline.end) == (1, 40, 100)
    assert runs.uids == (1, uid)
    runs.restore(after)
    assert (runs.current, runs.run.step) == (uid, 50)


def test_redo_brings_back_a_branch_that_was_never_trained() -> None:
    runs = branched(at=40)
    after = runs.standing()
    runs.switch(1)
    runs.restore(after)
    assert runs.uids == (1, 2)
    assert row(runs, 2).origin.parent == 1


def test_coming_back_to_a_moment_keeps_what_was_recorded_since() -> None:
    runs = Runs(hard_document())
    advance(runs.run, 20)
    moment = runs.standing()
    advance(runs.run, 60)
    runs.restore(moment)
    assert (runs.run.step, runs.run.timeline.end) == (20, 80)


def test_a_branch_of_an_untrained_branch_has_the_parent_that_stays() -> None:
    runs = branched(at=40)
    runs.run.seek(10)
    runs.edit(set_units(runs.run.document, "h1", 3), "units")
    advance(runs.run, 5)
    assert [each.origin.parent for each in runs.rows()] == [None, 1]
    assert runs.rows()[1].origin.step == 10


def test_a_run_beside_begins_at_the_start_with_the_same_weights() -> None:
    runs = Runs(hard_document())
    first = runs.run.trainer.state()
    advance(runs.run, 64)
    assert runs.beside(slower(runs.run.document), "Learning rate 0.001", is_fresh=False) == 64
    assert_same(runs.run.trainer.state(), first)
    assert row(runs, 2).origin.is_beside
    assert row(runs, 2).origin.change == "Learning rate 0.001"
    advance(runs.run, 64)
    assert [each.last_step for each in runs.rows()] == [64, 64]


def test_a_run_beside_one_that_was_never_trained_keeps_that_one() -> None:
    runs = Runs(hard_document())
    runs.beside(slower(runs.run.document), "Learning rate 0.001", is_fresh=True)
    assert runs.uids == (1, 2)


def test_beginning_again_replaces_an_unchanged_run_and_keeps_a_changed_one() -> None:
    runs = Runs(hard_document())
    first = runs.run.trainer.state()
    advance(runs.run, 30)
    runs.reset()
    assert runs.uids == (1,)
    assert_same(runs.run.trainer.state(), first)
    advance(runs.run, 30)
    runs.edit(slower(runs.run.document), "rate")
    advance(runs.run, 30)
    runs.reset()
    assert runs.uids == (1, 2)
    assert (row(runs, 2).origin.parent, row(runs, 2).origin.step) == (1, 0)
    assert row(runs, 2).origin.change == "rate 0.02 → 0.001"
    assert_same(runs.run.trainer.state(), first)


def test_new_weights_or_other_data_are_another_run() -> None:
    runs = Runs(hard_document())
    advance(runs.run, 30)
    runs.begin(set_seed(runs.run.document, 9), "New initial weights")
    advance(runs.run, 10)
    runs.begin(replace(runs.run.document, data=document_for("moons").data), "Data: Moons")
    assert [each.origin.parent for each in runs.rows()] == [None, 1, 2]
    assert row(runs, 2).origin.change == f"seed {hard_document().seed} → 9"


def test_a_run_can_be_taken_out_and_brought_back() -> None:
    runs = branched()
    advance(runs.run, 5)
    runs.remove(1)
    assert runs.uids == (2,)
    runs.bring_back(1)
    runs.switch(1)
    assert (runs.run.step, runs.run.timeline.end) == (40, 100)


def test_the_run_on_show_cannot_be_taken_out() -> None:
    runs = Runs(hard_document())
    with pytest.raises(SpecError, match="not on show"):
        runs.remove(1)
    with pytest.raises(SpecError, match="of the list"):
        runs.switch(7)


def test_names_notes_and_pins_stay_with_a_run() -> None:
    runs = branched()
    runs.describe(1, Label("baseline", "too slow", True))
    assert row(runs, 1).label == Label("baseline", "too slow", True)
    runs.describe(2, Label(note="not yet trained"))
    runs.switch(1)
    assert runs.uids == (1, 2)


def test_only_so_many_runs_are_listed_and_named_ones_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RUNS", 4)
    runs = Runs(first_document())
    advance(runs.run, 20)
    runs.describe(1, Label("baseline"))
    for seed in range(6):
        runs.begin(set_seed(runs.run.document, 100 + seed), "seed")
        advance(runs.run, 5)
    assert runs.uids == (1, 5, 6, 7)


def test_memory_of_many_runs_stays_under_the_stated_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(hard_document())
    monkeypatch.setattr(runs.run.history.snapshots, "budget", 200_000)
    advance(runs.run, 3000)
    for step in range(2800, 0, -400):
        runs.run.seek(step)
        runs.edit(set_training(runs.run.document, batch_size=7 + step % 5), "batch")
        advance(runs.run, 1500)
    histories = [*(each.moment.history for each in runs._entries.values() if each.moment), runs.run.history]
    assert len(histories) == 8
    current = runs.run.history.of(runs.run.segment.uid).nbytes
    assert runs.run.history.snapshots.nbytes <= 200_000 + current
    assert max(each.nbytes for each in histories) <= 300_000
    runs.switch(1)  # what was let go is replayed from the start of its segment
    untouched = Run(hard_document())
    advance(untouched, runs.run.step)
    assert_same(runs.run.trainer.state(), untouched.trainer.state())


def test_stop_rules_and_titles_are_changed_for_the_whole_run_and_begin_no_other() -> None:
    runs = Runs(hard_document())
    advance(runs.run, 60)
    runs.edit(slower(runs.run.document), "rate")
    advance(runs.run, 40)
    runs.run.seek(30)
    state = runs.run.trainer.state()
    before = runs.standing()
    runs.edit(set_training(runs.run.document, callbacks=["loss_below"], metrics=["accuracy"]), "rules")
    titled = set_title(runs.run.document, "Lecture 3")
    runs.edit(titled, "title")
    assert runs.run.document is titled
    assert runs.uids == (1,)
    assert (runs.run.step, runs.run.timeline.end) == (30, 100)
    assert_same(runs.run.trainer.state(), state)
    assert {each.document.title for each in runs.run.timeline.segments} == {"Lecture 3"}
    assert [mark.step for mark in runs.run.timeline.marks()] == [60]
    runs.run.seek(80)
    assert runs.run.document.training.callbacks == (chosen("loss_below"),)
    assert runs.run.document.training.optimizer.settings["lr"] == 0.001
    runs.restore(before)
    assert runs.run.document.training.callbacks == ()
    assert (runs.run.step, runs.run.timeline.end) == (30, 100)


def test_a_rule_set_in_the_middle_of_a_batch_leaves_the_walk_where_it_is() -> None:
    runs = Runs(hard_document())
    advance(runs.run, 5)
    for _ in range(4):
        runs.run.forward("operation")
    runs.edit(set_training(runs.run.document, callbacks=["loss_below"]), "rules")
    assert runs.run.walk is not None
    assert (runs.run.step, runs.run.walk.cursor) == (5, 4)


def test_a_rule_that_cannot_be_asked_keeps_the_weights_until_it_is_mended() -> None:
    runs = Runs(set_split(hard_document(), validation=0.0))
    advance(runs.run, 25)
    state = runs.run.trainer.state()
    rule = {"kind": "plateau", "monitor": "validation_loss"}
    runs.edit(set_training(runs.run.document, callbacks=[rule]), "rules")
    assert runs.run.problem is not None
    runs.edit(set_training(runs.run.document, callbacks=[]), "rules")
    assert_same(runs.run.trainer.state(), state)


def test_a_learning_rule_branches_too_and_another_rule_is_another_run() -> None:
    runs = Runs(rule_document("perceptron", lr=0.5))
    advance(runs.run, 12)
    first = runs.run.trainer.state()
    runs.run.seek(5)
    rule = Choice("perceptron", {"lr": 0.25})
    runs.edit(replace(runs.run.document, rule=rule), "rate")
    advance(runs.run, 9)
    assert [each.origin.parent for each in runs.rows()] == [None, 1]
    assert row(runs, 2).origin.change == "rate 0.5 → 0.25"
    runs.edit(replace(runs.run.document, rule=Choice("delta")), "another rule")
    advance(runs.run, 3)
    assert runs.uids == (1, 2, 3)
    runs.switch(1)
    runs.run.seek(12)
    assert_same(runs.run.trainer.state(), first)


def rule_document(kind: str, **settings: Any) -> Document:
    return replace(document_for("and"), rule=Choice(kind, settings), network=NetworkSpec(), parameters={})


EDITS = (
    lambda document, draw: set_optimizer_setting(document, "lr", float(draw.choice([0.001, 0.02, 0.3]))),
    lambda document, draw: set_units(document, "h1", int(draw.integers(2, 9))),
    lambda document, draw: set_training(document, batch_size=int(draw.integers(5, 20))),
    lambda document, draw: set_optimizer(document, str(draw.choice(["sgd", "adam", "momentum"]))),
    lambda document, draw: set_training(document, callbacks=["loss_below"] if draw.random() < 0.5 else []),
)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_every_run_is_replayed_from_its_start_to_the_same_bits(seed: int) -> None:
    draw, runs = np.random.default_rng(seed), Runs(hard_document())
    runs.run.history.snapshots.budget = 300_000  # so that much is let go, and replayed
    kept: list[Standing] = []
    for _ in range(150):
        action, document = int(draw.integers(10)), runs.run.document
        if action < 3:
            runs.run.advance(int(draw.integers(1, 60)))
        elif action == 3:
            runs.run.seek(int(draw.integers(0, runs.run.timeline.end + 1)))
        elif action == 4:
            runs.run.forward(draw.choice(["operation", "batch"]))
        elif action == 5:
            runs.edit(EDITS[int(draw.integers(len(EDITS)))](document, draw), "edit")
        elif action == 6:
            runs.switch(int(draw.choice(runs.uids)))
        elif action == 7:
            kept.append(runs.standing())
        elif action == 8 and kept:
            runs.restore(kept[int(draw.integers(len(kept)))])
        elif draw.random() < 0.3:
            runs.beside(slower(document), "slower", is_fresh=False)
    runs.switch(runs.uids[0])  # one that was never trained is gone now
    for uid in runs.uids:
        runs.switch(uid)
        runs.run.leave_walk()
        state, step = runs.run.trainer.state(), runs.run.step
        runs.run.history.snapshots = AllSnapshots()  # nothing to begin from but the starts of segments
        runs.run.seek(runs.run.timeline.first)
        runs.run.seek(step)
        runs.run.leave_walk()
        assert_same(runs.run.trainer.state(), state)
