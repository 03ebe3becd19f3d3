"""A slip in the LSTM: what the input gate lets in is forgotten."""

from dataclasses import replace

from dlviz.core.array import Array, Calls
from dlviz.core.buffers import Buffers
from dlviz.core.instruction import Instruction
from dlviz.core.slips.kind import Draft, Instructions, Settings, Slip, slips


def _without_input(draft: Draft, settings: Settings) -> Instructions:
    return tuple(_kept_alone(each) if each.op == "cell_update" else each for each in draft.instructions)


def _kept_alone(instruction: Instruction) -> Instruction:
    """Return c⟨t⟩ = f ⊙ c⟨t−1⟩; a start of zeros has no name, and what is kept of it is zero."""
    cell, forget = instruction.writes[0], instruction.reads[0]
    before = [name for name in instruction.reads[1:] if name.rpartition(".")[2] in ("c", "c0")]

    def emit(b: Buffers) -> Calls:
        # The right calls first: they lay the arrays out that have these names.
        right = tuple(instruction.emit(b))
        kept = (b.xp.multiply, (b[forget], _state(b, before[0]), b[cell])) if before else (b[cell].fill, (0,))
        return (*right, kept)

    formula, _, _ = instruction.formula.partition(" + ")
    return replace(instruction, formula=f"{formula}   (i ⊙ g left out)", emit=emit)


def _state(b: Buffers, name: str) -> Array:
    return b.parameter(name)[:, None] if name.endswith(".c0") else b[name]


slips.add(Slip(
    "lstm_without_input", "The LSTM's cell lets nothing in", "c⟨t⟩ = f ⊙ c⟨t−1⟩", "c⟨t⟩ = f ⊙ c⟨t−1⟩ + i ⊙ g",
    _without_input, source="curriculum ERR-62",
))  # fmt: skip
