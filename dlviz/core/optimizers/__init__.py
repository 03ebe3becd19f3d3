"""Optimizers, one module a family; importing this package registers them all."""

from dlviz.core.optimizers import adaptive, momentum  # noqa: F401  (registration)
from dlviz.core.optimizers.kind import Clock, MicroStep, Optimizer, UpdateBuffers, optimizers, resolve

__all__ = ["Clock", "MicroStep", "Optimizer", "UpdateBuffers", "optimizers", "resolve"]
