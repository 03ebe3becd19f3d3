"""What an optimizer declares: named states and micro-steps over parameter-first arrays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.choice import Choice
from dlviz.core.hyper import Hyper, complete, floating
from dlviz.core.registry import Registry

Settings = Mapping[str, Any]

SMALLEST_MOMENT = 1e-30  # below this a moment is set to 0: denormal numbers halve the speed
FLUSH_EVERY = 100  # updates between two flushes


def learning_rate(default: float) -> Hyper:
    """Declare the `lr` setting."""
    return floating("lr", default, minimum=0, maximum=1e6, is_log=True, help="learning rate")


class Clock:
    """Counts updates, and keeps the numbers that depend on the count: 1 − βᵗ."""

    def __init__(self, workspace: Workspace) -> None:
        self.t = 0
        self._workspace = workspace
        self._corrections: dict[float, Array] = {}
        self._moments: list[Array] = []

    def correction(self, beta: float) -> Array:
        """Return the 0-d array that holds 1 − βᵗ after each advance."""
        if beta not in self._corrections:
            self._corrections[beta] = self._workspace.zeros()
        return self._corrections[beta]

    def watch(self, moment: Array) -> None:
        """Flush this moment of denormal numbers from time to time."""
        if not any(each is moment for each in self._moments):
            self._moments.append(moment)

    def advance(self) -> None:
        """Count one update."""
        self.t += 1
        for beta, array in self._corrections.items():
            array.fill(1.0 - beta**self.t)
        if self.t % FLUSH_EVERY == 0:
            for moment in self._moments:
                moment[abs(moment) < SMALLEST_MOMENT] = 0


@dataclass
class UpdateBuffers:
    """Arrays of an update, parameter axis first; runs and starts may trail.

    vectors: theta, grad, step, the optimizer's states, and ahead where it looks ahead.
    rate and minus_rate are ±lr, 0-d or one number a parameter (0 where frozen).
    """

    workspace: Workspace
    vectors: Mapping[str, Array]
    rate: Array
    minus_rate: Array
    clock: Clock
    _scratch: dict[str, Array] = field(default_factory=dict)

    def __getitem__(self, role: str) -> Array:
        return self.vectors[role]

    @property
    def xp(self) -> Any:
        """The array module."""
        return self.workspace.xp

    def constant(self, value: float) -> Array:
        """Return value as a 0-d array."""
        return self.workspace.constant(value)

    def scratch(self, name: str = "t") -> Array:
        """Return a scratch vector shared by all micro-steps."""
        if name not in self._scratch:
            self._scratch[name] = self.workspace.like(self.vectors["theta"])
        return self._scratch[name]


@dataclass(frozen=True)
class MicroStep:
    """One line of an optimizer's algorithm; reads and writes name roles (theta, grad, m, step …)."""

    op: str
    formula: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    emit: Callable[[UpdateBuffers], Calls]


@dataclass(frozen=True)
class Optimizer:
    """An optimizer by its states and micro-steps; before runs ahead of the forward pass.

    formula is LaTeX of the whole update; states are the vectors that a snapshot must keep.
    """

    key: str
    title: str
    formula: str
    states: Callable[[Settings], tuple[str, ...]]
    micro_steps: Callable[[Settings], tuple[MicroStep, ...]]
    settings: tuple[Hyper, ...] = (learning_rate(0.01),)
    before: Callable[[Settings], tuple[MicroStep, ...]] = lambda settings: ()
    source: str = ""


optimizers: Registry[Optimizer] = Registry("optimizer")


def resolve(chosen: Choice, place: str = "optimizer") -> tuple[Optimizer, dict[str, Any]]:
    """Return the entry and complete settings of a choice. Raises: SpecError."""
    entry = optimizers.get(chosen.kind, place)
    return entry, complete(chosen.settings, entry.settings, place)


def apply_step() -> MicroStep:
    """Return the last line of every optimizer: add the step to the parameters."""
    return MicroStep(
        "apply", "w ← w + Δw", ("theta", "step"), ("theta",),
        lambda u: ((u.xp.add, (u["theta"], u["step"], u["theta"])),),
    )  # fmt: skip
