"""What every learning rule keeps: the recorder changes nothing, runs repeat, and told numbers are right."""

import itertools
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import DataError, DlvizError, ShapeError, SpecError
from dlviz.core.narration import Focus
from dlviz.core.rules import Learner, rules
from dlviz.core.words import WORDS, operation_words
from tests.unit.core.latex_arithmetic import computed

FULL, EXACT = 15, 40
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "perceptron": [{}, {"labels": "-1/+1", "at_zero": "lower", "bias": False, "order": "shuffled"}],
    "delta": [{}, {"bias": False}, {"view": "correction"}],
    "mcculloch_pitts": [{"units": 2, "threshold": -0.5, "labels": "-1/+1"}],
    "stochastic": [{"units": 2, "temperature": 0.7}, {"temperature": 0, "bias": False}],
    "competitive": [{}, {"compare": "dot", "units": 5}],
    "som": [{"rows": 2, "columns": 3, "decay": 20}],
    "lvq": [{}, {"units": 2}],
    "nearest_neighbour": [{}, {"k": 3, "metric": "manhattan"}],
    "hebb": [{"units": 2}, {"supervised": True}],
    "oja": [{}, {"units": 2}],
    "hopfield_recall": [{"sweeps": 2}, {"mode": "synchronous"}],
}
CASES = [
    pytest.param(Choice(each.key, s), id=f"{each.key}-{s}") for each in rules for s in VARIANTS.get(each.key, [{}])
]


def data(rule: Choice) -> tuple[np.ndarray, np.ndarray]:
    """Return seven rows that a rule can learn: patterns of ±1 for Hopfield's, its own labels for the rest."""
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(7, 3))
    if rule.kind.startswith("hopfield"):
        inputs = np.sign(inputs)
    low = -1.0 if rule.settings.get("labels") == "-1/+1" else 0.0
    return inputs, np.where(inputs[:, :1] + inputs[:, 1:2] ** 2 > 0.6, 1.0, low)


def learner(rule: Choice) -> Learner:
    return Learner(rule, *data(rule), seed=5)


def assert_same(first: Learner, second: Learner) -> None:
    one, other = first.state(), second.state()
    assert one.number == other.number
    for name in one.values:
        np.testing.assert_array_equal(one.values[name], other.values[name], strict=True)


@pytest.mark.parametrize("rule", CASES)
def test_recorder_and_plain_run_are_bit_equal(rule: Choice) -> None:
    plain, recorded = learner(rule), learner(rule)
    plain.run(9)
    for _ in range(9):
        recorded.record()
    assert_same(plain, recorded)


@pytest.mark.parametrize("rule", CASES)
def test_going_back_and_on_again_is_exact(rule: Choice) -> None:
    straight, back = learner(rule), learner(rule)
    straight.run(12)
    back.run(4)
    kept = back.state()
    back.run(6)
    back.restore(kept)
    back.run(8)
    assert_same(straight, back)
    np.testing.assert_array_equal(
        [step.writes[name] for step in straight.record().steps for name in step.writes][-1],
        [step.writes[name] for step in back.record().steps for name in step.writes][-1],
    )


@pytest.mark.parametrize("rule", CASES)
def test_trace_names_what_its_steps_read_and_write(rule: Choice) -> None:
    own = learner(rule)
    trace = own.record()
    known = {*trace.before, "clock"}
    for step in trace.steps:
        assert set(step.reads) <= known, step.op
        assert set(step.writes) == set(own.steps[step.index].writes)
        assert all(not array.flags.writeable for array in step.writes.values())
        known |= set(step.writes)
    assert {name for step in own.steps for name in step.writes if name in own.rule.states} <= set(trace.before)


