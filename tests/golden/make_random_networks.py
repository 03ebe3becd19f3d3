"""Writes random_networks.json.gz: 200 random acyclic networks with PyTorch's float64 loss, outputs and gradients.

Run it with a Python that has PyTorch: `python tests/golden/make_random_networks.py`. Each case is a document
of dlviz (inline data and parameters) and what PyTorch's automatic differentiation says about it.
"""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import torch
from torch_network import as_tensors, loss_value, run, settings_of

CASES = 200
SEED = 20261120
TARGET = Path(__file__).with_name("random_networks.json.gz")
HIDDEN = (
    "linear",
    "tanh",
    "relu",
    "sigmoid",
    "softmax",
    "leaky_relu",
    {"kind": "sigmoid", "slope": 2.0},
    {"kind": "sigmoid", "slope": 0.5},
    {"kind": "leaky_relu", "slope": 0.2},
)
OUTPUTS = {
    "squared_error": ("linear", "sigmoid", "tanh", "relu", "softmax", "leaky_relu", {"kind": "sigmoid", "slope": 1.5}),
    "binary_cross_entropy": ("sigmoid", "sigmoid", {"kind": "sigmoid", "slope": 2.0}, "softmax"),
    "categorical_cross_entropy": ("softmax", "softmax", "softmax", "sigmoid"),
    "sparse_categorical_cross_entropy": ("softmax", "softmax", "softmax", "sigmoid"),
    "hinge": ("linear", "tanh", "linear", "leaky_relu"),
}
KINK_MARGIN = 1e-3  # pre-activations and hinge terms this close to a kink would test rounding, not gradients
SATURATED = 1e-3  # probabilities this close to 0 or 1 would test cancellation


class Builder:
    """Grows one random layer list; every node ends up feeding the output."""

    def __init__(self, dice: random.Random, n_inputs: int) -> None:
        self.dice = dice
        self.layers: list[dict[str, Any]] = []
        self.units = {"x": n_inputs}
        self.unread: set[str] = {"x"}

    def read(self, names: list[str]) -> dict[str, Any]:
        """Name what a layer reads; half of the layers that read the one before leave it out."""
        self.unread -= set(names)
        before = self.layers[-1]["id"] if self.layers else "x"
        return {} if names == [before] and self.dice.random() < 0.5 else {"inputs": names}

    def merge(self, names: list[str], kind: str) -> str:
        """Append an add or concatenate layer over the named nodes."""
        key = f"{kind[0]}{len(self.layers)}"
        sizes = [self.units[name] for name in names]
        self.units[key] = sizes[0] if kind == "add" else sum(sizes)
        self.layers.append({"id": key, "kind": kind, "inputs": names})
        self.unread = (self.unread - set(names)) | {key}
        return key

    def maybe_merge(self) -> str:
        """Return a node to read: mostly the newest, sometimes an older one, sometimes a fresh merge."""
        chance, names = self.dice.random(), list(self.units)
        if chance < 0.25 and len(names) > 1:
            return self.merge(self.dice.sample(names, min(len(names), self.dice.choice((2, 2, 3)))), "concatenate")
        first = self.dice.choice(names)
        alike = [name for name in names if self.units[name] == self.units[first]]
        if chance < 0.55 and len(alike) > 1:
            return self.merge(self.dice.sample(alike, 2), "add")
        return names[-1] if chance < 0.85 else first

    def dense(self, key: str, units: int, activation: Any, source: str) -> None:
        """Append a dense layer; one in five has no bias."""
        bias = {} if self.dice.random() < 0.8 else {"bias": False}
        self.layers.append(
            {"id": key, "kind": "dense", "units": units, "activation": activation, **self.read([source]), **bias}
        )
        self.units[key] = units
        self.unread.add(key)

    def hidden(self, number: int) -> None:
        """Append a hidden layer, of a size that `add` can often use."""
        activation = self.dice.choice(HIDDEN)
        self.dense(f"h{number}", self.dice.choice((2, 3, 3, 4)), activation, self.maybe_merge())

    def close(self, units: int, activation: Any) -> None:
        """Append the output, reading every node that nobody reads yet."""
        rest = [name for name in self.units if name in self.unread]
        self.dense("o", units, activation, rest[0] if len(rest) == 1 else self.merge(rest, "concatenate"))


def random_loss(dice: random.Random, kind: str) -> dict[str, Any]:
    loss: dict[str, Any] = {"kind": kind}
    if dice.random() < 0.5:
        loss["factor"] = dice.choice((0.5, 2.0, 0.25))
    if dice.random() < 0.4:
        loss["outputs"] = dice.choice(("sum", "mean"))
    if dice.random() < 0.5:
        loss["reduction"] = dice.choice(("sum", "mean"))
    return loss


