"""Slips in the weights of the backward pass: new ones for old ones, or their indices swapped."""

from collections.abc import Callable
from functools import partial

from dlviz.core.array import Array, Calls
from dlviz.core.buffers import Buffers
from dlviz.core.inference import parameters
from dlviz.core.instruction import Instruction
from dlviz.core.slips.kind import Draft, Instructions, Settings, Slip, disturbed, slips


def _with_weights(
    draft: Draft,
    remark: str,
    change: Callable[[Buffers, str, Array], Calls],
    is_meant: Callable[[tuple[int, ...]], bool] = lambda shape: True,
) -> Instructions:
    """Return the steps where gradients pass back through weights that change(b, name, weights) has altered.

    is_meant: says of the shape of weights whether the mistake can be made with them.
    """
    shapes = {each.name: each.shape for each in parameters(draft.network)}

    def disturb(name: str, b: Buffers) -> tuple[Calls, Calls]:
        weights = b.parameter(name)
        saved = b.like(weights)
        keep = (b.xp.copyto, (saved, weights))
        return (keep, *change(b, name, weights)), ((b.xp.copyto, (weights, saved)),)

    def changed(each: Instruction) -> Instruction:
        if each.op != "input_gradient":
            return each
        name = next(read for read in each.reads if read.endswith(".W"))
        if not is_meant(shapes[name]):
            return each
        return disturbed(each, f"{each.formula}   ({remark})", partial(disturb, name))

    return tuple(changed(each) for each in draft.instructions)


def _new(draft: Draft, settings: Settings) -> Instructions:
    if draft.optimizer is None or draft.optimizer.kind != "sgd":
        return draft.instructions

    def change(b: Buffers, name: str, weights: Array) -> Calls:
        step = b.like(weights)
        rate = b.memory.rate_of(name, is_negative=True)
        move = (b.xp.multiply, (b.parameter_gradient(name), rate, step))
        return (move, (b.xp.add, (weights, step, weights)))

    return _with_weights(draft, "with the new W", change)


def _swapped(draft: Draft, settings: Settings) -> Instructions:
    def change(b: Buffers, name: str, weights: Array) -> Calls:
        units, fan_in = weights.shape
        flat = b.like(weights)
        read = flat.reshape(fan_in, units).T
        return ((b.xp.copyto, (flat, weights)), (b.xp.copyto, (weights, read)))

    # A single row or column reads the same either way.
    return _with_weights(draft, "indices of W swapped", change, lambda shape: min(shape) > 1)


slips.add(Slip(
    "new_weights", "New weights are used instead of old ones", "∂L/∂a = W_newᵀ δ", "∂L/∂a = W_oldᵀ δ",
    _new, source="curriculum BPR-18, BPR-19",
))  # fmt: skip
slips.add(Slip(
    "swapped_indices", "The two indices of a weight are swapped", "∂L/∂a_j = Σ_i w_ji δ_i", "∂L/∂a_j = Σ_i w_ij δ_i",
    _swapped, source="curriculum ERR-35, ERR-82",
))  # fmt: skip
