"""JSON lines as a separated text: one object a line, its keys are the columns. Reader process only."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dlviz.core.errors import DataError
from dlviz.data.dialect import Dialect
from dlviz.data.file_checks import Sniffed
from dlviz.data.limits import CELLS, COLUMNS, FIELD_BYTES, RECORD_BYTES
from dlviz.data.records import Structure
from dlviz.data.regular_file import open_regular
from dlviz.data.text_source import READY, TextSource
from dlviz.i18n import tr, trn

SEPARATOR = ","
MAX_DEPTH = 16

Row = dict[str, Any]


def ready_lines(folder: Path, sniffed: Sniffed) -> TextSource:
    """Write the objects as separated text into the folder. Raises: DataError that names the line."""
    notes = _Notes()
    names: dict[str, int] = {}
    n_rows = 0
    for line, row in _rows(sniffed.path):
        n_rows += 1
        for key in row:
            names.setdefault(key, line)
        if len(names) > COLUMNS:
            raise _refusal(tr("at most {n} different keys", n=COLUMNS), tr("more"), line, sniffed.path.name)
    if not n_rows or not names:
        raise DataError(tr("Expected at least one object with a key. Received: none."), place=sniffed.path.name)
    if n_rows * len(names) > CELLS:
        raise DataError(tr("Expected at most {limit} cells. Received: more.", limit=CELLS), place=sniffed.path.name)
    path = folder / READY
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for line, row in _rows(sniffed.path):
            writer.writerow([_cell(row.get(name), name, line, sniffed.path.name, notes) for name in names])
    dialect = Dialect(SEPARATOR, ".", len(names), 0, 0, tuple(names))
    return TextSource(path, "utf-8", dialect, Structure(n_rows), True, notes.sentences())


class _Notes:
    """What was not taken as it stands, by column."""

    def __init__(self) -> None:
        self._nested: dict[str, int] = {}

    def nested(self, name: str) -> None:
        """Count a list or an object in a cell."""
        self._nested[name] = self._nested.get(name, 0) + 1

    def sentences(self) -> tuple[str, ...]:
        """Say it."""
        one = "{name}: 1 list or object is kept as text."
        many = "{name}: {n} lists or objects are kept as text."
        return tuple(trn(one, many, n, name=name) for name, n in self._nested.items())


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield each object with its line, blank lines left out. Raises: DataError."""
    with open_regular(path) as file:
        line = 0
        while raw := file.readline(RECORD_BYTES + 1):
            line += 1
            if len(raw) > RECORD_BYTES:
                raise _refusal(
                    tr("lines of at most {n} MiB", n=RECORD_BYTES >> 20), tr("a longer one"), line, path.name
                )
            if raw.strip():
                yield line, _object(raw, line, path.name)


def _object(raw: bytes, line: int, place: str) -> Row:
    try:
        text = raw.decode("utf-8-sig" if line == 1 else "utf-8")
        if max(text.count("["), text.count("{")) > MAX_DEPTH and _depth(text) > MAX_DEPTH:
            raise _refusal(tr("a row"), tr("objects nested over {n} times", n=MAX_DEPTH), line, place)
        # Numbers stay as they are written: DuckDB reads them.
        row = json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_number, object_pairs_hook=_unique)
    except UnicodeDecodeError:
        raise _refusal(tr("UTF-8 text"), tr("another byte"), line, place) from None
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", "") or str(error)[:80]
        raise _refusal(tr("an object such as {example}", example='{"x": 1}'), reason, line, place) from None
    if not isinstance(row, dict):
        raise _refusal(tr("an object such as {example}", example='{"x": 1}'), type(row).__name__, line, place)
    return row


def _depth(text: str) -> int:
    """Return how deep brackets are nested, those in strings included: a bound."""
    depth = deepest = 0
    for sign in text:
        depth += (sign in "[{") - (sign in "]}")
        deepest = max(deepest, depth)
    return deepest


def _no_number(name: str) -> str:
    return name  # NaN and Infinity are no JSON, but are written; they count as missing


def _unique(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError(tr("a key twice"))
    return row


def _cell(value: Any, name: str, line: int, place: str, notes: _Notes) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        notes.nested(name)
        value = json.dumps(value, ensure_ascii=False)
    text = str(value).replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if len(text.encode()) > FIELD_BYTES:
        raise _refusal(tr("cells of at most {n} kB", n=FIELD_BYTES >> 10), tr("a longer one"), line, place)
    return text


def _refusal(expected: str, received: str, line: int, place: str) -> DataError:
    message = tr("Expected {expected}. Received: {received} in line {line}.", expected=expected, received=received,
                 line=line)  # fmt: skip
    return DataError(message, place=place)
