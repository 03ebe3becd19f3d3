"""Reading a table from an untrusted file: checks first, then a separate process does the parsing."""

import json
import weakref
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from dlviz.core.errors import DataError
from dlviz.data import limits
from dlviz.data.file_checks import Sniffed, sniff
from dlviz.data.formats import OwnReader
from dlviz.data.limits import IMAGE_SET_BYTES, READ_SECONDS, READ_SECONDS_PER_GB
from dlviz.data.mapped import size_words
from dlviz.data.picture_progress import Progress, Watch
from dlviz.data.reader_process import PICTURES, run_reader
from dlviz.data.regular_file import digest_of
from dlviz.data.row_store import reading_folder
from dlviz.data.table import ReadChoices, Table, TableRead
from dlviz.data.transport import read_arrays, read_columns, stored_bytes
from dlviz.i18n import tr


def read_table(
    path: Path | str,
    choices: ReadChoices | None = None,
    cancelled: Callable[[], bool] | None = None,
    limit_seconds: float | None = None,
    tell: Callable[[Progress], None] | None = None,
) -> Table:
    """Read a file or folder of data of any registered format; takes seconds, so call it off the window's thread.

    The columns of a large table stay in a temporary file, which goes with the table.
    cancelled: asked about a hundred times a second; true ends the reading at once. limit_seconds: by
    default as many as a file of this size needs at most. tell: is called with the images of a folder as they come.
    Raises: DataError with one sentence, where it is in the file and what to do; nothing is changed.
    """
    file = Path(path)
    sniffed = sniff(file)
    size_bytes = IMAGE_SET_BYTES if sniffed.format.is_folder else sniffed.size_bytes
    limit = limit_seconds or READ_SECONDS + READ_SECONDS_PER_GB * size_bytes / 1e9
    with ExitStack() as stack:
        folder = Path(stack.enter_context(reading_folder(size_bytes)))
        info = _info(file, _answer(folder, sniffed, choices or ReadChoices(), cancelled or bool, limit, tell))
        stays_bytes = stored_bytes(info.columns, info.n_rows)
        if stays_bytes <= limits.IN_MEMORY_BYTES:
            return Table(info, read_arrays(folder, info.columns, info.n_rows, file.name))
        note = tr("The table is large: its {size} stay on disk.", size=size_words(stays_bytes))
        arrays = read_arrays(folder, info.columns, info.n_rows, file.name, stays=True)
        table = Table(replace(info, notes=(note, *info.notes)), arrays)
        weakref.finalize(table, stack.pop_all().close)
    return table


def _answer(
    folder: Path,
    sniffed: Sniffed,
    choices: ReadChoices,
    cancelled: Callable[[], bool],
    limit: float,
    tell: Callable[[Progress], None] | None,
) -> dict[str, Any]:
    """Let the format's own reader or a reader process write what the file holds into the folder."""
    path, entry = sniffed.path, sniffed.format
    if entry.reader is not None:
        answer = _own(entry.reader, folder, path, choices, cancelled)
        digest = digest_of(path, choices.labels, cancelled)
        return {**answer, "format": entry.key, "sha256": digest, "size_bytes": sniffed.size_bytes}
    request = json.dumps({"path": str(path.absolute()), "choices": asdict(choices)})
    if not entry.is_folder:
        return run_reader(folder, request, path.name, cancelled, limit)
    watch = Watch(folder, tell) if tell is not None else None

    def asked() -> bool:
        if watch is not None:
            watch.look()
        return cancelled()

    answer = run_reader(folder, request, path.name, asked, limit, PICTURES)
    return {**answer, "format": entry.key, "size_bytes": 0}


def _own(
    read: OwnReader, folder: Path, path: Path, choices: ReadChoices, cancelled: Callable[[], bool]
) -> dict[str, Any]:
    try:
        return read(folder, path, choices, cancelled)
    except (OSError, ValueError, OverflowError, MemoryError) as error:
        raise DataError(
            tr("Expected data that can be read. Received: {error}.", error=error), place=path.name
        ) from error


def _info(path: Path, answer: dict[str, Any]) -> TableRead:
    """Check the answer's types. Raises: DataError if they are not as agreed."""
    try:
        return TableRead(
            path=path,
            format=str(answer["format"]),
            columns=read_columns(answer, path.name),
            n_rows=int(answer["n_rows"]),
            separator=str(answer["separator"]),
            decimal=str(answer["decimal"]),
            encoding=str(answer["encoding"]),
            header=bool(answer["header"]),
            preview=tuple(tuple(map(str, row)) for row in answer["preview"]),
            notes=tuple(map(str, answer["notes"])),
            guessed_target=str(answer["guessed_target"]),
            sha256=str(answer["sha256"]),
            size_bytes=int(answer["size_bytes"]),
            row_names=tuple(map(str, answer.get("row_names", ()))),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            "Expected an answer of the reader process. Received: an incomplete one.", place=path.name
        ) from error
