"""FrameMaker: one picture of a run, with what the visible panels asked for and no more."""

import math

from dlviz.session.messages import Frame, Interest
from dlviz.session.pictures import Pictures
from dlviz.session.run import Run


class FrameMaker:
    """Builds frames from a run on the worker's thread."""

    def __init__(self) -> None:
        self.interest = Interest()
        self._pictures = Pictures()

    def make(self, run: Run, is_running: bool) -> Frame:
        """Return a frame; serial, generation and state are the worker's to fill in."""
        if run.problem is not None:
            return _still(run)
        self._pictures.follow(run)
        needs, interest = self.interest.needs, self.interest
        measured = self._pictures.measure(run)
        run.history.measured.add(run.step, measured)
        trace = run.walk.trace if run.walk else None
        step, epoch, batch = _position(run)
        return Frame(
            serial=0,
            generation=0,
            state="running" if is_running else "paused",
            document=run.document,
            step=step,
            last_step=run.timeline.end,
            epoch=epoch,
            batch=batch,
            batches_per_epoch=run.trainer.batches_per_epoch,
            train_loss=_finite(measured[0]),
            test_loss=_finite(measured[1]),
            train_score=_finite(measured[2]),
            test_score=_finite(measured[3]),
            dtype=run.trainer.dtype,
            marks=run.timeline.marks(),
            parameters=run.parameters() if "parameters" in needs else None,
            curves=run.history.curves() if "curves" in needs else None,
            maps=self._pictures.maps(run, interest) if "maps" in needs else None,
            predictions=self._pictures.predictions(run) if "predictions" in needs else None,
            trace=trace if needs & {"trace", "peek"} else None,
            cursor=run.walk.cursor if run.walk else 0,
            sample=run.walk.sample if run.walk else 0,
            peek=self._pictures.peek(run) if "peek" in needs and trace is None else None,
        )


def _still(run: Run) -> Frame:
    """Return the frame of a document that cannot train: its weights, and why."""
    return Frame(
        0, 0, "paused", run.document, run.step, run.timeline.end,
        message=str(run.problem), parameters=run.parameters(), curves=run.history.curves(),
    )  # fmt: skip


def _position(run: Run) -> tuple[int, int, int]:
    """Return step, epoch and batch; inside a walk those of the walked batch."""
    if run.walk and not run.walk.is_done:
        return run.step, run.walk.trace.epoch, run.walk.trace.batch
    return run.step, run.trainer.epoch, run.trainer.batch


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
