"""What is wrong in a sheet is said in one sentence with its line, at once, and nothing else happens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlviz.core.errors import DlvizError
from dlviz.core.sheets import compute, read
from tests.guards import at_once

HEAD = "title: T\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Expected a sheet with a title. Received: none"),
        ("title: T", "Expected a sheet with a formula. Received: none"),
        (HEAD + "titel: x\ny = 1", "line 2: Expected one of title, text, show"),
        (HEAD + "title: again\ny = 1", "line 2: Expected title once. Received: a second one"),
        (HEAD + "hello\ny = 1", "line 2: Expected a section, an input or a formula. Received: 'hello'"),
        (HEAD + "slider a = 1\ny = a", "line 2: Expected a slider from a number to a number. Received: '1'"),
        (HEAD + "slider a = 3 from 0 to 1\ny = a", "line 2: Expected 0 to 1 for a. Received: 3"),
        (HEAD + "slider a = 1 from 2 to 1\ny = a", "line 2: Expected a lower limit before a higher one"),
        (HEAD + "slider a = 0 from 0 to 1 log\ny = a", "line 2: Expected log of a slider from a number above 0"),
        (HEAD + "slider a = 0.5 from 0 to 1 whole\ny = a", "line 2: Expected a whole number for a. Received: 0.5"),
        (HEAD + "number a = x\ny = a", "line 2: Expected a number such as 0.5 or 1e-3. Received: 'x'"),
        (HEAD + "number a = 1e999\ny = a", "line 2: Expected numbers below 1e300. Received: 1e999"),
        (HEAD + "number 2a = 1\ny = 1", "line 2: Expected a name. Received: '2a'"),
        (HEAD + "number a = 1\nnumber a = 2\ny = a", "line 3: Expected another name. Received: 'a'"),
        (HEAD + "number answer = 1\ny = answer", "line 2: Expected another name. Received: 'answer'"),
        (HEAD + "list a = 1, , 2\ny = a", "line 2: Expected a number such as 0.5 or 1e-3. Received: ''"),
        (HEAD + "\n# a remark\ny = 2*(1", "line 4, character"),
        (HEAD + "y = x + 1", "line 2, character 5: Expected names among"),
        (HEAD + "number a = 1\na = 2", "line 3, character 1: Expected a name that has no value yet"),
        (HEAD + "y = __import__('os')", "line 2, character 5: Expected a name that starts with a letter"),
        (HEAD + "y = [1, 2]\ntable: z", "line 3: Expected names among: y. Received: 'z'"),
        (HEAD + "y = 1\nplot: y", "line 3: Expected a plot such as y against t. Received: 'y'"),
        (HEAD + "y = 1\nplot: y against y from 0 to 1", "line 3: Expected a slider or number behind against: none"),
        (HEAD + "y = 1\nquestion: What?", "line 3: Expected a question and an answer. Received: one without the other"),
        (HEAD + "y = 1\nquestion: What?\nanswer: y", "line 4: Expected an answer such as y[3] to 2 decimals"),
        (HEAD + "y = 1\nquestion: What?\nanswer: q to 2 decimals", "line 4, character 10: Expected names among"),
        (HEAD + "slider a = 1 from 0.2 to 1.8 whole\ny = a", "line 2: Expected a lower limit before a higher one"),
        (HEAD + "y = 1 :", "line 2: Expected a sentence of at most 500 characters. Received: nothing"),
        (HEAD + "y = 1: one", "line 2: Expected a space before and after the colon of a remark. Received: '1: one'"),
        (
            HEAD + "slider n = 1 from 0 to 2 whole\ny = n\nplot: y against n from 0.2 to 1.8",
            "line 4: Expected an axis with two whole numbers. Received: 0.2 to 1.8",
        ),
        (HEAD + "y = 1\nanswer = 2", "line 3: Expected another name. Received: 'answer'"),
        (HEAD + "text: " + "a" * 501 + "\ny = 1", "line 2: Expected a sentence of at most 500 characters"),
        (HEAD + "text: \x00\ny = 1", "line 2: Expected text that can be read. Received: U+0000"),
        (HEAD + "text: \u202egnp\ny = 1", "line 2: Expected text that can be read. Received: U+202E"),
        ("y = 1\n" * 401, "line 401: Expected a sheet of at most 400 lines"),
        (HEAD + "plot: y" + 2_500 * " " + "x", "line 2: Expected a line of at most 2500 characters. Received: 2508"),
        ("a" * 20_001, "line 1: Expected a sheet of at most 20000 characters"),
        (HEAD + "y = " + "abs(" * 80 + "1" + ")" * 80, "line 2"),
        (HEAD + "y = " + "-" * 400 + "1", "line 2"),
        (HEAD + "y = " + "1+" * 300 + "1", "line 2, character 5: Expected formulas of at most 500 characters"),
    ],
)
def test_a_mistake_names_its_line(text: str, said: str) -> None:
    with pytest.raises(DlvizError) as caught:
        read(text)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("y = scan(v*2, i, 1, 1000000, v=1)", "line 2, character 5: Expected at most 10000 operations"),
        ("y = sum(sum(sum(i*j*k, i, 1, 99), j, 1, 99), k, 1, 99)", "Expected at most 10000 operations"),
        ("y = sample(1e9, 1)", "Expected at most 10000 operations"),
        ("y = sum(i, i, 1, 10^300)", "Expected a whole number"),
        ("y = [1, 2]\nz = y[3]", "line 3, character 5: Expected an index from 1 to 2. Received: 3"),
        ("y = [1, 2]\nz = [1, 2, 3]\nu = y + z", "line 4, character 5: Expected lists of one length"),
        ("y = 1\ntable: y", "line 3: Expected a list for y. Received: a single number"),
        ("y = [1, 2]\nshow: y", "line 3: Expected a single number for y. Received: a list of 2"),
        ("y = [[1, 2], [3]]\ntable: y", "line 3: Expected a list for y. Received: a list of lists"),
        ("y = [1, 2]\nz = [1, 2, 3]\nplot: z against y", "line 4: Expected lists of one length in the plot"),
        ("y = [1, 2]\nquestion: Q\nanswer: y to 2 decimals", "line 4: Expected a single number for answer"),
        (
            "number n = 1\ny = sum(i, i, 1, n)\nplot: y against n from 1 to 3",
            "line 4: Expected a whole input along the axis, where it counts turns, places or numbers. Received: 'n'",
        ),
        (
            "number n = 1 whole\nx = [1, 2]\ny = x[n]\nplot: y against n from 1 to 3",
            "line 4, character 5: At n = 3 on the axis: Expected an index from 1 to 2. Received: 3",
        ),
        (
            "number n = 2 whole\nx = [1, 2]\ny = x[(n - 3)^2]\nplot: y against n from 2 to 4",
            "line 4, character 5: At n = 3 on the axis: Expected an index from 1 to 2. Received: 0",
        ),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_runs(text: str, said: str) -> None:
    sheet = read(HEAD + text)
    with at_once():
        with pytest.raises(DlvizError) as caught:
            compute(sheet, {})
        assert said in str(caught.value)


def test_inputs_out_of_their_limits_are_refused() -> None:
    sheet = read(HEAD + "list epoch = 1, 2 from 1 : epochs begin at 1\ny = 1/sqrt(epoch)")
    with pytest.raises(DlvizError, match="Expected at least 1 for epoch. Received: 0. epochs begin at 1"):
        compute(sheet, {"epoch": (0.0, 1.0)})
    with pytest.raises(DlvizError, match="Expected an input among: epoch"):
        compute(sheet, {"time": 1.0})


@pytest.mark.parametrize("start", ["plot: y", "answer: y", "slider a", "list a = 1", "y = 1", "y : 1", "y"])
@pytest.mark.parametrize("filling", [" ", "1 ", "to ", " from 1", " : ", "\u00a0", ",", "("])
def test_no_line_makes_the_reader_slow(start: str, filling: str) -> None:
    with at_once(), pytest.raises(DlvizError):
        read(HEAD + start + (filling * 2_400)[:2_400] + "x")


LINES = st.sampled_from(
    ["title: T", "text: words", "slider a = 1 from 0 to 2", "list x = 1, 2", "y = x*a", "z = scan(v*a, i, 1, 9, v=1)",
     "table: x, y", "plot: y against x", "show: a", "question: Q", "answer: a to 2 decimals", "  more", "# none"]
)  # fmt: skip


@given(st.lists(LINES | st.text(max_size=30), max_size=14))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_sheet_or_one_sentence(lines: list[str]) -> None:
    try:
        compute(read("\n".join(lines)), {})
    except DlvizError as error:
        assert "Expected" in str(error)
