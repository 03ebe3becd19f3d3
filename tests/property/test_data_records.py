"""The vectorised scan of records agrees with Python's csv module, however the bytes are cut into chunks."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlviz.data import records
from dlviz.data.records import Scan

CELL = st.text(alphabet='ab,"\n é', max_size=6)
TABLE = st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=12)


def written(rows: list[list[str]], line_end: str) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    return buffer.getvalue().encode()


@given(TABLE, st.integers(1, 4), st.sampled_from(["\n", "\r\n"]), st.integers(1, 40))
def test_records_and_ragged_ones_are_found(rows: list[list[str]], width: int, line_end: str, chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "CHUNK_BYTES", chunk)
        found = Scan(",", width, has_quotes=True).run(io.BytesIO(written(rows, line_end)))
    expected = [(index, len(row)) for index, row in enumerate(rows) if len(row) != width]
    assert found.n_records == len(rows)
    assert [(record, cells) for record, _, cells in found.ragged] == expected
    assert (found.open_line, found.stray) == (-1, -1)


@given(TABLE)
def test_lines_are_those_where_the_records_begin(rows: list[list[str]]) -> None:
    found = Scan(",", 0, has_quotes=True).run(io.BytesIO(written(rows, "\n")))
    lines = [0]
    for row in rows[:-1]:
        lines.append(lines[-1] + 1 + sum(cell.count("\n") for cell in row))
    assert [line for _, line, _ in found.ragged] == lines


@given(st.integers(0, 50))
def test_an_open_quote_is_found_in_its_line(line: int) -> None:
    text = b"1,2\n" * line + b'"3,4\n' + b"5,6\n" * 3
    assert Scan(",", 2, has_quotes=True).run(io.BytesIO(text)).open_line == line
