"""How often each training row was used in the epoch that a run is in."""

import numpy as np

from dlviz.session.orders import RowUse
from dlviz.session.run import Run
from dlviz.session.trainer import Trainer


def row_use(run: Run) -> RowUse | None:
    """Return the use of rows in the epoch at the playhead; between two epochs, in the one that is over."""
    if not isinstance(run.trainer, Trainer):
        return None
    trainer, is_walked = run.network, run.walk is not None and not run.walk.is_done
    epoch, batch = (run.walk.trace.epoch, run.walk.trace.batch) if run.walk and is_walked else _place(trainer)
    order, train = trainer.order_of(epoch), trainer.prepared.train
    size = min(trainer.document.training.batch_size, len(order))
    used = np.bincount(order[: batch * size], minlength=int(train.max()) + 1)[train]
    return RowUse(epoch, batch, tuple(np.bincount(used).tolist()))


def _place(trainer: Trainer) -> tuple[int, int]:
    is_between = trainer.batch == 0 and trainer.epoch > 0
    return (trainer.epoch - 1, trainer.batches_per_epoch) if is_between else (trainer.epoch, trainer.batch)
