"""The golden file of PyTorch's first 50 steps, for the tests of the core and of the window."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice

STEPS, TOLERANCE = 50, 1e-10
GOLDEN = json.loads(gzip.decompress(Path(__file__).with_name("race_paths.json.gz").read_bytes()))


def chosen_in(run: dict[str, Any]) -> Choice:
    """Return the optimizer of a run, with the settings that differ from PyTorch's own."""
    settings = dict(run["optimizer"])
    return Choice(settings.pop("kind"), settings)


def assert_same(found: NDArray[np.floating], run: dict[str, Any]) -> None:
    """Fail unless every step from the start on is that of PyTorch, to 1e-10 of numbers beyond 1."""
    np.testing.assert_allclose(found, np.array(run["path"]), rtol=TOLERANCE, atol=TOLERANCE)
