"""The noise floor is the loss of the very function that made the data, and rises with the noise."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.data.builtin import datasets
from dlviz.session.document import Document
from dlviz.session.edits import set_data_setting, set_role
from dlviz.session.noise_floor import noise_floor
from dlviz.session.presets import document_for


def with_loss(document: Document, **settings: object) -> Document:
    return replace(document, training=replace(document.training, loss=chosen("squared_error", **settings)))


@pytest.mark.parametrize("kind", ["line", "sine", "curve", "surface"])
@pytest.mark.parametrize("settings", [{}, {"factor": 0.5}])
def test_it_is_the_loss_of_the_function_itself(kind: str, settings: dict[str, float]) -> None:
    given = {"noise": 0.2, "samples": 20_000}
    noisy = datasets.get(kind).build(given)
    clean = datasets.get(kind).build({**given, "noise": 0.0})
    assert np.array_equal(noisy.inputs, clean.inputs)
    measured = settings.get("factor", 1.0) * float(np.mean((noisy.targets - clean.targets) ** 2))
    document = set_data_setting(document_for(kind), "noise", 0.2)
    assert noise_floor(with_loss(document, **settings)) == pytest.approx(measured, rel=0.03)


def test_it_rises_with_the_noise_and_counts_rows_where_the_loss_is_a_sum() -> None:
    document = document_for("sine")
    floors = [noise_floor(set_data_setting(document, "noise", noise)) for noise in (0.0, 0.1, 0.3)]
    assert floors == pytest.approx([0.0, 0.01, 0.09])
    summed = with_loss(document, reduction="sum")
    assert noise_floor(summed) == pytest.approx(0.01 * 56), "of 80 rows 56 train"


@pytest.mark.parametrize("kind", ["moons", "diabetes", "iq_salary"])
def test_where_the_noise_is_not_known_there_is_none(kind: str) -> None:
    assert noise_floor(document_for(kind)) is None


def test_for_another_target_there_is_none() -> None:
    surface = document_for("surface")
    assert noise_floor(surface) is not None
    assert noise_floor(set_role(surface, "x", "value")) is None
    huber = replace(surface, training=replace(surface.training, loss=chosen("huber")))
    assert noise_floor(huber) is None
