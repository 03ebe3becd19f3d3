"""Sequences for recurrent networks: a bit to be remembered over some steps."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dlviz.core.errors import DataError
from dlviz.core.hyper import integer
from dlviz.core.randomness import words
from dlviz.data.dataset import Dataset
from dlviz.data.kind import SEED, DatasetKind, classified, datasets, samples
from dlviz.i18n import tr

Settings = Mapping[str, Any]


def echo(settings: Settings, seed: int) -> Dataset:
    """Make sequences of −1 and 1; the class is the one that stood `delay` steps before the last.

    Raises: DataError where a sequence is too short for the delay.
    """
    n, length, delay = (settings[name] for name in ("samples", "length", "delay"))
    if delay >= length:
        raise DataError(
            tr("Expected a delay below the length. Received: delay={delay}, length={length}", delay=delay,
               length=length),
            tr("Choose longer sequences."), "data.delay",
        )  # fmt: skip
    bits = (words(seed, "echo", n * length) >> np.uint64(63)).astype(np.int64).reshape(n, length)
    steps = tuple(f"t{step}" for step in range(1, length + 1))
    found = classified(tr("Echo"), 2.0 * bits - 1.0, bits[:, length - 1 - delay], ("−1", "+1"), steps)
    return replace(found, sequence_shape=(length, 1))


datasets.add(
    DatasetKind(
        "echo",
        "Echo of a sequence",
        (
            samples(400, minimum=16),
            SEED,
            integer("length", 8, minimum=2, maximum=100, help="Steps of a sequence"),
            integer("delay", 4, minimum=0, maximum=99, help="How many steps before the last the asked number stands"),
        ),
        echo,
        "binary",
        "generated; remember a bit over time, after Hochreiter & Schmidhuber 1997",
        description="Which number stood some steps ago? Only a network that remembers can tell",
        modality="sequence",
        formula=r"y = x_{T-d}",
    )
)
