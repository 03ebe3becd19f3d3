"""A text table made ready for DuckDB: known encoding, separator, header and shape. Reader process only."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from dlviz.core.errors import DataError
from dlviz.data.dialect import Dialect, guess_dialect
from dlviz.data.file_checks import Sniffed
from dlviz.data.limits import CELLS, COLUMNS, ROWS_NAMED, SNIFF_BYTES
from dlviz.data.records import Scan, Structure
from dlviz.data.regular_file import open_regular
from dlviz.data.table import ReadChoices
from dlviz.data.text_encoding import TITLES, guess_encoding, is_plain, is_utf8, rewrite
from dlviz.i18n import tr, trn

READY = "table.csv"


@dataclass(frozen=True)
class TextSource:
    """A UTF-8 text in the private folder, with everything known about it."""

    path: Path
    encoding: str
    dialect: Dialect
    structure: Structure
    has_quotes: bool
    notes: tuple[str, ...]

    @property
    def n_rows(self) -> int:
        """Rows of data with the right number of cells."""
        before = sum(1 for record, _, _ in self.structure.ragged if record < self.dialect.first_at)
        return self.structure.n_records - self.dialect.first_at - (self.structure.n_ragged - before)

    @property
    def n_before(self) -> int:
        """Records of the right width that stand before the data: the header, if it has that width."""
        before = sum(1 for record, _, _ in self.structure.ragged if record < self.dialect.first_at)
        return self.dialect.first_at - before


def ready_text(folder: Path, sniffed: Sniffed, choices: ReadChoices) -> TextSource:
    """Check a whole text and put it into the folder. Raises: DataError that names the line."""
    encoding, notes = _encoding(sniffed, choices)
    path = folder / READY
    _place(sniffed.path, path, encoding)
    sample = _sample(path, sniffed.path.name)
    dialect = guess_dialect(sample, choices, sniffed.format.separator)
    structure, has_quotes = _structure(path, dialect, choices, sniffed.path.name)
    if choices.quotes is None and not has_quotes:
        notes.append(tr("Quotes stand inside cells and are read as ordinary characters."))
    _check_shape(dialect, structure, sniffed.path.name)
    notes += [*_header_notes(dialect), *_ragged_notes(dialect, structure)]
    return TextSource(path, encoding, dialect, structure, has_quotes, tuple(notes))


def _encoding(sniffed: Sniffed, choices: ReadChoices) -> tuple[str, list[str]]:
    """Return the encoding, with a note unless it is UTF-8."""
    encoding = choices.encoding or guess_encoding(sniffed.head)
    if encoding == "utf-8" and choices.encoding is None:
        with open_regular(sniffed.path) as file:
            encoding = "utf-8" if is_utf8(file) else "cp1252"
    note = tr("The file is not UTF-8; it is read as {encoding}.", encoding=TITLES[encoding])
    return encoding, [] if encoding == "utf-8" else [note]


def _place(source: Path, target: Path, encoding: str) -> None:
    """Put the text into the private folder: a link if DuckDB can read it as it is, else a clean copy."""
    with open_regular(source) as file:
        if encoding == "utf-8" and is_plain(file):
            _link(source, target)
            return
        file.seek(0)
        with target.open("wb") as copy:
            rewrite(file, copy, encoding, source.name)


def _link(source: Path, target: Path) -> None:
    # Under its own name a file such as data[1].csv would be taken for a pattern by DuckDB.
    try:
        target.symlink_to(source.resolve())
    except OSError:
        shutil.copyfile(source, target)


def _sample(path: Path, place: str) -> str:
    """Return the first whole lines. Raises: DataError if nothing but blanks is there."""
    with path.open("rb") as file:
        head = file.read(SNIFF_BYTES)
    if not head.strip():
        raise DataError(tr("Expected a table. Received: nothing but blank lines."), place=place)
    if len(head) == SNIFF_BYTES and b"\n" in head:
        head = head[: head.rindex(b"\n")]
    return head.decode("utf-8", "replace").replace("\r\n", "\n")


def _structure(path: Path, dialect: Dialect, choices: ReadChoices, place: str) -> tuple[Structure, bool]:
    """Scan the text; quotes that only stand inside cells are ordinary characters."""
    has_quotes = choices.quotes is not False
    structure = _scan(path, dialect, has_quotes, place)
    if has_quotes and choices.quotes is None and structure.stray >= 0 and not structure.is_quoted:
        structure, has_quotes = _scan(path, dialect, False, place), False
    _check_quotes(structure, place)
    return structure, has_quotes


def _scan(path: Path, dialect: Dialect, has_quotes: bool, place: str) -> Structure:
    with path.open("rb") as file:
        return Scan(dialect.separator, dialect.n_columns, has_quotes, place).run(file)


def _check_quotes(structure: Structure, place: str) -> None:
    hint = tr("Correct the quote, or read the file with quotes switched off.")
    if structure.stray >= 0:
        message = tr("Expected quotes around whole cells. Received: one inside a cell in line {line}.")
        raise DataError(message.format(line=structure.stray + 1), hint, place)
    if structure.open_line >= 0:
        message = tr("Expected every quote to be closed. Received: an open one in line {line}.")
        raise DataError(message.format(line=structure.open_line + 1), hint, place)


def _check_shape(dialect: Dialect, structure: Structure, place: str) -> None:
    if dialect.n_columns > COLUMNS:
        message = tr("Expected at most {limit} columns. Received: {count}.", limit=COLUMNS, count=dialect.n_columns)
        raise DataError(message, tr("Keep fewer columns, or swap rows and columns."), place)
    if (cells := structure.n_records * dialect.n_columns) > CELLS:
        message = tr("Expected at most {limit} cells. Received: {count}.", limit=CELLS, count=cells)
        raise DataError(message, tr("Keep a part of the rows or columns."), place)
    rows = structure.n_records - dialect.first_at
    if rows < 1:
        raise DataError(tr("Expected at least one row of data. Received: only a header."), place=place)
    if 2 * structure.n_ragged > structure.n_records:
        template = tr(
            "Expected rows of {cells} cells. Received: {n} of {rows} with another number, first in line {line}."
        )
        first = structure.ragged[0][1] + 1
        message = template.format(cells=dialect.n_columns, n=structure.n_ragged, rows=structure.n_records, line=first)
        raise DataError(message, tr("Choose the separator by hand."), place)


def _header_notes(dialect: Dialect) -> list[str]:
    if dialect.header_at < 0 or len(dialect.header) == dialect.n_columns:
        return []
    template = tr("The header has {names} names for {cells} columns; the others are numbered.")
    return [template.format(names=len(dialect.header), cells=dialect.n_columns)]


def _ragged_notes(dialect: Dialect, structure: Structure) -> list[str]:
    """Name the rows that were left out, and lines before the table."""
    left = [entry for entry in structure.ragged if entry[0] >= dialect.first_at]
    above = [
        line + 1 for record, line, _ in structure.ragged if record < dialect.first_at and record != dialect.header_at
    ]
    notes = []
    if above:
        notes.append(tr("Lines above the table were left out: {lines}.", lines=_listed([str(line) for line in above])))
    if left:
        rows = [
            tr("row {row} (line {line}, {cells} cells)", row=record - dialect.first_at + 1, line=line + 1, cells=cells)
            for record, line, cells in left[: ROWS_NAMED + 1]
        ]
        count = structure.n_ragged - (len(structure.ragged) - len(left))
        one = "1 row without exactly {cells} cells was left out: {rows}."
        many = "{n} rows without exactly {cells} cells were left out: {rows}."
        notes.append(trn(one, many, count, cells=dialect.n_columns, rows=_listed(rows)))
    return notes


def _listed(names: list[str]) -> str:
    return ", ".join(names[:ROWS_NAMED]) + (" …" if len(names) > ROWS_NAMED else "")
