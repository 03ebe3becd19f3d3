"""A document of a golden file bound to dlviz's own program."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.memory import Memory
from dlviz.core.program import Binding, Mode, lower
from dlviz.session.format.document import document_from_json


def bind(data: dict[str, Any], mode: Mode = "train", dtype: str = "float64") -> Binding:
    """Return the program of a document's JSON with all its rows loaded as one batch."""
    document = document_from_json(data)
    training = document.training
    program = lower(document.network, training.loss, training.optimizer, mode, slip=training.slip)
    memory = Memory(program.layout, document.training.optimizer, document.training.frozen, dtype=dtype)
    memory.load({name: each.array for name, each in document.parameters.items()})
    inputs, targets = (np.array(data["data"][name], dtype=float) for name in ("inputs", "targets"))
    if document.training.loss.kind == "sparse_categorical_cross_entropy":
        targets = one_hot(targets, program.n_outputs)
    binding = program.bind(memory, len(inputs))
    binding.load(inputs, targets)
    return binding


def one_hot(labels: NDArray[np.floating], k: int) -> NDArray[np.floating]:
    """Return (n, k) ones at the labels (n, 1); the program reads sparse targets this way."""
    return np.eye(k)[labels[:, 0].astype(int)]


def outputs(binding: Binding) -> NDArray[np.floating]:
    """Return the output activations, examples as rows."""
    return np.array(binding.buffers.activation(binding.program.output).T)
