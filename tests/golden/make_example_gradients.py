"""Writes example_gradients.json: what every example of a batch adds to a gradient, by PyTorch in float64.

Run it with a Python that has PyTorch: `python tests/golden/make_example_gradients.py`. The networks are
cases of random_networks.json.gz, named by their numbers; each example's loss is differentiated alone,
with the share that it has in the loss of the batch.
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


if __name__ == "__main__":
    cases = json.loads(gzip.decompress((HERE / "random_networks.json.gz").read_bytes()))["cases"]
    found = {str(number): example_gradients(cases[number]["document"]) for number in NUMBERS}
    text = json.dumps({"torch": torch.__version__.split("+")[0], "cases": found}, separators=(",", ":"))
    (HERE / "example_gradients.json").write_text(text + "\n", encoding="utf-8")
