"""Files that are refused: one sentence that says what came and where, fast, and nothing hangs."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dlviz.core.errors import DataError
from dlviz.data import reader_process
from dlviz.data.reader import read_table
from dlviz.data.table import ReadChoices
from tests.guards import at_once

Writer = Callable[..., Path]

MILLION = 10**6
BAD = {
    "empty": ("t.csv", b"", "Received: an empty file"),
    "blank": ("t.csv", b"\n \n\n", "Received: nothing but blank lines"),
    "picture": ("t.csv", b"\x89PNG\r\n\x1a\n" + bytes(99), "Received: a PNG picture"),
    "workbook": ("t.csv", b"PK\x03\x04" + bytes(99), "a zip archive or an Excel workbook"),
    "unknown ending": ("t.xlsx", b"PK", "Received: '.xlsx'"),
    "no parquet": ("t.parquet", b"a,b\n1,2\n", "does not begin like one"),
    "cut parquet": ("t.parquet", b"PAR1" + bytes(50), "Expected a readable table"),
    "NUL at once": ("t.csv", b"a,b\n1,\0\n", "a NUL byte in line 2"),
    "NUL far in": ("t.csv", b"a,b\n" + b"1,2\n" * 300_000 + b"1,\0\n", "a NUL byte in line 300002"),
    "neither UTF-8 nor Windows": ("t.csv", b"a,b\n\x81,\x8d\n", "Expected Windows-1252 text"),
    "broken UTF-16": ("t.csv", b"\xff\xfea\0,\0b\0\n\0\x00\xd8", "Expected UTF-16"),
    "open quote": ("t.csv", b'a,b\n1,2\n3,"x\n4,5\n', "an open one in line 3"),
    "open quote far from the end": ("t.csv", b'a,b\n1,"x\n' + b"4,5\n" * 99_999, "a longer one in line 2"),
    "quote inside": ("t.csv", b'a,b\n"x",1\n3,y"z\n', "one inside a cell in line 3"),
    "a million columns": ("t.csv", b"1," * MILLION + b"1\n", "Expected at most 4096 columns"),
    "too many columns below": ("t.csv", b"x\n" + (b"1," * 20_000 + b"1\n") * 3, "Expected at most 4096 columns"),
    "endless cell": ("t.csv", b"a,b\n" + b"x" * MILLION + b",1\n", "a longer one in line 2"),
    "mostly ragged": ("t.csv", b"a;b\n1;2\n3;4\n1;2;3\n1\n1;2;3;4\n1;2;3;4;5\n", "Choose the separator by hand"),
}


def refusal(path: Path, choices: ReadChoices | None = None) -> str:
    with at_once(), pytest.raises(DataError) as caught:
        read_table(path, choices)
    assert caught.value.place == path.name
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(("name", "content", "message"), BAD.values(), ids=BAD.keys())
def test_bad_file_is_refused_in_one_sentence(write: Writer, name: str, content: bytes, message: str) -> None:
    assert message in refusal(write(content, name))


def test_named_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "t.csv")
    assert "Received: a named pipe" in refusal(tmp_path / "t.csv")


@pytest.mark.parametrize(("target", "reason"), [("/dev/zero", "Expected a regular file"), (".", "folders with images")])
def test_devices_and_folders_are_refused(tmp_path: Path, target: str, reason: str) -> None:
    (tmp_path / "t.csv").symlink_to(target)
    assert reason in refusal(tmp_path / "t.csv")


def test_missing_file_is_refused(tmp_path: Path) -> None:
    assert "Expected a readable file" in refusal(tmp_path / "t.csv")


def test_gigabytes_of_nul_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.touch()
    os.truncate(path, 4 << 30)  # the most that is read, of no weight on the disk
    with at_once():
        assert "a NUL byte in line 1" in refusal(path)


def test_file_over_the_cap_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.touch()
    os.truncate(path, (4 << 30) + 1)
    assert "Expected a file of at most 4 GiB" in refusal(path)


def test_only_a_header_is_no_data(write: Writer) -> None:
    assert "only a header" in refusal(write("a,b\n"), ReadChoices(header=True))


def test_quotes_switched_off_read_what_was_refused(write: Writer) -> None:
    path = write('a,b\n"x",1\n3,y"z\n')
    refusal(path)
    assert read_table(path, ReadChoices(quotes=False)).info.columns[0].categories == ('"x"', "3")


def test_cancelling_ends_the_reader_at_once(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a,b\n" + "1,2\n" * 2_000_000)
    start = time.perf_counter()
    with at_once(), pytest.raises(DataError, match="cancelled"):
        read_table(path, cancelled=lambda: time.perf_counter() - start > 0.1)


def test_a_reader_that_does_not_end_is_killed(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeper = [os.sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(reader_process, "_command", lambda module, folder: sleeper)
    with pytest.raises(DataError, match=r"within 0\.2 s"):
        read_table(write("a,b\n1,2\n"), limit_seconds=0.2)


def test_a_reader_that_dies_is_only_a_message(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    crash = [os.sys.executable, "-c", "import os, sys; os.write(2, b'last words'); os.kill(os.getpid(), 11)"]
    monkeypatch.setattr(reader_process, "_command", lambda module, folder: crash)
    with pytest.raises(DataError, match="ended with status -11") as caught:
        read_table(write("a,b\n1,2\n"))
    assert str(caught.value.__cause__) == "last words"


@pytest.mark.parametrize(
    "answer",
    [
        "[1]",
        "{}",
        '{"columns": 5}',
        '{"columns": [], "n_rows": "x"}',
        "[" * 100_000,
        '{"format": "csv", "columns": [{"name": "a", "type": "number", "missing": 0, "distinct": 1, "examples": [], '
        '"categories": []}], "n_rows": 9007199254740993, "separator": ",", "decimal": ".", "encoding": "utf-8", '
        '"header": true, "preview": [], "notes": [], "guessed_target": "a", "sha256": "", "size_bytes": 1}',
    ],
)
def test_a_reader_that_answers_nonsense_is_not_believed(
    write: Writer, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    script = "import sys, pathlib; pathlib.Path('answer.json').write_text(sys.stdin.read() or sys.argv[1])"
    monkeypatch.setattr(reader_process, "_command", lambda module, folder: [os.sys.executable, "-c", script, answer])
    assert "Expected an answer of the reader process" in refusal(write("a,b\n1,2\n"))


def test_nothing_is_left_in_the_temporary_folder(
    write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    read_table(write("a,b\n1,2\n"))
    refusal(write('a,b\n1,"x\n'))
    assert list(scratch.iterdir()) == []
