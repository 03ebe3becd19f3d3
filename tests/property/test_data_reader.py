"""Whatever bytes a file holds, reading it ends in a table or in one DataError."""

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
