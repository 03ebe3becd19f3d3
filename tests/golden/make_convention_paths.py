"""Writes convention_paths.json: five updates of PyTorch in float64 with nothing chosen but the method.

Losses, optimizers and layers have their library defaults (momentum alone must be named). Run it with a
Python that has PyTorch: `python tests/golden/make_convention_paths.py`.
"""

import json
from pathlib import Path
from typing import Any

import torch
from torch import optim

SEED, UPDATES, ROWS = 3, 5, 6
TARGET = Path(__file__).with_name("convention_paths.json")
OPTIMIZERS: dict[str, tuple[type[optim.Optimizer], dict[str, Any]]] = {
    "sgd": (optim.SGD, {}),
    "momentum": (optim.SGD, {"momentum": 0.9}),
    "nesterov": (optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adam": (optim.Adam, {}),
    "adamw": (optim.AdamW, {}),
    "amsgrad": (optim.Adam, {"amsgrad": True}),
    "nadam": (optim.NAdam, {}),
    "rmsprop": (optim.RMSprop, {}),
    "adagrad": (optim.Adagrad, {}),
    "adadelta": (optim.Adadelta, {}),
    "rprop": (optim.Rprop, {}),
}
LOSSES = {
    "squared_error": (torch.nn.Identity(), torch.nn.MSELoss()),
    "huber": (torch.nn.Identity(), torch.nn.HuberLoss()),
    "binary_cross_entropy": (torch.nn.Sigmoid(), torch.nn.BCELoss()),
    "categorical_cross_entropy": (torch.nn.Softmax(dim=1), None),
}
CASES = [("squared_error", key, False) for key in OPTIMIZERS]
CASES += [(loss, "sgd", False) for loss in LOSSES] + [("squared_error", "momentum", True)]


def cross_entropy(probs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """CrossEntropyLoss of the logits, which PyTorch wants without a softmax before it."""
    return torch.nn.CrossEntropyLoss()(torch.log(probs), targets)


def rows(loss: str) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(SEED)
    inputs = torch.randn(ROWS, 3, generator=generator, dtype=torch.float64)
    targets = torch.randn(ROWS, 2, generator=generator, dtype=torch.float64)
    if loss == "binary_cross_entropy":
        targets = (targets > 0).double()
    if loss == "categorical_cross_entropy":
        targets = torch.nn.functional.one_hot((targets[:, 0] > 0).long(), 2).double()
    return inputs, targets


def network(loss: str, has_norm: bool) -> torch.nn.Sequential:
    norm = [torch.nn.BatchNorm1d(4)] if has_norm else []
    head, _ = LOSSES[loss]
    torch.manual_seed(SEED)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), *norm, torch.nn.Tanh(), torch.nn.Linear(4, 2), head).double()


def named(net: torch.nn.Sequential) -> dict[str, list[Any]]:
    """Return the parameters and running statistics by the names of a document."""
    first, last = [layer for layer in net if isinstance(layer, torch.nn.Linear)]
    found = {"h.W": first.weight, "h.b": first.bias, "o.W": last.weight, "o.b": last.bias}
    for layer in net:
        if isinstance(layer, torch.nn.BatchNorm1d):
            found |= {"n.gamma": layer.weight, "n.beta": layer.bias}
            found |= {"n.running_mean": layer.running_mean, "n.running_var": layer.running_var}
    return {name: value.detach().tolist() for name, value in found.items()}


def case(loss: str, key: str, has_norm: bool) -> dict[str, Any]:
    net, (inputs, targets) = network(loss, has_norm), rows(loss)
    kind, settings = OPTIMIZERS[key]
    optimizer = kind(net.parameters(), **settings)
    measure = LOSSES[loss][1] or cross_entropy
    path = [named(net)]
    for _ in range(UPDATES):
        optimizer.zero_grad()
        measure(net(inputs), targets).backward()
        optimizer.step()
        path.append(named(net))
    return {
        "loss": loss, "optimizer": key, "has_norm": has_norm, "inputs": inputs.tolist(), "targets": targets.tolist(),
        "path": path,
    }  # fmt: skip


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)  # NAdam keeps the product of its momenta in the default type
    TARGET.write_text(json.dumps([case(*each) for each in CASES], separators=(",", ":")) + "\n", encoding="utf-8")
