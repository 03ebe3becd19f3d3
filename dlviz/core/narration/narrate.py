"""Which narrator tells which operation."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlviz.core.narration import (
    backward,
    clipping,
    curvature,
    dropout,
    error,
    formula,
    forward,
    gains,
    images,
    lookups,
    moments,
    normalise,
    penalty,
    pooling,
    recurrent,
    sampling,
    squares,
    steps,
    through_time,
    update,
)
from dlviz.core.narration.general import general
from dlviz.core.narration.view import Focus, Narration, Plan, View
from dlviz.core.notation import Notation
from dlviz.core.trace import Step, Trace

NARRATORS: dict[str, Callable[[View], Narration]] = {
    "look_ahead": update.look_ahead,
    "affine": forward.affine,
    "activate": forward.activate,
    "fire_probability": sampling.fire_probability,
    "draw": sampling.draw,
    "fire": sampling.fire,
    "add": forward.add,
    "concatenate": forward.concatenate,
    "loss": error.loss,
    "output_loss": error.loss,
    "penalty": penalty.penalty,
    "total_loss": penalty.total_loss,
    "loss_backward": error.loss_backward,
    "output_error": error.output_error,
    "activate_backward": backward.activate_backward,
    "weight_gradient": backward.weight_gradient,
    "input_gradient": backward.input_gradient,
    "add_backward": backward.add_backward,
    "concatenate_backward": backward.concatenate_backward,
    "recurrent_sum": recurrent.recurrent_sum,
    "recurrent_activate": recurrent.recurrent_activate,
    "gates": recurrent.gates,
    "cell_update": recurrent.cell_update,
    "cell_output": recurrent.cell_output,
    "input_sum": recurrent.input_sum,
    "state_sum": recurrent.state_sum,
    "candidate": recurrent.candidate,
    "state_update": recurrent.state_update,
    "last_state": recurrent.passed_on,
    "all_states": recurrent.passed_on,
    "state_gradient": through_time.state_gradient,
    "recurrent_delta": through_time.recurrent_delta,
    "cell_gradient": through_time.cell_gradient,
    "gate_deltas": through_time.gate_deltas,
    "time_contribution": through_time.time_contribution,
    "recurrent_weight_gradient": through_time.recurrent_weight_gradient,
    "dropout_mask": dropout.mask,
    "dropout": dropout.apply,
    "dropout_backward": dropout.backward,
    "take": dropout.take,
    "take_backward": dropout.take_backward,
    "batch_mean": normalise.mean,
    "feature_mean": normalise.mean,
    "batch_variance": normalise.variance,
    "feature_variance": normalise.variance,
    "normalise": normalise.normalise,
    "running_statistics": normalise.running_statistics,
    "scale_shift": normalise.scale_shift,
    "scale_shift_gradient": normalise.scale_shift_gradient,
    "normalise_backward": normalise.backward,
    "gradient_norm": clipping.gradient_norm,
    "clip_norm": clipping.clip_norm,
    "clip_value": clipping.clip_value,
    "decay": update.decay,
    "penalty_gradient": penalty.penalty_gradient,
    "convolve": images.convolve,
    "kernel_gradient": images.kernel_gradient,
    "image_gradient": images.image_gradient,
    "max_pool": pooling.max_pool,
    "max_pool_backward": pooling.max_pool_backward,
    "avg_pool": pooling.avg_pool,
    "avg_pool_backward": pooling.avg_pool_backward,
    "flatten": lookups.flatten,
    "flatten_backward": lookups.flatten_backward,
    "look_up": lookups.look_up,
    "embedding_gradient": lookups.embedding_gradient,
    "velocity": update.velocity,
    "sum_of_squares": squares.sum_of_squares,
    "mean_of_squares": squares.mean_of_squares,
    "change": squares.change,
    "mean_of_changes": squares.mean_of_changes,
    "first_moment": moments.first_moment,
    "second_moment": moments.second_moment,
    "largest_moment": moments.largest_moment,
    "bias_correction": moments.bias_correction,
    "nesterov_correction": moments.nesterov_correction,
    "gains": gains.gains,
    "step_sizes": gains.step_sizes,
    "remember": gains.remember,
    "forget_reversed": gains.forget_reversed,
    "curvature_pair": curvature.curvature_pair,
    "direction": curvature.direction,
    "remember_step": curvature.remember_step,
    "step": steps.step,
    "apply": update.apply,
    "formula": formula.operation,
    "formula_start": formula.start,
    "formula_backward": formula.chain_rule,
    "max_norm": penalty.max_norm,
}


NO_FOCUS = Focus()


def narrate(step: Step, trace: Trace, plan: Plan, focus: Focus = NO_FOCUS, digits: int | None = None) -> Narration:
    """Tell one step of a trace for one scalar: in symbols, with numbers, the result, and in a sentence.

    Indices of the focus that do not exist are moved to the nearest that do. An operation without a narrator
    of its own, one with a mistake made on purpose, or one whose numbers are out of range, is told by its formula
    and the numbers it read and wrote. digits: significant ones; None leaves them to the plan's notation.
    """
    is_told = step.writes and not step.slip  # an update writes nothing where there is nothing to train
    tell = NARRATORS.get(step.op, general) if is_told else general
    view = View(step, trace, plan, focus, plan.notation.digits if digits is None else digits)
    try:
        with np.errstate(all="ignore"):
            told = tell(view)
    except ArithmeticError:  # where a run breaks, even telling its numbers overflows
        told = general(view)
    told = spelled(told, plan.notation)
    # The chain rule does not lead to numbers that a mistake made.
    return replace(told, chain=None) if any(each.slip for each in trace.steps) else told


def spelled(told: Narration, notation: Notation) -> Narration:
    """Put in the letters of rate and strength, and the decimal sign."""
    if notation.is_core:
        return told

    def put(latex: str) -> str:
        return notation.decimal(notation.rated(latex), is_latex=True)

    return Narration(
        put(told.symbols), put(told.numbers), put(told.result), notation.decimal(told.sentence), told.values,
        put(told.terms), told.chain and spelled(told.chain, notation),
    )  # fmt: skip
