"""What a narrator sees: one step of a trace, the plan behind it, and the unit that is looked at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.network import LayerSpec, NetworkSpec
from dlviz.core.trace import Step, Trace

FloatArray = NDArray[np.floating]


@dataclass(frozen=True)
class Plan:
    """What a trace was made with."""

    network: NetworkSpec
    loss: Choice
    optimizer: Choice


@dataclass(frozen=True)
class Focus:
    """The scalar that is told: a unit of the step's node, a unit of what it reads, a column of the batch.

    parameter: name of the parameter that gradient and update steps tell ("h.W", "h.b"); its entry is
    (unit, source) or (unit,). Empty means the weights of the step's node, or the first parameter.
    """

    unit: int = 0
    source: int = 0
    sample: int = 0
    parameter: str = ""


@dataclass(frozen=True)
class Narration:
    """One step told for one scalar.

    symbols: the equation. numbers: its right side with the numbers put in. terms: the values of the
    summands where there are several, else empty. result: the outcome. All LaTeX, without "=" in front
    of numbers, terms and result; ` + ` and ` - ` between spaces at brace depth 0 are where a line may
    break; `\\textcolor` names a phase, `muted` or `result`. Two quantities told at once stand with `,\\quad `
    between them.
    values: what was recorded, one for each quantity. sentence: plain translated words without any number
    that the step computed.
    """

    symbols: str
    numbers: str
    result: str
    sentence: str
    values: tuple[float, ...] = (float("nan"),)
    terms: str = ""

    @property
    def value(self) -> float:
        """The recorded value of the (last) quantity told."""
        return self.values[-1]


@dataclass(frozen=True)
class View:
    """One step with everything its narrator asks for."""

    step: Step
    trace: Trace
    plan: Plan
    focus: Focus
    digits: int = 4

    @property
    def n(self) -> int:
        """Number of examples in the batch."""
        return len(self.trace.rows)

    @property
    def sample(self) -> int:
        """The example looked at, clamped to the batch."""
        return min(max(self.focus.sample, 0), self.n - 1)

    @property
    def layer(self) -> LayerSpec:
        """The layer of this step."""
        return next(layer for layer in self.plan.network.layers if layer.id == self.step.node)

    @property
    def activation(self) -> Choice:
        """The activation of this step's layer."""
        chosen = self.layer.settings.get("activation", Choice("linear"))
        return Choice(chosen) if isinstance(chosen, str) else chosen

    def before(self, name: str) -> FloatArray | None:
        """Return an array as it stood before this step; None if it was not computed yet."""
        position = next(place for place, step in enumerate(self.trace.steps) if step is self.step)
        return self.trace.value(name, position)

    def read(self, name: str) -> FloatArray:
        """Return an array this step read, as float64. Raises: KeyError if there is none."""
        found = self.before(name)
        if found is None:
            raise KeyError(name)
        return np.asarray(found, dtype=np.float64)

    def wrote(self, name: str) -> FloatArray:
        """Return an array this step wrote, as float64."""
        return np.asarray(self.step.writes[name], dtype=np.float64)

    def rows(self, name: str) -> FloatArray:
        """Return an array this step read as (n, units)."""
        array = self.read(name)
        return array.reshape(self.n, -1)

    def columns(self, name: str) -> FloatArray:
        """Return an array this step wrote as (n, units)."""
        return self.wrote(name).reshape(self.n, -1)

    def sources(self) -> tuple[str, ...]:
        """Return the slots this step reads that hold data or activations: `x`, `h.a`."""
        inputs = {node.id for node in self.plan.network.inputs}
        return tuple(name for name in self.step.reads if name in inputs or name.endswith(".a"))

    def number_of(self, node: str) -> int:
        """Return the number of a parameter layer, counted in the order of computing; 0 if it has none."""
        numbered = [step.node for step in self.trace.steps if step.op == "affine"]
        return numbered.index(node) + 1 if node in numbered else 0


def clamp(index: int, count: int) -> int:
    """Return the index, moved to the nearest that exists."""
    return min(max(index, 0), count - 1)
