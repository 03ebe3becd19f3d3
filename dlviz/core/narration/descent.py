"""The step of a descent told for one coordinate: what narrators say of a weight, in the letters of a surface."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.descent import POINT
from dlviz.core.narration.entry import Entry
from dlviz.core.narration.narrate import narrate
from dlviz.core.narration.number import number
from dlviz.core.narration.view import Focus, Narration, Plan, View
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.core.notation import Notation
from dlviz.core.notation.notation import CORE
from dlviz.core.trace import Step, Trace
from dlviz.i18n import tr

LAYER = "f"
WEIGHTS = f"{LAYER}.W"
GRADIENT = f"{LAYER}.d{POINT.rpartition('.')[2]}"


def narrate_descent(
    trace: Trace, index: int, optimizer: Choice, names: tuple[str, ...], axis: int = 0, notation: Notation = CORE
) -> Narration:
    """Tell one micro-step of a trace, by its index, for one coordinate.

    names: letters of all coordinates, as LaTeX. notation: its rate letter, digits and decimal sign are used.
    """
    step, name = trace.steps[index], names[axis]
    if step.op == "value":
        whole, value = f"f({', '.join(names)})", float(np.asarray(step.writes["loss"]))
        return Narration(whole, whole, number(value, notation.digits), tr("How high is the surface here?"), (value,))
    if step.op in ("gradient", "noise"):
        return _slope(step, name, axis, notation)
    as_weights = _as_weights(trace)
    own = replace(CORE, rate_letter=notation.rate_letter, digits=notation.digits, decimal_sign=notation.decimal_sign)
    plan = Plan(_network(len(names)), Choice("squared_error"), optimizer, notation=own)
    focus = Focus(unit=axis, source=0, parameter=WEIGHTS)
    told = narrate(as_weights.steps[index], as_weights, plan, focus, notation.digits)
    if step.op == "apply":
        told = replace(told, sentence=tr("Add the change: the ball moves on."))
    entry = Entry(View(as_weights.steps[index], as_weights, plan, focus))
    return replace(told, symbols=_renamed(told.symbols, entry, name), numbers=_renamed(told.numbers, entry, name))


def _slope(step: Step, name: str, axis: int, notation: Notation) -> Narration:
    value = float(np.asarray(step.writes[GRADIENT])[axis])
    slope, shown = rf"\frac{{\partial f}}{{\partial {name}}}", number(value, notation.digits)
    if step.op == "gradient":
        return Narration(slope, slope, shown, tr("How steep is it along this axis?"), (value,))
    symbols = rf"g_{{{name}}} = {slope} + \epsilon"
    return Narration(symbols, symbols, shown, tr("Noise, as from a small batch, is added."), (value,))


def _renamed(text: str, entry: Entry, name: str) -> str:
    """Write the coordinate instead of the weight that stood for it."""
    slope, mark = rf"\frac{{\partial f}}{{\partial {name}}}", entry.letter.removeprefix(entry.symbol)
    for old, new in ((entry.gradient_letter, slope), (entry.letter, name), (mark, f"_{{{name}}}")):
        text = text.replace(old, new)
    return text


def _network(d: int) -> NetworkSpec:
    return NetworkSpec((dense(LAYER, d, bias=False),), (InputSpec("x", (1,)),))


def _as_weights(trace: Trace) -> Trace:
    """Return the trace with the point as the weights (d, 1) of a layer."""
    steps = tuple(
        replace(step, writes=_weights(step.writes), reads=tuple(map(_name, step.reads))) for step in trace.steps
    )
    return replace(trace, steps=steps, before=_weights(trace.before))


def _weights(arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    return {_name(name): np.reshape(array, (-1, 1)) if np.ndim(array) == 1 else array for name, array in arrays.items()}


def _name(name: str) -> str:
    return f"{LAYER}.dW" if name == GRADIENT else name.replace(POINT, WEIGHTS, 1)
