"""Typed formulas: what is read, what is refused and where the refusal points."""

import numpy as np
import pytest

from dlviz.core.errors import FormulaError
from dlviz.core.expression import evaluate, parse, parse_all, write


def value(text: str, **inputs: object) -> float:
    formula = parse(text)
    return float(evaluate(formula, inputs)[formula.result])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2*3", 7), ("(1 + 2)*3", 9), ("2**3**2", 512), ("-2**2", -4), ("2^-1", 0.5), ("7 % 4", 3), ("+3", 3),
        ("8/4/2", 1), ("1e3", 1000), (".5", 0.5), ("1 < 2", 1), ("1 < 2 < 2", 0), ("1 == 1 and not 0", 1),
        ("3 if 0 else 4", 4), ("1if 2 else 3", 1), ("where(1 > 2, 3, 4)", 4), ("max(1, 5, 3)", 5), ("min([2, 1])", 1),
        ("sum(i**2, i, 1, 3)", 14), ("product(i, i, 1, 5)", 120), ("sum(i, i, 2, 1)", 0), ("product(i, i, 2, 1)", 1),
        ("mean([1, 2, 6])", 3), ("len([1, 2, 6])", 3), ("[3, 4][2]", 4), ("[[1, 2], [3, 4]][2, 1]", 3),
        ("scan(v + 5, t, 1, 3, v=0)[3]", 15), ("sum([1, 2]*[3, 4])", 11), ("sum(sum(i*j, i, 1, j), j, 1, 3)", 25),
        ("exp(ln(2))", 2), ("log(e)", 1), ("log10(1000)", 3), ("log2(8)", 3), ("sin(pi/2)", 1), ("sigmoid(0)", 0.5),
        ("relu(-1)", 0), ("step(0)", 1), ("sign(-3)", -1), ("floor(-1.5)", -2), ("softplus(0)", np.log(2)),
        ("abs(-2)", 2), ("sqrt(16)", 4), ("product([2, 3, 4])", 24), ("round(2.6)", 3), ("max(4)", 4),
    ],
)  # fmt: skip
def test_what_is_read_has_this_value(text: str, expected: float) -> None:
    inputs: dict[str, object] = {}
    if text == "max(4)":
        with pytest.raises(FormulaError, match="Expected a list"):
            value(text)
        return
    assert value(text, **inputs) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("2×3·4÷2", "2*3*4/2"), ("5−2–1", "5-2-1"), ("3²", "3**2"), ("2⁻¹⁰", "2**(-10)"), ("2^3", "2**3"),
        ("√2", "sqrt(2)"), ("√(2)", "sqrt(2)"), ("2*√2", "2*sqrt(2)"), ("1 ≤ 2", "1 <= 2"), ("1 ≥ 2", "1 >= 2"),
        ("1 ≠ 2", "1 != 2"), ("π", "pi"), ("2\u00a0+\u20091", "2 + 1"), ("σ(0)", "sigmoid(0)"), ("−3", "-3"),
    ],
)  # fmt: skip
def test_signs_that_writers_use_stand_for_plain_ones(text: str, plain: str) -> None:
    assert value(text) == value(plain)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("α", "alpha"),
        ("β₁", "beta1"),
        ("λ", "lam"),
        ("x₁₂", "x12"),
        ("Δw", "Delta_w"),
        ("ŷ", "y_hat"),
        ("w_11", "w_11"),
    ],
)
def test_greek_letters_and_lowered_digits_make_names(text: str, name: str) -> None:
    assert parse(text).inputs == (name,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("__import__('os')", "character 1: Expected a name that starts with a letter. Received: '__import__'"),
        ("x.real", "character 2: .*Received: '.'"),
        ("lambda x: x", "character 1: Expected another name. Received: 'lambda'"),
        ("(x for x in y)", "character 4: Expected another name"),
        ("print(x)", "character 1: Expected one of the functions .* Received: 'print'"),
        ("2x", "character 2: Expected an operator between '2' and 'x'"),
        ("(x + 1)(x)", "character [12]: Expected the name of a function"),
        ("x(2)", "Expected one of the functions"),
        ("2(x)", "Write \\* for a product"),
        ("(x", "Look for a missing operator"),
        ("x +", "Look for a missing operator"),
        ("", "Received: nothing"),
        (" ;\n; ", "Received: nothing"),
        ("а + 1", "U\\+0430 cyrillic small letter a"),
        ("x\u200b", "U\\+200B zero width space"),
        ("ｘ", "U\\+FF58 fullwidth latin small letter x"),
        ("\ud800", "U\\+D800"),
        ("'x'", "Received: \"'\""),
        ("x|y", "Write abs"),
        ("1e999", "Received: a larger one"),
        ("9" * 400, "Received: a larger one"),
        ("x = 1; x = 2", "Expected a name that has no value yet. Received: 'x'"),
        ("y = x; x = 2", "Received: 'x'"),
        ("x + 1; y = 2", "Expected a name before every formula but the last"),
        ("y =", "Expected a formula after ="),
        ("y = z = 1", "Look for a missing operator"),
        ("a = 1\nb = (a\nc = 2", "line [23], character"),
        ("x[]", "missing"),
        ("x[1:2]", "Received: ':'"),
        ("[]", "at least one item"),
        ("sum(x, 1, 2, 3)", r"Expected sum\(formula, i, first, last\)"),
        ("sum(x, i, 1)", r"Expected sum\(formula, i, first, last\)"),
        ("scan(v, t, 1, 2)", r"Expected scan\(formula, i, first, last, v=0\)"),
        ("sample()", r"Expected sample\(count, seed\)"),
        ("sin(1, 2)", "Expected sin of 1 values. Received: 2"),
        ("sin(x=1)", "Expected sin of 1 values"),
        ("max(*x)", "Look for a missing operator|Expected numbers"),
        ("0 < (0 < x) < 1", "in the middle of a < b < c"),
        ("x is y", "Expected another name. Received: 'is'"),
        ("True", "Expected another name"),
        ("x" * 41, "names of at most 40"),
        ("x" * 501, "at most 500 characters. Received: 501"),
        ("-" * 30 + "x", "at most 25 levels"),
        ("sin(" * 26 + "x" + ")" * 26, "at most 25 levels"),
        ("(" * 240 + "x" + ")" * 240, "missing|levels"),
        ("+".join("x" * 101), "at most 200 numbers, names and operations"),
    ],
)  # fmt: skip
def test_what_is_refused_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(FormulaError, match=message):
        parse(text)


