"""`dlviz data` on good and bad files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.data.made_files import write_idx_pair, write_pictures

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def salaries(tmp_path: Path) -> str:
    """A German table: semicolons, decimal commas, one missing cell."""
    path = tmp_path / "salaries.csv"
    path.write_text("age;salary;group\n31;1,5;a\n44;;b\n29;2,25;a\n", encoding="utf-8")
    return str(path)


def test_json_names_every_column_and_guess(salaries: str, call_json: Callable[..., dict[str, Any]]) -> None:
    found = call_json("data", salaries, "--json")
    assert (found["rows"], found["separator"], found["decimal"], found["encoding"]) == (3, ";", ",", "utf-8")
    columns = {column["name"]: column for column in found["columns"]}
    assert [columns[name]["type"] for name in ("age", "salary", "group")] == ["number", "number", "category"]
    assert columns["salary"]["missing"] == 1
    assert columns["group"]["categories"] == ["a", "b"]
    assert found["target"] == "group"


def test_table_shows_the_same(salaries: str, call: Call) -> None:
    status, out, err = call("data", salaries)
    assert (status, err) == (0, "")
    assert "rows: 3, columns: 3, csv, separator ';', decimal sign ','" in out
    assert "group (target)" in out


@pytest.mark.parametrize(
    ("name", "content"), [("empty.csv", b""), ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0"), ("table.xyz", b"a,b\n1,2\n")]
)
def test_refused_file_is_status_1_and_one_sentence(name: str, content: bytes, tmp_path: Path, call: Call) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    status, out, err = call("data", str(path))
    assert (status, out) == (1, "")
    assert err.startswith(f"dlviz: {name}: Expected ")
    assert err.count("\n") == 1


def test_missing_file_is_status_1(tmp_path: Path, call: Call) -> None:
    status, out, err = call("data", str(tmp_path / "nothing.csv"))
    assert (status, out) == (1, "")
    assert "nothing.csv" in err


def test_a_folder_of_images_is_described(tmp_path: Path, call_json: Callable[..., dict[str, Any]]) -> None:
    found = call_json("data", str(write_pictures(tmp_path / "animals", 6)), "--json")
    assert (found["format"], found["kind"], found["rows"], found["target"]) == ("images", "image", 6, "class")
    assert found["columns"][0]["shape"] == [3, 12, 16]


def test_labels_of_images_are_named_on_the_command_line(tmp_path: Path, call: Call) -> None:
    images, labels = write_idx_pair(tmp_path, 20)
    status, out, _ = call("data", str(images), "--labels", str(labels))
    assert status == 0 and "unstructured: images" in out and "label (target)" in out
