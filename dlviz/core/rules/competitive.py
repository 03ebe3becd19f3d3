"""Competitive learning: the winner alone, a map whose units co-operate, and vectors that learn classes."""

from collections.abc import Callable
from functools import partial

import numpy as np

from dlviz.core.hyper import choice, floating, integer
from dlviz.core.narration.number import exact, factor, number
from dlviz.core.narration.symbols import subscript
from dlviz.core.narration.view import Narration
from dlviz.core.randomness import permutations, uniforms
from dlviz.core.rules.distance import distance_step
from dlviz.core.rules.kind import (
    CLOCK,
    IN_ORDER,
    LR,
    MAX_UNITS,
    SHUFFLED,
    Array,
    Arrays,
    Problem,
    Rule,
    RuleStep,
    Told,
    order_setting,
    rules,
)
from dlviz.core.rules.tell import affine, apply, entry_of
from dlviz.i18n import tr

DOT, DISTANCE = "dot", "distance"
COMPARE = choice("compare", DISTANCE, (DISTANCE, DOT), "the nearest prototype wins, or the largest weighted sum")
UNITS = integer("units", 3, minimum=1, maximum=MAX_UNITS, help="number of prototypes")
GRID_ROWS = integer("rows", 1, minimum=1, maximum=64, help="rows of the map")
GRID_COLUMNS = integer("columns", 10, minimum=1, maximum=64, help="columns of the map")
RADIUS = floating("radius", 2.0, minimum=0, maximum=64, unit="units", help="how far co-operation reaches at first")
DECAY = floating(
    "decay", 1000.0, minimum=0, is_open_minimum=True, maximum=1e9, unit="rows",
    help="rows after which rate and radius have shrunk to 1/e",
)  # fmt: skip
PER_CLASS = integer("units", 1, minimum=1, maximum=MAX_UNITS, help="prototypes of each class")
SMALLEST_RADIUS = 1e-6  # below it the winner stands alone


def _prototypes(problem: Problem, units: int) -> Array:
    """Return random rows as first prototypes: one that lies far from all rows would never win."""
    order = permutations(problem.seed, "rule prototypes", problem.n, 0, 1)[0]
    return np.asarray(problem.inputs[order[np.arange(units) % problem.n]])


def _arrays_for(weights: Array) -> Arrays:
    units = len(weights)
    named = {name: np.zeros((1, units)) for name in ("o.z", "o.a")}
    return {"o.W": weights, "o.W.step": np.zeros_like(weights), "o.winner": np.zeros(1), **named}


def _arrays(problem: Problem) -> Arrays:
    return _arrays_for(problem.value("o.W", _prototypes(problem, problem.settings["units"])))


def _compare(arrays: Arrays, way: str) -> RuleStep:
    return affine(arrays, "v") if way == DOT else distance_step(arrays, "euclidean")


def _competition(arrays: Arrays, way: str) -> RuleStep:
    find = np.argmax if way == DOT else np.argmin
    formula = f"j* = arg {'max' if way == DOT else 'min'}ⱼ {'v' if way == DOT else 'r'}ⱼ"
    calls = ((_choose, (find, arrays["o.z"], arrays["o.a"], arrays["o.winner"])),)
    return RuleStep(
        "forward", "competition", formula, ("o.z",), ("o.a", "o.winner"), calls, partial(_winner_told, way)
    )  # fmt: skip


def _choose(find: Callable[[Array], np.intp], z: Array, a: Array, winner: Array) -> None:
    a[...] = 0
    winner[0] = find(z[0])
    a[0, int(winner[0])] = 1


def _winner_told(way: str, told: Told) -> Narration:
    winner = int(told.wrote("o.winner")[0])
    word, letter = (r"\max", "v") if way == DOT else (r"\min", "r")
    sentence = tr("The units compete; the one that matches best wins.")
    value = float(told.before("o.z")[0, winner])
    symbols = rf"{letter}_{{{subscript(winner)}}} = {word}_j \, {letter}_j"
    shown = number(value, told.digits)
    return Narration(symbols, shown, shown, sentence, (value,))


def _updating(arrays: Arrays, share: str, rate: Array, formula: str) -> RuleStep:
    """Return the step ΔW = rate · h (x − W), h (1, units) being the array named by share; rate a 0-d array."""
    change, h = arrays["o.W.step"], arrays[share]
    calls = (
        (np.subtract, (arrays["x"], arrays["o.W"], change)),
        (np.multiply, (change, h.T, change)),
        (np.multiply, (change, rate, change)),
    )
    reads = ("x", "o.W", share, *(("o.rate",) if "o.rate" in arrays else ()))
    return RuleStep(
        "update", "updating", formula, reads, ("o.W.step",), calls, partial(_updating_told, share, float(rate))
    )  # fmt: skip


