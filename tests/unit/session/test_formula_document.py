"""Documents with a typed activation: read, written back, refused when opened."""

from typing import Any

import pytest

from dlviz.core.errors import SpecError
from dlviz.session.format.document import document_from_json, document_to_json

Json = dict[str, Any]


def with_text(document: Json, text: Any) -> Json:
    document["network"]["layers"][0]["activation"] = {"kind": "formula", "text": text}
    return document


def test_a_typed_activation_survives_saving(example_document_json: Json) -> None:
    given = with_text(example_document_json, "z·exp(−z²)")
    written = document_to_json(document_from_json(given), inline_arrays=True)
    assert written["network"]["layers"][0]["activation"] == {"kind": "formula", "text": "z·exp(−z²)"}
    assert document_from_json(written).network == document_from_json(given).network


@pytest.mark.parametrize("text", ["q + 1", "__import__('os')", "z +", "9" * 600, None, 3, ["z"]])
def test_bad_text_is_refused_when_a_document_is_opened(example_document_json: Json, text: Any) -> None:
    with pytest.raises(SpecError, match="text") as caught:
        document_from_json(with_text(example_document_json, text))
    assert caught.value.place == "h"
