"""Memory-based learning: store the rows, and answer with the label of the nearest ones."""

import numpy as np

from dlviz.core.errors import ShapeError, SpecError, as_list
from dlviz.core.hyper import choice, integer
from dlviz.core.narration.number import number
from dlviz.core.narration.symbols import subscript
from dlviz.core.narration.view import Narration
from dlviz.core.rules.distance import EUCLIDEAN, MANHATTAN, distance_step
from dlviz.core.rules.kind import IN_ORDER, Array, Arrays, Problem, Rule, RuleStep, Told, order_setting, rules
from dlviz.i18n import tr

K = integer("k", 1, minimum=1, maximum=1_000_000, help="how many neighbours vote")
METRIC = choice("metric", EUCLIDEAN, (EUCLIDEAN, MANHATTAN), "how distances are measured")


def _check(problem: Problem) -> None:
    stored, labels = _stored(problem)
    if stored.ndim != 2 or stored.shape[1] != problem.d or labels.shape != (len(stored),):
        raise ShapeError(
            f"Expected stored rows of {problem.d} inputs with one label each. "
            f"Received: shapes {as_list(stored.shape)} and {as_list(labels.shape)}",
            place="o.W",
        )
    if problem.settings["k"] > len(stored):
        raise SpecError(f"Expected k to be at most the {len(stored)} rows. Received: k={problem.settings['k']}")


def _stored(problem: Problem) -> tuple[Array, Array]:
    """Return the rows in memory and their labels: those to begin with, or the problem's own."""
    rows = np.array(problem.start.get("o.W", problem.inputs), dtype=np.float64)
    own = problem.targets[:, 0] if problem.k else np.zeros(0)
    return rows, np.array(problem.start.get("o.labels", own), dtype=np.float64)


def _arrays(problem: Problem) -> Arrays:
    rows, labels = _stored(problem)
    found = {"o.nearest": np.zeros(problem.settings["k"]), "o.votes": np.zeros((1, len(np.unique(labels))))}
    return {"o.W": rows, "o.labels": labels, "o.z": np.zeros((1, len(rows))), "o.a": np.zeros((1, 1)), **found}


def _steps(problem: Problem, arrays: Arrays) -> tuple[RuleStep, ...]:
    classes = np.unique(arrays["o.labels"])
    nearest = RuleStep(
        "forward", "nearest", "the k smallest r", ("o.z",), ("o.nearest",),
        ((_find, (arrays["o.z"], arrays["o.nearest"])),), _nearest_told,
    )  # fmt: skip
    vote = RuleStep(
        "forward", "vote", "the label with most votes", ("o.nearest", "o.labels"), ("o.votes", "o.a"),
        ((_vote, (classes, arrays["o.labels"], arrays["o.nearest"], arrays["o.votes"], arrays["o.a"])),),
        _vote_told,
    )  # fmt: skip
    return distance_step(arrays, problem.settings["metric"]), nearest, vote


def _find(distances: Array, nearest: Array) -> None:
    nearest[...] = np.argsort(distances[0], kind="stable")[: len(nearest)]


def _vote(classes: Array, labels: Array, nearest: Array, votes: Array, answer: Array) -> None:
    """Count the labels of the neighbours; of equally many votes the nearest neighbour's label wins."""
    own = labels[nearest.astype(np.intp)]
    votes[0] = (own[:, None] == classes).sum(axis=0)
    leaders = classes[votes[0] == votes.max()]
    answer[0, 0] = own[np.isin(own, leaders)][0]


def _nearest_told(told: Told) -> Narration:
    order = told.wrote("o.nearest").astype(int)
    place = int(order[min(max(told.focus.source, 0), len(order) - 1)])
    value = float(told.before("o.z")[0, place])
    shown = number(value, told.digits)
    symbols = r"r_{" + subscript(place) + r"} = \min_j \, r_j" if place == order[0] else f"r_{{{subscript(place)}}}"
    sentence = tr("The nearest stored rows are the neighbours.")
    return Narration(symbols, shown, shown, sentence, (value,))


def _vote_told(told: Told) -> Narration:
    answer = float(told.wrote("o.a")[0, 0])
    shown = number(answer, told.digits)
    sentence = tr("Each neighbour votes for its own label; the label with most votes is the answer.")
    return Narration(r"y = \arg\max_c \, n_c", shown, shown, sentence, (answer,))


KNN = rules.add(
    Rule(
        "nearest_neighbour", "Nearest neighbours (memory-based learning)",
        r"y(x) = \text{label of } \arg\min_j |x - x_j|", _arrays, _steps, ("o.W", "o.labels"),
        (K, METRIC, order_setting(IN_ORDER)), check=_check,
        source="Cover & Hart 1967",
    )
)  # fmt: skip
