"""Rows kept in files of the user's cache: written in chunks, there only when whole, the oldest removed."""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np
import platformdirs
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.data.limits import ON_DISK_BYTES
from dlviz.data.mapped import mapped, size_words
from dlviz.i18n import tr

NUMBER = np.dtype("<f8")
ENDING, UNFINISHED, READING = ".rows", ".part", "dlviz-read-"
STALE_SECONDS = 24 * 3600.0  # an unfinished file this old belongs to a process that died
LARGE_FILE_BYTES = 16 << 20  # of a table; /tmp is memory on some systems
SPARE_BYTES = 64 << 20  # of the disk that are never filled

Rows = NDArray[np.float64]


def cache_folder() -> Path:
    """Return the folder of the files; it need not exist."""
    return Path(platformdirs.user_cache_dir("dlviz", appauthor=False)) / "rows"


def reading_folder(size_bytes: int) -> tempfile.TemporaryDirectory[str]:
    """Return an empty folder for reading a file of this size; a large one is not read where memory is the disk.

    Raises: DataError if there can be none.
    """
    folder = cache_folder() if size_bytes > LARGE_FILE_BYTES else None
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix=READING, dir=folder, ignore_cleanup_errors=True)
    except OSError as error:
        raise _refused(folder or Path(tempfile.gettempdir()), size_bytes, error) from error


def store_rows(made_of: str, shape: tuple[int, int], chunks: Iterable[Rows]) -> Rows:
    """Return rows (n, d) as a read-only array that lies in a file; where one is kept, no chunk is asked for.

    made_of: says everything that the rows depend on. chunks: (any, d) each, n rows in all.
    Raises: DataError if the disk has no room or cannot be written; no part of a file then stays.
    """
    folder = cache_folder()
    path = folder / (hashlib.sha256(made_of.encode()).hexdigest() + ENDING)
    size_bytes = shape[0] * shape[1] * NUMBER.itemsize
    try:
        if not _is_whole(path, shape):
            _make_room(folder, size_bytes)
            with _new_file(path) as file:
                for chunk in chunks:
                    file.write(np.ascontiguousarray(chunk, dtype=NUMBER).data)
        return kept_rows(path.name, shape)
    except OSError as error:
        raise _refused(folder, size_bytes, error) from error


def kept_rows(name: str, shape: tuple[int, int]) -> Rows:
    """Return the rows of a file that is kept, whose time now says that it was of use. Raises: OSError."""
    path = cache_folder() / name
    if not _is_whole(path, shape):
        raise FileNotFoundError(name)
    os.utime(path)
    rows: Rows = mapped(path, NUMBER, shape)
    return rows


def _is_whole(path: Path, shape: tuple[int, int]) -> bool:
    return path.is_file() and path.stat().st_size == shape[0] * shape[1] * NUMBER.itemsize


def _make_room(folder: Path, size_bytes: int) -> None:
    """Remove what is stale, then the oldest files until all fit into the cache and onto the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in (*folder.glob("*" + UNFINISHED), *folder.glob(READING + "*")):
        if time.time() - path.stat().st_mtime > STALE_SECONDS:
            _remove(path)
    kept = sorted(folder.glob("*" + ENDING), key=lambda path: path.stat().st_mtime)
    total = size_bytes + sum(path.stat().st_size for path in kept)
    while kept and (total > ON_DISK_BYTES or _free(folder) < size_bytes + SPARE_BYTES):
        total -= kept[0].stat().st_size
        _remove(kept.pop(0))
    if _free(folder) < size_bytes + SPARE_BYTES:
        raise OSError(tr("only {free} are free", free=size_words(_free(folder))))


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _remove(path: Path) -> None:
    # A system that does not remove files in use keeps this one until next time.
    with contextlib.suppress(OSError):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write, which takes its name only if nothing failed."""
    descriptor, name = tempfile.mkstemp(UNFINISHED, dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    finally:
        _remove(Path(name))


def _refused(folder: Path, size_bytes: int, error: OSError) -> DataError:
    message = tr(
        "Expected room for {size} in {folder}. Received: {error}.",
        size=size_words(size_bytes), folder=folder, error=error.strerror or error,
    )  # fmt: skip
    return DataError(message, tr("Free space on this disk, or choose fewer inputs."))
