"""Worked networks of the Learn menu: valid documents with the numbers of the course, and what is asked of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core.errors import SpecError
from dlviz.core.explain import differentiate_trace
from dlviz.session.derivatives import MOST, explain_derivatives
from dlviz.session.document import Document
from dlviz.session.edits.subject import set_query
from dlviz.session.explanation import DerivativesQuestion
from dlviz.session.format.document import check_document, document_from_json, document_to_json
from dlviz.session.network_presets import NETWORKS, batch_norm, image_column, matrix_products, one_bias, salaries
from dlviz.session.prepared import prepared_for
from dlviz.session.subject_presets import and_by_perceptron, nearest_row
from dlviz.session.trainer import Trainer

GOLDEN = Path(__file__).parents[2] / "golden" / "worked_examples.json"


def example(key: str) -> dict[str, Any]:
    examples = json.loads(GOLDEN.read_text(encoding="utf-8"))["examples"]
    return next(each for each in examples if each["id"] == key)


def passed(document: Document) -> Any:
    trainer = Trainer(document, prepared_for(document))
    losses = trainer.program.losses
    assert losses is not None
    return differentiate_trace(trainer.program.network, losses, trainer.record(), document.seed)


@pytest.mark.parametrize("make", [each.make for each in NETWORKS], ids=[each.key for each in NETWORKS])
def test_a_worked_network_is_valid_and_is_read_back(make: Callable[[], Document]) -> None:
    document = make()
    check_document(document)
    written = document_to_json(document, inline_arrays=True)
    assert document_to_json(document_from_json(written), inline_arrays=True) == written


def test_titles_and_keys_are_told_apart() -> None:
    assert len({each.key for each in NETWORKS}) == len({each.make().title for each in NETWORKS}) == len(NETWORKS)


def test_matrices_are_those_of_the_notes() -> None:
    given, document = example("EX-29"), matrix_products()
    for number, (weights, biases) in enumerate(zip(given["parameters"]["W"], given["parameters"]["b"], strict=True), 1):
        np.testing.assert_allclose(document.parameters[f"h{number}.W"].array.T, weights, rtol=0, atol=1e-15)
        np.testing.assert_array_equal(document.parameters[f"h{number}.b"].array, biases)


def test_the_loss_over_one_bias_is_the_parabola_of_the_notes() -> None:
    document = one_bias()
    rows = prepared_for(document).dataset
    for b in (-1.0, 0.5, 2.0, 5.0):
        assert np.mean((b - rows.targets) ** 2) == pytest.approx((b - 2) ** 2 + 1)


def test_targets_of_batch_norm_give_the_gradient_of_the_notes() -> None:
    np.testing.assert_allclose(passed(batch_norm()).deltas["n.da"][0], example("EX-47")["inputs"]["upstream"])


def test_every_derivative_of_a_small_network_is_written_and_of_a_large_one_none() -> None:
    found = explain_derivatives(passed(salaries()), DerivativesQuestion(), salaries().notation)
    assert [weight.name for weight, _ in found.written] == ["o.W"] * 2 + ["o.b"] + ["h.W"] * 4 + ["h.b"] * 2
    assert found.times is None, "one row has no loop"
    large = explain_derivatives(passed(image_column()), DerivativesQuestion("o"), image_column().notation)
    assert large.written == () and MOST < 3 * 12288


def test_times_of_a_batch_are_of_all_its_examples() -> None:
    found = explain_derivatives(passed(batch_norm()), DerivativesQuestion(), batch_norm().notation)
    assert found.times is not None and found.times.n == 4
    assert min(found.times.one_by_one, found.times.at_once) > 0


def test_a_point_is_asked_about_and_the_memory_stays() -> None:
    asked = set_query(nearest_row(), (2.5, 2.0))
    rows = prepared_for(asked).dataset
    assert rows.inputs.tolist() == [[2.5, 2.0]]
    assert asked.parameters["o.W"].array.tolist() == [[0, 0], [1, 1], [3, 3]]
    assert asked.parameters["o.labels"].array.tolist() == [0, 1, 1]


@pytest.mark.parametrize(("document", "point"), [(and_by_perceptron(), (0.5, 0.5)), (nearest_row(), (1.0,))])
def test_only_stored_rows_are_asked_and_with_all_inputs(document: Document, point: tuple[float, ...]) -> None:
    with pytest.raises(SpecError, match="Expected a point of 2 inputs for stored rows"):
        set_query(document, point)
