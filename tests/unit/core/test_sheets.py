"""Sheets compute the numbers of the worked examples, and are walked one named number at a time."""

import gettext
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz import i18n
from dlviz.core.choice import Choice
from dlviz.core.errors import DlvizError
from dlviz.core.narration import Narration, Plan, narrate
from dlviz.core.network import NetworkSpec
from dlviz.core.sheets import Computed, compute, letter, read
from dlviz.resources import resource

ROOT = Path(__file__).parents[3]
EXAMPLES = {
    each["id"]: each
    for each in json.loads((ROOT / "tests/golden/worked_examples.json").read_text(encoding="utf-8"))["examples"]
}
SHEETS = sorted(resource("sheets").glob("*/*.sheet"))

SHORT = """\
title: A line
text: The answer of one unit.
slider w = 2 from -5 to 5 : the weight
number b = 1
list x = 1, 2, -3
y = w*x + b : Weigh and shift.
total = sum(y) : Add all of them.
squared = (w*x[1] - 3)^2
show: total
table: x, y
plot: squared against w from -1 to 4
question: What is the total?
answer: total to 2 decimals
"""


def shipped(name: str, **inputs: Any) -> Computed:
    path = next(each for each in SHEETS if each.stem == name)
    return compute(read(path.read_text(encoding="utf-8")), inputs)


