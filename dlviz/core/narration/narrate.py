"""Which narrator tells which operation, and what each operation is called."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

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
from dlviz.i18n import tr


@dataclass(frozen=True)
class Operation:
    """How the steps of one operation are told, and what it does in a few words."""

    tell: Callable[[View], Narration]
    words: Callable[[], str]


OPERATIONS: dict[str, Operation] = {
    "look_ahead": Operation(update.look_ahead, partial(tr, "the point ahead")),
    "affine": Operation(forward.affine, partial(tr, "weighted sums")),
    "activate": Operation(forward.activate, partial(tr, "activations")),
    "fire_probability": Operation(sampling.fire_probability, partial(tr, "how likely units fire")),
    "draw": Operation(sampling.draw, partial(tr, "numbers drawn")),
    "fire": Operation(sampling.fire, partial(tr, "which units fire")),
    "add": Operation(forward.add, partial(tr, "sum of the branches")),
    "concatenate": Operation(forward.concatenate, partial(tr, "branches side by side")),
    "loss": Operation(error.loss, partial(tr, "value of the loss")),
    "output_loss": Operation(error.loss, partial(tr, "loss of this output")),
    "penalty": Operation(penalty.penalty, partial(tr, "penalty")),
    "total_loss": Operation(penalty.total_loss, partial(tr, "sum of all terms")),
    "loss_backward": Operation(error.loss_backward, partial(tr, "slope of the loss")),
    "output_error": Operation(error.output_error, partial(tr, "error of the output")),
    "activate_backward": Operation(backward.activate_backward, partial(tr, "through the activation")),
    "weight_gradient": Operation(backward.weight_gradient, partial(tr, "gradient of the weights")),
    "input_gradient": Operation(backward.input_gradient, partial(tr, "back to the layer before")),
    "add_backward": Operation(backward.add_backward, partial(tr, "to every branch")),
    "concatenate_backward": Operation(backward.concatenate_backward, partial(tr, "back to the branches")),
    "recurrent_sum": Operation(recurrent.recurrent_sum, partial(tr, "weighted sums")),
    "recurrent_activate": Operation(recurrent.recurrent_activate, partial(tr, "new state")),
    "gates": Operation(recurrent.gates, partial(tr, "gates")),
    "cell_update": Operation(recurrent.cell_update, partial(tr, "new cell")),
    "cell_output": Operation(recurrent.cell_output, partial(tr, "new state")),
    "input_sum": Operation(recurrent.input_sum, partial(tr, "sums over the input")),
    "state_sum": Operation(recurrent.state_sum, partial(tr, "sums over the state")),
    "candidate": Operation(recurrent.candidate, partial(tr, "candidate")),
    "state_update": Operation(recurrent.state_update, partial(tr, "new state")),
    "last_state": Operation(recurrent.passed_on, partial(tr, "last state")),
    "all_states": Operation(recurrent.passed_on, partial(tr, "states of every time step")),
    "state_gradient": Operation(through_time.state_gradient, partial(tr, "slope by the state")),
    "local_slopes": Operation(through_time.local_slopes, partial(tr, "slopes within the cell")),
    "recurrent_delta": Operation(through_time.recurrent_delta, partial(tr, "through the activation")),
    "cell_gradient": Operation(through_time.cell_gradient, partial(tr, "slope by the cell")),
    "gate_deltas": Operation(through_time.gate_deltas, partial(tr, "through the gates")),
    "time_contribution": Operation(through_time.time_contribution, partial(tr, "share of this time step")),
    "recurrent_input_gradient": Operation(through_time.input_gradient, partial(tr, "back to the inputs")),
    "gradient_norms": Operation(through_time.gradient_norms, partial(tr, "sizes over time")),
    "recurrent_weight_gradient": Operation(
        through_time.recurrent_weight_gradient, partial(tr, "gradient of the weights")
    ),
    "dropout_mask": Operation(dropout.mask, partial(tr, "which units stay")),
    "dropout": Operation(dropout.apply, partial(tr, "what stays")),
    "dropout_backward": Operation(dropout.backward, partial(tr, "back to what stayed")),
    "take": Operation(dropout.take, partial(tr, "values from below")),
    "take_backward": Operation(dropout.take_backward, partial(tr, "back to the layer before")),
    "batch_mean": Operation(normalise.mean, partial(tr, "mean over the batch")),
    "feature_mean": Operation(normalise.mean, partial(tr, "mean over the features")),
    "batch_variance": Operation(normalise.variance, partial(tr, "variance over the batch")),
    "feature_variance": Operation(normalise.variance, partial(tr, "variance over the features")),
    "normalise": Operation(normalise.normalise, partial(tr, "normalised values")),
    "running_statistics": Operation(normalise.running_statistics, partial(tr, "statistics for later use")),
    "scale_shift": Operation(normalise.scale_shift, partial(tr, "scaled and shifted")),
    "scale_shift_gradient": Operation(normalise.scale_shift_gradient, partial(tr, "gradient of scale and shift")),
    "normalise_backward": Operation(normalise.backward, partial(tr, "back through mean and spread")),
    "gradient_norm": Operation(clipping.gradient_norm, partial(tr, "norm of the gradient")),
    "clip_norm": Operation(clipping.clip_norm, partial(tr, "gradient shortened")),
    "clip_value": Operation(clipping.clip_value, partial(tr, "gradient cut off")),
    "decay": Operation(update.decay, partial(tr, "decay of the weights")),
    "penalty_gradient": Operation(penalty.penalty_gradient, partial(tr, "gradient of the penalty")),
    "convolve": Operation(images.convolve, partial(tr, "kernels over every patch")),
    "kernel_gradient": Operation(images.kernel_gradient, partial(tr, "gradient of the kernels")),
    "image_gradient": Operation(images.image_gradient, partial(tr, "back to the maps before")),
    "max_pool": Operation(pooling.max_pool, partial(tr, "largest of every window")),
    "max_pool_backward": Operation(pooling.max_pool_backward, partial(tr, "back to the largest")),
    "avg_pool": Operation(pooling.avg_pool, partial(tr, "mean of every window")),
    "avg_pool_backward": Operation(pooling.avg_pool_backward, partial(tr, "back to every window")),
    "flatten": Operation(lookups.flatten, partial(tr, "values in one row")),
    "flatten_backward": Operation(lookups.flatten_backward, partial(tr, "back into shape")),
    "look_up": Operation(lookups.look_up, partial(tr, "rows looked up")),
    "embedding_gradient": Operation(lookups.embedding_gradient, partial(tr, "gradient of the rows")),
    "velocity": Operation(update.velocity, partial(tr, "velocity")),
    "sum_of_squares": Operation(squares.sum_of_squares, partial(tr, "sum of the squared gradients")),
    "mean_of_squares": Operation(squares.mean_of_squares, partial(tr, "average of their squares")),
    "change": Operation(squares.change, partial(tr, "change in proportion")),
    "mean_of_changes": Operation(squares.mean_of_changes, partial(tr, "average of the squared changes")),
    "first_moment": Operation(moments.first_moment, partial(tr, "average of the gradients")),
    "second_moment": Operation(moments.second_moment, partial(tr, "average of their squares")),
    "largest_moment": Operation(moments.largest_moment, partial(tr, "largest average so far")),
    "bias_correction": Operation(moments.bias_correction, partial(tr, "bias correction")),
    "nesterov_correction": Operation(moments.nesterov_correction, partial(tr, "bias correction")),
    "gains": Operation(gains.gains, partial(tr, "gains")),
    "step_sizes": Operation(gains.step_sizes, partial(tr, "step sizes")),
    "remember": Operation(gains.remember, partial(tr, "gradient kept")),
    "forget_reversed": Operation(gains.forget_reversed, partial(tr, "gradient kept, if it did not turn")),
    "curvature_pair": Operation(curvature.curvature_pair, partial(tr, "curve along the last step")),
    "direction": Operation(curvature.direction, partial(tr, "direction")),
    "remember_step": Operation(curvature.remember_step, partial(tr, "gradient and step kept")),
    "step": Operation(steps.step, partial(tr, "size of the step")),
    "apply": Operation(update.apply, partial(tr, "new weights")),
    "formula": Operation(formula.operation, partial(tr, "value")),
    "formula_start": Operation(formula.start, partial(tr, "slope of the result by itself")),
    "formula_backward": Operation(formula.chain_rule, partial(tr, "chain rule")),
    "max_norm": Operation(penalty.max_norm, partial(tr, "rows cut to length")),
}


NO_FOCUS = Focus()


def narrate(step: Step, trace: Trace, plan: Plan, focus: Focus = NO_FOCUS, digits: int | None = None) -> Narration:
    """Tell one step of a trace for one scalar: in symbols, with numbers, the result, and in a sentence.

    Indices of the focus that do not exist are moved to the nearest that do. An operation without a narrator
    of its own, one with a mistake made on purpose, or one whose numbers are out of range, is told by its formula
    and the numbers it read and wrote. digits: significant ones; None leaves them to the plan's notation.
    """
    is_told = step.writes and not step.slip  # an update writes nothing where there is nothing to train
    entry = OPERATIONS.get(step.op)
    tell = entry.tell if entry is not None and is_told else general
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
