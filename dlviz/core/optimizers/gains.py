"""Optimizers with a gain or step size of its own for every weight: delta-bar-delta (CNV-16) and Rprop."""

from collections.abc import Mapping

from dlviz.core.array import Array, Call, Calls
from dlviz.core.hyper import floating
from dlviz.core.optimizers.kind import (
    MicroStep,
    Optimizer,
    Settings,
    UpdateBuffers,
    apply_step,
    learning_rate,
    optimizers,
)


def _agreement(u: UpdateBuffers) -> tuple[list[Call], Array]:
    """Return the calls that compute sign(g · g of the step before), and the array they fill."""
    t = u.scratch()
    return [(u.xp.multiply, (u["grad"], u["last_grad"], t)), (u.xp.sign, (t, t))], t


def _clip(u: UpdateBuffers, values: Array, settings: Settings, low: str, high: str) -> list[Call]:
    return [
        u.workspace.maximum(values, u.constant(settings[low]), values),
        u.workspace.minimum(values, u.constant(settings[high]), values),
    ]


def _gains(settings: Settings) -> MicroStep:
    def emit(u: UpdateBuffers) -> Calls:
        calls, sign = _agreement(u)
        shrink, gains = u.scratch("shrink"), u["gains"]
        return [
            *calls,
            # gain · (1 − β) where the signs differ, then gain + β where they agree.
            u.workspace.minimum(sign, u.constant(0.0), shrink),
            (u.xp.multiply, (shrink, u.constant(settings["beta"]), shrink)),
            (u.xp.add, (shrink, u.constant(1.0), shrink)),
            (u.xp.multiply, (gains, shrink, gains)),
            u.workspace.maximum(sign, u.constant(0.0), sign),
            (u.xp.multiply, (sign, u.constant(settings["beta"]), sign)),
            (u.xp.add, (gains, sign, gains)),
            *_clip(u, gains, settings, "min_gain", "max_gain"),
        ]

    formula = "k ← k + β if ∂L/∂w kept its sign, k (1 − β) if it changed"
    return MicroStep("gains", formula, ("gains", "grad", "last_grad"), ("gains",), emit)


def _remember(u: UpdateBuffers) -> Calls:
    return ((u.xp.copyto, (u["last_grad"], u["grad"])),)


def _gained_step(u: UpdateBuffers) -> Calls:
    return (
        (u.xp.multiply, (u["gains"], u["grad"], u["step"])),
        (u.xp.multiply, (u["step"], u.minus_rate, u["step"])),
    )


def _delta_bar_delta(settings: Settings) -> tuple[MicroStep, ...]:
    return (
        _gains(settings),
        MicroStep("remember", "g₀ ← ∂L/∂w", ("grad",), ("last_grad",), _remember),
        MicroStep("step", "Δw = −η k ∂L/∂w", ("gains", "grad"), ("step",), _gained_step),
        apply_step(),
    )


def _step_sizes(settings: Settings) -> MicroStep:
    shrink, grow = settings["shrink"], settings["grow"]

    def emit(u: UpdateBuffers) -> Calls:
        calls, sign = _agreement(u)
        factor, sizes = u.scratch("factor"), u["sizes"]
        return [
            *calls,
            # 1 + (1 − shrink) · min(sign, 0) + (grow − 1) · max(sign, 0): shrink, 1 or grow.
            u.workspace.minimum(sign, u.constant(0.0), factor),
            (u.xp.multiply, (factor, u.constant(1 - shrink), factor)),
            u.workspace.maximum(sign, u.constant(0.0), sign),
            (u.xp.multiply, (sign, u.constant(grow - 1), sign)),
            (u.xp.add, (factor, sign, factor)),
            (u.xp.add, (factor, u.constant(1.0), factor)),
            (u.xp.multiply, (sizes, factor, sizes)),
            *_clip(u, sizes, settings, "min_size", "max_size"),
        ]

    formula = "s ← s · grow if ∂L/∂w kept its sign, s · shrink if it changed"
    return MicroStep("step_sizes", formula, ("sizes", "grad", "last_grad"), ("sizes",), emit)


def _forget_reversed(u: UpdateBuffers) -> Calls:
    calls, sign = _agreement(u)
    return [
        *calls,
        (u.xp.greater_equal, (sign, u.constant(0.0), sign)),
        (u.xp.multiply, (u["grad"], sign, u["last_grad"])),
    ]


def _signed_step(u: UpdateBuffers) -> Calls:
    calls: list[Call] = [
        (u.xp.sign, (u["last_grad"], u["step"])),
        (u.xp.multiply, (u["step"], u["sizes"], u["step"])),
        (u.xp.negative, (u["step"], u["step"])),
    ]
    return calls if u.scale is None else [*calls, (u.xp.multiply, (u["step"], u.scale, u["step"]))]


def _rprop(settings: Settings) -> tuple[MicroStep, ...]:
    return (
        _step_sizes(settings),
        MicroStep(
            "forget_reversed", "g₀ ← ∂L/∂w, 0 where its sign changed", ("grad", "last_grad"), ("last_grad",),
            _forget_reversed,
        ),
        MicroStep("step", "Δw = −s sign(g₀)", ("sizes", "last_grad"), ("step",), _signed_step),
        apply_step(),
    )  # fmt: skip


def _first_gains(settings: Settings) -> Mapping[str, float]:
    return {"gains": 1.0}


def _first_sizes(settings: Settings) -> Mapping[str, float]:
    return {"sizes": settings["lr"]}


optimizers.add(
    Optimizer(
        "rprop", "Rprop", r"w \leftarrow w - s \, \mathrm{sign}(g)", lambda settings: ("sizes", "last_grad"), _rprop,
        (
            floating("lr", 0.01, minimum=0, maximum=1e6, is_log=True, help="size of every weight's first step"),
            floating("grow", 1.2, minimum=1, maximum=10, help="factor of the step size while the sign stays"),
            floating("shrink", 0.5, minimum=0, maximum=1, is_open_minimum=True, help="its factor when the sign turns"),
            floating("min_size", 1e-6, minimum=0, maximum=1, is_log=True, help="smallest step size"),
            floating("max_size", 50.0, minimum=1, maximum=1e6, is_log=True, help="largest step size"),
        ),
        source="Riedmiller & Braun 1993; without back-tracking, Igel & Hüsken 2003 (iRprop−)", starts=_first_sizes,
        reads_size=False,
    )
)  # fmt: skip
optimizers.add(
    Optimizer(
        "delta_bar_delta", "Delta-bar-delta", r"w \leftarrow w - \eta \, k \, g",
        lambda settings: ("gains", "last_grad"), _delta_bar_delta,
        (
            learning_rate(0.01),
            floating(
                "beta", 0.1, minimum=0, maximum=1, is_open_maximum=True,
                help="added to a gain while the gradient keeps its sign; the share it loses when it turns",
            ),
            floating("min_gain", 1e-6, minimum=0, maximum=1, is_log=True, help="smallest gain"),
            floating("max_gain", 1e6, minimum=1, maximum=1e12, is_log=True, help="largest gain"),
        ),
        source="Jacobs 1988, with the sign of the last gradient; curriculum CNV-16", starts=_first_gains,
    )
)  # fmt: skip
