"""dlviz as a contender: the trainer of the command line and the window, without either."""

import importlib.util
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice, chosen
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import prepare
from dlviz.data.spec import DataSpec
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.trainer import Trainer
from tests.bench import datasets

NAME = "dlviz"
Array = NDArray[np.generic]


def has_numba() -> bool:
    """Say whether compiled kernels can take part."""
    return importlib.util.find_spec("numba") is not None


@contextmanager
def compiled() -> Iterator[None]:
    """Let trainers that are made inside compute with compiled kernels."""
    before = os.environ.get("DLVIZ_BACKEND", "numpy")
    os.environ["DLVIZ_BACKEND"] = "numba"
    try:
        yield
    finally:
        os.environ["DLVIZ_BACKEND"] = before


def network(sizes: tuple[int, ...], hidden: str, output: str) -> NetworkSpec:
    """Return dense layers h1, h2, … and o."""
    names = [f"h{number}" for number in range(1, len(sizes) - 1)] + ["o"]
    kinds = [hidden] * (len(sizes) - 2) + [output]
    layers = tuple(dense(name, units, kind) for name, units, kind in zip(names, sizes[1:], kinds, strict=True))
    return NetworkSpec(layers, (InputSpec("x", (sizes[0],)),))


def parameters(spec: NetworkSpec, sizes: tuple[int, ...]) -> dict[str, Array]:
    """Return the workload's start values by parameter name."""
    pairs = zip(spec.layers, datasets.weights(sizes), strict=True)
    return {f"{layer.id}.{short}": array for layer, arrays in pairs for short, array in zip("Wb", arrays, strict=True)}


def table(inputs: Array, targets: Array) -> DataSpec:
    """Return rows as a document holds them: values (n, k), or classes (n,)."""
    names = tuple(f"x{number}" for number in range(1, inputs.shape[1] + 1))
    rows = np.asarray(inputs, dtype=np.float64)
    if targets.ndim == 2:
        dataset = Dataset("Bench", "regression", rows, np.asarray(targets, dtype=np.float64), names, ("y",))
    else:
        classes = tuple(str(label) for label in range(int(targets.max()) + 1))
        dataset = Dataset("Bench", "multiclass", rows, targets, names, ("y",), classes)
    return DataSpec("table", dataset=dataset)


def document(spec: NetworkSpec, sizes: tuple[int, ...], data: DataSpec, training: TrainingSpec, dtype: str) -> Document:
    """Return a document that starts where the peers start."""
    start = {name: handle(array) for name, array in parameters(spec, sizes).items()}
    return Document("Bench", dtype=dtype, data=data, network=spec, parameters=start, training=training)


def tanh_trainer(sizes: tuple[int, ...], lr: float, inputs: Array, targets: Array, batch: int) -> Trainer:
    """Return a float64 trainer of a tanh network with squared loss and SGD."""
    training = TrainingSpec(chosen("squared_error"), chosen("sgd", lr=lr), batch)
    return trainer(document(network(sizes, "tanh", "tanh"), sizes, table(inputs, targets), training, "float64"))


def classifier(sizes: tuple[int, ...], inputs: Array, labels: Array, batch: int) -> Trainer:
    """Return a float32 trainer of a ReLU classifier with softmax cross-entropy and Adam."""
    return trainer(classifier_document(sizes, inputs, labels, batch))


def classifier_document(sizes: tuple[int, ...], inputs: Array, labels: Array, batch: int) -> Document:
    """Return the document of a float32 ReLU classifier with softmax cross-entropy and Adam."""
    optimizer: Choice = chosen("adam", lr=0.001)
    training = TrainingSpec(chosen("categorical_cross_entropy"), optimizer, batch)
    return document(network(sizes, "relu", "softmax"), sizes, table(inputs, labels), training, "float32")


def trainer(document: Document) -> Trainer:
    """Return the document's trainer on its prepared data."""
    return Trainer(document, prepare(document.data))


def steps(trainer: Trainer, count: int) -> Callable[[], None]:
    """Return a call that trains `count` batches as one chunk, loss of each included."""
    losses = np.empty(count, dtype=trainer.dtype)

    def train() -> None:
        trainer.run(count, losses)

    return train
