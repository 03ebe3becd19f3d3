"""Errors as one line: place, message and hint."""

import pytest

from dlviz.core.activations import activations
from dlviz.core.errors import DlvizError, SpecError


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (DlvizError("Expected 2. Received: 3"), "Expected 2. Received: 3."),
        (DlvizError("Expected 2. Received: 3", "Add one.", "h"), "h: Expected 2. Received: 3. Add one."),
        (DlvizError("Is it 2?", "Add one."), "Is it 2? Add one."),
    ],
)
def test_an_error_is_read_as_sentences(error: DlvizError, line: str) -> None:
    assert str(error) == line


def test_a_key_of_any_length_is_refused_in_a_few_words() -> None:
    with pytest.raises(SpecError) as caught:
        activations.get("re" * 500_000)
    assert len(str(caught.value)) < 400
