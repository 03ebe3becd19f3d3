"""Garbage collection from the window's thread only, a generation at a time, never inside a chunk."""

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL_MS = 1000


class Collection(QObject):
    """Turns automatic collection off and collects from a timer instead.

    A cycle that holds a QObject must not be collected on the worker's thread: Qt would be
    destroyed there. The oldest generation is left alone unless the window is idle: to look through it takes
    some frames' time.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_idle: Callable[[], bool] = _never
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._collect)

    def start(self, is_idle: Callable[[], bool] | None = None) -> None:
        """Take over from the automatic collector; everything alive now is never looked at again.

        is_idle: says whether nobody minds a short wait; without it the oldest generation is never collected.
        """
        self._is_idle = is_idle or _never
        gc.collect()
        gc.freeze()
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Give back to the automatic collector."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    @Slot()
    def _collect(self) -> None:
        young, middle, old = gc.get_threshold()
        counts = gc.get_count()
        if counts[0] > young:
            gc.collect(0)
        if counts[1] > middle:
            gc.collect(1)
        if counts[2] > old and self._is_idle():
            gc.collect(2)


def _never() -> bool:
    return False
