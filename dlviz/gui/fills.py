"""How rows of the data are drawn where a network answers them: by their part, and test rows only once they are seen."""

import numpy as np
from numpy.typing import NDArray

from dlviz.data.prepare import Prepared
from dlviz.gui.widgets.points import BARRED, UNSEEN
from dlviz.i18n import tr


def fills_of(prepared: Prepared, is_test_open: bool) -> NDArray[np.int8]:
    """Return how each row is drawn (n,): FILLED to train, HOLLOW of the dev rows, test rows BARRED or UNSEEN.

    is_test_open: somebody looks at the test rows where the run stands (`Frame.is_test_open`). The colour under a point
    is the network's answer, so that points on a map tell as much as a number.
    """
    fills = prepared.parts.copy()
    if not is_test_open:
        fills[fills == BARRED] = UNSEEN
    return fills


def hidden_words(prepared: Prepared | None, is_test_open: bool) -> str:
    """Say that test rows are hidden; empty where there are none, or where they are seen."""
    if prepared is None or is_test_open or not len(prepared.test):
        return ""
    return tr("Test rows are hidden until the test is unlocked.")


def hidden_tip() -> str:
    """Say where the lock is."""
    return tr("Unlock test is under Data, split; each look is counted, and the lock closes again as training goes on.")


def dots_words(prepared: Prepared | None, is_test_open: bool) -> str:
    """Say which marker is which part."""
    if prepared is not None and is_test_open and len(prepared.test):
        return tr("train ● dev ○ test ⊖")
    return tr("train ● dev ○")
