"""Functions of a few numbers on which optimizers can be watched."""

from dlviz.core.surfaces.basic import quadratic, rosenbrock
from dlviz.core.surfaces.kind import Surface
from dlviz.core.surfaces.typed import typed

__all__ = ["Surface", "quadratic", "rosenbrock", "typed"]
