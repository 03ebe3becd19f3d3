"""Rows in the cache: whole or not there, bounded, and a full disk is one sentence."""

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from dlviz.core.errors import DataError
from dlviz.data import row_store
from dlviz.data.mapped import is_mapped, size_words
from dlviz.data.row_store import cache_folder, reading_folder, store_rows

ROWS = np.arange(12.0).reshape(6, 2)


class Usage(NamedTuple):
    free: int


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return cache_folder()


def names(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir())


def test_chunks_become_one_read_only_array_on_disk(folder: Path) -> None:
    stored = store_rows("a", (6, 2), iter([ROWS[:4], ROWS[4:]]))
    np.testing.assert_array_equal(stored, ROWS)
    assert is_mapped(stored)
    assert not stored.flags.writeable
    assert names(folder) == [".rows"]


def test_rows_that_are_kept_are_not_made_again() -> None:
    store_rows("a", (6, 2), [ROWS])
    np.testing.assert_array_equal(store_rows("a", (6, 2), iter(())), ROWS)


def test_a_file_of_the_wrong_length_is_made_again(folder: Path) -> None:
    store_rows("a", (6, 2), [ROWS])
    (path,) = folder.iterdir()
    os.truncate(path, 40)
    np.testing.assert_array_equal(store_rows("a", (6, 2), [ROWS]), ROWS)


def failing(error: BaseException) -> Iterator[np.ndarray]:
    yield ROWS[:3]
    raise error


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), DataError("Cancelled.")])
def test_nothing_stays_of_rows_that_failed(error: Exception, folder: Path) -> None:
    with pytest.raises(DataError, match=r"room for 9.6e-05 MB .*No space left on device|Cancelled"):
        store_rows("a", (6, 2), failing(error))
    assert names(folder) == []


def test_a_disk_without_room_is_refused_before_anything_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1000))
    with pytest.raises(DataError, match=r"Expected room for .* Received: only 0.001 MB are free"):
        store_rows("a", (6, 2), [ROWS])
    assert names(folder) == []


def test_the_oldest_go_where_the_cache_is_full(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_store, "ON_DISK_BYTES", 2 * ROWS.nbytes)
    for age, name in enumerate("abc"):
        store_rows(name, (6, 2), [ROWS + age])
        for path in folder.iterdir():
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 10))
    kept = {np.fromfile(path)[0] for path in folder.iterdir()}
    assert kept == {1.0, 2.0}


def test_rows_in_use_outlive_their_file(folder: Path) -> None:
    stored = store_rows("a", (6, 2), [ROWS])
    next(folder.iterdir()).unlink()
    np.testing.assert_array_equal(stored, ROWS)


WRITES_FOR_EVER = """
import time, numpy as np
from dlviz.data.row_store import store_rows
def chunks():
    while True:
        yield np.ones((1000, 2)); print("written", flush=True); time.sleep(0.01)
store_rows("a", (10**6, 2), chunks())
"""


def test_a_killed_writer_leaves_no_rows_and_its_part_goes_a_day_later(folder: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", WRITES_FOR_EVER], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate()
    assert names(folder) == [".part"]
    os.utime(next(folder.iterdir()), (0, time.time() - 25 * 3600))
    store_rows("b", (6, 2), [ROWS])
    assert names(folder) == [".rows"]


def test_large_files_are_read_on_the_disk_of_the_cache(folder: Path) -> None:
    with reading_folder(1000) as small, reading_folder(100 << 20) as large:
        assert Path(large).parent == folder
        assert Path(small).parent != folder
    assert names(folder) == []


def test_what_a_dead_reader_left_goes_a_day_later(folder: Path) -> None:
    left, fresh = folder / "dlviz-read-1", folder / "dlviz-read-2"
    for each in (left, fresh):
        each.mkdir(parents=True)
        (each / "numbers.bin").write_bytes(b"half")
    os.utime(left, (0, time.time() - 25 * 3600))
    store_rows("a", (6, 2), [ROWS])
    assert fresh.exists() and not left.exists()


@pytest.mark.parametrize(("size", "words"), [(1_600_000_000, "1.6 GB"), (328_000_000, "328 MB"), (5_000, "0.005 MB")])
def test_sizes_are_written_as_people_read_them(size: int, words: str) -> None:
    assert size_words(size) == words
