"""Sentences as counts of words."""

import pytest

from dlviz.core.errors import DataError
from dlviz.data.words import bag_of_words, vocabulary, words


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The sun, THE sea!", ["the", "sun", "the", "sea"]),
        ("It's 'three' o'clock, 3", ["it's", "three", "o'clock"]),
        ("Größe über alles", ["grösse", "über", "alles"]),
        ("सूरज ठंडा है", ["सूरज", "ठंडा", "है"]),
    ],
)
def test_words_are_letters_without_case(sentence: str, expected: list[str]) -> None:
    assert words(sentence) == expected


def test_words_that_are_not_in_the_vocabulary_are_left_out() -> None:
    columns = vocabulary(["a cold sea"])
    assert bag_of_words(["a warm cold cold day"], columns).tolist() == [[1, 2, 0]]


def test_text_without_words_is_refused() -> None:
    with pytest.raises(DataError, match="sentences with words"):
        vocabulary(["", "123"])
