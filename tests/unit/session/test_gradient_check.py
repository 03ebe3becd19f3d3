"""The gradient check as the session makes it: of the batch in hand, in slices, with what it does not tell."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.gradcheck import verdict
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.data.spec import DataSpec
from dlviz.session.checking import MOST_ENTRIES
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.gradient_check import GradientCheck
from dlviz.session.messages import Frame, Interest
from dlviz.session.presets import example_document
from dlviz.session.session import Session
from tests.guards import at_once
from tests.unit.session.test_session import frame_when

DROPOUT = LayerSpec("d", "dropout", settings={"rate": 0.3})


def circles(*layers: LayerSpec, **training: Any) -> Document:
    spec = TrainingSpec(**{"batch_size": 8, **training})
    return Document(dtype="float64", data=DataSpec("circles"), network=NetworkSpec(layers), training=spec)


@contextmanager
def opened(document: Document) -> Iterator[Session]:
    session = Session(document)
    session.watch(Interest(frozenset({"trace"})))
    try:
        yield session
    finally:
        assert session.close()


def checked(session: Session, holds_draws: bool = False) -> GradientCheck:
    session.check_gradients(holds_draws)
    return found(session, lambda frame: frame.gradient_check is not None and not frame.gradient_check.is_busy)


def found(session: Session, holds: Callable[[Frame], bool]) -> GradientCheck:
    check = frame_when(session, holds).gradient_check
    assert check is not None
    return check


def test_the_checked_gradients_are_those_of_the_walked_batch() -> None:
    with opened(example_document()) as session:
        session.walk_to(11)
        trace = frame_when(session, lambda frame: frame.cursor == 11).trace
        check = checked(session)
    assert trace is not None
    rows = {row.name: row for row in check.report.rows}
    assert rows["h.W"].analytic == pytest.approx(trace.value("h.dW", 11), rel=1e-12)
    assert rows["h.W"].numeric[0, 0] == pytest.approx(0.000438568, abs=5e-9)
    assert check.report.passed
    assert (check.done, check.total, check.step, check.n) == (12, 12, 1, 1)


def test_dropout_is_refused_until_its_mask_is_held() -> None:
    with opened(circles(dense("h", 6, "tanh"), DROPOUT, dense("o", 1, "tanh"))) as session:
        refused = checked(session)
        session.walk_to(99)
        trace = frame_when(session, lambda frame: frame.cursor > 0).trace
        held = checked(session, holds_draws=True)
    assert "draws nothing" in refused.problem
    assert refused.can_hold
    assert held.report.passed
    rows = {row.name: row for row in held.report.rows}
    assert rows["h.W"].analytic == pytest.approx(trace.value("h.dW", 99), rel=1e-9)
    assert any("masks of this batch" in note for note in held.notes)


def test_a_planted_slip_is_found_and_named() -> None:
    document = circles(dense("h", 6, "tanh"), dense("o", 1, "tanh"), slip=chosen("missing_slope"))
    with opened(document) as session:
        check = checked(session)
    assert not check.report.passed
    assert verdict(check.report.ratio) == "bug"
    assert "mistake on purpose" in check.notes[0]


def test_the_penalty_is_part_of_the_checked_loss() -> None:
    network = NetworkSpec((dense("h", 3, "tanh", regularizer=Choice("l2", {"strength": 0.1})), dense("o", 1)))
    document = replace(circles(), network=network)
    with opened(document) as session:
        check = checked(session)
    assert check.report.passed
    assert check.notes == ("The penalty of h is part of the loss that is checked.",)


def test_float32_is_checked_in_float64_and_said() -> None:
    with opened(replace(circles(dense("h", 6, "tanh"), dense("o", 1, "tanh")), dtype="float32")) as session:
        check = checked(session)
    assert check.report.passed
    assert any("float32" in note for note in check.notes)


def test_entries_at_a_kink_are_counted() -> None:
    document = circles(dense("h", 1, "relu"), dense("o", 1))
    zeros = {"h.W": [[0.0, 0.0]], "h.b": [0.0]}
    with opened(document) as session:
        for name, values in zeros.items():
            for place in np.ndindex(np.shape(values)):
                session.set_parameter(name, place, 0.0)
        check = checked(session)
    assert any(note.startswith("Left out: 3 of the entries") for note in check.notes)


def wide() -> Document:
    layers = (dense("h", 600, "tanh"), dense("o", 1, "tanh"))
    return replace(circles(*layers), network=NetworkSpec(layers, (InputSpec("x", (2,)),)))


def test_of_a_large_layer_some_entries_are_drawn_and_said() -> None:
    with opened(wide()) as session:
        check = checked(session)
    rows = {row.name: row for row in check.report.rows}
    assert int(rows["h.W"].probed.sum()) == int(rows["h.W"].compared.sum()) == MOST_ENTRIES
    assert any(note == "500 of the 1200 entries of h.W were drawn." for note in check.notes)


def test_a_cancelled_check_keeps_what_it_compared() -> None:
    with opened(wide()) as session:
        session.check_gradients()
        found(session, lambda frame: frame.gradient_check is not None and frame.gradient_check.done > 0)
        session.cancel_check()
        check = found(session, lambda frame: frame.gradient_check is not None and not frame.gradient_check.is_busy)
    assert check.is_cancelled
    assert 0 < check.done < check.total
    assert sum(int(row.compared.sum()) for row in check.report.rows) == check.done


def test_commands_are_obeyed_while_it_works() -> None:
    with opened(wide()) as session:
        session.check_gradients()
        found(session, lambda frame: frame.gradient_check is not None and frame.gradient_check.is_busy)
        with at_once():
            session.step("batch")
            frame_when(session, lambda frame: frame.step == 1)


def test_an_edit_lets_the_check_go() -> None:
    with opened(example_document()) as session:
        checked(session)
        session.set_parameter("h.W", (0, 0), 0.5)
        assert frame_when(session, lambda frame: True).gradient_check is None
