"""Slips in derivatives: a factor of the chain rule is left out, or only one of its paths is followed."""

import math
from dataclasses import replace
from functools import partial

from dlviz.core.array import Array, Calls
from dlviz.core.buffers import Buffers
from dlviz.core.hyper import choice, integer
from dlviz.core.inference import activation_of, shapes
from dlviz.core.instruction import Instruction
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.network import output_ids
from dlviz.core.slips.kind import Draft, Instructions, Settings, Slip, disturbed, followed, slips

FIRST_GRADIENTS = ("loss_backward", "output_error")  # steps where the derivative of the loss comes in
SQUARED, HALF = "squared_error", 0.5


def _scaled(instruction: Instruction, formula: str, factor: float) -> Instruction:
    """Return a step whose first result is multiplied by a number."""
    name = instruction.writes[0]

    def result(b: Buffers) -> Array:
        return b.gradient(instruction.node) if name.endswith(".da") else b[name]

    def more(b: Buffers) -> Calls:
        return ((b.xp.multiply, (result(b), b.workspace.constant(factor), result(b))),)

    if instruction.derive is None:
        return followed(instruction, formula, more)
    derive = instruction.derive
    return replace(
        instruction, formula=formula, derive=lambda b: {key: each * factor for key, each in derive(b).items()}
    )


def _scale_squares(factor: float, remark: str, draft: Draft, settings: Settings) -> Instructions:
    def changed(each: Instruction) -> Instruction:
        if each.op not in FIRST_GRADIENTS or draft.losses[each.node].choice.kind != SQUARED:
            return each
        is_halved = resolve_loss(draft.losses[each.node].choice)[1]["factor"] == HALF
        # A ½ can only be left out where there is one.
        return _scaled(each, f"{each.formula}   ({remark})", factor) if is_halved or factor == HALF else each

    return tuple(changed(each) for each in draft.instructions)


def _without_mean(draft: Draft, settings: Settings) -> Instructions:
    def changed(each: Instruction) -> Instruction:
        if each.op not in FIRST_GRADIENTS:
            return each
        if resolve_loss(draft.losses[each.node].choice)[1]["reduction"] != "mean":
            return each
        return _times_examples(each)

    return tuple(changed(each) for each in draft.instructions)


def _times_examples(instruction: Instruction) -> Instruction:
    formula, derive = f"{instruction.formula}   (1/n left out)", instruction.derive

    def emit(b: Buffers) -> Calls:
        return _scaled(instruction, formula, b.columns).emit(b)

    if derive is None:
        return replace(instruction, formula=formula, emit=emit)
    return replace(
        instruction, formula=formula, derive=lambda b: {key: each * b.columns for key, each in derive(b).items()}
    )


def _without_slope(draft: Draft, settings: Settings) -> Instructions:
    outputs = set(output_ids(draft.network))

    def changed(each: Instruction) -> Instruction:
        wanted = settings["where"] in ("everywhere", "output" if each.node in outputs else "hidden")
        is_linear = each.op == "activate_backward" and _is_linear(draft, each.node)
        return _passed_on(each) if wanted and each.op == "activate_backward" and not is_linear else each

    return tuple(changed(each) for each in draft.instructions)


def _is_linear(draft: Draft, node: str) -> bool:
    chosen = activation_of(draft.network, node)
    return chosen is not None and chosen.kind == "linear"


def _passed_on(instruction: Instruction) -> Instruction:
    """Return δ = dL/da: the step through an activation without its slope."""
    formula = f"{instruction.formula.partition(' ⊙ ')[0]}   (φ′ left out)"

    def emit(b: Buffers) -> Calls:
        return ((b.xp.copyto, (b[instruction.writes[0]], b.gradient(instruction.node))),)

    return replace(instruction, formula=formula, emit=emit)


def _one_path(draft: Draft, settings: Settings) -> Instructions:
    units = {node: math.prod(shape) for node, shape in shapes(draft.network).items()}

    def changed(each: Instruction) -> Instruction:
        # Through a single unit there is no other path.
        if each.op != "input_gradient" or units[each.node] == 1:
            return each
        formula = f"{each.formula}   (only the path through unit {settings['unit']})"
        return disturbed(each, formula, partial(_only, each.reads[0], settings["unit"]))

    return tuple(changed(each) for each in draft.instructions)


def _only(name: str, unit: int, b: Buffers) -> tuple[Calls, Calls]:
    """Let a step find the error of one unit alone, the others at 0."""
    delta = b[name]
    saved, place = b.like(delta), min(unit, delta.shape[0]) - 1
    keep = ((b.xp.copyto, (saved, delta)), (delta.fill, (0,)), (b.xp.copyto, (delta[place], saved[place])))
    return keep, ((b.xp.copyto, (delta, saved)),)


slips.add(Slip(
    "missing_two", "The 2 of the square is left out", "∂L/∂a = (a − y)", "∂L/∂a = 2 (a − y)",
    partial(_scale_squares, HALF, "2 left out"), source="curriculum BPR-19, EX-30",
))  # fmt: skip
slips.add(Slip(
    "missing_half", "The ½ of the loss is left out", "∂L/∂a = 2 (a − y)", "∂L/∂a = ½ · 2 (a − y)",
    partial(_scale_squares, 2.0, "½ left out"), source="curriculum CNV-10",
))  # fmt: skip
slips.add(Slip(
    "missing_mean", "The 1/n of the mean is left out", "∂L/∂a = Σ …", "∂L/∂a = 1/n Σ …",
    _without_mean, source="curriculum ERR-67", fewest=2,
))  # fmt: skip
slips.add(Slip(
    "missing_slope", "The slope of the activation is left out", "δ = ∂L/∂a", "δ = ∂L/∂a ⊙ φ′(z)",
    _without_slope, (choice("where", "everywhere", ("everywhere", "hidden", "output"), "the layers it happens in"),),
    source="curriculum ERR-50",
))  # fmt: skip
slips.add(Slip(
    "one_path", "Only one path is followed", "∂L/∂a = w δ of one unit", "∂L/∂a = Σ w δ over all units that read it",
    _one_path, (integer("unit", 1, minimum=1, maximum=16_384, help="the unit whose path is followed"),),
    source="curriculum ERR-05",
))  # fmt: skip
