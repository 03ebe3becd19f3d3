"""Numbers and sums as LaTeX: significant digits, parentheses for negatives, long sums cut honestly."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

import numpy as np
from numpy.typing import ArrayLike

from dlviz.i18n import tr

MAX_TERMS = 6  # what a student on the last row of a lecture hall still follows in one line
KEPT_TERMS = 4  # shown before the remainder where a sum is longer than that
SMALLEST_FIXED, LARGEST_FIXED = -4, 5  # decimal exponents outside of which a number is written as m × 10^e
MOST_DIGITS = 16  # a float64 holds no more
SETTING_DIGITS = 12
MAX_DENOMINATOR = 8  # ½ reads better than 0.5; 37/53 does not


def number(value: float, digits: int = 4) -> str:
    """Write a number with this many significant digits, as m × 10^e where it is tiny or huge."""
    value = float(value)
    if math.isnan(value):
        return r"\text{NaN}"
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if SMALLEST_FIXED <= power <= LARGEST_FIXED:
        return _without_zeros(f"{float(f'{mantissa}e{exponent}'):.{max(digits - 1 - power, 0)}f}")
    return rf"{_without_zeros(mantissa)} \times 10^{{{power}}}"


def factor(value: float, digits: int = 4) -> str:
    """Write a number so that it can stand behind a sign or a dot: negatives in parentheses."""
    text = number(value, digits)
    return f"({text})" if text.startswith("-") or "times" in text else text


def exact(value: float) -> str:
    """Write a setting as it was typed, to stand as a factor: a rounded β of 0.99999 would be 1."""
    return factor(value, SETTING_DIGITS)


def bare(latex: str) -> str:
    """Take off the parentheses that a difference wears as a factor."""
    if latex.startswith(r"\left(") and latex.endswith(r"\right)"):
        return latex.removeprefix(r"\left(").removesuffix(r"\right)")
    depths = list(accumulate({"(": 1, ")": -1}.get(sign, 0) for sign in latex))
    is_wrapped = latex.startswith("(") and latex.endswith(")") and 0 not in depths[:-1]
    return latex[1:-1] if is_wrapped else latex


def difference(first: float, second: float, digits: int = 4) -> str:
    """Write `first - second` with as many digits as leave the difference (all but one of) its own."""
    gap, size = abs(first - second), max(abs(first), abs(second))
    lost = math.floor(math.log10(size)) - math.floor(math.log10(gap)) if gap and size else 0
    # One digit lost is what every hand calculation loses: 0.7514 · (1 - 0.7514) stays short.
    enough = min(digits + max(lost - 1, 0), MOST_DIGITS)
    return f"{number(first, enough)} - {factor(second, enough)}"


def fraction(value: float) -> str:
    """Write a simple fraction as one, anything else as it was typed."""
    simple = Fraction(value).limit_denominator(MAX_DENOMINATOR)
    if simple.denominator > 1 and float(simple) == value and value > 0:
        return rf"\frac{{{simple.numerator}}}{{{simple.denominator}}}"
    return exact(value)


def coloured(name: str, latex: str) -> str:
    """Mark LaTeX with the name of a colour (a phase, `muted` or `result`) that the theme decides."""
    return rf"\textcolor{{{name}}}{{{latex}}}"


def caption(latex: str, words: str) -> str:
    """Put small words under a symbol."""
    below = coloured("muted", rf"\text{{{words}}}")
    return rf"\underset{{{below}}}{{{latex}}}"


def bracketed(latex: str) -> str:
    """Put a sum of several terms in brackets, and leave a single term alone."""
    return f"[{latex}]" if " + " in latex or " - " in latex else latex


@dataclass(frozen=True)
class Term:
    """One summand: how it is written out, and what it comes to."""

    latex: str
    value: float


def cut(values: ArrayLike, write: Callable[[int], str], keep: int = 0, digits: int = 4) -> list[Term]:
    """Keep a short sum whole; of a long one the first terms, the one at `keep`, and the rest as one number.

    values: what the terms come to, in order; write(k) gives the LaTeX of term k, asked for kept ones only.
    The rest is the sum of exactly the terms left out, so the shortened sum is still right.
    """
    amounts = np.asarray(values, dtype=np.float64).reshape(-1)
    count = len(amounts)
    kept = list(range(count)) if count <= MAX_TERMS else sorted({*range(KEPT_TERMS), min(keep, count - 1)})
    terms = [Term(write(place), float(amounts[place])) for place in kept]
    if len(kept) == count:
        return terms
    rest = math.fsum(np.delete(amounts, kept))
    words = tr("{count} more terms", count=count - len(kept))
    return [*terms, Term(caption(factor(rest, digits), words), rest)]


def products(first: ArrayLike, second: ArrayLike, keep: int = 0, digits: int = 4, colour: str = "") -> list[Term]:
    """Tell a sum of products, cut where it is long; colour marks the first factors."""
    left, right = (np.asarray(each, dtype=np.float64) for each in (first, second))

    def write(place: int) -> str:
        head = factor(left[place], digits)
        head = coloured(colour, head) if colour else head
        return rf"{head} \cdot {factor(right[place], digits)}"

    return cut(left * right, write, keep, digits)


def written(terms: Sequence[Term]) -> str:
    """Join the summands as they are written out; a surrounding ` + ` is where a line may break."""
    return " + ".join(term.latex for term in terms) if terms else "0"


def evaluated(terms: Sequence[Term], digits: int = 4) -> str:
    """Join what the summands come to, with their signs: `0.3 - 0.1`."""
    if not terms:
        return "0"
    rest = [(" - " if term.value < 0 else " + ") + number(abs(term.value), digits) for term in terms[1:]]
    return number(terms[0].value, digits) + "".join(rest)


def _without_zeros(text: str) -> str:
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
