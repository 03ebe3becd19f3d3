"""Writes schedule_paths.json: rates of 20 epochs and the parameters they lead to, from PyTorch in float64.

Run it with a Python that has PyTorch: `python tests/golden/make_schedule_paths.py`.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from make_optimizer_paths import make_document
from torch.optim import lr_scheduler
from torch_network import as_tensors, loss_value, run

EPOCHS = 20
LR = 0.1
TARGET = Path(__file__).with_name("schedule_paths.json")
Make = Callable[[torch.optim.Optimizer], lr_scheduler.LRScheduler]

# PyTorch counts the top of its cycle among 20 rates from 0 to 19: epoch 0.3 · 20 − 1.
CYCLE = {"kind": "one_cycle", "epochs": 19, "rise": 5 / 19, "div": 10.0, "final_div": 100.0}
SCHEDULES: tuple[tuple[dict[str, Any], Make], ...] = (
    ({"kind": "inverse_time", "decay": 0.5}, lambda o: lr_scheduler.LambdaLR(o, lambda t: 1 / (1 + 0.5 * t))),
    ({"kind": "exponential", "base": 0.9}, lambda o: lr_scheduler.ExponentialLR(o, 0.9)),
    ({"kind": "square_root", "k": 0.8}, lambda o: lr_scheduler.LambdaLR(o, lambda t: 0.8 / (t + 1) ** 0.5)),
    ({"kind": "staircase", "drop": 0.3, "every": 4}, lambda o: lr_scheduler.StepLR(o, 4, 0.3)),
    ({"kind": "cosine", "epochs": 20, "end": 0.05}, lambda o: lr_scheduler.CosineAnnealingLR(o, 20, 0.05 * LR)),
    ({"kind": "warm_up", "epochs": 7, "start": 0.25}, lambda o: lr_scheduler.LinearLR(o, 0.25, 1.0, 7)),
    (
        {"kind": "rate_sweep", "epochs": 12, "factor": 8.0, "per": "epoch"},
        lambda o: lr_scheduler.LambdaLR(o, lambda t: 8.0 ** min(t / 12, 1.0)),
    ),
    (
        CYCLE,
        lambda o: lr_scheduler.OneCycleLR(
            o, LR, total_steps=EPOCHS, cycle_momentum=False, div_factor=10.0, final_div_factor=100.0
        ),
    ),
)


def follow(document: dict[str, Any], make: Make) -> tuple[list[float], dict[str, Any]]:
    """Return the rates of all epochs and the parameters after the last."""
    parameters = as_tensors(document["parameters"], needs_gradient=True)
    inputs, targets = (torch.tensor(document["data"][name], dtype=torch.float64) for name in ("inputs", "targets"))
    optimizer = torch.optim.SGD(list(parameters.values()), lr=LR)
    schedule, rates = make(optimizer), []
    for _ in range(EPOCHS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.zero_grad()
        nodes, _ = run(document["network"]["layers"], parameters, inputs)
        loss_value(document["training"]["loss"], nodes["o"], targets).backward()
        optimizer.step()
        schedule.step()
    return rates, {name: tensor.detach().tolist() for name, tensor in parameters.items()}


def make_cases() -> list[dict[str, Any]]:
    cases = []
    for schedule, make in SCHEDULES:
        document = make_document({"kind": "sgd", "lr": LR})
        document["training"]["schedule"] = schedule
        rates, parameters = follow(document, make)
        cases.append({"document": document, "rates": rates, "parameters": parameters})
    return cases


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    TARGET.write_text(json.dumps({"cases": make_cases()}, separators=(",", ":")))
