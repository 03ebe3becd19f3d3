"""Distributions: counts are NumPy's, ranges fit into each other, columns survive edits and stay few."""

import numpy as np
import pytest

from dlviz.core.distribution import BINS, LEAST_EXPONENT, edges, histogram_of, widened
from dlviz.session.distributions import KINDS, MAX_COLUMNS, Column, Columns
from dlviz.session.edits import set_optimizer_setting
from dlviz.session.frames import FrameMaker
from dlviz.session.measure import observed_step
from dlviz.session.messages import Frame, Interest
from dlviz.session.presets import document_for, first_document
from dlviz.session.run import Run


def framed(run: Run) -> Frame:
    maker = FrameMaker()
    maker.interest = Interest(needs=frozenset({"distributions"}))
    return maker.make(run, is_running=False)


def newest(run: Run) -> Column:
    columns = framed(run).distributions
    assert columns
    return columns[-1]


def test_counts_equal_those_of_numpy_for_the_tensors_of_the_run() -> None:
    run = Run(document_for("iris"))
    run.advance(37)
    column = newest(run)
    trace = run.network.record()
    observed = observed_step(run.network, trace)
    for kind, arrays in (
        ("weights", observed.parameters), ("gradients", observed.gradients), ("updates", observed.updates)
    ):  # fmt: skip
        for layer, found in column.histograms[kind].items():
            counts, _ = np.histogram(arrays[f"{layer}.W"], bins=edges(found.exponent))
            assert np.array_equal(found.counts, counts), (kind, layer)


def test_activations_are_those_of_the_training_rows() -> None:
    run = Run(document_for("xor"))
    run.advance(11)
    found = newest(run).histograms["activations"]["h1"]
    inputs = run.prepared.inputs[run.prepared.train]
    values = run.parameters()
    answers = np.tanh(values["h1.W"] @ inputs.T + values["h1.b"][:, None])
    assert np.array_equal(found.counts, np.histogram(answers, bins=edges(found.exponent))[0])


def test_norms_are_those_of_all_parameters_of_a_layer() -> None:
    run = Run(document_for("xor"))
    column = newest(run)
    observed = observed_step(run.network, run.network.record())
    parts = np.concatenate([observed.gradients["h1.W"].ravel(), observed.gradients["h1.b"]])
    assert column.gradient_norm["h1"] == pytest.approx(np.linalg.norm(parts), rel=1e-12)


@pytest.mark.parametrize("scale", [1e-9, 0.3, 1.0, 64.0, 1e12])
@pytest.mark.parametrize("further", [0, 1, 3, 20])
def test_a_wider_range_counts_as_numpy_would(scale: float, further: int) -> None:
    values = scale * np.concatenate([np.random.default_rng(5).normal(size=400), [1.0, -1.0, 0.0, 0.5]])
    found = histogram_of(values)
    exponent = found.exponent + further
    assert np.array_equal(widened(found, exponent), np.histogram(values, bins=edges(exponent))[0])


def test_zeros_and_numbers_that_are_none_are_counted() -> None:
    nothing = histogram_of(np.zeros(7))
    assert (nothing.exponent, nothing.counts[BINS // 2], nothing.counts.sum()) == (LEAST_EXPONENT, 7, 7)
    broken = histogram_of(np.array([1.0, np.nan, np.inf]))
    assert (broken.left_out, broken.counts.sum()) == (2, 1)


def test_an_edit_keeps_the_columns_before_it_and_adds_one_at_its_own_step() -> None:
    run = Run(first_document())
    for _ in range(3):
        run.advance(20)
        framed(run)
    before = newest(run)
    run.edit(set_optimizer_setting(run.document, "lr", 0.5), "lr 0.5")
    columns = framed(run).distributions
    assert columns is not None
    assert [column.step for column in columns] == [20, 40, 60, 60]
    assert columns[-2] is before
    assert columns[-2].uid != columns[-1].uid
    assert columns[-1].gradient_norm == before.gradient_norm
    assert columns[-1].update_ratio != before.update_ratio


def test_a_reset_forgets_them() -> None:
    run = Run(first_document())
    run.advance(20)
    framed(run)
    run.reset()
    columns = framed(run).distributions
    assert columns is not None
    assert [column.step for column in columns] == [0]


def test_columns_are_thinned_evenly_and_looked_at_once() -> None:
    kept = Columns()
    for step in range(3 * MAX_COLUMNS):
        for _ in range(2):
            kept.add(Column(step, 1, {}, {}, {}))
    steps = [column.step for column in kept.columns]
    assert len(steps) <= MAX_COLUMNS
    assert steps == sorted(set(steps))
    assert steps[0] == 0
    assert steps[-1] == 3 * MAX_COLUMNS - 1


def test_every_kind_is_recorded_for_every_layer_that_has_it() -> None:
    column = newest(Run(first_document()))
    assert tuple(column.histograms) == KINDS
    assert all(tuple(own) == ("h1", "h2", "o") for own in column.histograms.values())
