"""Slips in the loss: the wrong logarithm."""

import math

from dlviz.core.array import Calls
from dlviz.core.buffers import Buffers
from dlviz.core.instruction import Instruction
from dlviz.core.slips.kind import Draft, Instructions, Settings, Slip, followed, slips

LOSS_STEPS = ("loss", "output_loss")


def _base_ten(draft: Draft, settings: Settings) -> Instructions:
    outputs = list(draft.losses)

    def changed(each: Instruction) -> Instruction:
        # A loss that is shown to another base has no ln that could be mistaken.
        if each.op not in LOSS_STEPS or "ln" not in each.formula:
            return each
        term = outputs.index(each.node)

        def more(b: Buffers) -> Calls:
            sums = b.loss_sums[term : term + 1]
            return ((b.xp.multiply, (sums, b.workspace.constant(1 / math.log(10)), sums)),)

        return followed(each, each.formula.replace("ln", "log₁₀"), more)

    return tuple(changed(each) for each in draft.instructions)


slips.add(Slip(
    "log10", "The logarithm to base 10 is taken for ln", "L = −log₁₀ a", "L = −ln a", _base_ten,
    source="curriculum ERR-11",
))  # fmt: skip
