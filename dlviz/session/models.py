"""Models: the same data and weights evaluated under every head that an output could have."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DlvizError
from dlviz.core.evaluate import Evaluator, score
from dlviz.core.network import output_id
from dlviz.session.document import Document
from dlviz.session.edits.heads import Head, can_change_head, head_of, heads, set_head
from dlviz.session.model_row import ModelRow
from dlviz.session.run import Run
from dlviz.session.targets import decision_threshold, targets_for

MAX_ROWS = 5_000  # training rows that are evaluated; beyond, every k-th is taken


class Models:
    """The rows where a run stands, which hold until it moves or another example is looked at."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._rows: tuple[ModelRow, ...] = ()

    def rows(self, run: Run) -> tuple[ModelRow, ...]:
        """Return one row a head; none where the output has no other heads."""
        walk = run.walk
        key = run.batch_in_hand, run.step, (walk.sample, walk.is_done) if walk else None
        if key != self._key:
            self._key, self._rows = key, _rows(run)
        return self._rows


def _rows(run: Run) -> tuple[ModelRow, ...]:
    document = run.document
    if not document.network.layers or not can_change_head(document, output_id(document.network)):
        return ()
    walked = run.walk.trace.rows[run.walk.sample] if run.walk else run.prepared.train[0]
    current = run.parameters()
    return tuple(row for head in heads if (row := _row(run, document, head, current, int(walked))) is not None)


def _row(
    run: Run, document: Document, head: Head, current: Mapping[str, NDArray[np.floating]], example: int
) -> ModelRow | None:
    layer = output_id(document.network)
    is_in_force = head_of(document, layer) == head.key
    try:
        changed = document if is_in_force else set_head(document, layer, head.key, current)
        targets = targets_for(changed, run.prepared.dataset)
    except DlvizError:
        return None
    explicit = changed.explicit
    evaluator = Evaluator(explicit.network, explicit.training.objective, run.trainer.dtype)
    evaluator.load({**current, **({} if is_in_force else {n: h.array for n, h in changed.parameters.items()})})
    train = run.prepared.train[:: max(-(-len(run.prepared.train) // MAX_ROWS), 1)]
    one = np.array([example])
    loss, outputs = evaluator.loss_and_outputs(run.prepared.inputs[one], targets[one])
    mean, all_outputs = evaluator.loss_and_outputs(run.prepared.inputs[train], targets[train])
    fires = outputs[0, 1] > outputs[0, 0] if head.units == 2 else outputs[0, 0] >= decision_threshold(changed)
    right = score(all_outputs, targets[train], is_classes=True)
    return ModelRow(head.key, head.title, float(outputs[0, -1]), int(fires), loss, mean, right, is_in_force)
