"""Flat memory of a network: one vector of parameters, one of gradients, layers as views."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from dlviz.core.array import Array, Workspace, to_host
from dlviz.core.choice import Choice
from dlviz.core.layout import Layout
from dlviz.core.optimizers import Clock, UpdateBuffers, resolve
from dlviz.core.position import Position


class Memory:
    """The numbers that training changes, shared by all bindings of a network.

    vectors: theta, grad, step, one for each optimizer state, ahead where the optimizer looks ahead.
    All states and theta lie in one array, so a snapshot is one copy. Running statistics are parameters
    that are never updated: the forward pass of training writes them.
    """

    def __init__(
        self,
        plan: Layout,
        optimizer: Choice,
        frozen: Iterable[str] = (),
        xp: Any = np,
        dtype: str = "float64",
        seed: int = 0,
    ) -> None:
        entry, settings = resolve(optimizer)
        self.layout = plan
        self.workspace = Workspace(xp, dtype)
        self.position = Position(seed)
        self.states = entry.states(settings)
        self.looks_ahead = bool(entry.before(settings))
        self.kept = self.workspace.zeros(1 + len(self.states), plan.size)
        self.vectors = self._vectors()
        self._open = self._trainable(frozen)
        self.update = UpdateBuffers(self.workspace, self.vectors, *self._rates(), Clock(self.workspace))
        self.set_rate(settings["lr"])

    def _vectors(self) -> dict[str, Array]:
        vectors = {"theta": self.kept[0]}
        vectors |= {state: self.kept[1 + row] for row, state in enumerate(self.states)}
        for role in ("grad", "step", "m_hat", "v_hat"):
            vectors[role] = self.workspace.zeros(self.layout.size)
        vectors["ahead"] = self.workspace.zeros(self.layout.size) if self.looks_ahead else vectors["theta"]
        return vectors

    def _trainable(self, frozen: Iterable[str]) -> Array | None:
        names = set(frozen)
        parameters = self.layout.parameters
        shut = [p.name for p in parameters if p.name in names or p.layer in names or not p.is_trainable]
        if not shut:
            return None
        mask = self.workspace.ones(self.layout.size)
        for name in shut:
            self.layout.views[name].of(mask, self.workspace.xp)[...] = 0
        return mask

    def _rates(self) -> tuple[Array, Array]:
        shape = () if self._open is None else (self.layout.size,)
        return self.workspace.zeros(*shape), self.workspace.zeros(*shape)

    def set_rate(self, lr: float) -> None:
        """Use this learning rate from the next update on; frozen parameters keep 0."""
        self.update.rate.fill(lr)
        if self._open is not None:
            self.update.rate *= self._open
        self.update.minus_rate[...] = -self.update.rate

    def rate_of(self, name: str, is_negative: bool = False) -> Array:
        """Return the learning rate of a parameter, or minus it: 0-d, or of the parameter's shape."""
        rate = self.update.minus_rate if is_negative else self.update.rate
        return rate if rate.ndim == 0 else self.layout.views[name].of(rate, self.workspace.xp)

    def view(self, role: str, name: str) -> Array:
        """Return a parameter's part of a vector."""
        return self.layout.views[name].of(self.vectors[role], self.workspace.xp)

    def block(self, role: str, name: str) -> Array:
        """Return the parameters of a block, such as W and b, as one matrix, contiguous."""
        offset, rows, columns = self.layout.blocks[name]
        return self.vectors[role][offset : offset + rows * columns].reshape(rows, columns)

    def load(self, values: Mapping[str, Any], role: str = "theta") -> None:
        """Copy arrays by parameter name into a vector; names that are not there are left as they are."""
        for name in self.layout.views.keys() & values.keys():
            self.view(role, name)[...] = self.workspace.xp.asarray(values[name])

    def read(self, role: str = "theta") -> dict[str, np.ndarray[Any, Any]]:
        """Return host copies of a vector's parts by parameter name."""
        return {name: to_host(self.view(role, name)).copy() for name in self.layout.views}
