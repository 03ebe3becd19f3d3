"""Where the records and cells of a separated text lie, by one vectorised pass over its bytes."""

from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.data.limits import FIELD_BYTES
from dlviz.i18n import tr

CHUNK_BYTES = 4 << 20
RAGGED_KEPT = 100_000

NEWLINE, QUOTE, RETURN = ord("\n"), ord('"'), ord("\r")
Bytes = NDArray[np.uint8]
Positions = NDArray[np.int64]


@dataclass
class Structure:
    """What the pass counted. Records and lines count from 0; blank records are not counted.

    ragged: (record, line, cells) of records with another number of cells than expected.
    stray: line of the first quote that stands inside a field, or −1. is_quoted: whether a field
    begins with a quote. open_line: line of a quote that is never closed, or −1.
    """

    n_records: int = 0
    n_ragged: int = 0
    ragged: list[tuple[int, int, int]] = field(default_factory=list)
    stray: int = -1
    is_quoted: bool = False
    open_line: int = -1


class Scan:
    """One pass; feed it the file's bytes in order."""

    def __init__(self, separator: str, n_cells: int, has_quotes: bool, place: str = "") -> None:
        self.found = Structure()
        self._separator, self._n_cells, self._has_quotes = ord(separator), n_cells, has_quotes
        self._place = place
        self._is_inside = False  # a quoted field runs over the end of the chunk
        self._rest: Bytes = np.zeros(0, np.uint8)
        self._line = 0

    def run(self, file: BinaryIO) -> Structure:
        """Read the file to its end. Raises: DataError for NUL bytes and endless fields."""
        while chunk := file.read(CHUNK_BYTES):
            self._feed(np.frombuffer(chunk, np.uint8))
        if len(self._rest):
            self._finish()
        return self.found

    def _feed(self, chunk: Bytes) -> None:
        """Account for all records that end in this chunk; keep the rest for the next."""
        text = np.concatenate([self._rest, chunk])
        inside = self._inside(text)
        ends: Positions = np.flatnonzero((text == NEWLINE) & ~inside)
        if len(ends) == 0:
            self._grow(text, inside)
            return
        cut = int(ends[-1]) + 1
        self._records(text[:cut], inside[:cut])
        self._rest = text[cut:]
        if len(self._rest) > CHUNK_BYTES:
            self._grow(self._rest, inside[cut:])

    def _grow(self, text: Bytes, inside: NDArray[np.bool_]) -> None:
        """Keep an unfinished record, unless one of its fields is endless."""
        self._check_fields(text, np.flatnonzero((text == self._separator) & ~inside), len(text))
        self._rest = text

    def _finish(self) -> None:
        """Account for a last record without a line end."""
        text = np.append(self._rest, np.uint8(NEWLINE))
        inside = self._inside(text)
        if inside[-1]:
            before = int(np.flatnonzero(text == QUOTE)[-1])
            self.found.open_line = self._line + int(np.count_nonzero(text[:before] == NEWLINE))
        inside[-1] = False
        self._records(text, inside)

    def _inside(self, text: Bytes) -> NDArray[np.bool_]:
        """Mark bytes within quotes: an odd number of quotes stands before or at them."""
        if not self._has_quotes:
            return np.zeros(len(text), np.bool_)
        quotes = text == QUOTE
        if not quotes.any():
            return np.zeros(len(text), np.bool_)
        inside: NDArray[np.bool_] = (np.cumsum(quotes, dtype=np.uint8) & 1).astype(np.bool_)
        self._check_quotes(text, quotes & inside)
        return inside

    def _check_quotes(self, text: Bytes, opening: NDArray[np.bool_]) -> None:
        """Note whether quotes open where fields begin; the second of a doubled one counts as such."""
        at = np.flatnonzero(opening)
        before = np.where(at > 0, text[at - 1], NEWLINE)
        fits = (before == self._separator) | (before == NEWLINE) | (before == QUOTE)
        self.found.is_quoted |= bool(((before == self._separator) | (before == NEWLINE)).any())
        if self.found.stray < 0 and not fits.all():
            first = int(at[np.argmin(fits)])
            self.found.stray = self._line + int(np.count_nonzero(text[:first] == NEWLINE))

    def _records(self, text: Bytes, inside: NDArray[np.bool_]) -> None:
        """Count the cells of whole records; the last byte ends the last one."""
        nul = np.flatnonzero(text == 0)
        if len(nul):
            message = tr("Expected text. Received: a NUL byte in line {line}.", line=self._line_at(text, int(nul[0])))
            raise DataError(message, place=self._place)
        cuts: Positions = np.flatnonzero(((text == self._separator) | (text == NEWLINE)) & ~inside)
        self._check_fields(text, cuts, 0)
        last_cuts = np.flatnonzero(text[cuts] == NEWLINE)
        cells = np.diff(last_cuts, prepend=-1)
        ends = cuts[last_cuts]
        starts = np.concatenate([[0], ends[:-1] + 1])
        length = ends - starts - (text[ends - 1] == RETURN)
        is_record = (length > 0) | (cells > 1)
        self._count(cells[is_record], starts[is_record], text)
        self._line += int(np.count_nonzero(text == NEWLINE))

    def _count(self, cells: Positions, starts: Positions, text: Bytes) -> None:
        ragged = np.flatnonzero(cells != self._n_cells)
        kept = ragged[: RAGGED_KEPT - len(self.found.ragged)]
        lines = self._line + np.searchsorted(np.flatnonzero(text == NEWLINE), starts[kept])
        records = self.found.n_records + kept
        self.found.ragged += zip(records.tolist(), lines.tolist(), cells[kept].tolist(), strict=True)
        self.found.n_ragged += len(ragged)
        self.found.n_records += len(cells)

    def _check_fields(self, text: Bytes, cuts: Positions, end: int) -> None:
        """Refuse a field that is longer than any real one: a quote is missing, or it is no table."""
        edges = np.concatenate([[-1], cuts, [end] if end else []]).astype(np.int64)
        lengths = np.diff(edges)
        if len(lengths) and int(lengths.max()) > FIELD_BYTES + 1:
            at = self._line_at(text, int(edges[int(np.argmax(lengths))]) + 1)
            message = tr(
                "Expected cells of at most {limit} kB. Received: a longer one in line {line}.",
                limit=FIELD_BYTES >> 10,
                line=at,
            )
            raise DataError(message, tr("Is a closing quote missing there?"), self._place)

    def _line_at(self, text: Bytes, position: int) -> int:
        return self._line + int(np.count_nonzero(text[:position] == NEWLINE)) + 1
