"""A stage for panels: a session of plain values, and frames of a small network computed here in NumPy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from dlviz.core.network import NetworkSpec, dense
from dlviz.core.trace import Step, Trace
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared, prepare
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.gui.panel import Context
from dlviz.session.curves import Curves
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.messages import Frame, Maps, Predictions
from dlviz.session.presets import document_for_dataset


@dataclass
class StageSession:
    """Keeps a document and notes what a panel asked for."""

    document: Document
    edits: list[tuple[str, str]] = field(default_factory=list)
    typed: list[tuple[Any, ...]] = field(default_factory=list)
    listeners: list[Callable[[], None]] = field(default_factory=list)
    messages: list[Any] = field(default_factory=list)
    test_looks: int = 0
    view: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.prepared: Prepared = prepare(self.document.data)

    @property
    def dataset(self) -> Dataset:
        return self.prepared.dataset

    def subscribe(self, callback: Callable[[], None]) -> None:
        self.listeners.append(callback)

    def remember(self, key: str, value: Any) -> None:
        self.view[key] = value

    def start_over(self, document: Document, label: str) -> None:
        """Begin a run of its own; here no different from an edit."""
        self.edit(document, label)

    def run_beside(self, document: Document, label: str, is_fresh: bool = False) -> None:
        """Run an edited document beside this one; here no different from an edit."""
        self.edit(document, label)

    def edit(self, document: Document, label: str, merge: str = "") -> None:
        prepared = prepare(document.data) if document.data is not self.document.data else self.prepared
        self.document, self.prepared = document, prepared
        self.edits.append((label, merge))
        for listener in self.listeners:
            listener()

    def set_parameter(self, name: str, index: tuple[int, ...], value: float, label: str) -> None:
        self.typed.append((name, index, value, label))


def make_document(kind: str = "circles", hidden: tuple[int, ...] = (4, 3), outputs: int = 1, **data: Any) -> Document:
    layers = [dense(f"h{i + 1}", units, "tanh") for i, units in enumerate(hidden)]
    network = NetworkSpec((*layers, dense("o", outputs, "tanh" if outputs == 1 else "softmax")))
    spec = DataSpec(kind, split=SplitSpec(validation=0.32, seed=7), **data)
    return Document(title="Stage", data=spec, network=network, training=TrainingSpec())


def make_context(document: Document | None = None) -> Context:
    session = StageSession(document or make_document())

    def notify(message: Any, action: Any = None) -> None:
        session.messages.append(message)

    return Context(session, notify)


def weights_of(document: Document, d: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Draw parameters of a chain of dense layers."""
    draw, fan_in, result = np.random.default_rng(seed), d, {}
    for layer in document.network.layers:
        units = layer.settings["units"]
        result[f"{layer.id}.W"] = draw.normal(size=(units, fan_in)) * 1.2
        result[f"{layer.id}.b"] = draw.normal(size=units) * 0.5
        fan_in = units
    return result


def forward(document: Document, parameters: Mapping[str, np.ndarray], x: np.ndarray) -> dict[str, np.ndarray]:
    """Return z and a of every layer for rows x."""
    arrays, a = {"x": x}, x
    for layer in document.network.layers:
        z = a @ parameters[f"{layer.id}.W"].T + parameters[f"{layer.id}.b"]
        a = np.tanh(z) if layer.settings["activation"].kind == "tanh" else _softmax(z)
        arrays[f"{layer.id}.z"], arrays[f"{layer.id}.a"] = z, a
    return arrays


def _softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def make_frame(context: Context, parameters: Mapping[str, np.ndarray] | None = None, **changes: Any) -> Frame:
    """Compute a frame with parameters, maps (for two inputs), predictions and curves."""
    session = context.session
    document, prepared = session.document, session.prepared
    parameters = weights_of(document, prepared.dataset.d) if parameters is None else parameters
    is_train = np.zeros(prepared.dataset.n, bool)
    is_train[prepared.train] = True
    last = f"{document.network.layers[-1].id}.a"
    outputs = forward(document, parameters, prepared.inputs)[last] if parameters else np.empty((0, 1))
    frame = Frame(
        serial=1, generation=1, state="running", document=document, step=900, last_step=900, epoch=53,
        parameters=parameters, curves=make_curves(),
        predictions=Predictions(outputs, is_train, np.zeros(len(is_train), dtype=bool)),
    )  # fmt: skip
    return replace(frame, **changes)


