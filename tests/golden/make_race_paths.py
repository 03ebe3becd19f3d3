"""Writes race_paths.json.gz: every one of the first 50 steps of PyTorch's optimizers in float64.

They walk on four surfaces and train a small network. Run it with a Python that has PyTorch:
`python tests/golden/make_race_paths.py`.

PyTorch's Adamax, RAdam, ASGD, Adafactor, SparseAdam and Muon are not among dlviz's optimizers, dlviz's delta-bar-delta
is not among PyTorch's. Some settings are PyTorch's alone: the momentum and the centring of RMSprop, the dampening of
SGD (its first step is not damped), the line search of L-BFGS, and weight decay inside the gradient, which in dlviz is
an L2 penalty of the layer.
"""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from make_optimizer_paths import make_document
from torch import optim
from torch_network import as_tensors, loss_value, run

STEPS = 50
TARGET = Path(__file__).with_name("race_paths.json.gz")
ONE_STEP = {"max_iter": 1, "tolerance_grad": 0.0, "tolerance_change": 0.0}  # L-BFGS would take 20 in one call
Made = dict[str, Any]

#: By name: the choice in dlviz, and the same in PyTorch. The names of settings differ as the pairs show.
OPTIMIZERS: dict[str, tuple[Made, type[optim.Optimizer], Made]] = {
    "sgd": ({"kind": "sgd"}, optim.SGD, {}),
    "sgd decayed": ({"kind": "sgd", "weight_decay": 0.05}, optim.SGD, {"weight_decay": 0.05}),
    "momentum": ({"kind": "momentum"}, optim.SGD, {"momentum": 0.9}),
    "momentum 0.5": ({"kind": "momentum", "momentum": 0.5}, optim.SGD, {"momentum": 0.5}),
    "nesterov": ({"kind": "nesterov"}, optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "nesterov 0.7": ({"kind": "nesterov", "momentum": 0.7}, optim.SGD, {"momentum": 0.7, "nesterov": True}),
    "adagrad": ({"kind": "adagrad"}, optim.Adagrad, {}),
    "adagrad from 0.1": ({"kind": "adagrad", "initial": 0.1}, optim.Adagrad, {"initial_accumulator_value": 0.1}),
    "rmsprop": ({"kind": "rmsprop"}, optim.RMSprop, {}),
    "rmsprop 0.9": ({"kind": "rmsprop", "rho": 0.9, "eps": 1e-4}, optim.RMSprop, {"alpha": 0.9, "eps": 1e-4}),
    "adadelta": ({"kind": "adadelta"}, optim.Adadelta, {}),
    "adadelta 0.8": ({"kind": "adadelta", "rho": 0.8, "eps": 1e-3}, optim.Adadelta, {"rho": 0.8, "eps": 1e-3}),
    "adam": ({"kind": "adam"}, optim.Adam, {}),
    "adam 0.8": (
        {"kind": "adam", "beta1": 0.8, "beta2": 0.95, "eps": 1e-3},
        optim.Adam,
        {"betas": (0.8, 0.95), "eps": 1e-3},
    ),
    "adamw": ({"kind": "adamw"}, optim.AdamW, {}),
    "adamw decayed": ({"kind": "adamw", "weight_decay": 0.3}, optim.AdamW, {"weight_decay": 0.3}),
    "amsgrad": ({"kind": "amsgrad"}, optim.Adam, {"amsgrad": True}),
    "amsgrad 0.9": ({"kind": "amsgrad", "beta2": 0.9}, optim.Adam, {"betas": (0.9, 0.9), "amsgrad": True}),
    "nadam": ({"kind": "nadam"}, optim.NAdam, {}),
    "nadam 0.8": (
        {"kind": "nadam", "beta1": 0.8, "momentum_decay": 0.1},
        optim.NAdam,
        {"betas": (0.8, 0.999), "momentum_decay": 0.1},
    ),
    "rprop": ({"kind": "rprop"}, optim.Rprop, {}),
    "rprop limited": (
        {"kind": "rprop", "grow": 1.4, "shrink": 0.3, "min_size": 0.01, "max_size": 1.0},
        optim.Rprop,
        {"etas": (0.3, 1.4), "step_sizes": (0.01, 1.0)},
    ),
    "lbfgs": ({"kind": "lbfgs"}, optim.LBFGS, {"history_size": 10, **ONE_STEP}),
    "lbfgs of 5": ({"kind": "lbfgs", "history": 5}, optim.LBFGS, {"history_size": 5, **ONE_STEP}),
}
BY_SLOPE = ("sgd", "momentum", "nesterov")
#: The others take 0.05. In L-BFGS the last digit of a start grows, in PyTorch alone, to 1e-9 at many rates, not at 0.1.
RATES = {"adadelta": 1.0, "lbfgs": 0.1}


def bowl(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (x**2 + 20 * y**2) / 2


def rosenbrock(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def beale(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def own(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return torch.sin(3 * x) * torch.cos(y) + 0.1 * (x**2 + y**2)


#: As `dlviz race` takes it: the function, where they begin, and the rate of those whose steps grow with the slope.
SURFACES: dict[str, tuple[Callable[..., torch.Tensor], tuple[float, float], float]] = {
    "bowl": (bowl, (4.0, 1.0), 0.02),
    "rosenbrock": (rosenbrock, (-1.2, 1.0), 0.0004),
    "beale": (beale, (-0.5, -1.5), 0.005),
    "sin(3*x)*cos(y)+0.1*(x**2+y**2)": (own, (1.3, 2.0), 0.03),
}


def rate_of(kind: str, by_slope: float) -> float:
    return by_slope if kind in BY_SLOPE else RATES.get(kind, 0.05)


def walk(optimizer: optim.Optimizer, value: Callable[[], torch.Tensor], place: Callable[[], Any]) -> list[Any]:
    """Return where it stands at the start and after every step."""

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = value()
        loss.backward()
        return loss

    places = [place()]
    for _ in range(STEPS):
        optimizer.step(closure)
        places.append(place())
    return places


def on_surface(name: str) -> Made:
    function, start, by_slope = SURFACES[name]
    runs = {}
    for title, (choice, kind, settings) in OPTIMIZERS.items():
        rate = rate_of(choice["kind"], by_slope)
        point = torch.tensor(start, requires_grad=True)
        made = kind([point], lr=rate, **settings)
        path = walk(made, lambda at=point: function(*at), lambda at=point: at.detach().tolist())
        runs[title] = {"optimizer": {**choice, "lr": rate}, "path": path}
    return {"surface": name, "start": start, "runs": runs}


def on_network() -> Made:
    """The network of optimizer_paths.json; a place is all its parameters in the order of their names."""
    document, runs = make_document({}), {}
    del document["training"]["optimizer"]
    inputs, targets = (torch.tensor(document["data"][name]) for name in ("inputs", "targets"))
    for title, (choice, kind, settings) in OPTIMIZERS.items():
        rate = rate_of(choice["kind"], 0.05)
        parameters = as_tensors(document["parameters"], needs_gradient=True)

        def value(named: dict[str, torch.Tensor] = parameters) -> torch.Tensor:
            nodes, _ = run(document["network"]["layers"], named, inputs)
            return loss_value(document["training"]["loss"], nodes["o"], targets)

        def place(named: dict[str, torch.Tensor] = parameters) -> list[float]:
            return [number for each in named.values() for number in each.detach().flatten().tolist()]

        made = kind(list(parameters.values()), lr=rate, **settings)
        runs[title] = {"optimizer": {**choice, "lr": rate}, "path": walk(made, value, place)}
    return {"document": document, "runs": runs}


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)  # NAdam keeps its product of momenta in the default type
    found = {"surfaces": [on_surface(name) for name in SURFACES], "network": on_network()}
    TARGET.write_bytes(gzip.compress(json.dumps(found, separators=(",", ":")).encode(), mtime=0))