@pytest.mark.parametrize("rule", CASES)
def test_told_numbers_come_to_what_was_recorded(rule: Choice) -> None:
    own = learner(rule)
    for row in (0, 3, None):
        trace = own.record(row)
        foci = [Focus(*place, parameter=name) for *place, name in itertools.product((0, 9), (0, 2), ("", "o.b"))]
        for step, focus, digits in itertools.product(trace.steps, foci, (4, FULL)):
            told = own.narrate(trace, step.index, focus, digits)
            assert told.sentence
            assert told.symbols
            for shown in filter(None, (told.numbers, told.terms)):
                for interval, value in zip(computed(shown, digits), told.values, strict=True):
                    assert interval.holds(value, slack=1e-10 * abs(value) + 1e-13), (step.op, shown, value)
            for interval, value in zip(computed(told.result, EXACT), told.values, strict=True):
                assert interval.low == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits), abs=1e-300)
            written = np.concatenate([np.ravel(array) for array in step.writes.values()])
            assert step.op in ("competition", "nearest") or told.value in written, step.op


@pytest.mark.parametrize("key", rules.keys())
def test_seed_alone_decides_random_starts_and_orders(key: str) -> None:
    rule = Choice(key, VARIANTS.get(key, [{}])[0])
    one, again = learner(rule), learner(rule)
    one.run(5)
    again.run(5)
    assert_same(one, again)
    assert [one.row(number) for number in range(14)] == [again.row(number) for number in range(14)]


@pytest.mark.parametrize(("order", "is_pass"), [("in_order", True), ("shuffled", True), ("random", False)])
def test_orders_present_every_row_once_a_pass_or_any_row(order: str, is_pass: bool) -> None:
    rows = [learner(chosen("delta", order=order)).row(number) for number in range(70)]
    passes = [sorted(rows[start : start + 7]) == list(range(7)) for start in range(0, 70, 7)]
    assert all(passes) is is_pass
    assert set(rows) == set(range(7))
    assert (rows == list(range(7)) * 10) is (order == "in_order")


@pytest.mark.parametrize(
    ("rule", "changes", "error", "message"),
    [
        (chosen("perceptron"), {"targets": [[0.0], [2.0]]}, SpecError, "labels 0 and 1. Received: 2"),
        (chosen("perceptron", labels="-1/+1"), {"targets": [[0.0], [1.0]]}, SpecError, "labels -1 and 1"),
        (chosen("delta"), {"targets": None}, SpecError, "2 rows of targets. Received: none"),
        (chosen("delta"), {"targets": [[1.0]]}, SpecError, "2 rows of targets. Received: 1"),
        (chosen("delta"), {"start": {"o.W": np.zeros((2, 2))}}, ShapeError, r"\[1, 2\]. Received: \[2, 2\]"),
        (chosen("delta", bias=False), {"start": {"o.b": [0.0]}}, SpecError, "among: o.W. Received: 'o.b'"),
        (chosen("delta"), {"inputs": [[1.0, np.nan], [0, 1]]}, DataError, "finite"),
        (chosen("delta"), {"inputs": [1.0, 2.0]}, ShapeError, "rows of numbers"),
        (chosen("lvq"), {"targets": [[1.0, 0.0], [0.0, 1.0]]}, ShapeError, "one column of labels"),
        (chosen("nearest_neighbour", k=3), {}, SpecError, "at most the 2 rows"),
        (chosen("nearest_neighbour"), {"targets": None}, ShapeError, "one label each"),
        (chosen("hebb", supervised=True), {"targets": None}, SpecError, "targets to learn with"),
        (chosen("hopfield_storage"), {}, SpecError, "data.inputs: Expected patterns of -1 and 1. Received: 0.5"),
        (chosen("delta", rate=1), {}, SpecError, "rate"),
    ],
)
def test_what_does_not_fit_is_refused(
    rule: Choice, changes: dict[str, Any], error: type[DlvizError], message: str
) -> None:
    given: dict[str, Any] = {"inputs": [[0.5, 1.0], [1.0, 0.0]], "targets": [[0.0], [1.0]], **changes}
    with pytest.raises(error, match=message):
        Learner(rule, **given)


def test_a_row_that_is_not_there_is_refused() -> None:
    with pytest.raises(DataError, match="row from 0 to 6. Received: 7"):
        learner(chosen("delta")).step(7)


@pytest.mark.parametrize("rule", CASES)
def test_every_operation_is_called_something(rule: Choice) -> None:
    ops = {step.op for step in learner(rule).steps}
    assert [op for op in ops if operation_words(op) == op and op not in WORDS] == []
