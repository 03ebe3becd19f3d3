"""Writes optimizer_paths.json: parameters after 1, 2, 3, 10 and 20 steps of PyTorch's optimizers in float64.

Run it with a Python that has PyTorch: `python tests/golden/make_optimizer_paths.py`.
"""

import json
import random
from pathlib import Path
from typing import Any

import torch
from torch_network import as_tensors, loss_value, run

SEED = 7
KEPT = (1, 2, 3, 10, 20)
ONE_STEP = {"max_iter": 1, "tolerance_grad": 0.0, "tolerance_change": 0.0}  # L-BFGS would take 20 in one call
TARGET = Path(__file__).with_name("optimizer_paths.json")
OPTIMIZERS: tuple[tuple[dict[str, Any], type[torch.optim.Optimizer], dict[str, Any]], ...] = (
    ({"kind": "sgd", "lr": 0.1}, torch.optim.SGD, {"lr": 0.1}),
    (
        {"kind": "momentum", "lr": 0.05, "momentum": 0.9, "form": "classical", "rate": "outside"},
        torch.optim.SGD,
        {"lr": 0.05, "momentum": 0.9},
    ),
    (
        {"kind": "nesterov", "lr": 0.05, "momentum": 0.9, "form": "library"},
        torch.optim.SGD,
        {"lr": 0.05, "momentum": 0.9, "nesterov": True},
    ),
    ({"kind": "adam", "lr": 0.02}, torch.optim.Adam, {"lr": 0.02}),
    (
        {"kind": "adam", "lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-3},
        torch.optim.Adam,
        {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-3},
    ),
    ({"kind": "sgd", "lr": 0.1, "weight_decay": 0.05}, torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.05}),
    ({"kind": "adagrad", "lr": 0.1}, torch.optim.Adagrad, {"lr": 0.1}),
    ({"kind": "adagrad", "initial": 0.1}, torch.optim.Adagrad, {"lr": 0.01, "initial_accumulator_value": 0.1}),
    ({"kind": "rmsprop", "lr": 0.02, "rho": 0.9}, torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9}),
    ({"kind": "adadelta", "lr": 1.0}, torch.optim.Adadelta, {"lr": 1.0}),
    (
        {"kind": "adadelta", "lr": 0.5, "rho": 0.8, "eps": 1e-3},
        torch.optim.Adadelta,
        {"lr": 0.5, "rho": 0.8, "eps": 1e-3},
    ),
    ({"kind": "adamw", "lr": 0.02}, torch.optim.AdamW, {"lr": 0.02}),
    ({"kind": "adamw", "lr": 0.02, "weight_decay": 0.3}, torch.optim.AdamW, {"lr": 0.02, "weight_decay": 0.3}),
    (
        {"kind": "amsgrad", "lr": 0.02, "beta2": 0.9},
        torch.optim.Adam,
        {"lr": 0.02, "betas": (0.9, 0.9), "amsgrad": True},
    ),
    ({"kind": "nadam", "lr": 0.02}, torch.optim.NAdam, {"lr": 0.02}),
    (
        {"kind": "nadam", "lr": 0.02, "beta1": 0.8, "momentum_decay": 0.1},
        torch.optim.NAdam,
        {"lr": 0.02, "betas": (0.8, 0.999), "momentum_decay": 0.1},
    ),
    ({"kind": "rprop", "lr": 0.05}, torch.optim.Rprop, {"lr": 0.05}),
    (
        {"kind": "rprop", "lr": 0.05, "grow": 1.4, "shrink": 0.3, "min_size": 0.01, "max_size": 1.0},
        torch.optim.Rprop,
        {"lr": 0.05, "etas": (0.3, 1.4), "step_sizes": (0.01, 1.0)},
    ),
    ({"kind": "lbfgs", "lr": 0.3}, torch.optim.LBFGS, {"lr": 0.3, "history_size": 10, **ONE_STEP}),
    ({"kind": "lbfgs", "lr": 0.5, "history": 3}, torch.optim.LBFGS, {"lr": 0.5, "history_size": 3, **ONE_STEP}),
)


def make_document(optimizer: dict[str, Any]) -> dict[str, Any]:
    """A 2-3-1 network with six fixed rows, the whole table as one batch."""
    dice = random.Random(SEED)

    def matrix(rows: int, columns: int) -> list[list[float]]:
        return [[round(dice.uniform(-1, 1), 3) for _ in range(columns)] for _ in range(rows)]

    return {
        "format": "dlviz",
        "version": 1,
        "title": "Optimizer path",
        "dtype": "float64",
        "data": {"kind": "table", "inputs": matrix(6, 2), "targets": matrix(6, 1)},
        "network": {
            "layers": [
                {"id": "h", "kind": "dense", "units": 3, "activation": "tanh"},
                {"id": "o", "kind": "dense", "units": 1, "activation": "linear"},
            ]
        },
        "parameters": {"h.W": matrix(3, 2), "h.b": matrix(1, 3)[0], "o.W": matrix(1, 3), "o.b": matrix(1, 1)[0]},
        "training": {
            "loss": {"kind": "squared_error", "factor": 0.5},
            "optimizer": optimizer,
            "batch_size": 6,
            "shuffle": False,
        },
    }


def follow(document: dict[str, Any], kind: type[torch.optim.Optimizer], settings: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters after each kept step, by step number."""
    parameters = as_tensors(document["parameters"], needs_gradient=True)
    inputs, targets = (torch.tensor(document["data"][name], dtype=torch.float64) for name in ("inputs", "targets"))
    optimizer = kind(list(parameters.values()), **settings)
    kept = {}

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        nodes, _ = run(document["network"]["layers"], parameters, inputs)
        loss = loss_value(document["training"]["loss"], nodes["o"], targets)
        loss.backward()
        return loss

    for step in range(1, max(KEPT) + 1):
        optimizer.step(closure)
        if step in KEPT:
            kept[str(step)] = {name: tensor.detach().clone().tolist() for name, tensor in parameters.items()}
    return kept


def make_cases() -> list[dict[str, Any]]:
    cases = []
    for optimizer, kind, settings in OPTIMIZERS:
        document = make_document(optimizer)
        cases.append({"document": document, "parameters_after": follow(document, kind, settings)})
    return cases


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)  # NAdam keeps its product of momenta in the default type
    TARGET.write_text(json.dumps({"cases": make_cases()}, separators=(",", ":")))
