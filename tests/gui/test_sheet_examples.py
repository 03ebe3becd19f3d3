"""Worked examples without a network: each is a shipped sheet, whose numbers are read from its widgets."""

from typing import Any

import numpy as np
import pytest

from dlviz.gui.sheet.view import SheetView
from tests.golden.example import Example
from tests.gui.robot import Key, Robot
from tests.gui.test_sheets import close, column, opened, result, settled


def put(robot: Robot, shown: SheetView, name: str, text: str) -> None:
    field = shown.inputs.rows[name].field
    field.setFocus()
    field.setText(text)
    robot.key(Key.Key_Return)
    settled(robot)


def expected(row: str, *keys: str) -> Any:
    found: Any = Example(row).expected
    for key in keys:
        found = found[key]
    return found


# sheet, column of its table or result, example, where the number stands there
READ: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("factors", "p", "EX-03", ("partial_products",)),
    ("factors", "=all", "EX-03", ("product",)),
    ("factors", "=first", "EX-04", ("product_of_reading_A",)),
    ("factors", "=second", "EX-04", ("product_of_reading_B",)),
    ("four_iterations", "residual", "EX-05", ("residual",)),
    ("four_iterations", "squared", "EX-05", ("squared_error",)),
    ("logits_back", "logit", "EX-06", ("logits_up_to_constant",)),
    ("logits_back", "first", "EX-06", ("logits_relative_to_first",)),
    ("logits_back", "loss", "EX-06", ("cross_entropy_if_true_class_is",)),
    ("logits_back", "=best", "EX-06", ("argmax_index",)),
    ("fewer_weights", "=all", "EX-07", ("weights_10_10_4_no_bias",)),
    ("fewer_weights", "=in_only", "EX-07", ("weights_after_dropping_20pct_inputs",)),
    ("fewer_weights", "=both", "EX-07", ("weights_after_a_second_drop_layer_behind_the_hidden_layer",)),
    ("fewer_weights", "=hidden", "EX-07", ("weights_if_only_hidden_units_are_dropped",)),
    ("chain_rule", "=y", "EX-08", ("y",)),
    ("chain_rule", "=slope", "EX-08", ("dy_dx",)),
    ("cross_entropy", "=categorical", "EX-13", ("categorical_ce_ln",)),
    ("cross_entropy", "=sparse", "EX-13", ("sparse_ce_ln",)),
    ("cross_entropy", "=tens", "EX-13", ("ce_log10",)),
    ("cross_entropy", "=bits", "EX-13", ("ce_bits",)),
    ("cross_entropy", "by_prob", "EX-13", ("dL_dyhat",)),
    ("cross_entropy", "by_logit", "EX-13", ("dL_dlogits",)),
    ("one_percent", "=up", "EX-14", ("growth",)),
    ("one_percent", "=down", "EX-14", ("decay",)),
    ("one_percent", "=ratio", "EX-14", ("ratio_growth_over_decay",)),
    ("one_percent", "=misread", "EX-14", ("literal_reading_0_99_over_1_01",)),
    ("paths", "=total", "EX-15", ("two_pow_5",)),
    ("paths", "=through", "EX-15", ("paths_from_a_weight_into_layer_1_of_net_with_widths_2_2_2_2_2_1",)),
    ("power_activation", "=y", "EX-16", ("y_square",)),
    ("power_activation", "=slope", "EX-16", ("dy_dw1_square",)),
    ("power_activation", "=part", "EX-16", ("notes_expression_w5_2_N1",)),
    ("bounded_output", "=loss", "EX-17", ("loss",)),
    ("bounded_output", "=residual", "EX-17", ("residual",)),
    ("bounded_output", "=least", "EX-17", ("min_loss_if_output_below_1",)),
    ("oversensitive", "moved", "EX-18", ("change_of_y_for_dx_0_01_each",)),
    ("oversensitive", "=ya", "EX-18", ("y1",)),
    ("oversensitive", "=ratio", "EX-18", ("gradient_norm_ratio",)),
    ("total_loss", "penalty", "EX-19", ("penalty",)),
    ("total_loss", "=lowest", "EX-19", ("min_total",)),
    ("moving_averages", "=zn", "EX-24", ("normalise_z_equals_3_at_inference",)),
    ("hinge", "plus", "EX-26", ("hinge_y_plus",)),
    ("hinge", "minus", "EX-26", ("hinge_y_minus",)),
    ("hinge", "criterion", "EX-26", ("perceptron_criterion_y_plus",)),
    ("hinge", "slope", "EX-26", ("subgradient_dz_y_plus",)),
    ("hinge", "=right", "EX-26", ("hinge_on_hard_labels", "correct")),
    ("hinge", "=wrong", "EX-26", ("hinge_on_hard_labels", "wrong")),
    ("four_tasks", "=z", "EX-27", ("z",)),
    ("four_tasks", "=hinge", "EX-27", ("perceptron", "hinge_y_plus")),
    ("four_tasks", "=p", "EX-27", ("logistic", "p")),
    ("four_tasks", "=bce1", "EX-27", ("logistic", "bce_y1")),
    ("four_tasks", "=bce0", "EX-27", ("logistic", "bce_y0")),
    ("four_tasks", "=se", "EX-27", ("linear", "se_y2")),
    ("four_tasks", "q", "EX-27", ("softmax", "p")),
    ("four_tasks", "=cce", "EX-27", ("softmax", "cce_class0")),
    ("parameters", "parameters", "EX-28", ("arch_4_4_3_2_1", "per_layer")),
    ("parameters", "=total", "EX-28", ("arch_4_4_3_2_1", "total")),
    ("batches", "=T", "EX-32", ("minibatches_per_epoch",)),
    ("batches", "=last", "EX-32", ("last_batch_size",)),
    ("batches", "=batch", "EX-32", ("batch_updates",)),
    ("batches", "=online", "EX-32", ("sgd_updates",)),
    ("batches", "=mini", "EX-32", ("minibatch_updates",)),
    ("likelihood", "=L", "EX-46", ("likelihood",)),
    ("likelihood", "=logL", "EX-46", ("log_likelihood",)),
    ("likelihood", "=bce", "EX-46", ("bce_sum",)),
    ("likelihood", "=mean_bce", "EX-46", ("bce_mean",)),
    ("likelihood", "by_a", "EX-46", ("dL_da",)),
    ("likelihood", "da", "EX-46", ("da_dz",)),
    ("likelihood", "by_z", "EX-46", ("dL_dz",)),
    ("batch_norm", "zn", "EX-47", ("z_norm",)),
    ("batch_norm", "out", "EX-47", ("out",)),
    ("batch_norm", "dz", "EX-47", ("d_z",)),
    ("batch_norm", "=dgamma", "EX-47", ("d_gamma",)),
    ("batch_norm", "=dbeta", "EX-47", ("d_beta",)),
    ("first_weights", "=xavier", "EX-48", ("std_xavier_1_over_n",)),
    ("first_weights", "=glorot", "EX-48", ("std_xavier_2_over_sum",)),
    ("first_weights", "=he", "EX-48", ("std_he",)),
    ("first_weights", "=limit", "EX-48", ("uniform_limit_glorot",)),
    ("first_weights", "=without", "EX-48", ("var_of_sum_of_n_unit_inputs_unit_weights",)),
    ("first_weights", "=after", "EX-48", ("var_after_xavier",)),
    ("parity", "gates", "EX-59", ("xor_gates",)),
    ("parity", "levels", "EX-59", ("tree_depth",)),
    ("parity", "terms", "EX-59", ("and_terms_two_level_logic_2_pow_n_minus_1",)),
    ("parity", "thresholds", "EX-59", ("threshold_units_sufficient_in_one_hidden_layer",)),
    ("splits", "rows", "EX-60", ("split_98_1_1",)),
    ("dropout", "out", "EX-61", ("out",)),
    ("dropout", "expected", "EX-61", ("expected_value_of_scaled_unit",)),
    ("dropout", "=scale", "EX-61", ("scale",)),
    ("dropout", "=after", "EX-61", ("sum_after",)),
    ("dropout", "=var", "EX-61", ("variance_factor",)),
    ("signal", "out", "EX-63", ("1.1",)),
    ("log_sampling", "alpha", "EX-67", ("alpha",)),
    ("log_sampling", "beta", "EX-67", ("beta",)),
    ("log_sampling", "=linear", "EX-67", ("share_below_0_1_linear_sampling",)),
    ("log_sampling", "=logarithmic", "EX-67", ("share_below_0_1_log_sampling",)),
    ("softmax", "t", "EX-68", ("t",)),
    ("softmax", "a", "EX-68", ("a",)),
    ("softmax", "dz", "EX-68", ("dL_dz",)),
    ("softmax", "=loss", "EX-68", ("loss",)),
    ("softmax", "=two", "EX-68", ("two_class_softmax_equals_sigmoid_of_difference",)),
    ("activations", "s", "EX-70", ("sigmoid", "value")),
    ("activations", "ds", "EX-70", ("sigmoid", "derivative")),
    ("activations", "dth", "EX-70", ("tanh", "derivative")),
    ("activations", "dr", "EX-70", ("relu", "derivative")),
    ("activations", "lr", "EX-70", ("leaky_relu_0.01", "value")),
    ("activations", "dlr", "EX-70", ("leaky_relu_0.01", "derivative")),
    ("image_vector", "=n", "EX-71", ("n",)),
)


