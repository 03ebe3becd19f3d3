"""Whatever the network: a gradient is the sum of its parts."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dlviz.core.explain import Pass, Weight, differentiate, paths, shares, terms
from dlviz.session.document import Document
from dlviz.session.targets import targets_for
from tests.property.networks import documents, trainer_of

EXAMPLES = settings(max_examples=60, deadline=None)
MOST = 2000


def pass_of(document: Document) -> Pass:
    """Differentiate a document's loss over all its training rows, at its starting values."""
    trainer = trainer_of(document)
    rows = trainer.prepared.train
    targets = targets_for(document, trainer.prepared.dataset)[rows]
    values = trainer.memory.read()
    return differentiate(document.network, document.training.objective, values, trainer.prepared.inputs[rows], targets)


def pick_weight(data: st.DataObject, passed: Pass) -> Weight:
    name = data.draw(st.sampled_from(sorted(passed.gradients)))
    shape = passed.gradients[name].shape
    return Weight(name, tuple(data.draw(st.integers(0, size - 1)) for size in shape))


def is_near(found: float, expected: float, parts: float) -> bool:
    """Compare to rounding of the largest part that was summed."""
    return math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12 * parts + 1e-300)


@EXAMPLES
@given(documents(), st.data())
def test_shares_and_penalty_sum_to_the_gradient(document: Document, data: st.DataObject) -> None:
    passed = pass_of(document)
    found = shares(passed, pick_weight(data, passed))
    assert is_near(found.shares.sum() + found.penalty, found.gradient, float(np.abs(found.shares).max()))


@EXAMPLES
@given(documents(), st.data())
def test_terms_and_paths_of_an_example_sum_to_its_share(document: Document, data: st.DataObject) -> None:
    passed = pass_of(document)
    weight, sample = pick_weight(data, passed), data.draw(st.integers(0, passed.n - 1))
    share = shares(passed, weight).shares[sample]
    assert is_near(math.fsum(term.value for term in terms(passed, weight, sample)), share, abs(share))
    found = paths(passed, weight, sample, MOST)
    values = [path.value for path in found.paths]
    size = max(map(abs, values), default=0.0)
    assert len(values) == min(found.count, MOST)
    assert [abs(value) for value in values] == sorted(map(abs, values), reverse=True)
    assert is_near(math.fsum(values) + found.remainder, share, size)
    if found.count <= MOST:
        assert is_near(math.fsum(values), share, size * len(values))