def make_maps(
    document: Document, parameters: Mapping[str, np.ndarray], extent: tuple[float, float, float, float],
    axes: tuple[int, int] = (0, 1), fixed: tuple[float, ...] = (0.0, 0.0), grid: int = 32, output_grid: int = 100,
) -> Maps:  # fmt: skip
    """Respond over a plane, cell centres, row 0 at the bottom."""
    small = forward(document, parameters, _plane(extent, axes, fixed, grid))
    units = {
        name.removesuffix(".a"): array.T.reshape(-1, grid, grid) for name, array in small.items() if name.endswith(".a")
    }
    large = forward(document, parameters, _plane(extent, axes, fixed, output_grid))
    output = large[f"{document.network.layers[-1].id}.a"].T.reshape(-1, output_grid, output_grid)
    return Maps(units, output, extent)


def _plane(extent: tuple[float, ...], axes: tuple[int, int], fixed: tuple[float, ...], side: int) -> np.ndarray:
    x0, x1, y0, y1 = extent
    centres = (np.arange(side) + 0.5) / side
    y, x = np.meshgrid(y0 + centres * (y1 - y0), x0 + centres * (x1 - x0), indexing="ij")
    rows = np.tile(np.asarray(fixed, float), (side * side, 1))
    rows[:, axes[0]], rows[:, axes[1]] = x.ravel(), y.ravel()
    return rows


def make_curves(n: int = 300) -> Curves:
    """Falling losses with a slower test curve."""
    steps = np.arange(n, dtype=np.int64) * 3
    train = 0.9 * np.exp(-steps / 250) + 0.012 + 0.01 * np.sin(steps / 7) * np.exp(-steps / 300)
    validation_steps = steps[::5]
    test = 0.85 * np.exp(-validation_steps / 270) + 0.02
    score, validation_score = 1 - train / 2, 1 - test / 2
    return Curves(steps, train, score, validation_steps, test, validation_score, steps, train, train, train)


def make_peek(document: Document, parameters: Mapping[str, np.ndarray], x: np.ndarray, y: np.ndarray) -> Trace:
    """Trace one batch of a chain of tanh layers under the loss (1/n) Σ (a − y)², with steps of −0.1 · gradient."""
    arrays = forward(document, parameters, x)
    layers = [layer.id for layer in document.network.layers]
    steps: list[Step] = []
    for name in layers:
        _add(steps, "forward", name, "affine", {f"{name}.z": arrays[f"{name}.z"]})
        _add(steps, "forward", name, "activate", {f"{name}.a": arrays[f"{name}.a"]})
    a = arrays[f"{layers[-1]}.a"]
    _add(steps, "loss", layers[-1], "loss", {"loss": np.asarray(np.mean(np.sum((a - y) ** 2, axis=1)))})
    da, changes = 2 * (a - y) / len(x), {}
    for position in range(len(layers) - 1, -1, -1):
        name, source = layers[position], f"{layers[position - 1]}.a" if position else "x"
        dz = da * (1 - arrays[f"{name}.a"] ** 2)
        _add(steps, "backward", name, "activate_backward", {f"{name}.da": da, f"{name}.dz": dz})
        grads = {f"{name}.dW": dz.T @ arrays[source], f"{name}.db": dz.sum(axis=0)}
        _add(steps, "backward", name, "weight_gradient", grads)
        changes |= {f"{name}.W.step": -0.1 * grads[f"{name}.dW"], f"{name}.b.step": -0.1 * grads[f"{name}.db"]}
        da = dz @ parameters[f"{name}.W"]
    _add(steps, "update", "", "step", changes)
    return Trace(tuple(steps), {"x": x, "y": y, **parameters}, np.arange(len(x)))


def _add(steps: list[Step], phase: Any, node: str, op: str, writes: Mapping[str, np.ndarray]) -> None:
    steps.append(Step(len(steps), phase, node, op, op, (), writes))


def of_one_column(n_classes: int, n_rows: int = 30) -> tuple[np.ndarray, Document]:
    """Rows of one input whose class is the part of the line that they lie in, and a network for them."""
    x = np.linspace(-1, 1, n_rows)
    labels = np.minimum((x + 1) / 2 * n_classes, n_classes - 1).astype(np.int64)
    names = tuple("abc"[:n_classes]) if n_classes < 4 else tuple(f"c{k}" for k in range(n_classes))
    task: Literal["binary", "multiclass"] = "binary" if n_classes == 2 else "multiclass"
    dataset = Dataset("line", task, x[:, None], labels, ("x",), ("kind",), names)
    return labels, document_for_dataset(DataSpec("table", dataset=dataset), dataset)