def heads(shown: SheetView) -> list[str]:
    return list(shown._known.computed.sheet.table) if shown._known is not None else []


def number_of(shown: SheetView, place: str) -> Any:
    """Read a column by its name in the sheet, or behind = a result, from what the widgets hold."""
    if not place.startswith("="):
        return [line.cells[heads(shown).index(place)] for line in shown.table.numbers.lines]
    names = shown._known.computed.sheet.show if shown._known is not None else ()
    lines = shown.results.toolTip().split("\n")
    text = lines[names.index(place[1:])].split(" = ")[1]
    return float(text.replace("\N{MINUS SIGN}", "-"))


def test_every_number_of_the_examples_is_on_its_sheet(robot: Robot) -> None:
    robot.start("step")
    for sheet in dict.fromkeys(each[0] for each in READ):
        robot.trigger(f"learn_sheet_{sheet}")
        robot.wait(lambda: robot.frame.document is robot.running.session.document)
        shown = settled(robot)
        for _, place, row, keys in [each for each in READ if each[0] == sheet]:
            np.testing.assert_allclose(
                np.ravel(np.array(number_of(shown, place), float)), np.ravel(expected(row, *keys)), rtol=1e-10,
                atol=1e-15, err_msg=f"{sheet} {place} {row}",
            )  # fmt: skip


