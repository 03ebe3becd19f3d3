"""The lines of a sheet: cut from its text, and each kind of them read by itself."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn, cast

from dlviz.core.errors import DocumentError, FormulaError, SpecError
from dlviz.core.expression.tokens import SPACES, tokens
from dlviz.core.sheets.sheet import InputKind, InputValue, Plot, SheetInput
from dlviz.i18n import tr

LONGEST_TEXT = 20_000  # characters of a sheet
LONGEST_LINE = 2_500  # with what goes on from it: patterns take quadratic time
MOST_LINES = 400
LONGEST_SENTENCE = 500  # characters
MOST_NAMES = 12  # of a table or a plot
LIMIT = 1e300  # beyond it there is no limit
REMARK = re.compile(r"\s:\s")

_NUMBER = r"[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+−]?\d+)?"
_INPUT = re.compile(r"(slider|number|list)\s+(\S+)\s*=\s*(.*)")
_LOW, _HIGH = re.compile(rf"\sfrom\s+({_NUMBER})(?=\s|$)"), re.compile(rf"\sto\s+({_NUMBER})(?=\s|$)")
_WORD = re.compile(r"\s(log|whole)(?=\s|$)")
_PLOT = re.compile(rf"(.+?)\s+against\s+(\S+)(?:\s+from\s+({_NUMBER})\s+to\s+({_NUMBER}))?(\s+as(\s+stacked)?\s+bars)?")


@dataclass(frozen=True)
class Line:
    """One thing that a sheet says, and the number of its first line."""

    number: int
    text: str

    def refuse(self, wanted: str, came: str, hint: str = "") -> NoReturn:
        """Raise DocumentError with the number of the line."""
        short = came if len(came) <= 40 else came[:39] + "…"
        message = tr("Expected {wanted}. Received: {came}", wanted=wanted, came=short or tr("nothing"))
        raise DocumentError(message, hint, tr("line {n}", n=self.number))


def cut(text: str) -> list[Line]:
    """Return the lines that say something; those that begin with a space are joined to the one before.

    Raises: DocumentError for a text that is too long, or signs that cannot be read on screen.
    """
    if len(text) > LONGEST_TEXT:
        Line(1, "").refuse(tr("a sheet of at most {n} characters", n=LONGEST_TEXT), str(len(text)))
    found: list[Line] = []
    rows = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(rows) > MOST_LINES:
        Line(MOST_LINES + 1, "").refuse(tr("a sheet of at most {n} lines", n=MOST_LINES), str(len(rows)))
    for number, row in enumerate(rows, 1):
        odd = next((sign for sign in row if not sign.isprintable() and sign not in SPACES), "")
        if odd:
            Line(number, row).refuse(tr("text that can be read"), f"U+{ord(odd):04X}")
        if row[:1] in (" ", "\t") and row.strip() and found:
            found[-1] = Line(found[-1].number, f"{found[-1].text} {row.strip()}")
        elif row.strip() and not row.startswith("#"):
            found.append(Line(number, row.strip()))
    for line in found:
        if len(line.text) > LONGEST_LINE:
            line.refuse(tr("a line of at most {n} characters", n=LONGEST_LINE), str(len(line.text)))
    return found


def sentence(line: Line, text: str) -> str:
    """Return words as they are shown: shipped sheets may be in the catalogue, all others stand as they are.

    Raises: DocumentError for none, or too many.
    """
    if not 1 <= len(text) <= LONGEST_SENTENCE:
        came = tr("{n} characters", n=len(text)) if text else ""
        line.refuse(tr("a sentence of at most {n} characters", n=LONGEST_SENTENCE), came)
    return tr(text)


def name(line: Line, text: str) -> str:
    """Return a name in plain letters, β as beta. Raises: DocumentError for what is no name."""
    try:
        found = tokens(text)
    except FormulaError as error:
        line.refuse(tr("a name"), repr(text), error.hint)
    if len(found) != 1 or not found[0].text[0].isalpha() or not found[0].is_operand:
        line.refuse(tr("a name"), repr(text))
    return found[0].text


def names(line: Line, text: str) -> tuple[str, ...]:
    """Return names between commas. Raises: DocumentError."""
    parts = text.split(",")
    if len(parts) > MOST_NAMES:
        line.refuse(tr("at most {n} names", n=MOST_NAMES), str(len(parts)))
    return tuple(name(line, each.strip()) for each in parts)


def number(line: Line, text: str) -> float:
    """Return a number. Raises: DocumentError for what is none, or is too large."""
    if not re.fullmatch(_NUMBER, text.strip(), re.ASCII):
        line.refuse(tr("a number such as 0.5 or 1e-3"), repr(text.strip()))
    value = float(text.replace("−", "-"))
    if not abs(value) < LIMIT:
        line.refuse(tr("numbers below 1e300"), text.strip())
    return value


def sheet_input(line: Line) -> SheetInput | None:
    """Read `slider beta = 0.9 from 0 to 1 : what it means`; None for a line that is no input."""
    found = _INPUT.fullmatch(line.text)
    if found is None:
        return None
    kind, spelled, rest = found.groups()
    body, *remark = REMARK.split(f"{rest} ", maxsplit=1)
    values, low, high, words = _settings(f" {body.strip()}")
    if kind == "slider" and (low is None or high is None):
        line.refuse(tr("a slider from a number to a number"), repr(body.strip()), "slider x = 1 from 0 to 2")
    limits = -LIMIT if low is None else number(line, low), LIMIT if high is None else number(line, high)
    if "whole" in words:
        limits = float(math.ceil(limits[0])), float(math.floor(limits[1]))
    if not limits[0] < limits[1]:
        line.refuse(tr("a lower limit before a higher one"), tr("{low} to {high}", low=low, high=high))
    if "log" in words and (kind != "slider" or limits[0] <= 0):
        line.refuse(tr("log of a slider from a number above 0"), repr(body.strip()))
    default = tuple(number(line, each) for each in values.split(",")) if kind == "list" else number(line, values)
    said = sentence(line, remark[0].strip()) if remark else ""
    is_log, is_whole = "log" in words, "whole" in words
    made = SheetInput(
        cast(InputKind, kind), name(line, spelled), default, *limits, is_log, is_whole, said, line.number
    )  # fmt: skip
    return _with_default(line, made, default)


def _settings(body: str) -> tuple[str, str | None, str | None, Sequence[str]]:
    """Cut what stands behind the sign of equality into value, limits and words."""
    low, high, words = _LOW.search(body), _HIGH.search(body), list(_WORD.finditer(body))
    ends = [each.start() for each in (low, high, *words) if each is not None]
    values = body[: min(ends, default=len(body))]
    rest = body[len(values) :]
    for each in (low, high, *words):
        rest = rest.replace(each[0], "", 1) if each is not None else rest
    return (values + rest).strip(), low and low[1], high and high[1], [each[1] for each in words]


def _with_default(line: Line, made: SheetInput, default: InputValue) -> SheetInput:
    try:
        made.checked(default)
    except SpecError as error:
        raise DocumentError(error.message, place=tr("line {n}", n=line.number)) from None
    return made


def plot(line: Line, text: str) -> Plot:
    """Read `a, b against t`, `f against x from 0 to 1` and `c, d against t as stacked bars`. Raises: DocumentError."""
    found = _PLOT.fullmatch(text)
    if found is None:
        line.refuse(tr("a plot such as y against t"), repr(text))
    curves, against, low, high, bars, stacked = found.groups()
    limits = (number(line, low), number(line, high)) if low else (0.0, 0.0)
    if low and not limits[0] < limits[1]:
        line.refuse(tr("a lower limit before a higher one"), tr("{low} to {high}", low=low, high=high))
    return Plot(names(line, curves), name(line, against), *limits, bool(bars), bool(stacked), line.number)
