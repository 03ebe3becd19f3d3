"""Optimizers that divide by the size of past gradients: Adagrad, RMSprop (CNV-04) and Adadelta."""

from dlviz.core.array import Array, Call, Calls
from dlviz.core.hyper import Hyper, choice, floating
from dlviz.core.optimizers.kind import (
    MicroStep,
    Optimizer,
    Settings,
    UpdateBuffers,
    apply_step,
    learning_rate,
    optimizers,
)

RHO = floating(
    "rho", 0.9, minimum=0, maximum=1, is_open_maximum=True, help="share of the mean square that is kept", averages=True
)

_EPS_PLACE = choice("eps_place", "outside", ("outside", "inside"), "√G + ε, or √(G + ε)")
_INITIAL = floating("initial", 0.0, minimum=0, maximum=1e6, help="the sum of squares to begin with; Keras takes 0.1")


def _eps(default: float) -> Hyper:
    return floating("eps", default, minimum=0, maximum=1, is_log=True, help="keeps the quotient finite")


def _squares_state(settings: Settings) -> tuple[str, ...]:
    return ("squares",)


def _sum_of_squares(u: UpdateBuffers) -> Calls:
    t = u.scratch()
    u.clock.watch(u["squares"])
    return (
        (u.clock.advance, ()),
        (u.xp.multiply, (u["grad"], u["grad"], t)),
        (u.xp.add, (u["squares"], t, u["squares"])),
    )


def _running_mean(u: UpdateBuffers, mean: Array, of: Array, rho: float) -> Calls:
    """Return the calls of mean ← ρ mean + (1 − ρ) of²."""
    t = u.scratch()
    u.clock.watch(mean)
    return (
        (u.xp.multiply, (mean, u.constant(rho), mean)),
        (u.xp.multiply, (of, of, t)),
        (u.xp.multiply, (t, u.constant(1 - rho), t)),
        (u.xp.add, (mean, t, mean)),
    )


def _mean_of_squares(settings: Settings) -> MicroStep:
    def emit(u: UpdateBuffers) -> Calls:
        return [(u.clock.advance, ()), *_running_mean(u, u["squares"], u["grad"], settings["rho"])]

    formula = "S ← ρ S + (1 − ρ) (∂L/∂w)²"
    return MicroStep("mean_of_squares", formula, ("squares", "grad"), ("squares",), emit)


def _root(u: UpdateBuffers, squares: Array, settings: Settings, is_inside: bool, out: Array) -> list[Call]:
    """Return the calls that write √(squares + ε), or √squares + ε."""
    eps = u.constant(settings["eps"])
    if is_inside:
        return [(u.xp.add, (squares, eps, out)), (u.xp.sqrt, (out, out))]
    return [(u.xp.sqrt, (squares, out)), (u.xp.add, (out, eps, out))]


def _step(settings: Settings, symbol: str, is_inside: bool = False) -> MicroStep:
    def emit(u: UpdateBuffers) -> Calls:
        t = u.scratch()
        return [
            *_root(u, u["squares"], settings, is_inside, t),
            (u.xp.divide, (u["grad"], t, u["step"])),
            (u.xp.multiply, (u["step"], u.minus_rate, u["step"])),
        ]

    below = f"√({symbol} + ε)" if is_inside else f"(√{symbol} + ε)"
    return MicroStep("step", f"Δw = −η ∂L/∂w / {below}", ("grad", "squares"), ("step",), emit)


def _adagrad(settings: Settings) -> tuple[MicroStep, ...]:
    reads, writes = ("squares", "grad"), ("squares",)
    squares = MicroStep("sum_of_squares", "G ← G + (∂L/∂w)²", reads, writes, _sum_of_squares)
    return squares, _step(settings, "G", settings["eps_place"] == "inside"), apply_step()


def _rmsprop(settings: Settings) -> tuple[MicroStep, ...]:
    return _mean_of_squares(settings), _step(settings, "S", settings["eps_place"] == "inside"), apply_step()


def _adadelta(settings: Settings) -> tuple[MicroStep, ...]:
    def change(u: UpdateBuffers) -> Calls:
        t, root = u.scratch(), u.scratch("root")
        return [
            *_root(u, u["changes"], settings, True, root),
            *_root(u, u["squares"], settings, True, t),
            (u.xp.divide, (root, t, t)),
            (u.xp.multiply, (t, u["grad"], u["change"])),
        ]

    def mean_of_changes(u: UpdateBuffers) -> Calls:
        return _running_mean(u, u["changes"], u["change"], settings["rho"])

    def step(u: UpdateBuffers) -> Calls:
        return ((u.xp.multiply, (u["change"], u.minus_rate, u["step"])),)

    ratio = "u = √(D + ε) / √(S + ε) · ∂L/∂w"
    return (
        _mean_of_squares(settings),
        MicroStep("change", ratio, ("changes", "squares", "grad"), ("change",), change),
        MicroStep(
            "mean_of_changes", "D ← ρ D + (1 − ρ) u²", ("changes", "change"), ("changes",), mean_of_changes
        ),
        MicroStep("step", "Δw = −η u", ("change",), ("step",), step),
        apply_step(),
    )  # fmt: skip


optimizers.add(
    Optimizer(
        "adagrad", "Adagrad", r"G \leftarrow G + g^2,\; w \leftarrow w - \eta \frac{g}{\sqrt{G} + \epsilon}",
        _squares_state, _adagrad, (learning_rate(0.01), _eps(1e-10), _EPS_PLACE, _INITIAL),
        source="Duchi, Hazan & Singer 2011, figure 1 (diagonal)",
        starts=lambda settings: {"squares": settings["initial"]},
    )
)  # fmt: skip
optimizers.add(
    Optimizer(
        "rmsprop", "RMSprop",
        r"S \leftarrow \rho S + (1 - \rho) g^2,\; w \leftarrow w - \eta \frac{g}{\sqrt{S} + \epsilon}",
        _squares_state, _rmsprop,
        (
            learning_rate(0.01),
            RHO,
            _eps(1e-8),
            choice("eps_place", "outside", ("outside", "inside"), "√S + ε, or √(S + ε)"),
        ),
        source="Tieleman & Hinton 2012, lecture 6.5; curriculum CNV-04",
    )
)  # fmt: skip
optimizers.add(
    Optimizer(
        "adadelta", "Adadelta",
        r"u = \frac{\sqrt{D + \epsilon}}{\sqrt{S + \epsilon}} g,\; D \leftarrow \rho D + (1 - \rho) u^2,"
        r"\; w \leftarrow w - \eta u",
        lambda settings: ("squares", "changes"), _adadelta, (learning_rate(1.0), RHO, _eps(1e-6)),
        source="Zeiler 2012, algorithm 1",
    )
)  # fmt: skip
