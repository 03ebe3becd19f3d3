"""Metrics that a document chooses: read, written, measured and printed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.__main__ import main
from dlviz.core.choice import chosen
from dlviz.core.errors import DlvizError, SpecError
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec
from dlviz.session import headless
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.edits import set_training
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.measure import measure_step
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import first_document
from dlviz.session.trainer import Trainer

CHOSEN = ["auc", {"kind": "f1", "average": "macro"}, "confusion_matrix", "weight_norm", "update_ratio", "dead_units"]


def document(metrics: Any = CHOSEN, data: str = "circles") -> Document:
    layers = [{"id": "h", "units": 4, "activation": "relu"}, {"id": "o", "units": 1, "activation": "tanh"}]
    return document_from_json({
        "format": "dlviz", "version": 1, "data": {"kind": data, "split": {"test": 0.3}}, "network": {"layers": layers},
        "training": {"optimizer": {"kind": "sgd", "lr": 0.1}, "epochs": 2, "metrics": metrics},
    })  # fmt: skip


def test_metrics_are_written_as_they_were_read() -> None:
    written = document_to_json(document(), inline_arrays=True)
    assert written["training"]["metrics"] == CHOSEN
    assert document_from_json(written) == document()
    assert "metrics" not in document_to_json(first_document(), inline_arrays=True)["training"]


@pytest.mark.parametrize("metrics", [["f1", "f1"], ["f3"], [{"kind": "f1", "averages": 1}], "f1", [3]])
def test_unusable_metrics_are_refused(metrics: Any) -> None:
    with pytest.raises(DlvizError, match="Expected"):
        document(metrics)


def test_parts_are_measured_and_the_next_step_beside_the_training_rows() -> None:
    report = headless.train(document())
    assert report.train is not None
    assert report.test is not None
    assert list(report.train.metrics) == [
        "accuracy", "auc", "f1", "confusion_matrix", "dead_units", "weight_norm", "update_ratio"
    ]  # fmt: skip
    assert list(report.test.metrics) == ["accuracy", "auc", "f1", "confusion_matrix", "dead_units"]
    counts = report.test.metrics["confusion_matrix"]
    assert isinstance(counts, np.ndarray)
    assert counts.sum() == len(prepared_for(document()).test)
    assert np.trace(counts) / counts.sum() == pytest.approx(report.test.metrics["accuracy"])


def test_a_tried_step_is_taken_back() -> None:
    trainer = Trainer(document(), prepared_for(document()))
    trainer.run(3, np.zeros(3))
    before = trainer.state()
    found = measure_step(trainer, [chosen("update_norm", by="parameter"), chosen("gradient_norm", by="parameter")])
    np.testing.assert_array_equal(trainer.state().kept, before.kept)
    assert (trainer.step, trainer.batch) == (before.step, before.batch)
    updates, gradients = found["update_norm"], found["gradient_norm"]
    assert isinstance(updates, dict)
    assert isinstance(gradients, dict)
    assert updates.keys() == gradients.keys() == {"h.W", "h.b", "o.W", "o.b"}
    for name in updates:
        assert updates[name] == pytest.approx(0.1 * gradients[name], rel=1e-9)  # sgd


def test_classes_are_not_asked_of_values() -> None:
    with pytest.raises(SpecError, match="classes for auc"):
        headless.train(document(["auc"], "sine"))


def test_metrics_are_edited() -> None:
    edited = set_training(document(), metrics=["mae", chosen("f1", average="macro")])
    assert edited.training.metrics == (chosen("mae"), chosen("f1", average="macro"))
    with pytest.raises(SpecError, match="Expected"):
        set_training(edited, metrics=["mean"])


def test_command_reports_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "circles.json"
    path.write_text(json.dumps(document_to_json(document(), inline_arrays=True)))
    assert main(["train", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    names = {each if isinstance(each, str) else each["kind"] for each in CHOSEN}
    assert set(found["train"]) == {"loss", "accuracy", *names}
    assert main(["train", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "confusion_matrix (test): [[" in shown
    assert "weight_norm (train): h " in shown


def test_held_out_rows_of_one_class_are_scored_at_the_threshold_of_the_loss() -> None:
    """Hinge parts −1 from 1 at 0, also where the rows that are measured hold nothing but 1."""
    rows = Dataset("Signs", "regression", np.array([[0.2], [0.3], [0.4]]), np.ones((3, 1)), ("x",), ("y",))
    document = Document(
        data=DataSpec("table", dataset=rows), parameters={"o.W": handle([[1.0]]), "o.b": handle([0.0])},
        network=NetworkSpec((dense("o", 1, "linear"),), (InputSpec("x", (1,)),)),
        training=TrainingSpec(loss=chosen("hinge"), optimizer=chosen("sgd", lr=0.0)),
    )  # fmt: skip
    trained = headless.train(document, 1).train
    assert trained is not None
    assert trained.metrics["accuracy"] == 1
