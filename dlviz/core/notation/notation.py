"""What the conventions say of writing: indices, letters, how examples lie, and how numbers look."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

RATES = {"eta": "η", "alpha": "α", "lambda": "λ"}
LATEX = {"η": r"\eta", "α": r"\alpha", "λ": r"\lambda"}
_POINT = re.compile(r"(?<=\d)\.(?=\d)")


@dataclass(frozen=True)
class Notation:
    """How one textbook writes; fields are called like the conventions that decide them.

    symbols: "error_signal" are Haykin's v, y, d, e and E, with δ = −∂E/∂v.
    digits: significant digits of shown numbers.
    """

    weight_notation: str = "target_source"
    symbols: str = "standard"
    rate_letter: str = "eta"
    examples_as: str = "columns"
    digits: int = 4
    decimal_sign: str = "point"

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Notation":
        """Take from all values of conventions those about writing."""
        return cls(**{field.name: values[field.name] for field in fields(cls)})

    @property
    def is_core(self) -> bool:
        """Whether letters and signs are those that the core writes by itself."""
        return replace(self, digits=CORE.digits) == CORE

    @property
    def has_error_signals(self) -> bool:
        """Whether letters are those of error signals."""
        return self.symbols == "error_signal"

    @property
    def is_source_first(self) -> bool:
        """Whether a weight's first index is where it comes from, so that W is (sources, units)."""
        return self.weight_notation == "source_target"

    @property
    def has_rows(self) -> bool:
        """Whether every example is a row of X."""
        return self.examples_as == "rows"

    @property
    def has_comma(self) -> bool:
        """Whether numbers are written with a decimal comma."""
        return self.decimal_sign == "comma"

    @property
    def is_reversed(self) -> bool:
        """Whether an error is the target minus the output."""
        return self.has_error_signals or self.is_source_first

    @property
    def rate(self) -> str:
        """The letter of the learning rate: η, α or λ."""
        return RATES[self.rate_letter]

    @property
    def strength(self) -> str:
        """The letter of a penalty's strength, which gives way to a learning rate λ."""
        return "α" if self.rate == "λ" else "λ"

    @property
    def loss(self) -> str:
        """The letter of what is minimised."""
        return "E" if self.has_error_signals else "L"

    @property
    def target(self) -> str:
        """The letter of a target."""
        return "d" if self.has_error_signals else "y"

    def rated(self, text: str) -> str:
        """Put the letters of rate and strength for the η and λ of a formula, in LaTeX or plain text."""
        letters = {"η": self.rate, "λ": self.strength}
        put = letters | {LATEX[old]: LATEX[new] for old, new in letters.items()}
        return re.sub(r"\\(?:eta|lambda)(?![a-zA-Z])|[ηλ]", lambda found: put[found.group()], text)

    def decimal(self, text: str, is_latex: bool = False) -> str:
        """Write the numbers of a text with the decimal sign."""
        return _POINT.sub("{,}" if is_latex else ",", text) if self.has_comma else text


CORE = Notation()
