"""What a narrator sees: one step of a trace, the plan behind it, and the unit that is looked at."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.inference import nodes
from dlviz.core.layers import layers
from dlviz.core.network import LayerSpec, NetworkSpec, sources
from dlviz.core.notation import Notation, Symbols
from dlviz.core.objective import Objective, OutputLoss, objective
from dlviz.core.trace import Step, Trace

FloatArray = NDArray[np.floating]


@dataclass(frozen=True)
class Plan:
    """What a trace was made with.

    loss: one for all outputs, or one for each. frozen names the parameters and layers that are never updated.
    remarks: what tells the steps of a sheet, by the name of the formula.
    """

    network: NetworkSpec
    loss: Choice | Objective
    optimizer: Choice
    frozen: tuple[str, ...] = ()
    clip: Choice | None = None
    notation: Notation = Notation()
    remarks: Mapping[str, str] = field(default_factory=dict)


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
    r"""One step told for one scalar.

    symbols: the equation. numbers: its right side with the numbers put in. terms: the values of the
    summands where there are several, else empty. result: the outcome. All LaTeX, without "=" in front
    of numbers, terms and result; ` + ` and ` - ` between spaces at brace depth 0 are where a line may
    break; `\textcolor` names a phase, `muted` or `result`. Two quantities told at once stand with `,\quad `
    between them.
    chain: the same quantity written out by the chain rule, where that says more.
    values: what was recorded, one for each quantity. sentence: plain translated words without any number
    that the step computed.
    """

    symbols: str
    numbers: str
    result: str
    sentence: str
    values: tuple[float, ...] = (float("nan"),)
    terms: str = ""
    chain: "Narration | None" = None

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
    example: str = ""

    @property
    def n(self) -> int:
        """Number of examples in the batch."""
        return len(self.trace.rows)

    @property
    def position(self) -> int:
        """How many steps of the trace came before this one."""
        return next(place for place, step in enumerate(self.trace.steps) if step is self.step)

    @property
    def sample(self) -> int:
        """The example looked at, clamped to the batch."""
        return min(max(self.focus.sample, 0), self.n - 1)

    @property
    def layer(self) -> LayerSpec:
        """The layer of this step."""
        return next(layer for layer in self.plan.network.layers if layer.id == self.step.layer)

    @property
    def activation(self) -> Choice:
        """The activation of this step's layer."""
        kind = layers.get(self.layer.kind)
        chosen = kind.option(self.layer, "activation") if "activation" in kind.choices else Choice("linear")
        return Choice(chosen) if isinstance(chosen, str) else chosen

    @cached_property
    def _losses(self) -> Objective:
        return objective(self.plan.network, self.plan.loss)

    @property
    def output(self) -> str:
        """The output that this step belongs to; the first for steps of no output."""
        return self.step.node if self.step.node in self._losses else next(iter(self._losses))

    @property
    def loss(self) -> OutputLoss:
        """The loss of this step's output, and how much it counts."""
        return self._losses[self.output]

    def targets_of(self, width: int) -> FloatArray:
        """Return this output's columns of the targets (n, width), or class numbers (n, 1) as they are."""
        y, before = self.rows("y"), list(self._losses)[: list(self._losses).index(self.output)]
        start = sum(math.prod(nodes(self.plan.network)[output]) for output in before)
        return y if len(self._losses) == 1 else y[:, start : start + width]

    def before(self, name: str) -> FloatArray | None:
        """Return an array as it stood before this step, as float64; None if it was not computed yet."""
        found = self.trace.value(name, self.position)
        return None if found is None else np.asarray(found, dtype=np.float64)

    def read(self, name: str) -> FloatArray:
        """Return an array this step read, as float64. Raises: KeyError if there is none."""
        found = self.before(name)
        if found is None and name.endswith(".a"):
            # A linear activation is its own sum: nothing runs and nothing is written.
            found = self.before(name.removesuffix("a") + "z")
        if found is None:
            raise KeyError(name)
        return found

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
        """Return the slots this step's layer reads: `x` for data, `h.a` for a layer."""
        return tuple(self.slot(node) for node in sources(self.plan.network, self.layer))

    def slot(self, node: str) -> str:
        """Return the name of a node's values: `x` for data, `h.a` for a layer."""
        return node if node in {each.id for each in self.plan.network.inputs} else f"{node}.a"

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of every node for one example."""
        return nodes(self.plan.network)

    @cached_property
    def symbols(self) -> Symbols:
        """The letters of this network as LaTeX, for the example looked at or the one that is summed over."""
        own = self.example or (str(self.sample + 1) if self.n > 1 else "")
        return Symbols(self.plan.network, self.plan.notation, is_latex=True, example=own)

    @property
    def of_each(self) -> "View":
        """The same step with the letters of example i, behind a sum over the batch."""
        return replace(self, example="i") if self.n > 1 else self

    def owner(self, node: str) -> str:
        """Return the layer whose parameters a node uses: itself, or the one of which it is a second use."""
        return next((layer.owner for layer in self.plan.network.layers if layer.id == node), node)

    def weights(self, node: str) -> FloatArray:
        """Return a layer's weights as the forward pass used them: looked ahead where the optimizer does."""
        name = f"{self.owner(node)}.W"
        is_ahead = self.before(f"{name}.ahead") is not None
        return self.read(f"{name}.ahead" if is_ahead else name)

    def biases(self, node: str) -> FloatArray | None:
        """Return a layer's biases as the forward pass used them; None if it has none."""
        name = f"{self.owner(node)}.b"
        if self.before(name) is None:
            return None
        is_ahead = self.before(f"{name}.ahead") is not None
        return self.read(f"{name}.ahead" if is_ahead else name)


def clamp(index: int, count: int) -> int:
    """Return the index, moved to the nearest that exists."""
    return min(max(index, 0), count - 1)
