"""Notations: how the letters and numbers of a derivative are written, in plain text or LaTeX."""

from collections.abc import Sequence
from dataclasses import dataclass

from dlviz.core.narration.number import factor as latex_factor
from dlviz.core.narration.number import fraction

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Notation:
    """How letters and numbers are written.

    Formats know {level} the layer's number, {unit} and {source} counted from 1, {name} of what has no letter,
    {of} and {by} of a derivative, {symbol} of a sum, {number} and {n} of what the mean over examples leaves in front.

    output: how the only unit of an output is written; empty: like any other. is_reversed: the error is
    written −(y − a), not a − y. has_small_digits: levels stand high and indices low as Unicode digits.
    """

    weight: str
    bias: str
    value: str
    sum: str
    input: str
    other: str
    target: str
    output: str
    derivative: str
    slope: str
    per_example: str
    over_examples: str
    times: str
    minus: str
    is_reversed: bool = False
    has_small_digits: bool = False
    is_latex: bool = False

    def symbol(self, form: str, level: str, unit: Sequence[int], source: Sequence[int] = (), name: str = "") -> str:
        """Write one letter with its indices, which count from 0 here."""
        high, low = (SUPERSCRIPTS, SUBSCRIPTS) if self.has_small_digits else ({}, {})
        unit_text, source_text = (indices(each).translate(low) for each in (unit, source))
        return form.format(level=level.translate(high), unit=unit_text, source=source_text, name=name)

    def number(self, value: float, digits: int) -> str:
        """Write a number as a factor: negatives in parentheses."""
        if self.is_latex:
            return latex_factor(value, digits)
        text = f"{value:.{digits}g}"
        return f"({text})" if text.startswith("-") else text

    def error(self, a: str, y: str) -> str:
        """Write the difference of an output and its target, without the sign in front where it is reversed."""
        return f"({y}{self.minus}{a})" if self.is_reversed else f"({a}{self.minus}{y})"

    def front(self, number: float, n: str = "") -> str:
        """Write the number in front of an error; n: the number of examples it is divided by, or its letter."""
        sign = self.minus.strip() if self.is_reversed else ""
        if n:
            return sign + self.per_example.format(number=f"{number:g}", n=n)
        if number == 1:
            return sign
        return sign + (fraction(number) if self.is_latex else f"{number:g}")


def indices(places: Sequence[int]) -> str:
    """Write indices counted from 1, with commas where they would run together."""
    parts = [str(place + 1) for place in places]
    return ("" if all(len(part) == 1 for part in parts) and len(parts) < 3 else ",").join(parts)


PLAIN = Notation(
    weight="w{level}{unit}{source}", bias="b{level}{unit}", value="a{level}{unit}", sum="z{level}{unit}",
    input="x{unit}", other="{name}{level}{unit}", target="y{unit}", output="", derivative="∂{of}/∂{by}",
    slope="{name}′({symbol})", per_example="{number}/{n} ", over_examples="Σᵢ ", times=" · ", minus=" − ",
    has_small_digits=True,
)  # fmt: skip
LATEX = Notation(
    weight="w_{{{unit}{source}}}^{{({level})}}", bias="b_{{{unit}}}^{{({level})}}",
    value="a_{{{unit}}}^{{({level})}}", sum="z_{{{unit}}}^{{({level})}}", input="x_{{{unit}}}",
    other=r"\mathrm{{{name}}}_{{{unit}}}^{{({level})}}", target="y_{{{unit}}}", output="",
    derivative=r"\frac{{\partial {of}}}{{\partial {by}}}", slope="{name}'({symbol})",
    per_example=r"\frac{{{number}}}{{{n}}}", over_examples=r"\sum_i ", times=r" \cdot ", minus=" - ", is_latex=True,
)  # fmt: skip
# As many lecture notes write networks with one output: w2_13 leads from unit 1 to unit 3 of the second layer.
LECTURE = Notation(
    weight="w{level}_{source}{unit}", bias="b{level}{unit}", value="o{level}{unit}", sum="v{level}{unit}",
    input="x{unit}", other="{name}{level}_{unit}", target="y", output="yhat", derivative="d{of}/d{by}",
    slope="{name}'({symbol})", per_example="({number}/{n})", over_examples="sum ", times=" ", minus="-",
    is_reversed=True,
)  # fmt: skip
