"""A session without a worker: it keeps a document, counts steps and remembers what it was asked."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dlviz.core.trace import Step, Trace
from dlviz.session.curves import Mark
from dlviz.session.document import Document
from dlviz.session.messages import Frame, Interest
from dlviz.session.presets import first_document

PHASES = ("forward",) * 4 + ("loss",) + ("backward",) * 5 + ("update",) * 2


def small_trace() -> Trace:
    """Return a pass of twelve empty steps."""
    steps = tuple(Step(i, phase, "h", "affine", "z¹ = W¹x + b¹", (), {}) for i, phase in enumerate(PHASES))
    return Trace(steps, {}, np.arange(1))


class FakeSession:
    """Implements the facade the window talks to; every call is noted in `calls`."""

    def __init__(self, document: Document | None = None) -> None:
        self.document = document or first_document()
        self.calls: list[tuple[Any, ...]] = []
        self.frame = Frame(0, 0, "paused", self.document, marks=(Mark(40, "lr 0.05 → 0.02"),))
        self.dataset = self.prepared = None
        self.path: Path | None = None
        self.is_dirty = self.is_closed = False
        self.missing_file: Path | None = None
        self._past: list[Document] = []
        self._future: list[Document] = []
        self._callbacks: list[Callable[[], None]] = []
        self._is_new = True

    def show(self, **changes: Any) -> None:
        """Let the next poll deliver a frame with these changes."""
        self.frame = replace(self.frame, serial=self.frame.serial + 1, document=self.document, **changes)
        self._is_new = True

    def subscribe(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def _changed(self) -> None:
        self.show()
        for callback in self._callbacks:
            callback()

    def start_over(self, document: Document, label: str) -> None:
        """Begin a run of its own; here no different from an edit."""
        self.edit(document, label)

    def run_beside(self, document: Document, label: str, is_fresh: bool = False) -> None:
        """Run an edited document beside this one; here no different from an edit."""
        self.edit(document, label)

    def edit(self, document: Document, label: str, merge: str = "") -> None:
        self.calls.append(("edit", label))
        self._past.append(self.document)
        self.document, self.is_dirty = document, True
        self._changed()

    def undo(self) -> None:
        self._future.append(self.document)
        self.document = self._past.pop()
        self._changed()

    def redo(self) -> None:
        self._past.append(self.document)
        self.document = self._future.pop()
        self._changed()

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    undo_label = redo_label = "Change something"

    def tick(self) -> None:
        """A window looks, sixty times a second."""

    def play(self, by: str = "batch", rate: float = float("inf")) -> None:
        self.calls.append(("play", by, rate))
        self.show(state="running")

    def pause(self) -> None:
        self.calls.append(("pause",))
        self.show(state="paused")

    def step(self, by: str, direction: int = 1) -> None:
        self.calls.append(("step", by, direction))

    def seek(self, step: int) -> None:
        self.calls.append(("seek", step))

    def watch(self, interest: Interest) -> None:
        self.calls.append(("watch", interest))

    def poll(self) -> Frame | None:
        frame = self.frame if self._is_new else None
        self._is_new = False
        return frame

    def open(self, path: Path) -> None:
        self.calls.append(("open", path))
        self.path = path
        self._changed()

    def save(self, path: Path) -> None:
        self.calls.append(("save", path))
        self.path, self.is_dirty = path, False

    def new(self, document: Document) -> None:
        self.calls.append(("new", document.title))
        self.document, self.path, self.is_dirty = document, None, False
        self._changed()

    def close(self) -> None:
        self.is_closed = True

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Note calls of home, end, finish_phase, look, reset, new_seed and set_parameter."""
        if name not in {"home", "end", "finish_phase", "look", "reset", "new_seed", "set_parameter", "walk_to"}:
            raise AttributeError(name)
        return lambda *arguments: self.calls.append((name, *arguments))
