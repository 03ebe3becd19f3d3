"""Caps of the reader: at the cap a file loads, above it is refused; and big files are read in time."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlviz.core.errors import DataError
from dlviz.data import records, text_source
from dlviz.data.file_checks import sniff
from dlviz.data.limits import COLUMNS
from dlviz.data.reader import read_table
from dlviz.data.table import ReadChoices
from tests.guards import at_once

Writer = Callable[..., Path]


@pytest.mark.parametrize(("cap", "is_refused"), [(5, True), (6, False), (7, False)])
def test_cells_at_and_above_the_cap(
    write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cap: int, is_refused: bool
) -> None:
    monkeypatch.setattr(text_source, "CELLS", cap)
    sniffed = sniff(write("a,b\n1,2\n3,4\n", "source.csv"))
    if is_refused:
        with pytest.raises(DataError, match=r"at most 5 cells\. Received: 6"):
            text_source.ready_text(tmp_path, sniffed, ReadChoices())
    else:
        assert text_source.ready_text(tmp_path, sniffed, ReadChoices()).n_rows == 2


@pytest.mark.parametrize(("length", "is_refused"), [(64 << 10, False), ((64 << 10) + 1, True)])
def test_a_cell_at_and_above_the_cap(write: Writer, length: int, is_refused: bool) -> None:
    path = write("a,b\n" + "x" * length + ",1\ny,2\n")
    if is_refused:
        with pytest.raises(DataError, match="longer one in line 2"):
            read_table(path)
    else:
        assert read_table(path).info.n_rows == 2


def test_ragged_rows_over_the_list_are_still_counted(
    write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "RAGGED_KEPT", 3)
    sniffed = sniff(write("a,b\n" + "1,2\n" * 50 + "1\n" * 20, "source.csv"))
    source = text_source.ready_text(tmp_path, sniffed, ReadChoices())
    assert source.n_rows == 50
    assert source.notes[0].startswith("20 rows without exactly 2 cells were left out: row 51 (line 52, 1 cells)")


@pytest.mark.slow
def test_as_many_columns_as_allowed_are_read(write: Writer) -> None:
    header = ",".join(f"c{index}" for index in range(COLUMNS))
    row = ",".join(str(index) for index in range(COLUMNS))
    table = read_table(write(f"{header}\n" + f"{row}\n" * 3))
    assert len(table.info.columns) == COLUMNS
    assert table.arrays["c4095"].tolist() == [4095] * 3


@pytest.mark.slow
def test_fifty_thousand_rows_of_thirty_columns_load_soon(write: Writer) -> None:
    numbers = np.round(np.random.default_rng(0).normal(size=(50_000, 29)) * 100, 4)
    is_missing = np.random.default_rng(1).random(numbers.shape) < 0.01
    cells = np.where(is_missing, "", np.char.replace(numbers.astype(str), ".", ","))
    lines = [";".join([*row, "rot" if index % 2 else "blau"]) for index, row in enumerate(cells.tolist())]
    path = write("\n".join([";".join(f"c{index}" for index in range(30)), *lines]))
    with at_once(15.0):  # 2 s on a quiet machine
        table = read_table(path)
    np.testing.assert_array_equal(
        np.column_stack([table.arrays[f"c{index}"] for index in range(29)]), np.where(is_missing, np.nan, numbers)
    )
    assert [column.missing for column in table.info.columns] == [*is_missing.sum(axis=0).tolist(), 0]


def test_reading_leaves_no_parser_in_this_process(write: Writer) -> None:
    path = write("a,b\n1,2\n")
    reading = f"from dlviz.data.reader import read_table; read_table({str(path)!r})"
    script = f"import sys; {reading}; print('duckdb' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_built_in_sets_need_no_parser_and_no_process() -> None:
    script = (
        "import sys; from dlviz.data.builtin import datasets; [kind.build({}) for kind in datasets]; "
        "print([name for name in ('duckdb', 'subprocess', 'PySide6', 'cupy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
