"""Activation functions, one module a family; importing this package registers them all."""

from dlviz.core.activations import formula, piecewise, sigmoids, smooth, softmax, stochastic  # noqa: F401  (registration)
from dlviz.core.activations.inverse import sum_for
from dlviz.core.activations.kind import Activation, FromValue, Settings, activations, resolve

activations.begin_with("linear", "step", "sigmoid", "tanh", "relu", "leaky_relu", "softmax")

__all__ = ["Activation", "FromValue", "Settings", "activations", "resolve", "sum_for"]
