"""Worked examples of dropout, batch normalisation and standardised inputs."""

from itertools import count
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from dlviz.core.evaluate import Evaluator
from dlviz.core.trace import Trace
from dlviz.data.scaling import fit_scaler
from dlviz.session.format.document import document_from_json
from dlviz.session.prepared import prepared_for
from dlviz.session.trainer import Trainer
from tests.golden.example import Example

Json = dict[str, Any]
Array = NDArray[np.float64]
SUM_OF_SQUARES = {"kind": "squared_error", "factor": 0.5, "reduction": "sum"}  # its gradient is a − y


def dense(key: str, units: int) -> Json:
    return {"id": key, "kind": "dense", "units": units, "bias": False}


def drop(key: str, rate: float) -> Json:
    return {"id": key, "kind": "dropout", "rate": rate}


def trainer(layers: list[Json], inputs: Any, targets: Any, **rest: Any) -> Trainer:
    """Return a trainer whose batches follow the rows as they are given."""
    training = {"loss": SUM_OF_SQUARES, "optimizer": {"kind": "sgd", "lr": 0}, "shuffle": False}
    training |= rest.pop("training", {"batch_size": len(inputs)})
    inputs, targets = np.asarray(inputs, dtype=float), np.asarray(targets, dtype=float)
    document = document_from_json({
        "format": "dlviz", "version": 1, "dtype": "float64", "training": training,
        "data": {"kind": "table", "inputs": inputs.tolist(), "targets": targets.tolist()},
        "network": {"inputs": [{"id": "x", "shape": [inputs.shape[1]]}], "layers": layers}, **rest,
    })  # fmt: skip
    return Trainer(document, prepared_for(document))


def value(trace: Trace, name: str) -> Array:
    """Return the last array of this name."""
    found = trace.value(name, len(trace.steps))
    assert found is not None, name
    return np.asarray(found, dtype=np.float64)


def weights_that_learn(*layers: Json) -> int:
    """Return how many weights get a gradient in a step that drops exactly a fifth of the units of each layer."""
    for seed in count():
        trace = trainer(list(layers), np.ones((1, 10)), np.full((1, 4), 9), seed=seed).record()
        masks = [value(trace, f"{each['id']}.mask") for each in layers if each["kind"] == "dropout"]
        if all(mask.sum() == 8 for mask in masks):
            return sum(np.count_nonzero(value(trace, name)) for name in ("h.dW", "o.dW"))
    raise AssertionError


@pytest.mark.example("EX-07", "document")
def test_units_left_out_take_their_weights_with_them(example: Example) -> None:
    d, units, k = example.inputs["architecture_candidate"]
    assert (d, units, k) == (10, 10, 4)
    rate = example.inputs["drop_fraction"]
    h, o, inputs, hidden = dense("h", units), dense("o", k), drop("d1", rate), drop("d2", rate)
    example.check("weights_10_10_4_no_bias", weights_that_learn(h, o))
    example.check("weights_after_dropping_20pct_inputs", weights_that_learn(inputs, h, o))
    both = "weights_after_a_second_drop_layer_behind_the_hidden_layer"
    example.check(both, weights_that_learn(inputs, h, hidden, o))
    example.check("weights_if_only_hidden_units_are_dropped", weights_that_learn(h, hidden, o))


@pytest.mark.example("EX-24", "document")
def test_running_statistics_follow_the_batches(example: Example) -> None:
    batches = np.array(example.inputs["batches"])
    layer = {
        "id": "n", "kind": "batch_norm", "affine": False,
        "momentum": example.parameters["beta"], "eps": example.parameters["eps"],
    }  # fmt: skip
    start = {
        "n.running_mean": [example.inputs["moving_mean0"]],
        "n.running_var": [example.inputs["moving_var0"]],
    }
    column = batches.reshape(-1, 1)
    run = trainer([layer], column, column, parameters=start, training={"batch_size": batches.shape[1]})
    rows = []
    for _ in batches:
        trace = run.record()
        names = ("n.mean", "n.var", "n.running_mean", "n.running_var")
        rows.append([value(trace, name).item() for name in names])
    example.leave("columns", "they name the four columns compared here")
    example.check("rows", rows)
    evaluator = Evaluator(run.document.network, dtype="float64")
    evaluator.use(run.memory.vectors["theta"])
    example.check("normalise_z_equals_3_at_inference", evaluator.outputs(np.array([[3.0]])).item())


@pytest.mark.example("EX-47", "document")
def test_batch_norm_forward_and_backward(example: Example) -> None:
    given, upstream = np.array(example.inputs["z"])[:, None], np.array(example.inputs["upstream"])[:, None]

    def walked(targets: Array, bias: float = 0.0, eps: float = example.parameters["eps"]) -> Trace:
        layers = [{**dense("h", 1), "bias": True}, {"id": "n", "kind": "batch_norm", "eps": eps}]
        starts = {name: [example.parameters[name]] for name in ("gamma", "beta")}
        held = {"h.W": [[1.0]], "h.b": [bias], **{f"n.{name}": start for name, start in starts.items()}}
        return trainer(layers, given, targets, parameters=held).record()

    out = value(walked(given), "n.a")
    trace = walked(out - upstream)
    assert_allclose(value(trace, "n.da"), upstream, rtol=1e-14)
    single = {"mean": "n.mean", "var": "n.var", "d_gamma": "n.dgamma", "d_beta": "n.dbeta"}
    for place, name in single.items():
        example.check(place, value(trace, name).item())
    for place, name in {"z_norm": "n.z_hat", "out": "n.a", "d_z": "h.da"}.items():
        example.check(place, value(trace, name)[:, 0], atol=1e-15)
    example.check("z_norm_eps0", value(walked(given, eps=0.0), "n.z_hat")[:, 0])
    biased = value(walked(given, bias=7.0), "n.a")
    example.check("out_after_adding_bias_7_unchanged", bool(np.allclose(biased, out, rtol=1e-14, atol=0)))


@pytest.mark.example("EX-61", "document")
def test_inverted_dropout(example: Example) -> None:
    a, keep = np.array(example.inputs["a"]), example.parameters["keep_prob"]
    layers = [drop("d", round(1 - keep, 12))]
    runs = (trainer(layers, a, a, seed=seed) for seed in count())
    run, trace = next(
        (run, trace)
        for run in runs
        if np.array_equal(value(trace := run.record(), "d.mask"), example.parameters["mask"])
    )
    out = value(trace, "d.a")
    example.check("out", out)
    kept = out[0, 0] / a[0, 0]
    example.check("scale", kept)
    example.check("increase_percent", 100 * (kept - 1))
    example.check("expected_value_of_scaled_unit", keep * kept * a)
    evaluator = Evaluator(run.document.network, dtype="float64")
    example.check("test_time_output", evaluator.outputs(a))
    example.check("sum_before", a.sum())
    example.check("sum_after", out.sum())
    # Var[m a / kp] = (E[m²]/kp² − 1) a², and m² = m.
    example.check("variance_factor", keep * kept**2 - 1)


@pytest.mark.example("EX-62", "data tool")
def test_standardised_inputs_are_better_conditioned(example: Example) -> None:
    rows = np.array(example.inputs["X"]).T
    scaler = fit_scaler("standard", rows)
    scaled = scaler.apply(rows)
    example.check("mean", scaler.centre[:, None])
    example.check("sigma", scaler.spread[:, None])
    example.check("normalised", scaled.T)
    for place, each in (("condition_number_raw", rows), ("condition_number_normalised", scaled)):
        example.check(place, np.linalg.cond(each.T @ each / len(each)))
