"""Ten thousand random formulas: value, gradient, notation; and hostile text, of which only FormulaError may come."""

import re
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dlviz.core.errors import FormulaError
from dlviz.core.expression import build, evaluate, gradient, latex, parse, write
from dlviz.core.expression.build import MAX_OPERATIONS
from tests.guards import at_once
from tests.property.dual import FUNCTIONS, Dual, maximum, minimum, where

EXAMPLES, FORMULAS_EACH = 100, 100  # 10 000 formulas
SMALLEST_SLOPE = 1e-3  # below, a central difference has no digits left
NAMES = {**FUNCTIONS, "max": maximum, "min": minimum, "where": where}


def random_formula(rng: np.random.Generator, depth: int) -> str:
    """Return a formula in x and y, in brackets wherever an operator could be misread."""
    if depth == 0 or rng.random() < 0.15:
        return str(rng.choice(["x", "y", "x", "y", f"{rng.uniform(0, 3):.3g}", str(rng.integers(0, 4))]))
    a, b, c = (random_formula(rng, depth - 1) for _ in range(3))
    kind = rng.integers(0, 10)
    if kind < 5:
        return f"({a} {rng.choice(['+', '-', '*', '/', '%', '**', '*', '+'])} {b})"
    if kind < 8:
        return f"{rng.choice(list(FUNCTIONS))}({a})"
    return str(rng.choice([f"max({a}, {b})", f"min({a}, {b})", f"where({a} < {b}, {b}, {c})", f"(-{a})"]))


def by_dual_numbers(text: str, at: Mapping[str, float]) -> Dual:
    """Evaluate with Python itself, on numbers that know their derivatives."""
    with_numbers = re.sub(r"(?<![A-Za-z0-9_.])(\d+\.?\d*(?:e[+-]?\d+)?)", r"Dual(\1, [0, 0])", text)
    variables = {"x": Dual(at["x"], [1, 0]), "y": Dual(at["y"], [0, 1])}
    with np.errstate(all="ignore"):
        return eval(with_numbers, {"Dual": Dual, "__builtins__": {}, **NAMES, **variables})


@given(st.integers(0, 2**32))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
def test_random_formulas_agree_with_dual_numbers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(FORMULAS_EACH):
        text = random_formula(rng, int(rng.integers(1, 5)))
        if len(text) > 500 or text.count("(") > 40:
            continue
        at = {"x": rng.uniform(-3, 3), "y": rng.uniform(-3, 3)}
        Dual.singular.clear()
        formula, expected = parse(text, ("x", "y")), by_dual_numbers(text, at)
        value = evaluate(formula, at)["f"]
        if not np.isfinite(expected.value):
            # Which infinity, or none, hangs on the sign of a zero.
            assert not np.isfinite(value), text
            continue
        np.testing.assert_allclose(value, expected.value, rtol=1e-9, atol=1e-12, err_msg=text)
        slopes = gradient(formula, at)
        for name, slope in zip("xy", expected.slopes, strict=True):
            is_singular = bool(Dual.singular) and np.isnan(slopes[name])
            if np.isfinite(expected.value) and np.isfinite(slope) and not is_singular:
                np.testing.assert_allclose(slopes[name], slope, rtol=1e-7, atol=1e-9, err_msg=text)
        again = parse(write(formula.statements[0].expression), ("x", "y"))
        assert again.statements[0].expression == formula.statements[0].expression, text


@given(st.integers(0, 2**32))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_gradients_agree_with_central_differences_on_whole_arrays(seed: int) -> None:
    rng = np.random.default_rng(seed)
    text = random_formula(rng, 3)
    formula, h = parse(text, ("x", "y")), 1e-6
    x, y = rng.uniform(0.1, 2, (2, 50))
    slopes = gradient(formula, {"x": x, "y": y})["x"]
    ends = [evaluate(formula, {"x": x + k * h, "y": y})["f"] for k in (-2, -1, 1, 2)]
    with np.errstate(all="ignore"):
        near, far = (ends[2] - ends[1]) / (2 * h), (ends[3] - ends[0]) / (4 * h)
        is_smooth = np.isfinite(near) & (np.abs(near - far) < 1e-6 * (1 + np.abs(near))) & (np.abs(ends[1]) < 1e3)
        is_smooth &= np.abs(near) < 1e3
    # Where a root meets its edge the chain is 0 · ∞: the gradient says that it is not defined there.
    is_smooth &= np.isfinite(slopes)
    np.testing.assert_allclose(slopes[is_smooth], near[is_smooth], rtol=1e-4, atol=1e-5, err_msg=text)


