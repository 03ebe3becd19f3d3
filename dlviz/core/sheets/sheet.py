"""A sheet as it was read: its sentences, inputs, formulas, and what is shown of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dlviz.core.errors import SpecError
from dlviz.core.expression.nodes import Formula
from dlviz.core.expression.text import plain
from dlviz.i18n import tr

InputValue: TypeAlias = "float | tuple[float, ...]"
InputKind = Literal["slider", "number", "list"]

LONGEST_LIST = 200
ANSWER = "answer"  # what the formula of the answer is called
CASE = "when"  # and those of cases, with their number behind it


@dataclass(frozen=True)
class SheetInput:
    """A number or a list that a person sets.

    low, high: between which every number lies; infinite where there is no limit. is_log: a slider by powers of ten.
    remark: what it means. line: where it stands in the file.
    """

    kind: InputKind
    name: str
    default: InputValue
    low: float
    high: float
    is_log: bool = False
    is_whole: bool = False
    remark: str = ""
    line: int = 0

    def checked(self, value: object) -> InputValue:
        """Return a number, or a tuple of numbers for a list. Raises: SpecError, which says the limits."""
        if self.kind != "list":
            return self._number(value)
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= LONGEST_LIST:
            came = tr("{n} numbers", n=len(value)) if isinstance(value, list | tuple) else tr("something else")
            raise self._refusal(tr("a list of 1 to {n} numbers", n=LONGEST_LIST), came)
        return tuple(self._number(each) for each in value)

    def _number(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e300:
            raise self._refusal(tr("a finite number"), tr("something else"))
        if not self.low <= value <= self.high:
            raise self._refusal(self.limits, plain(float(value)))
        if self.is_whole and value != round(value):
            raise self._refusal(tr("a whole number"), plain(float(value)))
        return float(value)

    @property
    def limits(self) -> str:
        """The limits in words."""
        low, high = plain(self.low) if abs(self.low) < 1e300 else "", plain(self.high) if self.high < 1e300 else ""
        if low and high:
            return tr("{low} to {high}", low=low, high=high)
        return tr("at least {low}", low=low) if low else tr("at most {high}", high=high) if high else tr("any number")

    def _refusal(self, wanted: str, came: str) -> SpecError:
        message = tr("Expected {wanted} for {name}. Received: {came}", wanted=wanted, name=self.name, came=came)
        return SpecError(message, self.remark, place=f"sheet.inputs.{self.name}")


@dataclass(frozen=True)
class Plot:
    """Curves against a list, or, with low and high, against an input that runs from one to the other.

    is_stacked: bars stand on each other instead of beside each other.
    """

    curves: tuple[str, ...]
    against: str
    low: float = 0.0
    high: float = 0.0
    is_bars: bool = False
    is_stacked: bool = False
    line: int = 0

    @property
    def is_sweep(self) -> bool:
        """Whether an input runs along the axis."""
        return self.low < self.high


@dataclass(frozen=True)
class Question:
    """What is asked, how far an answer may be off, and the rounding in words."""

    text: str
    tolerance: float
    rounding: str


@dataclass(frozen=True)
class Sheet:
    """Everything that a sheet says. remarks: what tells the steps of a formula, by its name.

    cases: sentences, each of which holds where the formula of its case is not 0.
    """

    title: str
    sentences: tuple[str, ...]
    inputs: tuple[SheetInput, ...]
    formula: Formula
    remarks: Mapping[str, str]
    show: tuple[str, ...] = ()
    table: tuple[str, ...] = ()
    plot: Plot | None = None
    question: Question | None = None
    table_line: int = 0
    show_line: int = 0
    cases: tuple[str, ...] = ()

    @property
    def case_names(self) -> tuple[str, ...]:
        """What the formulas of the cases are called, in their order."""
        return tuple(f"{CASE}{number}" for number in range(1, len(self.cases) + 1))

    @property
    def untold(self) -> tuple[str, ...]:
        """Names of the formulas that are computed and not walked."""
        return (ANSWER, *self.case_names)

    def input(self, name: str) -> SheetInput:
        """Return an input by its name. Raises: SpecError."""
        found = next((each for each in self.inputs if each.name == name), None)
        if found is None:
            known = ", ".join(each.name for each in self.inputs) or tr("none")
            raise SpecError(tr("Expected an input among: {known}. Received: {name!r}", known=known, name=name))
        return found

    def filled(self, given: Mapping[str, object]) -> dict[str, InputValue]:
        """Return a value for every input, checked; what is not given as the file has it. Raises: SpecError."""
        for name in given:
            self.input(name)
        return {each.name: each.checked(given.get(each.name, each.default)) for each in self.inputs}
