"""The members of a zip, unpacked one by one under caps of ours; nothing of it is believed, no name becomes a path."""

import itertools
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dlviz.core.errors import DataError
from dlviz.data.limits import ZIP_BYTES, ZIP_ENTRIES, ZIP_RATIO, ZIP_RATIO_FROM
from dlviz.data.regular_file import open_regular
from dlviz.i18n import tr

CHUNK_BYTES = 1 << 20
TAIL_BYTES = 66_000  # a zip ends with its directory's record, behind which a comment of 64 kB may stand
NAME_BYTES = 300
_END = struct.Struct("<4s4H2LH")
_CENTRAL = 46  # bytes of a directory entry without its name
_LOCAL = 30  # bytes before a member without its name
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError,
    OverflowError, KeyError, IndexError,
)  # fmt: skip


class ZipParts:
    """A zip that is open, with its directory checked."""

    def __init__(self, archive: zipfile.ZipFile, place: str) -> None:
        self._archive, self._place = archive, place
        self.infos = archive.infolist()
        _check_directory(self.infos, place)

    def unpack(self, info: zipfile.ZipInfo, target: Path, cancelled: Callable[[], bool]) -> None:
        """Write one member into a file of ours. Raises: DataError for more bytes than the directory says."""
        n = 0
        try:
            with self._archive.open(info) as member, target.open("xb") as file:
                while chunk := member.read(CHUNK_BYTES):
                    n += len(chunk)
                    if n > info.file_size:
                        raise _refusal(tr("{n} bytes", n=info.file_size), tr("more"), self._place)
                    if cancelled():
                        raise DataError(tr("Reading was cancelled."), place=self._place)
                    file.write(chunk)
        except _BROKEN as error:
            raise _refusal(tr("a whole zip file"), str(error) or type(error).__name__, self._place) from None


@contextmanager
def open_zip(path: Path) -> Iterator[ZipParts]:
    """Open a zip. Raises: DataError for a cut one, too many or overlapping members, and lying sizes."""
    with open_regular(path) as file:
        _check_end(file, path.name)
        try:
            archive = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise _refusal(tr("a whole zip file"), str(error) or type(error).__name__, path.name) from None
        with archive:
            yield ZipParts(archive, path.name)


def _refusal(expected: str, received: object, place: str) -> DataError:
    return DataError(tr("Expected {expected}. Received: {received}.", expected=expected, received=received),
                     place=place)  # fmt: skip


def _check_end(file: BinaryIO, place: str) -> None:
    """Refuse a cut file, or a directory too long to be looked through, before looking through it."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - TAIL_BYTES, 0))
    tail = file.read(TAIL_BYTES)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise _refusal(tr("a whole zip file"), tr("one that is cut off"), place)
    entries, directory = _END.unpack_from(tail, at)[4:6]
    if entries > ZIP_ENTRIES or directory > ZIP_ENTRIES * (_CENTRAL + NAME_BYTES):
        raise _refusal(tr("at most {n} parts", n=ZIP_ENTRIES), entries, place)
    file.seek(0)


def _check_directory(infos: list[zipfile.ZipInfo], place: str) -> None:
    if len(infos) > ZIP_ENTRIES:
        raise _refusal(tr("at most {n} parts", n=ZIP_ENTRIES), len(infos), place)
    if len({info.filename for info in infos}) != len(infos):
        raise _refusal(tr("every part once"), tr("a part twice"), place)
    if (total := sum(info.file_size for info in infos)) > ZIP_BYTES:
        raise _refusal(tr("at most {n} bytes unpacked", n=ZIP_BYTES), total, place)
    for info in infos:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 0x1:
            raise _refusal(tr("stored or deflated parts"), tr("another packing"), place)
        if info.file_size > ZIP_RATIO_FROM and info.file_size > ZIP_RATIO * info.compress_size:
            raise _refusal(tr("at most {n} to 1 packed", n=ZIP_RATIO), info.file_size, place)
    ordered = sorted(infos, key=lambda info: info.header_offset)
    for info, after in itertools.pairwise(ordered):
        if info.header_offset + _LOCAL + len(info.filename) + info.compress_size > after.header_offset:
            raise _refusal(tr("parts one after the other"), tr("overlapping parts"), place)
