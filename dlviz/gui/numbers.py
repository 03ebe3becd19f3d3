"""How the window writes and reads numbers: four digits, a true minus, full precision on demand."""

import math

import numpy as np

from dlviz.core.errors import FormulaError, SpecError
from dlviz.core.expression import evaluate, parse
from dlviz.core.notation import Notation
from dlviz.i18n import tr

MINUS = "\u2212"
NARROW_SPACE = "\u202f"  # no-break; groups thousands in every language
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_in_use = Notation()
POWER = "×10"
MOST_OF_FEW, BESIDE_POWER = 6, 2  # digits
LONGEST_COUNT = 9  # digits that are written one by one
_LARGEST_PLAIN, _SMALLEST_PLAIN = 1e6, 1e-4  # outside of these a power of ten is written


def use(notation: Notation) -> None:
    """Write all numbers from now on with the digits and the decimal sign of a notation."""
    global _in_use
    _in_use = notation


def has_comma() -> bool:
    """Say whether the decimal sign is a comma."""
    return _in_use.has_comma


def digits_in_use() -> int:
    """Return how many significant digits numbers have."""
    return _in_use.digits


def number(value: float, digits: int | None = None, signed: bool = False) -> str:
    """Write value with at most `digits` significant digits: −1.853, 0.0136, 1.2×10⁻⁵.

    digits: None leaves them to the notation in use. signed: also write the plus, for changes and gradients.
    """
    value = float(value)
    if not math.isfinite(value):
        return tr("not a number") if math.isnan(value) else ("∞" if value > 0 else MINUS + "∞")
    if value == 0:
        return "0"
    sign = MINUS if value < 0 else "+" if signed else ""
    return sign + _in_use.decimal(_magnitude(abs(value), digits or _in_use.digits))


def few(value: float, signed: bool = False) -> str:
    """Write value where there is little room, on the canvas or in two columns: with at most six digits."""
    return number(value, min(_in_use.digits, MOST_OF_FEW), signed)


def brief(value: float) -> str:
    """Write value on a tile: a power of ten takes so much room that two digits are left beside it."""
    text = few(value)
    return number(value, BESIDE_POWER) if POWER in text else text


def _magnitude(value: float, digits: int) -> str:
    rounded = f"{value:.{digits - 1}e}"
    value = float(rounded)  # infinite where the largest of all numbers is rounded up
    if _SMALLEST_PLAIN <= value < _LARGEST_PLAIN:
        exponent = math.floor(math.log10(value))
        text = f"{value:.{max(digits - 1 - exponent, 0)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, exponent_text = rounded.split("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}{POWER}{str(int(exponent_text)).translate(_SUPERSCRIPTS)}"


def full(value: float) -> str:
    """Write value with every digit it has, for tooltips."""
    return exact(value).replace("-", MINUS)


def exact(value: float) -> str:
    """Write value so that reading it gives the same bits, for the clipboard: with a comma only where that is chosen."""
    return _in_use.decimal(repr(float(value)))


def count(value: float) -> str:
    """Write a whole number with its thousands apart: 138 000."""
    return f"{round(value):,}".replace(",", NARROW_SPACE).replace("-", MINUS)


def thousands(value: int, width: int = 0) -> str:
    """Write a counter of at least this width, zeros in front: 000,120; with thin spaces where the comma is decimal."""
    text = f"{value:0{width},}"
    return text.replace(",", NARROW_SPACE) if _in_use.has_comma else text


def how_many(whole: int) -> str:
    """Write a whole number of any size: 138 000, and 1.26×10⁴⁸ where nobody would count digits."""
    digits = str(whole)
    if len(digits) <= LONGEST_COUNT:
        return count(whole)
    return f"{digits[0]}.{digits[1:3]}{POWER}{str(len(digits) - 1).translate(_SUPERSCRIPTS)}"


def percent(fraction: float) -> str:
    """Write a fraction as a percentage without needless digits: 97.5 %."""
    return f"{number(100 * fraction, 3)}{NARROW_SPACE}%"


def parse_number(text: str) -> float:
    """Read what people type: 0.5, 0,5, 1/2, −3, 1e-4, 2*pi, sqrt(2).

    Raises: SpecError for anything that is not one finite number.
    """
    plain = text.strip().replace(MINUS, "-").replace(NARROW_SPACE, "").replace(" ", "")
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        above, _, below = plain.partition("/")
        value = float(above) / (float(below) if "/" in plain else 1.0)
    except (ValueError, ZeroDivisionError):
        value = _computed(plain)
    if not math.isfinite(value):
        raise SpecError(f"Expected a number. Received: {text!r}", "Write 0.5, 0,5, 1/2 or 1e-4.")
    return value


def _computed(plain: str) -> float:
    """Return what a formula without names comes to; NaN where it is none."""
    try:
        (value,) = evaluate(parse(plain)).values()
        return float(value) if np.ndim(value) == 0 else math.nan
    except (FormulaError, ValueError):
        return math.nan
