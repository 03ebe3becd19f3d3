"""Worked examples that a student would write down as a document and trace."""

from typing import Any

import numpy as np
import pytest

from dlviz.core.explain import Weight, paths
from dlviz.core.inference import parameters, shapes
from dlviz.session.format.document import document_from_json
from tests.golden.documents import TraceCommand, document, layer, taken_apart, written
from tests.golden.example import Example

ENTROPY = {"kind": "binary_cross_entropy"}


def sizes(layers: list[dict[str, Any]], inputs: list[dict[str, Any]]) -> tuple[dict[str, int], dict[str, Any]]:
    """Return how many parameters every layer has, and the shape of every node."""
    network = document_from_json(
        {"format": "dlviz", "version": 1, "network": {"inputs": inputs, "layers": layers}}
    ).network
    found: dict[str, int] = {}
    for each in parameters(network):
        found[each.layer] = found.get(each.layer, 0) + each.size
    return found, shapes(network)


@pytest.mark.example("EX-20", "document")
def test_two_inputs_two_branches_and_a_concatenation(example: Example) -> None:
    inputs = [{"id": name, "shape": [width]} for name, width in example.inputs.items()]
    first, second = example.parameters["branch1"], example.parameters["branch2"]
    layers = [
        layer("h1", first[0], "relu", inputs=["inp1"]), layer("h2", first[1], "relu"),
        layer("h3", second[0], "relu", inputs=["inp2"]), layer("h4", second[1], "relu"),
        {"id": "c", "kind": "concatenate", "inputs": ["h2", "h4"]},
    ]  # fmt: skip
    found, known = sizes(layers, inputs)
    example.check("params", {f"hL{number}": found[f"h{number}"] for number in range(1, 5)})
    example.check("total", sum(found.values()))
    example.check("concat_width", known["c"][0])
    alone, _ = sizes(layers[:2], inputs[:1])
    example.check("sequential_case_4_30_40", sum(alone.values()))


@pytest.mark.example("EX-29", "document")
def test_outputs_of_every_layer_of_5_4_3_2_1(example: Example, trace: TraceCommand) -> None:
    # The notes write Wᵀx: their matrices are (inputs, units), those of a document (units, inputs).
    given = [(np.array(w), b) for w, b in zip(example.parameters["W"], example.parameters["b"], strict=True)]
    names = [f"h{number}" for number in range(1, 1 + len(given))]
    layers = [layer(name, len(b), "sigmoid") for name, (_, b) in zip(names, given, strict=True)]
    values = {f"{name}.W": w.T for name, (w, _) in zip(names, given, strict=True)}
    values |= {f"{name}.b": b for name, (_, b) in zip(names, given, strict=True)}
    found = trace(document(layers, values, ([example.inputs["x"]], [[0.0]]), {"kind": "squared_error"}))
    outputs = [written(found, f"{name}.a")[0] for name in names]
    for number, output in enumerate(outputs):
        np.testing.assert_allclose(output, example["layer_outputs"][number], rtol=1e-10)
    example.leave("layer_outputs", "compared layer by layer above: their widths differ")
    shapes_found = [np.shape(found["parameters_after"][f"{name}.W"]) for name in names]
    example.check("shapes_W_and_WT", [[list(shape[::-1]), list(shape)] for shape in shapes_found])


def slopes_through(k: int, activation: str) -> float:
    """Return the product of the slopes on the only path through k units, each where it is steepest."""
    # Every unit reads what the one before says at 0, and its bias takes that off again.
    at_zero = 0.5 if activation == "sigmoid" else 0.0
    names = [f"h{number}" for number in range(1, k + 1)]
    values: dict[str, Any] = {f"{name}.W": [[1.0]] for name in names} | {f"{name}.b": [-at_zero] for name in names}
    values["h1.b"] = [0.0]
    layers = [layer(name, 1, activation) for name in names]
    passed = taken_apart(document(layers, values, ([[0.0]], [[1.0]]), {"kind": "squared_error"}))
    (path,) = paths(passed, Weight("h1.b", (0,))).paths
    return float(np.prod([factor.value for factor in path.factors if factor.role == "slope"]))


