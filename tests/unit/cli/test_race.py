"""`dlviz race`: a table, or every point as JSON; refusals in one sentence."""

import csv
import io
import json

import pytest

from dlviz.cli import commands
from dlviz.cli.messages import SUCCESS
from dlviz.core.errors import DlvizError


def race(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert commands.run("race", words) == SUCCESS
    return capsys.readouterr().out


def test_paths_as_json_begin_at_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    runs = "sgd:lr=0.04,adam:lr=0.04:bias_correction=false:eps_place=inside"
    text = race(capsys, "0.5*(x**2 + 20*y**2)", "--optimizers", runs, "--start=4,1", "--steps=2", "--json")
    sgd, adam = json.loads(text)["runs"]
    assert sgd["path"][0] == [4.0, 1.0]
    assert sgd["path"][1:] == [pytest.approx([3.84, 0.2]), pytest.approx([3.6864, 0.04])]
    assert sgd["values"][0] == 18 and sgd["diverged"] is None
    assert adam["settings"]["eps_place"] == "inside" and adam["settings"]["bias_correction"] is False


def test_every_point_as_csv_has_the_digits_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("himmelblau", "--optimizers", "adam:lr=0.1,sgd:lr=1.0,adam:lr=0.2", "--steps=30")
    runs = json.loads(race(capsys, *words, "--json"))["runs"]
    rows = list(csv.DictReader(io.StringIO(race(capsys, *words, "--csv"))))
    for number, run in enumerate(runs, 1):
        own = [row for row in rows if row["run"] == str(number)]
        assert {row["optimizer"] for row in own} == {run["optimizer"]}
        assert [int(row["step"]) for row in own] == list(range(len(run["path"])))
        assert [[float(row["x"]), float(row["y"])] for row in own] == run["path"]
        assert [float(row["f"]) for row in own] == run["values"]


def test_csv_of_a_curve_has_one_place_and_an_empty_cell_where_there_is_no_height(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = race(capsys, "log(x)", "--start=0", "--optimizers=sgd", "--csv")
    assert text == "run,optimizer,step,x,f\n1,sgd,0,0.0,\n"


def test_what_breaks_says_when(capsys: pytest.CaptureFixture[str]) -> None:
    (run,) = json.loads(race(capsys, "rosenbrock", "--optimizers", "sgd:lr=0.1", "--json"))["runs"]
    assert run["diverged"] == len(run["path"]) > 1
    assert "at step" in race(capsys, "rosenbrock", "--optimizers", "sgd:lr=0.1")


def test_the_table_has_a_row_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    text = race(capsys, "himmelblau", "--optimizers", "sgd,adam", "--steps", "50")
    assert "sgd" in text and "adam" in text and "steps to" in text


def test_a_formula_may_begin_with_a_minus(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("-x**2 + y", "--start", "-1.5,2", "--steps=1", "--optimizers=sgd:lr=0.1", "--json")
    (run,) = json.loads(race(capsys, *words))["runs"]
    assert run["path"] == [[-1.5, 2.0], pytest.approx([-1.8, 1.9])]


@pytest.mark.parametrize("text", ["1/x", "log(x)", "sqrt(x-1)", "x**1000/0"])
def test_a_start_without_a_height_is_said(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = json.loads(race(capsys, text, "--start=0", "--json"))["runs"][0]
    assert (first["path"], first["values"], first["diverged"]) == ([[0.0]], [None], 0)
    table = race(capsys, text, "--start=0")
    assert "no height" in table and "nan" not in table and "inf" not in table


def test_very_steep_formulas_print_no_warning(capsys: pytest.CaptureFixture[str]) -> None:
    race(capsys, "1e299*(x+y)")
    assert not capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nosuch(x)",), "Expected"),
        (("bowl", "--optimizers", "adam:speed=1"), "Expected settings"),
        (("bowl", "--optimizers", "adam:lr"), "name=value"),
        (("bowl", "--start=a,b"), "numbers such as"),
        (("bowl", "--start=1"), "2 finite numbers"),
        (("bowl", "--conventions", "torch"), "conventions profile"),
    ],
)
def test_refusals(words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(DlvizError, match=sentence):
        commands.run("race", words)
