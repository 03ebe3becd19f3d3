"""Files that load: every dialect gives the same numbers, and everything guessed is told."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlviz.core.errors import DataError
from dlviz.data.reader import read_table
from dlviz.data.table import ReadChoices

Writer = Callable[..., Path]

SAME_TABLE = {
    "comma": b"a,b\n1,2.5\n3,4\n",
    "no last line end": b"a,b\n1,2.5\n3,4",
    "semicolon and decimal comma": b"a;b\n1;2,5\n3;4\n",
    "tab": b"a\tb\n1\t2.5\n3\t4\n",
    "bar": b"a|b\n1|2.5\n3|4\n",
    "byte order mark": b"\xef\xbb\xbfa,b\n1,2.5\n3,4\n",
    "CR LF": b"a,b\r\n1,2.5\r\n3,4\r\n",
    "CR alone": b"a,b\r1,2.5\r3,4\r",
    "mixed line ends": b"a,b\r\n1,2.5\n3,4\r\n",
    "blank lines": b"\na,b\n\n1,2.5\n3,4\n\n\n",
    "quoted": b'"a","b"\n"1","2.5"\n"3","4"\n',
    "decimal comma in quotes": b'a,b\n"1","2,5"\n3,"4,0"\n',
    "blanks around cells": b"a , b\n 1, 2.5 \n3 ,4\n",
    "UTF-16 with a mark": "a,b\n1,2.5\n3,4\n".encode("utf-16"),
    "UTF-16 without a mark": "a,b\n1,2.5\n3,4\n".encode("utf-16-be"),
    "lines above the table": b"My export\n\na,b\n1,2.5\n3,4\n",
}


@pytest.mark.parametrize("content", SAME_TABLE.values(), ids=SAME_TABLE.keys())
def test_every_dialect_gives_the_same_table(write: Writer, content: bytes) -> None:
    table = read_table(write(content))
    assert [(column.name, column.type) for column in table.info.columns] == [("a", "number"), ("b", "number")]
    assert table.arrays["a"].tolist() == [1, 3]
    assert table.arrays["b"].tolist() == [2.5, 4]
    assert table.info.header


def test_quoted_line_ends_separators_and_quotes_stay_in_their_cell(write: Writer) -> None:
    table = read_table(write('text,n\n"x\ny",1\n"z ""q"", w",2\n'))
    assert table.info.columns[0].categories == ("x\ny", 'z "q", w')
    assert table.arrays["n"].tolist() == [1, 2]


def test_quotes_inside_cells_are_ordinary_characters_with_a_note(write: Writer) -> None:
    table = read_table(write('name,size\n5" pipe,1\n6" pipe,2\n'))
    assert table.info.columns[0].categories == ('5" pipe', '6" pipe')
    assert any("ordinary characters" in note for note in table.info.notes)


def test_windows_text_is_read_with_a_note(write: Writer) -> None:
    table = read_table(write("farbe;größe\ngrün;1\nblau;2\n".encode("cp1252")))
    assert [column.name for column in table.info.columns] == ["farbe", "größe"]
    assert table.info.columns[0].categories == ("blau", "grün")
    assert table.info.notes == ("The file is not UTF-8; it is read as Windows-1252.",)


def test_missing_cells_are_counted_and_are_nan(write: Writer) -> None:
    table = read_table(write("a,b\n1,x\n,y\nNA,\nnan,x\n?,y\n5,NULL\n"))
    np.testing.assert_array_equal(table.arrays["a"], [1, np.nan, np.nan, np.nan, np.nan, 5])
    assert table.arrays["b"].tolist() == [0, 1, -1, 0, 1, -1]
    assert [column.missing for column in table.info.columns] == [4, 2]


def test_ragged_rows_are_left_out_and_named_by_row_and_line(write: Writer) -> None:
    table = read_table(write('a,b,c\n1,2,3\n4,5\n"6\n",7,8\n9,10,11,12\n13,14,15\n'))
    assert table.arrays["c"].tolist() == [3, 8, 15]
    expected = "2 rows without exactly 3 cells were left out: row 2 (line 3, 2 cells), row 4 (line 6, 4 cells)."
    assert table.info.notes == (expected,)


def test_infinite_numbers_become_missing_with_a_count(write: Writer) -> None:
    table = read_table(write("a,b\n1,inf\n2,1e999\n3,1e308\n"))
    np.testing.assert_array_equal(table.arrays["b"], [np.nan, np.nan, 1e308])
    assert table.info.notes == ("b: 2 infinite numbers count as missing.",)
    assert table.info.columns[1].missing == 2


def test_a_few_words_in_a_number_column_count_as_missing_and_are_named(write: Writer) -> None:
    rows = "".join(f"{i},{i}\n" for i in range(20))
    table = read_table(write(f"a,b\n1,2,3\n{rows}oops,3\n"))
    assert np.isnan(table.arrays["a"][-1])
    assert "counts as missing, 'oops' in row 21" in table.info.notes[-1]


@pytest.mark.parametrize(
    ("content", "decimal", "expected"),
    [
        ("k;v\na;1.234,5\nb;2.345.678,25\nc;12,5\n", ",", [1234.5, 2345678.25, 12.5]),
        ('k,v\na,"1,234"\nb,"2,345"\nc,"3,456"\n', None, [1234, 2345, 3456]),
        ("k;v\na;1,234.5\nb;2,345.25\nc;12.5\n", ".", [1234.5, 2345.25, 12.5]),
    ],
)
def test_thousands_signs_are_understood_and_told(
    write: Writer, content: str, decimal: str | None, expected: list[float]
) -> None:
    table = read_table(write(content), ReadChoices(decimal=decimal))
    assert table.arrays["v"].tolist() == expected
    assert any("thousands sign" in note for note in table.info.notes)


@pytest.mark.parametrize("cell", ["1_000", "12.03.2020", "0x1F", "1,5,6"])
def test_what_only_looks_like_a_number_is_none(write: Writer, cell: str) -> None:
    table = read_table(write(f"a;b\n{cell};1\n{cell};2\n"))
    assert table.info.columns[0].type != "number"


def test_types_of_dates_texts_and_categories(write: Writer) -> None:
    rows = "".join(f"{day:02d}.03.2020;sentence number {day};{'ab'[day % 2]}\n" for day in range(1, 30))
    table = read_table(write(f"when;what;kind\n{rows}"))
    assert [column.type for column in table.info.columns] == ["date", "text", "category"]
    assert set(table.arrays) == {"kind", "what"}
    assert table.info.columns[1].categories == ("number", "sentence")


def test_numbers_without_a_header_get_numbered_names(write: Writer) -> None:
    table = read_table(write("1,2\n3,4\n"))
    assert not table.info.header
    assert [column.name for column in table.info.columns] == ["column 1", "column 2"]
    assert table.info.n_rows == 2


def test_choices_overrule_the_guesses(write: Writer) -> None:
    path = write("a,x;b\n1,5;2\n")
    table = read_table(path, ReadChoices(separator=",", header=False))
    assert [column.name for column in table.info.columns] == ["column 1", "column 2"]
    assert table.info.preview == (("a", "x;b"), ("1", "5;2"))


def test_a_column_without_a_name_and_doubled_names_become_unique(write: Writer) -> None:
    table = read_table(write("a,a,,b\x1b[31m\n1,2,3,4\n5,6,7,8\n"))
    assert [column.name for column in table.info.columns] == ["a", "a (2)", "column 3", "b [31m"]


def test_a_header_that_lacks_the_row_names_is_shifted(write: Writer) -> None:
    table = read_table(write("a,b,c\nr1,1,2,3\nr2,4,5,6\n"))
    assert [column.name for column in table.info.columns] == ["row", "a", "b", "c"]
    assert table.arrays["c"].tolist() == [3, 6]


@pytest.mark.parametrize("name", ["a[1]*?.csv", "it's.csv", "größe – 数.csv", "-x.csv", "%s.csv", "two\nlines.csv"])
def test_names_with_special_characters_mean_nothing_special(write: Writer, name: str) -> None:
    assert read_table(write("a,b\n1,2\n", name)).arrays["b"].tolist() == [2]


def test_target_is_guessed_by_name_else_the_last_column(write: Writer) -> None:
    assert read_table(write("species,size\nx,1\ny,2\n")).info.guessed_target == "species"
    assert read_table(write("colour,size\nx,1\ny,2\n")).info.guessed_target == "size"


def test_a_module_beside_the_file_is_not_imported(
    write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentinel = tmp_path / "SENTINEL"
    for name in ("json.py", "numpy.py", "duckdb.py", "dlviz.py"):
        write(f"open({str(sentinel)!r}, 'w')", name)
    monkeypatch.chdir(tmp_path)
    assert read_table("table.csv" if write("a,b\n1,2\n") else "").info.n_rows == 1
    assert not sentinel.exists()


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "t.parquet"
    duckdb.sql(
        "SELECT i AS \"a b\", i * 1.5 AS f, i % 2 = 0 AS flag, ['x', 'y'][1 + i % 2] AS s, "
        "DATE '2020-01-01' + i::INT AS d, [i] AS l FROM range(100) t(i)"
    ).write_parquet(str(path))
    table = read_table(path)
    assert [column.type for column in table.info.columns] == [
        "number",
        "number",
        "category",
        "category",
        "date",
        "text",
    ]
    np.testing.assert_array_equal(table.arrays["f"], np.arange(100) * 1.5)
    assert table.arrays["flag"].tolist() == [1, 0] * 50


def test_digest_is_that_of_the_bytes(write: Writer) -> None:
    import hashlib

    path = write("a,b\r\n1,2\r\n")
    assert read_table(path).info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "choices",
    [{"separator": "ab"}, {"separator": "\n"}, {"separator": "5"}, {"decimal": ";"}, {"encoding": "rot13"}],
)
def test_impossible_choices_are_refused(choices: dict[str, str]) -> None:
    with pytest.raises(DataError, match="Expected"):
        ReadChoices(**choices)


def test_a_path_that_is_no_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    path.write_bytes(b"a,b\n1,2\n")
    assert read_table(path).arrays["b"].tolist() == [2]


def test_cells_separated_by_blanks_are_read_when_asked_for(write: Writer) -> None:
    table = read_table(write("a b\n1 2.5\n3 4\n"), ReadChoices(separator=" "))
    assert table.arrays["b"].tolist() == [2.5, 4]
