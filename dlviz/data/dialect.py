"""Guesses about a separated text from its first records: separator, decimal sign, header."""

import csv
import re
from collections import Counter
from dataclasses import dataclass

from dlviz.data.table import ReadChoices

SAMPLE_RECORDS = 500
SEPARATORS = (";", "\t", "|", ",")  # in the order in which equally good guesses are preferred
MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "?"})

PLAIN_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
WITH_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
WITH_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
GROUPED = re.compile(r"[+-]?\d{1,3},\d{3}")

Cells = list[list[str]]


@dataclass(frozen=True)
class Dialect:
    """How a text is read. header_at: record that holds the names, or −1; first_at: first data record."""

    separator: str
    decimal: str
    n_columns: int
    header_at: int
    first_at: int
    header: tuple[str, ...] = ()


def guess_dialect(sample: str, choices: ReadChoices, separator: str | None = None) -> Dialect:
    """Guess what choices leave open. separator: the format's own, if it has one."""
    sign = choices.separator or separator or _guess_separator(sample, choices)
    cells = split_sample(sample, sign, choices.quotes is not False)
    n_columns = Counter(len(record) for record in cells).most_common(1)[0][0] if cells else 1
    top = _top(cells, n_columns)
    body = [record for record in cells[top + 1 :] if len(record) == n_columns]
    decimal = choices.decimal or _guess_decimal(body or cells, sign)
    has_header = choices.header if choices.header is not None else _is_header(cells, top, body)
    if not has_header:
        return Dialect(sign, decimal, n_columns, -1, top)
    return Dialect(sign, decimal, n_columns, top, top + 1, tuple(cells[top]) if cells else ())


def split_sample(sample: str, separator: str, has_quotes: bool = True) -> Cells:
    """Split the first records of a text into cells, blank records left out."""
    lines = sample.split("\n")
    if has_quotes:
        reader = csv.reader(lines, delimiter=separator)
    else:
        reader = csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)
    records: Cells = []
    try:
        for record in reader:
            if record and (len(record) > 1 or record[0].strip()):
                records.append([cell.strip() for cell in record])
            if len(records) == SAMPLE_RECORDS:
                break
    except csv.Error:
        return records
    return records


def is_number(cell: str) -> bool:
    """Say whether a cell reads as a number with either decimal sign."""
    return PLAIN_NUMBER.fullmatch(cell) is not None


def _guess_separator(sample: str, choices: ReadChoices) -> str:
    """Return the sign that splits the most records into the same number of cells, at least two."""
    scores = {}
    for sign in SEPARATORS:
        widths = [len(record) for record in split_sample(sample, sign, choices.quotes is not False)]
        common, count = Counter(widths).most_common(1)[0] if widths else (1, 0)
        scores[sign] = count / len(widths) if common > 1 else 0.0
    best = max(SEPARATORS, key=lambda sign: scores[sign])
    return best if scores[best] > 0 else ","


def _top(cells: Cells, n_columns: int) -> int:
    """Return the record where the table begins: a header may be one cell short or long."""
    if not cells or (n_columns > 2 and abs(len(cells[0]) - n_columns) == 1):
        return 0
    return next((index for index, record in enumerate(cells) if len(record) == n_columns), 0)


def _guess_decimal(records: Cells, separator: str) -> str:
    """Return the sign that more cells have; commas in quoted cells are often thousands signs."""
    cells = [cell for record in records for cell in record]
    points = sum(WITH_POINT.fullmatch(cell) is not None for cell in cells)
    commas = [cell for cell in cells if WITH_COMMA.fullmatch(cell)]
    is_grouped = separator == "," and all(GROUPED.fullmatch(cell) for cell in commas)
    return "," if len(commas) > points and not is_grouped else "."


def _is_header(cells: Cells, top: int, body: Cells) -> bool:
    """Say whether the top words stand over numbers, or are words that do not come again below."""
    if not body:  # a single record of words is a header above nothing
        return len(cells) == 1 and len(cells[0]) > 1 and not any(map(is_number, cells[0]))
    first = cells[top]
    if any(is_number(cell) for cell in first):
        return False
    below = list(zip(*body, strict=True))
    pairs = [(name, cells) for name, cells in zip(first, below, strict=False) if name]
    if any(_is_numeric(cells) for _, cells in pairs):
        return True
    names = [name for name, _ in pairs]
    return bool(pairs) and len(set(names)) == len(names) and not any(name in cells for name, cells in pairs)


def _is_numeric(cells: tuple[str, ...]) -> bool:
    present = [cell for cell in cells if cell.lower() not in MISSING]
    return bool(present) and sum(map(is_number, present)) > len(present) / 2
