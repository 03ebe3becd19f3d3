"""Plain mistakes of arithmetic at one number: what it would be with each of them."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.answers.changes import Entry
from dlviz.core.answers.mistakes import Cause
from dlviz.core.answers.places import Place
from dlviz.core.answers.typed import Answer, parse_answer
from dlviz.core.errors import SpecError
from dlviz.core.trace import Step, Trace
from dlviz.i18n import tr

MATRIX_AXES = 2
LEAST_FIGURES = 2  # typed, below which a number may be that of any place
ALIKE_FIGURES = 3  # typed, below which it is compared with numbers of the same array alone


@dataclass(frozen=True)
class Wrong:
    """A number that would stand at a place if a mistake were made in finding it."""

    cause: Cause
    value: float


@dataclass(frozen=True)
class Mistake:
    """A mistake of arithmetic in one step: in all its numbers, or in one; changes: what then stands there."""

    step: int
    cause: Cause
    changes: Mapping[Entry, float]


def mistakes_at(trace: Trace, places: Sequence[Place]) -> list[Mistake]:
    """Return the mistakes that can be made at these places, in their order, before those in a whole step."""
    alone: list[Mistake] = []
    together: dict[tuple[int, Cause], dict[Entry, float]] = {}
    for place in places:
        entry = place.step, place.name, place.index
        for wrong in wrong_values(trace, place):
            words = tr("{place}: {sentence}", place=place.label, sentence=wrong.cause.sentence)
            alone.append(Mistake(place.step, Cause(wrong.cause.key, words), {entry: wrong.value}))
            together.setdefault((place.step, wrong.cause), {})[entry] = wrong.value
    whole = [
        Mistake(step, Cause(cause.key, _in_step(trace, step, cause)), changes)
        for (step, cause), changes in together.items()
        if len(changes) > 1
    ]
    return sorted([*alone, *whole], key=lambda each: each.step)


def _in_step(trace: Trace, step: int, cause: Cause) -> str:
    return tr("{place}: {sentence}", place=", ".join(trace.steps[step].writes), sentence=cause.sentence)


def wrong_values(trace: Trace, place: Place) -> Iterator[Wrong]:
    """Give what a number would be if its own step were calculated with a mistake of arithmetic."""
    right = place.of(trace)
    yield Wrong(Cause("sign", tr("The sign is the wrong way round.")), -right)
    yield Wrong(Cause("double", tr("A factor ½ is left out, or a factor 2 is too much.")), 2 * right)
    yield Wrong(Cause("half", tr("A factor 2 is left out, or a factor ½ is too much.")), right / 2)
    if len(trace.rows) > 1:
        yield Wrong(Cause("times_n", tr("The 1/n of the mean is left out.")), right * len(trace.rows))
        yield Wrong(Cause("over_n", tr("It is divided by the number of examples, where there is a sum.")),
                    right / len(trace.rows))  # fmt: skip
    if place.step < len(trace.steps):
        yield from _of_step(trace, trace.steps[place.step], place)


def _of_step(trace: Trace, step: Step, place: Place) -> Iterator[Wrong]:
    right = place.of(trace)
    if step.phase == "loss":
        cause = Cause("log10", tr("The logarithm to base 10 is taken for ln."))
        yield Wrong(cause, right / math.log(10))
    if step.op == "affine":
        yield from _of_sum(trace, step, place)
    if step.op == "activate_backward":
        yield from _of_slope(trace, step, place)
    if step.phase == "update":
        yield from _of_update(trace, step, place)


def _of_sum(trace: Trace, step: Step, place: Place) -> Iterator[Wrong]:
    right = place.of(trace)
    terms, bias = terms_of(trace, step, place)
    for number, term in enumerate(terms, 1):
        yield Wrong(Cause("missing_term", tr("Term {number} of the sum is left out.", number=number)), right - term)
    if bias is not None:
        yield Wrong(Cause("missing_bias", tr("The bias is left out.")), right - bias)
        yield Wrong(Cause("bias_sign", tr("The bias has the wrong sign.")), right - 2 * bias)
    for number, term in enumerate(terms, 1):
        cause = Cause("term_sign", tr("Term {number} of the sum has the wrong sign.", number=number))
        yield Wrong(cause, right - 2 * term)
    swapped = _with_swapped_indices(trace, step, place)
    if swapped is not None:
        yield Wrong(Cause("swapped_indices", tr("The two indices of a weight are swapped.")), swapped)


def terms_of(trace: Trace, step: Step, place: Place) -> tuple[list[float], float | None]:
    """Return the products w · x of a weighted sum, and its bias; none where the step is no such sum."""
    found = [trace.value(name, step.index) for name in step.reads]
    if step.op != "affine" or len(place.index) != MATRIX_AXES or any(each is None for each in found):
        return [], None
    inputs, weights, *bias = (np.asarray(each, dtype=np.float64) for each in found)
    example, unit = place.index
    return (weights[unit] * inputs[example]).tolist(), float(bias[0][unit]) if bias else None


def _with_swapped_indices(trace: Trace, step: Step, place: Place) -> float | None:
    terms, bias = terms_of(trace, step, place)
    weights = np.asarray(trace.value(step.reads[1], step.index), dtype=np.float64)
    if not terms or min(weights.shape) == 1:
        return None
    inputs = np.asarray(trace.value(step.reads[0], step.index), dtype=np.float64)
    other = weights.reshape(weights.shape[::-1]).T
    return float(other[place.index[1]] @ inputs[place.index[0]]) + (bias or 0.0)


def _of_slope(trace: Trace, step: Step, place: Place) -> Iterator[Wrong]:
    """Give what δ would be if the value, or 1 minus it, were taken for the slope of the activation."""
    gradient, value = (_entry(trace.value(step.reads[place_], step.index), place) for place_ in (0, 2))
    yield Wrong(Cause("value_for_slope", tr("The value of the unit is taken for the slope.")), gradient * value)
    cause = Cause("half_slope", tr("One factor of the slope is left out: 1 − a alone is taken."))
    yield Wrong(cause, gradient * (1 - value))


def _of_update(trace: Trace, step: Step, place: Place) -> Iterator[Wrong]:
    """Give what a change or a new value would be without the learning rate."""
    layer, _, short = place.name.removesuffix(".step").rpartition(".")
    slope = _entry(trace.value(f"{layer}.d{short}", step.index), place)
    before = trace.before.get(place.name)
    cause = Cause("missing_rate", tr("The learning rate is left out."))
    yield Wrong(cause, _entry(before, place) - slope if before is not None else -slope)


def _entry(array: "NDArray[np.generic] | None", place: Place) -> float:
    fits = array is not None and array.ndim == len(place.index)
    return float(array[place.index]) if fits and array is not None else math.nan


def other_place(trace: Trace, place: Place, answer: Answer, others: list[Place]) -> Cause | None:
    """Say of which other place a number is; others: those that are looked at, in order."""
    if answer.figures < LEAST_FIGURES:
        return None
    own = [each for each in others if each.name == place.name]
    rest = [each for each in others if each.name != place.name] if answer.figures >= ALIKE_FIGURES else []
    for each in (*own, *rest):
        if each != place and answer.agrees(each.of(trace)):
            return Cause("other_place", tr("That is {place}.", place=each.label))
    before = _entry(trace.before.get(place.name), place)
    if answer.figures >= LEAST_FIGURES and answer.agrees(before):
        return Cause("old_value", tr("That is the value before the update."))
    return None


def slip_of_the_pen(answer: Answer, right: float) -> Cause | None:
    """Say what went wrong in writing a right number down: rounding, two digits, the decimal point."""
    if answer.is_near(right):
        return Cause("rounding", tr("The last digit is not rounded, but cut off or rounded the wrong way."))
    if any(each.agrees(right) for each in _with_swapped_digits(answer)):
        return Cause("swapped_digits", tr("Two digits are swapped."))
    if any(_shifted(answer, power).agrees(right) for power in (-3, -2, -1, 1, 2, 3)):
        return Cause("decimal_point", tr("The decimal point is in the wrong place."))
    return None


def _with_swapped_digits(answer: Answer) -> Iterator[Answer]:
    text = answer.text
    for match in re.finditer(r"(?=(\d[.,]?\d))", text):
        pair, at = match[1], match.start()
        if pair[0] != pair[-1]:
            swapped = pair[-1] + pair[1:-1] + pair[0]
            try:
                yield parse_answer(text[:at] + swapped + text[at + len(pair) :])
            except SpecError:
                continue


def _shifted(answer: Answer, power: int) -> Answer:
    scale = 10.0**power
    return Answer(answer.text, answer.value * scale, answer.unit * scale, answer.decimals - power, answer.figures)
