"""PyTorch as a peer: eager mode, one thread, the loop that its tutorials teach. Absent, its rows are left out."""

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tests.bench import datasets

if TYPE_CHECKING:
    import torch

NAME = "torch eager"


def is_installed() -> bool:
    """Say whether PyTorch can be imported."""
    return importlib.util.find_spec("torch") is not None


def build(sizes: tuple[int, ...], activation: str, dtype: str, is_last_active: bool) -> "torch.nn.Sequential":
    """Return nn.Linear layers with the workload's start values."""
    import torch

    torch.set_num_threads(1)
    modules: list[torch.nn.Module] = []
    layers = datasets.weights(sizes, dtype)
    for number, (w, b) in enumerate(layers, 1):
        linear = torch.nn.Linear(w.shape[1], w.shape[0], dtype=getattr(torch, dtype))
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(w))
            linear.bias.copy_(torch.from_numpy(b))
        modules.append(linear)
        if number < len(layers) or is_last_active:
            modules.append({"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[activation]())
    return torch.nn.Sequential(*modules)


def epoch(
    model: "torch.nn.Module", loss: Any, optimizer: "torch.optim.Optimizer", x: NDArray, y: NDArray, batch: int
) -> Callable[[], None]:
    """Return a call that trains one shuffled epoch."""
    import torch

    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)

    def train() -> None:
        losses = []  # ours and the textbook note every step's loss too
        for rows in torch.randperm(len(inputs)).split(batch):
            optimizer.zero_grad()
            value = loss(model(inputs[rows]), targets[rows])
            value.backward()
            optimizer.step()
            losses.append(value.item())

    return train


def tanh_epoch(sizes: tuple[int, ...], lr: float, x: NDArray, y: NDArray, batch: int) -> Callable[[], None]:
    """Return one epoch of a tanh network in float64 with squared loss and SGD."""
    import torch

    model = build(sizes, "tanh", "float64", is_last_active=True)
    return epoch(model, torch.nn.MSELoss(), torch.optim.SGD(model.parameters(), lr=lr), x, y, batch)


def playground_frame(
    sizes: tuple[int, ...], lr: float, rows: tuple[NDArray, NDArray], n_train: int, batch: int, grid: NDArray
) -> Callable[[], object]:
    """Return a call that trains an epoch, measures both losses and evaluates every unit on a grid."""
    import torch

    model, loss = build(sizes, "tanh", "float64", is_last_active=True), torch.nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    train = epoch(model, loss, optimizer, rows[0][:n_train], rows[1][:n_train], batch)
    inputs, targets, points = (torch.from_numpy(array) for array in (*rows, grid))

    def frame() -> object:
        train()
        with torch.no_grad():
            parts = slice(n_train), slice(n_train, None)
            losses = [loss(model(inputs[part]), targets[part]).item() for part in parts]
            maps, values = [], points
            for module in model:
                values = module(values)
                maps.append(values)
        return losses, [each.T.numpy() for each in maps[1::2]]

    return frame


def plane(
    sizes: tuple[int, ...], rows: tuple[NDArray, NDArray], axes: Sequence[NDArray], coordinates: NDArray
) -> Callable[[], object]:
    """Return a call that evaluates a classifier's loss on a plane; axes: its parameters as two flat directions."""
    import torch

    model, loss = build(sizes, "relu", "float32", is_last_active=False), torch.nn.CrossEntropyLoss()
    inputs, targets = (torch.from_numpy(array) for array in rows)
    middle = torch.nn.utils.parameters_to_vector(model.parameters()).detach()
    along, across = (torch.from_numpy(np.asarray(axis, dtype=np.float32)) for axis in axes)

    def evaluate() -> object:
        found = []
        with torch.no_grad():
            for b in coordinates.tolist():
                for a in coordinates.tolist():
                    vector = middle + a * along + b * across
                    torch.nn.utils.vector_to_parameters(vector, model.parameters())
                    found.append(loss(model(inputs), targets).item())
        return np.array(found)

    return evaluate


def classifier(sizes: tuple[int, ...]) -> tuple[Any, Any, Any]:
    """Return model, loss and optimizer of a ReLU classifier in float32 with Adam."""
    import torch

    model = build(sizes, "relu", "float32", is_last_active=False)
    return model, torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=0.001)


def steps(machine: tuple[Any, Any, Any], x: NDArray, y: NDArray, batch: int, count: int) -> Callable[[], None]:
    """Return a call that takes `count` steps on random batches; for data whose epoch is long."""
    import torch

    model, loss, optimizer = machine
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)

    def train() -> None:
        losses = []
        for _ in range(count):
            rows = torch.randint(len(inputs), (batch,))
            optimizer.zero_grad()
            value = loss(model(inputs[rows]), targets[rows])
            value.backward()
            optimizer.step()
            losses.append(value.item())

    return train


def frame(sizes: tuple[int, ...], points: NDArray[np.float32]) -> Callable[[], object]:
    """Return a call that evaluates a float32 tanh network on all points."""
    import torch

    model, inputs = build(sizes, "tanh", "float32", is_last_active=True), torch.from_numpy(points)

    def evaluate() -> object:
        with torch.no_grad():
            return model(inputs)

    return evaluate


@contextmanager
def flushed_denormals() -> Iterator[None]:
    """Let PyTorch treat denormal numbers as zero while inside."""
    import torch

    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
