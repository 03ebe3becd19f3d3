"""Passing a gradient down to the one node that a layer reads."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from dlviz.core.array import Array, Calls
from dlviz.core.instruction import Instruction
from dlviz.core.network import LayerSpec

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers
    from dlviz.core.lowering import Lowering


def pass_on(
    lowering: "Lowering",
    layer: LayerSpec,
    op: str,
    right: str,
    reads: tuple[str, ...],
    compute: "Callable[[Buffers, Array], Calls]",
) -> None:
    """Add the step that writes ∂L/∂a of the node a layer reads, or adds to it where another reader wrote before.

    right: the right side of its formula. compute(b, out) gives the calls that fill out (units, n), which
    lies contiguously, so that its rows may be cut into axes.
    """
    source = lowering.sources(layer)[0]
    adds = lowering.adds_to(source)

    def emit(b: "Buffers") -> Calls:
        out, added = b.share_of(b.gradient(source), adds)
        return (*compute(b, out), *added)

    formula = f"∂L/∂{lowering.symbol(source)} {'+=' if adds else '='} {right}"
    lowering.add(Instruction("backward", layer.id, op, formula, reads, (f"{source}.da",), emit))
