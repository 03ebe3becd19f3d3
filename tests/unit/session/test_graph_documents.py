"""Documents with several inputs, several outputs and shared layers, through JSON and training."""

import numpy as np
import pytest

from dlviz.core.errors import DlvizError, SpecError
from dlviz.session import headless
from dlviz.session.edits.network import remove_layer, rename_layer, set_layer_setting
from dlviz.session.edits.training import set_loss, set_training
from dlviz.session.format.document import document_from_json, document_to_json

ROWS = [[0.1, -0.4, 0.7, 0.2], [0.5, 0.3, -0.2, -0.9], [-0.8, 0.6, 0.4, 0.1]]
GRAPH = {
    "format": "dlviz",
    "version": 1,
    "dtype": "float64",
    "data": {"kind": "table", "inputs": ROWS, "targets": [[1, 0.2, 0.3], [0, 0.5, -0.1], [1, -0.7, 0.4]]},
    "network": {
        "inputs": [{"id": "a", "shape": [2]}, {"id": "b", "shape": [2]}],
        "layers": [
            {"id": "h", "units": 3, "activation": "tanh", "inputs": ["a"]},
            {"id": "again", "shares": "h", "inputs": ["b"]},
            {"id": "both", "kind": "concatenate", "inputs": ["h", "again"]},
            {"id": "p", "units": 1, "activation": "sigmoid"},
            {"id": "q", "units": 2, "inputs": ["both"]},
        ],
        "outputs": ["p", "q"],
    },
    "training": {
        "losses": {"p": {"kind": "binary_cross_entropy", "weight": 0.5}, "q": "squared_error"},
        "optimizer": {"kind": "sgd", "lr": 0.1},
        "batch_size": 3,
        "shuffle": False,
    },
}


def test_a_graph_comes_back_from_json_as_it_was() -> None:
    document = document_from_json(GRAPH)
    again = document_from_json(document_to_json(document, inline_arrays=True))
    assert (again.network, again.training) == (document.network, document.training)
    assert again.training.losses["p"].weight == 0.5
    assert [layer.shares for layer in again.network.layers] == ["", "h", "", "", ""]


def test_the_loss_of_a_graph_is_the_weighted_sum_of_its_outputs() -> None:
    report = headless.trace(document_from_json(GRAPH))
    steps = len(report.trace.steps)
    p, q, y = (np.asarray(report.trace.value(name, steps)) for name in ("p.a", "q.a", "y"))
    entropy = -np.mean(y[:, 0] * np.log(p[:, 0]) + (1 - y[:, 0]) * np.log(1 - p[:, 0]))
    squared = np.mean(np.sum((q - y[:, 1:]) ** 2, axis=1))
    assert report.loss == pytest.approx(0.5 * entropy + squared, rel=1e-13)
    assert report.trace.loss_after < report.loss


def test_a_graph_learns_and_is_measured_by_its_loss() -> None:
    document = document_from_json(GRAPH)
    report = headless.train(document, epochs=300)
    assert report.train is not None
    assert report.train.loss < 0.1 * headless.trace(document).loss


def test_outputs_must_take_all_target_columns() -> None:
    layers = [*GRAPH["network"]["layers"][:-1], {"id": "q", "units": 1, "inputs": ["both"]}]  # type: ignore[index]
    document = document_from_json({**GRAPH, "network": {**GRAPH["network"], "layers": layers}})  # type: ignore[dict-item]
    with pytest.raises(SpecError, match="3 output units, one a target. Received: 2"):
        headless.train(document, epochs=1)


def test_losses_without_their_output_are_refused() -> None:
    training = {**GRAPH["training"], "losses": {"p": "squared_error"}}  # type: ignore[dict-item]
    with pytest.raises(SpecError, match="one loss for each output: p, q"):
        document_from_json({**GRAPH, "training": training})


@pytest.mark.parametrize("weight", [-1, True, "much"])
def test_a_weight_that_is_no_positive_number_is_refused(weight: object) -> None:
    losses = {"p": {"kind": "squared_error", "weight": weight}, "q": "squared_error"}
    with pytest.raises(SpecError, match="weight to be a number at least 0"):
        document_from_json({**GRAPH, "training": {**GRAPH["training"], "losses": losses}})  # type: ignore[dict-item]


def test_a_second_use_takes_no_settings_of_its_own() -> None:
    layers = [GRAPH["network"]["layers"][0], {"id": "again", "shares": "h", "units": 4}]  # type: ignore[index]
    with pytest.raises(DlvizError, match="no settings"):
        document_from_json({**GRAPH, "network": {"layers": layers}})


def test_edits_keep_sharing_together() -> None:
    document = document_from_json(GRAPH)
    wider = set_layer_setting(document, "again", "units", 5)
    assert [layer.settings.get("units") for layer in wider.network.layers[:2]] == [5, 5]
    renamed = rename_layer(document, "h", "first")
    assert renamed.network.layers[1].shares == "first"
    alone = remove_layer(document, "h")
    assert [(layer.id, layer.shares, layer.kind) for layer in alone.network.layers[:1]] == [("again", "", "dense")]


def test_one_loss_for_all_replaces_those_of_the_outputs() -> None:
    document = set_loss(document_from_json(GRAPH), "squared_error")
    assert not document.training.losses
    both = set_training(document, losses={"p": "squared_error", "q": "squared_error"})
    assert set(both.training.losses) == {"p", "q"}
