"""Formulas in the notation of textbooks, and derivatives that are shown."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlviz.core.choice import chosen
from dlviz.core.expression import evaluate, gradient, latex, name_latex, node_latex, parse, write
from dlviz.core.expression.derivative import derivative
from dlviz.core.narration import Focus
from tests.unit.core.narrated_runs import recorded, told, two_layers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w*x + b", r"w \cdot x + b"),
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("a + -b", r"a + \left(-b\right)"),
        ("(a + b)*c", r"\left(a + b\right) \cdot c"),
        ("a/(b + c)", r"\frac{a}{b + c}"),
        ("-x**2", r"-x^{2}"),
        ("(-x)**2", r"\left(-x\right)^{2}"),
        ("x**(y + 1)", r"x^{y + 1}"),
        ("(a/b)**2", r"\left(\frac{a}{b}\right)^{2}"),
        ("1/(1 + exp(-z))", r"\frac{1}{1 + e^{-z}}"),
        ("exp(z)**2", r"\left(e^{z}\right)^{2}"),
        ("sqrt(x) + abs(y)", r"\sqrt{x} + {\left|y\right|}"),
        ("log(x) + log2(x) + log10(x)", r"\ln\left(x\right) + \log_{2}\left(x\right) + \log_{10}\left(x\right)"),
        ("sigmoid(v)*tanh(v)", r"\sigma\left(v\right) \cdot \tanh\left(v\right)"),
        ("erf(x)", r"\operatorname{erf}\left(x\right)"),
        ("max(0, z)", r"\max\left(0, z\right)"),
        ("where(z >= 0, z, 0.1*z)", r"{\begin{cases}z & z \ge 0\\0.1 \cdot z & \text{else}\end{cases}}"),
        ("(a < b)*(c != 0)", r"\left(a < b\right) \cdot \left(c \ne 0\right)"),
        ("a and not b or c", r"a \land \lnot b \lor c"),
        ("x % 3", r"x \bmod 3"),
        ("sum(w[i]*x[i], i, 1, n)", r"\sum_{i = 1}^{n} w_{i} \cdot x_{i}"),
        ("sum(a + i, i, 1, 3)", r"\sum_{i = 1}^{3} \left(a + i\right)"),
        ("2*product(x[i], i, 1, 3)", r"2 \cdot \left(\prod_{i = 1}^{3} x_{i}\right)"),
        ("W[1, k]", "W_{1, k}"),
        ("x_1[2]", r"\left(x_{1}\right)_{2}"),
        ("scan(beta*v + x[t], t, 1, 3, v=0)",
         r"{\left[v \leftarrow \beta \cdot v + x_{t}\right]}_{t = 1, \ldots, 3}^{v = 0}"),
        ("[1, x]", r"\left(1, x\right)"),
        ("1e-30*x", r"1 \cdot 10^{-30} \cdot x"),
        ("sample(3, 1)", r"\operatorname{sample}\left(3, 1\right)"),
        ("floor(x) - ceil(x)", r"{\lfloor x \rfloor} - {\lceil x \rceil}"),
    ],
)  # fmt: skip
def test_latex_of_a_formula(text: str, expected: str) -> None:
    assert node_latex(parse(text).statements[0].expression) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x", "x"), ("x1", "x_{1}"), ("w_11", "w_{11}"), ("beta", r"\beta"), ("beta_1", r"\beta_{1}"),
        ("lam", r"\lambda"),
        ("y_hat", r"\hat{y}"), ("m_hat_t", r"\hat{m}_{t}"), ("loss", r"\mathrm{loss}"), ("w_out", r"w_{\mathrm{out}}"),
        ("theta_t", r"\theta_{t}"), ("Delta_w", r"\Delta_{w}"), ("h[3]", "h_{3}"), ("W[1][2]", "W_{1, 2}"),
        ("x_1[2]", "x_{1, 2}"),
    ],
)  # fmt: skip
def test_latex_of_a_name(name: str, expected: str) -> None:
    assert name_latex(name) == expected


def test_every_assignment_is_one_equation() -> None:
    assert latex(parse("ŷ = w·x; L = (y − ŷ)²")) == (
        r"\hat{y} = w \cdot x",
        r"L = \left(y - \hat{y}\right)^{2}",
    )


def test_letters_and_numbers_are_put_in_with_the_brackets_they_need() -> None:
    node = parse("z**2 - 3*z").statements[0].expression
    assert node_latex(node, {"z": "z^{(1)}_2"}) == r"\left(z^{(1)}_2\right)^{2} - 3 \cdot z^{(1)}_2"
    assert node_latex(node, {"z": "-0.5"}) == r"\left(-0.5\right)^{2} - 3 \cdot \left(-0.5\right)"
    assert node_latex(node, {"z": "4"}, is_factor=True) == r"\left(4^{2} - 3 \cdot 4\right)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("z**2", "2 · z"), ("z**3", "3 · z²"), ("3*z + 1", "3"), ("max(0, z)", "where(0 ≥ z, 0, 1)"),
        ("relu(z)*z", "z · where(z > 0, 1, 0) + relu(z)"), ("min(z, z)", "1"), ("exp(-z)", "−exp(−z)"),
        ("where(z > 0, z, 0.1*z)", "where(z > 0, 1, 0.1)"), ("3", "0"), ("tanh(z)", "1 − tanh(z)²"),
        ("u = z**2; sin(u)", "cos(z²) · (2 · z)"), ("sqrt(z)", "1 / (2 · sqrt(z))"),
    ],
)  # fmt: skip
def test_derivative_as_it_is_shown(text: str, expected: str) -> None:
    found = derivative(parse(text, ("z",)), "z")
    assert found is not None
    assert write(found) == expected


@pytest.mark.parametrize(
    "text",
    ["z*exp(-z**2)", "1/(1 + exp(-z))", "z**z", "z % 0.7", "tan(z)*erf(z)", "abs(z - 2)/(1 + abs(z))", "2**z - log2(z)",
     "max(z*z, z, 0.5)", "relu(z - 1)*softplus(z)", "atan(z) + asin(z/9)", "where(z < 1, 1/z, z**-2)"],
)  # fmt: skip
def test_the_derivative_shown_is_the_one_computed(text: str) -> None:
    formula, z = parse(text, ("z",)), np.linspace(0.13, 3, 40)
    shown = derivative(formula, "z")
    assert shown is not None
    values = evaluate(parse(write(shown), ("z",)), {"z": z})["f"]
    assert_allclose(values, gradient(formula, {"z": z})["z"], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("text", ["sum(z*i, i, 1, 3)", "mean([z, 1])", "+".join(["sin(z)*cos(z)"] * 12)])
def test_no_derivative_is_shown_where_it_would_not_read_well(text: str) -> None:
    assert derivative(parse(text, ("z",)), "z") is None


def test_a_chain_that_doubles_at_every_step_is_given_up_at_once() -> None:
    doubling = "; ".join(["a1 = z + z"] + [f"a{k + 1} = a{k}*a{k}" for k in range(1, 30)])
    assert derivative(parse(doubling, ("z",)), "z") is None


def test_the_typed_activation_is_told_with_numbers_put_in() -> None:
    trace, plan = recorded(two_layers(chosen("formula", text="z**2 - 3*z")))
    step, forward = told(trace, plan, "activate", Focus(unit=1))
    z, a = (float(array[0, 1]) for array in (trace.steps[0].writes["h.z"], step.writes["h.a"]))
    assert r"^{2} - 3 \cdot z" in forward.symbols
    assert f"{abs(z):.4g}"[:5] in forward.numbers
    assert forward.value == a == pytest.approx(z**2 - 3 * z)
    backward, slope = told(trace, plan, "activate_backward", Focus(unit=1), which=-1)
    assert r"\left(2 \cdot z" in slope.symbols
    assert slope.value == float(backward.writes["h.dz"][0, 1])


def test_a_long_formula_is_told_by_name() -> None:
    trace, plan = recorded(two_layers(chosen("formula", text="sum(z*i, i, 1, 3)")))
    assert r"f\left(" in told(trace, plan, "activate")[1].symbols
    assert r"f'\left(" in told(trace, plan, "activate_backward", which=-1)[1].symbols