HOSTILE = [
    "__import__('os').system('true')", "().__class__.__bases__[0].__subclasses__()", "lambda: 0", "x.__class__",
    "9**9**9**9", "9**9**9**9**9**9", "exp(exp(exp(exp(9))))", "(1,)*10**9", "[0]*10**9", "'a'*10**9", "f'{x}'",
    "open('x')", "eval('1')", "exec('1')", "globals()", "[x for x in y]", "{1: 2}", "x := 3", "yield x", "await x",
    "import os", "print(x)", "x; import os", "\x00", "x\x00", "\ud800", "\u202ex", "х", "ｅval(1)", "1_000", "0x1F",
    "1j", "x" * 10**6, "(" * 10**6, "-" * 499 + "1", "not " * 100 + "1", "[" * 200 + "]" * 200, "((((" * 60,
    "sum(1, i, 1, 9**99)", "sum(" * 20 + "1" + ", i, 1, 9)" * 20, "sum(sum(sum(i, i, 1, 99), j, 1, 99), k, 1, 99)",
    "product(9, i, 1, 9999)", "scan(v*v, t, 1, 9999, v=9)", "sample(9**9)", "sample(1, 1e300)", "[1][1e300]",
    "a = [1, 1]; b = [a, a]; c = [b, b]; d = [c, c]; k = [d, d]; l = [k, k]; m = [l, l]; n = [m, m]; o = [n, n]; p = "
    "[o, o]; q = [p, p]; r = [q, q]; s = [r, r]; t = [s, s]; u = [t, t]; v = [u, u]; w = [v, v]; z = w + w",
    "a = sum([1, 1]); " + "; ".join(f"a{k} = a + a" for k in range(9)), "0/0", "1/0", "0**-1", "ln(-1)", "1 % 0",
    "max()", "max(**x)", "sum(*x)", "sin(x for x in x)", "x if x", "x[1][2][3]", "...", "x,y", "*x", "`x`", "$x", "x!",
]  # fmt: skip


def calls_that_run_code() -> list[str]:
    """Return what an audit of this process has seen so far."""
    return _SEEN


_SEEN: list[str] = []
_IS_WATCHED = [False]


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    is_parse = event == "compile" and sys._getframe(2).f_globals.get("__name__") == "dlviz.core.expression.parser"
    if _IS_WATCHED[0] and not is_parse and event in ("exec", "compile", "import", "open", "os.system"):
        _SEEN.append(event)


def outcome(text: str) -> None:
    """Read and run a text as a user would; any other exception than FormulaError leaves."""
    try:
        formula = parse(text)
        evaluate(formula, dict.fromkeys(formula.inputs, 2.0))
        gradient(formula, dict.fromkeys(formula.inputs, 2.0), formula.result)
        latex(formula)
        assert len(build(formula).nodes) <= MAX_OPERATIONS + len(formula.inputs)
    except FormulaError as error:
        assert str(error)
        assert "\n" not in str(error)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused_or_harmless_and_fast(text: str) -> None:
    with at_once():
        outcome(text)


def test_no_code_is_ever_run() -> None:
    for text in HOSTILE:
        outcome(text)  # imports everything that refusals need
    sys.addaudithook(_watch)
    _IS_WATCHED[0] = True
    try:
        for text in HOSTILE:
            outcome(text)
    finally:
        _IS_WATCHED[0] = False
    assert calls_that_run_code() == []


SIGNS = "xyzπ²√·−×^*/+-%()[]<>=!,;. \n0123456789eifelsandornotsumscanvt_'\"{}:@\\αβσ₁⁻\u200b\ud800ａ"


@given(st.text(st.sampled_from(SIGNS), max_size=60) | st.text(max_size=40))
@example("1if x else 2")
@settings(max_examples=1500, deadline=None)
def test_any_text_gives_a_formula_or_one_refusal(text: str) -> None:
    outcome(text)
