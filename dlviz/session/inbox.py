"""Inbox: commands for the worker in the order in which they came; of seeks in a row only the last is carried out."""

import queue
from collections import deque
from typing import Any

from dlviz.session.commands import WalkTo
from dlviz.session.messages import Seek

#: Who drags the timeline asks for many places; each command says where to stand whatever came before it.
ABSOLUTE = (Seek, WalkTo)


class Inbox:
    """Any thread puts, one takes."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._waiting: deque[Any] = deque()

    def put(self, command: object) -> None:
        """Leave a command."""
        self._queue.put(command)

    def take(self, seconds: float) -> Any | None:
        """Return the next command, waiting so long for one; None if none comes."""
        self._gather(0.0 if self._waiting else seconds)
        while len(self._waiting) > 1 and type(self._waiting[0]) is type(self._waiting[1]) and self._is_absolute():
            self._waiting.popleft()
        return self._waiting.popleft() if self._waiting else None

    def holds(self, kind: type) -> bool:
        """Say whether a command of this kind waits; called by the one who takes."""
        self._gather(0.0)
        return any(isinstance(each, kind) for each in self._waiting)

    def wait(self, seconds: float) -> bool:
        """Wait so long for a command unless there is one; say whether one is there. Called by the one who takes."""
        self._gather(0.0 if self._waiting else seconds)
        return bool(self._waiting)

    def _is_absolute(self) -> bool:
        return isinstance(self._waiting[0], ABSOLUTE)

    def _gather(self, seconds: float) -> None:
        try:
            self._waiting.append(self._queue.get(timeout=seconds) if seconds else self._queue.get_nowait())
            while True:
                self._waiting.append(self._queue.get_nowait())
        except queue.Empty:
            return
