"""`dlviz train` and `dlviz gradcheck`."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dlviz.core import activations
from dlviz.session import headless, presets
from dlviz.session.edits import set_optimizer
from dlviz.session.files.project_file import read_document, read_project, write_project
from dlviz.session.runs import Runs

Json = dict[str, Any]
Call = Callable[..., tuple[int, str, str]]
KEYS = {"epochs", "steps", "seconds", "steps_per_second", "train", "validation", "test", "stopped_by"}


@pytest.fixture
def circles(tmp_path: Path) -> str:
    """Two circles with a test part, as a project file."""
    path = tmp_path / "circles.dlviz"
    write_project(path, presets.first_document())
    return str(path)


def test_one_epoch_of_the_example_is_its_one_update(example: str, call_json: Callable[..., Json]) -> None:
    found = call_json("train", example, "--json")
    assert set(found) == KEYS
    assert (found["epochs"], found["steps"], found["stopped_by"]) == (1, 1, "epochs")
    assert found["train"]["loss"] == pytest.approx(0.291027774, abs=5e-10)
    assert found["validation"] is found["test"] is None


def test_circles_are_learnt_and_validated(circles: str, call: Call) -> None:
    status, out, err = call("train", circles, "--json")
    found = json.loads(out)
    assert (status, found["epochs"]) == (0, 100)
    assert found["train"]["accuracy"] >= 0.98
    assert found["validation"]["accuracy"] >= 0.95
    assert "epoch 100" in err


def test_epochs_can_be_chosen(circles: str, call_json: Callable[..., Json]) -> None:
    found = call_json("train", circles, "--epochs", "3", "--json")
    assert found["epochs"] == 3
    assert found["steps"] == 3 * 18  # 175 of 250 points train, in batches of 10


def test_table_is_on_standard_output_and_progress_is_not(circles: str, call: Call) -> None:
    status, out, err = call("train", circles, "--epochs", "2")
    assert status == 0
    assert out.split()[0] == "epochs"
    assert "accuracy" in out
    assert "training" not in out
    assert "training" in err


def test_trained_document_goes_on_where_training_stopped(circles: str, tmp_path: Path, call: Call) -> None:
    out = tmp_path / "trained.json"
    report = headless.train(read_document(circles), 5)
    assert call("train", circles, "--epochs", "5", "--out", str(out))[0] == 0
    saved = headless.trace(read_document(out), rows=[0, 1, 2])
    assert saved.loss == headless.trace(report.document, rows=[0, 1, 2]).loss
    assert saved.loss < headless.trace(read_document(circles), rows=[0, 1, 2]).loss


def test_divergence_is_a_result_with_its_step(
    example_document_json: Json, write_json: Callable[[Json], str], call: Call
) -> None:
    layers = example_document_json["network"]["layers"]
    layers[0]["activation"] = layers[1]["activation"] = "linear"
    example_document_json["training"] |= {"optimizer": {"kind": "sgd", "lr": 1e6}, "epochs": 500}
    path = write_json(example_document_json)
    status, out, _ = call("train", path, "--json")
    found = json.loads(out)
    assert status == 0
    assert found["stopped_by"] == "divergence"
    assert 0 < found["diverged_at"] < 500
    assert found["steps"] == found["diverged_at"]
    last = headless.train(read_document(path))
    assert all(abs(each.array).max() < float("inf") for each in last.document.parameters.values())


def test_steps_before_a_divergence_are_those_of_a_shorter_run(
    example_document_json: Json, write_json: Callable[[Json], str]
) -> None:
    layers = example_document_json["network"]["layers"]
    layers[0]["activation"] = layers[1]["activation"] = "linear"
    example_document_json["training"] |= {"optimizer": {"kind": "sgd", "lr": 1e6}}
    document = read_document(write_json(example_document_json))
    stopped = headless.train(document, 500)
    assert headless.train(document, stopped.steps).document.parameters == stopped.document.parameters


def test_runs_that_the_result_will_not_have_are_told_before_the_training(
    circles: str, tmp_path: Path, call: Call
) -> None:
    runs = Runs(presets.first_document())
    runs.run.advance(20)
    runs.beside(set_optimizer(runs.run.document, "momentum"), "momentum", is_fresh=False)
    write_project(circles, runs.run.document, runs=runs.saved())
    out = tmp_path / "trained.dlviz"
    status, _, err = call("train", circles, "--epochs", "2", "--out", str(out))
    told = "circles.dlviz keeps 2 runs, which trained.dlviz will not have: the trained weights are where it begins."
    assert status == 0 and err.splitlines()[0] == told
    assert read_project(out).runs is None and len(read_project(circles).runs.runs) == 2  # type: ignore[union-attr]
    assert told not in call("train", circles, "--epochs", "2")[2]
    assert "runs" not in call("train", str(out), "--epochs", "2", "--out", str(tmp_path / "again.json"))[2]


def test_result_without_a_folder_is_refused_before_training(example: str, tmp_path: Path, call: Call) -> None:
    status, out, err = call("train", example, "--out", str(tmp_path / "none" / "net.json"))
    assert (status, out) == (1, "")
    assert err.startswith("dlviz: Expected the folder of net.json to exist.")
    assert "training" not in err


@pytest.mark.parametrize("words", [["--epochs", "0"], ["--epochs", "many"], ["--nonsense"]])
def test_wrong_usage_is_status_2(words: list[str], example: str, call: Call) -> None:
    with pytest.raises(SystemExit, match="2"):
        call("train", example, *words)


@pytest.mark.parametrize("word", ["train", "trace", "gradcheck"])
def test_missing_file_is_one_sentence(word: str, call: Call) -> None:
    status, out, err = call(word, "/nowhere/net.json")
    assert (status, out) == (1, "")
    assert err.startswith("dlviz: ")
    assert err.count("\n") == 1
    assert "net.json" in err


def test_mistyped_setting_is_refused(
    example_document_json: Json, write_json: Callable[[Json], str], call: Call
) -> None:
    example_document_json["training"]["optimizer"] = {"kind": "sgd", "learning_rate": 0.5}
    status, _, err = call("train", write_json(example_document_json))
    assert status == 1
    assert "learning_rate" in err
    assert "Traceback" not in err


def test_gradcheck_of_the_example_passes(example: str, call_json: Callable[..., Json]) -> None:
    found = call_json("gradcheck", example, "--json")
    ratios = [row["ratio"] for row in found["parameters"]]
    assert found["passed"] is True
    assert {row["parameter"] for row in found["parameters"]} == {"h.W", "h.b", "o.W", "o.b"}
    assert ratios == sorted(ratios, reverse=True)
    assert max(ratios) <= 1e-6
    worst = next(row["worst"] for row in found["parameters"] if row["parameter"] == "o.W")
    assert worst["analytic"] == pytest.approx(worst["numeric"], rel=1e-6)


def test_gradcheck_finds_a_broken_derivative(example: str, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    sigmoid, tanh = activations.activations.get("sigmoid"), activations.activations.get("tanh")
    broken = replace(sigmoid, backward=tanh.backward)
    monkeypatch.setitem(activations.activations._entries, "sigmoid", broken)
    status, out, err = call("gradcheck", example)
    assert (status, err) == (1, "")
    assert "FAILS" in out


def test_gradcheck_takes_the_distance_of_the_courses_and_says_a_verdict(example: str, call: Call) -> None:
    status, out, err = call("gradcheck", example, "--eps", "1e-7")
    assert (status, err) == (0, "")
    assert "ratio over all" in out
    assert "great" in out


def test_gradcheck_refuses_dropout_unless_a_mask_is_held(
    example_document_json: Json, write_json: Callable[[Json], str], call: Call
) -> None:
    layers = example_document_json["network"]["layers"]
    layers.insert(1, {"id": "d", "kind": "dropout", "rate": 0.25})
    path = write_json(example_document_json)
    status, _, err = call("gradcheck", path)
    assert status == 1
    assert "draws nothing while it is checked. Received: dropout" in err
    assert call("gradcheck", path, "--hold-masks")[0] == 0


def test_gradcheck_says_where_gradients_are_cut_on_purpose(
    example_document_json: Json, write_json: Callable[[Json], str], call: Call
) -> None:
    network = example_document_json["network"]
    network["inputs"] = [{"id": "x", "shape": [2, 1]}]
    network["layers"][0] = {
        "id": "h", "kind": "simple_rnn", "units": 2, "truncation": "block", "truncation_steps": 1
    }  # fmt: skip
    example_document_json |= {"parameters": {}}
    example_document_json["training"]["frozen"] = []
    status, _, err = call("gradcheck", write_json(example_document_json))
    assert status == 1
    assert err == "h: the way back through time is cut on purpose, so its gradients differ.\n"


def test_gradcheck_wants_inputs_of_the_shape_of_the_data(
    example_document_json: Json, write_json: Callable[[Json], str], call: Call
) -> None:
    example_document_json["network"]["inputs"] = [{"id": "x", "shape": [3]}]
    example_document_json |= {"parameters": {}}
    status, _, err = call("gradcheck", write_json(example_document_json))
    assert (status, err) == (1, "dlviz: network.inputs: Expected the shape of the data, [2]. Received: [3].\n")


def test_train_says_what_the_penalty_came_to(
    example_document_json: Json, write_json: Callable[[Json], str], call: Call, call_json: Callable[..., Json]
) -> None:
    assert "penalty" not in call_json("train", write_json(example_document_json), "--json")
    example_document_json["network"]["layers"][0]["regularizer"] = {"kind": "l2", "strength": 0.1}
    example_document_json["training"]["optimizer"] = {"kind": "sgd", "lr": 0.0}
    path = write_json(example_document_json)
    weights = example_document_json["parameters"]["h.W"]
    expected = 0.1 * sum(weight**2 for row in weights for weight in row)
    assert call_json("train", path, "--json")["penalty"] == pytest.approx(expected, rel=1e-12)
    assert "The weights' penalty is" in call("train", path)[1]


def test_settings_that_change_nothing_are_said(
    example_document_json: Json, write_json: Callable[[Json], str], call: Callable[..., tuple[int, str, str]]
) -> None:
    example_document_json["training"] |= {"optimizer": "rprop", "schedule": "cosine", "slip": "lstm_without_input"}
    status, _, error = call("train", write_json(example_document_json))
    assert status == 0
    assert "The schedule changes nothing: Rprop reads the learning rate at its start alone." in error
    assert "The LSTM's cell lets nothing in: it changes nothing in this network." in error


@pytest.mark.parametrize(
    ("loss", "units", "activation", "targets"),
    [
        ("binary_cross_entropy", 1, "sigmoid", [[0], [0], [0], [1]]),
        ("categorical_cross_entropy", 2, "softmax", [[1, 0], [1, 0], [1, 0], [0, 1]]),
        ("sparse_categorical_cross_entropy", 2, "softmax", [[0], [0], [0], [1]]),
    ],
)
def test_a_table_of_labels_is_scored_by_accuracy_without_naming_its_task(
    loss: str, units: int, activation: str, targets: list[list[int]],
    write_json: Callable[[Json], str], call_json: Callable[..., Json],
) -> None:  # fmt: skip
    layer = {"id": "o", "kind": "dense", "units": units, "activation": activation, "initializer": "zeros"}
    found = call_json("train", write_json({
        "format": "dlviz", "version": 1,
        "data": {"kind": "table", "inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": targets},
        "network": {"layers": [layer]},
        "training": {"loss": loss, "optimizer": {"kind": "sgd", "lr": 1.0}, "epochs": 400, "metrics": ["f1"]},
    }), "--json")  # fmt: skip
    assert found["train"]["accuracy"] == 1
    assert found["train"]["f1"] == 1
    assert "r2" not in found["train"]


def test_a_gradient_check_names_the_mistake_that_it_finds(
    example_document_json: Json, write_json: Callable[[Json], str], call: Callable[..., tuple[int, str, str]]
) -> None:
    example_document_json["training"]["slip"] = "missing_slope"
    status, out, error = call("gradcheck", write_json(example_document_json), "--json")
    found = json.loads(out)
    assert (status, found["passed"], found["slip"]) == (1, False, "missing_slope")
    assert "Wrong on purpose" in error
