"""Documents about a learning rule or a typed formula: read, walked both ways, edited, saved, traced."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.errors import DlvizError, DocumentError, FormulaError, SpecError
from dlviz.session.document import Document
from dlviz.session.edits.data import set_data
from dlviz.session.edits.subject import set_formula, set_input, set_rule, set_rule_setting
from dlviz.session.format.document import document_from_json, document_to_json, unknown_keys
from dlviz.session.frames import FrameMaker
from dlviz.session.headless import gradcheck, trace, train
from dlviz.session.messages import Granularity, Interest
from dlviz.session.presets import data_for, document_for
from dlviz.session.run import Run
from dlviz.session.session import Session
from dlviz.session.subject_presets import rule_on

Json = dict[str, Any]
EVERYTHING = Interest(needs=frozenset({"parameters", "curves", "maps", "trace", "peek", "predictions"}))

PERCEPTRON: Json = {
    "format": "dlviz", "version": 1, "title": "Perceptron", "seed": 3,
    "data": {"kind": "table", "inputs": [[1, -1, -1], [1, 1, -1]], "targets": [0, 1]},
    "rule": {"kind": "perceptron", "lr": 1, "start": {"o.W": [[0.5, -1, -0.5]], "o.b": [0.5]}},
}  # fmt: skip
UNIT: Json = {
    "format": "dlviz", "version": 1, "title": "One unit",
    "formula": {"text": "u = w*x; v = u + b; a = relu(v)", "inputs": {"x": 3, "w": 2, "b": 1}, "by": ["w", "b"]},
}  # fmt: skip


def document(given: Json, part: str = "", **changes: Any) -> Document:
    data = copy.deepcopy(given)
    (data[part] if part else data).update(changes)
    return document_from_json(data)


def weights(run: Run) -> list[float]:
    return [*run.parameters()["o.W"][0], *run.parameters()["o.b"]]


@pytest.mark.parametrize("given", [PERCEPTRON, UNIT])
def test_a_subject_is_written_as_it_was_read(given: Json) -> None:
    read = document_from_json(copy.deepcopy(given))
    written = document_to_json(read, inline_arrays=True)
    part = "rule" if "rule" in given else "formula"
    assert written[part] == given[part]
    assert document_to_json(document_from_json(written), inline_arrays=True) == written
    assert written["parameters"] == {}  # an older reader takes the rest as keys that it does not know
    assert unknown_keys(read) == ()


def test_unknown_keys_of_a_formula_are_kept() -> None:
    read = document(UNIT, "formula", note="later")
    assert unknown_keys(read) == ("formula.note",)
    assert document_to_json(read, inline_arrays=True)["formula"]["note"] == "later"


@pytest.mark.parametrize(
    ("given", "part", "changes", "error", "words"),
    [
        (PERCEPTRON, "rule", {"learning_rate": 1}, SpecError, "learning_rate"),
        (PERCEPTRON, "rule", {"kind": "perzeptron"}, SpecError, "perzeptron"),
        (PERCEPTRON, "rule", {"start": [1]}, DocumentError, "Expected an object"),
        (PERCEPTRON, "", {"network": {"layers": [{"id": "o", "units": 1}]}}, SpecError, "Received: more than one"),
        (UNIT, "formula", {"text": "__import__('os')"}, FormulaError, "letter"),
        (UNIT, "formula", {"inputs": {"x": 3, "w": 2}}, FormulaError, "none for b"),
        (UNIT, "formula", {"inputs": {"x": "3", "w": 2, "b": 1}}, DocumentError, "Expected a finite number"),
        (UNIT, "formula", {"inputs": {"x": 3, "w": 2, "b": 1, "c": 1}}, FormulaError, "Received: 'c'"),
        (UNIT, "formula", {"of": "q"}, FormulaError, "'q'"),
    ],
)
def test_a_subject_that_cannot_be_is_refused(
    given: Json, part: str, changes: Json, error: type[DlvizError], words: str
) -> None:
    with pytest.raises(error, match=words):
        document(given, part, **changes)


def test_a_rule_is_walked_forward_and_back_bit_for_bit() -> None:
    run = Run(document(PERCEPTRON))
    start = weights(run)
    seen = []
    for _ in range(30):
        run.forward("operation")
        seen.append(weights(run))
    assert seen[4] == [-0.5, 0.0, 0.5, -0.5]
    for expected in reversed(seen[:-1]):
        run.back("operation")
        assert weights(run) == expected
    run.back("operation")
    assert weights(run) == start


def test_a_rule_trains_seeks_and_keeps_a_typed_weight() -> None:
    run = Run(document(PERCEPTRON))
    run.advance(1000)
    assert (run.step, run.trainer.epoch, weights(run)) == (1000, 500, [-0.5, 2.0, 0.5, -0.5])
    run.seek(3)
    assert weights(run) == [-0.5, 2.0, 0.5, -0.5]
    run.type_parameter("o.W", (0, 1), 9.0, "typed")
    assert (run.step, weights(run)) == (3, [-0.5, 9.0, 0.5, -0.5])
    run.reset()
    assert weights(run) == [0.5, -1.0, -0.5, 0.5]


def test_a_rule_that_diverges_stops_at_its_last_finite_row() -> None:
    far = document(PERCEPTRON, "rule", kind="delta", lr=100)
    run = Run(far)
    done, divergence = run.advance(4000)
    assert divergence is not None
    assert done == divergence.step == run.step
    assert np.isfinite(weights(run)).all()


def test_a_rule_that_does_not_fit_its_rows_says_so() -> None:
    run = Run(document(PERCEPTRON, "rule", start={"o.W": [[1.0, 2.0]]}))
    assert "Expected an array of shape [1, 3]" in str(run.problem)
    assert FrameMaker().make(run, is_running=False).message == str(run.problem)


def test_frames_of_a_rule_carry_what_it_did_and_how_it_is_told() -> None:
    maker, run = FrameMaker(), Run(document(PERCEPTRON))
    maker.interest = EVERYTHING
    ahead = maker.make(run, is_running=False)
    assert ahead.trace is None
    assert ahead.peek is not None
    assert ahead.telling is not None
    assert ahead.telling.narrate(ahead.peek, 0).value == 2.5
    assert run.step == 0  # looking ahead moves nothing
    run.forward("layer")
    frame = maker.make(run, is_running=False)
    assert frame.trace is not None
    assert (frame.cursor, frame.batches_per_epoch, frame.maps) == (2, 2, None)


def test_a_formula_ends_where_it_is_computed() -> None:
    run = Run(document(UNIT))
    cursors = []
    for _ in range(12):
        run.forward("operation")
        assert run.walk is not None
        cursors.append(run.walk.cursor)
    assert cursors == [1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 8]
    run.back("batch")
    assert (run.walk.cursor, run.step) == (0, 0)
    run.seek(1)
    assert run.walk.cursor == 8
    assert run.advance(10)[0] == 0


def test_a_formula_keeps_its_place_when_a_number_is_changed() -> None:
    run = Run(document(UNIT))
    run.walk_to(3)
    moment = run.moment()
    run.edit(document(UNIT, "formula", inputs={"x": 3, "w": 2, "b": -7}), "b = −7")
    assert run.walk is not None
    assert (run.walk.cursor, run.walk.trace.value("a", 3)) == (3, [0.0])
    run.restore(moment)
    assert (run.walk.cursor, run.walk.trace.value("a", 3)) == (3, [7.0])


@pytest.mark.parametrize("given", [PERCEPTRON, UNIT])
def test_a_saved_subject_opens_where_it_stood(given: Json, tmp_path: Path) -> None:
    session = Session(document(given))
    session.step("batch")
    session.save(tmp_path / "saved.dlviz")
    other = Session(document(PERCEPTRON))
    other.open(tmp_path / "saved.dlviz")
    answers = [each._ask() for each in (session, other)]
    for each in (session, other):
        assert each.close()
    first, second = (answer.state for answer in answers)
    assert (first.step, first.kept.tolist()) == (second.step, second.kept.tolist())
    assert answers[1].document.subject == answers[0].document.subject


def test_a_trace_of_a_rule_reports_one_row() -> None:
    report = trace(document(PERCEPTRON), [1])
    assert report.trace.rows.tolist() == [1]
    assert report.trace.value("o.z", 1) == [[0.5 - 1 + 0.5 + 0.5]]
    with pytest.raises(DlvizError, match="one at a time"):
        trace(document(PERCEPTRON), [0, 1])


def test_a_trace_of_a_formula_reports_its_gradients() -> None:
    report = trace(document(UNIT))
    assert {name: float(each[0]) for name, each in report.gradients.items()} == {
        "a": 1.0, "v": 1.0, "u": 1.0, "b": 1.0, "w": 3.0
    }  # fmt: skip
    assert report.outputs.tolist() == [[7.0]]


@pytest.mark.parametrize("command", [train, gradcheck])
def test_commands_for_networks_refuse_other_subjects(command: Any) -> None:
    with pytest.raises(SpecError, match="Expected a network. Received: a rule"):
        command(document(PERCEPTRON))


def test_wrong_rows_are_counted_without_touching_the_run() -> None:
    run = Run(document(PERCEPTRON))
    maker = FrameMaker()
    frames = [maker.make(run, is_running=False)]
    assert weights(run) == [0.5, -1.0, -0.5, 0.5]
    run.advance(6)
    frames.append(maker.make(run, is_running=False))
    assert [frame.wrong for frame in frames] == [(0,), ()]  # v = 2.5 for d = 0; then both are right
    assert run.step == 6


def test_counting_wrong_rows_in_the_middle_of_a_row_leaves_what_was_learnt() -> None:
    run, maker = Run(document(PERCEPTRON)), FrameMaker()
    run.forward("operation")  # the weights shown are still those before the row
    assert maker.make(run, is_running=False).wrong == (0,)
    run.forward("batch")
    run.forward("operation")
    assert run.walk is not None
    assert run.walk.trace.value("o.z", 1) == [[-1.5]]  # by the weights after the first row


def test_another_formula_keeps_the_numbers_of_its_inputs_by_name() -> None:
    changed = set_formula(document(UNIT), "y = w*q")
    assert changed.formula is not None
    assert dict(changed.formula.inputs) == {"w": 2.0, "q": 1.0}
    assert changed.formula.by == ("w",)
    with pytest.raises(FormulaError):
        set_formula(changed, "y = w*")


def test_one_number_of_a_list_is_changed() -> None:
    given = document(UNIT, "formula", text="y = sum(U[1]) + U[2][2]", inputs={"U": [[1, 2], [3, 4]]}, by=[])
    changed = set_input(given, "U", (1, 1), 9.0)
    assert changed.formula is not None
    assert changed.formula.inputs["U"] == ((1.0, 2.0), (3.0, 9.0))
    for name, index in (("V", ()), ("U", ()), ("U", (2, 0)), ("U", (0,))):
        with pytest.raises(SpecError):
            set_input(given, name, index, 1.0)


def test_another_rule_must_fit_the_rows_and_keeps_its_rate() -> None:
    changed = set_rule(document(PERCEPTRON), "delta")
    assert changed.rule == chosen("delta", lr=1.0)
    assert not changed.parameters
    with pytest.raises(DlvizError, match="Expected"):
        set_rule(document(PERCEPTRON, "data", inputs=[[0.5, 1, 1], [1, 1, 1]]), "hopfield_recall")  # patterns are ±1
    with pytest.raises(SpecError):
        set_rule_setting(changed, "lr", -1)


@pytest.mark.parametrize(("data", "kind"), [("and", "perceptron"), ("line", "delta"), ("iris", "lvq")])
def test_a_rule_that_suits_the_task_is_put_on_the_data(data: str, kind: str) -> None:
    made = rule_on(document_for(data))
    assert made.rule is not None
    assert made.rule.kind == kind
    Run(made).advance(20)


@pytest.mark.parametrize("by", ["operation", "layer", "sample", "batch", "epoch"])
@pytest.mark.parametrize("given", [PERCEPTRON, UNIT])
def test_steps_of_every_size_lead_there_and_back(given: Json, by: Granularity) -> None:
    run = Run(document(given))
    for _ in range(9):
        run.forward(by)
    ended = (run.step, run.moment().cursor)
    assert run.step > 0
    for _ in range(9):
        run.back(by)
    assert run.step == 0
    assert not (run.walk and run.walk.cursor)
    for _ in range(9):
        run.forward(by)
    assert (run.step, run.moment().cursor) == ended


def test_other_rows_or_another_rule_begin_anew_and_undo_goes_back() -> None:
    run = Run(document(PERCEPTRON))
    run.advance(6)
    learnt, moment = weights(run), run.moment()
    run.edit(set_data(run.document, data_for("circles")), "circles")
    assert (run.step, run.parameters()["o.W"].shape) == (0, (1, 2))
    run.restore(moment)
    assert (run.step, weights(run)) == (6, learnt)
    run.edit(set_rule(run.document, "delta"), "delta")
    assert (run.step, weights(run)) == (0, [0.0, 0.0, 0.0, 0.0])
