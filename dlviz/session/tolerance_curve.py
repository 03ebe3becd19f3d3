"""How accuracy falls as more and more of a trained layer is taken out at random; used by the worker."""

import numpy as np

from dlviz.core.choice import chosen
from dlviz.core.evaluate import Evaluator
from dlviz.session.edits.pruning import victims
from dlviz.session.measure import has_classes, measured_examples
from dlviz.session.run import Run
from dlviz.session.tolerance import PruneQuestion, Tolerance

SHARES = np.linspace(0.0, 1.0, 21)
MOST_ROWS = 2_000  # that every share is measured on


def tolerance(run: Run, question: PruneQuestion) -> Tolerance:
    """Measure the network of a run with growing shares of a layer at 0. Raises: SpecError for a layer without weights.

    Every share takes out what the smaller ones do, and more.
    """
    trainer, values = run.network, run.parameters()
    training, network = trainer.document.training, trainer.document.network
    held = trainer.prepared.validation
    rows = (held if len(held) else trainer.prepared.train)[:MOST_ROWS]
    inputs, targets = measured_examples(trainer, rows)
    evaluator = Evaluator(network, training.objective, trainer.dtype, slip=training.slip)
    metric = "accuracy" if has_classes(trainer) else "r2"
    scores, losses = np.full(len(SHARES), np.nan), np.full(len(SHARES), np.nan)
    for place, share in enumerate(SHARES.tolist()):
        gone = victims(network, question.layer, share, question.what, question.seed)
        evaluator.load({name: np.where(gone[name], 0, each) if name in gone else each for name, each in values.items()})
        losses[place], found = evaluator.measure(
            inputs, targets, (chosen(metric),), has_classes(trainer), trainer.threshold
        )
        scores[place] = found[metric]
    return Tolerance(question, SHARES, scores, losses, metric, len(rows), bool(len(held)))
