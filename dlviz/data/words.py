"""Text as numbers: the vocabulary of some sentences, and how often each word stands in each of them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.i18n import tr

APOSTROPHES = "'’"
ASCII_WORD = re.compile("[A-Za-z](?:[A-Za-z']*[A-Za-z])?")  # the same words, found much faster


def words(sentence: str, fold_case: bool = True) -> list[str]:
    """Return the words of a sentence in any script, without digits and punctuation; without case too if folded."""
    folded = sentence.casefold() if fold_case else sentence
    if folded.isascii():
        return ASCII_WORD.findall(folded)
    spaced = "".join(sign if _is_part(sign) else " " for sign in folded)
    return [word for word in (each.strip(APOSTROPHES) for each in spaced.split()) if word]


def _is_part(sign: str) -> bool:
    # Vowel signs of Indian scripts are marks, not letters; without them words would fall apart.
    return sign in APOSTROPHES or unicodedata.category(sign)[0] in "LM"


def vocabulary(sentences: Sequence[str], fold_case: bool = True) -> dict[str, int]:
    """Return every word with its column, in alphabetical order. Raises: DataError where there is no word."""
    found = sorted({word for sentence in sentences for word in words(sentence, fold_case)})
    if not found:
        raise DataError(tr("Expected sentences with words. Received: none"))
    return {word: column for column, word in enumerate(found)}


def bag_of_words(sentences: Sequence[str], columns: Mapping[str, int], fold_case: bool = True) -> NDArray[np.float64]:
    """Return the design matrix (n, words): how often each word of the vocabulary stands in each sentence.

    Words outside of the vocabulary are left out.
    """
    counts = np.zeros((len(sentences), len(columns)))
    for row, sentence in enumerate(sentences):
        for word in words(sentence, fold_case):
            if word in columns:
                counts[row, columns[word]] += 1
    return counts
