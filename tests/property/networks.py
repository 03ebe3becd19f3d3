"""Random acyclic documents for property tests: any activation, merge, loss and optimizer that fit together."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from dlviz.core.activations import activations
from dlviz.core.choice import Choice, chosen
from dlviz.core.clipping import clippings
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.losses import losses
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.optimizers import optimizers
from dlviz.core.regularizers import regularizers
from dlviz.core.schedules import schedules
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import prepare
from dlviz.data.spec import DataSpec
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.trainer import Trainer

OUTPUT_KINDS = {
    "values": ("linear", "tanh", "sigmoid", "relu", "softmax"),
    "plus_minus_one": ("linear", "tanh"),
    "zero_one": ("sigmoid",),
    "one_hot": ("softmax",),
    "index": ("softmax",),
}
NORMS = ("batch_norm", "layer_norm")
BETWEEN = ("dropout", "activation", *NORMS)
SHARES = ("rate", "momentum")  # settings between 0 and 1
SMOOTH = ("linear", "tanh", "sigmoid", "softmax", "softplus", "gelu", "silu")


def pick(draw: st.DrawFn, words: Any) -> Any:
    return draw(st.sampled_from(tuple(words)))


def add_hidden(draw: st.DrawFn, layers: list[LayerSpec], units: dict[str, int], keys: tuple[str, ...]) -> None:
    """Append one hidden layer, sometimes over a merge of older nodes."""
    number = len(layers)
    source = pick(draw, units)
    if len(units) > 1 and draw(st.booleans()):
        others = draw(st.lists(st.sampled_from(sorted(units)), min_size=2, max_size=3, unique=True))
        is_alike = len({units[node] for node in others}) == 1
        source = f"m{number}"
        layers.append(LayerSpec(source, "add" if is_alike else "concatenate", tuple(others)))
        units[source] = units[others[0]] if is_alike else sum(units[node] for node in others)
    units[f"h{number}"] = draw(st.integers(1, 4))
    own = {"bias": draw(st.booleans()), "regularizer": Choice(pick(draw, regularizers.keys()))}
    layers.append(dense(f"h{number}", units[f"h{number}"], pick(draw, keys), inputs=(source,), **own))


def add_between(
    draw: st.DrawFn, layers: list[LayerSpec], units: dict[str, int], kinds: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    """Append a layer that leaves its input's shape alone: dropout, a norm, an activation; sometimes a second use."""
    source, node, kind = pick(draw, units), f"n{len(layers)}", pick(draw, kinds)
    owners = [each.id for each in layers if each.kind in NORMS and not each.shares and units[each.id] == units[source]]
    if owners and draw(st.booleans()):
        layers.append(LayerSpec(node, "dense", (source,), shares=pick(draw, owners)))
    else:
        entry = layer_kinds.get(kind)
        words = {h.name: pick(draw, h.choices) for h in entry.settings if h.kind == "choice"}
        flags = {h.name: draw(st.booleans()) for h in entry.settings if h.kind == "bool"}
        chances = {h.name: draw(st.sampled_from((0.0, 0.1, 0.5, 0.9))) for h in entry.settings if h.name in SHARES}
        chosen_activation = {"activation": Choice(pick(draw, keys))} if "activation" in entry.choices else {}
        layers.append(LayerSpec(node, kind, (source,), {**words, **flags, **chances, **chosen_activation}))
    units[node] = units[source]


@st.composite
def networks(
    draw: st.DrawFn, hidden: tuple[str, ...], output: str, n_outputs: int, between: tuple[str, ...] = BETWEEN
) -> NetworkSpec:
    """Draw up to four hidden layers that read any nodes before them, layers between them, and the output."""
    d = draw(st.integers(1, 3))
    layers: list[LayerSpec] = []
    units = {"x": d}
    for _ in range(draw(st.integers(0, 4))):
        add_hidden(draw, layers, units, hidden)
        if between and draw(st.booleans()):
            add_between(draw, layers, units, between, hidden)
    source = pick(draw, units) if draw(st.booleans()) else list(units)[-1]
    layers.append(dense("o", n_outputs, output, inputs=(source,), bias=draw(st.booleans())))
    return NetworkSpec(tuple(layers), (InputSpec("x", (d,)),))