def test_limits_themselves_are_accepted() -> None:
    assert parse("x".ljust(500)).inputs == ("x",)
    assert value("sin(" * 23 + "x" + ")" * 23, x=0.0) == 0.0
    assert value("+".join("x" * 100), x=1.0) == 100


def test_text_alone_is_read() -> None:
    with pytest.raises(FormulaError, match="as text. Received: NoneType"):
        parse(None)  # type: ignore[arg-type]


def test_a_formula_without_a_name_is_called_f() -> None:
    assert parse("x*x").names == ("f",)
    assert parse("f*x").names == ("result",)


def test_inputs_are_the_names_that_nothing_assigns() -> None:
    formula = parse("u = w*x; v = u + b\na = relu(v)")
    assert formula.inputs == ("w", "x", "b")
    assert formula.names == ("u", "v", "a")


def test_only_the_names_that_were_given_may_stand() -> None:
    assert parse("x + pi", ("x", "y")).inputs == ("x", "y")
    with pytest.raises(FormulaError, match="character 5: Expected names among: x, y, pi, e. Received: 'z'"):
        parse("x + z", ("x", "y"))


def test_an_assigned_or_given_name_hides_a_constant() -> None:
    assert value("e = 3; 2*e") == 6
    assert float(evaluate(parse("2*e", ("e",)), {"e": 5})["f"]) == 10


def test_a_sheet_may_be_longer_than_one_formula() -> None:
    text = "\n".join(f"y{k} = {'x + ' * 100}1" for k in range(5))
    with pytest.raises(FormulaError, match="500 characters"):
        parse(text)
    with pytest.raises(FormulaError, match="at most 200"):
        parse_all(text)
    assert len(parse_all(text.replace("x + " * 100, "x + " * 90)).names) == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x[1]", "Expected a list before the index"),
        ("[1, 2][3]", "Expected an index from 1 to 2. Received: 3"),
        ("[1, 2][0]", "from 1 to 2. Received: 0"),
        ("[1, 2][1.5]", "Expected a whole number. Received: 1.5"),
        ("[1, 2] + [1, 2, 3]", "Expected lists of one length. Received: 2 and 3"),
        ("sum(i, i, 1, 1e9)", "at most 10000 operations"),
        ("sum(sum(i*j, i, 1, 200), j, 1, 200)", "at most 10000 operations"),
        ("sum(1, i, 1, 1/0)", "Expected a whole number. Received: inf"),
        ("sample(1e9)", "at most 10000 operations"),
        ("sample(0)", "at least 1 number"),
        ("scan(v, t, 2, 1, v=0)", "last index of at least 2"),
        ("len(x)", "Expected a list"),
    ],
)
def test_what_cannot_be_built_says_why(text: str, message: str) -> None:
    formula = parse(text)
    with pytest.raises(FormulaError, match=message):
        evaluate(formula, {"x": 1.0} if "x" in formula.inputs else {})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a-(b-c)", "a − (b − c)"), ("a-b-c", "a − b − c"), ("a/(b*c)", "a / (b · c)"), ("(-x)**2", "(−x)²"),
        ("-x**2", "−x²"), ("x**-3", "x⁻³"), ("x**0.5", "x^0.5"), ("x**(y+1)", "x^(y + 1)"), ("a*-b", "a · (−b)"),
        ("(a+b)*c", "(a + b) · c"), ("log(x)", "ln(x)"), ("1e-30*x", "1e−30 · x"), ("not (a and b)", "not (a and b)"),
        ("sum(x[i]*y, i, 1, 3)", "sum(x[i] · y, i, 1, 3)"), ("scan(v+t, t, 1, 3, v=0)", "scan(v + t, t, 1, 3, v=0)"),
        ("a if b > 0 else c", "where(b > 0, a, c)"), ("(x**2)**3", "(x²)³"), ("sample(3, 1)[2]", "sample(3, 1)[2]"),
    ],
)  # fmt: skip
def test_what_is_written_reads_back_the_same(text: str, written: str) -> None:
    formula = parse(text)
    assert write(formula.statements[0].expression) == written
    assert parse(written).statements[0].expression == formula.statements[0].expression
