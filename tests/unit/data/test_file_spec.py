"""What a document keeps of a file, where it may lie, and reading it again."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlviz.core.errors import DataError
from dlviz.data.file_spec import Use, file_spec, locate, open_file_spec, reading_choices
from dlviz.data.prepare import prepare
from dlviz.data.reader import read_table
from dlviz.data.spec import DataSpec

Writer = Callable[..., Path]

CONTENT = "a;b;kind\n1,5;2;x\n2,5;;y\n3,5;4;x\n4,5;3;y\n"


def test_a_file_reads_back_to_the_same_rows(write: Writer) -> None:
    path = write(CONTENT)
    saved = file_spec(read_table(path), Use(missing="mean"), "table.csv")
    opened = open_file_spec(DataSpec("file", saved.settings), path)
    np.testing.assert_array_equal(opened.dataset.inputs, saved.dataset.inputs)
    np.testing.assert_array_equal(opened.dataset.inputs, [[1.5, 2], [2.5, 3], [3.5, 4], [4.5, 3]])
    assert opened.dataset.class_names == ("x", "y")
    assert opened.dataset.notes == saved.dataset.notes
    assert prepare(opened).dataset.n == 4


def test_settings_hold_every_choice_as_plain_values(write: Writer) -> None:
    path = write(CONTENT)
    table = read_table(path)
    settings = dict(file_spec(table, Use("kind", ("b",)), "data/table.csv").settings)
    assert settings.pop("sha256") == table.info.sha256
    assert settings == {
        "path": "data/table.csv",
        "format": "csv",
        "separator": ";",
        "decimal": ",",
        "header": True,
        "encoding": "utf-8",
        "target": "kind",
        "inputs": ["b"],
        "missing": "drop",
    }


def test_a_changed_file_is_told(write: Writer) -> None:
    saved = file_spec(read_table(write(CONTENT)), Use(), "table.csv")
    path = write(CONTENT.replace("3,5", "9,5"))
    dataset = open_file_spec(saved, path).dataset
    assert dataset.notes[0] == "The file table.csv has changed since the document was saved."


def test_a_file_of_the_documents_folder_is_found(tmp_path: Path) -> None:
    assert locate({"path": "data/t.csv"}, tmp_path) == tmp_path.resolve() / "data" / "t.csv"


@pytest.mark.parametrize(
    "path", ["../t.csv", "/etc/passwd", "a/../../t.csv", "http://host/t.csv", "\\\\host\\t.csv", "//host/t.csv", "", 5]
)
def test_paths_out_of_the_folder_are_refused(tmp_path: Path, path: object) -> None:
    with pytest.raises(DataError):
        locate({"path": path}, tmp_path)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").symlink_to("/etc/passwd")
    with pytest.raises(DataError, match="in the document's folder"):
        locate({"path": "t.csv"}, tmp_path)


@pytest.mark.parametrize(
    "settings",
    [{"seperator": ";"}, {"separator": 5}, {"header": "yes"}, {"separator": "ab"}, {"decimal": "x"}],
)
def test_bad_reading_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(DataError):
        reading_choices({"path": "t.csv", **settings})


@pytest.mark.parametrize("settings", [{"missing": "zero"}, {"inputs": "a"}, {"inputs": [5]}, {"reading": "x"}])
def test_bad_use_settings_are_refused(write: Writer, settings: dict[str, object]) -> None:
    with pytest.raises(DataError, match="Received"):
        open_file_spec(DataSpec("file", {"path": "table.csv", **settings}), write(CONTENT))
