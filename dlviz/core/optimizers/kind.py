"""What an optimizer declares: named states and micro-steps over parameter-first arrays."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial
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
    """Counts updates, and keeps the numbers that depend on the count alone, such as 1 − βᵗ."""

    def __init__(self, workspace: Workspace) -> None:
        self.t = 0
        self._workspace = workspace
        self._numbers: dict[Hashable, tuple[Callable[[int], float], Array]] = {}
        self._moments: list[Array] = []

    def correction(self, beta: float) -> Array:
        """Return the 0-d array that holds 1 − βᵗ after each advance."""
        return self.number(("correction", beta), lambda t: 1.0 - beta**t)

    def number(self, name: Hashable, of_count: Callable[[int], float]) -> Array:
        """Return the 0-d array that holds of_count(t) after each advance; equal names mean equal functions."""
        if name not in self._numbers:
            self._numbers[name] = of_count, self._workspace.zeros()
        return self._numbers[name][1]

    def watch(self, moment: Array) -> None:
        """Flush this moment of denormal numbers from time to time."""
        if not any(each is moment for each in self._moments):
            self._moments.append(moment)

    def advance(self) -> None:
        """Count one update."""
        self.t += 1
        for of_count, array in self._numbers.values():
            array.fill(of_count(self.t))
        if self.t % FLUSH_EVERY == 0:
            for moment in self._moments:
                moment[abs(moment) < SMALLEST_MOMENT] = 0


@dataclass
class UpdateBuffers:
    """Arrays of an update, parameter axis first; runs and starts may trail.

    vectors: theta, grad, step, the optimizer's states, and whatever its micro-steps read and write.
    scale: by how much each parameter's changes are multiplied, 0 where it is frozen; None means 1 for all.
    weights: 1 where a parameter is a weight, 0 where it is a bias or the like; None means weights only.
    rate and minus_rate are ±lr · scale, 0-d or one number a parameter.
    """

    workspace: Workspace
    vectors: Mapping[str, Array]
    clock: Clock
    scale: Array | None = None
    weights: Array | None = None
    lr: float = 0.0
    _scratch: dict[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = () if self.scale is None else self.scale.shape
        self.rate, self.minus_rate = self.workspace.zeros(*shape), self.workspace.zeros(*shape)

    def __getitem__(self, role: str) -> Array:
        return self.vectors[role]

    @property
    def xp(self) -> Any:
        """The array module."""
        return self.workspace.xp

    def set_rate(self, lr: float) -> None:
        """Use this learning rate from the next update on; frozen parameters keep 0."""
        self.lr = lr
        self.rate.fill(lr)
        if self.scale is not None:
            self.xp.multiply(self.rate, self.scale, self.rate)
        self.xp.negative(self.rate, self.minus_rate)

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

    formula is LaTeX of the whole update; states are the vectors that a snapshot must keep. They begin
    at zero, but for those in starts. reads_size: its steps depend on the sizes of gradients and on the learning
    rate of each update, not only on signs and the rate at the start.
    """

    key: str
    title: str
    formula: str
    states: Callable[[Settings], tuple[str, ...]]
    micro_steps: Callable[[Settings], tuple[MicroStep, ...]]
    settings: tuple[Hyper, ...] = (learning_rate(0.01),)
    before: Callable[[Settings], tuple[MicroStep, ...]] = lambda settings: ()
    source: str = ""
    starts: Callable[[Settings], Mapping[str, float]] = lambda settings: {}
    reads_size: bool = True

    def first_states(self, settings: Settings) -> dict[str, float]:
        """Return every state, in order, and the number it holds everywhere before the first update."""
        starts = self.starts(settings)
        return {state: starts.get(state, 0.0) for state in self.states(settings)}

    def passing(self, settings: Settings) -> tuple[str, ...]:
        """Return the vectors that one update leaves to no other: all roles but theta and the states."""
        steps = (*self.before(settings), *self.micro_steps(settings))
        roles = dict.fromkeys(["grad", "step", *(role for each in steps for role in (*each.reads, *each.writes))])
        return tuple(role for role in roles if role not in ("theta", *self.states(settings)))


optimizers: Registry[Optimizer] = Registry("optimizer")


def resolve(chosen: Choice, place: str = "optimizer") -> tuple[Optimizer, dict[str, Any]]:
    """Return the entry and complete settings of a choice. Raises: SpecError."""
    entry = optimizers.get(chosen.kind, place)
    return entry, complete(chosen.settings, entry.settings, place)


def lr_of(chosen: Choice) -> float:
    """Return the learning rate of a choice: as set, or the default of its optimizer. Raises: SpecError."""
    return float(resolve(chosen)[1]["lr"])


def apply_step() -> MicroStep:
    """Return the last line of every optimizer: add the step to the parameters."""
    return MicroStep("apply", "w ← w + Δw", ("theta", "step"), ("theta",), _applied)


def _applied(u: UpdateBuffers) -> Calls:
    move = (u.xp.add, (u["theta"], u["step"], u["theta"]))
    if u.scale is None:
        return (move,)
    # A rate of 0 alone does not hold them still: 0 times the 0/0 of a gradient that never came is not a number.
    hold = partial(u.xp.copyto, where=u.scale == 0)
    return (hold, (u["step"], u.constant(0.0))), move
