"""Where errors go that nobody caught: one rotating log, one message, never a silent end."""

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

LOG_BYTES, LOG_FILES = 1_000_000, 5

log = logging.getLogger("dlviz")
_crash_file: TextIO | None = None  # faulthandler writes to it until the very end, so it is never closed

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def open_log(folder: Path) -> Path | None:
    """Send the program's log to a rotating file in folder; None where it cannot be written."""
    global _crash_file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / "dlviz.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
        _crash_file = (folder / "crash.log").open("a", encoding="utf-8")
    except OSError:
        log.addHandler(logging.NullHandler())
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    faulthandler.enable(_crash_file)
    return folder / "dlviz.log"


def install(report: Callable[[BaseException], None], quit_cleanly: Callable[[], None]) -> None:
    """Give every uncaught exception, of any thread, to report; Ctrl+C to quit_cleanly."""

    def on_error(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            quit_cleanly()
        else:
            report((error or kind()).with_traceback(trace))

    def on_thread_error(args: threading.ExceptHookArgs) -> None:
        on_error(args.exc_type, args.exc_value, args.exc_traceback)

    def on_unraisable(args: "sys.UnraisableHookArgs") -> None:
        log.error("Unraisable in %r: %r", args.object, args.exc_value)

    sys.excepthook = on_error
    threading.excepthook = on_thread_error
    sys.unraisablehook = on_unraisable
    qInstallMessageHandler(log_qt_message)


def log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Write one of Qt's own messages to the log."""
    log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", message)
