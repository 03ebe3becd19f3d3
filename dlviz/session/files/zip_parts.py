"""The members of a project file: a zip read into memory by exact names, and written without a clock."""

import io
import itertools
import re
import struct
import zipfile
import zlib

from dlviz.core.errors import DocumentError
from dlviz.i18n import tr
from dlviz.session.limits import (
    JSON_BYTES,
    ZIP_BYTES,
    ZIP_ENTRIES,
    ZIP_NAME_BYTES,
    ZIP_RATIO,
    ZIP_RATIO_FROM,
)

DOCUMENT = "document.json"
MANIFEST = "manifest.json"
MAGIC = b"PK\x03\x04"
_ARRAY = re.compile(r"arrays/([A-Za-z0-9_][A-Za-z0-9_.\-]{0,199})\.npy")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say: equal documents are equal bytes
_CHUNK = 1 << 20
_END = struct.Struct("<4s4H2LH")
_CENTRAL = 46  # bytes of a directory entry without its name
_LOCAL = 30  # bytes before a member without its name
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError,
    NotImplementedError, OverflowError, KeyError, IndexError,
)  # fmt: skip


def array_member(name: str) -> str:
    """Return the member that holds an array."""
    return f"arrays/{name}.npy"


def array_name(member: str) -> str:
    """Return the name of the array that a member holds, or nothing."""
    match = _ARRAY.fullmatch(member)
    return match[1] if match else ""


def write_zip(members: dict[str, bytes]) -> bytes:
    """Return a zip of stored members; equal members give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3  # Unix, on every system
            info.external_attr = 0o600 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def read_zip(data: bytes) -> dict[str, bytes]:
    """Return all members by name, nothing put on the disk.

    Raises: DocumentError for unknown names, lying sizes, overlaps, and anything over the caps.
    """
    _check_end(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_directory(infos)
            return {info.filename: _read(archive, info) for info in infos}
    except _BROKEN as error:
        raise _refusal(tr("a whole project file"), str(error) or type(error).__name__) from None


def _refusal(expected: str, received: object, place: str = "") -> DocumentError:
    return DocumentError(
        tr("Expected {expected}. Received: {received}", expected=expected, received=received), "", place
    )


def _check_end(data: bytes) -> None:
    """Refuse a cut file, or a directory too long to be looked through, before looking through it."""
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(data):
        raise _refusal(tr("a whole project file"), tr("one that is cut off"))
    _, _, _, _, entries, size, _, _ = _END.unpack_from(data, at)
    if entries > ZIP_ENTRIES or size > ZIP_ENTRIES * (_CENTRAL + ZIP_NAME_BYTES):
        raise _refusal(tr("at most {n} parts", n=ZIP_ENTRIES), entries)


def _check_directory(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > ZIP_ENTRIES:
        raise _refusal(tr("at most {n} parts", n=ZIP_ENTRIES), len(infos))
    names = [info.filename for info in infos]
    for name in names:
        if name not in (DOCUMENT, MANIFEST) and not array_name(name):
            raise _refusal(tr("only document.json, manifest.json and arrays"), repr(name[:80]))
    if len(set(names)) != len(names):
        raise _refusal(tr("every part once"), tr("a part twice"))
    total = sum(info.file_size for info in infos)
    if total > ZIP_BYTES:
        raise _refusal(tr("at most {n} bytes unpacked", n=ZIP_BYTES), total)
    _check_packing(infos)


def _check_packing(infos: list[zipfile.ZipInfo]) -> None:
    for info in infos:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 0x1:
            raise _refusal(tr("stored or deflated parts"), tr("another packing"), info.filename)
        if info.file_size > ZIP_RATIO_FROM and info.file_size > ZIP_RATIO * info.compress_size:
            raise _refusal(tr("at most {n} to 1 packed", n=ZIP_RATIO), info.file_size, info.filename)
    ordered = sorted(infos, key=lambda info: info.header_offset)
    for info, after in itertools.pairwise(ordered):
        if info.header_offset + _LOCAL + len(info.filename) + info.compress_size > after.header_offset:
            raise _refusal(tr("parts one after the other"), tr("overlapping parts"), info.filename)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Read one member; the count of bytes is ours, not the directory's."""
    cap = JSON_BYTES if info.filename in (DOCUMENT, MANIFEST) else ZIP_BYTES
    cap = min(cap, info.file_size)
    parts: list[bytes] = []
    n = 0
    with archive.open(info) as member:
        while chunk := member.read(_CHUNK):
            n += len(chunk)
            if n > cap:
                raise _refusal(tr("at most {n} bytes", n=cap), tr("more"), info.filename)
            parts.append(chunk)
    return b"".join(parts)
