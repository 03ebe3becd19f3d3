"""Declared settings: a line of text is limited by its length, a size is one number or two."""

import pytest

from dlviz.core.errors import SpecError
from dlviz.core.hyper import both, size, text

FORMULA = text("text", "z**2", longest=6)


@pytest.mark.parametrize("value", ["z", "z**2+1"])
def test_text_within_its_length_is_kept(value: str) -> None:
    assert FORMULA.check(value) == value


@pytest.mark.parametrize("value", ["", "z**2+z1", 3, None])
def test_text_outside_its_length_is_refused(value: object) -> None:
    with pytest.raises(SpecError, match="Expected text to be a text of at least 1 and at most 6 characters"):
        FORMULA.check(value)


KERNEL = size("kernel", 3, 9)


@pytest.mark.parametrize(("value", "sides"), [(1, (1, 1)), (9.0, (9, 9)), ([2, 3], (2, 3)), ((4, 4), (4, 4))])
def test_a_size_is_one_number_or_two(value: object, sides: tuple[int, int]) -> None:
    assert both(KERNEL.check(value)) == sides


def test_a_size_may_be_a_word() -> None:
    padding = size("padding", "valid", 9, 0, choices=("valid", "same"))
    assert padding.check("same") == "same"
    with pytest.raises(SpecError, match="height and width or valid or same, at least 0 and at most 9"):
        padding.check("full")


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "text=null."), (True, "text=true."), ("z" * 1_000_000, "text='zzz"), (["z"] * 100_000, "text=['z', 'z'")],
)
def test_what_was_received_is_shown_in_a_few_words(value: object, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        FORMULA.check(value)
    assert words in f"{caught.value}."
    assert len(str(caught.value)) < 200
