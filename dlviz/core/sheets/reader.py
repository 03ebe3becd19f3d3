"""Reads the text of a sheet: strict, capped, and with the number of a line for every mistake."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dlviz.core.errors import DocumentError
from dlviz.core.expression import parse_all
from dlviz.core.expression.nodes import Formula
from dlviz.core.sheets.lines import REMARK, Line, cut, name, names, number, plot, sentence, sheet_input
from dlviz.core.sheets.sheet import ANSWER, CASE, Plot, Question, Sheet, SheetInput
from dlviz.i18n import tr, trn

MOST_INPUTS = 20
MOST_SENTENCES = 20
MOST_CASES = 12
MOST_DECIMALS = 12

_SECTION = re.compile(r"([A-Za-z]+)\s*:\s*(.*)")
_CASE = re.compile(rf"{CASE}\s+(.*?)\s:\s*(.*)")
_FORMULA = re.compile(r"(\S+)\s*=(?!=)\s*(.*)")
_ANSWER = re.compile(r"(.+)\s+(to\s+(\d{1,2})\s+decimals?|within\s+(\S+))")


def read(text: str) -> Sheet:
    """Return the sheet that a text describes; nothing is computed.

    Raises: DocumentError or FormulaError, one sentence with the number of a line.
    """
    reader = _Reader()
    for line in cut(text):
        reader.take(line)
    return reader.sheet()


@dataclass
class _Reader:
    title: str = ""
    question: str = ""
    rounding: tuple[float, str] | None = None
    plot: Plot | None = None
    sentences: list[str] = field(default_factory=list)
    inputs: list[SheetInput] = field(default_factory=list)
    formulas: list[tuple[Line, str]] = field(default_factory=list)  # as they are parsed
    cases: list[str] = field(default_factory=list)
    remarks: dict[str, str] = field(default_factory=dict)
    said: dict[str, Line] = field(default_factory=dict)  # the line of each thing that stands once
    listed: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def take(self, line: Line) -> None:
        """Read one line. Raises: DocumentError."""
        if made := sheet_input(line):
            self._add_input(line, made)
        elif case := _CASE.fullmatch(line.text):
            self._case(line, *case.groups())
        elif section := _SECTION.fullmatch(line.text):
            self._section(line, *section.groups())
        elif formula := _FORMULA.fullmatch(line.text):
            self._formula(line, *formula.groups())
        else:
            hint = "title: … · text: … · slider beta = 0.9 from 0 to 1 · y = 2*beta"
            line.refuse(tr("a section, an input or a formula"), repr(line.text), hint)

    def _add_input(self, line: Line, made: SheetInput) -> None:
        if len(self.inputs) == MOST_INPUTS:
            line.refuse(tr("at most {n} inputs", n=MOST_INPUTS), tr("more"))
        if _is_taken(made.name) or any(each.name == made.name for each in self.inputs):
            line.refuse(tr("another name"), repr(made.name))
        self.inputs.append(made)

    def _section(self, line: Line, key: str, rest: str) -> None:
        takers: dict[str, Callable[[Line, str], None]] = {
            "title": self._title, "text": self._text, "show": self._show, "table": self._table, "plot": self._plot,
            "question": self._question, ANSWER: self._answer,
        }  # fmt: skip
        if key not in takers:
            line.refuse(tr("one of {known} before the colon", known=", ".join(takers)), repr(key))
        if key != "text" and key in self.said:
            line.refuse(tr("{key} once", key=key), tr("a second one"))
        self.said[key] = line
        takers[key](line, rest)

    def _title(self, line: Line, rest: str) -> None:
        self.title = sentence(line, rest)

    def _text(self, line: Line, rest: str) -> None:
        if len(self.sentences) == MOST_SENTENCES:
            line.refuse(tr("at most {n} lines of text", n=MOST_SENTENCES), tr("more"))
        self.sentences.append(sentence(line, rest))

    def _show(self, line: Line, rest: str) -> None:
        self.listed["show"] = names(line, rest)

    def _table(self, line: Line, rest: str) -> None:
        self.listed["table"] = names(line, rest)

    def _plot(self, line: Line, rest: str) -> None:
        self.plot = plot(line, rest)

    def _question(self, line: Line, rest: str) -> None:
        self.question = sentence(line, rest)

    def _answer(self, line: Line, rest: str) -> None:
        found = _ANSWER.fullmatch(rest)
        if found is None:
            line.refuse(tr("an answer such as y[3] to 2 decimals"), repr(rest))
        formula, _, decimals, within = found.groups()
        self.rounding = _within(line, within) if within else _decimals(line, int(decimals))
        self.formulas.append((line, f"{ANSWER} = {formula}"))

    def _case(self, line: Line, condition: str, rest: str) -> None:
        if len(self.cases) == MOST_CASES:
            line.refuse(tr("at most {n} cases", n=MOST_CASES), tr("more"))
        self.cases.append(sentence(line, rest.strip()))
        self.formulas.append((line, f"{CASE}{len(self.cases)} = {condition}"))

    def _formula(self, line: Line, left: str, right: str) -> None:
        body, *remark = REMARK.split(f"{right} ", maxsplit=1)
        if ":" in body:
            line.refuse(tr("a space before and after the colon of a remark"), repr(body.strip()))
        spelled = name(line, left)
        if _is_taken(spelled):
            line.refuse(tr("another name"), repr(spelled), "answer: … to 2 decimals")
        self.formulas.append((line, f"{spelled} = {body}"))
        if remark:
            self.remarks[spelled] = sentence(line, remark[0].strip())

    # The whole

    def sheet(self) -> Sheet:
        """Return what was read. Raises: DocumentError for what is missing or unknown, FormulaError."""
        for found, part in ((self.title, tr("a title")), (self.formulas, tr("a formula"))):
            if not found:
                raise DocumentError(tr("Expected a sheet with {part}. Received: none", part=part))
        if bool(self.question) != (self.rounding is not None):
            line = self.said["question" if self.question else ANSWER]
            line.refuse(tr("a question and an answer"), tr("one without the other"))
        formula = self._parsed()
        self._check_names(formula)
        asked = None if self.rounding is None else Question(self.question, *self.rounding)
        lines = {key: line.number for key, line in self.said.items()}
        return Sheet(
            self.title, tuple(self.sentences), tuple(self.inputs), formula, self.remarks, self.listed.get("show", ()),
            self.listed.get("table", ()), self.plot, asked, lines.get("table", 0), lines.get("show", 0),
            tuple(self.cases),
        )  # fmt: skip

    def _parsed(self) -> Formula:
        """Parse all formulas at the lines where they stand in the file, so that mistakes name these."""
        rows = [""] * (self.formulas[-1][0].number + 1)
        for line, text in self.formulas:
            rows[line.number - 1] = text
        return parse_all("\n".join(rows), [each.name for each in self.inputs])

    def _check_names(self, formula: Formula) -> None:
        known = (*formula.inputs, *(each for each in formula.names if not _is_taken(each)))
        drawn = () if self.plot is None else (*self.plot.curves, self.plot.against)
        used: Sequence[tuple[str, Sequence[str]]] = (*self.listed.items(), ("plot", drawn))
        for key, wanted in used:
            for each in wanted:
                if each not in known:
                    self.said[key].refuse(tr("names among: {known}", known=", ".join(known)), repr(each))
        if self.plot is not None and self.plot.is_sweep:
            self._check_axis(self.plot, self.said["plot"])

    def _check_axis(self, axis: Plot, line: Line) -> None:
        """Refuse an axis along which no input can run."""
        single = {each.name: each for each in self.inputs if each.kind != "list"}
        if axis.against not in single:
            known = ", ".join(single) or tr("none")
            line.refuse(tr("a slider or number behind against: {known}", known=known), repr(axis.against))
        if single[axis.against].is_whole and math.ceil(axis.low) >= math.floor(axis.high):
            limits = tr("{low} to {high}", low=axis.low, high=axis.high)
            line.refuse(tr("an axis with two whole numbers"), limits)


def _is_taken(spelled: str) -> bool:
    """Say whether a name belongs to the answer or to a case."""
    return spelled == ANSWER or (spelled.startswith(CASE) and spelled[len(CASE) :].isdecimal())


def _decimals(line: Line, count: int) -> tuple[float, str]:
    if count > MOST_DECIMALS:
        line.refuse(tr("at most {n} decimals", n=MOST_DECIMALS), str(count))
    return 0.5 * 10.0**-count, trn("round to {n} decimal", "round to {n} decimals", count)


def _within(line: Line, text: str) -> tuple[float, str]:
    tolerance = number(line, text)
    if not tolerance > 0:
        line.refuse(tr("an answer within a number above 0"), text)
    return tolerance, tr("within {n}", n=text)
