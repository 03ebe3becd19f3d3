"""Errors as one line: place, message and hint."""

import re
from pathlib import Path

import numpy as np
import pytest

import dlviz
from dlviz.core.activations import activations
from dlviz.core.errors import DlvizError, SpecError, as_list


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


def test_shapes_are_written_in_one_way_everywhere() -> None:
    """Every message that names a shape writes it as documents do; tuples look different for one axis and for two."""
    raw = re.compile(r"\{(\w+\.)+shape\}|(?<!as_)list\(\w*shape|\{tuple\(|=(\w+\.)+shape[,)]")
    root = Path(dlviz.__file__).parent
    found = [
        f"{path.relative_to(root)}: {line.strip()}"
        for path in sorted([*root.glob("core/**/*.py"), *root.glob("session/**/*.py"), *root.glob("data/**/*.py")])
        for line in path.read_text(encoding="utf-8").splitlines()
        if ("Expected" in line or "Received" in line) and raw.search(line)
    ]
    assert not found


@pytest.mark.parametrize(("shape", "written"), [((2,), "[2]"), ((3, 1), "[3, 1]"), (np.zeros((1, 2)).shape, "[1, 2]")])
def test_a_shape_is_written_as_in_documents(shape: tuple[int, ...], written: str) -> None:
    assert as_list(shape) == written
