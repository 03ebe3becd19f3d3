"""What a document is about: a network, a learning rule on its rows, a typed formula, or a sheet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal

from dlviz.core.choice import frozen
from dlviz.core.errors import DlvizError, FormulaError
from dlviz.core.expression import Formula, parse
from dlviz.core.expression.evaluate import point
from dlviz.core.sheets import Computed, Sheet, compute, lay_out, read
from dlviz.core.sheets.sheet import InputValue

Subject = Literal["network", "rule", "formula", "sheet"]
WHOLE: tuple[Subject, ...] = ("formula", "sheet")  # these are computed from end to end, in one step


@dataclass(frozen=True)
class FormulaSpec:
    """A typed formula with the numbers that go into it.

    inputs: a number by name, or nested tuples of numbers for a list. of: the name that is differentiated, by
    default the last. by: with respect to which names; empty for all inputs.
    """

    text: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    of: str = ""
    by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", frozen(self.inputs))

    @property
    def parsed(self) -> Formula:
        """The formula as it was read. Raises: FormulaError."""
        return parse(self.text)


@lru_cache(maxsize=8)
def _read(text: str) -> Sheet:
    return read(text)


@dataclass(frozen=True)
class SheetSpec:
    """The text of a sheet with the numbers that are set in it; inputs that are left out are as the text has them."""

    text: str
    inputs: Mapping[str, InputValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", frozen(self.inputs))

    @property
    def sheet(self) -> Sheet:
        """The sheet as it was read. Raises: DocumentError, FormulaError."""
        return _read(self.text)

    @cached_property
    def computed(self) -> Computed:
        """All its numbers. Raises: SpecError, FormulaError."""
        return compute(self.sheet, self.inputs)


def check_sheet(spec: SheetSpec) -> None:
    """Read a sheet and lay out its graph; nothing is computed.

    Raises: DocumentError, FormulaError, SpecError, with the line of the mistake in the sentence.
    """
    try:
        lay_out(spec.sheet, spec.inputs)
    except DlvizError as error:
        if not error.place.startswith("line "):
            raise
        raise type(error)(f"{error.place}: {error.message}", error.hint) from None


def check_formula(spec: FormulaSpec) -> None:
    """Read a formula and lay out its graph; nothing is computed. Raises: FormulaError."""
    formula = spec.parsed
    for name in spec.inputs:
        if name not in formula.inputs:
            known = ", ".join(formula.inputs) or "none"
            raise FormulaError(f"Expected values for {known}. Received: {name!r}", place="formula.inputs")
    graph = point(formula, spec.inputs).graph
    for name in (spec.of, *spec.by):
        if name:
            graph.names.get(name) or graph.inputs.get(name) or graph.scalar(name)
