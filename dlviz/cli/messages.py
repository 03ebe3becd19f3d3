"""What the command line says on standard error, and the exit status that goes with it."""

import os
import sys
from collections.abc import Callable

from dlviz.core.errors import DlvizError
from dlviz.i18n import tr

SUCCESS, USER_ERROR, INTERRUPTED = 0, 1, 130


def guard(run: Callable[[list[str]], int], words: list[str]) -> int:
    """Run a command; turn a user's error into one sentence on standard error and status 1."""
    try:
        status = run(words)
        sys.stdout.flush()
    except DlvizError as error:
        return _fail(str(error))
    except BrokenPipeError:
        # The reader has seen enough. Python would complain again while closing standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return USER_ERROR
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        _fail(tr("Stopped."))
        return INTERRUPTED
    return status


def say(text: str) -> None:
    """Write a line of progress or explanation to standard error."""
    print(text, file=sys.stderr)


def _fail(text: str) -> int:
    print(f"dlviz: {' '.join(text.split())}", file=sys.stderr)
    return USER_ERROR
