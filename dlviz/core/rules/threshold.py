"""Units that only answer: the threshold unit of McCulloch and Pitts, and a stochastic one with temperature."""

from functools import partial

import numpy as np

from dlviz.core.hyper import floating, integer
from dlviz.core.narration.number import exact, factor, number
from dlviz.core.narration.symbols import subscript
from dlviz.core.narration.view import Narration
from dlviz.core.randomness import Stream
from dlviz.core.rules.kind import (
    BIAS,
    CLOCK,
    IN_ORDER,
    MAX_UNITS,
    Array,
    Arrays,
    Problem,
    Rule,
    RuleStep,
    Told,
    order_setting,
    rules,
)
from dlviz.core.rules.perceptron import AT_ZERO, LABELS, threshold_step
from dlviz.core.rules.tell import affine, linear_arrays, unit_of
from dlviz.i18n import tr

THRESHOLD = floating("threshold", 0.0, minimum=-1e6, maximum=1e6, help="the sum from which a unit fires")
TEMPERATURE = floating("temperature", 1.0, minimum=0, maximum=1e6, help="pseudo-temperature; 0 is the hard threshold")
TALLY = "o.tally"  # how often each unit answered −1 and +1, (2, units)
UNITS = integer("units", 1, minimum=1, maximum=MAX_UNITS, help="number of units")


def _pitts_arrays(problem: Problem) -> Arrays:
    return linear_arrays(problem, problem.settings["units"], bias=False)


def _pitts_steps(problem: Problem, arrays: Arrays) -> tuple[RuleStep, ...]:
    s = problem.settings
    return affine(arrays, "v"), threshold_step(arrays, s, s["threshold"])


def equivalent_bias(threshold: float) -> float:
    """Return the bias with which a unit of threshold 0 answers alike: v ≥ θ where v − θ ≥ 0."""
    return -threshold


def firing_probability(z: Array, temperature: float) -> Array:
    """Return P(+1) = 1/(1 + exp(−z/T)); at T = 0 the hard step, with ½ at z = 0.

    Source: Haykin 2009, eq. 15; curriculum CNV-15.
    """
    out = np.zeros_like(z)
    with np.errstate(over="ignore"):
        _probability(np.asarray(z, dtype=np.float64), temperature, out)
    return out


def _probability(z: Array, temperature: float, out: Array) -> None:
    if temperature == 0:
        np.heaviside(z, 0.5, out)
        return
    np.divide(z, -temperature, out)
    np.exp(out, out)
    np.add(out, 1, out)
    np.reciprocal(out, out)


def _stochastic_arrays(problem: Problem) -> Arrays:
    units = problem.settings["units"]
    arrays = linear_arrays(problem, units, problem.settings["bias"])
    tally = {TALLY: problem.value(TALLY, np.zeros((2, units)))}
    return arrays | tally | {name: np.zeros((1, units)) for name in ("o.p", "o.u", "o.share")}


def _stochastic_steps(problem: Problem, arrays: Arrays) -> tuple[RuleStep, ...]:
    temperature = problem.settings["temperature"]
    z, p = arrays["o.z"], arrays["o.p"]
    probability = RuleStep(
        "forward", "probability", "P = 1/(1 + exp(−v/T))", ("o.z",), ("o.p",),
        ((_probability, (z, temperature, p)),), partial(_probability_told, temperature),
    )  # fmt: skip
    stream = Stream(problem.seed, "rule stochastic unit")
    draw = RuleStep(
        "forward", "draw", "a = +1 if u < P, else −1", ("o.p",), ("o.u", "o.a"),
        ((_draw, (stream, arrays[CLOCK], p, arrays["o.u"], arrays["o.a"])),), _draw_told,
    )  # fmt: skip
    count = RuleStep(
        "update", "count", "n₊ ← n₊ + 1 if a = +1", ("o.a", TALLY), (TALLY, "o.share"),
        ((_count, (arrays["o.a"], arrays[TALLY], arrays["o.share"])),), _count_told,
    )  # fmt: skip
    return affine(arrays, "v"), probability, draw, count


