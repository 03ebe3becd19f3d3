"""Hopfield network: store patterns of ±1 in symmetric weights, and let a cue settle where the energy is least."""

from functools import partial

import numpy as np

from dlviz.core.array import Calls
from dlviz.core.errors import ShapeError, SpecError, as_list
from dlviz.core.hyper import choice, integer
from dlviz.core.narration.number import factor, number
from dlviz.core.narration.symbols import subscript
from dlviz.core.narration.view import Narration
from dlviz.core.randomness import permutations
from dlviz.core.rules.kind import (
    CLOCK,
    IN_ORDER,
    Array,
    Arrays,
    Problem,
    Rule,
    RuleStep,
    Told,
    order_setting,
    rules,
)
from dlviz.core.rules.tell import apply, entry_of, unit_of
from dlviz.i18n import tr

ONE_BY_ONE, ALL_AT_ONCE = "asynchronous", "synchronous"
MODE = choice("mode", ONE_BY_ONE, (ONE_BY_ONE, ALL_AT_ONCE), "units change one after another, or all at once")
SWEEPS = integer("sweeps", 5, minimum=1, maximum=1000, help="how often every unit is updated")


def energy(weights: Array, state: Array) -> float:
    """Return E = −½ sᵀ W s for weights (d, d) and a state (d,). Source: Hopfield 1982, eq. 7."""
    return float(-0.5 * state @ weights @ state)


def _check_patterns(problem: Problem) -> None:
    wrong = problem.inputs[abs(problem.inputs) != 1]
    if len(wrong):
        raise SpecError(
            f"Expected patterns of -1 and 1. Received: {float(wrong[0]):g}",
            "Every unit of a Hopfield network is on or off; scale the data to -1 and 1.",
            "data.inputs",
        )
    weights = problem.start.get("o.W")
    if weights is None:
        return
    if weights.shape != (problem.d, problem.d):
        raise ShapeError(
            f"Expected weights {as_list((problem.d, problem.d))}. Received: {as_list(weights.shape)}", place="o.W"
        )
    if not np.array_equal(weights, weights.T):
        raise SpecError("Expected symmetric weights. Received: others", "Energy falls only with symmetric ones.", "o.W")


def _storage_arrays(problem: Problem) -> Arrays:
    weights = problem.value("o.W", np.zeros((problem.d, problem.d)))
    return {"o.W": weights, "o.W.step": np.zeros_like(weights)}


def _storage_steps(problem: Problem, arrays: Arrays) -> tuple[RuleStep, ...]:
    x, change = arrays["x"], arrays["o.W.step"]
    calls: Calls = (
        (np.matmul, (x.T, x, change)),
        (np.divide, (change, np.asarray(float(problem.d)), change)),
        (np.fill_diagonal, (change, 0.0)),
    )
    step = RuleStep(
        "update", "weight_step", "ΔW = (1/N) x xᵀ, 0 on the diagonal", ("x",), ("o.W.step",), calls, _storage_told
    )
    return step, apply(arrays, "o.W")


def _storage_told(told: Told) -> Narration:
    place, mark = entry_of(told, "o.W.step")
    x, value, d = told.before("x")[0], float(told.wrote("o.W.step")[place]), told.digits
    sentence = tr("Units that agree in the pattern are bound together, units that differ are bound apart.")
    if place[0] == place[1]:
        return Narration(rf"\Delta w_{{{mark}}} = 0", "0", "0", tr("No unit is bound to itself."), (value,))
    i, j = (subscript(index) for index in place)
    symbols = rf"\Delta w_{{{mark}}} = \frac{{1}}{{N}} x_{{{i}}} x_{{{j}}}"
    numbers = rf"\frac{{1}}{{{len(x)}}} \cdot {factor(x[place[0]], d)} \cdot {factor(x[place[1]], d)}"
    return Narration(symbols, numbers, number(value, d), sentence, (value,))


def _recall_arrays(problem: Problem) -> Arrays:
    units = problem.d
    stored = problem.inputs.T @ problem.inputs / units
    np.fill_diagonal(stored, 0)
    weights = problem.value("o.W", stored)
    states = {name: np.zeros((1, units)) for name in ("o.z", "o.a")}
    return {"o.W": weights, **states, "o.order": np.zeros(units), "o.energy": np.zeros(1)}


def _recall_steps(problem: Problem, arrays: Arrays) -> tuple[RuleStep, ...]:
    present = RuleStep(
        "forward", "present", "s = x", ("x",), ("o.a",), ((np.copyto, (arrays["o.a"], arrays["x"])),), _present_told
    )
    steps = [present, _energy_step(arrays)]
    for sweep in range(problem.settings["sweeps"]):
        steps += [_sweep_step(problem, arrays, sweep), _energy_step(arrays)]
    return tuple(steps)


