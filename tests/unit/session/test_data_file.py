"""Documents whose data are a file: commands open it only where that is allowed."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from dlviz.core.errors import DlvizError
from dlviz.session.headless import load, train
from tests.unit.data.made_files import write_idx_pair, write_pictures

TABLE = "a;b;kind\n" + "".join(f"{i},5;{-i};{'yes' if i % 2 else 'no'}\n" for i in range(12))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a table in it and one beside it."""
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "table.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "beside.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path / "course"


def document(folder: Path, path: str, **settings: Any) -> Path:
    """Write a document that names its data file."""
    written = {
        "format": "dlviz", "version": 1, "data": {"kind": "file", "path": path, **settings},
        "network": {"layers": [{"id": "o", "units": 1, "activation": "sigmoid"}]},
        "training": {"loss": "binary_cross_entropy"},
    }  # fmt: skip
    file = folder / "net.json"
    file.write_text(json.dumps(written), encoding="utf-8")
    return file


def test_file_beside_the_document_is_read_and_trained_on(folder: Path) -> None:
    loaded = load(document(folder, "table.csv", target="kind"))
    rows = loaded.data.dataset
    assert rows is not None
    assert rows.inputs[1].tolist() == [1.5, -1.0]
    assert rows.class_names == ("no", "yes")
    assert loaded.network.inputs[0].shape == (2,)
    report = train(loaded, 1)
    assert report.train is not None
    assert set(report.train.metrics) == {"accuracy"}


@pytest.mark.parametrize("is_nested", [True, False])
def test_chosen_columns_are_the_inputs(is_nested: bool, folder: Path) -> None:
    chosen = {"target": "kind", "inputs": ["b"]}
    loaded = load(document(folder, "table.csv", **({"columns": chosen} if is_nested else chosen)))
    assert loaded.data.dataset is not None
    assert loaded.data.dataset.input_names == ("b",)


@pytest.mark.parametrize(("is_class", "task"), [(True, "multiclass"), (False, "regression")])
def test_numbers_are_predicted_as_the_document_says(is_class: bool, task: str, folder: Path) -> None:
    loaded = load(document(folder, "table.csv", target="b", is_class=is_class))
    assert loaded.data.dataset is not None
    assert loaded.data.dataset.task == task


def test_choices_as_the_window_writes_them_are_understood(folder: Path) -> None:
    settings = {"format": "csv", "separator": ";", "decimal": ",", "encoding": "utf-8", "header": True}
    written = document(folder, str(folder / "table.csv"), **settings, target="kind", inputs=["a"], missing="mean")
    loaded = load(written)
    assert loaded.data.dataset is not None
    assert loaded.data.dataset.inputs[:2, 0].tolist() == [0.5, 1.5]


@pytest.mark.parametrize("path", ["../beside.csv", "ABSOLUTE", "link.csv"])
def test_file_elsewhere_is_not_opened(path: str, folder: Path) -> None:
    (folder / "link.csv").symlink_to(folder.parent / "beside.csv")
    given = str(folder.parent / "beside.csv") if path == "ABSOLUTE" else path
    with pytest.raises(DlvizError, match="Expected data in the document's folder"):
        load(document(folder, given))


def test_named_file_is_opened_wherever_it_lies(folder: Path) -> None:
    loaded = load(document(folder, "../beside.csv"), folder.parent / "beside.csv")
    assert loaded.data.dataset is not None
    assert loaded.data.dataset.n == 12


def test_changed_file_is_refused_until_it_is_named(folder: Path) -> None:
    file = document(folder, "table.csv", sha256=hashlib.sha256(TABLE.encode()).hexdigest())
    assert load(file).data.dataset is not None
    (folder / "table.csv").write_text(TABLE + "99;99;no\n", encoding="utf-8")
    with pytest.raises(DlvizError, match="Received: another content"):
        load(file)
    assert load(file, folder / "table.csv").data.dataset is not None


@pytest.mark.parametrize(
    "settings",
    [
        {"columns": ["a"]}, {"columns": {"target": 3}},
        {"columns": {"inputs": "a"}}, {"columns": {"target": "z"}},
        {"target": 3}, {"inputs": [1]}, {"missing": "invent"}, {"is_class": 1},
        {"separator": 1}, {"header": "yes"}, {"encoding": "rot13"},
    ],
    ids=str,
)  # fmt: skip
def test_bad_reading_choices_are_refused(settings: dict[str, Any], folder: Path) -> None:
    with pytest.raises(DlvizError, match="Expected"):
        load(document(folder, "table.csv", **settings))


def test_data_for_a_document_that_needs_none_is_refused(example_document_json: dict[str, Any], folder: Path) -> None:
    file = folder / "example.json"
    file.write_text(json.dumps(example_document_json), encoding="utf-8")
    with pytest.raises(DlvizError, match="Received: 'table'"):
        load(file, folder / "table.csv")


def test_images_and_labels_beside_the_document_are_one_set(folder: Path) -> None:
    images, labels = write_idx_pair(folder, 30)
    loaded = load(document(folder, images.name, labels=labels.name, target="label"))
    assert loaded.data.dataset is not None
    assert (loaded.data.dataset.image_shape, loaded.data.dataset.task) == ((1, 28, 28), "multiclass")


@pytest.mark.parametrize("name", ["../labels-idx1-ubyte", "/etc/passwd", "sub/labels", 7])
def test_labels_elsewhere_are_never_opened(folder: Path, name: object) -> None:
    images, _ = write_idx_pair(folder, 5)
    with pytest.raises(DlvizError, match="a file beside the images"):
        load(document(folder, images.name, labels=name))


def test_a_folder_of_images_is_read_in_the_size_of_the_document(folder: Path) -> None:
    write_pictures(folder / "animals", 6)
    loaded = load(document(folder, "animals", image_size=[4, 4], colour="grey"))
    assert loaded.data.dataset is not None
    assert loaded.data.dataset.image_shape == (1, 4, 4)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"image_size": [4]}, "a height and a width"),
        ({"image_size": [4, 0]}, "a height and a width"),
        ({"image_size": "big"}, "a list of two sizes"),
        ({"colour": "blue"}, "one of grey, rgb"),
        ({"fold_case": 1}, "true or false"),
        ({"categories": "hashed"}, "one of one_hot, integer"),
        ({"missing": "median"}, "one of drop, mean, most_frequent"),
        ({"stream": "yes"}, "true or false"),
    ],
)
def test_unknown_ways_of_reading_are_refused_by_name(folder: Path, settings: dict[str, Any], expected: str) -> None:
    with pytest.raises(DlvizError, match=expected):
        load(document(folder, "table.csv", **settings))


def test_inputs_stay_on_disk_where_the_document_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    loaded = load(document(folder, "table.csv", target="kind", stream=True))
    plain = load(document(folder, "table.csv", target="kind"))
    assert loaded.data.dataset is not None and plain.data.dataset is not None
    assert loaded.data.dataset.is_streamed and not plain.data.dataset.is_streamed
    assert (loaded.data.dataset.inputs == plain.data.dataset.inputs).all()
