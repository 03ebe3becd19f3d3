"""Opening files that may be anything: only regular ones, never waiting, never following what is not asked for."""

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from dlviz.core.errors import DataError
from dlviz.i18n import tr

HASH_BYTES = 1 << 20


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading, never waiting for the other end of a pipe.

    Raises: DataError for anything else and for what the system refuses.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(tr("Expected a readable file. Received: {reason}.", reason=reason), place=path.name) from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise DataError(tr("Expected a regular file. Received: {kind}.", kind=_kind(mode)), place=path.name)
    return os.fdopen(descriptor, "rb")


def sha256_of(path: Path, cancelled: Callable[[], bool] = bool) -> str:
    """Return the SHA-256 of a regular file in hexadecimal. Raises: DataError; when cancelled too."""
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while chunk := file.read(HASH_BYTES):
            if cancelled():
                raise DataError(tr("Reading was cancelled."), place=path.name)
            digest.update(chunk)
    return digest.hexdigest()


def digest_of(path: Path, labels: str | None = None, cancelled: Callable[[], bool] = bool) -> str:
    """Return the SHA-256 of a file, joined with that of its labels where they are in another one."""
    digest = sha256_of(path, cancelled)
    if not labels:
        return digest
    return hashlib.sha256((digest + sha256_of(Path(labels), cancelled)).encode()).hexdigest()


def _kind(mode: int) -> str:
    kinds = (
        (stat.S_ISDIR, tr("a folder")),
        (stat.S_ISFIFO, tr("a named pipe")),
        (stat.S_ISSOCK, tr("a socket")),
    )
    return next((name for test, name in kinds if test(mode)), tr("a device"))
