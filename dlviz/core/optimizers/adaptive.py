"""Adam, AdamW and AMSGrad in the conventions CNV-04 (place of epsilon) and CNV-05 (correction)."""

from dlviz.core.array import Call, Calls
from dlviz.core.hyper import choice, flag, floating
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

EPS_PLACES = ("outside", "inside", "hat")
_SYMBOLS = {"m": "m", "v": "v", "v_max": "v̌", "m_hat": "m̂", "v_hat": "v̂"}


def two_moments(settings: Settings) -> tuple[str, ...]:
    """Return the states that Adam keeps."""
    return "m", "v"


def first_moment(settings: Settings) -> MicroStep:
    """Return the running mean of the gradient; it counts the update."""
    beta = settings["beta1"]

    def emit(u: UpdateBuffers) -> Calls:
        m, t = u["m"], u.scratch()
        u.clock.watch(m)
        return (
            (u.clock.advance, ()),
            (u.xp.multiply, (m, u.constant(beta), m)),
            (u.xp.multiply, (u["grad"], u.constant(1 - beta), t)),
            (u.xp.add, (m, t, m)),
        )

    return MicroStep("first_moment", "m ← β₁ m + (1 − β₁) ∂L/∂w", ("m", "grad"), ("m",), emit)


def second_moment(settings: Settings) -> MicroStep:
    """Return the running mean of the squared gradient."""
    beta = settings["beta2"]

    def emit(u: UpdateBuffers) -> Calls:
        v, t = u["v"], u.scratch()
        u.clock.watch(v)
        return (
            (u.xp.multiply, (v, u.constant(beta), v)),
            (u.xp.multiply, (u["grad"], u["grad"], t)),
            (u.xp.multiply, (t, u.constant(1 - beta), t)),
            (u.xp.add, (v, t, v)),
        )

    return MicroStep("second_moment", "v ← β₂ v + (1 − β₂) (∂L/∂w)²", ("v", "grad"), ("v",), emit)


def _largest_moment(u: UpdateBuffers) -> Calls:
    u.clock.watch(u["v_max"])
    return (u.workspace.maximum(u["v_max"], u["v"], u["v_max"]),)


def _bias_correction(settings: Settings, v: str = "v") -> MicroStep:
    def emit(u: UpdateBuffers) -> Calls:
        return (
            (u.xp.divide, (u["m"], u.clock.correction(settings["beta1"]), u["m_hat"])),
            (u.xp.divide, (u[v], u.clock.correction(settings["beta2"]), u["v_hat"])),
        )

    formula = f"m̂ = m / (1 − β₁ᵗ), v̂ = {_SYMBOLS[v]} / (1 − β₂ᵗ)"
    return MicroStep("bias_correction", formula, ("m", v), ("m_hat", "v_hat"), emit)


def _step(settings: Settings, v: str = "v") -> MicroStep:
    is_hat = settings["eps_place"] == "hat" and settings["bias_correction"]
    is_corrected = settings["bias_correction"] and not is_hat
    first, second = ("m_hat", "v_hat") if is_corrected else ("m", v)

    def emit(u: UpdateBuffers) -> Calls:
        calls = [*_quotient(u, settings, u[first], u[second])]
        if is_hat:
            calls += _rate_correction(u, settings)
        return [*calls, (u.xp.multiply, (u["step"], u.minus_rate, u["step"]))]

    formula = _step_formula(settings, is_hat, _SYMBOLS[first], _SYMBOLS[second])
    return MicroStep("step", formula, (first, second), ("step",), emit)


def _quotient(u: UpdateBuffers, settings: Settings, m: object, v: object) -> list[Call]:
    t, eps = u.scratch(), u.constant(settings["eps"])
    if settings["eps_place"] == "inside":
        root: list[Call] = [(u.xp.add, (v, eps, t)), (u.xp.sqrt, (t, t))]
    else:
        root = [(u.xp.sqrt, (v, t)), (u.xp.add, (t, eps, t))]
    return [*root, (u.xp.divide, (m, t, u["step"]))]


def _rate_correction(u: UpdateBuffers, settings: Settings) -> list[Call]:
    """Multiply by √(1 − β₂ᵗ)/(1 − β₁ᵗ): Kingma & Ba's efficient order, with epsilon-hat."""
    root = u.workspace.zeros()
    return [
        (u.xp.sqrt, (u.clock.correction(settings["beta2"]), root)),
        (u.xp.multiply, (u["step"], root, u["step"])),
        (u.xp.divide, (u["step"], u.clock.correction(settings["beta1"]), u["step"])),
    ]


def _step_formula(settings: Settings, is_hat: bool, m: str, v: str) -> str:
    if is_hat:
        return f"Δw = −η √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√{v} + ε̂)"
    return f"Δw = −η {m} / √({v} + ε)" if settings["eps_place"] == "inside" else f"Δw = −η {m} / (√{v} + ε)"


def _adam(settings: Settings) -> tuple[MicroStep, ...]:
    return *_moments(settings), *_corrections(settings), _step(settings), apply_step()


def _moments(settings: Settings) -> tuple[MicroStep, ...]:
    return first_moment(settings), second_moment(settings)


def _corrections(settings: Settings, v: str = "v") -> tuple[MicroStep, ...]:
    is_corrected = settings["bias_correction"] and settings["eps_place"] != "hat"
    return (_bias_correction(settings, v),) if is_corrected else ()


def _adamw(settings: Settings) -> tuple[MicroStep, ...]:
    *adam, apply = _adam(settings)
    return *adam, *decay(settings), apply


def _amsgrad(settings: Settings) -> tuple[MicroStep, ...]:
    largest = MicroStep("largest_moment", "v̌ ← max(v̌, v)", ("v_max", "v"), ("v_max",), _largest_moment)
    return *_moments(settings), largest, *_corrections(settings, "v_max"), _step(settings, "v_max"), apply_step()


BETAS = (
    floating("beta1", 0.9, minimum=0, maximum=1, is_open_maximum=True, help="share of m kept", averages=True),
    floating("beta2", 0.999, minimum=0, maximum=1, is_open_maximum=True, help="share of v kept", averages=True),
    floating("eps", 1e-8, minimum=0, maximum=1, is_log=True, help="keeps the quotient finite"),
)
CONVENTIONS = (
    flag("bias_correction", True, "divide m and v by 1 − βᵗ"),
    choice("eps_place", "outside", EPS_PLACES, "√v̂ + ε, √(v̂ + ε), or epsilon-hat as in Keras"),
)

optimizers.add(
    Optimizer(
        "adam", "Adam", r"w \leftarrow w - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon}", two_moments, _adam,
        (learning_rate(0.001), *BETAS, *CONVENTIONS),
        source="Kingma & Ba 2015, algorithm 1 (epsilon outside the root)",
    )
)  # fmt: skip
optimizers.add(
    Optimizer(
        "adamw", "AdamW",
        r"w \leftarrow (1 - \eta \lambda) w - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon}", two_moments, _adamw,
        (learning_rate(0.001), *BETAS, *CONVENTIONS, *decay_settings(0.01)),
        source="Loshchilov & Hutter 2019, algorithm 2",
    )
)  # fmt: skip
optimizers.add(
    Optimizer(
        "amsgrad", "AMSGrad",
        r"\check v \leftarrow \max(\check v, v),\; w \leftarrow w - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon}",
        lambda settings: ("m", "v", "v_max"), _amsgrad, (learning_rate(0.001), *BETAS, *CONVENTIONS),
        source="Reddi, Kale & Kumar 2018, algorithm 2; corrected for bias as in PyTorch",
    )
)  # fmt: skip
