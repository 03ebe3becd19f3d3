"""Single neurons and their activations to open: threshold and stochastic units, one neuron as several models."""

from dataclasses import replace
from typing import Any

import numpy as np

from dlviz.core.choice import Choice, chosen
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.i18n import tr
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.example import Example, plain_descent, written_table
from dlviz.session.presets import document_for

DRAWS = 100  # rows of the stochastic unit: an epoch is as many draws
ENTROPY, CATEGORICAL = Choice("binary_cross_entropy"), Choice("categorical_cross_entropy")


def and_gate() -> Document:
    """Return the threshold unit of curriculum EX-37: it fires from a sum of 2 on, which is AND."""
    return Document(
        title=tr("AND by a threshold unit"), dtype="float64", data=DataSpec("and"),
        rule=chosen("mcculloch_pitts", threshold=2.0), parameters={"o.W": handle([[1.0, 1.0]])},
    )  # fmt: skip


def stochastic_unit() -> Document:
    """Return the stochastic unit of curriculum EX-36, its sum 1 and its temperature 1."""
    data = written_table(np.ones((DRAWS, 1)), np.zeros((DRAWS, 1)))
    rule = chosen("stochastic", temperature=1.0, bias=False)
    return Document(title=tr("A stochastic neuron"), dtype="float64", data=data, rule=rule,
                    parameters={"o.W": handle([[1.0]])})  # fmt: skip


def one_neuron() -> Document:
    """Return logistic regression: one sigmoid unit that parts two clouds."""
    settings = {"classes": 2, "samples": 120, "noise": 0.35}
    data = DataSpec("blobs", settings, split=SplitSpec(validation=0.3))
    training = TrainingSpec(loss=ENTROPY, optimizer=chosen("adam", lr=0.05), batch_size=10)
    return Document(title=tr("One neuron: logistic regression"), dtype="float64", data=data, seed=1,
                    network=_chain(2, dense("o", 1, "sigmoid")), training=training)  # fmt: skip


def xor_by_perceptron() -> Document:
    """Return a perceptron on XOR, which no line can part."""
    return Document(title=tr("XOR by a perceptron"), dtype="float64", data=DataSpec("xor"),
                    rule=chosen("perceptron", lr=1.0))  # fmt: skip


def xor_with_hidden_units() -> Document:
    """Return XOR with a hidden layer, which solves it."""
    return replace(document_for("xor"), title=tr("XOR with hidden units"))


def one_neuron_as_models() -> Document:
    """Return the neuron of curriculum EX-27, once for each of the two labels."""
    data = written_table([[1.0, -2.0, 0.5]] * 2, [1, 0], "binary")
    values = {"o.W": [[0.4, -0.3, 0.8]], "o.b": [0.1]}
    return _worked(tr("One neuron, four models"), data, _chain(3, dense("o", 1, "sigmoid")), values,
                   plain_descent(ENTROPY))  # fmt: skip


def softmax_of_three() -> Document:
    """Return the three classes of curriculum EX-27."""
    data = written_table([[1.0, -2.0, 0.5]], [0], "multiclass", classes=3)
    values = {"o.W": [[0.2, -0.1, 0.4], [0.5, 0.3, -0.2], [-0.3, 0.1, 0.6]], "o.b": [0.0, 0.0, 0.0]}
    return _worked(tr("Softmax of three units"), data, _chain(3, dense("o", 3, "softmax")), values,
                   plain_descent(CATEGORICAL))  # fmt: skip


def softmax_of_four() -> Document:
    """Return the softmax of curriculum EX-68, whose sums are the inputs."""
    data = written_table([[2.0, 1.0, 0.1, -1.0]], [1], "multiclass", classes=4)
    values = {"o.W": np.eye(4), "o.b": np.zeros(4)}
    return _worked(tr("Softmax of four sums"), data, _chain(4, dense("o", 4, "softmax")), values,
                   plain_descent(CATEGORICAL))  # fmt: skip


def squares() -> Document:
    """Return y = w5 N1² + w6 N2² + b3 of curriculum EX-16; its target makes the error 1, so that dL/dw is dy/dw."""
    values = {"h.W": [[0.4, 0.3], [-0.2, 0.6]], "h.b": [0.1, -0.1], "o.W": [[1.1, -0.7]], "o.b": [0.2]}
    answer = -0.62225
    network = _chain(2, dense("h", 2, chosen("formula", text="z**2")), dense("o", 1))
    return _worked(tr("Squares as activation"), written_table([[0.5, -1.5]], [[answer - 1]]), network, values,
                   plain_descent())  # fmt: skip


def drawing_layer() -> Document:
    """Return a layer of units that draw +1 or −1, curriculum ACT-11: it can be walked forward."""
    network = _chain(2, dense("h", 3, "stochastic"), dense("o", 1, "sigmoid"))
    data = replace(DataSpec("and"), split=SplitSpec())
    return Document(title=tr("Units that draw their values"), dtype="float64", seed=3, data=data, network=network,
                    training=TrainingSpec(loss=ENTROPY, optimizer=chosen("sgd", lr=0.1), batch_size=4))  # fmt: skip


def _chain(width: int, *layers: LayerSpec) -> NetworkSpec:
    return NetworkSpec(layers, (InputSpec("x", (width,)),))


def _worked(
    title: str, data: DataSpec, network: NetworkSpec, values: dict[str, Any], training: TrainingSpec
) -> Document:
    held = {name: handle(each) for name, each in values.items()}
    return Document(title=title, dtype="float64", data=data, network=network, parameters=held, training=training)


NEURONS: tuple[Example, ...] = (
    Example("and_gate", tr("&AND by a threshold unit"), tr("Truth table of a unit that fires from a sum of 2 on"),
            "neurons", and_gate),
    Example("stochastic", tr("&Stochastic neuron"), tr("It fires by chance, the more often the larger its sum"),
            "neurons", stochastic_unit),
    Example("one_neuron", tr("&One neuron: logistic regression"), tr("Probabilities over the plane and the line of ½"),
            "neurons", one_neuron, "network"),
    Example("xor_perceptron", tr("&XOR by a perceptron"), tr("No line parts XOR: errors never end"), "neurons",
            xor_by_perceptron),
    Example("xor_hidden", tr("XOR with &hidden units"), tr("A hidden layer solves what one neuron cannot"), "neurons",
            xor_with_hidden_units, "network"),
    Example("models", tr("One neuron, four &models"), tr("Other activations and losses on the same sum"), "neurons",
            one_neuron_as_models),
    Example("softmax_three", tr("Softmax of &three units"), tr("Three sums and their shares"), "neurons",
            softmax_of_three),
    Example("softmax_four", tr("Softmax of &four sums"), tr("Powers of e, their sum, and the shares"), "neurons",
            softmax_of_four),
    Example("squares", tr("S&quares as activation"), tr("A formula as activation: three factors of a gradient"),
            "neurons", squares),
    Example("drawing", tr("Units that &draw their values"), tr("Forward only: there is no way back through a draw"),
            "neurons", drawing_layer),
)  # fmt: skip
