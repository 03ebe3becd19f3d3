"""Writes convolutions.json.gz: PyTorch's float64 numbers for networks of convolutions, pooling and embeddings.

Run it with a Python that has PyTorch: `python tests/golden/make_convolutions.py`. Each case is a document of dlviz
with PyTorch's loss, values and gradients of one pass; the last is also trained for 20 steps.
"""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from torch_network import ACTIVATIONS, Tensors, as_tensors, loss_value

SEED = 20261128
TARGET = Path(__file__).with_name("convolutions.json.gz")
STEPS = 20
OUTPUT = {"id": "o", "kind": "dense", "units": 2, "activation": "linear"}
Json = dict[str, Any]


def conv(id: str, filters: int, kernel: Any, activation: str = "tanh", **settings: Any) -> Json:
    return {"id": id, "kind": "conv2d", "filters": filters, "kernel": kernel, "activation": activation, **settings}


def pool(kind: str, **settings: Any) -> Json:
    return {"id": "p", "kind": f"{kind}_pool", **settings}


FLAT = {"id": "f", "kind": "flatten"}
NETWORKS: tuple[tuple[list[int], list[Json]], ...] = (
    ([1, 5, 5], [conv("c", 2, 3), FLAT, OUTPUT]),
    ([3, 5, 4], [conv("c", 4, [3, 2], "relu"), FLAT, OUTPUT]),
    ([2, 6, 5], [conv("c", 3, 3, stride=2), FLAT, OUTPUT]),
    ([2, 6, 7], [conv("c", 2, [2, 3], stride=[2, 1], bias=False), FLAT, OUTPUT]),
    ([2, 5, 5], [conv("c", 3, 3, padding="same"), FLAT, OUTPUT]),
    ([1, 4, 4], [conv("c", 2, [2, 4], padding="same"), FLAT, OUTPUT]),
    ([2, 6, 5], [conv("c", 2, [4, 3], padding="same", stride=[3, 2]), FLAT, OUTPUT]),
    ([2, 5, 4], [conv("c", 2, 3, padding=[2, 1], stride=[1, 2]), FLAT, OUTPUT]),
    ([1, 6, 6], [conv("c", 2, 2), conv("d", 3, 3, "sigmoid", padding=1, stride=2), FLAT, OUTPUT]),
    ([1, 7, 7], [conv("c", 2, 3, padding="same"), conv("d", 2, [1, 3], padding="same"), FLAT, OUTPUT]),
    ([1, 6, 6], [conv("c", 3, 3), pool("max", size=2), FLAT, OUTPUT]),
    ([2, 6, 5], [conv("c", 2, 2, padding="same"), pool("max", size=[3, 2], stride=[1, 2]), FLAT, OUTPUT]),
    ([1, 7, 6], [conv("c", 3, 2), pool("avg", size=2), FLAT, OUTPUT]),
    ([2, 5, 6], [conv("c", 2, 2), pool("avg", size=[2, 3], stride=1), FLAT, OUTPUT]),
    ([4], [{"id": "e", "kind": "embedding", "vocabulary": 5, "dim": 3}, FLAT, OUTPUT]),
    ([1], [{"id": "e", "kind": "embedding", "vocabulary": 4, "dim": 3}, OUTPUT]),
    ([1, 8, 8], [conv("c", 4, 3, "relu"), pool("max", size=2), conv("d", 3, 2), FLAT, OUTPUT]),
)


def both(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)


