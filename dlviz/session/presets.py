"""Documents to start from: one for every built-in data set, and the examples of the course."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dlviz.core.choice import Choice, chosen
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.data.builtin import datasets
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import load_dataset
from dlviz.data.spec import DataSpec, Scaling, SplitSpec
from dlviz.i18n import tr
from dlviz.session.document import Document, Dtype, TrainingSpec, handle
from dlviz.session.example import plain_descent, written_table
from dlviz.session.tasks import TASK_ENDS

DEV_FRACTION = 0.3
MEASURED_DEV_FRACTION = 0.2


@dataclass(frozen=True)
class Recipe:
    """The hidden layers and the training that suit a data set.

    output and loss are those of the task, scaling that of the data set, unless named here.
    """

    hidden: tuple[int, ...] = (8,)
    activation: str = "tanh"
    lr: float = 0.02
    batch_size: int = 10
    dev: float = DEV_FRACTION
    output: str = ""
    loss: str = ""
    scaling: Scaling | None = None


WIDE = 500  # inputs, from which single precision is worth its speed

_GATE = Recipe((4,), lr=0.2, batch_size=4, dev=0.0)
_MEASURED = Recipe((16,), "relu", lr=0.01, batch_size=16, dev=MEASURED_DEV_FRACTION)
_FEW = Recipe((4,), lr=0.02, batch_size=8, dev=0.0)

#: What differs from the plain recipe; chosen so that each set is learnt within seconds.
RECIPES: Mapping[str, Recipe] = {
    # tanh to the very end with squared error: the picture that lectures start from.
    "circles": Recipe((4, 3), output="tanh", loss="squared_error"),
    "and": replace(_GATE, hidden=()),
    "xor": _GATE,
    "moons": Recipe(lr=0.03),
    # Two layers of tanh stay at chance for a thousand epochs here.
    "spiral": Recipe((16, 16), "relu", lr=0.01),
    "sine": Recipe((8, 8), lr=0.01),
    "line": Recipe((), lr=0.05),
    "iris": _MEASURED,
    "wine": _MEASURED,
    "breast_cancer": _MEASURED,
    "diabetes": _MEASURED,
    "digits": Recipe((32,), "relu", lr=0.003, batch_size=32, dev=MEASURED_DEV_FRACTION),
    "digits_784": Recipe((200, 100, 50), "relu", lr=0.001, batch_size=32, dev=MEASURED_DEV_FRACTION),  # EX-25
    "iq_salary": replace(_FEW, scaling="standard"),  # an IQ of 80 beside a grade of 3.5
    # Unscaled grades of 5 to 12 drive every tanh into its flat part, where a thousand epochs taught nothing.
    "cgpa_salary": replace(_FEW, lr=0.05, scaling="standard"),
    "parity": Recipe((16,), lr=0.05, batch_size=16, dev=0.0),  # all rows: a part of them says nothing of the rest
    "checkerboard": Recipe((16, 16), lr=0.01),
    "above_below": Recipe((8,), lr=0.03),
    "curve": Recipe((8,), lr=0.02),
    "surface": Recipe((8, 8), lr=0.01),
    "weather": Recipe((8,), lr=0.02, dev=MEASURED_DEV_FRACTION),
    "echo": Recipe((16,), lr=0.01, batch_size=20),
    "sentences": Recipe((), lr=0.1, batch_size=3, dev=0.0),
    # A price in tens of thousands: the last bias alone has that far to go.
    "car_prices": Recipe((8,), "relu", lr=0.5, batch_size=8, dev=MEASURED_DEV_FRACTION),
}


def data_for(kind: str) -> DataSpec:
    """Return a built-in data set with the split and scaling that suit it. Raises: SpecError."""
    entry = datasets.get(kind, "data")
    recipe = _recipe(kind)
    return DataSpec(kind, split=SplitSpec(validation=recipe.dev), scaling=recipe.scaling or entry.scaling)


def document_for(kind: str) -> Document:
    """Return a document that learns a built-in data set well with its defaults. Raises: SpecError."""
    data = data_for(kind)
    rows = load_dataset(data)
    return replace(_built(rows.title, data, rows, _recipe(kind)), seed=1)


def document_for_dataset(data: DataSpec, rows: Dataset) -> Document:
    """Return a document for rows of the user's own, scaled as data says."""
    wide = Recipe((16,), "relu", lr=0.01, batch_size=min(32, max(1, rows.n // 8)), dev=MEASURED_DEV_FRACTION)
    return _built(rows.title, data, rows, wide)


def first_document() -> Document:
    """Return what a first start shows: two circles, and a small network that is about to learn them."""
    document = document_for("circles")
    return replace(document, data=replace(document.data, settings={"samples": 250}))


def step_document() -> Document:
    """Return the 2-2-1 network of curriculum EX-42, to be walked one operation at a time."""
    return Document(
        title=tr("One step of back-propagation, 2-2-1"),
        dtype="float64",
        data=written_table([[0.0, 1.0]], [[1.0]]),
        network=_chain((2,), [dense("h", 2, "sigmoid"), dense("o", 1, "sigmoid")]),
        parameters={
            "h.W": handle([[0.6, -0.1], [-0.3, 0.4]]),
            "h.b": handle([0.3, 0.5]),
            "o.W": handle([[0.4, 0.1]]),
            "o.b": handle([-0.2]),
        },
        training=plain_descent(lr=0.25),
    )


def example_document() -> Document:
    """Return the 2-2-2 network that the description of documents shows, with frozen biases."""
    return Document(
        title=tr("Two inputs, two hidden, two outputs"),
        seed=7,
        dtype="float64",
        data=written_table([[0.05, 0.10]], [[0.01, 0.99]]),
        network=_chain((2,), [dense("h", 2, "sigmoid"), dense("o", 2, "sigmoid")]),
        parameters={
            "h.W": handle([[0.15, 0.20], [0.25, 0.30]]),
            "h.b": handle([0.35, 0.35]),
            "o.W": handle([[0.40, 0.45], [0.50, 0.55]]),
            "o.b": handle([0.60, 0.60]),
        },
        training=replace(plain_descent(lr=0.5), frozen=("h.b", "o.b")),
    )


def empty_document() -> Document:
    """Return two circles without a single layer, to build from nothing."""
    return replace(first_document(), title=tr("Untitled"), network=NetworkSpec())


def _recipe(kind: str) -> Recipe:
    return RECIPES.get(kind, Recipe())


def _built(title: str, data: DataSpec, rows: Dataset, recipe: Recipe) -> Document:
    output, loss = TASK_ENDS[rows.task]
    hidden = [_hidden(rows, f"h{i}", units, recipe.activation) for i, units in enumerate(recipe.hidden, 1)]
    training = TrainingSpec(
        loss=Choice(recipe.loss or loss),
        optimizer=chosen("adam", lr=recipe.lr),
        batch_size=min(recipe.batch_size, rows.n),
    )
    layers = [*hidden, dense("o", rows.n_outputs, recipe.output or output)]
    network = _chain(rows.sequence_shape or (rows.d,), layers)
    dtype: Dtype = "float64" if rows.d < WIDE else "auto"
    return Document(title=title, dtype=dtype, data=data, network=network, training=training)


def _hidden(rows: Dataset, name: str, units: int, activation: str) -> LayerSpec:
    """Return a hidden layer: one that remembers, where rows are sequences."""
    if rows.sequence_shape is None:
        return dense(name, units, activation)
    return LayerSpec(name, "simple_rnn", (), {"units": units, "activation": Choice(activation)})


def _chain(shape: tuple[int, ...], layers: list[LayerSpec]) -> NetworkSpec:
    return NetworkSpec(tuple(layers), (InputSpec("x", shape),))
