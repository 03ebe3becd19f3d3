"""Files that callbacks write beside a document: a checkpoint of its parameters and a log of its numbers."""

import csv
import io
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from dlviz.core.callbacks import MONITORS, resolve
from dlviz.core.callbacks.duties import BEST, CHECKPOINT, LOG
from dlviz.core.callbacks.progress import best_epoch
from dlviz.core.choice import Choice
from dlviz.session.document import Document, handle
from dlviz.session.files.atomic import atomic_write
from dlviz.session.files.project_file import write_project
from dlviz.session.trainer import Trainer
from dlviz.session.watcher import Losses, View

FLUSH_SECONDS = 2.0  # at most so much of a log is lost with the power


class CallbackFiles:
    """Writes `NAME.checkpoint.dlviz` and `NAME.log.csv` beside the document NAME, each whole or not at all.

    A document names no file itself: opening one that came from elsewhere can overwrite nothing else.
    Raises: SaveError while it writes.
    """

    def __init__(self, document: Document, path: Path) -> None:
        self._document = document
        self._base = path.parent / path.stem
        chosen = document.training.callbacks
        self._checkpoints = [each for each in chosen if each.kind == CHECKPOINT]
        logs = [resolve(each)[1]["every"] for each in chosen if each.kind == LOG]
        self._log = "batch" if "batch" in logs else "epoch" if logs else ""
        self._rows: list[tuple[object, ...]] = []
        self._means: list[float] = []
        self._flushed = time.monotonic()

    @property
    def checkpoint(self) -> Path:
        """Where the checkpoint lies."""
        return self._base.with_name(f"{self._base.name}.checkpoint.dlviz")

    @property
    def log(self) -> Path:
        """Where the log lies."""
        return self._base.with_name(f"{self._base.name}.log.csv")

    def after_batches(self, trainer: Trainer, losses: Losses) -> None:
        """Keep the losses of batches; the trainer stands after the last."""
        if self._log == "epoch":
            self._means += losses.tolist()
        if self._log == "batch":
            first = trainer.step - len(losses) + 1
            self._rows += [(first + place, loss) for place, loss in enumerate(losses.tolist())]
            self._flush_if_due()

    def after_epoch(self, trainer: Trainer, seen: View) -> None:
        """Write what the end of an epoch asks for."""
        for each in self._checkpoints:
            self._save_if_asked(each, trainer, seen)
        if self._log == "epoch":
            monitors = MONITORS if len(trainer.prepared.validation) else MONITORS[:2]
            measured = (seen.monitor(name) for name in monitors)
            self._rows.append((trainer.epoch, trainer.step, float(np.mean(self._means)), *measured))
            self._flush_if_due()
        self._means.clear()

    def _save_if_asked(self, chosen: Choice, trainer: Trainer, seen: View) -> None:
        _, settings = resolve(chosen)
        if settings["keep"] == BEST:
            is_asked = seen.ends[best_epoch(seen, {**settings, "min_delta": 0.0})] == trainer.step
        else:
            is_asked = trainer.epoch % settings["epochs"] == 0
        if is_asked:
            values = {name: handle(value) for name, value in trainer.memory.read().items()}
            write_project(self.checkpoint, replace(self._document, parameters=values))

    def _flush_if_due(self) -> None:
        if time.monotonic() - self._flushed >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write the log as it stands. Raises: SaveError."""
        if not self._log:
            return
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        columns = ("step", "loss") if self._log == "batch" else ("epoch", "step", "loss", *MONITORS)
        writer.writerow(columns[: len(self._rows[0])] if self._rows else columns)
        writer.writerows(self._rows)
        atomic_write(self.log, text.getvalue().encode())
        self._flushed = time.monotonic()
