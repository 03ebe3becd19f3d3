"""Functions of a few numbers on which optimizers can be watched."""

from dlviz.core.surfaces import catalogue  # noqa: F401  (registration)
from dlviz.core.surfaces.basic import quadratic, rosenbrock
from dlviz.core.surfaces.curvature import curvatures_at, flow, gradient_at, hessian_at
from dlviz.core.surfaces.entry import SurfaceEntry, resolve, surfaces
from dlviz.core.surfaces.kind import Surface
from dlviz.core.surfaces.typed import typed

__all__ = [
    "Surface", "SurfaceEntry", "curvatures_at", "flow", "gradient_at", "hessian_at", "quadratic", "resolve",
    "rosenbrock", "surfaces", "typed",
]  # fmt: skip
