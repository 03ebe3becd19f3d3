"""Documents to start from are valid, fit their data and hold the course's numbers."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.errors import SpecError
from dlviz.core.inference import shapes
from dlviz.core.losses import losses
from dlviz.core.network import output_id
from dlviz.data.builtin import datasets
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import load_dataset
from dlviz.data.spec import DataSpec
from dlviz.session.format.document import check_document, document_from_json, document_to_json
from dlviz.session.headless import train
from dlviz.session.presets import (
    document_for,
    document_for_dataset,
    empty_document,
    example_document,
    first_document,
    step_document,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "worked_examples.json"
OUTPUTS = {"squared_error": {"linear", "tanh"}, "binary_cross_entropy": {"sigmoid"}}


@pytest.mark.parametrize("kind", datasets.keys())
def test_a_preset_fits_its_data_and_its_loss(kind: str) -> None:
    document = document_for(kind)
    check_document(document)
    rows = load_dataset(document.data)
    known = shapes(document.network)
    assert math.prod(known["x"]) == rows.d
    assert known[output_id(document.network)] == (rows.n_outputs,)
    activation = document.network.layers[-1].settings["activation"].kind
    assert document.training.loss.kind in losses
    assert activation in OUTPUTS.get(document.training.loss.kind, {"softmax"})
    assert 1 <= document.training.batch_size <= rows.n
    assert document.dtype == ("float64" if rows.d < 500 else "auto")


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("kind", "epochs", "enough"),
    [("circles", 150, 0.99), ("xor", 300, 1.0), ("moons", 200, 0.99), ("spiral", 250, 0.97), ("blobs", 40, 0.99),
     ("iris", 60, 0.95), ("sine", 200, 0.95), ("line", 100, 0.9), ("iq_salary", 300, 0.99),
     ("cgpa_salary", 300, 0.99), ("parity", 300, 0.99), ("checkerboard", 300, 0.9), ("above_below", 100, 0.97),
     ("curve", 150, 0.9), ("surface", 150, 0.95), ("weather", 60, 0.9), ("echo", 60, 0.95), ("sentences", 60, 1.0),
     ("car_prices", 200, 0.85)],
)  # fmt: skip
def test_a_preset_learns_its_data_soon(kind: str, epochs: int, enough: float, seed: int) -> None:
    trained = train(replace(document_for(kind), seed=seed), epochs).train
    assert trained is not None
    assert next(iter(trained.metrics.values())) >= enough


def test_digits_are_read_after_a_few_epochs() -> None:
    held_out = train(document_for("digits"), 15).validation
    assert held_out is not None
    assert held_out.metrics["accuracy"] >= 0.95


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(SpecError, match="circles"):
        document_for("circle")


def test_the_first_document_is_two_circles_and_a_small_network() -> None:
    document = first_document()
    assert [layer.settings["units"] for layer in document.network.layers] == [4, 3, 1]
    assert load_dataset(document.data).n == 250
    assert document.data.split.validation == 0.3


def test_the_empty_document_has_data_and_no_layers() -> None:
    assert empty_document().network.layers == ()
    assert load_dataset(empty_document().data).d == 2


def test_the_example_is_that_of_the_format(example_document_json: dict[str, Any]) -> None:
    read = document_to_json(document_from_json(example_document_json), inline_arrays=True)
    ours = document_to_json(example_document(), inline_arrays=True)
    assert ours == read


def forward(document: Any, x: Any) -> Any:
    """The textbook's own words: a = σ(W a + b), layer by layer."""
    a = np.asarray(x)
    for layer in document.network.layers:
        w, b = (document.parameters[f"{layer.id}.{role}"].array for role in "Wb")
        a = 1 / (1 + np.exp(-(w @ a + b)))
    return a


def test_the_step_document_is_that_of_the_course() -> None:
    examples = json.loads(GOLDEN.read_text(encoding="utf-8"))["examples"]
    course = next(each for each in examples if each["id"] == "EX-42")
    rows = load_dataset(step_document().data)
    assert rows.inputs.tolist() == [course["inputs"]["x"]]
    assert rows.targets.tolist() == [[course["inputs"]["target"]]]
    assert forward(step_document(), rows.inputs[0])[0] == pytest.approx(course["expected"]["yk"], abs=1e-12)
    assert step_document().training.optimizer.settings["lr"] == course["parameters"]["eta"]


def test_rows_of_ones_own_get_a_document_that_fits() -> None:
    rows = Dataset("Mine", "binary", np.ones((3, 2)), np.array([0, 1, 0]), ("a", "b"), ("c",), ("no", "yes"))
    document = document_for_dataset(DataSpec("table", dataset=rows), rows)
    check_document(document)
    assert document.title == "Mine"
    assert document.training.batch_size == 1
