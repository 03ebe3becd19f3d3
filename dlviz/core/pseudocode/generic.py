"""The formula of a step as it reads for every layer and every time step."""

import re

from dlviz.core.inference import layer_numbers
from dlviz.core.lowering import SUPERSCRIPTS
from dlviz.core.network import NetworkSpec
from dlviz.core.trace import Step

_LETTER = r"(?<![A-Za-z])((?:δq|bu|[zabhcgifopqruxmWUδγβμvẑ])[\u0302\u0304]?)"
_TIME = re.compile(r"⟨(\d+)⟩")
_INPUT = re.compile(r"(?<![A-Za-z∂])x(?![A-Za-z\[])")
_PRODUCT = re.compile(r"(?<![A-Za-z])([WU])(?=[a-z])")
SUMS_OVER_ROWS = (
    "weight_gradient", "kernel_gradient", "embedding_gradient", "scale_shift_gradient", "time_contribution",
)  # fmt: skip


class Generic:
    """Takes the numbers of layers and of time steps out of formulas."""

    def __init__(self, network: NetworkSpec) -> None:
        numbers = [str(number).translate(SUPERSCRIPTS) for number in layer_numbers(network).values()]
        marks = "|".join([*sorted(numbers, key=len, reverse=True), r"\[[a-z]\w*\]"])
        self._marked = re.compile(f"{_LETTER}(?:{marks})")

    def of_layers(self, step: Step) -> str:
        """Return a formula without the numbers of layers; what a first layer reads is called a like the rest."""
        return _PRODUCT.sub(r"\1 ", self._marked.sub(r"\1", _INPUT.sub("a", step.formula)))

    def of_times(self, step: Step) -> str:
        """Return a formula for time t."""
        own = step.time_step

        def put(found: re.Match[str]) -> str:
            gap = int(found[1]) - own
            return {0: "⟨t⟩", 1: "⟨t+1⟩", -1: "⟨t−1⟩"}.get(gap, found[0])

        return _TIME.sub(put, step.formula)


def reads_input(step: Step) -> bool:
    """Whether the formula of a step names the input x."""
    return _INPUT.search(step.formula) is not None


def assigned(formula: str) -> str:
    """Write equations, which stand with commas between, as assignments."""
    return ", ".join(part.replace(" = ", " ← ", 1) for part in formula.split(", "))


def accumulated(formula: str) -> str:
    """Write a sum over rows as what every row adds."""
    return formula if " += " in formula else formula.replace(" = ", " += ", 1)
