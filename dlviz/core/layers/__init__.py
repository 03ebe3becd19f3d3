"""Layer kinds, one module a family; importing this package registers them all."""

from dlviz.core.layers import convolution, dense, flatten, merge, pooling  # noqa: F401  (registration)
from dlviz.core.layers.kind import LayerKind, ParameterSpec, Shape, layers

__all__ = ["LayerKind", "ParameterSpec", "Shape", "layers"]
