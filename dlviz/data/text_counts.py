"""Bags of words of a column of sentences: its vocabulary, and the counts of each row. Reader process only."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dlviz.data.columns import Plan
from dlviz.data.duck import CELLS, Duck
from dlviz.data.limits import IN_MEMORY_BYTES, WORDS
from dlviz.data.table import STORED, ReadChoices
from dlviz.data.transport import block_name
from dlviz.data.words import words
from dlviz.i18n import tr, trn

ROWS_AT_ONCE = 10_000
NAMED_ROWS = 20_000  # sets of more rows keep no sentences
NAME_LENGTH = 200
MOST = np.iinfo(STORED["text"]).max


@dataclass(frozen=True)
class Words:
    """The vocabulary, sorted; the sentences themselves, where they are few; what was left out."""

    vocabulary: list[str]
    sentences: list[str]
    notes: list[str]


def count_words(folder: Path, duck: Duck, plan: Plan, n_rows: int, choices: ReadChoices) -> Words | None:
    """Write the counts (n_rows, words) of a column into the folder; None where there is no word."""
    fold_case = choices.fold_case is not False
    total: Counter[str] = Counter()
    for cell in _cells(duck, plan):
        total.update(words(cell, fold_case))
    if not total:
        return None
    most = max(min(WORDS, IN_MEMORY_BYTES // (STORED["text"].itemsize * n_rows)), 1)
    frequent = sorted(total, key=lambda word: (-total[word], word))[:most]
    columns = {word: index for index, word in enumerate(sorted(frequent))}
    _write(folder, duck, plan, columns, fold_case)
    notes = [tr("{name}: words are counted without regard to capital letters.", name=plan.name)] if fold_case else []
    if len(total) > most:
        template = tr("{name}: of {n} words the {most} most frequent are counted.")
        notes.append(template.format(name=plan.name, n=len(total), most=most))
    if (missing := n_rows - plan.present) > 0:
        one = "{name}: 1 missing text has no words."
        notes.append(trn(one, "{name}: {n} missing texts have no words.", missing, name=plan.name))
    sentences = [cell[:NAME_LENGTH] for cell in _cells(duck, plan)] if n_rows <= NAMED_ROWS else []
    return Words(list(columns), sentences, notes)


def _cells(duck: Duck, plan: Plan) -> Iterator[str]:
    """Yield all cells in order, missing ones as nothing."""
    first = duck.rows(f"SELECT min(rowid), max(rowid) FROM {CELLS}")[0]
    for start in range(int(first[0]), int(first[1]) + 1, ROWS_AT_ONCE):
        where = f"rowid >= {start} AND rowid < {start + ROWS_AT_ONCE}"
        for row in duck.rows(f"SELECT coalesce({plan.cell}, '') FROM {CELLS} WHERE {where} ORDER BY rowid"):
            yield str(row[0])


def _write(folder: Path, duck: Duck, plan: Plan, columns: dict[str, int], fold_case: bool) -> None:
    with (folder / block_name(plan.index)).open("wb") as file:
        for cell in _cells(duck, plan):
            row = np.zeros(len(columns), dtype=STORED["text"])
            for word, count in Counter(words(cell, fold_case)).items():
                if word in columns:
                    row[columns[word]] = min(count, MOST)
            file.write(row.data)
