"""Files with the numbers of a whole class: one row a student, one column a place of the pass."""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from dlviz.core.answers import parse_answer
from dlviz.core.errors import DataError, SpecError
from dlviz.data.text_encoding import guess_encoding
from dlviz.i18n import tr
from dlviz.session.worksheets import Worksheet

MOST_BYTES = 2 << 20
MOST_STUDENTS = 500
MOST_COLUMNS = 500
SEPARATORS = (";", "\t", ",")


def read_class(path: Path) -> tuple[Worksheet, ...]:
    """Read a CSV: a header with the names of places, then a row for each student; a first column may hold names.

    A header such as `o.dW[1,2]` need not be quoted; empty cells are numbers that were not asked for.
    Raises: DataError where the file cannot be read so.
    """
    rows = _rows(_text(path))
    if len(rows) < 2:
        raise DataError(
            tr("Expected a header and a row for each student. Received: {count} lines", count=len(rows)),
            place=path.name,
        )
    header, students = rows[0], rows[1:]
    if len(header) > MOST_COLUMNS or len(students) > MOST_STUDENTS:
        raise DataError(
            tr("Expected at most {students} students and {columns} columns. Received: {rows} and {wide}",
               students=MOST_STUDENTS, columns=MOST_COLUMNS, rows=len(students), wide=len(header)),
            place=path.name,
        )  # fmt: skip
    has_names = any(row and row[0] and not _is_number(row[0]) for row in students)
    return tuple(_worksheet(number, header, row, has_names) for number, row in enumerate(students, 1))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DataError(tr("The file cannot be read: {reason}", reason=error.strerror), place=path.name) from error
    if len(data) > MOST_BYTES:
        raise DataError(tr("Expected a file of at most 2 MB. Received: a larger one"), place=path.name)
    encoding = guess_encoding(data[:4096])
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.removeprefix("\ufeff")


def _rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.strip()]
    separator = _separator(lines[0]) if lines else ","
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(StringIO("\n".join(lines)), delimiter=separator)]
    except csv.Error as error:
        raise DataError(tr("The file is no table: {reason}", reason=str(error))) from error
    return [_joined(rows[0]), *rows[1:]] if rows else []


def _separator(header: str) -> str:
    """Return the separator of a header; commas inside [ ] are indices."""
    depth, counts = 0, dict.fromkeys(SEPARATORS, 0)
    for sign in header:
        depth += {"[": 1, "]": -1}.get(sign, 0)
        if depth == 0 and sign in counts:
            counts[sign] += 1
    return max(SEPARATORS, key=lambda each: counts[each])


def _joined(header: Sequence[str]) -> list[str]:
    """Join what commas inside [ ] have torn apart."""
    names: list[str] = []
    for part in header:
        if names and names[-1].count("[") > names[-1].count("]"):
            names[-1] = f"{names[-1]},{part}"
        else:
            names.append(part)
    return names


def _is_number(text: str) -> bool:
    try:
        parse_answer(text)
    except SpecError:
        return False
    return True


def _worksheet(number: int, header: Sequence[str], row: Sequence[str], has_names: bool) -> Worksheet:
    name = row[0] if has_names and row and row[0] else tr("row {number}", number=number)
    cells = list(zip(header, row, strict=False))[1 if has_names else 0 :]
    return Worksheet(name, tuple((place, cell) for place, cell in cells if cell))
