"""The noise floor: the loss that even the function that made the data has on them (curriculum CON-01)."""

from dlviz.core.losses import resolve, scale
from dlviz.data.builtin import datasets
from dlviz.session.document import Document
from dlviz.session.prepared import known_prepared


def noise_floor(document: Document) -> float | None:
    """Return the loss to be expected of f itself on y = f(x) + ε, where the spread of ε is known; else None.

    It is that of the squared error on built-in sets of measured values, in the document's convention. No network can be
    expected to be better on rows that it has not seen; on those that it trains on, it can learn the noise by heart.
    """
    spec, plan = document.data, document.explicit.training
    if document.subject != "network" or spec.kind not in datasets or spec.roles or plan.losses:
        return None
    kind = datasets.get(spec.kind)
    declared = {hyper.name: hyper.default for hyper in kind.settings}
    if kind.task != "regression" or "noise" not in declared or plan.loss.kind != "squared_error":
        return None
    prepared = known_prepared(document)
    if prepared is None:
        return None
    noise = float(spec.settings.get("noise", declared["noise"]))
    n, k = len(prepared.train), prepared.dataset.n_outputs
    return scale(resolve(plan.loss)[1], k, n) * n * k * noise**2