def missing(length: int, size: int, stride: int) -> int:
    """Return how many zeros make room for length / stride windows, rounded up."""
    return max((-(-length // stride) - 1) * stride + size - length, 0)


def convolved(layer: Json, parameters: Tensors, images: torch.Tensor) -> torch.Tensor:
    """Return the activations of a convolution; "same" pads the odd row and column below and right."""
    stride, padding = both(layer.get("stride", 1)), layer.get("padding", "valid")
    if padding == "same":
        rows, columns = map(missing, images.shape[2:], both(layer["kernel"]), stride)
        images = functional.pad(images, (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2))
    edges = (0, 0) if isinstance(padding, str) else both(padding)
    kernel, bias = parameters[f"{layer['id']}.W"], parameters.get(f"{layer['id']}.b")
    return ACTIVATIONS[layer["activation"]](functional.conv2d(images, kernel, bias, stride, edges))


def value_of(layer: Json, parameters: Tensors, read: torch.Tensor) -> torch.Tensor:
    if layer["kind"] == "conv2d":
        return convolved(layer, parameters, read)
    if layer["kind"] == "embedding":
        rows = functional.embedding(read.long(), parameters[f"{layer['id']}.W"])
        return rows[:, 0] if read.shape[1] == 1 else rows
    if layer["kind"] == "flatten":
        return read.flatten(1)
    if layer["kind"] == "dense":
        return functional.linear(read, parameters[f"{layer['id']}.W"], parameters[f"{layer['id']}.b"])
    stride = both(layer.get("stride", layer["size"]))
    pooled = functional.max_pool2d if layer["kind"] == "max_pool" else functional.avg_pool2d
    return pooled(read, both(layer["size"]), stride)


def walked(document: Json, parameters: Tensors) -> Tensors:
    """Return the values of every layer by id."""
    read = torch.tensor(document["data"]["inputs"], dtype=torch.float64)
    read = read.reshape(len(read), *document["network"]["inputs"][0]["shape"])
    values = {}
    for layer in document["network"]["layers"]:
        values[layer["id"]] = read = value_of(layer, parameters, read)
    return values


def drawn(dice: random.Random, shape: list[int]) -> Any:
    if not shape:
        return round(dice.uniform(-1, 1), 2)
    return [drawn(dice, shape[1:]) for _ in range(shape[0])]


def drawn_ids(dice: random.Random, rows: int, width: int, vocabulary: int) -> list[list[int]]:
    return [[dice.randrange(vocabulary) for _ in range(width)] for _ in range(rows)]


def drawn_parameters(dice: random.Random, document: Json) -> Json:
    """Draw parameters of two decimals; widths are found by walking."""
    parameters: Json = {}
    channels = document["network"]["inputs"][0]["shape"][0]
    for layer in document["network"]["layers"]:
        name, kind = layer["id"], layer["kind"]
        if kind == "conv2d":
            parameters[f"{name}.W"] = drawn(dice, [layer["filters"], channels, *both(layer["kernel"])])
            if layer.get("bias", True):
                parameters[f"{name}.b"] = drawn(dice, [layer["filters"]])
            channels = layer["filters"]
        elif kind == "embedding":
            parameters[f"{name}.W"] = drawn(dice, [layer["vocabulary"], layer["dim"]])
        elif kind == "dense":
            before = {"network": {**document["network"], "layers": document["network"]["layers"][:-1]}}
            width = list(walked({**document, **before}, as_tensors(parameters)).values())[-1].shape[1]
            parameters |= {
                f"{name}.W": drawn(dice, [layer["units"], width]),
                f"{name}.b": drawn(dice, [layer["units"]]),
            }
    return parameters


def drawn_document(dice: random.Random, shape: list[int], layers: list[Json], rows: int) -> Json:
    width, vocabulary = torch.Size(shape).numel(), layers[0].get("vocabulary")
    document = {
        "format": "dlviz",
        "version": 1,
        "dtype": "float64",
        "data": {
            "kind": "table",
            "inputs": drawn_ids(dice, rows, width, vocabulary) if vocabulary else drawn(dice, [rows, width]),
            "targets": drawn(dice, [rows, 2]),
        },
        "network": {"inputs": [{"id": "x", "shape": shape}], "layers": layers},
        "training": {
            "loss": {"kind": "squared_error", "factor": 0.5},
            "optimizer": {"kind": "momentum", "lr": 0.02},
            "batch_size": rows,
            "shuffle": False,
        },
    }
    return {**document, "parameters": drawn_parameters(dice, document)}


def loss_of(document: Json, parameters: Tensors) -> tuple[torch.Tensor, Tensors]:
    values = walked(document, parameters)
    targets = torch.tensor(document["data"]["targets"], dtype=torch.float64)
    return loss_value(document["training"]["loss"], values["o"], targets), values


def solve(document: Json) -> Json:
    parameters = as_tensors(document["parameters"], needs_gradient=True)
    loss, values = loss_of(document, parameters)
    for value in values.values():
        value.retain_grad()
    loss.backward()
    return {
        "document": document,
        "loss": loss.item(),
        "values": {name: value.tolist() for name, value in values.items()},
        "value_gradients": {name: value.grad.tolist() for name, value in values.items()},
        "gradients": {name: each.grad.tolist() for name, each in parameters.items()},
    }


def trained(document: Json) -> Json:
    parameters = as_tensors(document["parameters"], needs_gradient=True)
    optimizer = torch.optim.SGD(list(parameters.values()), lr=0.02, momentum=0.9)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss, _ = loss_of(document, parameters)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    after = {name: each.detach().tolist() for name, each in parameters.items()}
    return {"losses": losses, "parameters_after": after}


def make_cases() -> list[Json]:
    dice = random.Random(SEED)
    documents = [drawn_document(dice, shape, layers, rows=2) for shape, layers in NETWORKS]
    return [solve(document) for document in documents]


if __name__ == "__main__":
    torch.set_num_threads(1)
    cases = make_cases()
    learned = drawn_document(random.Random(SEED), *NETWORKS[-1], rows=6)
    content = {"cases": cases, "training": {"document": learned, **trained(learned)}}
    TARGET.write_bytes(gzip.compress(json.dumps(content, separators=(",", ":")).encode(), mtime=0))
