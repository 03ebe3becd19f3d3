"""L-BFGS without a line search: the curvature of the last steps gives the direction of the next."""

from collections.abc import Callable, Sequence

from dlviz.core.array import Array, Calls
from dlviz.core.hyper import integer
from dlviz.core.optimizers.kind import (
    MicroStep,
    Optimizer,
    Settings,
    UpdateBuffers,
    apply_step,
    learning_rate,
    optimizers,
)

LEAST_CURVATURE = 1e-10  # a pair whose sᵀy is not above this would spoil the direction; as in PyTorch


def _pairs(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Return the names of the kept changes s and differences of gradients y, the oldest first."""
    return tuple((f"s{age}", f"y{age}") for age in range(settings["history"], 0, -1))


def _states(settings: Settings) -> tuple[str, ...]:
    return *(name for pair in _pairs(settings) for name in pair), "last_grad", "last_step"


class TwoLoops:
    """The history of one vector of parameters, and the two loops over it.

    Sums run over the parameters, so that every start in a trailing axis has numbers of its own. A pair of
    zeros is one that is not there yet. Frozen parameters count as if they had no gradient.
    """

    def __init__(self, u: UpdateBuffers, settings: Settings) -> None:
        self._u = u
        self._pairs = [(u[s], u[y]) for s, y in _pairs(settings)]
        self._open = None if u.scale is None else u.xp.sign(u.scale)
        self._y, self._t = u.scratch("difference"), u.scratch()

    def dot(self, a: Array, b: Array) -> Array:
        """Return aᵀb of every start."""
        self._u.xp.multiply(a, b, self._t)
        return self._t.sum(axis=0)

    def keep_pair(self) -> None:
        """Take the last step and what it did to the gradient into the history, where the curve was upward."""
        u, y = self._u, self._y
        u.xp.subtract(u["grad"], u["last_grad"], y)
        if self._open is not None:
            u.xp.multiply(y, self._open, y)
        is_kept = self.dot(u["last_step"], y) > LEAST_CURVATURE
        for (old_s, old_y), (s, y_of_s) in zip(self._pairs, [*self._pairs[1:], (u["last_step"], y)], strict=True):
            u.xp.copyto(old_s, s, where=is_kept)
            u.xp.copyto(old_y, y_of_s, where=is_kept)

    def find_direction(self) -> None:
        """Write −H ∂L/∂w."""
        u, q = self._u, self._u["direction"]
        u.xp.negative(u["grad"], q)
        if self._open is not None:
            u.xp.multiply(q, self._open, q)
        curvatures = [self.dot(s, y) for s, y in self._pairs]
        shares = self._towards_the_oldest(q, curvatures)
        s, y = self._pairs[-1]
        u.xp.multiply(q, _quotient(u, curvatures[-1], self.dot(y, y), empty=1.0), q)
        for (s, y), curvature, share in zip(self._pairs, curvatures, shares, strict=True):
            back = _quotient(u, self.dot(y, q), curvature, empty=0.0)
            u.xp.multiply(s, share - back, self._t)
            u.xp.add(q, self._t, q)

    def _towards_the_oldest(self, q: Array, curvatures: Sequence[Array]) -> list[Array]:
        shares = []
        for (s, y), curvature in zip(reversed(self._pairs), reversed(curvatures), strict=True):
            share = _quotient(self._u, self.dot(s, q), curvature, empty=0.0)
            self._u.xp.multiply(y, share, self._t)
            self._u.xp.subtract(q, self._t, q)
            shares.append(share)
        return shares[::-1]

    def first_rate(self) -> Array:
        """Return min(1, 1 / ‖∂L/∂w‖₁), by which the very first step is shortened."""
        u = self._u
        u.xp.abs(u["grad"], self._t)
        if self._open is not None:
            u.xp.multiply(self._t, self._open, self._t)
        return u.xp.minimum(1.0 / self._t.sum(axis=0), 1.0)


def _quotient(u: UpdateBuffers, above: Array, below: Array, empty: float) -> Array:
    """Return above / below, and `empty` where a pair is not there."""
    is_there = below != 0
    return u.xp.where(is_there, above / u.xp.where(is_there, below, 1.0), empty)


def _on_loops(settings: Settings, do: Callable[[TwoLoops], None]) -> Callable[[UpdateBuffers], Calls]:
    def emit(u: UpdateBuffers) -> Calls:
        return ((do, (TwoLoops(u, settings),)),)

    return emit


def _keep_pair(settings: Settings) -> MicroStep:
    names = tuple(name for pair in _pairs(settings) for name in pair)
    emit = _on_loops(settings, TwoLoops.keep_pair)
    formula = "y = ∂L/∂w − g₀, s = Δw; (s, y) joins the history if sᵀy > 0"
    return MicroStep("curvature_pair", formula, ("grad", "last_grad", "last_step", *names), names, emit)


def _direction(settings: Settings) -> MicroStep:
    names = tuple(name for pair in _pairs(settings) for name in pair)
    emit = _on_loops(settings, TwoLoops.find_direction)
    return MicroStep("direction", "d = −H ∂L/∂w", ("grad", *names), ("direction",), emit)


def _step(settings: Settings) -> MicroStep:
    def emit(u: UpdateBuffers) -> Calls:
        loops = TwoLoops(u, settings)

        def shorten_first() -> None:
            if u.clock.t == 1:
                u.xp.multiply(u["step"], loops.first_rate(), u["step"])

        return (u.clock.advance, ()), (u.xp.multiply, (u["direction"], u.rate, u["step"])), (shorten_first, ())

    formula = "Δw = η d; the first time η d · min(1, 1/‖∂L/∂w‖₁)"
    return MicroStep("step", formula, ("direction", "grad"), ("step",), emit)


def _remember(u: UpdateBuffers) -> Calls:
    return (u.xp.copyto, (u["last_grad"], u["grad"])), (u.xp.copyto, (u["last_step"], u["step"]))


def _lbfgs(settings: Settings) -> tuple[MicroStep, ...]:
    remember = MicroStep("remember_step", "g₀ ← ∂L/∂w, s ← Δw", ("grad", "step"), ("last_grad", "last_step"), _remember)
    return _keep_pair(settings), _direction(settings), _step(settings), remember, apply_step()


optimizers.add(
    Optimizer(
        "lbfgs", "L-BFGS", r"w \leftarrow w - \eta H g", _states, _lbfgs,
        (learning_rate(1.0), integer("history", 10, minimum=1, maximum=100, help="steps whose curvature is kept")),
        source="Nocedal 1980; Nocedal & Wright 2006, algorithm 7.4, without a line search",
    )
)  # fmt: skip
