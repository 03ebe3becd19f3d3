"""Numbers as students write them, and how exactly they are meant."""

import math
import re
from dataclasses import dataclass

from dlviz.core.errors import SpecError
from dlviz.i18n import tr

MINUS = "\N{MINUS SIGN}"
EXACT = 1e-9  # of itself: how far a fraction or an exact value may be off
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_POWER = re.compile(r"[·×*x]10\^?\(?([-+]?\d+)\)?")
_NUMBER = re.compile(r"([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?")


@dataclass(frozen=True)
class Answer:
    """One number as it was typed.

    unit: what one in its last digit is worth; 0 where it is exact, as 1/3 is. decimals: places after the
    point, negative where the last digit typed stands for tens or more. figures: significant digits.
    """

    text: str
    value: float
    unit: float
    decimals: int
    figures: int

    def agrees(self, value: float) -> bool:
        """Say whether a value, rounded to the digits typed, is this number; a half may be rounded either way."""
        slack = EXACT * max(abs(value), abs(self.value)) if self.unit == 0 else 4 * math.ulp(value)
        return math.isfinite(value) and abs(value - self.value) <= self.unit / 2 * (1 + EXACT) + slack

    def is_near(self, value: float) -> bool:
        """Say whether a value differs by less than one in the last digit typed."""
        return math.isfinite(value) and abs(value - self.value) < self.unit * (1 + EXACT)

    def says_little(self, value: float) -> bool:
        """Say whether the digits typed hold nothing of a value: 0.00 for 0.0024."""
        return value != 0 and self.unit / 2 >= abs(value)


def parse_answer(text: str) -> Answer:
    """Read 0.5498, 0,5498, −0.12, 1/3, 2.4e-3 or 2.4·10^-3. Raises: SpecError for anything else."""
    plain = _plain(text)
    if "/" in plain:
        return _fraction(text, plain)
    match = _NUMBER.fullmatch(plain)
    if match is None or not (match[2] or match[3]):
        raise _refused(text)
    sign, whole, part, power = match[1], match[2], match[3] or "", int(match[4] or 0)
    decimals = len(part) - power
    try:
        value = float(f"{sign}{whole or 0}.{part or 0}e{power}")
        unit = float(f"1e{-decimals}")
    except (OverflowError, ValueError) as error:
        raise _refused(text) from error
    if not math.isfinite(value):
        raise _refused(text)
    return Answer(text.strip(), value, unit, decimals, max(len((whole + part).lstrip("0")), 1))


def _plain(text: str) -> str:
    plain = re.sub(r"\s", "", text).replace(MINUS, "-").translate(_SUPERSCRIPTS)
    plain = _POWER.sub(r"e\1", plain)
    return plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain


def _fraction(text: str, plain: str) -> Answer:
    above, _, below = plain.partition("/")
    try:
        value = float(above) / float(below)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise _refused(text) from error
    if not math.isfinite(value):
        raise _refused(text)
    return Answer(text.strip(), value, 0.0, 15, 15)


def _refused(text: str) -> SpecError:
    return SpecError(
        tr("Expected a number. Received: {given!r}", given=text[:40]), tr("Write 0.5498, 0,5498, 1/3 or 2.4e-3.")
    )
