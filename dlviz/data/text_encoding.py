"""How a text file is encoded, and its copy as plain UTF-8 with simple line ends."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from dlviz.core.errors import DataError
from dlviz.i18n import tr

CHUNK_BYTES = 4 << 20
TITLES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 (little-endian)",
    "utf-16-be": "UTF-16 (big-endian)",
    "cp1252": "Windows-1252",
    "latin-1": "ISO 8859-1",
}
NUL_SHARE = 0.3  # text in a Latin script has a NUL in nearly every second byte of UTF-16


def guess_encoding(head: bytes) -> str:
    """Return utf-16-le or utf-16-be by mark or by where the NUL bytes stand, else utf-8."""
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    half = max(len(head[:4096]) // 2, 1)
    if odd > NUL_SHARE * half and even == 0:
        return "utf-16-le"
    if even > NUL_SHARE * half and odd == 0:
        return "utf-16-be"
    return "utf-8"


def is_utf8(file: BinaryIO) -> bool:
    """Say whether the rest of the file is strict UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(file):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def is_plain(file: BinaryIO) -> bool:
    """Say whether the file begins without a mark and ends all lines alike, with LF or with CR LF."""
    kinds: set[bytes] = set()
    before = b""
    for number, chunk in enumerate(_chunks(file)):
        if number == 0 and chunk.startswith(codecs.BOM_UTF8):
            return False
        text = before + chunk
        before = b"\r" if text.endswith(b"\r") else b""
        text = text[: len(text) - len(before)]
        pairs = text.count(b"\r\n")
        kinds |= {name for name, n in ((b"\r\n", pairs), (b"\n", text.count(b"\n") - pairs)) if n}
        if text.count(b"\r") != pairs:
            return False
    return not before and len(kinds) <= 1


def rewrite(source: BinaryIO, target: BinaryIO, encoding: str, place: str) -> None:
    """Copy text into UTF-8 without a mark, every line ended by LF.

    Raises: DataError that names the first byte which is no text in this encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    done, is_after_return, is_first = 0, False, True
    for chunk in (*_chunks(source), b""):
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            title = TITLES.get(encoding, encoding)
            message = tr(
                "Expected {encoding} text. Received: another byte near {at}.", encoding=title, at=done + error.start
            )
            raise DataError(message, tr("Save the file as UTF-8."), place) from error
        done += len(chunk)
        if is_first and text:
            text, is_first = text.removeprefix("\ufeff"), False
        if is_after_return and text.startswith("\n"):
            text = text[1:]
        is_after_return = text.endswith("\r") if text else is_after_return
        target.write(text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "strict"))


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk
