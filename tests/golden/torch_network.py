"""What a document's network and loss mean, written a second time in PyTorch; the golden files come from here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

Tensors = dict[str, torch.Tensor]


def settings_of(choice: str | Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Split an entry such as "tanh" or {"kind": "sigmoid", "slope": 2} into its key and settings."""
    if isinstance(choice, str):
        return choice, {}
    return choice["kind"], {name: value for name, value in choice.items() if name != "kind"}


def step(z: torch.Tensor, threshold: float = 0.0, values: str = "zero_one") -> torch.Tensor:
    """The threshold unit; PyTorch has none."""
    fires = (z >= threshold).to(z.dtype)
    return fires if values == "zero_one" else 2 * fires - 1


ACTIVATIONS: dict[str, Callable[..., torch.Tensor]] = {
    "linear": lambda z: z,
    "sigmoid": lambda z, slope=1.0: torch.sigmoid(slope * z),
    "tanh": lambda z, slope=1.0: torch.tanh(slope * z),
    "relu": torch.relu,
    "leaky_relu": lambda z, slope=0.01: torch.nn.functional.leaky_relu(z, slope),
    "softmax": lambda z, temperature=1.0: torch.softmax(z / temperature, dim=1),
    "step": step,
    "piecewise_linear": lambda z, slope=1.0: torch.nn.functional.hardtanh(slope * z + 0.5, 0.0, 1.0),
    "softplus": torch.nn.functional.softplus,
    "elu": lambda z, alpha=1.0: torch.nn.functional.elu(z, alpha),
    "gelu": lambda z: torch.nn.functional.gelu(z, approximate="tanh"),
    "silu": torch.nn.functional.silu,
}


def run(layers: Sequence[Mapping[str, Any]], parameters: Tensors, inputs: torch.Tensor) -> tuple[Tensors, Tensors]:
    """Return (activations, pre-activations) of every node by id, examples as rows."""
    activations, sums, previous = {"x": inputs}, {}, "x"
    for layer in layers:
        read = [activations[name] for name in layer.get("inputs", [previous])]
        if layer["kind"] == "dense":
            z = torch.nn.functional.linear(read[0], parameters[f"{layer['id']}.W"], parameters.get(f"{layer['id']}.b"))
            kind, settings = settings_of(layer["activation"])
            sums[layer["id"]], activations[layer["id"]] = z, ACTIVATIONS[kind](z, **settings)
        else:
            activations[layer["id"]] = torch.cat(read, dim=1) if layer["kind"] == "concatenate" else sum(read)
        previous = layer["id"]
    return activations, sums


def squared_error(a: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (a - y) ** 2


def binary_cross_entropy(a: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return -(y * torch.log(a) + (1 - y) * torch.log(1 - a))


def categorical_cross_entropy(a: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return -y * torch.log(a)


def sparse_categorical_cross_entropy(a: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return categorical_cross_entropy(a, torch.nn.functional.one_hot(y[:, 0].long(), a.shape[1]).to(a.dtype))


def hinge(a: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return torch.relu(1 - y * a)


def perceptron(a: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return torch.relu(-y * a)


def huber(a: torch.Tensor, y: torch.Tensor, delta: float = 1.0) -> torch.Tensor:
    return torch.nn.functional.huber_loss(a, y, reduction="none", delta=delta)


TERMS: dict[str, Callable[..., torch.Tensor]] = {
    function.__name__: function
    for function in (
        squared_error,
        binary_cross_entropy,
        categorical_cross_entropy,
        sparse_categorical_cross_entropy,
        hinge,
        perceptron,
        huber,
    )
}


def loss_value(loss: Mapping[str, Any], a: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return factor x (terms over outputs), over examples, as documents define every loss."""
    terms = TERMS[loss["kind"]](a, y, **{name: loss[name] for name in ("delta",) if name in loss})
    each = terms.mean(dim=1) if loss.get("outputs", "sum") == "mean" else terms.sum(dim=1)
    whole = each.sum() if loss.get("reduction", "mean") == "sum" else each.mean()
    return loss.get("factor", 1.0) * whole


def as_tensors(values: Mapping[str, Any], needs_gradient: bool = False) -> Tensors:
    """Copy nested lists into float64 tensors."""
    return {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=needs_gradient) for name, value in values.items()
    }
