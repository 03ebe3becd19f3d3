"""Flat memory of a network: one vector of parameters, one of gradients, layers as views."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlviz.core.array import NUMPY, Array, Backend, Workspace, to_host
from dlviz.core.choice import Choice
from dlviz.core.errors import ShapeError, SpecError, as_list
from dlviz.core.freezing import frozen_entries
from dlviz.core.layers import ParameterSpec
from dlviz.core.layout import Layout
from dlviz.core.optimizers import Clock, UpdateBuffers, resolve
from dlviz.core.position import Position


class Memory:
    """The numbers that training changes, shared by all bindings of a network.

    vectors: theta, grad, step, one for each optimizer state, and whatever else an update reads and writes;
    ahead is theta where the optimizer does not look ahead. All states and theta lie in one array, so a
    snapshot is one copy. Running statistics are parameters that are never updated: the forward pass of
    training writes them.
    """

    def __init__(
        self,
        plan: Layout,
        optimizer: Choice,
        frozen: Iterable[str] = (),
        backend: Backend = NUMPY,
        dtype: str = "float64",
        seed: int = 0,
    ) -> None:
        entry, settings = resolve(optimizer)
        self.layout = plan
        names = set(frozen)
        self._entries = frozen_entries(names)
        self._frozen = {each.name for each in plan.parameters if {each.name, each.layer} & names}
        self.workspace = Workspace(backend, dtype)
        self.position = Position(seed)
        first = entry.first_states(settings)
        self.states = tuple(first)
        self.looks_ahead = bool(entry.before(settings))
        self.kept = self.workspace.zeros(1 + len(first), plan.size)
        for row, value in enumerate(first.values(), 1):
            self.kept[row].fill(value)
        self.vectors = self._vectors(entry.passing(settings))
        clock, weights = Clock(self.workspace), self._by_parameter(lambda each: float(len(each.shape) > 1))
        self.update = UpdateBuffers(self.workspace, self.vectors, clock, self._scale(), weights)
        self.update.set_rate(settings["lr"])

    def _vectors(self, passing: Iterable[str]) -> dict[str, Array]:
        vectors = {"theta": self.kept[0]}
        vectors |= {state: self.kept[1 + row] for row, state in enumerate(self.states)}
        for role in passing:
            vectors[role] = self.workspace.zeros(self.layout.size)
        vectors.setdefault("ahead", vectors["theta"])
        return vectors

    def _scale(self) -> Array | None:
        def scale_of(each: ParameterSpec) -> float:
            return 0.0 if self.is_frozen(each.name) or not each.is_trainable else each.lr_scale

        if all(scale_of(each) == 1 for each in self.layout.parameters) and not self._entries:
            return None
        scale = self._by_parameter(scale_of)
        for name in self._entries.keys() & self.layout.views.keys():
            values = self.layout.views[name].of(scale, self.workspace.xp)
            for place in self._entries[name]:
                values[place] = 0.0
        return scale

    def _by_parameter(self, value_of: Callable[[ParameterSpec], float]) -> Array:
        """Return a vector that holds a number of each parameter at all its entries."""
        vector = self.workspace.zeros(self.layout.size)
        for each in self.layout.parameters:
            self.layout.views[each.name].of(vector, self.workspace.xp)[...] = value_of(each)
        return vector

    def is_frozen(self, name: str) -> bool:
        """Say whether a parameter is never updated."""
        return name in self._frozen

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


def loaded(plan: Layout, parameters: Mapping[str, ArrayLike], seed: int = 0, number: int = 0) -> Memory:
    """Return float64 memory on the host that holds the given parameters, all by name, for measuring.

    seed, number: the run and batch that address random draws. Raises: SpecError, ShapeError.
    """
    values = {name: np.asarray(value, dtype=np.float64) for name, value in parameters.items()}
    for parameter in plan.parameters:
        if parameter.name not in values:
            raise SpecError(f"Expected parameters with {parameter.name}. Received: {', '.join(values) or 'none'}")
        shape = values[parameter.name].shape
        if shape != parameter.shape:
            raise ShapeError(
                f"Expected shape {as_list(parameter.shape)}. Received: shape={as_list(shape)}", place=parameter.name
            )
    memory = Memory(plan, Choice("sgd"), seed=seed)
    memory.load(values)
    memory.position.move(number)
    return memory
