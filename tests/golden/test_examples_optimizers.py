"""Worked examples of optimizers, clipping, schedules and the test for convergence."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.choice import Choice, chosen
from dlviz.core.clipping import clip_point, norm_of
from dlviz.core.descent import Path, descend
from dlviz.core.schedules import Curve
from dlviz.core.surfaces import Surface, quadratic
from tests.golden.example import Example


def walk(gradients: Sequence[float], optimizer: Choice, start: float = 0.0) -> Path:
    """Walk with gradients that are given, whatever the point."""
    following = iter(gradients)

    def gradient(w: Workspace, points: Array, out: Array) -> Calls:
        def give() -> None:
            out[...] = next(following)

        return ((give, ()),)

    surface = Surface("Given", "", 1, lambda points: points[0], gradient)
    return descend(surface, optimizer, [start], len(gradients))


def momentum(example: Example, **conventions: Any) -> Choice:
    beta, alpha = example.parameters["beta"], example.parameters["alpha"]
    return chosen("momentum", momentum=beta, lr=alpha, **conventions)


def velocity(path: Path) -> list[float]:
    return [float(each) for each in path.states["velocity"][1:, 0]]


@pytest.mark.example("EX-21", "optimizer")
def test_momentum_unrolled_over_three_steps(example: Example) -> None:
    gradients = example.inputs["gradients"]
    inside = momentum(example, form="ema", rate="inside")
    ema = walk(gradients, inside, example.inputs["w0"])
    outside, classical = (
        walk(gradients, momentum(example, form=f, rate=r)) for f, r in (("ema", "outside"), ("classical", "inside"))
    )
    example.check("update_ema_lr_inside", velocity(ema))
    example.check("velocity_ema_lr_outside", velocity(outside))
    example.check("velocity_classical_lr_inside", velocity(classical))
    example.check("w_path_ema", ema.points[:, 0])
    last = [velocity(walk(unit, inside))[-1] for unit in np.eye(3)]
    example.check("coefficients_of_g1_g2_g3_in_update3", last)
    example.check("crossed_out_first_attempt_update3", velocity(walk([gradients[0], gradients[2]], inside))[-1])
    scaled = np.multiply(velocity(classical), 1 - example.parameters["beta"])
    example.check(
        "classical_equals_ema_divided_by_one_minus_beta", bool(np.allclose(scaled, velocity(ema), rtol=1e-12))
    )


VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("sgd", {}),
    "momentum_ema": ("momentum", {"form": "ema", "rate": "outside"}),
    "momentum_ema_lr_inside": ("momentum", {"form": "ema", "rate": "inside"}),
    "momentum_classical_lr_inside": ("momentum", {"form": "classical", "rate": "inside"}),
    "momentum_classical_lr_outside": ("momentum", {"form": "classical", "rate": "outside"}),
    "nesterov_lookahead": ("nesterov", {"form": "look_ahead"}),
    "nesterov_torch": ("nesterov", {"form": "library"}),
    "adagrad": ("adagrad", {}),
    "rmsprop_eps_outside": ("rmsprop", {"eps_place": "outside"}),
    "rmsprop_eps_inside": ("rmsprop", {"eps_place": "inside"}),
    "adam_corrected": ("adam", {}),
    "adam_uncorrected_eps_inside": ("adam", {"bias_correction": False, "eps_place": "inside"}),
    "delta_bar_delta": ("delta_bar_delta", {}),
}
NAMES = {
    "sgd": {"lr": "lr"},
    "momentum": {"lr": "lr", "momentum": "beta"},
    "nesterov": {"lr": "lr", "momentum": "beta"},
    "adagrad": {"lr": "lr", "eps": "eps"},
    "rmsprop": {"lr": "lr", "rho": "beta", "eps": "eps"},
    "adam": {"lr": "lr", "beta1": "beta1", "beta2": "beta2", "eps": "eps"},
    "delta_bar_delta": {"lr": "lr", "beta": "gb"},
}


@pytest.mark.example("EX-23", "optimizer")
def test_reference_trajectories_of_all_variants(example: Example) -> None:
    assert set(VARIANTS) == set(example.expected)
    bowl = quadratic([[1.0, 0.0], [0.0, 20.0]])
    for name, (kind, convention) in VARIANTS.items():
        options = example[f"{name}/options"]
        settings = {setting: options[option] for setting, option in NAMES[kind].items()}
        path = descend(bowl, chosen(kind, **settings, **convention), example.inputs["start"], 5)
        example.check(f"{name}/trajectory", path.points)
        example.check(f"{name}/loss", path.values)
        example.leave(f"{name}/options", "the settings with which the walk was made")


@pytest.mark.example("EX-52", "optimizer")
def test_clipping_by_norm_and_by_value(example: Example) -> None:
    def clipped(clip: Choice) -> Array:
        grad = np.array(example.inputs["g"])
        for function, arguments in clip_point(Workspace(), clip, grad):
            function(*arguments)
        return grad

    norm = np.zeros(())
    for function, arguments in norm_of(Workspace(), np.array(example.inputs["g"]), norm):
        function(*arguments)
    example.check("norm", norm)
    example.check("by_norm", clipped(chosen("norm", max_norm=example.parameters["max_norm"])))
    example.check("by_value", clipped(chosen("value", max_value=example.parameters["clip_value"])))


@pytest.mark.example("EX-53", "optimizer")
def test_local_gains(example: Example) -> None:
    given = example.parameters
    path = walk(example.inputs["gradients"], chosen("delta_bar_delta", lr=given["eta"], beta=given["beta"]))
    example.check("gains", path.states["gains"][1:, 0])
    example.check("steps", np.diff(path.points[:, 0]))


@pytest.mark.example("EX-66", "schedule")
def test_families_of_decay(example: Example) -> None:
    given = example.parameters
    families = {
        "inverse": chosen("inverse_time", decay=given["decay_rate"], first_epoch=1),
        "exponential": chosen("exponential", base=given["base"], first_epoch=1),
        "sqrt": chosen("square_root", k=given["k"]),
        "staircase": chosen("staircase", drop=given["drop"], every=given["every"], first_epoch=1),
    }
    for name, schedule in families.items():
        curve = Curve(schedule, given["alpha0"])
        example.check(name, [curve.rate(epoch - 1, 0, 1) for epoch in example.inputs["epoch"]])


@pytest.mark.example("EX-69", "optimizer")
def test_adam_on_a_parabola_in_both_forms(example: Example) -> None:
    given = example.parameters
    settings = {"lr": given["alpha"], "beta1": given["beta1"], "beta2": given["beta2"], "eps": given["eps_keras"]}
    parabola, start = quadratic([[2.0]], centre=[5.0]), [example.inputs["w0"]]
    path = descend(parabola, chosen("adam", **settings), start, 5)
    example.check("w", path.points[:, 0])
    example.check("first_gradient", path.gradients[0, 0])
    example.check("first_step", path.points[1, 0] - path.points[0, 0])
    hat = descend(parabola, chosen("adam", eps_place="hat", **settings), start, 5)
    example.check("w_epsilon_hat", hat.points[:, 0])


@pytest.mark.example("EX-72", "optimizer")
def test_convergence_where_the_weight_hardly_moves(example: Example) -> None:
    given = example.inputs
    path = descend(quadratic([[2.0]], [2.0], 1.0), chosen("sgd", lr=given["eta"]), [given["start"]], 100)
    steps = path.settled(given["tol"])
    example.check("steps", steps)
    example.check("w", path.points[steps, 0])