def close(found: Any, wanted: Any) -> None:
    np.testing.assert_allclose(found, np.ravel(wanted), rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("count", ["1 decimal", "2 decimals"])
def test_a_question_says_to_how_many_decimals_and_can_be_written_as_it_says(count: str) -> None:
    sheet = read(SHORT.replace("2 decimals", count))
    assert sheet.question is not None and sheet.question.rounding == f"round to {count}"


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_every_shipped_sheet_is_whole(path: Path) -> None:
    sheet = read(path.read_text(encoding="utf-8"))
    found = compute(sheet, {})
    assert sheet.sentences and sheet.question is not None and sheet.plot is not None
    assert found.trace.steps and found.rows
    assert len(sheet.table) <= 8, "more columns are cut at 1280 pixels"
    assert math.isfinite(found.answer)
    assert all(np.isfinite(curve.y).all() for curve in found.curves)
    assert all(each.remark or each.name in ("t", "n") for each in sheet.inputs)


@pytest.mark.parametrize("beta", ["0.9", "0.98", "0.5"])
def test_running_average(beta: str) -> None:
    wanted = EXAMPLES["EX-65"]["expected"][beta]
    found = shipped("running_average", beta=float(beta))
    close(found.values["v"], wanted["raw"])
    close(found.values["corrected"], wanted["corrected"])
    close(found.values["window"], wanted["window"])
    assert found.values["corrected"][0] == pytest.approx(10, rel=1e-12)


def test_noisy_series() -> None:
    found = shipped("noisy_series", beta=0.8, noise=0.7, seed=4.0).values
    np.testing.assert_array_equal(found["x"], shipped("noisy_series", beta=0.8, noise=0.7, seed=4.0).values["x"])
    assert np.std(found["x"] - found["wave"]) == pytest.approx(0.7, rel=0.3)
    averages, average = [], 0.0
    for each in found["x"]:
        average = 0.8 * average + 0.2 * each
        averages.append(average)
    close(found["v"], averages)
    close(found["corrected"], np.array(averages) / (1 - 0.8 ** np.arange(1, 61)))
    close(found["window"], 5)
    close(found["error"], np.mean(np.abs(found["corrected"] - found["wave"])))


def test_momentum_unrolled() -> None:
    wanted, found = EXAMPLES["EX-21"]["expected"], shipped("momentum_unrolled").values
    close(found["u"], wanted["update_ema_lr_inside"])
    close(found["v"], wanted["velocity_ema_lr_outside"])
    close(found["classical"], wanted["velocity_classical_lr_inside"])
    close(found["c"], wanted["coefficients_of_g1_g2_g3_in_update3"])
    close([1, *found["w"]], wanted["w_path_ema"])
    close(found["unrolled"], wanted["update_ema_lr_inside"][2])
    close(found["classical"] * 0.1, found["u"])


def test_a_sum_that_grows() -> None:
    close(shipped("growing_sum").values["a"], EXAMPLES["EX-22"]["expected"]["a"])


def test_clipping() -> None:
    wanted, found = EXAMPLES["EX-52"]["expected"], shipped("clipping").values
    for name, expected in (("norm", "norm"), ("shortened", "by_norm"), ("cut", "by_value")):
        close(found[name], wanted[expected])
    close(shipped("clipping", g=(0.3, 0.4)).values["shortened"], [0.3, 0.4])


def test_rates_that_decay() -> None:
    wanted, found = EXAMPLES["EX-66"]["expected"], shipped("decay_families").values
    for name in ("inverse", "exponential", "staircase"):
        close(found[name], wanted[name])
    close(found["root"], wanted["sqrt"])


def test_adagrad_only_falls_and_rmsprop_settles() -> None:
    found = shipped("vanishing_rate").values
    close(found["adagrad"], 0.1 / (np.sqrt(np.arange(1, 31)) + 1e-8))
    close(found["S"], 1 - 0.9 ** np.arange(1, 31))
    assert found["rmsprop"][-1] == pytest.approx(0.1, rel=0.03)


def test_conditioning() -> None:
    wanted, found = EXAMPLES["EX-62"]["expected"], shipped("conditioning").values
    close([*found["mu1"], *found["mu2"]], wanted["mean"])
    close([*found["sigma1"], *found["sigma2"]], wanted["sigma"])
    close([*found["z1"], *found["z2"]], wanted["normalised"])
    close(found["kappa"], wanted["condition_number_raw"])
    close(found["kappa_s"], wanted["condition_number_normalised"])
    x = np.array(EXAMPLES["EX-62"]["inputs"]["X"])
    close(found["rate"], 2 / np.linalg.eigvalsh(x @ x.T / 4)[-1])


def test_convergence() -> None:
    wanted, found = EXAMPLES["EX-72"]["expected"], shipped("convergence").values
    assert found["steps"] == wanted["steps"]
    close(found["end"], wanted["w"])


def test_adam() -> None:
    wanted, found = EXAMPLES["EX-69"]["expected"], shipped("adam_first_step").values
    close([0, *found["w"]], wanted["w"])
    close(found["g"][:1], wanted["first_gradient"])
    close(found["step"], wanted["first_step"])
    close([each[0] for each in (found["m_hat"], found["v_hat"])], [-10, 100])


def test_local_gains() -> None:
    wanted, found = EXAMPLES["EX-53"]["expected"], shipped("local_gains").values
    close(found["gain"], wanted["gains"])
    close(found["step"], wanted["steps"])


# Steps


def told(found: Computed, which: int) -> Narration:
    plan = Plan(NetworkSpec(), Choice("squared_error"), Choice("sgd"), remarks=found.sheet.remarks)
    return narrate(found.trace.steps[which], found.trace, plan)


def test_every_named_number_is_one_step() -> None:
    found = compute(read(SHORT), {"w": 3.0})
    assert [step.formula for step in found.trace.steps] == [
        "y[1] = w · x[1] + b", "y[2] = w · x[2] + b", "y[3] = w · x[3] + b", "total = y[1] + y[2] + y[3]",
        "squared = (w · x[1] − 3)²",
    ]  # fmt: skip
    assert [step.writes[step.node].item() for step in found.trace.steps] == [4, 7, -8, 3, 0]
    assert found.answer == 3


def test_a_step_is_told_in_symbols_numbers_and_result_with_its_remark() -> None:
    step = told(compute(read(SHORT), {}), 2)
    assert step.symbols == r"y_{3} = w \cdot x_{3} + b"
    assert step.numbers == r"2 \cdot \left(-3\right) + 1"
    assert (step.result, step.sentence) == ("-5", "Weigh and shift.")


def test_a_long_sum_is_told_by_its_first_terms_and_its_last() -> None:
    found = compute(read("title: T\nlist x = 1, 2, 3, 4, 5, 6, 7\ny = sum(2*x)"), {})
    assert told(found, 0).symbols == r"y = 2 \cdot x_{1} + 2 \cdot x_{2} + \ldots + 2 \cdot x_{7}"
    assert told(found, 0).numbers == r"2 \cdot 1 + 2 \cdot 2 + \ldots + 2 \cdot 7"
    assert told(found, 0).value == 56


def test_states_of_a_recurrence_take_the_names_of_their_own_lists() -> None:
    steps = [step.formula for step in shipped("adam_first_step").trace.steps]
    assert steps[:6] == [
        "g[1] = 2 · (w0 − 5)", "m[1] = beta1 · 0 + (1 − beta1) · g[1]", "v[1] = beta2 · 0 + (1 − beta2) · g[1]²",
        "m_hat[1] = m[1] / (1 − beta1¹)", "v_hat[1] = v[1] / (1 − beta2¹)",
        "w[1] = w0 − alpha · m_hat[1] / (sqrt(v_hat[1]) + eps)",
    ]  # fmt: skip


def test_random_numbers_and_parts_are_told_by_name() -> None:
    found = shipped("noisy_series")
    by_name = {step.node: step for step in found.trace.steps}
    assert by_name["x[2]"].formula == "x[2] = wave[2] + noise · drawn[2]"
    assert found.trace.before["drawn[2]"] == found.values["drawn"][1]
    assert by_name["error"].formula == "error = part1 / 60"


def test_a_state_without_a_name_that_doubles_every_turn_is_told_in_parts() -> None:
    found = compute(read("title: T\nnumber a = 1\ny = sum(scan(v + v*v/4, i, 1, 40, v=a))"), {})
    assert max(len(step.formula) for step in found.trace.steps) < 200


def test_a_condition_on_a_turn_is_decided_beforehand() -> None:
    found = compute(read("title: T\nlist x = 3, 5\ny = list(x[i] - (x[i - 1] if i > 1 else 0), i, 1, 2)"), {})
    assert [step.formula for step in found.trace.steps] == ["y[1] = x[1] − 0", "y[2] = x[2] − x[1]"]


# Words


@pytest.mark.parametrize(
    ("name", "read_as"),
    [("beta1", "β₁"), ("v[3]", "v₃"), ("z1[2]", "z1[2]"), ("how_many_then", "how_many_then"), ("lam_max", "λₘₐₓ")],
)
def test_names_are_written_in_letters_as_far_as_there_are_signs(name: str, read_as: str) -> None:
    assert letter(name) == read_as


class French(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return {"Add all.": "Tout ajouter.", "A sum": "Une somme", "How much?": "Combien ?"}.get(message, message)


def test_the_words_of_a_sheet_are_looked_up_in_the_catalogue() -> None:
    text = "title: A sum\ntext: {0} mine %s\ny = 1 + 2 : Add all.\nquestion: How much?\nanswer: y to 0 decimals"
    i18n.install(French())
    try:
        sheet = read(text)
    finally:
        i18n.install(gettext.NullTranslations())
    assert (sheet.title, sheet.sentences, sheet.remarks["y"]) == ("Une somme", ("{0} mine %s",), "Tout ajouter.")
    assert sheet.question is not None and sheet.question.text == "Combien ?"


def test_a_descent_that_has_not_converged_ends_where_it_stands() -> None:
    found = shipped("convergence", n=20.0)
    assert found.values["steps"] == 21
    close(found.values["end"], 2 + 3 * 0.8**20)


# Curves


def test_an_input_runs_along_the_axis() -> None:
    [curve] = compute(read(SHORT), {}).curves
    assert (curve.x[0], curve.x[-1]) == (-1, 4)
    close(curve.y, (curve.x - 3) ** 2)


def test_a_whole_input_that_counts_runs_along_the_axis_in_whole_steps() -> None:
    text = "title: T\nslider n = 3 from 1 to 9 whole\ns = sum(i^2, i, 1, n)\nplot: s, n against n from 0.5 to 6.5"
    squares, counts = compute(read(text), {}).curves
    assert squares.x.tolist() == counts.y.tolist() == [1, 2, 3, 4, 5, 6]
    assert squares.y.tolist() == [1, 5, 14, 30, 55, 91]


def test_much_to_compute_along_the_axis_takes_fewer_places() -> None:
    sheet = read("title: T\nslider n = 3 from 1 to 200 whole\ns = sum(2*i, i, 1, n)\nplot: s against n from 1 to 200")
    [curve] = compute(sheet, {}).curves
    assert 5 < len(curve.x) < 20 and (curve.x[0], curve.x[-1]) == (1, 200)
    assert (curve.y == curve.x * (curve.x + 1)).all()


def test_ragged_lists_do_not_hinder_the_curve_of_a_number() -> None:
    sheet = read("title: T\nslider a = 1 from 0 to 2\nx = [a, [2, 3]]\ny = a*x[2][1]\nplot: y, a against a from 0 to 2")
    curve, line = compute(sheet, {}).curves
    close(curve.y, 2 * curve.x)
    close(line.y, line.x)


def test_poles_and_logs_of_negatives_are_values_and_no_errors() -> None:
    found = compute(
        read("title: T\nnumber x = 0\ny = ln(x - 1) + 1/x\nz = 9^9^9^9\nplot: y, z against x from -1 to 1"), {}
    )
    assert math.isnan(found.values["y"][0]) and math.isinf(found.values["z"][0])
    assert not np.isfinite(found.curves[0].y).any()


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_every_input_goes_to_both_its_ends(path: Path) -> None:
    sheet = read(path.read_text(encoding="utf-8"))
    for each in sheet.inputs:
        for end in (each.low, each.high):
            if abs(end) < 1e300 and each.kind != "list":
                found = compute(sheet, {each.name: end})
                assert len(found.curves) == len(sheet.plot.curves if sheet.plot else ())


def test_a_case_holds_where_its_condition_does_and_is_no_step() -> None:
    text = "title: T\nslider x = 1 from 0 to 2\ny = x^2\nwhen y > 2 : Large.\nwhen y <= 2 and x >= 0 : Small.\n"
    sheet = read(text)
    assert sheet.cases == ("Large.", "Small.")
    assert compute(sheet, {}).holds == (False, True) and compute(sheet, {"x": 2}).holds == (True, False)
    assert [step.node for step in compute(sheet, {}).trace.steps] == ["y"] and "when1" not in compute(sheet, {}).values


def test_a_condition_that_is_not_defined_does_not_hold() -> None:
    assert compute(read("title: T\nnumber x = -1\ny = x + 1\nwhen sqrt(x) < 1 : So.\n"), {}).holds == (False,)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("when y > 2", "Expected a section"), ("when y > : So.", "Expected"), ("when 2 > z : So.", "Expected"),
        ("when [1, 2] : So.", "Expected a single number for when1"), ("when y > 2 : ", "Expected a sentence"),
        ("when1 = 2", "Expected another name"), ("slider when2 = 1 from 0 to 2", "Expected another name"),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_is_refused_with_its_line(line: str, said: str) -> None:
    with pytest.raises(DlvizError) as caught:
        compute(read(f"title: T\ny = 3*1\n{line}\n"), {})
    assert caught.value.place.startswith("line 3") and said in caught.value.message


def test_no_more_than_a_dozen_cases() -> None:
    with pytest.raises(DlvizError, match="at most 12 cases"):
        read("title: T\ny = 3\n" + "when y > 2 : So.\n" * 13)


def test_bars_may_be_stacked() -> None:
    sheet = read("title: T\nlist x = 1, 2\ny = 2*x\nplot: y, x against x as stacked bars\n")
    assert sheet.plot is not None and sheet.plot.is_bars and sheet.plot.is_stacked