def _count(a: Array, tally: Array, share: Array) -> None:
    """Count the answers −1 in the first row of the tally, those of +1 in the second, and give their share."""
    tally[0] += a[0] < 0
    tally[1] += a[0] > 0
    np.divide(tally[1], tally[0] + tally[1], out=share[0])


def _count_told(told: Told) -> Narration:
    tally = told.wrote(TALLY)
    unit = unit_of(told, tally.shape[1])
    mark = subscript(unit)
    low, high = (round(float(each)) for each in tally[:, unit])
    share = float(told.wrote("o.share")[0, unit])
    symbols = rf"\bar{{p}}_{{{mark}}} = \frac{{n_{{+}}}}{{n_{{+}} + n_{{-}}}}"
    shown = number(share, told.digits)
    sentence = tr("Count how often it fired: the share comes ever closer to P.")
    return Narration(symbols, rf"\frac{{{high}}}{{{low + high}}}", shown, sentence, (share,))


def _draw(stream: Stream, clock: Array, p: Array, u: Array, a: Array) -> None:
    u[0] = stream.uniforms(int(clock[0]), u.size)
    np.less(u, p, out=a, casting="unsafe")
    a *= 2
    a -= 1


def _probability_told(temperature: float, told: Told) -> Narration:
    z, p = told.before("o.z")[0], told.wrote("o.p")[0]
    unit = unit_of(told, len(z))
    mark, value, sum_mark = subscript(unit), float(p[unit]), f"{told.sum_letter}_{{{subscript(unit)}}}"
    sentence = tr("The larger the sum, the likelier the unit fires; a high temperature makes it a coin toss.")
    shown = number(value, told.digits)
    if temperature == 0:
        symbols = rf"P_{{{mark}}} = \lim_{{T \to 0}} \frac{{1}}{{1 + e^{{-{sum_mark}/T}}}}"
        return Narration(symbols, shown, shown, sentence, (value,))
    symbols = rf"P_{{{mark}}} = \frac{{1}}{{1 + e^{{-\frac{{{sum_mark}}}{{T}}}}}}"
    numbers = rf"\frac{{1}}{{1 + e^{{-\frac{{{factor(z[unit], told.digits)}}}{{{exact(temperature)}}}}}}}"
    return Narration(symbols, numbers, shown, sentence, (value,))


def _draw_told(told: Told) -> Narration:
    u, a = told.wrote("o.u")[0], told.wrote("o.a")[0]
    unit = unit_of(told, len(a))
    mark = subscript(unit)
    cases = rf"\begin{{cases}} 1 & u_{{{mark}}} < P_{{{mark}}} \\ -1 & \text{{{tr('else')}}} \end{{cases}}"
    symbols = rf"u_{{{mark}}} \in [0, 1),\quad {told.answer_letter}_{{{mark}}} = {cases}"
    shown = rf"{number(u[unit], told.digits)},\quad {number(a[unit], told.digits)}"
    sentence = tr("Draw a number in [0, 1) and fire if it is below P.")
    return Narration(symbols, shown, shown, sentence, (float(u[unit]), float(a[unit])))


def mean_output(z: Array, temperature: float) -> Array:
    """Return the mean of ±1 over many draws, 2P − 1, which is tanh(z/2T)."""
    return np.asarray(2 * firing_probability(z, temperature) - 1)


MCCULLOCH_PITTS = rules.add(
    Rule(
        "mcculloch_pitts", "McCulloch-Pitts threshold unit",
        r"y = 1 \text{ if } \sum_i w_i x_i \ge \theta, \text{ else } 0", _pitts_arrays, _pitts_steps,
        ("o.W",), (UNITS, THRESHOLD, LABELS, AT_ZERO, order_setting(IN_ORDER)),
        source="McCulloch & Pitts 1943",
    )
)  # fmt: skip
STOCHASTIC = rules.add(
    Rule(
        "stochastic", "Stochastic unit with pseudo-temperature", r"P(y = +1) = \frac{1}{1 + e^{-v/T}}",
        _stochastic_arrays, _stochastic_steps, ("o.W", "o.b", TALLY),
        (UNITS, TEMPERATURE, BIAS, order_setting(IN_ORDER)),
        source="Haykin 2009, section I.3; curriculum NEU-05", tallies=(TALLY,),
    )
)  # fmt: skip