def _sweep_step(problem: Problem, arrays: Arrays, sweep: int) -> RuleStep:
    w, z, a = (arrays[name] for name in ("o.W", "o.z", "o.a"))
    reads = ("o.W", "o.a")
    if problem.settings["mode"] == ALL_AT_ONCE:
        calls: Calls = ((np.matmul, (a, w.T, z)), (_settle, (z, a)))
        return RuleStep("forward", "settle", "s = sgn(W s), all at once", reads, ("o.z", "o.a"), calls, _sweep_told)
    stream = partial(_order, problem.seed, problem.settings["sweeps"], sweep)
    calls = ((_one_by_one, (stream, arrays[CLOCK], arrays["o.order"], w, z, a)),)
    formula = "sᵢ = sgn(Σ wᵢⱼ sⱼ), one after another"
    return RuleStep("forward", "settle", formula, reads, ("o.order", "o.z", "o.a"), calls, _sweep_told)


def _order(seed: int, n_sweeps: int, sweep: int, presentation: int, units: int) -> Array:
    number_of_sweep = presentation * n_sweeps + sweep
    return np.asarray(permutations(seed, "hopfield sweep", units, number_of_sweep, 1)[0], dtype=np.float64)


def _one_by_one(order_of: "partial[Array]", clock: Array, order: Array, w: Array, z: Array, a: Array) -> None:
    order[...] = order_of(int(clock[0]), len(order))
    state, fields = a[0], z[0]
    for unit in order.astype(np.intp):
        fields[unit] = w[unit] @ state
        if fields[unit] != 0:
            state[unit] = 1.0 if fields[unit] > 0 else -1.0


def _settle(z: Array, a: Array) -> None:
    """Give every unit the sign of its field; at exactly 0 it stays as it is."""
    np.copyto(a, np.sign(z), where=z != 0)


def _energy_step(arrays: Arrays) -> RuleStep:
    calls = ((_measure, (arrays["o.W"], arrays["o.a"], arrays["o.energy"])),)
    return RuleStep("forward", "energy", "E = −½ sᵀ W s", ("o.W", "o.a"), ("o.energy",), calls, _energy_told)


def _measure(w: Array, a: Array, out: Array) -> None:
    out[0] = energy(w, a[0])


def _present_told(told: Told) -> Narration:
    state = told.wrote("o.a")[0]
    unit = unit_of(told, len(state))
    shown, mark = number(state[unit], told.digits), subscript(unit)
    sentence = tr("The network begins at the cue.")
    return Narration(f"s_{{{mark}}} = x_{{{mark}}}", shown, shown, sentence, (float(state[unit]),))


def _sweep_told(told: Told) -> Narration:
    fields, state = told.wrote("o.z")[0], told.wrote("o.a")[0]
    unit = unit_of(told, len(state))
    mark, d = subscript(unit), told.digits
    field, links = f"h_{{{mark}}}", told.indices("o.W", unit, "j")
    symbols = rf"{field} = \sum_j w_{{{links}}} s_j,\quad s_{{{mark}}} = \mathrm{{sgn}}\, {field}"
    numbers = rf"{number(fields[unit], d)},\quad {number(state[unit], d)}"
    values = (float(fields[unit]), float(state[unit]))
    return Narration(symbols, numbers, numbers, tr("Every unit takes the sign of what the others tell it."), values)


def _energy_told(told: Told) -> Narration:
    value = float(told.wrote("o.energy")[0])
    weights, state = told.before("o.W"), told.before("o.a")[0]
    total = float(state @ weights @ state)
    symbols = r"E = -\frac{1}{2} \sum_{ij} w_{ij} s_i s_j"
    numbers = rf"-\frac{{1}}{{2}} \cdot {factor(total, told.digits)}"
    sentence = tr("Energy never rises while units change one by one; a memory is a valley.")
    return Narration(symbols, numbers, number(value, told.digits), sentence, (value,))


STORAGE = rules.add(
    Rule(
        "hopfield_storage", "Hopfield network: storing", r"W = \frac{1}{N} \sum_p \xi_p \xi_p^\top, \quad w_{ii} = 0",
        _storage_arrays, _storage_steps, ("o.W",), (order_setting(IN_ORDER),), check=_check_patterns,
        source="Hopfield 1982, eq. 2; Haykin 2009, eq. 13.41",
    )
)  # fmt: skip
RECALL = rules.add(
    Rule(
        "hopfield_recall", "Hopfield network: recall",
        r"s_i \leftarrow \mathrm{sgn} \sum_j w_{ij} s_j, \quad E = -\frac{1}{2} s^\top W s", _recall_arrays,
        _recall_steps, ("o.W",), (MODE, SWEEPS, order_setting(IN_ORDER)), check=_check_patterns,
        source="Hopfield 1982, eqs. 1 and 7",
    )
)  # fmt: skip
