"""Worked examples of the chain rule: gradients as sums of paths, their number, and their symbols."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from dlviz.core.evaluate import Evaluator
from dlviz.core.explain import Pass, Weight, collapse, count_paths, derive, differentiate, paths
from dlviz.core.inference import parameters
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.core.notation import Notation
from dlviz.data.prepare import prepare
from dlviz.session.format.document import document_from_json
from dlviz.session.headless import train
from dlviz.session.trainer import Trainer
from tests.golden.documents import TraceCommand, document, layer, taken_apart, written
from tests.golden.example import Example

SQUARED = {"kind": "squared_error"}


def twelve_weights(example: Example, activation: str = "sigmoid") -> dict[str, Any]:
    given = example.parameters
    w = given["w1_to_w12"]
    values = {"h1.W": [w[0:3], w[3:6]], "h2.W": [w[6:8], w[8:10]], "o.W": [w[10:12]]}
    layers = [layer(name, units, activation, bias=False) for name, units in (("h1", 2), ("h2", 2), ("o", 1))]
    rows = [example.inputs["x"]], [[example.inputs["y"]]]
    return document(layers, values, rows, SQUARED, given["learning_rate"])


def flat(values: Mapping[str, Any]) -> np.ndarray:
    return np.concatenate([np.ravel(values[f"{name}.W"]) for name in ("h1", "h2", "o")])


@pytest.mark.example("EX-02", "document")
def test_twelve_weights_without_biases(example: Example, trace: TraceCommand) -> None:
    data = twelve_weights(example)
    found = trace(data)
    example.check("n_weights", flat(found["gradients"]).size)
    biased = NetworkSpec(tuple(dense(*each) for each in (("h1", 2), ("h2", 2), ("o", 1))), (InputSpec("x", (3,)),))
    example.check("n_parameters_if_biases_added", sum(each.size for each in parameters(biased)))
    for name, units in (("h1", ("a11", "a12")), ("h2", ("a21", "a22")), ("o", ("a31",))):
        for place, value in zip(units, written(found, f"{name}.a")[0], strict=True):
            example.check(place, value)
    example.check("loss", found["loss"])
    example.check("dL_da31", written(found, "o.da")[0, 0])
    example.check("grad_w1_to_w12", flat(found["gradients"]))
    example.check("w_after_one_simultaneous_update", flat(found["parameters_after"]))
    example.check("loss_after", found["loss_after"])
    example.check("a31_with_linear_activations", trace(twelve_weights(example, "linear"))["outputs"][0][0])
    first = paths(taken_apart(data), Weight("h1.W", (0, 0)))
    via = {path.places[2].unit[0]: path for path in first.paths}
    example.check("path_via_a21", via[0].value)
    example.check("path_via_a22", via[1].value)
    example.check("sum_of_paths", first.share)
    loss, *rest = (factor.value for factor in via[0].factors)
    # The notes take the slope of a unit and the link into it as one factor.
    example.check("factors_path_via_a21", [loss, *np.multiply(rest[0::2], rest[1::2])])


@pytest.mark.example("EX-09", "document")
def test_linear_units_collapse_to_a_plane(example: Example, trace: TraceCommand) -> None:
    w, b = example.parameters["w1_to_w9"], example.parameters["b1_to_b4"]
    values = {"h.W": np.reshape(w[:6], (3, 2)), "h.b": b[:3], "o.W": [w[6:]], "o.b": b[3:]}
    x = example.inputs["x"]
    data = document([layer("h", 3, "linear"), layer("o", 1, "linear")], values, ([x], [[0.0]]), SQUARED)
    found = trace(data)
    example.check("N", written(found, "h.a")[0])
    example.check("y_hat", found["outputs"][0][0])
    plane = collapse(document_from_json(data).network, values)["o"]
    example.check("A", plane.W[0, 0])
    example.check("B", plane.W[0, 1])
    example.check("C", plane.b[0])
    example.check("y_hat_from_plane", plane([x])[0, 0])
    rows = np.random.default_rng(0).normal(0, 3, (50, 2))
    network = NetworkSpec((dense("h", 3), dense("o", 1)))
    assert np.abs(answers(network, values, rows) - plane(rows)[:, 0]).max() < example["max_difference_below"]
    example.leave("max_difference_below", "a bound, held by the line above")
    at = example.parameters["second_difference_at"]
    bent = NetworkSpec((dense("h", 3, "tanh"), dense("o", 1)))
    along = answers(bent, values, [[x1, at["x2"]] for x1 in at["x1"]])
    example.check("tanh_network_second_difference_along_x1", np.diff(along, 2)[0])


def answers(network: NetworkSpec, values: Mapping[str, Any], rows: Any) -> np.ndarray:
    """Return what the only output says to every row."""
    evaluator = Evaluator(network, dtype="float64")
    evaluator.load(values)
    return evaluator.outputs(np.array(rows, dtype=float))[:, 0]


def constant_pass(widths: list[int]) -> Pass:
    """Differentiate a network of linear layers of these widths, the first that of the data; all weights are 1."""
    layers = tuple(dense(f"h{number}", units) for number, units in enumerate(widths[1:], 1))
    network = NetworkSpec(layers, (InputSpec("x", (widths[0],)),))
    values = {each.name: np.ones(each.shape) for each in parameters(network)}
    loss = document_from_json({"format": "dlviz", "version": 1}).training.loss
    return differentiate(network, loss, values, np.ones((1, widths[0])), np.ones((1, widths[-1])))


def n_paths(widths: list[int]) -> int:
    return count_paths(constant_pass(widths), Weight("h1.W", (0, 0)))


@pytest.mark.example("EX-15", "count")
def test_paths_grow_as_a_product_of_widths(example: Example) -> None:
    width = example.inputs["width"]
    for place, power in (("two_pow_3", 3), ("two_pow_5", 5), ("two_pow_100", 100)):
        # The layer that the weight enters, so many hidden layers behind it, and one output.
        number = n_paths([2, *[width] * (power + 1), 1])
        assert isinstance(number, int) and number == example[place]
        example.check(place, number)
    example.check("two_pow_100_float", float(number))
    example.check("paths_in_3221_from_w1", n_paths([3, 2, 2, 1]))
    widths = [2, 2, 2, 2, 2, 1]
    example.check("paths_from_a_weight_into_layer_1_of_net_with_widths_2_2_2_2_2_1", n_paths([2, *widths]))


# The notes write w_ij from unit i to unit j, so its place in dlviz's matrix is (j, i).
PLACES = {
    "w2_11": Weight("o.W", (0, 0)), "w2_21": Weight("o.W", (0, 1)), "b21": Weight("o.b", (0,)),
    "w1_11": Weight("h.W", (0, 0)), "w1_21": Weight("h.W", (0, 1)), "b11": Weight("h.b", (0,)),
    "w1_12": Weight("h.W", (1, 0)), "w1_22": Weight("h.W", (1, 1)), "b12": Weight("h.b", (1,)),
}  # fmt: skip


def salary_network(example: Example, lr: float, w: float | None = None) -> dict[str, Any]:
    """Write the 2-2-1 linear network of the notes with constant weights; it learns row by row."""
    weight = example.parameters["w"] if w is None else w
    values = {"h.W": np.full((2, 2), weight), "h.b": np.zeros(2), "o.W": np.full((1, 2), weight), "o.b": [0]}
    rows = example.inputs["X"], np.array(example.inputs["y"])[:, None]
    return document([layer("h", 2, "linear"), layer("o", 1, "linear")], values, rows, SQUARED, lr, batch_size=1)


def placed(values: Mapping[str, np.ndarray]) -> dict[str, float]:
    return {name: float(values[place.name][place.entry]) for name, place in PLACES.items()}


def run_rows(data: dict[str, Any], steps: int) -> list[dict[str, Any]]:
    """Train for so many steps of one row each and tell each as the notes do."""
    read = document_from_json(data)
    trainer = Trainer(read, prepare(read.data, read.seed))
    return [told(trainer.record()) for _ in range(steps)]


def told(trace: Any) -> dict[str, Any]:
    last = len(trace.steps)
    x, y, h, a = (np.asarray(trace.value(name, last))[0] for name in ("x", "y", "h.z", "o.z"))
    gradients = {f"{node}.{short}": trace.value(f"{node}.d{short}", last) for node in "ho" for short in "Wb"}
    after = {name: trace.value(name, last) for name in gradients}
    return {
        "x": x.tolist(), "y": float(y[0]), "o11": float(h[0]), "o12": float(h[1]), "y_hat": float(a[0]),
        "loss": float(trace.value("loss", last)), "gradients": placed(gradients), "params_after": placed(after),
    }  # fmt: skip


def mean_losses(data: dict[str, Any], epochs: int) -> list[float]:
    """Return the mean loss of the rows in every epoch, each before its update."""
    read = document_from_json(data)
    trainer, rows = Trainer(read, prepare(read.data, read.seed)), len(data["data"]["inputs"])
    losses = np.zeros(epochs * rows)
    trainer.run(len(losses), losses)
    return losses.reshape(epochs, rows).mean(axis=1).tolist()


def typed(formula: str) -> str:
    """Write a formula as the notes were typed: −2(y − ŷ) · w²₁₁ · x₁ is -2(y-yhat) w2_11 x1."""
    plain = re.sub(r"w([¹²])(.)", r"w\1_\2", formula.replace(" · ", " ").replace(" − ", "-").replace("−", "-"))
    return plain.replace("ŷ", "yhat").translate(str.maketrans("¹²₁₂", "1212"))


@pytest.mark.example("EX-30", "document")
def test_nine_derivatives_of_the_salary_network(example: Example) -> None:
    given = example.parameters["learning_rate"]
    data = salary_network(example, given)
    network = document_from_json(data).network
    example.check("n_parameters", sum(each.size for each in parameters(network)))
    first = {"kind": "table", "inputs": [example.inputs["X"][0]], "targets": [[example.inputs["y"][0]]]}
    passed = taken_apart(data | {"data": first})
    lecture = Notation("source_target")
    texts = {name: typed(derive(passed, place, notation=lecture).symbols) for name, place in PLACES.items()}
    example.check("symbolic_gradients", texts)
    epoch = run_rows(data, 3)
    example.check("first_student", epoch[0])
    assert placed(passed.gradients) == pytest.approx(epoch[0]["gradients"])
    example.check("whole_first_epoch_lr_0_1", epoch)
    stable = salary_network(example, 1e-5)
    example.check("first_epoch_stable_lr_1e_5", run_rows(stable, 3))
    example.check("epoch_losses_lr_1e_5", mean_losses(stable, 3))
    example.check("diverges_at_lr_0_1", train(document_from_json(data), epochs=20).stopped_by == "divergence")


@pytest.mark.example("EX-31", "document")
def test_salaries_learnt_row_by_row(example: Example) -> None:
    slow = salary_network(example, 1e-3)
    epoch = run_rows(slow, 4)
    example.check("first_row", epoch[0])
    example.check("first_epoch_lr_0_001", epoch)
    example.check("epoch_mean_losses_lr_0_001", mean_losses(slow, 5))
    example.check("params_after_5_epochs", run_rows(slow, 20)[-1]["params_after"])
    example.check("first_epoch_lr_0_1_losses", [row["loss"] for row in run_rows(salary_network(example, 0.1), 4)])
    small = mean_losses(salary_network(example, 1e-3, w=0.1), 100)
    example.check("w0_0_1_lr_0_001_mean_loss_epochs_1_10_100", [small[0], small[9], small[99]])


@pytest.mark.example("EX-42", "document")
def test_one_step_of_a_small_sigmoid_network(example: Example, trace: TraceCommand) -> None:
    given = example.parameters
    values = {
        "h.W": [given["hidden_W"]["H1"], given["hidden_W"]["H2"]], "h.b": given["hidden_bias"],
        "o.W": [given["output_w"]], "o.b": [given["output_bias"]],
    }  # fmt: skip
    activation: Any = {"kind": "sigmoid", "slope": given["a"]}
    rows = [example.inputs["x"]], [[example.inputs["target"]]]
    layers = [layer("h", 2, activation), layer("o", 1, activation)]
    data = document(layers, values, rows, {"kind": "squared_error", "factor": 0.5}, given["eta"])
    found = trace(data)
    for place, name, unit in (
        ("v1", "h.z", 0), ("v2", "h.z", 1), ("y1", "h.a", 0), ("y2", "h.a", 1), ("vk", "o.z", 0), ("yk", "o.a", 0),
    ):  # fmt: skip
        example.check(place, written(found, name)[0, unit])
    # The notes' error and deltas are minus the gradients.
    example.check("e", -written(found, "o.da")[0, 0])
    example.check("energy", found["loss"])
    example.check("delta_k", -written(found, "o.dz")[0, 0])
    example.check("delta_hidden", -written(found, "h.dz")[0])
    for place, name, entry in (
        ("dw_k1", "o.W.step", (0, 0)), ("dw_k2", "o.W.step", (0, 1)), ("dw_k0", "o.b.step", (0,)),
    ):  # fmt: skip
        example.check(place, written(found, name)[entry])
    after = {name: np.array(each) for name, each in found["parameters_after"].items()}
    for place, name, entry in (("w_k1_new", "o.W", (0, 0)), ("w_k2_new", "o.W", (0, 1)), ("w_k0_new", "o.b", (0,))):
        example.check(place, after[name][entry])
    example.check("hidden_W_new", after["h.W"])
    example.check("hidden_bias_new", after["h.b"])
    example.check("energy_after", found["loss_after"])
    example.check("yk_after_update", trace(document(layers, after, rows, {"kind": "squared_error"}))["outputs"][0][0])
