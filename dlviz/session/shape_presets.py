"""Networks whose shape is the point: chains, branches, drop layers and skips, to count and to rewire."""

import numpy as np

from dlviz.core.choice import Choice
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.randomness import normals
from dlviz.data.spec import DataSpec
from dlviz.i18n import tr
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.example import Example, plain_descent, written_table

SHAPES = tr("S&hapes of networks")
DROPPED = 0.2  # curriculum EX-07
DEEP, WIDE = 10, 8  # layers and units of the network with skips


def _rows(width: int, outputs: int = 1, count: int = 40) -> DataSpec:
    """Return rows drawn once: the targets are sums and products of neighbouring inputs."""
    x = np.round(normals(0, f"rows of {width}", count * width).reshape(count, width), 2)
    y = np.stack([x[:, k % width] * x[:, (k + 1) % width] + x[:, k % width] for k in range(outputs)], axis=1)
    return written_table(x, np.round(y, 4))


def _made(title: str, data: DataSpec, network: NetworkSpec, training: TrainingSpec | None = None) -> Document:
    return Document(title=title, dtype="float64", data=data, network=network,
                    training=training or plain_descent(Choice("squared_error"), 0.02, 10))  # fmt: skip


def small_chain() -> Document:
    """Return the network 4-4-3-2-1 of curriculum EX-28: 20 + 15 + 8 + 3 = 46 parameters."""
    layers = (*(dense(f"h{k}", units, "tanh") for k, units in enumerate((4, 3, 2), 1)), dense("o", 1))
    return _made(tr("46 parameters, 4-4-3-2-1"), _rows(4), NetworkSpec(layers, (InputSpec("x", (4,)),)))


def chain() -> Document:
    """Return the chain 4-30-40 of curriculum ARC-07, whose layers have 150 and 1 240 parameters."""
    layers = (dense("h1", 30, "relu"), dense("h2", 40, "relu"), dense("o", 1))
    return _made(tr("A chain, 4-30-40"), _rows(4), NetworkSpec(layers, (InputSpec("x", (4,)),)))


def branches() -> Document:
    """Return two inputs and two branches that Concatenate joins, curriculum EX-20."""
    layers = (
        dense("h1", 30, "relu", inputs=("x",)), dense("h2", 40, "relu"),
        dense("h3", 20, "relu", inputs=("x2",)), dense("h4", 50, "relu"),
        LayerSpec("join1", "concatenate", ("h2", "h4")), dense("o", 1),
    )  # fmt: skip
    inputs = (InputSpec("x", (4,)), InputSpec("x2", (4,)))
    return _made(tr("Two inputs, two branches"), _rows(8), NetworkSpec(layers, inputs))


def drop_layers() -> Document:
    """Return 10-10-4 without biases and with a drop layer on inputs and hidden units, curriculum EX-07."""
    drop = {"rate": DROPPED}
    layers = (
        LayerSpec("drop1", "dropout", (), drop), dense("h", 10, "relu", bias=False),
        LayerSpec("drop2", "dropout", (), drop), dense("o", 4, bias=False),
    )  # fmt: skip
    return _made(tr("Drop layers, 10-10-4"), _rows(10, outputs=4), NetworkSpec(layers, (InputSpec("x", (10,)),)))


def skips() -> Document:
    """Return ten sigmoid layers, each with a skip around it: without skips their gradients vanish."""
    layers = [dense("h1", WIDE, "sigmoid")]
    for number in range(2, DEEP + 1):
        before = layers[-1].id
        layers += [
            dense(f"h{number}", WIDE, "sigmoid"), LayerSpec(f"add{number}", "add", (f"h{number}", before)),
        ]  # fmt: skip
    network = NetworkSpec((*layers, dense("o", 1)), (InputSpec("x", (4,)),))
    return _made(tr("Ten layers with skips"), _rows(4), network)


SHAPE_EXAMPLES: tuple[Example, ...] = (
    Example("shape_46", tr("&46 parameters, 4-4-3-2-1"), tr("Count the weights and biases of every layer"),
            "networks", small_chain, "network", SHAPES),
    Example("shape_chain", tr("&A chain, 4-30-40"), tr("150 and 1 240 parameters, one layer behind the other"),
            "networks", chain, "network", SHAPES),
    Example("shape_branches", tr("&Two inputs, two branches"), tr("Concatenate joins 40 and 50 units to 90"),
            "networks", branches, "network", SHAPES),
    Example("shape_drops", tr("&Drop layers, 10-10-4"), tr("How many of 140 weights are in use: 120, 96"),
            "networks", drop_layers, "network", SHAPES),
    Example("shape_skips", tr("Ten layers with &skips"), tr("Gradients of every layer with skips and without"),
            "networks", skips, "network", SHAPES),
)  # fmt: skip