def _updating_told(share: str, fixed_rate: float, told: Told) -> Narration:
    place, mark = entry_of(told, "o.W")
    x, w = float(told.before("x")[0, place[1]]), float(told.before("o.W")[place])
    h = float(told.before(share)[0, place[0]])
    rate = float(told.before("o.rate").item()) if "o.rate" in told.step.reads else fixed_rate
    value, d = float(told.wrote("o.W.step")[place]), told.digits
    gap = f"({number(x, d)} - {factor(w, d)})"
    numbers = rf"{exact(rate)} \cdot {factor(h, d)} \cdot {gap}"
    letters = rf"\eta \, h_{{{subscript(place[0])}}} (x_{{{subscript(place[1])}}} - w_{{{mark}}})"
    sentence = tr("The winner moves a part of the way to the row; who co-operates follows.")
    return Narration(rf"\Delta w_{{{mark}}} = {letters}", numbers, number(value, d), sentence, (value,))


def _competitive_steps(problem: Problem, arrays: Arrays) -> tuple[RuleStep, ...]:
    way, lr = problem.settings["compare"], problem.settings["lr"]
    return (
        _compare(arrays, way),
        _competition(arrays, way),
        _updating(arrays, "o.a", np.asarray(lr), "ΔW = η (x − W) for the winner, else 0"),
        apply(arrays, "o.W"),
    )


def grid_places(n_rows: int, n_columns: int) -> Array:
    """Return where the units of a map stand, (units, 2), row by row."""
    return np.stack(np.divmod(np.arange(n_rows * n_columns), n_columns), axis=1).astype(np.float64)


def _map_arrays(problem: Problem) -> Arrays:
    units = problem.settings["rows"] * problem.settings["columns"]
    low, high = problem.inputs.min(axis=0), problem.inputs.max(axis=0)
    drawn = uniforms(problem.seed, "rule map", units * problem.d).reshape(units, problem.d)
    arrays = _arrays_for(problem.value("o.W", low + (high - low) * drawn))
    return arrays | {"o.h": np.zeros((1, units)), "o.radius": np.zeros(1), "o.rate": np.zeros(())}


def _map_steps(problem: Problem, arrays: Arrays) -> tuple[RuleStep, ...]:
    s = problem.settings
    places = grid_places(s["rows"], s["columns"])
    squares = ((places[:, None] - places) ** 2).sum(axis=2)
    cooling = RuleStep(
        "forward", "cooling", "η = η₀ exp(−t/τ), σ = σ₀ exp(−t/τ)", (CLOCK,), ("o.rate", "o.radius"),
        ((_cool, (arrays[CLOCK], s["lr"], s["radius"], s["decay"], arrays["o.rate"], arrays["o.radius"])),),
        partial(_cooling_told, s["radius"], s["decay"]),
    )  # fmt: skip
    co_operation = RuleStep(
        "forward", "co_operation", "hⱼ = exp(−dⱼ²/(2σ²))", ("o.winner", "o.radius"), ("o.h",),
        ((_co_operate, (squares, arrays["o.winner"], arrays["o.radius"], arrays["o.h"])),),
        partial(_co_operation_told, squares),
    )  # fmt: skip
    return (
        _compare(arrays, DISTANCE), _competition(arrays, DISTANCE), cooling, co_operation,
        _updating(arrays, "o.h", arrays["o.rate"], "ΔW = η h (x − W)"), apply(arrays, "o.W"),
    )  # fmt: skip


def _cool(clock: Array, lr: float, radius: float, decay: float, rate: Array, sigma: Array) -> None:
    shrunk = np.exp(-clock[0] / decay)
    rate[...] = lr * shrunk
    sigma[0] = radius * shrunk


def _co_operate(squares: Array, winner: Array, radius: Array, h: Array) -> None:
    sigma = max(float(radius[0]), SMALLEST_RADIUS)
    h[0] = np.exp(squares[int(winner[0])] / (-2 * sigma**2))


def _cooling_told(radius: float, decay: float, told: Told) -> Narration:
    value, d = float(told.wrote("o.radius")[0]), told.digits
    numbers = rf"{exact(radius)} \cdot e^{{-\frac{{{told.trace.global_step}}}{{{exact(decay)}}}}}"
    symbols = r"\sigma = \sigma_0 \cdot e^{-\frac{t}{\tau}}"
    sentence = tr("Rate and radius shrink: first the map unfolds, then it settles.")
    return Narration(symbols, numbers, number(value, d), sentence, (value,))


