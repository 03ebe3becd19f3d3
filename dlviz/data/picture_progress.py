"""How far the picture process is, with the images that it has decoded so far."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlviz.data.transport import block_name

PLAN = "plan.json"
SHOWN = 60  # images, evenly spaced over the set
LOOK_SECONDS = 0.1


@dataclass(frozen=True, eq=False)
class Progress:
    """done of total images are decoded. images: (m, c·h·w) of those shown, each of the shape (c, h, w)."""

    done: int
    total: int
    shape: tuple[int, int, int]
    images: NDArray[np.uint8]


class Watch:
    """Looks from time to time at what the process has written, and tells."""

    def __init__(self, folder: Path, tell: Callable[[Progress], None]) -> None:
        self._folder, self._tell = folder, tell
        self._next, self._done = 0.0, -1
        self._plan: tuple[tuple[int, int, int], int] | None = None
        self._images: list[NDArray[np.uint8]] = []

    def look(self) -> None:
        """Tell what is new, at most every LOOK_SECONDS."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + LOOK_SECONDS
        if self._plan is None:
            self._plan = self._read_plan()
        if self._plan is not None:
            self._tell_new(*self._plan)

    def _read_plan(self) -> tuple[tuple[int, int, int], int] | None:
        path = self._folder / PLAN
        if not path.exists():
            return None
        plan = json.loads(path.read_text(encoding="utf-8"))
        channels, height, width = plan["shape"]
        return (channels, height, width), plan["n"]

    def _tell_new(self, shape: tuple[int, int, int], total: int) -> None:
        width, path = shape[0] * shape[1] * shape[2], self._folder / block_name(0)
        done = path.stat().st_size // width if path.exists() else 0
        if done == self._done:
            return
        self._done = done
        wanted = [index * total // SHOWN for index in range(SHOWN)] if total > SHOWN else list(range(total))
        for index in wanted[len(self._images) :]:
            if index >= done:
                break
            self._images.append(np.fromfile(path, np.uint8, width, offset=index * width))
        images = np.stack(self._images) if self._images else np.zeros((0, width), np.uint8)
        self._tell(Progress(min(done, total), total, shape, images))