@pytest.mark.example("EX-34", "document")
def test_steepest_sigmoids_still_let_gradients_vanish(example: Example) -> None:
    depths = [1, 2, 3, 5, 10, 20]
    example.check("k", depths)
    example.check("product", [slopes_through(k, "sigmoid") for k in depths])
    assert slopes_through(1, "sigmoid") == example.parameters["max_slope_sigmoid"]
    assert slopes_through(20, "tanh") == example.parameters["max_slope_tanh"]


@pytest.mark.example("EX-54", "document")
def test_logistic_regression_over_four_examples(example: Example, trace: TraceCommand) -> None:
    given = example.parameters
    x, y = (np.array(example.inputs[name]).T for name in ("X", "Y"))
    values = {"o.W": np.transpose(given["W"]), "o.b": [given["b"]]}
    found = trace(document([layer("o", 1, "sigmoid")], values, (x, y), ENTROPY, given["alpha"]))
    # The notes keep examples in columns and a weight for every row.
    example.check("Y_hat", np.transpose(found["outputs"]))
    example.check("J", found["loss"])
    example.check("dW", np.transpose(found["gradients"]["o.W"]))
    example.check("db", found["gradients"]["o.b"][0])
    example.check("W_new", np.transpose(found["parameters_after"]["o.W"]))
    example.check("b_new", found["parameters_after"]["o.b"][0])
    example.check("J_after", found["loss_after"])


def tanh_sigmoid_network(values: dict[str, Any]) -> dict[str, Any]:
    """Write the 2-3-1 network of EX-55 with these values and the data of that example."""
    data = Example("EX-55").inputs
    rows = np.transpose(data["X"]), np.transpose(data["Y"])
    return document([layer("h", 3, "tanh"), layer("o", 1, "sigmoid")], values, rows, ENTROPY)


@pytest.mark.example("EX-58", "document")
def test_equal_weights_keep_hidden_units_alike(example: Example, trace: TraceCommand) -> None:
    given = example.parameters

    def constant(w1: float, w2: float) -> dict[str, Any]:
        b = given["b"]
        return {"h.W": np.full((3, 2), w1), "h.b": [b] * 3, "o.W": np.full((1, 3), w2), "o.b": [b]}

    rows = np.array(trace(tanh_sigmoid_network(constant(given["W1"], given["W2"])))["gradients"]["h.W"])
    example.check("dW1_rows", rows)
    example.check("rows_identical", bool((rows == rows[0]).all()))
    zeros = trace(tanh_sigmoid_network(constant(0, 0)))["gradients"]
    example.check("dW1_if_all_zero", zeros["h.W"])
    assert not np.any(zeros["o.W"]) and np.any(zeros["o.b"])
    example.leave("note", "a remark; that only the output's bias learns is held above")


@pytest.mark.parametrize(("frozen", "loss_after"), [(["h.b", "o.b"], 0.291027774), ([], 0.280471447)])
def test_example_of_the_document_format(
    trace: TraceCommand, example_document_json: dict[str, Any], frozen: list[str], loss_after: float
) -> None:
    example_document_json["training"]["frozen"] = frozen
    found = trace(example_document_json)
    assert found["loss"] == pytest.approx(0.298371109, abs=5e-10)
    assert found["gradients"]["o.W"][0][0] == pytest.approx(0.082167041, abs=5e-10)
    assert found["parameters_after"]["o.W"][0][0] == pytest.approx(0.358916480, abs=5e-10)
    assert found["loss_after"] == pytest.approx(loss_after, abs=5e-10)
    is_moved = found["parameters_after"]["o.b"] != example_document_json["parameters"]["o.b"]
    assert is_moved == (not frozen)
