"""The 200 random networks pass the gradient check: ratio at most 1e-6 per parameter, few entries left out."""

from typing import Any

import numpy as np
import pytest

from dlviz.core.gradcheck import GradCheckReport, gradcheck
from dlviz.session.format.document import document_from_json
from tests.golden.machine import one_hot
from tests.golden.test_random_networks import CASES


def check(case: dict[str, Any]) -> GradCheckReport:
    document = document_from_json(case["document"])
    inputs, targets = (np.array(case["document"]["data"][name], dtype=float) for name in ("inputs", "targets"))
    if document.training.loss.kind == "sparse_categorical_cross_entropy":
        targets = one_hot(targets, len(case["outputs"][0]))
    parameters = {name: each.array for name, each in document.parameters.items()}
    return gradcheck(document.network, document.training.loss, parameters, inputs, targets)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_backward_agrees_with_central_differences(number: int) -> None:
    report = check(CASES[number])
    assert report.passed
    assert report.rows[0].ratio <= 1e-6
    assert report.skipped <= 0.05