def test_log_loss_has_every_base(robot: Robot) -> None:
    shown, wanted = opened(robot, "log_loss"), expected("EX-12")
    for title, key in (("nats", "minus_ln"), ("tens", "minus_log10"), ("bits", "minus_log2")):
        close(column(shown, title), [each[key] for each in wanted.values()])


def test_moving_averages_follow_the_batches(robot: Robot) -> None:
    shown, wanted = opened(robot, "moving_averages"), np.array(expected("EX-24", "rows"))
    close(column(shown, "moving"), wanted[:, 2])
    close(column(shown, "var"), wanted[:, 3])


def test_a_bias_before_batch_norm_changes_nothing(robot: Robot) -> None:
    shown = opened(robot, "batch_norm")
    before = column(shown, "out")
    put(robot, shown, "bias", "7")
    close(column(shown, "out"), before)
    assert result(shown, "μ") == 11


def test_other_weights_of_each_depth(robot: Robot) -> None:
    shown = opened(robot, "signal")
    for weight in ("1.5", "0.9", "0.5"):
        put(robot, shown, "w", weight)
        close(column(shown, "out"), expected("EX-63", weight))


def test_a_cube_instead_of_a_square(robot: Robot) -> None:
    shown, wanted = opened(robot, "power_activation"), expected("EX-16")
    put(robot, shown, "p", "3")
    close(result(shown, "y"), wanted["y_cube_on_N1"])
    close(result(shown, "slope"), wanted["dy_dw1_cube"])


def test_five_inputs_have_four_parameters_more(robot: Robot) -> None:
    shown, wanted = opened(robot, "parameters"), expected("EX-28", "arch_5_4_3_2_1")
    put(robot, shown, "units", "5, 4, 3, 2, 1")
    close(column(shown, "parameters"), wanted["per_layer"])
    close(column(shown, "weights"), wanted["weights_only"])
    assert result(shown, "total") == wanted["total"]
    put(robot, shown, "units", "784, 200, 100, 50, 10")
    assert result(shown, "total") == expected("EX-25", "params_784_200_100_50_10")


