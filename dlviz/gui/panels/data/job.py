"""Slow work on a thread of its own; the window polls it and can cancel."""

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, Slot

from dlviz.core.errors import DataError, DlvizError
from dlviz.i18n import tr

POLL_MS = 30
JOIN_SECONDS = 2.0

Work = Callable[[Callable[[], bool]], Any]  # is given a function that says whether it was cancelled


class Job(QObject):
    """One piece of work at a time; starting another one cancels the one before, following it lets that end first."""

    finished = Signal(object)  # what the work returned
    told = Signal(object)  # the latest of what the work said on its way
    failed = Signal(object)  # DlvizError

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._answer: list[Any] = []
        self._latest: Any = None
        self._waiting: Work | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.cancel)

    @property
    def is_running(self) -> bool:
        """Whether something is being worked on."""
        return self._thread is not None

    def start(self, work: Work) -> None:
        """Begin; `finished` or `failed` is emitted on this thread later."""
        self.cancel()
        self._cancelled, self._answer, self._latest = threading.Event(), [], None
        arguments = (work, self._cancelled, self._answer)
        self._thread = threading.Thread(target=_run, args=arguments, name="dlviz-job")
        self._thread.start()
        self._timer.start()

    def follow(self, work: Work) -> None:
        """Begin as soon as the work in hand has ended, which is asked to; only the last that was asked for is done.

        The window does not wait for it, as `start` does: a slider may ask many times a second.
        """
        if self._thread is None:
            self.start(work)
        else:
            self._cancelled.set()
            self._waiting = work

    def tell(self, what: object) -> None:
        """Say how far the work is; called on its thread, emitted on the window's."""
        self._latest = what

    @Slot()
    def _poll(self) -> None:
        if self._latest is not None:
            what, self._latest = self._latest, None
            self.told.emit(what)
        if self._thread is None or self._thread.is_alive():
            return
        self._timer.stop()
        self._thread.join()
        self._thread = None
        if self._waiting is not None:
            work, self._waiting = self._waiting, None
            self.start(work)
            return
        for answer in self._answer or [
            DataError(tr("Expected the work to end well. Received: a failure, see the log"))
        ]:
            (self.failed if isinstance(answer, DlvizError) else self.finished).emit(answer)

    @Slot()
    def cancel(self) -> None:
        """End the work; nothing is emitted for it."""
        self._timer.stop()
        self._cancelled.set()
        self._waiting = None
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)
            self._thread = None


def _run(work: Work, cancelled: threading.Event, answer: list[Any]) -> None:
    """Work on the thread, touching nothing but its own answer."""
    try:
        answer.append(work(cancelled.is_set))
    except DlvizError as error:
        answer.append(error)
    except (OSError, MemoryError) as error:
        answer.append(DataError(tr("Expected a file that can be read. Received: {error}", error=error)))
