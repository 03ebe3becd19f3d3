"""Running the reader process: its own memory, time and folder, and it can be killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dlviz.core.errors import DataError
from dlviz.data.limits import READ_SECONDS
from dlviz.data.transport import ANSWER, read_answer
from dlviz.i18n import tr

TABLES, PICTURES = "dlviz.data.reader_child", "dlviz.data.picture_child"
REQUEST, COMPLAINTS = "request.json", "complaints.txt"
POLL_SECONDS = 0.01
COMPLAINTS_BYTES = 4096


def run_reader(
    folder: Path,
    request: str,
    place: str,
    cancelled: Callable[[], bool] | None = None,
    limit_seconds: float = READ_SECONDS,
    module: str = TABLES,
) -> dict[str, Any]:
    """Start a reader process in an empty private folder and return its answer.

    request: JSON. module: what it runs. Raises: DataError if the file is refused, the process dies, takes longer than
    limit_seconds, or cancelled() turns true.
    """
    (folder / REQUEST).write_text(request, encoding="utf-8")
    with (folder / COMPLAINTS).open("wb") as complaints:
        process = subprocess.Popen(
            _command(module, folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            cwd=folder,
            env=_environment(),
        )
        try:
            status = _wait(process, place, cancelled, limit_seconds)
        finally:
            _end(process)
    if not (folder / ANSWER).exists():
        raise _died(place, status) from RuntimeError(_complaints(folder))
    answer = read_answer(folder, place)
    if "error" in answer:
        raise _refusal(answer["error"], place)
    return answer


def _command(module: str, folder: Path) -> list[str]:
    # -P keeps modules that lie in the folder of the user's file from being imported.
    return [sys.executable, "-P", "-m", module, str(folder)]


def _environment() -> dict[str, str]:
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH", "")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}


def _wait(
    process: subprocess.Popen[bytes], place: str, cancelled: Callable[[], bool] | None, limit_seconds: float
) -> int:
    deadline = time.monotonic() + limit_seconds
    while True:
        try:
            return process.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if cancelled is not None and cancelled():
                raise DataError(tr("Reading was cancelled."), place=place) from None
            if time.monotonic() > deadline:
                message = tr("Expected the file to be read within {limit:g} s. Received: no end.", limit=limit_seconds)
                raise DataError(message, tr("Keep a part of the rows."), place) from None


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()


def _complaints(folder: Path) -> str:
    """Return the end of what the process wrote before it died, for the log."""
    return (folder / COMPLAINTS).read_bytes()[-COMPLAINTS_BYTES:].decode("utf-8", "replace")


def _died(place: str, status: int) -> DataError:
    message = tr(
        "Expected the file to be read. Received: the reader process ended with status {status}.", status=status
    )
    return DataError(message, tr("The file may be damaged or need too much memory."), place)


def _refusal(error: Mapping[str, Any], place: str) -> DataError:
    return DataError(str(error.get("message", "")), str(error.get("hint", "")), str(error.get("place", "") or place))
