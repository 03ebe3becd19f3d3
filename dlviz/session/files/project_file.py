"""Project files: a zip of document.json and arrays with checksums, or one plain JSON file."""

import codecs
import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from dlviz.core.errors import DocumentError, SaveError
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.files.atomic import FileSystem, atomic_write, printable, real_fs, sweep
from dlviz.session.files.envelope import VERSION
from dlviz.session.files.npy import read_npy, write_npy
from dlviz.session.files.sheet_file import is_sheet, sheet_from_bytes
from dlviz.session.files.zip_parts import (
    DOCUMENT,
    MAGIC,
    MANIFEST,
    array_member,
    array_name,
    read_zip,
    write_zip,
)
from dlviz.session.format.document import document_arrays, document_from_json, document_to_json
from dlviz.session.format.runs import RUNS, runs_from_json, runs_to_json
from dlviz.session.format.state import SavedState, state_arrays, state_from_json, state_to_json
from dlviz.session.format.table import Arrays
from dlviz.session.format.text import dump_json, parse_json
from dlviz.session.limits import JSON_BYTES, MIB, ZIP_FILE_BYTES
from dlviz.session.saved_runs import SavedRuns

__all__ = [
    "Project",
    "SavedState",
    "project_from_bytes",
    "project_to_bytes",
    "read_document",
    "read_project",
    "write_project",
]


@dataclass(frozen=True)
class Project:
    """A document and, if it was saved in the middle of a run, where that stood; with all runs if there were several."""

    document: Document
    state: SavedState | None = None
    runs: SavedRuns | None = None


def read_document(path: str | os.PathLike[str]) -> Document:
    """Read the document of a .dlviz or JSON file, told apart by content. Raises: DlvizError."""
    return read_project(path).document


def read_project(path: str | os.PathLike[str]) -> Project:
    """Read a .dlviz or JSON file, told apart by content, or the text of a .sheet; nothing it names is opened.

    Raises: DocumentError, SpecError or ShapeError, one sentence with its place.
    """
    data = _read_bytes(path)
    return Project(sheet_from_bytes(data)) if is_sheet(path) else project_from_bytes(data)


def project_from_bytes(data: bytes) -> Project:
    """Read a project from the bytes of its file. Raises: as `read_project`."""
    if not data.startswith(MAGIC):
        _check_text(data)
        return _project(parse_json(data), {})
    members = read_zip(data)
    _check_sums(members)
    arrays = {array_name(name): read_npy(each, name) for name, each in members.items() if array_name(name)}
    return _project(parse_json(members[DOCUMENT], DOCUMENT), arrays)


def write_project(
    path: str | os.PathLike[str], document: Document, state: SavedState | None = None, fs: FileSystem = real_fs,
    runs: SavedRuns | None = None,
) -> None:  # fmt: skip
    """Write a project whole or not at all: plain JSON if path ends in .json, else a zip.

    What a killed process left beside it is swept away. Raises: SaveError; the old file is whole then.
    """
    if is_sheet(path):
        hint = tr("A sheet is text, written by hand; save what is set in it as a .dlviz file.")
        raise SaveError(tr("Expected a file that ends in .dlviz or .json. Received: .sheet"), hint)
    is_json = Path(path).suffix.lower() == ".json"
    atomic_write(path, project_to_bytes(document, state, is_json, runs), fs)
    sweep(os.path.dirname(os.path.realpath(path)))


def project_to_bytes(
    document: Document, state: SavedState | None = None, as_json: bool = False, runs: SavedRuns | None = None
) -> bytes:
    """Return the bytes of a project file; equal projects give equal bytes.

    Raises: SaveError for a document of a newer version, whose parts would be lost, or one too large.
    """
    _refuse_newer(document)
    written = document_to_json(document, inline_arrays=as_json)
    if state is not None:
        written["state"] = state_to_json(state, as_json)
    arrays = {} if as_json else document_arrays(document) | state_arrays(state)
    if runs is not None:
        written[RUNS], shared = runs_to_json(runs, document, as_json)
        arrays |= shared
    text = _text(written)
    if len(text) > JSON_BYTES:
        raise SaveError(
            tr("Expected at most {n} MiB of JSON. Received: {got} MiB.", n=JSON_BYTES // MIB, got=len(text) // MIB),
            tr("Save as a .dlviz file.") if as_json else "",
        )
    return text if as_json else _zipped(text, arrays)


def _text(written: Mapping[str, Any]) -> bytes:
    try:
        return dump_json(written)
    except (TypeError, ValueError) as error:
        raise SaveError(tr("Expected parts that JSON can hold. Received: {error}", error=error)) from error


def _zipped(text: bytes, arrays: Mapping[str, NDArray[Any]]) -> bytes:
    members = {DOCUMENT: text, **{array_member(name): write_npy(arrays[name]) for name in sorted(arrays)}}
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    return write_zip({**members, MANIFEST: dump_json(sums)})


def _read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Read a regular file under the cap; a pipe or device is refused without waiting on it."""
    name = printable(path)
    try:
        descriptor = os.open(
            path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise DocumentError(tr("Expected a file. Received: {name}, which is none", name=name))
            if status.st_size > ZIP_FILE_BYTES:
                raise DocumentError(tr("Expected a file up to 1 GiB. Received: {n} bytes", n=status.st_size), "", name)
            return file.read(status.st_size)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError(
            tr("Expected to read {name}. Received: {reason}", name=name, reason=reason.lower())
        ) from None


def _check_text(data: bytes) -> None:
    """Refuse what cannot be JSON in words that fit a file chosen by mistake."""
    start = data[:64].removeprefix(codecs.BOM_UTF8).lstrip()
    if not start.startswith(b"{"):
        other = tr("another kind of file") if data else tr("an empty file")
        raise DocumentError(tr("Expected a dlviz project or its JSON. Received: {other}", other=other))


def _check_sums(members: Mapping[str, bytes]) -> None:
    for name in (DOCUMENT, MANIFEST):
        if name not in members:
            raise DocumentError(tr("Expected the part {name}. Received: none", name=name))
    sums = parse_json(members[MANIFEST], MANIFEST)
    if set(sums) != set(members) - {MANIFEST}:
        raise DocumentError(tr("Expected a checksum for every part. Received: another list"), place=MANIFEST)
    for name, expected in sums.items():
        if hashlib.sha256(members[name]).hexdigest() != expected:
            raise DocumentError(
                tr("Expected the checksum of this part. Received: another one, so it is damaged."),
                tr("Open a backup."),
                name,
            )


def _project(data: dict[str, Any], arrays: Arrays) -> Project:
    document = document_from_json(data, arrays)
    state = data.get("state")
    saved = None if state is None else state_from_json(state, document, arrays)
    return Project(document, saved, runs_from_json(data, document, arrays))


def _refuse_newer(document: Document) -> None:
    version = document.extra.get("", {}).get("version", VERSION)
    if version > VERSION:
        raise SaveError(
            tr("Expected a document of version {known}. Received: version {got}.", known=VERSION, got=version),
            tr("Saving it here would lose what only a newer dlviz knows."),
        )
