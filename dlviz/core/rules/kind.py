"""What a learning rule declares, and the registry of rules.

A rule learns from one row at a time and is told in the same steps as a network: arrays are named, every
step is calls on them, and the same calls run with and without the recorder.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Calls
from dlviz.core.choice import Choice, frozen
from dlviz.core.errors import ShapeError, SpecError, as_list
from dlviz.core.hyper import Hyper, choice, complete, flag, floating
from dlviz.core.narration.symbols import subscript
from dlviz.core.narration.view import Focus, Narration
from dlviz.core.notation import Notation
from dlviz.core.notation.marks import running
from dlviz.core.registry import Registry
from dlviz.core.trace import Phase, Step, Trace

Array = NDArray[np.float64]
Arrays = dict[str, Array]
Settings = Mapping[str, Any]

CLOCK = "clock"  # the name of the array that holds how many rows were presented before this one
MAX_UNITS = 4096

LR = floating("lr", 0.1, minimum=0, is_open_minimum=True, maximum=100, is_log=True, help="learning rate")
BIAS = flag("bias", True, "add a bias to every unit")
IN_ORDER, SHUFFLED, AT_RANDOM = "in_order", "shuffled", "random"


def order_setting(default: str) -> Hyper:
    """Declare in which order rows are presented."""
    words = "row after row, every pass shuffled, or any row at any time"
    return choice("order", default, (IN_ORDER, SHUFFLED, AT_RANDOM), words)


@dataclass(frozen=True)
class Problem:
    """What a rule is set to learn.

    inputs (n, d), targets (n, k); settings are complete. start: values to begin with, by name.
    """

    inputs: Array
    targets: Array
    settings: Settings
    seed: int = 0
    start: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", frozen(self.start))

    @property
    def n(self) -> int:
        """How many rows there are."""
        return len(self.inputs)

    @property
    def d(self) -> int:
        """How many inputs a row has."""
        return int(self.inputs.shape[1])

    @property
    def k(self) -> int:
        """How many targets a row has."""
        return int(self.targets.shape[1])

    def value(self, name: str, default: Array) -> Array:
        """Return a copy of the start value of this name, or the default. Raises: ShapeError where they differ."""
        given = np.array(self.start.get(name, default), dtype=np.float64, order="C")
        if given.shape != default.shape:
            raise ShapeError(
                f"Expected an array of shape {as_list(default.shape)}. Received: {as_list(given.shape)}", place=name
            )
        return given


@dataclass(frozen=True)
class Told:
    """What a narrator of a rule sees: one step of a trace, the rule's settings, and the scalar looked at."""

    step: Step
    trace: Trace
    settings: Settings
    focus: Focus = Focus()
    digits: int = 4
    notation: Notation = Notation()

    @property
    def sum_letter(self) -> str:
        """The letter of a weighted sum."""
        return "v" if self.notation.has_error_signals else "z"

    @property
    def answer_letter(self) -> str:
        """The letter of what a unit answers."""
        return "y" if self.notation.has_error_signals else "a"

    def indices(self, name: str, *places: int | str) -> str:
        """Write the indices of an entry of `o.W` or `o.b`; a letter stands for all of an axis."""
        array = self.wrote(name) if name in self.step.writes else self.before(name)
        return indices_of(self.notation, array.shape, *places)

    def before(self, name: str) -> Array:
        """Return an array as it stood before this step."""
        place = next(place for place, step in enumerate(self.trace.steps) if step is self.step)
        found = self.trace.value(name, place)
        if found is None:
            raise KeyError(name)
        return np.asarray(found, dtype=np.float64)

    def wrote(self, name: str) -> Array:
        """Return an array that this step wrote."""
        return np.asarray(self.step.writes[name], dtype=np.float64)


def indices_of(notation: Notation, shape: tuple[int, ...], *places: int | str) -> str:
    """Write the indices of a weight or bias of a rule: unit and source, source and unit, or its number."""
    if notation.weight_notation == "flat":
        return running(1, shape, places)
    is_turned = notation.is_source_first and len(places) > 1
    return subscript(*(places[::-1] if is_turned else places))


@dataclass(frozen=True)
class RuleStep:
    """One step of a rule: its calls on the arrays, and how it is told."""

    phase: Phase
    op: str
    formula: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    calls: Calls
    tell: Callable[[Told], Narration]


@dataclass(frozen=True)
class Rule:
    r"""A learning rule.

    arrays(problem) makes every array by name; the row presented lies in `x` (1, d) and `y` (1, k) and
    its number in `clock`. steps(problem, arrays) gives the steps of one presentation. states names what
    one presentation leaves to the next, tallies those of them that count what the present weights and settings do:
    they begin at 0 again where one is changed by hand. wants: "targets", "values" (rows alone), or "labels" (one
    column). formula is LaTeX of the change or of the output.
    """

    key: str
    title: str
    formula: str
    arrays: Callable[[Problem], Arrays]
    steps: Callable[[Problem, Arrays], tuple[RuleStep, ...]]
    states: tuple[str, ...]
    settings: tuple[Hyper, ...]
    wants: str = "values"
    check: Callable[[Problem], None] = lambda problem: None
    source: str = ""
    tallies: tuple[str, ...] = ()


rules: Registry[Rule] = Registry("learning rule")


def resolve(chosen: Choice, place: str = "rule") -> tuple[Rule, dict[str, Any]]:
    """Return the entry and complete settings of a choice. Raises: SpecError."""
    entry = rules.get(chosen.kind, place)
    return entry, complete(chosen.settings, entry.settings, place)


def check_labels(problem: Problem, allowed: tuple[float, ...]) -> None:
    """Refuse targets that are not among the labels of a rule. Raises: SpecError."""
    wrong = problem.targets[~np.isin(problem.targets, allowed)]
    if len(wrong):
        shown = " and ".join(f"{label:g}" for label in allowed)
        raise SpecError(
            f"Expected labels {shown}. Received: {float(wrong[0]):g}",
            "Choose the label set of the data.",
            "rule.labels",
        )
