"""Rate scans on a network: each optimizer trains it at every rate of a scale, so that each can race at its best."""

from collections.abc import Generator
from dataclasses import replace

import numpy as np

from dlviz.core.choice import Choice
from dlviz.core.evaluate import Evaluator
from dlviz.session.document import Document
from dlviz.session.measure import measure
from dlviz.session.prepared import prepared_for
from dlviz.session.race.scan import FloatArray, RateScan
from dlviz.session.trainer import Trainer

LOWEST, HIGHEST, PER_DECADE = 1e-4, 1.0, 3  # fewer than on a surface: each is a training
BATCHES = 4  # between two pauses


def network_scale() -> FloatArray:
    """Return the rates that are tried, to two digits: three in every decade."""
    count = round(np.log10(HIGHEST / LOWEST)) * PER_DECADE + 1
    return np.array([float(f"{each:.1e}") for each in np.geomspace(LOWEST, HIGHEST, count)])


def scan_network(document: Document, entrant: int) -> Generator[None, None, RateScan]:
    """Train with one optimizer of the document's race at every rate, with pauses; ends are losses of all training rows.

    Raises: DlvizError for a document that cannot train.
    """
    spec, rates = document.race, network_scale()
    chosen, prepared, ends = spec.optimizers[entrant], prepared_for(document), []
    evaluator: Evaluator | None = None
    for rate in rates.tolist():
        plan = replace(document.training, optimizer=Choice(chosen.kind, {**chosen.settings, "lr": rate}))
        trainer = Trainer(replace(document, training=plan), prepared)
        evaluator = evaluator or Evaluator(trainer.document.network, trainer.document.training.objective, "float64")
        for first in range(0, spec.steps, BATCHES):
            trainer.run(min(BATCHES, spec.steps - first), np.zeros(BATCHES))
            yield
        evaluator.load(trainer.read())
        with np.errstate(all="ignore"):
            ends.append(measure(evaluator, trainer, prepared.train)[0])
    found = np.array(ends)
    return RateScan(chosen, rates, np.where(np.isfinite(found), found, np.nan))
