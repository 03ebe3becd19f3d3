"""Sentences with a class as a bag of words, typed by the user: vocabulary and counts (curriculum DAT-11)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dlviz.core.errors import DataError
from dlviz.core.hyper import flag, text
from dlviz.data.dataset import Dataset
from dlviz.data.kind import DatasetKind, classified, datasets
from dlviz.data.words import bag_of_words, vocabulary
from dlviz.i18n import tr

Settings = Mapping[str, Any]

MAX_CHARACTERS = 4_000
BETWEEN, BEFORE_CLASS = "|", "="
#: The three sentences of curriculum EX-49 with the labels of its notes.
NOTES = "the sun is shining = 0 | the wind is cold and the sea is rough = 1 | cold wind and sun = 0"


@dataclass(frozen=True)
class Labelled:
    """Sentences, and the class of each."""

    sentences: tuple[str, ...]
    classes: tuple[str, ...]


def read_sentences(typed: str) -> Labelled:
    """Read `sentence = class | sentence = class …`, one a line or between |.

    Raises: DataError for a sentence without a class or without a word, and for fewer than two classes.
    """
    found = [part.strip() for part in typed.replace("\n", BETWEEN).split(BETWEEN) if part.strip()]
    pairs = [part.rpartition(BEFORE_CLASS) for part in found]
    for part, (sentence, sign, name) in zip(found, pairs, strict=True):
        if not (sign and sentence.strip() and name.strip()):
            raise DataError(tr("Expected sentences such as: the sun is shining = nice. Received: {part}", part=part))
    read = Labelled(tuple(each[0].strip() for each in pairs), tuple(each[2].strip() for each in pairs))
    vocabulary(read.sentences)
    if len(set(read.classes)) < 2:
        raise DataError(tr("Expected sentences of at least two classes. Received: {n}", n=len(set(read.classes))))
    return read


def sentences(settings: Settings, seed: int) -> Dataset:
    """Count the words of typed sentences: one row a sentence, one column a word of the vocabulary."""
    read = read_sentences(settings["text"])
    columns = vocabulary(read.sentences, settings["fold_case"])
    names = tuple(sorted(set(read.classes)))
    labels = np.array([names.index(name) for name in read.classes])
    counts = bag_of_words(read.sentences, columns, settings["fold_case"])
    found = classified(tr("Sentences"), counts, labels, names, tuple(columns))
    return replace(found, is_text=True, row_names=read.sentences)


datasets.add(
    DatasetKind(
        "sentences",
        "Sentences as bags of words",
        (
            text("text", NOTES, MAX_CHARACTERS, reads=read_sentences,
                 help="Sentences with their class: sentence = class | sentence = class"),
            flag("fold_case", True, "Count “The” and “the” as one word"),
        ),
        sentences,
        "binary",
        "curriculum EX-49; type your own",
        description="Sentences become counts of words: vocabulary and design matrix",
        modality="text",
    )
)  # fmt: skip
