"""Optimizers, one module a family; importing this package registers them all."""

from dlviz.core.optimizers import adaptive, gains, momentum, nadam, quasi_newton, squares  # noqa: F401  (registration)
from dlviz.core.optimizers.kind import Clock, MicroStep, Optimizer, UpdateBuffers, lr_of, optimizers, resolve
from dlviz.core.optimizers.variants import Variant, variants

optimizers.begin_with("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam")

__all__ = [
    "Clock", "MicroStep", "Optimizer", "UpdateBuffers", "Variant", "lr_of", "optimizers", "resolve", "variants",
]  # fmt: skip
