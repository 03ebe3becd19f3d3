"""Worked examples of learning rules: one unit, one row and one change at a time."""

from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.rules import Learner
from dlviz.core.rules.threshold import equivalent_bias, firing_probability, mean_output
from dlviz.core.trace import Trace
from tests.golden.example import Example


def value(trace: Trace, name: str) -> np.ndarray:
    found = trace.value(name, len(trace.steps))
    assert found is not None
    return np.asarray(found)


@pytest.mark.example("EX-36", "rule")
def test_stochastic_unit_fires_with_its_temperature(example: Example) -> None:
    sums = np.array(example.inputs["v"])
    for temperature in example.parameters["T"]:
        unit = chosen("stochastic", temperature=temperature, bias=False)
        learner = Learner(unit, sums[:, None], start={"o.W": [[1.0]]})
        probabilities = [value(learner.record(row), "o.p").item() for row in range(len(sums))]
        example.check(f"T={temperature}", probabilities)
    example.check("T->0", firing_probability(sums, 0))
    example.check("mean_output_at_T=1 (=tanh(v/2T))", mean_output(sums, 1))


@pytest.mark.example("EX-37", "rule")
def test_threshold_unit_computes_and(example: Example) -> None:
    def answers(threshold: float) -> tuple[list[float], list[float]]:
        unit = chosen("mcculloch_pitts", threshold=threshold)
        learner = Learner(unit, example.inputs["X"], start={"o.W": [example.parameters["w"]]})
        traces = [learner.record() for _ in example.inputs["X"]]
        return [value(each, "o.z").item() for each in traces], [value(each, "o.a").item() for each in traces]

    sums, fired = answers(example.parameters["threshold"])
    example.check("v", sums)
    example.check("y", fired)
    example.check("equivalent_bias", equivalent_bias(example.parameters["threshold"]))
    assert answers(1.001)[1] == answers(2)[1] != answers(1)[1]
    assert answers(2.001)[1] != fired
    example.leave("any_threshold_in", "a remark in words; both ends of the interval are tried above")


@pytest.mark.example("EX-38", "rule")
def test_one_step_of_the_delta_rule(example: Example) -> None:
    rule = chosen("delta", lr=example.parameters["eta"], bias=False)
    start = {"o.W": [example.parameters["w"]]}
    trace = Learner(rule, [example.inputs["x"]], [example.inputs["target"]], start=start).record()
    for place, name in (("y", "o.z"), ("e", "o.e"), ("energy", "loss")):
        example.check(place, value(trace, name).item())
    for place, name in (("gradient", "o.dW"), ("dw", "o.W.step"), ("w_new", "o.W")):
        example.check(place, value(trace, name)[0])
    example.check("energy_after", trace.loss_after)


@pytest.mark.example("EX-39", "rule")
def test_the_winner_moves_to_the_row(example: Example) -> None:
    rule = chosen("competitive", compare="dot", lr=example.parameters["eta"])
    trace = Learner(rule, [example.inputs["x"]], start={"o.W": example.parameters["W"]}).record()
    example.check("v", value(trace, "o.z")[0])
    example.check("winner", value(trace, "o.winner").item())
    example.check("W_new", value(trace, "o.W"))


@pytest.mark.example("EX-40", "rule")
def test_the_nearest_stored_row_gives_the_label(example: Example) -> None:
    memory = {"o.W": example.inputs["X"], "o.labels": example.inputs["labels"]}
    trace = Learner(chosen("nearest_neighbour"), [example.inputs["query"]], start=memory).record()
    example.check("distances", value(trace, "o.z")[0])
    example.check("nearest", value(trace, "o.nearest").item())
    example.check("predicted", value(trace, "o.a").item())


def perceptron_log(example: Example, rows: list[list[float]], epochs: int) -> list[dict[str, Any]]:
    """Return one line of the log for every presentation."""
    p = example.parameters
    start = {"o.W": [p["w0"]], "o.b": [p["b0"]]}
    learner = Learner(chosen("perceptron", lr=p["eta"]), rows, example.inputs["d"], start=start)
    traces = [learner.record() for _ in range(epochs * len(rows))]
    single = {"v": "o.z", "y": "o.a", "d": "y", "e": "o.e", "b": "o.b"}
    return [
        {"epoch": each.epoch + 1, "sample": int(each.rows[0]) + 1}
        | {place: value(each, name).item() for place, name in single.items()}
        | {"w": value(each, "o.W")[0]}
        for each in traces
    ]


@pytest.mark.example("EX-41", "rule")
def test_perceptron_converges_in_three_epochs(example: Example) -> None:
    x1, x2 = example.inputs["x1"], example.inputs["x2"]
    log = perceptron_log(example, [x1, x2], 3)
    example.check("log", log)
    example.check("final_w", log[-1]["w"])
    example.check("final_b", log[-1]["b"])
    wrong = {line["epoch"] for line in log if line["e"] != 0}
    example.check("epochs_until_no_error", max(wrong) + 1)
    example.check("log_if_x2_is_1_1_1", perceptron_log(example, [x1, [1, 1, 1]], 2))
