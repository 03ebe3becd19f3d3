"""Writes normalisation.json: batch norm, layer norm and dropout against PyTorch in float64.

Run it with a Python that has PyTorch and NumPy: `python tests/golden/make_normalisation.py`. Each case is a
document of dlviz, what PyTorch says of its first batch (training and in use), and where 20 steps lead.
Masks are drawn by the rule that documents promise, written here a second time.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional
from torch_network import Tensors, as_tensors, loss_value

SEED, ROWS, STEPS = 11, 6, 20
TARGET = Path(__file__).with_name("normalisation.json")
Layer = dict[str, Any]


def sums(key: str, units: int, activation: str = "linear", **settings: Any) -> Layer:
    return {"id": key, "kind": "dense", "units": units, "activation": activation, **settings}


def norm(kind: str, **settings: Any) -> Layer:
    return {"id": "n", "kind": kind, **settings}


FLAT = {"id": "f", "kind": "flatten"}
UNBIASED = {"running_variance": "unbiased"}
TAKEN = {"momentum": 0.3, "momentum_is": "taken", "eps": 1e-3, "affine": False, **UNBIASED}
IMAGES = [2, 3, 2]
# Sums without a bias before batch norm, which takes it away again: Adam would follow the rounding of its gradient 0.
CASES: tuple[tuple[list[int], list[Layer]], ...] = (
    ([3], [sums("h", 4, bias=False), norm("batch_norm", activation="tanh", **UNBIASED)]),
    ([3], [sums("h", 4, "tanh"), norm("batch_norm", momentum=0.8, eps=0.01, **UNBIASED)]),
    ([3], [sums("h", 4, bias=False), norm("batch_norm", activation="sigmoid", **TAKEN)]),
    (IMAGES, [norm("batch_norm", activation="tanh", **UNBIASED), FLAT]),
    ([3], [sums("h", 4), norm("layer_norm", activation="tanh")]),
    ([3], [sums("h", 4, "tanh"), norm("layer_norm", affine=False, eps=0.01)]),
    (IMAGES, [norm("layer_norm", activation="tanh"), FLAT]),
    ([3], [{"id": "d", "kind": "dropout", "rate": 0.2}, sums("h", 4, "tanh"), {"id": "e", "kind": "dropout"}]),
    ([3], [sums("h", 4, "tanh"), {"id": "d", "kind": "dropout", "rate": 0.3, "form": "classic"}]),
    (
        [3],
        [
            sums("h", 4, bias=False),
            norm("batch_norm", **UNBIASED),
            {"id": "a", "kind": "activation", "activation": "tanh"},
            {"id": "d", "kind": "dropout", "rate": 0.25},
        ],
    ),
)


def start_of(shape: list[int], layers: list[Layer]) -> dict[str, Any]:
    """Return random starting values by name, running statistics included."""
    dice, width, values = np.random.default_rng(SEED), shape, {}
    for layer in layers:
        key = layer["id"]
        if layer["kind"] == "dense":
            values[f"{key}.W"] = dice.normal(0, 0.7, (layer["units"], width[0]))
            if layer.get("bias", True):
                values[f"{key}.b"] = dice.normal(0, 0.7, layer["units"])
            width = [layer["units"]]
        elif layer["kind"] == "flatten":
            width = [int(np.prod(width))]
        elif layer["kind"].endswith("norm"):
            of_batch = layer["kind"] == "batch_norm"
            size = width[:1] if of_batch else width
            if layer.get("affine", True):
                values |= {f"{key}.gamma": dice.normal(1, 0.3, size), f"{key}.beta": dice.normal(0, 0.3, size)}
            if of_batch:
                values[f"{key}.running_mean"] = dice.normal(0, 0.3, size)
                values[f"{key}.running_var"] = dice.uniform(0.5, 2, size)
    return {name: value.round(3).tolist() for name, value in values.items()}


def document_of(shape: list[int], layers: list[Layer]) -> dict[str, Any]:
    dice, whole = np.random.default_rng(SEED + 1), [*layers, sums("o", 2)]
    inputs, targets = dice.normal(size=(ROWS, int(np.prod(shape)))), dice.normal(size=(ROWS, 2))
    return {
        "format": "dlviz", "version": 1, "title": "Normalisation", "seed": SEED, "dtype": "float64",
        "data": {"kind": "table", "inputs": inputs.round(3).tolist(), "targets": targets.round(3).tolist()},
        "network": {"inputs": [{"id": "x", "shape": shape}], "layers": whole},
        "parameters": start_of(shape, whole),
        "training": {
            "loss": {"kind": "squared_error", "factor": 0.5}, "optimizer": {"kind": "adam", "lr": 0.02},
            "batch_size": ROWS, "shuffle": False,
        },
    }  # fmt: skip


def mask_of(key: str, step: int, units: int, rate: float) -> torch.Tensor:
    """Draw who stays: Philox words keyed by the SHA-256 of seed and purpose, the batch as second counter."""
    digest = hashlib.sha256(f"{SEED}:{key}.mask".encode()).digest()
    counter = np.array([0, step, 0, 0], dtype=np.uint64)
    words = np.random.Philox(key=np.frombuffer(digest[:16], dtype="<u8"), counter=counter).random_raw(ROWS * units)
    numbers = (words >> np.uint64(11)) * 2.0**-53
    return torch.tensor(numbers.reshape(ROWS, units) >= rate, dtype=torch.float64)


def batch_norm(layer: Layer, values: Tensors, read: torch.Tensor, training: bool) -> torch.Tensor:
    momentum = layer.get("momentum", 0.9)
    taken = momentum if layer.get("momentum_is") == "taken" else 1 - momentum
    named = [values.get(f"{layer['id']}.{name}") for name in ("running_mean", "running_var", "gamma", "beta")]
    return functional.batch_norm(read, *named, training, taken, layer.get("eps", 1e-5))


def layer_norm(layer: Layer, values: Tensors, read: torch.Tensor) -> torch.Tensor:
    gamma, beta = values.get(f"{layer['id']}.gamma"), values.get(f"{layer['id']}.beta")
    return functional.layer_norm(read, read.shape[1:], gamma, beta, layer.get("eps", 1e-5))


def dropout(layer: Layer, read: torch.Tensor, step: int | None) -> torch.Tensor:
    rate, is_classic = layer.get("rate", 0.5), layer.get("form") == "classic"
    if step is None:
        return read * (1 - rate) if is_classic else read
    kept = mask_of(layer["id"], step, read.shape[1], rate) * read
    return kept if is_classic else kept / (1 - rate)


ACTIVATIONS: Mapping[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "linear": lambda z: z,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


def outputs_of(document: dict[str, Any], values: Tensors, step: int | None) -> torch.Tensor:
    """Return the outputs of all rows; step: the batch that is trained, None in use."""
    (node,), each = document["network"]["inputs"], torch.tensor(document["data"]["inputs"])
    each = each.reshape(ROWS, *node["shape"])
    for layer in document["network"]["layers"]:
        if layer["kind"] == "dense":
            each = functional.linear(each, values[f"{layer['id']}.W"], values.get(f"{layer['id']}.b"))
        elif layer["kind"] == "flatten":
            each = each.flatten(1)
        elif layer["kind"] == "batch_norm":
            each = batch_norm(layer, values, each, step is not None)
        elif layer["kind"] == "layer_norm":
            each = layer_norm(layer, values, each)
        elif layer["kind"] == "dropout":
            each = dropout(layer, each, step)
        each = ACTIVATIONS[layer.get("activation", "linear")](each)
    return each


def plain(values: Tensors) -> dict[str, Any]:
    return {name: value.detach().clone().tolist() for name, value in values.items()}


def case_of(document: dict[str, Any]) -> dict[str, Any]:
    values = as_tensors(document["parameters"])
    learnt = {name: value.requires_grad_() for name, value in values.items() if ".running" not in name}
    optimizer, targets = torch.optim.Adam(learnt.values(), 0.02), torch.tensor(document["data"]["targets"])
    found: dict[str, Any] = {"document": document, "in_use": outputs_of(document, values, None).tolist(), "losses": []}
    for step in range(STEPS):
        optimizer.zero_grad()
        outputs = outputs_of(document, values, step)
        loss = loss_value(document["training"]["loss"], outputs, targets)
        loss.backward()
        if step == 0:
            gradients = {name: value.grad for name, value in learnt.items() if value.grad is not None}
            running = {name: value for name, value in values.items() if ".running" in name}
            found |= {"outputs": outputs.tolist(), "gradients": plain(gradients), "running": plain(running)}
        optimizer.step()
        found["losses"].append(loss.item())
    return found | {"parameters_after": plain(values), "in_use_after": outputs_of(document, values, None).tolist()}


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    cases = [case_of(document_of(*case)) for case in CASES]
    TARGET.write_text(json.dumps({"cases": cases}, separators=(",", ":")) + "\n")
