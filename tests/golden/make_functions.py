"""Writes functions.json: PyTorch's float64 value and gradient of every activation, loss and penalty.

Run it with a Python that has PyTorch: `python tests/golden/make_functions.py`. Examples are rows.
"""

import json
import random
from pathlib import Path
from typing import Any

import torch
from torch_network import ACTIVATIONS, TERMS, loss_value, settings_of

SEED = 20261128
ROWS, UNITS = 4, 3
KINK_MARGIN = 1e-3  # sums this close to a kink would test a convention, not a formula
TARGET = Path(__file__).with_name("functions.json")
KINKS = (-2.0, -0.5, 0.0, 0.25, 0.5, 2.0)
CHOICES: tuple[str | dict[str, Any], ...] = (
    *ACTIVATIONS,
    {"kind": "step", "threshold": 0.25, "values": "plus_minus_one"},
    {"kind": "sigmoid", "slope": 2.5},
    {"kind": "tanh", "slope": 0.4},
    {"kind": "leaky_relu", "slope": 0.2},
    {"kind": "piecewise_linear", "slope": 0.25},
    {"kind": "elu", "alpha": 0.3},
    {"kind": "softmax", "temperature": 2.5},
)
#: Formulas as they are typed, and what PyTorch computes for them.
TYPED = {
    "z**2": lambda z: z**2,
    "z·exp(−z²)": lambda z: z * torch.exp(-(z**2)),
    "where(z > 0.5, ln(z), erf(z)) + max(0, z)/3": lambda z: (
        torch.where(z > 0.5, torch.log(z.clamp_min(0.5)), torch.erf(z)) + torch.relu(z) / 3
    ),
    "u = sigmoid(2*z); u^3 - tanh(u)*z": lambda z: torch.sigmoid(2 * z) ** 3 - torch.tanh(torch.sigmoid(2 * z)) * z,
}

LOSSES: tuple[dict[str, Any], ...] = (
    *({"kind": kind} for kind in TERMS),
    {"kind": "squared_error", "factor": 0.5, "outputs": "mean", "reduction": "sum"},
    {"kind": "huber", "delta": 0.4, "factor": 2.0},
    {"kind": "hinge", "outputs": "mean", "reduction": "sum"},
)


def matrix(dice: random.Random, low: float, high: float) -> torch.Tensor:
    rows = [[round(dice.uniform(low, high), 4) for _ in range(UNITS)] for _ in range(ROWS)]
    return torch.tensor(rows, dtype=torch.float64)


def sums(dice: random.Random) -> torch.Tensor:
    """Draw pre-activations that keep away from every kink."""
    while True:
        z = matrix(dice, -4, 4)
        if min(float((z - kink).abs().min()) for kink in KINKS) > KINK_MARGIN:
            return z


def activation(choice: str | dict[str, Any], dice: random.Random) -> dict[str, Any]:
    kind, settings = settings_of(choice)
    z, da = sums(dice).requires_grad_(), matrix(dice, -1, 1)
    a = TYPED[settings["text"]](z) if kind == "formula" else ACTIVATIONS[kind](z, **settings)
    (dz,) = torch.autograd.grad(a, z, da) if a.requires_grad else (torch.zeros_like(z),)
    return {"choice": choice, "z": z.tolist(), "da": da.tolist(), "a": a.tolist(), "dz": dz.tolist()}


def targets(kind: str, dice: random.Random) -> torch.Tensor:
    if kind in ("squared_error", "huber"):
        return matrix(dice, -2, 2)
    if kind in ("hinge", "perceptron"):
        return matrix(dice, -1, 1).sign()
    if kind == "binary_cross_entropy":
        return (matrix(dice, -1, 1) > 0).double()
    labels = torch.tensor([[dice.randrange(UNITS)] for _ in range(ROWS)])
    return labels if kind.startswith("sparse") else torch.eye(UNITS, dtype=torch.float64)[labels[:, 0]]


def loss(choice: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    y = targets(choice["kind"], dice)
    a = matrix(dice, 0.02, 0.98) if "entropy" in choice["kind"] else matrix(dice, -2, 2)
    value = loss_value(choice, a.requires_grad_(), y)
    (da,) = torch.autograd.grad(value, a)
    return {"choice": choice, "a": a.tolist(), "y": y.tolist(), "loss": value.item(), "da": da.tolist()}


REGULARIZERS: tuple[dict[str, Any], ...] = (
    *({"kind": "l2", "strength": 0.3, "scale": scale} for scale in ("sum", "half", "mean")),
    *({"kind": "l1", "strength": 0.3, "scale": scale} for scale in ("sum", "mean")),
    *({"kind": "elastic_net", "l1": 0.2, "l2": 0.4, "scale": scale} for scale in ("sum", "mean")),
)


def penalty(choice: dict[str, Any], w: torch.Tensor, n: int) -> torch.Tensor:
    square = choice["strength"] if choice["kind"] == "l2" else choice.get("l2", 0.0)
    absolute = choice["strength"] if choice["kind"] == "l1" else choice.get("l1", 0.0)
    of_square = {"sum": 1.0, "half": 0.5, "mean": 1 / (2 * n)}[choice["scale"]]
    of_absolute = 1 / n if choice["scale"] == "mean" else 1.0
    return square * of_square * (w**2).sum() + absolute * of_absolute * w.abs().sum()


def regularizer(choice: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    w = matrix(dice, -2, 2).requires_grad_()
    value = penalty(choice, w, ROWS)
    (gradient,) = torch.autograd.grad(value, w)
    return {"choice": choice, "n": ROWS, "w": w.tolist(), "penalty": value.item(), "dw": gradient.tolist()}


def limit(norm: float, dice: random.Random) -> dict[str, Any]:
    w = matrix(dice, -2, 2)
    return {"limit": norm, "w": w.tolist(), "cut": torch.renorm(w, p=2, dim=0, maxnorm=norm).tolist()}


def main() -> None:
    """Write the file; equal bytes on every run."""
    dice = random.Random(SEED)
    cases = {
        "activations": [activation(choice, dice) for choice in CHOICES],
        "losses": [loss(choice, dice) for choice in LOSSES],
    }
    cases["activations"] += [activation({"kind": "formula", "text": text}, dice) for text in TYPED]
    cases["regularizers"] = [regularizer(choice, dice) for choice in REGULARIZERS]
    cases["limits"] = [limit(norm, dice) for norm in (0.5, 1.5)]
    TARGET.write_text(json.dumps({"torch": torch.__version__, **cases}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
