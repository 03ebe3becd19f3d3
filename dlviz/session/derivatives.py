"""A layer or network as a whole: every derivative written out, and the time of a pass; used by the worker."""

import numpy as np

from dlviz.core.explain import Pass, Weight, derive
from dlviz.core.notation import Notation
from dlviz.session.collapsed import collapsed
from dlviz.session.explanation import DerivativesExplanation, DerivativesQuestion
from dlviz.session.forward_times import forward_times
from dlviz.session.skips import skip_norms

MOST = 20  # derivatives that are written; a longer list says nothing any more


def explain_derivatives(passed: Pass, question: DerivativesQuestion, notation: Notation) -> DerivativesExplanation:
    """Write dL/dw of the batch for every number that learns, from the loss back; none where there are too many.

    Of a whole network the forward pass is timed too.

    Raises: SpecError where a gradient has no single paths.
    """
    times = forward_times(passed) if not question.layer and passed.n > 1 else None
    linear = collapsed(passed) if question.collapses else None
    skips = skip_norms(passed) if not question.layer else None
    layers = [layer.id for layer in reversed(passed.program.network.layers)]
    asked = [name for name in passed.gradients if question.layer in ("", _layer(name))]
    if sum(passed.gradients[name].size for name in asked) > MOST:
        return DerivativesExplanation(question, n=passed.n, times=times, collapsed=linear, skips=skips)
    weights = [
        Weight(name, entry)
        for name in sorted(asked, key=lambda name: layers.index(_layer(name)))
        for entry in np.ndindex(passed.gradients[name].shape)
    ]
    written = tuple((weight, derive(passed, weight, notation=notation)) for weight in weights)
    return DerivativesExplanation(question, written, passed.n, times, linear, skips)


def _layer(name: str) -> str:
    return name.partition(".")[0]
