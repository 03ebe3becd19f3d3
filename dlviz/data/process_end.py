"""What every reader process does: little memory, and an answer whatever happens. Reader processes only."""

from collections.abc import Callable
from pathlib import Path

from dlviz.core.errors import DataError
from dlviz.data.limits import READER_MEMORY_BYTES
from dlviz.data.transport import Answer, write_answer
from dlviz.i18n import tr


def limit_memory() -> None:
    """Cap this process's address space, where the system can; imports are done by now."""
    try:
        import resource
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = READER_MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(READER_MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def answering(folder: Path, place: str, read: Callable[[], Answer]) -> None:
    """Write what reading gave, or the one sentence why it gave nothing."""
    try:
        answer = read()
    except DataError as error:
        answer = refused(error)
    except OSError as error:
        message = tr("Expected room on the disk to read the data. Received: {error}.", error=error.strerror)
        answer = refused(DataError(message, tr("Free space on this disk."), place))
    except MemoryError:
        answer = refused(DataError(tr("Expected data that fit into memory. Received: larger ones."), place=place))
    write_answer(folder, answer)


def refused(error: DataError) -> Answer:
    """Return the answer that refuses."""
    return {"error": {"message": error.message, "hint": error.hint, "place": error.place}}