@st.composite
def optimizer_choices(draw: st.DrawFn) -> Choice:
    """Draw an optimizer with any combination of its conventions."""
    entry = optimizers.get(pick(draw, optimizers.keys()))
    words = {h.name: pick(draw, h.choices) for h in entry.settings if h.kind == "choice"}
    flags = {h.name: draw(st.booleans()) for h in entry.settings if h.kind == "bool"}
    return Choice(entry.key, {"lr": 0.01, **words, **flags})


def targets_of(labels: str, n: int, k: int, dice: np.random.Generator) -> np.ndarray:
    """Return targets (n, k) as a table holds them; class indices (n, 1) for integer targets."""
    if labels == "index":
        return dice.integers(0, k, (n, 1)).astype(float)
    if labels == "one_hot":
        return np.eye(k)[dice.integers(0, k, n)]
    if labels == "values":
        return dice.uniform(-1, 1, (n, k))
    return dice.integers(0, 2, (n, k)) * (2.0 if labels == "plus_minus_one" else 1.0) - (labels == "plus_minus_one")


def batch_sizes(network: NetworkSpec, n: int) -> list[int]:
    """Return the sizes that cut n rows into batches that the network takes: batch norm refuses a single row."""
    needs_two = any(layer.kind == "batch_norm" for layer in network.layers)
    return [size for size in range(1, 11) if not (needs_two and 1 in (min(size, n), n % size))]


@st.composite
def documents(
    draw: st.DrawFn, smooth: bool = False, dtype: str = "float64", between: tuple[str, ...] = BETWEEN
) -> Document:
    """Draw a whole document; smooth leaves out activations and losses with kinks.

    between: kinds of layers that may stand between the others; none where smooth: a norm divides by a
    spread that may be almost 0 and dropout by a small chance, which magnifies rounding.
    """
    loss = losses.get(pick(draw, [each.key for each in losses if not smooth or each.piece is None]))
    hidden = SMOOTH if smooth else tuple(entry.key for entry in activations if not entry.draws)
    outputs = [key for key in OUTPUT_KINDS[loss.labels] if not smooth or key in SMOOTH]
    n, k = draw(st.integers(1, 9)), draw(st.integers(1, 3))
    network = draw(networks(hidden, pick(draw, outputs), k, () if smooth else between))
    n = n if batch_sizes(network, n) else n + 1
    dice = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = dice.uniform(-2, 2, (n, network.inputs[0].shape[0]))
    names = tuple(f"x{i}" for i in range(rows.shape[1]))
    targets = targets_of(loss.labels, n, k, dice)
    dataset = Dataset("Random", "regression", rows, targets, names, tuple(f"y{i}" for i in range(targets.shape[1])))
    training = TrainingSpec(
        chosen(loss.key, reduction=pick(draw, ("mean", "sum"))),
        draw(optimizer_choices()),
        batch_size=pick(draw, batch_sizes(network, n)),
        shuffle=draw(st.booleans()),
        frozen=tuple(draw(st.sets(st.sampled_from(["o", "o.W"]), max_size=1))),
        schedule=draw(st.sampled_from([None, *(Choice(key) for key in schedules.keys())])),  # noqa: SIM118
        replacement=draw(st.booleans()),
        clip=draw(st.sampled_from([None, *(Choice(key) for key in clippings.keys())])),  # noqa: SIM118
    )
    data = DataSpec("table", dataset=dataset)
    return Document("Random", draw(st.integers(0, 99)), dtype, data=data, network=network, training=training)


def trainer_of(document: Document) -> Trainer:
    return Trainer(document, prepare(document.data, document.seed))
