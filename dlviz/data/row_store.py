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
ENDING, UNFINISHED = ".rows", ".part"
STALE_SECONDS = 24 * 3600.0  # an unfinished file this old belongs to a process that died
SPARE_BYTES = 64 << 20  # of the disk that are never filled

Rows = NDArray[np.float64]


def cache_folder() -> Path:
    """Return the folder of the files; it need not exist."""
    return Path(platformdirs.user_cache_dir("dlviz", appauthor=False)) / "rows"


def store_rows(made_of: str, shape: tuple[int, int], chunks: Iterable[Rows]) -> Rows:
    """Return rows (n, d) as a read-only array that lies in a file; where one is kept, no chunk is asked for.

    made_of: says everything that the rows depend on. chunks: (any, d) each, n rows in all.
    Raises: DataError if the disk has no room or cannot be written; no part of a file then stays.
    """
    folder = cache_folder()
    path = folder / (hashlib.sha256(made_of.encode()).hexdigest() + ENDING)
    size_bytes = shape[0] * shape[1] * NUMBER.itemsize
    try:
        if not _is_kept(path, size_bytes):
            _make_room(folder, size_bytes)
            with _new_file(path) as file:
                for chunk in chunks:
                    file.write(np.ascontiguousarray(chunk, dtype=NUMBER).data)
        rows: Rows = mapped(path, NUMBER, shape)
    except OSError as error:
        raise _refused(folder, size_bytes, error) from error
    return rows


def _is_kept(path: Path, size_bytes: int) -> bool:
    """Say whether the file is there and whole; its time then says when it was last of use."""
    if not path.is_file() or path.stat().st_size != size_bytes:
        return False
    os.utime(path)
    return True


def _make_room(folder: Path, size_bytes: int) -> None:
    """Remove what is stale, then the oldest files until all fit into the cache and onto the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*" + UNFINISHED):
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
        path.unlink()


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
