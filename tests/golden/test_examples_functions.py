"""Worked examples about activations, losses, initialisers and penalties."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dlviz.core.activations import activations
from dlviz.core.activations.softmax import exponentials
from dlviz.core.choice import Choice, chosen
from dlviz.core.execute import record
from dlviz.core.gradcheck import BANDS, gradcheck, ratio_of
from dlviz.core.initializers import Fan, spread_of, variance_of_sum
from dlviz.core.losses import losses
from dlviz.core.losses.likelihood import bernoulli
from dlviz.core.memory import Memory
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.probe import Check
from dlviz.core.program import lower
from dlviz.core.regularizers import equivalent_strengths
from dlviz.core.regularizers import resolve as resolve_regularizer
from dlviz.core.trace import Trace
from tests.golden.example import Example

Array = NDArray[Any]


def traced(
    layers: Sequence[LayerSpec], parameters: dict[str, Any], inputs: Any, targets: Any, loss: Choice
) -> dict[str, Array]:
    """Return what every step of one forward and backward pass wrote, by name; inputs and targets (n, d)."""
    network = NetworkSpec(tuple(layers), (InputSpec("x", (len(inputs[0]),)),))
    program = lower(network, loss, mode="gradient")
    memory = Memory(program.layout, chosen("sgd"))
    memory.load({name: np.array(value) for name, value in parameters.items()})
    binding = program.bind(memory, len(inputs))
    binding.load(np.array(inputs), np.array(targets, dtype=float))
    return written(record(binding))


def written(trace: Trace) -> dict[str, Array]:
    return {name: np.asarray(array) for step in trace.steps for name, array in step.writes.items()}


def one_unit(activation: str | Choice) -> tuple[LayerSpec, ...]:
    """Return a network that applies an activation to its input."""
    return (dense("o", 1, activation, bias=False),)


@pytest.mark.example("EX-10", "document")
def test_error_and_gradients_of_a_linear_network(example: Example) -> None:
    w = example.parameters["params"]
    parameters = {"h.W": np.reshape(w[:6], (3, 2)), "h.b": w[9:12], "o.W": [w[6:9]], "o.b": w[12:]}
    targets = [[y] for y in example.inputs["y"]]
    layers = (dense("h", 3), dense("o", 1))
    found = traced(layers, parameters, example.inputs["X"], targets, chosen("squared_error"))
    example.check("y_hat", found["o.a"][:, 0])
    example.check("N", found["h.a"])
    example.check("mse", found["loss"])
    example.check("dL_dw7", found["o.dW"][0, 0])
    example.check("dL_dw9", found["o.dW"][0, 2])
    example.check("dL_dw1", found["h.dW"][0, 0])


@pytest.mark.example("EX-13", "loss")
def test_one_hot_and_integer_labels_cost_the_same(example: Example) -> None:
    probabilities, hot = (np.array(example.inputs[name])[:, None] for name in ("y_hat", "one_hot"))
    sparse, categorical = losses.get("sparse_categorical_cross_entropy"), losses.get("categorical_cross_entropy")
    value, gradient = categorical.evaluate(probabilities, hot)
    example.check("categorical_ce_ln", value)
    example.check("dL_dyhat", gradient[:, 0])
    integer = np.eye(3)[:, [example.inputs["label"]]]
    example.check("sparse_ce_ln", sparse.evaluate(probabilities, integer)[0])
    example.check("ce_log10", sparse.evaluate(probabilities, integer, {"base": "10"})[0])
    example.check("ce_bits", sparse.evaluate(probabilities, integer, {"base": "2"})[0])
    for label in (0, 2):
        example.check(f"loss_if_label_{label}", sparse.evaluate(probabilities, np.eye(3)[:, [label]])[0])
    logits = {"o.W": np.log(probabilities)}
    found = traced((dense("o", 3, "softmax", bias=False),), logits, [[1.0]], hot.T, chosen(categorical.key))
    example.check("dL_dlogits", found["o.dz"][0])


@pytest.mark.example("EX-26", "loss")
def test_hinge_of_scores_and_of_hard_labels(example: Example) -> None:
    scores = np.array([example.inputs["score"]])
    minus, plus = (np.full(scores.shape, float(label)) for label in example.inputs["labels"])
    hinge = losses.get("hinge")
    example.check("hinge_y_plus", hinge.each(scores, plus))
    example.check("hinge_y_minus", hinge.each(scores, minus))
    example.check("perceptron_criterion_y_plus", losses.get("perceptron").each(scores, plus))
    example.check("subgradient_dz_y_plus", hinge.evaluate(scores, plus, {"reduction": "sum"})[1][0])
    hard = activations.get("step").value(scores, {"values": "plus_minus_one"})
    wrong, correct = hinge.each(hard, plus)[:2]
    example.check("hinge_on_hard_labels", {"correct": correct, "wrong": wrong})


@pytest.mark.example("EX-27", "document")
def test_one_neuron_has_four_tasks(example: Example) -> None:
    row, neuron = [example.inputs["x"]], {"o.W": [example.parameters["w"]], "o.b": [example.parameters["b"]]}

    def unit(activation: str | Choice, loss: str, target: float) -> dict[str, Array]:
        return traced((dense("o", 1, activation),), neuron, row, [[target]], chosen(loss))

    hard = unit(chosen("step", values="plus_minus_one"), "hinge", 1)
    example.check("z", hard["o.z"][0, 0])
    example.check("perceptron", {"output": hard["o.a"][0, 0], "hinge_y_plus": hard["loss"]})
    yes, no = (unit("sigmoid", "binary_cross_entropy", target) for target in (1, 0))
    example.check("logistic", {"p": yes["o.a"][0, 0], "bce_y1": yes["loss"], "bce_y0": no["loss"]})
    line = unit("linear", "squared_error", 2)
    example.check("linear", {"output": line["o.a"][0, 0], "se_y2": line["loss"]})
    layers, weights = (dense("o", 3, "softmax", bias=False),), {"o.W": example.parameters["W_softmax"]}
    found = traced(layers, weights, row, [[1, 0, 0]], chosen("categorical_cross_entropy"))
    example.check("softmax", {"z": found["o.z"][0], "p": found["o.a"][0], "cce_class0": found["loss"]})


@pytest.mark.example("EX-46", "loss")
def test_minus_the_log_likelihood_is_the_cross_entropy(example: Example) -> None:
    rows, targets = ([[value] for value in example.inputs[name]] for name in ("z", "y"))
    loss = chosen("binary_cross_entropy", reduction="sum")
    found = traced(one_unit("sigmoid"), {"o.W": [[1.0]]}, rows, targets, loss)
    probabilities = found["o.a"][:, 0]
    example.check("a", probabilities)
    example.check("bce_sum", found["loss"])
    example.check("dL_da", found["o.da"][:, 0])
    example.check("dL_dz", found["o.dz"][:, 0])
    example.check("da_dz", activations.get("sigmoid").slope(example.inputs["z"]))
    likelihood = bernoulli(probabilities, example.inputs["y"])
    example.check("likelihood", likelihood.product)
    example.check("log_likelihood", likelihood.log)
    mean = losses.get("binary_cross_entropy").evaluate(probabilities, example.inputs["y"], {"reduction": "mean"})
    example.check("bce_mean", mean[0])


EX55_LAYERS = (dense("h", 3, "tanh"), dense("o", 1, "sigmoid"))


def ex55_parameters(given: dict[str, Any]) -> dict[str, Array]:
    weights = {"h.W": given["W1"], "h.b": np.ravel(given["b1"]), "o.W": given["W2"], "o.b": np.ravel(given["b2"])}
    return {name: np.array(value) for name, value in weights.items()}


@pytest.mark.example("EX-55", "document")
def test_vectorised_forward_and_backward(example: Example) -> None:
    inputs, targets = (np.array(example.inputs[name]).T for name in ("X", "Y"))
    found = traced(
        EX55_LAYERS, ex55_parameters(example.parameters), inputs, targets, chosen("binary_cross_entropy")
    )  # fmt: skip
    n = len(inputs)
    example.check("J", found["loss"])
    for layer, number in (("h", 1), ("o", 2)):
        example.check(f"A{number}", found[f"{layer}.a"].T)
        # The notes divide by the number of examples when they gather weights, this core in the loss.
        example.check(f"dZ{number}", n * found[f"{layer}.dz"].T)
        example.check(f"dW{number}", found[f"{layer}.dW"])
        example.check(f"db{number}", found[f"{layer}.db"][:, None])
    example.check("dA2", n * found["o.da"].T)


@pytest.mark.example("EX-68", "document")
def test_softmax_with_its_jacobian(example: Example) -> None:
    z, softmax = np.array(example.inputs["z"]), activations.get("softmax")
    layers, weights = (dense("o", 4, "softmax", bias=False),), {"o.W": z[:, None]}
    found = traced(layers, weights, [[1.0]], [example.inputs["y"]], chosen("categorical_cross_entropy"))
    example.check("t", exponentials(z))
    example.check("sum_t", exponentials(z).sum())
    example.check("a", found["o.a"][0])
    example.check("loss", found["loss"])
    example.check("dL_dz", found["o.dz"][0])
    example.check("jacobian", softmax.jacobian(z))
    first, second = example.inputs["two_class_z"]
    two = softmax.value(np.array([[first], [second]]))[0, 0]
    example.check("two_class_softmax_equals_sigmoid_of_difference", two)
    assert two == pytest.approx(float(activations.get("sigmoid").value(first - second)), rel=1e-14)


@pytest.mark.example("EX-70", "rule")
def test_table_of_activations_and_derivatives(example: Example) -> None:
    x = np.array(example.inputs["x"], dtype=float)
    at_zero = str(example.parameters["relu_derivative_at_0"])
    settings: dict[str, dict[str, Any]] = {
        "relu": {"slope_at_zero": at_zero},
        "leaky_relu": {"slope": example.parameters["leaky_slope"], "slope_at_zero": at_zero},
    }
    for key in ("step", "sigmoid", "tanh", "relu", "leaky_relu", "linear"):
        entry, given = activations.get(key), settings.get(key, {})
        table = {"value": entry.value(x, given), "derivative": entry.slope(x, given)}
        example.check("leaky_relu_0.01" if key == "leaky_relu" else key, table)
    sigmoid = activations.get("sigmoid").value(2 * x)
    assert activations.get("tanh").value(x) == pytest.approx(2 * sigmoid - 1, rel=1e-14)
    assert activations.get("relu").slope(np.zeros(1)) == 0
    example.leave("identity", "a remark, compared above")
    example.leave("relu_derivative_at_0", "a remark about conventions, compared above")


@pytest.mark.example("EX-56", "rule")
def test_gradient_check_of_the_small_network(example: Example) -> None:
    network = NetworkSpec(EX55_LAYERS, (InputSpec("x", (2,)),))
    base = Example(example.parameters["network"])
    inputs, targets = (np.array(base.inputs[name]).T for name in ("X", "Y"))
    loss = chosen("binary_cross_entropy")
    report = gradcheck(
        network, loss, ex55_parameters(base.parameters), inputs, targets, Check(example.parameters["eps"])
    )
    assert report.ratio < example["ratio_correct_backprop_below"]
    example.leave("ratio_correct_backprop_below", "a bound, compared above")
    assert 1e-11 < report.ratio < 1e-7
    example.leave("order_of_magnitude_expected", "an order of magnitude, compared above")
    analytic = {row.name: row.analytic.copy() for row in report.rows}
    analytic["h.W"][0, 0] *= 1.1
    numeric = [row.numeric.ravel() for row in report.rows]
    ratio = ratio_of(np.concatenate([analytic[row.name].ravel() for row in report.rows]), np.concatenate(numeric))
    example.check("ratio_with_dW1_11_off_by_10_percent", ratio, rtol=2e-5)  # stored with five digits
    example.check("thresholds", {word: largest for largest, word in BANDS if word != "check"})


@pytest.mark.example("EX-19", "loss")
def test_the_penalty_moves_the_minimum_to_smaller_weights(example: Example) -> None:
    errors, totals = (np.array(example.inputs[name]) for name in ("mse", "total"))
    strength = example.parameters["lam"]
    weights = np.sqrt((totals - errors) / strength)  # a weight of this size makes each row's total
    shares = [
        [entry.shares(settings, 1).penalty(w) for w in weights]
        for entry, settings in (resolve_regularizer(chosen("l2", strength=each)) for each in (strength, 1.0))
    ]
    penalties, squares = map(np.array, shares)
    example.check("penalty", penalties)
    example.check("sum_w_squared", squares)
    example.check("argmin_mse", int(errors.argmin()))
    example.check("argmin_total", int((errors + penalties).argmin()))
    example.check("min_total", (errors + penalties).min())


@pytest.mark.example("EX-57", "document")
def test_a_squared_penalty_is_weight_decay_under_plain_descent(example: Example) -> None:
    base = Example(example.parameters["network"])
    inputs, targets = (np.array(base.inputs[name]).T for name in ("X", "Y"))
    strength, lr, n = (example.parameters[name] for name in ("lam", "alpha", "m"))
    penalty = chosen("l2", strength=strength, scale="mean")
    start = ex55_parameters(base.parameters)

    def step(regularizer: Choice, optimizer: Choice) -> tuple[dict[str, Array], dict[str, Array]]:
        layers = (dense("h", 3, "tanh", regularizer=regularizer), dense("o", 1, "sigmoid", regularizer=regularizer))
        network = NetworkSpec(layers, (InputSpec("x", (2,)),))
        program = lower(network, chosen("binary_cross_entropy"), optimizer)
        memory = Memory(program.layout, optimizer)
        memory.load(start)
        binding = program.bind(memory, n)
        binding.load(inputs, targets)
        return written(record(binding)), memory.read()

    found, after = step(penalty, chosen("sgd", lr=lr))
    example.check("J_with_penalty", found["loss"])
    example.check("shrink_factor", equivalent_strengths(penalty, n, lr)["decay"])
    example.check("W1_after_gradient_form", after["h.W"])
    decay = chosen("sgd", lr=lr, weight_decay=strength / n, decays="weights")
    decayed = step(Choice("none"), decay)[1]
    example.check("W1_after_decay_form", decayed["h.W"])
    plain = step(Choice("none"), chosen("sgd", lr=lr))[1]
    example.check("bias_not_penalised", bool(np.array_equal(after["h.b"], plain["h.b"])))
    # Adam divides the penalty by the size of the gradient too, so there the two forms part.
    adam = chosen("adam", lr=lr)
    assert not np.allclose(step(penalty, adam)[1]["h.W"], step(Choice("none"), adam)[1]["h.W"] * 0.9766666666666667)


@pytest.mark.example("EX-48", "rule")
def test_scales_of_initialisers(example: Example) -> None:
    fan = Fan(example.inputs["n_in"], example.inputs["n_out"])
    example.check("std_xavier_1_over_n", spread_of(Choice("xavier_normal"), fan).std)
    example.check("std_xavier_2_over_sum", spread_of(Choice("glorot_normal"), fan).std)
    example.check("std_he", spread_of(Choice("he_normal"), fan).std)
    limits = spread_of(Choice("glorot_uniform"), fan).limits
    assert limits is not None
    example.check("uniform_limit_glorot", limits[1])
    unit = chosen("normal", std=1.0)
    example.check("var_of_sum_of_n_unit_inputs_unit_weights", variance_of_sum(unit, fan))
    example.check("var_after_xavier", variance_of_sum(Choice("xavier_normal"), fan))
