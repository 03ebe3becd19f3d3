"""Whatever bytes a file holds, reading it ends in a table or in one DataError."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlviz.core.errors import DataError
from dlviz.data.reader_child import read
from dlviz.data.table import ReadChoices

FRAGMENT = st.sampled_from(
    [
        b"1",
        b"2.5",
        b"x",
        b",",
        b";",
        b"\n",
        b"\r\n",
        b"\r",
        b'"',
        b" ",
        b"\t",
        b"\xff",
        b"\0",
        b"\xc3\xa4",
        b"1e999",
        b"NA",
    ]
)
BYTES = st.lists(FRAGMENT, min_size=1, max_size=60).map(b"".join)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BYTES)
def test_any_bytes_end_in_a_table_or_a_data_error(tmp_path: Path, content: bytes) -> None:
    import duckdb

    path = tmp_path / "t.csv"
    path.write_bytes(content)
    (tmp_path / "table.csv").unlink(missing_ok=True)
    try:
        answer = read(tmp_path, path, ReadChoices())
    except (DataError, duckdb.Error):
        return
    assert answer["n_rows"] >= 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.floats(-1e6, 1e6), st.floats(allow_nan=False, allow_infinity=False)), min_size=2, max_size=20
    ),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_numbers_come_back_bit_for_bit(
    tmp_path: Path, rows: list[tuple[float, float]], separator: str, line_end: str
) -> None:
    decimal = "," if separator != "," else "."
    text = line_end.join([f"a{separator}b", *(separator.join(map(repr, row)).replace(".", decimal) for row in rows)])
    path = tmp_path / "t.csv"
    path.write_text(text, newline="")
    (tmp_path / "table.csv").unlink(missing_ok=True)
    read(tmp_path, path, ReadChoices(separator, decimal, header=True))
    stored = np.fromfile(tmp_path / "numbers.bin", "<f8").reshape(2, -1).T
    np.testing.assert_array_equal(stored, np.array(rows))


WORD = st.text(alphabet='ab1,;"\n é', max_size=5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(2, 4).flatmap(lambda n: st.lists(st.lists(WORD, min_size=n, max_size=n), min_size=3, max_size=12)),
    st.lists(st.tuples(st.integers(0, 12), st.lists(WORD, min_size=5, max_size=6)), max_size=1),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_cells_are_those_that_the_csv_module_reads(
    tmp_path: Path, rows: list[list[str]], ragged: list[tuple[int, list[str]]], quoting: int, line_end: str
) -> None:
    lines = list(rows)
    for place, cells in ragged:
        lines.insert(place, cells)
    path = tmp_path / "t.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, quoting=quoting, lineterminator=line_end).writerows(lines)
    (tmp_path / "table.csv").unlink(missing_ok=True)
    answer = read(tmp_path, path, ReadChoices(",", ".", header=False, quotes=True))
    assert answer["preview"] == [[cell.strip() for cell in row] for row in rows]
    assert answer["n_rows"] == len(rows)
    assert len(answer["notes"]) >= len(ragged)
