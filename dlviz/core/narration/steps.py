"""The step of every optimizer told: the change of one parameter."""

from collections.abc import Callable

from dlviz.core.narration import curvature, gains, moments, squares, update
from dlviz.core.narration.entry import Entry
from dlviz.core.narration.view import Narration, View
from dlviz.i18n import tr

_STEPS: dict[str, Callable[[Entry], tuple[str, str]]] = {
    "sgd": update.descent_step,
    "momentum": update.momentum_step,
    "nesterov": update.nesterov_step,
    "adagrad": squares.adagrad_step,
    "rmsprop": squares.rmsprop_step,
    "adadelta": squares.adadelta_step,
    "adam": moments.adam_step,
    "adamw": moments.adam_step,
    "amsgrad": moments.amsgrad_step,
    "nadam": moments.nadam_step,
    "rprop": gains.rprop_step,
    "delta_bar_delta": gains.delta_bar_delta_step,
    "lbfgs": curvature.lbfgs_step,
}


def step(view: View) -> Narration:
    """Tell the change of the parameter."""
    e = Entry(view)
    told = _STEPS.get(view.plan.optimizer.kind, _by_role)
    letters, numbers = told(e)
    if view.plan.optimizer.kind == "nesterov" and e.settings["form"] == "look_ahead":
        sentence = tr("The change: against the gradient at the point ahead, scaled by the learning rate.")
    else:
        sentence = tr("The change: against the gradient at the old weights, scaled by the learning rate.")
    return e.told(rf"\Delta {e.letter} = {letters}", numbers, "step", sentence)


def _by_role(e: Entry) -> tuple[str, str]:
    """Tell the step of an optimizer that has no narrator of its own as the number it came to."""
    return rf"\Delta {e.letter}", e.put(e.new("step"))
