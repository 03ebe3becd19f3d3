"""Values of a varied setting as people type them: a list, or a range in even or logarithmic steps."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.hyper import Hyper
from dlviz.gui import numbers
from dlviz.i18n import tr
from dlviz.session.vary import Scale, Value, Varied
from dlviz.session.vary.settings import Settable

MOST_VALUES = 100
FACTORS = (0.1, 0.3, 1.0, 3.0, 10.0)  # times the value of the document, to begin with
HALVES = (0.5, 1.0, 2.0)
FROM_ZERO = (0.0, 0.001, 0.01, 0.1)
DIGITS = 3  # of values between the ends of a range
LISTED = 5  # values of a range that was drawn from, once all combinations are wanted


@dataclass(frozen=True)
class Range:
    """So many values from low to high, both included, in even steps or in even steps of the logarithm."""

    low: float
    high: float
    count: int
    scale: Scale = "linear"


def parse_values(text: str, hyper: Hyper | None) -> tuple[Value, ...]:
    """Read a list of numbers: "0.001, 0.01, 0.1"; where the comma is the decimal sign, semicolons or spaces part them.

    Raises: SpecError for what is no number, outside the limits of the setting, or too much.
    """
    parts = [part for part in re.split(r"[;\s]+" if numbers.has_comma() else r"[,;\s]+", text.strip()) if part]
    if not 1 <= len(parts) <= MOST_VALUES:
        raise SpecError(tr("Expected 1 to {most} values. Received: {n}", most=MOST_VALUES, n=len(parts)))
    values = [numbers.parse_number(part) for part in parts]
    return tuple(dict.fromkeys(_checked(value, hyper) for value in values))


def write_values(values: Sequence[Value]) -> str:
    """Write numbers so that they can be read again."""
    written = [numbers.exact(float(f"{value:.6g}")).removesuffix(".0") for value in values if is_number(value)]
    return ("; " if numbers.has_comma() else ", ").join(written)


def spread(wanted: Range, hyper: Hyper | None) -> tuple[Value, ...]:
    """Return the values of a range; those between its ends have few digits. Raises: SpecError."""
    if wanted.low >= wanted.high:
        raise SpecError(tr("Expected the first value below the last. Received: {low} and {high}",
                           low=numbers.number(wanted.low), high=numbers.number(wanted.high)))  # fmt: skip
    if wanted.scale == "log" and wanted.low <= 0:
        raise SpecError(tr("Expected values above zero in logarithmic steps. Received: {low}",
                           low=numbers.number(wanted.low)))  # fmt: skip
    steps = np.geomspace if wanted.scale == "log" else np.linspace
    inner = [float(f"{value:.{DIGITS}g}") for value in steps(wanted.low, wanted.high, wanted.count)[1:-1].tolist()]
    whole = hyper is not None and hyper.kind == "int"
    found = [float(round(value)) if whole else value for value in (wanted.low, *inner, wanted.high)]
    return tuple(dict.fromkeys(_checked(value, hyper) for value in found))


def range_of(values: Sequence[Value], hyper: Hyper | None) -> Range:
    """Return the range that a list of numbers looks like, as something to begin with."""
    known = sorted(float(value) for value in values if is_number(value))  # type: ignore[arg-type]
    low, high = known[0], known[-1]
    if low == high:
        low, high = (low / 10, low * 10) if low > 0 else (low - 1, high + 1)
    is_log = low > 0 and ((hyper is not None and hyper.is_log) or high / low >= 10)
    return Range(low, high, max(len(known), 2), "log" if is_log else "linear")


def between_ends(varied: Varied, hyper: Hyper | None) -> Varied:
    """Return a setting to be drawn at random between the ends of its values; words and entries stay a list."""
    if not is_numeric(hyper) or not varied.values:
        return varied
    found = range_of(varied.values, hyper)
    return replace(varied, values=(), low=found.low, high=found.high, scale=found.scale)


def listed(varied: Varied, hyper: Hyper | None) -> Varied:
    """Return a setting that was drawn between two ends with a few values from one to the other."""
    if not is_numeric(hyper) or varied.values:
        return varied
    is_range = varied.low < varied.high and (varied.scale == "linear" or varied.low > 0)
    wanted = Range(varied.low, varied.high, LISTED, varied.scale)
    return replace(varied, values=spread(wanted, hyper) if is_range else (varied.low,))


def is_numeric(hyper: Hyper | None) -> bool:
    """Whether a setting takes numbers."""
    return hyper is not None and hyper.kind in ("float", "int")


def options_of(known: Settable | None, tried: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return the values that can be ticked where they are no numbers: those that are tried, then all others."""
    kinds: tuple[Value, ...] = ()
    if known is not None and known.hyper is None:
        kinds = tuple(Choice(kind) for kind in known.kinds)
    elif known is not None and known.hyper is not None:
        kinds = (False, True) if known.hyper.kind == "bool" else known.hyper.choices
    taken = {_kind(value) for value in tried}
    return (*tried, *(value for value in kinds if _kind(value) not in taken))


def first_values(known: Settable) -> tuple[Value, ...]:
    """Return values to begin with: around the one of the document, or all words."""
    if known.hyper is None:
        return (known.value,)
    if not is_numeric(known.hyper):
        return options_of(known, ())
    at = float(known.value) if isinstance(known.value, int | float) else float(known.hyper.default)
    wanted = [at * factor for factor in (FACTORS if known.hyper.is_log else HALVES)] if at else list(FROM_ZERO)
    low, high = known.hyper.minimum, known.hyper.maximum
    whole = [float(round(each)) if known.hyper.kind == "int" else float(f"{each:.{DIGITS}g}") for each in wanted]
    inside = [each for each in whole if (low is None or each >= low) and (high is None or each <= high)]
    return tuple(dict.fromkeys(_checked(each, known.hyper) for each in inside)) or (known.value,)


def _kind(value: Value) -> str:
    return value.kind if isinstance(value, Choice) else str(value)


def is_number(value: Value) -> bool:
    """Whether a value is a number, not a word, an entry of a registry or yes and no."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _checked(value: float, hyper: Hyper | None) -> Value:
    return value if hyper is None else hyper.check(value)  # type: ignore[no-any-return]
