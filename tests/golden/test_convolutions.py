"""Convolutions, pooling and embeddings against PyTorch's float64: one pass of each network, and 20 steps of one."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from dlviz.session import headless
from dlviz.session.format.document import document_from_json
from dlviz.session.prepared import prepared_for
from dlviz.session.trainer import Trainer

GOLDEN = json.loads(gzip.decompress(Path(__file__).with_name("convolutions.json.gz").read_bytes()))
ONE_PASS, TWENTY_STEPS = 1e-12, 1e-9  # of the largest entry of an array


def name_of(case: dict[str, Any]) -> str:
    first, *others = case["document"]["network"]["layers"]
    settings = [str(value) for name, value in first.items() if name not in ("id", "activation")]
    return "-".join([*settings, *(layer["kind"] for layer in others[:-1])])


def assert_close(actual: Any, expected: ArrayLike, tolerance: float, name: str) -> None:
    found, wanted = np.asarray(actual), np.asarray(expected)
    assert found.shape == wanted.shape, name
    assert np.abs(found - wanted).max() <= tolerance * np.abs(wanted).max(), name


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=name_of)
def test_one_pass_equals_pytorch(case: dict[str, Any]) -> None:
    report = headless.trace(document_from_json(case["document"]))
    assert report.loss == pytest.approx(case["loss"], rel=ONE_PASS)
    assert report.gradients.keys() == case["gradients"].keys()
    for name, expected in case["gradients"].items():
        assert_close(report.gradients[name], expected, ONE_PASS, name)
    for short, values in (("a", case["values"]), ("da", case["value_gradients"])):
        for node, expected in values.items():
            found = report.trace.value(f"{node}.{short}", len(report.trace.steps))
            assert_close(found, expected, ONE_PASS, f"{node}.{short}")


def test_twenty_steps_equal_pytorch() -> None:
    training = GOLDEN["training"]
    document = document_from_json(training["document"])
    trainer = Trainer(document, prepared_for(document))
    losses = np.zeros(len(training["losses"]))
    trainer.run(len(losses), losses)
    assert_close(losses, training["losses"], TWENTY_STEPS, "loss")
    for name, expected in training["parameters_after"].items():
        assert_close(trainer.memory.read()[name], expected, TWENTY_STEPS, name)
