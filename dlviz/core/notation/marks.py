"""How a letter takes its indices: as LaTeX, or as plain text with small Unicode digits."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

_HIGH = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOW = str.maketrans("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_TALL = re.compile(r"[A-Za-z_]")
_LETTERS = {
    "δ": r"\delta", "γ": r"\gamma", "β": r"\beta", "μ": r"\mu", "ẑ": r"\hat{z}", "v̂": r"\hat{v}", "ŷ": r"\hat{y}",
    "μ̄": r"\bar{\mu}", "v̄": r"\bar{v}", "s̄": r"\bar{s}",
}  # fmt: skip
_UNDERSCORE = r"\_"


class Form(Protocol):
    """A way to put letters, indices below and marks above together."""

    @property
    def is_latex(self) -> bool:
        """Whether it writes LaTeX."""

    @property
    def minus(self) -> str:
        """The sign of a difference."""

    def put(self, letter: str, low: str = "", high: str = "", time: str = "") -> str:
        """Write a letter with what stands below and above it, and its time step; each may be empty."""

    def level(self, number: str) -> str:
        """Write the number of a layer so that it is told from an exponent."""

    def bracket(self, number: str) -> str:
        """Write the number of a layer in square brackets."""

    def named(self, words: str) -> str:
        """Write the id of a layer where others have their number."""

    def name(self, words: str) -> str:
        """Write an id."""

    def letter(self, letter: str) -> str:
        """Write a letter of the alphabet of formulas."""

    def derivative(self, of: str, by: str) -> str:
        """Write a partial derivative."""


@dataclass(frozen=True)
class Latex:
    """`w_{31}^{(2)}`."""

    is_latex: bool = True
    minus: str = "-"

    def put(self, letter: str, low: str = "", high: str = "", time: str = "") -> str:
        """Write a letter with indices in braces."""
        high += rf"\langle {time}\rangle" if time else ""
        return letter + (f"_{{{low}}}" if low else "") + (f"^{{{high}}}" if high else "")

    def level(self, number: str) -> str:
        """Put parentheses around the number of a layer."""
        return f"({number})"

    def bracket(self, number: str) -> str:
        """Put square brackets around the number of a layer."""
        return f"[{number}]"

    def named(self, words: str) -> str:
        """Put parentheses around an id."""
        return f"({self.name(words)})"

    def name(self, words: str) -> str:
        """Write an id upright."""
        return rf"\mathrm{{{words.replace('_', _UNDERSCORE)}}}"

    def letter(self, letter: str) -> str:
        """Write a Greek letter as a command."""
        return _LETTERS.get(letter, letter)

    def derivative(self, of: str, by: str) -> str:
        """Write a fraction of ∂s."""
        return rf"\frac{{\partial {of}}}{{\partial {by}}}"


@dataclass(frozen=True)
class Plain:
    """`w²₃₁`, and `w[2]₃₁` where the layer stands in brackets: there are no small ones."""

    is_latex: bool = False
    minus: str = "−"

    def put(self, letter: str, low: str = "", high: str = "", time: str = "") -> str:
        """Write marks above, then indices below, then the time step in brackets."""
        return letter + high + lowered(low) + (f"⟨{time}⟩" if time else "")

    def level(self, number: str) -> str:
        """Raise the number of a layer."""
        return number.translate(_HIGH)

    def bracket(self, number: str) -> str:
        """Put square brackets around the number of a layer."""
        return f"[{number}]"

    def named(self, words: str) -> str:
        """Put square brackets around an id."""
        return f"[{words}]"

    def name(self, words: str) -> str:
        """Leave an id as it is."""
        return words

    def letter(self, letter: str) -> str:
        """Leave a letter as it is."""
        return letter

    def derivative(self, of: str, by: str) -> str:
        """Write a quotient of ∂s."""
        return f"∂{of}/∂{by}"


def lowered(text: str) -> str:
    """Lower indices; with a letter that has no small form all stand behind a line."""
    low = text.translate(_LOW)
    return f"_{text}" if _TALL.search(low) else low


def joined(indices: Sequence[str]) -> str:
    """Write indices side by side, with commas where they would run together."""
    if indices and indices[0].endswith(","):
        return indices[0] + joined(indices[1:])
    return ("" if all(len(each) == 1 for each in indices) else ",").join(indices)


def running(first: int, shape: Sequence[int], places: Sequence[int | str]) -> str:
    """Return the number of an entry where entries are counted row after row from `first`: 5, or 2j+5 for a letter j."""
    constant, terms = first, []
    for axis, place in enumerate(places):
        stride = math.prod(shape[axis + 1 :])
        constant += stride * place if isinstance(place, int) else -stride
        if isinstance(place, str):
            terms.append(("" if stride == 1 else str(stride)) + (place if len(place) == 1 else f"({place})"))
    if not terms:
        return str(constant)
    return "+".join(terms) + (f"{constant:+d}" if constant else "")
