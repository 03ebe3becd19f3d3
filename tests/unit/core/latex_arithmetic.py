"""Reads the arithmetic that a narration shows, so that tests compute it instead of trusting it.

Every shown number stands for all numbers that round to it, so the outcome is an interval.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

TOKEN = re.compile(r"\s*(\\[a-zA-Z]+|\d+\.?\d*|.)")


@dataclass(frozen=True)
class Interval:
    low: float
    high: float

    @classmethod
    def over(cls, *ends: float) -> Self:
        return cls(min(ends), max(ends))

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.low)

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Interval") -> "Interval":
        return self + -other

    def __mul__(self, other: "Interval") -> "Interval":
        return Interval.over(*(a * b for a in (self.low, self.high) for b in (other.low, other.high)))

    def __truediv__(self, other: "Interval") -> "Interval":
        return Interval.over(*(a / b for a in (self.low, self.high) for b in (other.low, other.high)))

    def __pow__(self, power: "Interval") -> "Interval":
        crosses_zero = self.low < 0 < self.high
        ends = [a**b for a in (self.low, self.high) for b in (power.low, power.high)]
        return Interval.over(*ends, *([0.0] if crosses_zero else []))

    def through(self, function: Callable[[float], float]) -> "Interval":
        return Interval.over(function(self.low), function(self.high))

    def holds(self, value: float, slack: float = 0.0) -> bool:
        return self.low - slack <= value <= self.high + slack


class Reader:
    """A recursive-descent reader of one LaTeX expression made of numbers."""

    def __init__(self, latex: str, digits: int) -> None:
        self.tokens = [token for token in TOKEN.findall(latex) if token.strip()]
        self.at = 0
        self.digits = digits

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        assert not expected or token == expected, f"{expected!r} expected at {self.tokens[self.at :]}"
        self.at += 1
        return token

    def whole(self) -> Interval:
        value = self.sum()
        assert not self.peek(), f"left over: {self.tokens[self.at :]}"
        return value

    def sum(self) -> Interval:
        is_negative = self.peek() == "-"
        if is_negative:
            self.take()
        value = -self.product() if is_negative else self.product()
        while self.peek() in ("+", "-"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> Interval:
        value = self.power()
        while self.peek() in (r"\cdot", r"\times"):
            self.take()
            value = value * self.power()
        return value

    def power(self) -> Interval:
        base = self.atom()
        if self.peek() != "^":
            return base
        self.take()
        return base ** (self.group() if self.peek() == "{" else self.atom())

    def group(self) -> Interval:
        self.take("{")
        value = self.sum()
        self.take("}")
        return value

    def skip_group(self) -> None:
        self.take("{")
        depth = 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self.take(), 0)

    def atom(self) -> Interval:
        token = self.take()
        if token[0].isdigit():
            return self.number(token)
        if token == "e":
            return Interval(math.e, math.e)
        if token in "([":
            value = self.sum()
            if self.peek() == r"\right":
                self.take()
            self.take(")" if token == "(" else "]")
            return value
        assert token.startswith("\\"), f"not arithmetic: {token!r} before {self.tokens[self.at :]}"
        return getattr(self, f"do_{token[1:]}")()

    def number(self, token: str) -> Interval:
        value = float(token)
        if "." not in token:
            return Interval(value, value)
        # Trailing zeros are not written, so 1.19 may stand for 1.1899 as well.
        shown = max(len(token.replace(".", "").lstrip("0")), self.digits)
        half = 0.5 * 10.0 ** (math.floor(math.log10(value)) + 1 - shown)
        return Interval(value - half, value + half)

    def do_frac(self) -> Interval:
        return self.group() / self.group()

    def do_sqrt(self) -> Interval:
        return self.group().through(math.sqrt)

    def do_textcolor(self) -> Interval:
        self.skip_group()
        return self.group()

    def do_underset(self) -> Interval:
        self.skip_group()
        return self.group()

    def do_left(self) -> Interval:
        return self.atom()

    def do_ln(self) -> Interval:
        return self.atom().through(math.log)

    def do_log(self) -> Interval:
        self.take("_")
        base = self.group().low
        return self.atom().through(lambda value: math.log(value, base))

    def do_tanh(self) -> Interval:
        return self.atom().through(math.tanh)

    def do_max(self) -> Interval:
        values = self.arguments()
        return Interval(max(each.low for each in values), max(each.high for each in values))

    def do_min(self) -> Interval:
        values = self.arguments()
        return Interval(min(each.low for each in values), min(each.high for each in values))

    def arguments(self) -> list[Interval]:
        self.take("(")
        values = [self.sum()]
        while self.peek() == ",":
            self.take()
            values.append(self.sum())
        self.take(")")
        return values


def computed(latex: str, digits: int) -> list[Interval]:
    """Return what each shown quantity can come to, if numbers were rounded to so many digits."""
    return [Reader(part, digits).whole() for part in latex.split(r",\quad ")]
