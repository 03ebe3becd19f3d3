"""Lists of a sheet that must be of one length: one that is set takes the others along."""

from pathlib import Path

import pytest

from dlviz.core.errors import FormulaError, SpecError
from dlviz.core.sheets import lay_out, read, with_input
from dlviz.resources import resource

SHIPPED = sorted(resource("sheets").rglob("*.sheet"))
PAIRED = ("batch_norm", "conditioning", "dropout", "four_tasks", "likelihood", "moving_averages", "power_activation",
          "softmax", "total_loss")  # fmt: skip


@pytest.mark.parametrize("path", [each for each in SHIPPED if each.stem in PAIRED], ids=lambda path: path.stem)
def test_every_list_of_a_shipped_sheet_can_be_made_longer_and_shorter(path: Path) -> None:
    sheet = read(path.read_text(encoding="utf-8"))
    before = sheet.filled({})
    for spec in sheet.inputs:
        held = before[spec.name]
        if not isinstance(held, tuple):
            continue
        for wanted in ((*held, held[-1]), held[:-1]):
            given = with_input(sheet, {}, spec.name, wanted)
            lay_out(sheet, given)
            assert given[spec.name] == wanted
            for name, value in given.items():
                assert len(value) == len(wanted) and value[: len(held) - 1] == before[name][: len(held) - 1]


def test_a_list_that_fits_alone_leaves_the_others() -> None:
    sheet = read("title: T\nlist x = 1, 2\nlist z = 3, 4\ny = x + z[2]")
    assert with_input(sheet, {}, "x", (1, 2, 3)) == {"x": (1.0, 2.0, 3.0)}


def test_what_no_length_can_mend_changes_one_input_and_is_said() -> None:
    sheet = read("title: T\nlist x = 1, 2\nlist z = 3, 4\ny = x[2] + z")
    given = with_input(sheet, {"z": (5.0, 6.0)}, "x", (1,))
    assert given == {"x": (1.0,), "z": (5.0, 6.0)}
    with pytest.raises(FormulaError, match="Expected an index from 1 to 1"):
        lay_out(sheet, given)


def test_a_value_out_of_its_limits_is_refused() -> None:
    sheet = read("title: T\nlist x = 1, 2 from 0 to 3\ny = x")
    with pytest.raises(SpecError, match="Expected 0 to 3 for x"):
        with_input(sheet, {}, "x", (1, 2, 4))
