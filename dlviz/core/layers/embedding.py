"""Embedding: whole numbers of the data look up rows of a matrix, which are learned."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Calls
from dlviz.core.choice import Choice
from dlviz.core.errors import DataError, ShapeError, as_list
from dlviz.core.hyper import integer
from dlviz.core.initializers import Fan
from dlviz.core.instruction import Instruction
from dlviz.core.layers.kind import LayerKind, ParameterSpec, Shape, layers
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering

MAX_VOCABULARY, MAX_DIM = 1_000_000, 16_384


def _vocabulary(layer: LayerSpec) -> int:
    return int(EMBEDDING.option(layer, "vocabulary"))


def _dim(layer: LayerSpec) -> int:
    return int(EMBEDDING.option(layer, "dim"))


def _output_shape(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Shape:
    """Return (length, dim) for several numbers a row, (dim,) for one."""
    if len(inputs[0]) != 1:
        raise ShapeError(f"Expected one axis of whole numbers. Received: shape={as_list(inputs[0])}", place=layer.id)
    length = inputs[0][0]
    return (length, _dim(layer)) if length > 1 else (_dim(layer),)


def _parameters(layer: LayerSpec, inputs: tuple[Shape, ...]) -> tuple[ParameterSpec, ...]:
    shape, own = (_vocabulary(layer), _dim(layer)), layer.id
    return (ParameterSpec(f"{own}.W", own, shape, Fan(*shape), EMBEDDING.option(layer, "initializer"), own),)


def _check_data(layer: LayerSpec, values: NDArray[np.floating]) -> None:
    """Raise DataError unless all values are row numbers of W."""
    is_wrong = (values != np.round(values)) | (values < 0) | (values >= _vocabulary(layer))
    if is_wrong.any():
        raise DataError(
            f"Expected whole numbers from 0 to {_vocabulary(layer) - 1} to look up. Received: {values[is_wrong][0]:g}",
            "Make the vocabulary as large as the data need, and leave the inputs unscaled.",
            layer.id,
        )


def _reads(layer: LayerSpec, shape: Shape, unit: int) -> NDArray[np.intp]:
    return np.array([unit // _dim(layer)])


def _forward(lowering: "Lowering", layer: LayerSpec) -> None:
    source, own = lowering.sources(layer)[0], layer.owner

    def emit(b: "Buffers") -> Calls:
        places = b.xp.zeros((b.units(source), _dim(layer), b.columns), dtype=np.intp)
        b.alias(f"{layer.id}.places", places)
        table, out = b.block(own).reshape(-1), b.activation(layer.id).reshape(places.shape)
        # Places in the flat matrix serve both ways: one gather here, one scatter of the gradient.
        return (*_find(b, layer, source, places), b.workspace.take(table, places, 0, out))

    formula = f"a{lowering.number(layer.id)} = W{lowering.number(own)}[{lowering.symbol(source)}]"
    lowering.add(Instruction(
        "forward", layer.id, "look_up", formula,
        (lowering.slot(source), f"{own}.W"), (f"{layer.id}.a",), emit,
    ))  # fmt: skip


def _find(b: "Buffers", layer: LayerSpec, source: str, places: Array) -> Calls:
    """Return the calls that fill places (length, dim, n) in the flat matrix.

    Data were checked; but a picture of the plane asks between whole numbers and outside, for the nearest row.
    """
    w, ids = b.workspace, b.like(b.activation(source))
    numbers = b.xp.arange(_dim(layer), dtype=places.dtype)[:, None]
    return (
        (b.xp.rint, (b.activation(source), ids)),
        (ids.clip, (w.constant(0), w.constant(_vocabulary(layer) - 1), ids)),
        (b.xp.copyto, (places, ids[:, None], "unsafe")),
        (b.xp.multiply, (places, b.xp.asarray(_dim(layer)), places)),
        (b.xp.add, (places, numbers, places)),
    )


def _backward(lowering: "Lowering", layer: LayerSpec) -> None:
    source, own = lowering.sources(layer)[0], layer.owner
    adds = lowering.adds_to_block(own)

    def emit(b: "Buffers") -> Calls:
        table, places = b.gradient_block(own).reshape(-1), b[f"{layer.id}.places"]
        gradient = b.gradient(layer.id).reshape(-1)
        scatter = (b.xp.add.at, (table, places.reshape(-1), gradient))
        return (scatter,) if adds else ((table.fill, (0,)), scatter)

    formula = f"∂L/∂W{lowering.number(own)}[{lowering.symbol(source)}] += ∂L/∂a{lowering.number(layer.id)}"
    lowering.add(Instruction(
        "backward", layer.id, "embedding_gradient", formula,
        (f"{layer.id}.da", lowering.slot(source)), (f"{own}.dW",), emit,
    ))  # fmt: skip


EMBEDDING = layers.add(
    LayerKind(
        "embedding", "Embedding", _output_shape, _forward, _backward, _parameters,
        (
            integer("vocabulary", 10, minimum=1, maximum=MAX_VOCABULARY, help="how many different numbers there are"),
            integer("dim", 4, minimum=1, maximum=MAX_DIM, help="length of the vector that stands for each"),
        ),
        {"initializer": Choice("uniform")},
        check_data=_check_data, reads=_reads,
        formula="a = W_{x}", source="Bengio et al. 2003", stem="embed", family="sequences",
    )
)  # fmt: skip
