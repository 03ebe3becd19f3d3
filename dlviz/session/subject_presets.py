"""Learning rules and computation graphs to open and walk: the examples of the course without a network."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlviz.core.choice import Choice, chosen
from dlviz.core.randomness import permutations
from dlviz.data.dataset import Task
from dlviz.data.prepare import load_dataset
from dlviz.data.spec import DataSpec
from dlviz.i18n import tr
from dlviz.session.document import Document, handle
from dlviz.session.example import Example, written_table
from dlviz.session.prepared import prepared_for
from dlviz.session.rule_trainer import learner_for
from dlviz.session.subject import FormulaSpec

#: Two letters of 8 × 8 cells that a Hopfield network remembers.
LETTERS = (
    ("########", "########", "##......", "######..", "######..", "##......", "########", "########"),
    ("##....##", "##....##", "##....##", "..####..", "..####..", "##....##", "##....##", "##....##"),
)
FLIPPED = 0.2  # of the cells of a cue


def _rows(inputs: Any, targets: Any, task: Task = "regression") -> DataSpec:
    return written_table(inputs, targets, task, wanted="d")


def _rule(title: str, data: DataSpec, rule: Choice, **start: Any) -> Document:
    values = {f"o.{name}": handle(value) for name, value in start.items()}
    return Document(title=title, dtype="float64", data=data, rule=rule, parameters=values)


def _formula(title: str, text: str, by: Sequence[str] = (), **inputs: Any) -> Document:
    return Document(title=title, dtype="float64", formula=FormulaSpec(text, inputs, by=tuple(by)))


def and_by_perceptron() -> Document:
    """Return a perceptron that learns AND from zero weights."""
    return _rule(tr("AND by a perceptron"), DataSpec("and"), chosen("perceptron", lr=1.0))


def perceptron_log() -> Document:
    """Return the two samples of curriculum EX-41, right after three epochs."""
    data = _rows([[1, -1, -1], [1, 1, -1]], [0, 1], "binary")
    rule = chosen("perceptron", lr=1.0)
    return _rule(tr("Perceptron, two samples"), data, rule, W=[[0.5, -1.0, -0.5]], b=[0.5])


def perceptron_trick() -> Document:
    """Return two clouds of points, of which any one may push the line."""
    return _rule(tr("Any point may push the line"), DataSpec("blobs", {"samples": 40, "classes": 2}),
                 chosen("perceptron_trick", lr=0.3), W=[[1.0, 0.5]], b=[0.0])  # fmt: skip


def nearest_row() -> Document:
    """Return the three stored rows and the query of curriculum EX-40."""
    memory = {"W": [[0.0, 0.0], [1.0, 1.0], [3.0, 3.0]], "labels": [0.0, 1.0, 1.0]}
    data = _rows([[0.9, 0.4]], [1], "binary")
    return _rule(tr("The nearest row answers"), data, chosen("nearest_neighbour"), **memory)


def delta_rule() -> Document:
    """Return one row of curriculum EX-38 for the rule of Widrow and Hoff."""
    data = _rows([[1.0, -2.0, 0.5]], [[1.5]])
    return _rule(tr("Delta rule, one step"), data, chosen("delta", lr=0.1, bias=False), W=[[0.2, 0.4, -0.1]])


def competitive() -> Document:
    """Return the three prototypes of curriculum EX-39, of which the winner moves."""
    rule = chosen("competitive", compare="dot", lr=0.5)
    start = [[0.2, 0.8], [0.9, 0.1], [-0.5, 0.5]]
    return _rule(tr("The winner takes all"), _rows([[1.0, 0.0]], [[0.0]]), rule, W=start)


def map_of_moons() -> Document:
    """Return a self-organising map that unfolds over two moons."""
    rule = chosen("som", rows=4, columns=6, lr=0.3, radius=2.5, decay=600.0)
    return _rule(tr("A map unfolds over two moons"), DataSpec("moons"), rule)


def letters() -> np.ndarray:
    """Return the remembered letters as rows of ±1, (2, 64)."""
    return np.array([[1.0 if cell == "#" else -1.0 for row in letter for cell in row] for letter in LETTERS])


def hopfield_recall() -> Document:
    """Return remembered letters, each shown with a fifth of its cells flipped."""
    stored = letters()
    n, units = stored.shape
    weights = stored.T @ stored / units
    np.fill_diagonal(weights, 0)
    order = permutations(5, "flipped cells", units, 0, n)
    cues = stored.copy()
    for row in range(n):
        cues[row, order[row][: round(FLIPPED * units)]] *= -1
    data = _rows(cues, np.zeros((n, 1)))
    return _rule(tr("Recall of a letter"), data, chosen("hopfield_recall"), W=weights)


def three_functions() -> Document:
    """Return y = f(g(h(x))) of curriculum EX-08."""
    return _formula(tr("y = f(g(h(x)))"), "h = x^2; g = sin(h); y = exp(g)", x=0.7)


def one_unit() -> Document:
    """Return a = relu(w x + b) of curriculum EX-43."""
    text = "u = w*x; v = u + b; a = relu(v)"
    return _formula(tr("a = relu(w x + b)"), text, ("w", "b"), x=3.0, w=2.0, b=1.0)


def shared_weight() -> Document:
    """Return one weight in two branches, curriculum EX-44."""
    text = "s1 = sigmoid(w*x1); s2 = tanh(w*x2); out = sigmoid(w1*s1 + w2*s2); loss = (out - y)^2"
    values = {"x1": 0.5, "x2": -1.2, "y": 1.0, "w": 0.8, "w1": 0.7, "w2": -0.4}
    return _formula(tr("One weight in two branches"), text, ("w",), **values)


def two_paths() -> Document:
    """Return the two ways from w11 to the cost, curriculum EX-45."""
    text = (
        "a1 = [sigmoid(w11*x), sigmoid(w12*x)]; a2 = [sigmoid(sum(U[1]*a1)), sigmoid(sum(U[2]*a1))]; "
        "out = sum(u*a2); loss = (out - y)^2"
    )
    values = {"x": 1.5, "y": 0.3, "w11": 0.4, "w12": -0.7, "U": ((0.6, -0.2), (0.9, 0.3)), "u": (0.8, -0.5)}
    return _formula(tr("Two paths from one weight"), text, ("w11",), **values)


def typed_formula() -> Document:
    """Return a formula to be typed over."""
    return _formula(tr("Your own formula"), "z = w*x + b; y = tanh(z)", x=1.5, w=0.8, b=-0.4)


def rule_on(document: Document) -> Document:
    """Return a document in which a rule learns from the rows of another one: what suits their task.

    Raises: DlvizError where the rows cannot be had.
    """
    task = load_dataset(document.data).task
    kind = {"binary": "perceptron", "regression": "delta", "multiclass": "lvq"}[task]
    made = Document(title=tr("{title}, by a rule", title=document.title), data=document.data, rule=Choice(kind))
    learner_for(made, prepared_for(made))
    return made


EXAMPLES: tuple[Example, ...] = (
    Example("and", tr("&AND by a perceptron"), tr("A line moves until it parts the four points"), "rules",
            and_by_perceptron),
    Example("perceptron_log", tr("&Perceptron, two samples"), tr("A log of three epochs to check by hand"), "rules",
            perceptron_log),
    Example("trick", tr("Perceptron &trick"), tr("A random point pushes the line where it is wrong"), "rules",
            perceptron_trick),
    Example("nearest", tr("Nearest &row"), tr("Memory-based learning: the nearest stored row gives its label"), "rules",
            nearest_row),
    Example("delta", tr("&Delta rule, one step"), tr("The error times the input changes each weight"), "rules",
            delta_rule),
    Example("competitive", tr("&Winner takes all"), tr("The unit that matches best moves to the row"), "rules",
            competitive),
    Example("map", tr("&Map of two moons"), tr("Neighbours on the map learn together"), "rules", map_of_moons),
    Example("hopfield", tr("&Hopfield recall"), tr("A letter comes back from one with a fifth of its cells flipped"),
            "rules", hopfield_recall),
    Example("chain", tr("y = &f(g(h(x)))"), tr("The chain rule through three functions"), "graphs", three_functions),
    Example("unit", tr("a = &relu(w x + b)"), tr("One unit as a computation graph"), "graphs", one_unit),
    Example("shared", tr("&One weight in two branches"), tr("A shared weight adds up what its uses pull"), "graphs",
            shared_weight),
    Example("paths", tr("&Two paths from one weight"), tr("The gradient is the sum over both paths"), "graphs",
            two_paths),
    Example("typed", tr("&Your own formula"), tr("Type a formula and walk through it"), "graphs", typed_formula),
)  # fmt: skip
