"""Trace: what every step of one training step wrote, as plain read-only arrays, examples first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Phase = Literal["forward", "loss", "backward", "update"]
PHASES: tuple[Phase, ...] = ("forward", "loss", "backward", "update")


@dataclass(frozen=True)
class Step:
    """One operation that ran: its place, its formula and the arrays it wrote.

    `writes` holds read-only arrays with examples as rows, by name:
    `x`, `y` data and targets; `h.z`, `h.a` pre-activation and activation of layer h; `h.p`, `h.u` how likely
    its units fire and the numbers drawn for that; `loss`;
    `h.da`, `h.dz` their gradients; `h.W`, `h.b` parameters; `h.dW`, `h.db` gradients;
    `h.W.m` and the like the optimizer's state for a parameter; `h.W.step` its change.
    Inside a recurrent layer r every time step is a node: `r.t1.h`, `r.t1.z`, `r.t1.dh` and so on; `r.t1.dW` is
    what this time step contributes to a gradient.
    `derived` marks a step that was worked out for display from recorded arrays; `slip` is the key of the
    mistake that was made in it on purpose.
    """

    index: int
    phase: Phase
    node: str
    op: str
    formula: str
    reads: tuple[str, ...]
    writes: Mapping[str, NDArray[np.generic]]
    derived: bool = False
    slip: str = ""

    @property
    def layer(self) -> str:
        """The layer of the node: `r` for its time step `r.t1`."""
        return self.node.partition(".")[0]

    @property
    def time_step(self) -> int:
        """The time step inside the layer, from 1; 0 where the step is about the layer as a whole."""
        number = self.node.rpartition(".t")[2]
        return int(number) if number.isdecimal() and "." in self.node else 0


@dataclass(frozen=True)
class Trace:
    """The steps of one batch in order, and everything that was known before the first.

    rows: (n,) the training rows of the batch. before: `x`, `y`, parameters and optimizer state.
    loss_after: the loss of the same rows with the updated parameters. lr: the learning rate that was used.
    updates: how often the optimizer has counted, this batch included. no_way_back: why there are no backward
    steps and no update, where back-propagation is not defined; NaN stands for loss_after and lr then.
    """

    steps: tuple[Step, ...]
    before: Mapping[str, NDArray[np.generic]]
    rows: NDArray[np.intp]
    epoch: int = 0
    batch: int = 0
    global_step: int = 0
    loss_after: float = float("nan")
    lr: float = float("nan")
    updates: int = 0
    no_way_back: str = ""

    def value(self, name: str, cursor: int) -> NDArray[np.generic] | None:
        """Return the array of this name after the first `cursor` steps; None means not computed yet."""
        for step in reversed(self.steps[: max(cursor, 0)]):
            if name in step.writes:
                return step.writes[name]
        return self.before.get(name)