def _co_operation_told(squares: Array, told: Told) -> Narration:
    h, radius = told.wrote("o.h")[0], float(told.before("o.radius")[0])
    unit, winner = entry_of(told, "o.W")[0][0], int(told.before("o.winner")[0])
    value, d = float(h[unit]), told.digits
    mark = subscript(unit)
    symbols = rf"h_{{{mark}}} = e^{{-\frac{{d_{{{mark}}}^2}}{{2 \sigma^2}}}}"
    below = factor(max(radius, SMALLEST_RADIUS), d)
    numbers = rf"e^{{-\frac{{{number(squares[winner, unit], d)}}}{{2 \cdot {below}^2}}}}"
    sentence = tr("Units near the winner on the map co-operate: they learn with it.")
    return Narration(symbols, numbers, number(value, d), sentence, (value,))


def _lvq_arrays(problem: Problem) -> Arrays:
    """Begin with the first rows of every class, whose label a prototype keeps."""
    units, labels = problem.settings["units"], problem.targets[:, 0]
    classes = np.unique(labels)
    members = [np.flatnonzero(labels == each) for each in classes]
    rows = np.concatenate([own[np.arange(units) % len(own)] for own in members])
    arrays = _arrays_for(problem.value("o.W", problem.inputs[rows]))
    arrays["o.labels"] = problem.value("o.labels", labels[rows])
    return arrays | {"o.h": np.zeros((1, len(rows)))}


def _lvq_steps(problem: Problem, arrays: Arrays) -> tuple[RuleStep, ...]:
    judge = RuleStep(
        "loss", "judge", "h = +1 where the winner has the row's label, else −1", ("o.winner", "o.labels", "y"),
        ("o.h",), ((_judge, (arrays["o.a"], arrays["o.labels"], arrays["y"], arrays["o.h"])),), _judge_told,
    )  # fmt: skip
    lr = np.asarray(problem.settings["lr"])
    return (
        _compare(arrays, DISTANCE), _competition(arrays, DISTANCE), judge,
        _updating(arrays, "o.h", lr, "ΔW = ±η (x − W) for the winner"), apply(arrays, "o.W"),
    )  # fmt: skip


def _judge(a: Array, labels: Array, y: Array, h: Array) -> None:
    h[0] = a[0] * np.where(labels == y[0, 0], 1.0, -1.0)


def _judge_told(told: Told) -> Narration:
    winner = int(told.before("o.winner")[0])
    value = float(told.wrote("o.h")[0, winner])
    own, wanted = float(told.before("o.labels")[winner]), float(told.before("y")[0, 0])
    mark = subscript(winner)
    relation = "=" if own == wanted else r"\ne"
    symbols = rf"h_{{{mark}}} = {number(value)} \text{{ {tr('because')} }} {number(own)} {relation} {number(wanted)}"
    sentence = tr("A winner of the right class is pulled towards the row, one of another class is pushed away.")
    return Narration(symbols, number(value), number(value), sentence, (value,))


COMPETITIVE = rules.add(
    Rule(
        "competitive", "Competitive learning: the winner takes all", r"\Delta w_{j^*} = \eta \, (x - w_{j^*})",
        _arrays, _competitive_steps, ("o.W",), (UNITS, LR, COMPARE, order_setting(SHUFFLED)),
        source="Rumelhart & Zipser 1985; Haykin 2009, section 9.3",
    )
)  # fmt: skip
SOM = rules.add(
    Rule(
        "som", "Self-organising map", r"\Delta w_j = \eta(t) \, h_{j,j^*}(t) \, (x - w_j)", _map_arrays, _map_steps,
        ("o.W",), (GRID_ROWS, GRID_COLUMNS, LR, RADIUS, DECAY, order_setting(SHUFFLED)),
        source="Kohonen 1982; Haykin 2009, eq. 9.13",
    )
)  # fmt: skip
LVQ = rules.add(
    Rule(
        "lvq", "Learning vector quantisation (LVQ1)", r"\Delta w_{j^*} = \pm\eta \, (x - w_{j^*})", _lvq_arrays,
        _lvq_steps, ("o.W", "o.labels"), (PER_CLASS, LR, order_setting(IN_ORDER)), "labels",
        source="Kohonen 1990, eq. 13",
    )
)  # fmt: skip
