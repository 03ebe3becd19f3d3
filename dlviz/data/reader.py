"""Reading a table from an untrusted file: checks first, then a separate process does the parsing."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dlviz.core.errors import DataError
from dlviz.data.file_checks import sniff
from dlviz.data.limits import READ_SECONDS
from dlviz.data.reader_process import run_reader
from dlviz.data.table import ReadChoices, Table, TableRead
from dlviz.data.transport import read_arrays, read_columns


def read_table(
    path: Path | str,
    choices: ReadChoices | None = None,
    cancelled: Callable[[], bool] | None = None,
    limit_seconds: float = READ_SECONDS,
) -> Table:
    """Read a CSV, TSV or Parquet file; takes seconds, so call it off the window's thread.

    cancelled: asked about a hundred times a second; true ends the reading at once.
    Raises: DataError with one sentence, where it is in the file and what to do; nothing is changed.
    """
    file = Path(path)
    sniff(file)
    with tempfile.TemporaryDirectory(prefix="dlviz-read-", ignore_cleanup_errors=True) as folder:
        request = {"path": str(file.absolute()), "choices": asdict(choices or ReadChoices())}
        answer = run_reader(Path(folder), json.dumps(request), file.name, cancelled, limit_seconds)
        info = _info(file, answer)
        arrays = read_arrays(Path(folder), info.columns, info.n_rows, file.name)
    return Table(info, arrays)


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
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            "Expected an answer of the reader process. Received: an incomplete one.", place=path.name
        ) from error
