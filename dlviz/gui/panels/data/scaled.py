"""What scaling does to the inputs, worked out from prepared rows on a thread."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.data.prepare import Prepared
from dlviz.data.scaling import fit_scaler
from dlviz.data.spec import Scaling
from dlviz.data.study import Array, Bowl, Moments, bowl_of, moments_of

BIAS = -1  # in the place of a second input where there is only one


@dataclass(frozen=True, eq=False)
class Scaled:
    """before, after: of the training rows; dev: of the dev rows after the same scaling.

    points: the two chosen inputs of all rows (n, 2) before and after. bowls: raw and scaled; other: the kind that the
    second bowl has, the document's or, where inputs are left as they are, the standard one.
    """

    before: Moments
    after: Moments
    dev: Moments
    points: tuple[Array, Array]
    bowls: tuple[Bowl, Bowl]
    other: Scaling


def study_scaling(prepared: Prepared, axes: tuple[int, int]) -> Scaled:
    """Measure rows as they came and as the network sees them. axes: two inputs; the second may be BIAS."""
    sample = prepared.sample
    raw, scaled = np.asarray(sample.dataset.inputs), np.asarray(sample.inputs[:])
    train, other = sample.train, prepared.scaler.kind
    seen = scaled[train]
    if other == "none":
        other = "standard"
        seen = fit_scaler("standard", raw[train]).apply(raw[train])
    targets = np.asarray(sample.dataset.targets.reshape(sample.dataset.n, -1)[train, 0], dtype=np.float64)
    bowls = tuple(bowl_of(_two(rows, axes), targets) for rows in (raw[train], seen))
    return Scaled(
        moments_of(raw[train]), moments_of(scaled[train]), moments_of(scaled[sample.validation]),
        (_two(raw, axes), _two(scaled, axes)), (bowls[0], bowls[1]), other,
    )  # fmt: skip


def _two(rows: NDArray[np.float64], axes: tuple[int, int]) -> Array:
    second = np.ones(len(rows)) if axes[1] == BIAS else rows[:, axes[1]]
    return np.stack([rows[:, axes[0]], second], axis=1)
