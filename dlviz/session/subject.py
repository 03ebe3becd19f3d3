"""What a document is about: a network, a learning rule on its rows, or a typed formula."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dlviz.core.choice import frozen
from dlviz.core.errors import FormulaError
from dlviz.core.expression import Formula, parse
from dlviz.core.expression.evaluate import point

Subject = Literal["network", "rule", "formula"]


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
