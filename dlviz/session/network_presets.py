"""Small networks with numbers worked out on paper, to open and walk: the examples of the course."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dlviz.core.choice import Choice, chosen
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.data.spec import DataSpec
from dlviz.i18n import tr
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.example import Example, plain_descent, written_table

SIDE = 64  # pixels of the pictures
ENTROPY, SQUARED = Choice("binary_cross_entropy"), Choice("squared_error")


def _worked(
    title: str, data: DataSpec, network: NetworkSpec, parameters: Mapping[str, Any], training: TrainingSpec
) -> Document:
    held = {name: handle(values) for name, values in parameters.items()}
    return Document(title=title, dtype="float64", data=data, network=network, parameters=held, training=training)


def _chain(shape: tuple[int, ...], *layers: LayerSpec) -> NetworkSpec:
    return NetworkSpec(layers, (InputSpec("x", shape),))


def one_step() -> Document:
    """Return the linear neuron of curriculum EX-01, one row and one step."""
    values = {"o.W": [[0.5, -0.3]], "o.b": [0.1]}
    data = written_table([[2.0, -1.0]], [[1.0]])
    return _worked(tr("One step of one neuron"), data, _chain((2,), dense("o", 1)), values, plain_descent(SQUARED))


def one_bias() -> Document:
    """Return the loss (b − 2)² + 1 of curriculum EX-33: the mean over targets 1 and 3, as all inputs are 0."""
    data = written_table([[0.0], [0.0]], [[1.0], [3.0]])
    training = replace(plain_descent(SQUARED, batch_size=2), frozen=("o.W",))
    values = {"o.W": [[0.0]], "o.b": [5.0]}
    return _worked(tr("Why the minus sign: L(b) = (b − 2)² + 1"), data, _chain((1,), dense("o", 1)), values, training)


def hinge_perceptron() -> Document:
    """Return AND by a network without a step at its end: the hinge loss reads the raw score."""
    values = {"o.W": [[0.0, 0.0]], "o.b": [0.0]}
    training = plain_descent(chosen("hinge", labels="zero_one"), lr=0.5)
    network = _chain((2,), dense("o", 1))
    return _worked(tr("AND by the hinge loss"), DataSpec("and"), network, values, replace(training, epochs=20))


def twelve_weights() -> Document:
    """Return the 3-2-2-1 network without biases of curriculum EX-02."""
    layers = (dense(name, units, "sigmoid", bias=False) for name, units in (("h1", 2), ("h2", 2), ("o", 1)))
    values = {
        "h1.W": [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], "h2.W": [[0.7, -0.8], [0.9, 1.0]], "o.W": [[-1.1, 1.2]],
    }  # fmt: skip
    data = written_table([[1.0, 0.5, -1.0]], [[1.0]])
    return _worked(tr("Twelve weights, two paths"), data, _chain((3,), *layers), values, plain_descent(SQUARED, lr=0.5))


def one_path() -> Document:
    """Return one unit behind another, so that every weight has one path to the loss."""
    layers = (dense(name, 1, "sigmoid", bias=False) for name in ("h1", "h2", "o"))
    values = {"h1.W": [[0.8]], "h2.W": [[-1.2]], "o.W": [[1.5]]}
    return _worked(tr("One unit behind another"), written_table([[0.5]], [[1.0]]), _chain((1,), *layers), values,
                   plain_descent(lr=0.5))  # fmt: skip


def linear_units() -> Document:
    """Return the linear 2-3-1 network of curriculum EX-10, three rows in one batch."""
    values = {
        "h.W": [[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5]], "h.b": [0.1, -0.2, 0.3], "o.W": [[1.2, -0.4, 0.8]],
        "o.b": [0.05],
    }  # fmt: skip
    data = written_table([[1.0, 2.0], [0.5, -1.0], [-2.0, 1.5]], [[1.0], [0.0], [2.0]])
    network = _chain((2,), dense("h", 3), dense("o", 1))
    return _worked(tr("Linear units, three rows"), data, network, values, plain_descent(SQUARED, batch_size=3))


def salaries() -> Document:
    """Return the linear 2-2-1 network of curriculum EX-30, which learns row by row at a rate that is too high."""
    values = {"h.W": np.ones((2, 2)), "h.b": np.zeros(2), "o.W": np.ones((1, 2)), "o.b": [0.0]}
    network = _chain((2,), dense("h", 2), dense("o", 1))
    return _worked(tr("Salary of three students"), DataSpec("iq_salary"), network, values, plain_descent(SQUARED))


def matrix_products() -> Document:
    """Return the sigmoid network 5-4-3-2-1 of curriculum EX-29."""
    widths = (4, 3, 2, 1)
    biases = ([0.1, -0.1, 0.2, -0.2], [0.05, 0.0, -0.05], [0.3, -0.3], [0.15])
    values: dict[str, Any] = {}
    for number, (fan_in, units, bias) in enumerate(zip((5, *widths), widths, biases, strict=False), 1):
        # The weights count up row after row of the (inputs, units) matrix of the notes, -1/2 to 1/2.
        values |= {f"h{number}.W": _counted(fan_in, units).T, f"h{number}.b": bias}
    layers = (dense(f"h{number}", units, "sigmoid") for number, units in enumerate(widths, 1))
    data = written_table([[1.0, -1.0, 0.5, 2.0, -0.5]], [[0.0]])
    return _worked(tr("Four layers, 5-4-3-2-1"), data, _chain((5,), *layers), values, plain_descent(SQUARED))


def _counted(fan_in: int, units: int) -> Any:
    count = fan_in * units
    return (np.arange(1, count + 1) / count - 0.5).reshape(fan_in, units)


def logistic_unit() -> Document:
    """Return the logistic unit of curriculum EX-54, four examples in one batch."""
    data = written_table([[1.0, 0.5], [2.0, -1.0], [-1.0, 2.0], [0.5, 0.0]], [1, 0, 1, 0], "binary")
    network = _chain((2,), dense("o", 1, "sigmoid"))
    values = {"o.W": [[0.3, -0.2]], "o.b": [0.1]}
    return _worked(tr("A logistic unit, four examples"), data, network, values, plain_descent(ENTROPY, 0.5, 4))


def tanh_and_sigmoid() -> Document:
    """Return the 2-3-1 network of curriculum EX-55, three examples in one batch."""
    values = {
        "h.W": [[0.2, -0.4], [0.7, 0.1], [-0.3, 0.5]], "h.b": [0.1, 0.0, -0.1], "o.W": [[0.6, -0.5, 0.3]],
        "o.b": [0.05],
    }  # fmt: skip
    data = written_table([[1.0, 2.0], [-1.0, 0.5], [0.5, -1.5]], [1, 0, 1], "binary")
    network = _chain((2,), dense("h", 3, "tanh"), dense("o", 1, "sigmoid"))
    return _worked(tr("A whole batch, 2-3-1"), data, network, values, plain_descent(ENTROPY, batch_size=3))


def two_basins() -> Document:
    """Return a 2-2-1 network whose targets come from one like it: its two hidden units can change places.

    Over the first weights of both units the loss has two basins, at (3, -2) and mirrored. Curriculum LOS-12.
    """
    places = np.array([[x1, x2] for x1 in (-1.0, 0.0, 1.0) for x2 in (-1.0, 0.0, 1.0)])
    second, bias = 1.0, 0.5
    targets = sum(np.tanh(first * places[:, 0] + second * places[:, 1] + bias) for first in (3.0, -2.0))
    values = {"h.W": [[1.0, second], [0.5, second]], "h.b": [bias, bias], "o.W": [[1.0, 1.0]], "o.b": [0.0]}
    network = _chain((2,), dense("h", 2, "tanh"), dense("o", 1))
    training = replace(plain_descent(SQUARED, batch_size=len(places)), epochs=1000)
    return _worked(
        tr("Two basins, 2-2-1"), written_table(places, np.asarray(targets)[:, None]), network, values, training
    )


def prices() -> Document:
    """Return a sigmoid unit that shall give prices of cars and starts at 0.9 for 50 000: curriculum EX-17, LOS-15."""
    data = written_table([[3.0, 5.0], [3.0, 5.0], [6.0, 9.0], [1.0, 1.0]], [[50e3], [40e3], [25e3], [60e3]])
    data = replace(data, scaling="standard")
    values = {"o.W": [[0.0, 0.0]], "o.b": [np.log(9.0)]}
    training = replace(plain_descent(SQUARED, batch_size=4), epochs=100)
    return _worked(tr("Prices behind a sigmoid"), data, _chain((2,), dense("o", 1, "sigmoid")), values, training)


def batch_norm() -> Document:
    """Return the batch normalisation of curriculum EX-47: its targets make the gradient 1, -2, 0.5, 3."""
    z, gradient, gamma, beta, eps = np.array([1.0, 2.0, 4.0, 9.0]), np.array([1.0, -2.0, 0.5, 3.0]), 1.5, -0.5, 1e-5
    out = gamma * (z - z.mean()) / np.sqrt(z.var() + eps) + beta
    network = _chain((1,), dense("h", 1), LayerSpec("n", "batch_norm", (), {"eps": eps}))
    values = {"h.W": [[1.0]], "h.b": [0.0], "n.gamma": [gamma], "n.beta": [beta]}
    data = written_table(z[:, None], (out - gradient)[:, None])
    return _worked(tr("Batch norm of four rows"), data, network, values, plain_descent(batch_size=4))


def through_time() -> Document:
    """Return the scalar recurrent network of curriculum EX-50; its output is a layer whose recurrence stays 0."""
    hidden = {"units": 1, "activation": Choice("tanh"), "bias": False, "return": "sequence"}
    output = {**hidden, "activation": Choice("linear")}
    network = _chain((4, 1), LayerSpec("h", "simple_rnn", (), hidden), LayerSpec("o", "simple_rnn", (), output))
    values = {"h.W": [[0.5]], "h.U": [[0.9]], "o.W": [[1.2]], "o.U": [[0.0]]}
    data = written_table([[1.0, -0.5, 0.3, 0.8]], [[0.5, 0.0, 0.2, 0.4]])
    training = replace(plain_descent(), frozen=("o.U",))
    return _worked(tr("Back through time"), data, network, values, training)


def image_column() -> Document:
    """Return two pictures of 3 × 64 × 64, curriculum EX-71, whose three classes have the outputs of EX-06."""
    at = (np.arange(SIDE) + 0.5) / SIDE
    down, across = np.meshgrid(at, at, indexing="ij")
    disc, stripes = (down - 0.5) ** 2 + (across - 0.5) ** 2 < 0.1, np.floor(8 * across) % 2
    pictures = [[down, across, disc], [stripes, 1 - down, disc * across]]
    inputs = np.round(np.array(pictures, dtype=np.float64).reshape(2, -1), 9)
    rows = written_table(inputs, [0, 1], "binary")
    assert rows.dataset is not None
    named = replace(rows.dataset, task="multiclass", class_names=("cat", "dog", "bird"))
    network = _chain((3, SIDE, SIDE), LayerSpec("f", "flatten"), dense("o", 3, "softmax"))
    values = {"o.W": np.zeros((3, 3 * SIDE * SIDE)), "o.b": np.log([0.15, 0.02, 0.83])}
    training = plain_descent(Choice("sparse_categorical_cross_entropy"), lr=0.001)
    return _worked(tr("An image as a column"), replace(rows, dataset=named), network, values, training)


NETWORKS: tuple[Example, ...] = (
    Example("one_step", tr("One &step of one neuron"), tr("Weights move against their gradients at the old weights"),
            "networks", one_step),
    Example("one_bias", tr("&Why the minus sign"), tr("Select the bias: its arrow points to the minimum"),
            "networks", one_bias),
    Example("one_path", tr("&One unit behind another"), tr("One path: a gradient is a product along it"),
            "networks", one_path),
    Example("twelve", tr("&Twelve weights, 3-2-2-1"), tr("Two paths: the gradient of w₁ is their sum"), "networks",
            twelve_weights),
    Example("linear", tr("&Linear units, 2-3-1"), tr("The mean squared error of three rows and its derivatives"),
            "networks", linear_units),
    Example("salaries", tr("&Salaries, 2-2-1"), tr("Nine derivatives, and a rate at which training diverges"),
            "networks", salaries),
    Example("matrices", tr("&Matrix products, 5-4-3-2-1"), tr("The forward pass as four products of matrices"),
            "networks", matrix_products),
    Example("logistic", tr("Lo&gistic unit, four examples"), tr("One unit and a whole batch: the loss is their mean"),
            "networks", logistic_unit),
    Example("batch", tr("&A whole batch, 2-3-1"), tr("Forward and backward for three examples at once"), "networks",
            tanh_and_sigmoid),
    Example("two_basins", tr("Two &basins, 2-2-1"), tr("A loss with two lowest places: units that can change places"),
            "networks", two_basins),
    Example("prices", tr("&Prices behind a sigmoid"), tr("Targets that the output cannot give: the loss is stuck"),
            "networks", prices),
    Example("batch_norm", tr("Batch &norm of four rows"), tr("Mean and variance join the rows, forward and back"),
            "networks", batch_norm),
    Example("through_time", tr("Back through ti&me"), tr("One weight used at every time step, one term for each"),
            "networks", through_time),
    Example("image", tr("&Image as a column"), tr("Three planes stacked into one column, and three classes"),
            "networks", image_column),
    Example("hinge", tr("AND by the hin&ge loss"), tr("A step has no slope, so the loss reads the raw score"), "rules",
            hinge_perceptron),
)  # fmt: skip
