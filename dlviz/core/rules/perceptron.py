"""Perceptron: the convergence algorithm, the trick with a random point, and how long it can take."""

import math
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlviz.core.errors import SpecError
from dlviz.core.hyper import Hyper, choice
from dlviz.core.narration.number import exact, number
from dlviz.core.narration.symbols import subscript
from dlviz.core.narration.view import Narration
from dlviz.core.rules.kind import (
    AT_RANDOM,
    BIAS,
    IN_ORDER,
    LR,
    Array,
    Arrays,
    Problem,
    Rule,
    RuleStep,
    Settings,
    Told,
    check_labels,
    order_setting,
    rules,
)
from dlviz.core.rules.learner import Learner
from dlviz.core.rules.tell import affine, apply, difference_told, linear_arrays, outer_step, unit_of, zeros_like
from dlviz.i18n import tr

BINARY, BIPOLAR = "0/1", "-1/+1"
LABELS = choice("labels", BINARY, (BINARY, BIPOLAR), "how the two classes are written")
AT_ZERO = choice("at_zero", "upper", ("upper", "lower"), "the label of a weighted sum of exactly 0")


def label_pair(settings: Settings) -> tuple[float, float]:
    """Return the lower and the upper label."""
    return (-1.0, 1.0) if settings["labels"] == BIPOLAR else (0.0, 1.0)


def threshold_step(arrays: Arrays, settings: Settings, threshold: float = 0.0) -> RuleStep:
    """Return the step that gives every unit its label: the upper one from the threshold on."""
    low, high = label_pair(settings)
    is_upper = settings["at_zero"] == "upper"
    compare = np.greater_equal if is_upper else np.greater
    z, a = arrays["o.z"], arrays["o.a"]
    reached = np.zeros(z.shape, dtype=bool)
    calls = (
        (compare, (z, np.asarray(threshold), reached)),
        (np.multiply, (reached, np.asarray(high - low), a)),
        (np.add, (a, np.asarray(low), a)),
    )
    sign = "≥" if is_upper else ">"
    formula = f"a = {high:g} if z {sign} {threshold:g}, else {low:g}"
    tell = partial(_threshold_told, threshold=threshold, labels=(low, high), is_upper=is_upper)
    return RuleStep("forward", "threshold", formula, ("o.z",), ("o.a",), calls, tell)


def _threshold_told(told: Told, threshold: float, labels: tuple[float, float], is_upper: bool) -> Narration:
    z, a = told.before("o.z")[0], told.wrote("o.a")[0]
    unit = unit_of(told, len(z))
    z_mark = f"{told.sum_letter}_{{{subscript(unit)}}}"
    sign = r"\ge" if is_upper else ">"
    symbols = (
        rf"{told.answer_letter}_{{{subscript(unit)}}} = \begin{{cases}} "
        rf"{labels[1]:g} & {z_mark} {sign} {exact(threshold)} \\ "
        rf"{labels[0]:g} & \text{{{tr('else')}}} \end{{cases}}"
    )
    shown = number(a[unit], told.digits)
    return Narration(symbols, shown, shown, tr("Compare the sum with the threshold."), (float(a[unit]),))


def _error_step(arrays: Arrays, settings: Settings) -> RuleStep:
    low, high = label_pair(settings)
    error = arrays["o.e"]
    calls: list[Any] = [(np.subtract, (arrays["y"], arrays["o.a"], error))]
    share = ""
    if high - low != 1:
        # Half of it, so that both label sets make the same fixed increments.
        calls.append((np.divide, (error, np.asarray(high - low), error)))
        share = "½ "
    return RuleStep(
        "loss", "error", f"e = {share}(d − a)", ("y", "o.a"), ("o.e",), tuple(calls), partial(_error_told, high - low)
    )


def _error_told(gap: float, told: Told) -> Narration:
    wanted, given, e = (values[0] for values in (told.before("y"), told.before("o.a"), told.wrote("o.e")))
    unit = unit_of(told, len(e))
    mark, sentence = subscript(unit), tr("Compare the label with the answer.")
    apart = f"d_{{{mark}}} - {told.answer_letter}_{{{mark}}}"
    if gap == 1:
        return difference_told(told, f"e_{{{mark}}} = {apart}", wanted[unit], given[unit], float(e[unit]), sentence)
    half = rf"\frac{{1}}{{{gap:g}}} \cdot "
    numbers = rf"{half}({number(wanted[unit])} - ({number(given[unit])}))"
    symbols = rf"e_{{{mark}}} = {half}({apart})"
    return Narration(symbols, numbers, number(e[unit], told.digits), sentence, (float(e[unit]),))


