"""Numbers of hand calculations: right ones are accepted, planted slips named, in EX-42, EX-30 and the 2-2-2 network."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dlviz.core.answers import Checker, Exercise, Verdict, board, parse_answer
from dlviz.core.choice import Choice
from dlviz.session.document import Document
from dlviz.session.format.document import document_from_json
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import example_document
from dlviz.session.trainer import Trainer
from tests.golden.documents import document, layer
from tests.golden.example import Example
from tests.golden.hand_calculation import Hand, no_slope, straight


def exercise_of(read: Document) -> Exercise:
    trainer = Trainer(read, prepared_for(read))
    training = trainer.document.training
    trace = trainer.record()
    return Exercise(read.network, training.objective, training.optimizer, trace, training.frozen, seed=read.seed)


def written_down(hand: Hand, activation: Any, loss: Mapping[str, Any]) -> Exercise:
    values = {"h.W": hand.W, "h.b": hand.b, "o.W": hand.w, "o.b": hand.c}
    layers = [layer("h", len(hand.b), activation), layer("o", 1, activation)]
    return exercise_of(document_from_json(document(layers, values, (hand.x, hand.y), loss, hand.lr)))


def small_network() -> tuple[Hand, Exercise]:
    """Return EX-42: half the squared error."""
    example = Example("EX-42")
    given = example.parameters
    hand = Hand(
        np.array([example.inputs["x"]]), np.array([[example.inputs["target"]]]),
        np.array(list(given["hidden_W"].values())), np.array(given["hidden_bias"]), np.array([given["output_w"]]),
        np.array([given["output_bias"]]), given["eta"], factor=0.5,
    )  # fmt: skip
    return hand, written_down(hand, "sigmoid", {"kind": "squared_error", "factor": 0.5})


def salaries(rows: int = 1) -> tuple[Hand, Exercise]:
    """Return EX-30: the squared error of the first rows, all layers linear."""
    example = Example("EX-30")
    given = example.parameters
    hand = Hand(
        np.array(example.inputs["X"][:rows], dtype=float), np.array(example.inputs["y"][:rows])[:, None],
        np.full((2, 2), float(given["w"])), np.full(2, float(given["b"])), np.full((1, 2), float(given["w"])),
        np.full(1, float(given["b"])), given["learning_rate"], phi=straight, slope=no_slope,
    )  # fmt: skip
    return hand, written_down(hand, "linear", {"kind": "squared_error"})


NETWORKS = {"EX-42": small_network, "EX-30": salaries, "EX-30, all": lambda: salaries(3)}


def sheet(numbers: Mapping[str, NDArray[np.float64]], decimals: int, names: tuple[str, ...] = ()) -> dict[str, str]:
    """Write numbers with so many decimals, by place."""
    found = {}
    for name, array in numbers.items():
        for index in np.ndindex(array.shape) if not names or name in names else ():
            label = f"{name}[{','.join(str(at + 1) for at in index)}]" if index else name
            found[label] = f"{array[index]:.{decimals}f}"
    return found


def judged(exercise: Exercise, answers: Mapping[str, str]) -> tuple[Verdict, ...]:
    checker = Checker(exercise)
    return checker.check([(checker.places.find(place), parse_answer(text)) for place, text in answers.items()])


def first_wrong(verdicts: tuple[Verdict, ...]) -> Verdict | None:
    return next((each for each in verdicts if each.kind == "wrong"), None)


@pytest.mark.parametrize("key", NETWORKS)
def test_correctly_rounded_answers_are_accepted(key: str) -> None:
    hand, exercise = NETWORKS[key]()
    verdicts = [each for decimals in (3, 4, 5, 6, 8) for each in judged(exercise, sheet(hand.numbers(), decimals))]
    assert len(verdicts) >= 100
    # A number that vanishes at three decimals tells nothing, and is not called wrong.
    assert {each.kind for each in verdicts} <= {"right", "unclear"}
    assert sum(each.kind == "right" for each in verdicts) >= 100


@pytest.mark.parametrize("decimals", [2, 3, 4, 5])
@pytest.mark.parametrize("key", ["EX-42", "EX-30, all"])
def test_numbers_rounded_at_every_step_are_accepted(key: str, decimals: int) -> None:
    hand, exercise = NETWORKS[key]()
    chain = replace(hand, keep=lambda values: np.round(values, decimals)).numbers()
    verdicts = judged(exercise, sheet(chain, decimals))
    assert {each.kind for each in verdicts} <= {"right", "rounded", "unclear"}


def test_board_rounding_shows_what_the_lecture_wrote() -> None:
    example, (_, exercise) = Example("EX-42"), small_network()
    rounded = board(exercise, 4).value("o.z", 3)
    assert rounded is not None
    assert float(rounded[0, 0]) == pytest.approx(0.09101, abs=1e-12)
    assert round(example["vk"], 5) == 0.09103


def test_a_number_from_rounded_intermediates_is_accepted_and_said_so() -> None:
    verdicts = judged(small_network()[1], {"h.a[1]": "0.5498", "h.a[2]": "0.7109", "o.z": "0.09101"})
    assert [each.kind for each in verdicts] == ["right", "right", "rounded"]
    assert "rounded" in verdicts[-1].sentence


PLANTED = {
    "EX-42": (
        ("missing_half", "missing_half"), ("no_output_slope", "missing_slope"), ("no_hidden_slope", "missing_slope"),
        ("new_weights", "new_weights"), ("wrong_sign", "wrong_sign"), ("misread_update", "misread_update"),
        ("error_sign", "sign"), ("missing_bias", "missing_bias"), ("missing_term", "missing_term"),
        ("swapped_forward", "swapped_indices"), ("missing_rate", "missing_rate"),
    ),
    "EX-30": (
        ("missing_two", "missing_two"), ("wrong_sign", "wrong_sign"), ("error_sign", "sign"),
        ("missing_rate", "missing_rate"),
    ),
    "EX-30, all": (("missing_mean", "missing_mean"), ("missing_two", "missing_two")),
}  # fmt: skip
CASES = [(key, slip, name) for key, planted in PLANTED.items() for slip, name in planted]


@pytest.mark.parametrize(("key", "slip", "name"), CASES)
def test_planted_slip_is_named_where_it_first_shows(key: str, slip: str, name: str) -> None:
    hand, exercise = NETWORKS[key]()
    wrong, right = replace(hand, slips=frozenset({slip})).numbers(), hand.numbers()
    verdicts = judged(exercise, sheet(wrong, 4))
    found = first_wrong(verdicts)
    assert found is not None and found.cause is not None
    assert found.cause.key == name
    shown = [each for each in sheet(wrong, 4) if sheet(wrong, 4)[each] != sheet(right, 4)[each]]
    assert found.place.label in {label.replace("[1,", "[", 1) for label in shown} | set(shown)


# In new weights alone, an error with the wrong sign and a step uphill look the same.
@pytest.mark.parametrize(("key", "slip", "name"), [case for case in CASES if case[1] != "error_sign"])
def test_planted_slip_is_named_where_only_new_weights_are_typed(key: str, slip: str, name: str) -> None:
    hand, exercise = NETWORKS[key]()
    wrong = replace(hand, slips=frozenset({slip})).numbers()
    found = first_wrong(judged(exercise, sheet(wrong, 6, ("o.W", "h.W"))))
    assert found is not None and found.cause is not None
    assert found.cause.key == name


def test_layers_updated_one_after_the_other_are_noticed() -> None:
    hand, exercise = small_network()
    right = hand.numbers()
    moved = replace(hand, W=right["h.W"], b=right["h.b"]).numbers()
    found = first_wrong(judged(exercise, sheet(right | {"o.W": moved["o.W"]}, 7)))
    assert found is not None and found.cause is not None
    assert (found.place.label, found.cause.key) == ("o.W[1,1]", "sequential_update")


def test_logarithm_to_base_ten_is_noticed() -> None:
    hand, _ = small_network()
    exercise = written_down(hand, "sigmoid", {"kind": "binary_cross_entropy"})
    output = float(hand.numbers()["o.a"][0, 0])
    found = first_wrong(judged(exercise, {"o.a": f"{output:.4f}", "loss": f"{-np.log10(output):.4f}"}))
    assert found is not None and found.cause is not None
    assert found.cause.key == "log10"


def test_one_path_and_swapped_indices_are_noticed_where_two_outputs_give_two_paths() -> None:
    exercise = exercise_of(example_document())
    trace = exercise.trace
    delta, weights = (np.asarray(trace.value(name, len(trace.steps) - 2)) for name in ("o.dz", "o.W"))
    for wrong, name in ((weights[0] * delta[0, 0], "one_path"), (weights @ delta[0], "swapped_indices")):
        found = first_wrong(judged(exercise, {f"h.da[{unit + 1}]": f"{wrong[unit]:.6f}" for unit in (0, 1)}))
        assert found is not None and found.cause is not None
        assert found.cause.key == name


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ({"o.a": "0.5272"}, "swapped_digits"),
        ({"o.a": "5.227"}, "decimal_point"),
        ({"h.a[1]": "0.5499"}, "rounding"),
        ({"h.a[1]": "0.7109"}, "other_place"),
        ({"o.a": "0.0910"}, "other_place"),
        ({"o.W[1,1]": "0.4000"}, "old_value"),
    ],
)
def test_slips_that_are_no_programs_are_named(answers: dict[str, str], name: str) -> None:
    (verdict,) = judged(small_network()[1], answers)
    assert verdict.cause is not None
    assert verdict.cause.key == name


def test_what_follows_from_a_wrong_number_is_not_called_wrong_again() -> None:
    verdicts = judged(small_network()[1], {"o.a": "0.6", "o.da": "-0.4000", "o.dz": "-0.0960"})
    assert [each.kind for each in verdicts] == ["wrong", "follows", "follows"]


def test_answers_are_judged_in_the_order_of_the_pass() -> None:
    verdicts = judged(small_network()[1], {"w5": "0.4164", "loss": "0.1139", "h.z[2]": "0.9"})
    assert [each.place.label for each in verdicts] == ["h.z[2]", "loss", "o.W[1,1]"]


def test_a_mistake_made_on_purpose_is_a_mistake_here_too() -> None:
    hand, exercise = small_network()
    slipped = replace(exercise, slip=Choice("missing_half"))
    assert first_wrong(judged(slipped, sheet(hand.numbers(), 5))) is None


def test_sentences_hold_no_number_that_was_not_typed() -> None:
    hand, exercise = small_network()
    wrong = replace(hand, slips=frozenset({"missing_half"})).numbers()
    right = set(sheet(hand.numbers(), 4).values())
    said = " ".join(each.sentence for each in judged(exercise, sheet(wrong, 4)))
    assert not [number for number in right if number in said]
