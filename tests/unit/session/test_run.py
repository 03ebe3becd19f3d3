"""Time travel: what stepping, going back, replaying and editing must leave exactly as it was."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.session.document import Document
from dlviz.session.edits import add_layer, set_optimizer_setting, set_training
from dlviz.session.messages import Granularity
from dlviz.session.presets import document_for, empty_document, first_document, step_document
from dlviz.session.run import Run
from dlviz.session.trainer import TrainingState


def advance(run: Run, count: int) -> None:
    while count:
        done, divergence = run.advance(count)
        assert divergence is None
        count -= done


def here(run: Run) -> TrainingState:
    run.leave_walk()
    return run.trainer.state()


def assert_same(a: TrainingState, b: TrainingState) -> None:
    assert (a.step, a.epoch, a.batch, a.updates) == (b.step, b.epoch, b.batch, b.updates)
    assert a.kept.tobytes() == b.kept.tobytes()


def test_500_steps_forward_and_500_back_restore_every_bit() -> None:
    run = Run(first_document())  # shuffled batches, Adam
    advance(run, 37)
    start = here(run)
    for _ in range(500):
        run.forward("batch")
    for _ in range(500):
        run.back("batch")
    assert run.step == 37
    assert run.walk is not None
    assert run.walk.cursor == 0
    run.seek(37)
    assert_same(here(run), start)


def test_back_by_operation_undoes_one_operation_across_batches() -> None:
    run = Run(first_document())
    for _ in range(30):
        run.forward("operation")
    assert run.walk is not None
    length = run.walk.length
    assert (run.step, run.walk.cursor) == (30 // length, 30 % length)
    for _ in range(30):
        run.back("operation")
    assert run.step == 0
    assert run.walk is not None
    assert run.walk.cursor == 0


@pytest.mark.parametrize("by", ["operation", "layer", "sample", "batch", "epoch"])
def test_an_epoch_in_any_grain_ends_in_the_same_bits(by: Granularity) -> None:
    whole = Run(first_document())
    n = whole.trainer.batches_per_epoch
    advance(whole, n)
    run = Run(first_document())
    while run.step < n:
        run.forward(by)
    assert_same(here(run), here(whole))


def test_parameters_shown_halfway_change_only_with_the_last_operation() -> None:
    run = Run(step_document())
    before = run.parameters()["o.W"].copy()
    run.forward("batch")
    assert run.walk is not None
    after = run.parameters()["o.W"].copy()
    run.back("operation")
    assert np.array_equal(run.parameters()["o.W"], before)
    run.forward("operation")
    assert np.array_equal(run.parameters()["o.W"], after)
    assert not np.array_equal(before, after)


def test_an_edit_of_the_rate_keeps_every_bit_and_leaves_a_mark() -> None:
    run = Run(first_document())
    advance(run, 50)
    before = here(run)
    run.edit(set_optimizer_setting(run.document, "lr", 0.1), "lr 0.1")
    assert_same(here(run), before)
    assert [(mark.step, mark.label) for mark in run.timeline.marks()] == [(50, "lr 0.1")]


def test_seeking_across_an_edit_replays_both_documents() -> None:
    run = Run(first_document())
    advance(run, 60)
    run.edit(set_training(run.document, batch_size=5), "batch 5")
    advance(run, 60)
    end = here(run)
    run.seek(20)
    assert run.document.training.batch_size == 10
    advance(run, 100)
    assert run.document.training.batch_size == 5
    assert_same(here(run), end)


def test_a_restored_moment_brings_back_a_dropped_future() -> None:
    run = Run(first_document())
    advance(run, 300)
    moment, state = run.moment(), here(run)
    run.seek(100)
    run.edit(set_optimizer_setting(run.document, "lr", 0.5), "lr 0.5")
    advance(run, 20)
    run.restore(moment)
    assert_same(here(run), state)


def test_a_moment_inside_a_batch_comes_back_at_its_operation() -> None:
    run = Run(first_document())
    advance(run, 10)
    for _ in range(4):
        run.forward("operation")
    moment = run.moment()
    run.edit(set_optimizer_setting(run.document, "lr", 0.5), "lr 0.5")
    advance(run, 5)
    run.restore(moment)
    assert run.walk is not None
    assert (run.step, run.walk.cursor) == (10, 4)


def test_a_new_layer_keeps_the_weights_whose_names_and_shapes_stay() -> None:
    run = Run(first_document())
    advance(run, 40)
    before = run.parameters()
    run.edit(add_layer(run.document, 1, units=4), "layer")
    after = run.parameters()
    assert np.array_equal(after["h1.W"], before["h1.W"])
    assert set(after) > set(before)


def test_typing_a_weight_changes_that_weight_alone() -> None:
    run = Run(first_document())
    advance(run, 40)
    before = run.parameters()
    run.type_parameter("h1.W", (2, 1), 0.75, "typed")
    after = run.parameters()
    changed = {name: np.argwhere(after[name] != before[name]).tolist() for name in before}
    assert after["h1.W"][2, 1] == 0.75
    assert {name: places for name, places in changed.items() if places} == {"h1.W": [[2, 1]]}


def test_reset_returns_to_the_same_initial_weights_under_new_settings() -> None:
    run = Run(first_document())
    start = here(run)
    advance(run, 40)
    run.edit(set_optimizer_setting(run.document, "lr", 0.5), "lr 0.5")
    run.reset()
    assert run.step == 0
    assert run.document.training.optimizer.settings["lr"] == 0.5
    assert here(run).kept[0].tobytes() == start.kept[0].tobytes()


def diverging() -> Document:
    document = document_for("iq_salary")
    return replace(document, training=replace(document.training, optimizer=chosen("sgd", lr=10.0)))


def test_divergence_pauses_at_the_last_finite_state_and_names_the_operation() -> None:
    run = Run(diverging())
    done, divergence = run.advance(500)
    assert divergence is not None
    assert run.step == done == divergence.step
    assert all(np.isfinite(values).all() for values in run.parameters().values())
    run.forward("batch")
    assert run.walk is not None
    last = next(step for step in run.walk.trace.steps if step.op == divergence.op)
    assert not all(np.isfinite(values).all() for values in last.writes.values())


def test_an_empty_network_has_a_problem_and_takes_edits() -> None:
    run = Run(empty_document())
    assert run.problem is not None
    run.edit(add_layer(run.document, 0, units=1), "first layer")
    assert run.problem is None
    advance(run, 10)
    assert run.step == 10


def test_scrubbing_visits_any_recorded_step_exactly() -> None:
    run = Run(first_document())
    states = {0: here(run)}
    for step in range(400, 2001, 400):
        advance(run, 400)
        states[step] = here(run)
    for step in (1600, 400, 0, 2000, 1200):
        run.seek(step)
        assert_same(here(run), states[step])


def test_a_state_beyond_the_epoch_begins_the_next_one() -> None:
    run = Run(first_document())
    run.trainer.restore(replace(here(run), epoch=3, batch=10_000))
    assert (run.trainer.epoch, run.trainer.batch) == (4, 0)
    run.trainer.run(5, np.zeros(5))
    assert run.trainer.batch == 5


def test_curves_of_the_past_come_back_with_it() -> None:
    run = Run(first_document())
    advance(run, 300)
    moment, before = run.moment(), run.history.curves()
    run.edit(set_optimizer_setting(run.document, "lr", 0.5), "lr 0.5")
    advance(run, 200)
    assert run.history.losses.end == 500
    run.restore(moment)
    after = run.history.curves()
    assert np.array_equal(after.batch_steps, before.batch_steps)
    assert np.array_equal(after.batch_mean, before.batch_mean)


def test_a_run_begun_anew_has_no_curves_of_the_old_one() -> None:
    run = Run(first_document())
    advance(run, 300)
    run.begin(document_for("moons"))
    assert run.step == run.history.losses.end == 0
    assert len(run.history.curves().steps) == 0


@pytest.mark.parametrize("cursor", [0, 5, 10_000])
def test_asking_where_a_run_stands_leaves_it_there(cursor: int) -> None:
    run = Run(first_document())
    advance(run, 12)
    before = run.trainer.state()
    run.walk_to(cursor)
    assert run.walk is not None
    place, walked = (run.step, run.walk.cursor), run.walk.trace
    state = run.state()
    assert (run.step, run.walk.cursor) == place
    assert run.walk.trace is walked
    assert state.step == run.step == (13 if run.walk.is_done else 12)
    if not run.walk.is_done:
        assert_same(state, before)
    run.walk_to(10_000)
    assert_same(run.state(), here(run))


def test_a_batch_that_breaks_is_not_what_a_run_is_saved_at() -> None:
    run = Run(diverging())
    divergence = run.advance(500)[1]
    assert divergence is not None
    assert run.walk is not None
    run.walk_to(run.walk.length)
    assert np.isfinite(run.state().kept).all()
    assert run.state().step == divergence.step
