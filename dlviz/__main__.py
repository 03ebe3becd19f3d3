"""Start dlviz: the first word chooses a command; any other first word opens the window."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

# Read by NumPy's libraries when they load. Two threads and one foreign busy process slow a product 70 times.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

from dlviz.cli import commands, display, window
from dlviz.cli.messages import guard
from dlviz.core.errors import DlvizError
from dlviz.i18n import tr


def main(words: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status: 0 success, 1 a user's error, 2 wrong usage."""
    if getattr(sys, "frozen", False):  # a bundle: what starts it for a training says so in its words
        from multiprocessing import freeze_support

        freeze_support()
    return guard(_dispatch, list(sys.argv[1:] if words is None else words))


def _dispatch(words: list[str]) -> int:
    first = words[0] if words else ""
    if first in commands.COMMANDS:
        return commands.run(first, words[1:])
    if first == "shot":
        return _shot(window.parse_shot(words[1:]))
    return _window(window.parse_window(words))


def _window(request: window.WindowRequest) -> int:
    if not display.is_there(os.environ):
        return _without_display(request)
    display.require_libraries(os.environ)
    with _qt_explained():
        from dlviz.gui.application import run
    return run(request.file, request.workspace, request.theme)


def _shot(request: window.ShotRequest) -> int:
    # A picture needs no display, and must not change with the one that is there.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with _qt_explained():
        from dlviz.gui.shot import shot
    shot(request.file, request.out, request.workspace, request.size, request.theme, request.steps)
    return 0


def _without_display(request: window.WindowRequest) -> int:
    """Train where it can be read, then draw the window into a picture: Qt would abort without a display."""
    from dlviz.cli import windowless

    steps = windowless.train_instead(request.file)
    drawn = window.ShotRequest(request.file, windowless.PICTURE, steps=steps)
    _shot(replace(drawn, workspace=request.workspace or drawn.workspace, theme=request.theme or drawn.theme))
    windowless.explain()
    return 0


@contextmanager
def _qt_explained() -> Iterator[None]:
    """Turn a Qt that cannot be loaded, which lacks a system library, into a sentence."""
    try:
        yield
    except ImportError as error:
        if error.name is not None and error.name.startswith("dlviz"):
            raise
        hint = tr("“make run” names the missing system packages; “dlviz doctor” lists libraries.")
        raise DlvizError(tr("Expected Qt to load. Received: {error}", error=error), hint) from error


if __name__ == "__main__":
    sys.exit(main())
