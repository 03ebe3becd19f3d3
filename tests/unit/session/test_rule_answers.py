"""What a rule answers to every row, its errors by epoch against a run by hand, and how often a unit fires."""

import numpy as np
import pytest

from dlviz.core.rules.perceptron import mistakes_bound
from dlviz.session.edits.subject import set_rule_setting
from dlviz.session.frames import FrameMaker
from dlviz.session.messages import Frame, Interest
from dlviz.session.neuron_presets import and_gate, one_neuron, stochastic_unit, xor_by_perceptron
from dlviz.session.rule_answers import epoch_errors
from dlviz.session.run import Run
from dlviz.session.subject_presets import and_by_perceptron, perceptron_log
from tests.golden.example import Example

DIGITS = 1e-10


def framed(run: Run) -> Frame:
    maker = FrameMaker()
    maker.interest = Interest()
    return maker.make(run, is_running=False)


def errors_by_hand(epochs: int) -> list[int]:
    """A perceptron on XOR from zero weights, rate 1, ties upwards: its wrong rows, epoch by epoch."""
    rows, wanted = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), [0, 1, 1, 0]
    w, b, counts = np.zeros(2), 0.0, []
    for _ in range(epochs):
        wrong = 0
        for x, d in zip(rows, wanted, strict=True):
            e = d - float(w @ x + b >= 0)
            w, b, wrong = w + e * x, b + e, wrong + (e != 0)
        counts.append(wrong)
    return counts


def test_and_gate_answers_its_truth_table() -> None:
    example = Example("EX-37")
    answers = framed(Run(and_gate())).answers
    assert answers is not None
    assert answers.inputs.tolist() == example.inputs["X"]
    assert answers.sums.tolist() == example.expected["v"]
    assert answers.answers.tolist() == example.expected["y"]
    assert not answers.is_wrong.any()


@pytest.mark.parametrize(("threshold", "right"), [(1.01, True), (1.5, True), (2.0, True), (1.0, False), (2.01, False)])
def test_any_threshold_above_1_up_to_2_is_and(threshold: float, right: bool) -> None:
    answers = framed(Run(set_rule_setting(and_gate(), "threshold", threshold))).answers
    assert answers is not None
    assert (not answers.is_wrong.any()) == right


def test_labels_of_minus_one_reach_targets_and_answers() -> None:
    for document in (and_gate(), and_by_perceptron()):
        run = Run(set_rule_setting(document, "labels", "-1/+1"))
        run.advance(40)
        answers = framed(run).answers
        assert answers is not None
        assert answers.targets.tolist() == [-1, -1, -1, 1]
        assert answers.answers.tolist() == [-1, -1, -1, 1]


def test_perceptron_never_ends_on_xor() -> None:
    run = Run(xor_by_perceptron())
    run.advance(200)
    errors = framed(run).errors
    assert errors is not None
    assert list(errors.counts) == errors_by_hand(50)
    assert min(errors.counts) > 0
    assert errors.is_exact


def test_errors_by_epoch_are_the_same_walked_or_run() -> None:
    walked, run = Run(perceptron_log()), Run(perceptron_log())
    for _ in range(6):
        walked.walk_to(99)
        walked.leave_walk()
    run.advance(6)
    example = Example("EX-41")
    by_hand = [int(line["e"] != 0) for line in example.expected["log"]]
    wanted = [sum(by_hand[:2]), sum(by_hand[2:4])]
    for each in (walked, run):
        errors = framed(each).errors
        assert errors is not None
        assert list(errors.counts[:2]) == wanted
        assert errors.counts[2] == 0, "the third epoch is free of errors"


def test_and_is_learnt_within_the_bound_of_the_theorem() -> None:
    run = Run(and_by_perceptron())
    run.advance(200)
    found = framed(run)
    assert found.errors is not None
    assert found.corrections is not None
    assert found.errors.counts[-1] == 0
    assert found.corrections.made == sum(found.errors.counts)
    assert found.corrections.most is not None
    assert found.corrections.made <= found.corrections.most < 200
    # R²/γ² for the separator x1 + x2 - 1.5, by hand: R² = 3, γ = 0.5/|(1, 1, -1.5)|.
    assert mistakes_bound([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 0, 0, 1], [1, 1, -1.5]) == pytest.approx(51)


def test_corrections_are_counted_up_to_the_playhead() -> None:
    run = Run(and_by_perceptron())
    run.advance(40)
    everything = framed(run).corrections
    run.seek(8)
    half = framed(run).corrections
    assert half is not None
    assert everything is not None
    again = Run(and_by_perceptron())
    again.advance(8)
    assert half.made == framed(again).corrections.made < everything.made


def test_no_line_is_found_for_xor_and_none_is_promised_after_an_edit() -> None:
    run = Run(xor_by_perceptron())
    run.advance(12)
    assert framed(run).corrections.most is None
    run.type_parameter("o.W", (0, 0), 3.0, "w")
    assert framed(run).corrections is None


def test_errors_of_a_thinned_record_are_means() -> None:
    found = epoch_errors(np.array([8, 16]), np.array([0.5, 0.25]), 0, 4)
    assert not found.is_exact
    assert found.counts == (2.0, 2.0, 1.0, 1.0)


@pytest.mark.parametrize("temperature", ["T=0.1", "T=0.5", "T=1", "T=2", "T=10", "T->0"])
def test_probability_of_firing(temperature: str) -> None:
    example = Example("EX-36")
    value = 0.0 if temperature == "T->0" else float(temperature.removeprefix("T="))
    run = Run(set_rule_setting(stochastic_unit(), "temperature", value))
    for v, expected in zip(example.inputs["v"], example.expected[temperature], strict=True):
        run.type_parameter("o.W", (0, 0), v, "v")
        found = framed(run).firing
        assert found is not None
        assert found.v == v
        assert found.probability == pytest.approx(expected, rel=DIGITS)
        assert found.mean == pytest.approx(2 * expected - 1, abs=1e-12)


def test_share_of_the_draws_converges_to_the_probability() -> None:
    run = Run(stochastic_unit())
    done = 0
    while done < 40_000:
        done += run.advance(40_000 - done)[0]
    found = framed(run).firing
    assert found is not None
    assert found.draws == 40_000
    p = 1 / (1 + np.exp(-1))
    assert found.share == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 40_000))


def test_counting_begins_anew_under_another_sum_or_temperature() -> None:
    run = Run(stochastic_unit())
    run.advance(50)
    assert framed(run).firing.draws == 50
    run.type_parameter("o.W", (0, 0), 0.5, "v")
    assert framed(run).firing.draws == 0
    run.advance(7)
    run.edit(set_rule_setting(run.document, "temperature", 3.0), "T")
    assert framed(run).firing.draws == 0


def test_going_back_takes_draws_back() -> None:
    run = Run(stochastic_unit())
    run.advance(30)
    here = framed(run).firing
    run.advance(10)
    run.seek(30)
    assert framed(run).firing.tally == here.tally


def test_a_network_has_no_answers_of_a_rule() -> None:
    frame = framed(Run(one_neuron()))
    assert frame.answers is None
    assert frame.firing is None
