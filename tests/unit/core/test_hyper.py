"""Declared settings: a line of text is limited by its length."""

import pytest

from dlviz.core.errors import SpecError
from dlviz.core.hyper import text

FORMULA = text("text", "z**2", longest=6)


@pytest.mark.parametrize("value", ["z", "z**2+1"])
def test_text_within_its_length_is_kept(value: str) -> None:
    assert FORMULA.check(value) == value


@pytest.mark.parametrize("value", ["", "z**2+z1", 3, None])
def test_text_outside_its_length_is_refused(value: object) -> None:
    with pytest.raises(SpecError, match="Expected text to be a text of at least 1 and at most 6 characters"):
        FORMULA.check(value)
