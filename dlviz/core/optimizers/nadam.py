"""NAdam: Adam with Nesterov's look-ahead in its first moment, and a momentum that warms up."""

import math

from dlviz.core.array import Calls
from dlviz.core.hyper import floating
from dlviz.core.optimizers.adaptive import BETAS, first_moment, second_moment, two_moments
from dlviz.core.optimizers.kind import (
    MicroStep,
    Optimizer,
    Settings,
    UpdateBuffers,
    apply_step,
    learning_rate,
    optimizers,
)

WARM_UP = 0.96  # base of the momentum's warm-up; Dozat 2016, section 3.2
NEGLIGIBLE = 1e-20  # a product below this leaves 1 − product at 1


class Momenta:
    """The momentum μₜ of every update and the product of all up to it, functions of t alone."""

    def __init__(self, beta: float, warming: float) -> None:
        self._beta, self._warming = beta, warming
        self._products = [1.0]

    def momentum(self, t: int) -> float:
        """Return μₜ."""
        return self._beta * (1.0 - 0.5 * math.pow(WARM_UP, t * self._warming))

    def product(self, t: int) -> float:
        """Return μ₁ · … · μₜ, 0 once it is negligible; always multiplied in this order, so always equal."""
        while len(self._products) <= t and self._products[-1]:
            following = self._products[-1] * self.momentum(len(self._products))
            self._products.append(following if following > NEGLIGIBLE else 0.0)
        return self._products[min(t, len(self._products) - 1)]

    def share_of_moment(self, t: int) -> float:
        """Return μₜ₊₁ / (1 − μ₁ · … · μₜ₊₁)."""
        return self.momentum(t + 1) / (1.0 - self.product(t + 1))

    def share_of_gradient(self, t: int) -> float:
        """Return (1 − μₜ) / (1 − μ₁ · … · μₜ)."""
        return (1.0 - self.momentum(t)) / (1.0 - self.product(t))


def _correction(settings: Settings) -> MicroStep:
    momenta = Momenta(settings["beta1"], settings["momentum_decay"])

    def emit(u: UpdateBuffers) -> Calls:
        t, key = u.scratch(), (settings["beta1"], settings["momentum_decay"])
        of_moment = u.clock.number(("share of moment", *key), momenta.share_of_moment)
        of_gradient = u.clock.number(("share of gradient", *key), momenta.share_of_gradient)
        return (
            (u.xp.multiply, (u["m"], of_moment, u["m_hat"])),
            (u.xp.multiply, (u["grad"], of_gradient, t)),
            (u.xp.add, (u["m_hat"], t, u["m_hat"])),
            (u.xp.divide, (u["v"], u.clock.correction(settings["beta2"]), u["v_hat"])),
        )

    formula = "m̂ = μₜ₊₁ m / (1 − μ₁…μₜ₊₁) + (1 − μₜ) ∂L/∂w / (1 − μ₁…μₜ), v̂ = v / (1 − β₂ᵗ)"
    return MicroStep("nesterov_correction", formula, ("m", "v", "grad"), ("m_hat", "v_hat"), emit)


def _step(settings: Settings) -> MicroStep:
    def emit(u: UpdateBuffers) -> Calls:
        t = u.scratch()
        return (
            (u.xp.sqrt, (u["v_hat"], t)),
            (u.xp.add, (t, u.constant(settings["eps"]), t)),
            (u.xp.divide, (u["m_hat"], t, u["step"])),
            (u.xp.multiply, (u["step"], u.minus_rate, u["step"])),
        )

    return MicroStep("step", "Δw = −η m̂ / (√v̂ + ε)", ("m_hat", "v_hat"), ("step",), emit)


def _nadam(settings: Settings) -> tuple[MicroStep, ...]:
    return first_moment(settings), second_moment(settings), _correction(settings), _step(settings), apply_step()


optimizers.add(
    Optimizer(
        "nadam", "NAdam",
        r"\hat m = \frac{\mu_{t+1} m}{1 - \prod_1^{t+1} \mu_i} + \frac{(1 - \mu_t) g}{1 - \prod_1^t \mu_i},"
        r"\; w \leftarrow w - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon}",
        two_moments, _nadam,
        (
            learning_rate(0.002),
            *BETAS,
            floating("momentum_decay", 0.004, minimum=0, maximum=1, help="how fast μ rises from β₁/2 to β₁"),
        ),
        source="Dozat 2016, algorithm 2, with the momentum schedule of section 3.2",
    )
)  # fmt: skip
