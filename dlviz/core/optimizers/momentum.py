"""Plain descent, momentum and Nesterov momentum in the conventions CNV-01 to CNV-03."""

from dlviz.core.array import Call, Calls
from dlviz.core.hyper import choice, floating
from dlviz.core.optimizers.decay import decay, decay_settings
from dlviz.core.optimizers.kind import (
    MicroStep,
    Optimizer,
    Settings,
    UpdateBuffers,
    apply_step,
    learning_rate,
    optimizers,
)

MOMENTUM = floating(
    "momentum", 0.9, minimum=0, maximum=1, is_open_maximum=True, averages=True,
    help="share of the velocity that is kept",
)  # fmt: skip


def _no_states(settings: Settings) -> tuple[str, ...]:
    return ()


def _velocity_state(settings: Settings) -> tuple[str, ...]:
    return ("velocity",)


def _sgd_step(u: UpdateBuffers) -> Calls:
    return ((u.xp.multiply, (u["grad"], u.minus_rate, u["step"])),)


def _sgd(settings: Settings) -> tuple[MicroStep, ...]:
    return MicroStep("step", "Δw = −η ∂L/∂w", ("grad",), ("step",), _sgd_step), *decay(settings), apply_step()


def _momentum(settings: Settings) -> tuple[MicroStep, ...]:
    beta, is_ema, is_inside = settings["momentum"], settings["form"] == "ema", settings["rate"] == "inside"
    share = 1 - beta if is_ema else 1.0

    def velocity(u: UpdateBuffers) -> Calls:
        v, t = u["velocity"], u.scratch()
        calls: list[Call] = [(u.xp.multiply, (v, u.constant(beta), v))]
        if is_ema:
            calls.append((u.xp.multiply, (u["grad"], u.constant(share), t)))
        if is_inside:
            calls.append((u.xp.multiply, (t if is_ema else u["grad"], u.rate, t)))
        return [*calls, (u.xp.add, (v, t if is_ema or is_inside else u["grad"], v))]

    def step(u: UpdateBuffers) -> Calls:
        if is_inside:
            return ((u.xp.negative, (u["velocity"], u["step"])),)
        return ((u.xp.multiply, (u["velocity"], u.minus_rate, u["step"])),)

    grad = ("(1 − β) " if is_ema else "") + ("η " if is_inside else "") + "∂L/∂w"
    return (
        MicroStep("velocity", f"v ← β v + {grad}", ("velocity", "grad"), ("velocity",), velocity),
        MicroStep("step", "Δw = −v" if is_inside else "Δw = −η v", ("velocity",), ("step",), step),
        apply_step(),
    )


def _looks_ahead(settings: Settings) -> bool:
    return bool(settings["form"] == "look_ahead")


def _look_ahead(settings: Settings) -> tuple[MicroStep, ...]:
    if not _looks_ahead(settings):
        return ()

    def emit(u: UpdateBuffers) -> Calls:
        # The velocity is the last change Δw itself, so the look-ahead point is w + β Δw.
        t = u.scratch()
        return (
            (u.xp.multiply, (u["velocity"], u.constant(settings["momentum"]), t)),
            (u.xp.add, (u["theta"], t, u["ahead"])),
        )

    return (MicroStep("look_ahead", "ŵ = w + β Δw", ("theta", "velocity"), ("ahead",), emit),)


def _nesterov(settings: Settings) -> tuple[MicroStep, ...]:
    return _nesterov_at_point(settings) if _looks_ahead(settings) else _nesterov_library(settings)


def _nesterov_at_point(settings: Settings) -> tuple[MicroStep, ...]:
    def velocity(u: UpdateBuffers) -> Calls:
        v, t = u["velocity"], u.scratch()
        return (
            (u.xp.multiply, (v, u.constant(settings["momentum"]), v)),
            (u.xp.multiply, (u["grad"], u.rate, t)),
            (u.xp.subtract, (v, t, v)),
        )

    def step(u: UpdateBuffers) -> Calls:
        return ((u.xp.copyto, (u["step"], u["velocity"])),)

    return (
        MicroStep("velocity", "v ← β v − η ∂L/∂w(ŵ)", ("velocity", "grad"), ("velocity",), velocity),
        MicroStep("step", "Δw = v", ("velocity",), ("step",), step),
        apply_step(),
    )


def _nesterov_library(settings: Settings) -> tuple[MicroStep, ...]:
    beta = settings["momentum"]

    def velocity(u: UpdateBuffers) -> Calls:
        v = u["velocity"]
        return (u.xp.multiply, (v, u.constant(beta), v)), (u.xp.add, (v, u["grad"], v))

    def step(u: UpdateBuffers) -> Calls:
        t = u.scratch()
        return (
            (u.xp.multiply, (u["velocity"], u.constant(beta), t)),
            (u.xp.add, (u["grad"], t, t)),
            (u.xp.multiply, (t, u.minus_rate, u["step"])),
        )

    return (
        MicroStep("velocity", "v ← β v + ∂L/∂w", ("velocity", "grad"), ("velocity",), velocity),
        MicroStep("step", "Δw = −η (∂L/∂w + β v)", ("grad", "velocity"), ("step",), step),
        apply_step(),
    )


optimizers.add(
    Optimizer(
        "sgd", "SGD", r"w \leftarrow w - \eta \frac{\partial L}{\partial w}", _no_states, _sgd,
        (learning_rate(0.01), *decay_settings(0.0)), source="Robbins & Monro 1951",
    )
)  # fmt: skip
optimizers.add(
    Optimizer(
        "momentum", "Momentum", r"v \leftarrow \beta v + \frac{\partial L}{\partial w},\; w \leftarrow w - \eta v",
        _velocity_state, _momentum,
        (
            learning_rate(0.01),
            MOMENTUM,
            choice("form", "classical", ("classical", "ema"), "v = βv + g, or the average v = βv + (1 − β)g"),
            choice("rate", "outside", ("outside", "inside"), "where the rate multiplies: w −= ηv, or v = βv + ηg"),
        ),
        source="Polyak 1964; curriculum CNV-01, CNV-02",
    )
)  # fmt: skip
optimizers.add(
    Optimizer(
        "nesterov", "Nesterov", r"v \leftarrow \beta v + g,\; w \leftarrow w - \eta (g + \beta v)",
        _velocity_state, _nesterov,
        (
            learning_rate(0.01),
            MOMENTUM,
            choice("form", "library", ("library", "look_ahead"), "PyTorch's form, or the gradient at w + βΔw"),
        ),
        _look_ahead,
        source="Nesterov 1983; Sutskever et al. 2013; curriculum CNV-03",
    )
)  # fmt: skip
