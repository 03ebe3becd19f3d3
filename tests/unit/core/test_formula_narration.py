"""Steps of a formula told: symbols, the numbers put in, the result."""

import pytest

from dlviz.core.choice import Choice
from dlviz.core.expression import Walk, parse, walk
from dlviz.core.narration import Focus, Narration, Plan, narrate
from dlviz.core.network import InputSpec, NetworkSpec

NO_NETWORK = Plan(NetworkSpec((), (InputSpec("x", (1,)),)), Choice("squared_error"), Choice("sgd"))


def told(found: Walk, which: int, sample: int = 0) -> Narration:
    return narrate(found.trace.steps[which], found.trace, NO_NETWORK, Focus(sample=sample))


@pytest.fixture
def unit() -> Walk:
    return walk(parse("u = w·x; v = u + b; a = relu(v)"), {"w": 2.0, "x": 3.0, "b": -1.5}, by=("w", "b"))


@pytest.mark.parametrize(
    ("which", "symbols", "numbers", "result"),
    [
        (0, r"u = w \cdot x", r"2 \cdot 3", "6"),
        (1, "v = u + b", r"6 + \left(-1.5\right)", "4.5"),
        (2, r"a = \operatorname{relu}\left(v\right)", r"\operatorname{relu}\left(4.5\right)", "4.5"),
        (3, r"\frac{\partial a}{\partial a} = 1", "1", "1"),
        (4, r"\frac{\partial a}{\partial v} = \frac{\partial a}{\partial a} \cdot \left[v > 0\right]",
         r"\textcolor{backward}{1} \cdot 1", "1"),
        (7, r"\frac{\partial a}{\partial w} = \frac{\partial a}{\partial u} \cdot x",
         r"\textcolor{backward}{1} \cdot 3", "3"),
    ],
)  # fmt: skip
def test_a_step_is_told_in_symbols_numbers_and_result(
    unit: Walk, which: int, symbols: str, numbers: str, result: str
) -> None:
    found = told(unit, which)
    assert (found.symbols, found.numbers, found.result) == (symbols, numbers, result)
    assert found.sentence
    assert found.value == pytest.approx(float(result))


def test_a_second_use_adds_to_what_is_there() -> None:
    found = told(walk(parse("y = w*(w + 1)"), {"w": 3.0}), -1)
    assert found.symbols.startswith(r"\frac{\partial y}{\partial w} \leftarrow \frac{\partial y}{\partial w} + ")
    assert found.numbers == r"4 + \textcolor{backward}{3} \cdot 1"
    assert found.value == 7


def test_items_of_lists_and_rows_are_told_at_the_focus() -> None:
    found = walk(parse("s = x[1]*x[2]"), {"x": [2.0, -3.0]})
    assert told(found, 0).symbols == r"s = x_{1} \cdot x_{2}"
    assert told(found, 0).numbers == r"2 \cdot \left(-3\right)"
    assert told(found, -1).numbers == r"\textcolor{backward}{1} \cdot 2"


def test_a_sum_that_was_cut_is_told_as_it_stands() -> None:
    found = walk(parse("sum(x*i, i, 1, 9)"), {"x": 2.0})
    last = next(place for place, step in enumerate(found.trace.steps) if "…" in step.formula)
    assert told(found, last).value == 90


def test_what_is_not_defined_is_told_where_it_begins() -> None:
    found = walk(parse("y = x*ln(x)"), {"x": 0.0})
    sentences = [told(found, place).sentence for place in range(len(found.trace.steps))]
    assert ["not defined" in each for each in sentences] == [False, True, False, False, False, True]
    assert sentences[1].startswith("This operation is not defined for these numbers")
    assert sentences[-1].startswith("0 · ∞ is not defined")
