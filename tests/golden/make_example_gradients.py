"""Writes example_gradients.json: what every example of a batch adds to a gradient, and the largest curvature.

Run it with a Python that has PyTorch: `python tests/golden/make_example_gradients.py`. The networks are
cases of random_networks.json.gz, named by their numbers; each example's loss is differentiated alone,
with the share that it has in the loss of the batch. The curvature is the largest eigenvalue of the Hessian
with respect to all parameters. Everything is PyTorch's, in float64.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import torch
from torch_network import as_tensors, loss_value, run

HERE = Path(__file__).parent
NUMBERS = (135, 162, 166, 83, 169)  # every loss; merges, softmax inside, up to five layers


def example_gradients(document: dict[str, Any]) -> list[dict[str, Any]]:
    inputs, targets = (torch.tensor(document["data"][name], dtype=torch.float64) for name in ("inputs", "targets"))
    is_mean = document["training"]["loss"].get("reduction", "mean") == "mean"
    found = []
    for row in range(len(inputs)):
        parameters = as_tensors(document["parameters"], needs_gradient=True)
        nodes, _ = run(document["network"]["layers"], parameters, inputs[row : row + 1])
        loss = loss_value(document["training"]["loss"], nodes["o"], targets[row : row + 1])
        (loss / (len(inputs) if is_mean else 1)).backward()
        found.append({name: tensor.grad.tolist() for name, tensor in parameters.items()})
    return found


def largest_curvature(document: dict[str, Any]) -> float:
    inputs, targets = (torch.tensor(document["data"][name], dtype=torch.float64) for name in ("inputs", "targets"))
    start = as_tensors(document["parameters"])
    sizes, shapes = [each.numel() for each in start.values()], [each.shape for each in start.values()]

    def loss_at(theta: torch.Tensor) -> torch.Tensor:
        parts = [part.reshape(shape) for part, shape in zip(theta.split(sizes), shapes, strict=True)]
        nodes, _ = run(document["network"]["layers"], dict(zip(start, parts, strict=True)), inputs)
        return loss_value(document["training"]["loss"], nodes["o"], targets)

    theta = torch.cat([each.flatten() for each in start.values()])
    return torch.linalg.eigvalsh(torch.autograd.functional.hessian(loss_at, theta)).max().item()


if __name__ == "__main__":
    cases = json.loads(gzip.decompress((HERE / "random_networks.json.gz").read_bytes()))["cases"]
    found = {str(number): example_gradients(cases[number]["document"]) for number in NUMBERS}
    curved = {str(number): largest_curvature(cases[number]["document"]) for number in range(0, len(cases), 8)}
    facts = {"torch": torch.__version__.split("+")[0], "cases": found, "curvatures": curved}
    text = json.dumps(facts, separators=(",", ":"))
    (HERE / "example_gradients.json").write_text(text + "\n", encoding="utf-8")
