"""How dL/da and the slope of the activation make δ, written with the numbers of the example."""

import math

from dlviz.gui import numbers
from dlviz.i18n import tr
from dlviz.session.loss_explanation import LossExplanation, Standing

SAME = 1e-9  # relative; two numbers that agree so far are the same but for rounding
ONE_CLASS = ("categorical_cross_entropy", "sparse_categorical_cross_entropy")


def derivative_lines(shown: LossExplanation) -> tuple[str, ...]:
    """Return the lines from ∂L/∂a to δ, with what cancels; () where the output has no error to pass on."""
    here = shown.here
    if here is None or shown.a is None or shown.y is None or shown.counted is None:
        return ()
    if shown.key in ONE_CLASS and shown.activation == "softmax":
        return _softmax(shown, here)
    lines = [f"∂L/∂a = {_symbols(shown)} = {_put_in(shown, here)}= {_signed(here.gradient)}"]
    if not math.isnan(here.slope):
        lines += [f"φ′(z) = {_slope_symbols(shown)}{_number(here.slope)}", _product(shown, here)]
    return tuple(lines)


def _number(value: float) -> str:
    return numbers.number(value)


def _factor(value: float) -> str:
    """Write a factor, in brackets where it is negative."""
    return f"({numbers.number(value)})" if value < 0 else numbers.number(value)


def _signed(value: float) -> str:
    return numbers.number(value, signed=True)


def _front(shown: LossExplanation, gain: float = 1.0) -> str:
    """Write the constant before the derivative of one example: the factor of the loss times that of its square."""
    assert shown.counted is not None and shown.a is not None
    value = shown.counted.factor * gain / (len(shown.a) if shown.counted.outputs == "mean" else 1)
    return "" if value == 1 else f"{_number(value)} · "


def _symbols(shown: LossExplanation) -> str:
    """Return the derivative of one example in letters."""
    if shown.key == "binary_cross_entropy":
        return f"{_front(shown)}(a − y) / (a(1 − a))"
    if shown.key in ONE_CLASS:
        return f"−{_front(shown)}y / a"
    if shown.key == "squared_error":
        return f"{_front(shown, 2)}(a − y)"
    if shown.key == "hinge":
        return f"−{_front(shown)}y" if _is_pulled(shown) else "0, " + tr("as y a ≥ 1")
    if shown.key == "perceptron":
        return f"−{_front(shown)}y" if _is_pulled(shown) else "0, " + tr("as y a > 0")
    return f"{_front(shown)}{tr('(a − y, cut at ±δ)')}"


def _is_pulled(shown: LossExplanation) -> bool:
    return shown.here is not None and shown.here.gradient != 0


def _put_in(shown: LossExplanation, here: Standing) -> str:
    """Return the derivative with the numbers of the example, up to the next equals sign; "" where that says nothing."""
    a, y = _number(here.a), _number(here.y)
    if shown.key == "binary_cross_entropy":
        return f"{_front(shown)}({a} − {y}) / ({a} · {_number(1 - here.a)}) "
    if shown.key in ONE_CLASS:
        return f"−{_front(shown)}{y} / {a} "
    if shown.key == "squared_error":
        return f"{_front(shown, 2)}({a} − {_factor(here.y)}) "
    return f"{_signed(here.gradient)} " if not _is_pulled(shown) else f"−{_front(shown)}{_factor(here.y)} "


def _slope_symbols(shown: LossExplanation) -> str:
    assert shown.here is not None
    a = shown.here.a
    if shown.activation == "sigmoid":
        return f"a(1 − a) = {_number(a)} · {_number(1 - a)} = "
    return f"1 − a² = 1 − {_factor(a)}² = " if shown.activation == "tanh" else ""


def _product(shown: LossExplanation, here: Standing) -> str:
    """Write δ, and that everything but a − y cancels where it does."""
    error = here.a - here.y
    words = f"δ = ∂L/∂a · φ′(z) = {_factor(here.gradient)} · {_number(here.slope)} = {_signed(here.delta)}"
    if shown.key == "binary_cross_entropy" and shown.activation == "sigmoid" and _is_same(here.delta, error):
        cancelled = tr("a(1 − a) cancels: δ = a − y = {a} − {y} = {error}", a=_number(here.a), y=_number(here.y),
                       error=_signed(error))  # fmt: skip
        return f"{words}\n{cancelled}"
    return words


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(other), SAME)


def _softmax(shown: LossExplanation, here: Standing) -> tuple[str, ...]:
    """Write the chain through the softmax for one unit j of an example whose class is t."""
    assert shown.a is not None and shown.y is not None and shown.deltas is not None
    unit, true = shown.question.unit, int(shown.y.argmax())
    probability = float(shown.a[true])
    first = f"∂L/∂aₜ = −{_front(shown)}1 / aₜ = −{_front(shown)}1 / {_number(probability)} = "
    gradient = -_constant(shown) / probability if probability else -math.inf
    own = float(unit == true)
    put_in = f"{_factor(gradient)} · {_number(probability)} · ({_number(own)} − {_number(here.a)})"
    chain = f"δⱼ = ∂L/∂aₜ · aₜ([j = t] − aⱼ) = {put_in} = {_signed(float(shown.deltas[unit]))}"
    lines = [first + _signed(gradient), chain]
    error = here.a - here.y
    if _is_same(float(shown.deltas[unit]), error):
        lines.append(tr("aₜ cancels: δⱼ = aⱼ − yⱼ = {a} − {y} = {error}", a=_number(here.a), y=_number(here.y),
                        error=_signed(error)))  # fmt: skip
    return tuple(lines)


def _constant(shown: LossExplanation) -> float:
    assert shown.counted is not None and shown.a is not None
    return shown.counted.factor / (len(shown.a) if shown.counted.outputs == "mean" else 1)
