"""Every row of the curriculum has a place in the app and tests that cover it (tests/curriculum.toml)."""

import ast
import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
ROWS: dict[str, str] = json.loads((TESTS / "golden" / "curriculum_rows.json").read_text(encoding="utf-8"))
COVERED: dict[str, dict[str, Any]] = tomllib.loads((TESTS / "curriculum.toml").read_text(encoding="utf-8"))
FIELDS = {"menu", "panel", "what", "gesture", "tests"}


@cache
def functions_of(path: Path) -> frozenset[str]:
    """The functions of a test module, read without importing it."""
    return frozenset(
        node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)
    )


def test_every_row_is_covered() -> None:
    assert set(ROWS) - set(COVERED) == set(), "rows without a place"
    assert set(COVERED) - set(ROWS) == set(), "no such rows"


def test_rows_stand_in_their_order() -> None:
    assert list(COVERED) == [row for row in ROWS if row in COVERED]


@pytest.mark.parametrize("row", COVERED)
def test_a_row_names_its_place(row: str) -> None:
    entry = COVERED[row]
    assert set(entry) <= FIELDS
    assert entry.get("menu") or entry.get("panel") or entry.get("gesture"), f"{ROWS[row]}: how does one get there?"
    assert not entry.get("panel") or entry.get("what"), f"{ROWS[row]}: what is seen in the panel?"


@pytest.mark.parametrize("row", COVERED)
def test_the_tests_of_a_row_exist(row: str) -> None:
    assert COVERED[row].get("tests"), f"{ROWS[row]}: which tests cover it?"
    for name in COVERED[row]["tests"]:
        path, _, function = name.partition("::")
        assert (TESTS.parent / path).is_file(), f"no file {path}"
        assert function.startswith("test_") and function in functions_of(TESTS.parent / path), f"no test {name}"
