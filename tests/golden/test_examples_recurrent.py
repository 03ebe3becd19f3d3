"""Worked examples of recurrent networks, reproduced by documents."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from dlviz.core.execute import record
from dlviz.core.trace import Trace
from tests.golden.example import Example
from tests.golden.machine import bind

Json = dict[str, Any]


def traced(
    network: Json, parameters: Json, inputs: ArrayLike, targets: ArrayLike, **training: Any
) -> Callable[[str], NDArray[Any]]:
    """Return what one pass of a document with one row of data records, by name; the batch axis is left out."""
    document = {
        "format": "dlviz", "version": 1, "dtype": "float64", "network": network, "parameters": parameters,
        "data": {"kind": "table", "inputs": [np.ravel(inputs).tolist()], "targets": [np.ravel(targets).tolist()]},
        "training": {"loss": {"kind": "squared_error", "factor": 0.5, "reduction": "sum"}, **training},
    }  # fmt: skip
    binding = bind(document, "gradient")
    trace: Trace = record(binding)

    def value(name: str) -> NDArray[Any]:
        found = trace.value(name, len(trace.steps))
        assert found is not None
        return np.asarray(found[0] if binding.is_per_example(name) else found)

    return value


def scalar_rnn(example: Example, steps: int, last: bool = False, **settings: Any) -> Callable[[str], NDArray[Any]]:
    """Trace the first steps of EX-50; the output ŷ = w_y h is a recurrent layer without recurrence."""
    given = example.parameters
    passed = "last" if last else "sequence"
    hidden = {"id": "h", "kind": "simple_rnn", "activation": given["activation"], "bias": False, "return": passed}
    output: Json = {"id": "o", "kind": "simple_rnn", "activation": "linear", "bias": False, "return": passed}
    parameters = {"h.W": [[given["w_x"]]], "h.U": [[given["w_h"]]], "o.W": [[given["w_y"]]], "o.U": [[0.0]]}
    if last:
        output = {"id": "o", "kind": "dense", "bias": False}
        del parameters["o.U"]
    network = {"inputs": [{"id": "x", "shape": [steps, 1]}], "layers": [{**hidden, **settings}, output]}
    targets = example.inputs["y"][steps - 1 : steps] if last else example.inputs["y"][:steps]
    return traced(network, parameters, example.inputs["x"][:steps], targets)


def contributions(value: Callable[[str], NDArray[Any]], steps: int) -> list[float]:
    """Return what each of four time steps contributes to dL/dw_h; steps that are not there nothing."""
    return [value(f"h.t{t}.dU").item() if t <= steps else 0.0 for t in range(1, 5)]


@pytest.mark.example("EX-50", "document")
def test_back_propagation_through_time_term_by_term(example: Example) -> None:
    value = scalar_rnn(example, 4)
    example.check("h", [value(f"h.t{t}.h").item() for t in range(1, 5)])
    example.check("loss", value("loss").item())
    for place, name in (("dL_dwh", "h.dU"), ("dL_dwx", "h.dW"), ("dL_dwy", "o.dW")):
        example.check(place, value(name).item())
    # The loss of step t alone is that of a network that ends there.
    terms = [contributions(scalar_rnn(example, t, last=True), t) for t in range(1, 5)]
    example.check("terms_t_k", terms, atol=1e-15)
    np.testing.assert_allclose(contributions(value, 4), np.sum(terms, axis=0), rtol=0, atol=1e-15)
    window = scalar_rnn(example, 4, truncation="window", truncation_steps=2)
    example.check("tbptt_k2_dL_dwh", window("h.dU").item())
    example.check("linear_product_wh_pow_20", {str(w): lagged(w, 20) for w in (0.9, 1.1)})


def lagged(weight: float, steps: int) -> float:
    """Return how much of the last state's gradient is left so many steps before, in a linear layer."""
    layer = {"id": "h", "kind": "simple_rnn", "activation": "linear", "bias": False}
    network = {"inputs": [{"id": "x", "shape": [steps + 1, 1]}], "layers": [layer]}
    value = traced(network, {"h.W": [[1.0]], "h.U": [[weight]]}, np.ones(steps + 1), [0.0])
    return (value("h.t1.dh") / value(f"h.t{steps + 1}.dh")).item()


@pytest.mark.example("EX-51", "document")
def test_one_step_of_an_lstm(example: Example) -> None:
    gates = [example.parameters[gate] for gate in "ifgo"]
    parameters = {f"h.{name}": np.concatenate([gate[name] for gate in gates]).tolist() for name in "WUb"}
    parameters |= {"h.h0": example.inputs["h_prev"], "h.c0": example.inputs["c_prev"]}
    layer = {"id": "h", "kind": "lstm", "units": 2, "initial_state": "learned"}
    network = {"inputs": [{"id": "x", "shape": [1, 3]}], "layers": [layer]}
    value = traced(network, parameters, example.inputs["x"], [0.0, 0.0])
    for name in "figoch":
        example.check(name, value(f"h.t1.{name}"))
    printed = traced(network, parameters, example.inputs["x"], [0.0, 0.0], slip="lstm_without_input")
    example.check("c_as_printed_without_i_g", printed("h.t1.c"))
