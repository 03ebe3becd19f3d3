"""A look at a file before any parser touches it: a plain file, small enough, of the kind it claims."""

import os
from dataclasses import dataclass
from pathlib import Path

from dlviz.core.errors import DataError
from dlviz.data.formats import Format, format_of
from dlviz.data.limits import COLUMNS, FILE_BYTES, SNIFF_BYTES
from dlviz.data.regular_file import open_regular
from dlviz.data.text_encoding import guess_encoding
from dlviz.i18n import tr

# What files of other kinds begin with (their published signatures).
OTHER_KINDS = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF", "an HDF5 file"),
    (b"PAR1", "a Parquet file"),
    (b"{\\rtf", "a rich text document"),
    (b"<!DOCTYPE", "a web page"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML document"),
)


@dataclass(frozen=True)
class Sniffed:
    """A file that passed: its format, size and first bytes."""

    path: Path
    format: Format
    size_bytes: int
    head: bytes


def sniff(path: Path) -> Sniffed:
    """Check a data file's kind, size and first bytes. Raises: DataError with one sentence."""
    entry = format_of(path)
    if entry.is_folder:
        return Sniffed(path, entry, 0, b"")
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        _check_size(path, size)
        head = file.read(SNIFF_BYTES)
    if entry.reader is None:
        _check_kind(path, entry, head)
    if entry.is_text:
        _check_text(path, head, size)
    return Sniffed(path, entry, size, head)


def _check_size(path: Path, size: int) -> None:
    if size == 0:
        raise DataError(tr("Expected a table. Received: an empty file."), place=path.name)
    if size > FILE_BYTES:
        message = tr(
            "Expected a file of at most {limit} GiB. Received: {size:.1f} GiB.",
            limit=FILE_BYTES >> 30,
            size=size / 2**30,
        )
        raise DataError(message, tr("Keep a part of the rows."), path.name)


def _check_kind(path: Path, entry: Format, head: bytes) -> None:
    if entry.magic and not head.startswith(entry.magic):
        raise DataError(
            tr("Expected {title}. Received: a file that does not begin like one.", title=entry.title), place=path.name
        )
    for magic, name in () if entry.magic else OTHER_KINDS:
        if head.startswith(magic):
            raise DataError(
                tr("Expected text with separated cells. Received: {kind}.", kind=name),
                tr("Export the table as CSV."),
                path.name,
            )


def _check_text(path: Path, head: bytes, size: int) -> None:
    encoding = guess_encoding(head)
    if encoding.startswith("utf-16"):
        return
    if (nul := head.find(b"\0")) >= 0:
        line = head.count(b"\n", 0, nul) + 1
        raise DataError(
            tr("Expected text. Received: a NUL byte in line {line}.", line=line), tr("Is it a text file?"), path.name
        )
    first = head.split(b"\n", 1)[0]
    widest = max(first.count(sign) for sign in (b",", b";", b"\t", b"|")) + 1
    if widest > COLUMNS:
        count = f"{widest}" if len(first) < len(head) or size <= len(head) else tr("more than {n}", n=widest)
        raise DataError(
            tr("Expected at most {limit} columns. Received: {count}.", limit=COLUMNS, count=count),
            tr("Keep fewer columns, or swap rows and columns."),
            path.name,
        )
