"""Weight decay as the optimizer's own form (convention CNV-06): weights shrink by the factor 1 − ηλ."""

from dlviz.core.array import Call, Calls
from dlviz.core.hyper import Hyper, choice, floating
from dlviz.core.optimizers.kind import MicroStep, Settings, UpdateBuffers


def decay_settings(default: float) -> tuple[Hyper, Hyper]:
    """Declare how much weights decay, and which parameters do."""
    return (
        floating("weight_decay", default, minimum=0, maximum=1, help="λ: weights shrink by 1 − ηλ at every update"),
        choice("decays", "all", ("all", "weights"), "every parameter as in PyTorch, or weights without biases"),
    )


def decay(settings: Settings) -> tuple[MicroStep, ...]:
    """Return the micro-step that lets the change shrink the weights as well, none where they do not decay."""
    if not settings["weight_decay"]:
        return ()

    def emit(u: UpdateBuffers) -> Calls:
        t = u.scratch()
        calls: list[Call] = [
            (u.xp.multiply, (u["theta"], u.constant(settings["weight_decay"]), t)),
            (u.xp.multiply, (t, u.minus_rate, t)),
        ]
        if settings["decays"] == "weights" and u.weights is not None:
            calls.append((u.xp.multiply, (t, u.weights, t)))
        return [*calls, (u.xp.add, (u["step"], t, u["step"]))]

    return (MicroStep("decay", "Δw ← Δw − η λ w", ("step", "theta"), ("step",), emit),)
