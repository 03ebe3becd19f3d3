"""Hand-calculated examples, run as a student would run them: `dlviz trace FILE --format json`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from dlviz.__main__ import main

EXAMPLES = {
    example["id"]: example
    for example in json.loads(Path(__file__).with_name("worked_examples.json").read_text())["examples"]
}
DIGITS = 1e-10  # ten significant digits
TraceCommand = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture
def trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> TraceCommand:
    """Return a call that writes a document, traces its first batch and reads what was printed."""

    def run(document: dict[str, Any]) -> dict[str, Any]:
        path = tmp_path / "example.json"
        path.write_text(json.dumps(document))
        assert main(["trace", str(path), "--format", "json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def layer(name: str, units: int, activation: str, **settings: Any) -> dict[str, Any]:
    return {"id": name, "kind": "dense", "units": units, "activation": activation, **settings}


def document(
    layers: list[dict[str, Any]],
    parameters: dict[str, Any],
    inputs: ArrayLike,
    targets: ArrayLike,
    loss: dict[str, Any],
    lr: float = 0.1,
) -> dict[str, Any]:
    """Write a document whose whole table is one batch."""
    return {
        "format": "dlviz",
        "version": 1,
        "dtype": "float64",
        "data": {"kind": "table", "inputs": np.asarray(inputs).tolist(), "targets": np.asarray(targets).tolist()},
        "network": {"layers": layers},
        "parameters": parameters,
        "training": {
            "loss": loss,
            "optimizer": {"kind": "sgd", "lr": lr},
            "batch_size": len(np.asarray(inputs)),
            "epochs": 1,
            "shuffle": False,
        },
    }


def written(found: dict[str, Any], name: str) -> np.ndarray:
    """Return the last array of this name that any step of the trace wrote."""
    return np.array([step["writes"][name] for step in found["steps"] if name in step["writes"]][-1], dtype=float)


def assert_agrees(actual: ArrayLike, expected: ArrayLike, scale: float = 1.0) -> None:
    """Compare to ten significant digits, zero exactly."""
    np.testing.assert_allclose(np.ravel(actual), scale * np.ravel(expected), rtol=DIGITS, atol=0)


def bias_free_sigmoid_network() -> dict[str, Any]:
    given = EXAMPLES["EX-02"]["parameters"]
    w = given["w1_to_w12"]
    parameters = {"h1.W": [w[0:3], w[3:6]], "h2.W": [w[6:8], w[8:10]], "o.W": [w[10:12]]}
    sizes = (("h1", 2), ("h2", 2), ("o", 1))
    layers = [layer(name, units, "sigmoid", bias=False) for name, units in sizes]
    data = EXAMPLES["EX-02"]["inputs"]
    return document(
        layers, parameters, [data["x"]], [[data["y"]]], {"kind": "squared_error"}, lr=given["learning_rate"]
    )


def flat(values: dict[str, Any]) -> np.ndarray:
    return np.concatenate([np.ravel(values[f"{name}.W"]) for name in ("h1", "h2", "o")])


def test_twelve_weights_without_biases(trace: TraceCommand) -> None:
    found, expected = trace(bias_free_sigmoid_network()), EXAMPLES["EX-02"]["expected"]
    assert flat(found["gradients"]).size == expected["n_weights"]
    assert_agrees(written(found, "h1.a"), [expected["a11"], expected["a12"]])
    assert_agrees(written(found, "h2.a"), [expected["a21"], expected["a22"]])
    assert_agrees(found["outputs"], expected["a31"])
    assert_agrees(found["loss"], expected["loss"])
    assert_agrees(written(found, "o.da"), expected["dL_da31"])
    assert_agrees(flat(found["gradients"]), expected["grad_w1_to_w12"])
    assert_agrees(flat(found["parameters_after"]), expected["w_after_one_simultaneous_update"])
    assert_agrees(found["loss_after"], expected["loss_after"])


def test_the_same_weights_with_linear_units(trace: TraceCommand) -> None:
    linear = bias_free_sigmoid_network()
    for each in linear["network"]["layers"]:
        each["activation"] = "linear"
    assert_agrees(trace(linear)["outputs"], EXAMPLES["EX-02"]["expected"]["a31_with_linear_activations"])


def test_first_student_of_the_salary_table(trace: TraceCommand) -> None:
    expected = EXAMPLES["EX-30"]["expected"]["first_student"]
    found = trace(
        document(
            [layer("h", 2, "linear"), layer("o", 1, "linear")],
            {"h.W": [[1, 1], [1, 1]], "h.b": [0, 0], "o.W": [[1, 1]], "o.b": [0]},
            [expected["x"]],
            [[expected["y"]]],
            {"kind": "squared_error"},
            lr=EXAMPLES["EX-30"]["parameters"]["learning_rate"],
        )
    )
    assert_agrees(written(found, "h.a"), [expected["o11"], expected["o12"]])
    assert_agrees(found["outputs"], expected["y_hat"])
    assert_agrees(found["loss"], expected["loss"])
    for key, values in (("gradients", expected["gradients"]), ("parameters_after", expected["params_after"])):
        # The notes write w_ij from source i to unit j.
        rows = [[values["w1_11"], values["w1_21"]], [values["w1_12"], values["w1_22"]]]
        assert_agrees(found[key]["h.W"], rows)
        assert_agrees(found[key]["h.b"], [values["b11"], values["b12"]])
        assert_agrees(found[key]["o.W"], [values["w2_11"], values["w2_21"]])
        assert_agrees(found[key]["o.b"], values["b21"])


def test_one_step_of_a_small_sigmoid_network(trace: TraceCommand) -> None:
    given, expected = EXAMPLES["EX-42"]["parameters"], EXAMPLES["EX-42"]["expected"]
    found = trace(
        document(
            [layer("h", 2, "sigmoid"), layer("o", 1, "sigmoid")],
            {
                "h.W": [given["hidden_W"]["H1"], given["hidden_W"]["H2"]],
                "h.b": given["hidden_bias"],
                "o.W": [given["output_w"]],
                "o.b": [given["output_bias"]],
            },
            [EXAMPLES["EX-42"]["inputs"]["x"]],
            [[EXAMPLES["EX-42"]["inputs"]["target"]]],
            {"kind": "squared_error", "factor": 0.5},
            lr=given["eta"],
        )
    )
    assert_agrees(written(found, "h.z"), [expected["v1"], expected["v2"]])
    assert_agrees(written(found, "h.a"), [expected["y1"], expected["y2"]])
    assert_agrees(written(found, "o.z"), expected["vk"])
    assert_agrees(written(found, "o.a"), expected["yk"])
    assert_agrees(found["loss"], expected["energy"])
    # The notes' delta is minus the gradient with respect to the pre-activation.
    assert_agrees(written(found, "o.dz"), expected["delta_k"], scale=-1)
    assert_agrees(written(found, "h.dz"), expected["delta_hidden"], scale=-1)
    assert_agrees(written(found, "o.W.step"), [expected["dw_k1"], expected["dw_k2"]])
    assert_agrees(written(found, "o.b.step"), expected["dw_k0"])
    after = found["parameters_after"]
    assert_agrees(after["o.W"], [expected["w_k1_new"], expected["w_k2_new"]])
    assert_agrees(after["o.b"], expected["w_k0_new"])
    assert_agrees(after["h.W"], expected["hidden_W_new"])
    assert_agrees(after["h.b"], expected["hidden_bias_new"])
    assert_agrees(found["loss_after"], expected["energy_after"])


def test_three_examples_at_once(trace: TraceCommand) -> None:
    given, expected = EXAMPLES["EX-55"]["parameters"], EXAMPLES["EX-55"]["expected"]
    x, y = (np.array(EXAMPLES["EX-55"]["inputs"][name]).T for name in ("X", "Y"))
    found = trace(
        document(
            [layer("h", 3, "tanh"), layer("o", 1, "sigmoid")],
            {"h.W": given["W1"], "h.b": np.ravel(given["b1"]).tolist(), "o.W": given["W2"], "o.b": given["b2"][0]},
            x,
            y,
            {"kind": "binary_cross_entropy"},
        )
    )
    # The notes keep examples in columns and divide by their number only in dW and db.
    assert_agrees(written(found, "h.a").T, expected["A1"])
    assert_agrees(np.transpose(found["outputs"]), expected["A2"])
    assert_agrees(found["loss"], expected["J"])
    assert_agrees(len(x) * written(found, "o.da").T, expected["dA2"])
    assert_agrees(len(x) * written(found, "o.dz").T, expected["dZ2"])
    assert_agrees(len(x) * written(found, "h.dz").T, expected["dZ1"])
    for name, key in (("o.W", "dW2"), ("o.b", "db2"), ("h.W", "dW1"), ("h.b", "db1")):
        assert_agrees(found["gradients"][name], expected[key])


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
