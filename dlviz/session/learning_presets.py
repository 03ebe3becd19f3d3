"""Trainings that show one thing: weights that cannot learn, gradients that fade or grow, decay, masks, averages."""

from dataclasses import replace
from typing import Any

import numpy as np

from dlviz.core.choice import Choice, chosen
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.i18n import tr
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.example import Example, plain_descent, written_table
from dlviz.session.network_presets import ENTROPY, SQUARED, logistic_unit, tanh_and_sigmoid
from dlviz.session.training_presets import to_train

DEEP = 8  # hidden layers of sigmoids: 0.25⁸ of a gradient is 1.5×10⁻⁵
GROWING = 10  # linear units one behind another, curriculum EX-63
GROWTH = 1.5  # every weight of theirs


def _zeroed(document: Document, title: str) -> Document:
    """Return a document whose starting values are all 0."""
    parameters = {name: handle(np.zeros(each.array.shape)) for name, each in document.parameters.items()}
    return replace(document, title=title, parameters=parameters)


def zero_weights() -> Document:
    """Return the 2-3-1 network of curriculum EX-58 with all weights 0: no hidden unit gets a gradient."""
    document = _zeroed(tanh_and_sigmoid(), tr("All weights 0, 2-3-1"))
    return replace(document, training=plain_descent(ENTROPY, lr=0.5, batch_size=3))


def zero_neuron() -> Document:
    """Return one logistic unit whose weights start at 0: it learns, for its loss has no other valley."""
    return _zeroed(logistic_unit(), tr("One neuron from weights of 0"))


def deep_sigmoids() -> Document:
    """Return eight hidden layers of sigmoids: at best a quarter of a gradient passes each. Curriculum EX-34."""
    layers = [dense(f"h{number}", 6, "sigmoid") for number in range(1, DEEP + 1)]
    network = NetworkSpec((*layers, dense("o", 1, "sigmoid")), (InputSpec("x", (2,)),))
    training = TrainingSpec(loss=ENTROPY, optimizer=chosen("sgd", lr=0.5), batch_size=10)
    data = DataSpec("circles", {"samples": 120}, split=SplitSpec(validation=0.3))
    return Document(title=tr("Deep sigmoids"), dtype="float64", seed=1, data=data, network=network, training=training)


def growing_weights() -> Document:
    """Return ten linear units behind each other, every weight 1.5: curriculum EX-63; it ends in numbers without end."""
    names = [f"h{number}" for number in range(1, GROWING)] + ["o"]
    layers = tuple(dense(name, 1, bias=False) for name in names)
    return Document(
        title=tr("Weights of 1.5, ten layers"), dtype="float64", data=written_table([[1.0]], [[0.0]]),
        network=NetworkSpec(layers, (InputSpec("x", (1,)),)), training=plain_descent(SQUARED, lr=0.1),
        parameters={f"{name}.W": handle([[GROWTH]]) for name in names},
    )  # fmt: skip


def decayed() -> Document:
    """Return the 2-3-1 network of curriculum EX-57: L2 in the loss keeps 0.97667 of every weight at each step."""
    document = tanh_and_sigmoid()
    ridge = chosen("l2", strength=0.7, scale="mean")
    layers = tuple(replace(each, settings={**each.settings, "regularizer": ridge}) for each in document.network.layers)
    return replace(
        document, title=tr("Weight decay by L2, 2-3-1"), network=replace(document.network, layers=layers),
        training=plain_descent(ENTROPY, lr=0.1, batch_size=3),
    )  # fmt: skip


def dropped() -> Document:
    """Return five numbers behind a dropout that keeps four fifths of them: curriculum EX-61."""
    layers = LayerSpec("d", "dropout", (), {"rate": 0.2}), dense("o", 1, bias=False)
    return Document(
        title=tr("Dropout that keeps 0.8"), dtype="float64", network=NetworkSpec(layers, (InputSpec("x", (5,)),)),
        data=written_table([[1.0, 2.0, 3.0, 4.0, 5.0]], [[15.0]]), parameters={"o.W": handle(np.ones((1, 5)))},
        training=replace(plain_descent(SQUARED, lr=0.0), epochs=1),
    )  # fmt: skip


def moving_averages() -> Document:
    """Return the three batches of curriculum EX-24 before a batch norm that keeps 0.9 of its running statistics."""
    batches = [[1.0, 2.0, 3.0, 4.0], [2.0, 2.0, 4.0, 8.0], [0.0, 1.0, 5.0, 6.0]]
    z: Any = np.array(batches).reshape(-1, 1)
    layers = dense("h", 1), LayerSpec("n", "batch_norm", (), {"momentum": 0.9, "eps": 1e-5})
    return Document(
        title=tr("Running averages of batch norm"), dtype="float64", data=written_table(z, z),
        network=NetworkSpec(layers, (InputSpec("x", (1,)),)),
        parameters={"h.W": handle([[1.0]]), "h.b": handle([0.0])},
        training=replace(plain_descent(Choice("squared_error"), batch_size=4), frozen=("h",)),
    )  # fmt: skip


LEARNING: tuple[Example, ...] = tuple(
    Example(key, title, tip, "networks", make, workspace, topic=to_train())
    for key, title, tip, make, workspace in (
        ("zero_weights", tr("All weights &0"), tr("Hidden gradients are exactly 0: only the last bias learns"),
         zero_weights, "network"),
        ("zero_neuron", tr("&One neuron from 0"), tr("A single unit may start at 0: it has one valley"),
         zero_neuron, "network"),
        ("deep_sigmoids", tr("&Deep sigmoids"), tr("A gradient that fades on its way back: Distributions, Gradient by "
                                                   "layer"), deep_sigmoids, "network"),
        ("growing_weights", tr("&Weights of 1.5"), tr("A signal, and an error, that grow as 1.5 to the power of the "
                                                      "layers"), growing_weights, "network"),
        ("decayed", tr("Weight de&cay"), tr("A penalty that keeps 0.97667 of every weight at each step"),
         decayed, "step"),
        ("dropped", tr("Dro&pout"), tr("Units that are left out, and the others times 1.25"), dropped, "step"),
        ("moving_averages", tr("&Running averages"), tr("What batch norm reads when the network is in use"),
         moving_averages, "network"),
    )
)  # fmt: skip
