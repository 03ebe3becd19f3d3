"""Layer kinds, one module a family; importing this package registers them all."""

from dlviz.core.layers import (  # noqa: F401  (registration)
    activation,
    batch_norm,
    convolution,
    dense,
    dropout,
    embedding,
    flatten,
    gru,
    layer_norm,
    lstm,
    merge,
    pooling,
    simple_rnn,
)
from dlviz.core.layers.kind import FAMILIES, LR_SCALE, LayerKind, ParameterSpec, Shape, layers

layers.begin_with("dense", "activation", "dropout", "batch_norm", "layer_norm", "add", "concatenate", "flatten")

__all__ = ["FAMILIES", "LR_SCALE", "LayerKind", "ParameterSpec", "Shape", "layers"]