def random_targets(dice: random.Random, kind: str, rows: int, units: int) -> list[list[float | int]]:
    if kind == "sparse_categorical_cross_entropy":
        return [[dice.randrange(units)] for _ in range(rows)]
    if kind == "categorical_cross_entropy":
        hot = [dice.randrange(units) for _ in range(rows)]
        return [[int(unit == chosen) for unit in range(units)] for chosen in hot]
    draw = {
        "binary_cross_entropy": lambda: dice.choice((0, 1)),
        "hinge": lambda: dice.choice((-1, 1)),
        "squared_error": lambda: round(dice.uniform(-1, 1), 2),
    }[kind]
    return [[draw() for _ in range(units)] for _ in range(rows)]


def random_parameters(dice: random.Random, builder: Builder) -> dict[str, Any]:
    """Draw weights of three decimals; they are exact in the file and short."""
    parameters: dict[str, Any] = {}
    previous = "x"
    for layer in builder.layers:
        if layer["kind"] == "dense":
            fan_in, units = builder.units[layer.get("inputs", [previous])[0]], layer["units"]
            spread = 2.0 / fan_in**0.5
            parameters[f"{layer['id']}.W"] = [
                [round(dice.uniform(-spread, spread), 3) for _ in range(fan_in)] for _ in range(units)
            ]
            if layer.get("bias", True):
                parameters[f"{layer['id']}.b"] = [round(dice.uniform(-0.5, 0.5), 3) for _ in range(units)]
        previous = layer["id"]
    return parameters


def random_document(dice: random.Random, number: int) -> dict[str, Any]:
    kind = tuple(OUTPUTS)[number % len(OUTPUTS)]
    rows, n_inputs, depth = dice.randint(1, 5), dice.randint(1, 4), number // len(OUTPUTS) % 6
    activation = dice.choice(OUTPUTS[kind])
    units = dice.randint(2 if activation == "softmax" or "categorical" in kind else 1, 4)
    builder = Builder(dice, n_inputs)
    for layer in range(depth):
        builder.hidden(layer + 1)
    builder.close(units, activation)
    return {
        "format": "dlviz",
        "version": 1,
        "title": f"Random network {number}",
        "dtype": "float64",
        "data": {
            "kind": "table",
            "inputs": [[round(dice.uniform(-2, 2), 2) for _ in range(n_inputs)] for _ in range(rows)],
            "targets": random_targets(dice, kind, rows, units),
        },
        "network": {"layers": builder.layers},
        "parameters": random_parameters(dice, builder),
        "training": {
            "loss": random_loss(dice, kind),
            "optimizer": {"kind": "sgd", "lr": 0.1},
            "batch_size": rows,
            "shuffle": False,
        },
    }


def is_well_posed(document: dict[str, Any], sums: dict[str, torch.Tensor], a: torch.Tensor, y: torch.Tensor) -> bool:
    """Say whether the gradient is well defined and well conditioned at this point."""
    for layer in document["network"]["layers"]:
        is_kinked = "relu" in settings_of(layer.get("activation", "linear"))[0]
        if is_kinked and sums[layer["id"]].abs().min() < KINK_MARGIN:
            return False
    kind = document["training"]["loss"]["kind"]
    if kind == "hinge":
        return bool((1 - y * a).abs().min() > KINK_MARGIN)
    return "entropy" not in kind or bool((a.min() > SATURATED) and (a.max() < 1 - SATURATED))


def solve(document: dict[str, Any]) -> dict[str, Any] | None:
    """Return the case with PyTorch's numbers, or None where it is not worth keeping."""
    inputs, targets = (torch.tensor(document["data"][name], dtype=torch.float64) for name in ("inputs", "targets"))
    parameters = as_tensors(document["parameters"], needs_gradient=True)
    nodes, sums = run(document["network"]["layers"], parameters, inputs)
    if not is_well_posed(document, sums, nodes["o"].detach(), targets):
        return None
    loss = loss_value(document["training"]["loss"], nodes["o"], targets)
    loss.backward()
    gradients = {name: tensor.grad for name, tensor in parameters.items()}
    if any(gradient is None or 0 < gradient.abs().max() < 1e-7 for gradient in gradients.values()):
        return None
    if not gradients["o.W"].any():
        return None
    return {
        "document": document,
        "loss": loss.item(),
        "outputs": nodes["o"].tolist(),
        "gradients": {name: gradient.tolist() for name, gradient in gradients.items()},
    }


def make_cases() -> list[dict[str, Any]]:
    dice, cases = random.Random(SEED), []
    while len(cases) < CASES:
        case = solve(random_document(dice, len(cases)))
        cases += [] if case is None else [case]
    return cases


if __name__ == "__main__":
    torch.set_num_threads(1)
    text = json.dumps(
        {"torch": torch.__version__.split("+")[0], "seed": SEED, "cases": make_cases()}, separators=(",", ":")
    )
    TARGET.write_bytes(gzip.compress(text.encode(), mtime=0))