def _arrays(problem: Problem) -> Arrays:
    arrays = linear_arrays(problem, problem.k, problem.settings["bias"])
    return arrays | zeros_like(arrays, "o.W", "o.b") | {"o.e": np.zeros((1, problem.k))}


def _steps(problem: Problem, arrays: Arrays) -> tuple[RuleStep, ...]:
    s = problem.settings
    parameters = ("o.W", "o.b") if s["bias"] else ("o.W",)
    sentence = partial(tr, "A wrong row pulls the weights towards it or pushes them away; a right one changes nothing.")
    step = outer_step(arrays, s["lr"], "o.e", "e", "ΔW = η e xᵀ", sentence)
    return affine(arrays), threshold_step(arrays, s), _error_step(arrays, s), step, apply(arrays, *parameters)


def _check(problem: Problem) -> None:
    check_labels(problem, label_pair(problem.settings))


def _settings(order: str) -> tuple[Hyper, ...]:
    return LR, LABELS, AT_ZERO, BIAS, order_setting(order)


PERCEPTRON = rules.add(
    Rule(
        "perceptron", "Perceptron convergence algorithm", r"\Delta w = \eta \, (d - y) \, x", _arrays, _steps,
        ("o.W", "o.b"), _settings(IN_ORDER), "targets", _check,
        source="Rosenblatt 1962; Haykin 2009, table 1.1",
    )
)  # fmt: skip
TRICK = rules.add(
    Rule(
        "perceptron_trick", "Perceptron trick: a random point pushes the line",
        r"w \leftarrow w \pm \eta \, x \text{ where } x \text{ is wrong}", _arrays, _steps,
        ("o.W", "o.b"), _settings(AT_RANDOM), "targets", _check,
        source="Rosenblatt 1962; curriculum LRN-05",
    )
)  # fmt: skip


def learn_epoch(learner: Learner) -> int:
    """Present every row once and return how many changed the weights. For rules that write `o.e`."""
    wrong = 0
    for _ in range(learner.problem.n):
        learner.step()
        wrong += bool(learner.values["o.e"].any())
    return wrong


def separating(inputs: ArrayLike, labels: ArrayLike, epochs: int = 1000) -> Array | None:
    """Return weights (d,) that part the rows with room to spare, found within so many epochs; else None.

    inputs (n, d) with a column of ones where there is a bias; labels (n,), the upper one positive. Rows on the line
    count as wrong here, so that the margin is not 0.
    """
    rows = np.asarray(inputs, dtype=np.float64)
    towards = rows * np.where(np.asarray(labels, dtype=np.float64) > 0, 1.0, -1.0)[:, None]
    found: Array = np.zeros(rows.shape[1])
    for _ in range(epochs):
        wrong = 0
        for row in towards:
            is_wrong = row @ found <= 0
            found = found + row if is_wrong else found
            wrong += bool(is_wrong)
        if not wrong:
            return found
    return None


def mistakes_bound(
    inputs: ArrayLike, labels: ArrayLike, separator: ArrayLike, start: ArrayLike | None = None, lr: float = 1.0
) -> float:
    """Return the most corrections a perceptron can need on rows that some weights separate.

    inputs (n, d) with a column of ones where there is a bias; labels (n,), the upper one positive;
    separator, start (d,). From w = 0 it is R²/γ², with R the longest row and γ the smallest distance of
    a row from the separating plane. From other weights, w·u + k η γ ≤ |w_k| ≤ √(|w|² + k η² R²) is solved for k.
    Raises: SpecError if the separator does not separate.
    Source: Novikoff 1962; Haykin 2009, eq. 1.15.
    """
    rows = np.asarray(inputs, dtype=np.float64)
    signs = np.where(np.asarray(labels, dtype=np.float64) > 0, 1.0, -1.0)
    unit = np.asarray(separator, dtype=np.float64) / np.linalg.norm(separator)
    margin = float(np.min(signs * (rows @ unit)))
    if not margin > 0:
        raise SpecError(f"Expected weights that separate the classes. Received: a margin of {margin:g}")
    longest = float(np.max(np.sum(rows**2, axis=1)))
    begin: Array = np.zeros(rows.shape[1]) if start is None else np.asarray(start, dtype=np.float64) / lr
    along, size = float(begin @ unit), float(begin @ begin)
    half = longest - 2 * margin * along
    return (half + math.sqrt(half**2 + 4 * margin**2 * (size - along**2))) / (2 * margin**2)