def test_the_total_loss_is_least_in_another_row_than_the_loss(robot: Robot) -> None:
    shown, wanted = opened(robot, "total_loss"), Example("EX-19")
    assert (result(shown, "best"), result(shown, "bestₘₛₑ")) == (
        wanted.expected["argmin_total"] + 1,
        wanted.expected["argmin_mse"] + 1,
    )
    below, above = shown.picture.plot.bars[:2]
    close(above.opts["y0"], below.opts["height"])
    close(np.add(above.opts["y0"], above.opts["height"]), wanted.inputs["total"])
    put(robot, shown, "lam", "0")
    assert result(shown, "best") == result(shown, "bestₘₛₑ") == 7


@pytest.mark.parametrize(
    ("bayes", "train", "dev", "said"),
    [
        ("0", "1", "11", "High variance"),
        ("0", "15", "16", "High bias, it underfits"),
        ("0", "15", "30", "High bias and high variance"),
        ("0", "0.5", "1", "Both are low"),
        ("14", "15", "16", "Both are low"),
        ("10", "1", "2", "One of the two numbers is wrong"),
    ],
)
def test_two_gaps_come_to_a_verdict_and_what_to_do(robot: Robot, bayes: str, train: str, dev: str, said: str) -> None:
    shown = opened(robot, "bias_variance")
    for name, text in (("bayes", bayes), ("train", train), ("dev", dev)):
        put(robot, shown, name, text)
    assert result(shown, "bias") == float(train) - float(bayes)
    marked = [line.text() for line in shown.cases.lines if line.font().bold()]
    assert len(marked) == 1 and said in marked[0]
    assert said in shown.cases.accessibleName()


def test_no_verdict_is_told_before_its_numbers(robot: Robot) -> None:
    shown = opened(robot, "bias_variance")
    assert any(line.font().bold() for line in shown.cases.lines)
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: robot.frame.cursor == 1 and robot.panel("subject")._frame is robot.frame)
    assert not any(line.font().bold() for line in shown.cases.lines)
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: robot.frame.cursor == 2 and robot.panel("subject")._frame is robot.frame)
    assert any(line.font().bold() for line in shown.cases.lines)


def test_a_share_of_the_variance_is_dropped_in_every_layer(robot: Robot) -> None:
    shown = opened(robot, "spread_by_depth")
    found = np.array([column(shown, "he"), column(shown, "xavier")], float)
    layers = np.arange(21)
    close(found, [np.ones(21), 0.5 ** (layers / 2)])


def test_sums_spread_with_the_root_of_their_length(robot: Robot) -> None:
    shown = opened(robot, "long_sums")
    close(number_of(shown, "predicted"), np.sqrt([1, 2, 4, 8, 16]))
    close(number_of(shown, "=thousand"), np.sqrt(1000))
    np.testing.assert_allclose(number_of(shown, "measured"), number_of(shown, "predicted"), rtol=0.5)
    before = number_of(shown, "measured")
    put(robot, shown, "seed", "2")
    assert not np.allclose(number_of(shown, "measured"), before)


def test_l2_multiplies_and_l1_ends_at_0(robot: Robot) -> None:
    shown = opened(robot, "decay")
    close(result(shown, "factor"), expected("EX-57", "shrink_factor"))
    two, one = (np.array(number_of(shown, name), float) for name in ("l2", "l1"))
    close(two, 0.5 * expected("EX-57", "shrink_factor") ** np.arange(1, 41))
    assert one[-1] == 0 < two[-1]


def test_moved_inputs_cost_accuracy_unless_their_mean_is_subtracted(robot: Robot) -> None:
    shown = opened(robot, "covariate_shift")
    rng = np.random.default_rng(1)
    for moved in (1.5, -0.75, 0.0):
        put(robot, shown, "s", str(moved))
        inputs = np.concatenate([rng.normal(-1, 1, 200_000), rng.normal(1, 1, 200_000)]) + moved
        labels = np.repeat([False, True], 200_000)
        without, normed = np.mean((inputs > 0) == labels), np.mean((inputs - inputs.mean() > 0) == labels)
        np.testing.assert_allclose(number_of(shown, "=without"), without, atol=3e-3)
        np.testing.assert_allclose(number_of(shown, "=with_bn"), normed, atol=3e-3)
        assert [line.font().bold() for line in shown.cases.lines] == [abs(moved) > 0.5, abs(moved) <= 0.5]
    moving = np.array(number_of(shown, "moving"), float)
    np.testing.assert_allclose(moving, 0, atol=1e-15)
