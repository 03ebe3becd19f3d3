"""Documents of small networks, written down as a student would, and what `dlviz trace` says of them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.explain import Pass, differentiate
from dlviz.session.format.document import document_from_json

TraceCommand = Callable[[dict[str, Any]], dict[str, Any]]


def layer(name: str, units: int, activation: str, **settings: Any) -> dict[str, Any]:
    return {"id": name, "kind": "dense", "units": units, "activation": activation, **settings}


def document(
    layers: list[dict[str, Any]],
    parameters: Mapping[str, Any],
    rows: tuple[ArrayLike, ArrayLike],
    loss: Mapping[str, Any],
    lr: float = 0.1,
    batch_size: int | None = None,
) -> dict[str, Any]:
    """Write a document whose table (inputs, targets) is one batch, or goes in batches of the given size."""
    inputs, targets = (np.asarray(each, dtype=float) for each in rows)
    return {
        "format": "dlviz",
        "version": 1,
        "dtype": "float64",
        "data": {"kind": "table", "inputs": inputs.tolist(), "targets": targets.tolist()},
        "network": {"layers": layers},
        "parameters": {name: np.asarray(values, dtype=float).tolist() for name, values in parameters.items()},
        "training": {
            "loss": dict(loss),
            "optimizer": {"kind": "sgd", "lr": lr},
            "batch_size": batch_size or len(inputs),
            "epochs": 1,
            "shuffle": False,
        },
    }


def written(found: Mapping[str, Any], name: str) -> NDArray[np.float64]:
    """Return the last array of this name that any step of a trace wrote."""
    return np.array([step["writes"][name] for step in found["steps"] if name in step["writes"]][-1], dtype=float)


def taken_apart(data: dict[str, Any]) -> Pass:
    """Return the backward pass of a document's whole table."""
    read = document_from_json(data)
    values = {name: each.array for name, each in read.parameters.items()}
    table = data["data"]
    return differentiate(read.network, read.training.objective, values, table["inputs"], table["targets"])
