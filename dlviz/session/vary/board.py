"""Board: a few numbers in a file that trainings in other processes share with whoever started them.

It says how far each training has come, and whether they shall end. A file works for threads and processes alike, with
any executor on this machine; on another one nobody finds it, and only cancelling waits for the training to end.
"""

import math
import mmap
import os
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

OVER = 0  # place of the number that is not 0 once all shall end


class Board:
    """Made by whoever starts trainings: one place for each of them, NaN until it begins."""

    def __init__(self, count: int) -> None:
        handle, path = tempfile.mkstemp(prefix="dlviz-vary-")
        self.path = Path(path)
        try:
            os.ftruncate(handle, 8 * (count + 1))
            self._numbers = _mapped(handle)
        finally:
            os.close(handle)
        self._numbers[1:] = np.nan

    def progress(self, place: int) -> float | None:
        """Return how far a training has come, 0…1; None before it begins."""
        share = float(self._numbers[place + 1])
        return None if math.isnan(share) else share

    def clear(self, place: int) -> None:
        """Take it that a training has not begun."""
        self._numbers[place + 1] = math.nan

    def end(self) -> None:
        """Let all trainings end."""
        self._numbers[OVER] = 1.0

    def remove(self) -> None:
        """Let all trainings end, and leave no file behind; those that look at it still do."""
        self.end()
        self.path.unlink(missing_ok=True)


class Place:
    """A training's own place on a board. Where the board is gone the training shall end."""

    def __init__(self, path: str, place: int) -> None:
        self._place = place + 1
        try:
            handle = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            self._numbers = np.ones(place + 2)
            return
        try:
            self._numbers = _mapped(handle)
        finally:
            os.close(handle)

    @property
    def is_over(self) -> bool:
        """Whether the training shall end."""
        return bool(self._numbers[OVER] != 0.0)

    def tell(self, share: float) -> None:
        """Say how far the training has come, 0…1."""
        self._numbers[self._place] = share


def _mapped(handle: int) -> NDArray[np.float64]:
    return np.frombuffer(mmap.mmap(handle, 0), dtype=np.float64)
