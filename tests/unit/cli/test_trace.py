"""`dlviz trace`: the documented example, what it prints and what it refuses; tests/golden has the worked examples."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Json = dict[str, Any]
DIGITS = 1e-10


def close(got: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.array(got, dtype=float), np.array(expected, dtype=float), rtol=DIGITS, atol=0)


def document(data: Json, layers: list[Json], parameters: Json, **training: Any) -> Json:
    plan = {"batch_size": 1, "epochs": 1, "shuffle": False, **training}
    return {
        "format": "dlviz", "version": 1, "dtype": "float64", "data": {"kind": "table", **data},
        "network": {"layers": layers}, "parameters": parameters, "training": plan,
    }  # fmt: skip


def layer(id: str, units: int, activation: str, **settings: Any) -> Json:
    return {"id": id, "kind": "dense", "units": units, "activation": activation, **settings}


def test_documented_example(example: str, call_json: Callable[..., Json]) -> None:
    found = call_json("trace", example, "--json")
    assert found["loss"] == pytest.approx(0.298371109, abs=5e-10)
    assert found["gradients"]["o.W"][0][0] == pytest.approx(0.082167041, abs=5e-10)
    assert found["parameters_after"]["o.W"][0][0] == pytest.approx(0.358916480, abs=5e-10)
    assert found["parameters_after"]["h.b"] == [0.35, 0.35]
    assert found["loss_after"] == pytest.approx(0.291027774, abs=5e-10)


def test_documented_example_with_free_biases(
    example_document_json: Json, write_json: Callable[[Json], str], call_json: Callable[..., Json]
) -> None:
    example_document_json["training"]["frozen"] = []
    found = call_json("trace", write_json(example_document_json), "--json")
    assert found["loss_after"] == pytest.approx(0.280471447, abs=5e-10)


def test_steps_are_described_in_order(example: str, call_json: Callable[..., Json]) -> None:
    steps = call_json("trace", example, "--json")["steps"]
    assert [step["index"] for step in steps] == list(range(len(steps)))
    assert list(dict.fromkeys(step["phase"] for step in steps)) == ["forward", "loss", "backward", "update"]
    assert all(set(step) <= {"index", "phase", "node", "op", "formula", "reads", "writes", "derived"} for step in steps)
    close(steps[0]["writes"]["h.z"], [[0.3775, 0.3925]])


def test_table_shows_every_formula(example: str, call: Callable[..., tuple[int, str, str]]) -> None:
    status, out, err = call("trace", example)
    assert (status, err) == (0, "")
    for words in ("z¹ = W¹x + b¹", "h.z = [[0.3775, 0.3925]]", "w ← w + Δw", "loss 0.2983711088"):
        assert words in out


def test_divergence_is_null_in_json(
    example_document_json: Json, write_json: Callable[[Json], str], call_json: Callable[..., Json]
) -> None:
    example_document_json["network"]["layers"][1]["activation"] = "linear"
    example_document_json["parameters"]["o.W"] = [[1e200, 1e200], [1e200, 1e200]]
    assert call_json("trace", write_json(example_document_json), "--json")["loss"] is None


@pytest.mark.parametrize(
    ("words", "status"), [(["--samples", "7"], 1), (["--samples", "7" * 23], 1), (["--samples", "x"], 2)]
)
def test_rows_that_are_not_there(words: list[str], status: int, example: str, call: Callable[..., Any]) -> None:
    if status == 2:
        with pytest.raises(SystemExit, match="2"):
            call("trace", example, *words)
        return
    got, out, err = call("trace", example, *words)
    assert (got, out) == (1, "")
    assert err == f"dlviz: Expected rows from 0 to 0. Received: {words[1]}.\n"


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ({"outputs": ["x"]}, "Expected outputs among the layers. Received: 'x'"),
        ({"inputs": [{"id": "x", "shape": [3]}]}, "network.inputs: Expected the shape of the data, [2]. Received: [3]"),
        ({"inputs": [{"id": "y", "shape": [2]}]}, "network.inputs: Expected an input node of another name"),
        (
            {"inputs": [{"id": "x", "shape": [2]}, {"id": "z", "shape": [2]}]},
            "network.inputs: Expected the shape of the data, [2]. Received: [2] and [2]",
        ),
    ],
)
def test_network_that_does_not_fit_its_data(
    network: Json, said: str, write_json: Callable[[Json], str], call: Callable[..., Any]
) -> None:
    written = document({"inputs": [[1, 2]], "targets": [[1.0]]}, [layer("o", 1, "linear")], {})
    written["network"] |= network
    status, out, err = call("trace", write_json(written))
    assert (status, out) == (1, "")
    assert err.startswith(f"dlviz: {said}")


def test_keys_without_a_meaning_are_reported_beside_the_result(
    example_document_json: Json, write_json: Callable[[Json], str], call: Callable[..., Any]
) -> None:
    example_document_json["training"]["lr"] = 1
    status, out, err = call("trace", write_json(example_document_json), "--json")
    assert (status, out[0]) == (0, "{")
    assert err == "Kept, but without a meaning here: training.lr.\n"


PERCEPTRON: Json = {
    "format": "dlviz", "version": 1,
    "data": {"kind": "table", "inputs": [[1, -1, -1], [1, 1, -1]], "targets": [0, 1]},
    "rule": {"kind": "perceptron", "lr": 1, "start": {"o.W": [[0.5, -1, -0.5]], "o.b": [0.5]}},
}  # fmt: skip
UNIT: Json = {
    "format": "dlviz", "version": 1,
    "formula": {"text": "u = w*x; v = u + b; a = relu(v)", "inputs": {"x": 3, "w": 2, "b": 1}, "by": ["w", "b"]},
}  # fmt: skip


def test_a_learning_rule_prints_its_steps(
    write_json: Callable[[Json], str], call: Callable[..., tuple[int, str, str]], call_json: Callable[..., Json]
) -> None:
    file = write_json(PERCEPTRON)
    status, out, _ = call("trace", file)
    assert status == 0
    for words in ("z = W x + b", "o.z = [[2.5]]", "ΔW = η e xᵀ", "o.W = [[−0.5, 0, 0.5]]"):
        assert words in out
    assert "loss" not in out.splitlines()[-1]
    printed = call_json("trace", file, "--samples", "1", "--json")
    assert (printed["rows"], printed["loss"], printed["lr"]) == ([1], None, 1.0)
    assert printed["parameters_after"] == {"o.W": [[0.5, -1.0, -0.5]], "o.b": [0.5]}  # v = 0.5: right already


def test_a_formula_prints_its_steps(
    write_json: Callable[[Json], str], call: Callable[..., tuple[int, str, str]], call_json: Callable[..., Json]
) -> None:
    file = write_json(UNIT)
    assert "∂a/∂w = ∂a/∂u · x" in call("trace", file)[1]
    printed = call_json("trace", file, "--json")
    assert printed["outputs"] == [[7.0]]
    assert printed["gradients"]["w"] == [3.0]
    assert call("trace", file, "--samples", "0")[0] == 1


def test_drawn_values_are_traced_forward_only(
    write_json: Callable[[Json], str], call: Callable[..., tuple[int, str, str]], call_json: Callable[..., Json]
) -> None:
    layers = [
        layer("h", 2, "sigmoid") | {"activation": {"kind": "stochastic", "temperature": 2}},
        layer("o", 1, "tanh"),
    ]
    path = write_json(document({"inputs": [[1, -2], [0, 1]], "targets": [[1], [0]]}, layers, {}, batch_size=2))
    found = call_json("trace", path, "--json")
    wrote = {name: np.array(value) for step in found["steps"] for name, value in step["writes"].items()}
    np.testing.assert_allclose(wrote["h.p"], 1 / (1 + np.exp(-wrote["h.z"] / 2)), rtol=1e-14)
    assert np.array_equal(wrote["h.a"], np.where(wrote["h.u"] < wrote["h.p"], 1, -1))
    assert {step["phase"] for step in found["steps"]} == {"forward", "loss"}
    assert (found["gradients"], found["loss_after"], found["lr"]) == ({}, None, None)
    assert found == call_json("trace", path, "--json"), "the same draws every time"
    status, out, _ = call("trace", path)
    assert status == 0
    sentence = "Back-propagation is not defined through sampling"
    assert sentence in " ".join(out.split())
    for command in ("train", "gradcheck"):
        status, out, error = call(command, path)
        assert (status, out) == (1, "")
        assert sentence in error


def test_what_is_not_defined_is_said(
    write_json: Callable[[Json], str], call: Callable[..., tuple[int, str, str]], call_json: Callable[..., Json]
) -> None:
    path = write_json({"format": "dlviz", "version": 1, "formula": {"text": "y = x*ln(x)", "inputs": {"x": 0}}})
    status, out, _ = call("trace", path)
    assert status == 0
    assert "y = [NaN]" in out
    assert "Not finite first in step 0: t1 = ln(x)" in out
    assert call_json("trace", path, "--json")["outputs"] == [[None]]
