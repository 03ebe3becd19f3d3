"""W7: the loss of the W3 network on a plane through its parameters, over all 1797 digits, in float32."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import chosen
from dlviz.core.network import NetworkSpec
from dlviz.core.planes import Plane, filter_normalised
from tests.bench import datasets, ours, textbook, torch_peer
from tests.bench.classifiers import DIGITS_SIZES
from tests.bench.timing import Contender, Effort
from tests.bench.workload import Row, Workload

SIDE, PEERS_SIDE = 101, 21  # a peer's rate does not depend on how many points it takes
REACH = 1.0
TORCH_TARGET, TEXTBOOK_TARGET = 6.0, 4.0
Axes = tuple[dict[str, NDArray], dict[str, NDArray]]


def coordinates(side: int) -> NDArray[np.float32]:
    """Return where an axis of the plane is looked at."""
    return np.linspace(-REACH, REACH, side, dtype=np.float32)


def our_plane(spec: NetworkSpec, middle: dict[str, NDArray], axes: Axes) -> Callable[[], object]:
    """Return a call that evaluates 101 x 101 points, what it needs beforehand included."""
    inputs, labels = datasets.digits()
    examples, places = (inputs, np.eye(10, dtype=np.float32)[labels]), coordinates(SIDE)
    loss = chosen("categorical_cross_entropy")

    def evaluate() -> object:
        return Plane(spec, loss, middle, axes, examples, "float32").losses(places, places)

    return evaluate


def textbook_plane(spec: NetworkSpec, middle: dict[str, NDArray], axes: Axes) -> Callable[[], object]:
    """Return the same in textbook NumPy, one point after the other."""
    inputs, labels = datasets.digits()
    plain = textbook.ReluClassifier(DIGITS_SIZES)
    names = [f"{layer.id}.{short}" for layer in spec.layers for short in "Wb"]
    start, along, across = ([as_rows(values.get(name), middle[name]) for name in names] for values in (middle, *axes))

    def evaluate() -> object:
        found = []
        for b in coordinates(PEERS_SIDE):
            for a in coordinates(PEERS_SIDE):
                plain.parameters = [p + a * u + b * v for p, u, v in zip(start, along, across, strict=True)]
                found.append(plain.loss(inputs, labels))
        return np.array(found)

    return evaluate


def as_rows(values: NDArray | None, like: NDArray) -> NDArray[np.float32]:
    """Return a parameter, or a direction that may leave it out, as the textbook lays it out."""
    return np.zeros_like(like.T, np.float32) if values is None else values.T.astype(np.float32)


def torch_plane(spec: NetworkSpec, middle: dict[str, NDArray], axes: Axes) -> Callable[[], object]:
    """Return the same in PyTorch, one point after the other."""
    names = [f"{layer.id}.{short}" for layer in spec.layers for short in "Wb"]
    flat = [np.concatenate([axis.get(name, np.zeros_like(middle[name])).ravel() for name in names]) for axis in axes]
    return torch_peer.plane(DIGITS_SIZES, datasets.digits(), flat, coordinates(PEERS_SIDE))


def w7(effort: Effort) -> list[Row]:
    """Race the points of the plane."""
    spec = ours.network(DIGITS_SIZES, "relu", "softmax")
    middle = ours.parameters(spec, DIGITS_SIZES)
    axes = (filter_normalised(spec, middle, 0, 0), filter_normalised(spec, middle, 0, 1))
    found = [
        Contender(ours.NAME, our_plane(spec, middle, axes), SIDE**2),
        Contender("textbook", textbook_plane(spec, middle, axes), PEERS_SIDE**2),
    ]
    if torch_peer.is_installed():
        found.append(Contender(torch_peer.NAME, torch_plane(spec, middle, axes), PEERS_SIDE**2))
    targets = {"textbook": TEXTBOOK_TARGET, torch_peer.NAME: TORCH_TARGET}
    return Workload("W7", "points/s", tuple(found), targets).measure(effort)
